"""Writes docs/sources.md, every cited row and every source: ``python -m tests.write_sources_page``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from porelight import cite

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "sources.md"
DATA = ROOT / "src" / "porelight" / "data"


def tables() -> Iterator[tuple[str, list[Any]]]:
    """Name of each table of ``data`` that has rows of single numbers, and those rows."""
    for path in sorted(DATA.rglob("*.yaml")):
        name = path.relative_to(DATA).with_suffix("").as_posix()
        content = cite.rows(name)
        listed = content.get("rows", ()) if hasattr(content, "get") else ()
        rows = [cite.read_row(row) for row in listed if "value" in row and "unit" in row]
        if rows:
            yield name, rows


def cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("<", "&lt;").replace("\n", " ").strip()


def row_line(row: cite.Cited) -> str:
    low, high = (row.value if end is None else end for end in (row.low, row.high))
    bounds = "" if row.low is None and row.high is None else f"{low:g} to {high:g}"
    said = "; ".join(part for part in (row.conditions, row.note) if part)
    linked = f"[{row.source.key}](#{row.source.key})"
    cells = (f"`{row.key}`", row.quantity, f"{row.value:g}", bounds, row.unit, said, linked, row.confidence)
    return f"| {' | '.join(linked if part is linked else cell(part) for part in cells)} |"


def source_line(source: cite.Source) -> str:
    address = f" [doi:{source.doi}](https://doi.org/{source.doi})" if source.doi else ""
    parts = [source.authors, source.year, source.title, source.where]
    named = ". ".join(str(part).rstrip(".") for part in parts if part)
    seen = f" Seen: {cell(source.seen)}." if source.seen else ""
    return f'- <a id="{source.key}"></a>**{source.key}**: {cell(named)}.{address}{seen}'


def page() -> str:
    found = list(tables())
    count = sum(len(rows) for _, rows in found)
    parts = [
        "# Rows and sources",
        f"The {count} numbers of the literature that the program computes with, and the {len(cite.sources())} sources "
        "behind them and the rules. `read`: seen in the named source. `derived`: computed from such. `assumed`: our "
        "own judgement, with its reason. `recalled`: from memory, to be verified. How a number enters is described in "
        "[architecture](architecture.md).",
    ]
    for name, rows in found:
        head = [
            "| row | quantity | value | bounds | unit | conditions, notes | source | confidence |",
            "|---" * 8 + "|",
        ]
        parts += [f"## data/{name}.yaml", "\n".join([*head, *map(row_line, rows)])]
    parts += ["## Sources", "\n".join(map(source_line, cite.sources().values()))]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""``python -m tests.photo.write_thresholds`` writes docs/thresholds.md anew from the constants of the photo stage."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAGE = ROOT / "src" / "porelight" / "photo"
TABLE = ROOT / "docs" / "thresholds.md"
FOUND_ON = re.compile(
    r"\b(rendered|drawn|measured|seen by fuzzing|reach|stay under|as the network was trained|by eye)\b"
)

HEAD = """# Thresholds of the photo stage

Every number that the photo stage was tuned by, from its own sources: what it is, and what is known of how it was set.
Where the last column says *not recorded*, nobody wrote down the run of `benchmarks/photo.py` that set it: it was chosen
while looking at the marked photos and at drawn skin, and whoever changes it should run `python -m benchmarks.photo`
before and after, and write both results here. *With it* means that the reason stands in its description.
Numbers from the literature are no thresholds: they are rows of `data/` ([sources.md](sources.md)).

`python -m tests.photo.write_thresholds` writes this page; a test says when it is out of date.

| file | constant | value | what it is | set by |
|---|---|---|---|---|
"""


def list_thresholds() -> Iterator[tuple[str, str, str, str]]:
    """File, name, value and description of every numeric constant with a description."""
    # The numbers of containers are those of their standards.
    for path in sorted(path for path in STAGE.rglob("*.py") if path.parent.name != "container"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        for node, after in zip(body, [*body[1:], None], strict=True):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
                name, value = node.target.id, ast.unparse(node.value)
                told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
                if name.isupper() and _is_number(node.value):
                    text = str(after.value.value) if told else ""  # type: ignore[union-attr]
                    yield str(path.relative_to(STAGE)), name, value, " ".join(text.split())


def _is_number(value: ast.expr) -> bool:
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    kinds = (ast.Constant, ast.BinOp, ast.UnaryOp)
    return all(isinstance(part, kinds) and not re.search(r"['\"a-zA-Z]{2}", ast.unparse(part)) for part in parts)


def make_page() -> str:
    rows = []
    for file, name, value, text in list_thresholds():
        described = re.sub(r":\w+:`([^`]*)`", r"`\1`", text).replace("|", "/") or "see the line above it"
        # The pages use the words of the trade.
        described = re.sub(r"\btold\b", "reported", re.sub(r"\bbe told\b", "be distinguished", described))
        origin = "with it" if FOUND_ON.search(text) else "not recorded"
        rows.append(f"| {file} | `{name}` | {value} | {described} | {origin} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    TABLE.write_text(make_page(), encoding="utf-8")

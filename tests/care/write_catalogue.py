"""Writes the catalogue of patient texts anew: ``python -m tests.care.write_catalogue``.

The template (``patient.pot``) has every text of the tables and of the code; each language keeps its translations, and
what is no longer said is dropped. The compiled catalogues are what the program reads.
"""

from __future__ import annotations

import ast
import datetime as dt
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from porelight import care
from porelight.laser import load_lasers
from porelight.message import templates
from porelight.simulation.dials import Scenario, setting_dials

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SOURCE = Path(__file__).resolve().parents[2] / "src/porelight"
LOCALE = SOURCE / "data/locale"
CARE_CODE = [*sorted((SOURCE / "care").rglob("*.py")), SOURCE / "export/ics.py", SOURCE / "report/care_sheet.py"]
CARE_TEMPLATES = [SOURCE / "report/templates" / name for name in ("care_parts.html", "sheet.html", "today.html")]
CODE = [*CARE_CODE, *sorted(path for stage in ("draw", "report") for path in (SOURCE / stage).rglob("*.py"))]
TEMPLATES = [*CARE_TEMPLATES, *sorted((SOURCE / "report/templates").glob("*.html"))]


def template() -> Catalog:
    """Every text that a patient may read, with where it stands."""
    found = Catalog(project="Porelight", fuzzy=False, header_comment="# Texts for patients.")
    for message in care.list_messages():
        found.add(message.text, auto_comments=[f"{message.table} {message.key}"])
    for code, text in templates():
        found.add(text, auto_comments=[f"messages {code}"])
    for each in load_lasers().values():
        found.add(each.name, auto_comments=["laser"])
    for text in _of_dials():
        found.add(text, auto_comments=["dial"])
    for path in CODE:
        _add(found, path, _of_code(path))
    for path in TEMPLATES:
        _add(found, path, _of_template(path))
    return found


def care_texts() -> set[str]:
    """What the calendar, the care sheet and the page of one day say: the pages of a patient alone at home."""
    code = {text for path in CARE_CODE for text in _of_code(path)}
    return code | {text for path in CARE_TEMPLATES for text in _of_template(path)}


def translated(language: str) -> Catalog:
    """The catalogue of a language as it is kept."""
    with po(language).open("rb") as kept:
        return read_po(kept, locale=language)


def po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES/patient.po"


def mo(language: str) -> Path:
    return po(language).with_suffix(".mo")


def as_po(catalogue: Catalog) -> bytes:
    """The catalogue as text, without a day or a line number: the same texts give the same bytes."""
    written = io.BytesIO()
    write_po(written, catalogue, width=120, omit_header=catalogue.locale is None, ignore_obsolete=True)
    return b"\n".join(line for line in written.getvalue().split(b"\n") if not line.startswith(DATED))


def as_mo(catalogue: Catalog) -> bytes:
    """The catalogue compiled, without the day on which it was."""
    undated = read_po(io.BytesIO(as_po(catalogue)), locale=catalogue.locale)
    undated.creation_date = undated.revision_date = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    written = io.BytesIO()
    write_mo(written, undated)
    return written.getvalue()


DATED = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Last-Translator', b'"Report-Msgid')


def _of_template(path: Path) -> Iterator[str]:
    """What is not written in the template but comes from a marked text of the code is found there."""
    for _, _, said, _ in babel_extract(io.BytesIO(path.read_bytes()), ["say"], [], {}):
        text = said[0] if isinstance(said, tuple) else said
        if isinstance(text, str):
            yield text


def _of_code(path: Path) -> Iterator[str]:
    """Texts written in a call that says them or in the mark ``_``; those of the tables are variables there.

    Names that are given to ``phrase`` are followed to the texts that stand behind them in the same file.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            for spoken in node.args[: SPOKEN.get(name, 0)]:
                yield from _texts(spoken)
        elif isinstance(node, ast.Assign) and any(getattr(target, "id", "") in TEXT_NAMES for target in node.targets):
            yield from _texts(node.value)


def _of_dials() -> Iterator[str]:
    """What a report writes of a setting."""
    for row in (row for dial in setting_dials(Scenario).values() for row in dial.rows):
        yield row.label
        yield from (text for _, text in row.words)
        if re.search(r"[a-z]{3}", row.text):
            yield row.text


SPOKEN = {"say": 2, "_": 1, "phrase": 1, "write_phrase": 2, "counted": 2}
"""Functions that say a text -> among how many of their first arguments it stands."""
TEXT_NAMES = ("text", "unscaled")
"""Variables that hold a text until it is said."""


def _texts(node: ast.expr) -> Iterator[str]:
    """A text, or both of which one is chosen."""
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value


def _add(catalogue: Catalog, path: Path, texts: Iterable[str]) -> None:
    for text in texts:
        catalogue.add(text, auto_comments=[str(path.relative_to(SOURCE))])


if __name__ == "__main__":
    latest = template()
    LOCALE.mkdir(exist_ok=True)
    (LOCALE / "patient.pot").write_bytes(as_po(latest))
    for language in care.LANGUAGES[1:]:
        new = Catalog(locale=language, project="Porelight", fuzzy=False)
        kept = translated(language) if po(language).exists() else new
        kept.update(latest, no_fuzzy_matching=True)
        kept.header_comment, kept.version, kept.language_team = "# Texts for patients.", "1", "Porelight"
        po(language).parent.mkdir(parents=True, exist_ok=True)
        po(language).write_bytes(as_po(kept))
        mo(language).write_bytes(as_mo(kept))

"""What the operator would dial, row by row, from the dial table."""

from __future__ import annotations

from porelight import units
from porelight.laser import Setting
from porelight.report import words
from porelight.simulation.dials import Row, Scenario, reader_of, setting_dials
from porelight.wording import phrase


def _(text: str) -> str:
    """Marks a text for the catalogue; it is said where it is shown."""
    return text


ROW_ORDER = (_("Energy of a pulse"), _("Density"), _("Spot"), _("Pulse"), _("Peak fluence"), _("Passes"))
"""Rows in the order of a consultation; those of other dials come after them."""


def setting_rows(setting: Setting, language: str = "en", table: type[Scenario] = Scenario) -> list[tuple[str, str]]:
    """A label and what stands beside it; dials of one label share a row, with what is derived from them."""
    rows: dict[str, str] = {}
    for dial in setting_dials(table).values():
        reader = reader_of(dial)
        for row in dial.rows:
            shown = _format_dial(row, reader(setting) if reader else None, language)
            if shown:
                rows[row.label] = rows[row.label] + row.joined_by + shown if row.label in rows else shown
    per_cm2 = words.format_number(setting.density * units.cm2, 3, language)
    rows["Density"] += phrase(", {count} a cm²", language, count=per_cm2)
    rows["Peak fluence"] = f"{words.format_number(setting.peak_fluence / units.J_cm2, language=language)} J/cm²"
    later = [label for label in rows if label not in ROW_ORDER]
    return [(phrase(label, language), rows[label]) for label in (*ROW_ORDER, *later)]


def _format_dial(row: Row, value: object, language: str) -> str:
    """Empty for what is not worth a word, such as a stack of one."""
    if row.words:
        return phrase(dict(row.words)[str(value)], language)
    if not isinstance(value, int | float) or value <= row.above:
        return ""
    shown = f"{value:.0f}" if row.digits is None else words.format_number(value, row.digits, language)
    return phrase(row.text, language).format(shown)

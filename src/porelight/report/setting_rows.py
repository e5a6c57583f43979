"""What the operator would dial, row by row, from the dial table."""

from __future__ import annotations

from porelight import units
from porelight.laser import Setting
from porelight.report import words
from porelight.simulation.dials import Row, Scenario, reader_of, setting_dials

ROW_ORDER = ("Energy of a pulse", "Density", "Spot", "Pulse", "Peak fluence", "Passes")
"""Rows in the order of a consultation; those of other dials come after them."""


def setting_rows(setting: Setting, table: type[Scenario] = Scenario) -> list[tuple[str, str]]:
    """A label and what stands beside it; dials of one label share a row, with what is derived from them."""
    rows: dict[str, str] = {}
    for dial in setting_dials(table).values():
        reader = reader_of(dial)
        for row in dial.rows:
            shown = _show(row, reader(setting) if reader else None)
            if shown:
                rows[row.label] = rows[row.label] + row.joined_by + shown if row.label in rows else shown
    rows["Density"] += f", {words.number(setting.density * units.cm2, 3)} a cm²"
    rows["Peak fluence"] = f"{words.number(setting.peak_fluence / units.J_cm2)} J/cm²"
    later = [label for label in rows if label not in ROW_ORDER]
    return [(label, rows[label]) for label in (*ROW_ORDER, *later)]


def _show(row: Row, value: object) -> str:
    """Empty for what is not worth a word, such as a stack of one."""
    if row.words:
        return dict(row.words)[str(value)]
    if not isinstance(value, int | float) or value <= row.above:
        return ""
    return row.text.format(f"{value:.0f}" if row.digits is None else words.number(value, row.digits))

"""Brown marks of this laser in this phototype, as series found them: side by side, and "not known" where none did."""

from __future__ import annotations

import functools

from porelight import cite
from porelight.cite import Cited
from porelight.frozen import frozen
from porelight.laser import find_laser
from porelight.message import Message, message
from porelight.skin import Phototype

UNKNOWN_AS: Phototype = "IV"
"""An unknown phototype is read as one that gets marks, and of which there are series."""


@frozen
class MarkSeries:
    """How many people of one series got brown marks."""

    row: Cited
    laser: str
    phototypes: tuple[Phototype, ...]
    people: int


@functools.cache
def load_mark_series() -> tuple[MarkSeries, ...]:
    """Every series that speaks of a laser and a phototype."""
    table = cite.table("harm")
    return tuple(
        MarkSeries(table[each["row"]], each["laser"], tuple(each["phototypes"]), each["people"])
        for each in cite.rows("harm")["series"]
    )


def find_mark_series(laser: str, phototype: Phototype | None) -> tuple[MarkSeries, ...]:
    """The series of that laser in that phototype, the lowest share first; none where it is not known."""
    asked = phototype or UNKNOWN_AS
    found = [each for each in load_mark_series() if each.laser == laser and asked in each.phototypes]
    return tuple(sorted(found, key=lambda each: each.row.value))


def describe_marks(laser: str, phototype: Phototype | None) -> Message | None:
    """Brown marks in this phototype for this laser; None for skin that seldom gets them."""
    if phototype in ("I", "II"):
        return None
    name = find_laser(laser).name
    known = message("planning.who_known", phototype=phototype) if phototype else None
    who, found = known or message("planning.who_unknown"), find_mark_series(laser, phototype)
    if not found:
        return message("planning.marks_not_known", who=who, laser=name)
    low, high = found[0].row, found[-1].row
    if len(found) == 1:
        return message("planning.marks_one", who=who, laser=name, share_pct=low.value, source=low.source.key)
    return message(
        "planning.marks_seen",
        who=who,
        laser=name,
        low_pct=low.value,
        low_source=low.source.key,
        high_pct=high.value,
        high_source=high.source.key,
    )

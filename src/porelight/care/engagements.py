"""What a person has planned, held against the days of care: a holiday in the sun, a wedding, hard sport."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Final

from porelight.care.model import Calendar, CareItem, Engagement, Occasion

AGAINST: Final[dict[Occasion, frozenset[str]]] = {
    "sun": frozenset({"sunscreen_before", "stay_untanned", "no_direct_sun", "little_sun"}),
    "seen": frozenset({"no_makeup", "no_makeup_closed", "no_picking", "normal_open", "normal_closed"}),
    "sport": frozenset({"no_sweat", "session"}),
}
"""The items of care that an occasion cannot be had with."""

HOLIDAY: Final = "holiday in the sun"
BIG_DAY: Final = "a day to look well"


@dataclasses.dataclass(frozen=True, slots=True)
class Clash:
    """An engagement on days of care that it does not go with, and the days both have."""

    engagement: Engagement
    item: CareItem
    first: dt.date
    last: dt.date


def clashes(course: Calendar, engagements: tuple[Engagement, ...]) -> tuple[Clash, ...]:
    """Every engagement that falls on days of care it does not go with, in order of the day."""
    found = [
        Clash(planned, item, max(planned.first, item.first), min(planned.last, item.last))
        for planned in engagements
        for item in course.items
        if item.key in AGAINST[planned.occasion] and planned.first <= item.last and item.first <= planned.last
    ]
    return tuple(sorted(found, key=lambda clash: (clash.first, clash.item.session, clash.item.key)))

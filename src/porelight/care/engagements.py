"""What a person has planned, held against the days of care: a holiday in the sun, a wedding, hard sport."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Final

from porelight.care.items import load_items
from porelight.care.model import Calendar, CareItem, Engagement, Occasion
from porelight.frozen import frozen

SUN_HOLIDAY: Final = "holiday in the sun"
BIG_DAY: Final = "a day to look well"


@frozen
class Clash:
    """An engagement on days of care that it does not go with, and the days both have."""

    engagement: Engagement
    item: CareItem
    first: dt.date
    last: dt.date


def find_clashes(course: Calendar, engagements: tuple[Engagement, ...]) -> tuple[Clash, ...]:
    """Every engagement that falls on days of care it does not go with, in order of the day."""
    listed = [
        Clash(planned, item, max(planned.first, item.first), min(planned.last, item.last))
        for planned in engagements
        for item in course.items
        if item.key in _items_against(planned.occasion) and planned.first <= item.last and item.first <= planned.last
    ]
    return tuple(sorted(listed, key=lambda clash: (clash.first, clash.item.session, clash.item.key)))


@functools.cache
def _items_against(occasion: Occasion) -> frozenset[str]:
    """The items of care that an occasion cannot be had with."""
    return frozenset(row["key"] for row in load_items() if occasion in row.get("not_with", ()))

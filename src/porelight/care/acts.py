"""What the items of care ask a person to do and to leave, day by day, and where two of them cannot both be obeyed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from porelight.care.guide import LAST_GUIDE_DAY, load_signs, load_stages
from porelight.care.items import load_items
from porelight.care.model import CareItem
from porelight.frozen import frozen
from porelight.laser import LaserClass

Row = Mapping[str, Any]

BEFORE_PHASES = ("before", "day", "session")
"""Phases whose part of the session's own day lies before the laser."""


@frozen
class Contradiction:
    """Two texts that say different things about one act on the same days."""

    first: dt.date | int
    """A date of a calendar, or a day of the guide counted from the session."""
    last: dt.date | int
    act: str
    one: str
    """The item or sign that asks for the act, or that counts as normal."""
    other: str
    """The one that forbids it, or that is missing."""


def find_contradictions(items: Iterable[CareItem], sessions: tuple[dt.date, ...]) -> tuple[Contradiction, ...]:
    """Every pair of items of a calendar of which one forbids, on a day, what the other requires.

    Args:
        items: of :attr:`~porelight.care.Calendar.items`.
        sessions: the days of the sessions; on such a day the hours before and after the laser are told apart.
    """
    listed = [(item, *_half_days(item, sessions)) for item in items]
    found = []
    for (one, start, end), (other, begins, ends) in itertools.product(listed, listed):
        # Half a day that both hold on is enough: a person cannot obey both then.
        if one is other or (first := max(start, begins)) > (last := min(end, ends)):
            continue
        for act in _forbidden(one.key, other.key):
            days = dt.date.fromordinal(first // 2), dt.date.fromordinal(last // 2)
            found.append(Contradiction(*days, act, one.key, other.key))
    return tuple(found)


def find_guide_contradictions(
    kind: LaserClass, items: Iterable[CareItem], session: dt.date
) -> tuple[Contradiction, ...]:
    """Every day of the guide that says other than the calendar, or other than itself.

    What a stage shows must be normal on all its days; what counts as normal must have the care that goes with it, must
    ask for nothing that is forbidden, and must not be what the calendar asks to look out for.

    Args:
        kind: class of the laser.
        items: of a calendar with one session.
        session: its day.
    """
    spans = {item.key: ((item.first - session).days, (item.last - session).days) for item in items}
    normal = {row["key"]: _normal_days(row) for row in load_signs() if kind in row.get("kinds", [kind])}
    found = []
    for stage in load_stages():
        for sign in stage["shows"] if kind in stage["kinds"] else ():
            days = range(stage["first"], stage["last"] + 1)
            found += _missing(days, normal[sign], sign, stage["key"], f"sign {sign}")
    for row in load_signs():
        days = normal.get(row["key"], range(0))
        for needed in row.get("with", ()):
            first, last = spans.get(needed, (1, 0))
            found += _missing(days, range(first, last + 1), "with", row["key"], needed)
        for key, (first, last) in spans.items():
            held = [day for day in days if first <= day <= last]
            acts = [act for act in row.get("requires", ()) if _forbids(_item_row(key), act)]
            found += [Contradiction(held[0], held[-1], act, row["key"], key) for act in acts if held]
            if held and row["key"] in _item_row(key).get("signs", ()):
                found.append(Contradiction(held[0], held[-1], "watch", row["key"], key))
    return tuple(found)


def begin_after_rest(items: list[CareItem], sessions: tuple[dt.date, ...]) -> list[CareItem]:
    """What prepares for a session begins once no care after the last one forbids it; with no day left it is dropped."""
    kept = []
    for item in items:
        first = item.first
        if item.phase == "before" and item.session > 1:
            resting = [
                other.last
                for other in items
                if other.session < item.session and other.phase == "after" and _forbidden(item.key, other.key)
            ]
            first = max([first, *(last + dt.timedelta(days=1) for last in resting)])
        if first <= item.last:
            kept.append(item if first == item.first else dataclasses.replace(item, first=first))
    return kept


def _half_days(item: CareItem, sessions: tuple[dt.date, ...]) -> tuple[int, int]:
    """First and last half day; only the day of a session has two halves that differ."""
    before = item.phase in BEFORE_PHASES
    start = 2 * item.first.toordinal() + (item.first in sessions and not before)
    end = 2 * item.last.toordinal() + (not (item.last in sessions and before))
    return start, end


@functools.cache
def _forbidden(one: str, other: str) -> tuple[str, ...]:
    """The acts that one item requires and the other forbids."""
    return tuple(act for act in _item_row(one).get("requires", ()) if _forbids(_item_row(other), act))


def _forbids(row: Row, act: str) -> bool:
    return _covers(row.get("forbids", ()), act) and not _covers(row.get("allows", ()), act)


def _covers(listed: Iterable[str], act: str) -> bool:
    """Whether an act is listed, itself or as a kind of what is listed."""
    return any(act == each or act.startswith(f"{each}.") for each in listed)


@functools.cache
def _item_row(key: str) -> Row:
    return next(row for row in load_items() if row["key"] == key)


def _normal_days(row: Row) -> range:
    first, last = row.get("normal", (0, -1))
    return range(first, min(last, LAST_GUIDE_DAY) + 1)


def _missing(days: range, held: range, act: str, one: str, other: str) -> list[Contradiction]:
    """The days on which something is needed that does not hold."""
    gone = [day for day in days if day not in held]
    return [Contradiction(gone[0], gone[-1], act, one, other)] if gone else []

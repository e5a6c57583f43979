"""The dated days around each session."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from porelight import cite
from porelight.care import facts
from porelight.care.acts import begin_after_rest
from porelight.care.choices import ClinicChoices
from porelight.care.items import fill_days, load_items
from porelight.care.language import say
from porelight.care.model import Calendar, CareItem, Person
from porelight.care.rules import LaserKind, laser_kind
from porelight.care.spacing import days_apart, spacing_on
from porelight.cite import Cited
from porelight.laser import LaserClass
from porelight.refusal import Refusal

Row = Mapping[str, Any]

_ONE_DAY = dt.timedelta(days=1)


def make_calendar(
    person: Person,
    sessions: tuple[dt.date, ...],
    laser: str = "co2",
    clinic: ClinicChoices | None = None,
    *,
    starts: tuple[dt.time | None, ...] = (),
    begins: dt.date | None = None,
    language: str = "en",
) -> Calendar:
    """Every item of a course, in order of its first day.

    What runs on after a session ends the day before the next one, and what comes before a session begins the day after
    the last one, so that no day says two things about the same care. An item with nothing left is dropped.

    Args:
        person: decides which items apply; an unknown answer keeps an item.
        sessions: the days of the sessions, in order.
        laser: key of ``data/lasers.yaml``.
        clinic: what the clinic chose where sources disagree.
        starts: when each session starts on the clinic's clock; without it no item has a clock time.
        begins: the day of planning, before which nothing is asked of anyone; without it items run their whole time.
        language: of every text.

    Raises:
        Refusal: sessions not in order, or closer than this laser needs; the laser is not known.
    """
    kind = laser_kind(laser)
    _judge_spacing(sessions, laser, person)
    rows = [row for row in load_items() if _applies_to(row, person, kind, clinic or ClinicChoices())]
    items = [
        item
        for number, day in enumerate(sessions, start=1)
        for row in rows
        if (item := _make_item(row, number, day, sessions, kind.kind, language)) is not None
    ]
    items = _begin_on(begin_after_rest(items, sessions), begins)
    # On one day of one session the items keep the order of the table: before, on the day, after, what to watch for.
    order = {row["key"]: place for place, row in enumerate(load_items())}
    items.sort(key=lambda item: (item.first, item.session, order[item.key]))
    return Calendar(sessions=sessions, items=tuple(items), starts=starts, language=language)


def select_items(course: Calendar, day: dt.date) -> tuple[CareItem, ...]:
    """What holds on that day: the "today" view."""
    return tuple(item for item in course.items if item.first <= day <= item.last)


def _begin_on(items: Iterable[CareItem], begins: dt.date | None) -> list[CareItem]:
    """The items with what comes before a session beginning on the day of planning, if that is later."""
    if begins is None:
        return list(items)
    due = [item for item in items if item.phase != "before" or item.last >= begins]
    return [
        dataclasses.replace(item, first=begins) if item.phase == "before" and item.first < begins else item
        for item in due
    ]


def _judge_spacing(sessions: tuple[dt.date, ...], laser: str, person: Person) -> None:
    for earlier, later in itertools.pairwise(sessions):
        if later <= earlier:
            raise Refusal(f"{later} does not come after {earlier}", where="sessions", advice="Give them in order, once")
        least = days_apart(spacing_on(later, laser, person.phototype))
        if (later - earlier).days < least:
            raise Refusal(
                f"{earlier} and {later} are {_count_days((later - earlier).days)} apart; {laser} needs {least}",
                where="sessions",
                advice="Choose a later day",
            )


def _count_days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _applies_to(row: Row, person: Person, laser: LaserKind, clinic: ClinicChoices) -> bool:
    """Whether the item is for this laser, this person and this clinic; what is not known keeps it."""
    if "kinds" in row and laser.kind not in row["kinds"]:
        return False
    # An unknown answer keeps what is for everyone who did not say no, and leaves out what needs a plain no.
    if "unless_no" in row and facts.find_answer(person, row["unless_no"]) == "no":
        return False
    if "only_no" in row and facts.find_answer(person, row["only_no"]) != "no":
        return False
    if "phototypes" in row and person.phototype is not None and person.phototype not in row["phototypes"]:
        return False
    return all(clinic.option(key).key in options for key, options in row.get("choice", {}).items())


def _make_item(
    row: Row, number: int, day: dt.date, sessions: tuple[dt.date, ...], kind: LaserClass, language: str
) -> CareItem | None:
    if row.get("only_session") == "last" and number < len(sessions):
        return None
    first, last = day + dt.timedelta(days=row["first"]), day + dt.timedelta(days=row["last"])
    # Between two sessions every day belongs to one of them: what prepares for the next would otherwise
    # contradict what follows from the last.
    if number > 1:
        # What is never to be done needs no such care: it holds on the day of the last session too.
        first = max(first, sessions[number - 2] + (dt.timedelta() if row.get("habit") else _ONE_DAY))
    if number < len(sessions):
        last = min(last, sessions[number] - _ONE_DAY)
    if first > last:
        return None
    title = say(row["title"], language)
    # Only the session itself is counted in its title; care that repeats reads the same each time.
    if row["phase"] == "session":
        title = say("{title} {number} of {count}", language).format(title=title, number=number, count=len(sessions))
    resting = _cite_item(row["key"])
    return CareItem(
        key=row["key"],
        phase=row["phase"],
        session=number,
        first=first,
        last=last,
        title=title,
        text=fill_days(say(row["text"], language), kind, language),
        why=say(row["why"], language),
        source=resting.source,
        tier=row["tier"],
        confidence=resting.confidence,
        minutes=row.get("minutes"),
        rests_on=(resting,),
    )


@functools.cache
def _cite_item(key: str) -> Cited:
    """The item's days as a cited number: how many, from which to which."""
    row = next(row for row in load_items() if row["key"] == key)
    return Cited(
        key=f"care_{key}",
        quantity=f"days of care: {row['title'].lower()}",
        value=float(row["last"] - row["first"] + 1),
        unit="days",
        source=cite.source(row["source"]),
        confidence=row["confidence"],
        low=float(row["first"]),
        high=float(row["last"]),
        conditions="low and high are the first and the last day from the session",
        note=row.get("note", ""),
    )

"""One day of a course: what to do, what the skin looks like, and what is normal."""

from __future__ import annotations

import dataclasses
import datetime as dt

from porelight.care.calendar import on_day
from porelight.care.guide import LAST_DAY, DayGuide, guide
from porelight.care.model import Calendar, CareItem


@dataclasses.dataclass(frozen=True, slots=True)
class Today:
    """One day of a course."""

    day: dt.date
    items: tuple[CareItem, ...]
    """What holds on that day."""
    last_session: dt.date | None
    """The latest session up to that day, that day included; None before the first."""
    guide: DayGuide | None
    """Counted from that session; None before the first, and when the last is longer ago than the guide goes."""
    next_session: dt.date | None
    language: str = "en"


def today(course: Calendar, day: dt.date, laser: str = "co2") -> Today:
    """The view of one day.

    Args:
        course: of :func:`~porelight.care.calendar`; its language is kept.
        day: any day; far from the sessions there is nothing to do.
        laser: key of ``data/lasers.yaml``.

    Raises:
        Refusal: the laser is not known.
    """
    past = [session for session in course.sessions if session <= day]
    since = (day - past[-1]).days if past else LAST_DAY + 1
    return Today(
        day=day,
        items=on_day(course, day),
        last_session=past[-1] if past else None,
        guide=guide(since, laser, language=course.language) if since <= LAST_DAY else None,
        next_session=next((session for session in course.sessions if session > day), None),
        language=course.language,
    )

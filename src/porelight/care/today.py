"""One day of a course: what to do, what the skin looks like, and what is normal."""

from __future__ import annotations

import datetime as dt

from porelight.care.calendar import select_items
from porelight.care.guide import LAST_GUIDE_DAY, DayGuide, make_day_guide
from porelight.care.model import Calendar, CareItem
from porelight.frozen import frozen


@frozen
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


def make_today(course: Calendar, day: dt.date, laser: str = "co2") -> Today:
    """The view of one day.

    Args:
        course: of :func:`~porelight.care.make_calendar`; its language is kept.
        day: any day; far from the sessions there is nothing to do.
        laser: key of ``data/lasers.yaml``.

    Raises:
        Refusal: the laser is not known.
    """
    past = [session for session in course.sessions if session <= day]
    since = (day - past[-1]).days if past else LAST_GUIDE_DAY + 1
    return Today(
        day=day,
        items=select_items(course, day),
        last_session=past[-1] if past else None,
        guide=make_day_guide(since, laser, language=course.language) if since <= LAST_GUIDE_DAY else None,
        next_session=next((session for session in course.sessions if session > day), None),
        language=course.language,
    )

"""The calendar of a course as a CarePlan."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fhir.resources.R4B.careplan import CarePlan

from porelight.care.model import Calendar, CareItem
from porelight.export.fhir.terms import Element, join_sentences, make_concept, make_narrative, own_code, subject_of
from porelight.refusal import Refusal

PHASE_TITLES = {
    "before": "Before a session",
    "day": "On the day",
    "session": "The session",
    "after": "After a session",
    "watch": "Signs to watch for",
    "review": "The result is looked at",
}


def make_care_plan(calendar: Calendar, subject: str | None = None, *, timezone: str = "UTC") -> CarePlan:
    """Every item of the course with its days: a draft that proposes, until a professional takes it on.

    Args:
        calendar: the course; with a start time, what is tied to the clock has its moment.
        subject: a reference to the patient that the caller holds.
        timezone: IANA name of the zone in which the start time is read.

    Raises:
        Refusal: ``subject`` is no reference, or the time zone is not known.
    """
    zone = _zone(timezone)
    told = [f"Session {number}: {day}." for number, day in enumerate(calendar.sessions, start=1)]
    return CarePlan.model_validate(
        {
            "resourceType": "CarePlan",
            "text": make_narrative("The days around laser sessions for enlarged pores.", *told),
            "status": "draft",
            "intent": "proposal",
            "title": "Care before and after each laser session",
            "subject": subject_of(subject),
            **_course_period(calendar),
            "activity": [{"detail": _make_detail(item, calendar.start_of(item), zone)} for item in calendar.items],
        }
    )


def _course_period(calendar: Calendar) -> Element:
    if not calendar.items:
        return {}
    first, last = min(item.first for item in calendar.items), max(item.last for item in calendar.items)
    return {"period": {"start": first, "end": last}}


def _make_detail(item: CareItem, start: dt.time | None, zone: ZoneInfo) -> Element:
    source = "our own caution" if item.source.key == "assumed" else item.source.title
    label = f"Session {item.session}, source: {source} ({item.tier}, {item.confidence})."
    return {
        "code": make_concept(
            item.title, own_code("care", item.key, item.title), own_code("phase", item.phase, PHASE_TITLES[item.phase])
        ),
        "reasonCode": [make_concept(item.why)] if item.why else None,
        "status": "not-started",
        "doNotPerform": False,
        "description": join_sentences([item.text, label]),
        **_schedule_item(item, start, zone),
    }


def _schedule_item(item: CareItem, start: dt.time | None, zone: ZoneInfo) -> Element:
    """A moment for what has a clock time, whole days for the rest."""
    if start is None or item.minutes is None:
        return {"scheduledPeriod": {"start": item.first, "end": item.last}}
    begins = dt.datetime.combine(item.first, start, tzinfo=zone).astimezone(dt.UTC)
    # Counted in UTC, where the clocks never change: these are real minutes.
    moment = (begins + dt.timedelta(minutes=item.minutes)).astimezone(zone)
    return {"scheduledTiming": {"event": [moment.isoformat()]}}


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        advice = "Use an IANA name, such as Europe/Berlin"
        raise Refusal(f"there is no time zone {name!r}", where="timezone", advice=advice) from None

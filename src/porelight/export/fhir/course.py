"""The calendar of a course as a CarePlan."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fhir.resources.R4B.careplan import CarePlan

from porelight.care.model import Calendar, CareItem
from porelight.export.fhir.terms import Element, concept, lines, narrative, own, subject_of
from porelight.refusal import Refusal

PHASES = {
    "before": "Before a session",
    "day": "On the day",
    "session": "The session",
    "after": "After a session",
    "watch": "Signs to watch for",
    "review": "The result is looked at",
}


def care_plan(calendar: Calendar, subject: str | None = None, *, timezone: str = "UTC") -> CarePlan:
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
            "text": narrative("The days around laser sessions for enlarged pores.", *told),
            "status": "draft",
            "intent": "proposal",
            "title": "Care before and after each laser session",
            "subject": subject_of(subject),
            **_period(calendar),
            "activity": [{"detail": _detail(item, calendar.start, zone)} for item in calendar.items],
        }
    )


def _period(calendar: Calendar) -> Element:
    if not calendar.items:
        return {}
    first, last = min(item.first for item in calendar.items), max(item.last for item in calendar.items)
    return {"period": {"start": first, "end": last}}


def _detail(item: CareItem, start: dt.time | None, zone: ZoneInfo) -> Element:
    source = "our own caution" if item.source.key == "assumed" else item.source.title
    label = f"Session {item.session}, source: {source} ({item.tier}, {item.confidence})."
    return {
        "code": concept(item.title, own("care", item.key, item.title), own("phase", item.phase, PHASES[item.phase])),
        "reasonCode": [concept(item.why)] if item.why else None,
        "status": "not-started",
        "doNotPerform": False,
        "description": lines([item.text, label]),
        **_scheduled(item, start, zone),
    }


def _scheduled(item: CareItem, start: dt.time | None, zone: ZoneInfo) -> Element:
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

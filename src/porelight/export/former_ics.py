"""The calendar file that a course was sent with before: what another file must update, and what it must cancel."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

import icalendar

from porelight.refusal import Refusal

COURSE_PROPERTY: Final = "X-PORELIGHT-COURSE"
"""Where a calendar file keeps the name of its course."""
LONGEST_CALENDAR: Final = 5_000_000
"""Bytes of the longest former file read: a course of four sessions has about a hundred thousand."""
CANCELLED: Final = "CANCELLED"


@dataclasses.dataclass(frozen=True, slots=True)
class FormerCalendar:
    """A calendar file of a course as it was sent."""

    course: str
    events: dict[str, icalendar.Event]
    """UID -> its event."""

    def number(self, event: icalendar.Event) -> icalendar.Event:
        """The event as it goes out now: as it was where nothing changed in it, else with the next number."""
        former = self.events.get(str(event["UID"]))
        if former is None:
            return event
        if _content(former) == _content(event):
            return former
        event["SEQUENCE"] = max(int(former.get("SEQUENCE", 0)) + 1, int(event.get("SEQUENCE", 0)))
        return event

    def cancel(self, kept: set[str]) -> list[icalendar.Event]:
        """The events that are no longer in the course, each cancelled once and on their old day."""
        return [_cancel(event) for uid, event in self.events.items() if uid not in kept]


def read_former(data: bytes, where: str = "the former calendar") -> FormerCalendar:
    """A calendar file that Porelight wrote.

    Raises:
        Refusal: too long, no calendar, or one that names no course.
    """
    advice = "Give the calendar file that was sent before"
    if len(data) > LONGEST_CALENDAR:
        raise Refusal(f"it has {len(data)} bytes", where=where, advice=advice)
    try:
        found = icalendar.Calendar.from_ical(data)
        course = str(found.get(COURSE_PROPERTY, ""))
        events: dict[str, Any] = {str(event["UID"]): event for event in found.walk("VEVENT")}
    except (ValueError, KeyError, IndexError, AttributeError, TypeError):
        raise Refusal("this is no calendar", where=where, advice=advice) from None
    if not course:
        raise Refusal("this calendar names no course", where=where, advice=advice)
    return FormerCalendar(course, events)


def _content(event: icalendar.Event) -> bytes:
    """What a reader sees of an event."""
    bare = event.copy()
    for part in event.subcomponents:
        bare.add_component(part)
    for name in ("SEQUENCE", "DTSTAMP"):
        bare.pop(name, None)
    return bytes(bare.to_ical())


def _cancel(event: icalendar.Event) -> icalendar.Event:
    if str(event.get("STATUS", "")) == CANCELLED:
        return event
    event["SEQUENCE"] = int(event.get("SEQUENCE", 0)) + 1
    event.pop("STATUS", None)
    event.add("status", CANCELLED)
    event.subcomponents = []
    return event

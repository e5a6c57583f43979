"""A course as an iCalendar file (RFC 5545) that updates in place when a session moves.

Nothing in it says who the person is. The same calendar gives the same bytes: no clock, no random identifiers.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import icalendar

from porelight.care.language import say
from porelight.care.model import Calendar, CareItem
from porelight.refusal import Refusal

PRODUCT = "-//Porelight//Care calendar//EN"
CLOCK_MINUTES = {"session": 60, "numbing_cream": 60}
"""Minutes that an entry with a clock time takes up in the calendar: how long to keep free, not a medical number."""

_SECOND = dt.timedelta(seconds=1)


def to_ics(
    calendar: Calendar,
    *,
    timezone: str = "UTC",
    sequence: int = 0,
    uid_seed: str,
    stamp: dt.date | None = None,
    replaces: Calendar | None = None,
) -> bytes:
    """The calendar as the bytes of an ``.ics`` file.

    Args:
        calendar: the course; with a start time, the session and what is tied to its clock are timed, the rest is not.
        timezone: IANA name of the zone in which ``calendar.start`` is read.
        sequence: raised by one each time the course is changed, so that readers replace what they have.
        uid_seed: what names the course; the same seed, item and session always give the same UID.
        stamp: the day on which the plan was made; the first day of the calendar where left out.
        replaces: the course as it was sent before; what is no longer in it is sent once more as cancelled.

    Raises:
        Refusal: the time zone is not known, or ``sequence`` is negative.
    """
    zone = named_zone(timezone)
    if sequence < 0:
        raise Refusal(f"the sequence is {sequence}", where="sequence", advice="Count up from 0")
    written = icalendar.Calendar()
    written.add("prodid", PRODUCT)
    written.add("version", "2.0")
    written.add("calscale", "GREGORIAN")
    written.add("method", "PUBLISH")
    written.add("x-wr-calname", say("Skin care around the laser sessions", calendar.language))
    written.add("x-wr-timezone", zone.key)
    first = stamp or min((item.first for item in calendar.items), default=dt.date(2000, 1, 1))
    stamped = dt.datetime.combine(first, dt.time(), tzinfo=dt.UTC)
    for item in calendar.items:
        written.add_component(_event(item, calendar, zone, sequence, uid_seed, stamped))
    untimed = dataclasses.replace(calendar, start=None)
    for item in _dropped(calendar, replaces):
        gone = _event(item, untimed, zone, sequence, uid_seed, stamped)
        gone.add("status", "CANCELLED")
        written.add_component(gone)
    _add_zone(written, zone, calendar, first)
    return bytes(written.to_ical())


def uid(uid_seed: str, key: str, session: int) -> str:
    """The identifier of one item of one session of a course, which does not move with its date."""
    digest = hashlib.sha256(f"{uid_seed}\n{key}\n{session}".encode()).hexdigest()
    return f"{digest[:32]}@porelight"


def _dropped(calendar: Calendar, replaces: Calendar | None) -> list[CareItem]:
    """The items of the earlier course that the new one no longer has."""
    kept = {(item.key, item.session) for item in calendar.items}
    return [item for item in replaces.items if (item.key, item.session) not in kept] if replaces else []


def _event(
    item: CareItem, course: Calendar, zone: dt.tzinfo, sequence: int, uid_seed: str, stamped: dt.datetime
) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", uid(uid_seed, item.key, item.session))
    event.add("dtstamp", stamped)
    event.add("sequence", sequence)
    event.add("summary", item.title)
    own = say("our own caution", course.language)
    source = own if item.source.key == "assumed" else f"{item.source.title} ({say(item.tier, course.language)})"
    reason = say("Why: {why}\nSource: {source}.", course.language).format(why=item.why, source=source)
    event.add("description", f"{item.text}\n\n{reason}")
    event.add("categories", [item.phase])
    if course.start is not None and item.minutes is not None:
        begins = clock(item, course.start, zone)
        event.add("dtstart", begins)
        event.add("dtend", _after(begins, CLOCK_MINUTES.get(item.key, 30)))
        event.add("transp", "OPAQUE")
    else:
        event.add("dtstart", item.first)
        event.add("dtend", item.last + dt.timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    return event


def clock(item: CareItem, start: dt.time, zone: dt.tzinfo) -> dt.datetime:
    """The moment of an item: real minutes from the start of the session, also across a change of the clocks."""
    assert item.minutes is not None
    return _after(dt.datetime.combine(item.first, start, tzinfo=zone), item.minutes)


def _after(moment: dt.datetime, minutes: int) -> dt.datetime:
    """A moment some real minutes later: counted in UTC, where the clocks never change."""
    return (moment.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(moment.tzinfo)


def _add_zone(written: icalendar.Calendar, zone: ZoneInfo, calendar: Calendar, stamped: dt.date) -> None:
    """The zone's rules for the years of the course, so that a reader needs none of its own.

    It stands there for whole days too: they are days of that zone, and some readers look for it.
    """
    first = min((item.first for item in calendar.items), default=stamped)
    last = max((item.last for item in calendar.items), default=stamped)
    rules = icalendar.Timezone()
    rules.add("tzid", zone.key)
    begins = dt.datetime(first.year, 1, 1, tzinfo=dt.UTC)
    before = begins.astimezone(zone)
    rules.add_component(_observance(begins.replace(tzinfo=None), before, before))
    for moment in _changes(zone, begins, dt.datetime(last.year + 2, 1, 1, tzinfo=dt.UTC)):
        earlier, later = (moment - _SECOND).astimezone(zone), moment.astimezone(zone)
        # RFC 5545 3.6.5: the onset is told in the local time that ends there
        local = (moment + _offset(earlier)).replace(tzinfo=None)
        rules.add_component(_observance(local, earlier, later))
    written.subcomponents.insert(0, rules)


def _observance(onset: dt.datetime, earlier: dt.datetime, later: dt.datetime) -> icalendar.Component:
    found = icalendar.TimezoneDaylight() if later.dst() else icalendar.TimezoneStandard()
    found.add("dtstart", onset)
    found.add("tzoffsetfrom", _offset(earlier))
    found.add("tzoffsetto", _offset(later))
    found.add("tzname", later.tzname())
    return found


def _changes(zone: ZoneInfo, begins: dt.datetime, ends: dt.datetime) -> Iterator[dt.datetime]:
    """Each moment [UTC] at which the clocks of the zone change: found between two days, then halved to the second."""
    day = begins
    while day < ends:
        low, high = day, day + dt.timedelta(days=1)
        if _offset(low.astimezone(zone)) != _offset(high.astimezone(zone)):
            while high - low > _SECOND:
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                same = _offset(middle.astimezone(zone)) == _offset(low.astimezone(zone))
                low, high = (middle, high) if same else (low, middle)
            yield high
        day += dt.timedelta(days=1)


def _offset(moment: dt.datetime) -> dt.timedelta:
    return moment.utcoffset() or dt.timedelta()


def named_zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name.

    Raises:
        Refusal: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        advice = "Use an IANA name, such as Europe/Berlin"
        raise Refusal(f"there is no time zone {name!r}", where="timezone", advice=advice) from None

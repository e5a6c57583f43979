"""A course as an iCalendar file (RFC 5545) that updates in place when a session moves.

Nothing in it says who the person is. The same calendar gives the same bytes: no clock, no random identifiers.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import icalendar

from porelight.care.language import say
from porelight.care.model import Calendar, CareItem, Person
from porelight.care.person import answers_of
from porelight.refusal import Refusal

PRODUCT_ID = "-//Porelight//Care calendar//EN"
CLOCK_MINUTES = {"session": 60, "numbing_cream": 60}
"""Minutes that an entry with a clock time takes up in the calendar: how long to keep free, not a medical number."""

ONE_SECOND = dt.timedelta(seconds=1)


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
        timezone: IANA name of the zone in which ``calendar.starts`` are read.
        sequence: raised by one each time the course is changed, so that readers replace what they have.
        uid_seed: what names the course; the same seed, item and session always give the same UID.
        stamp: the day on which the plan was made; the first day of the calendar where left out.
        replaces: the course as it was sent before; what is no longer in it is sent once more as cancelled.

    Raises:
        Refusal: the time zone is not known, or ``sequence`` is negative.
    """
    zone = find_zone(timezone)
    if sequence < 0:
        raise Refusal(f"the sequence is {sequence}", where="sequence", advice="Count up from 0")
    first = stamp or min((item.first for item in calendar.items), default=dt.date(2000, 1, 1))
    return _write_calendar(calendar, zone, sequence, uid_seed, first, replaces)


@functools.lru_cache(maxsize=128)
def _write_calendar(
    calendar: Calendar, zone: ZoneInfo, sequence: int, uid_seed: str, stamp: dt.date, replaces: Calendar | None
) -> bytes:
    """The bytes of a calendar. Kept, since a phone fetches the same feed every hour, and writing takes longest."""
    written = icalendar.Calendar()
    written.add("prodid", PRODUCT_ID)
    written.add("version", "2.0")
    written.add("calscale", "GREGORIAN")
    written.add("method", "PUBLISH")
    written.add("x-wr-calname", say("Skin care around the laser sessions", calendar.language))
    # Not in RFC 5545, but what many programs read for the name and the zone of a subscribed calendar.
    written.add("x-wr-timezone", zone.key)
    written.add_component(_make_zone(zone, calendar, stamp))
    dropped = _list_dropped(calendar, replaces)
    for item in (*calendar.items, *dropped):
        cancelled = item in dropped
        event = _make_event(item, None if cancelled else calendar.start_of(item), zone, calendar.language)
        event.add("uid", make_uid(uid_seed, item.key, item.session))
        event.add("dtstamp", dt.datetime.combine(stamp, dt.time(), tzinfo=dt.UTC))
        event.add("sequence", sequence)
        if cancelled:
            event.add("status", "CANCELLED")
        written.add_component(event)
    return bytes(written.to_ical())


def make_course_seed(person: Person) -> str:
    """What names the course of a person of whom nothing but the answers is known: the same answers, the same name.

    Raises:
        Refusal: the person has planned something that no question asks for.
    """
    answers = json.dumps(answers_of(person), sort_keys=True)
    return hashlib.sha256(answers.encode()).hexdigest()


def make_uid(uid_seed: str, key: str, session: int) -> str:
    """The identifier of one item of one session of a course, which does not move with its date."""
    # The date is left out on purpose: a moved session keeps its identifier, and readers move the event.
    digest = hashlib.sha256(f"{uid_seed}\n{key}\n{session}".encode()).hexdigest()
    return f"{digest[:32]}@porelight"


def _list_dropped(calendar: Calendar, replaces: Calendar | None) -> list[CareItem]:
    """The items of the earlier course that the new one no longer has."""
    kept = {(item.key, item.session) for item in calendar.items}
    return [item for item in replaces.items if (item.key, item.session) not in kept] if replaces else []


def _make_event(item: CareItem, start: dt.time | None, zone: dt.tzinfo, language: str) -> icalendar.Event:
    """What an item says and when: at its clock time where its session starts at one, else all day."""
    event = icalendar.Event()
    event.add("summary", item.title)
    own = say("our own caution", language)
    source = own if item.source.key == "assumed" else f"{item.source.title} ({say(item.tier, language)})"
    reason = say("Why: {why}\nSource: {source}.", language).format(why=item.why, source=source)
    event.add("description", f"{item.text}\n\n{reason}")
    event.add("categories", [item.phase])
    if start is None:
        event.add("dtstart", item.first)
        event.add("dtend", item.last + dt.timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        begins = clock_time(item, start, zone)
        event.add("dtstart", begins)
        event.add("dtend", _add_minutes(begins, CLOCK_MINUTES.get(item.key, 30)))
        event.add("transp", "OPAQUE")
    return event


def clock_time(item: CareItem, start: dt.time, zone: dt.tzinfo) -> dt.datetime:
    """The moment of an item: real minutes from the start of the session, also across a change of the clocks."""
    assert item.minutes is not None
    return _add_minutes(dt.datetime.combine(item.first, start, tzinfo=zone), item.minutes)


def _add_minutes(moment: dt.datetime, minutes: int) -> dt.datetime:
    """A moment some real minutes later: counted in UTC, where the clocks never change."""
    # Wall clock arithmetic would gain or lose an hour on the nights when the clocks change.
    return (moment.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(moment.tzinfo)


def _make_zone(zone: ZoneInfo, calendar: Calendar, stamp: dt.date) -> icalendar.Timezone:
    """The zone's rules for the years of the course, so that a reader needs none of its own.

    It stands there for whole days too: they are days of that zone, and some readers look for it.
    """
    first = min((item.first for item in calendar.items), default=stamp)
    last = max((item.last for item in calendar.items), default=stamp)
    rules = icalendar.Timezone()
    rules.add("tzid", zone.key)
    # From New Year on, so that courses of one year share their zone rules and the kept changes.
    begins = dt.datetime(first.year, 1, 1, tzinfo=dt.UTC)
    before = begins.astimezone(zone)
    rules.add_component(_make_observance(begins.replace(tzinfo=None), before, before))
    for moment in (moment for year in range(first.year, last.year + 2) for moment in _find_changes(zone.key, year)):
        earlier, later = (moment - ONE_SECOND).astimezone(zone), moment.astimezone(zone)
        # RFC 5545 3.6.5: the onset is given in the local time that ends there.
        local = (moment + _utc_offset(earlier)).replace(tzinfo=None)
        rules.add_component(_make_observance(local, earlier, later))
    return rules


def _make_observance(onset: dt.datetime, earlier: dt.datetime, later: dt.datetime) -> icalendar.Component:
    observance = icalendar.TimezoneDaylight() if later.dst() else icalendar.TimezoneStandard()
    observance.add("dtstart", onset)
    observance.add("tzoffsetfrom", _utc_offset(earlier))
    observance.add("tzoffsetto", _utc_offset(later))
    observance.add("tzname", later.tzname())
    return observance


@functools.lru_cache(maxsize=512)
def _find_changes(zone_key: str, year: int) -> tuple[dt.datetime, ...]:
    """Each moment [UTC] of a year at which the clocks of the zone change: found between two days, then halved to the
    second. Kept, since every course of a clinic asks for the same few years and a feed is fetched many times a day."""
    zone, found = ZoneInfo(zone_key), []
    day, ends = dt.datetime(year, 1, 1, tzinfo=dt.UTC), dt.datetime(year + 1, 1, 1, tzinfo=dt.UTC)
    while day < ends:
        low, high = day, day + dt.timedelta(days=1)
        if _utc_offset(low.astimezone(zone)) != _utc_offset(high.astimezone(zone)):
            while high - low > ONE_SECOND:
                middle = (low + (high - low) // 2).replace(microsecond=0)
                same = _utc_offset(middle.astimezone(zone)) == _utc_offset(low.astimezone(zone))
                low, high = (middle, high) if same else (low, middle)
            found.append(high)
        day += dt.timedelta(days=1)
    return tuple(found)


def _utc_offset(moment: dt.datetime) -> dt.timedelta:
    return moment.utcoffset() or dt.timedelta()


def find_zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name.

    Raises:
        Refusal: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        advice = "Use an IANA name, such as Europe/Berlin"
        raise Refusal(f"there is no time zone {name!r}", where="timezone", advice=advice) from None

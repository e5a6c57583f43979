"""A course as an iCalendar file (RFC 5545) that updates in place when a session moves.

Nothing in it says who the person is. The same calendar gives the same bytes: no clock, no random identifiers.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import icalendar

from porelight.care.language import say
from porelight.care.model import Calendar, CareItem
from porelight.export.former_ics import COURSE_PROPERTY, FormerCalendar, read_former
from porelight.refusal import Refusal

PRODUCT_ID = "-//Porelight//Care calendar//EN"
CLOCK_MINUTES = {"session": 60, "numbing_cream": 60}
"""Minutes that an entry with a clock time takes up in the calendar: how long to keep free, not a medical number."""

ALARM_LEADS = {
    "session": dt.timedelta(hours=-15),
    "ask_doctor": dt.timedelta(hours=9),
    "antiviral": dt.timedelta(hours=9),
    "antiviral_history": dt.timedelta(hours=9),
    "numbing_cream": dt.timedelta(hours=7),
}
"""When a whole day reminds, from its midnight: of a session at nine the day before, of what is begun in the morning.
What is forbidden reminds of nothing: thirty alarms are none."""
CLOCK_LEADS = {"session": dt.timedelta(days=-1), "numbing_cream": dt.timedelta(minutes=-15)}
"""The same from a clock time."""

ONE_SECOND = dt.timedelta(seconds=1)


def to_ics(
    calendar: Calendar,
    *,
    course: str,
    timezone: str | None = None,
    sequence: int = 0,
    stamp: dt.date | None = None,
    replaces: bytes | None = None,
    alarms: bool = False,
) -> bytes:
    """The calendar as the bytes of an ``.ics`` file.

    Args:
        calendar: the course; with a start time, the session and what is tied to its clock are timed, the rest is not.
        course: the name of the course; the same name, item and session always give the same UID.
        timezone: IANA name of the zone in which ``calendar.starts`` are read; needed where there are any.
        sequence: the number of this file where ``replaces`` is not given.
        stamp: the day on which the plan was made; the first day of the calendar where left out.
        replaces: the bytes of the file that was sent before: what changed counts up by itself, what is no longer there
            is cancelled, and what stayed keeps every byte.
        alarms: with a reminder of the sessions and of what must be begun in time.

    Raises:
        Refusal: no name; the time zone is not known, or missing beside a clock time; ``sequence`` is negative; or
            ``replaces`` is no file of this course.
    """
    if timezone is None and any(start is not None for start in calendar.starts):
        raise Refusal("a clock time needs its zone", where="timezone", advice="Name it, such as Europe/Berlin")
    zone = find_zone(timezone or "UTC")
    check_course(course)
    if sequence < 0:
        raise Refusal(f"the sequence is {sequence}", where="sequence", advice="Count up from 0")
    first = stamp or min((item.first for item in calendar.items), default=dt.date(2000, 1, 1))
    return _write_calendar(calendar, zone, sequence, course, first, replaces, alarms)


def check_course(course: str) -> str:
    """The name of a course, as it may stand in files.

    Raises:
        Refusal: none, or with anything but letters, digits, dots, dashes and underscores.
    """
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", course):
        advice = "Use up to 64 letters, digits, dots, dashes and underscores, and nothing that says who it is"
        raise Refusal("this cannot name a course", where="course", advice=advice)
    return course


@functools.lru_cache(maxsize=128)
def _write_calendar(
    calendar: Calendar,
    zone: ZoneInfo,
    sequence: int,
    course: str,
    stamp: dt.date,
    replaces: bytes | None,
    alarms: bool,
) -> bytes:
    """The bytes of a calendar. Kept, since a phone fetches the same feed every hour, and writing takes longest."""
    written = icalendar.Calendar()
    written.add("prodid", PRODUCT_ID)
    written.add("version", "2.0")
    written.add("calscale", "GREGORIAN")
    written.add("method", "PUBLISH")
    written.add(COURSE_PROPERTY, course)
    written.add("x-wr-calname", say("Skin care around the laser sessions", calendar.language))
    # Not in RFC 5545, but what many programs read for the name and the zone of a subscribed calendar.
    written.add("x-wr-timezone", zone.key)
    written.add_component(_make_zone(zone, calendar, stamp))
    former = FormerCalendar(course, {}) if replaces is None else read_former(replaces)
    if former.course != course:
        advice = "Give the former file of this course, or leave the name out"
        raise Refusal(f"that is the calendar of the course {former.course}", where="replaces", advice=advice)
    kept: set[str] = set()
    for item in calendar.items:
        event = _make_event(item, calendar.start_of(item), zone, calendar.language, alarms)
        event.add("uid", make_uid(course, item.key, item.session))
        event.add("dtstamp", dt.datetime.combine(stamp, dt.time(), tzinfo=dt.UTC))
        event.add("sequence", sequence)
        written.add_component(former.number(event))
        kept.add(str(event["UID"]))
    for event in former.cancel(kept):
        written.add_component(event)
    return bytes(written.to_ical())


def make_uid(course: str, key: str, session: int) -> str:
    """The identifier of one item of one session of a course, which does not move with its date."""
    # The date is left out on purpose: a moved session keeps its identifier, and readers move the event.
    digest = hashlib.sha256(f"{course}\n{key}\n{session}".encode()).hexdigest()
    return f"{digest[:32]}@porelight"


def _make_event(item: CareItem, start: dt.time | None, zone: dt.tzinfo, language: str, alarms: bool) -> icalendar.Event:
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
    else:
        begins = clock_time(item, start, zone)
        event.add("dtstart", begins)
        event.add("dtend", _add_minutes(begins, CLOCK_MINUTES.get(item.key, 30)))
    # A session takes up the day or the hour; a hint on care stands beside whatever else there is to do.
    event.add("transp", "OPAQUE" if item.phase == "session" else "TRANSPARENT")
    if alarms and (before := ALARM_LEADS.get(item.key)) is not None:
        event.add_component(_make_alarm(item.title, before if start is None else CLOCK_LEADS[item.key]))
    return event


def _make_alarm(title: str, trigger: dt.timedelta) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", trigger)
    return alarm


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

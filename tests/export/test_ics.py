"""The calendar file, read back by icalendar, by vobject, and by a reader written here."""

from __future__ import annotations

import datetime as dt
import re
import time
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject

from porelight import care
from porelight.care.model import Calendar
from porelight.export.ics import _find_changes, to_ics
from porelight.refusal import Refusal
from tests.rows import each_row

BERLIN = "Europe/Berlin"
STAMP = dt.date(2027, 1, 4)
MARCH = dt.date(2027, 3, 15)


def course(*sessions: dt.date, start: dt.time | None = None) -> Calendar:
    person = care.read_person("age: 32\nphototype: III\nsun: no\nhealth: no\nmedicines: no", "p")
    days = sessions or (MARCH,)
    return care.make_calendar(person, days, starts=(start,) * len(days))


def ics(calendar: Calendar, **options: object) -> bytes:
    return to_ics(calendar, **({"course": "course-1", "stamp": STAMP} | options))  # type: ignore[arg-type]


def events(data: bytes) -> dict[str, Any]:
    """By UID, as a calendar program would keep them."""
    found: Any = icalendar.Calendar.from_ical(data).walk("VEVENT")
    return {str(event["UID"]): event for event in found}


def named(data: bytes, title: str) -> Any:
    return next(event for event in events(data).values() if str(event["SUMMARY"]).startswith(title))


def unfolded(data: bytes) -> list[dict[str, str]]:
    """A second reader, written here from RFC 5545: unfold lines, split properties, collect events."""
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    lines = re.sub(r"\r\n[ \t]", "", data.decode()).split("\r\n")
    found: list[dict[str, str]] = []
    depth: list[str] = []
    for line in filter(None, lines):
        name, _, value = line.partition(":")
        if name == "BEGIN":
            depth.append(value)
            if value == "VEVENT":
                found.append({})
        elif name == "END":
            assert depth.pop() == value
        elif depth[-1] == "VEVENT":
            found[-1][name] = value
    assert not depth
    return found


def test_every_item_is_an_event_with_its_days() -> None:
    calendar = course()
    found = events(ics(calendar))
    assert len(found) == len(calendar.items)
    days = {(str(e["SUMMARY"]), e["DTSTART"].dt, e["DTEND"].dt - dt.timedelta(days=1)) for e in found.values()}
    assert days == {(item.title, item.first, item.last) for item in calendar.items}


def test_a_second_reader_sees_the_same() -> None:
    calendar = course()
    found = unfolded(ics(calendar))
    assert len(found) == len(calendar.items)
    assert {event["UID"] for event in found} == set(events(ics(calendar)))
    review = next(event for event in found if event["SUMMARY"].startswith("Review"))
    assert review["DTSTART;VALUE=DATE"] == "20270607"
    assert all(event["DTSTAMP"] == "20270104T000000Z" for event in found)


def test_whole_days_are_dates_in_a_named_zone() -> None:
    data = ics(course(), timezone=BERLIN)
    assert data.count(b"BEGIN:VTIMEZONE") == 1
    assert f"X-WR-TIMEZONE:{BERLIN}".encode() in data
    assert f"TZID:{BERLIN}".encode() in data
    assert all(type(event["DTSTART"].dt) is dt.date for event in events(data).values())


def test_the_same_calendar_gives_the_same_bytes() -> None:
    assert ics(course()) == ics(course())
    assert to_ics(course(), course="a") == to_ics(course(), course="a")


def test_a_moved_session_updates_its_events_instead_of_doubling_them() -> None:
    """A reader keeps events by UID and takes the higher SEQUENCE: nothing is left on the old days."""
    kept = events(ics(course(MARCH, MARCH + dt.timedelta(days=28))))
    before = ics(course(MARCH, MARCH + dt.timedelta(days=28)))
    moved = events(ics(course(MARCH, MARCH + dt.timedelta(days=35)), replaces=before))
    assert set(kept) == set(moved)
    numbers = {uid: int(event["SEQUENCE"]) for uid, event in moved.items()}
    stays = {uid for uid in kept if kept[uid]["DTSTART"].dt == moved[uid]["DTSTART"].dt}
    assert {numbers[uid] for uid in set(kept) - stays} == {1}
    assert 0 in {numbers[uid] for uid in stays}
    second = [
        (kept[uid]["DTSTART"].dt, moved[uid]["DTSTART"].dt)
        for uid in kept
        if str(kept[uid]["SUMMARY"]) == "Laser session 2 of 2"
    ]
    assert second == [(dt.date(2027, 4, 12), dt.date(2027, 4, 19))]


def test_what_a_shorter_course_no_longer_has_is_cancelled() -> None:
    before = course(MARCH, MARCH + dt.timedelta(days=28))
    now = course(MARCH)
    data = ics(now, replaces=ics(before))
    found = events(data)
    gone = [event for event in found.values() if event.get("STATUS") == "CANCELLED"]
    assert set(found) == set(events(ics(before))) | set(events(ics(now)))
    assert {str(event["SUMMARY"]) for event in gone} >= {"Laser session 2 of 2"}
    assert len(gone) == len(found) - len(now.items)


def test_another_course_has_other_identifiers() -> None:
    assert not set(events(ics(course()))) & set(events(ics(course(), course="course-2")))


def test_items_with_a_clock_time_carry_their_zone() -> None:
    data = ics(course(start=dt.time(9, 30)), timezone=BERLIN)
    session, cream = named(data, "Laser session"), named(data, "Numbing cream")
    assert data.count(b"BEGIN:VTIMEZONE") == 1
    assert session["DTSTART"].params["TZID"] == BERLIN
    assert session["DTSTART"].dt == dt.datetime(2027, 3, 15, 9, 30, tzinfo=ZoneInfo(BERLIN))
    assert session["DTSTART"].dt - cream["DTSTART"].dt == dt.timedelta(hours=1)
    assert type(named(data, "No make-up")["DTSTART"].dt) is dt.date


def test_the_numbing_cream_is_an_hour_before_also_across_a_change_of_the_clocks() -> None:
    """On 28 March 2027 clocks in Berlin go from 02:00 to 03:00: an hour before 03:30 is 01:30."""
    data = ics(course(dt.date(2027, 3, 28), start=dt.time(3, 30)), timezone=BERLIN)
    begins, cream = named(data, "Laser session")["DTSTART"].dt, named(data, "Numbing cream")["DTSTART"].dt
    assert (begins.hour, begins.minute) == (3, 30)
    assert (cream.hour, cream.minute) == (1, 30)
    assert begins.astimezone(dt.UTC) - cream.astimezone(dt.UTC) == dt.timedelta(hours=1)


def test_sessions_in_summer_and_winter_keep_their_hour() -> None:
    data = ics(course(MARCH, dt.date(2027, 4, 12), start=dt.time(9, 0)), timezone=BERLIN)
    starts = [e["DTSTART"].dt for e in events(data).values() if str(e["SUMMARY"]).startswith("Laser session")]
    assert [start.hour for start in starts] == [9, 9]
    assert [start.utcoffset() for start in starts] == [dt.timedelta(hours=1), dt.timedelta(hours=2)]


def test_the_zone_in_the_file_gives_the_same_moments_as_the_zone_of_the_world() -> None:
    """The file's own VTIMEZONE, as a reader without a zone table would apply it, on both sides of the change."""
    data = ics(course(MARCH, dt.date(2027, 4, 12), start=dt.time(9, 0)), timezone=BERLIN)
    written: Any = icalendar.Calendar.from_ical(data).walk("VTIMEZONE")[0]
    zone = written.to_tz(lookup_tzid=False)
    for day in (MARCH, dt.date(2027, 4, 12), dt.date(2027, 11, 15)):
        local = dt.datetime.combine(day, dt.time(9))
        assert local.replace(tzinfo=zone).utcoffset() == local.replace(tzinfo=ZoneInfo(BERLIN)).utcoffset()


def test_the_clocks_change_at_the_hour_of_the_zone_in_the_time_that_ends() -> None:
    """28 March 2027, 02:00 CET and 31 October 2027, 03:00 CEST (Directive 2000/84/EC: 01:00 UTC on the last Sunday)."""
    data = ics(course(), timezone=BERLIN).decode()
    assert "BEGIN:DAYLIGHT\r\nDTSTART:20270328T020000" in data
    assert "BEGIN:STANDARD\r\nDTSTART:20271031T030000" in data


@pytest.mark.parametrize("name", ["America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
def test_any_zone_reads_back_as_itself(name: str) -> None:
    """Half-hour changes, the southern half of the world, a zone without changes; each noon of the year after."""
    data = ics(course(), timezone=name)
    (written,) = vobject.readOne(data.decode()).contents["vtimezone"]
    zone = written.gettzinfo()
    for step in range(365):
        noon = dt.datetime(2027, 3, 15, 12) + dt.timedelta(days=step)
        assert noon.replace(tzinfo=zone).utcoffset() == noon.replace(tzinfo=ZoneInfo(name)).utcoffset()


def kept_by_vobject(*sent: bytes) -> dict[str, Any]:
    """What a calendar program built on vobject would hold after these files: by UID, the highest SEQUENCE wins."""
    held: dict[str, Any] = {}
    for data in sent:
        for event in vobject.readOne(data.decode()).contents["vevent"]:
            known = held.get(event.uid.value)
            if known is None or int(event.sequence.value) > int(known.sequence.value):
                held[event.uid.value] = event
    return {uid: event for uid, event in held.items() if getattr(event, "status", None) is None}


def test_vobject_sees_every_event_with_its_days() -> None:
    calendar = course()
    found = kept_by_vobject(ics(calendar, timezone=BERLIN))
    days = {(e.summary.value, e.dtstart.value, e.dtend.value - dt.timedelta(days=1)) for e in found.values()}
    assert days == {(item.title, item.first, item.last) for item in calendar.items}


def test_in_vobject_a_moved_session_leaves_nothing_on_its_old_day() -> None:
    before = ics(course(MARCH, MARCH + dt.timedelta(days=28)))
    after = course(MARCH, MARCH + dt.timedelta(days=35))
    held = kept_by_vobject(before, ics(after, replaces=before))
    assert {(e.summary.value, e.dtstart.value) for e in held.values()} == {(i.title, i.first) for i in after.items}


def test_in_vobject_a_shorter_course_leaves_nothing_behind() -> None:
    long, short = course(MARCH, MARCH + dt.timedelta(days=28)), course(MARCH)
    held = kept_by_vobject(ics(long), ics(short, replaces=ics(long)))
    assert {(e.summary.value, e.dtstart.value) for e in held.values()} == {(i.title, i.first) for i in short.items}


def test_in_vobject_the_clock_and_the_leap_day_are_right() -> None:
    """By the file's own zone: 09:00 in Berlin is 08:00 UTC on 29 February and 07:00 UTC on 30 March 2028."""
    data = ics(course(dt.date(2028, 2, 29), dt.date(2028, 3, 30), start=dt.time(9)), timezone=BERLIN)
    starts = sorted(
        event.dtstart.value.astimezone(dt.UTC)
        for event in vobject.readOne(data.decode()).contents["vevent"]
        if event.summary.value.startswith("Laser session")
    )
    assert starts == [dt.datetime(2028, 2, 29, 8, tzinfo=dt.UTC), dt.datetime(2028, 3, 30, 7, tzinfo=dt.UTC)]


def test_utc_is_a_zone_too() -> None:
    data = ics(course(start=dt.time(9, 30)), timezone="UTC")
    assert data.count(b"BEGIN:VTIMEZONE") == 1
    assert b"TZID:UTC" in data
    assert b"X-WR-TIMEZONE:UTC" in data
    assert b"DTSTART:20270315T093000Z" in data


def test_a_leap_day_is_a_day() -> None:
    data = ics(course(dt.date(2028, 2, 29)))
    assert named(data, "Laser session")["DTSTART"].dt == dt.date(2028, 2, 29)
    assert named(data, "Laser session")["DTEND"].dt == dt.date(2028, 3, 1)


def test_nothing_in_the_file_says_who_it_is() -> None:
    for name in ("Ann Example", "1994/03/02", "", "a" * 65, "x\ny"):
        with pytest.raises(Refusal, match="this cannot name a course"):
            ics(course(), course=name)
    data = ics(course()).decode()
    assert "ATTENDEE" not in data
    assert "ORGANIZER" not in data


def test_the_same_course_written_again_keeps_every_byte_and_a_third_time_too() -> None:
    first = ics(course())
    assert ics(course(), replaces=first, stamp=STAMP + dt.timedelta(days=9)) == first


def test_what_was_cancelled_once_is_not_cancelled_again_and_comes_back_with_a_higher_number() -> None:
    long, short = course(MARCH, MARCH + dt.timedelta(days=28)), course(MARCH)
    gone = ics(short, replaces=ics(long))
    assert ics(short, replaces=gone) == gone
    back = named(ics(long, replaces=gone), "Laser session 2")
    assert (back.get("STATUS"), int(back["SEQUENCE"])) == (None, 2)


def test_only_the_session_takes_up_time() -> None:
    for start in (None, dt.time(9)):
        found = events(ics(course(start=start), timezone=BERLIN)).values()
        busy = [str(event["SUMMARY"]) for event in found if str(event["TRANSP"]) == "OPAQUE"]
        assert busy == ["Laser session 1 of 1"]


def test_a_clock_time_without_a_zone_is_refused() -> None:
    with pytest.raises(Refusal, match="a clock time needs its zone"):
        ics(course(start=dt.time(9)))


def test_alarms_are_few_and_only_where_asked_for() -> None:
    assert b"VALARM" not in ics(course())
    alarmed = {
        str(event["SUMMARY"]): event for event in events(ics(course(), alarms=True)).values() if event.subcomponents
    }
    assert set(alarmed) == {"Laser session 1 of 1", "Ask your doctor", "Tablets against cold sores", "Numbing cream"}
    assert alarmed["Laser session 1 of 1"].subcomponents[0]["TRIGGER"].dt == dt.timedelta(hours=-15)


@each_row(
    ("former", "said"),
    [
        (b"", "this is no calendar|this calendar names no course"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "names no course"),
        (b"\x00\xff", "this is no calendar|names no course"),
        (b"x" * 5_000_001, "it has 5000001 bytes"),
    ],
)
def test_a_former_file_that_is_none_of_ours_is_refused(former: bytes, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        ics(course(), replaces=former)


def test_the_former_file_of_another_course_is_refused() -> None:
    with pytest.raises(Refusal, match="that is the calendar of the course course-2"):
        ics(course(), replaces=ics(course(), course="course-2"))


def test_an_empty_course_is_a_calendar_without_events() -> None:
    data = to_ics(Calendar(sessions=(), items=()), course="x")
    assert events(data) == {}


def test_an_unknown_zone_or_a_negative_sequence_is_refused() -> None:
    with pytest.raises(Refusal, match="no time zone 'Mars/Base'"):
        ics(course(), timezone="Mars/Base")
    with pytest.raises(Refusal, match=r"no time zone '\.\./etc/passwd'"):
        ics(course(), timezone="../etc/passwd")
    with pytest.raises(Refusal, match="sequence"):
        ics(course(), sequence=-1)


def test_each_session_starts_at_its_own_time() -> None:
    person = care.read_person("age: 32\nphototype: II", "p")
    starts = (dt.time(9, 30), None, dt.time(14, 0))
    days = (MARCH, dt.date(2027, 4, 19), dt.date(2027, 5, 24))
    data = ics(care.make_calendar(person, days, starts=starts), timezone=BERLIN)
    begins = [named(data, f"Laser session {number}")["DTSTART"].dt for number in (1, 2, 3)]
    assert [type(moment) for moment in begins] == [dt.datetime, dt.date, dt.datetime]
    assert [str(moment.time()) for moment in (begins[0], begins[2])] == ["09:30:00", "14:00:00"]


@pytest.mark.parametrize("starts", [(dt.time(9),), (dt.time(9), dt.time(9, tzinfo=ZoneInfo(BERLIN))), ("9:30", None)])
def test_start_times_are_one_for_each_session_and_name_no_zone(starts: Any) -> None:
    person = care.read_person("age: 32\nphototype: II", "p")
    with pytest.raises(Refusal, match="starts"):
        care.make_calendar(person, (MARCH, dt.date(2027, 4, 19)), starts=starts)


def test_a_feed_that_is_fetched_again_costs_less_than_ten_milliseconds() -> None:
    """The best processor time of five fetches, each of a calendar made anew as a clinic would."""
    days = (MARCH, dt.date(2027, 4, 19), dt.date(2027, 5, 24))
    first = ics(course(*days, start=dt.time(9)), timezone=BERLIN)
    spent = []
    for _ in range(5):
        made = course(*days, start=dt.time(9))
        begin = time.process_time()
        assert ics(made, timezone=BERLIN) == first
        spent.append(time.process_time() - begin)
    assert min(spent) < 0.010


def test_the_years_of_a_zone_are_looked_through_once() -> None:
    _find_changes.cache_clear()
    for day in (MARCH, dt.date(2027, 6, 1), dt.date(2027, 9, 1)):
        ics(course(day, start=dt.time(9)), timezone=BERLIN)
    assert _find_changes.cache_info().misses <= 4

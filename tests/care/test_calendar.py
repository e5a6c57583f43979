"""The days around a session."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porelight import care, cite
from porelight.care.rules import laser_kinds
from porelight.refusal import Refusal
from tests.rows import each_row

from .helpers import person

ON = dt.date(2026, 6, 15)
DAY = dt.timedelta(days=1)
THREE = (dt.date(2027, 3, 1), dt.date(2027, 3, 29), dt.date(2027, 4, 26))


def items(laser: str = "co2", **facts: str) -> dict[str, care.CareItem]:
    """The items of a single session, by key."""
    return {item.key: item for item in care.make_calendar(person(facts, ON), THREE[:1], laser).items}


def days(item: care.CareItem) -> tuple[int, int]:
    """First and last day from the session."""
    return (item.first - THREE[0]).days, (item.last - THREE[0]).days


def test_every_line_of_the_design_is_there_with_its_days() -> None:
    """The before and after lists of the design, for a fractional CO2 laser."""
    found = items()
    assert days(found["hydrate"]) == (-5, -1)
    assert days(found["stay_untanned"]) == (-60, -1)
    assert days(found["no_treatment"]) == (-14, -1)
    assert days(found["ask_doctor"]) == (-28, -14)
    assert days(found["no_exfoliation"]) == (-3, -1)
    assert days(found["no_direct_sun"]) == (0, 6)
    assert days(found["sunscreen_open"])[0] == 1
    assert days(found["no_makeup"]) == (0, 2)
    assert days(found["prescribed"])[0] == 0
    assert days(found["no_picking"])[0] == 0
    assert days(found["review_12_weeks"]) == (84, 84)
    assert "50" in found["sunscreen_open"].text
    assert "indoors" in found["sunscreen_open"].text


def test_warnings_stand_on_the_days_of_their_sources() -> None:
    """newcastle: herpes day 1-10; ophth_web: bacteria day 2-10, brown patches from day 21."""
    found = items()
    assert days(found["watch_herpes"]) == (1, 10)
    assert days(found["watch_infection"]) == (2, 10)
    assert days(found["watch_marks"])[0] == 21


def test_unknown_answers_keep_an_item_and_a_no_drops_it() -> None:
    assert "no_smoking_before" not in items(smoking="no")
    assert "no_smoking_before" in items(smoking="unknown")
    assert "retinoid_week" in items(retinoid="unknown")
    assert "retinoid_week" not in items(retinoid="no")
    assert days(items(strong_sun="unknown")["sunscreen_before"]) == (-60, -1)


def test_the_laser_decides_what_applies() -> None:
    assert "ointment" in items("eryag")
    assert "ointment" not in items("nafl_1550")
    assert "antiviral_history" not in items("nafl_1550", cold_sores="no")
    assert "antiviral_history" in items("nafl_1550", cold_sores="yes")
    assert "antiviral" in items("co2", cold_sores="no")


def test_darker_and_unknown_skin_is_checked_more_often() -> None:
    assert "check_week_2" not in items(phototype="II")
    assert "check_week_2" in items(phototype="V")
    assert "check_week_2" in items(phototype="unknown")


def test_the_choice_of_the_clinic_moves_the_retinoid_dates() -> None:
    chosen = care.ClinicChoices({"retinoid": care.Chosen("prime", "Dr Example", "our own series")})
    found = {item.key for item in care.make_calendar(person({"retinoid": "yes"}, ON), THREE[:1], clinic=chosen).items}
    assert "retinoid_prime" in found
    assert "retinoid_week" not in found


@settings(max_examples=40, deadline=None)
@given(st.dates(dt.date(2024, 1, 1), dt.date(2030, 1, 1)), st.lists(st.integers(28, 90), max_size=4))
def test_the_same_care_never_overlaps_itself_and_stays_in_order(first: dt.date, gaps: list[int]) -> None:
    sessions = tuple(itertools.accumulate(gaps, lambda day, gap: day + gap * DAY, initial=first))
    course = care.make_calendar(person({"retinoid": "yes", "strong_sun": "unknown"}, ON), sessions)
    assert [item.first for item in course.items] == sorted(item.first for item in course.items)
    for key in {item.key for item in course.items}:
        same = [item for item in course.items if item.key == key]
        assert len({item.session for item in same}) == len(same)
        for earlier, later in itertools.pairwise(same):
            assert earlier.last < later.first
    for item in course.items:
        assert item.first <= item.last


def test_a_leap_day_is_counted() -> None:
    """12 weeks from 6 December 2027 end on 28 February 2028; one day later is the leap day."""
    found = care.make_calendar(person({}, ON), (dt.date(2027, 12, 7),))
    assert found.items[-1].key == "review_12_weeks"
    assert found.items[-1].first == dt.date(2028, 2, 29)


def test_only_the_last_session_has_the_review() -> None:
    reviews = [item for item in care.make_calendar(person({}, ON), THREE).items if item.key == "review_12_weeks"]
    assert [(item.session, item.first) for item in reviews] == [(3, THREE[-1] + 84 * DAY)]


def test_a_long_gap_does_not_bring_the_review_forward() -> None:
    course = care.make_calendar(person({}, ON), (THREE[0], THREE[0] + 120 * DAY))
    assert [item.session for item in course.items if item.key in {"review_12_weeks", "check_month_2"}] == [2, 2]


def test_sessions_are_numbered() -> None:
    titles = [item.title for item in care.make_calendar(person({}, ON), THREE).items if item.phase == "session"]
    assert titles == ["Laser session 1 of 3", "Laser session 2 of 3", "Laser session 3 of 3"]


def test_today_shows_what_holds_today() -> None:
    course = care.make_calendar(person({}, ON), THREE)
    today = {item.key for item in care.select_items(course, THREE[0] + 2 * DAY)}
    assert {"no_makeup", "ointment", "watch_infection"} <= today
    assert "no_makeup" not in {item.key for item in care.select_items(course, THREE[0] + 3 * DAY)}


def test_sessions_too_close_or_out_of_order_are_refused() -> None:
    with pytest.raises(Refusal, match="27 days apart; co2 needs 28"):
        care.make_calendar(person({}, ON), (THREE[0], THREE[0] + 27 * DAY))
    with pytest.raises(Refusal, match="does not come after"):
        care.make_calendar(person({}, ON), (THREE[0], THREE[0]))


def test_a_course_without_sessions_is_empty() -> None:
    assert care.make_calendar(person({}, ON), ()).items == ()


@each_row("laser", sorted(laser_kinds()))
def test_every_item_has_its_reason_source_and_number(laser: str) -> None:
    course = care.make_calendar(person({}, ON), THREE[:1], laser)
    assert {"before", "day", "after", "watch", "session", "review"} == {item.phase for item in course.items}
    for item in course.items:
        assert item.why
        assert item.text
        (row,) = item.rests_on
        assert row.source == item.source
    assert len(cite.used(course)) == len({item.key for item in course.items})

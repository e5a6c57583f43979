"""Whoever keeps to the calendar is held back by no rule of behaviour, and no plan asks for less than its own rules."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from porelight import care, cite
from porelight.care.expiry import load_lifetimes
from porelight.care.items import load_items
from porelight.care.rules import laser_kinds, load_rules
from porelight.planning import sessions as timing
from porelight.units import day as one_day

from .helpers import person

ON = dt.date(2026, 12, 1)
KEPT_BY = {
    "strong_sun": ("sun", {"sunscreen_before", "stay_untanned", "no_direct_sun", "little_sun"}),
    "sunburn": ("sunburn", {"sunscreen_before", "stay_untanned", "no_direct_sun", "little_sun"}),
    "self_tanner": ("self_tanner", {"sunscreen_before", "stay_untanned", "no_direct_sun"}),
    "peel": ("peel", {"no_treatment", "no_actives", "no_exfoliation"}),
    "device_treatment": ("device_treatment", {"no_device"}),
    "filler": ("filler", {"no_filler"}),
    "toxin": ("toxin", {"no_toxin"}),
}
"""Something done -> the rule on it, and the items of the calendar that ask not to do it."""


def assert_obeying_never_blocks(
    behaviour: str, laser: str, phototype: str, lead: int, extra: list[int], when: int
) -> None:
    rule, items = KEPT_BY[behaviour]
    someone = person({"phototype": phototype}, ON)
    apart = care.days_apart(care.spacing_row(laser, someone.phototype))
    days = itertools.accumulate([lead, *(apart + more for more in extra)])
    course_days = tuple(ON + dt.timedelta(days=count) for count in days)
    course = care.make_calendar(someone, course_days, laser, begins=ON)
    told = ON + dt.timedelta(days=when % (course_days[-1] - ON).days)
    if any(item.key in items and item.first <= told <= item.last for item in course.items):
        return
    for session in (one for one in course_days if one > told):
        lately = person({"phototype": phototype, behaviour: str(told), "tan_now": "no"}, session)
        verdicts = {found.rule: found for found in care.screen_person(lately, session, laser)}
        assert not verdicts[rule].blocks, (told, course_days, verdicts[rule])


COURSES = (
    st.sampled_from(sorted(KEPT_BY)),
    st.sampled_from(sorted(laser_kinds())),
    st.sampled_from(["I", "III", "IV", "VI"]),
    st.integers(14, 120),
    st.lists(st.integers(0, 120), max_size=3),
    st.integers(0, 1000),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(*COURSES)
def test_whoever_obeys_the_calendar_is_held_back_by_no_rule_of_behaviour(
    behaviour: str, laser: str, phototype: str, lead: int, extra: list[int], when: int
) -> None:
    assert_obeying_never_blocks(behaviour, laser, phototype, lead, extra, when)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(*COURSES)
def test_whoever_obeys_ten_thousand_calendars_is_held_back_by_no_rule_of_behaviour(
    behaviour: str, laser: str, phototype: str, lead: int, extra: list[int], when: int
) -> None:
    assert_obeying_never_blocks(behaviour, laser, phototype, lead, extra, when)


@pytest.mark.parametrize("laser", ["co2", "eryag"])
@pytest.mark.parametrize("phototype", [None, "I", "II", "III", "IV", "V", "VI"])
def test_the_spacing_of_the_plan_passes_the_rule_and_a_day_less_does_not(laser: str, phototype: str | None) -> None:
    gap = timing.session_spacing(laser, phototype)  # type: ignore[arg-type]
    assert gap.row == care.spacing_row(laser, phototype)  # type: ignore[arg-type]
    days = round(gap.time / one_day)
    for apart, outcome in ((days, "proceed"), (days - 1, "defer")):
        past = str(ON - dt.timedelta(days=apart))
        someone = person({"phototype": phototype or "unknown", "past_sessions": [past]}, ON)
        verdicts = {found.rule: found for found in care.screen_person(someone, ON, laser)}
        assert verdicts["session_spacing"].outcome == outcome


def test_protection_from_the_sun_holds_on_every_day_from_the_day_of_planning_to_the_last_session() -> None:
    someone = person({}, ON)
    days = (ON + dt.timedelta(days=45), ON + dt.timedelta(days=80))
    course = care.make_calendar(someone, days, begins=ON)
    kept = KEPT_BY["strong_sun"][1]
    for count in range(80):
        today = care.select_items(course, ON + dt.timedelta(days=count))
        assert any(item.key in kept for item in today), count


def test_each_wait_that_an_item_keeps_is_read_from_the_row_of_the_rule() -> None:
    waits = {branch.wait.key for rule in load_rules() for branch in rule.branches if branch.wait is not None}
    waits |= {
        row.key for choice in care.load_choices().values() for option in choice.options for row in option.rests_on
    }
    waits |= {"smoking_pause", "sun_hospital", "filler_long"}
    intervals = {row["interval"] for row in load_items() if "interval" in row}
    assert intervals <= waits
    for row in load_items():
        if "interval" in row:
            assert row["first"] == -round(cite.table("rules/days")[row["interval"]].value)


def test_every_question_has_a_lifetime_or_a_reason_why_it_has_none() -> None:
    table = cite.rows("rules/answers")
    listed = [key for keys in table["lasts"].values() for key in keys] + list(table["never"])
    assert sorted(set(listed)) == sorted(listed)
    assert {asked.key for asked in care.load_questions()} == set(listed)
    assert all(table["never"].values())


def test_a_no_that_stands_for_many_holds_as_long_as_the_shortest_lived_of_them() -> None:
    lasts = load_lifetimes()
    assert lasts["health"].value == lasts["infection"].value == 0
    assert lasts["medicines"].value == 28
    assert "keloid" not in lasts


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(load_lifetimes())), st.integers(0, 400), st.integers(0, 400))
def test_an_older_answer_never_gives_a_better_verdict(key: str, younger: int, more: int) -> None:
    from porelight.care.screen import OUTCOMES_BY_GRAVITY

    def grave(age: int) -> int:
        someone = person({"answered": str(ON - dt.timedelta(days=age)), key: "no"}, ON)
        return OUTCOMES_BY_GRAVITY.index(care.gravest_outcome(care.screen_person(someone, ON)))

    if care.find_question(key).type in ("yes_no", "when"):
        assert grave(younger + more) >= grave(younger)

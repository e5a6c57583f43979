"""Nobody gets a date for a session that may not take place."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from porelight import care, verbs
from porelight.refusal import Refusal
from tests.draws import draws

from .helpers import person
from .test_screen import FACTS, LASERS, PAST, WHENS

ON = dt.date(2026, 6, 15)
DAY = dt.timedelta(days=1)
SESSIONS = (ON + 14 * DAY, ON + 49 * DAY)


def decided(rule: str) -> care.SetAside:
    return care.SetAside(rule, "Dr Example", "Looked at together.", ON)


def test_a_person_who_may_be_treated_gets_a_calendar() -> None:
    assert verbs.calendar(person({}, ON), sessions=SESSIONS, on=ON).sessions == SESSIONS


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"keloid": "yes"}, "no session on 2026-06-29: Raised scars before"),
        ({"pregnant": "yes"}, "no session on 2026-06-29: During pregnancy"),
        ({"age": "19"}, "no session on 2026-06-29: Treatment is for people aged 20"),
        ({"keloid": "unknown"}, "This is not known yet. Please answer: Did you ever get raised"),
        ({"isotretinoin": "2026-01-20"}, r"no session on 2026-06-29: Isotretinoin .*until 2026-07-2\d"),
        ({"past_sessions": ["2026-06-10"]}, r"no session on 2026-06-29: The last session .*until 2026-07-08"),
        ({"past_sessions": ["2026-06-29"]}, "no session on 2026-06-29: The last session"),
    ],
)
def test_a_course_is_refused_with_the_day_the_reason_and_the_remedy(facts: dict[str, Any], said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        verbs.calendar(person(facts, ON), sessions=SESSIONS, on=ON)
    assert "a professional sets the rule" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wait_that_is_over_by_the_session_does_not_refuse_it() -> None:
    someone = person({"isotretinoin": "2026-01-20"}, ON)
    later = (dt.date(2026, 7, 27), dt.date(2026, 8, 31))
    assert care.gravest_outcome(care.screen_person(someone, ON)) == "defer"
    assert verbs.calendar(someone, sessions=later, on=ON).sessions == later


def test_each_session_counts_from_the_one_before() -> None:
    first, second = care.screen_sessions(person({}, ON), (SESSIONS[0], SESSIONS[0] + 20 * DAY))
    spacing = [next(v.outcome for v in verdicts if v.rule == "session_spacing") for verdicts in (first, second)]
    assert spacing == ["proceed", "defer"]


def test_a_session_before_today_is_refused_unless_the_past_is_looked_at() -> None:
    with pytest.raises(Refusal, match="the session of 2026-06-14 lies before 2026-06-15"):
        verbs.calendar(person({}, ON), sessions=(ON - DAY,), on=ON)
    assert verbs.calendar(person({}, ON), sessions=(ON - DAY,)).items
    assert verbs.calendar(person({}, ON), sessions=(ON,), on=ON).items


def test_a_named_professional_lets_a_session_take_place() -> None:
    scarred = person({"keloid": "yes"}, ON)
    assert verbs.calendar(scarred, sessions=SESSIONS, on=ON, set_aside=(decided("keloid"),)).items
    both = person({"keloid": "yes", "pregnant": "yes"}, ON)
    with pytest.raises(Refusal, match="no session on 2026-06-29: During pregnancy"):
        verbs.calendar(both, sessions=SESSIONS, on=ON, set_aside=(decided("keloid"),))
    with pytest.raises(Refusal, match="set aside keloid: no verdict of this rule holds treatment back"):
        verbs.calendar(person({}, ON), sessions=SESSIONS, on=ON, set_aside=(decided("keloid"),))


def test_a_decision_on_one_session_does_not_stop_at_those_that_need_none() -> None:
    someone = person({"isotretinoin": "2026-01-20"}, ON)
    days = (SESSIONS[0], dt.date(2026, 8, 31))
    first, second = care.screen_sessions(someone, days, set_aside=(decided("isotretinoin"),))
    assert [one.set_aside is None for v in (first, second) for one in v if one.rule == "isotretinoin"] == [False, True]


DATED = st.dictionaries(st.sampled_from(WHENS), PAST, max_size=2)
"""Mostly people who may be treated one day."""
GAPS = st.lists(st.integers(-5, 200), min_size=1, max_size=3)


@draws(200)
@given(DATED | FACTS, st.sampled_from(LASERS), GAPS)
def test_no_calendar_that_is_drawn_holds_a_session_that_the_rules_of_its_day_block(
    facts: dict[str, Any], laser: str, gaps: list[int]
) -> None:
    someone, sessions = person(facts, ON), tuple(ON + sum(gaps[: place + 1]) * DAY for place in range(len(gaps)))
    try:
        course = verbs.calendar(someone, sessions=sessions, laser=laser, on=ON)
    except Refusal:
        return
    for number, day in enumerate(course.sessions):
        before = person({**facts, "past_sessions": [*facts.get("past_sessions", []), *map(str, sessions[:number])]}, ON)
        assert not any(verdict.blocks for verdict in care.screen_person(before, day, laser))

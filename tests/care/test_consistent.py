"""Answers that do not go together are asked about, whatever else was said."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from porelight import care
from porelight.care.questions import load_questions
from porelight.care.rules import laser_kinds

from .helpers import person
from .test_screen import FACTS, LASERS

ON = dt.date(2026, 12, 1)
BEFORE = dt.date(2026, 11, 22)
GATES = ("pregnancy", "sun", "health", "medicines")
DETAILS = {gate: [asked.key for asked in load_questions() if asked.gate == gate] for gate in GATES}


def outcome(facts: dict[str, Any], on: dt.date = ON, laser: str = "co2") -> str:
    return care.gravest_outcome(care.screen_person(person(facts, on), on, laser))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(GATES), FACTS, st.sampled_from(LASERS))
def test_a_yes_that_no_detail_explains_always_blocks(gate: str, facts: dict[str, Any], laser: str) -> None:
    unexplained = {**facts, gate: "yes", **dict.fromkeys(DETAILS[gate], "no")}
    found = {v.rule: v for v in care.screen_person(person(unexplained, ON), ON, laser)}
    assert found[f"unexplained_{gate}"].outcome == "ask"
    assert found[f"unexplained_{gate}"].asks == (gate,)


@pytest.mark.parametrize("gate", GATES)
def test_a_visit_before_the_rules_began_is_judged_by_those_of_its_day(gate: str) -> None:
    unexplained = {gate: "yes", **dict.fromkeys(DETAILS[gate], "no")}
    assert outcome(unexplained) == "ask"
    assert outcome(unexplained, BEFORE) == "adjust"


@pytest.mark.parametrize("laser", sorted(laser_kinds()))
@pytest.mark.parametrize("phototype", ["I", "II", "III", "IV", "V", "VI"])
def test_a_test_spot_that_left_marks_holds_back_every_skin(phototype: str, laser: str) -> None:
    facts = {"phototype": phototype, "test_spot": "2026-09-01", "test_spot_clear": "no"}
    assert outcome(facts, laser=laser) in ("defer", "refuse")


@pytest.mark.parametrize("gate", GATES)
def test_what_is_not_explained_is_among_the_open_questions(gate: str) -> None:
    someone = person({gate: "yes", **dict.fromkeys(DETAILS[gate], "no")}, ON)
    open_now = care.open_questions(care.screen_person(someone, ON), someone)
    assert [one.question.key for one in open_now] == [gate]


def test_nobody_whose_answers_go_together_is_asked() -> None:
    assert outcome({"phototype": "III", "burns": "sometimes", "tans": "fairly", "severity": 2}) == "adjust"

"""The rules as a PlanDefinition: its FHIRPath, run by another program, says what our own functions say."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from porelight import care
from porelight.care.rules import laser_kinds, load_rules, rules_in_force
from porelight.export import fhir
from porelight.refusal import Refusal
from tests.report.a_plan import person
from tests.rows import each_row

from ..care import helpers
from .fhir_checks import ON, faults, files, holds

CASES = helpers.cases()
NEWEST = dt.date(2026, 12, 1)
"""A day on which every rule so far is in force."""


@functools.cache
def definition(on: dt.date, laser: str) -> dict[str, Any]:
    return fhir.as_values(fhir.make_plan_definition(on, laser))


def told_by(rule: dict[str, Any], is_true: Callable[[str], bool]) -> list[str]:
    """The outcomes whose condition is true."""
    return [
        action["code"][0]["coding"][0]["code"]
        for action in rule["action"]
        if is_true(action["condition"][0]["expression"]["expression"])
    ]


def truth_on(someone: care.Person, on: dt.date) -> Callable[[str], bool]:
    """Whether an expression is true on a person's answers; each is evaluated once, whichever lasers ask it."""
    answers = fhir.as_values(fhir.make_response(care.as_of(someone, on), on))
    return functools.cache(lambda expression: holds(expression, answers))


def differences(
    someone: care.Person, on: dt.date, lasers: Iterable[str]
) -> dict[str, dict[str, tuple[str, list[str]]]]:
    """By laser the rules on which the FHIRPath and our own functions disagree."""
    is_true = truth_on(someone, on)
    found: dict[str, dict[str, Any]] = {}
    for laser in lasers:
        told = {rule["id"].replace("-", "_"): told_by(rule, is_true) for rule in definition(on, laser)["action"]}
        ours: dict[str, str] = {verdict.rule: verdict.outcome for verdict in care.screen_person(someone, on, laser)}
        assert set(told) == set(ours)
        expected = {rule: [] if outcome == "proceed" else [outcome] for rule, outcome in ours.items()}
        found[laser] = {rule: (ours[rule], told[rule]) for rule in ours if told[rule] != expected[rule]}
    return {laser: rules for laser, rules in found.items() if rules}


@each_row("case", CASES, ids=lambda case: case["case"])
def test_the_conditions_say_what_a_case_expects(case: dict[str, Any]) -> None:
    on, laser, clinic = helpers.day_of(case), case.get("laser", helpers.base()["laser"]), helpers.clinic(case)
    is_true = truth_on(helpers.person(case["facts"], on), on)
    listed = fhir.as_values(fhir.make_plan_definition(on, laser, clinic)) if clinic.chosen else definition(on, laser)
    found = [told_by(rule, is_true) for rule in listed["action"] if rule["id"].replace("-", "_") == case["rule"]]
    expected = {"proceed": [[]], "silent": []}.get(case["outcome"], [[case["outcome"]]])
    assert found == expected


@pytest.mark.slow
@given(text=files(), on=st.sampled_from([ON, NEWEST]))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_conditions_agree_with_the_verdicts_on_any_person_for_every_laser(text: str, on: dt.date) -> None:
    someone = care.read_person(text, "p.yaml")
    assert differences(someone, on, sorted(laser_kinds())) == {}


@pytest.mark.parametrize("day", sorted({rule.effective for rule in load_rules()}))
def test_the_rules_of_every_period_have_no_fault(day: dt.date) -> None:
    values = fhir.as_values(fhir.make_plan_definition(day))
    assert faults(values) == []
    assert fhir.list_violations(values) == ()
    assert len(values["action"]) == len([rule for rule in rules_in_force(day) if rule.branch("ablative")])


def test_periods_follow_each_other_without_a_gap() -> None:
    days = sorted({rule.effective for rule in load_rules()})
    found = [fhir.as_values(fhir.make_plan_definition(day))["effectivePeriod"] for day in days]
    assert [one["start"] for one in found] == [str(day) for day in days]
    ends = [str(day - dt.timedelta(days=1)) for day in days[1:]]
    assert [one.get("end") for one in found] == [*ends, None]


def test_without_a_day_the_newest_rules_are_given() -> None:
    assert fhir.as_bytes(fhir.make_plan_definition()) == fhir.as_bytes(fhir.make_plan_definition(NEWEST))


def test_every_rule_names_its_source_and_what_other_sources_say() -> None:
    found = {rule["id"]: rule for rule in fhir.as_values(fhir.make_plan_definition())["action"]}
    assert all(rule["documentation"] for rule in found.values())
    keloid = [one["type"] for one in found["keloid"]["documentation"]]
    assert keloid[0] == "citation"
    assert "documentation" in keloid
    assert found["age"]["documentation"][0]["type"] == "justification"


def test_a_clinics_choice_changes_its_rule_and_the_version() -> None:
    chosen = care.ClinicChoices({"sun": care.Chosen("two_weeks", by="Dr Example", reason="our own series")})
    usual, other = (
        fhir.as_values(fhir.make_plan_definition(ON)),
        fhir.as_values(fhir.make_plan_definition(ON, clinic=chosen)),
    )
    assert usual["version"] != other["version"]
    changed = [a["id"] for a, b in zip(usual["action"], other["action"], strict=True) if a["action"] != b["action"]]
    assert changed == ["sun"]
    assert other["version"] == "2021-01-01.sun-two_weeks"
    sources = [
        next(a for a in one["action"] if a["id"] == "sun")["documentation"][0]["display"] for one in (usual, other)
    ]
    assert sources[0] != sources[1]


def test_a_limit_on_the_setting_stands_in_words() -> None:
    found = {rule["id"]: rule for rule in fhir.as_values(fhir.make_plan_definition(ON))["action"]}
    assert "density_pct at most" in found["phototype"]["description"]


def test_a_day_before_the_first_rule_and_an_unknown_laser_are_refused() -> None:
    with pytest.raises(Refusal, match="there are no rules"):
        fhir.make_plan_definition(dt.date(2015, 12, 31))
    with pytest.raises(Refusal, match="do not know the laser"):
        fhir.make_plan_definition(ON, "maser")


def test_verdicts_are_reasons_with_their_rule_and_outcome() -> None:
    someone = care.read_person("age: 19", "p.yaml")
    told = care.screen_person(someone, ON)
    values = fhir.as_values(fhir.make_guidance_response(told, ON))
    assert faults(values) == []
    assert values["status"] == "data-required"
    outcomes = [reason["coding"][1]["code"] for reason in values["reasonCode"]]
    assert outcomes == [verdict.outcome for verdict in told if verdict.outcome != "proceed"]
    assert values["moduleCanonical"].partition("|")[0] == fhir.as_values(fhir.make_plan_definition(ON))["url"]


def test_with_every_answer_nothing_more_is_required() -> None:
    assert fhir.make_guidance_response(care.screen_person(person(), ON), ON).status == "success"

"""A plan as a Bundle: accepted by validators that know nothing of us, and the same bytes each time."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import functools
import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from ucumvert import PintUcumRegistry  # type: ignore[import-untyped]

from porelight import care, planning
from porelight.export import fhir
from porelight.export.fhir import bindings, predicted
from porelight.refusal import Refusal
from tests.report import a_plan
from tests.rows import each_row

from .fhir_checks import by_invariants, by_schema, by_structure, faults, hl7_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from porelight.planning.model import Plan

KINDS = ["Questionnaire", "PlanDefinition", "QuestionnaireResponse", "Observation", "GuidanceResponse"]


@functools.cache
def blocked() -> Plan:
    return planning.make_plan(a_plan.census(), care.read_person("age: 19", "p.yaml"), on=a_plan.ON)


@functools.cache
def written(which: str = "ready") -> dict[str, Any]:
    plan = blocked() if which == "blocked" else a_plan.ready()
    loaded: dict[str, Any] = json.loads(fhir.bundle_json(plan, "Patient/1"))
    return loaded


def held(kind: str, which: str = "ready") -> dict[str, Any]:
    """A copy of the first resource of a kind."""
    found = [entry["resource"] for entry in written(which)["entry"]]
    return copy.deepcopy(next(one for one in found if one["resourceType"] == kind))


@functools.cache
def ucum() -> PintUcumRegistry:
    return PintUcumRegistry()


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            named = isinstance(inner, dict) and "resourceType" in inner
            yield from leaves(inner, inner["resourceType"] if named else f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield bindings.path_of(path), value


def defined(path: str) -> dict[str, Any]:
    """What HL7's schema says of an element."""
    kind, *rest = path.split(".")
    at: dict[str, Any] = hl7_schema()["definitions"][kind]
    for key in rest:
        at = at.get("properties", {}).get(key, {})
        at = at.get("items", at)
        if "$ref" in at:
            at = hl7_schema()["definitions"][at["$ref"].rsplit("/", 1)[1]]
    return at


@pytest.mark.parametrize("which", ["ready", "blocked"])
def test_no_validator_finds_a_fault(which: str) -> None:
    bundle = written(which)
    assert faults(bundle) == []
    assert fhir.list_violations(bundle) == ()
    for entry in bundle["entry"][2:]:  # the questions and the rules have tests of their own
        assert faults(entry["resource"]) == [], entry["resource"]["resourceType"]


def test_a_ready_plan_has_its_forecast_care_and_drafts_of_consent() -> None:
    kinds = [entry["resource"]["resourceType"] for entry in written()["entry"]]
    assert kinds == [*KINDS, "RiskAssessment", "CarePlan", "Consent", "Consent"]


def test_a_blocked_plan_has_reasons_and_no_days() -> None:
    kinds = [entry["resource"]["resourceType"] for entry in written("blocked")["entry"]]
    assert kinds == [*KINDS, "RiskAssessment"]
    reasons = held("GuidanceResponse", "blocked")["reasonCode"]
    assert reasons[0]["coding"][1]["code"] == "defer"
    assert "Treatment is for people aged 20 or over." in reasons[0]["text"]


@pytest.mark.slow
def test_the_same_plan_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib; from tests.report import a_plan; from porelight.export import fhir;"
        "print(hashlib.sha256(fhir.bundle_json(a_plan.ready())).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.strip()
    assert there == hashlib.sha256(fhir.bundle_json(a_plan.ready())).hexdigest()


def test_names_follow_the_plan_and_the_person() -> None:
    def names(plan: Plan, subject: str | None) -> list[str]:
        return [str(entry.fullUrl) for entry in fhir.make_bundle(plan, subject).entry or []]

    usual = names(a_plan.ready(), "Patient/1")
    assert len(set(usual)) == len(usual)
    assert names(a_plan.ready(), "Patient/1") == usual
    other = names(a_plan.ready(), "Patient/2")
    assert other[:2] == usual[:2]  # the questions and the rules are the same for everyone
    assert not set(other[2:]) & set(usual)


def test_every_reference_within_the_bundle_leads_somewhere() -> None:
    names = {entry["fullUrl"] for entry in written()["entry"]}
    told = {value for path, value in leaves(written(), "Bundle") if path.endswith(".reference")}
    assert {one for one in told if one.startswith("urn:")} <= names
    assert {one for one in told if not one.startswith("urn:")} == {"Patient/1"}


def test_nothing_in_the_bundle_says_who_it_is() -> None:
    text = fhir.bundle_json(a_plan.ready()).decode()
    assert "Patient/" not in text
    assert not any(path.endswith((".name.family", ".telecom", ".address")) for path, _ in leaves(json.loads(text), "B"))


def test_the_bundle_comes_back_from_its_bytes() -> None:
    data = fhir.bundle_json(a_plan.ready())
    assert fhir.as_bytes(Bundle.model_validate_json(data)) == data


def test_the_answers_in_the_bundle_give_the_person_of_the_plan() -> None:
    data = json.dumps(held("QuestionnaireResponse"))
    plan = a_plan.ready()
    told = dataclasses.replace(plan.person, answered=plan.on)
    assert fhir.person_from(fhir.read_response(data, "answers")) == told


def test_measured_values_are_those_of_the_census() -> None:
    census = a_plan.ready().census
    found = {one["code"]["coding"][0]["code"]: one["valueQuantity"] for one in held("Observation")["component"]}
    assert found["pore_count"]["value"] == census.pore_count
    assert found["median_diameter"]["value"] == pytest.approx(census.median_diameter_um, rel=1e-5)  # six digits
    assert found["median_diameter"]["code"] == "um"
    assert found["density"]["value"] == pytest.approx(census.density_per_cm2, rel=1e-5)
    assert found["area_fraction"]["value"] == pytest.approx(census.area_fraction * 100, rel=1e-5)


def test_without_a_scale_lengths_say_why_they_are_missing() -> None:
    values = fhir.as_values(fhir.make_census_observation(a_plan.census(um_per_px=None), a_plan.ON))
    missing = {one["code"]["coding"][0]["code"] for one in values["component"] if "dataAbsentReason" in one}
    assert missing == {"enlarged_count", "density", "median_diameter", "scale"}
    assert faults(values) == []


def test_without_a_pore_the_median_does_not_apply() -> None:
    values = fhir.as_values(fhir.make_census_observation(a_plan.census(count=0), a_plan.ON))
    absent = {one["code"]["coding"][0]["code"]: one for one in values["component"] if "dataAbsentReason" in one}
    assert set(absent) == {"median_diameter"}
    assert absent["median_diameter"]["dataAbsentReason"]["coding"][0]["code"] == "not-applicable"


def test_predictions_are_those_of_the_forecast() -> None:
    course, told = a_plan.ready().forecast, held("RiskAssessment")["prediction"]
    assert len(told) == len(course.milestones) + 1
    for milestone, one in zip(course.milestones, told, strict=False):
        ends = one["extension"][0]["extension"][0]["valueRange"]
        assert ends["low"]["value"] == pytest.approx(milestone.enlarged_change_pct.low, rel=1e-5)
        assert ends["high"]["value"] == pytest.approx(milestone.enlarged_change_pct.high, rel=1e-5)
        assert one["probabilityDecimal"] == pytest.approx(100 * milestone.enlarged_change_pct.level)
        assert one["whenRange"]["low"]["value"] == pytest.approx(milestone.week)
    assert course.chance_of_goal is not None
    assert told[-1]["probabilityDecimal"] == pytest.approx(100 * course.chance_of_goal, rel=1e-5)
    assert all("no diagnosis" in one["rationale"] for one in told)


def test_every_item_of_care_has_its_days_and_its_source() -> None:
    items, told = a_plan.ready().calendar.items, held("CarePlan")["activity"]
    assert len(items) == len(told)
    for item, one in zip(items, told, strict=True):
        detail = one["detail"]
        assert detail["scheduledPeriod"] == {"start": str(item.first), "end": str(item.last)}
        assert item.text in detail["description"]
        assert item.tier in detail["description"]


def test_a_clock_time_holds_across_a_change_of_the_clocks() -> None:
    """Sessions on both sides of the night of 29 March 2026 start at nine by the clock on the wall."""
    plan = a_plan.ready()
    days = (dt.date(2026, 3, 2), dt.date(2026, 3, 30))
    course = care.make_calendar(plan.person, days, plan.laser, starts=(dt.time(9, 0),) * 2)
    values = fhir.as_values(fhir.make_care_plan(course, timezone="Europe/Berlin"))
    coded = [(one["detail"]["code"]["coding"][0]["code"], one["detail"]) for one in values["activity"]]
    starts = [detail["scheduledTiming"]["event"] for key, detail in coded if key == "session"]
    assert starts == [["2026-03-02T09:00:00+01:00"], ["2026-03-30T09:00:00+02:00"]]
    assert faults(values) == []


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(Refusal, match="no time zone"):
        fhir.make_care_plan(a_plan.ready().calendar, timezone="Mars/Olympus")


def test_a_consent_is_a_draft_that_nobody_has_agreed_to() -> None:
    for purpose in ("treatment", "photography"):
        values = fhir.as_values(fhir.make_consent(purpose, a_plan.ON, "Patient/1"))
        assert values["status"] == "draft"
        assert values["verification"] == [{"verified": False}]
        assert faults(values) == []


def test_our_value_sets_are_those_of_the_specification() -> None:
    unlisted = {"Questionnaire.subjectType", "CarePlan.status", "CarePlan.intent", "RiskAssessment.status"}
    for path, codes in bindings.required_codes().items():
        listed = defined(path).get("enum")
        assert (listed is None) == (path in unlisted), path  # HL7's schema lists every other
        assert listed is None or set(listed) == codes, path


@pytest.mark.parametrize("which", ["ready", "blocked"])
def test_every_bound_element_that_we_fill_is_checked(which: str) -> None:
    filled = {path for path, _ in leaves(written(which), "Bundle")}
    bound = {path for path in filled if "enum" in defined(path)}
    assert bound - set(bindings.required_codes()) == set()
    assert len(bound) >= 15


def test_every_unit_is_one_of_ucum() -> None:
    codes = {value for path, value in leaves(written(), "Bundle") if path.endswith(("Quantity.code", "low.code"))}
    assert {"um", "/cm2", "%", "wk", "{pores}", "um/{pixel}"} <= codes
    for code in codes:
        assert fhir.is_ucum(code)
        ucum().from_ucum(code)


@each_row("code", ["um", "mJ", "/cm2", "J/cm2", "kg.m/s2", "m2.s-1", "%", "{pores}", "um/{pixel}", "10"])
def test_the_small_parser_agrees_on_units(code: str) -> None:
    if fhir.is_ucum(code):
        ucum().from_ucum(code)
    assert fhir.is_ucum(code) == (code != "10")  # plain numbers are UCUM too, and are not used here


@each_row("code", ["", "micron", "µm", "um ", "1/", "//cm2", "um/", "days", "weeks", "{po res}", "mmm"])
def test_what_is_no_unit_is_not_taken_for_one(code: str) -> None:
    assert not fhir.is_ucum(code)
    assert fhir.list_violations({"resourceType": "X", "v": {"system": "http://unitsofmeasure.org", "code": code}})


def without(resource: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name != key}


def test_the_schema_and_the_structure_find_what_is_missing_or_too_much() -> None:
    for broken in (without(held("CarePlan"), "subject"), held("Consent") | {"colour": "red"}):
        assert by_schema(broken)
        assert by_structure(broken)


def test_a_code_outside_its_value_set_is_found_twice() -> None:
    """The models of fhir.resources take any item type, so our own check must find it, and HL7's schema agrees."""
    broken = held("Questionnaire")
    broken["item"][0]["item"][0]["type"] = "colour"
    assert fhir.list_violations(broken)
    assert by_schema(broken)


def gated(questionnaire: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(
        item for item in questionnaire["item"][1]["item"] if len(item.get("enableWhen", [])) > 1
    )
    return found


def spoil_exists(questionnaire: dict[str, Any]) -> None:
    asked = gated(questionnaire)["enableWhen"][0]
    assert asked["operator"] == "exists"
    asked["answerInteger"] = asked.pop("answerBoolean") * 1


def expression(definition: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = definition["action"][0]["action"][0]["condition"][0]["expression"]
    return found


BROKEN: list[tuple[str, str, Callable[[dict[str, Any]], Any]]] = [
    ("que-2", "Questionnaire", lambda one: one["item"].append(one["item"][0])),
    ("que-1", "Questionnaire", lambda one: one["item"][0].pop("item")),
    ("que-7", "Questionnaire", spoil_exists),
    ("que-12, stricter", "Questionnaire", lambda one: gated(one).pop("enableBehavior")),
    ("que-0", "Questionnaire", lambda one: one.update(name="a b")),
    ("qrs-1", "QuestionnaireResponse", lambda one: one["item"][0]["item"][0].update(item=[{}])),
    ("once, stricter", "QuestionnaireResponse", lambda one: one["item"].append(one["item"][0])),
    ("obs-6 of components, stricter", "Observation", lambda one: one["component"][0].clear()),
    ("obs-6", "Observation", lambda one: one.update(valueInteger=1, dataAbsentReason={"text": "none"})),
    ("qty-3", "Observation", lambda one: one["component"][0]["valueQuantity"].pop("system")),
    ("coded, stricter", "Observation", lambda one: one["code"]["coding"][0].pop("system")),
    ("dom-6", "Observation", lambda one: one.pop("text")),
    ("ras-2", "RiskAssessment", lambda one: one["prediction"][0].update(probabilityDecimal=101)),
    ("rng-2", "RiskAssessment", lambda one: one["prediction"][0]["whenRange"]["low"].update(value=999)),
    ("ext-1", "RiskAssessment", lambda one: one["prediction"][0]["extension"][0].pop("extension")),
    ("per-1", "CarePlan", lambda one: one["period"].update(end="2000-01-01")),
    ("cpl-3", "CarePlan", lambda one: one["activity"][0].update(reference={"display": "another"})),
    ("ppc-1", "Consent", lambda one: one.pop("policyRule")),
    ("trd-3", "PlanDefinition", lambda one: one["action"][0]["trigger"][0].pop("data")),
    ("exp-1", "PlanDefinition", lambda one: expression(one).pop("expression")),
]


@each_row(("key", "kind", "spoil"), BROKEN, ids=[one[0] for one in BROKEN])
def test_an_invariant_finds_what_it_forbids(key: str, kind: str, spoil: Callable[[dict[str, Any]], Any]) -> None:
    resource = held(kind)
    assert by_invariants(resource, key) == []
    spoil(resource)
    assert by_invariants(resource, key) == [key]


def test_the_invariants_of_a_bundle_find_what_they_forbid() -> None:
    small = written() | {"entry": written()["entry"][-2:]}
    assert by_invariants(small) == []
    assert "bdl-7" in by_invariants(small | {"entry": [*small["entry"], small["entry"][0]]})
    assert "bdl-3" in by_invariants(small | {"entry": [small["entry"][0] | {"request": {"method": "POST"}}]})
    assert "bdl-1" in by_invariants(small | {"total": 2})


def test_without_the_extra_package_one_line_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['fhir.resources'] = None\n"
        "from porelight.refusal import Refusal\n"
        "try:\n import porelight.export.fhir\n"
        "except Refusal as refusal:\n print(refusal)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert "porelight[fhir]" in told
    assert told.count("\n") == 1


def test_a_course_without_milestones_still_has_its_goal() -> None:
    plan = a_plan.ready()
    bare = dataclasses.replace(plan, forecast=dataclasses.replace(plan.forecast, milestones=()))
    values = fhir.as_values(fhir.make_risk_assessment(bare))
    assert len(values["prediction"]) == 1
    assert faults(values) == []


def test_where_nothing_is_offered_no_prediction_leaves() -> None:
    plan = a_plan.blocked(bothered="no")
    assert plan.forecast.chance_of_goal is None
    assert predicted.make_risk_assessment(plan).prediction is None

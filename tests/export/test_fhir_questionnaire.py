"""The intake as a Questionnaire, and people as its answers and back."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from porelight import care
from porelight.care.questions import load_questions
from porelight.export import fhir
from porelight.refusal import Refusal
from tests.report.a_plan import person

from .fhir_checks import ON, faults, files


def asked() -> dict[str, Any]:
    return fhir.as_values(fhir.make_questionnaire())


def items(of: dict[str, Any]) -> list[dict[str, Any]]:
    return [inner for item in of.get("item", []) for inner in [item, *items(item)]]


def answered(of: dict[str, Any]) -> list[dict[str, Any]]:
    """Every item of a response, also those inside an answer."""
    inside = [*of.get("item", []), *(item for answer in of.get("answer", []) for item in answer.get("item", []))]
    return [found for item in inside for found in [item, *answered(item)]]


def read(text: str) -> care.Person:
    return care.read_person(text, "p.yaml")


def test_every_question_is_asked_once_under_its_own_key() -> None:
    keys = [item["linkId"] for item in items(asked())]
    assert len(set(keys)) == len(keys)
    assert {question.key for question in load_questions()} <= set(keys)
    assert {f"{question.key}.why" for question in load_questions()} <= set(keys)


def test_the_text_of_every_question_is_that_of_the_intake() -> None:
    texts = {item["linkId"]: item["text"] for item in items(asked())}
    assert all(texts[question.key] == question.text for question in load_questions())


def test_a_detail_is_asked_unless_its_gate_was_answered_with_no() -> None:
    found = {item["linkId"]: item for item in items(asked())}
    for question in load_questions():
        if question.gate:
            told = {json.dumps(one, sort_keys=True) for one in found[question.key]["enableWhen"]}
            assert len(told) == 3
            assert all(json.loads(one)["question"] == question.gate for one in told)
            codes = {json.loads(one).get("answerCoding", {}).get("code") for one in told}
            assert codes == {"Y", "asked-unknown", None}


def test_every_condition_names_an_item_that_is_asked_before() -> None:
    before: set[str] = set()
    for item in items(asked()):
        assert {one["question"] for one in item.get("enableWhen", [])} <= before, item["linkId"]
        before.add(item["linkId"])


def test_yes_no_and_unknown_are_the_answers() -> None:
    found = {item["linkId"]: item for item in items(asked())}
    codes = [option["valueCoding"]["code"] for option in found["pregnant"]["answerOption"]]
    assert codes == ["Y", "N", "asked-unknown"]


def test_the_questionnaire_of_an_earlier_version_asks_what_was_asked_then() -> None:
    first = fhir.as_values(fhir.make_questionnaire(of_version=1))
    keys = {item["linkId"] for item in items(first)}
    assert first["version"] == "1"
    assert {question.key for question in load_questions(of_version=1)} <= keys
    assert "goals" not in keys
    assert faults(first) == []


def test_the_questionnaire_has_no_fault() -> None:
    assert faults(asked()) == []
    assert fhir.list_violations(asked()) == ()


@given(text=files())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_person_comes_back_from_a_response(text: str) -> None:
    someone = read(text)
    written = fhir.as_bytes(fhir.make_response(someone, ON, "Patient/1"))
    read_back = fhir.person_from(fhir.read_response(written, "answers"))
    assert read_back == dataclasses.replace(someone, answered=ON)


@given(text=files())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_response_of_any_person_has_no_fault(text: str) -> None:
    values = fhir.as_values(fhir.make_response(read(text), ON))
    assert faults(values) == []
    assert fhir.list_violations(values) == ()


def test_an_answer_not_given_stays_away_and_unknown_is_an_answer() -> None:
    values = fhir.as_values(fhir.make_response(read("{worry: unknown, sun: no}"), ON))
    told = {item["linkId"]: item["answer"][0]["valueCoding"]["code"] for item in answered(values) if "answer" in item}
    assert told == {"worry": "asked-unknown", "sun": "N", "site": "cheek"}


def test_a_response_says_nothing_of_who_it_is() -> None:
    values = fhir.as_values(fhir.make_response(person(), ON))
    assert set(values["subject"]) == {"display"}
    assert values["authored"] == "2026-06-15"


def test_what_no_question_asks_for_is_not_dropped_in_silence() -> None:
    sport = care.Engagement("a race", "sport", dt.date(2026, 7, 1), dt.date(2026, 7, 1))
    with pytest.raises(Refusal, match="no question asks for"):
        fhir.make_response(dataclasses.replace(person(), planned=(sport,)), ON)


@pytest.mark.parametrize("subject", ["", "Patient/", "Jane Doe", "Patient/1 ", "javascript:x", "Patient/" + "1" * 65])
def test_a_subject_that_is_no_reference_is_refused(subject: str) -> None:
    with pytest.raises(Refusal, match="no reference to a patient"):
        fhir.make_response(person(), ON, subject)


@pytest.mark.parametrize(
    "subject", ["Patient/1", "https://x.example/fhir/Patient/a-1", "urn:uuid:0f7-a", "urn:oid:2.1"]
)
def test_a_reference_to_a_patient_is_carried(subject: str) -> None:
    assert fhir.as_values(fhir.make_response(person(), ON, subject))["subject"] == {"reference": subject}

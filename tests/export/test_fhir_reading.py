"""FHIR from elsewhere: what cannot be used is refused in one line, whatever it is."""

from __future__ import annotations

import copy
import datetime as dt
import functools
import json
from typing import TYPE_CHECKING, Any

import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from porelight import care
from porelight.export import fhir
from porelight.export.fhir.reading import LARGEST_RESOURCE
from porelight.refusal import Refusal
from tests.rows import each_row

from .fhir_checks import ON

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = "{age: 32, worry: no, sun: yes, strong_sun: 2026-05-01, phototype: III, past_sessions: [2026-01-01, 2026-02-01],"
FILE += " sun_holiday: [2026-07-01, 2026-07-14], goals: [smaller_pores, less_oil], burns: sometimes}"
PATIENT = {"resourceType": "Patient", "birthDate": "1990-02-28", "name": [{"family": "Doe"}], "gender": "female"}

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@functools.cache
def answered() -> dict[str, Any]:
    return fhir.as_values(fhir.make_response(care.read_person(FILE, "p.yaml"), ON))


def good() -> dict[str, Any]:
    return copy.deepcopy(answered())


def person_of(answers: dict[str, Any]) -> care.Person:
    return fhir.person_from(fhir.read_response(json.dumps(answers), "answers.json"), "answers.json")


def item(answers: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for part in answers["item"] for one in part["item"] if one["linkId"] == key)
    return found


def one_line(error: pytest.ExceptionInfo[Refusal]) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert len(text) < 700
    return text


def refusal_of(answers: dict[str, Any]) -> str:
    with pytest.raises(Refusal) as error:
        person_of(answers)
    return one_line(error)


def test_good_answers_are_read() -> None:
    assert person_of(good()) == care.read_person(f"{FILE[:-1]}, answered: 2026-06-15}}", "p.yaml")


@each_row(
    ("data", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not text in UTF-8"),
        ('{"resourceType": "\ud800"}', "not text in UTF-8"),
        (b"[]", "something else"),
        (b"null", "something else"),
        (b'{"resourceType": "Patient"}', "'Patient', not a QuestionnaireResponse"),
        (b'{"resourceType": 7}', "'7', not a QuestionnaireResponse"),
        (b'{"resourceType": "QuestionnaireResponse"}', "status"),
        (b'{"resourceType": "QuestionnaireResponse", "status": "completed", "status": "completed"}', "given twice"),
        (b'{"resourceType": "QuestionnaireResponse", "status": NaN}', "not a number"),
        (b'{"resourceType": "QuestionnaireResponse", "status": "done"}', "'done' is not one of"),
        (b'{"resourceType": "QuestionnaireResponse", "status": "completed", "colour": 1}', "colour"),
        (b'{"resourceType": "QuestionnaireResponse", "status": "\\ud800"}', "not text"),
        (b'{"resourceType": "QuestionnaireResponse", "status": "completed", "\\u000a": 1}', "Extra"),
        (b"[" * 100_000, "not JSON"),
        (b"[" * 100 + b"]" * 100, "nested"),
        (b"1" * 5000, "not JSON"),
        (b" " * (LARGEST_RESOURCE + 1), "more than"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_response_is_refused(data: bytes | str, said: str) -> None:
    with pytest.raises(Refusal) as error:
        fhir.read_response(data, "answers.json")
    assert said in one_line(error)


@each_row("name", [None, "", "https://x.example/Questionnaire/intake|1", "|1"])
def test_another_questionnaire_is_refused(name: str | None) -> None:
    assert "not answers to our questionnaire" in refusal_of(good() | {"questionnaire": name})


@each_row("version", ["", "|", "|0", "|99", "|two", "|1.0", "|-1", "|٢", "|1|1", "|00000002"])
def test_a_version_that_we_do_not_know_is_refused(version: str) -> None:
    url = good()["questionnaire"].partition("|")[0]
    assert "version" in refusal_of(good() | {"questionnaire": url + version})


def test_an_earlier_version_is_read_unless_it_answers_what_was_asked_later() -> None:
    answers = good()
    answers["questionnaire"] = answers["questionnaire"].partition("|")[0] + "|1"
    assert "version 1 of the questions did not ask this" in refusal_of(answers)
    answers["item"][1]["item"] = [one for one in answers["item"][1]["item"] if one["linkId"] not in ("goals", "burns")]
    assert person_of(answers).goals == ()


def change(key: str, **told: Any) -> dict[str, Any]:
    answers = good()
    item(answers, key).update(told)
    return answers


def coding(code: str, system: str | None = "http://terminology.hl7.org/CodeSystem/v2-0136") -> dict[str, Any]:
    return {"valueCoding": {"system": system, "code": code} if system else {"code": code}}


@each_row(
    ("answers", "said"),
    [
        (change("worry", linkId="worries"), "no such question"),
        (change("worry", linkId="pregnant"), "no such question here"),
        (change("worry", answer=[{"valueString": "no"}]), "wrong type"),
        (change("worry", answer=[{"valueBoolean": False}]), "wrong type"),
        (change("worry", answer=[coding("y")]), "not one of the answers"),
        (change("worry", answer=[coding("N", None)]), "not one of the answers"),
        (change("worry", answer=[coding("N", "https://x.example")]), "not one of the answers"),
        (change("worry", answer=[coding("N"), coding("Y")]), "2 answers"),
        (change("worry", item=[{"linkId": "worry.last"}]), "beside the answer"),
        (change("age", answer=[{"valueInteger": 0}]), "not plausible"),
        (change("age", answer=[{"valueInteger": -5}]), "not plausible"),
        (change("age", answer=[{"valueInteger": 10**6}]), "age"),
        (change("age", answer=[{"valueInteger": 10**400}]), "age|item"),
        (change("age", answer=[{"valueDecimal": 32.5}]), "wrong type"),
        (change("age", answer=[{"valueDate": "1990-01-01"}]), "wrong type"),
        (change("past_sessions", answer=[{"valueDate": "2026-01"}]), "wrong type"),
        (change("past_sessions", answer=[{"valueDate": "2026-01-01"}] * 2), "listed twice"),
        (change("past_sessions", answer=[{"valueDate": "1800-01-01"}]), "too long ago"),
        (change("past_sessions", answer=[{"valueDate": "2026-02-30"}]), "past_sessions|item"),
        (
            change("sun_holiday", item=[{"linkId": "sun_holiday.last", "answer": [{"valueDate": "2026-07-01"}]}]),
            "first or the last day is missing",
        ),
        (change("sun_holiday", answer=[{"valueDate": "2026-07-01"}]), "no answer of its own"),
        (change("strong_sun", modifierExtension=[{"url": "https://x.example", "valueCode": "not"}]), "changes what"),
        (good() | {"status": "entered-in-error"}, "in error"),
        (good() | {"implicitRules": "https://x.example"}, "changes what"),
    ],
)
def test_answers_that_do_not_fit_are_refused(answers: dict[str, Any], said: str) -> None:
    told = refusal_of(answers)
    assert any(part in told for part in said.split("|")), told


def test_a_last_day_without_a_yes_is_refused() -> None:
    answers = good()
    item(answers, "strong_sun")["answer"][0]["valueCoding"] = coding("N")["valueCoding"]
    assert "not a yes" in refusal_of(answers)


def test_an_item_twice_is_refused() -> None:
    answers = good()
    answers["item"][0]["item"].append(answers["item"][0]["item"][0])
    assert "answered twice" in refusal_of(answers)
    answers = good()
    answers["item"].append(answers["item"][0])
    assert "answered twice" in refusal_of(answers)


def test_age_and_birth_date_together_are_refused() -> None:
    answers = good()
    answers["item"][1]["item"].append({"linkId": "born", "answer": [{"valueDate": "1990-01-01"}]})
    assert "age and born are both given" in refusal_of(answers)


def test_an_item_without_an_answer_is_not_answered() -> None:
    answers = good()
    item(answers, "worry").pop("answer")
    assert "worry" not in person_of(answers).answers


@given(data=st.binary(max_size=200) | st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_refused_in_one_line(data: bytes | str) -> None:
    for reader in (fhir.read_response, fhir.read_patient):
        with pytest.raises(Refusal) as error:
            reader(data, "x.json")
        one_line(error)


@given(data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_answers_with_anything_anywhere_are_read_or_refused_in_one_line(data: st.DataObject) -> None:
    """One place of good answers, drawn at random, holds anything at all instead."""
    answers = good()
    spoil(answers, data)
    told = outcome(lambda: person_of(answers))
    assert isinstance(told, care.Person) or "\n" not in told


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_a_patient_with_anything_anywhere_is_read_or_refused_in_one_line(data: st.DataObject) -> None:
    patient = copy.deepcopy(PATIENT)
    spoil(patient, data)
    told = outcome(lambda: fhir.import_patient(fhir.read_patient(json.dumps(patient), "x.json")))
    assert isinstance(told, fhir.PatientFacts) or "\n" not in told


def outcome(read: Callable[[], Any]) -> Any:
    """What was read, or the refusal as text."""
    try:
        return read()
    except Refusal as refusal:
        return str(refusal)


def spoil(resource: dict[str, Any], data: st.DataObject) -> None:
    at: Any = resource
    while True:
        key = data.draw(st.sampled_from(sorted(at)) if isinstance(at, dict) else st.integers(0, len(at) - 1))
        if not isinstance(at[key], dict | list) or not at[key] or data.draw(st.integers(0, 5)) == 0:
            break
        at = at[key]
    action = data.draw(st.sampled_from(["replace", "drop", "add"]))
    if action == "drop":
        del at[key]
    elif action == "replace":
        at[key] = data.draw(values)
    elif isinstance(at, dict):
        at[data.draw(st.text(max_size=10) | st.sampled_from(["item", "answer", "valueDate", "extension"]))] = data.draw(
            values
        )


def test_of_a_patient_only_the_birth_date_is_taken() -> None:
    found = fhir.import_patient(fhir.read_patient(json.dumps(PATIENT), "patient.json"))
    assert found == fhir.PatientFacts(born=dt.date(1990, 2, 28))


def test_the_birth_date_of_the_record_counts_where_the_answers_give_no_age() -> None:
    answers, patient = good(), fhir.PatientFacts(born=dt.date(1990, 2, 28))
    response = fhir.read_response(json.dumps(answers), "answers.json")
    assert fhir.person_from(response, patient=patient).born is None  # the age stands as it was answered
    answers["item"][0]["item"] = [one for one in answers["item"][0]["item"] if one["linkId"] != "age"]
    response = fhir.read_response(json.dumps(answers), "answers.json")
    assert fhir.person_from(response, patient=patient).born == dt.date(1990, 2, 28)


@pytest.mark.parametrize("told", [{}, {"birthDate": "1990"}, {"birthDate": "1990-02"}])
def test_a_birth_date_that_is_no_whole_day_is_unknown(told: dict[str, str]) -> None:
    patient = fhir.read_patient(json.dumps({"resourceType": "Patient", **told}), "patient.json")
    assert fhir.import_patient(patient).born is None


@each_row(
    "told",
    [{"birthDate": "1899-12-31"}, {"birthDate": "1990-02-30"}, {"gender": "f"}, {"implicitRules": "https://x.y"}],
)
def test_a_patient_that_cannot_be_used_is_refused(told: dict[str, str]) -> None:
    with pytest.raises(Refusal) as error:
        fhir.import_patient(fhir.read_patient(json.dumps({"resourceType": "Patient", **told}), "patient.json"))
    one_line(error)


def test_answers_made_elsewhere_need_no_texts_and_may_leave_out_parts() -> None:
    answers = {
        "resourceType": "QuestionnaireResponse",
        "status": "amended",
        "authored": "2026-06-15T09:30:00+02:00",
        "questionnaire": good()["questionnaire"],
        "item": [{"linkId": "minimum", "item": [{"linkId": "pregnancy", "answer": [coding("N")]}]}],
    }
    assert person_of(answers).answers == {"pregnancy": "no"}


def test_no_items_at_all_leave_everything_unknown() -> None:
    named = good()["questionnaire"]
    empty = QuestionnaireResponse(
        status="completed", authored=dt.datetime(2026, 6, 15, tzinfo=dt.UTC), questionnaire=named
    )
    assert fhir.person_from(empty) == care.read_person("{site: cheek, answered: 2026-06-15}", "p.yaml")


@each_row(
    ("change", "said"),
    [
        ({"status": "stopped"}, "the questions were broken off"),
        ({"status": "in-progress"}, "the questions are not all answered yet"),
        ({"status": "entered-in-error"}, "entered in error"),
        ({"authored": None}, "nobody knows when these answers were given"),
    ],
)
def test_answers_that_are_not_finished_or_have_no_date_are_refused_in_one_line(
    change: dict[str, Any], said: str
) -> None:
    assert said in refusal_of({key: value for key, value in (good() | change).items() if value is not None})


def test_old_answers_are_asked_again_and_those_of_the_future_refused() -> None:
    old, ahead = person_of(good() | {"authored": "2019-01-01"}), person_of(good() | {"authored": "2031-01-01"})
    asked = {verdict.rule for verdict in care.screen_person(old, ON) if verdict.outcome == "ask"}
    assert {"bothered", "sun", "pregnancy"} <= asked
    with pytest.raises(Refusal, match="the answers are of 2031-01-01, after 2026-06-15"):
        care.screen_person(ahead, ON)


@each_row("authored", ["2026-06", "2026", "2026-06-15T23:30:00-05:00"])
def test_the_date_of_the_answers_may_be_a_month_a_year_or_a_moment(authored: str) -> None:
    assert str(person_of(good() | {"authored": authored}).answered) == {
        "2026-06": "2026-06-01",
        "2026": "2026-01-01",
    }.get(authored, "2026-06-15")


@each_row(("day", "first", "last"), [("2026-03", "2026-03-01", "2026-03-31"), ("2025", "2025-01-01", "2025-12-31")])
def test_a_partial_date_is_a_span(day: str, first: str, last: str) -> None:
    answers = good()
    for item in answers["item"]:
        for asked in item["item"]:
            if asked["linkId"] == "strong_sun":
                asked["answer"][0]["item"][0]["answer"][0]["valueDate"] = day
    someone = person_of(answers)
    assert (str(someone.earliest["strong_sun"]), str(someone.dates["strong_sun"])) == (first, last)
    again = fhir.as_bytes(fhir.make_response(someone, ON))
    assert fhir.person_from(fhir.read_response(again, "again")) == someone


@each_row("code", ["asked-declined", "asked-unknown", "unknown", "masked"])
def test_an_answer_that_was_declined_is_unknown_and_asked(code: str) -> None:
    absent = {"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": code}
    answers = good() | {
        "item": [{"linkId": "minimum", "item": [{"linkId": "pregnancy", "answer": [{"valueCoding": absent}]}]}]
    }
    verdicts = {verdict.rule: verdict for verdict in care.screen_person(person_of(answers), ON)}
    assert verdicts["pregnancy"].outcome == "ask"


def test_one_response_inside_a_bundle_is_read_and_two_are_refused() -> None:
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": good()}]}
    assert person_of(bundle) == person_of(good())
    for entries in ([], bundle["entry"] * 2, [{"resource": PATIENT}], None, [None]):
        assert "this bundle holds" in refusal_of(bundle | {"entry": entries})

"""A person's file: what is read from it, and how a bad one is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porelight import care
from porelight.care.facts import age_on, find_answer, find_dated_answer
from porelight.care.questions import load_questions
from porelight.refusal import Refusal
from tests.rows import each_row

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TEN = ["age", "phototype", "bothered", "expectations", "worry"]
TEN += ["active_acne", "pregnancy", "sun", "health", "medicines"]
ON = dt.date(2026, 6, 15)


def read(text: str) -> care.Person:
    return care.read_person(text, "p.yaml")


def test_ten_questions_come_first_and_suffice_for_a_first_verdict() -> None:
    assert [asked.key for asked in load_questions() if asked.kind == "minimum"] == TEN
    assert [asked.key for asked in load_questions()][:10] == TEN
    good = {"age": "32", "phototype": "III", "bothered": "yes", "expectations": "yes"}
    text = "\n".join(f"{key}: {good.get(key, 'no')}" for key in TEN)
    assert care.gravest_outcome(care.screen_person(read(text), ON)) == "adjust"


def test_every_question_can_be_answered_in_the_file() -> None:
    sample = {"age": "32", "date": "1994-03-02", "dates": "[2026-01-02]", "phototype": "II", "site": "nose"}
    sample |= {"span": "[2026-07-01, 2026-07-14]", "grade": "2"}
    for asked in load_questions():
        chosen = asked.options[-1].key if asked.options else "no"
        read(f"{asked.key}: {sample.get(asked.type, chosen)}")


@each_row(
    ("written", "meant"),
    [
        ("yes", "yes"),
        ("Yes", "yes"),
        ("true", "yes"),
        ("no", "no"),
        ("'no'", "no"),
        ("False", "no"),
        ("unknown", "unknown"),
        ("", "unknown"),
        ("~", "unknown"),
        ("null", "unknown"),
        ("'?'", "unknown"),
    ],
)
def test_yes_and_no_are_understood_as_people_write_them(written: str, meant: str) -> None:
    assert read(f"keloid: {written}").answer("keloid") == meant


def test_what_is_planned_is_kept_for_the_calendar() -> None:
    found = read("sun_holiday: [2027-03-20, 2027-04-02]\nbig_days: [2027-03-03]")
    course = care.make_calendar(found, (dt.date(2027, 3, 1),))
    clashing = {(clash.engagement.occasion, clash.item.key) for clash in care.find_clashes(course, found.planned)}
    assert {("sun", "little_sun"), ("seen", "no_makeup")} <= clashing


def test_what_is_left_out_is_unknown() -> None:
    assert read("age: 30").answer("keloid") == "unknown"


def test_a_date_means_yes_and_when() -> None:
    found = read("isotretinoin: 2026-01-04")
    assert find_dated_answer(found, "isotretinoin") == ("yes", dt.date(2026, 1, 4))
    assert found.medicines == (care.Medicine("isotretinoin", "no", dt.date(2026, 1, 4)),)


def test_no_to_a_gate_answers_its_details_but_not_those_that_were_asked() -> None:
    found = read("health: no\nkeloid: yes\nsilver: unknown")
    assert find_answer(found, "keloid") == "yes"
    assert find_answer(found, "silver") == "unknown"
    assert find_answer(found, "immune") == "no"
    assert find_answer(read("health: yes"), "immune") == "unknown"


NAMED = {
    "pregnant": "pregnant",
    "breastfeeding": "breastfeeding",
    "tan_now": "a tan",
    "strong_sun": "strong sun",
    "sunburn": "sunburn",
    "self_tanner": "self-tanner",
    "infection": "fever or an infection now; open skin",
    "cold_sore_now": "cold sore now",
    "cold_sores": "or ever",
    "changing_spot": "spot that is new, or that changes",
    "psoriasis_or_vitiligo": "psoriasis; vitiligo",
    "keloid": "raised scars",
    "immune": "weak immune system",
    "slow_healing": "wounds that heal slowly",
    "connective_tissue": "lupus",
    "irradiated_or_burnt": "bad burn, or radiation",
    "silver": "silver",
    "gold": "gold",
    "allergy": "allergy to a medicine or cream",
    "melasma_or_marks": "brown patches",
    "brown_marks_now": "brown marks",
    "acne_prone": "acne that comes often",
    "smoking": "smoking",
    "isotretinoin": "isotretinoin",
    "blood_thinner": "blood thinner or aspirin",
    "photosensitiser": "antibiotic",
    "retinoid": "retinoid or acid",
    "hydroquinone": "bleaching cream",
    "toxin": "Botox",
    "filler": "filler",
    "peel": "peel",
    "device_treatment": "needling, radio waves or ultrasound; a laser",
    "worry_life": "worried",
    "rosacea": "rosacea",
    "eczema_now": "eczema",
    "melasma_now": "brown patches or brown marks, now",
    "vitiligo_changed": "vitiligo",
    "koebner_illness": "lichen planus or morphea",
    "keloid_family": "raised scars, also in your family",
    "face_surgery": "surgery of your face or lids",
    "numbing_risk": "fits; an uneven heart beat; a blood illness",
    "light_illness": "an illness that light makes worse",
    "tattoo": "a tattoo or permanent make-up",
    "acitretin": "acitretin",
    "light_medicine": "another medicine that makes skin react to light",
}
"""What the text of a gate says of each question that a no to it answers."""


def test_a_gate_names_everything_that_a_no_to_it_answers() -> None:
    asked = {question.key: question for question in load_questions()}
    gated = {question.key: question.gate for question in load_questions() if question.gate}
    assert set(gated) == set(NAMED)
    for key, gate in gated.items():
        assert NAMED[key] in asked[str(gate)].text, key


def test_age_follows_from_the_birth_date_on_the_day() -> None:
    found = read("born: 2004-02-29")
    assert [age_on(found, dt.date(2023, 2, 28)), age_on(found, dt.date(2023, 3, 1))] == [18, 19]
    assert age_on(read("age: 40"), ON) == 40


def test_an_age_with_a_leading_zero_is_not_read_as_octal() -> None:
    assert read("age: 032").age == 32


@each_row(
    ("text", "said"),
    [
        ("age: thirty", "p.yaml, age: 'thirty' cannot be used. Write the age in whole years"),
        ("age: 32.5", "p.yaml, age: '32.5' cannot be used"),
        ("age: 0", "p.yaml, age: an age of 0 years is not plausible"),
        ("age: 180", "p.yaml, age: an age of 180 years is not plausible"),
        ("age: -3", "p.yaml, age: an age of -3 years is not plausible"),
        ("age: [32]", "p.yaml, age: .* cannot be used"),
        ("born: 2026-02-30", "p.yaml, born: 2026-02-30 is not a day of the calendar"),
        ("born: 1 March 1990", "p.yaml, born: '1 March 1990' cannot be used. Write a day as 2026-03-01"),
        ("born: 1490-01-01", "p.yaml, born: 1490-01-01 is too long ago"),
        ("age: 32\nborn: 1994-01-01", "p.yaml, age: age and born are both given"),
        ("born: 1994-01-01\nfiller: 1993-01-01", "p.yaml, born: a day lies before the birth date"),
        ("phototype: 3", "p.yaml, phototype: '3' cannot be used. Write one of I, II"),
        ("phototype: iii", "p.yaml, phototype: 'iii' cannot be used"),
        ("site: ear", "p.yaml, site: 'ear' cannot be used. Write one of forehead"),
        ("severity: 7", "p.yaml, severity: '7' cannot be used"),
        ("keloid: maybe", "p.yaml, keloid: 'maybe' cannot be used. Write yes, no or unknown"),
        ("keloid: {a: b}", "p.yaml, keloid: .* cannot be used"),
        ("strong_sun: last week", "p.yaml, strong_sun: 'last week' cannot be used"),
        ("strong_sun: 2026-13-01", "p.yaml, strong_sun: 2026-13-01 is not a day of the calendar"),
        ("past_sessions: 2026-03-01", "p.yaml, past_sessions: '2026-03-01' cannot be used. Write a list"),
        ("past_sessions: [2026-03-01, 2026-03-01]", "p.yaml, past_sessions: a day is listed twice"),
        ("sun_holiday: [2026-07-14, 2026-07-01]", "p.yaml, sun_holiday: .*the first and the last day|Write the first"),
        ("sun_holiday: 2026-07-14", "p.yaml, sun_holiday: '2026-07-14' cannot be used"),
        ("keliod: no", "p.yaml, 'keliod': there is no such field. Did you mean keloid"),
        ("name: Ann", "p.yaml, 'name': there is no such field. "),
        ("age: 32\nage: 33", "p.yaml: line 2: 'age' is given twice"),
        ("a: &x [1]\nb: *x", "p.yaml: line 2: a reference .* is used"),
        ("- age\n- 32", "p.yaml: this is not a list of `key: value` lines"),
        ("just words", "p.yaml: this is not a list of `key: value` lines"),
        ("", "p.yaml: this is not a list of `key: value` lines"),
        ("age: [32", "p.yaml: line 1: "),
        ("{[1]: 2}", "p.yaml: "),
        ("age: !!python/object:os.system x", "p.yaml, age: .*cannot be used|p.yaml: line 1"),
        ("\x00", "p.yaml: "),
        ("a: " + "[" * 5000, "p.yaml: "),
        ("#" * 20_001, "p.yaml: the file has 20001 characters"),
        ("questionnaire: one", "p.yaml, questionnaire: "),
        ("questionnaire: 1\nburns: easily", "p.yaml, burns: version 1 of the questions did not ask this"),
        ("questionnaire: 4", "p.yaml, questionnaire: '4' cannot be used"),
        ("burns: often", "p.yaml, burns: 'often' cannot be used. Write one of always, easily"),
        ("goals: [smaller_pores, gold]", "p.yaml, goals: .*cannot be used. Write one of smaller_pores"),
    ],
)
def test_a_bad_file_is_refused_in_one_line_that_names_file_field_and_remedy(text: str, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        read(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300
    assert caught.value.advice


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80) | st.dictionaries(st.sampled_from([*TEN, "born", "keloid"]), st.text(max_size=12)).map(str))
def test_any_text_is_a_person_or_a_refusal_in_one_line(text: str) -> None:
    try:
        said = repr(read(text))
    except Refusal as refusal:
        said = str(refusal)
    assert "\n" not in said


@pytest.mark.parametrize(
    ("name", "outcome", "rule"),
    [
        ("person.yaml", "adjust", "antiviral"),
        ("people/too_young.yaml", "defer", "age"),
        ("people/active_acne.yaml", "defer", "active_acne"),
        ("people/pregnant.yaml", "defer", "pregnancy"),
        ("people/keloid.yaml", "refuse", "keloid"),
        ("people/unknown.yaml", "ask", "pregnancy"),
    ],
)
def test_the_examples_get_the_verdict_they_are_named_for(name: str, outcome: str, rule: str) -> None:
    found = care.screen_person(care.read_person((EXAMPLES / name).read_text(encoding="utf-8"), name), ON)
    assert (found[0].outcome, found[0].rule) == (outcome, rule)

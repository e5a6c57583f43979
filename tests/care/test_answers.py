"""Answers of a form: into a person and back, with every field's error at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from porelight import care
from porelight.care.model import Person
from porelight.care.questions import medicine_groups
from porelight.refusal import Refusal
from tests.draws import draws

from ..export.fhir_checks import files
from .helpers import base, person

ON = dt.date(2026, 6, 15)


def given_answers(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return loaded


def assert_comes_back(answers: dict[str, Any]) -> None:
    someone = care.person_from(answers)
    told = care.answers_of(someone)
    assert care.complaints(told) == {}
    assert care.person_from(told) == someone
    assert care.answers_of(care.person_from(told)) == told
    assert all(isinstance(said, str) or all(isinstance(part, str) for part in said) for said in told.values())


@draws(200)
@given(files(most=8))
def test_the_answers_that_are_drawn_make_the_same_person_again(text: str) -> None:
    assert_comes_back(given_answers(text))


SAID = st.sampled_from(["yes", "no", "unknown"])
DAY = st.dates(dt.date(2000, 1, 1), dt.date(2026, 6, 15))
MEDICINES = st.builds(care.Medicine, st.sampled_from(medicine_groups()), SAID, st.none() | DAY)


@settings(max_examples=100, deadline=None)
@given(
    medicines=st.lists(MEDICINES, max_size=4),
    answers=st.dictionaries(st.sampled_from([*medicine_groups(), "keloid", "cold_sores"]), SAID),
    dates=st.dictionaries(st.sampled_from(["cold_sores", "isotretinoin", "strong_sun"]), DAY),
    big_days=st.lists(DAY, max_size=3, unique=True),
)
def test_a_person_made_in_code_has_answers_too(
    medicines: list[Any], answers: dict[str, Any], dates: dict[str, dt.date], big_days: list[dt.date]
) -> None:
    planned = tuple(care.Engagement("a day to look well", "seen", day, day) for day in big_days)
    someone = Person(30, "III", "nose", answers, dates, tuple(medicines), planned=planned)
    assert care.person_from(care.answers_of(someone)) == someone


def test_what_no_question_asks_for_is_said() -> None:
    sport = care.Engagement("a race", "sport", ON, ON)
    someone = dataclasses.replace(person({}, ON), planned=(sport,))
    with pytest.raises(Refusal, match="planned: the person has planned what no question asks for"):
        care.answers_of(someone)


def test_answers_and_a_file_make_the_same_person() -> None:
    told = base()["facts"]
    assert care.person_from(told) == care.read_person(yaml.safe_dump(told), "p.yaml")


def test_every_wrong_answer_is_named_at_once_with_what_to_write() -> None:
    answers = {
        "age": "thirty",
        "keloid": "maybe",
        "strong_sun": "2026-13-01",
        "goals": ["gold"],
        "name": "Ann",
        "site": "nose",
    }
    assert care.complaints(answers) == {
        "age": "'thirty' cannot be used. Write the age in whole years, such as 32.",
        "keloid": "'maybe' cannot be used. Write yes, no or unknown.",
        "strong_sun": "2026-13-01 is not a day of the calendar. Write a day as 2026-03-01.",
        "goals": "\"['gold']\" cannot be used. Write one of smaller_pores, smoother_skin, less_oil, firmer_skin, "
        "feel_better, no_pores.",
        "name": "There is no such field. Remove it.",
    }


def test_facts_that_cannot_both_hold_are_named_beside_wrong_answers() -> None:
    answers = {"age": "32", "born": "1994-01-01", "filler": "1993-01-01", "keloid": "maybe"}
    assert set(care.complaints(answers)) == {"age", "born", "keloid"}


def test_answers_of_an_earlier_version_are_named_one_by_one() -> None:
    answers = {"questionnaire": "1", "burns": "easily", "goals": ["less_oil"]}
    assert set(care.complaints(answers)) == {"burns", "goals"}


VALUES = st.text(max_size=10) | st.lists(st.text(max_size=10), max_size=3) | st.none() | st.integers() | st.booleans()
ASKED = st.sampled_from([question.key for question in care.load_questions()])


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(ASKED | st.text(max_size=5), VALUES, max_size=6))
def test_there_are_complaints_or_a_person(answers: dict[str, Any]) -> None:
    wrong = care.complaints(answers)
    assert set(wrong) <= set(answers)
    assert all("\n" not in sentence and sentence[-1] in ".?" for sentence in wrong.values())
    if wrong:
        with pytest.raises(Refusal, match=r"^form, "):
            care.person_from(answers, "form")
    assert care.person_from({key: said for key, said in answers.items() if key not in wrong})


def test_what_is_asked_again_is_confirmed_by_its_key() -> None:
    with pytest.raises(Refusal, match=r"confirmed: keloid, shoe size: not asked again"):
        care.at_visit(person({}, ON), ["keloid", "sun", "shoe size"])

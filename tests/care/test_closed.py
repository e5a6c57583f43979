"""What is none of the allowed values is refused where a person is made, and no rule ever takes it for harmless."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import enum
import pickle
from typing import Any

import numpy as np
import pytest
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from hypothesis import given, settings
from hypothesis import strategies as st

from porelight import care
from porelight.care.model import Person
from porelight.care.questions import dated_questions, medicine_groups, yes_no_questions
from porelight.export import fhir
from porelight.refusal import Refusal
from tests.draws import draws

from .helpers import person

ON = dt.date(2026, 6, 15)
HARMLESS = person({}, ON)
ALARMING = ("pregnant", "active_acne", "isotretinoin", "keloid")
"""Four answers that each hold treatment back; as "Yes" they once made a plan that was ready."""


class Shouted(enum.StrEnum):
    YES = "Yes"
    PLAIN = "yes"


class Text(str):
    """A text that says of itself that it is whatever it is compared with."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("no")


STRANGE = st.sampled_from(
    [
        *(
            "Yes",
            "YES",
            "yes ",
            "y",
            "true",
            "No",
            "NO",
            "n",
            "nein",
            "0",
            "unknown?",
            "",
            " ",
            "vi",
            "IX",
            "iv",
            "III ",
            "3",
        ),
        *(Shouted.YES, Shouted.PLAIN, Text("maybe"), np.str_("Yes"), np.str_("no"), b"no"),
        *(True, False, None, 0, 1, 3, -1, 111, 10**30, 32.0, float("nan"), float("inf"), np.int64(30), np.int8(-1)),
        *(np.bool_(False), np.float64(30.0), np.array(30), np.array(["no"]), 30 + 0j),
        *(dt.datetime(2026, 1, 1, 12), dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(2026, 1, 1), dt.time(9)),
        *((), ("no",), ["no"], {"no"}, {"no": "no"}, ("smaller_pores", "gold"), ((),), (None,), object()),
    ]
)
ANYTHING = (
    STRANGE | st.text(max_size=8) | st.integers() | st.floats() | st.dates() | st.datetimes() | st.binary(max_size=4)
)
FIELDS = tuple(field.name for field in dataclasses.fields(Person))


def with_value(field: str, key: str, value: Any) -> Person:
    """The harmless person with one value of a field, or one entry of it, replaced."""
    held = getattr(HARMLESS, field)
    changed = {**held, key: value} if hasattr(held, "keys") else (*held, value) if isinstance(held, tuple) else value
    changes: dict[str, Any] = {field: changed}
    return dataclasses.replace(HARMLESS, **({"age": None} | changes if field == "born" else changes))


def judged(someone: Person, laser: str = "co2") -> dict[str, tuple[str, str]]:
    return {verdict.rule: (verdict.outcome, verdict.because) for verdict in care.screen_person(someone, ON, laser)}


def assert_plain(someone: Person) -> None:
    """Nothing but what an answer in words can say, in plain types."""
    assert care.person_from(care.answers_of(someone)) == someone
    assert {type(value) for value in [*someone.answers, *someone.answers.values(), *someone.goals]} <= {str}
    assert {type(day) for day in [*someone.dates.values(), *someone.past_sessions]} <= {dt.date}
    assert {type(someone.age), type(someone.severity)} <= {int, type(None)}
    assert set(someone.answers.values()) <= {"yes", "no", "unknown"}


KEYS = st.sampled_from([*yes_no_questions(), "burns", "tans", "age", "Pregnant", "", "nobody asked"]) | st.text(
    max_size=6
)


@draws(500)
@given(st.sampled_from(FIELDS), KEYS, ANYTHING)
def test_any_value_of_any_field_that_is_drawn_is_refused_or_is_one_of_the_allowed(
    field: str, key: str, value: Any
) -> None:
    try:
        someone = with_value(field, key, value)
    except Refusal:
        return
    assert_plain(someone)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(medicine_groups()) | ANYTHING, ANYTHING, ANYTHING)
def test_any_medicine_is_refused_or_known(group: Any, taking: Any, last_taken: Any) -> None:
    try:
        medicine = care.Medicine(group, taking, last_taken)
    except Refusal:
        return
    assert medicine.group in medicine_groups()
    assert medicine.taking in ("yes", "no", "unknown")
    assert medicine.last_taken is None or type(medicine.last_taken) is dt.date
    assert_plain(dataclasses.replace(HARMLESS, medicines=(medicine,)))


def forced(field: str, value: Any) -> Person:
    """A person into which a value was put past every check."""
    someone = copy.copy(HARMLESS)
    object.__setattr__(someone, field, value)
    return someone


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(yes_no_questions()), STRANGE.filter(lambda value: value not in ("yes", "no")))
def test_a_rule_takes_an_answer_that_it_does_not_know_for_unknown(key: str, value: Any) -> None:
    unknown = forced("answers", {**HARMLESS.answers, key: "unknown"})
    assert judged(forced("answers", {**HARMLESS.answers, key: value})) == judged(unknown)


@pytest.mark.parametrize("value", ["vi", "IX", "", 3, None, "light"])
@pytest.mark.parametrize("laser", ["co2", "nafl_1550"])
def test_a_rule_takes_a_phototype_that_it_does_not_know_for_unknown(value: Any, laser: str) -> None:
    assert judged(forced("phototype", value), laser)["phototype"][0] == "ask"


@pytest.mark.parametrize("value", [float("nan"), 30.0, "30", 200, -1, None])
def test_a_rule_takes_an_age_that_it_does_not_know_for_unknown(value: Any) -> None:
    assert judged(forced("age", value))["age"][0] == "ask"


def test_a_rule_asks_about_a_goal_that_it_does_not_know() -> None:
    assert judged(forced("goals", ("no pores at all",)))["expectations"][0] == "ask"


def test_four_times_yes_is_refused_in_python() -> None:
    yes: Any = "Yes"
    for key in ALARMING:
        with pytest.raises(Refusal, match=f"{key}: 'Yes' cannot be used. Write one of yes, no, unknown"):
            dataclasses.replace(HARMLESS, answers={**HARMLESS.answers, key: yes})
    with pytest.raises(Refusal, match="phototype: 'vi' cannot be used"):
        dataclasses.replace(HARMLESS, phototype="vi")  # type: ignore[arg-type]


def test_four_times_yes_blocks_in_a_file() -> None:
    someone = care.read_person("age: 32\nphototype: III\n" + "\n".join(f"{key}: Yes" for key in ALARMING), "p.yaml")
    found = judged(someone)
    outcomes = [found[rule][0] for rule in ("pregnancy", "active_acne", "isotretinoin", "keloid")]
    assert outcomes == ["defer", "defer", "defer", "refuse"]


def test_four_times_yes_in_fhir_is_the_code_or_is_refused() -> None:
    answers: dict[str, care.Answer] = {**HARMLESS.answers, **dict.fromkeys(ALARMING, "yes")}
    values = fhir.as_values(fhir.make_response(dataclasses.replace(HARMLESS, answers=answers), ON))
    assert judged(fhir.person_from(QuestionnaireResponse.model_validate(values)))["keloid"][0] == "refuse"
    for part in values["item"]:
        for item in part["item"]:
            if item["linkId"] in ALARMING:
                item["answer"][0]["valueCoding"]["code"] = "Yes"
    with pytest.raises(Refusal, match="the code is not one of the answers"):
        fhir.person_from(QuestionnaireResponse.model_validate(values))


def test_a_born_date_that_nobody_lives_to_see_is_refused_like_the_age() -> None:
    someone = dataclasses.replace(HARMLESS, age=None, born=dt.date(1900, 1, 1))
    with pytest.raises(Refusal, match="born: 1900-01-01 makes an age above 110"):
        care.screen_person(someone, ON)


@pytest.mark.parametrize("on", [dt.datetime(2026, 6, 15), "2026-06-15", dt.date(9999, 12, 31), None])
def test_the_day_to_judge_is_a_day(on: Any) -> None:
    with pytest.raises(Refusal, match="the day to judge"):
        care.screen_person(HARMLESS, on)


def test_a_person_is_frozen_for_good() -> None:
    answers: dict[str, care.Answer] = {"keloid": "no"}
    someone = Person(30, "II", "cheek", answers, {}, goals=["less_oil"])  # type: ignore[arg-type]
    answers["keloid"] = "yes"
    assert someone.answer("keloid") == "no"
    assert someone.goals == ("less_oil",)
    with pytest.raises(TypeError):
        someone.answers["keloid"] = "yes"  # type: ignore[index]
    assert hash(someone) == hash(pickle.loads(pickle.dumps(someone)))
    assert copy.deepcopy(someone) == someone


def test_everything_in_care_has_a_hash_an_equal_and_one_line() -> None:
    verdicts = care.screen_person(HARMLESS, ON)
    course = care.make_calendar(HARMLESS, (ON,))
    clinic = care.ClinicChoices({"keloid": care.Chosen("caution", "A", "b")})
    things = [HARMLESS, *verdicts, course, *course.items, clinic, care.make_today(course, ON), *care.load_questions()]
    for thing in things:
        assert hash(thing) == hash(copy.deepcopy(thing))
        assert thing == copy.deepcopy(thing)
        assert thing != 0
        assert "\n" not in repr(thing)
        assert len(repr(thing)) < 250


def test_what_is_told_twice_is_read_the_cautious_way_and_told_alike() -> None:
    day = dt.date(2026, 1, 4)
    someone = dataclasses.replace(HARMLESS, medicines=(care.Medicine("retinoid", "no", day),))
    assert (someone.answer("retinoid"), someone.dates["retinoid"]) == ("yes", day)
    both = dataclasses.replace(someone, medicines=(*someone.medicines, care.Medicine("retinoid", "yes")))
    assert (both.answer("retinoid"), "retinoid" in both.dates) == ("yes", False)
    assert {group for group in medicine_groups() if group in both.answers} == {one.group for one in both.medicines}
    assert set(both.dates) <= set(dated_questions())

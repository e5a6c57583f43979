"""The phototype from guided questions."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porelight import care
from porelight.care.phototype import GUIDED_QUESTIONS, PHOTOTYPES, suggest_phototype
from porelight.care.questions import find_question
from porelight.care.screen import OUTCOMES_BY_GRAVITY
from tests.rows import each_row

from .helpers import person

ON = dt.date(2026, 6, 15)
OPTIONS = {key: [option.key for option in find_question(key).options] for key in GUIDED_QUESTIONS}
PUBLISHED = {
    "burns": ["always", "easily", "sometimes", "little", "rarely", "never"],
    "tans": ["never", "little", "fairly", "easily", "strongly", "very_strongly"],
    "skin_colour": ["very_white", "white", "fair", "light_brown", "brown", "dark"],
}
"""D'Orazio 2013, table 1, types I to VI: always burns / easily / moderately / minimally / rarely / almost never;
never tans / minimally / average / easily / easily and substantially / readily and profusely; untanned skin bright white
/ white / fair / light brown / brown / black."""


def told(*places: int) -> dict[str, str]:
    """The answers at these places of the table, 0 for type I."""
    return {key: OPTIONS[key][place] for key, place in zip(GUIDED_QUESTIONS, places, strict=False)}


@pytest.mark.parametrize("key", GUIDED_QUESTIONS)
def test_each_answer_stands_for_the_type_of_the_published_table(key: str) -> None:
    listed = {option.key: option.phototype for option in find_question(key).options}
    assert listed == dict(zip(PUBLISHED[key], PHOTOTYPES, strict=True))


@each_row("place", range(6))
def test_answers_of_one_type_give_it(place: int) -> None:
    assert suggest_phototype(told(place, place, place)).phototype == PHOTOTYPES[place]
    assert suggest_phototype(told(place, place)).phototype == PHOTOTYPES[place]


def test_neighbours_give_the_darker_and_others_none() -> None:
    for places in itertools.product(range(6), repeat=3):
        found = suggest_phototype(told(*places))
        if max(places) - min(places) <= 1:
            assert found.phototype == PHOTOTYPES[max(places)]
        else:
            assert found.phototype is None
            assert found.unclear


def test_a_darker_answer_never_gives_a_lighter_type() -> None:
    for places in itertools.product(range(6), repeat=2):
        one, darker = (
            suggest_phototype(told(*places)).phototype,
            suggest_phototype(told(places[0], min(5, places[1] + 1))).phototype,
        )
        assert one is None or darker is None or PHOTOTYPES.index(darker) >= PHOTOTYPES.index(one)


def test_a_missing_answer_gives_nothing_and_is_not_called_unclear() -> None:
    for answers in ({}, {"burns": "always"}, {"tans": "never"}, {"skin_colour": "dark"}):
        found = suggest_phototype(answers)
        assert found.phototype is None
        assert not found.unclear


def test_an_answer_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError, match="no option 'maybe'"):
        suggest_phototype({"burns": "maybe", "tans": "little"})


def test_an_entered_type_is_kept_and_a_disagreement_is_shown() -> None:
    found = person({"phototype": "II", **told(4, 4)}, ON)
    assert found.phototype == "II"
    (verdict,) = [each for each in care.screen_person(found, ON) if each.rule == "phototype"]
    assert "point to type V, and type II is entered" in verdict.because
    assert "eilers2013" in {row.source.key for row in verdict.rests_on}


def test_agreement_needs_no_remark() -> None:
    (verdict,) = [
        e for e in care.screen_person(person({"phototype": "II", **told(1, 1)}, ON), ON) if e.rule == "phototype"
    ]
    assert verdict.because == "Phototype I to III."


def test_answers_far_apart_say_which_types_they_fit() -> None:
    found = person({"phototype": "unknown", **told(1, 4)}, ON)
    assert found.phototype is None
    (verdict,) = [each for each in care.screen_person(found, ON) if each.rule == "phototype"]
    assert verdict.outcome == "ask"
    assert "fit types II to V" in verdict.because


GUIDED_ANSWERS = st.fixed_dictionaries({}, optional={key: st.sampled_from(listed) for key, listed in OPTIONS.items()})


@settings(max_examples=80, deadline=None)
@given(GUIDED_ANSWERS, st.sampled_from(PHOTOTYPES), st.sampled_from(["co2", "nafl_1550"]))
def test_guided_answers_never_make_the_verdict_on_an_entered_type_milder(
    answers: dict[str, str], entered: str, laser: str
) -> None:
    def grave(facts: dict[str, str]) -> int:
        found = care.screen_person(person({"phototype": entered} | facts, ON), ON, laser)
        return max(OUTCOMES_BY_GRAVITY.index(each.outcome) for each in found if each.rule == "phototype")

    assert grave(answers) >= grave({})


@settings(max_examples=80, deadline=None)
@given(GUIDED_ANSWERS)
def test_only_guided_answers_that_name_a_type_clear_the_question(answers: dict[str, str]) -> None:
    (found,) = [
        e for e in care.screen_person(person({"phototype": "unknown"} | answers, ON), ON) if e.rule == "phototype"
    ]
    assert ("phototype" in found.asks) == (suggest_phototype(answers).phototype is None)


@settings(max_examples=40, deadline=None)
@given(
    st.sets(st.sampled_from([option.key for option in find_question("goals").options])), st.sampled_from(["yes", "no"])
)
def test_a_hope_for_no_pores_is_never_milder_than_none(goals: set[str], expectations: str) -> None:
    def outcome(listed: set[str]) -> int:
        facts = {"expectations": expectations, "goals": sorted(listed)}
        return max(
            OUTCOMES_BY_GRAVITY.index(e.outcome)
            for e in care.screen_person(person(facts, ON), ON)
            if e.rule == "expectations"
        )

    assert outcome(goals | {"no_pores"}) >= outcome(goals - {"no_pores"})
    assert outcome(goals - {"no_pores"}) == outcome(set())

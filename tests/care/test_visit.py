"""At every visit what may have changed is asked again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porelight import care
from porelight.care.model import BLOCKING_OUTCOMES
from porelight.refusal import Refusal

from .helpers import person
from .test_screen import FACTS, LASERS

ON = dt.date(2026, 6, 15)


def outcomes(someone: care.Person) -> dict[str, str]:
    return {verdict.rule: verdict.outcome for verdict in care.screen_person(someone, ON)}


def test_sun_medicines_pregnancy_herpes_and_infection_are_asked_again() -> None:
    asked = {question.key for question in care.still_true()}
    assert {"strong_sun", "tan_now", "isotretinoin", "pregnant", "cold_sore_now", "infection", "medicines"} <= asked
    assert not asked & {"age", "born", "phototype", "keloid", "silver", "gold"}


def test_a_no_of_last_time_is_not_a_no_of_today() -> None:
    first = person({"keloid": "no", "pregnant": "no"}, ON)
    assert care.gravest_outcome(care.screen_person(first, ON)) == "adjust"
    found = outcomes(care.at_visit(first))
    assert {found[rule] for rule in ("pregnancy", "sun", "infection", "isotretinoin", "herpes_now")} == {"ask"}
    assert found["keloid"] == "proceed"


def test_confirmed_answers_count() -> None:
    first = person({}, ON)
    everything = {question.key for question in care.still_true()}
    assert outcomes(care.at_visit(first, everything)) == outcomes(first)
    without_sun = outcomes(care.at_visit(first, everything - {"sun"}))
    assert {rule for rule, outcome in without_sun.items() if outcome in BLOCKING_OUTCOMES} == {
        "sun",
        "sunburn",
        "self_tanner",
    }


def test_a_yes_stays_until_someone_says_that_it_ended() -> None:
    pregnant = person({"pregnant": "yes", "isotretinoin": "yes"}, ON)
    found = outcomes(care.at_visit(pregnant))
    assert (found["pregnancy"], found["isotretinoin"]) == ("defer", "defer")


def test_a_day_and_what_was_cleared_go_stale() -> None:
    tanned = person({"strong_sun": "2026-05-20", "tan_now": "no", "tan_gone": "yes", "isotretinoin": "2025-06-01"}, ON)
    assert outcomes(tanned)["sun"] == "adjust"
    found = care.at_visit(tanned)
    assert outcomes(found)["sun"] == "ask"
    assert outcomes(found)["isotretinoin"] == "ask"
    assert found.answer("tan_gone") == "unknown"


def test_only_what_is_asked_again_can_be_confirmed() -> None:
    with pytest.raises(Refusal, match="keloid: not asked again"):
        care.at_visit(person({}, ON), {"keloid"})


@settings(max_examples=80, deadline=None)
@given(FACTS, st.sampled_from(LASERS))
def test_a_visit_at_which_nothing_is_confirmed_is_never_free_to_proceed(facts: dict[str, Any], laser: str) -> None:
    later = care.at_visit(person(facts, ON))
    assert care.gravest_outcome(care.screen_person(later, ON, laser)) in BLOCKING_OUTCOMES

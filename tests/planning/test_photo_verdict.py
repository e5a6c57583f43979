"""A photo that shows nothing to treat, or cannot be used, gives no plan and no promise."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from porelight import care
from porelight.photo.census import Finding, Gate
from porelight.photo.quality import advice_on
from porelight.planning import chain
from porelight.planning.photo_verdict import judge_photo
from tests.planning.made_up import ON, census
from tests.planning.test_chain import ANSWERS

if TYPE_CHECKING:
    from porelight.photo.census import PoreCensus


def flagged(pores: PoreCensus, *flags: str) -> PoreCensus:
    return dataclasses.replace(pores, flags=(*pores.flags, *flags))  # type: ignore[arg-type]


UNUSABLE = [
    (census(count=0), "No pore was found"),
    (census(count=0, um_per_px=None), "No pore was found"),
    (census(median=100, spread=0.1), "No enlarged pore was found"),
    (dataclasses.replace(census(), gate=Gate("refuse", (Finding("noisy", "refuse", advice_on("noisy")),))), "(noisy)"),
    (flagged(census(), "no skin"), "little skin"),
    (flagged(census(count=3, median=400), "few pores"), "Only 3"),
]


@pytest.mark.parametrize(("pores", "said"), UNUSABLE)
def test_a_photo_that_cannot_be_planned_on_blocks_with_a_way_out_and_promises_nothing(
    pores: PoreCensus, said: str
) -> None:
    made = chain.make_plan(pores, care.read_person(ANSWERS, "person.yaml"), on=ON)
    blocking = [verdict for verdict in made.verdicts if verdict.blocks]
    assert [(verdict.rule, verdict.outcome, verdict.tier) for verdict in blocking] == [("photo", "ask", "house")]
    assert said in blocking[0].because
    assert "another photo" in blocking[0].clears
    assert made.status == "blocked"
    assert not made.sessions
    assert not made.candidates
    assert not made.forecast.milestones
    assert made.forecast_is == "not_offered"
    assert said in str(made.timing[0])


@pytest.mark.parametrize(
    "pores", [census(), census(um_per_px=None), flagged(census(count=22), "few pores"), flagged(census(), "dark")]
)
def test_a_photo_with_limits_can_still_be_planned_on(pores: PoreCensus) -> None:
    assert judge_photo(pores) is None


def test_a_refusal_stands_before_the_photo() -> None:
    person = care.read_person(ANSWERS.replace("bothered: yes", "bothered: no"), "person.yaml")
    made = chain.make_plan(census(count=0), person, on=ON)
    assert next(verdict.outcome for verdict in made.verdicts if verdict.blocks) == "refuse"
    assert "photo" in {verdict.rule for verdict in made.verdicts}

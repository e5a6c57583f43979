"""Causes: measured shares only where someone measured one, and unknown stays unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from porelight.planning.explain import UNTOLD, factors
from tests.planning.made_up import census, person

if TYPE_CHECKING:
    from porelight.planning.model import Factor


def by_key(age: float | None = 32, **answers: str) -> dict[str, Factor]:
    return {factor.key: factor for factor in factors(census(), person(**answers), age)}  # type: ignore[arg-type]


def test_the_six_causes_are_all_told() -> None:
    assert list(by_key()) == ["genetics", "sebum", "clogging", "age", "sun", "inflammation"]


def test_oil_has_the_share_that_was_measured_between_people() -> None:
    """roh2006: r = 0.47 in men and 0.38 in women, squared; the interval is wider than either sex alone."""
    share = by_key()["sebum"].share
    assert share is not None
    assert 0.38**2 < share.mid < 0.47**2
    assert share.low < 0.02**2 + 1e-9
    assert abs(share.high - 0.71**2) < 0.005
    assert "not measured" in by_key()["sebum"].because


def test_every_other_share_cannot_be_told() -> None:
    for key, factor in by_key().items():
        if key != "sebum":
            assert factor.share is None
            assert UNTOLD in factor.because


def test_what_a_laser_changes_differs_by_cause_and_has_a_source() -> None:
    said = {key: factor.laser_changes for key, factor in by_key().items()}
    assert said["age"] == "yes"
    assert said["genetics"] == said["inflammation"] == "no"
    assert all(factor.rests_on and factor.advice for factor in by_key().values())


def test_answers_change_what_is_said_and_unknown_is_said_as_unknown() -> None:
    assert "You have active acne" in by_key(active_acne="yes")["inflammation"].because
    assert "no active acne" in by_key(active_acne="no")["inflammation"].because
    assert "not known" in by_key()["inflammation"].because
    assert "sunbed" in by_key(sun="yes")["sun"].because
    assert "is not known" in by_key()["sun"].because
    assert "age is not known" in by_key(age=None)["age"].because
    assert "past the age of 40" in by_key(age=52)["age"].because


def test_a_photo_without_pores_is_not_used_as_evidence() -> None:
    empty = {factor.key: factor for factor in factors(census(count=0), person(), 40)}
    assert "No pore was found" in empty["clogging"].because
    assert "as long as wide" not in empty["age"].because

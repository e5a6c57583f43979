"""Causes: measured shares only where someone measured one, and unknown stays unknown."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from porelight import cite
from porelight.message import english, message
from porelight.photo.census import Index
from porelight.planning.factors import UNKNOWN_SHARE_MESSAGE, explain_factors
from tests.care.readability import grade
from tests.planning.made_up import census, person

if TYPE_CHECKING:
    from porelight.planning.model import Factor


def by_key(age: float | None = 32, **answers: str) -> dict[str, Factor]:
    return {factor.key: factor for factor in explain_factors(census(), person(**answers), age)}  # type: ignore[arg-type]


def test_the_six_causes_are_all_told() -> None:
    assert list(by_key()) == ["genetics", "sebum", "clogging", "age", "sun", "inflammation"]


def test_oil_has_the_share_that_was_measured_between_people() -> None:
    """roh2006: r = 0.47 in men and 0.38 in women, squared; the interval is wider than either sex alone."""
    share = by_key()["sebum"].share
    assert share is not None
    assert 0.38**2 < share.mid < 0.47**2
    assert share.low < 0.02**2 + 1e-9
    assert abs(share.high - 0.71**2) < 0.005
    assert "not measured" in english(by_key()["sebum"].because)


def test_every_other_share_cannot_be_told() -> None:
    for key, factor in by_key().items():
        if key != "sebum":
            assert factor.share is None
            assert UNKNOWN_SHARE_MESSAGE in factor.because


def test_what_a_laser_changes_differs_by_cause_and_has_a_source() -> None:
    said = {key: factor.laser_changes for key, factor in by_key().items()}
    assert said["age"] == "yes"
    assert said["genetics"] == said["inflammation"] == "no"
    assert all(factor.rests_on and factor.advice for factor in by_key().values())


def test_answers_change_what_is_said_and_unknown_is_said_as_unknown() -> None:
    assert "You have active acne" in english(by_key(active_acne="yes")["inflammation"].because)
    assert "no active acne" in english(by_key(active_acne="no")["inflammation"].because)
    assert "not known" in english(by_key()["inflammation"].because)
    assert "sunbed" in english(by_key(sun="yes")["sun"].because)
    assert "is not known" in english(by_key()["sun"].because)
    assert "age is not known" in english(by_key(age=None)["age"].because)
    assert "past the age of 40" in english(by_key(age=52)["age"].because)


def test_a_photo_without_pores_is_not_used_as_evidence() -> None:
    empty = {factor.key: factor for factor in explain_factors(census(count=0), person(), 40)}
    assert "No pore was found" in english(empty["clogging"].because)
    assert "as long as wide" not in english(empty["age"].because)


def index(key: str, value: float | None, low: float | None = None, high: float | None = None) -> Index:
    because = message("photo.shine" if value is not None else "photo.too_little_skin")
    row = cite.table("indices")["tone_curve"]
    return Index(key, message("photo.shine_title"), value, low, high, "", "close-up", because, (row,))


def told(*found: Index, **answers: str) -> dict[str, Factor]:
    seen = dataclasses.replace(census(), indices=found)
    return {factor.key: factor for factor in explain_factors(seen, person(**answers), 32)}  # type: ignore[arg-type]


def test_what_the_photo_shows_stands_with_its_interval() -> None:
    said = told(
        index("shine", 12.4, 7.2, 19.8),
        index("dark_middles", 28.04, 27.9, 28.6),
        index("pigment_spots", 0.31, 0.22, 0.43),
        index("redness_patches", 3.6, 2.8, 4.5),
        index("stretch", 1.42, 1.21, 1.6),
    )
    assert "about 12 % of the skin shines (between 7 and 20)" in english(said["sebum"].because)
    assert "about 28.0 % of the light (between 27.9 and 28.6)" in english(said["clogging"].because)
    assert "about 0.31 % of the skin is brown spots (between 0.22 and 0.43)" in english(said["sun"].because)
    assert "about 3.6 points of redness apart (between 2.8 and 4.5)" in english(said["inflammation"].because)
    assert "about 1.42 times as long as wide" in english(said["age"].because)
    assert all(factor.rests_on[-1].key == "tone_curve" for key, factor in said.items() if key not in ("genetics",))


def test_what_the_photo_cannot_tell_is_said_so() -> None:
    said = told(index("shine", None), index("pigment_spots", None), index("redness_patches", None))
    assert "cannot tell how much the skin shines" in english(said["sebum"].because)
    assert "cannot tell how much of the skin is brown spots" in english(said["sun"].because)
    assert "Freckles" not in english(said["sun"].because)
    assert "cannot tell how patchy" in english(said["inflammation"].because)


def test_a_stretch_that_may_be_none_is_not_said_as_one() -> None:
    assert "no shared direction is clear" in english(told(index("stretch", 1.1, 1.0, 1.5))["age"].because)
    assert "all in one direction" in english(told(index("stretch", 1.6, 1.2, 2.1))["age"].because)


def test_the_indices_give_no_share() -> None:
    """No study ties an index to a share of the visible size."""
    assert [key for key, factor in told(index("shine", 50.0, 40.0, 60.0)).items() if factor.share] == ["sebum"]
    assert told(index("shine", 50.0, 40.0, 60.0))["sebum"].share == by_key()["sebum"].share


def test_answers_on_marks_and_acne_are_told_beside_the_photo() -> None:
    assert "brown patches or marks" in english(told(melasma_or_marks="yes")["sun"].because)
    assert "You often get acne" in english(told(acne_prone="yes")["inflammation"].because)


def test_a_twelve_year_old_can_read_it() -> None:
    """Flesch-Kincaid grade of a cause at most 8, of all together at most 7: the age of twelve to thirteen.

    Names of sources stand in brackets and are left out, as the page shows them as links.
    """
    said = told(
        index("shine", 12.4, 7.2, 19.8),
        index("dark_middles", 28.0, 20.0, 33.0),
        index("pigment_spots", 3.1, 2.2, 4.3),
        index("redness_patches", 3.6, 2.8, 4.5),
        index("stretch", 1.42, 1.0, 1.6),
    )
    texts = [re.sub(r" \([a-z_]+\d*[^)]*\)", "", english(factor.because)) for factor in said.values()]
    assert [round(grade(text), 1) for text in texts if grade(text) > 8.0] == []
    assert grade(" ".join(texts)) <= 7.0

"""Is this normal? By day, for each kind of laser."""

from __future__ import annotations

import pytest

from porelight import care, cite
from porelight.care.guide import LAST_GUIDE_DAY, SIGN_LEVELS, load_stages
from porelight.care.rules import laser_kinds
from porelight.refusal import Refusal
from tests.rows import each_row


def level(sign: str, day: int, laser: str = "co2") -> str:
    return next(found.level for found in care.make_day_guide(day, laser).signs if found.key == sign)


@each_row("laser", sorted(laser_kinds()))
def test_every_day_has_one_stage_and_its_signs_worst_first(laser: str) -> None:
    kind = laser_kinds()[laser].kind
    for day in range(LAST_GUIDE_DAY + 1):
        fitting = [row for row in load_stages() if kind in row["kinds"] and row["first"] <= day <= row["last"]]
        assert len(fitting) == 1
        places = [SIGN_LEVELS.index(sign.level) for sign in care.make_day_guide(day, laser).signs]
        assert places == sorted(places, reverse=True)


@each_row("laser", sorted(laser_kinds()))
@each_row("day", [0, 1, 5, 10, 30, 84])
def test_danger_is_never_called_normal(laser: str, day: int) -> None:
    assert level("eye", day, laser) == "emergency"
    assert level("breath", day, laser) == "emergency"
    for sign in ("blisters", "pus", "more_pain", "fever", "hard_spot"):
        assert level(sign, day, laser) == "call"


@each_row(
    ("sign", "last_normal", "then"),
    [("oozing", 1, "call"), ("swelling", 6, "call"), ("redness_open", 42, "photo"), ("scabs", 10, "photo")],
)
def test_what_is_normal_ends_on_its_day(sign: str, last_normal: int, then: str) -> None:
    """Oozing under 24 h and swelling under a week: uqu; redness of 95 of 100 under 6 weeks: derived from asj2010."""
    assert level(sign, last_normal) == "normal"
    assert level(sign, last_normal + 1) == then


def test_a_laser_that_leaves_the_surface_whole_should_not_bleed() -> None:
    assert level("fluid_closed", 0, "nafl_1550") == "call"
    assert level("redness_closed", 15, "nafl_1550") == "photo"


def test_a_brown_layer_is_normal_in_the_first_days_and_brown_patches_never_are() -> None:
    assert [level("brown_layer", day) for day in (0, 1, 10, 11, 28)] == ["photo", "normal", "normal", "photo", "photo"]
    assert {level("brown_patches", day) for day in range(LAST_GUIDE_DAY + 1)} == {"photo"}


@pytest.mark.parametrize("day", [-1, 85])
def test_a_day_outside_the_guide_is_refused(day: int) -> None:
    with pytest.raises(Refusal, match="day 0 to 84"):
        care.make_day_guide(day)


def test_lessons_say_what_a_laser_cannot_do_and_what_else_there_is() -> None:
    found = {lesson.key: lesson for lesson in care.load_lessons()}
    assert "cannot remove pores" in found["what_laser_cannot"].text
    assert {"do_nothing", "creams", "peels", "other_devices", "risks"} <= set(found)
    assert all(lesson.source.key in cite.sources() for lesson in found.values())

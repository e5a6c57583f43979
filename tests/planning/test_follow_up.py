"""A follow-up photo: read as one observation, or refused in one line with nothing changed."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from porelight import inputs, verbs
from porelight.fields import Interval
from porelight.message import message
from porelight.photo.compare.change import Change, Measure
from porelight.planning.follow_up import FollowUp, observe_change
from porelight.refusal import Refusal
from porelight.units import week
from tests.planning.made_up import census

if TYPE_CHECKING:
    from collections.abc import Callable


def change(**changes: Any) -> Change:
    measure = Measure("diameter", "", 10.0, 9.0, "px", Interval(-14.0, -10.0, -6.0, 0.95), 5.0, "smaller")
    values: dict[str, Any] = {each.name: None for each in dataclasses.fields(Change)}
    return Change(**(values | {"outcome": "sizes compared", "measures": (measure,)} | changes))


def test_a_comparison_is_one_observation_with_its_error() -> None:
    seen = observe_change(FollowUp(change(), 2, 4.0), 7 * week, 3)
    assert seen.starts == pytest.approx((0.0, 7.0))
    assert seen.week == pytest.approx(11.0)
    assert seen.change_pct == -10.0
    assert seen.error_pct == pytest.approx(4.0 / 1.96, rel=1e-3)


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        (lambda: observe_change(FollowUp(change(), 4, 4.0), 4 * week, 3), "no session 4"),
        (lambda: FollowUp(change(), 0, 4.0), "after_session"),
        (lambda: FollowUp(change(), 1, -1.0), "from before the session"),
        (lambda: FollowUp(change(), 1, float("nan")), "from before the session"),
        (lambda: FollowUp(change(), 1, 1e4), "weeks_after"),
        (
            lambda: observe_change(
                FollowUp(
                    change(outcome="sizes not comparable", measures=(), reason=message("forecast.no_scale")), 1, 4.0
                ),
                4 * week,
                3,
            ),
            "changes nothing: the photo has no scale",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(spoiled: Callable[[], object], said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        spoiled()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"after": ("a.jpg",)}, "not as many"),
        ({"after": ("a.jpg",), "after_session": 1}, "a census alone"),
        ({"after": ("a.jpg",), "after_session": (1,), "weeks_after": (4.0, 5.0)}, "photos and weeks"),
    ],
)
def test_photos_sessions_and_weeks_go_together(options: dict[str, Any], said: str) -> None:
    given = {"after": (), "after_session": (), "weeks_after": ()} | options
    with pytest.raises(Refusal, match=said):
        verbs._compare_follow_ups(census(), census(), um_per_px=None, **given)


def test_a_photo_older_than_the_first_is_refused(tmp_path: Path) -> None:
    paths = []
    for name, day in (("first.jpg", "2026:03:02 10:00:00"), ("older.jpg", "2026:02:01 10:00:00")):
        notes = Image.Exif()
        notes[0x0132] = day
        Image.new("RGB", (32, 32)).save(tmp_path / name, exif=notes)
        paths.append(tmp_path / name)
    with pytest.raises(Refusal, match="of 2026-02-01, older than the first of 2026-03-02"):
        inputs.check_follow_up(*paths)
    inputs.check_follow_up(*reversed(paths))

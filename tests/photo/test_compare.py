"""Two photos of the same skin: no change is none, a change is found, other skin is refused."""

import dataclasses

import numpy as np
import pytest

from porelight.photo.compare import chain as stage
from porelight.photo.compare.change import Change
from porelight.refusal import Refusal
from tests.photo.retakes import Shot, hand_held, skin, take

SIZE = (560, 700)
pytestmark = pytest.mark.slow


def pair(seed: int, shrink: float = 1.0, light_from: float = 200.0, shot: Shot | None = None) -> Change:
    rng = np.random.default_rng(seed)
    first = take(skin(seed, size=SIZE), Shot(), 2 * seed)
    second = take(skin(seed, size=SIZE, shrink=shrink, light_from=light_from), shot or hand_held(rng), 2 * seed + 1)
    return stage.compare_photos(first, second, um_per_px=60.0)


@pytest.mark.parametrize("seed", [31])
def test_two_photos_of_unchanged_skin_show_no_change(seed: int) -> None:
    assert pair(seed, light_from=230.0).result == "no detectable change"


@pytest.mark.parametrize("seed", [33])
def test_pores_a_fifth_smaller_are_found_so_within_four_points(seed: int) -> None:
    change = pair(seed, shrink=0.8)
    assert change.result == "smaller"
    assert change.measures[0].change_pct.mid == pytest.approx(-20.0, abs=4.0)


@pytest.mark.parametrize("softer", ["before", "after"])
def test_a_blur_of_one_pixel_in_one_photo_is_no_change(softer: str) -> None:
    soft, sharp = Shot(blur=float(np.hypot(0.7, 1.0))), Shot()
    first, second = (soft, sharp) if softer == "before" else (sharp, soft)
    light = skin(35, size=SIZE)
    change = stage.compare_photos(take(light, first, 1), take(light, second, 2), um_per_px=60.0)
    assert change.result == "no detectable change"
    count = change.of("count")
    assert count is not None
    assert count.result == "no detectable change"


@pytest.mark.parametrize("seed", [36])
def test_another_persons_skin_is_not_matched_and_nothing_more_is_claimed(seed: int) -> None:
    first, second = (take(skin(seed + 100 * k, size=SIZE), Shot(), seed + k) for k in range(2))
    with pytest.raises(Refusal, match=r"could not be matched.*does not mean that it shows another place"):
        stage.compare_photos(first, second, um_per_px=60.0)


def test_a_photo_from_closer_by_gives_the_same_change() -> None:
    shot = dataclasses.replace(Shot(), scale=1.3, angle=12.0)
    change = pair(38, shrink=0.8, shot=shot)
    assert change.registration.scale == pytest.approx(1.3, rel=0.01)
    assert change.measures[0].change_pct.mid == pytest.approx(-20.0, abs=4.0)


def test_the_other_way_round_gives_the_opposite_change() -> None:
    light = [skin(39, size=SIZE, shrink=shrink) for shrink in (1.0, 0.85)]
    photos = [take(each, Shot(), 90 + k) for k, each in enumerate(light)]
    forth = stage.compare_photos(photos[0], photos[1], um_per_px=60.0).measures[0]
    back = stage.compare_photos(photos[1], photos[0], um_per_px=60.0).measures[0]
    product = (1.0 + forth.change_pct.mid / 100.0) * (1.0 + back.change_pct.mid / 100.0)
    assert product == pytest.approx(1.0, abs=0.02)
    assert (forth.result, back.result) == ("smaller", "larger")

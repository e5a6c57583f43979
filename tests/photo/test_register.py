"""Skin is found again under another camera, place and light; other skin is not."""

import functools

import numpy as np
import pytest

from porelight.arrays import Plane
from porelight.photo.census import PoreCensus
from porelight.photo.compare.register import register_photos
from porelight.photo.compare.registration import Registration
from porelight.photo.decode import Picture
from porelight.photo.measure import measure
from porelight.photo.tone import linear, logarithm, luminance
from tests.photo.retakes import Shot, plane_map, skin, take

SIZE = (480, 600)
SEED = 51


def light(picture: Picture) -> Plane:
    return logarithm(luminance(linear(picture.pixels)))


@functools.cache
def first() -> tuple[Picture, PoreCensus]:
    picture = take(skin(SEED, size=SIZE), Shot(), 1)
    return picture, measure(picture, 60.0)


def registered(shot: Shot, seed: int = SEED, light_from: float = 200.0, shrink: float = 1.0) -> Registration | None:
    picture, census = first()
    other = take(skin(seed, size=SIZE, light_from=light_from, shrink=shrink), shot, 2)
    return register_photos(light(picture), light(other), census, measure(other, 60.0 / shot.scale))


def missed(found: Registration, shot: Shot) -> float:
    """Median distance [px] between where the map and the truth put places of the middle half, less its own middle.

    Light from another side moves all dots alike by about a pixel, so the middle of the misses is no fault.
    """
    y, x = (grid.ravel() for grid in np.mgrid[120:360:24, 150:450:24].astype(float))
    u, v, w = plane_map(shot, SIZE[1], SIZE[0]) @ np.stack([x, y, np.ones_like(x)])
    across, down = found.at(x, y)
    gap = np.stack([across - u / w, down - v / w])
    return float(np.median(np.hypot(*(gap - np.median(gap, axis=1, keepdims=True)))))


@pytest.mark.parametrize(
    ("shot", "light_from", "shrink"),
    [
        (Shot(), 200.0, 1.0),
        (Shot(shift=(40.0, -30.0), angle=15.0, exposure=0.7), 250.0, 1.0),
        (Shot(scale=1.3, balance=(1.1, 1.0, 0.9)), 200.0, 0.8),
        (Shot(perspective=(0.15, -0.1)), 200.0, 1.0),
        (Shot(angle=180.0), 200.0, 1.0),
    ],
    ids=["the same", "moved, turned, other light", "closer, smaller pores", "tilted", "upside down"],
)
def test_the_same_skin_is_found_within_a_fraction_of_a_pore(shot: Shot, light_from: float, shrink: float) -> None:
    found = registered(shot, light_from=light_from, shrink=shrink)
    assert found is not None
    assert missed(found, shot) < 0.6
    assert found.shared > 0.2 > 4.0 * found.by_chance
    middle = plane_map(shot, SIZE[1], SIZE[0])
    if shot.perspective == (0.0, 0.0):
        assert found.scale == pytest.approx(np.sqrt(np.linalg.det(middle[:2, :2])), rel=0.01)
        assert np.cos(np.radians(found.turn - shot.angle)) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.slow
def test_another_persons_skin_is_not_found() -> None:
    found = registered(Shot(), seed=SEED + 1)
    assert found is None or found.shared < 0.1


def test_the_way_back_undoes_the_way_there() -> None:
    found = registered(Shot(shift=(40.0, -30.0), angle=15.0))
    assert found is not None
    x, y = np.array([150.0, 300.0, 420.0]), np.array([130.0, 240.0, 350.0])
    back = found.back(*found.at(x, y))
    assert back[0] == pytest.approx(x, abs=0.01)
    assert back[1] == pytest.approx(y, abs=0.01)


def test_the_dense_map_is_the_map() -> None:
    found = registered(Shot(angle=15.0))
    assert found is not None
    y, x = np.mgrid[0:120, 0:160].astype(float) * 3.0
    assert np.stack(found.everywhere(x, y)) == pytest.approx(np.stack(found.at(x, y)), abs=0.1)
    slope = found.jacobian(np.array([300.0]), np.array([240.0]))[0]
    assert np.sqrt(np.linalg.det(slope)) == pytest.approx(found.scale, rel=0.02)

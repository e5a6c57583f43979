"""The iris as a ruler: drawn eyes of known width, a portrait, and when it must not be used."""

import dataclasses
import math

import numpy as np
import pytest

from porelight import cite, units
from porelight.photo.face.find_face import Face
from porelight.photo.face.iris import Iris, find_iris
from porelight.photo.face.iris_scale import scale_from_irises
from porelight.photo.face.network import load_network
from tests.photo.portraits import drawn_eye, found, near, with_closed_eyes

BROWN, BLUE, GREEN = (70, 45, 30), (95, 120, 150), (110, 110, 70)


def seen(width: float, share: float, colour: tuple[int, int, int], gaze: float = 0.0, mirrored: bool = False) -> Iris:
    eye = drawn_eye(width, share, colour, gaze)
    middle = (eye.shape[0] - 1) / 2.0
    corners = np.array([[middle - width / 2.0, middle], [middle + width / 2.0, middle]])
    return find_iris(load_network("iris_points"), eye, corners, mirrored)


@pytest.mark.parametrize("width", [25.0, 60.0, 120.0])
@pytest.mark.parametrize("colour", [BROWN, BLUE, GREEN])
def test_drawn_irises_are_measured_within_the_error_that_is_stated(width: float, colour: tuple[int, int, int]) -> None:
    """Twelve eyes each: of three widths, looking aside and straight, right and left."""
    ratios = []
    for share in (0.36, 0.40, 0.44):
        for gaze in (-0.06, 0.06):
            for mirrored in (False, True):
                iris = seen(width, share, colour, gaze, mirrored)
                assert iris.is_open
                assert iris.x - (round(2.6 * width) - 1) / 2.0 == pytest.approx(gaze * width, abs=0.02 * width + 0.2)
                ratios.append(iris.diameter / (share * width))
    stated = cite.table("photo")["iris_localisation"].si
    # 25 px carry an iris of 9 to 11 px.
    assert np.std(ratios) < stated
    assert np.mean(ratios) == pytest.approx(1.0, abs=stated)


def test_both_eyes_of_a_portrait_agree() -> None:
    right, left = found(near(8.0)).irises
    assert right.diameter == pytest.approx(left.diameter, rel=2.0 * cite.table("photo")["iris_localisation"].si)


@pytest.mark.parametrize("times", [4.0, 8.0, 16.0])
def test_the_scale_follows_the_size_of_the_photo(times: float) -> None:
    usual, other = scale_from_irises(found(near(6.0))), scale_from_irises(found(near(times)))
    assert usual is not None
    assert other is not None
    assert other.um_per_px * times == pytest.approx(usual.um_per_px * 6.0, rel=0.03)


def test_the_scale_of_a_portrait_gives_a_likely_distance_between_the_pupils() -> None:
    """Adults have about 63 mm with a standard deviation of 4 (recalled): within three of them and of our error."""
    face = found(near(8.0))
    scale = scale_from_irises(face)
    assert scale is not None
    right, left = face.irises
    apart = math.hypot(right.x - left.x, right.y - left.y) * scale.um_per_px * units.um / units.mm
    assert apart == pytest.approx(63.0, abs=3.0 * math.hypot(4.0, 63.0 * scale.relative_error))


def test_the_error_has_a_part_for_people_for_the_rim_and_for_depth() -> None:
    scale = scale_from_irises(found(near(8.0)))
    assert scale is not None
    rows = cite.table("photo")
    people = rows["iris_spread"].value / rows["iris_diameter"].value
    rim = rows["iris_localisation"].si / math.sqrt(2.0)
    depth = rows["face_depth"].value / rows["portrait_distance"].value
    assert scale.relative_error == pytest.approx(math.hypot(people, rim, depth), rel=0.02)
    assert scale.source == "iris"
    assert {rows[key] for key in ("iris_diameter", "iris_spread", "face_depth")} <= set(scale.rests_on)


def test_closed_eyes_give_no_scale() -> None:
    assert scale_from_irises(found(with_closed_eyes(near(5.0)))) is None


def changed(face: Face, **fields: float) -> Face:
    return dataclasses.replace(face, **fields)  # type: ignore[arg-type]


def test_a_head_turned_or_nodded_too_far_gives_no_scale() -> None:
    face = found(near(5.0))
    limit = cite.table("photo")["iris_turn"].value
    assert scale_from_irises(changed(face, yaw=limit - 0.5, pitch=0.0)) is not None
    for yaw, pitch in ((limit + 0.5, 0.0), (0.0, -limit - 0.5), (0.8 * limit, 0.8 * limit)):
        assert scale_from_irises(changed(face, yaw=yaw, pitch=pitch)) is None


def test_irises_that_are_not_alike_give_no_scale() -> None:
    face = found(near(5.0))
    right, left = face.irises
    larger = dataclasses.replace(left, diameter=1.25 * right.diameter)
    assert scale_from_irises(dataclasses.replace(face, irises=(right, larger))) is None


def test_an_iris_of_few_pixels_gives_no_scale() -> None:
    face = found(near(5.0))
    small = tuple(dataclasses.replace(iris, diameter=6.0) for iris in face.irises)
    assert scale_from_irises(dataclasses.replace(face, irises=small)) is None  # type: ignore[arg-type]


def test_the_number_is_marked_as_recalled() -> None:
    """A scale that rests on it says so: nothing recalled reaches a result in silence."""
    scale = scale_from_irises(found(near(5.0)))
    assert "recalled" in {row.confidence for row in cite.used(scale)}

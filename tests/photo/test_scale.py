"""Scales: one number, a plane at an angle, a bent sheet; and what a slant does to the shape of a pore."""

import dataclasses

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from porelight.photo.card.pose import _rotation_matrices
from porelight.photo.card.sheet import Sheet
from porelight.photo.scale import Scale, stretched, typed


def leaning(tilt: float, heading: float = 0.4, bend: float = 0.0, focal: float = 2000.0) -> Sheet:
    axis = np.radians(tilt) * np.array([-np.sin(heading), np.cos(heading), 0.0])
    shift = np.array([1e3, -2e3, 70.0 * focal])
    return Sheet(focal, (799.5, 599.5), _rotation_matrices(axis[None])[0], shift, bend, 0.7, 45e3)


def scale_of(sheet: Sheet) -> Scale:
    return Scale(70.0, 0.01, "card", sheet.homography, sheet.tilt, (), sheet)


def test_a_typed_scale_is_the_same_everywhere() -> None:
    scale = typed(60.0)
    places = np.array([0.0, 500.0]), np.array([10.0, 900.0])
    assert scale.at(*places) == pytest.approx(60.0)
    long, way = scale.straight(*places, np.array([1.2, 2.0]), np.array([10.0, 100.0]))
    assert long.tolist() == [1.2, 2.0]
    assert way.tolist() == [10.0, 100.0]


@settings(max_examples=40, deadline=None)
@given(tilt=st.floats(0.0, 40.0), heading=st.floats(0.0, 6.3), bend=st.floats(0.0, 2e-5), seed=st.integers(0, 1000))
@example(tilt=0.0, heading=0.0, bend=2.2250738585072014e-308, seed=0)  # overflowed once
def test_places_go_to_the_sheet_and_back(tilt: float, heading: float, bend: float, seed: int) -> None:
    sheet = leaning(tilt, heading, bend)
    points = np.random.default_rng(seed).uniform(-25e3, 25e3, (20, 2))
    assert sheet.unproject(*sheet.project(points).T) == pytest.approx(points, abs=1.0)


def test_slopes_are_those_of_the_projection() -> None:
    sheet = leaning(25.0, bend=1.0 / 50e3)
    points = np.random.default_rng(1).uniform(-60e3, 60e3, (50, 2))
    step = 1.0
    for axis in range(2):
        ahead = step * np.eye(2)[axis]
        slope = (sheet.project(points + ahead) - sheet.project(points - ahead)) / (2.0 * step)
        assert sheet.slopes(points)[:, :, axis] == pytest.approx(slope, rel=1e-6, abs=1e-9)


def test_a_bent_sheet_has_the_length_of_a_flat_one() -> None:
    """Arc length along the bend, from points a tenth of a mm apart in space."""
    sheet = leaning(0.0, bend=1.0 / 40e3)
    along = np.linspace(-60e3, 60e3, 1201)[:, None] * np.array([np.cos(0.7), np.sin(0.7)])
    spots = sheet._in_space(along)[0]
    assert np.linalg.norm(np.diff(spots, axis=0), axis=1).sum() == pytest.approx(120e3, rel=1e-5)


def test_a_flat_sheet_and_its_homography_agree() -> None:
    scale = scale_of(leaning(30.0))
    x, y = np.random.default_rng(2).uniform(0.0, 1200.0, (2, 30))
    plane = dataclasses.replace(scale, sheet=None)
    assert plane.jacobian(x, y) == pytest.approx(scale.jacobian(x, y), rel=1e-9)
    assert plane.at(x, y) == pytest.approx(scale.at(x, y), rel=1e-9)


def test_a_disc_on_leaning_skin_is_a_disc_again() -> None:
    """Seen at 30 degrees it is 1 / cos 30 times as long as wide in the middle of the picture; straight, it is round."""
    sheet = dataclasses.replace(leaning(30.0, 0.0), shift=np.array([0.0, 0.0, 140e3]))
    scale = scale_of(sheet)
    x, y = (np.array([each]) for each in sheet.centre)
    seen = stretched(sheet.slopes(np.zeros((1, 2))), np.ones(1), np.zeros(1))
    assert seen[0] == pytest.approx(1.0 / np.cos(np.radians(30.0)), rel=1e-6)
    assert seen[1] == pytest.approx(90.0)
    assert scale.straight(x, y, *seen)[0] == pytest.approx(1.0, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(long=st.floats(1.05, 2.5), way=st.floats(0.0, 179.0), seed=st.integers(0, 1000))
def test_a_pore_keeps_its_shape_through_slant_and_back(long: float, way: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    slopes = rng.uniform(-1.0, 1.0, (1, 2, 2)) + 1.5 * np.eye(2)
    there = stretched(slopes, np.array([long]), np.array([way]))
    back = stretched(np.asarray(np.linalg.inv(slopes), np.float64), *there)
    assert back[0] == pytest.approx(long, rel=1e-6)
    assert np.cos(2.0 * np.radians(back[1] - way)) == pytest.approx(1.0, abs=1e-6)


def test_a_turn_of_the_camera_leaves_shapes_as_they_are() -> None:
    """Directions count from the rows of the picture, so a card that lies askew must not turn them."""
    turn = _rotation_matrices(np.array([[0.0, 0.0, 0.9]]))[0]
    sheet = dataclasses.replace(leaning(0.0), rotation=turn, shift=np.array([0.0, 0.0, 140e3]))
    long, way = scale_of(sheet).straight(np.array([800.0]), np.array([600.0]), np.array([1.5]), np.array([35.0]))
    assert long == pytest.approx(1.5)
    assert way == pytest.approx(35.0)

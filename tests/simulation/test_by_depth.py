"""profile: a column whose every boundary is known, read by depth."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from porelight.simulation import by_depth
from porelight.units import ms, um
from tests.draw.columns import column, exactly

CELL = 5 * um


def test_rims_are_as_thick_as_they_are_at_every_depth_of_the_wall() -> None:
    simulation = column(400 * um, 60 * um)  # a cylinder; collagen set within 30 um of it
    found = by_depth.rims(simulation.crater, simulation.injury, 25)
    wall = [line for line in found if line.depth < 390 * um]
    assert [line.wall for line in wall] == pytest.approx([60 * um] * len(wall), abs=CELL)
    assert [line.rim for line in wall] == pytest.approx([30 * um] * len(wall), abs=CELL)
    assert found[-1].depth == pytest.approx(430 * um)
    assert found[-1].wall == 0.0


def test_nothing_harmed_has_no_rims() -> None:
    simulation = column(0.0)
    assert by_depth.rims(simulation.crater, simulation.injury, 25) == []


def test_a_funnel_has_the_wall_that_lies_between_its_rings() -> None:
    simulation = column(400 * um, 60 * um)
    grid = simulation.crater.grid
    funnel = np.maximum(300 * um - 3.0 * grid.r, 0.0)  # a cone of 100 um radius
    cone = dataclasses.replace(simulation.crater, depth=funnel)
    for line in by_depth.rims(cone, simulation.injury, 30):
        if line.depth < 280 * um:
            assert line.wall == pytest.approx(100 * um - line.depth / 3.0, abs=0.6 * CELL)


def test_the_longest_time_at_a_depth_is_that_of_tissue_which_is_left() -> None:
    simulation = column(400 * um, 60 * um)
    grid = simulation.crater.grid
    times = np.where(grid.r[None, :] < 60 * um, 50 * ms, np.where(grid.r[None, :] < 100 * um, 7 * ms, 0.0))
    times = times * (grid.z[:, None] < 500 * um)
    found = by_depth.longest(simulation.crater, times, 11)
    beside = [time for depth, time in found if depth < 395 * um]
    below = [time for depth, time in found if 410 * um < depth < 495 * um]
    assert beside == pytest.approx([7 * ms] * len(beside))  # where it stayed 50 ms, it is gone
    assert below == pytest.approx([50 * ms] * len(below))
    assert found[-1][0] == pytest.approx(500 * um)
    assert by_depth.longest(simulation.crater, None, 11) == []
    assert by_depth.longest(simulation.crater, np.zeros(grid.shape), 11) == []


def test_dead_cells_are_told_layer_by_layer() -> None:
    simulation = column(400 * um, 60 * um)  # cells dead within 60 um of the cylinder
    injury = dataclasses.replace(simulation.injury, epidermis=60 * um)
    found = by_depth.necrosis(simulation.crater, injury)
    assert found.epidermal_width == pytest.approx(240 * um, abs=2 * CELL)
    ring = np.pi * ((120 * um) ** 2 - (60 * um) ** 2)
    assert found.epidermal_volume == pytest.approx(ring * 60 * um, rel=0.1)
    assert found.dermal_depth == pytest.approx(460 * um)
    dead = dataclasses.replace(injury.dead, depth=exactly(50 * um))
    shallow = dataclasses.replace(injury, dead=dead)
    assert by_depth.necrosis(simulation.crater, shallow).dermal_depth == 0.0


def test_a_thinned_trace_keeps_its_ends_and_its_extremes() -> None:
    times = np.linspace(0.0, 1.0, 1000)
    values = np.sin(37.0 * times)
    values[137], values[631] = 5.0, -5.0
    found = by_depth.thinned(times, values)
    assert len(found) <= by_depth.TRACE_POINTS
    assert (found[0][0], found[-1][0]) == (0.0, 1.0)
    assert max(value for _, value in found) == 5.0
    assert min(value for _, value in found) == -5.0
    assert len(by_depth.thinned(times[:10], values[:10])) == 10

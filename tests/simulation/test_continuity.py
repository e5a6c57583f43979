"""Turning a dial a little moves the hole a little: no law has a switch that skin does not have."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from benchmarks.heat.continuity import DIALS, Dial, find_depths, find_jumps

from tests.rows import each_row

POINTS = 13
"""Of a whole dial: enough to see it rise and fall; the jumps once found are looked for in steps as small as theirs."""

# Where laws used to change: laser, what else is dialled, dial, from, to. Depths were 90 and 34, 448 and 167, 57 and
# 144, and 9 and 33 um on the two sides.
EDGES: tuple[tuple[str, dict[str, float], str, float, float], ...] = (
    ("eryag", {}, "density_pct", 0.0, 0.001),
    ("eryag", {"stack": 2, "density_pct": 0}, "repetition_hz", 5.0, 5.1),
    ("eryag", {"stack": 2, "density_pct": 0}, "repetition_hz", 10.0, 10.1),
    ("eryag", {"energy_mj": 100}, "spot_um", 999.0, 1000.0),
    ("eryag", {"density_pct": 0}, "pulse_us", 0.99, 1.0),
    ("eryag", {"density_pct": 0}, "pulse_us", 1.0, 1.01),
)


@pytest.mark.parametrize(("laser", "rest", "dial", "low", "high"), EDGES)
def test_no_law_jumps_where_one_takes_over_from_another(
    laser: str, rest: dict[str, float], dial: str, low: float, high: float
) -> None:
    (before, after), cells = find_depths(Dial(laser, dial, (low, high), rest), np.array([low, high]))
    # A hole is as deep as a whole number of cells, so each of the two is off by up to one.
    assert after == pytest.approx(before, rel=0.03, abs=2.0 * cells.max())


@each_row("dial", DIALS, ids=lambda dial: f"{dial.laser}-{dial.name}")
def test_depth_has_no_gap_along_a_dial(dial: Dial) -> None:
    values = dial.values(POINTS)
    depths, cells = find_depths(dial, values)
    assert np.ptp(depths) > 0.0
    for low, high in itertools.pairwise(range(POINTS)):
        if abs(depths[high] - depths[low]) > 0.25 * np.ptp(depths):
            # A steep stretch, or a step? Between its ends there must be values between.
            inside, rounded = find_depths(dial, np.geomspace(max(values[low], 1e-3 * values[high]), values[high], 7))
            assert np.abs(np.diff(inside)).max() - rounded.max() < 0.15 * np.ptp(depths)
    assert not (dial.rises and (np.diff(depths) < -cells[1:]).any())


def test_a_jump_would_be_found() -> None:
    depths, cells = np.concatenate([np.linspace(0.0, 1.0, 250), np.linspace(1.1, 2.0, 250)]), np.full(500, 0.02)
    ((where, share),) = find_jumps(depths, cells)
    assert where == 249
    assert share == pytest.approx(0.04)
    assert find_jumps(np.linspace(0.0, 2.0, 500), cells) == []

"""A laser column whose every boundary is known, for the tests of the sections."""

from __future__ import annotations

import numpy as np

from porelight.fields import Crater, EnergyBalance, Exposure, Extent, Grid, Injury, Recovery, Spread, Warming
from porelight.fields import Interval as Span
from porelight.simulation.model import Simulation
from porelight.units import celsius, day, um
from tests.planning import made_up


def exactly(length: float) -> Spread:
    return Spread(length, length, length)


def column(depth: float = 400 * um, radius: float = 60 * um, cell: float = 5 * um) -> Simulation:
    """A cylinder removed; collagen set within 30 um, cells dead within 60 um; heat falls by 1 C per um from 200 C."""
    grid = Grid(np.arange(0.0, 402 * um, cell), np.arange(0.0, 902 * um, cell))
    gone = np.where(grid.r < radius, depth, 0.0)
    out = np.maximum(grid.r[None, :] - radius, 0.0) if depth else grid.r[None, :] + 1.0
    below = np.maximum(grid.z[:, None] - depth, 0.0)
    far = np.hypot(out, below)
    heat = np.maximum(celsius(200.0) - far / um, celsius(34.0)) if depth else np.full(grid.shape, celsius(34.0))
    steps = [np.where(far < reach, 3.0, 0.01) for reach in (60 * um, 30 * um)]
    base = made_up.simulate(made_up.dial(20, 10))
    return Simulation(
        exposure=Exposure(made_up.skin(), base.setting, 307.0),
        crater=Crater(grid, gone, cell),
        warming=Warming(grid, heat, heat, np.array([0.0]), np.array([307.0]), EnergyBalance(0, 0, 0, 0, 0, 0), ()),
        injury=Injury(
            grid=grid,
            necrosis=steps[0],
            coagulation=steps[1],
            coagulated=Extent(
                Spread(depth, depth + 30 * um if depth else 0.0, depth + 50 * um),
                exactly(2 * (radius + 30 * um) if depth else 0.0),
            ),
            dead=Extent(exactly(depth + 60 * um if depth else 0.0), exactly(0.0)),
            rests_on=(),
        ),
        recovery=Recovery(*(Span(2 * day, 4 * day, 7 * day),) * 3, 0.1, 0.2, ()),
        seed=0,
        version="0",
    )

"""Depth of the hole along every dial, in small steps: ``python -m benchmarks.heat.continuity`` names every jump.

A jump is a step of more than :data:`LARGEST_STEP` of the range along the dial, beyond the one cell to which a depth is
rounded. Thresholds of nature are named in
:data:`THRESHOLDS`; anything else is a switch in a law that skin does not have. Takes minutes; the tests look at fewer
points and at the places where laws once jumped.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping
from typing import Final

import numpy as np

from porelight.arrays import Floats
from porelight.simulation.chain import simulate
from porelight.simulation.scenario import setting_from, skin_of
from porelight.units import um

POINTS: Final = 500
LARGEST_STEP: Final = 0.03
"""Of the range along the dial."""
BRIEF_COOLING: Final = 1e-3
"""The hole is made by then [s]."""

BURSTING: Final = "an intact surface bursts, and takes all the boiling tissue with it, or does not (choi1998)"
THRESHOLDS: Final = {("co2", "energy_mj"): BURSTING, ("co2", "spot_um"): BURSTING}


@dataclasses.dataclass(frozen=True)
class Dial:
    """One dial of one laser, from end to end, and what else is dialled."""

    laser: str
    name: str
    ends: tuple[float, float]
    rest: Mapping[str, float]
    rises: bool = False
    """Whether more of it must never make a shallower hole."""

    def values(self, points: int) -> Floats:
        """Even in the logarithm, and from zero where the dial starts there."""
        low, high = self.ends
        if low > 0.0:
            return np.geomspace(low, high, points)
        return np.append(0.0, np.geomspace(1e-3 * high, high, points - 1))


DIALS: Final = (
    Dial("eryag", "density_pct", (0.0, 2.0), {}),
    Dial("eryag", "repetition_hz", (1.5, 500.0), {"stack": 2, "density_pct": 0}),
    Dial("eryag", "spot_um", (150.0, 3000.0), {"energy_mj": 100}),
    Dial("eryag", "pulse_us", (0.2, 1000.0), {"density_pct": 0}),
    Dial("eryag", "energy_mj", (0.5, 100.0), {}, rises=True),
    Dial("co2", "energy_mj", (0.05, 200.0), {}, rises=True),
    Dial("co2", "spot_um", (80.0, 1500.0), {}),
    Dial("co2", "pulse_us", (10.0, 10000.0), {"energy_mj": 20}),
)


def find_depths(dial: Dial, values: Floats) -> tuple[Floats, Floats]:
    """Depth of the hole at values of the dial, and the height of the cell at its floor, to which it is rounded [m]."""
    skin = skin_of("III", "cheek")
    settings = (setting_from(dial.laser, {**dial.rest, dial.name: float(value)}) for value in values)
    craters = [simulate(each, skin, cooling_time=BRIEF_COOLING).crater for each in settings]
    return np.array([each.ablation_depth for each in craters]), np.array([each.resolution for each in craters])


def find_jumps(depths: Floats, cells: Floats) -> list[tuple[int, float]]:
    """Steps larger than :data:`LARGEST_STEP` of the range, less a cell: where, and their share of it."""
    rounded = np.maximum(cells[1:], cells[:-1])
    steps = (np.abs(np.diff(depths)) - rounded) / np.ptp(depths)
    return [(int(k), float(steps[k])) for k in np.flatnonzero(steps > LARGEST_STEP)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=POINTS)
    points = parser.parse_args().points
    for dial in DIALS:
        values = dial.values(points)
        depths, cells = find_depths(dial, values)
        largest = np.abs(np.diff(depths)).max() / np.ptp(depths)
        falls = " falls" if dial.rises and (np.diff(depths) < -cells[1:]).any() else ""
        reach = f"{depths.min() / um:.0f}-{depths.max() / um:.0f} um"
        print(f"{dial.laser} {dial.name}: {reach}, largest step {largest:.1%}{falls}", flush=True)
        for k, share in find_jumps(depths, cells):
            known = THRESHOLDS.get((dial.laser, dial.name), "A SWITCH")
            step = f"{depths[k] / um:.1f} to {depths[k + 1] / um:.1f} um, {share:.1%} and a cell"
            print(f"  {values[k]:g} to {values[k + 1]:g}: {step}, {known}", flush=True)


if __name__ == "__main__":
    main()

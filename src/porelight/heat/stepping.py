"""Super-time-stepping of second order, Runge-Kutta-Legendre (Meyer, Balsara and Aslam 2014): stages and step sizes."""

from __future__ import annotations

import dataclasses
import math
from typing import Final

import numpy as np

from porelight.arrays import Floats
from porelight.heat.packing import (
    BOILING_POINT,
    CONDUCTIVITY,
    CONDUCTIVITY_POINT,
    DRY,
    DRY_LOSS,
    FROZEN,
    ICE_GAIN,
    SLOPE,
    WET,
)

BLOCK_TOLERANCE: Final = 3.0
"""Greatest error that one cooling step may add in any cell of a block [K]."""

COOLING_TOLERANCE: Final = 20.0
"""The same of a column [K]. Only its first steps, where a cell at 350 C lies beside wet tissue, are held by it: from 3
to 20 K lengths move by 0.02 um at 20 mJ and by 0.3 um at 80 mJ, and cooling costs a third less."""

STEP_CHANGE: Final = 20.0
"""Greatest change of one cooling step in any cell [K], so that damage is integrated well."""

AT_REST: Final = 1e-5
"""Outside the window nothing has changed by more than this [K]."""

# The error estimate of Verwer: 0.8 (y0 - y1) + 0.4 dt (f0 + f1).
CHANGE_WEIGHT: Final = 0.8
ERROR_WEIGHT: Final = 0.4

PHASE_CHANGE_WEIGHT: Final = 0.02
"""Weight of the error of a cell that leaves or enters a change of phase within the step."""

MOST_STAGES: Final = 41
"""More bring little: the cost of a step grows with the root of its length."""

FIRST_STEP: Final = 4.0
"""First super-step, in stable explicit steps."""

# Bounds of the step from one to the next: a rejected step shrinks by at least a tenth and to no less than a fifth; an
# accepted one may shrink to 0.3 and grow to 1.4.
SAFETY: Final = 0.8
MOST_GROWTH: Final = 1.4
LEAST_GROWTH: Final = 0.3
RETRY_SHRINK: Final = (0.2, 0.9)


@dataclasses.dataclass(slots=True)
class StepControl:
    """Length of the super-steps of one cooling: the next from the error and the change of the last.

    Attributes:
        step: next step wanted [s].
        tolerance: greatest error of one step in one cell [K].
        greatest_change: of one step in one cell [K]; up to twice that is let pass.
    """

    step: float
    tolerance: float
    greatest_change: float

    def propose_step(self, stable: float, left: float) -> float:
        """The step to try [s], from the stable explicit step and the time that is left [s]."""
        return min(self.step, longest_step(stable), left)

    def accept_step(self, taken: float, stable: float, left: float, error: float, change: float) -> bool:
        """Whether a step of ``taken`` [s] is good enough; sets the length of the next, or of the next try.

        A step that is no longer than the stable explicit one is always taken: there is nothing smaller to fall back on.
        """
        grow = step_growth(error, change, self.tolerance, self.greatest_change)
        if (error > self.tolerance or change > 2.0 * self.greatest_change) and taken > stable:
            least, most = RETRY_SHRINK
            self.step = max(taken * min(max(grow, least), most), stable)
            return False
        # The last step before a moment that was asked for is cut short, and says nothing about the next.
        if taken < left:
            self.step = max(min(taken, self.step) * max(grow, LEAST_GROWTH), stable)
        return True


def step_growth(error: float, change: float, tolerance: float, greatest_change: float) -> float:
    """Factor for the next step from the error and the greatest change [K] of this one, for a method of order two."""
    free: float = SAFETY * (tolerance / max(error, 1e-9)) ** (1.0 / 3.0)
    return min(free, greatest_change / max(change, 1e-9), MOST_GROWTH)


def stages_for(ratio: float) -> int:
    """Odd number of stages that makes a step of ``ratio`` stable explicit steps stable."""
    stages = max(3, math.ceil(0.5 * (math.sqrt(9.0 + 16.0 * ratio) - 1.0) + 1e-9))
    return stages + 1 - stages % 2


def longest_step(stable: float) -> float:
    """Longest step [s] that :data:`MOST_STAGES` stages keep stable, from the stable explicit step [s]."""
    return stable * (MOST_STAGES * MOST_STAGES + MOST_STAGES - 2) / 4.0


def stage_weights(stages: int, step: float) -> Floats:
    """Weights (stages, 5) of every stage: of the last stage, the one before, the start, its rate and the first rate.

    Eqs. 14-17 of the paper, the rates' weights times ``step`` [s]. The first row gives the first stage from the start
    and its rate alone.
    """
    w = 4.0 / (stages * stages + stages - 2.0)
    b = [1.0 / 3.0] * 3 + [(q * q + q - 2.0) / (2.0 * q * (q + 1.0)) for q in range(3, stages + 1)]
    rows = [[1.0, 0.0, 0.0, 0.0, w / 3.0 * step]]
    for q in range(2, stages + 1):
        mu = (2.0 * q - 1.0) / q * b[q] / b[q - 1]
        nu = -(q - 1.0) / q * b[q] / b[q - 2]
        rows.append([mu, nu, 1.0 - mu - nu, mu * w * step, -(1.0 - b[q - 1]) * mu * w * step])
    return np.array(rows)


def fastest_diffusivity(rows: Floats, law: Floats, *, icy: bool) -> Floats:
    """Highest diffusivity [m2/s] that each material can have: wet at boiling, dry, or where it may freeze as ice."""
    conductivity = rows[:, CONDUCTIVITY] * (1.0 + (BOILING_POINT - CONDUCTIVITY_POINT) * law[SLOPE])
    fastest = np.maximum(conductivity / rows[:, WET], conductivity * (1.0 - law[DRY_LOSS]) / rows[:, DRY])
    if icy:
        fastest = np.maximum(fastest, conductivity * (1.0 + law[ICE_GAIN]) / rows[:, FROZEN])
    return np.asarray(fastest)

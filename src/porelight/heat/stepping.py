"""Super-time-stepping of second order, Runge-Kutta-Legendre (Meyer, Balsara and Aslam 2014): stages and step sizes."""

from __future__ import annotations

import math

import numpy as np

from porelight.arrays import Floats

KINK = 0.02
"""Weight of the error of a cell that leaves or enters a change of phase within the step."""

MOST_STAGES = 41
"""More bring little: the cost of a step grows with the root of its length."""


def stages_for(ratio: float) -> int:
    """Odd number of stages that makes a step of ``ratio`` stable explicit steps stable."""
    stages = max(3, math.ceil(0.5 * (math.sqrt(9.0 + 16.0 * ratio) - 1.0) + 1e-9))
    return stages + 1 - stages % 2


def longest(stable: float) -> float:
    """Longest step [s] that :data:`MOST_STAGES` stages keep stable, from the stable explicit step [s]."""
    return stable * (MOST_STAGES * MOST_STAGES + MOST_STAGES - 2) / 4.0


def weights(stages: int, step: float) -> Floats:
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


def growth(error: float, change: float, tolerance: float, warmest: float) -> float:
    """Factor for the next step from the error and the greatest change [K] of this one, for a method of order two."""
    free: float = 0.8 * (tolerance / max(error, 1e-9)) ** (1.0 / 3.0)
    return min(free, warmest / max(change, 1e-9), 1.4)

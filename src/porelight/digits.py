"""How many digits a number is good for: as many as its interval allows, and none more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from porelight.fields import Interval

GOAL_NEIGHBOURHOOD_PCT = 5.0
"""Distance to a goal within which a middle is given more finely."""


def round_middle(value: float, interval: Interval, goal: float | None = None) -> int:
    """A middle with the digits that the width of its interval allows: steps of 50, 10, 5 or 1.

    Near a goal the steps are at most 5, and a value that stays short of a goal is never rounded onto it (a goal is
    a fall, so short of it is above it).
    """
    step = _step(interval)
    if goal is None or abs(value - goal) > max(GOAL_NEIGHBOURHOOD_PCT, 0.5 * step):
        return step * round(value / step)
    near = min(step, 5)
    shown = near * round(value / near)
    return shown if (shown <= goal) == (value <= goal) else math.ceil(value) if value > goal else math.floor(value)


def round_outward(interval: Interval) -> tuple[int, int]:
    """Both ends, rounded away from the middle, so that the interval keeps all it had: steps of 50, 5 or 1."""
    step = min(_step(interval), 5) if interval.high - interval.low < 400.0 else 50
    return step * math.floor(interval.low / step), step * math.ceil(interval.high / step)


def _step(interval: Interval) -> int:
    width = interval.high - interval.low
    return next((step for least, step in ((400.0, 50), (40.0, 10), (10.0, 5)) if width >= least), 1)


def round_by_error(value: float, error: float) -> str:
    """A number with two figures, or one where its standard error is above a tenth of it."""
    if value <= 0.0:
        return "0"
    keep = 1 if error > 0.1 * value else 2
    places = keep - 1 - math.floor(math.log10(value))
    return f"{round(value, places):.{max(places, 0)}f}"

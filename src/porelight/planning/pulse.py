"""Shapes of a pulse: how its energy is spread over its duration."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from porelight.fields import Floats
from porelight.refusal import Refusal
from porelight.units import us


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """Share of the energy sent (0-1) at shares of the duration (0-1), both rising; linear between."""

    elapsed: Floats
    sent: Floats

    @property
    def finest(self) -> float:
        """Shortest piece, as a share of the duration: steps must be shorter."""
        return float(np.diff(self.elapsed).min())

    def __call__(self, elapsed: float) -> float:
        """Share of the energy sent after a share of the duration."""
        return float(np.interp(elapsed, self.elapsed, self.sent))


def superpulse(spikes: int, duty: float) -> Shape:
    """A train of equal spikes that are on for ``duty`` (0-1) of the time, the first from the start."""
    if spikes < 1 or not 0.0 < duty <= 1.0:
        raise Refusal(
            "a train needs spikes that are on", where="superpulse", advice="Use 1 spike or more and 0 < duty <= 1"
        )
    if duty == 1.0:
        return Shape(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    starts = np.arange(spikes) / spikes
    elapsed = np.append(np.stack([starts, starts + duty / spikes], axis=1).ravel(), 1.0)
    sent = np.append(np.repeat(np.arange(spikes + 1) / spikes, 2)[1:-1], 1.0)
    return Shape(elapsed, sent)


def trace(text: str, where: str) -> tuple[Shape, float, float]:
    """A measured pulse from comma-separated ``time_us,power_w`` lines, a heading allowed.

    Returns:
        Its shape, duration [s] and energy [J], by the trapezoid rule.

    Raises:
        Refusal: fewer than two points, times that do not rise, power that is negative or nothing throughout.
    """
    rows = [line.split(",") for line in text.splitlines() if line.strip()]
    if rows and not _is_number(rows[0][0]):
        rows = rows[1:]
    try:
        values = np.array([[float(cell) for cell in row] for row in rows])
    except ValueError:
        raise Refusal("a line is not two numbers", where=where, advice="Write time_us,power_w a line") from None
    if values.ndim != 2 or values.shape[1:] != (2,) or len(values) < 2 or not np.isfinite(values).all():
        raise Refusal("two points or more are needed", where=where, advice="Write time_us,power_w a line")
    time, power = values[:, 0] * us, values[:, 1]
    if not (np.diff(time) > 0.0).all():
        raise Refusal("times must rise", where=where, advice="Sort the lines by time, each time once")
    sent = np.append(0.0, np.cumsum(0.5 * (power[1:] + power[:-1]) * np.diff(time)))
    if (power < 0.0).any() or sent[-1] <= 0.0:
        raise Refusal("power must be positive", where=where, advice="Take off the zero line of the detector")
    duration, energy = float(time[-1] - time[0]), float(sent[-1])
    return Shape((time - time[0]) / duration, sent / energy), duration, energy


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False

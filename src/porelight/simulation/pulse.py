"""Shapes of a pulse: how its energy is spread over its duration."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from porelight.arrays import Floats
from porelight.frozen import frozen
from porelight.refusal import Refusal
from porelight.units import us

SHORTEST_PIECE: Final = 1 / 400
"""Shortest piece of a pulse that is followed, as a share of its duration."""
LONGEST_TRACE: Final = 1_000_000
"""Characters of the longest trace read."""


@frozen
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


@frozen
class Pulse:
    """The pulse asked for: its shape, None for square, and what a trace says of its duration [s] and energy [J]."""

    said: str
    shape: Shape | None = None
    duration: float | None = None
    energy: float | None = None


SQUARE_PULSE: Final = Pulse("square")


def pulse_from(name: str, spikes: int | None, duty_pct: float | None, read: Callable[[str], str]) -> Pulse:
    """The pulse of that name.

    Args:
        name: ``square``, ``superpulse``, or a file of ``time_us,power_w`` lines.
        spikes, duty_pct: of a superpulse, and of it alone: how many spikes, and the share of the time they are on.
        read: gives the text of a file.

    Raises:
        Refusal: a train without its numbers, numbers without a train, or a trace that cannot be used.
    """
    train = {"spikes": spikes, "duty_pct": duty_pct}
    if name == "superpulse":
        if spikes is None or duty_pct is None:
            missing = next(key for key, value in train.items() if value is None)
            advice = "Give spikes, and duty_pct, the share of the time for which they are on"
            raise Refusal("a superpulse is a train of spikes, and this is not said", where=missing, advice=advice)
        return Pulse(
            f"superpulse of {spikes} spikes, on {duty_pct:g} % of the time", make_superpulse(spikes, 0.01 * duty_pct)
        )
    for key, value in train.items():
        if value is not None:
            raise Refusal(f"a {name} pulse has none", where=key, advice="Use it with pulse_shape superpulse")
    if name == "square":
        return SQUARE_PULSE
    shape, duration, energy = read_trace(read(name), name)
    return Pulse("measured trace", shape, duration, energy)


def make_superpulse(spikes: int, duty: float) -> Shape:
    """A train of equal spikes that are on for ``duty`` (0-1) of the time, the first from the start."""
    if spikes < 1 or not 0.0 < duty <= 1.0:
        raise Refusal(
            "a train needs spikes that are on", where="superpulse", advice="Use 1 spike or more and 0 < duty <= 1"
        )
    if duty < 1.0 and min(duty, 1.0 - duty) / spikes < SHORTEST_PIECE:
        raise Refusal(
            f"{spikes} spikes on {duty:.2%} of the time are shorter than a {1.0 / SHORTEST_PIECE:.0f}th of the pulse",
            where="superpulse",
            advice="Use fewer: the heat of so many runs together, as under an even pulse",
        )
    if duty == 1.0:
        return Shape(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    starts = np.arange(spikes) / spikes
    elapsed = np.append(np.stack([starts, starts + duty / spikes], axis=1).ravel(), 1.0)
    sent = np.append(np.repeat(np.arange(spikes + 1) / spikes, 2)[1:-1], 1.0)
    return Shape(elapsed, sent)


def read_trace(text: str, where: str) -> tuple[Shape, float, float]:
    """A measured pulse from comma-separated ``time_us,power_w`` lines, a heading allowed.

    Returns:
        Its shape, duration [s] and energy [J], by the trapezoid rule.

    Raises:
        Refusal: fewer than two points, times that do not rise, power that is negative or nothing throughout.
    """
    if len(text) > LONGEST_TRACE:
        advice = "Keep a few thousand points of the pulse itself"
        raise Refusal(f"the trace has {len(text)} characters, more than {LONGEST_TRACE}", where=where, advice=advice)
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
    if (power < 0.0).any() or not 0.0 < sent[-1] < math.inf:
        raise Refusal("power must be positive", where=where, advice="Take off the zero line of the detector")
    duration, energy = float(time[-1] - time[0]), float(sent[-1])
    return _even_out(Shape((time - time[0]) / duration, sent / energy)), duration, energy


def _even_out(shape: Shape) -> Shape:
    """The same at even times where it is finer than can be followed; the energy up to each of them is kept."""
    if shape.finest >= SHORTEST_PIECE:
        return shape
    elapsed = np.linspace(0.0, 1.0, round(1.0 / SHORTEST_PIECE) + 1)
    return Shape(elapsed, np.interp(elapsed, shape.elapsed, shape.sent))


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False

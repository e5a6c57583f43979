"""Beams, each with its convention in its name. Radii and lengths [m]."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from porelight import units
from porelight.frozen import frozen
from porelight.light.monte_carlo import scene as names
from porelight.light.monte_carlo.scene import Rays
from porelight.refusal import Refusal

Centre = tuple[float, float]


@frozen
class Beam:
    """A beam, or several alike side by side: a pattern of columns, the incident energy shared evenly.

    ``focus`` is the depth below the outermost surface that every ray aims at, as if nothing refracted [m]; None for a
    collimated beam.
    """

    profile: str
    """``pencil``, ``gaussian_1e2`` or ``top_hat``"""
    radius: float
    focus: float | None = None
    centres: tuple[Centre, ...] = ((0.0, 0.0),)

    def __post_init__(self) -> None:
        where = f"{self.profile} beam"
        if self.profile != "pencil" and not 0.0 < self.radius < math.inf:
            raise Refusal(f"radius {self.radius} m is not positive", where=where, advice="Give a radius in metres")
        if self.focus is not None and not 0.0 < self.focus < math.inf:
            raise Refusal(
                f"focus {self.focus} m is not below the surface",
                where=where,
                advice="Give a depth above 0, or None for a collimated beam",
            )
        if not self.centres or not np.all(np.isfinite(self.centres)):
            raise Refusal("it has no usable centre", where=where, advice="Give finite centres in metres, at least one")

    @property
    def reach(self) -> float:
        """Distance from the axis to the outermost edge of the beam [m]: 1/e2 edge of a Gaussian."""
        return max(math.hypot(*centre) for centre in self.centres) + self.radius

    def rays(self) -> Rays:
        """The beam as the kernels read it."""
        kinds = {"pencil": names.PENCIL, "gaussian_1e2": names.GAUSSIAN, "top_hat": names.TOP_HAT}
        return Rays(
            kind=np.int32(kinds[self.profile]),
            radius=np.float32(self.radius / units.mm),
            focus=np.float32((self.focus or 0.0) / units.mm),
            centres=np.asarray(self.centres, np.float32) / np.float32(units.mm),
        )


def pencil() -> Beam:
    """All light in one ray, straight down on the axis."""
    return Beam("pencil", 0.0)


def gaussian_1e2(radius: float, focus: float | None = None) -> Beam:
    """Irradiance exp(-2 r2 / radius2): at ``radius`` it has fallen to 1/e2 of the middle."""
    return Beam("gaussian_1e2", radius, focus)


def top_hat(radius: float, focus: float | None = None) -> Beam:
    """Uniform irradiance out to ``radius``, none beyond."""
    return Beam("top_hat", radius, focus)


def square_pattern(beam: Beam, pitch: float, across: int) -> Beam:
    """A square pattern of ``across`` x ``across`` such beams, ``pitch`` apart, around the axis."""
    if across < 1 or not 0.0 < pitch < math.inf:
        raise Refusal(
            f"{across} columns across, {pitch} m apart, make no pattern",
            where="pattern of columns",
            advice="Give at least one column and a positive pitch in metres",
        )
    places = (np.arange(across) - 0.5 * (across - 1)) * pitch
    return dataclasses.replace(beam, centres=tuple((float(x), float(y)) for y in places for x in places))

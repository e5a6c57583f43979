"""Bodies that a medium may hold, each a convex quadric cut by two planes of its own frame, or a brick. Lengths [m].

Axes: ``x`` and ``y`` along the surface, ``z`` downwards from it.
"""

from __future__ import annotations

import math

import numpy as np

from porelight import units
from porelight.arrays import Floats
from porelight.frozen import frozen
from porelight.light.monte_carlo.scene import (
    VOLUME_CENTRE,
    VOLUME_COLUMNS,
    VOLUME_FRAME,
    VOLUME_HIGH,
    VOLUME_IS_BRICK,
    VOLUME_LOW,
    VOLUME_QUADRIC,
    VOLUME_WIDENING,
)
from porelight.refusal import Refusal

Point = tuple[float, float, float]


@frozen
class Ellipsoid:
    """A gland lobule: ``semi_axes`` along x, y and z after tilting ``axis`` from the vertical into that direction."""

    centre: Point
    semi_axes: Point
    axis: Point = (0.0, 0.0, 1.0)

    def __post_init__(self) -> None:
        _check_positive("ellipsoid", "semi-axis", *self.semi_axes)
        _check_direction("ellipsoid", self.axis)

    def row(self) -> Floats:
        """The quadric (x/a)2 + (y/b)2 + (z/c)2 - 1, scaled by the least axis squared to keep it near one."""
        # In millimetres and scaled: 32-bit kernels resolve numbers near one best.
        a, b, c = (axis / units.mm for axis in self.semi_axes)
        least = min(a, b, c) ** 2
        quadric = (least / a**2, least / b**2, least / c**2, 0.0, -least)
        return _pack_row(self.centre, self.axis, quadric, -2.0 * c, 2.0 * c, 0.0)

    def volume(self) -> float:
        """[m3]"""
        return 4.0 / 3.0 * math.pi * math.prod(self.semi_axes)


@frozen
class Cone:
    """A pore's funnel, or with equal radii a hair: a frustum between two centres, each end with its radius."""

    top: Point
    bottom: Point
    top_radius: float
    bottom_radius: float

    def __post_init__(self) -> None:
        _check_direction("cone", self._axis)
        for radius in (self.top_radius, self.bottom_radius):
            if not 0.0 <= radius < math.inf:
                _check_positive("cone", "radius", radius)
        _check_positive("cone", "larger radius", max(self.top_radius, self.bottom_radius))

    @property
    def _axis(self) -> Point:
        top, bottom = self.top, self.bottom
        return (bottom[0] - top[0], bottom[1] - top[1], bottom[2] - top[2])

    def row(self) -> Floats:
        """The quadric x2 + y2 - (r + k z)2 with z along the axis from the middle, r the middle radius."""
        length = math.dist(self.top, self.bottom) / units.mm
        top, bottom = self.top_radius / units.mm, self.bottom_radius / units.mm
        growth = (bottom - top) / length
        radius = 0.5 * (top + bottom)
        centre = tuple(0.5 * (a + b) for a, b in zip(self.top, self.bottom, strict=True))
        quadric = (1.0, 1.0, -(growth**2), -2.0 * radius * growth, -(radius**2))
        return _pack_row(centre, self._axis, quadric, -0.5 * length, 0.5 * length, growth)

    def volume(self) -> float:
        """[m3]"""
        a, b = self.top_radius, self.bottom_radius
        return math.pi / 3.0 * math.dist(self.top, self.bottom) * (a * a + a * b + b * b)


@frozen
class Brick:
    """A box with its sides along the axes, from its ``low`` corner to its ``high`` corner."""

    low: Point
    high: Point

    def __post_init__(self) -> None:
        _check_positive("brick", "side", *(b - a for a, b in zip(self.low, self.high, strict=True)))

    def row(self) -> Floats:
        """Centre and half lengths."""
        centre = tuple(0.5 * (a + b) for a, b in zip(self.low, self.high, strict=True))
        half = tuple(0.5 * (b - a) / units.mm for a, b in zip(self.low, self.high, strict=True))
        row = _pack_row(centre, (0.0, 0.0, 1.0), (*half, 0.0, 0.0), -half[2], half[2], 0.0)
        row[VOLUME_IS_BRICK] = 1.0
        return row

    def volume(self) -> float:
        """[m3]"""
        return math.prod(b - a for a, b in zip(self.low, self.high, strict=True))


Shape = Ellipsoid | Cone | Brick


def sphere(centre: Point, radius: float) -> Ellipsoid:
    """A ball."""
    return Ellipsoid(centre, (radius, radius, radius))


def cylinder(top: Point, bottom: Point, radius: float) -> Cone:
    """A straight hair, or a plug: a cone that does not narrow."""
    return Cone(top, bottom, radius, radius)


def _pack_row(
    centre: Point | tuple[float, ...], axis: Point, quadric: tuple[float, ...], low: float, high: float, widening: float
) -> Floats:
    row = np.zeros(VOLUME_COLUMNS)
    row[VOLUME_CENTRE : VOLUME_CENTRE + 3] = np.asarray(centre) / units.mm
    row[VOLUME_FRAME : VOLUME_FRAME + 9] = _axis_frame(axis).ravel()
    row[VOLUME_QUADRIC : VOLUME_QUADRIC + 5] = quadric
    row[VOLUME_LOW], row[VOLUME_HIGH], row[VOLUME_WIDENING] = low, high, widening
    return row


def _axis_frame(axis: Point) -> Floats:
    """Orthonormal rows: two across the axis, then the axis; the unit matrix for a vertical axis."""
    # Duff et al. 2017, as in step.py: no pole to step around, and the unit matrix for a vertical axis.
    w = np.asarray(axis, dtype=float) / math.hypot(*axis)
    side = 1.0 if w[2] >= 0.0 else -1.0
    a = -1.0 / (side + w[2])
    b = w[0] * w[1] * a
    u = np.array([1.0 + side * w[0] ** 2 * a, side * b, -side * w[0]])
    v = np.array([b, side + w[1] ** 2 * a, -w[1]])
    return np.array([u, v, w])


def _check_positive(where: str, word: str, *values: float) -> None:
    for value in values:
        if not 0.0 < value < math.inf:
            raise Refusal(f"{word} {value} m is not positive", where=where, advice="Give lengths in metres, above 0")


def _check_direction(where: str, axis: Point) -> None:
    if not 0.0 < math.hypot(*axis) < math.inf:
        raise Refusal(f"its axis {axis} has no direction", where=where, advice="Give two different end points")

"""The coloured part of the eye as a ruler: nearly as wide in every adult."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from porelight import cite
from porelight.arrays import Floats, Pixels, Plane
from porelight.frozen import frozen
from porelight.photo.face.network import Window, load_network
from porelight.photo.tone import linear, luminance

EYE_CORNERS: Final = ((33, 133), (362, 263))
"""Points of the face at the corners of the right and left eye, from the left of the picture to the right."""
EYE_WINDOW_RATIO: Final = 2.3
"""Side of the square in which an eye is looked at, by its width: as the network was trained."""
UPPER_LID: Final = (11, 12, 13)
LOWER_LID: Final = (3, 4, 5)
"""Middle points of the lids among those that the network answers with; 0 and 8 are the corners."""
OPEN_LID_GAP: Final = 0.2
"""Gap between the lids by the width of the eye, from which an eye is open."""
LIMBUS_CONTRAST: Final = 0.15
"""How much brighter the white of the eye is than the iris, by the brightest around; closed lids reach 0.07."""
LEAST_IRIS_PX: Final = 8.0
"""Width of an iris from which its rim can be told [px]."""
IRIS_SAMPLES: Final = 48
"""Samples across the iris: finer than any photo of a face shows it."""


@frozen
class Iris:
    """An iris as it is seen. With closed lids the place and width are guesses that nobody may use."""

    x: float
    """Column of the centre [px]."""
    y: float
    """Row of the centre [px]."""
    diameter: float
    """Along the line through both corners of the eye [px]."""
    error: float
    """Standard error of the diameter [px]."""
    is_open: bool
    """Whether the lids leave it to be seen, with a rim against the white on both sides."""


def find_irises(pixels: Pixels, points: Floats) -> tuple[Iris, Iris]:
    """The irises of a face with these points (468, 2) [px]: right and left eye of the patient."""
    look = load_network("iris_points")
    right, left = EYE_CORNERS
    return find_iris(look, pixels, points[list(right)], False), find_iris(look, pixels, points[list(left)], True)


def find_iris(look: Callable[[Plane], tuple[Floats, Floats]], pixels: Pixels, corners: Floats, mirrored: bool) -> Iris:
    """One iris, between corners (2, 2) [px] from left to right; ``mirrored`` for the left eye.

    The network tells where; the rim against the white of the eye tells how wide.
    """
    across = corners[1] - corners[0]
    width, angle = float(np.hypot(*across)), math.atan2(across[1], across[0])
    middle = corners.mean(axis=0)
    window = Window(float(middle[0]), float(middle[1]), EYE_WINDOW_RATIO * width, angle, mirrored)
    lids, rim = look(window.cut(pixels, 64))
    lid, centre = lids.reshape(71, 3)[:16, :2], rim.reshape(5, 3)[0, :2]
    gap = np.hypot(*(lid[list(UPPER_LID)] - lid[list(LOWER_LID)]).T).mean() / np.hypot(*(lid[8] - lid[0]))
    rough = float(np.hypot(*(rim.reshape(5, 3)[1, :2] - rim.reshape(5, 3)[3, :2]))) / 64.0 * window.side
    x, y = window.placed(centre[None] / 64.0)[0]
    shift, diameter, contrast = _fit_limbus(pixels, Window(float(x), float(y), 2.0 * rough, angle))
    x, y = x + shift * math.cos(angle), y + shift * math.sin(angle)
    error = diameter * cite.table("photo")["iris_localisation"].si
    return Iris(float(x), float(y), diameter, error, bool(gap > OPEN_LID_GAP and contrast > LIMBUS_CONTRAST))


def _fit_limbus(pixels: Pixels, window: Window) -> tuple[float, float, float]:
    """Shift of the centre, diameter [px] and contrast of the rim, searched near a rough circle half the window wide.

    The circle along whose left and right arcs the light rises most: Daugman's integro-differential operator, without
    the parts above and below that lids cover. Daugman, IEEE Trans Pattern Anal Mach Intell 15 (1993) 1148.
    """
    size = 2 * IRIS_SAMPLES
    light = luminance(linear(np.rint(255.0 * window.cut(pixels, size)).astype(np.uint8)))
    radii = np.arange(0.78, 1.26, 0.02) * IRIS_SAMPLES / 2.0
    shifts = np.arange(-0.18, 0.19, 0.03) * IRIS_SAMPLES / 2.0
    rises = _find_rises(light, radii, shifts)
    weakest = rises.min(axis=0)
    strength = rises.sum(axis=0) + weakest
    at_shift, at_radius = np.unravel_index(int(np.argmax(strength)), strength.shape)
    radius = float(radii[at_radius]) + 0.02 * IRIS_SAMPLES / 2.0 * _find_summit(strength[at_shift], int(at_radius))
    px = window.side / size
    return float(shifts[at_shift]) * px, 2.0 * radius * px, float(weakest[at_shift, at_radius])


def _find_rises(light: Plane, radii: Floats, shifts: Floats) -> Floats:
    """How much brighter it is just outside than just inside each circle, (2, shifts, radii): left and right arc."""
    from scipy.ndimage import gaussian_filter1d, map_coordinates

    middle = (light.shape[0] - 1) / 2.0
    angles = np.radians(np.linspace(-25.0, 40.0, 14))
    step = 0.02 * IRIS_SAMPLES / 2.0
    wide = np.arange(-8, len(radii) + 8) * step + radii[0]
    arcs = []
    for side in (-1.0, 1.0):
        x = middle + shifts[:, None, None] + side * wide[None, :, None] * np.cos(angles)
        y = middle + wide[None, :, None] * np.sin(angles) + np.zeros_like(x)
        along = np.median(map_coordinates(light, [y, x], order=1, mode="nearest"), axis=2)
        slope = gaussian_filter1d(along, 3.0, axis=1, order=1, mode="nearest")
        arcs.append(slope[:, 8:-8] * 12.0 / max(float(np.quantile(light, 0.9)), 1e-3))
    return np.array(arcs)


def _find_summit(values: Floats, best: int) -> float:
    """Where between samples the peak lies, by a parabola."""
    if not 0 < best < len(values) - 1:
        return 0.0
    before, here, after = values[best - 1 : best + 2]
    bend = before - 2.0 * here + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0.0 else 0.0

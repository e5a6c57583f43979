"""The outline of each pore: an ellipse with a soft edge, fitted to the light around it.

The edge may be softer than the camera's: what is measured is where the light has fallen half way, which blur moves
little as long as the pore is wider than the blur.
"""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from porelight.arrays import Floats, Mask, Plane
from porelight.photo.pores.dots import Dots
from porelight.photo.tone import blur

Whole = NDArray[np.int64]

DOTS_PER_THREAD: Final = 256
"""Dots that one thread fits at a time."""
RADIUS: Final = float(np.sqrt(2.0))
"""Radius by scale of a disc whose dotness is greatest (exact for a Gaussian dip of that width)."""
PRIOR_SPREADS: Final = (0.30, 0.35, 0.25)
"""How far log radius, log edge and log elongation may stray freely: standard deviations of their priors."""
EDGE_RATIO: Final = 0.45
"""Usual softness of the edge by radius."""
STIFFNESS: Final = np.array(
    [
        1.0,
        1.0,
        *(1.0 / np.array([PRIOR_SPREADS[0], PRIOR_SPREADS[2], PRIOR_SPREADS[2], PRIOR_SPREADS[1]]) ** 2),
        0,
        0,
        0,
        0,
    ]
)
"""Pull of each number of the fit towards its start."""
X, Y, SIZE, LONG, SLANT, SOFT, DEPTH, LEVEL, TILT_X, TILT_Y = range(10)


@dataclasses.dataclass(frozen=True, slots=True)
class Outlines:
    """One entry per dot, shape (n,), in px of the fitted plane; ``depth`` in log luminance."""

    x: Floats
    y: Floats
    radius: Floats
    radius_error: Floats
    """Standard error of :attr:`radius` from the scatter of the light around the fitted shape."""
    elongation: Floats
    direction: Floats
    edge: Floats
    depth: Floats
    noise: Floats
    """Scatter of the light around the fitted shape [log luminance]."""
    clear: Floats
    """How plainly it is a dot, or once it is judged, a pore."""

    def where(self, keep: Mask) -> Outlines:
        return Outlines(**{field.name: getattr(self, field.name)[keep] for field in dataclasses.fields(self)})


def outlines(plane: Plane, found: Dots) -> Outlines:
    """Fits every dot; ``plane`` is log luminance with glints cut off."""
    import cv2

    from porelight.photo.pores import fit_kernel

    count = found.x.size
    rows, columns = found.y.astype(np.int64), found.x.astype(np.int64)
    starts = _starts(plane, found, rows, columns)
    lows, highs = _limits(starts, found)
    reaches, halves = 1.6 * RADIUS * found.scale, np.ceil(2.9 * found.scale).clip(5, 24).astype(np.int64)
    at, variances, normals = np.empty((count, 10)), np.empty(count), np.empty((count, 10, 10))
    likeness = np.empty((2, count))

    def chunk(begin: int) -> None:
        these = slice(begin, begin + DOTS_PER_THREAD)
        place = rows[these], columns[these], halves[these], reaches[these]
        bounds = starts[these], lows[these], highs[these], STIFFNESS
        filled = at[these], variances[these], normals[these], likeness[0, these], likeness[1, these]
        fit_kernel.fit(plane, *(*place, *bounds, *filled))

    with ThreadPoolExecutor(max(1, cv2.getNumThreads())) as pool:
        list(pool.map(chunk, range(0, count, DOTS_PER_THREAD)))
    spread = _spread(normals, variances * _likeness(found, *likeness))
    return _described(at, found, variances, spread)


def _starts(plane: Plane, found: Dots, rows: Whole, columns: Whole) -> Floats:
    """Where the fit of each dot begins (n, 10): round, as wide as its scale, as dark as its middle."""
    around = blur(plane, 1.6 * float(np.median(found.scale))) if found.x.size else plane
    level, middle = around[rows, columns].astype(np.float64), plane[rows, columns]
    starts = np.zeros((found.x.size, 10))
    starts[:, SIZE] = np.log(RADIUS * found.scale)
    starts[:, SOFT] = np.log(EDGE_RATIO * RADIUS * found.scale)
    starts[:, LEVEL] = level + 0.2 * (level - middle)
    starts[:, DEPTH] = np.maximum(starts[:, LEVEL] - middle, 0.02)
    return starts


def _limits(starts: Floats, found: Dots) -> tuple[Floats, Floats]:
    """Between which each number of the fit stays (n, 10)."""
    lows, highs = np.full_like(starts, -np.inf), np.full_like(starts, np.inf)
    size, reach = starts[:, SIZE, None], 1.2 * found.scale[:, None]
    lows[:, [X, Y]], highs[:, [X, Y]] = -reach, reach
    lows[:, [LONG, SLANT]], highs[:, [LONG, SLANT]] = -0.9, 0.9
    lows[:, [SIZE, SOFT]], highs[:, [SIZE, SOFT]] = size - np.array([1.1, 2.2]), size + np.array([0.9, 0.2])
    return lows, highs


def _spread(normals: Floats, seen: Floats) -> Floats:
    """Standard errors (n,) of log radius, given the variance of independent light."""
    lower = np.tril(normals)
    whole = lower + np.tril(normals, -1).transpose(0, 2, 1)
    inverse = np.linalg.inv(whole / seen[:, None, None] + np.diag(STIFFNESS + 1e-6))
    return np.asarray(np.sqrt(inverse[:, SIZE, SIZE]))


def _likeness(found: Dots, near: Floats, square: Floats) -> Floats:
    """How many neighbouring pixels say the same (both ways), from the likeness of next neighbours at one scale."""
    _, group = np.unique(found.scale, return_inverse=True)
    alike = np.bincount(group, near) / np.maximum(np.bincount(group, square), 1e-12)
    alike = alike.clip(0.0, 0.9)
    return np.asarray(((1.0 + alike) / (1.0 - alike))[group])


def _described(at: Floats, found: Dots, variances: Floats, spread: Floats) -> Outlines:
    stretch = np.hypot(at[:, LONG], at[:, SLANT])
    radius = np.exp(at[:, SIZE])
    return Outlines(
        x=found.x.astype(int) + at[:, X],
        y=found.y.astype(int) + at[:, Y],
        radius=radius,
        radius_error=radius * spread,
        elongation=np.exp(2.0 * stretch),
        direction=np.degrees(0.5 * np.arctan2(at[:, SLANT], at[:, LONG])) % 180.0,
        edge=np.exp(at[:, SOFT]),
        depth=at[:, DEPTH],
        noise=np.sqrt(variances),
        clear=found.strength,
    )

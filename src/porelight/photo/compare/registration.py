"""A map from the places of one photo to those of another: a plane map and a smooth bend."""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight.arrays import Floats, Mask
from porelight.frozen import frozen

DENSE_STEP: Final = 8
"""Pixels between places at which a dense map is computed; between them it is straight."""
INVERSE_STEPS: Final = 3
"""Newton steps that take the bend out of the way back: the bend is a few px, so each gains two digits."""


@frozen
class Registration:
    """A map from the places of one photo to those of another, and how well it holds. All in px of the photos."""

    plane: Floats
    """(3, 3), from the first photo to the second."""
    nodes: Floats
    """(rows, columns, 2): what the smooth warp adds on an even grid over the first photo [px of the second]."""
    size: tuple[int, int]
    """Height and width of the first photo."""
    places: int
    """Different places at which the textures agree on the plane map; 0 where only the dots were recognised."""
    bend: float | None
    """How far those places lie from a similarity, by their extent; None where only the dots were recognised."""
    features: int
    """Dots of both photos that are partners under the map."""
    shared: float
    """Share of the dots in the common area that found a partner, each way the lesser."""
    by_chance: float
    """The share that a map of other skin would give."""
    residual: float | None
    """Root mean square distance of partners [px of the second photo]; None where there are none."""
    scale: float
    """Px of the second photo per px of the first, in the middle of the common area."""
    stretch: float
    """How much more the map stretches one direction than the other there, at least 1: of another angle."""
    turn: float
    """Roll of the camera between the photos [degrees]."""
    overlap: float
    """Share of the first photo that the second shows."""
    scale_error: float
    """Relative standard error of :attr:`scale`."""

    def at(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Places in the second photo of places in the first, any shape."""
        shape = np.shape(x)
        u, v = map_places(self.plane, np.ravel(x).astype(np.float64), np.ravel(y).astype(np.float64))
        across, down = bend_places(self.nodes, self.size, np.ravel(x), np.ravel(y))
        return (u + across).reshape(shape), (v + down).reshape(shape)

    def everywhere(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """:meth:`at` for an even grid (h, w): computed at every eighth place, straight between."""
        import cv2

        rows, columns = x.shape
        pitch = float(x[0, 1] - x[0, 0])
        steps = [
            start + pitch * np.arange(0, side + DENSE_STEP, DENSE_STEP)
            for start, side in ((y[0, 0], rows), (x[0, 0], columns))
        ]
        v, u = np.meshgrid(*steps, indexing="ij")
        where = np.mgrid[0:rows, 0:columns].astype(np.float32) / DENSE_STEP
        across, down = (
            cv2.remap(plane.astype(np.float32), where[1], where[0], cv2.INTER_LINEAR) for plane in self.at(u, v)
        )
        return np.asarray(across, np.float64), np.asarray(down, np.float64)

    def back(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Places in the first photo of places (n,) in the second: the inverse plane map, bettered three times."""
        inverse = np.asarray(np.linalg.inv(self.plane), np.float64)
        u, v = map_places(inverse, x, y)
        for _ in range(INVERSE_STEPS):
            there = self.at(u, v)
            step = np.linalg.solve(self.jacobian(u, v), np.stack([x - there[0], y - there[1]], axis=-1)[..., None])
            u, v = u + step[:, 0, 0], v + step[:, 1, 0]
        return u, v

    def jacobian(self, x: Floats, y: Floats) -> Floats:
        """d(px of the second) / d(px of the first) at places (n,), shape (n, 2, 2)."""
        step = 2.0
        right, left = self.at(x + step, y), self.at(x - step, y)
        below, above = self.at(x, y + step), self.at(x, y - step)
        rows = [np.stack([right[k] - left[k], below[k] - above[k]], axis=-1) / (2.0 * step) for k in range(2)]
        return np.stack(rows, axis=-2)


def map_places(plane: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Where a plane map (3, 3) puts places (n,)."""
    u, v, w = (plane[row, 0] * x + plane[row, 1] * y + plane[row, 2] for row in range(3))
    return u / w, v / w


def bend_places(nodes: Floats, size: tuple[int, ...], x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """What the nodes add at places (n,), by cubic splines between them."""
    from scipy.ndimage import map_coordinates

    rows = np.asarray(y) / max(size[0] - 1, 1) * (nodes.shape[0] - 1)
    columns = np.asarray(x) / max(size[1] - 1, 1) * (nodes.shape[1] - 1)
    across, down = (map_coordinates(nodes[..., k], [rows, columns], order=3, mode="nearest") for k in range(2))
    return across, down


def slope_of(plane: Floats, x: float, y: float) -> Floats:
    """d(mapped place) / d(place) of a plane map at one place, (2, 2)."""
    u, v, w = plane @ np.array([x, y, 1.0])
    return np.array([[(plane[k, j] * w - top * plane[2, j]) / w**2 for j in range(2)] for k, top in enumerate((u, v))])


def stretch_of(slope: Floats) -> float:
    """How much more a slope stretches one direction than the other, at least 1."""
    long, short = np.linalg.svd(slope, compute_uv=False)
    return float(long / max(short, 1e-9))


def turn_of(slope: Floats) -> float:
    """Roll of a slope [degrees]."""
    return float(np.degrees(np.arctan2(slope[1, 0] - slope[0, 1], slope[0, 0] + slope[1, 1])))


def is_inside(places: Floats, shape: tuple[int, ...]) -> Mask:
    """Which places (n, 2) lie in a picture of that height and width."""
    inside: Mask = np.all((places >= 0.0) & (places < [shape[1], shape[0]]), axis=1)
    return inside


def overlap_of(plane: Floats, size: tuple[int, int], other: tuple[int, int]) -> float:
    """Share of the first photo that a plane map puts into the second."""
    rows, columns = np.meshgrid(np.linspace(0, size[0] - 1, 40), np.linspace(0, size[1] - 1, 40), indexing="ij")
    moved = np.stack(map_places(plane, columns.ravel().astype(np.float64), rows.ravel().astype(np.float64)), axis=-1)
    return float(is_inside(moved, other).mean())

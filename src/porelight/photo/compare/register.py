"""Where the skin of one photo lies in another: by the constellation of its dark dots, then by a smooth warp.

Light from another side turns relief over: what was bright becomes dark. The dots stay dark, because a pore holds its
own shadow. So features are taken from the dots alone, each described by the dots around it; a plane map is fitted to
those that agree, and what is left is bent smoothly, more slowly than from pore to pore, so that no pore can be bent
larger.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np

from porelight.arrays import Floats, Indices, Mask, Pixels, Plane
from porelight.frozen import frozen
from porelight.photo.census import PoreCensus
from porelight.photo.pores.dots import Dots, dots
from porelight.photo.pores.fit import RADIUS
from porelight.photo.tone import blur

Bytes = Pixels

DOT: Final = 1.9
"""Dot scale on the raster that photos are registered on [px]."""
CLEAR: Final = 0.55
"""Strength from which a dot is a feature."""
MOST: Final = 900
"""Features of a photo: the clearest, which another photo shows as well."""
CHART: Final = 2
"""Px of the raster per px of the chart of dots that features are described from."""
BLOB: Final = 4.0
"""Width of a dot on the chart [px of the raster]."""
SIZES: Final = (14.0, 24.0)
"""Sizes of the neighbourhoods that are described [px of the raster]: wide ones hold where few dots are shared."""
LIKELY: Final = 0.85
"""Distance of the best description by that of the second best, under which a feature counts as recognised."""
LOOSE: Final = 9.0
"""How far a feature may lie from the plane map [px of the raster]: skin is bent, and faces are round."""
ENOUGH: Final = 14
"""Features that agree on one map, from which it is looked at further."""
TURNS: Final = tuple(float(turn) for turn in (0, -25, 25, -50, 50, -75, 75, 180, -105, 105, -130, 130, -155, 155))
"""Rolls of the camera that are tried [degrees]."""
SIZINGS: Final = (1.0, 1.3, 1 / 1.3)
"""Errors of the relative scale that are tried: pores that shrank are of another scale than their skin."""
NEAR: Final = 2.2
"""How far a dot may lie from its partner after the warp [px of the raster]: less than a pore's radius."""
NODES: Final = 9
"""Nodes of the smooth warp along the longer side."""
REACH: Final = 0.16
"""Width of a node's neighbourhood by the longer side."""
ROUNDS: Final = 4
THIN: Final = 8
"""Pixels between places at which a dense map is computed."""


@frozen
class Registration:
    """A map from the places of one photo to those of another, and how well it holds. All in px of the photos."""

    plane: Floats
    """(3, 3), from the first photo to the second."""
    nodes: Floats
    """(rows, columns, 2): what the smooth warp adds on an even grid over the first photo [px of the second]."""
    size: tuple[int, int]
    """Height and width of the first photo."""
    features: int
    """Features that agree on the plane map."""
    shared: float
    """Share of the dots in the common area that found a partner, each way the lesser."""
    by_chance: float
    """The share that a map of other skin would give."""
    residual: float
    """Root mean square distance of partners [px of the second photo]."""
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
        u, v = _mapped(self.plane, np.ravel(x).astype(np.float64), np.ravel(y).astype(np.float64))
        across, down = _bend(self.nodes, self.size, np.ravel(x), np.ravel(y))
        return (u + across).reshape(shape), (v + down).reshape(shape)

    def everywhere(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """:meth:`at` for an even grid (h, w): computed at every eighth place, straight between."""
        import cv2

        rows, columns = x.shape
        pitch = float(x[0, 1] - x[0, 0])
        steps = [
            start + pitch * np.arange(0, side + THIN, THIN) for start, side in ((y[0, 0], rows), (x[0, 0], columns))
        ]
        v, u = np.meshgrid(*steps, indexing="ij")
        where = np.mgrid[0:rows, 0:columns].astype(np.float32) / THIN
        across, down = (cv2.remap(plane, where[1], where[0], cv2.INTER_LINEAR) for plane in self.at(u, v))
        return np.asarray(across, np.float64), np.asarray(down, np.float64)

    def back(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Places in the first photo of places (n,) in the second: the inverse plane map, bettered three times."""
        inverse = np.asarray(np.linalg.inv(self.plane), np.float64)
        u, v = _mapped(inverse, x, y)
        for _ in range(3):
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


def register(before: Plane, after: Plane, census_before: PoreCensus, census_after: PoreCensus) -> Registration | None:
    """The map from one photo's skin to the same skin in another; None where no such skin is found.

    Args:
        before: log luminance (h, w) of the first photo.
        after: the same of the second.
        census_before: its pores: their size sets the raster on which features are looked for.
        census_after: the same of the second.
    """
    first, second = _sky(before, census_before), _sky(after, census_after)
    if first is None or second is None:
        return None
    plane = _plane(first, second)
    return None if plane is None else _refined(plane, first, second, before.shape, after.shape)


@dataclasses.dataclass(frozen=True, slots=True)
class _Sky:
    """The dots of one photo on its raster; ``factor`` is px of the photo per px of the raster."""

    found: Dots
    chart: Bytes
    shape: tuple[int, int]
    factor: float

    @property
    def places(self) -> Floats:
        return np.stack([self.found.x, self.found.y], axis=-1)


def _sky(light: Plane, census: PoreCensus) -> _Sky | None:
    import cv2

    if not len(census.pores):
        return None
    factor = max(float(np.median(census.pores.diameter)) / (2.0 * RADIUS * DOT), 1.0)
    height, width = (max(32, round(side / factor)) for side in light.shape)
    small = np.asarray(cv2.resize(light, (width, height), interpolation=cv2.INTER_AREA), np.float32)
    found = dots(small, DOT)
    found = found.where(found.strength > CLEAR)
    if found.x.size < ENOUGH:
        return None
    return _Sky(found, _chart(found, (height, width)), (height, width), factor)


def _chart(found: Dots, shape: tuple[int, int]) -> Bytes:
    """The dots alone, each a blob as bright as it is clear."""
    chart = np.zeros((shape[0] // CHART + 1, shape[1] // CHART + 1), np.float32)
    chart[found.y.astype(int) // CHART, found.x.astype(int) // CHART] = np.minimum(found.strength, 1.5) ** 2 / 2.0
    width = BLOB / CHART
    shown: Bytes = np.clip(255.0 * 2.0 * np.pi * width**2 * blur(chart, width), 0, 255).astype(np.uint8)
    return shown


def _plane(first: _Sky, second: _Sky) -> Floats | None:
    """The plane map between the rasters on which most features agree, of all turns until one is plain."""
    described = _described(first, 0.0, 1.0)
    best: tuple[int, Floats | None] = (ENOUGH - 1, None)
    for turn in TURNS:
        for sizing in SIZINGS:
            count, plane = _agreed(first, second, described, _described(second, turn, sizing))
            if plane is not None and count > best[0]:
                best = (count, plane)
            if best[0] >= 3 * ENOUGH:
                return best[1]
    return best[1]


def _described(sky: _Sky, turn: float, sizing: float) -> list[Plane]:
    """The neighbourhoods of the clearest dots, seen by a camera turned and sized like that."""
    import cv2

    sift = cv2.SIFT.create()
    places = (sky.places[:MOST] / CHART).tolist()
    said = []
    for size in SIZES:
        keys = [cv2.KeyPoint(x, y, size * sizing / CHART, turn % 360.0, 1.0, 0) for x, y in places]
        kept, description = sift.compute(sky.chart, keys)
        assert len(kept) == len(keys), "a feature was dropped"
        said.append(np.asarray(description, np.float32))
    return said


def _agreed(first: _Sky, second: _Sky, one: list[Plane], other: list[Plane]) -> tuple[int, Floats | None]:
    """How many recognised features agree on one sensible plane map, and the map."""
    import cv2

    pairs = np.concatenate([_recognised(mine, others) for mine, others in zip(one, other, strict=True)])
    pairs = np.unique(pairs, axis=0)
    if len(pairs) < ENOUGH:
        return 0, None
    source, target = first.places[pairs[:, 0]], second.places[pairs[:, 1]]
    plane, kept = cv2.findHomography(source, target, cv2.USAC_MAGSAC, LOOSE, maxIters=4000, confidence=0.999)
    if plane is None or not _sensible(np.asarray(plane), first.shape):
        return 0, None
    places = np.unique(np.round(source[kept.ravel() > 0] / BLOB), axis=0)
    return len(places), np.asarray(plane, np.float64)


def _recognised(one: Plane, other: Plane) -> Indices:
    """Pairs (n, 2) of descriptions that are nearest to each other and clearly nearer than the next."""
    square = np.sum(one**2, 1)[:, None] + np.sum(other**2, 1)[None] - 2.0 * one @ other.T
    near = np.argpartition(square, 1, axis=1)[:, :2]
    rows = np.arange(len(one))
    pair = np.sqrt(np.maximum(np.take_along_axis(square, near, axis=1), 0.0))
    best = near[rows, np.argmin(pair, axis=1)]
    mutual = np.argmin(square, axis=0)[best] == rows
    clear = pair.min(1) < LIKELY * pair.max(1)
    pairs: Indices = np.stack([rows, best], axis=-1)[clear & mutual]
    return pairs


def _sensible(plane: Floats, shape: tuple[int, ...]) -> bool:
    """Whether a plane map neither mirrors nor folds nor collapses the picture."""
    height, width = shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    if np.any(plane[2, 0] * corners[:, 0] + plane[2, 1] * corners[:, 1] + plane[2, 2] <= 0.05 * abs(plane[2, 2])):
        return False
    middle = _slope(plane, 0.5 * width, 0.5 * height)
    area, stretch = np.linalg.det(middle), _stretch(middle)
    return bool(0.05 < area < 20.0 and stretch < 3.0)


def _slope(plane: Floats, x: float, y: float) -> Floats:
    u, v, w = plane @ np.array([x, y, 1.0])
    return np.array([[(plane[k, j] * w - top * plane[2, j]) / w**2 for j in range(2)] for k, top in enumerate((u, v))])


def _stretch(slope: Floats) -> float:
    long, short = np.linalg.svd(slope, compute_uv=False)
    return float(long / max(short, 1e-9))


def _mapped(plane: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    u, v, w = (plane[row, 0] * x + plane[row, 1] * y + plane[row, 2] for row in range(3))
    return u / w, v / w


def _refined(
    plane: Floats, first: _Sky, second: _Sky, size: tuple[int, ...], other_size: tuple[int, ...]
) -> Registration:
    """The smooth warp that brings partners together, by turns with the search for partners within less and less."""
    shape = first.shape
    nodes = np.zeros((*_grid(shape), 2))
    found = np.zeros((0, 2), np.intp)
    for within in np.geomspace(LOOSE, NEAR, ROUNDS):
        found = _partners(plane, nodes, first, second, float(within))
        if len(found) < ENOUGH:
            break
        plane, nodes = _fitted(first.places[found[:, 0]], second.places[found[:, 1]], shape)
    found = _partners(plane, nodes, first, second, NEAR)
    return _told(plane, nodes, found, first, second, (size[0], size[1]), (other_size[0], other_size[1]))


def _partners(plane: Floats, nodes: Floats, first: _Sky, second: _Sky, within: float) -> Indices:
    """Pairs (n, 2) of dots that are nearest to each other under the map."""
    from scipy.spatial import cKDTree

    moved = _moved(plane, nodes, first)
    forth, there = (np.asarray(each) for each in cKDTree(second.places).query(moved, distance_upper_bound=within))
    back = np.asarray(cKDTree(moved).query(second.places)[1])
    rows = np.flatnonzero(np.isfinite(forth))
    rows = rows[back[there[rows]] == rows]
    return np.stack([rows, there[rows]], axis=-1)


def _moved(plane: Floats, nodes: Floats, first: _Sky) -> Floats:
    places = first.places
    u, v = _mapped(plane, places[:, 0], places[:, 1])
    across, down = _bend(nodes, first.shape, places[:, 0], places[:, 1])
    return np.stack([u + across, v + down], axis=-1)


def _grid(shape: tuple[int, ...]) -> tuple[int, int]:
    longest = max(shape[:2])
    rows, columns = (max(3, round(NODES * side / longest)) for side in shape[:2])
    return rows, columns


def _fitted(source: Floats, target: Floats, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """A plane map by least squares, and at each node the local linear mean of what it leaves over."""
    import cv2

    plane: Floats = np.asarray(cv2.findHomography(source, target, 0)[0], np.float64)
    left = target - np.stack(_mapped(plane, source[:, 0], source[:, 1]), axis=-1)
    rows, columns = _grid(shape)
    down, across = np.meshgrid(np.linspace(0, shape[0] - 1, rows), np.linspace(0, shape[1] - 1, columns), indexing="ij")
    reach = REACH * max(shape[:2])
    du = (source[:, 0] - across.ravel()[:, None]) / reach
    dv = (source[:, 1] - down.ravel()[:, None]) / reach
    weight = np.exp(-0.5 * (du**2 + dv**2)) / (1.0 + np.sum(left**2, axis=1) / NEAR**2)
    basis = np.stack([np.ones_like(du), du, dv], axis=-1)
    weighed = basis * weight[..., None]
    normal = weighed.transpose(0, 2, 1) @ basis + np.diag([2.0, 6.0, 6.0])  # where dots are few, the plane map rules
    solved = np.linalg.solve(normal, weighed.transpose(0, 2, 1) @ left)
    nodes: Floats = np.asarray(solved[:, 0].reshape(rows, columns, 2), np.float64)
    return plane, nodes


def _bend(nodes: Floats, size: tuple[int, ...], x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """What the nodes add at places (n,), by cubic splines between them."""
    from scipy.ndimage import map_coordinates

    rows = np.asarray(y) / max(size[0] - 1, 1) * (nodes.shape[0] - 1)
    columns = np.asarray(x) / max(size[1] - 1, 1) * (nodes.shape[1] - 1)
    across, down = (map_coordinates(nodes[..., k], [rows, columns], order=3, mode="nearest") for k in range(2))
    return across, down


def _told(
    plane: Floats,
    nodes: Floats,
    found: Indices,
    first: _Sky,
    second: _Sky,
    size: tuple[int, int],
    other_size: tuple[int, int],
) -> Registration:
    moved = _moved(plane, nodes, first)
    here = _inside(moved, second.shape)
    there = _covered(plane, first.shape, second.places)
    counts = max(int(here.sum()), 1), max(int(there.sum()), 1)
    area = np.prod(second.shape) * float(there.mean()) if there.any() else 1.0
    gaps = np.linalg.norm(moved[found[:, 0]] - second.places[found[:, 1]], axis=1)
    grown, shrunk = np.diag([second.factor, second.factor, 1.0]), np.diag([1 / first.factor, 1 / first.factor, 1.0])
    whole = grown @ plane @ shrunk
    whole = whole / whole[2, 2]
    middle = first.factor * (first.places[here].mean(0) if here.any() else np.zeros(2))
    slope = _slope(whole, float(middle[0]), float(middle[1]))
    reach = float(np.sqrt(np.mean(np.var(moved[found[:, 0]], axis=0)))) if len(found) else 1.0
    return Registration(
        plane=whole,
        nodes=nodes * second.factor,
        size=size,
        features=len(found),
        shared=len(found) / max(counts),
        by_chance=1.0 - float(np.exp(-np.pi * NEAR**2 * min(counts) / max(area, 1.0))),
        residual=second.factor * float(np.sqrt(np.mean(gaps**2))) if len(gaps) else np.inf,
        scale=float(np.sqrt(abs(np.linalg.det(slope)))),
        stretch=_stretch(slope),
        turn=float(np.degrees(np.arctan2(slope[1, 0] - slope[0, 1], slope[0, 0] + slope[1, 1]))),
        overlap=_overlap(whole, size, other_size),
        scale_error=float(np.sqrt(np.mean(gaps**2) / max(2 * len(gaps), 1)) / max(reach, 1.0)) if len(gaps) else 1.0,
    )


def _inside(places: Floats, shape: tuple[int, ...]) -> Mask:
    inside: Mask = np.all((places >= 0.0) & (places < [shape[1], shape[0]]), axis=1)
    return inside


def _covered(plane: Floats, shape: tuple[int, ...], places: Floats) -> Mask:
    """Which places of the second raster the first shows."""
    inverse = np.asarray(np.linalg.inv(plane), np.float64)
    return _inside(np.stack(_mapped(inverse, places[:, 0], places[:, 1]), axis=-1), shape)


def _overlap(plane: Floats, size: tuple[int, int], other: tuple[int, int]) -> float:
    rows, columns = np.meshgrid(np.linspace(0, size[0] - 1, 40), np.linspace(0, size[1] - 1, 40), indexing="ij")
    moved = np.stack(_mapped(plane, columns.ravel().astype(np.float64), rows.ravel().astype(np.float64)), axis=-1)
    return float(_inside(moved, other).mean())

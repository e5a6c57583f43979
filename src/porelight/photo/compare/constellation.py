"""The plane map between two photos by the constellation of their dark dots: for light from another side.

Light from another side turns relief over: what was bright becomes dark. The dots stay dark, because a pore holds its
own shadow. So features are taken from the dots alone, each described by the dots around it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from porelight.arrays import Floats, Indices, Plane
from porelight.frozen import frozen
from porelight.photo.census import PoreCensus
from porelight.photo.compare.registration import slope_of, stretch_of
from porelight.photo.pores.dots import Dots, dots
from porelight.photo.pores.fit import RADIUS
from porelight.photo.tone import blur

Bytes = NDArray[np.uint8]

DOT_SCALE: Final = 1.9
"""Dot scale on the raster that dots are looked for on [px]."""
DOT_STRENGTH: Final = 0.55
"""Strength from which a dot is a feature."""
MOST_DOTS: Final = 900
"""Dots of a photo that are described: the clearest, which another photo shows as well."""
CHART_STEP: Final = 2
"""Px of the raster per px of the chart of dots that features are described from."""
CHART_BLOB: Final = 4.0
"""Width of a dot on the chart [px of the raster]."""
NEIGHBOURHOOD_SIZES: Final = (14.0, 24.0)
"""Sizes of the neighbourhoods that are described [px of the raster]: wide ones hold where few dots are shared."""
DOT_RATIO: Final = 0.85
"""Distance of the best description by that of the second best, under which a dot counts as recognised."""
DOT_REACH: Final = 9.0
"""How far a dot may lie from the plane map [px of the raster]: skin is bent, and faces are round."""
FEWEST_DOTS: Final = 14
"""Dots that agree on one map, from which it is looked at further."""
TURNS_TRIED: Final = tuple(float(turn) for turn in (0, -25, 25, -50, 50, -75, 75, 180, -105, 105, -130, 130, -155, 155))
"""Rolls of the camera that are tried [degrees]."""
SIZINGS_TRIED: Final = (1.0, 1.3, 1 / 1.3)
"""Errors of the relative scale that are tried: pores that shrank are of another scale than their skin."""
BELIEVED_AREAS: Final = (0.05, 20.0)
"""Areas of the second raster per area of the first that a believed map has."""
BELIEVED_STRETCH: Final = 3.0
"""How much more a believed map stretches one direction than the other."""


@frozen
class Constellation:
    """The dots of one photo on its raster; ``factor`` is px of the photo per px of the raster."""

    found: Dots
    chart: Bytes
    shape: tuple[int, int]
    factor: float

    @property
    def places(self) -> Floats:
        """(n, 2) [px of the raster]."""
        return np.stack([self.found.x, self.found.y], axis=-1)


def find_constellation(light: Plane, census: PoreCensus) -> Constellation | None:
    """The dots of a photo's log luminance (h, w) at the size of its pores; None where they are too few."""
    import cv2

    if not len(census.pores):
        return None
    factor = max(float(np.median(census.pores.diameter)) / (2.0 * RADIUS * DOT_SCALE), 1.0)
    height, width = (max(32, round(side / factor)) for side in light.shape)
    small = np.asarray(cv2.resize(light, (width, height), interpolation=cv2.INTER_AREA), np.float32)
    found = dots(small, DOT_SCALE)
    found = found.where(found.strength > DOT_STRENGTH)
    if found.x.size < FEWEST_DOTS:
        return None
    return Constellation(found, _draw_chart(found, (height, width)), (height, width), factor)


def match_constellations(first: Constellation, second: Constellation) -> Floats | None:
    """The plane map (3, 3) between the rasters on which most dots agree, of all turns until one is plain."""
    described = _describe_dots(first, 0.0, 1.0)
    best: tuple[int, Floats | None] = (FEWEST_DOTS - 1, None)
    for turn in TURNS_TRIED:
        for sizing in SIZINGS_TRIED:
            count, plane = _fit_plane(first, second, described, _describe_dots(second, turn, sizing))
            if plane is not None and count > best[0]:
                best = (count, plane)
            if best[0] >= 3 * FEWEST_DOTS:
                return best[1]
    return best[1]


def _draw_chart(found: Dots, shape: tuple[int, int]) -> Bytes:
    """The dots alone, each a blob as bright as it is clear."""
    chart = np.zeros((shape[0] // CHART_STEP + 1, shape[1] // CHART_STEP + 1), np.float32)
    chart[found.y.astype(int) // CHART_STEP, found.x.astype(int) // CHART_STEP] = (
        np.minimum(found.strength, 1.5) ** 2 / 2.0
    )
    width = CHART_BLOB / CHART_STEP
    shown: Bytes = np.clip(255.0 * 2.0 * np.pi * width**2 * blur(chart, width), 0, 255).astype(np.uint8)
    return shown


def _describe_dots(dots_of: Constellation, turn: float, sizing: float) -> list[NDArray[np.float32]]:
    """The neighbourhoods of the clearest dots, seen by a camera turned and sized like that."""
    import cv2

    sift = cv2.SIFT.create()
    places = (dots_of.places[:MOST_DOTS] / CHART_STEP).tolist()
    described = []
    for size in NEIGHBOURHOOD_SIZES:
        keys = [cv2.KeyPoint(x, y, size * sizing / CHART_STEP, turn % 360.0, 1.0, 0) for x, y in places]
        kept, description = sift.compute(dots_of.chart, keys)
        assert len(kept) == len(keys), "a feature was dropped"
        described.append(np.asarray(description, np.float32))
    return described


def _fit_plane(
    first: Constellation, second: Constellation, one: list[NDArray[np.float32]], other: list[NDArray[np.float32]]
) -> tuple[int, Floats | None]:
    """How many recognised dots agree on one believable plane map, and the map."""
    import cv2

    pairs = np.concatenate([_recognise_dots(mine, others) for mine, others in zip(one, other, strict=True)])
    pairs = np.unique(pairs, axis=0)
    if len(pairs) < FEWEST_DOTS:
        return 0, None
    source, target = first.places[pairs[:, 0]], second.places[pairs[:, 1]]
    plane, kept = cv2.findHomography(source, target, cv2.USAC_MAGSAC, DOT_REACH, maxIters=4000, confidence=0.999)
    if plane is None or not _is_believable(np.asarray(plane), first.shape):
        return 0, None
    places = np.unique(np.round(source[kept.ravel() > 0] / CHART_BLOB), axis=0)
    return len(places), np.asarray(plane, np.float64)


def _recognise_dots(one: NDArray[np.float32], other: NDArray[np.float32]) -> Indices:
    """Pairs (n, 2) of descriptions that are nearest to each other and clearly nearer than the next."""
    square = np.sum(one**2, 1)[:, None] + np.sum(other**2, 1)[None] - 2.0 * one @ other.T
    near = np.argpartition(square, 1, axis=1)[:, :2]
    rows = np.arange(len(one))
    pair = np.sqrt(np.maximum(np.take_along_axis(square, near, axis=1), 0.0))
    best = near[rows, np.argmin(pair, axis=1)]
    mutual = np.argmin(square, axis=0)[best] == rows
    clear = pair.min(1) < DOT_RATIO * pair.max(1)
    pairs: Indices = np.stack([rows, best], axis=-1)[clear & mutual]
    return pairs


def _is_believable(plane: Floats, shape: tuple[int, ...]) -> bool:
    """Whether a plane map neither mirrors nor folds nor collapses the picture."""
    height, width = shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    # Beyond its line at infinity a projective map turns the picture inside out.
    if np.any(plane[2, 0] * corners[:, 0] + plane[2, 1] * corners[:, 1] + plane[2, 2] <= 0.05 * abs(plane[2, 2])):
        return False
    middle = slope_of(plane, 0.5 * width, 0.5 * height)
    area = np.linalg.det(middle)
    return bool(BELIEVED_AREAS[0] < area < BELIEVED_AREAS[1] and stretch_of(middle) < BELIEVED_STRETCH)

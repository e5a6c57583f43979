"""Dark dots of one size: where they are and how dot-like, in units of the skin's own contrast.

The determinant of the Hessian answers to dots and not to lines (Lindeberg 1998); before it, the picture is divided by
its own contrast and glints are cut off, so that shine does not raise the bar for the pores beside it.
"""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np

from porelight.arrays import Floats, Indices, Mask, Pixels, Plane
from porelight.photo.tone import blur

BACKGROUND_WIDTH: Final = 5.0
"""Width of what counts as skin around a dot, in dot scales."""
CONTRAST_WIDTH: Final = 10.0
"""Width over which contrast is measured, in dot scales."""
GLINT_CUT: Final = 0.5
"""What is brighter than the skin around by more than this share of the local contrast is cut off."""
DOT_SCALE_RATIOS: Final = (0.7, 1.0, 1.41)
"""Scales searched, around the dot scale."""
DOT_SPACING: Final = 0.7
"""Nearest that two dots may lie, in dot scales."""
ROWS_PER_THREAD: Final = 256
"""Rows that one thread looks at."""
EVEN_CONTRAST: Final = 0.004
"""Contrast [log luminance] below which a patch is called even: less than one step of an 8-bit photo."""


@dataclasses.dataclass(frozen=True, slots=True)
class Dots:
    """Dark dots, strongest first, shape (n,): place and scale [px of the searched plane] and strength."""

    x: Floats
    y: Floats
    scale: Floats
    strength: Floats

    def where(self, keep: Mask | Indices) -> Dots:
        return Dots(self.x[keep], self.y[keep], self.scale[keep], self.strength[keep])


def evened(log_light: Plane, scale: float) -> Plane:
    """Contrast of each pixel against the skin around, in units of the local contrast, glints cut off."""
    relief = log_light - blur(log_light, BACKGROUND_WIDTH * scale)
    relief = np.minimum(relief, GLINT_CUT * _contrast(relief, scale))
    relief = relief - blur(relief, BACKGROUND_WIDTH * scale)
    return np.asarray(relief / _contrast(relief, scale), np.float32)


def _contrast(relief: Plane, scale: float) -> Plane:
    return np.asarray(np.sqrt(blur(relief * relief, CONTRAST_WIDTH * scale) + np.float32(EVEN_CONTRAST**2)), np.float32)


def dots(log_light: Plane, scale: float, least: float = 0.0) -> Dots:
    """All dark dots of about that scale that are stronger than ``least``: maxima over place and scale."""
    import cv2

    plane = evened(log_light, scale)
    best, at = np.zeros_like(plane), np.zeros(plane.shape, np.uint8)
    for index, ratio in enumerate(DOT_SCALE_RATIOS):
        raise_to_dotness(plane, ratio * scale, index, best, at)
    size = 2 * max(1, round(DOT_SPACING * scale)) + 1
    near = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    rows, columns = np.nonzero((cv2.dilate(best, near) == best) & (best > least))
    strength = best[rows, columns].astype(np.float64)
    order = np.lexsort((columns, rows, -strength))
    rows, columns = rows[order], columns[order]
    scales = scale * np.array(DOT_SCALE_RATIOS)[at[rows, columns]]
    return Dots(columns.astype(np.float64), rows.astype(np.float64), scales, strength[order])


def raise_to_dotness(plane: Plane, scale: float, index: int, best: Plane, at: Pixels) -> None:
    """Raises ``best`` to the dotness of that scale where that is more, and puts ``index`` into ``at`` there.

    Dotness is the square root of the scale-normalised determinant of the Hessian where the plane is a dark dot; else 0.
    """
    import cv2

    from porelight.photo.pores import dot_kernel

    smooth = blur(plane, scale)
    height, factor = smooth.shape[0], np.float32(scale**2)

    def block(first: int) -> None:
        dot_kernel.raise_rows(smooth, factor, index, first, min(first + ROWS_PER_THREAD, height), best, at)

    with ThreadPoolExecutor(max(1, cv2.getNumThreads())) as pool:
        list(pool.map(block, range(0, height, ROWS_PER_THREAD)))

"""Whether two aligned photos are one exposure, or too unlike in light and focus for sizes to be compared."""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight.arrays import Floats, Mask, Plane
from porelight.frozen import frozen
from porelight.photo.compare.registration import Registration
from porelight.photo.compare.resample import sample_plane
from porelight.photo.tone import blur

LIKENESS_RASTER: Final = 400
"""Longer side of the raster on which photos are held against each other [px]: as fine as JPEG leaves alone."""
RELIEF_WIDTHS: Final = (1.5, 6.0)
"""Blurs between which relief is compared [px of the raster]: below lies the loss of JPEG, above lies shading."""
TONE_WIDTH: Final = 10.0
"""Blur beyond which light, not relief, differs [px of the raster]."""
EDGE_MARGIN: Final = 12
"""Pixels of the raster left out along the edge of the common area, where a blur looks beyond it."""


@frozen
class Likeness:
    """How alike two aligned photos are on their common skin."""

    relief: float
    """Correlation of their relief, -1 to 1; 0 where too little is common."""
    tone: float
    """Standard deviation of the difference of their shading, in log luminance: 0 for one exposure, however bright."""


def compare_likeness(before: Plane, after: Plane, found: Registration) -> Likeness:
    """Likeness of two photos under their map.

    Args:
        before: log luminance (h, w) of the first photo.
        after: the same of the second.
        found: the map between them.
    """
    step = max(1.0, max(before.shape) / LIKENESS_RASTER, 1.0 / found.scale)
    rows, columns = np.mgrid[0 : int(before.shape[0] / step), 0 : int(before.shape[1] / step)]
    x, y = (columns + 0.5) * step - 0.5, (rows + 0.5) * step - 0.5
    across, down = found.everywhere(x, y)
    first = sample_plane(before, x, y, step)
    second = sample_plane(after, across, down, step * found.scale)
    common = _common_area(across, down, after.shape)
    if common.sum() < EDGE_MARGIN**2:
        return Likeness(0.0, np.inf)
    one, other = ((blur(each, RELIEF_WIDTHS[0]) - blur(each, RELIEF_WIDTHS[1]))[common] for each in (first, second))
    flat = min(float(np.std(one)), float(np.std(other))) == 0.0
    correlation = 0.0 if flat else float(np.corrcoef(one, other)[0, 1])
    return Likeness(correlation, float(np.std(blur(first - second, TONE_WIDTH)[common])))


def _common_area(across: Floats, down: Floats, shape: tuple[int, ...]) -> Mask:
    import cv2

    inside = (across >= 0) & (down >= 0) & (across <= shape[1] - 1) & (down <= shape[0] - 1)
    framed = np.pad(inside.astype(np.uint8), 1)
    kernel = np.ones((2 * EDGE_MARGIN + 1, 2 * EDGE_MARGIN + 1), np.uint8)
    return np.asarray(cv2.erode(framed, kernel)[1:-1, 1:-1] > 0)

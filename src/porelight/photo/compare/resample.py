"""A photo looked at on another raster."""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight.arrays import Floats, Plane
from porelight.photo.tone import blur

ANTIALIAS_BLUR: Final = 0.45
"""Blur before a raster is coarsened, by the coarse pixel."""


def sample_plane(plane: Plane, x: Floats, y: Floats, step: float) -> Plane:
    """The plane at places (h, w) that lie ``step`` px apart; beyond its edge it is mirrored."""
    import cv2

    if step > 1.0:
        plane = blur(plane, max(ANTIALIAS_BLUR * float(np.sqrt(step**2 - 1.0)), 0.2))
    x, y = x.astype(np.float32), y.astype(np.float32)
    return np.asarray(cv2.remap(plane, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT), np.float32)

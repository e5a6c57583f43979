"""The names of array types, once for all stages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""Numbers, places, curves."""
Plane = NDArray[np.float32]
"""Light of a picture: (h, w), or (h, w, 3) in colour."""
Pixels = NDArray[np.uint8]
"""Levels of 0 to 255: a picture (h, w, 3) in sRGB, or one plane (h, w)."""
Mask = NDArray[np.bool_]
"""Which of many: pixels, cells, pores."""
Indices = NDArray[np.intp]
"""Which of many, by number."""

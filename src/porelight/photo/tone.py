"""Light of a picture: linear colour, log luminance, and the picture at a coarser raster."""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight.arrays import Pixels, Plane

FLOOR: Final = 0.004
"""Luminance below which a camera shows noise; added before the logarithm so that black stays finite."""


def linear(pixels: Pixels) -> Plane:
    """sRGB (h, w, 3) as linear light, 0 to 1 (IEC 61966-2-1)."""
    level = np.arange(256) / 255.0
    table = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return table[pixels]


def luminance(light: Plane) -> Plane:
    """Relative luminance (h, w) of linear colour (h, w, 3), ITU-R BT.709 primaries."""
    return np.asarray(light @ np.array([0.2126, 0.7152, 0.0722], np.float32), dtype=np.float32)


def logarithm(light: Plane) -> Plane:
    """Log of luminance: a pore that halves the light counts alike in bright and dark skin and in any exposure."""
    return np.asarray(np.log(light + np.float32(FLOOR)), np.float32)


def halved(plane: Plane) -> Plane:
    """Mean of every two by two pixels; an odd last row or column is left out."""
    height, width = plane.shape[0] // 2 * 2, plane.shape[1] // 2 * 2
    even = plane[:height, :width]
    quarter: Plane = 0.25 * (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2])
    return quarter


def shrunk(plane: Plane, times: int) -> Plane:
    """``plane`` after ``times`` halvings."""
    for _ in range(times):
        plane = halved(plane)
    return plane


def blur(plane: Plane, sigma: float) -> Plane:
    """Gaussian mean with mirrored borders; a wide one is taken at a coarser raster, where it costs less."""
    import cv2

    if sigma > 8.0 and min(plane.shape) >= 16:
        small = cv2.resize(plane, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        small = blur(np.asarray(small, np.float32), sigma / 4.0)
        return np.asarray(cv2.resize(small, plane.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REFLECT), np.float32)

"""Light of a picture: linear colour, log luminance, and the picture at a coarser raster."""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight.arrays import Floats, Pixels, Plane

XYZ_OF_SRGB: Final = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
"""Linear sRGB to XYZ (IEC 61966-2-1); the middle row is luminance."""
D65: Final = np.array([0.9505, 1.0, 1.089])
"""XYZ of white in sRGB."""
LUMINANCE_FLOOR: Final = 0.004
"""Luminance below which a camera shows noise; added before the logarithm so that black stays finite."""


def decode_srgb(coded: Floats) -> Floats:
    """Coded levels of sRGB as linear light, both 0 to 1 (IEC 61966-2-1)."""
    bent = ((np.maximum(coded, 0.0) + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(coded <= 0.04045, coded / 12.92, bent), np.float64)


def encode_srgb(light: Floats | Plane) -> Floats | Plane:
    """Linear light as coded levels of sRGB, both 0 to 1 (IEC 61966-2-1), in the type that it came in."""
    bent = 1.055 * np.maximum(light, 1e-6) ** (1.0 / 2.4) - 0.055
    return np.where(light <= 0.0031308, 12.92 * light, bent)


def linear(pixels: Pixels) -> Plane:
    """sRGB (h, w, 3) as linear light, 0 to 1."""
    return decode_srgb(np.arange(256) / 255.0).astype(np.float32)[pixels]


def luminance(light: Plane) -> Plane:
    """Relative luminance (h, w) of linear colour (h, w, 3), ITU-R BT.709 primaries."""
    return np.asarray(light @ XYZ_OF_SRGB[1].astype(np.float32), dtype=np.float32)


def logarithm(light: Plane) -> Plane:
    """Log of luminance: a pore that halves the light counts alike in bright and dark skin and in any exposure."""
    return np.asarray(np.log(light + np.float32(LUMINANCE_FLOOR)), np.float32)


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

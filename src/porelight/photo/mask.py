"""Where the picture shows skin that can be searched: not background, hair, shadow or glare."""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from porelight.photo.tone import Plane, logarithm, luminance, shrunk

RASTER: Final = 400
"""Longer side of the raster on which skin is told from the rest [px]."""
WARM: Final = (0.06, 2.6)
"""Log of red by green (linear light) of skin: melanin and blood both take more green than red."""
YELLOW: Final = (-0.35, 3.0)
"""Log of green by blue (linear light) of skin."""
SHADOW: Final = 1.15
"""How much darker than half of the skin a place may be [log luminance]: nostrils, hair and deep shadow are darker."""
ROUGH: Final = 3.0
"""How many times the usual contrast a place may have: hair and brows have more."""
ROUGHEST: Final = 0.45
"""Contrast [log luminance] that no skin has: more is hair, print or noise."""
PATCHY: Final = 0.6
"""Contrast of red by green [log] that no skin has: shiny skin reaches 0.4, noise of all colours begins at 0.7."""
WHITE: Final = 0.93
"""Luminance from which the sensor is full."""
GLINT: Final = 0.35
"""How much brighter than the skin around a highlight is [log luminance]."""

Mask = NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, slots=True)
class SkinMask:
    """``searched`` (h, w); the share of the picture that is skin, and the share of that which is glare."""

    searched: Mask
    skin_share: float
    glare_share: float


def skin_mask(light: Plane) -> SkinMask:
    """Skin of a picture in linear light (h, w, 3)."""
    small = _small(light)
    bright = luminance(small)
    log_light = logarithm(bright)
    coloured = _coloured(small)
    if not coloured.any():
        return SkinMask(np.zeros(light.shape[:2], np.bool_), 0.0, 0.0)
    lit = _smooth(log_light) > np.median(log_light[coloured]) - SHADOW
    skin = coloured & lit & ~_hairy(log_light, coloured) & ~_patchy(small)
    glare = _smooth((bright > WHITE).astype(np.float32)) > 0.5
    glints = log_light - _smooth(log_light) > GLINT
    shares = float(skin.mean()), float((glare | glints)[coloured].mean())
    return SkinMask(_full(_tidy(skin & ~glare), light.shape[:2]), *shares)


def _small(light: Plane) -> Plane:
    times = max(0, int(np.ceil(np.log2(max(light.shape[:2]) / RASTER))))
    return np.dstack([shrunk(np.ascontiguousarray(light[..., channel]), times) for channel in range(3)])


def _smooth(plane: Plane, share: float = 0.012) -> Plane:
    import cv2

    sigma = max(1.0, share * max(plane.shape))
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REFLECT), np.float32)


def _coloured(light: Plane) -> Mask:
    red, green, blue = (np.log(_smooth(np.ascontiguousarray(light[..., channel])) + 0.003) for channel in range(3))
    warm, yellow = red - green, green - blue
    coloured: Mask = (warm > WARM[0]) & (warm < WARM[1]) & (yellow > YELLOW[0]) & (yellow < YELLOW[1])
    return coloured


def _hairy(log_light: Plane, coloured: Mask) -> Mask:
    contrast = _contrast(log_light)
    hairy: Mask = contrast > min(ROUGH * max(float(np.median(contrast[coloured])), 0.02), ROUGHEST)
    return hairy


def _patchy(light: Plane) -> Mask:
    """Where the colour changes from point to point: blood and melanin lie in skin more evenly than that."""
    red, green = (np.log(np.ascontiguousarray(light[..., channel]) + np.float32(0.003)) for channel in range(2))
    patchy: Mask = _contrast(red - green) > PATCHY
    return patchy


def _contrast(plane: Plane) -> Plane:
    """Standard deviation around each place, of what a little blur takes away."""
    relief = plane - _smooth(plane)
    return np.asarray(np.sqrt(_smooth(relief * relief, 0.02)), np.float32)


def _tidy(mask: Mask) -> Mask:
    """Without specks, and a little inside the edge, where the next thing begins."""
    import cv2

    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, disc)
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, disc)
    return closed.astype(np.bool_)


def _full(mask: Mask, shape: tuple[int, ...]) -> Mask:
    import cv2

    grown = cv2.resize(mask.astype(np.uint8), (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST)
    return grown.astype(np.bool_)

"""Both photos as they are looked at: one on the other, in the same colour. Nothing is measured on these."""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight.arrays import Floats, Pixels, Plane
from porelight.frozen import frozen
from porelight.photo.compare.registration import Registration
from porelight.photo.compare.resample import sample_plane
from porelight.photo.decode import Picture
from porelight.photo.tone import encode_srgb, linear

ALIGNED_SIDE: Final = 1600
"""Longer side of the pictures [px]."""
UNSEEN_GREY: Final = 128
"""What is shown where the second photo shows nothing."""


@frozen
class Aligned:
    """Pixels (h, w, 3) of the part of the first photo that the second shows as well, and of the second, moved there."""

    before: Pixels
    after: Pixels
    left: float
    """Of the part in the first photo [px of it]."""
    top: float
    step: float
    """Px of the first photo per px of the pictures."""


def align_pictures(before: Picture, after: Picture, found: Registration, *, longest: int = ALIGNED_SIDE) -> Aligned:
    """The second photo moved onto the first; its colour channels are brought to the same middle."""
    left, top, right, bottom = _shared_frame(before, after, found)
    step = max(1.0, max(right - left, bottom - top) / longest)
    rows, columns = np.mgrid[0 : int((bottom - top) / step), 0 : int((right - left) / step)]
    x, y = left + (columns + 0.5) * step - 0.5, top + (rows + 0.5) * step - 0.5
    across, down = found.everywhere(x, y)
    shown = (across >= 0) & (down >= 0) & (across <= after.width - 1) & (down <= after.height - 1)
    first = _sample_colours(before, x, y, step)
    second = _sample_colours(after, across, down, step * found.scale)
    usual = [np.maximum(np.median(each[shown], axis=0), 1e-4) for each in (first, second)]
    second = second * np.asarray(usual[0] / usual[1], np.float32)
    pictures = _encode_srgb(first), _encode_srgb(second)
    pictures[1][~shown] = UNSEEN_GREY
    return Aligned(pictures[0], pictures[1], left, top, step)


def _shared_frame(before: Picture, after: Picture, found: Registration) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the part of the first photo that the second shows."""
    steps = (np.linspace(0.0, length - 1.0, 80) for length in (before.height, before.width))
    y, x = np.meshgrid(*steps, indexing="ij")
    across, down = found.at(x, y)
    shown = (across >= 0) & (down >= 0) & (across <= after.width - 1) & (down <= after.height - 1)
    return float(x[shown].min()), float(y[shown].min()), float(x[shown].max()) + 1.0, float(y[shown].max()) + 1.0


def _sample_colours(picture: Picture, x: Floats, y: Floats, step: float) -> Plane:
    light = linear(picture.pixels)
    return np.dstack([sample_plane(np.ascontiguousarray(light[..., channel]), x, y, step) for channel in range(3)])


def _encode_srgb(light: Plane) -> Pixels:
    """Linear light as levels of sRGB."""
    return np.rint(255.0 * encode_srgb(light.clip(0.0, 1.0))).astype(np.uint8)

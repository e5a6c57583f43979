"""Smaller copies of a picture, for lists and screens."""

from __future__ import annotations

import io

import numpy as np

from porelight.arrays import Pixels
from porelight.refusal import Refusal, check_number


def derivative(pixels: Pixels, longest: int, quality: int = 85) -> bytes:
    """A JPEG of the picture, no longer or wider than ``longest`` px; smaller pictures keep their size.

    It holds levels and nothing else: no place, no time, no camera, no thumbnail.

    Raises:
        Refusal: no picture of 8-bit colour, or a size or quality that no JPEG has.
    """
    from PIL import Image

    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        what = "only an array (height, width, 3) of 8 bits can be made smaller"
        raise Refusal(what, where="pixels", advice="Give the pixels of a Picture")
    check_number(longest, "longest side", 1, 16_384, where="longest", unit="px", whole=True)
    check_number(quality, "JPEG quality", 1, 100, where="quality", whole=True)
    height, width = pixels.shape[:2]
    share = min(1.0, longest / max(height, width))
    image = Image.fromarray(pixels)
    if share < 1.0:
        size = max(1, round(share * width)), max(1, round(share * height))
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=quality, optimize=True)
    return kept.getvalue()

"""Samples of any width as the 256 levels that the measurement works on."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from porelight.arrays import Pixels
from porelight.photo.container import tiff
from porelight.refusal import Refusal

TWELVE_BITS: Final = 4095
"""Brightest sample up to which 16 bits hold twelve: as 16 bits it would be black to the eye, 0.5 % of the light."""
PHOTOMETRIC: Final = 0x0106
"""Tag of a TIFF that says what samples mean: 1 for grey from black to white, 2 for red, green and blue."""
SAMPLE_BITS: Final = 0x0102
SAMPLE_FORMAT: Final = 0x0153
"""Tag of a TIFF that says how samples are written: 1 for whole numbers, 3 for floating point."""


def scale_levels(samples: np.ndarray[Any, Any], bits: int) -> Pixels:
    """Whole numbers of so many bits as levels, rounded."""
    brightest = 2**bits - 1
    return np.asarray((samples.clip(0, brightest).astype(np.uint32) * 255 + brightest // 2) // brightest, np.uint8)


def guess_bits(samples: np.ndarray[Any, Any], stated: int | None = None) -> int:
    """Bits that are in use among 16: what the file says of its brightest sample; else twelve where none is brighter."""
    if stated is not None and 255 < stated < 65535:
        return stated.bit_length()
    return 12 if samples.max(initial=0) <= TWELVE_BITS else 16


def float_levels(samples: np.ndarray[Any, Any], where: str) -> Pixels:
    """Floating-point samples, 0 for black and 1 for white in the tone curve of sRGB, as levels.

    Raises:
        Refusal: samples beyond that: nothing says then what is white, or that they are light at all.
    """
    if not np.isfinite(samples).all() or samples.min(initial=0.0) < 0.0 or samples.max(initial=0.0) > 1.0:
        what = "the picture holds floating-point numbers beyond 0 to 1, so nothing says which of them is white"
        raise Refusal(what, where=where, advice="Save it with 8 or 16 bits a channel, in sRGB")
    return np.asarray(np.rint(255.0 * samples), np.uint8)


def is_wide_tiff(data: bytes) -> bool:
    """Whether a TIFF holds more than 8 bits a sample, which Pillow cuts to the upper byte or cannot read."""
    tags = tiff.read_first_tags(data)
    plain = tags.get(PHOTOMETRIC, ())[:1] in ((1,), (2,))
    return plain and max(tags.get(SAMPLE_BITS, ()), default=1) in (16, 32, 64)


def tiff_size(data: bytes) -> tuple[int, int]:
    """Width and height [px] that a TIFF states."""
    tags = tiff.read_first_tags(data)
    width, height = (next(iter(tags.get(tag, ())), 0) for tag in (0x0100, 0x0101))
    return width, height


def read_notes(data: bytes) -> tuple[int, bytes | None]:
    """Orientation and ICC profile of a TIFF."""
    directory = tiff.read_directory(data, tiff.first_directory(data))
    turned, profile = 1, None
    for entry in directory.entries:
        if entry.tag == tiff.ORIENTATION:
            turned = next(iter(tiff.read_numbers(data, entry)), 1)
        if entry.tag == tiff.PROFILE:
            profile = data[slice(*entry.value)]
    return turned, profile


def read_wide_tiff(data: bytes, where: str) -> Pixels | None:
    """Levels (h, w, 3) or (h, w) of such a TIFF, as they lie in the file; None where they cannot be unpacked."""
    import cv2

    samples = cv2.imdecode(np.frombuffer(_lying(data), np.uint8), cv2.IMREAD_UNCHANGED)
    if samples is None:
        return None
    samples = samples[..., 2::-1] if samples.ndim == 3 and samples.shape[2] >= 3 else samples
    if samples.dtype.kind == "f":
        return float_levels(samples, where)
    if samples.dtype != np.uint16:
        what = f"the picture has {8 * samples.dtype.itemsize} bits a channel"
        raise Refusal(what, where=where, advice="Save it with 8 or 16 bits a channel")
    stated = tiff.read_first_tags(data).get(tiff.MAX_SAMPLE, ())
    return scale_levels(samples, guess_bits(samples, max(stated, default=None)))


def _lying(data: bytes) -> bytes:
    """The TIFF without its orientation: some releases of OpenCV turn the picture by it, others do not."""
    directory = tiff.read_directory(data, tiff.first_directory(data))
    turned = next((entry for entry in directory.entries if entry.tag == tiff.ORIENTATION), None)
    if turned is None:
        return data
    upright = (1).to_bytes(2, tiff.read_order(data) or "little")
    return data[: turned.at + 8] + upright + data[turned.at + 10 :]

"""What the numbers of a picture file mean as colour, and the same picture in sRGB.

A file may say it in four ways: an ICC profile; codes for primaries and transfer (ITU-T H.273: ``cICP`` in PNG, ``nclx``
in HEIC and AVIF); primaries and a power (``cHRM`` and ``gAMA`` in PNG); or not at all, and then it is sRGB.
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from porelight.arrays import Floats, Pixels
from porelight.frozen import frozen
from porelight.photo.container import bmff, png
from porelight.photo.tone import XYZ_OF_SRGB, decode_srgb, encode_srgb

if TYPE_CHECKING:
    from PIL import Image

Primaries = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Chromaticities (x, y) of red, green, blue and white."""

_D65: Final = (0.3127, 0.3290)
_SRGB: Final[Primaries] = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), _D65)
PRIMARIES: Final[dict[int, Primaries]] = {
    1: _SRGB,
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), (0.310, 0.316)),
    5: ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), _D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    8: ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), (0.310, 0.316)),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    10: ((1.0, 0.0), (0.0, 1.0), (0.0, 0.0), (1 / 3, 1 / 3)),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
    22: ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), _D65),
}
"""By their code in ITU-T H.273, table 2."""
POWERS: Final = {4: 2.2, 5: 2.8, 8: 1.0}
"""Transfer by a plain power of the level, by its code in ITU-T H.273, table 3."""
HIGH_DYNAMIC_RANGE: Final = {16: "PQ", 18: "HLG"}
UNSPECIFIED_CODE: Final = 2
SRGB_POWER: Final = (2.1, 2.3)
"""Powers that stand for sRGB: files that say ``gAMA`` 0.45455 hold sRGB, for which PNG once had no word of its own."""
CHROMATICITY_TOLERANCE: Final = 0.004
"""Difference of chromaticities that rounding and white points of other digits make; P3 is ten times as far off."""


@frozen
class Encoding:
    """What the levels of red, green and blue stand for."""

    primaries: Primaries = _SRGB
    power: float | None = None
    """Light is the level to this power; None for the curve of sRGB."""
    overrides_profile: bool = False
    """Whether it counts although the file has an ICC profile, as ``cICP`` does."""

    @property
    def is_srgb(self) -> bool:
        apart = np.abs(np.array(self.primaries) - np.array(_SRGB)).max()
        return self.power is None and bool(apart <= CHROMATICITY_TOLERANCE)


Unreadable = Literal["PQ", "HLG", "unknown"]
"""Why colours are not converted: light beyond white (two curves), or codes that say nothing we know."""


def read_encoding(data: bytes, info: Mapping[Any, Any]) -> Encoding | Unreadable:
    """What a file says of its colours beside an ICC profile; sRGB where it is silent."""
    head = png.read_head(data)
    if b"cICP" in head and len(head[b"cICP"]) == 4:
        found = _from_codes(head[b"cICP"][0], head[b"cICP"][1])
        return dataclasses.replace(found, overrides_profile=True) if isinstance(found, Encoding) else found
    if not info.get("icc_profile"):
        codes = bmff.read_colour_codes(data) if data[4:8] == b"ftyp" else None
        if codes:
            return _from_codes(*codes)
        if b"sRGB" not in head:
            return _from_png(head)
    return Encoding()


def _from_codes(primaries: int, transfer: int) -> Encoding | Unreadable:
    if transfer in HIGH_DYNAMIC_RANGE:
        return "PQ" if transfer == 16 else "HLG"
    # Pictures that name one of the video curves (1, 6, 14, 15) are made for screens of sRGB all the same.
    power = POWERS.get(transfer)
    if power is None and transfer not in (1, 6, 13, 14, 15, UNSPECIFIED_CODE):
        return "unknown"
    if primaries != UNSPECIFIED_CODE and primaries not in PRIMARIES:
        return "unknown"
    return Encoding(PRIMARIES.get(primaries, _SRGB), None if power and _is_like_srgb(power) else power)


def _from_png(head: dict[bytes, bytes]) -> Encoding:
    """From ``gAMA`` and ``cHRM`` (ISO/IEC 15948, 11.3.2): whole numbers, 100,000 for 1."""
    stated, corners = head.get(b"gAMA", b""), head.get(b"cHRM", b"")
    exponent = int.from_bytes(stated[:4], "big") / 1e5 if len(stated) == 4 else 0.0
    power = 1.0 / exponent if exponent > 0.0 else None
    if power is not None and _is_like_srgb(power):
        power = None
    if len(corners) != 32:
        return Encoding(power=power)
    white, red, green, blue = np.frombuffer(corners, ">u4").reshape(4, 2) / 1e5
    if min(white[1], red[1], green[1], blue[1] + red[1]) <= 0.0:
        return Encoding(power=power)
    red, green, blue, white = ((float(x), float(y)) for x, y in (red, green, blue, white))
    return Encoding((red, green, blue, white), power)


def _is_like_srgb(power: float) -> bool:
    return SRGB_POWER[0] <= power <= SRGB_POWER[1]


def convert_to_srgb(pixels: Pixels, encoding: Encoding) -> Pixels:
    """Levels (h, w, 3) of another encoding as levels of sRGB; colours beyond sRGB end at its edge."""
    level = np.arange(256) / 255.0
    curve = decode_srgb(level) if encoding.power is None else level**encoding.power
    matrix = (np.linalg.inv(XYZ_OF_SRGB) @ _xyz_of(encoding.primaries)).astype(np.float32)
    light = curve.astype(np.float32)[pixels] @ matrix.T
    return np.asarray(np.rint(255.0 * encode_srgb(light.clip(0.0, 1.0))), np.uint8)


def _xyz_of(primaries: Primaries) -> Floats:
    """(3, 3) from linear red, green and blue to XYZ under D65, by Bradford's adaptation from the file's white."""
    columns = np.array([(x / max(y, 1e-6), 1.0, (1.0 - x - y) / max(y, 1e-6)) for x, y in primaries]).T
    colours, white = columns[:, :3], columns[:, 3]
    matrix = colours * np.linalg.solve(colours, white)
    cones = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    meant = XYZ_OF_SRGB.sum(axis=1)
    adapted: Floats = np.linalg.inv(cones) @ np.diag((cones @ meant) / (cones @ white)) @ cones @ matrix
    return adapted


def apply_profile(image: Image.Image) -> Image.Image:
    """Through the ICC profile of the file, where it has a usable one: phones save Display P3, scanners CMYK."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L", "LAB"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return image if turned is None else turned

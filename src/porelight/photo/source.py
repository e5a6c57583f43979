"""A picture from whatever a program holds: the bytes of a file, a PIL image, an array."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from porelight.arrays import Pixels
from porelight.photo import levels
from porelight.photo.decode import Picture, check_size, decode
from porelight.refusal import Refusal

if TYPE_CHECKING:
    from PIL import Image

CHANNELS: Final = (1, 3, 4)
"""Of an array: grey, colour, and colour with how solid it is."""
_ARRAY_ADVICE: Final = "Give (height, width) or (height, width, 3) in sRGB: whole, of 8 or 16 bits, or 0.0 to 1.0"


def picture_from(source: object, where: str = "the photo") -> Picture:
    """A picture, checked and upright in sRGB; ``where`` names it in messages.

    Args:
        source: a :class:`Picture`; the bytes of an image file; a PIL image; or an array (h, w) or (h, w, 3 or 4), red
            before green and blue, in sRGB: 8 bits, 16 bits (twelve where none of it is brighter), or floating point
            from 0 to 1. Grey becomes three equal channels.
        where: names it in messages.

    Raises:
        Refusal: anything else, and what no photo is.
    """
    if isinstance(source, Picture):
        return source
    if isinstance(source, bytes | bytearray | memoryview):
        return decode(bytes(source), where)
    if isinstance(source, np.ndarray):
        return _from_array(source, where)
    if _is_pil(source):
        return _from_pil(source, where)  # type: ignore[arg-type]
    what = f"{type(source).__name__} is no picture"
    raise Refusal(what, where=where, advice="Give a path, the bytes of a file, a PIL image or an array")


def _is_pil(source: object) -> bool:
    # Asked by name, so that Pillow is not imported for whoever never used it.
    return any(kind.__module__ == "PIL.Image" and kind.__name__ == "Image" for kind in type(source).__mro__)


def _from_pil(image: Image.Image, where: str) -> Picture:
    """By way of a file without losses, so that profile and orientation are read as those of any other file."""
    check_size(image.size, where)
    kept = io.BytesIO()
    # PNG holds neither CMYK nor floating point, TIFF does.
    form = "TIFF" if image.mode in ("CMYK", "F", "LAB", "YCbCr", "HSV") else "PNG"
    notes: dict[str, Any] = {}
    if image.info.get("icc_profile"):
        notes["icc_profile"] = image.info["icc_profile"]
    turned = image.getexif().get(0x0112)
    if turned:
        exif = type(image.getexif())()
        exif[0x0112] = turned
        notes["exif"] = exif
    try:
        image.save(kept, form, **notes)
    except Exception:
        what = f"a PIL image of mode {image.mode} cannot be read"
        raise Refusal(what, where=where, advice='Convert it first: image.convert("RGB")') from None
    picture = decode(kept.getvalue(), where)
    return Picture(picture.pixels, where, image.format or "PIL")


def _from_array(array: np.ndarray[Any, Any], where: str) -> Picture:
    if (
        array.ndim not in (2, 3)
        or (array.ndim == 3 and array.shape[2] not in CHANNELS)
        or array.dtype.kind not in "uif"
    ):
        what = f"an array of shape {array.shape} and type {array.dtype} is no picture"
        raise Refusal(what, where=where, advice=_ARRAY_ADVICE)
    check_size((array.shape[1], array.shape[0]), where)
    coded = _levels_of(array, where)
    colour = coded[..., None] if coded.ndim == 2 else coded
    if colour.shape[2] == 4:
        colour = _over_white(colour)
    return Picture(np.repeat(colour, 3, axis=2) if colour.shape[2] == 1 else colour, where, "array")


def _levels_of(array: np.ndarray[Any, Any], where: str) -> Pixels:
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.uint16:
        return levels.scale_levels(array, levels.guess_bits(array))
    if array.dtype.kind == "f":
        return levels.float_levels(array, where)
    # Other whole numbers are what arithmetic on 8 bits makes; beyond them nothing says what is white.
    if array.min(initial=0) < 0 or array.max(initial=0) > 255:
        what = f"an array of {array.dtype} reaches beyond 0 to 255, so nothing says which level is white"
        raise Refusal(what, where=where, advice=_ARRAY_ADVICE)
    return array.astype(np.uint8)


def _over_white(coded: Pixels) -> Pixels:
    solid = coded[..., 3:].astype(np.uint32)
    return np.asarray((coded[..., :3] * solid + 255 * (255 - solid) + 127) // 255, np.uint8)

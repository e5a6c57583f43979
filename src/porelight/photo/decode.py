"""Bytes of an image file in, upright sRGB pixels out; whatever else the file says is left behind."""

from __future__ import annotations

import ctypes
import functools
import io
import logging
import warnings
from typing import TYPE_CHECKING, Final

import numpy as np

from porelight.arrays import Pixels
from porelight.frozen import frozen
from porelight.photo import header
from porelight.refusal import Refusal

if TYPE_CHECKING:
    from PIL import Image


FORMATS: Final = ("JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF", "MPO")
LARGEST: Final = 64_000_000
"""Most pixels a photo may have: the area of the largest phone sensors in use, and 0.2 GB as colour."""
SMALLEST: Final = 48
"""Least width and height [px]: a pore and the skin around it need this much to be told from noise."""

_ADVICE = "Use a JPEG, PNG, HEIC, TIFF or WebP photo straight from the camera"
_FAR: Final = 1e30
"""Grey of floats beyond this is as good as endless."""
MOST_SCANS: Final = 100
"""Most passes over a JPEG: cameras make one, editors about ten, and each costs the time of the whole picture."""
_GREY_WIDE = ("I;16", "I;16B", "I;16L", "I;16N", "I")


@frozen
class Picture:
    """A photo as ``pixels`` (height, width, 3) in sRGB, turned upright. Place, time and camera are not kept."""

    pixels: Pixels
    where: str
    format: str
    jpeg_quality: float | None = None
    """Of the file, 1 to 100, from its tables; None where it is no JPEG."""

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


def decode(data: bytes, where: str) -> Picture:
    """The picture in the bytes of a file; ``where`` names the file in messages. Of an animation the first frame.

    Raises:
        Refusal: not an image, damaged, too small or too large. The size is checked before anything is unpacked.
    """
    # Pillow warns of large pictures and broken metadata; the size is checked here and the metadata is dropped.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = _open(data, where)
        _check_size(image.size, where)
        _check_scans(data, where)
        quality = _jpeg_quality(image)
        return Picture(_unpack(image, data, where), where=where, format=_format(image), jpeg_quality=quality)


def _open(data: bytes, where: str) -> Image.Image:
    import pi_heif
    from PIL import Image

    pi_heif.register_heif_opener()
    _quiet()
    if not data:
        raise Refusal("the file is empty", where=where, advice=_ADVICE)
    try:
        return Image.open(io.BytesIO(data), formats=_openable())
    except Image.DecompressionBombError:
        raise _too_large(where) from None
    except Exception:
        # A damaged file may fail anywhere in a reader and with any error: its beginning says more than they do.
        if header.is_cut(data):
            raise _damaged(where) from None
        raise Refusal("this is not a picture that can be read", where=where, advice=_ADVICE) from None


@functools.cache
def _quiet() -> None:
    """Keep the readers from writing to stderr beside our own line; what they find still arrives as an error.

    Pillow's log goes where an application sends it, and nowhere if it sends it nowhere. The TIFF library that Pillow
    carries prints by itself: its own functions set its handlers to none. Where it was built in without these names,
    its lines stay.
    """
    from PIL import _imaging

    logging.getLogger("PIL").addHandler(logging.NullHandler())
    try:
        library = ctypes.CDLL(str(_imaging.__file__))
        for handler in ("TIFFSetErrorHandler", "TIFFSetWarningHandler"):
            setter = getattr(library, handler)
            setter.argtypes, setter.restype = [ctypes.c_void_p], ctypes.c_void_p
            setter(None)
    except (OSError, AttributeError):
        return


def _openable() -> tuple[str, ...]:
    from PIL import Image

    Image.preinit()
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def _format(image: Image.Image) -> str:
    # A phone's JPEG with a second picture inside is a JPEG to everybody else.
    return {"MPO": "JPEG", "HEIF": "HEIC"}.get(image.format or "", image.format or "")


def _jpeg_quality(image: Image.Image) -> float | None:
    """How coarsely a JPEG rounds brightness, as the quality at which the usual writer would round as coarsely.

    Independent JPEG Group, libjpeg, jcparam.c: the tables of Annex K of ITU-T T.81 times (200 - 2 quality) % from
    quality 50 on and 5000 / quality % below. The mean of the table at quality 50 is 57.625.
    """
    tables = getattr(image, "quantization", None)
    if not tables or 0 not in tables:
        return None
    share = 100.0 * float(np.mean(tables[0])) / 57.625
    return float(np.clip((200.0 - share) / 2.0 if share <= 100.0 else 5000.0 / share, 1.0, 100.0))


def _check_size(size: tuple[int, int], where: str) -> None:
    width, height = size
    if width * height > LARGEST:
        raise _too_large(where)
    if min(width, height) < SMALLEST:
        what = f"the picture is only {width} x {height} px"
        raise Refusal(what, where=where, advice="Use the full photo, not a thumbnail")


def _check_scans(data: bytes, where: str) -> None:
    if header.scans(data, MOST_SCANS) > MOST_SCANS:
        what = f"the picture is packed in more than {MOST_SCANS} passes"
        raise Refusal(what, where=where, advice="Save it again as an ordinary JPEG")


def _too_large(where: str) -> Refusal:
    what = f"the picture has more than {LARGEST // 1_000_000} million pixels"
    return Refusal(what, where=where, advice="Crop it to the skin or save it smaller")


def _damaged(where: str) -> Refusal:
    return Refusal("the picture is damaged or cut off", where=where, advice="Copy it again from the camera or phone")


def _unpack(image: Image.Image, data: bytes, where: str) -> Pixels:
    from PIL import ImageFile

    # A switch of the whole process, which WeasyPrint turns on: half a photo would then pass for a whole one.
    try:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        image.load()
        return _upright(np.asarray(_plain(image), dtype=np.uint8), _orientation(image, data))
    except Exception:
        raise _damaged(where) from None


def _orientation(image: Image.Image, data: bytes) -> int:
    """How the unpacked pixels still have to be turned, as EXIF counts it.

    Asked for after unpacking, because Pillow turns a TIFF as it unpacks it and then drops the tag. Of a HEIC the tag
    is dropped on opening; the reader turns it by its container alone, so the tag counts where the container is silent.
    Unreadable notes count as upright: the pixels are what matters.
    """
    try:
        if image.format == "HEIF":
            return 1 if header.turned_by_container(data) else int(image.info.get("original_orientation") or 1)
        return int(image.getexif().get(0x0112, 1))
    except Exception:
        return 1


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    turned = {
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.transpose(1, 0, 2),
        6: lambda p: p.transpose(1, 0, 2)[:, ::-1],
        7: lambda p: p.transpose(1, 0, 2)[::-1, ::-1],
        8: lambda p: p.transpose(1, 0, 2)[::-1],
    }
    return np.ascontiguousarray(turned.get(orientation, lambda p: p)(pixels)).copy()


def _plain(image: Image.Image) -> Image.Image:
    """Eight-bit sRGB with nothing see-through."""
    converted = _eight_bit(_to_srgb(image))
    return (_over_white(converted) if converted.has_transparency_data else converted).convert("RGB")


def _over_white(image: Image.Image) -> Image.Image:
    from PIL import Image

    seen = image.convert("RGBA")
    ground = Image.new("RGBA", seen.size, (255, 255, 255, 255))
    return Image.alpha_composite(ground, seen)


def _eight_bit(image: Image.Image) -> Image.Image:
    """Grey of 16 bits and of floats as 8 bits: 16 bits by their range, others by the range found in the picture."""
    from PIL import Image

    if image.mode in _GREY_WIDE:
        levels = np.clip(np.asarray(image), 0, 65535).astype(np.uint32)
        return Image.fromarray(((levels + 128) // 257).astype(np.uint8))
    if image.mode == "F":
        values = np.nan_to_num(np.asarray(image, np.float32)).clip(-_FAR, _FAR)
        low, high = float(values.min()), float(values.max())
        values -= np.float32(low)
        values *= np.float32(255.0 / max(high - low, 1e-12))
        return Image.fromarray(values.clip(0.0, 255.0).astype(np.uint8))
    return image


def _to_srgb(image: Image.Image) -> Image.Image:
    """Through the colour profile of the file, where it has a usable one: phones save Display P3, scanners CMYK."""
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

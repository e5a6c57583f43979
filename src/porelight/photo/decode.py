"""Bytes of an image file in, upright sRGB pixels out; whatever else the file says is left behind."""

from __future__ import annotations

import ctypes
import functools
import io
import logging
import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from porelight.arrays import Pixels
from porelight.frozen import frozen
from porelight.photo import colour, levels
from porelight.photo.container import bmff, jpeg, kind
from porelight.refusal import Refusal

if TYPE_CHECKING:
    from PIL import Image

FORMATS: Final = ("JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF", "MPO", "BMP", "JPEG2000", "GIF")
"""As Pillow calls them. GIF is opened to say why it is of no use."""
MOST_PIXELS: Final = 64_000_000
"""Most pixels a photo may have: the area of the largest phone sensors in use, and 0.2 GB as colour."""
LEAST_SIDE_PX: Final = 48
"""Least width and height [px]: a pore and the skin around it need this much to be told from noise."""
MOST_SCANS: Final = 100
"""Most passes over a JPEG: cameras make one, editors about ten, and each costs the time of the whole picture."""

_FILE_ADVICE = "Use a JPEG, PNG, HEIC, TIFF or WebP photo straight from the camera"
_GREY_WIDE = ("I;16", "I;16B", "I;16L", "I;16N", "I")


@frozen
class Picture:
    """A photo as ``pixels`` (height, width, 3) in sRGB, turned upright. Place, time and camera are not kept."""

    pixels: Pixels
    where: str
    format: str
    jpeg_quality: float | None = None
    """Of the file, 1 to 100, from its tables; None where it is no JPEG."""

    def __post_init__(self) -> None:
        pixels: Any = self.pixels
        if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
            shape = f"{pixels.dtype} {pixels.shape}" if isinstance(pixels, np.ndarray) else type(pixels).__name__
            what = f"a picture holds an array (height, width, 3) of 8-bit sRGB, not {shape}"
            raise Refusal(what, where=str(self.where), advice="Make it with porelight.photo.picture_from")
        if not pixels.size:
            raise Refusal("the picture has no pixels", where=self.where, advice=_FILE_ADVICE)
        if self.jpeg_quality is not None and not 1.0 <= self.jpeg_quality <= 100.0:
            what = f"a JPEG quality of {self.jpeg_quality} is not possible"
            raise Refusal(what, where=self.where, advice="Give 1 to 100, or None")

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
        _quiet()
        _check_kind(data, where)
        if kind.is_tiff(data) and levels.is_wide_tiff(data):
            return _decode_wide_tiff(data, where)
        image = _open(data, where)
        if image.format == "GIF":
            what = "a GIF has no more than 256 colours, too few for skin"
            raise Refusal(what, where=where, advice=_FILE_ADVICE)
        check_size(image.size, where)
        encoding = _check_encoding(data, image, where)
        _check_scans(data, image, where)
        quality = _jpeg_quality(image)
        pixels = _unpack(image, data, encoding, where)
        return Picture(pixels, where=where, format=_format(image), jpeg_quality=quality)


def _check_kind(data: bytes, where: str) -> None:
    """Before any reader sees the file."""
    if not data:
        raise Refusal("the file is empty", where=where, advice=_FILE_ADVICE)
    if kind.is_raw(data):
        what = "this is a camera's raw file, and without developing it only its small preview can be read"
        raise Refusal(what, where=where, advice="Export it as a JPEG or TIFF at its full size")


def _decode_wide_tiff(data: bytes, where: str) -> Picture:
    """A TIFF of 16 bits or of floating point; its profile is applied to the levels that it becomes."""
    from PIL import Image

    check_size(levels.tiff_size(data), where)
    samples = levels.read_wide_tiff(data, where)
    if samples is None:
        raise _damaged(where)
    image = Image.fromarray(samples)
    orientation, profile = levels.read_notes(data)
    image.info["icc_profile"] = profile
    plain = np.asarray(colour.apply_profile(image).convert("RGB"), np.uint8)
    return Picture(turn_upright(plain, orientation), where=where, format="TIFF")


def _check_encoding(data: bytes, image: Image.Image, where: str) -> colour.Encoding:
    """What the levels mean as colour.

    Raises:
        Refusal: light beyond white, or codes that are not known.
    """
    encoding = colour.read_encoding(data, image.info)
    if encoding in ("PQ", "HLG"):
        what = f"this is an HDR photo ({encoding}): its levels hold light beyond white, coarsely"
        raise Refusal(what, where=where, advice="Switch HDR off in the camera, or export the photo as a JPEG")
    if not isinstance(encoding, colour.Encoding):
        what = "the file names colours by codes that are not known"
        raise Refusal(what, where=where, advice="Export the photo as a JPEG in sRGB")
    return encoding


def _add_heif_reader() -> None:
    """Teach Pillow to open HEIC: the one place that names its reader."""
    import pi_heif

    pi_heif.register_heif_opener()


def _open(data: bytes, where: str) -> Image.Image:
    from PIL import Image

    _add_heif_reader()
    try:
        return Image.open(io.BytesIO(data), formats=_openable())
    except Image.DecompressionBombError:
        raise _too_large(where) from None
    except Exception:
        # A damaged file may fail anywhere in a reader and with any error: its beginning says more than they do.
        if kind.is_cut(data):
            raise _damaged(where) from None
        raise Refusal("this is not a picture that can be read", where=where, advice=_FILE_ADVICE) from None


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


def check_size(size: tuple[int, int], where: str) -> None:
    """Refuse width and height [px] that no photo of skin has.

    Raises:
        Refusal: too small or too large.
    """
    width, height = size
    if width * height > MOST_PIXELS:
        raise _too_large(where)
    if min(width, height) < LEAST_SIDE_PX:
        what = f"the picture is only {width} x {height} px"
        raise Refusal(what, where=where, advice="Use the full photo, not a thumbnail")


def _check_scans(data: bytes, image: Image.Image, where: str) -> None:
    """Refuse a JPEG with countless passes, and one whose packed part is damaged although it unpacks."""
    if not data.startswith(jpeg.JPEG_START):
        return
    if jpeg.count_scans(data, MOST_SCANS) > MOST_SCANS:
        what = f"the picture is packed in more than {MOST_SCANS} passes"
        raise Refusal(what, where=where, advice="Save it again as an ordinary JPEG")
    # Here and not above: it is compiled code, which the JSON of a person's verdicts must do without.
    from porelight.photo.container.entropy import is_impossible

    if jpeg.lacks_scans(data) or jpeg.find_damage(data, cmyk=image.mode == "CMYK") or is_impossible(data):
        raise _damaged(where)


def _too_large(where: str) -> Refusal:
    what = f"the picture has more than {MOST_PIXELS // 1_000_000} million pixels"
    return Refusal(what, where=where, advice="Crop it to the skin or save it smaller")


def _damaged(where: str) -> Refusal:
    return Refusal("the picture is damaged or cut off", where=where, advice="Copy it again from the camera or phone")


def _unpack(image: Image.Image, data: bytes, encoding: colour.Encoding, where: str) -> Pixels:
    from PIL import ImageFile

    # A switch of the whole process, which WeasyPrint turns on: half a photo would then pass for a whole one.
    try:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        image.load()
        return turn_upright(_plain(image, encoding, where), _orientation(image, data))
    except Refusal:
        raise
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
            return 1 if bmff.is_turned(data) else int(image.info.get("original_orientation") or 1)
        return int(image.getexif().get(0x0112, 1))
    except Exception:
        return 1


def turn_upright(pixels: Pixels, orientation: int) -> Pixels:
    """Pixels as they are to be seen, by the eight ways of EXIF in which they may lie; read-only."""
    turned = {
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.transpose(1, 0, 2),
        6: lambda p: p.transpose(1, 0, 2)[:, ::-1],
        7: lambda p: p.transpose(1, 0, 2)[::-1, ::-1],
        8: lambda p: p.transpose(1, 0, 2)[::-1],
    }
    upright = np.array(turned.get(orientation, lambda p: p)(pixels), order="C")
    upright.flags.writeable = False
    return upright


def _plain(image: Image.Image, encoding: colour.Encoding, where: str) -> Pixels:
    """Levels (h, w, 3) of sRGB with nothing see-through."""
    profiled = image if encoding.overrides_profile else colour.apply_profile(image)
    converted = _eight_bit(profiled, where)
    solid = _over_white(converted) if converted.has_transparency_data else converted
    pixels = np.asarray(solid.convert("RGB"), np.uint8)
    return pixels if encoding.is_srgb else colour.convert_to_srgb(pixels, encoding)


def _over_white(image: Image.Image) -> Image.Image:
    from PIL import Image

    seen = image.convert("RGBA")
    ground = Image.new("RGBA", seen.size, (255, 255, 255, 255))
    return Image.alpha_composite(ground, seen)


def _eight_bit(image: Image.Image, where: str) -> Image.Image:
    """Grey of more than 8 bits as 8 bits."""
    from PIL import Image

    if image.mode in _GREY_WIDE:
        samples = np.asarray(image)
        return Image.fromarray(levels.scale_levels(samples, levels.guess_bits(samples)))
    if image.mode == "F":
        return Image.fromarray(levels.float_levels(np.asarray(image), where))
    return image

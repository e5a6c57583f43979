"""What a program may hand over as a photo, and what it gets back without place and time."""

from __future__ import annotations

import contextlib
import io
import struct
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, features

from porelight import photo
from porelight.arrays import Pixels
from porelight.photo.artificial.render import render_skin
from porelight.photo.container import bmff, jpeg
from porelight.refusal import Refusal


def skin() -> Pixels:
    return render_skin(4, size=(120, 160), um_per_px=40.0).pixels


def packed(form: str, **options: Any) -> bytes:
    pillow_heif.register_heif_opener()
    kept = io.BytesIO()
    Image.fromarray(skin()).save(kept, form, **options)
    return kept.getvalue()


def test_bytes_pil_images_and_arrays_give_the_same_picture() -> None:
    pixels = skin()
    sources: list[object] = [
        packed("PNG"),
        bytearray(packed("PNG")),
        Image.fromarray(pixels),
        pixels,
        pixels.astype(np.uint16) * 257,
        pixels.astype(np.int64),
        pixels / 255.0,
        (pixels / 255.0).astype(np.float32),
        np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)]),
    ]
    for source in sources:
        assert (photo.picture_from(source).pixels == pixels).all()
    made = photo.Picture(pixels, "made", "PNG")
    assert photo.picture_from(made) is made


def test_grey_becomes_three_equal_channels() -> None:
    grey = skin()[..., 1]
    for source in (grey, grey[..., None], Image.fromarray(grey), grey / 255.0):
        assert (photo.picture_from(source).pixels == grey[..., None]).all()


def test_a_turned_pil_image_with_a_profile_is_read_as_its_file_would_be() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = packed("JPEG", quality=95, exif=exif)
    opened = Image.open(io.BytesIO(data))
    assert (photo.picture_from(opened).pixels == photo.decode(data, "file").pixels).all()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (None, "NoneType is no picture"),
        ("a/path.jpg", "str is no picture"),
        (np.zeros((80, 80, 2)), "shape"),
        (np.zeros(80), "shape"),
        (np.zeros((80, 80, 3), complex), "complex"),
        (np.zeros((80, 80, 3), bool), "bool"),
        (np.zeros((20, 80, 3), np.uint8), "only 80 x 20 px"),
        (np.full((80, 80), 1.5), "beyond 0 to 1"),
        (np.full((80, 80), np.nan), "beyond 0 to 1"),
        (np.full((80, 80), -1), "beyond 0 to 255"),
        (np.full((80, 80), 300), "beyond 0 to 255"),
        (b"no picture", "not a picture"),
    ],
)
def test_anything_else_is_refused_with_one_sentence(source: object, words: str) -> None:
    with pytest.raises(Refusal, match=words) as refused:
        photo.picture_from(source, "the second photo")
    assert str(refused.value).startswith("the second photo: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((80, 80, 3)),
        np.zeros((80, 80), np.uint8),
        np.zeros((80, 80, 4), np.uint8),
        np.zeros((0, 80, 3), np.uint8),
        None,
        [[1]],
    ],
)
def test_a_picture_cannot_hold_nonsense(pixels: Any) -> None:
    with pytest.raises(Refusal):
        photo.Picture(pixels, "made", "PNG")


def test_a_picture_is_frozen_for_good() -> None:
    mine = skin().copy()
    picture = photo.Picture(mine, "made", "PNG")
    mine[:] = 0
    assert picture.pixels.any()
    with pytest.raises(ValueError, match="read-only"):
        picture.pixels[0, 0] = 0
    assert picture == photo.Picture(skin(), "made", "PNG")
    assert len({picture, photo.Picture(skin(), "made", "PNG")}) == 1
    assert repr(picture) == "Picture(pixels=<120 x 160 x 3 uint8>, where='made', format='PNG', jpeg_quality=None)"


SECRETS = (b"SECRET", b"2031:07:09", b"GPS")


def noted(form: str, orientation: int = 6) -> bytes:
    """A photo that says where, when and with what it was taken, in every way its file can."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0132], exif[0x0112], exif[0xA431] = (
        "SECRETMAKER",
        "2031:07:09 03:04:05",
        orientation,
        "SECRET1",
    )
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.34), 3: "E", 4: (13.0, 24.0, 18.56), 29: "2031:07:09"})
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0SECRETPLACE"
    exif.get_ifd(0x8769)[0xA431] = "SECRETSERIAL"
    from PIL import ImageCms, PngImagePlugin

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, Any] = {"exif": exif.tobytes(), "icc_profile": profile}
    if form == "JPEG":
        options |= {"comment": b"SECRETPLACE", "xmp": b"<x>SECRETPLACE</x>", "quality": 90}
    if form == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", "SECRETPLACE")
        info.add_itxt("XML:com.adobe.xmp", "<x>SECRETPLACE</x>")
        options["pnginfo"] = info
    if form in ("WEBP", "AVIF", "HEIF"):
        options["xmp"] = b"<x>SECRETPLACE</x>"
    if form == "TIFF":
        tags = {270: "SECRETPLACE", 305: "SECRETSOFT", 315: "SECRETNAME", 700: b"<x>SECRET</x>", 50735: "SECRETSERIAL"}
        options |= {"tiffinfo": tags, "compression": "tiff_lzw"}
    return packed(form, **options)


FORMS = ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", *(["AVIF"] if features.check("avif") else [])]


@pytest.mark.parametrize("orientation", [1, 6, 8])
@pytest.mark.parametrize("form", FORMS)
def test_without_place_the_picture_and_its_profile_stay_and_the_notes_go(form: str, orientation: int) -> None:
    data = noted(form, orientation)
    assert b"SECRET" in data or form == "PNG"
    cleaned = photo.without_place(data)
    assert [secret for secret in SECRETS if secret in cleaned] == []
    before, after = photo.decode(data, "before"), photo.decode(cleaned, "after")
    assert (before.pixels == after.pixels).all()
    with Image.open(io.BytesIO(data)) as one, Image.open(io.BytesIO(cleaned)) as two:
        assert one.info.get("icc_profile") == two.info.get("icc_profile")
        assert one.info.get("icc_profile")
        assert not two.getexif().get_ifd(0x8825)
        assert set(two.getexif()) <= {0x0112, *range(0x00FE, 0x0200), 0x8773}
        assert two.getexif().get(0x010F) is None
    assert photo.without_place(cleaned) == cleaned


def image_data(form: str, data: bytes) -> bytes:
    """The packed picture in the file."""
    if form == "JPEG":
        scans = [s for s in jpeg.walk_segments(data) if not 0xE0 <= s.kind <= 0xEF and s.kind != 0xFE]
        return b"".join(data[s.start : s.stop] for s in scans)
    if form == "PNG":
        return b"".join(body for kind, body in png_chunks(data) if kind == b"IDAT")
    if form == "WEBP":
        at = data.index(b"VP8 ")
        return data[at : at + 8 + struct.unpack("<I", data[at + 4 : at + 8])[0]]
    if form == "TIFF":
        with Image.open(io.BytesIO(data)) as image:
            tags = image.tag_v2  # type: ignore[attr-defined]
            return b"".join(data[a : a + n] for a, n in zip(tags[273], tags[279], strict=True))
    spans = [item.spans for item in bmff.read_items(data) if item.kind in (b"hvc1", b"av01")]
    return b"".join(data[start:end] for parts in spans for start, end in parts)


def png_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    from porelight.photo.container import png

    return list(png.walk_chunks(data))


@pytest.mark.parametrize("form", FORMS)
def test_the_packed_picture_is_equal_byte_by_byte(form: str) -> None:
    data = noted(form)
    before, after = image_data(form, data), image_data(form, photo.without_place(data))
    assert len(before) > 1000
    assert before == after


def test_what_a_phone_puts_behind_a_photo_goes_too() -> None:
    data = noted("JPEG") + b"\xff\xd8 a film with SECRETPLACE"
    assert b"SECRET" not in photo.without_place(data)


def test_a_photo_without_notes_stays_as_it_is() -> None:
    for form in ("PNG", "WEBP", "HEIF"):
        data = packed(form)
        assert photo.without_place(data) == data


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"II*\0\xff\xff\0\0", b"\xff\xd8\xff\xe1\0\x10Exif", bytes(40)])
def test_what_cannot_be_freed_of_its_notes_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        photo.without_place(data)
    assert "\n" not in str(refused.value)


def test_fuzzed_files_give_a_file_or_a_refusal() -> None:
    rng = np.random.default_rng(1)
    for form in FORMS:
        data = noted(form)
        for _ in range(40):
            changed = bytearray(data)
            for at in rng.integers(0, 400, 6):
                changed[at] = int(rng.integers(256))
            with contextlib.suppress(Refusal):
                assert photo.without_place(bytes(changed[: int(rng.integers(100, len(changed)))]))


def test_a_derivative_is_a_small_jpeg_of_the_same_picture() -> None:
    data = photo.derivative(skin(), 80, 90)
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("JPEG", (80, 60))
        assert dict(image.getexif()) == {}
    assert Image.open(io.BytesIO(photo.derivative(skin(), 5000, 90))).size == (160, 120)


@pytest.mark.parametrize(
    ("pixels", "longest", "quality"),
    [
        (np.zeros((9, 9)), 80, 90),
        (None, 80, 90),
        (skin(), 0, 90),
        (skin(), 80, 0),
        (skin(), 80, 101),
        (skin(), 8.5, 90),
    ],
)
def test_a_derivative_of_nonsense_is_refused(pixels: Any, longest: Any, quality: Any) -> None:
    with pytest.raises(Refusal):
        photo.derivative(pixels, longest, quality)

"""Whatever the bytes are: a picture or a refusal, and nothing private in the picture."""

import base64
import contextlib
import dataclasses
import datetime as dt
import io
import re
import struct
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageFile, features

from porelight import inputs, photo, verbs
from porelight.photo.artificial.render import render_skin
from porelight.photo.container import bmff, jpeg
from porelight.photo.decode import MOST_PIXELS
from porelight.refusal import Refusal
from porelight.report import bundle
from tests.rows import each_row

SKIN = (200, 150, 130)


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    kept = io.BytesIO()
    image.save(kept, form, **options)
    return kept.getvalue()


def patch(width: int = 80, height: int = 60) -> Image.Image:
    image = Image.new("RGB", (width, height), SKIN)
    image.paste((250, 250, 250), (0, 0, width // 2, height // 2))
    return image


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_every_usual_format_opens(form: str) -> None:
    picture = photo.decode(saved(patch(), form), "photo")
    assert picture.pixels.shape == (60, 80, 3)
    assert picture.pixels.dtype == np.uint8
    assert picture.format == form
    assert np.abs(picture.pixels[50, 70].astype(int) - SKIN).max() <= 6


def test_a_phones_heic_opens() -> None:
    pillow_heif.register_heif_opener()
    picture = photo.decode(saved(patch(), "HEIF", quality=95), "photo.heic")
    assert picture.format == "HEIC"
    assert np.abs(picture.pixels[50, 70].astype(int) - SKIN).max() <= 6


TURNS: dict[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What EXIF asks a viewer to do, by the number of the tag."""

WRITABLE = ["JPEG", "PNG", "TIFF", "WEBP", "HEIF"] + (["AVIF"] if features.check("avif") else [])


def held(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def quarters() -> Image.Image:
    """Four colours, so that every turn and every mirror image looks different, far enough apart for any loss."""
    image = Image.new("RGB", (160, 96), (220, 60, 60))
    image.paste((60, 200, 60), (80, 0, 160, 48))
    image.paste((60, 60, 220), (0, 48, 80, 96))
    image.paste((240, 240, 240), (80, 48, 160, 96))
    return image


def assert_turned(data: bytes, orientation: int) -> None:
    expected = quarters() if orientation == 1 else quarters().transpose(TURNS[orientation])
    pixels = photo.decode(data, "photo").pixels
    assert pixels.shape == (expected.height, expected.width, 3)
    # Lossy formats blur the border between two colours: the middle of each quarter is what counts.
    rows, columns = (np.array([n // 4, 3 * n // 4]) for n in pixels.shape[:2])
    middles = np.ix_(rows, columns)
    assert np.abs(pixels[middles].astype(int) - np.asarray(expected)[middles]).max() <= 25


@each_row("form", WRITABLE)
@each_row("orientation", range(1, 9))
def test_the_picture_is_upright_however_the_camera_was_held(orientation: int, form: str) -> None:
    pillow_heif.register_heif_opener()
    assert_turned(saved(quarters(), form, exif=held(orientation)), orientation)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_packed_tiff_is_turned_once(orientation: int, compression: str) -> None:
    assert_turned(saved(quarters(), "TIFF", exif=held(orientation), compression=compression), orientation)


ORIENTATION = (b"\x01\x12\x00\x03\x00\x00\x00\x01\x00", b"\x12\x01\x03\x00\x01\x00\x00\x00")
"""The tag's name, type and count up to its value, in either byte order."""


def noted(data: bytes, orientation: int) -> bytes:
    """A file that says it is upright, with nothing changed but the number in its notes."""
    assert sum(data.count(tag + b"\x01") for tag in ORIENTATION) == 1
    for tag in ORIENTATION:
        data = data.replace(tag + b"\x01", tag + bytes([orientation]))
    return data


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_heic_whose_container_is_silent_is_turned_by_its_notes(orientation: int) -> None:
    pillow_heif.register_heif_opener()
    data = noted(saved(quarters(), "HEIF", exif=held(1)), orientation)
    assert not bmff.is_turned(data)
    assert_turned(data, orientation)


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_heic_turned_by_its_container_is_not_turned_again_by_its_notes(orientation: int) -> None:
    """As phones write it: the container and the notes say the same."""
    pillow_heif.register_heif_opener()
    # Notes given as bytes are what this writer takes over into the container.
    data = saved(quarters(), "HEIF", exif=held(orientation).tobytes())
    assert bmff.is_turned(data)
    assert_turned(data, orientation)


def test_place_and_time_are_left_behind() -> None:
    exif = Image.Exif()
    exif[0x0132] = "2024:01:02 03:04:05"
    exif.get_ifd(0x8825)[1] = "N"
    picture = photo.decode(saved(patch(), "JPEG", exif=exif), "photo")
    assert {field.name for field in dataclasses.fields(picture)} == {"pixels", "where", "format", "jpeg_quality"}


@pytest.mark.parametrize(
    ("image", "form"),
    [
        (patch().convert("CMYK"), "JPEG"),
        (patch().convert("P"), "PNG"),
        (patch().convert("L"), "PNG"),
        (patch().convert("LA"), "PNG"),
        (patch().convert("RGBA"), "PNG"),
        (patch().convert("1"), "PNG"),
        (Image.fromarray(np.full((60, 80), 30000, np.uint16)), "PNG"),
        (Image.fromarray(np.full((60, 80), 0.5, np.float32)), "TIFF"),
    ],
)
def test_every_colour_mode_becomes_eight_bit_srgb(image: Image.Image, form: str) -> None:
    picture = photo.decode(saved(image, form), "photo")
    assert picture.pixels.shape == (60, 80, 3)
    assert picture.pixels.dtype == np.uint8


def test_sixteen_bits_keep_their_brightness() -> None:
    data = saved(Image.fromarray(np.full((60, 80), 30000, np.uint16)), "PNG")
    assert abs(int(photo.decode(data, "photo").pixels[0, 0, 0]) - 30000 / 257) <= 1


def test_see_through_is_seen_over_white() -> None:
    image = Image.new("RGBA", (80, 60), (*SKIN, 0))
    assert photo.decode(saved(image, "PNG"), "photo").pixels.min() == 255


def test_of_an_animation_the_first_frame_counts() -> None:
    frames = [Image.new("RGB", (80, 60), SKIN), Image.new("RGB", (80, 60), (0, 0, 0))]
    data = saved(frames[0], "PNG", save_all=True, append_images=frames[1:])
    assert tuple(photo.decode(data, "photo").pixels[5, 5]) == SKIN


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"these are words, not a picture", "cannot be read|not a picture"),
        (saved(patch(), "JPEG")[:400], "damaged|not a picture"),
        (saved(patch(400, 300), "PNG")[:300], "damaged|not a picture"),
        (saved(Image.new("RGB", (1, 1)), "PNG"), "only 1 x 1"),
        (saved(patch(), "GIF"), "256 colours"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
    ],
)
def test_what_is_no_photo_is_refused_in_one_line(data: bytes, words: str) -> None:
    with pytest.raises(Refusal, match=words) as refused:
        photo.decode(data, "photo.jpg")
    assert str(refused.value).startswith("photo.jpg: ")
    assert "\n" not in str(refused.value)


@each_row(
    ("form", "options"),
    [
        ("JPEG", {}),
        ("PNG", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("HEIF", {}),
        *([("AVIF", {})] if "AVIF" in WRITABLE else []),
    ],
)
@each_row("share", [0.1, 0.5, 0.95])
def test_a_cut_off_file_is_called_cut_off(
    form: str, options: dict[str, Any], share: float, capfd: pytest.CaptureFixture[str]
) -> None:
    pillow_heif.register_heif_opener()
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 255, (200, 300, 3), dtype=np.uint8))
    data = saved(noise, form, **options)
    with pytest.raises(Refusal, match="damaged or cut off"):
        photo.decode(data[: int(share * len(data))], "half")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "start", [b"II*\0\x08\0\0\0", b"RIFF\x10\0\0\0WAVEfmt ", b"\0\0\0\x18ftypisom\0\0\0\0isommp42"]
)
def test_a_whole_file_of_another_kind_is_not_called_damaged(start: bytes) -> None:
    with pytest.raises(Refusal, match="not a picture"):
        photo.decode(start + bytes(200), "other")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    data = saved(Image.new("1", (20_000, 20_000)), "PNG")
    assert MOST_PIXELS < 20_000 * 20_000
    with pytest.raises(Refusal, match="million pixels"):
        photo.decode(data, "bomb.png")


def mutated(rng: np.random.Generator, data: bytes) -> bytes:
    """Cut off, with bytes changed, moved or repeated."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 12))):
        head = min(len(changed), 600) if rng.random() < 0.5 else len(changed)
        changed[int(rng.integers(head))] = int(rng.integers(256))
    if rng.random() < 0.4:
        del changed[int(rng.integers(1, len(changed))) :]
    if rng.random() < 0.2:
        start = int(rng.integers(0, len(changed)))
        changed[start:start] = changed[: int(rng.integers(1, 50))]
    return bytes(changed)


def test_four_hundred_damaged_files_give_a_picture_or_a_refusal() -> None:
    pillow_heif.register_heif_opener()
    rng = np.random.default_rng(7)
    noisy = Image.fromarray(rng.integers(0, 255, (60, 80, 3), dtype=np.uint8))
    forms = ["JPEG", "PNG", "TIFF", "WEBP", "HEIF"]
    whole = [saved(image, form) for image in (patch(), noisy) for form in forms]
    opened = 0
    for turn in range(400):
        try:
            picture = photo.decode(mutated(rng, whole[turn % len(whole)]), "fuzz")
        except Refusal:
            continue
        opened += 1
        assert picture.pixels.ndim == 3
        assert picture.pixels.dtype == np.uint8
    assert 0 < opened < 400


def test_half_a_photo_is_refused_whatever_another_library_told_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    # WeasyPrint tells Pillow to accept truncated pictures; seen when a care sheet was printed before a photo was read.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    whole = io.BytesIO()
    Image.effect_noise((200, 200), 40).convert("RGB").save(whole, "JPEG")
    with pytest.raises(Refusal):
        photo.decode(whole.getvalue()[: len(whole.getvalue()) // 2], "half.jpg")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


PIXELS = chunk(b"IDAT", zlib.compress(bytes(64 * 193)))


@pytest.mark.parametrize("note", [b"zTXt", b"iCCP"])
def test_a_note_that_unpacks_to_a_hundred_megabytes_is_not_unpacked(note: bytes) -> None:
    bomb = chunk(note, b"x\0\0" + zlib.compress(bytes(100_000_000), 9))
    tracemalloc.start()
    with contextlib.suppress(Refusal):
        photo.decode(png(64, 64, bomb, PIXELS), "bomb.png")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000_000


def test_a_jpeg_of_countless_passes_is_refused() -> None:
    """Seen by fuzzing: 20,000 scans of 4 million pixels took 50 s. Each scan is a pass over the whole picture."""
    data = saved(patch(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    with pytest.raises(Refusal, match="passes"):
        photo.decode(data[:last] + data[last:-2] * 200 + data[-2:], "scans.jpg")
    assert jpeg.count_scans(data, 100) == data.count(b"\xff\xda") > 1
    assert photo.decode(data, "progressive.jpg").pixels.shape == (60, 80, 3)


def test_what_a_phone_puts_behind_a_photo_does_not_count_as_passes() -> None:
    """Motion photos carry a film behind the picture, with any bytes in it."""
    data = saved(patch(), "JPEG")
    assert photo.decode(data + b"\xff\xda" * 500, "motion.jpg").pixels.shape == (60, 80, 3)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
def test_of_every_kind_of_animation_the_first_frame_counts(form: str) -> None:
    frames = [Image.new("RGB", (80, 60), colour) for colour in (SKIN, (0, 0, 0), (255, 255, 255))]
    options: dict[str, Any] = {"lossless": True} if form == "WEBP" else {}
    data = saved(frames[0], form, save_all=True, append_images=frames[1:], **options)
    assert tuple(photo.decode(data, "film").pixels[5, 5]) == SKIN


def test_an_animated_gif_is_refused_whatever_its_name_says() -> None:
    frames = [Image.new("P", (80, 60), number) for number in range(3)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(Refusal, match="256 colours"):
        photo.decode(data, "photo.jpg")


@pytest.mark.parametrize(("form", "name"), [("PNG", "photo.jpg"), ("JPEG", "photo.png"), ("WEBP", "photo.heic")])
def test_a_wrong_ending_does_not_matter(form: str, name: str) -> None:
    assert photo.decode(saved(patch(), form), name).format == form


def test_cmyk_keeps_its_colours() -> None:
    """Pillow's own plain conversion, within what JPEG loses."""
    pixels = photo.decode(saved(patch().convert("CMYK"), "JPEG", quality=95), "photo").pixels
    assert np.abs(pixels[50, 70].astype(int) - SKIN).max() <= 8


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38, 1.5, -0.1])
def test_floats_beyond_0_to_1_are_refused_with_the_reason(value: float) -> None:
    wild = np.full((60, 80), 0.5, np.float32)
    wild[0, 0] = value
    with pytest.raises(Refusal, match="floating-point numbers beyond 0 to 1"):
        photo.decode(saved(Image.fromarray(wild), "TIFF"), "wild")


def test_notes_of_megabytes_are_left_behind() -> None:
    data = saved(patch(), "JPEG")
    piece = b"\xff\xe1" + struct.pack(">H", 65_000) + b"Exif\0\0MM\0*" + bytes(65_000 - 12)
    assert photo.decode(data[:2] + piece * 64 + data[2:], "noted").pixels.shape == (60, 80, 3)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "group4", "jpeg"])
def test_damage_inside_a_tiff_writes_nothing_beside_the_refusal(
    compression: str, capfd: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(0, 255, (200, 300, 3), dtype=np.uint8))
    whole = saved(noise.convert("1") if compression == "group4" else noise, "TIFF", compression=compression)
    for _ in range(10):
        changed = bytearray(whole)
        for _ in range(8):
            changed[int(rng.integers(len(changed)))] = int(rng.integers(256))
        with contextlib.suppress(Refusal):
            photo.decode(bytes(changed), "damaged.tif")
    assert capfd.readouterr() == ("", "")


def test_what_pillow_logs_does_not_reach_stderr() -> None:
    """Seen by fuzzing: a TIFF that promises 235 samples a pixel was logged beside the refusal.

    In a process of its own: a test runner listens to logs, and then Pillow is not alone with stderr.
    """
    whole = saved(patch(), "TIFF")
    samples = b"\x15\x01\x03\x00\x01\x00\x00\x00"
    assert whole.count(samples) == 1
    at = whole.index(samples) + len(samples)
    changed = whole[:at] + bytes([235]) + whole[at + 1 :]
    run = (
        "import sys; from porelight import photo; from porelight.refusal import Refusal\n"
        "try: photo.decode(sys.stdin.buffer.read(), 'samples.tif')\n"
        "except Refusal: print('refused')"
    )
    ended = subprocess.run([sys.executable, "-c", run], input=changed, capture_output=True, check=True)
    assert (ended.stdout.split(), ended.stderr) == ([b"refused"], b"")


def located(form: str) -> bytes:
    """A photo of rendered skin that says where and when it was taken, in every way a file can."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0132] = "SECRETMAKER", "2031:07:09 03:04:05"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.34), 3: "E", 4: (13.0, 24.0, 18.56), 29: "2031:07:09"})
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0SECRETPLACE"
    image = Image.fromarray(render_skin(4, size=(240, 320), um_per_px=40.0).pixels)
    options: dict[str, Any] = {"exif": exif.tobytes()}
    if form == "JPEG":
        options["comment"] = b"SECRETPLACE"
    return saved(image, form, **options)


SECRETS = (b"SECRET", b"GPS", b"2031:07:09", b"2031-07-09", b"Exif", b"eXIf")


@pytest.mark.slow
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_no_output_says_where_or_when_a_photo_was_taken(form: str, tmp_path: Path) -> None:
    """End to end: everything that measure and plan deliver, and every picture inside the page."""
    source = tmp_path / "photo"
    source.write_bytes(located(form))
    assert b"SECRETMAKER" in source.read_bytes()
    picture = inputs.read_photo(source)
    census = verbs.measure(picture, um_per_px=40.0)
    person = Path(__file__).resolve().parents[2] / "examples" / "person.yaml"
    made = verbs.plan(picture, person, on=dt.date(2026, 3, 2), um_per_px=40.0)
    files = bundle.of_census(census, picture.pixels) | bundle.of_plan(made, picture.pixels)
    assert {"overlay.png", "report.html", "census.json", "plan.json"} <= set(files)
    embedded = re.compile(rb"base64,([A-Za-z0-9+/=]+)")
    found = [part for data in files.values() for part in embedded.findall(data)]
    pictures = {f"picture {number} in a page": base64.b64decode(part) for number, part in enumerate(found)}
    pictures |= {name: data for name, data in files.items() if name.endswith((".png", ".jpg"))}
    assert len(pictures) >= 2
    for name, data in files.items():
        if name not in pictures:
            assert [secret for secret in SECRETS if secret in embedded.sub(b"", data)] == [], name
    for name, data in pictures.items():
        with Image.open(io.BytesIO(data)) as opened:
            assert dict(opened.getexif()) == {}, name
            assert set(opened.info) <= {"dpi", "jfif", "jfif_version", "jfif_unit", "jfif_density", "gamma"}, name
        assert b"SECRET" not in data

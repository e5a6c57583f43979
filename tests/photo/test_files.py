"""Files as cameras, editors and bad cards really write them: the same picture gives the same census."""

from __future__ import annotations

import functools
import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, features

from porelight import photo
from porelight.arrays import Floats, Pixels
from porelight.photo import colour, levels
from porelight.photo.artificial.render import render_skin
from porelight.photo.census import PoreCensus
from porelight.photo.container import jpeg
from porelight.photo.container.entropy import is_impossible
from porelight.photo.tone import decode_srgb
from porelight.refusal import Refusal

UM_PER_PX = 40.0
PRIMARIES = {
    "Display P3": colour.PRIMARIES[12],
    "Adobe RGB": ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), (0.3127, 0.3290)),
    "ProPhoto": ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001), (0.3457, 0.3585)),
}


@functools.cache
def skin() -> Pixels:
    return render_skin(4, size=(400, 560), um_per_px=UM_PER_PX).pixels


def saved(pixels: np.ndarray[Any, Any], form: str, **options: Any) -> bytes:
    pillow_heif.register_heif_opener()
    kept = io.BytesIO()
    Image.fromarray(pixels).save(kept, form, **options)
    return kept.getvalue()


def measured(data: bytes) -> PoreCensus:
    return photo.measure(photo.decode(data, "twin"), UM_PER_PX)


@functools.cache
def original() -> PoreCensus:
    return measured(saved(skin(), "PNG"))


def assert_twin(data: bytes) -> None:
    """As many pores, as large, and as red, within the interval of the original."""
    census, first = measured(data), original()
    assert census.pore_count == pytest.approx(first.pore_count, rel=0.05)
    assert census.median_diameter_um == pytest.approx(first.median_diameter_um, rel=0.05)
    for one, two in zip(first.indices, census.indices, strict=True):
        if one.key == "redness_patches" and one.value is not None:
            assert one.low is not None
            assert one.high is not None
            assert two.value is not None
            assert one.low <= two.value <= one.high


def encoded(primaries: colour.Primaries, curve: Callable[[Floats], Floats], brightest: int = 255) -> Any:
    """The skin in another encoding: linear light through the inverse matrix and a curve, as whole numbers."""
    light = decode_srgb(skin() / 255.0)
    into = np.linalg.inv(colour._xyz_of(primaries)) @ colour._xyz_of(colour.PRIMARIES[1])
    return np.rint(brightest * curve((light @ into.T).clip(0.0, 1.0)))


def srgb(light: Floats) -> Floats:
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)


def profile(primaries: colour.Primaries, gamma: float) -> bytes:
    """A matrix profile (ICC.1:2001) of these primaries, adapted to D50, with one power for all channels."""
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    columns = np.array([(x / y, 1.0, (1.0 - x - y) / y) for x, y in primaries]).T
    white, d50 = columns[:, 3], np.array([0.9642, 1.0, 0.8249])
    matrix = columns[:, :3] * np.linalg.solve(columns[:, :3], white)
    matrix = np.linalg.inv(bradford) @ np.diag((bradford @ d50) / (bradford @ white)) @ bradford @ matrix

    def xyz(values: Floats) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"twin\0" + bytes(78)
    tags = [(b"wtpt", xyz(d50)), (b"desc", text), (b"cprt", b"text\0\0\0\0none\0\0\0\0")]
    tags += [(name, xyz(matrix[:, k])) for k, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))]
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    table, body, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags:
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data
    head = bytearray(128)
    head[8:24] = b"\x02\x40\0\0mntrRGB XYZ "
    head[36:40] = b"acsp"
    head[68:80] = struct.pack(">iii", *(round(v * 65536) for v in d50))
    head[0:4] = struct.pack(">I", at + len(body))
    return bytes(head) + table + body


def with_chunk(data: bytes, kind: bytes, body: bytes) -> bytes:
    """A PNG with one more chunk behind its head."""
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return data[:33] + chunk + data[33:]


@pytest.mark.parametrize(("name", "gamma"), [("Display P3", 2.2), ("Adobe RGB", 2.2), ("ProPhoto", 1.8)])
@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_a_profile_gives_the_same_census(name: str, gamma: float, form: str) -> None:
    primaries = PRIMARIES[name]
    pixels = encoded(primaries, lambda light: light ** (1.0 / gamma)).astype(np.uint8)
    data = saved(pixels, form, icc_profile=profile(primaries, gamma))
    # The profile matters: without it the picture is another one.
    assert np.abs(photo.decode(saved(pixels, form), "bare").pixels - skin().astype(float)).mean() > 2.0
    assert np.abs(photo.decode(data, "twin").pixels - skin().astype(float)).mean() < 1.0
    assert_twin(data)


def test_codes_of_a_png_give_the_same_census_and_go_before_its_profile() -> None:
    pixels = encoded(PRIMARIES["Display P3"], srgb).astype(np.uint8)
    wrong = profile(PRIMARIES["ProPhoto"], 1.8)
    for data in (saved(pixels, "PNG"), saved(pixels, "PNG", icc_profile=wrong)):
        assert_twin(with_chunk(data, b"cICP", bytes((12, 13, 0, 1))))


@pytest.mark.parametrize("gamma", [1.0, 1.8])
def test_gamma_and_primaries_of_a_png_give_the_same_census(gamma: float) -> None:
    primaries = PRIMARIES["Adobe RGB"]
    data = saved(encoded(primaries, lambda light: light ** (1.0 / gamma)).astype(np.uint8), "PNG")
    red, green, blue, white = primaries
    corners = b"".join(struct.pack(">I", round(1e5 * v)) for point in (white, red, green, blue) for v in point)
    data = with_chunk(with_chunk(data, b"cHRM", corners), b"gAMA", struct.pack(">I", round(1e5 / gamma)))
    assert_twin(data)


def test_the_gamma_that_every_editor_writes_means_srgb() -> None:
    data = with_chunk(saved(skin(), "PNG"), b"gAMA", struct.pack(">I", 45455))
    assert (photo.decode(data, "usual").pixels == skin()).all()


@pytest.mark.parametrize("form", ["HEIF", *(["AVIF"] if features.check("avif") else [])])
def test_codes_of_a_heic_or_avif_give_the_same_census(form: str) -> None:
    pixels = encoded(PRIMARIES["Display P3"], srgb).astype(np.uint8)
    options = {"quality": 98, "chroma": 444} if form == "HEIF" else {"quality": 98, "subsampling": "4:4:4"}
    data = saved(pixels, form, **options)
    at = data.index(b"colrnclx") + 8
    assert_twin(data[:at] + struct.pack(">HH", 12, 13) + data[at + 4 :])


def test_cmyk_gives_the_same_census() -> None:
    kept = io.BytesIO()
    Image.fromarray(skin()).convert("CMYK").save(kept, "TIFF")
    assert_twin(kept.getvalue())


@pytest.mark.parametrize(("code", "name"), [(16, "PQ"), (18, "HLG")])
def test_high_dynamic_range_is_refused_in_words(code: int, name: str) -> None:
    data = with_chunk(saved(skin(), "PNG"), b"cICP", bytes((9, code, 0, 1)))
    with pytest.raises(Refusal, match=f"HDR photo \\({name}\\)"):
        photo.decode(data, "hdr.png")
    heic = saved(skin(), "HEIF")
    at = heic.index(b"colrnclx") + 8
    with pytest.raises(Refusal, match=f"HDR photo \\({name}\\)"):
        photo.decode(heic[:at] + struct.pack(">HH", 9, code) + heic[at + 4 :], "hdr.heic")


def test_codes_that_nobody_knows_are_refused() -> None:
    with pytest.raises(Refusal, match="codes that are not known"):
        photo.decode(with_chunk(saved(skin(), "PNG"), b"cICP", bytes((99, 13, 0, 1))), "odd.png")


FORMS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95},
    "PNG": {},
    "TIFF": {},
    "WEBP": {"lossless": True},
    "HEIF": {"quality": 95},
    **({"AVIF": {"quality": 95}} if features.check("avif") else {}),
}
LYING = {
    1: lambda p: p,
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.transpose(1, 0, 2),
    6: lambda p: p[::-1].transpose(1, 0, 2)[::-1, ::-1],
    7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
    8: lambda p: p.transpose(1, 0, 2)[:, ::-1],
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", FORMS)
def test_all_orientations_of_all_containers_show_the_same_picture(form: str, orientation: int) -> None:
    """Within what the packing loses, which is far less than any turn would make."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = np.ascontiguousarray(LYING[orientation](skin()))
    data = saved(lying, form, exif=exif.tobytes(), **FORMS[form])
    decoded = photo.decode(data, "turned").pixels
    assert decoded.shape == skin().shape
    assert np.abs(decoded - skin().astype(float)).mean() < (0.01 if form in ("PNG", "TIFF", "WEBP") else 4.0)


def tiff(samples: np.ndarray[Any, Any], orientation: int = 1, *more: tuple[int, int, int]) -> bytes:
    """A plain TIFF of any samples; ``more`` are tags of one whole number: tag, type, value."""
    height, width = samples.shape[:2]
    count, bits = samples.size // height // width, 8 * samples.dtype.itemsize
    kind = 3 if samples.dtype.kind == "f" else 1
    single = [(256, 4, width), (257, 4, height), (259, 3, 1), (262, 3, 2 if count == 3 else 1), (274, 3, orientation)]
    single += [(277, 3, count), (278, 4, height), (279, 4, samples.nbytes), (273, 4, 0), *more]
    entries = [(tag, form, 1, struct.pack("<I", value)) for tag, form, value in single]
    many = [(258, struct.pack(f"<{count}H", *[bits] * count)), (339, struct.pack(f"<{count}H", *[kind] * count))]
    at, extra = 8 + 2 + 12 * (len(entries) + 2) + 4, b""
    for tag, values in many:
        place = struct.pack("<I", at + len(extra)) if len(values) > 4 else values.ljust(4, b"\0")
        extra += values if len(values) > 4 else b""
        entries.append((tag, 3, count, place))
    entries = [(t, f, c, struct.pack("<I", at + len(extra)) if t == 273 else v) for t, f, c, v in sorted(entries)]
    table = b"".join(struct.pack("<HHI", tag, form, number) + value for tag, form, number, value in entries)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + table + bytes(4) + extra + samples.tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_tiff_of_16_bits_is_read_and_turned(orientation: int) -> None:
    lying = np.ascontiguousarray(LYING[orientation](skin())).astype(np.uint16) * 257
    assert (photo.decode(tiff(lying, orientation), "wide.tif").pixels == skin()).all()


@pytest.mark.parametrize("grey", [False, True])
def test_twelve_bits_in_16_are_no_night(grey: bool) -> None:
    samples = np.rint((skin()[..., 1] if grey else skin()) / 255.0 * 4095.0).astype(np.uint16)
    pixels = photo.decode(tiff(samples), "scan.tif").pixels
    wanted = np.dstack([skin()[..., 1]] * 3) if grey else skin()
    assert np.abs(pixels - wanted.astype(int)).max() <= 1


def test_fourteen_bits_are_read_where_the_file_says_so() -> None:
    samples = np.rint(skin() / 255.0 * 16383.0).astype(np.uint16)
    data = tiff(samples, 1, (281, 3, 16383))
    assert np.abs(photo.decode(data, "scan.tif").pixels - skin().astype(int)).max() <= 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_tiff_of_floats_from_0_to_1_is_read(dtype: Any) -> None:
    data = tiff((skin() / 255.0).astype(dtype))
    assert (photo.decode(data, "float.tif").pixels == skin()).all()


def test_a_tiff_of_floats_beyond_that_is_refused_with_the_reason() -> None:
    with pytest.raises(Refusal, match="floating-point numbers beyond 0 to 1"):
        photo.decode(tiff(skin().astype(np.float32)), "float.tif")


@pytest.mark.parametrize("form", ["BMP", "JPEG2000"])
def test_bmp_and_jpeg_2000_are_read(form: str) -> None:
    data = saved(skin(), form)
    assert np.abs(photo.decode(data, "photo").pixels - skin().astype(int)).mean() < 1.0


@pytest.mark.parametrize("more", [((0xC612, 4, 0x00000401),), ((0x00FE, 4, 1), (0x014A, 4, 8))])
def test_a_raw_file_is_called_one_and_not_measured_by_its_preview(more: tuple[tuple[int, int, int], ...]) -> None:
    with pytest.raises(Refusal, match="raw file"):
        photo.decode(tiff(skin(), 1, *more), "IMG_1.DNG")


@pytest.mark.parametrize(
    "start", [b"II*\0\x10\0\0\0CR\x02\0", b"FUJIFILMCCD-RAW ", b"IIRO\x08\0\0\0", b"\0\0\0\x18ftypcrx "]
)
def test_other_raw_files_are_called_so_too(start: bytes) -> None:
    with pytest.raises(Refusal, match="raw file"):
        photo.decode(start + bytes(500), "IMG_1.CR2")


def cut(data: bytes, share: float) -> bytes:
    """Cut off inside the packed part, and closed with an end marker as some programs do."""
    return data[: int(share * len(data))] + b"\xff\xd9"


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("share", [0.5, 0.8, 0.97])
def test_a_cut_jpeg_that_unpacks_is_refused(progressive: bool, share: float) -> None:
    data = saved(skin(), "JPEG", quality=92, progressive=progressive)
    with pytest.raises(Refusal, match="damaged or cut off"):
        photo.decode(cut(data, share), "cut.jpg")


def test_a_progressive_jpeg_cut_between_two_scans_is_refused() -> None:
    """Not one warning of the reader: it is a whole picture, only a coarser one."""
    data = saved(skin(), "JPEG", quality=92, progressive=True)
    scans = [segment.start for segment in jpeg.walk_segments(data) if segment.kind == jpeg.START_OF_SCAN]
    assert len(scans) > 4
    for at in scans[1:]:
        with pytest.raises(Refusal, match="damaged or cut off"):
            photo.decode(data[:at] + b"\xff\xd9", "coarse.jpg")


def test_a_jpeg_with_a_lost_restart_interval_is_refused() -> None:
    data = saved(skin(), "JPEG", quality=92, restart_marker_blocks=20)
    first, second = (data.index(bytes((0xFF, kind))) for kind in (0xD1, 0xD2))
    with pytest.raises(Refusal, match="damaged or cut off"):
        photo.decode(data[:first] + data[second:], "lost.jpg")


@pytest.mark.parametrize(
    "options",
    [
        {"quality": 30},
        {"quality": 100, "subsampling": 0},
        {"progressive": True},
        {"optimize": True},
        {"restart_marker_blocks": 3},
        {"restart_marker_rows": 1, "progressive": True},
    ],
)
def test_a_sound_jpeg_of_any_making_passes(options: dict[str, Any]) -> None:
    assert photo.decode(saved(skin(), "JPEG", **options), "sound.jpg").pixels.shape == skin().shape
    grey = saved(skin()[..., 0], "JPEG", **options)
    assert photo.decode(grey, "grey.jpg").pixels.shape == skin().shape


def test_filler_before_the_end_of_a_jpeg_is_no_damage() -> None:
    data = saved(skin(), "JPEG")
    assert photo.decode(data[:-2] + bytes(40) + data[-2:], "padded.jpg").pixels.shape == skin().shape


def rotten(data: bytes, seed: int, bits: int) -> bytes:
    """With bits of the packed part changed."""
    rng = np.random.default_rng(seed)
    start = next(segment.end for segment in jpeg.walk_segments(data) if segment.kind == jpeg.START_OF_SCAN)
    changed = bytearray(data)
    for at in rng.integers(start, len(data) - 2, bits):
        changed[at] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def test_most_bit_rot_is_refused() -> None:
    """A changed bit that leaves the packing possible cannot be seen: no checksum stands in a JPEG."""
    data, refused = saved(skin(), "JPEG", quality=75), 0
    for seed in range(40):
        try:
            photo.decode(rotten(data, seed, 3), "rotten.jpg")
        except Refusal:
            refused += 1
    assert refused >= 20


def test_garbage_that_the_reader_passes_is_seen_by_what_no_picture_has() -> None:
    data = saved(skin(), "JPEG", quality=92)
    files = [rotten(data, seed, 1) for seed in range(200)]
    assert any(is_impossible(file) and jpeg.find_damage(file, cmyk=False) is None for file in files)
    assert not is_impossible(data)


def test_levels_of_any_width_are_rounded_alike() -> None:
    for bits in (10, 12, 14, 16):
        samples = np.array([0, 1, 2 ** (bits - 1), 2**bits - 1])
        assert levels.scale_levels(samples, bits).tolist() == [0, 0, 128, 255]

"""Hostile photo files by the thousand: ``python -m benchmarks.fuzz [COUNT]``; damaged, mislabelled, oversized.

Each file is made from a whole one of some format and colour mode, damaged at random from one seed, or is built to use
much time or memory. Every one must end as a picture or as one line of refusal. Prints how many did, the longest time
and the most memory, and ends with 1 where one of them crashed, took over 10 s or over 2 GB.
"""

from __future__ import annotations

import io
import resource
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PIL import Image

from porelight import photo
from porelight.refusal import Refusal

LONGEST_S = 10.0
MOST_MB = 2000.0
MEASURED = 50
"""Of how many opened files one is also measured."""

Named = tuple[str, bytes]


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    kept = io.BytesIO()
    image.save(kept, form, **options)
    return kept.getvalue()


def whole_files() -> list[Named]:
    """One small file for each format and way of writing it that cameras, scanners and editors use."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    rng = np.random.default_rng(1)
    skin = (
        np.array([214.0, 168.0, 144.0])
        + 12.0 * rng.standard_normal((72, 96, 1))
        + 3.0 * rng.standard_normal((72, 96, 3))
    )
    image = Image.fromarray(skin.clip(0, 255).astype(np.uint8))
    frames: dict[str, Any] = {"save_all": True, "append_images": [image.rotate(90, expand=False)] * 3}
    wide = Image.fromarray((skin[..., 0] * 200.0).clip(0, 65535).astype(np.uint16))
    made: list[tuple[str, Image.Image, dict[str, Any]]] = [
        ("JPEG", image, {}),
        ("JPEG", image, {"progressive": True, "quality": 60}),
        ("JPEG", image.convert("CMYK"), {}),
        ("JPEG", image.convert("L"), {"exif": with_place(image, 60_000)}),
        ("JPEG", image, {"icc_profile": profile()}),
        ("PNG", image, {}),
        ("PNG", image.convert("P"), {}),
        ("PNG", image.convert("RGBA"), {}),
        ("PNG", wide, {}),
        ("PNG", image, frames),
        ("TIFF", image, {}),
        ("TIFF", image, {"compression": "tiff_lzw"}),
        ("TIFF", image, {"compression": "tiff_adobe_deflate"}),
        ("TIFF", image, {"compression": "jpeg"}),
        ("TIFF", image.convert("1"), {"compression": "group4"}),
        ("TIFF", Image.fromarray(skin[..., 0].astype(np.float32)), {}),
        ("TIFF", image, frames),
        ("WEBP", image, {}),
        ("WEBP", image, {"lossless": True}),
        ("WEBP", image, frames),
        ("HEIF", image, {}),
        ("GIF", image.convert("P"), frames),
        ("BMP", image, {}),
    ]
    if "AVIF" in Image.SAVE:
        made.append(("AVIF", image, {}))
    return [(form, saved(each, form, **options)) for form, each, options in made]


def with_place(image: Image.Image, length: int) -> bytes:
    """Notes with a place in them and a comment of that length."""
    exif = image.getexif()
    exif[0x010E] = "x" * length
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    return exif.tobytes()


def profile() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def damaged(rng: np.random.Generator, data: bytes) -> bytes:
    """Bytes changed, cut off, repeated, dropped, or the beginning of another kind of file put before it."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 16))):
        reach = min(len(changed), 512) if rng.random() < 0.5 else len(changed)
        changed[int(rng.integers(reach))] = int(rng.choice([0, 255, 127, 128, int(rng.integers(256))]))
    turn = rng.random()
    if turn < 0.25:
        del changed[int(rng.integers(1, len(changed))) :]
    elif turn < 0.4:
        start = int(rng.integers(len(changed)))
        changed[start:start] = changed[: int(rng.integers(1, 400))]
    elif turn < 0.5:
        start = int(rng.integers(len(changed)))
        del changed[start : start + int(rng.integers(1, 64))]
    elif turn < 0.55:
        starts = (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"II*\0", b"RIFF", b"GIF89a")
        changed[:4] = starts[int(rng.integers(len(starts)))]
    return bytes(changed)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunks) + chunk(b"IEND", b"")


def packed_zeros(length: int) -> bytes:
    """So many zero bytes, packed a thousand to one."""
    packer, piece = zlib.compressobj(9), bytes(1 << 20)
    whole = [packer.compress(piece) for _ in range(length >> 20)]
    return b"".join([*whole, packer.compress(bytes(length & ((1 << 20) - 1))), packer.flush()])


def scans(count: int, side: int) -> bytes:
    """A progressive JPEG whose last scan is repeated: each costs a pass over the whole picture."""
    data = saved(Image.new("RGB", (side, side), (200, 150, 130)), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * count + data[-2:]


BOMBS: dict[str, Callable[[], bytes]] = {
    "PNG that says 2 billion pixels": lambda: png(65_000, 32_000, chunk(b"IDAT", packed_zeros(1 << 20))),
    "PNG of 64 million pixels": lambda: png(8000, 8000, chunk(b"IDAT", packed_zeros(8000 * 24_001))),
    "PNG of 64 million see-through pixels": lambda: png(
        8000, 8000, chunk(b"IDAT", packed_zeros(8000 * 32_001)), colour=6
    ),
    "PNG of 64 million pixels of 16 bits": lambda: png(
        8000, 8000, chunk(b"IDAT", packed_zeros(8000 * 48_001)), depth=16
    ),
    "PNG whose note unpacks to 1 GB": lambda: png(
        64, 64, chunk(b"zTXt", b"x\0\0" + packed_zeros(1 << 30)), chunk(b"IDAT", packed_zeros(64 * 193))
    ),
    "PNG whose colour profile unpacks to 1 GB": lambda: png(
        64, 64, chunk(b"iCCP", b"x\0\0" + packed_zeros(1 << 30)), chunk(b"IDAT", packed_zeros(64 * 193))
    ),
    "JPEG of 64 million pixels": lambda: saved(Image.new("RGB", (8000, 8000), (200, 150, 130)), "JPEG"),
    "JPEG with 20,000 scans": lambda: scans(20_000, 2000),
    "CMYK JPEG of 64 million pixels": lambda: saved(Image.new("CMYK", (8000, 8000), (20, 90, 80, 0)), "JPEG"),
    "TIFF of 64 million floats": lambda: saved(
        Image.fromarray(np.zeros((8000, 8000), np.float32)), "TIFF", compression="tiff_adobe_deflate"
    ),
    "TIFF of 64 million pixels of 16 bits": lambda: saved(
        Image.fromarray(np.zeros((8000, 8000), np.uint16)), "TIFF", compression="tiff_adobe_deflate"
    ),
    "WebP of 64 million pixels": lambda: saved(Image.new("RGB", (8000, 8000), (200, 150, 130)), "WEBP", method=0),
    "JPEG with 16 MB of notes": lambda: large_notes(16_000_000),
}
"""Files that are small, or say little, and would use much."""


def large_notes(length: int) -> bytes:
    """A JPEG with so many bytes of notes, in pieces of 64 kB."""
    whole = saved(Image.new("RGB", (96, 72), (200, 150, 130)), "JPEG")
    piece = b"\xff\xe1" + struct.pack(">H", 65_000) + b"Exif\0\0" + b"MM\0*" + bytes(65_000 - 12)
    return whole[:2] + piece * (length // len(piece)) + whole[2:]


def files(count: int, seed: int = 7) -> Iterator[Named]:
    """The bombs, then so many damaged files."""
    for name, made in BOMBS.items():
        yield name, made()
    rng = np.random.default_rng(seed)
    whole = whole_files()
    for turn in range(count):
        name, data = whole[turn % len(whole)]
        yield f"{name} {turn}", damaged(rng, data)


def tried(name: str, data: bytes, *, measure: bool) -> str:
    """How one file ended: opened, refused, or the error that came through."""
    try:
        picture = photo.decode(data, name)
        if measure:
            photo.measure(picture)
    except Refusal:
        return "refused"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "opened"


def memory_mb() -> float:
    """Most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def main(count: int) -> int:
    ends: dict[str, int] = {}
    slowest, started, bad = ("", 0.0), time.perf_counter(), 0
    for turn, (name, data) in enumerate(files(count)):
        before, begun = memory_mb(), time.process_time()
        end = tried(name, data, measure=turn >= len(BOMBS) and turn % MEASURED == 0)
        took = time.process_time() - begun
        if turn < len(BOMBS):
            print(f"{name:45s} {end:8s} {took:6.2f} s  {memory_mb():6.0f} MB  (before {before:.0f})", flush=True)
        ends[end] = ends.get(end, 0) + 1
        slowest = max(slowest, (name, took), key=lambda each: each[1])
        bad += end not in ("opened", "refused") or took > LONGEST_S
    print(", ".join(f"{number} {end}" for end, number in sorted(ends.items())))
    took = time.perf_counter() - started
    print(f"slowest {slowest[1]:.2f} s ({slowest[0]}), most memory {memory_mb():.0f} MB, {took:.0f} s in all")
    return 1 if bad or memory_mb() > MOST_MB else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))

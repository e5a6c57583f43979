"""The same photo without what its file says of place, time and camera.

The picture itself is not packed anew: its bytes stay as they are, and so do how it is turned and its colour profile.
Everything else that is not needed to show it goes: EXIF with GPS and serial numbers, XMP, IPTC, comments, makers'
notes, second pictures and films behind the first.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

import numpy as np

from porelight.photo.container import bmff, jpeg, kind, png, tiff
from porelight.refusal import Refusal

_JPEG_KEPT: Final = ((0xE0, b"JFIF\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe"))
"""Notes that say how to show the picture: density, colour profile, colour transform."""
_PNG_KEPT: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sRGB cICP sBIT bKGD pHYs mDCV cLLI acTL fcTL fdAT".split()
)
_WEBP_KEPT: Final = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP")
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04
"""Bits of VP8X that say that such a note follows."""
_TIFF_KEPT: Final = frozenset(
    (254, 255, 256, 257, 258, 259, 262, 263, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284, 290, 291, 292, 293)
).union((296, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 332, 338, 339, 340, 341, 347, 34675), range(512, 533))
"""Tags of TIFF 6.0 and its technical notes without which a picture cannot be shown as it was; the last is ICC."""
_TIFF_PARTS: Final = ((0x0111, 0x0117), (0x0144, 0x0145), (0x0201, 0x0202))
"""Tags of the places and lengths of strips, tiles and an old kind of JPEG."""
_TIFF_INNER: Final = (0x8769, 0x8825, 0xA005)
"""Tags of directories with nothing but notes: EXIF, GPS, interoperability."""
_WHERE: Final = "the photo"


def without_place(data: bytes) -> bytes:
    """A JPEG, PNG, WebP, TIFF, HEIC or AVIF without place, time, serial numbers or any other note.

    Raises:
        Refusal: none of these, or laid out in a way that leaves open where its notes are.
    """
    try:
        if data.startswith(jpeg.JPEG_START):
            return _clean_jpeg(data)
        if data.startswith(png.PNG_START):
            return _clean_png(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _clean_webp(data)
        if kind.is_tiff(data):
            return _clean_tiff(data)
        if data[4:8] == b"ftyp":
            return _clean_bmff(data)
    except (IndexError, ValueError, OverflowError):
        what = "the file is laid out in a way in which not all of its notes can be found"
        raise Refusal(what, where=_WHERE, advice="Save it again as a JPEG") from None
    what = "only JPEG, PNG, HEIC, AVIF, TIFF and WebP can be freed of place and time"
    raise Refusal(what, where=_WHERE, advice="Save it as one of these")


def _read_orientation(data: bytes) -> int:
    """As EXIF counts it; 1 where the notes are silent or cannot be read."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "MPO")) as image:
            turned = int(image.getexif().get(tiff.ORIENTATION, 1))
    except Exception:
        return 1
    return turned if 1 <= turned <= 8 else 1


def _clean_jpeg(data: bytes) -> bytes:
    segments = list(jpeg.walk_segments(data))
    if not segments or segments[-1].kind != jpeg.END_OF_IMAGE:
        raise ValueError("the end is missing")
    parts: list[bytes] = [jpeg.JPEG_START]
    turned = _read_orientation(data)
    if turned != 1:
        body = b"Exif\0\0" + tiff.write_orientation(turned)
        parts.append(b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body)
    for segment in segments:
        note = 0xE0 <= segment.kind <= 0xEF or segment.kind == 0xFE
        named = data[segment.body : segment.end]
        if not note or any(segment.kind == number and named.startswith(name) for number, name in _JPEG_KEPT):
            # Between two segments of notes nothing of the picture stands; behind others its packed part does.
            parts.append(data[segment.start : segment.end if note else segment.stop])
    return b"".join(parts)


def _clean_png(data: bytes) -> bytes:
    turned = _read_orientation(data)
    parts, ended = [png.PNG_START], False
    for name, body in png.walk_chunks(data):
        if name == b"IDAT" and turned != 1:
            parts.append(png.write_chunk(b"eXIf", tiff.write_orientation(turned)))
            turned = 1
        ended = name == b"IEND"
        if name in _PNG_KEPT:
            parts.append(png.write_chunk(name, body))
    if not ended:
        raise ValueError("the end is missing")
    return b"".join(parts)


def _walk_webp(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, end = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + size > end:
            raise ValueError("a chunk is cut off")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _clean_webp(data: bytes) -> bytes:
    turned = _read_orientation(data)
    chunks = [(name, body) for name, body in _walk_webp(data) if name in _WEBP_KEPT]
    if turned != 1:
        chunks.append((b"EXIF", tiff.write_orientation(turned)))
    kept = _WEBP_EXIF if turned != 1 else 0
    chunks = [
        (name, bytes([body[0] & ~(_WEBP_EXIF | _WEBP_XMP) | kept]) + body[1:] if name == b"VP8X" else body)
        for name, body in chunks
    ]
    packed = b"".join(name + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2) for name, body in chunks)
    return b"RIFF" + (len(packed) + 4).to_bytes(4, "little") + b"WEBP" + packed


def _clean_tiff(data: bytes) -> bytes:
    """In place, so that what is kept stays where the directories say it is: notes become zeros, their entries go."""
    order = tiff.read_order(data) or "little"
    cleaned, kept = bytearray(data), bytearray(len(data))
    directories = list(tiff.walk_directories(data, tiff.first_directory(data)))
    kept[:8] = b"\1" * 8
    for directory in directories:
        entries = [entry for entry in directory.entries if entry.tag in _TIFF_KEPT]
        table = b"".join(data[entry.at : entry.at + 12] for entry in entries)
        end = directory.at + 2 + len(table)
        cleaned[directory.at : end] = len(entries).to_bytes(2, order) + table
        # The place of the next directory moves up behind the entries that are left.
        cleaned[end : end + 4] = data[directory.after : directory.after + 4]
        _keep(kept, directory.at, end + 4)
        for entry in entries:
            _keep(kept, *entry.value)
        for start, stop in _tiff_parts(data, directory):
            _keep(kept, start, stop)
    # Whatever no directory needs is a note, or what an editor left behind.
    return (np.frombuffer(cleaned, np.uint8) * np.frombuffer(kept, np.uint8)).tobytes()


def _keep(kept: bytearray, start: int, stop: int) -> None:
    start, stop = min(start, len(kept)), min(stop, len(kept))
    kept[start:stop] = b"\1" * max(0, stop - start)


def _tiff_parts(data: bytes, directory: tiff.Directory) -> Iterator[tuple[int, int]]:
    """Where the packed parts of a picture lie."""
    by_tag = {entry.tag: entry for entry in directory.entries}
    for places, lengths in _TIFF_PARTS:
        if places in by_tag and lengths in by_tag:
            starts, sizes = (tiff.read_all_numbers(data, by_tag[tag]) for tag in (places, lengths))
            yield from ((start, start + size) for start, size in zip(starts, sizes, strict=True))


def _clean_bmff(data: bytes) -> bytes:
    """In place, so that every list of places stays right: notes become blanks of the same length."""
    cleaned = bytearray(data)
    for item in bmff.read_items(data):
        if item.kind in (b"Exif", b"mime", b"uri ", b""):
            # A reader that finds no TIFF in an item of EXIF calls the whole file broken.
            exif = b"\0\0\0\0" + tiff.write_orientation(_bmff_orientation(data, item))
            _blank(cleaned, item.spans, exif if item.kind == b"Exif" else b"")
    for name, (start, end) in bmff.walk_boxes(data, (0, len(data))):
        if name not in (b"ftyp", b"meta", b"mdat", b"free", b"skip"):
            # Films, makers' boxes: what begins with the name free is skipped by every reader.
            head = start - 4 if int.from_bytes(data[start - 8 : start - 4], "big") != 1 else start - 12
            cleaned[head : head + 4] = b"free"
            _blank(cleaned, ((start, end),), b"")
    return bytes(cleaned)


def _bmff_orientation(data: bytes, item: bmff.Item) -> int:
    """As its EXIF says; readers that turn by the container leave it unread."""
    body = b"".join(data[start:end] for start, end in item.spans)
    note = body[4 + int.from_bytes(body[:4], "big") :]
    turned = next(iter(tiff.read_first_tags(note).get(tiff.ORIENTATION, ())), 1)
    return turned if 1 <= turned <= 8 else 1


def _blank(cleaned: bytearray, spans: tuple[bmff.Span, ...], note: bytes) -> None:
    """Fill spans with zeros, and their beginning with a note where it fits in."""
    for start, end in spans:
        if end > len(cleaned) or start > end:
            raise ValueError("a note lies outside of the file")
        cleaned[start:end] = bytes(end - start)
    if note and spans and spans[0][1] - spans[0][0] >= len(note):
        cleaned[spans[0][0] : spans[0][0] + len(note)] = note

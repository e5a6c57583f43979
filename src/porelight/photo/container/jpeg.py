"""Segments and scans of a JPEG (ITU-T T.81), read without unpacking the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from porelight.frozen import frozen

JPEG_START: Final = b"\xff\xd8"
END_OF_IMAGE: Final = 0xD9
START_OF_SCAN: Final = 0xDA
PROGRESSIVE_FRAMES: Final = (0xC2, 0xC6, 0xCA, 0xCE)
FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the packed part of a scan: a marker that is neither a stuffed byte nor a restart."""


@frozen
class Segment:
    """One marker with its parameters, and what lies between them and the next marker: the packed part of a scan."""

    kind: int
    start: int
    """Of the marker."""
    body: int
    """Of the parameters, after their length."""
    end: int
    """Of the parameters."""
    stop: int
    """Where the next marker begins."""


def walk_segments(data: bytes) -> Iterator[Segment]:
    """The segments of the first picture, its end marker included; ends early where the file does."""
    if not data.startswith(JPEG_START):
        return
    marker = _MARKER.search(data, 2)
    while marker:
        kind, length = data[marker.start() + 1], marker.end()
        if kind == END_OF_IMAGE:
            yield Segment(kind, marker.start(), length, length, length)
            return
        end = length + int.from_bytes(data[length : length + 2], "big")
        following = _MARKER.search(data, end)
        yield Segment(kind, marker.start(), length + 2, end, following.start() if following else len(data))
        marker = following


def count_scans(data: bytes, enough: int) -> int:
    """How many scans the first picture has, counted no further than one beyond ``enough``."""
    found = 0
    for segment in walk_segments(data):
        found += segment.kind == START_OF_SCAN
        if found > enough:
            break
    return found


def lacks_scans(data: bytes) -> bool:
    """Whether scans are missing that the file needs to show its picture whole.

    A progressive picture is sent coarse first. Cut between two scans and closed with an end marker it unpacks without
    a word: softer, or without colour. Whole ones bring every coefficient of every component down to its last bit.
    """
    frame = next((segment for segment in walk_segments(data) if segment.kind in FRAMES), None)
    if frame is None:
        return False
    count = data[frame.body + 5] if frame.body + 5 < len(data) else 0
    components = [
        data[frame.body + 6 + 3 * number] for number in range(count) if frame.body + 6 + 3 * number < len(data)
    ]
    bits_left = {(component, place): 99 for component in components for place in range(64)}
    for segment in walk_segments(data):
        if segment.kind == START_OF_SCAN:
            _read_scan(data[segment.body : segment.end], bits_left, progressive=frame.kind in PROGRESSIVE_FRAMES)
    return any(bits_left.values())


def _read_scan(header: bytes, bits_left: dict[tuple[int, int], int], *, progressive: bool) -> None:
    """Note down to which bit a scan brings the coefficients of its components."""
    count = header[0] if header else 0
    if len(header) < 1 + 2 * count + 3:
        return
    first, last, low = header[-3], header[-2], header[-1] & 15
    if not progressive:
        # A sequential scan holds all of its components; some writers leave these three bytes empty.
        first, last, low = 0, 63, 0
    for component in header[1 : 1 + 2 * count : 2]:
        for place in range(first, min(last, 63) + 1):
            if (component, place) in bits_left:
                bits_left[component, place] = low


def find_damage(data: bytes, *, cmyk: bool) -> str | None:
    """What the reader says of a JPEG whose packed part is damaged; None where it unpacks without a complaint.

    A reader fills what it cannot unpack with grey or with what it guesses, and goes on: its warnings are the only
    trace of it. Pillow does not pass them on, so the packed part is read once more, at an eighth of the size.
    """
    import simplejpeg

    colours = "CMYK" if cmyk else "GRAY"
    try:
        simplejpeg.decode_jpeg(data, colours, min_height=1, min_width=1, min_factor=8, strict=True)
    except ValueError as warning:
        text = str(warning)
        if "bad ICC" in text or _is_padding(data, text):
            return None
        return text if text.startswith(("Corrupt JPEG data", "Premature end", "Inconsistent progression")) else None
    return None


_EXTRANEOUS: Final = re.compile(r"(\d+) extraneous bytes before marker 0xd9")


def _is_padding(data: bytes, warning: str) -> bool:
    """Whether a complaint is about filler before the end marker only, which some cameras write."""
    found = _EXTRANEOUS.search(warning)
    end = next((segment.start for segment in walk_segments(data) if segment.kind == END_OF_IMAGE), 0)
    return found is not None and set(data[end - int(found.group(1)) : end]) in ({0}, {255})


def strip_segments(data: bytes, kept: frozenset[int]) -> Iterator[bytes]:
    """The first picture without its notes: application segments and comments, those that start at ``kept`` excepted."""
    yield JPEG_START
    for segment in walk_segments(data):
        note = 0xE0 <= segment.kind <= 0xEF or segment.kind == 0xFE
        if not note or segment.start in kept:
            yield data[segment.start : segment.stop]

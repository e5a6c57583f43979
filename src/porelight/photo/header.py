"""What the first bytes of an image file promise, read without unpacking anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal

Span = tuple[int, int]
Order = Literal["little", "big"]

_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
_TIFFS: Final[dict[bytes, Order]] = {b"II*\0": "little", b"MM\0*": "big", b"II+\0": "little", b"MM\0+": "big"}


_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the packed part of a JPEG scan: a marker that is neither a stuffed byte nor a restart."""


def scans(data: bytes, enough: int) -> int:
    """How many scans a JPEG's first picture has (ITU T.81), counted no further than one beyond ``enough``."""
    if not data.startswith(b"\xff\xd8"):
        return 0
    found, at = 0, 2
    while found <= enough and (marker := _MARKER.search(data, at)):
        kind, body = data[marker.start() + 1], marker.end()
        if kind == 0xD9:
            return found
        found += kind == 0xDA
        at = body + int.from_bytes(data[body : body + 2], "big")
    return found


def is_cut(data: bytes) -> bool:
    """Whether bytes that no reader opens begin as a picture and lack what their beginning promises."""
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return True
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return True
    if data[:4] in _TIFFS:
        # The list of contents may stand at the end. Where it is there, the file is whole but of an unknown kind.
        return _contents(data) + 2 > len(data)
    if data[4:8] == b"ftyp" and data[8:12] in _BRANDS:
        ends = [end for _, (_, end) in boxes(data, (0, len(data)))]
        return max(ends, default=0) > len(data) or not any(kind == b"meta" for kind, _ in boxes(data, (0, len(data))))
    return False


def _contents(data: bytes) -> int:
    """Where a TIFF's list of contents begins; the larger kind of TIFF has eight bytes for it."""
    wide = b"+" in data[:4]
    return int.from_bytes(data[8:16] if wide else data[4:8], _TIFFS[data[:4]])


def turned_by_container(data: bytes) -> bool:
    """Whether a HEIC file says in its container (ISO 23008-12, irot and imir) how the picture is turned."""
    spans: list[Span] = [(0, len(data))]
    for name, skipped in ((b"meta", 4), (b"iprp", 0), (b"ipco", 0)):
        found = [body for span in spans for kind, body in boxes(data, span) if kind == name]
        spans = [(start + skipped, end) for start, end in found]
    return any(kind in (b"irot", b"imir") for span in spans for kind, _ in boxes(data, span))


def boxes(data: bytes, span: Span) -> Iterator[tuple[bytes, Span]]:
    """Name and body of each box in a span of an ISO base media file; the last may promise more than there is."""
    start, end = span
    while start + 8 <= min(end, len(data)):
        size, head = int.from_bytes(data[start : start + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        size = size or end - start
        if size < head:
            return
        yield data[start + 4 : start + 8], (start + head, start + size)
        start += size

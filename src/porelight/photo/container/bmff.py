"""Boxes of HEIC and AVIF (ISO 14496-12 and 23008-12): items, their places in the file, and their properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from porelight.frozen import frozen

Span = tuple[int, int]

BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")


def walk_boxes(data: bytes, span: Span) -> Iterator[tuple[bytes, Span]]:
    """Name and body of each box in a span of a file; the last may promise more than there is."""
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


def find_boxes(data: bytes, *path: bytes) -> list[Span]:
    """Bodies of the boxes at the end of a path of names, such as ``meta``, ``iprp``, ``ipco``."""
    spans: list[Span] = [(0, len(data))]
    for name in path:
        # meta is a full box: version and flags stand before what it holds.
        skipped = 4 if name == b"meta" else 0
        found = [body for span in spans for kind, body in walk_boxes(data, span) if kind == name]
        spans = [(start + skipped, end) for start, end in found]
    return spans


def is_turned(data: bytes) -> bool:
    """Whether the container says (irot, imir) how the picture is turned."""
    properties = find_boxes(data, b"meta", b"iprp", b"ipco")
    return any(kind in (b"irot", b"imir") for span in properties for kind, _ in walk_boxes(data, span))


def is_open_ended(data: bytes) -> bool:
    """Whether boxes promise more than there is, or the list of contents is missing."""
    ends = [end for _, (_, end) in walk_boxes(data, (0, len(data)))]
    return max(ends, default=0) > len(data) or not find_boxes(data, b"meta")


def read_colour_codes(data: bytes) -> tuple[int, int] | None:
    """Primaries and transfer (ITU-T H.273) of the main picture; None where no nclx box says them."""
    for span in find_boxes(data, b"meta", b"iprp", b"ipco"):
        found = [body for kind, body in walk_boxes(data, span) if kind == b"colr"]
        codes = [data[start : start + 8] for start, _ in found if data[start : start + 4] == b"nclx"]
        if codes:
            # The main picture's properties come first in all writers seen; those of thumbnails are the same.
            return int.from_bytes(codes[0][4:6], "big"), int.from_bytes(codes[0][6:8], "big")
    return None


@frozen
class Item:
    """Something that a file holds, with its kind and the places of its bytes."""

    kind: bytes
    spans: tuple[Span, ...]


def read_items(data: bytes) -> tuple[Item, ...]:
    """Every item of the file with the places of its bytes.

    Raises:
        ValueError: the lists of items cannot be read.
    """
    kinds: dict[int, bytes] = {}
    places: dict[int, tuple[Span, ...]] = {}
    inner = next(iter(find_boxes(data, b"meta", b"idat")), (0, 0))[0]
    for span in find_boxes(data, b"meta", b"iinf"):
        kinds |= dict(_read_kinds(data, span))
    for start, end in find_boxes(data, b"meta", b"iloc"):
        places |= _read_places(_Reader(data, start, min(end, len(data))), inner)
    return tuple(Item(kinds.get(number, b""), spans) for number, spans in places.items())


def _read_kinds(data: bytes, span: Span) -> Iterator[tuple[int, bytes]]:
    skipped = 6 if data[span[0]] == 0 else 8
    for kind, (start, _) in walk_boxes(data, (span[0] + skipped, span[1])):
        if kind == b"infe":
            wide = 4 if data[start] == 3 else 2
            after = start + 4 + wide + 2
            yield int.from_bytes(data[start + 4 : start + 4 + wide], "big"), data[after : after + 4]


class _Reader:
    """Whole numbers, one after the other."""

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self.data, self.at, self.end = data, at, end

    def number(self, length: int) -> int:
        self.at += length
        if self.at > self.end:
            raise ValueError("the list of places is cut off")
        return int.from_bytes(self.data[self.at - length : self.at], "big")


def _read_places(reader: _Reader, inner: int) -> dict[int, tuple[Span, ...]]:
    """Spans by item number; ``inner`` is where the bytes begin that stand in the list itself (idat)."""
    version = reader.number(4) >> 24
    sizes = reader.number(2)
    offset_size, length_size, base_size, index_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15
    wide = 4 if version == 2 else 2
    found: dict[int, tuple[Span, ...]] = {}
    for _ in range(reader.number(wide)):
        number = reader.number(wide)
        method = reader.number(2) & 15 if version else 0
        reader.number(2)
        base = reader.number(base_size) + (inner if method == 1 else 0)
        spans = []
        for _ in range(reader.number(2)):
            if version:
                reader.number(index_size)
            start = base + reader.number(offset_size)
            spans.append((start, start + reader.number(length_size)))
        found[number] = tuple(spans)
    return found

"""Directories of a TIFF (revision 6.0) and of EXIF, which is one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from porelight.frozen import frozen

Order = Literal["little", "big"]

TIFF_STARTS: Final[dict[bytes, Order]] = {b"II*\0": "little", b"MM\0*": "big"}
WIDE_TIFF_STARTS: Final[dict[bytes, Order]] = {b"II+\0": "little", b"MM\0+": "big"}
"""Of the larger kind of TIFF, with eight bytes for each place."""
TYPE_BYTES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8}
"""Bytes of one value, by the number of its type."""
MOST_ENTRIES: Final = 4096
"""Entries of one directory that are looked at; pictures have some dozens."""

ORIENTATION: Final = 0x0112
REDUCED: Final = 0x00FE
"""Kind of a picture: bit 0 for a smaller copy of another one."""
MAX_SAMPLE: Final = 0x0119
DNG_VERSION: Final = 0xC612
SUB_DIRECTORIES: Final = 0x014A
PROFILE: Final = 0x8773
"""ICC."""


@frozen
class Entry:
    """One entry of a directory: where it stands, and where its value does."""

    tag: int
    type: int
    count: int
    at: int
    value: tuple[int, int]
    """Start and end of the value's bytes, inside the entry where they fit in."""


@frozen
class Directory:
    """One list of entries; ``after`` is where the place of the next one stands."""

    at: int
    entries: tuple[Entry, ...]
    after: int


def read_order(data: bytes) -> Order | None:
    """Byte order of a TIFF; None where it is none."""
    return TIFF_STARTS.get(data[:4]) or WIDE_TIFF_STARTS.get(data[:4])


def first_directory(data: bytes) -> int:
    """Where a TIFF's first directory begins."""
    order = read_order(data) or "little"
    return int.from_bytes(data[8:16] if data[:4] in WIDE_TIFF_STARTS else data[4:8], order)


def read_directory(data: bytes, at: int) -> Directory:
    """The directory at a place of an ordinary TIFF.

    Raises:
        ValueError: it lies outside of the file.
    """
    order = read_order(data)
    count = int.from_bytes(data[at : at + 2], order or "little")
    end = at + 2 + 12 * count
    if order is None or data[:4] in WIDE_TIFF_STARTS or at < 8 or count > MOST_ENTRIES or end + 4 > len(data):
        raise ValueError("the directory of the file cannot be read")
    return Directory(at, tuple(_read_entry(data, at + 2 + 12 * number, order) for number in range(count)), end)


def _read_entry(data: bytes, at: int, order: Order) -> Entry:
    tag, kind = (int.from_bytes(data[at + shift : at + shift + 2], order) for shift in (0, 2))
    count, place = (int.from_bytes(data[at + shift : at + shift + 4], order) for shift in (4, 8))
    size = TYPE_BYTES.get(kind, 0) * count
    start = at + 8 if size <= 4 else place
    return Entry(tag, kind, count, at, (start, min(start + size, len(data))))


def read_numbers(data: bytes, entry: Entry) -> tuple[int, ...]:
    """The values of an entry of whole numbers, no more than a thousand."""
    order, size = read_order(data) or "little", TYPE_BYTES.get(entry.type, 0)
    if entry.type not in (1, 3, 4, 13):
        return ()
    start, end = entry.value
    ends = range(start + size, min(end, start + 1000 * size) + 1, size)
    return tuple(int.from_bytes(data[stop - size : stop], order) for stop in ends)


def read_all_numbers(data: bytes, entry: Entry) -> tuple[int, ...]:
    """The values of an entry of whole numbers, however many.

    Raises:
        ValueError: they are no whole numbers, or not all of them are in the file.
    """
    size = TYPE_BYTES.get(entry.type, 0)
    if entry.type not in (3, 4, 13) or entry.value[1] - entry.value[0] != size * entry.count:
        raise ValueError("places and lengths of the file cannot be read")
    order = read_order(data) or "little"
    return tuple(int.from_bytes(data[at : at + size], order) for at in range(*entry.value, size))


def read_first_tags(data: bytes) -> dict[int, tuple[int, ...]]:
    """Whole numbers of the first directory, by tag; nothing where it cannot be read."""
    try:
        return {entry.tag: read_numbers(data, entry) for entry in read_directory(data, first_directory(data)).entries}
    except ValueError:
        return {}


def walk_directories(data: bytes, at: int) -> Iterator[Directory]:
    """The directories that are chained from a place on, each once.

    Raises:
        ValueError: one of them lies outside of the file.
    """
    order, seen = read_order(data) or "little", set()
    while at and at not in seen:
        seen.add(at)
        directory = read_directory(data, at)
        yield directory
        at = int.from_bytes(data[directory.after : directory.after + 4], order)


def write_orientation(orientation: int) -> bytes:
    """A TIFF that says nothing but how the picture is turned: the body of an EXIF note."""
    entry = ORIENTATION.to_bytes(2, "big") + b"\0\x03\0\0\0\x01" + orientation.to_bytes(2, "big") + b"\0\0"
    return b"MM\0*\0\0\0\x08\0\x01" + entry + bytes(4)

"""Chunks of a PNG (ISO/IEC 15948)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

PNG_START: Final = b"\x89PNG\r\n\x1a\n"


def walk_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk up to the end; ends early where the file does."""
    at = len(PNG_START)
    while data.startswith(PNG_START) and at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"IEND":
            return


def read_head(data: bytes) -> dict[bytes, bytes]:
    """The chunks that stand before the picture, the first of each name."""
    found: dict[bytes, bytes] = {}
    for kind, body in walk_chunks(data):
        if kind == b"IDAT":
            break
        found.setdefault(kind, body)
    return found


def write_chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

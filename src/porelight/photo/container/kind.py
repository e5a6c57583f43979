"""What the first bytes of a file promise."""

from __future__ import annotations

from typing import Final

from porelight.photo.container import bmff, png, tiff

RAW_STARTS: Final = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM")
"""Raw files that are no TIFF: Fujifilm, Olympus, Panasonic, Sigma, Minolta."""


def is_cut(data: bytes) -> bool:
    """Whether bytes that no reader opens begin as a picture and lack what their beginning promises."""
    if data.startswith((b"\xff\xd8\xff", png.PNG_START)):
        return True
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return True
    if tiff.read_order(data):
        # The list of contents may stand at the end. Where it is there, the file is whole but of an unknown kind.
        return tiff.first_directory(data) + 2 > len(data)
    if data[4:8] == b"ftyp" and data[8:12] in bmff.BRANDS:
        return bmff.is_open_ended(data)
    return False


def is_tiff(data: bytes) -> bool:
    return tiff.read_order(data) is not None


def is_raw(data: bytes) -> bool:
    """Whether this is what a camera's sensor saw, of which an ordinary reader shows a small preview only."""
    if data.startswith(RAW_STARTS) or data[8:10] == b"CR" or data[4:12] == b"ftypcrx ":
        return True
    tags = tiff.read_first_tags(data)
    reduced = tags.get(tiff.REDUCED, (0,))[:1] == (1,)
    return tiff.DNG_VERSION in tags or (reduced and tiff.SUB_DIRECTORIES in tags)

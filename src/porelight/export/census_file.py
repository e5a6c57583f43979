"""Censuses and changes as bytes that can be kept and read back: nothing need be measured twice.

A face is left out: its points tell who it is, so that no file ever holds them.
"""

from __future__ import annotations

import dataclasses
from typing import Final

from porelight.export.archive import pack, unpack
from porelight.photo.census import PoreCensus
from porelight.photo.compare.change import Change

CENSUS_KIND: Final = "census"
CHANGE_KIND: Final = "change"


def census_bytes(census: PoreCensus) -> bytes:
    """A census without its face, for :func:`census_from`; the same census gives the same bytes."""
    return pack(without_face(census), CENSUS_KIND)


def census_from(data: bytes) -> PoreCensus:
    """What :func:`census_bytes` wrote.

    Raises:
        Refusal: other bytes, another major version, or values that no census has.
    """
    return unpack(data, PoreCensus, CENSUS_KIND)


def change_bytes(change: Change) -> bytes:
    """A change with both of its censuses, without their faces, for :func:`change_from`."""
    bare = dataclasses.replace(change, before=without_face(change.before), after=without_face(change.after))
    return pack(bare, CHANGE_KIND)


def change_from(data: bytes) -> Change:
    """What :func:`change_bytes` wrote.

    Raises:
        Refusal: other bytes, another major version, or values that no change has.
    """
    return unpack(data, Change, CHANGE_KIND)


def without_face(census: PoreCensus) -> PoreCensus:
    """The same census, from which nobody can be told."""
    return dataclasses.replace(census, face=None)

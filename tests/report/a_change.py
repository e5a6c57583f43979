"""A comparison for the tests of pages and figures: rendered skin, taken again with its pores smaller."""

from __future__ import annotations

import functools

from porelight.photo.compare.chain import compare_photos
from porelight.photo.compare.change import Change
from porelight.photo.decode import Picture
from tests.photo.retakes import Shot, skin, take

SIZE = (420, 520)


@functools.cache
def photos() -> tuple[Picture, Picture]:
    first = take(skin(71, size=SIZE, um_per_px=45.0), Shot(), 1)
    return first, take(skin(71, size=SIZE, um_per_px=45.0, shrink=0.75), Shot(angle=6.0, shift=(12.0, -8.0)), 2)


@functools.cache
def smaller() -> Change:
    """Pores a quarter narrower."""
    return compare_photos(*photos(), um_per_px=45.0)


@functools.cache
def unchanged() -> Change:
    """The same skin without a scale."""
    first, _ = photos()
    return compare_photos(first, take(skin(71, size=SIZE, um_per_px=45.0), Shot(angle=4.0, bend=2.0), 3))

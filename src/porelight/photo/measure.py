"""From a picture to its pores: mask, pore scale, dots, outlines, flags."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from porelight import cite, units
from porelight.photo.census import PoreCensus, Pores
from porelight.photo.decode import Picture
from porelight.photo.find import GLINT, Dots, dots
from porelight.photo.fit import RADIUS, Outlines, outlines
from porelight.photo.mask import skin_mask
from porelight.photo.quality import flags_of
from porelight.photo.size import PoreScale, halvings, ladder, pore_scale, pyramid
from porelight.photo.tone import Plane, blur, linear, logarithm, luminance
from porelight.refusal import Refusal
from porelight.version import __version__

STRENGTH: Final = 0.42
"""Dotness, in units of the skin's contrast, from which a dot is looked at."""
CLEAR: Final = 0.45
"""Dotness times the root of relative depth, from which a dot is a pore: texture is as round, but not as deep."""
LEAST_SKIN: Final = 0.1
"""Share of a picture that must be skin."""
NARROW: Final = 3.0
"""Elongation from which a dark mark is a hair or a crease, not a pore."""
WIDE: Final = 2.1
"""A mark this many times wider than half of the pores is a spot or a mole."""
SHALLOW: Final = 0.012
"""Least drop of log luminance: two steps of an 8-bit photo at middle grey."""
BLACK: Final = 0.95
"""Drop of log luminance from which a mark is a hair end or a hole: three fifths of the light gone."""


def measure(picture: Picture, um_per_px: float | None = None, seed: int = 0) -> PoreCensus:
    """The pores of one photo, all of them found with the same parameters whatever the photo.

    Args:
        picture: the photo.
        um_per_px: micrometres of skin per pixel; None where it is not known, and then lengths stay in px.
        seed: kept with the result; the measurement itself draws no random numbers.

    Raises:
        Refusal: the scale is no scale, or the picture shows no skin.
    """
    del seed
    rows = cite.table("photo")
    _check_scale(um_per_px)
    light = linear(picture.pixels)
    mask = skin_mask(light)
    if mask.skin_share < LEAST_SKIN:
        advice = "Use a sharp colour photo of bare skin in even, white light"
        raise Refusal("no skin was found in the picture", where=picture.where, advice=advice)
    log_light = logarithm(luminance(light))
    levels = pyramid(log_light, mask.searched.astype(np.float32))
    low, high = _bounds(um_per_px)
    scale = pore_scale(levels, ladder(log_light.shape, low, high))
    pores, outline = _pores(levels, scale)
    flags = flags_of(picture, light, mask, outline, pores, scale, um_per_px)
    return PoreCensus(
        width=picture.width,
        height=picture.height,
        um_per_px=um_per_px,
        skin_area=float(mask.searched.sum()),
        pores=pores,
        flags=flags,
        enlarged_from=rows["def_250"],
        version=__version__,
        rests_on=(rows["def_250"], rows["smallest_pore"], rows["largest_pore"]) if um_per_px else (rows["def_250"],),
    )


def _check_scale(um_per_px: float | None) -> None:
    rows = cite.table("photo")
    low, high = rows["scale_low"].si / units.um, rows["scale_high"].si / units.um
    if um_per_px is None or (math.isfinite(um_per_px) and low <= um_per_px <= high):
        return
    what = f"a scale of {um_per_px:g} um per pixel is not possible"
    advice = f"Give micrometres of skin per pixel, between {low:g} and {high:g}, or leave it out"
    raise Refusal(what, where="--um-per-px", advice=advice)


def _bounds(um_per_px: float | None) -> tuple[float | None, float | None]:
    """Dot scales [px] between which pores lie when the scale of the photo is known."""
    if um_per_px is None:
        return None, None
    rows = cite.table("photo")
    ends = (rows["smallest_pore"].si, rows["largest_pore"].si)
    low, high = (end / units.um / um_per_px / (2.0 * RADIUS) for end in ends)
    return low, high


def _pores(levels: list[tuple[Plane, Plane]], scale: PoreScale) -> tuple[Pores, Outlines]:
    level = min(halvings(scale.scale), len(levels) - 1)
    log_light, skin = levels[level]
    within = scale.scale / 2.0**level
    found = dots(log_light, within)
    on_skin = skin[found.y.astype(int), found.x.astype(int)] > 0.5
    found = found.where((found.strength > STRENGTH) & on_skin)
    outline = outlines(_without_glints(log_light, within), found)
    keep = _is_pore(outline, found)
    return _table(outline, keep, 2.0**level, levels[0][0].shape), outline.where(keep)


def _without_glints(log_light: Plane, scale: float) -> Plane:
    """Log luminance with what is brighter than the skin around cut off, in its own units."""
    around = blur(log_light, 5.0 * scale)
    relief = log_light - around
    contrast = np.sqrt(blur(relief * relief, 10.0 * scale))
    return np.asarray(around + np.minimum(relief, np.float32(2.0 * GLINT) * contrast), np.float32)


def _is_pore(outline: Outlines, found: Dots) -> NDArray[np.bool_]:
    if not found.x.size:
        return np.zeros(0, np.bool_)
    clear = found.strength * np.sqrt(outline.depth.clip(0.0) / _usual_depth(outline, found))
    usual = float(np.median(outline.radius[clear > CLEAR])) if np.any(clear > CLEAR) else 0.0
    keep: NDArray[np.bool_] = (
        (clear > CLEAR)
        & (outline.elongation < NARROW)
        & (outline.radius < WIDE * usual)
        & (outline.depth > SHALLOW)
        & (outline.depth < BLACK)
    )
    return keep


def _usual_depth(outline: Outlines, found: Dots) -> float:
    """Depth in the middle of all dots, each counted by the fourth power of its dotness: that of the plain pores."""
    order = np.argsort(outline.depth, kind="stable")
    weight = np.cumsum(found.strength[order] ** 4)
    return max(float(outline.depth[order][np.searchsorted(weight, 0.5 * weight[-1])]), SHALLOW)


def _table(outline: Outlines, keep: NDArray[np.bool_], factor: float, shape: tuple[int, ...]) -> Pores:
    """The kept outlines in px of the full picture, from the top down. A pixel's centre has whole coordinates.

    A pore that the edge of the picture cuts may have its centre just outside: it is put on the edge.
    """
    height, width = shape[:2]
    x = ((outline.x[keep] + 0.5) * factor - 0.5).clip(0.0, width - 1.0)
    y = ((outline.y[keep] + 0.5) * factor - 0.5).clip(0.0, height - 1.0)
    order = np.lexsort((x, y))
    picked = np.flatnonzero(keep)[order]
    return Pores(
        x=x[order],
        y=y[order],
        diameter=2.0 * factor * outline.radius[picked],
        diameter_error=2.0 * factor * outline.radius_error[picked],
        elongation=outline.elongation[picked],
        direction=outline.direction[picked],
        darkness=outline.depth[picked],
        region=("close-up",) * len(picked),
        flags=("",) * len(picked),
    )

"""Dots that are pores: found, outlined, and told from hair, spots and texture."""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np

from porelight.arrays import Floats, Mask, Plane
from porelight.photo.census import Pores
from porelight.photo.pores.dots import GLINT_CUT, Dots, dots
from porelight.photo.pores.fit import Outlines, outlines
from porelight.photo.pores.size import PoreScale, halvings
from porelight.photo.tone import blur

LEAST_STRENGTH: Final = 0.42
"""Dotness, in units of the skin's contrast, from which a dot is looked at."""
PORE_CLEARNESS: Final = 0.45
"""Dotness times the root of relative depth, from which a dot is a pore: texture is as round, but not as deep."""
HAIR_ELONGATION: Final = 3.0
"""Elongation from which a dark mark is a hair or a crease, not a pore."""
SPOT_WIDTH_RATIO: Final = 2.1
"""A mark this many times wider than half of the pores is a spot or a mole."""
LEAST_DEPTH: Final = 0.012
"""Least drop of log luminance: two steps of an 8-bit photo at middle grey."""
MOST_DEPTH: Final = 0.95
"""Drop of log luminance from which a mark is a hair end or a hole: three fifths of the light gone."""

SHAPE_ERROR: Final = 0.05
"""Share of its radius by which a pore is not the fitted ellipse: a standard error, measured on rendered skin."""


def detect(levels: list[tuple[Plane, Plane]], scale: PoreScale) -> tuple[Pores, Outlines]:
    """The pores of a pyramid of log luminance and skin, looked for at one scale."""
    level = min(halvings(scale.scale), len(levels) - 1)
    log_light, skin = levels[level]
    within = scale.scale / 2.0**level
    found = dots(log_light, within, LEAST_STRENGTH)
    on_skin = skin[found.y.astype(int), found.x.astype(int)] > 0.5
    found = found.where(on_skin)
    outline = outlines(_without_glints(log_light, within), found)
    outline = dataclasses.replace(outline, clear=_clear(outline, found))
    keep = _is_pore(outline)
    return _table(outline, keep, 2.0**level, levels[0][0].shape), outline.where(keep)


def _without_glints(log_light: Plane, scale: float) -> Plane:
    """Log luminance with what is brighter than the skin around cut off, in its own units."""
    around = blur(log_light, 5.0 * scale)
    relief = log_light - around
    contrast = np.sqrt(blur(relief * relief, 10.0 * scale))
    return np.asarray(around + np.minimum(relief, np.float32(2.0 * GLINT_CUT) * contrast), np.float32)


def _clear(outline: Outlines, found: Dots) -> Floats:
    """How plainly each dot is a pore: its dotness times the root of its depth by that of the plain ones."""
    if not found.x.size:
        return np.empty(0)
    return np.asarray(found.strength * np.sqrt(outline.depth.clip(0.0) / _usual_depth(outline, found)))


def _is_pore(outline: Outlines) -> Mask:
    plain = outline.clear > PORE_CLEARNESS
    usual = float(np.median(outline.radius[plain])) if plain.any() else 0.0
    keep: Mask = (
        plain
        & (outline.elongation < HAIR_ELONGATION)
        & (outline.radius < SPOT_WIDTH_RATIO * usual)
        & (outline.depth > LEAST_DEPTH)
        & (outline.depth < MOST_DEPTH)
    )
    return keep


def _usual_depth(outline: Outlines, found: Dots) -> float:
    """Depth in the middle of all dots, each counted by the fourth power of its dotness: that of the plain pores."""
    order = np.argsort(outline.depth, kind="stable")
    weight = np.cumsum(found.strength[order] ** 4)
    return max(float(outline.depth[order][np.searchsorted(weight, 0.5 * weight[-1])]), LEAST_DEPTH)


def _table(outline: Outlines, keep: Mask, factor: float, shape: tuple[int, ...]) -> Pores:
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
        diameter_error=2.0 * factor * np.hypot(outline.radius_error[picked], SHAPE_ERROR * outline.radius[picked]),
        elongation=outline.elongation[picked],
        direction=outline.direction[picked],
        darkness=outline.depth[picked],
        region=("close-up",) * len(picked),
        flags=("",) * len(picked),
    )

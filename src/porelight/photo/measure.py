"""From a picture to its pores: scale, mask, pore size, pores, flags."""

from __future__ import annotations

import dataclasses
import math
from typing import Final

import numpy as np

from porelight import cite, units
from porelight.photo.card.find_card import Card, correct_pixels, find_card, mask_card
from porelight.photo.census import PoreCensus, Region
from porelight.photo.decode import Picture
from porelight.photo.face.find_face import Face, find_face
from porelight.photo.face.iris_scale import scale_from_irises
from porelight.photo.face.regions import choose_regions, name_pores
from porelight.photo.indices.by_region import measure_indices
from porelight.photo.mask import skin_mask
from porelight.photo.pores.detect import detect
from porelight.photo.pores.size import ladder, pore_scale, pyramid
from porelight.photo.quality import Seen, gate_of
from porelight.photo.scale import Scale, typed
from porelight.photo.tone import linear, logarithm, luminance
from porelight.refusal import Refusal
from porelight.version import __version__

LEAST_SKIN: Final = 0.1
"""Share of a picture that must be skin."""


def measure(picture: Picture, um_per_px: float | None = None, *, regions: tuple[Region, ...] = ()) -> PoreCensus:
    """The pores of one photo, all found with the same parameters whatever the photo; no random numbers are drawn.

    Args:
        picture: the photo.
        um_per_px: micrometres of skin per pixel as a person typed it; None where it is not known.
        regions: where to look, drawn by hand; left out, on the parts of a face, or all over a close-up.

    Without a scale lengths stay in px.

    Raises:
        Refusal: the scale is no scale, or the picture shows no skin.
    """
    rows = cite.table("photo")
    face = find_face(picture)
    card = find_card(picture)
    scale = _scale(um_per_px, card, face)
    light = linear(picture.pixels)
    mask = skin_mask(light, None if regions else face)
    if mask.skin_share < LEAST_SKIN:
        advice = "Use a sharp colour photo of bare skin in even, white light"
        raise Refusal("no skin was found in the picture", where=picture.where, advice=advice)
    if card is not None:
        mask = dataclasses.replace(mask, searched=mask.searched & ~mask_card(card, light.shape))
    regions, mask = choose_regions(picture, mask, face, regions)
    white = light if card is None else correct_pixels(card, picture.pixels)
    log_light = logarithm(luminance(white))
    levels = pyramid(log_light, mask.searched.astype(np.float32))
    low, high = _bounds(scale)
    pore_size = pore_scale(levels, ladder(log_light.shape, low, high))
    pores, outline = detect(levels, pore_size)
    pores = name_pores(pores, regions)
    turned = face.yaw if face else 0.0
    seen = Seen(picture, light, mask, outline, pores, pore_size, scale, turned=turned, card=card)
    gate = gate_of(seen)
    return PoreCensus(
        width=picture.width,
        height=picture.height,
        scale=scale,
        skin_area=float(mask.searched.sum()),
        pores=pores,
        flags=tuple(finding.flag for finding in gate.findings),
        enlarged_from=rows["def_250"],
        version=__version__,
        face=face,
        rests_on=(rows["def_250"], rows["smallest_pore"], rows["largest_pore"]) if scale else (rows["def_250"],),
        regions=regions,
        card=card,
        gate=gate,
        indices=measure_indices(
            white, mask.searched, pores, regions, scale=scale, true_colour=card is not None and not card.flags
        ),
    )


def _scale(um_per_px: float | None, card: Card | None, face: Face | None) -> Scale | None:
    """What was typed; else what the card tells; else the eyes of a face."""
    check_typed(um_per_px)
    if um_per_px is not None:
        return typed(um_per_px)
    if card is not None:
        return card.scale
    return None if face is None else scale_from_irises(face)


def check_typed(um_per_px: float | None) -> None:
    """Refuse a scale that no photo of skin has.

    Raises:
        Refusal: it is no number, or beyond what a camera does.
    """
    rows = cite.table("photo")
    low, high = rows["scale_low"].si / units.um, rows["scale_high"].si / units.um
    if um_per_px is None or (math.isfinite(um_per_px) and low <= um_per_px <= high):
        return
    what = f"a scale of {um_per_px:g} um per pixel is not possible"
    advice = f"Give micrometres of skin per pixel, between {low:g} and {high:g}, or leave it out"
    raise Refusal(what, where="um_per_px", advice=advice)


def _bounds(scale: Scale | None) -> tuple[float | None, float | None]:
    """Diameters [px] between which pores lie when the scale of the photo is known."""
    if scale is None:
        return None, None
    rows = cite.table("photo")
    ends = (rows["smallest_pore"].si, rows["largest_pore"].si)
    low, high = (end / units.um / scale.um_per_px for end in ends)
    return low, high

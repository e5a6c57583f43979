"""What an ordinary photo hints at beyond its pores: shine, redness, pigment, texture, plugs and stretch.

These are indices, not measurements: no polarised light, no probe, no touch. Each carries an interval, from two parts:
how much the skin itself varies from block to block (a jackknife), and what the photo cannot know, such as the tone
curve of the camera or its tilt. Where that leaves nothing, the value is None and says why.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Final

import numpy as np

from porelight import cite
from porelight.arrays import Floats, Indices, Mask, Plane
from porelight.cite import Cited
from porelight.message import Message, message
from porelight.photo.census import Index, Pores, Region
from porelight.photo.indices.blocks import (
    Range,
    Statistic,
    enclose_ranges,
    jackknife_statistic,
    jackknife_vector,
    number_blocks,
    student_quantile,
    subtract_error,
    widen_by_tone,
)
from porelight.photo.indices.surface import Surface, map_surface, region_cells, remove_trend
from porelight.photo.scale import Scale
from porelight.photo.tone import D65, XYZ_OF_SRGB

LEAST_PORES_WITH_SHAPE: Final = 30
"""Pores under which their shapes say little."""
MOST_GLOSS_FOR_BROWN: Final = 0.05
"""Gloss [log] from which brown cannot be told from skin that merely shines less."""
PER_LOG10: Final = 100.0 / math.log(10.0)
"""A natural logarithm as 100 times the decimal one, as erythema and melanin indices are written."""
GLOSS_SPREAD: Final = (3.5, 4.5)
"""How far gloss spreads the colour of brown, by the gloss: as seen on rendered skin, and at most."""
PATCH_PERCENTILES: Final = (10.0, 90.0)
"""Percentiles between which patchiness is read."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Skin that is judged together: its cells, its pores, and the direction of its skin lines where one is known."""

    name: str
    cells: Mask
    pores: Indices
    lines: Cited | None
    mirrored: bool


def measure_indices(
    light: Plane,
    skin: Mask,
    pores: Pores,
    regions: tuple[Region, ...],
    *,
    scale: Scale | None = None,
    true_colour: bool = False,
) -> tuple[Index, ...]:
    """Every index of the whole skin, and of each region where there are some.

    Args:
        light: linear colour of the photo (h, w, 3), corrected where a card allowed it.
        skin: where skin is seen (h, w), without glare, hair and shadow.
        pores: those that were found.
        regions: parts of the face; none for a close-up.
        scale: that of the photo; a tilted one straightens the shape of the pores.
        true_colour: whether a card told the colour of the light. Levels of colour are told only then.
    """
    rows = cite.table("indices")
    tones = rows["tone_curve"]
    um_per_px = None if scale is None else scale.um_per_px
    maps = map_surface(light, skin, pores, (tones.si_low, tones.si, tones.si_high), um_per_px)
    measured: list[Index] = []
    for part in _split_parts(maps, pores, regions):
        measured += _measure_surface(maps, part, true_colour=true_colour)
        measured += _measure_pores(maps, pores, part, scale)
    return tuple(measured)


def _split_parts(maps: Surface, pores: Pores, regions: tuple[Region, ...]) -> list[_Part]:
    every = np.arange(len(pores))
    whole = _Part("all" if regions else "close-up", maps.seen, every, None, mirrored=False)
    middle = float(np.mean([region.outline[:, 0].mean() for region in regions])) if regions else 0.0
    named = np.array(pores.region)
    return [whole] + [
        _Part(
            region.name,
            maps.seen & region_cells(region, maps),
            np.flatnonzero(named == region.name),
            _find_lines(region.name),
            mirrored=float(region.outline[:, 0].mean()) < middle,
        )
        for region in regions
    ]


def _find_lines(region: str) -> Cited | None:
    """Direction of the skin lines, by the part of the face that a region's name names."""
    rows = cite.table("indices")
    return next((rows[f"lines_{part}"] for part in ("forehead", "nose", "cheek", "chin") if part in region), None)


def _measure_surface(maps: Surface, part: _Part, *, true_colour: bool) -> list[Index]:
    """Indices of the skin between the pores."""
    return [
        _measure_shine(maps, part),
        _measure_redness_patches(maps, part),
        _measure_redness_level(maps, part, true_colour=true_colour),
        _measure_pigment_spots(maps, part),
        _measure_pigment_patches(maps, part),
        _measure_skin_tone(maps, part, true_colour=true_colour),
        _measure_texture(maps, part),
    ]


def _measure_shine(maps: Surface, part: _Part) -> Index:
    # A steeper tone curve spreads the same shine over more levels: the widest and the narrowest make the interval.
    steep, typical, flat = (_average_cells(plane, part, np.mean, 100.0) for plane in reversed(maps.shine))
    return _make_index("shine", enclose_ranges(typical, steep, flat), "%", part, "tone_curve")


def _measure_redness_patches(maps: Surface, part: _Part) -> Index:
    measured = _average_cells(remove_trend(maps.redness), part, _spread_of, PER_LOG10)
    return _make_index("redness_patches", widen_by_tone(measured), "100 log10", part, "tone_curve")


def _measure_redness_level(maps: Surface, part: _Part, *, true_colour: bool) -> Index:
    key, unit = "redness_level", "100 log10"
    if not true_colour:
        return _leave_open(key, unit, part, message("photo.redness_level_no_card"), "erythema_depends")
    red, green = (np.log(maps.light[..., k]) for k in range(2))
    measured = _average_cells(red - green, part, np.median, PER_LOG10)
    # Two channels, each off by as much and on its own.
    error = PER_LOG10 * math.sqrt(2.0) * cite.table("indices")["card_colour_error"].si_high
    return _make_index(key, _widen(measured, error), unit, part, "erythema_depends", "card_colour_error")


def _measure_pigment_spots(maps: Surface, part: _Part) -> Index:
    key = "pigment_spots"
    if maps.gloss > MOST_GLOSS_FOR_BROWN:
        return _leave_open(key, "%", part, message("photo.too_shiny_for_brown"), "tone_curve")
    free, typical, strict = (_average_cells(plane, part, np.mean, 100.0) for plane in maps.spots)
    return _make_index(key, enclose_ranges(typical, strict, free), "%", part, "tone_curve")


def _measure_pigment_patches(maps: Surface, part: _Part) -> Index:
    key, unit = "pigment_patches", "100 log10"
    if maps.gloss > MOST_GLOSS_FOR_BROWN:
        return _leave_open(key, unit, part, message("photo.too_shiny_for_brown"), "tone_curve")
    measured = widen_by_tone(_average_cells(remove_trend(maps.melanin), part, _spread_of, PER_LOG10))
    if measured:
        typical, most = (PER_LOG10 * times * maps.gloss for times in GLOSS_SPREAD)
        measured = Range(subtract_error(measured.value, typical), subtract_error(measured.low, most), measured.high)
    return _make_index(key, measured, unit, part, "tone_curve")


def _measure_skin_tone(maps: Surface, part: _Part, *, true_colour: bool) -> Index:
    key, unit = "skin_tone", "degrees"
    if not true_colour:
        return _leave_open(key, unit, part, message("photo.skin_tone_no_card"), "ita_middle")
    error = cite.table("indices")["card_colour_error"].si_high
    measured = _average_cells(_typology_angle(maps.light), part, np.median, 1.0)
    # What an error of the card may do: warmer, cooler, brighter and darker light.
    other = [
        _average_cells(_typology_angle(maps.light * np.array(gain, np.float32)), part, np.median, 1.0)
        for gain in ((1 + error, 1, 1 - error), (1 - error, 1, 1 + error), (1 + error,) * 3, (1 - error,) * 3)
    ]
    if measured:
        measured = Range(measured.value, min(o.low for o in other if o), max(o.high for o in other if o))
    return _make_index(key, measured, unit, part, "ita_middle", "card_colour_error")


def _typology_angle(light: Plane) -> Floats:
    """Individual typology angle [degrees] (h, w) of linear sRGB, D65."""
    middle = cite.table("indices")["ita_middle"].si
    xyz = light.astype(np.float64) @ (XYZ_OF_SRGB / D65[:, None]).T
    with np.errstate(invalid="ignore"):
        root = np.where(xyz > _LAB_EDGE, np.cbrt(xyz), (xyz / (3.0 * (6.0 / 29.0) ** 2)) + 4.0 / 29.0)
        lightness, yellow = 116.0 * root[..., 1] - 16.0, 200.0 * (root[..., 1] - root[..., 2])
        angle: Floats = np.degrees(np.arctan2(lightness - middle, yellow))
    return angle


_LAB_EDGE: Final = (6.0 / 29.0) ** 3
"""Light below which the cube root of CIE L*a*b* is replaced by a line."""


def _measure_texture(maps: Surface, part: _Part) -> Index:
    measured = widen_by_tone(_average_cells(maps.texture, part, np.mean, 100.0))
    if measured:
        # What noise and gloss alone would show may be all of it, so the lower end allows for both.
        hidden = 100.0 * (maps.texture_of_noise + maps.texture_of_gloss)
        measured = Range(measured.value, max(0.0, measured.low - hidden), measured.high)
    return _make_index("texture", measured, "%", part, "tone_curve")


def _measure_pores(maps: Surface, pores: Pores, part: _Part, scale: Scale | None) -> list[Index]:
    """Indices of the pores themselves."""
    if part.pores.size < LEAST_PORES_WITH_SHAPE:
        because = message("photo.too_few_pores", count=int(part.pores.size))
        none = (("dark_middles", "%"), ("stretch", "1"), ("stretch_direction", "degrees"))
        return [_leave_open(key, unit, part, because, "tone_curve") for key, unit in none]
    blocks = number_blocks(pores.y[part.pores] / maps.px_per_cell, pores.x[part.pores] / maps.px_per_cell)
    return [_measure_dark_middles(maps, pores, part, blocks), *_measure_stretch(pores, part, blocks, scale)]


def _measure_dark_middles(maps: Surface, pores: Pores, part: _Part, blocks: Indices) -> Index:
    tones = cite.table("indices")["tone_curve"]
    depth = pores.darkness[part.pores].clip(0.0)
    typical, flat, steep = (
        jackknife_statistic(-np.expm1(-tone * depth), blocks, np.mean, 100.0)
        for tone in (tones.si, tones.si_low, tones.si_high)
    )
    measured = enclose_ranges(typical, flat, steep)
    if measured:
        # Gloss beside a pore makes its middle look darker than it is.
        measured = Range(measured.value, max(0.0, measured.low - 100.0 * maps.gloss_share), measured.high)
    return _make_index("dark_middles", measured, "%", part, "tone_curve")


def _measure_stretch(pores: Pores, part: _Part, blocks: Indices, scale: Scale | None) -> list[Index]:
    """Elongation that the pores share in one direction: chance shapes and errors point everywhere and cancel."""
    rows = cite.table("indices")
    mean, error = jackknife_vector(_orient(pores, part.pores, scale), blocks)
    if not math.isfinite(error):
        because = message("photo.too_little_skin")
        return [
            _leave_open("stretch", "1", part, because, "unknown_tilt"),
            _leave_open("stretch_direction", "degrees", part, because, "unknown_tilt"),
        ]
    length = subtract_error(float(np.hypot(*mean)), error)
    # A circle seen at an angle is an ellipse: log of one by the cosine. A card tells the angle, and it is taken out.
    tilt = 0.0 if scale is not None and scale.source == "card" else -math.log(math.cos(rows["unknown_tilt"].si_high))
    reach = student_quantile(blocks) * error / math.sqrt(2.0) + tilt + rows["light_side"].si_high
    measured = Range(math.exp(length), math.exp(max(0.0, length - reach)), math.exp(length + reach))
    because = message("photo.stretch_unknown_tilt" if tilt else "photo.stretch")
    keys = ("light_side", "unknown_tilt") if tilt else ("light_side",)
    return [
        _make_index("stretch", measured, "1", part, *keys, because=because),
        _measure_direction(mean, length, reach, part),
    ]


def _measure_direction(mean: Floats, length: float, reach: float, part: _Part) -> Index:
    key, unit = "stretch_direction", "degrees"
    if length <= reach:
        return _leave_open(key, unit, part, message("photo.stretch_direction_none"), "unknown_tilt")
    # Directions count twice, so that one and its opposite are the same.
    angle = math.degrees(0.5 * math.atan2(mean[1], mean[0])) % 180.0
    error = math.degrees(0.5 * math.asin(reach / length))
    because, keys = message("photo.stretch_direction"), ["pores_follow_lines"]
    if part.lines:
        because = _compare_with_lines(angle, error, part, part.lines)
        keys += [part.lines.key, "lines_turn"]
    return _make_index(key, Range(angle, angle - error, angle + error), unit, part, *keys, because=because)


def _compare_with_lines(angle: float, error: float, part: _Part, lines: Cited) -> Message:
    middle = math.degrees(lines.si)
    middle = (180.0 - middle) % 180.0 if part.mirrored else middle
    apart = abs((angle - middle + 90.0) % 180.0 - 90.0)
    allowed = error + math.degrees(max(lines.si_high - lines.si, lines.si - lines.si_low))
    course = "along" if apart <= max(allowed, 20.0) else "across" if apart >= 70.0 else "aslant"
    return message(f"photo.stretch_direction_{course}", region=part.name)


def _orient(pores: Pores, picked: Indices, scale: Scale | None) -> Floats:
    """Log elongation of each pore as a vector at twice its direction (n, 2), on the skin where known."""
    long, angle = pores.elongation[picked], pores.direction[picked]
    if scale is not None:
        long, angle = scale.straight(pores.x[picked], pores.y[picked], long, angle)
    size, turn = np.log(np.maximum(long, 1.0)), np.radians(2.0 * angle)
    return np.stack([size * np.cos(turn), size * np.sin(turn)], -1)


def _spread_of(values: Floats) -> float:
    low, high = np.percentile(values, PATCH_PERCENTILES)
    return float(high - low)


def _average_cells(plane: Plane | Floats, part: _Part, statistic: Statistic, factor: float) -> Range | None:
    """A statistic of the part's cells, times a factor, with its error by blocks; None for too little skin."""
    rows, columns = np.nonzero(part.cells & np.isfinite(plane))
    return jackknife_statistic(plane[rows, columns].astype(np.float64), number_blocks(rows, columns), statistic, factor)


def _widen(measured: Range | None, error: float) -> Range | None:
    return measured and Range(measured.value, measured.low - error, measured.high + error)


def _make_index(
    key: str, measured: Range | None, unit: str, part: _Part, *keys: str, because: Message | None = None
) -> Index:
    if measured is None:
        return _leave_open(key, unit, part, message("photo.too_little_skin"), *keys)
    rests_on = tuple(cite.table("indices")[name] for name in keys)
    title, because = message(f"photo.{key}_title"), because or message(f"photo.{key}")
    return Index(key, title, measured.value, measured.low, measured.high, unit, part.name, because, rests_on)


def _leave_open(key: str, unit: str, part: _Part, because: Message, *keys: str) -> Index:
    """An index that this photo cannot tell, and why."""
    rests_on = tuple(cite.table("indices")[name] for name in keys)
    return Index(key, message(f"photo.{key}_title"), None, None, None, unit, part.name, because, rests_on)

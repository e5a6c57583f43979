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
from porelight.photo.census import Index, Pores, Region
from porelight.photo.indices.blocks import (
    Range,
    Statistic,
    between,
    blocks_of,
    less,
    quantile,
    statistic_of,
    toned,
    vector,
)
from porelight.photo.indices.surface import Surface, evened, region_cells, surface
from porelight.photo.scale import Scale
from porelight.photo.tone import D65, XYZ_OF_SRGB

LEAST_PORES: Final = 30
"""Pores under which their shapes say little."""
SHINY: Final = 0.05
"""Gloss [log] from which brown cannot be told from skin that merely shines less."""
PER_LOG10: Final = 100.0 / math.log(10.0)
"""A natural logarithm as 100 times the decimal one, as erythema and melanin indices are written."""
GLOSS_SPREAD: Final = (3.5, 4.5)
"""How far gloss spreads the colour of brown, by the gloss: as seen on rendered skin, and at most."""
AS_MUCH_AS: Final = (10.0, 90.0)
"""Percentiles between which patchiness is read."""

TOO_LITTLE: Final = "Too little skin is in view to tell."


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Skin that is judged together: its cells, its pores, and the direction of its skin lines where one is known."""

    name: str
    cells: Mask
    pores: Indices
    lines: Cited | None
    mirrored: bool


def indices(
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
    maps = surface(light, skin, pores, (tones.si_low, tones.si, tones.si_high), um_per_px)
    found: list[Index] = []
    for part in _parts(maps, pores, regions):
        found += _of_surface(maps, part, true_colour=true_colour)
        found += _of_pores(maps, pores, part, scale)
    return tuple(found)


def _parts(maps: Surface, pores: Pores, regions: tuple[Region, ...]) -> list[_Part]:
    every = np.arange(len(pores))
    whole = _Part("all" if regions else "close-up", maps.seen, every, None, mirrored=False)
    middle = float(np.mean([region.outline[:, 0].mean() for region in regions])) if regions else 0.0
    named = np.array(pores.region)
    return [whole] + [
        _Part(
            region.name,
            maps.seen & region_cells(region, maps),
            np.flatnonzero(named == region.name),
            _lines(region.name),
            mirrored=float(region.outline[:, 0].mean()) < middle,
        )
        for region in regions
    ]


def _lines(region: str) -> Cited | None:
    """Direction of the skin lines, by the part of the face that a region's name names."""
    rows = cite.table("indices")
    return next((rows[f"lines_{part}"] for part in ("forehead", "nose", "cheek", "chin") if part in region), None)


def _of_surface(maps: Surface, part: _Part, *, true_colour: bool) -> list[Index]:
    """Indices of the skin between the pores."""
    return [
        _shine(maps, part),
        _redness_patches(maps, part),
        _redness_level(maps, part, true_colour=true_colour),
        _pigment_spots(maps, part),
        _pigment_patches(maps, part),
        _skin_tone(maps, part, true_colour=true_colour),
        _texture(maps, part),
    ]


def _shine(maps: Surface, part: _Part) -> Index:
    steep, usual, flat = (_ranged(plane, part, np.mean, 100.0) for plane in reversed(maps.shine))
    because = (
        "Share of the skin whose light is brighter and whiter than the skin around: light that oil or sweat threw "
        "back. It depends on the lamp and on how dark the skin is: compare it only with photos taken the same way."
    )
    told = between(usual, steep, flat)
    return _index("shine", "Shine", told, "%", part, because, "tone_curve")


def _redness_patches(maps: Surface, part: _Part) -> Index:
    told = _ranged(evened(maps.redness), part, _width, PER_LOG10)
    because = (
        "How far the redder tenth of the skin is from the paler tenth: 100 log10 of red by green light, white gloss "
        "taken off. Even redness does not show in it, and light of two colours would."
    )
    return _index("redness_patches", "Patches of redness", toned(told), "100 log10", part, because, "tone_curve")


def _redness_level(maps: Surface, part: _Part, *, true_colour: bool) -> Index:
    key, title, unit = "redness_level", "Redness", "100 log10"
    if not true_colour:
        because = "Without a colour card in the photo the colour of the light is not known, so no level can be told."
        return _untold(key, title, unit, part, because, "erythema_depends")
    red, green = (np.log(maps.light[..., k]) for k in range(2))
    told = _ranged(red - green, part, np.median, PER_LOG10)
    error = PER_LOG10 * math.sqrt(2.0) * cite.table("indices")["card_colour_error"].si_high
    because = "100 log10 of red by green light, with the colour of the light taken from the card."
    return _index(key, title, _wider(told, error), unit, part, because, "erythema_depends", "card_colour_error")


def _pigment_spots(maps: Surface, part: _Part) -> Index:
    key, title = "pigment_spots", "Brown spots"
    if maps.gloss > SHINY:
        because = "The skin shines too much: beside shine, skin that shines less looks brown too."
        return _untold(key, title, "%", part, because, "tone_curve")
    free, usual, strict = (_ranged(plane, part, np.mean, 100.0) for plane in maps.spots)
    because = (
        "Share of the skin that is darker and browner than the skin around, wider than a pore: freckles, sun spots, "
        "moles. The photo cannot tell these from each other."
    )
    return _index(key, title, between(usual, strict, free), "%", part, because, "tone_curve")


def _pigment_patches(maps: Surface, part: _Part) -> Index:
    key, title = "pigment_patches", "Uneven brown"
    if maps.gloss > SHINY:
        because = "The skin shines too much: beside shine, skin that shines less looks brown too."
        return _untold(key, title, "100 log10", part, because, "tone_curve")
    told = toned(_ranged(evened(maps.melanin), part, _width, PER_LOG10))
    if told:
        usual, most = (PER_LOG10 * times * maps.gloss for times in GLOSS_SPREAD)
        told = Range(less(told.value, usual), less(told.low, most), told.high)
    because = (
        "How far the browner tenth of the skin is from the lighter tenth: 100 log10 along the colour of melanin. What "
        "gloss may do to it is taken off, and makes the interval wider."
    )
    return _index(key, title, told, "100 log10", part, because, "tone_curve")


def _skin_tone(maps: Surface, part: _Part, *, true_colour: bool) -> Index:
    key, title, unit = "skin_tone", "Skin tone (individual typology angle)", "degrees"
    if not true_colour:
        because = "Without a colour card in the photo neither the light nor the exposure is known."
        return _untold(key, title, unit, part, because, "ita_middle")
    error = cite.table("indices")["card_colour_error"].si_high
    usual = _ranged(_typology(maps.light), part, np.median, 1.0)
    other = [
        _ranged(_typology(maps.light * np.array(gain, np.float32)), part, np.median, 1.0)
        for gain in ((1 + error, 1, 1 - error), (1 - error, 1, 1 + error), (1 + error,) * 3, (1 - error,) * 3)
    ]
    if usual:
        usual = Range(usual.value, min(o.low for o in other if o), max(o.high for o in other if o))
    because = "Angle of lightness over yellowness in L*a*b*, with light and exposure from the card. Higher is lighter."
    return _index(key, title, usual, unit, part, because, "ita_middle", "card_colour_error")


def _typology(light: Plane) -> Floats:
    """Individual typology angle [degrees] (h, w) of linear sRGB, D65."""
    middle = cite.table("indices")["ita_middle"].si
    xyz = light.astype(np.float64) @ (XYZ_OF_SRGB / D65[:, None]).T
    with np.errstate(invalid="ignore"):
        root = np.where(xyz > _EDGE, np.cbrt(xyz), (xyz / (3.0 * (6.0 / 29.0) ** 2)) + 4.0 / 29.0)
        lightness, yellow = 116.0 * root[..., 1] - 16.0, 200.0 * (root[..., 1] - root[..., 2])
        angle: Floats = np.degrees(np.arctan2(lightness - middle, yellow))
    return angle


_EDGE: Final = (6.0 / 29.0) ** 3


def _texture(maps: Surface, part: _Part) -> Index:
    told = toned(_ranged(maps.texture, part, np.mean, 100.0))
    if told:
        hidden = 100.0 * (maps.texture_of_noise + maps.texture_of_gloss)
        told = Range(told.value, max(0.0, told.low - hidden), told.high)
    because = (
        "Mean deviation of red light between the pores, of structure finer than a pore and a half. It is contrast, not "
        "height: light from the side raises it, and a soft photo lowers it. It is no Ra."
    )
    return _index("texture", "Fine texture", told, "%", part, because, "tone_curve")


def _of_pores(maps: Surface, pores: Pores, part: _Part, scale: Scale | None) -> list[Index]:
    """Indices of the pores themselves."""
    if part.pores.size < LEAST_PORES:
        because = f"Only {part.pores.size} pores were found here, too few to tell."
        none = (
            ("dark_middles", "Dark middles of pores", "%"),
            ("stretch", "Stretch of pores", "1"),
            ("stretch_direction", "Direction of stretch", "degrees"),
        )
        return [_untold(key, title, unit, part, because, "tone_curve") for key, title, unit in none]
    blocks = blocks_of(pores.y[part.pores] / maps.px_per_cell, pores.x[part.pores] / maps.px_per_cell)
    return [_dark_middles(maps, pores, part, blocks), *_stretch(pores, part, blocks, scale)]


def _dark_middles(maps: Surface, pores: Pores, part: _Part, blocks: Indices) -> Index:
    tones = cite.table("indices")["tone_curve"]
    depth = pores.darkness[part.pores].clip(0.0)
    usual, flat, steep = (
        statistic_of(-np.expm1(-tone * depth), blocks, np.mean, 100.0)
        for tone in (tones.si, tones.si_low, tones.si_high)
    )
    because = (
        "Mean share of light that is lost in the middle of a pore. A plug, a blackhead and plain shadow look alike in "
        "it; blur makes it less, and shine beside it makes it more."
    )
    told = between(usual, flat, steep)
    if told:
        told = Range(told.value, max(0.0, told.low - 100.0 * maps.gloss_share), told.high)
    return _index("dark_middles", "Dark middles of pores", told, "%", part, because, "tone_curve")


def _stretch(pores: Pores, part: _Part, blocks: Indices, scale: Scale | None) -> list[Index]:
    """Elongation that the pores share in one direction: chance shapes and errors point everywhere and cancel."""
    key, title, rows = "stretch", "Stretch of pores", cite.table("indices")
    vectors = _oriented(pores, part.pores, scale)
    mean, error = vector(vectors, blocks)
    if not math.isfinite(error):
        return [
            _untold(key, title, "1", part, TOO_LITTLE, "unknown_tilt"),
            _untold("stretch_direction", "Direction of stretch", "degrees", part, TOO_LITTLE, "unknown_tilt"),
        ]
    length = less(float(np.hypot(*mean)), error)
    tilt = 0.0 if scale is not None and scale.source == "card" else -math.log(math.cos(rows["unknown_tilt"].si_high))
    reach = quantile(blocks) * error / math.sqrt(2.0) + tilt + rows["light_side"].si_high
    told = Range(math.exp(length), math.exp(max(0.0, length - reach)), math.exp(length + reach))
    because = "How many times longer than wide the pores are along one shared direction. Light from one side "
    because += ("and a tilted camera do" if tilt else "does") + " the same, so the interval allows for it."
    return [
        _index(key, title, told, "1", part, because, "light_side", *(["unknown_tilt"] if tilt else [])),
        _direction(mean, length, reach, part),
    ]


def _direction(mean: Floats, length: float, reach: float, part: _Part) -> Index:
    key, title = "stretch_direction", "Direction of stretch"
    if length <= reach:
        because = "The pores share no direction beyond what chance, light from one side and a tilted camera make."
        return _untold(key, title, "degrees", part, because, "unknown_tilt")
    angle = math.degrees(0.5 * math.atan2(mean[1], mean[0])) % 180.0
    error = math.degrees(0.5 * math.asin(reach / length))
    because, keys = "Of the pores' long side in the picture: 0 is across, clockwise.", ["pores_follow_lines"]
    if part.lines:
        because += " " + _against_lines(angle, error, part)
        keys += [part.lines.key, "lines_turn"]
    return _index(key, title, Range(angle, angle - error, angle + error), "degrees", part, because, *keys)


def _against_lines(angle: float, error: float, part: _Part) -> str:
    assert part.lines is not None
    lines = part.lines
    middle = math.degrees(lines.si)
    middle = (180.0 - middle) % 180.0 if part.mirrored else middle
    apart = abs((angle - middle + 90.0) % 180.0 - 90.0)
    allowed = error + math.degrees(max(lines.si_high - lines.si, lines.si - lines.si_low))
    said = "along" if apart <= max(allowed, 20.0) else "across" if apart >= 70.0 else "at an angle to"
    return f"That is {said} the usual skin lines of the {part.name}, on a face at rest."


def _oriented(pores: Pores, picked: Indices, scale: Scale | None) -> Floats:
    """Log elongation of each pore as a vector at twice its direction (n, 2), on the skin where known."""
    long, angle = pores.elongation[picked], pores.direction[picked]
    if scale is not None:
        long, angle = scale.straight(pores.x[picked], pores.y[picked], long, angle)
    size, turn = np.log(np.maximum(long, 1.0)), np.radians(2.0 * angle)
    return np.stack([size * np.cos(turn), size * np.sin(turn)], -1)


def _width(values: Floats) -> float:
    low, high = np.percentile(values, AS_MUCH_AS)
    return float(high - low)


def _ranged(plane: Plane | Floats, part: _Part, statistic: Statistic, factor: float) -> Range | None:
    """A statistic of the part's cells, times a factor, with its error by blocks; None for too little skin."""
    rows, columns = np.nonzero(part.cells & np.isfinite(plane))
    return statistic_of(plane[rows, columns].astype(np.float64), blocks_of(rows, columns), statistic, factor)


def _wider(told: Range | None, error: float) -> Range | None:
    return told and Range(told.value, told.low - error, told.high + error)


def _index(key: str, title: str, told: Range | None, unit: str, part: _Part, because: str, *keys: str) -> Index:
    if told is None:
        return _untold(key, title, unit, part, TOO_LITTLE, *keys)
    rests_on = tuple(cite.table("indices")[name] for name in keys)
    return Index(key, title, told.value, told.low, told.high, unit, part.name, because, rests_on)


def _untold(key: str, title: str, unit: str, part: _Part, because: str, *keys: str) -> Index:
    rests_on = tuple(cite.table("indices")[name] for name in keys)
    return Index(key, title, None, None, None, unit, part.name, because, rests_on)

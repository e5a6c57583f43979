"""What the surface of the skin looks like in a photo, as maps on a raster whose cells are as wide as a typical pore.

Every map is a difference to the skin around, in logarithms of linear light: the exposure of the camera and its white
balance multiply light, so they fall out. What a tone curve does to it does not fall out.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np

from porelight import cite, units
from porelight.arrays import Mask, Plane
from porelight.photo.census import Pores, Region
from porelight.photo.tone import blur, luminance

PORE_RASTER_PX: Final = 5.0
"""Pixels that a typical pore keeps on the raster for texture and highlights."""
MOST_SAMPLES: Final = 600_000
"""Most pixels of that raster."""
NO_PORE: Final = 1 / 150
"""Width of a cell, by the longer side, where no pore gives a measure."""
BLACK_LIGHT: Final = 0.002
"""Added to linear light before the logarithm: about the noise of a phone's sensor."""
NEIGHBOURHOOD_CELLS: Final = 10.0
"""Width [cells] of what counts as the skin around a place."""
SHINE_BRIGHTER: Final = 0.10
"""How much brighter than the skin around a highlight is [log luminance]."""
SHINE_WHITER: Final = 0.025
"""How much less of the colour of melanin than the skin around it has [log]: light that never entered is white."""
SPOT_CONTRAST: Final = 0.012
"""Melanin signal from which a place belongs to a brown spot [log, as of :func:`_map_melanin`]."""
BLOOD_IN_MELANIN: Final = 0.23
"""How much less green by blue light there is for each log of red by green of blood; see :func:`_map_melanin`."""
SPOT_DARK: Final = 0.02
"""How much darker in red light a brown spot is at least [log]."""
PORE_REACH: Final = 1.5
"""Radius around a pore, by its own, that does not count as surface."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Cells (h, w); NaN where no skin is seen. Shares are 0 to 1, contrasts are logarithms."""

    px_per_cell: float
    shine: tuple[Plane, ...]
    """Share of each cell that is highlight, with the threshold for a flat, the usual and a steep tone curve."""
    gloss: float
    """How much browner the darker half of the skin looks only because white light lies on the brighter half [log]."""
    redness: Plane
    """Log of red by green light."""
    melanin: Plane
    """Log colour along melanin and across blood."""
    spots: tuple[Plane, ...]
    """1 in brown spots: counted freely, as usual, and only where gloss cannot make one."""
    texture: Plane
    """Mean deviation of the log of red light between pores, of structure finer than a pore and a half."""
    texture_of_noise: float
    """What the noise of the camera alone would give there."""
    texture_of_gloss: float
    """What gloss adds there at most."""
    gloss_share: float
    """Share of the light that is gloss rather than skin, on the brighter half."""
    light: Plane
    """(h, w, 3) mean linear light."""

    @property
    def seen(self) -> Mask:
        found: Mask = np.isfinite(self.redness)
        return found


def map_surface(
    light: Plane, skin: Mask, pores: Pores, tones: tuple[float, float, float], um_per_px: float | None = None
) -> Surface:
    """Maps of one photo.

    Args:
        light: linear colour (h, w, 3), 0 to 1.
        skin: where skin is seen (h, w), glare left out.
        pores: those that were found.
        tones: how many times steeper the camera's tone curve may be than taken here: least, usual, most.
        um_per_px: scale, where one is known; cells are then as wide as a typical pore of patients, whatever was found.
    """
    cell = _cell_width(skin.shape, pores, um_per_px)
    step = max(1.0, cell / PORE_RASTER_PX, float(np.sqrt(skin.size / MOST_SAMPLES)))
    fine = _resize_plane(light, step)
    shape = fine.shape[:2]
    on_skin = _resize_plane(skin.astype(np.float32), step, shape) > 0.5
    free = on_skin & ~_pore_discs(pores, step, shape)
    width = cell / step
    cells = (max(4, round(shape[0] / width)), max(4, round(shape[1] / width)))
    logs = np.log(fine + np.float32(BLACK_LIGHT))
    bright = np.asarray(np.log(luminance(fine) + np.float32(BLACK_LIGHT)), np.float32)
    highlights = _find_highlights(logs, bright, on_skin, width, tones)
    plain = free & ~highlights[1]
    # The darker half is nearly free of the light that the surface throws back: colour is read there.
    matt = plain & (bright < _mean_around(bright, plain, 1.5 * width))
    red, green, blue = (_average_masked(np.ascontiguousarray(logs[..., k]), matt, cells) for k in range(3))
    relief, noise = _measure_relief(np.ascontiguousarray(logs[..., 0]), plain, width)
    gloss = _estimate_gloss(logs, bright, plain, width)
    melanin = _map_melanin(red - green, green - blue)
    thresholds = (SPOT_CONTRAST * tones[0], SPOT_CONTRAST * tones[1] + 0.5 * gloss, SPOT_CONTRAST * tones[2] + gloss)
    return Surface(
        px_per_cell=cell,
        shine=tuple(_average_masked(lit.astype(np.float32), on_skin, cells) for lit in highlights),
        redness=_measure_across_shine(red, green, blue),
        gloss=gloss,
        melanin=melanin,
        spots=tuple(_find_spots(red, melanin, threshold) for threshold in thresholds),
        texture=_average_masked(np.abs(relief), plain, cells),
        texture_of_noise=noise,
        texture_of_gloss=0.5 * _share_of_gloss(gloss, (red, green, blue), 0),
        gloss_share=_share_of_gloss(gloss, (red, green, blue), 1),
        light=np.dstack([_average_masked(np.ascontiguousarray(fine[..., k]), plain, cells) for k in range(3)]),
    )


def _cell_width(shape: tuple[int, ...], pores: Pores, um_per_px: float | None) -> float:
    """Width of a cell [px]."""
    if um_per_px is not None:
        return max(2.0, cite.table("photo")["size_mean"].si / units.um / um_per_px)
    return max(2.0, float(np.median(pores.diameter)) if len(pores) else NO_PORE * max(shape))


def _resize_plane(plane: Plane, step: float, shape: tuple[int, ...] | None = None) -> Plane:
    import cv2

    height, width = shape or (max(4, round(plane.shape[0] / step)), max(4, round(plane.shape[1] / step)))
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA), np.float32)


def _pore_discs(pores: Pores, step: float, shape: tuple[int, ...]) -> Mask:
    import cv2

    drawn = np.zeros(shape, np.uint8)
    for x, y, diameter in zip(pores.x / step, pores.y / step, pores.diameter / step, strict=True):
        cv2.circle(drawn, (round(x), round(y)), max(1, round(0.5 * PORE_REACH * diameter)), 1, -1)
    return drawn > 0


def _average_masked(plane: Plane, where: Mask, cells: tuple[int, int]) -> Plane:
    """Mean over the part of each cell that counts; NaN in cells of which less than a quarter does."""
    weight = _resize_plane(where.astype(np.float32), 1.0, cells)
    total = _resize_plane(np.where(where, plane, np.float32(0.0)), 1.0, cells)
    return np.asarray(np.where(weight > 0.25, total / np.maximum(weight, 1e-6), np.nan), np.float32)


def _mean_around(plane: Plane, where: Mask, sigma: float) -> Plane:
    """Mean of the skin around each place, whatever else the picture shows."""
    weight = blur(where.astype(np.float32), sigma)
    return np.asarray(blur(np.where(where, plane, np.float32(0.0)), sigma) / np.maximum(weight, 1e-3), np.float32)


def _find_highlights(logs: Plane, bright: Plane, on_skin: Mask, width: float, tones: tuple[float, ...]) -> list[Mask]:
    """Brighter and whiter than the skin around: light that the surface threw back."""
    red, green, blue = (np.ascontiguousarray(logs[..., k]) for k in range(3))
    colour = _map_melanin(red - green, green - blue)
    brighter = bright - _mean_around(bright, on_skin, NEIGHBOURHOOD_CELLS * width)
    whiter = _mean_around(colour, on_skin, NEIGHBOURHOOD_CELLS * width) - colour
    return [on_skin & (brighter > SHINE_BRIGHTER * tone) & (whiter > SHINE_WHITER * tone) for tone in tones]


def _measure_relief(bright: Plane, plain: Mask, width: float) -> tuple[Plane, float]:
    """Structure between a fifth of a pore and one and a half, and the mean deviation that noise alone would have."""
    import cv2

    finest = max(0.2 * width, 0.7)
    relief = blur(bright, finest) - _mean_around(bright, plain, 1.5 * width)
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    rough = np.abs(cv2.filter2D(bright, -1, mask)[plain])
    pixel = float(np.median(rough)) / 0.6745 / 6.0 if rough.size else 0.0
    return np.asarray(relief, np.float32), 0.8 * pixel / (2.0 * np.sqrt(np.pi) * finest)


def _measure_across_shine(red: Plane, green: Plane, blue: Plane) -> Plane:
    """Log of red by green light, with so much of green by blue taken off that white light added changes nothing.

    Light thrown back by the surface adds the same to each colour; in logarithms, its share of each. That shifts red by
    green and green by blue by known amounts, from the colour of this skin; blood shifts them otherwise.
    """
    seen = np.isfinite(red)
    if not seen.any():
        return red - green
    inverse = [1.0 / max(float(np.exp(np.median(plane[seen]))), BLACK_LIGHT) for plane in (red, green, blue)]
    first, second = inverse[1] - inverse[0], inverse[2] - inverse[1]
    slope = first / second if abs(second) > 1e-3 * inverse[0] else 0.0
    return np.asarray((red - green) - np.float32(np.clip(slope, 0.0, 3.0)) * (green - blue), np.float32)


def _map_melanin(red_by_green: Plane, green_by_blue: Plane) -> Plane:
    """Colour along melanin and across blood.

    Melanin takes more light the bluer it is; blood takes most green and about as much blue. So green by blue tells
    of melanin, and the little that blood changes in it is taken off by its share of red by green.
    """
    return np.asarray(np.float32(BLOOD_IN_MELANIN) * red_by_green + green_by_blue, np.float32)


def _estimate_gloss(logs: Plane, bright: Plane, plain: Mask, width: float) -> float:
    """The darker half of each neighbourhood against the brighter half, in the melanin signal.

    Melanin and blood change over a pore's width or more; within that, what is brighter is whiter by gloss alone.
    """
    channels = [np.ascontiguousarray(logs[..., k]) for k in range(3)]
    signal = _map_melanin(channels[0] - channels[1], channels[1] - channels[2])
    signal = signal - _mean_around(signal, plain, 1.5 * width)
    darker = bright < _mean_around(bright, plain, 1.5 * width)
    halves = signal[plain & darker], signal[plain & ~darker]
    return max(0.0, float(halves[0].mean() - halves[1].mean())) if min(half.size for half in halves) else 0.0


def _share_of_gloss(gloss: float, logs: tuple[Plane, Plane, Plane], channel: int) -> float:
    """How much of a channel's light the gloss is, on skin of that colour, from how far it turns the melanin signal."""
    seen = np.isfinite(logs[0])
    if not seen.any():
        return 0.0
    inverse = [1.0 / max(float(np.exp(np.median(plane[seen]))), BLACK_LIGHT) for plane in logs]
    turned = BLOOD_IN_MELANIN * (inverse[1] - inverse[0]) + (inverse[2] - inverse[1])
    return gloss * inverse[channel] / turned if turned > 0.1 * inverse[0] else gloss


def _find_spots(red: Plane, melanin: Plane, threshold: float) -> Plane:
    """1 where the skin is darker and browner than the skin around that is in no spot, over more than a pore."""
    import cv2

    seen = np.isfinite(red)
    red, melanin = (_mean_around(np.where(seen, plane, 0.0).astype(np.float32), seen, 0.8) for plane in (red, melanin))
    spot = np.zeros_like(seen)
    for _ in range(3):
        plain = seen & ~spot
        spot = seen & (_mean_around(red, plain, NEIGHBOURHOOD_CELLS) - red > SPOT_DARK)
        spot &= melanin - _mean_around(melanin, plain, NEIGHBOURHOOD_CELLS) > threshold
    wide = cv2.morphologyEx(spot.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return np.asarray(np.where(seen, wide, np.nan), np.float32)


def region_cells(region: Region, surface: Surface) -> Mask:
    """The cells of a region."""
    import cv2

    drawn = np.zeros(surface.redness.shape, np.uint8)
    corners = np.round((region.outline + 0.5) / surface.px_per_cell - 0.5).astype(np.int32)
    cv2.fillPoly(drawn, [corners[:, None]], 1)
    return drawn > 0


def remove_trend(plane: Plane) -> Plane:
    """A map without the differences from one cell to the next, which noise makes too; NaN where nothing is seen."""
    seen = np.isfinite(plane)
    return np.asarray(
        np.where(seen, _mean_around(np.where(seen, plane, np.float32(0.0)), seen, 1.5), np.nan), np.float32
    )

"""Where the picture shows skin that can be searched: not background, hair, shadow, glare, eyes or lips."""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np

from porelight.arrays import Floats, Mask, Plane
from porelight.photo.face.find_face import Face
from porelight.photo.tone import logarithm, luminance

MASK_RASTER_PX: Final = 400
"""Longer side of the raster on which skin is told from the rest [px]."""
HAIR_RASTER_PX: Final = 1200
"""Longer side of the raster on which single hairs are looked for [px]."""
SKIN_WARMTH: Final = (0.06, 2.6)
"""Log of red by green (linear light) of skin: melanin and blood both take more green than red."""
SKIN_YELLOWNESS: Final = (-0.35, 3.0)
"""Log of green by blue (linear light) of skin."""
SHADOW_DEPTH: Final = 1.15
"""How much darker than half of the skin a place may be [log luminance]: nostrils, hair and deep shadow are darker."""
LOCAL_SHADOW_DEPTH: Final = 1.0
"""The same against the skin around it."""
HOLE_SHARE: Final = 0.001
"""Share of the raster from which a dark place is a shadow: a wide pore seen from near covers less."""
FACE_COLOUR_RANGE: Final = (0.6, 0.35)
"""How far skin of a face differs from its cheeks in log of red by green and of green by blue; hair differs more."""
HAIR_CONTRAST_RATIO: Final = 3.0
"""How many times the usual contrast a place may have: hair and brows have more."""
ANY_SKIN_CONTRAST: Final = 0.35
"""Contrast [log luminance] that any skin may have: shine on dark skin and wide pores seen from near reach it."""
MOST_SKIN_CONTRAST: Final = 0.45
"""Contrast [log luminance] that no skin has: more is hair, print or noise."""
MOST_COLOUR_NOISE: Final = 0.6
"""Contrast of red by green [log] that no skin has: shiny skin reaches 0.4, noise of all colours begins at 0.7."""
FULL_LUMINANCE: Final = 0.93
"""Luminance from which the sensor is full."""
HIGHLIGHT_CONTRAST: Final = 0.35
"""How much brighter than the skin around a highlight is [log luminance]."""
SPARKLE_CONTRAST: Final = 0.15
"""Share of highlights around a place from which it is glare: dark dots there are gaps between highlights."""
HAIR_DEPTH: Final = 0.3
"""How much darker than the skin beside it a hair is [log luminance]."""
HAIR_WIDTH_PX: Final = 9
"""Width that a hair stays under on the fine raster [px]."""
HAIR_LENGTH_PX: Final = 48
"""Least length of a hair on the fine raster [px]: pores and stubble are shorter."""
HAIR_SLENDERNESS: Final = (6.0, 0.07)
"""Greatest mean width of a hair there, in px and by its length: a net of lines is wider."""
FEATURE_MARGIN: Final = 0.03
"""How far beyond the outline of a brow, eye, lip or nostril the skin begins, by the width of the face."""
FACE_MARGIN: Final = 0.25
"""How far around the points of a face the skin is looked at, by the size of the face."""

COVERED_FEATURES: Final[dict[str, tuple[int, ...]]] = {
    "right brow": (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    "left brow": (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
    "right eye": (226, 247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25),
    "left eye": (446, 467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255),
    "lips": (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146),
    "nostrils": (98, 240, 75, 60, 238, 94, 458, 290, 305, 460, 327, 326, 2, 97),
}
"""Around what is no skin, by points of the face mesh."""
BARE_CHEEKS: Final = ((117, 119, 36, 205), (346, 348, 266, 425))
"""Where a face shows bare skin."""

Box = tuple[int, int, int, int]


@dataclasses.dataclass(frozen=True, slots=True)
class SkinMask:
    """``searched`` (h, w); the share of the picture that is skin, and the share of that which is glare.

    Of a photo with a face the shares are those of the face.
    """

    searched: Mask
    skin_share: float
    glare_share: float


def skin_mask(light: Plane, face: Face | None = None) -> SkinMask:
    """Skin of a picture in linear light (h, w, 3); where there is a face, only the skin on and near it."""
    height, width = light.shape[:2]
    left, top, right, bottom = (0, 0, width, height) if face is None else _near(face, width, height)
    part = light[top:bottom, left:right]
    corner = np.array([left, top], np.float64)
    outlines: list[Floats] = []
    bare: Mask | None = None
    if face is not None:
        margin = FEATURE_MARGIN * (face.box[2] - face.box[0])
        outlines = [_grown(face.points[list(indices)] - corner, margin) for indices in COVERED_FEATURES.values()]
        bare = _drawn([face.points[list(indices)] - corner for indices in BARE_CHEEKS], part.shape)
    found = _found(part, _drawn(outlines, part.shape), bare)
    searched = np.zeros((height, width), np.bool_)
    searched[top:bottom, left:right] = found.searched
    return dataclasses.replace(found, searched=searched)


def _found(light: Plane, covered: Mask, bare: Mask | None) -> SkinMask:
    """Skin where nothing covers it; like that of the bare part where one is known."""
    fine = _resized(light, HAIR_RASTER_PX)
    small = _resized(fine, MASK_RASTER_PX)
    free = ~_as_wide(covered, small.shape)
    bright = luminance(small)
    coloured = _coloured(small, None if bare is None else _as_wide(bare, small.shape)) & free
    if not coloured.any():
        return SkinMask(np.zeros(light.shape[:2], np.bool_), 0.0, 0.0)
    log_light = logarithm(bright)
    hairs = _single_hairs(fine)
    skin = coloured & ~_shadow(log_light, coloured) & ~_hairy(log_light, coloured, hairs) & ~_patchy(small)
    blown = _smooth((bright > FULL_LUMINANCE).astype(np.float32)) > 0.5
    glints = (log_light - _smooth(log_light) > HIGHLIGHT_CONTRAST) | (bright > FULL_LUMINANCE)
    glare = blown | (_smooth(glints.astype(np.float32), 0.025) > SPARKLE_CONTRAST)
    shares = float(skin.mean()), float((blown | glints)[coloured | _enclosed(coloured)].mean())
    searched = _as_wide(_tidy((skin & ~glare) | ~free), light.shape[:2]) & ~covered & ~_as_wide(hairs, light.shape)
    return SkinMask(searched, *shares)


def _near(face: Face, width: int, height: int) -> Box:
    """Left, top, right and bottom of the part of the picture around a face [px]."""
    left, top, right, bottom = face.box
    across, down = FACE_MARGIN * (right - left), FACE_MARGIN * (bottom - top)
    ends = left - across, top - down, right + across, bottom + down
    low_x, low_y = max(0, int(ends[0])), max(0, int(ends[1]))
    return low_x, low_y, min(width, max(int(ends[2]), low_x + 1)), min(height, max(int(ends[3]), low_y + 1))


def _drawn(outlines: list[Floats], shape: tuple[int, ...]) -> Mask:
    """What lies inside any of the polygons (n, 2) [px]."""
    import cv2

    drawn = np.zeros(shape[:2], np.uint8)
    for outline in outlines:
        cv2.fillPoly(drawn, [np.round(outline * 16.0).astype(np.int32)], 1, cv2.LINE_8, 4)
    return drawn.astype(np.bool_)


def _grown(outline: Floats, margin: float) -> Floats:
    """The hull of an outline, moved out by a margin [px]."""
    import cv2

    turns = np.linspace(0.0, 2.0 * np.pi, 12, endpoint=False)
    rim = outline[:, None] + margin * np.stack([np.cos(turns), np.sin(turns)], -1)
    return np.asarray(cv2.convexHull(rim.reshape(-1, 2).astype(np.float32))[:, 0], np.float64)


def _resized(plane: Plane, longest: int) -> Plane:
    """The plane (h, w) or (h, w, 3) with its longer side at most ``longest`` px."""
    import cv2

    height, width = plane.shape[:2]
    step = max(height, width) / longest
    if step <= 1.0:
        return plane
    size = max(1, round(width / step)), max(1, round(height / step))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)


def _as_wide(mask: Mask, shape: tuple[int, ...]) -> Mask:
    import cv2

    grown = cv2.resize(mask.astype(np.uint8), (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST)
    return grown.astype(np.bool_)


def _shrunk(mask: Mask, shape: tuple[int, ...]) -> Mask:
    """Places of a coarser raster that hold any of the mask."""
    import cv2

    share = cv2.resize(mask.astype(np.float32), (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(share > 0.0, np.bool_)


def _smooth(plane: Plane, share: float = 0.012) -> Plane:
    import cv2

    sigma = max(1.0, share * max(plane.shape))
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REFLECT), np.float32)


def _coloured(light: Plane, bare: Mask | None) -> Mask:
    red, green, blue = (np.log(_smooth(np.ascontiguousarray(light[..., channel])) + 0.003) for channel in range(3))
    warm, yellow = red - green, green - blue
    coloured: Mask = (
        (warm > SKIN_WARMTH[0])
        & (warm < SKIN_WARMTH[1])
        & (yellow > SKIN_YELLOWNESS[0])
        & (yellow < SKIN_YELLOWNESS[1])
    )
    if bare is not None and bare.any():
        for colour, far in zip((warm, yellow), FACE_COLOUR_RANGE, strict=True):
            coloured &= np.abs(colour - np.median(colour[bare])) < far
    return coloured


def _enclosed(mask: Mask) -> Mask:
    """Gaps in the mask that do not reach the border."""
    import cv2

    _, names = cv2.connectedComponents((~mask).astype(np.uint8))
    open_ones = np.unique(np.concatenate([names[0], names[-1], names[:, 0], names[:, -1]]))
    enclosed: Mask = ~mask & ~np.isin(names, open_ones)
    return enclosed


def _shadow(log_light: Plane, coloured: Mask) -> Mask:
    """Dark places larger than any pore."""
    import cv2

    seen = _smooth(log_light, 0.004)
    dark = (seen < np.median(log_light[coloured]) - SHADOW_DEPTH) | (
        seen < _smooth(log_light, 0.08) - LOCAL_SHADOW_DEPTH
    )
    _, names, stats, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8))
    large = stats[:, cv2.CC_STAT_AREA] > HOLE_SHARE * dark.size
    large[0] = False
    shadow: Mask = large[names]
    return shadow


def _hairy(log_light: Plane, coloured: Mask, hairs: Mask) -> Mask:
    """Dense hair, by what is darker than around it: shine is brighter, and stands out most on dark skin.

    A single hair does not spoil the skin around it.
    """
    relief = np.minimum(log_light - _smooth(log_light), np.float32(0.0)) * np.float32(np.sqrt(2.0))
    relief[_shrunk(hairs, log_light.shape)] = 0.0
    contrast = np.sqrt(_smooth(relief * relief, 0.02))
    hairy: Mask = contrast > min(
        max(HAIR_CONTRAST_RATIO * float(np.median(contrast[coloured])), ANY_SKIN_CONTRAST), MOST_SKIN_CONTRAST
    )
    return hairy


def _patchy(light: Plane) -> Mask:
    """Where the colour changes from point to point: blood and melanin lie in skin more evenly than that."""
    red, green = (np.log(np.ascontiguousarray(light[..., channel]) + np.float32(0.003)) for channel in range(2))
    patchy: Mask = _contrast(red - green) > MOST_COLOUR_NOISE
    return patchy


def _contrast(plane: Plane) -> Plane:
    """Standard deviation around each place, of what a little blur takes away."""
    relief = plane - _smooth(plane)
    return np.asarray(np.sqrt(_smooth(relief * relief, 0.02)), np.float32)


def _single_hairs(light: Plane) -> Mask:
    """Long thin dark lines, on the fine raster."""
    import cv2

    log_light = logarithm(luminance(light))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (HAIR_WIDTH_PX, HAIR_WIDTH_PX))
    dark = cv2.morphologyEx(log_light, cv2.MORPH_BLACKHAT, disc) > HAIR_DEPTH
    # Not a gap between highlights, which is as bright as skin without them.
    dark &= log_light < _smooth(log_light) - 0.5 * HAIR_DEPTH
    _, names, stats, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8), connectivity=8)
    length = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    hair = (length >= HAIR_LENGTH_PX) & (
        stats[:, cv2.CC_STAT_AREA] <= length * np.minimum(HAIR_SLENDERNESS[0], HAIR_SLENDERNESS[1] * length)
    )
    hair[0] = False
    return cv2.dilate(hair[names].astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.bool_)


def _tidy(mask: Mask) -> Mask:
    """Without specks, and a little inside the edge, where the shadow of the next thing begins."""
    import cv2

    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, disc)
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, disc)
    return cv2.erode(closed, disc).astype(np.bool_)

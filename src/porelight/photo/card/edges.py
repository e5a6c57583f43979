"""Corners of dark squares on white, finer than a pixel: where the lines along their four sides meet."""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight.arrays import Floats, Pixels

PROFILES_PER_SIDE: Final = 24
"""Profiles across each side."""
EDGE_END_SHARE: Final = 0.14
"""Share of a side that is left out at either end: there the neighbouring side is blurred in."""
PROFILE_HALF_LENGTH: Final = 0.8
"""Half length of a profile, by the width of a module: inside the border, and inside the white around it."""
LONGEST_PROFILE_PX: Final = 14.0
"""Greatest half length of a profile [px]."""
PROFILE_ROUNDS: Final = 2
"""Times the profiles are laid; the first time they start from corners that are off by a pixel or two."""


def sharpen_corners(grey: Pixels, squares: dict[int, Floats]) -> dict[int, Floats]:
    """Corners (4, 2) [px] of squares of eight by eight modules in a grey picture (h, w), found again along their sides.

    Where an edge lies follows from the area under its profile in linear light, which no blur shifts that is the same
    on both sides.
    """
    if not squares:
        return {}
    corners = np.stack(list(squares.values()))
    for _ in range(PROFILE_ROUNDS):
        corners = _sharpen_once(grey, corners)
    return dict(zip(squares, corners, strict=True))


def _sharpen_once(grey: Pixels, corners: Floats) -> Floats:
    after = np.roll(corners, -1, axis=1)
    length = np.linalg.norm(after - corners, axis=2, keepdims=True)
    way = (after - corners) / length
    normal = np.stack([way[..., 1], -way[..., 0]], axis=-1)  # outward: corners go round clockwise on the picture
    share = np.linspace(EDGE_END_SHARE, 1.0 - EDGE_END_SHARE, PROFILES_PER_SIDE)[:, None]
    feet = corners[:, :, None] + share * (after - corners)[:, :, None]
    # A side's profiles run along its neighbours, so their modules are what a profile crosses.
    module = 0.0625 * (np.roll(length, 1, axis=1) + np.roll(length, -1, axis=1))
    half = np.clip(PROFILE_HALF_LENGTH * module, 1.5, LONGEST_PROFILE_PX)
    offset = _find_crossings(grey, feet, normal[:, :, None], half[:, :, None])
    lines = _fit_lines(feet + offset[..., None] * normal[:, :, None], normal)
    return _intersect_lines(np.roll(lines, 1, axis=1), lines, corners)


def _find_crossings(grey: Pixels, feet: Floats, normal: Floats, half: Floats) -> Floats:
    """How far outward of each foot (s, 4, n, 2) dark turns to white (s, 4, n) [px]; nan where it does not."""
    import cv2

    from porelight.photo.tone import linear

    steps = np.linspace(-1.0, 1.0, 25)
    places = feet[..., None, :] + steps[:, None] * half[..., None] * normal[..., None, :]
    flat = places.reshape(len(feet), -1, 2).astype(np.float32)
    levels = cv2.remap(grey, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    light = linear(np.asarray(levels, np.uint8)).reshape(places.shape[:-1]).astype(np.float64)
    # Light of a side's own black and white: the ends of all its profiles, which noise moves less than those of one.
    dark, white = (np.median(light[..., part], axis=(-2, -1))[..., None] for part in (slice(0, 4), slice(-4, None)))
    share = (light - dark[..., None]) / np.maximum(white - dark, 1e-4)[..., None]
    covered = 0.5 * (share[..., 1:] + share[..., :-1]).mean(axis=-1)
    offset = half[..., 0] * (1.0 - 2.0 * covered)
    return np.where((white - dark > 0.02) & (np.abs(offset) < half[..., 0]), offset, np.nan)


def _fit_lines(points: Floats, normal: Floats) -> Floats:
    """Lines (s, 4, 3) through points (s, 4, n, 2): a x + b y = c with (a, b) of unit length; nan where few are."""
    lines = np.full((*points.shape[:2], 3), np.nan)
    for index in np.ndindex(points.shape[:2]):
        there = points[index][np.isfinite(points[index]).all(axis=1)]
        if len(there) < PROFILES_PER_SIDE // 2:
            continue
        for _ in range(2):
            middle = there.mean(axis=0)
            _, _, rows = np.linalg.svd(there - middle)
            off = (there - middle) @ rows[1]
            there = there[np.abs(off) <= 3.0 * max(1.4826 * float(np.median(np.abs(off))), 0.02)]
        across = rows[1] if rows[1] @ normal[index] > 0.0 else -rows[1]
        lines[index] = (*across, across @ middle)
    return lines


def _intersect_lines(first: Floats, second: Floats, corners: Floats) -> Floats:
    """Where two lines meet (s, 4, 2); the old corner where one is missing or they meet elsewhere."""
    turn = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    turn = np.where(np.abs(turn) > 0.1, turn, np.nan)
    x = (first[..., 2] * second[..., 1] - first[..., 1] * second[..., 2]) / turn
    y = (first[..., 0] * second[..., 2] - first[..., 2] * second[..., 0]) / turn
    found = np.stack([x, y], axis=-1)
    width = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2, keepdims=True)
    near = np.linalg.norm(found - corners, axis=2, keepdims=True) < 0.12 * width + 1.0
    return np.where(np.isfinite(found) & near, found, corners)

"""A person's own photo with each pore drawn at another size. It is a simulation, and says so in the picture.

Model *radial warp*: in the ellipse of a pore, with rho the distance from its middle in its own semi-axes, the light at
rho is taken from g(rho). Up to the new rim and its soft edge g = rho / f, so the pore is itself, f times as wide; from
there g returns to rho, so the skin around follows and nothing is made up. Beyond, every pixel is that of the photo.
Taking light from between pixels averages the camera's noise; as much noise as that takes away is put back.

A pore that shrinks also fades: what is darker than the skin around keeps the share f of its contrast, plugs too.

Validity: f from 0.4 to 1.6.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np

from porelight.arrays import Floats, Mask, Pixels, Plane
from porelight.fields import Interval
from porelight.frozen import frozen
from porelight.photo.census import PoreCensus, Pores
from porelight.photo.compare.tally import select_rows
from porelight.photo.decode import Picture
from porelight.photo.quality import noise_level
from porelight.refusal import Refusal

REDRAWN_REACH: Final = 2.2
"""How far from its middle a pore may move the skin around, in its semi-axes."""
SOFT_RIM: Final = 1.5
"""How far out the soft edge of a pore goes with it, in its semi-axes: left behind, it is a ring around the new one."""
SKIN_AROUND: Final = 1.6
"""Where the skin around a pore begins, whose colour the pore fades towards, in its semi-axes."""
NEAREST: Final = 1.15
"""The least of that, however near the next pore is."""
RETOUCH_SIZES: Final = (0.4, 1.6)
"""Relative diameters that can be drawn."""
LABEL: Final = "Simulation, not a photo"
PREVIEW_WINDOW_PORES: Final = 34.0
"""Side of the part that is shown close up, in median pore diameters."""
TRIES: Final = 12
"""Windows that are looked at, along each side."""


@frozen
class Window:
    """A part of a picture [px]."""

    left: int
    top: int
    width: int
    height: int

    def of(self, pixels: Pixels) -> Pixels:
        return pixels[self.top : self.top + self.height, self.left : self.left + self.width]


@frozen
class Preview:
    """Pixels (h, w, 3) at both ends and the middle of a change of diameter [%], each with a label burnt in."""

    low: Pixels
    middle: Pixels
    high: Pixels
    change_pct: Interval
    seed: int


def make_preview(
    picture: Picture,
    census: PoreCensus,
    change_pct: Interval,
    *,
    window: Window | None = None,
    times: int = 1,
    seed: int = 0,
    label: str = LABEL,
) -> Preview:
    """The photo, or a window of it, as it may look when every pore's diameter has changed.

    Args:
        picture: the photo.
        census: its pores.
        change_pct: change of every pore's diameter [%]; negative is smaller.
        window: the part that is drawn; None draws all of it.
        times: how much larger it is shown.
        seed: of the noise that is put back.
        label: what is burnt in, in the language of who looks.

    Raises:
        Refusal: a change beyond what can be drawn.
    """
    changes = change_pct.low, change_pct.mid, change_pct.high
    drawn = redraw_pores(picture, census, changes, window=window, seed=seed)
    low, middle, high = (burn_in_label(magnify_window(each, times), label) for each in drawn)
    return Preview(low, middle, high, change_pct, seed)


def redraw_pores(
    picture: Picture,
    census: PoreCensus,
    changes_pct: tuple[float, ...],
    *,
    window: Window | None = None,
    seed: int = 0,
) -> tuple[Pixels, ...]:
    """As :func:`make_preview`, once for each change and without the label."""
    factors = [1.0 + change / 100.0 for change in changes_pct]
    if not all(RETOUCH_SIZES[0] <= factor <= RETOUCH_SIZES[1] for factor in factors):
        low, high = (100.0 * (size - 1.0) for size in RETOUCH_SIZES)
        what = f"a change of {max(changes_pct, key=abs):g} % cannot be drawn"
        raise Refusal(what, where="preview", advice=f"Give a change of diameter between {low:g} and {high:+g} %")
    shown = window or Window(0, 0, picture.width, picture.height)
    pores, around = _find_near(census.pores, shown), _cut_around(shown, census)
    moved = dataclasses.replace(pores, x=pores.x - around.left, y=pores.y - around.top)
    reaches, noise = _reach_of(moved), noise_level(picture)
    within = Window(shown.left - around.left, shown.top - around.top, shown.width, shown.height)
    drawn = (_draw_pore(around.of(picture.pixels), moved, reaches, factor, noise, seed) for factor in factors)
    return tuple(np.ascontiguousarray(within.of(each)) for each in drawn)


def _cut_around(window: Window, census: PoreCensus) -> Window:
    """The window and as much around it as the pores at its edge move."""
    pores = census.pores
    margin = int(np.ceil(2.0 * REDRAWN_REACH * float(np.max(pores.diameter * np.sqrt(pores.elongation), initial=1.0))))
    left, top = max(0, window.left - margin), max(0, window.top - margin)
    right = min(census.width, window.left + window.width + margin)
    return Window(left, top, right - left, min(census.height, window.top + window.height + margin) - top)


def _find_near(pores: Pores, window: Window) -> Pores:
    margin = REDRAWN_REACH * pores.diameter * np.sqrt(pores.elongation)
    inside = (pores.x > window.left - margin) & (pores.x < window.left + window.width + margin)
    inside &= (pores.y > window.top - margin) & (pores.y < window.top + window.height + margin)
    return select_rows(pores, inside)


def _reach_of(pores: Pores) -> Floats:
    """How far each pore moves the skin (n,), in its semi-axes: not into the next pore."""
    from scipy.spatial import cKDTree

    if len(pores) < 2:
        return np.full(len(pores), REDRAWN_REACH)
    places = np.stack([pores.x, pores.y], axis=-1)
    radius = 0.5 * pores.diameter * np.sqrt(pores.elongation)
    gaps, next_to = cKDTree(places).query(places, k=min(6, len(pores)))
    room = np.asarray(gaps)[:, 1:] / (radius[:, None] + radius[np.asarray(next_to)[:, 1:]])
    return np.asarray(np.clip(room.min(axis=1), NEAREST, REDRAWN_REACH), np.float64)


def _draw_pore(pixels: Pixels, pores: Pores, reaches: Floats, factor: float, noise: float, seed: int) -> Pixels:
    """Every pore ``factor`` times as wide."""
    if factor == 1.0 or not len(pores):
        return pixels.copy()
    shift = np.zeros((2, *pixels.shape[:2]), np.float32)
    moved = np.zeros(pixels.shape[:2], np.bool_)
    faded = np.zeros((*pixels.shape[:2], 4), np.float32)
    for index in range(len(pores)):
        reach = max(float(reaches[index]), NEAREST * factor)
        window, rho = _move_skin(shift, moved, pores, index, reach, factor)
        if factor < 1.0:
            _note_fading(faded[window], pixels[window], rho, reach, factor)
    at = np.flatnonzero(moved)
    rows, columns = np.divmod(at, pixels.shape[1])
    x, y = columns + shift[0].ravel()[at], rows + shift[1].ravel()[at]
    drawn = pixels.copy()
    drawn.reshape(-1, 3)[at] = _take_skin(pixels, x.astype(np.float32), y.astype(np.float32), noise, seed)
    # What is as bright as the skin around, such as a glint, does not fade.
    darker = np.maximum(faded[..., :3] - drawn, 0.0)
    return np.asarray(np.rint(drawn + faded[..., 3:] * darker), np.uint8)


def _note_fading(faded: Plane, pixels: Pixels, rho: Plane, reach: float, factor: float) -> None:
    """Puts the colour of the skin around one pore and how much of it is mixed in into ``faded`` (h, w, 4)."""
    around = pixels[(rho > SKIN_AROUND) & (rho < REDRAWN_REACH)]
    if not len(around):
        return
    rim = _soft_rim(reach)
    share = (1.0 - factor) * ((rim * factor - rho) / ((rim - 1.0) * factor)).clip(0.0, 1.0)
    stronger = share > faded[..., 3]
    faded[stronger, :3] = np.median(around, axis=0)
    faded[stronger, 3] = share[stronger]


def _soft_rim(reach: float) -> float:
    """How far out the pore is only made narrower; where the next is near, half of the room stays for the skin."""
    return min(SOFT_RIM, 0.5 * (1.0 + reach))


def _move_skin(
    shift: Plane, moved: Mask, pores: Pores, index: int, reach: float, factor: float
) -> tuple[tuple[slice, slice], Plane]:
    """Adds where the light around one pore is taken from: g(rho) of the module; gives its window and rho there."""
    x, y, root = pores.x[index], pores.y[index], np.sqrt(pores.elongation[index])
    radius = 0.5 * pores.diameter[index]
    half = int(np.ceil(max(reach, REDRAWN_REACH) * radius * root)) + 1
    left, top = max(0, round(float(x)) - half), max(0, round(float(y)) - half)
    window = slice(top, round(float(y)) + half + 1), slice(left, round(float(x)) + half + 1)
    height, width = moved[window].shape
    v, u = np.ogrid[top : top + height, left : left + width]
    du, dv = (u - x).astype(np.float32), (v - y).astype(np.float32)
    turn = np.radians(pores.direction[index])
    along = (du * np.cos(turn) + dv * np.sin(turn)) / (radius * root)
    across = (dv * np.cos(turn) - du * np.sin(turn)) / (radius / root)
    rho = np.sqrt(along**2 + across**2)
    stretch = _find_source(rho, factor, reach) / np.maximum(rho, 1e-6) - 1.0
    moved[window] |= rho < reach
    shift[0][window] += stretch * du
    shift[1][window] += stretch * dv
    return window, rho


def _find_source(rho: Plane, factor: float, reach: float) -> Plane:
    """g(rho): rho / f up to the soft rim; then a cubic through (f rim, rim) and (reach, reach), steadily rising."""
    # A pore that widens pushes its edge into the skin at once: there is no room to carry it along.
    rim = _soft_rim(reach) if factor < 1.0 else 1.0
    length = reach - factor * rim
    secant = (reach - rim) / length
    start, end = min(1.0 / factor, 3.0 * secant), min(1.0, 3.0 * secant)
    t = ((rho - factor * rim) / length).clip(0.0, 1.0)
    back = rim + length * t * (start + t * ((3.0 * secant - 2.0 * start - end) + t * (start + end - 2.0 * secant)))
    return np.asarray(np.where(rho >= reach, rho, np.where(rho <= factor * rim, rho / factor, back)), np.float32)


def _take_skin(pixels: Pixels, x: Plane, y: Plane, noise: float, seed: int) -> Pixels:
    """Colours (n, 3) at places (n,) of a picture, with the noise that lies on its pixels."""
    import cv2

    wide = 1024
    filled = -len(x) % wide
    across, down = (np.pad(each, (0, filled)).reshape(-1, wide) for each in (x, y))
    seen = cv2.remap(pixels, across, down, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT).reshape(-1, 3)[: len(x)]
    lost = noise * np.sqrt(np.maximum(1.0 - _keep_texture(x) * _keep_texture(y), 0.0))
    added = np.random.default_rng(seed).standard_normal(seen.shape) * lost[:, None]
    return np.clip(np.rint(seen + added), 0, 255).astype(np.uint8)


def _keep_texture(places: Plane) -> Floats:
    """Share of white noise's variance that Lanczos interpolation between eight pixels keeps."""
    fraction = np.linspace(0.0, 1.0, 33)[:, None]
    taps = np.sinc(fraction - np.arange(-3, 5)) * np.sinc((fraction - np.arange(-3, 5)) / 4.0)
    table = np.sum((taps / taps.sum(1, keepdims=True)) ** 2, axis=1)
    return np.asarray(table[np.rint(32.0 * (places - np.floor(places))).astype(int)], np.float64)


def magnify_window(pixels: Pixels, times: int) -> Pixels:
    """Shown that many times larger."""
    import cv2

    return np.asarray(cv2.resize(pixels, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC), np.uint8)


def burn_in_label(pixels: Pixels, label: str = LABEL) -> Pixels:
    """A copy with the label burnt in along the lower edge, smaller where the picture is too narrow for it."""
    from PIL import Image, ImageDraw, ImageFont

    # The longest of our languages must fit: the size of the English label counts for as many letters as it has.
    longer = max(1.0, len(label) / len(LABEL))
    font = ImageFont.load_default(size=max(9.0, min(pixels.shape[1] / (14.0 * longer), pixels.shape[0] / 16.0)))
    left, top, right, bottom = font.getbbox(label)
    margin = 0.35 * (bottom - top)
    width, height = (int(np.ceil(each)) for each in (right - left + 3.0 * margin, bottom - top + 2.0 * margin))
    plate = Image.new("RGB", (min(width, pixels.shape[1]), min(height, pixels.shape[0])))
    ImageDraw.Draw(plate).text((1.5 * margin - left, margin - top), label, font=font, fill=(255, 255, 255))
    told = pixels.copy()
    told[-plate.height :, : plate.width] = np.asarray(plate, np.uint8)
    return told


def choose_window(census: PoreCensus) -> Window:
    """A square part of the photo with as much pore in it as half of all parts that hold pores."""
    pores = census.pores
    diameter = float(np.median(pores.diameter)) if len(pores) else 5.0
    side = int(np.clip(PREVIEW_WINDOW_PORES * diameter, 64, min(census.width, census.height)))
    lefts, tops = (
        np.unique(np.linspace(0, length - side, TRIES).astype(int)) for length in (census.width, census.height)
    )
    held = []
    for top in tops:
        for left in lefts:
            inside = (pores.x >= left) & (pores.x < left + side) & (pores.y >= top) & (pores.y < top + side)
            held.append((float(np.sum(pores.area[inside])), int(left), int(top)))
    full = sorted(each for each in held if each[0] > 0.0) or sorted(held)
    _, left, top = full[len(full) // 2]
    return Window(left, top, side, side)

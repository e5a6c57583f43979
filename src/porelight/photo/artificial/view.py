"""How rendered skin is seen: leaning, curved, and with the printed card on it. Truth for tests, like ``artificial``."""

from __future__ import annotations

import dataclasses
import math
from typing import Final, Literal

import numpy as np

from porelight import units
from porelight.arrays import Floats, Mask, Plane
from porelight.frozen import frozen
from porelight.photo.card.layout import Box, Layout, list_ticks, load_layout
from porelight.photo.card.sheet import Sheet

UM_PER_MM: Final = units.mm / units.um
"""Micrometres in a millimetre."""
SIGHT_STEP: Final = 8
"""Spacing [px] of the places whose line of sight is followed; between them it is interpolated."""
TICK_MM: Final = 0.2
"""Width of a ruler's tick [mm]."""


@frozen
class View:
    """The camera before the skin, and what lies on it. Angles in degrees."""

    tilt: float = 0.0
    """Between the skin and the picture."""
    leaning: float = 0.0
    """Direction in the picture in which the skin falls away."""
    turn: float = 0.0
    """Of skin and card around the camera's axis."""
    radius_mm: float | None = None
    """Of the skin as part of a cylinder, which goes on straight beyond the width of a card; None where it is flat."""
    bending: float = 0.0
    """Direction on the skin in which it bends."""
    focal: float = 2.5
    """Focal length by the longer side of the picture: a crop of a phone's photo."""
    card: Literal["follows", "flat"] | None = None
    """A paper card that follows the skin, or a stiff one that rests on it; None without a card."""
    card_at: tuple[float, float] = (0.0, 0.0)
    """Middle of the card's opening, from the middle of the picture on the skin [mm]."""


@frozen
class Scene:
    """The skin and the card as sheets, in a picture of ``size`` (height, width)."""

    size: tuple[int, int]
    skin: Sheet
    card: Sheet | None
    card_at: tuple[float, float]
    """Of the opening's middle on the card's sheet [um]."""

    @property
    def skin_box(self) -> tuple[float, float, float, float]:
        """Least and greatest x, then y, that is seen of the skin [um]."""
        across, down = _trace_sight(self.skin, self.size)
        return float(across.min()), float(across.max()), float(down.min()), float(down.max())


def make_scene(view: View, size: tuple[int, int], um_per_px: float) -> Scene:
    """Skin whose middle is seen at that scale in the middle of the picture."""
    import cv2

    focal = view.focal * max(size)
    way = math.radians(view.leaning)
    lean = cv2.Rodrigues(math.radians(view.tilt) * np.array([-math.sin(way), math.cos(way), 0.0]))[0]
    spin = cv2.Rodrigues(np.array([0.0, 0.0, math.radians(view.turn)]))[0]
    skin = Sheet(
        focal=focal,
        centre=(0.5 * (size[1] - 1), 0.5 * (size[0] - 1)),
        rotation=np.asarray(lean @ spin, np.float64),
        shift=np.array([0.0, 0.0, focal * um_per_px]),
        bend=1.0 / (view.radius_mm * UM_PER_MM) if view.radius_mm else 0.0,
        heading=math.radians(view.bending),
        reach=min(view.radius_mm, 0.5 * load_layout().size[0]) * UM_PER_MM if view.radius_mm else np.inf,
    )
    return Scene(size, skin, _rest_card(view, skin), (view.card_at[0] * UM_PER_MM, view.card_at[1] * UM_PER_MM))


def _rest_card(view: View, skin: Sheet) -> Sheet | None:
    """The sheet of the card; a stiff one lies as deep as skin that bulges into its opening lets it."""
    if view.card is None or view.card == "follows" or not skin.bend:
        return skin if view.card else None
    window = load_layout().window
    corners = 0.5 * UM_PER_MM * np.array([[window.width, window.height], [window.width, -window.height]])
    half = float(np.abs(corners @ np.array([math.cos(skin.heading), math.sin(skin.heading)])).max())
    sunk = (1.0 - math.cos(skin.bend * half)) / skin.bend
    return dataclasses.replace(skin, bend=0.0, shift=skin.shift + skin.rotation[:, 2] * sunk)


def _trace_sight(sheet: Sheet, size: tuple[int, int]) -> tuple[Plane, Plane]:
    """Where on the sheet each px looks (h, w), x and y [um]."""
    import cv2

    height, width = (math.ceil(length / SIGHT_STEP) + 3 for length in size)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    found = sheet.unproject((columns - 1.0) * SIGHT_STEP, (rows - 1.0) * SIGHT_STEP).reshape(height, width, 2)
    place = np.meshgrid(
        (np.arange(size[1], dtype=np.float32) / SIGHT_STEP + 1.0),
        (np.arange(size[0], dtype=np.float32) / SIGHT_STEP + 1.0),
    )
    across, down = (
        cv2.remap(found[..., k].astype(np.float32), *place, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        for k in range(2)
    )
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def see_skin(scene: Scene, light: Plane, shade: Plane, corner: tuple[float, float], um_per_px: float) -> Plane:
    """The picture in linear light (h, w, 3).

    Args:
        scene: what lies where.
        light: the skin straight from above (hs, ws, 3), linear.
        shade: light that falls on it (hs, ws).
        corner: where on the skin the first px of these lies [um].
        um_per_px: their scale.
    """
    across, down = _trace_sight(scene.skin, scene.size)
    place = (across - np.float32(corner[0])) / um_per_px, (down - np.float32(corner[1])) / um_per_px
    picture = _sample_light(light, place)
    if scene.card is None:
        return picture
    lit = _sample_light(np.ascontiguousarray(shade), place)
    across, down = _trace_sight(scene.card, scene.size)
    printed, cover = draw_card(UM_PER_MM / um_per_px)
    origin = load_layout().middle * UM_PER_MM - np.array(scene.card_at)
    place = (
        (across + np.float32(origin[0])) / um_per_px + (CARD_MARGIN_PX - 0.5),
        (down + np.float32(origin[1])) / um_per_px + (CARD_MARGIN_PX - 0.5),
    )
    cover = _sample_light(cover, place, fill=0.0).clip(0.0, 1.0)
    printed = _sample_light(printed, place, fill=0.0).clip(0.0, None)
    return np.asarray(picture * (1.0 - cover[..., None]) + printed * lit[..., None], np.float32)


def _sample_light(plane: Plane, place: tuple[Plane, Plane], fill: float | None = None) -> Plane:
    import cv2

    # Cubic keeps fine texture; at the card's hard edges it would draw dark and bright rims.
    how, border = (cv2.INTER_CUBIC, cv2.BORDER_REFLECT) if fill is None else (cv2.INTER_LINEAR, cv2.BORDER_CONSTANT)
    return np.asarray(cv2.remap(plane, place[0], place[1], how, borderMode=border), np.float32)


CARD_MARGIN_PX: Final = 3
"""Empty px around the drawn card, so that its cut edge is drawn like the others."""


def draw_card(px_per_mm: float) -> tuple[Plane, Plane]:
    """The card straight from above: reflectance times cover (h, w, 3), and cover (h, w), 0 to 1.

    Every px holds the mean over its area. The paper's corner lies at :data:`CARD_MARGIN_PX` from that of the raster.
    """
    card = load_layout()
    size = tuple(math.ceil(length * px_per_mm) + 2 * CARD_MARGIN_PX for length in reversed(card.size))
    cover = _share_covered(card.outline, size, px_per_mm) * (1.0 - _share_covered(card.window, size, px_per_mm))
    printed = np.ones((*size, 3), np.float32) * np.float32(card.papers[0].reflectance[0])
    for box, reflectance in _list_boxes(card):
        left, top = (max(0, int(start * px_per_mm) - 1 + CARD_MARGIN_PX) for start in (box.x, box.y))
        right, bottom = (int(end * px_per_mm) + 2 + CARD_MARGIN_PX for end in box.corners[2])
        share = _share_covered(box, (bottom - top, right - left), px_per_mm, (left, top))[..., None]
        part = printed[top:bottom, left:right]
        part += share * (np.array(reflectance, np.float32) - np.float32(card.papers[0].reflectance[0]))
    return np.asarray(printed * cover[..., None], np.float32), np.asarray(cover, np.float32)


def _list_boxes(card: Layout) -> list[tuple[Box, tuple[float, float, float]]]:
    black = card.greys[0].reflectance
    painted = [(patch.box, patch.reflectance) for patch in (*card.greys, *card.colours)]
    for tag in card.tags:
        step = tag.box.width / 8.0
        where = np.argwhere(tag.modules)
        painted += [(Box(tag.box.x + step * x, tag.box.y + step * y, step, step), black) for y, x in where]
    for ruler in card.rulers:
        for left, top, right, bottom, _ in list_ticks(ruler):
            wide, high = (TICK_MM, bottom - top) if ruler.across else (left - right, TICK_MM)
            painted.append((Box(min(left, right) - (0.5 * TICK_MM if ruler.across else 0.0), top, wide, high), black))
    line = card.check
    return [*painted, (Box(line.x, line.y, line.width, TICK_MM), black)]


def _share_covered(box: Box, size: tuple[int, ...], px_per_mm: float, corner: tuple[int, int] = (0, 0)) -> Plane:
    """Which share of each px (h, w) the box covers, in a part of the raster from its column and row ``corner`` on."""
    edges = [
        np.arange(start, start + length + 1, dtype=np.float64) - CARD_MARGIN_PX
        for start, length in zip(reversed(corner), size, strict=True)
    ]
    down, across = (
        np.diff(np.clip(edge, start * px_per_mm, (start + long) * px_per_mm))
        for edge, start, long in zip(edges, (box.y, box.x), (box.height, box.width), strict=True)
    )
    return np.asarray(down[:, None] * across[None, :], np.float32)


def cover_tags(scene: Scene, x: Floats, y: Floats) -> Mask:
    """Which places of the picture (n,) [px] the card hides."""
    if scene.card is None:
        return np.zeros(np.size(x), np.bool_)
    places = (scene.card.unproject(x, y) - np.array(scene.card_at)) / UM_PER_MM + load_layout().middle
    card, window = load_layout().outline, load_layout().window
    return np.asarray(_is_within(places, card) & ~_is_within(places, window), np.bool_)


def _is_within(places: Floats, box: Box) -> Mask:
    low, high = box.corners[0], box.corners[2]
    return np.asarray(((places >= low) & (places <= high)).all(axis=1), np.bool_)

"""Parts of the face whose pores are counted together: from the points of a face, or drawn by hand as polygons."""

from __future__ import annotations

import dataclasses
import math
from typing import Final

import numpy as np

from porelight import reading, units
from porelight.arrays import Floats, Mask, Pixels
from porelight.frozen import frozen
from porelight.photo.census import PoreCensus, Pores, Region
from porelight.photo.decode import Picture
from porelight.photo.face.find_face import Face
from porelight.photo.mask import SkinMask
from porelight.refusal import Refusal

CLOSE_UP: Final = "close-up"
"""The one region of a photo without a face."""

Corner = tuple[int, int, float]
"""Between two points of the face mesh, and how far from the first to the second."""

FOREHEAD: Final[tuple[Corner, ...]] = (
    *((103, 104, 0.3), (67, 69, 0.3), (109, 108, 0.3), (10, 151, 0.3), (338, 337, 0.3), (297, 299, 0.3)),
    *((332, 333, 0.3), (333, 293, 0.5), (299, 334, 0.7), (337, 296, 0.75), (151, 9, 0.8), (108, 66, 0.75)),
    *((69, 105, 0.7), (104, 63, 0.5)),
)
NOSE: Final[tuple[Corner, ...]] = (
    *((196, 3, 0.0), (419, 248, 0.0), (399, 456, 0.0), (420, 360, 0.0), (279, 344, 0.35), (278, 344, 0.4)),
    *((294, 438, 0.5), (440, 275, 0.0), (274, 275, 0.3), (1, 4, 0.4), (44, 45, 0.3), (220, 45, 0.0)),
    *((64, 218, 0.5), (48, 115, 0.4), (49, 115, 0.35), (198, 131, 0.0), (174, 236, 0.0)),
)
RIGHT_CHEEK: Final[tuple[Corner, ...]] = (
    *((116, 50, 0.2), (117, 50, 0.15), (118, 101, 0.15), (119, 101, 0.15), (100, 101, 0.1), (142, 101, 0.1)),
    *((36, 101, 0.05), (203, 205, 0.45), (207, 205, 0.2), (187, 205, 0.2), (147, 187, 0.6), (123, 50, 0.3)),
)
LEFT_CHEEK: Final[tuple[Corner, ...]] = (
    *((345, 280, 0.2), (346, 280, 0.15), (347, 330, 0.15), (348, 330, 0.15), (329, 330, 0.1), (371, 330, 0.1)),
    *((266, 330, 0.05), (423, 425, 0.45), (427, 425, 0.2), (411, 425, 0.2), (376, 411, 0.6), (352, 280, 0.3)),
)
CHIN: Final[tuple[Corner, ...]] = (
    *((18, 200, 0.3), (313, 421, 0.3), (418, 262, 0.15), (262, 418, 0.0), (369, 262, 0.2), (396, 428, 0.1)),
    *((175, 199, 0.1), (171, 208, 0.1), (140, 32, 0.2), (32, 194, 0.0), (194, 32, 0.15), (83, 201, 0.3)),
)
PARTS: Final[dict[str, tuple[Corner, ...]]] = {
    "forehead": FOREHEAD,
    "nose": NOSE,
    "right cheek": RIGHT_CHEEK,
    "left cheek": LEFT_CHEEK,
    "chin": CHIN,
}
"""Around each part, clear of brows, eyes, lips, nostrils and the hairline. Right and left are the patient's."""
LEAST_SEEN_SHARE: Final = 0.35
"""Share seen from which a part is measured: turned further away, pores are slits."""
LEAST_SKIN: Final = 0.1
"""Share of the regions drawn by hand that must be skin."""
LONGEST_NAME: Final = 40
MOST_CORNERS: Final = 200
MOST_REGIONS: Final = 40


def outline_regions(face: Face, width: int, height: int) -> tuple[Region, ...]:
    """The parts of a face that a picture of this size shows well enough, each with the share of it that is seen."""
    every = (_make_part(name, corners, face, width, height) for name, corners in PARTS.items())
    return tuple(region for region in every if region.seen >= LEAST_SEEN_SHARE)


def _make_part(name: str, corners: tuple[Corner, ...], face: Face, width: int, height: int) -> Region:
    first, second, share = (np.array(column) for column in zip(*corners, strict=True))
    places = np.column_stack([face.points, face.depth])
    rim = places[first] + share[:, None] * (places[second] - places[first])
    inside = _share_inside(rim[:, :2], width, height)
    return Region(name, np.ascontiguousarray(rim[:, :2]), seen=_share_facing(rim) * inside)


def _share_facing(rim: Floats) -> float:
    """Area of a polygon (n, 3) as it is seen by its area in space: 1 facing the camera, 0 edge-on or turned away."""
    normal = np.cross(rim, np.roll(rim, -1, axis=0)).sum(axis=0)
    return float(np.clip(abs(normal[2]) / max(float(np.linalg.norm(normal)), 1e-9), 0.0, 1.0))


def _share_inside(outline: Floats, width: int, height: int) -> float:
    """Share of a polygon's area that lies in the picture."""
    low, high = np.floor(outline.min(axis=0)), np.ceil(outline.max(axis=0))
    x, y = (np.linspace(low[k], high[k], 40) for k in range(2))
    across, down = (plane.ravel() for plane in np.meshgrid(x, y))
    held = is_inside(outline, across, down)
    shown = held & (across >= 0) & (across <= width - 1) & (down >= 0) & (down <= height - 1)
    return float(shown.sum() / max(int(held.sum()), 1))


def is_inside(outline: Floats, x: Floats, y: Floats) -> Mask:
    """Which places (n,) lie in a polygon (m, 2): a ray to the right crosses its edge an odd number of times."""
    held = np.zeros(np.shape(x), np.bool_)
    for (x1, y1), (x2, y2) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y1 != y2:
            level = (y1 > y) != (y2 > y)
            held ^= level & (x < x1 + (y - y1) / (y2 - y1) * (x2 - x1))
    return held


def name_at(x: Floats, y: Floats, regions: tuple[Region, ...]) -> tuple[str, ...]:
    """Name of the first region that holds each place (n,); empty text where none does."""
    names = np.full(np.shape(x), "", dtype=object)
    for region in reversed(regions):
        names[is_inside(region.outline, x, y)] = region.name
    return tuple(str(name) for name in names)


def cover_regions(regions: tuple[Region, ...], height: int, width: int) -> Pixels:
    """Number of the region at each pixel (height, width), from 1; the first one where two overlap, 0 outside."""
    import cv2

    drawn = np.zeros((height, width), np.uint8)
    for number in range(len(regions), 0, -1):
        corners = np.round(regions[number - 1].outline * 16.0).astype(np.int32)
        cv2.fillPoly(drawn, [corners], number, cv2.LINE_8, 4)
    return drawn


def measure_skin(regions: tuple[Region, ...], searched: Mask) -> tuple[tuple[Region, ...], Mask]:
    """The regions with the area of skin searched in each, and that skin (h, w)."""
    numbers = cover_regions(regions, *searched.shape)
    counts = np.bincount(numbers[searched], minlength=len(regions) + 1)
    filled = (dataclasses.replace(one, skin_area=float(n)) for one, n in zip(regions, counts[1:], strict=True))
    return tuple(filled), searched & (numbers > 0)


def choose_regions(
    picture: Picture, mask: SkinMask, face: Face | None, drawn: tuple[Region, ...]
) -> tuple[tuple[Region, ...], SkinMask]:
    """Where pores are looked for: in the regions drawn by hand, else in those of the face, else on all of the skin.

    Raises:
        Refusal: the regions lie outside the picture or hold next to no skin.
    """
    check_inside(drawn, picture)
    regions = drawn or (() if face is None else outline_regions(face, picture.width, picture.height))
    if not regions:
        return (), mask
    filled, searched = measure_skin(regions, mask.searched)
    if drawn and searched.sum() < LEAST_SKIN * np.count_nonzero(cover_regions(drawn, *mask.searched.shape)):
        advice = "Draw them on bare skin of this photo, upright, at its full size"
        raise Refusal("the regions hold next to no skin", where=picture.where, advice=advice)
    return filled, dataclasses.replace(mask, searched=searched)


def name_pores(pores: Pores, regions: tuple[Region, ...]) -> Pores:
    """The pores with the region of each; one whose middle lies just outside belongs to the nearest outline."""
    if not regions:
        return pores
    names = list(name_at(pores.x, pores.y, regions))
    for index in (k for k, name in enumerate(names) if not name):
        place = np.array([pores.x[index], pores.y[index]])
        names[index] = min(regions, key=lambda one: float(np.linalg.norm(one.outline - place, axis=1).min())).name
    return dataclasses.replace(pores, region=tuple(names))


def read_regions(text: str, where: str) -> tuple[Region, ...]:
    """Regions drawn by hand, from YAML: ``regions: {left cheek: [[x, y], ...]}``, places in px from the upper left.

    Names are free. Where two overlap, the first one counts.

    Raises:
        Refusal: not such a file, a name or polygon that cannot be used.
    """
    fields = reading.mapping(text, where)
    drawn = fields.get("regions")
    if set(fields) != {"regions"} or not isinstance(drawn, dict) or not drawn:
        what = "the file does not hold `regions:` and nothing else"
        raise Refusal(what, where=where, advice="Write `regions:` and below it `name: [[x, y], [x, y], [x, y]]`")
    if len(drawn) > MOST_REGIONS:
        what = f"{len(drawn)} regions are more than {MOST_REGIONS}"
        raise Refusal(what, where=where, advice="Keep the regions that you compare")
    return tuple(
        Region(_check_name(name, where), _read_outline(rows, f"{where}, {name}")) for name, rows in drawn.items()
    )


def _check_name(name: object, where: str) -> str:
    text = str(name).strip()
    if not text or len(text) > LONGEST_NAME or not text.isprintable():
        what = f"a region cannot be named {text[:LONGEST_NAME]!r}"
        raise Refusal(
            what, where=where, advice=f"Name it in 1 to {LONGEST_NAME} plain characters, such as `left cheek`"
        )
    return text


def _read_outline(rows: object, where: str) -> Floats:
    if not isinstance(rows, list) or not 3 <= len(rows) <= MOST_CORNERS:
        what = f"a region needs 3 to {MOST_CORNERS} corners"
        raise Refusal(what, where=where, advice="Write its corners in order: `[[x, y], [x, y], [x, y]]`")
    outline = np.array([_read_corner(row, where) for row in rows])
    check_outline(outline, where)
    return outline


def _read_corner(row: object, where: str) -> tuple[float, float]:
    advice = "Write each corner as `[x, y]` in pixels from the upper left"
    if not isinstance(row, list) or len(row) != 2:
        raise Refusal("a corner is not a pair of numbers", where=where, advice=advice)
    try:
        x, y = (float(str(value)) for value in row)
    except ValueError:
        raise Refusal(f"a corner at {row!r} is not a pair of numbers", where=where, advice=advice) from None
    if not (math.isfinite(x) and math.isfinite(y)):
        raise Refusal(f"a corner at {row!r} is no place", where=where, advice=advice)
    return x, y


def check_outline(outline: Floats, where: str) -> None:
    """
    Raises:
        Refusal: the polygon encloses nothing or crosses itself.
    """
    if _outline_area(outline) < 1.0:
        raise Refusal("the region encloses nothing", where=where, advice="Give at least three corners that are apart")
    if _crosses_itself(outline):
        advice = "Write the corners in the order in which you go around it"
        raise Refusal("the outline of the region crosses itself", where=where, advice=advice)


def check_inside(regions: tuple[Region, ...], picture: Picture) -> None:
    """
    Raises:
        Refusal: a corner lies outside the picture.
    """
    for region in regions:
        low, high = region.outline.min(axis=0), region.outline.max(axis=0)
        if low.min() < 0.0 or high[0] > picture.width or high[1] > picture.height:
            what = f"the region {region.name!r} reaches outside the picture of {picture.width} x {picture.height} px"
            raise Refusal(what, where=picture.where, advice="Draw the regions on this photo, upright, at its full size")


def _outline_area(outline: Floats) -> float:
    x, y = outline.T
    return 0.5 * abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))))


def _crosses_itself(outline: Floats) -> bool:
    """Whether any two sides that are not neighbours meet."""
    count = len(outline)
    sides = [(outline[k], outline[(k + 1) % count]) for k in range(count)]
    return any(
        _do_meet(*sides[i], *sides[j]) for i in range(count) for j in range(i + 2, count) if (i, j) != (0, count - 1)
    )


def _do_meet(a: Floats, b: Floats, c: Floats, d: Floats) -> bool:
    """Whether the stretches from a to b and from c to d share a point."""

    def side(p: Floats, q: Floats, r: Floats) -> float:
        return float(np.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])))

    def between(p: Floats, q: Floats, r: Floats) -> bool:
        return bool(np.all(r >= np.minimum(p, q)) and np.all(r <= np.maximum(p, q)))

    if side(a, b, c) != side(a, b, d) and side(c, d, a) != side(c, d, b):
        return True
    return any(side(p, q, r) == 0.0 and between(p, q, r) for p, q, r in ((a, b, c), (a, b, d), (c, d, a), (c, d, b)))


@frozen
class RegionSummary:
    """The pores of one region. Without a scale, every length is None."""

    name: str
    seen: float
    """Share of the region that faces the camera and lies in the picture, 0 to 1."""
    skin_area_mm2: float | None
    pore_count: int
    density_per_cm2: float | None
    median_diameter_um: float | None
    enlarged_count: int | None
    area_fraction: float
    """Share of the skin searched that is pore (0-1)."""


def summarise_regions(census: PoreCensus) -> tuple[RegionSummary, ...]:
    """What each region of a census holds, in their order; of a close-up the one region."""
    if census.regions:
        return tuple(_summarise_region(census, region) for region in census.regions)
    middle = np.array([[(census.width - 1) / 2.0, (census.height - 1) / 2.0]])
    return (_summarise_region(census, Region(CLOSE_UP, middle, skin_area=census.skin_area)),)


def _summarise_region(census: PoreCensus, region: Region) -> RegionSummary:
    inside = np.array([name == region.name for name in census.pores.region], np.bool_)
    mm2 = _area_mm2(census, region)
    diameter, enlarged = census.diameter_um, census.enlarged
    count = int(inside.sum())
    return RegionSummary(
        name=region.name,
        seen=region.seen,
        skin_area_mm2=mm2,
        pore_count=count,
        density_per_cm2=count / (mm2 * units.mm2 / units.cm2) if mm2 else None,
        median_diameter_um=float(np.median(diameter[inside])) if diameter is not None and count else None,
        enlarged_count=None if enlarged is None else int(enlarged[inside].sum()),
        area_fraction=float(census.pores.area[inside].sum() / region.skin_area) if region.skin_area > 0.0 else 0.0,
    )


def _area_mm2(census: PoreCensus, region: Region) -> float | None:
    """Area of the skin searched in a region, by the scale in its middle."""
    if census.scale is None:
        return None
    x, y = region.outline.mean(axis=0)
    um_per_px = float(census.scale.at(np.array([x]), np.array([y]))[0])
    return region.skin_area * (um_per_px * units.um) ** 2 / units.mm2

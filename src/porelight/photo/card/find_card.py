"""The printed card in a photo: where it lies, how long a pixel is on the skin in it, and the colour of the light."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from porelight import cite, units
from porelight.arrays import Floats, Mask, Pixels, Plane
from porelight.frozen import frozen
from porelight.photo.card import pose
from porelight.photo.card.edges import sharpen_corners
from porelight.photo.card.layout import Box, Layout, Patch, load_layout, tag_family
from porelight.photo.card.pose import Pose
from porelight.photo.card.sheet import Sheet
from porelight.photo.decode import Picture
from porelight.photo.scale import Scale
from porelight.photo.tone import linear

if TYPE_CHECKING:
    import cv2


TAG_RASTERS: Final = (1600, 800)
"""Longer sides [px] at which tags are looked for, the second where the first shows none: blur hides tags less there."""
FEWEST_TAGS: Final = 2
"""Tags that make a card."""
TAG_TOLERANCE: Final = 1.0
"""How far off a plane a corner may be, by the width of a tag, before its tag is taken for one of another card."""
MOST_CORNER_ERROR: Final = 0.3
"""Error of the corners, by the width of a module, from which what was found is no card."""
MOST_CAMERA_ERROR: Final = 0.2
"""Relative standard error up to which focal length and distance are told."""
FULL_LEVEL: Final = 253
"""Level from which a pixel may be full."""
EMPTY_LEVEL: Final = 6
"""Level below which a pixel may hold nothing but noise."""
GAMMA_RANGE: Final = (0.6, 1.7)
"""Powers of tone that a camera may have added; a card that asks for more was in shade or glare."""
PATCH_SAMPLES: Final = 7
"""Places along a side of a patch at which its colour is read."""
PATCH_READ_SHARE: Final = 0.6
"""Share of a patch's side that is read: its edge is blurred."""

ColourFlag = Literal["card overexposed", "card dark", "card in glare"]


@frozen
class Card:
    """The card as one photo shows it.

    Colour is light times ``gains`` to the power ``gamma``, per channel: what turns the greys as they were seen into
    the greys as they were meant. A printer misses those, so corrected photos agree with each other where the same
    printed card lies in them; they are not absolute.
    """

    scale: Scale
    outline: Floats
    """Corners of the paper (4, 2) [px], clockwise from its own upper left."""
    window: Floats
    """Corners of its opening (4, 2) [px]."""
    tags: tuple[int, ...]
    """Numbers of the tags that were found."""
    focal: float | None
    """Focal length of the camera [px]; None where the tags do not determine it."""
    distance_um: float | None
    """From the camera to the card; None where the tags do not determine it."""
    tilt_error: float
    """Standard error of the scale's tilt [degrees]."""
    gains: tuple[float, float, float]
    gamma: float
    patches: tuple[tuple[str, float, float, float], ...]
    """Colour patches as they were seen: name, then linear red, green and blue."""
    flags: tuple[ColourFlag, ...]


def find_card(picture: Picture) -> Card | None:
    """The card in a photo; None where fewer than two of its tags are seen."""
    card = load_layout()
    found = _detect_tags(picture, card)
    if len(found) < FEWEST_TAGS:
        return None
    placed = _fit_sheet(found, picture, card)
    if placed is None:
        return None
    lying, numbers = placed
    sheet = lying.sheet
    gains, gamma, flags = _fit_colour(picture, sheet, card)
    distance = float(np.linalg.norm(sheet.shift))
    return Card(
        scale=_make_scale(lying),
        outline=_project_box(sheet, card.outline),
        window=_project_box(sheet, card.window),
        tags=numbers,
        focal=sheet.focal if lying.error_of(lambda each: float(np.log(each.focal))) < MOST_CAMERA_ERROR else None,
        distance_um=distance if lying.error_of(lambda each: float(np.log(each.shift[2]))) < MOST_CAMERA_ERROR else None,
        tilt_error=lying.error_of(lambda each: each.tilt),
        gains=gains,
        gamma=gamma,
        patches=tuple(_read_colour_patch(picture, sheet, patch) for patch in card.colours),
        flags=flags,
    )


def correct_light(card: Card, light: Plane) -> Plane:
    """Linear light (h, w, 3) as it would be in white light, at the exposure and tone that the card's greys ask for."""
    gains = np.array(card.gains, np.float32)
    return np.asarray(gains * np.maximum(light, np.float32(0.0)) ** np.float32(card.gamma), np.float32)


def correct_pixels(card: Card, pixels: Pixels) -> Plane:
    """What :func:`correct_light` makes of the linear light of sRGB (h, w, 3), a table look-up for each channel."""
    import cv2

    levels = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    return np.asarray(cv2.LUT(pixels, correct_light(card, linear(levels))), np.float32)


def mask_card(card: Card, shape: tuple[int, ...], border_mm: float = 1.0) -> Mask:
    """Where the card's paper and a border around it lie (h, w): no skin is seen there."""
    import cv2

    if card.scale.sheet is None:
        raise ValueError("a card's scale has a sheet")
    drawn = np.zeros(shape[:2], np.uint8)
    for box, grown, value in ((load_layout().outline, border_mm, 1), (load_layout().window, -border_mm, 0)):
        wide = Box(box.x - grown, box.y - grown, box.width + 2.0 * grown, box.height + 2.0 * grown)
        corners = np.round(_project_box(card.scale.sheet, wide, 12) * 16.0).clip(-1e8, 1e8).astype(np.int32)
        cv2.fillPoly(drawn, [corners[:, None]], value, shift=4)
    return drawn.astype(np.bool_)


def _detect_tags(picture: Picture, card: Layout) -> dict[int, Floats]:
    """Corners (4, 2) [px] of the tags that are seen, by number; of two with one number the larger."""
    import cv2

    grey = np.asarray(cv2.cvtColor(picture.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    detector = cv2.aruco.ArucoDetector(tag_family(card.family), _detector_settings())
    wanted = {tag.number for tag in card.tags}
    found: dict[int, Floats] = {}
    for side in TAG_RASTERS:
        factor = min(1.0, side / max(grey.shape))
        small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1.0 else grey
        corners, numbers, _ = detector.detectMarkers(small)
        stretch = np.array(grey.shape[::-1]) / np.array(small.shape[::-1])
        for corner, number in zip(corners, [] if numbers is None else numbers.ravel(), strict=True):
            places = (corner[0].astype(np.float64) + 0.5) * stretch - 0.5
            if int(number) in wanted and _polygon_area(places) > _polygon_area(found.get(int(number))):
                found[int(number)] = places
        if len(found) >= FEWEST_TAGS or factor == 1.0:
            break
    return sharpen_corners(grey, found)


def _detector_settings() -> cv2.aruco.DetectorParameters:
    """OpenCV's settings: windows of thresholding that fit small and large tags."""
    import cv2

    settings = cv2.aruco.DetectorParameters()
    settings.adaptiveThreshWinSizeMin, settings.adaptiveThreshWinSizeMax = 7, 47
    settings.adaptiveThreshWinSizeStep = 20
    settings.minMarkerPerimeterRate = 0.02
    return settings


def _polygon_area(corners: Floats | None) -> float:
    if corners is None:
        return 0.0
    x, y = corners.T
    return float(0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))))


def _fit_sheet(found: dict[int, Floats], picture: Picture, card: Layout) -> tuple[Pose, tuple[int, ...]] | None:
    """The likeliest sheet through the tags, and the tags that lie on it."""
    boxes = {tag.number: (tag.box.corners - card.middle) * units.mm / units.um for tag in card.tags}
    numbers = _select_coplanar(found, boxes)
    if len(numbers) < FEWEST_TAGS:
        return None
    points, pixels = (np.concatenate([table[number] for number in numbers]) for table in (boxes, found))
    module = float(np.median([np.sqrt(_polygon_area(found[number])) for number in numbers])) / 8.0
    least = module * cite.table("card")["corner_error"].si
    reach = 0.5 * card.size[0] * units.mm / units.um
    lying = pose.fit_pose(points, pixels, (picture.width, picture.height), reach, least)
    return None if lying is None or lying.corner_error > MOST_CORNER_ERROR * module else (lying, numbers)


def _select_coplanar(found: dict[int, Floats], boxes: dict[int, Floats]) -> tuple[int, ...]:
    """The tags that lie as on one card: bent, it leaves a plane by less than a tag's width, a second card by more."""
    import cv2

    numbers = sorted(found)
    points, pixels = (np.concatenate([table[number] for number in numbers]) for table in (boxes, found))
    width = float(np.median([np.sqrt(_polygon_area(found[number])) for number in numbers]))
    plane = np.asarray(cv2.findHomography(points, pixels, cv2.RANSAC, TAG_TOLERANCE * width)[0], np.float64)
    if plane.shape != (3, 3):
        return ()
    there = np.asarray(cv2.perspectiveTransform(points[:, None], plane), np.float64)[:, 0]
    off = np.linalg.norm(there - pixels, axis=1).reshape(-1, 4).max(axis=1)
    return tuple(number for number, far in zip(numbers, off, strict=True) if far < TAG_TOLERANCE * width)


def _make_scale(lying: Pose) -> Scale:
    """Of the skin in the card's opening, with the errors of corners, print and skin that leaves the card's surface."""
    rows = cite.table("card")
    used = tuple(rows[key] for key in ("print_stretch", "off_card", "off_stiff", "follows", "corner_error"))
    found = lying.error_of(lambda sheet: float(np.log(_um_per_px(sheet))))
    followed = min(1.0, lying.sheet.bend / units.um * rows["follows"].si)
    height = followed * rows["off_card"].si + (1.0 - followed) * rows["off_stiff"].si
    lifted = height / units.um / float(lying.sheet.shift[2])
    return Scale(
        um_per_px=_um_per_px(lying.sheet),
        relative_error=float(np.sqrt(found**2 + lifted**2 + rows["print_stretch"].si ** 2)),
        source="card",
        homography=lying.sheet.homography,
        tilt=lying.sheet.tilt,
        rests_on=(*used, *lying.rests_on),
        sheet=lying.sheet,
    )


def _um_per_px(sheet: Sheet) -> float:
    """In the middle of the opening."""
    return float(np.abs(np.linalg.det(sheet.slopes(np.zeros((1, 2))))[0]) ** -0.5)


def _project_box(sheet: Sheet, box: Box, steps: int = 1) -> Floats:
    """A box of the card in the picture (4 * steps, 2) [px], with more points where its sides are bent."""
    corners = box.corners
    share = np.arange(steps)[:, None] / steps
    sides = [first + share * (last - first) for first, last in zip(corners, np.roll(corners, -1, axis=0), strict=True)]
    return sheet.project((np.concatenate(sides) - load_layout().middle) * units.mm / units.um)


def _read_patch(picture: Picture, sheet: Sheet, box: Box) -> Pixels:
    """Pixels (n, 3) inside a patch; none where it lies outside of the picture."""
    share = 0.5 + PATCH_READ_SHARE * (np.linspace(0.0, 1.0, PATCH_SAMPLES) - 0.5)
    places = np.stack(np.meshgrid(box.x + share * box.width, box.y + share * box.height), -1).reshape(-1, 2)
    column, row = np.rint(sheet.project((places - load_layout().middle) * units.mm / units.um)).astype(int).T
    inside = (column >= 0) & (column < picture.width) & (row >= 0) & (row < picture.height)
    return np.asarray(picture.pixels[row[inside], column[inside]], np.uint8)


def _read_colour_patch(picture: Picture, sheet: Sheet, patch: Patch) -> tuple[str, float, float, float]:
    levels = _read_patch(picture, sheet, patch.box)
    red, green, blue = np.median(linear(levels[None])[0], axis=0) if len(levels) else (np.nan,) * 3
    return patch.name, float(red), float(green), float(blue)


def _fit_colour(
    picture: Picture, sheet: Sheet, card: Layout
) -> tuple[tuple[float, float, float], float, tuple[ColourFlag, ...]]:
    """Gains, gamma and warnings from greys and paper.

    log reflectance = log gain + gamma log light, gains apart for the channels and one gamma for all, by least squares;
    patches that are full or empty in a channel are left out. Levels that differ from what was meant by a printer's
    own curve go into gamma: it is shared by all photos of one printed card.
    """
    seen, meant = [], []
    flags: set[ColourFlag] = set()
    for patch in (*card.papers, *card.greys):
        levels = _read_patch(picture, sheet, patch.box)
        if len(levels) < PATCH_SAMPLES:
            continue
        middle = np.median(levels, axis=0)
        if np.any(middle >= FULL_LEVEL) or np.any(middle < EMPTY_LEVEL):
            flags.add("card overexposed" if np.any(middle >= FULL_LEVEL) else "card dark")
            continue
        seen.append(np.log(np.median(linear(levels[None])[0], axis=0)))
        meant.append(np.log(patch.reflectance))
    gains, gamma, off = _fit_tone(np.array(seen).reshape(-1, 3), np.array(meant).reshape(-1, 3))
    if off > GREY_SCATTER:
        flags.add("card in glare")
    return gains, gamma, tuple(sorted(flags))


GREY_SCATTER: Final = 0.25
"""Scatter of the greys around one tone curve [log] that says that shine or shade lies on some of them."""


def _fit_tone(seen: Floats, meant: Floats) -> tuple[tuple[float, float, float], float, float]:
    """Gains, gamma, and what is left of the greys [log]."""
    if len(seen) == 0:
        return (1.0, 1.0, 1.0), 1.0, 0.0
    around, about = seen - seen.mean(axis=0), meant - meant.mean(axis=0)
    spread = float((around**2).sum())
    gamma = float((around * about).sum() / spread) if spread > 0.1 * around.size else 1.0
    gamma = min(max(gamma, GAMMA_RANGE[0]), GAMMA_RANGE[1])
    left = about - gamma * around
    red, green, blue = np.exp(meant.mean(axis=0) - gamma * seen.mean(axis=0))
    return (float(red), float(green), float(blue)), gamma, float(np.sqrt((left**2).mean()))

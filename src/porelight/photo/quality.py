"""Whether a photo can carry a measurement: each finding is something the person with the camera can change."""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np

from porelight.photo.card import Card
from porelight.photo.census import Finding, Gate, GateLevel, PictureFlag, Pores
from porelight.photo.decode import Picture
from porelight.photo.fit import Outlines
from porelight.photo.mask import SkinMask
from porelight.photo.scale import Scale
from porelight.photo.size import CHANCE, PoreScale
from porelight.photo.tone import Plane, luminance

SMALL: Final = 200
"""Width or height [px] under which too few pores fit in to count: at 60 um per px, 12 mm of skin."""
COARSE: Final = 5.0
"""Median pore diameter [px] under which sizes cannot be told apart."""
GLARE: Final = 0.03
"""Share of the skin that may be lost to glare."""
DARK: Final = 0.02
"""Median luminance of skin under which the sensor's noise rules."""
NOISY: Final = 5.0
"""Noise of the picture [8-bit levels] from which pores are lost."""
FEW: Final = 25
"""Pores under which a summary says little."""
SOFT: Final = 0.603
"""Median edge softness of the pores, by radius, from which the photo is blurred."""
CLEAN: Final = 0.35
"""Noise [8-bit levels] that no sensor reaches: with soft edges as well, a filter has been at work."""
SMOOTH: Final = 0.603
"""Edge softness from which a picture that clean counts as smoothed."""
PACKED: Final = (70, 30)
"""JPEG quality below which pores are lost, and below which the blocks of the file look like pores."""
FULL: Final = 0.05
"""Share of the skin that may be as bright as the file can say."""
TILTED: Final = (30.0, 50.0)
"""Angle of the skin to the picture [degrees]: one side of the pores is then shorter by a seventh, and by a third."""
APART: Final = 0.1
"""Share by which a typed scale and that of the card may differ."""

ADVICE: Final[dict[PictureFlag, str]] = {
    "uncalibrated": "Put the printed card beside the skin, or type the scale, for lengths in micrometres",
    "too small": "Use the full photo, not a thumbnail or a small crop",
    "blurred": "Hold the phone 20 cm away and still, tap the skin to focus, and clean the lens",
    "too coarse": "Go closer, or use the main camera at its full size, without digital zoom",
    "glare": "Blot the skin dry and light it from the side, from a window or a lamp, without flash",
    "smoothed": "Switch off beauty mode, filters and skin smoothing, and do not send the photo through a messenger",
    "noisy": "Use more light: by a window in daylight",
    "dark": "Use more light: by a window in daylight",
    "overexposed": "Use less light or tap the brightest skin, so that no place is plain white",
    "compressed": "Use the photo straight from the camera, not one that was sent or saved small",
    "tilted": "Hold the phone flat in front of the skin, not at an angle",
    "scales differ": "Check the typed scale, and that the card was printed at 100 %: its check line measures 50 mm",
    "card not even": "Hold card and skin in the same even light, without shine or shadow on the card",
    "no skin": "Use a sharp colour photo of bare skin in even, white light",
    "few pores": "Take the photo closer and sharper; if it is both, this skin shows few pores",
}
ORDER: Final[tuple[GateLevel, ...]] = ("usable", "usable with care", "refuse")


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """What the gate looks at."""

    picture: Picture
    light: Plane
    mask: SkinMask
    outline: Outlines
    pores: Pores
    pore_size: PoreScale
    scale: Scale | None
    turned: float = 0.0
    """Of the face away from the camera [degrees], where a face was found."""
    card: Card | None = None

    @property
    def tilt(self) -> float:
        """Of the skin to the picture [degrees], as far as a card or a face tells it."""
        return max(self.scale.tilt if self.scale else 0.0, abs(self.turned))


def gate_of(seen: Seen) -> Gate:
    """Every finding, in the order of the flag's type, and the gravest of their levels."""
    levels: dict[PictureFlag, GateLevel | None] = {
        "uncalibrated": None if seen.scale else "usable",
        "too small": _care(min(seen.picture.width, seen.picture.height) < SMALL),
        **_sharpness(seen),
        **_light(seen),
        "compressed": _above(PACKED, seen.picture.jpeg_quality, falling=True),
        "tilted": _above(TILTED, seen.tilt),
        "scales differ": _care(_differ(seen.scale, seen.card)),
        "card not even": _care(seen.card is not None and bool(seen.card.flags)),
        "few pores": _care(len(seen.pores) < FEW or seen.pore_size.asymmetry < CHANCE),
    }
    findings = tuple(Finding(flag, level, ADVICE[flag]) for flag, level in levels.items() if level is not None)
    gravest = max((ORDER.index(finding.level) for finding in findings), default=0)
    return Gate(ORDER[gravest], findings)


def _differ(scale: Scale | None, card: Card | None) -> bool:
    """Whether the scale that is used and that of the card are further apart than :data:`APART`."""
    if scale is None or card is None:
        return False
    return abs(scale.um_per_px / card.scale.um_per_px - 1.0) > APART


def _care(held: bool) -> GateLevel | None:
    return "usable with care" if held else None


def _above(bounds: tuple[float, float], value: float | None, *, falling: bool = False) -> GateLevel | None:
    """From the first bound on with care, from the second on refused; an unknown value says nothing."""
    if value is None:
        return None
    passed = [value < bound if falling else value > bound for bound in bounds]
    return "refuse" if passed[1] else _care(passed[0])


def _sharpness(seen: Seen) -> dict[PictureFlag, GateLevel | None]:
    noise = noise_level(seen.picture)
    median = float(np.median(seen.pores.diameter)) if len(seen.pores) else 0.0
    softness = float(np.median(seen.outline.edge / seen.outline.radius)) if seen.outline.edge.size else 0.0
    return {
        "blurred": _care(softness > SOFT),
        "too coarse": _care(0.0 < median < COARSE),
        "smoothed": _care(noise < CLEAN and softness > SMOOTH),
        "noisy": _care(noise > NOISY),
    }


def _light(seen: Seen) -> dict[PictureFlag, GateLevel | None]:
    searched = seen.mask.searched[::8, ::8]
    skin = luminance(seen.light[::8, ::8])[searched]
    clipped = np.mean(seen.picture.pixels[::8, ::8].max(axis=2)[searched] == 255) if skin.size else 0.0
    return {
        "glare": _care(seen.mask.glare_share > GLARE),
        "dark": _care(not skin.size or float(np.median(skin)) < DARK),
        "overexposed": _care(float(clipped) > FULL),
    }


def noise_level(picture: Picture) -> float:
    """Noise of the green channel in the middle of the picture [8-bit levels]: a mask that is blind to planes and edges.

    Immerkaer, Computer Vision and Image Understanding 64 (1996) 300, with the median in place of the mean so that
    texture counts less.
    """
    middle = picture.height // 2
    band = max(200, 1_000_000 // picture.width)
    green = picture.pixels[max(0, middle - band) : middle + band, :, 1].astype(np.float32)
    across = green[:, :-2] - 2.0 * green[:, 1:-1] + green[:, 2:]
    mask = across[:-2] - 2.0 * across[1:-1] + across[2:]
    return float(np.median(np.abs(mask))) / 0.6745 / 6.0

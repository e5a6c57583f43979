"""Whether a photo can carry a measurement: each finding is something the person with the camera can change."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Final

import numpy as np

from porelight.arrays import Plane
from porelight.message import Message, message
from porelight.photo.card.find_card import Card
from porelight.photo.census import Finding, Gate, GateLevel, PictureFlag, Pores
from porelight.photo.decode import Picture
from porelight.photo.mask import SkinMask
from porelight.photo.pores.detect import PORE_CLEARNESS
from porelight.photo.pores.fit import Outlines
from porelight.photo.pores.size import CHANCE, PoreScale
from porelight.photo.scale import Scale
from porelight.photo.tone import blur, logarithm, luminance

SMALL_SIDE_PX: Final = (200.0, 100.0)
"""Width or height [px] under which too few pores fit in to count, and to look for: at 60 um per px, 12 and 6 mm."""
COARSE_PORE_PX: Final = (5.0, 2.5)
"""Median pore diameter [px] under which sizes cannot be told apart, and under which pores cannot be told from grain."""
GLARE_SHARE: Final = (0.03, 0.35)
"""Share of the skin that is lost to glare."""
DARK_LUMINANCE: Final = (0.02, 0.005)
"""Median luminance of skin under which the sensor's noise shows, and under which it rules."""
NOISE_LEVEL: Final = 5.0
"""Noise of the picture [8-bit levels] from which pores may be lost whatever they look like."""
GRAIN_CONTRAST: Final = (0.012, 0.033)
"""Contrast of the finest grain, by that of a pore and by its diameter in px, from which pores are lost, and many."""
CLUMPED_GRAIN: Final = (0.05, 0.9)
"""Contrast of grain of 1 px by that of a pore, and by that at 2 px: both above, it is the camera's, not the skin's."""
FEW_PORES: Final = 25
"""Pores under which a summary says little."""
BORDERLINE_PORES: Final = (0.06, 1.1)
"""Share of pores that are pores by less than this factor: so many would be lost or won by another photo."""
SOFT_EDGE_RATIO: Final = 0.603
"""Median edge softness of the pores, by radius, from which the photo is blurred."""
SHARP_FINENESS: Final = 0.75
"""Contrast at 1 px by that at 2 px that a sharp photo of 6 px wide pores has."""
NARROW_PORE_FINENESS: Final = 0.08
"""How much more it must be for each px that the pores are narrower: what little a filter takes is then lost pores."""
WIDE_PORE_FINENESS: Final = 0.03
"""How much less it may be for each px that the pores are wider, down to :data:`LEAST_FINENESS`."""
LEAST_FINENESS: Final = 0.58
"""What every sharp photo has."""
LOST_FINENESS_SHARE: Final = 0.6
"""Share of that contrast below which the photo is of no use."""
FILTERED_EVENNESS: Final = (0.6, 0.62)
"""Median by median contrast at 1 and 2 px, and median by mean contrast at less: below, a filter evened the skin."""
FILTERED_EDGE_RATIO: Final = 0.8
"""Median by mean contrast at less than 1 px: below, what is soft was softened by a filter, not by the lens."""
JPEG_QUALITIES: Final = (70.0, 25.0)
"""JPEG quality below which pores are lost, and below which the blocks of the file look like pores."""
FULL_SHARE: Final = (0.05, 0.4)
"""Share of the skin that is as bright as the file can say."""
TILT_DEGREES: Final = (30.0, 50.0)
"""Angle of the skin to the picture [degrees]: one side of the pores is then shorter by a seventh, and by a third."""
SCALE_TOLERANCE: Final = 0.1
"""Share by which a typed scale and that of the card may differ."""
TEXTURE_SAMPLE_PX: Final = 1_000_000
"""Pixels in the middle of the picture whose texture is looked at."""

LEVEL_ORDER: Final[tuple[GateLevel, ...]] = ("usable", "usable with care", "refuse")


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
    """Every finding, and the gravest of their levels."""
    levels: dict[PictureFlag, GateLevel | None] = {
        "uncalibrated": None if seen.scale else "usable",
        "too small": _below(SMALL_SIDE_PX, min(seen.picture.width, seen.picture.height)),
        **_sharpness(seen),
        **_light(seen),
        "compressed": _below(JPEG_QUALITIES, seen.picture.jpeg_quality),
        "tilted": _above(TILT_DEGREES, seen.tilt),
        "scales differ": _care(_differ(seen.scale, seen.card)),
        "card not even": _care(seen.card is not None and bool(seen.card.flags)),
        **_certainty(seen),
    }
    findings = tuple(Finding(flag, level, advice_on(flag)) for flag, level in levels.items() if level is not None)
    gravest = max((LEVEL_ORDER.index(finding.level) for finding in findings), default=0)
    return Gate(LEVEL_ORDER[gravest], findings)


def advice_on(flag: PictureFlag) -> Message:
    """What the person with the camera can do."""
    return message(f"photo.advice_{flag.replace(' ', '_')}")


def _differ(scale: Scale | None, card: Card | None) -> bool:
    """Whether the scale that is used and that of the card are further apart than :data:`SCALE_TOLERANCE`."""
    if scale is None or card is None:
        return False
    return abs(scale.um_per_px / card.scale.um_per_px - 1.0) > SCALE_TOLERANCE


def _care(held: bool) -> GateLevel | None:
    return "usable with care" if held else None


def _above(bounds: tuple[float, float], value: float) -> GateLevel | None:
    """From the first bound on with care, from the second on refused."""
    return "refuse" if value > bounds[1] else _care(value > bounds[0])


def _below(bounds: tuple[float, float], value: float | None) -> GateLevel | None:
    """The same downwards; what is not known says nothing."""
    return None if value is None else _above((-bounds[0], -bounds[1]), -value)


def _sharpness(seen: Seen) -> dict[PictureFlag, GateLevel | None]:
    noisy = _care(noise_level(seen.picture) > NOISE_LEVEL)
    if not len(seen.pores):
        return {"noisy": noisy}
    texture, across = _texture(seen), float(np.median(seen.pores.diameter))
    softness = float(np.median(seen.outline.edge / seen.outline.radius))
    expected = _expected(across)
    soft = softness > SOFT_EDGE_RATIO or texture.fineness < expected or texture.evenness[0] < FILTERED_EVENNESS[0]
    filtered = texture.evenness[1] < FILTERED_EVENNESS[1] or (soft and texture.evenness[1] < FILTERED_EDGE_RATIO)
    lost = texture.fineness < LOST_FINENESS_SHARE * expected
    dark = max(float(np.median(seen.pores.darkness)), 1e-3)
    clumped = texture.grain[1] / dark > CLUMPED_GRAIN[0] and texture.evenness[0] > CLUMPED_GRAIN[1]
    return {
        "blurred": "refuse" if lost else _care(soft and not filtered),
        "too coarse": _below(COARSE_PORE_PX, across),
        "smoothed": _care(filtered),
        "noisy": _above(GRAIN_CONTRAST, texture.grain[0] / dark / across) or noisy or _care(clumped),
    }


def _expected(across: float) -> float:
    """Fineness of a sharp photo of pores that wide [px]."""
    over = across - 6.0
    return (
        SHARP_FINENESS - NARROW_PORE_FINENESS * over
        if over < 0.0
        else max(SHARP_FINENESS - WIDE_PORE_FINENESS * over, LEAST_FINENESS)
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Texture:
    """Contrast [log luminance] of the skin in bands of less than 1, of 1 and of 2 px, put into ratios."""

    fineness: float
    """Root mean square at 1 px by that at 2 px."""
    evenness: tuple[float, float]
    """Median at 1 px by that at 2 px; median by root mean square at less than 1 px."""
    grain: tuple[float, float]
    """Median at less than 1 px, and at 1 px."""


def _texture(seen: Seen) -> Texture:
    """Of the middle of the picture; medians as standard deviations of a normal law."""
    middle, half = seen.light.shape[0] // 2, max(100, TEXTURE_SAMPLE_PX // seen.light.shape[1] // 2)
    rows = slice(max(0, middle - half), middle + half)
    plane = logarithm(luminance(seen.light[rows]))
    on = seen.mask.searched[rows]
    on = on if on.any() else np.ones_like(on)
    steps = [plane, *(blur(plane, sigma) for sigma in (0.7, 1.4, 2.8))]
    bands = [(finer - coarser)[on] for finer, coarser in itertools.pairwise(steps)]
    mean = [max(float(np.sqrt(np.mean(band**2))), 1e-6) for band in bands]
    median = [max(float(np.median(np.abs(band))) / 0.6745, 1e-6) for band in bands]
    return Texture(mean[1] / mean[2], (median[1] / median[2], median[0] / mean[0]), (median[0], median[1]))


def _certainty(seen: Seen) -> dict[PictureFlag, GateLevel | None]:
    """Whether what was found is pores, and whether as many would be found again."""
    clear = seen.outline.clear
    doubtful = float(np.mean(clear < BORDERLINE_PORES[1] * PORE_CLEARNESS)) if clear.size else 0.0
    return {
        "borderline": _care(doubtful > BORDERLINE_PORES[0]),
        "few pores": _care(len(seen.pores) < FEW_PORES or seen.pore_size.asymmetry < CHANCE),
    }


def _light(seen: Seen) -> dict[PictureFlag, GateLevel | None]:
    searched = seen.mask.searched[::8, ::8]
    if not searched.any():
        return {"dark": "usable with care"}
    skin = luminance(seen.light[::8, ::8])[searched]
    clipped = np.mean(seen.picture.pixels[::8, ::8].max(axis=2)[searched] == 255)
    return {
        "glare": _above(GLARE_SHARE, seen.mask.glare_share),
        "dark": _below(DARK_LUMINANCE, float(np.median(skin))),
        "overexposed": _above(FULL_SHARE, float(clipped)),
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

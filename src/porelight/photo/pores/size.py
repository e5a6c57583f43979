"""How large the pores of a photo are on its raster, found from the photo itself.

Skin shows structure at every size: lines, grain, glints and the gaps between glints. Most of it is as often bright as
dark. Pores are dark only, so at their size dark dots hold more of the picture's contrast than bright ones do. The scale
is where they hold most more, beyond chance. Everything is relative to the raster, so the same photo at another size
gives the same pores.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Final

import numpy as np

from porelight.arrays import Floats, Mask, Plane
from porelight.photo.pores.dots import Dots, dots
from porelight.photo.tone import halved

RUNG_RATIO: Final = 2.0 ** (1 / 3)
FINEST_DOT_SCALE: Final = 1.1
"""Smallest dot scale that a raster carries [px]: dots about 3 px across."""
COARSEST_DOT_SHARE: Final = 1 / 18
"""Largest dot scale, as a share of the shorter side: some dozens of pores must fit in."""
WORKING_SCALE: Final = 1.9
"""Scale in px from which a coarser raster is used."""
CLEAR_STRENGTH: Final = 0.45
"""Strength from which a dot counts in the choice of the scale."""
FAINT_STRENGTH: Final = 0.3
"""Strength from which a dot counts as one of the many that a choice needs."""
FEWEST_FAINT_DOTS: Final = 25
"""Fewest faint dots that a scale can be judged by."""
BEYOND: Final = 1.5
"""How much higher the coarsest scale must stand than the best peak within: nothing says that it is a peak itself."""
CHANCE: Final = 2.5
"""How many standard errors of the difference between dark and bright count as chance."""
GRAIN_ASYMMETRY: Final = 0.05
"""Share by which dark and bright may differ for no reason at the scale of a camera's grain."""
SHARPER: Final = 0.72
"""The scale used, by the scale of most dark dots: that one leans to clusters of pores."""
ACROSS: Final = 0.62
"""The scale used, by the diameter of half of the pores: measured on rendered skin of all tones and magnifications."""
RUNGS_BESIDE: Final = 2
"""Rungs on either side of the best that have a say in where between rungs the scale lies."""
SCALE_SAMPLE_PX: Final = 500_000
"""Pixels of a raster that are looked at for the choice."""


@dataclasses.dataclass(frozen=True, slots=True)
class PoreScale:
    """Dot scale [px of the full picture], and whether dark dots hold more contrast there than bright ones by chance."""

    scale: float
    asymmetry: float
    """The difference between dark and bright, in its standard errors; below :data:`CHANCE` it may be chance."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Held:
    """What the dots of one scale hold: summed squares and fourth powers of strength, dark then bright."""

    squares: tuple[float, float]
    fourths: tuple[float, float]
    area: float
    """Of skin, in dot areas."""
    count: int
    """Of dark dots, the faint ones too."""
    grain: float

    @property
    def chance(self) -> float:
        """Standard error of the difference between dark and bright, were both equally common."""
        return math.sqrt(sum(self.fourths) + 1.0 + (self.grain * sum(self.squares)) ** 2)

    @property
    def excess(self) -> float:
        """What dark dots hold beyond bright ones and beyond chance, per dot area of skin."""
        return (self.squares[0] - self.squares[1] - CHANCE * self.chance) / max(self.area, 1.0)

    @property
    def asymmetry(self) -> float:
        """The difference in its standard errors."""
        return (self.squares[0] - self.squares[1]) / self.chance


def halvings(scale: float) -> int:
    """How often the raster may be halved for a dot scale [px]."""
    return max(0, int(np.floor(np.log2(scale / WORKING_SCALE)))) if scale > 0.0 else 0


def pyramid(log_light: Plane, skin: Plane) -> list[tuple[Plane, Plane]]:
    """The picture and its mask, each level half as wide as the one before."""
    levels = [(log_light, skin)]
    while min(levels[-1][0].shape) >= 64:
        levels.append((halved(levels[-1][0]), halved(levels[-1][1])))
    return levels


def ladder(shape: tuple[int, ...], narrowest: float | None = None, widest: float | None = None) -> Floats:
    """Dot scales to try [px]; where the scale of the photo is known, those of pores of such diameters [px]."""
    first = max(FINEST_DOT_SCALE, (narrowest or 0.0) * ACROSS / SHARPER)
    last = max(min(min(shape) * COARSEST_DOT_SHARE, (widest or np.inf) * ACROSS / SHARPER), first)
    count = 1 + int(np.ceil(np.log(last / first) / np.log(RUNG_RATIO)))
    rungs: Floats = np.geomspace(first, last, count)
    return rungs


def pore_scale(levels: list[tuple[Plane, Plane]], rungs: Floats) -> PoreScale:
    """The rung at which dark dots exceed bright ones most; between rungs by the weight of the excess around it.

    Where they exceed them nowhere beyond chance, the rung coarser than grain at which they come nearest to it.
    """
    held = [_held(levels, float(rung)) for rung in rungs]
    judged = np.array([one.count >= FEWEST_FAINT_DOTS for one in held])
    height = _smooth(np.array([one.excess for one in held]))
    if not judged.any():
        best = 0
    else:
        if height[judged].max() <= 0.0:
            height = _smooth(np.array([one.asymmetry for one in held]))
            judged = judged & (rungs >= WORKING_SCALE) if np.any(judged & (rungs >= WORKING_SCALE)) else judged
        best = _summit(np.where(judged, height, -np.inf))
    return PoreScale(SHARPER * _between(height, judged, best, rungs), held[best].asymmetry)


def _summit(height: Floats) -> int:
    """The highest rung; the coarsest one only where it stands well above the best peak within."""
    best, last = int(np.argmax(height)), int(np.flatnonzero(np.isfinite(height))[-1])
    within = np.flatnonzero((height[1:-1] >= height[:-2]) & (height[1:-1] > height[2:])) + 1
    within = within[within < last]
    if best != last or not within.size:
        return best
    peak = int(within[np.argmax(height[within])])
    return peak if height[peak] * BEYOND > height[best] else best


def _smooth(values: Floats) -> Floats:
    return np.convolve(np.pad(values, 1, mode="edge"), [0.25, 0.5, 0.25], "valid")


def _between(height: Floats, judged: Mask, best: int, rungs: Floats) -> float:
    """The mean of the rungs around the best one, each as heavy as the square of its height above nothing."""
    beside = np.flatnonzero(judged & (np.abs(np.arange(len(rungs)) - best) <= RUNGS_BESIDE) & (height > 0.0))
    if not beside.size:
        return float(rungs[best])
    return float(np.exp(np.average(np.log(rungs[beside]), weights=height[beside] ** 2)))


def _held(levels: list[tuple[Plane, Plane]], scale: float) -> _Held:
    level = min(halvings(scale), len(levels) - 1)
    log_light, skin = levels[level]
    within = scale / 2.0**level
    squares, fourths, area, count = [0.0, 0.0], [0.0, 0.0], 0.0, 0
    for rows in _bands(log_light.shape, within):
        for side, sign in enumerate((1.0, -1.0)):
            found = dots(np.ascontiguousarray(sign * log_light[rows]), within, FAINT_STRENGTH)
            strength = found.strength[_on(skin[rows], found)]
            count += strength.size if side == 0 else 0
            squares[side] += float(np.sum(strength[strength > CLEAR_STRENGTH] ** 2))
            fourths[side] += float(np.sum(strength[strength > CLEAR_STRENGTH] ** 4))
        area += float(skin[rows].sum()) / within**2
    grain = GRAIN_ASYMMETRY if scale < WORKING_SCALE else 0.0
    return _Held((squares[0], squares[1]), (fourths[0], fourths[1]), area, count, grain)


def _on(skin: Plane, found: Dots) -> Mask:
    on: Mask = skin[found.y.astype(int), found.x.astype(int)] > 0.5
    return on


def _bands(shape: tuple[int, ...], scale: float) -> list[slice]:
    """Evenly spaced bands of rows that hold about :data:`SCALE_SAMPLE_PX` pixels; the whole of a small picture."""
    height, width = shape[:2]
    deep = max(int(SCALE_SAMPLE_PX / width / 3), int(40 * scale))
    if 3 * deep >= height:
        return [slice(0, height)]
    starts = [round((height - deep) * share) for share in (0.1, 0.5, 0.9)]
    return [slice(start, start + deep) for start in starts]

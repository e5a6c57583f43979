"""How large the pores of a photo are on its raster, found from the photo itself.

Skin shows structure at every size. Pores stand out at one: there the share of the picture's contrast that is held by
dark dots is greatest. Everything is relative to the raster, so the same photo at another size gives the same pores.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from porelight.photo.find import Dots, dots
from porelight.photo.tone import Plane, halved

STEP: Final = 2.0 ** (1 / 3)
FINEST: Final = 1.1
"""Smallest dot scale that a raster carries [px]: dots about 3 px across."""
COARSEST: Final = 1 / 24
"""Largest dot scale, as a share of the shorter side: some dozens of pores must fit in."""
WORKING: Final = 1.9
"""Scale in px from which a coarser raster is used."""
CLEAR: Final = 0.45
"""Strength from which a dot counts in the choice of the scale."""
SHARPER: Final = 0.8
"""The scale used, by the scale of most dark dots: that one leans to clusters of pores."""
SAMPLE: Final = 600_000
"""Pixels of a raster that are looked at for the choice."""


@dataclasses.dataclass(frozen=True, slots=True)
class PoreScale:
    """Dot scale [px of the full picture], and how much more often dots are dark than bright there."""

    scale: float
    asymmetry: float


def halvings(scale: float) -> int:
    """How often the raster may be halved for a dot scale [px]."""
    return max(0, int(np.floor(np.log2(scale / WORKING)))) if scale > 0.0 else 0


def pyramid(log_light: Plane, skin: Plane) -> list[tuple[Plane, Plane]]:
    """The picture and its mask, each level half as wide as the one before."""
    levels = [(log_light, skin)]
    while min(levels[-1][0].shape) >= 64:
        levels.append((halved(levels[-1][0]), halved(levels[-1][1])))
    return levels


def ladder(shape: tuple[int, ...], low: float | None = None, high: float | None = None) -> NDArray[np.float64]:
    """Dot scales to try [px], within bounds where a known scale of the photo gives them."""
    first = max(FINEST, low or 0.0)
    last = max(min(min(shape) * COARSEST, high or np.inf), first)
    count = 1 + int(np.ceil(np.log(last / first) / np.log(STEP)))
    rungs: NDArray[np.float64] = np.geomspace(first, last, count)
    return rungs


def pore_scale(levels: list[tuple[Plane, Plane]], rungs: NDArray[np.float64]) -> PoreScale:
    """The rung at which dark dots hold most contrast; between rungs by a parabola."""
    power = np.array([_power(levels, float(rung)) for rung in rungs])
    smooth = np.convolve(np.pad(power, 1, mode="edge"), [0.25, 0.5, 0.25], "valid")
    best = _summit(smooth)
    scale = float(rungs[best])
    if 0 < best < len(rungs) - 1:
        before, here, after = smooth[best - 1 : best + 2]
        bend = before - 2.0 * here + after
        shift = 0.5 * (before - after) / bend if bend < 0.0 else 0.0
        scale *= float(rungs[1] / rungs[0]) ** float(np.clip(shift, -0.5, 0.5))
    scale = float(np.clip(SHARPER * scale, rungs[0], rungs[-1]))
    bright = _power(levels, scale, sign=-1.0)
    return PoreScale(scale, _power(levels, scale) / max(bright, 1e-6))


def _summit(power: NDArray[np.float64]) -> int:
    """The highest peak; at an end of the range only where there is no peak within: what rises there is no pore."""
    within = np.flatnonzero((power[1:-1] >= power[:-2]) & (power[1:-1] > power[2:])) + 1
    return int(within[np.argmax(power[within])]) if within.size else int(np.argmax(power))


def _power(levels: list[tuple[Plane, Plane]], scale: float, sign: float = 1.0) -> float:
    """Summed squared strength of the clear dots, per dot area of skin."""
    level = min(halvings(scale), len(levels) - 1)
    log_light, skin = levels[level]
    within = scale / 2.0**level
    total, area = 0.0, 0.0
    for rows in _bands(log_light.shape, within):
        found = dots(np.ascontiguousarray(sign * log_light[rows]), within)
        seen = skin[rows]
        counted = found.where((found.strength > CLEAR) & _on(seen, found))
        total += float(np.sum(counted.strength**2))
        area += float(seen.sum()) / within**2
    return total / max(area, 1.0)


def _on(skin: Plane, found: Dots) -> NDArray[np.bool_]:
    on: NDArray[np.bool_] = skin[found.y.astype(int), found.x.astype(int)] > 0.5
    return on


def _bands(shape: tuple[int, ...], scale: float) -> list[slice]:
    """Evenly spaced bands of rows that hold about :data:`SAMPLE` pixels; the whole of a small picture."""
    height, width = shape[:2]
    deep = max(int(SAMPLE / width / 3), int(40 * scale))
    if 3 * deep >= height:
        return [slice(0, height)]
    starts = [round((height - deep) * share) for share in (0.1, 0.5, 0.9)]
    return [slice(start, start + deep) for start in starts]

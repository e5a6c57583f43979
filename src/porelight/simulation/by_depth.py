"""A column read by depth: wall and rim, time above 60 C, dead cells layer by layer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from porelight.arrays import Floats
from porelight.fields import Crater, Injury

TRACE_POINTS = 60
"""Points of a trace that is told in numbers."""


class Rim(NamedTuple):
    """At one depth [m]: radius of the crater, and thickness of coagulated tissue from there outwards."""

    depth: float
    wall: float
    rim: float


class Necrosis(NamedTuple):
    """Dead cells around the crater: widths and depths [m], crater included, and volumes [m3], without it."""

    epidermal_width: float
    epidermal_volume: float
    dermal_depth: float
    dermal_volume: float


def rims(crater: Crater, injury: Injury, lines: int) -> list[Rim]:
    """Rims at ``lines`` even depths from the surface to the deepest coagulation; none where nothing was harmed.

    Below the floor of the crater there is no wall, and the rim is the radius of what is coagulated.
    """
    deepest = max(injury.coagulation_depth, crater.ablation_depth)
    if deepest <= 0.0:
        return []
    return [rim_at(crater, injury, depth) for depth in _even_depths(deepest, lines)]


def rim_at(crater: Crater, injury: Injury, depth: float) -> Rim:
    """The wall and its rim at one depth [m]."""
    grid = crater.grid
    row = _row_at(grid.z_edges, depth)
    gone = crater.depth > grid.z[row]
    wall = _wall_radius(crater, max(depth, grid.z[row])) if gone.any() else 0.0
    outer = _outer_radius(grid.r, np.where(gone, 0.0, injury.coagulation[row]))
    return Rim(depth, wall, max(outer - wall, 0.0))


def longest(crater: Crater, times: Floats | None, lines: int) -> list[tuple[float, float]]:
    """Depth [m], and the longest of ``times`` (nz, nr) [s] in tissue left there; to where there is none."""
    if times is None:
        return []
    grid = crater.grid
    kept = np.where(_tissue_left(crater), times, 0.0).max(axis=1)
    warm = np.flatnonzero(kept > 0.0)
    if not warm.size:
        return []
    depths = _even_depths(float(grid.z_edges[warm[-1] + 1]), lines)
    return [(depth, float(kept[_row_at(grid.z_edges, depth)])) for depth in depths]


def necrosis(crater: Crater, injury: Injury) -> Necrosis:
    """Dead cells of epidermis and dermis apart."""
    grid, left = crater.grid, _tissue_left(crater)
    dead = (injury.necrosis >= 1.0) & left
    upper = grid.z < injury.epidermis
    widest = max(
        (2.0 * _outer_radius(grid.r, omega) for omega in np.where(left, injury.necrosis, 0.0)[upper]), default=0.0
    )
    deep = injury.necrosis_depth if injury.necrosis_depth > injury.epidermis else 0.0
    volume = grid.volume * dead
    return Necrosis(max(widest, crater.ablation_width), float(volume[upper].sum()), deep, float(volume[~upper].sum()))


def deepest(crater: Crater, reached: NDArray[np.bool_]) -> float:
    """Lower edge of the deepest row with a cell that is reached [m]; 0 for none."""
    rows = np.flatnonzero(reached.any(axis=1))
    return float(crater.grid.z_edges[rows[-1] + 1]) if rows.size else 0.0


def thinned(times: Floats, values: Floats) -> list[tuple[float, float]]:
    """At most :data:`TRACE_POINTS` points of a trace: its ends, the highest and the lowest, others evenly between."""
    if times.size <= TRACE_POINTS:
        return list(zip(times.tolist(), values.tolist(), strict=True))
    kept = set(np.linspace(0, times.size - 1, TRACE_POINTS - 2).round().astype(int).tolist())
    kept |= {int(values.argmax()), int(values.argmin())}
    return [(float(times[k]), float(values[k])) for k in sorted(kept)]


def _tissue_left(crater: Crater) -> NDArray[np.bool_]:
    return np.asarray(crater.grid.z_edges[1:, None] > crater.depth[None, :])


def _even_depths(end: float, lines: int) -> list[float]:
    return [float(depth) for depth in np.linspace(0.0, end, lines)]


def _row_at(edges: Floats, depth: float) -> int:
    """The row that holds a depth; the one above where the depth is an edge, but for the surface."""
    return int(np.clip(np.searchsorted(edges, depth, side="left") - 1, 0, edges.size - 2))


def _wall_radius(crater: Crater, depth: float) -> float:
    """Radius of the hole at a depth [m], between rings; no more than the outer edge of the last that is open.

    0 at the floor and below.
    """
    grid, opened = crater.grid, np.flatnonzero(crater.depth > depth)
    if not opened.size:
        return 0.0
    ring = int(opened[-1])
    edge = float(grid.r_edges[ring + 1])
    if ring + 1 == grid.r.size:
        return edge
    inner, outer = crater.depth[ring], crater.depth[ring + 1]
    share = (inner - depth) / max(inner - outer, 1e-30)
    return min(float(grid.r[ring] + (grid.r[ring + 1] - grid.r[ring]) * share), edge)


def _outer_radius(radius: Floats, omega: Floats) -> float:
    """Where Omega passes 1 on its way out [m], between rings in its logarithm; 0 where it never is 1."""
    reached = np.flatnonzero(omega >= 1.0)
    if not reached.size:
        return 0.0
    ring = int(reached[-1])
    if ring + 1 == radius.size:
        return float(radius[-1])
    high, low = np.log(omega[ring]), np.log(max(omega[ring + 1], 1e-30))
    return float(radius[ring] + (radius[ring + 1] - radius[ring]) * high / (high - low))

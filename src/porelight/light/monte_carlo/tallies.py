"""Cells to score in, and sums over blocks of photons from which means and standard errors follow."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from porelight import units
from porelight.arrays import Floats
from porelight.compiled import kernel
from porelight.fields import Grid
from porelight.frozen import frozen
from porelight.light.monte_carlo.maths import KERNEL_OPTIONS
from porelight.light.monte_carlo.scene import Bins, Tally, empty_tally

FOLD_STRETCH = 64

FINEST_STEPS = 1 << 16
"""Most fine steps in the lookup of an uneven axis."""


@frozen
class Box:
    """A Cartesian grid: rising cell edges along x, y and z [m]; results have shape (nz, ny, nx)."""

    x_edges: Floats
    y_edges: Floats
    z_edges: Floats

    def __post_init__(self) -> None:
        for name, edges in (("x_edges", self.x_edges), ("y_edges", self.y_edges), ("z_edges", self.z_edges)):
            if edges.ndim != 1 or edges.size < 2 or not np.all(np.diff(edges) > 0):
                raise ValueError(f"box {name} must rise, with at least one cell")

    @property
    def volume(self) -> Floats:
        """Cell volumes (nz, ny, nx) [m3]."""
        dx, dy, dz = (np.diff(edges) for edges in (self.x_edges, self.y_edges, self.z_edges))
        return np.asarray(dz[:, None, None] * dy[None, :, None] * dx[None, None, :])

    @property
    def shape(self) -> tuple[int, int, int]:
        """(nz, ny, nx)."""
        return self.z_edges.size - 1, self.y_edges.size - 1, self.x_edges.size - 1


def bins_of(grid: Grid | Box | None) -> Bins:
    """The grid as the kernels read it; without a grid there is one cell, the outside."""
    nothing = np.zeros(1)
    if grid is None:
        axes, boxed = (nothing, nothing, nothing), False
    elif isinstance(grid, Grid):
        axes, boxed = (grid.r_edges, nothing, grid.z_edges), False
    else:
        axes, boxed = (grid.x_edges, grid.y_edges, grid.z_edges), True
    # On an even grid the fine step is the cell itself; on an uneven one it is looked up, and a short search finishes.
    even = all(_is_even(edges) for edges in axes)
    widths = [_fine_step(edges, even) for edges in axes]
    steps = [_count_steps(edges, width) for edges, width in zip(axes, widths, strict=True)]
    lookups = [_cell_lookup(edges, width, count) for edges, width, count in zip(axes, widths, steps, strict=True)]
    rings = grid.r_edges if isinstance(grid, Grid) else np.array([0.0, np.finfo(np.float32).max * units.mm])
    return Bins(
        boxed=boxed,
        even=even,
        origin=_to_mm([edges[0] for edges in axes]),
        per_step=np.array([units.mm / width if width else 0.0 for width in widths], np.float32),
        steps=np.array(steps, np.int32),
        cells=np.array([edges.size - 1 for edges in axes], np.int32),
        lookup_a=lookups[0],
        lookup_b=lookups[1],
        lookup_z=lookups[2],
        edges_a=_to_mm(axes[0]),
        edges_b=_to_mm(axes[1]),
        edges_z=_to_mm(axes[2]),
        rings=_to_mm(rings),
    )


def tally_for(bins: Bins, materials: int, angles: int) -> Tally:
    """An empty tally that fits these bins."""
    cells = int(np.prod(bins.cells.astype(np.int64) + 1))
    return empty_tally(materials, cells, bins.rings.size, angles)


@dataclasses.dataclass(slots=True)
class Sums:
    """Running sums over blocks, of x and of x2 / n for a block that scored x with n photons.

    With N photons in B blocks, mean = sum x / N, and
    variance of the mean = (sum x2 / n - N mean2) / ((B - 1) N), without bias whatever the blocks' sizes.
    """

    photons: int = 0
    blocks: int = 0
    first: tuple[Floats, ...] = ()
    second: tuple[Floats, ...] = ()

    def add(self, tally: Tally, photons: int) -> None:
        """Add one block and empty its tally. Blocks come in their order, so sums do not depend on the threads."""
        if not self.first:
            self.first = tuple(np.zeros_like(scored) for scored in tally)
            self.second = tuple(np.zeros_like(scored) for scored in tally)
        self.photons += photons
        self.blocks += 1
        for first, second, scored in zip(self.first, self.second, tally, strict=True):
            _fold_block(first.reshape(-1), second.reshape(-1), scored.reshape(-1), 1.0 / photons)

    def mean(self) -> Tally:
        """Per incident photon."""
        return Tally(*(first / self.photons for first in self.first))

    def standard_error(self) -> Tally:
        """Of the mean; infinite for a single block."""
        if self.blocks < 2:
            return Tally(*(np.full_like(first, math.inf) for first in self.first))
        # Blocks are independent, so their scatter gives the error of the mean without a model of the photons.
        scale = (self.blocks - 1) * self.photons
        pairs = zip(self.first, self.second, strict=True)
        return Tally(*(np.sqrt(np.maximum(b - a * a / self.photons, 0.0) / scale) for a, b in pairs))


@kernel(**KERNEL_OPTIONS)
def _fold_block(first: Floats, second: Floats, scored: Floats, per_photon: float) -> None:
    """Add one block to the running sums and empty it for the next; stretches where nothing was scored are skipped."""
    for start in range(0, scored.shape[0], FOLD_STRETCH):
        stop = min(start + FOLD_STRETCH, scored.shape[0])
        touched = 0.0
        for k in range(start, stop):
            touched += abs(scored[k])
        if touched == 0.0:
            continue
        for k in range(start, stop):
            x = scored[k]
            first[k] += x
            second[k] += x * x * per_photon
            scored[k] = 0.0


def _to_mm(lengths: object) -> NDArray[np.float32]:
    return np.asarray(np.asarray(lengths, float) / units.mm, np.float32)


def _is_even(edges: Floats) -> bool:
    widths = np.diff(edges)
    return bool(widths.size == 0 or np.ptp(widths) < 1e-6 * widths[0])


def _fine_step(edges: Floats, even: bool) -> float:
    if edges.size < 2:
        return 0.0
    span = float(edges[-1] - edges[0])
    return span / (edges.size - 1) if even else max(float(np.diff(edges).min()), span / FINEST_STEPS)


def _count_steps(edges: Floats, width: float) -> int:
    return math.ceil(float(edges[-1] - edges[0]) / width - 1e-6) if width else 0


def _cell_lookup(edges: Floats, width: float, steps: int) -> NDArray[np.int32]:
    starts = edges[0] + width * (np.arange(steps) + 1e-6)
    cells = np.searchsorted(edges, starts, side="right") - 1
    return np.append(np.clip(cells, 0, edges.size - 1), edges.size - 1).astype(np.int32)

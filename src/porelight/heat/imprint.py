"""From the rings of a column to the cells of a block: heat and tissue to the last joule, damage by place."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from porelight.arrays import Floats
from porelight.fields import Grid
from porelight.frozen import frozen
from porelight.heat.grid import Box

POINTS_PER_CELL: Final = 12
"""Points across a cell at which it is asked which ring it lies in: shares are right to about one in a hundred."""


@frozen
class Imprint:
    """How the rings of ``grid`` fall on the cells around one place of a box.

    Rows of the box must begin and end with rows of the grid. A ring gives each cell the share of its area that lies in
    it; shares of a ring add up to one, so energy is kept to rounding.
    """

    grid: Grid
    box: Box
    place: tuple[slice, slice, slice]
    shares: Floats
    """(nr, cells): of the area of every ring."""
    radius: Floats
    """(cells,): of the middle of every cell from the axis [m]."""

    @property
    def _shape(self) -> tuple[int, int, int]:
        counts = [each.stop - each.start for each in self.place]
        return counts[0], counts[1], counts[2]

    def energy(self, density: Floats) -> Floats:
        """Energy [J] in every cell of :attr:`place` from a density (nz, nr) [J/m3] on the grid."""
        return (self._rows(density * self.grid.volume) @ self.shares).reshape(self._shape)

    def gone(self, gone: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Cells of :attr:`place` of which more than half lies where the grid's tissue is ``gone`` (nz, nr)."""
        volume = self.energy(gone.astype(np.float64))
        return np.asarray(volume > 0.5 * self.box.volume[self.place])

    def at(self, field: Floats) -> Floats:
        """A field (nz, nr) at the middle of every cell of :attr:`place`: linear along the rings, nearest row."""
        rows = np.clip(np.searchsorted(self.grid.z_edges, self.box.z) - 1, 0, self.grid.shape[0] - 1)
        found = np.stack([np.interp(self.radius, self.grid.r, field[row]) for row in rows])
        return found.reshape(self._shape)

    def _rows(self, amount: Floats) -> Floats:
        """Rows of the grid added up to rows of the box."""
        starts = np.searchsorted(self.grid.z_edges, self.box.z_edges[:-1] * (1.0 - 1e-9))
        return np.asarray(np.add.reduceat(amount, starts, axis=0))


def slices_within(box: Box, x: float, y: float, reach: float) -> tuple[slice, slice, slice]:
    """The part of the box's arrays within ``reach`` [m] of a place along both edges, all rows of it."""
    return slice(0, box.shape[0]), _slice_within(box.y_edges, y, reach), _slice_within(box.x_edges, x, reach)


def make_imprint(grid: Grid, box: Box, place: tuple[slice, slice, slice], x: float, y: float) -> Imprint:
    """The rings of a column whose axis stands at ``x``, ``y`` [m] on the cells of ``place``.

    Args:
        grid: of the column; its rows refine those of the box.
        box: cells.
        place: those that take it all in, see :func:`slices_within`; a ring beyond goes to the nearest of them.
        x, y: place of the axis [m].

    Raises:
        ValueError: the rows of the box are not made of rows of the grid.
    """
    if not np.isin(np.round(box.z_edges, 12), np.round(grid.z_edges, 12)).all():
        raise ValueError("rows of the box must be made of rows of the column's grid")
    _, back, along = place
    # Which ring every one of the points of a cell lies in; a point stands for its share of the cell's area.
    points_x, wide = _sample_points(box.x_edges[along.start : along.stop + 1] - x)
    points_y, deep = _sample_points(box.y_edges[back.start : back.stop + 1] - y)
    ring = np.searchsorted(grid.r_edges, np.hypot(points_x[None, :], points_y[:, None])) - 1
    rings, cells = grid.shape[1], (back.stop - back.start) * (along.stop - along.start)
    cell = np.arange(cells).reshape(back.stop - back.start, -1)
    cell = np.repeat(np.repeat(cell, POINTS_PER_CELL, axis=0), POINTS_PER_CELL, axis=1)
    inside = ring < rings
    # Ring and cell as one number, so that one count of equal numbers adds up all areas.
    key = np.maximum(ring, 0) * cells + cell
    area = np.zeros((rings, cells))
    area += np.bincount(key[inside], (deep[:, None] * wide[None, :])[inside], rings * cells).reshape(rings, cells)
    radius = np.hypot((box.x[along] - x)[None, :], (box.y[back] - y)[:, None]).ravel()
    return Imprint(grid, box, place, _normalize_shares(area, grid.r, radius), radius)


def _normalize_shares(area: Floats, r: Floats, radius: Floats) -> Floats:
    """Shares that add up to one: rings no point fell into go to the nearest cell."""
    total = area.sum(axis=1)
    for ring in np.flatnonzero(total == 0.0):
        area[ring, int(np.argmin(np.abs(radius - r[ring])))] = 1.0
    return np.asarray(area / area.sum(axis=1, keepdims=True))


def _slice_within(edges: Floats, middle: float, reach: float) -> slice:
    low = max(int(np.searchsorted(edges, middle - reach)) - 1, 0)
    return slice(low, min(int(np.searchsorted(edges, middle + reach)), edges.size - 1))


def _sample_points(edges: Floats) -> tuple[Floats, Floats]:
    """Points inside every cell, and the length that each stands for [m]."""
    widths = np.diff(edges)
    inside = (np.arange(POINTS_PER_CELL) + 0.5) / POINTS_PER_CELL
    return (edges[:-1, None] + widths[:, None] * inside).ravel(), np.repeat(widths / POINTS_PER_CELL, POINTS_PER_CELL)

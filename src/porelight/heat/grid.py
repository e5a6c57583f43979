"""Graded grids: fine where the light goes in and the crater will be, coarser with depth and distance."""

from __future__ import annotations

import math

import numpy as np

from porelight.arrays import Floats
from porelight.fields import Grid
from porelight.frozen import frozen
from porelight.laser import Setting
from porelight.units import mm, um


def column_grid(
    setting: Setting, penetration: float, depth: float, refinement: float = 1.0, outer: float | None = None
) -> Grid:
    """A grid for one column.

    Args:
        setting: gives the spot.
        penetration: depth at which the light has fallen to 1/e [m].
        depth: how deep the crater may go [m].
        refinement: divides every cell size; 2 for a grid study.
        outer: radius at which the grid ends [m]; far enough to feel nothing when left out.

    Heights start at a sixth of the penetration, within 1.5 to 3 um, and are 1 % of the depth down to the foot of the
    crater; then they grow by a tenth each, to 1.2 mm below. Rings are a fortieth of the spot, within 2 to 40 um, to one
    and a half spot radii, then grow alike.
    """
    # The light falls off by Beer-Lambert: six cells to where it is 1/e.
    first = min(max(penetration / 6.0, 1.5 * um), 3.0 * um) / refinement
    ring = min(max(setting.spot_diameter / 40.0, 2.0 * um), 40.0 * um) / refinement
    foot = max(depth, 0.15 * mm)
    z = graded_edges(first, foot, foot + 1.2 * mm, 0.01 / refinement, 0.1 / refinement)
    rim = 0.8 * setting.spot_diameter
    r = graded_edges(ring, rim, rim + 1.2 * mm, 0.0, 0.1 / refinement)
    # An insulated wall where a neighbour's column meets this one: the last ring ends on it exactly.
    if outer is not None:
        inside = r[r < outer - 0.5 * ring]
        r = np.append(inside if inside.size else np.zeros(1), outer)
    return Grid(r_edges=r, z_edges=z)


def graded_edges(first: float, fine: float, end: float, share: float, growth: float) -> Floats:
    """Edges from 0 to ``end`` or a little more [m]: steps of ``first`` or ``share`` of the distance, then growing."""
    edges = [0.0]
    step = first
    while edges[-1] < end:
        step = max(first, share * edges[-1]) if edges[-1] < fine else step * (1.0 + growth)
        edges.append(edges[-1] + step)
    return np.array(edges)


def uniform_grid(height: float, cells: int, radius: float, rings: int) -> Grid:
    """Equal cells: for comparison with closed forms."""
    if not (math.isfinite(height) and math.isfinite(radius)):
        raise ValueError("a grid needs a finite height and radius")
    return Grid(r_edges=np.linspace(0.0, radius, rings + 1), z_edges=np.linspace(0.0, height, cells + 1))


@frozen
class Box:
    """Cells of a block: edges along the skin ``x_edges`` and ``y_edges``, and down from the surface ``z_edges`` [m].

    Arrays on it have shape (nz, ny, nx).
    """

    x_edges: Floats
    y_edges: Floats
    z_edges: Floats

    def __post_init__(self) -> None:
        for name, edges in (("x_edges", self.x_edges), ("y_edges", self.y_edges), ("z_edges", self.z_edges)):
            if edges.ndim != 1 or edges.size < 2 or not np.all(np.diff(edges) > 0):
                raise ValueError(f"box {name} must rise, with at least one cell")

    @property
    def shape(self) -> tuple[int, int, int]:
        """(nz, ny, nx)."""
        return self.z_edges.size - 1, self.y_edges.size - 1, self.x_edges.size - 1

    @property
    def x(self) -> Floats:
        """Cell centres (nx,) [m]."""
        return 0.5 * (self.x_edges[1:] + self.x_edges[:-1])

    @property
    def y(self) -> Floats:
        """Cell centres (ny,) [m]."""
        return 0.5 * (self.y_edges[1:] + self.y_edges[:-1])

    @property
    def z(self) -> Floats:
        """Cell centres (nz,) [m]."""
        return 0.5 * (self.z_edges[1:] + self.z_edges[:-1])

    @property
    def widths(self) -> Floats:
        """Of the cells along x (nx,) [m]."""
        return np.diff(self.x_edges)

    @property
    def depths(self) -> Floats:
        """Of the cells along y (ny,) [m]."""
        return np.diff(self.y_edges)

    @property
    def heights(self) -> Floats:
        """Of the cells down (nz,) [m]."""
        return np.diff(self.z_edges)

    @property
    def volume(self) -> Floats:
        """Of every cell (nz, ny, nx) [m3]."""
        return np.asarray(self.heights[:, None, None] * self.depths[:, None] * self.widths)

    @property
    def rows(self) -> Grid:
        """The rows of z alone, for :func:`porelight.heat.tissue.make_tissue`: one ring, as wide as the box."""
        return Grid(r_edges=np.array([0.0, self.x_edges[-1] - self.x_edges[0]]), z_edges=self.z_edges)


def stamp_box(z_edges: Floats, pitch: float, across: int, finest: float, margin: float = 1.0 * mm) -> Box:
    """A box for ``across`` x ``across`` columns ``pitch`` apart, the middle of the stamp at x = y = 0.

    Every column stands in the middle of like cells: ``finest`` wide near it, a fifth wider each outwards, but never
    wider than a tenth of the pitch or two of the finest. Beyond the stamp they grow by a quarter each for ``margin``
    [m]. Down, where less changes, the edges are some of ``z_edges``, in steps of one and a half of the finest or more,
    so that what is laid in from the grid of a column keeps its energy.
    """
    # Half a period of the pattern, mirrored, so that every column stands in the middle of cells like any other's.
    half, step = [0.0], finest
    widest = max(0.1 * pitch, 2.0 * finest)
    while half[-1] < 0.5 * pitch:
        half.append(half[-1] + step)
        step = min(1.2 * step, widest)
    period = 0.5 * pitch * np.array(half[1:]) / half[-1]
    period = np.concatenate([-period[::-1], [0.0], period])[:-1]
    middles = pitch * (np.arange(across) - 0.5 * (across - 1))
    inside = np.append((middles[:, None] + period).ravel(), 0.5 * pitch * across)
    # Beyond the stamp nothing is fired: cells grow until they are out of the heat's reach.
    outside, step = [float(inside[-1])], 1.25 * float(inside[-1] - inside[-2])
    while outside[-1] < inside[-1] + margin:
        outside.append(outside[-1] + step)
        step *= 1.25
    beyond = np.array(outside[1:])
    edges = np.concatenate([-beyond[::-1], inside, beyond])
    return Box(x_edges=edges, y_edges=edges, z_edges=thin_edges(z_edges, 1.5 * finest))


def thin_edges(edges: Floats, finest: float) -> Floats:
    """Some of ``edges``, the first and the last among them, in steps of ``finest`` or more."""
    chosen = [0]
    for index in range(1, edges.size):
        if edges[index] - edges[chosen[-1]] >= finest * (1.0 - 1e-9):
            chosen.append(index)
    if chosen[-1] != edges.size - 1:
        chosen[-1 if len(chosen) > 1 else 0 :] = [edges.size - 1]
    return np.asarray(edges[chosen])

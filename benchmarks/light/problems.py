"""The problems that are timed: the published ones, and skin with a pore."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from porelight.fields import Grid
from porelight.light import optics
from porelight.light.monte_carlo import (
    Beam,
    Box,
    Brick,
    Heterogeneous,
    Layered,
    Material,
    Medium,
    Slab,
    Volume,
    pencil,
    top_hat,
)
from porelight.skin.facial import facial_skin
from porelight.units import cm, mm, nm, per_cm


@dataclasses.dataclass(frozen=True)
class Problem:
    """A medium, a beam and a grid, and how many photons make about a second of work."""

    name: str
    medium: Medium
    beam: Beam
    grid: Grid | Box | None
    photons: int
    published_c: float | None = None
    """Photons/s of the layered C code on one core of this kind of machine, as it was measured."""


def _material(name: str, absorption: float, scattering: float, g: float, n: float) -> Material:
    return Material(name, absorption * per_cm, scattering * per_cm, g, n)


def _rz(r: float, nr: int, z: float, nz: int) -> Grid:
    return Grid(np.linspace(0.0, r * cm, nr + 1), np.linspace(0.0, z * cm, nz + 1))


def layered() -> tuple[Problem, ...]:
    """Problems that the scalar kernel can follow too."""
    slab = Layered((Slab(_material("slab", 10, 90, 0.75, 1.0), 0.02 * cm),))
    deep = Layered((Slab(_material("deep", 1, 100, 0.9, 1.37), math.inf),))
    three = Layered(
        (
            Slab(_material("first", 1, 100, 0.9, 1.37), 0.1 * cm),
            Slab(_material("second", 1, 10, 0.0, 1.37), 0.1 * cm),
            Slab(_material("third", 2, 10, 0.7, 1.37), 0.2 * cm),
        )
    )
    skin = optics.skin_layers(facial_skin("II", "cheek"), 1726 * nm)
    return (
        Problem("slab", slab, pencil(), _rz(0.5, 50, 0.02, 50), 4_000_000, 3.0e6),
        Problem("half-space", deep, pencil(), _rz(5, 500, 5, 500), 60_000, 19.5e3),
        Problem("three layers", three, pencil(), _rz(0.5, 50, 0.4, 40), 400_000, 0.16e6),
        Problem("skin at 1726 nm", skin, top_hat(1 * mm), _rz(0.3, 60, 0.3, 60), 300_000),
    )


def gland() -> Problem:
    """Facial skin with a pore whose gland lies at 0.8 mm, under 1726 nm, spot 2 mm wide."""
    skin = facial_skin("II", "cheek")
    skin = dataclasses.replace(skin, pore=dataclasses.replace(skin.pore, gland_depth=0.8 * mm))
    return Problem("gland at 0.8 mm, 1726 nm", optics.skin_with_pore(skin, 1726 * nm), top_hat(1 * mm), None, 300_000)


def cube60() -> Problem:
    """A cube of 60 mm in black surroundings, voxels of 1 mm: the cube60 of the voxel codes."""
    black, cube = Material("black", 1e7, 0.0, 0.0, 1.37), Material("cube", 5.0, 1000.0, 0.01, 1.37)
    brick = Brick((-29 * mm, -29 * mm, -1 * mm), (31 * mm, 31 * mm, 60 * mm))
    layers = Layered((Slab(black, 60 * mm),), 1.37, 1.37)
    edges = np.linspace(-29, 31, 61) * mm
    grid = Box(edges, edges, np.linspace(0, 60, 61) * mm)
    return Problem("cube60", Heterogeneous(layers, (Volume(brick, cube),)), pencil(), grid, 200_000)


def voxel_slab() -> Problem:
    """The slab again, scored in voxels of 0.02 mm as a voxel code must."""
    edges = np.linspace(-1, 1, 101) * mm
    grid = Box(edges, edges, np.linspace(0, 0.2, 11) * mm)
    return Problem("slab in voxels", layered()[0].medium, pencil(), grid, 2_000_000)

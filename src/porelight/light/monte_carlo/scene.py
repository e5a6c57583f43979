"""What the kernels read and write, as plain arrays with named places. Lengths [mm], coefficients [1/mm].

Millimetres keep 32-bit coordinates near one: a nanometre is still resolved ten millimetres from the origin.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from porelight.arrays import Floats

Float32s = NDArray[np.float32]
Int32s = NDArray[np.int32]
Words = NDArray[np.uint64]

FAR: Final = np.float32(1e8)
"""Farther than any surface [mm]: the floor of a half-space."""

# Columns of Scene.optics, one row per material.
OPTICS_INDEX: Final = 0
OPTICS_ATTENUATION: Final = 1
"""mu_a + mu_s [1/mm]"""
OPTICS_FREE_PATH: Final = 2
"""1 / (mu_a + mu_s) [mm]; very long where there is nothing to meet."""
OPTICS_ALBEDO: Final = 3
"""mu_s / (mu_a + mu_s)"""
OPTICS_ANISOTROPY: Final = 4
OPTICS_SCATTERING: Final = 5
"""mu_s [1/mm]"""
OPTICS_ABSORPTION: Final = 6
"""mu_a [1/mm]"""
OPTICS_COLUMNS: Final = 7

# Columns of Scene.volumes, one row per volume: a quadric in its own frame, cut by two planes of that frame,
# inside where a x2 + b y2 + c z2 + d z + e <= 0 and low <= z <= high; or a brick.
VOLUME_CENTRE: Final = 0
VOLUME_FRAME: Final = 3
VOLUME_QUADRIC: Final = 12
VOLUME_LOW: Final = 17
VOLUME_HIGH: Final = 18
VOLUME_WIDENING: Final = 19
"""Growth of a cone's radius with z; 0 for what is not a cone."""
VOLUME_IS_BRICK: Final = 20
"""1 for a brick, whose half lengths then stand in place of a, b, c; 0 for a quadric."""
VOLUME_COLUMNS: Final = 21

# Totals of one block of photons: sums of weight.
SPECULAR: Final = 0
DIFFUSE: Final = 1
UNSCATTERED: Final = 2
TRANSMITTED: Final = 3
ROULETTE: Final = 4
"""Weight that roulette gave to survivors less the weight it took: zero on average, part of the exact balance."""
LOST_WEIGHT: Final = 5
"""Weight of photons stopped after too many steps."""
STEP_COUNT: Final = 6
FIRST_ABSORBED: Final = 7
"""From here per material what collisions absorbed, then per material mu_a times weight times path."""

PENCIL: Final = 0
GAUSSIAN: Final = 1
TOP_HAT: Final = 2


class Scene(NamedTuple):
    """Materials, planes and volumes. ``planes`` are the layers' tops and the last bottom, (layers + 1,)."""

    optics: Float32s
    planes: Float32s
    layer_material: Int32s
    n_above: Any
    n_below: Any
    volumes: Float32s
    volume_material: Int32s


class Rays(NamedTuple):
    """A beam: ``kind``, ``radius``, ``focus`` below the first plane (0: collimated), ``centres`` (beams, 2)."""

    kind: Any
    radius: Any
    focus: Any
    centres: Float32s


class Bins(NamedTuple):
    """Cells to score in: axes r (or x), y, z. Each axis: fine steps of equal width, looked up into cells.

    A cell outside the grid exists on every axis, so every deposit has a place and no index is out of range.
    """

    boxed: Any
    even: Any
    origin: Float32s
    per_step: Float32s
    steps: Int32s
    cells: Int32s
    lookup_a: Int32s
    lookup_b: Int32s
    lookup_z: Int32s
    edges_a: Float32s
    edges_b: Float32s
    edges_z: Float32s
    rings: Float32s


class Tally(NamedTuple):
    """What one block of photons scores, all 64-bit sums of weight.

    ``totals`` by the names above; ``cells`` (cells, 2): absorbed weight, and weight times path [mm]; ``radial``
    (2, nr + 1) and ``angular`` (2, angles): leaving above and below; ``slopes`` (2 + materials, materials, 2): the
    derivatives of reflectance, transmittance and each absorbed fraction with respect to mu_a and mu_s [mm].
    """

    totals: Floats
    cells: Floats
    radial: Floats
    angular: Floats
    slopes: Floats


def empty_tally(materials: int, cells: int, rings: int, angles: int) -> Tally:
    """A tally with nothing in it."""
    return Tally(
        totals=np.zeros(FIRST_ABSORBED + 2 * materials),
        cells=np.zeros((cells, 2)),
        radial=np.zeros((2, rings)),
        angular=np.zeros((2, angles)),
        slopes=np.zeros((2 + materials, materials, 2)),
    )

"""The fields of a packet, and the small things done to one lane.

``real`` and ``whole`` hold field after field, each of ``LANES`` numbers: ``real[X + j]`` is the x of lane j.
"""

from __future__ import annotations

from porelight.arrays import Floats
from porelight.compiled import kernel
from porelight.light.monte_carlo import scene as names
from porelight.light.monte_carlo.maths import (
    INLINE_OPTIONS,
    Number,
    draw_bits,
    float32,
    float64,
    int32,
    open_uniform,
    uint32,
)
from porelight.light.monte_carlo.scene import Float32s, Int32s

LANES = 64
"""Photons in a packet. From 32 to 128 the speed is the same; fewer do not hide the latency, more leave the cache."""

# Fields of ``real``, 32-bit floats.
X = 0 * LANES
Y = 1 * LANES
Z = 2 * LANES
UX = 3 * LANES
UY = 4 * LANES
UZ = 5 * LANES
WEIGHT = 6 * LANES
ENTERED = 7 * LANES
"""Weight when the photon came into its material: the fall since then is what the material absorbed."""
REMAINING = 8 * LANES
"""Optical distance to the next collision."""
DEPOSIT = 9 * LANES
COLLISION_REACH = 10 * LANES
"""Weight times mean free path at a collision: the collision estimate of weight times path [mm]."""
MOVED = 11 * LANES
NEAR_DISTANCE = 12 * LANES
"""Distance to the nearest surface of a volume [mm]."""
Z_LOW = 13 * LANES
Z_HIGH = 14 * LANES
ATTENUATION = 15 * LANES
FREE_PATH = 16 * LANES
ALBEDO = 17 * LANES
ANISOTROPY = 18 * LANES
# For derivatives: path and collisions in the present material, and sums of reach and of deposit times each.
PATH = 19 * LANES
COLLISIONS = 20 * LANES
SUM_REACH = 21 * LANES
SUM_PATH = 22 * LANES
SUM_COLLISIONS = 23 * LANES
SPARE_UNIFORM = 24 * LANES
"""A uniform number that a step drew for scattering and, having met a surface, did not use."""
SPARE_FLIGHT = 25 * LANES
"""An optical distance to the next collision, drawn for this step and not yet travelled."""
TRACK = 26 * LANES
"""Weight times path in the present material [mm]."""
REAL_FIELDS = 27

# Fields of ``whole``, 32-bit integers.
RANDOM = 0 * LANES
"""Four words of generator state."""
LAYER = 4 * LANES
MATERIAL = 5 * LANES
INSIDE_BITS = 6 * LANES
"""One bit per volume."""
WHICH = 7 * LANES
"""The volume that is NEAR_DISTANCE."""
STEP_A = 8 * LANES
STEP_B = 9 * LANES
STEP_Z = 10 * LANES
EVENT = 11 * LANES
SCATTERED = 12 * LANES
AGE = 13 * LANES
ALIVE = 14 * LANES
LISTED = 15 * LANES
"""The lanes to which something happened in this step."""
WHOLE_FIELDS = 16

EVENT_NONE = 0
EVENT_SURFACE = 1
EVENT_FAINT = 2
EVENT_OLD = 3
EVENT_EMPTY = 4
"""No photon yet: the lane waits for its first."""

PLANE = -1
ENTRY_DEPTH = float32(1e-6)
"""Just below the first plane [mm]: where it is decided which volumes a new photon starts in."""
OLDEST_PHOTON = 1 << 22
"""Steps after which a photon is given up and counted as lost."""

SURVIVAL_CHANCE = 0.1
"""Chance to survive roulette; the survivor's weight is divided by it."""


@kernel(**INLINE_OPTIONS)
def lane_uniform(whole: Int32s, j: int) -> Number:
    """One uniform number from the generator of one lane."""
    number, s0, s1, s2, s3 = draw_bits(
        uint32(whole[RANDOM + j]),
        uint32(whole[RANDOM + LANES + j]),
        uint32(whole[RANDOM + 2 * LANES + j]),
        uint32(whole[RANDOM + 3 * LANES + j]),
    )
    whole[RANDOM + j] = int32(s0)
    whole[RANDOM + LANES + j] = int32(s1)
    whole[RANDOM + 2 * LANES + j] = int32(s2)
    whole[RANDOM + 3 * LANES + j] = int32(s3)
    return open_uniform(number)


@kernel(**INLINE_OPTIONS)
def into_material(real: Float32s, whole: Int32s, j: int, optics: Float32s, material: int) -> None:
    """Give a lane the optical properties of the material it is now in."""
    whole[MATERIAL + j] = material
    real[ATTENUATION + j] = optics[material, names.OPTICS_ATTENUATION]
    real[FREE_PATH + j] = optics[material, names.OPTICS_FREE_PATH]
    real[ALBEDO + j] = optics[material, names.OPTICS_ALBEDO]
    real[ANISOTROPY + j] = optics[material, names.OPTICS_ANISOTROPY]
    real[ENTERED + j] = real[WEIGHT + j]


@kernel(**INLINE_OPTIONS)
def into_layer(real: Float32s, whole: Int32s, j: int, planes: Float32s, layer: int) -> None:
    """Give a lane the planes of the layer it is now in."""
    whole[LAYER + j] = int32(layer)
    real[Z_LOW + j] = planes[layer]
    real[Z_HIGH + j] = planes[layer + 1]


@kernel(**INLINE_OPTIONS)
def begin_paths(real: Float32s, j: int, paths: Floats) -> None:
    """A new photon has travelled nowhere."""
    for k in range(paths.shape[0]):
        paths[k, 0, j] = 0.0
        paths[k, 1, j] = 0.0
    real[PATH + j] = float32(0.0)
    real[COLLISIONS + j] = float32(0.0)
    real[SUM_REACH + j] = float32(0.0)
    real[SUM_PATH + j] = float32(0.0)
    real[SUM_COLLISIONS + j] = float32(0.0)


@kernel(**INLINE_OPTIONS)
def remember_path(real: Float32s, whole: Int32s, j: int, paths: Floats) -> None:
    """Take up path and collisions where the lane last left this material."""
    material = whole[MATERIAL + j]
    real[PATH + j] = paths[material, 0, j]
    real[COLLISIONS + j] = paths[material, 1, j]


@kernel(**INLINE_OPTIONS)
def add_slopes(row: Floats, k: int, weight: float, path: float, collisions: float, optics: Float32s) -> None:
    """Derivatives of a weight by mu_a and mu_s of material ``k``: weight times d(log of the path's density)."""
    row[k, 0] -= weight * path
    scattering = optics[k, names.OPTICS_SCATTERING]
    if scattering > 0.0:
        row[k, 1] += weight * (collisions / scattering - path)


@kernel(**INLINE_OPTIONS)
def leave_material(
    real: Float32s,
    whole: Int32s,
    j: int,
    totals: Floats,
    slopes: Floats,
    paths: Floats,
    optics: Float32s,
    derive: bool,
) -> None:
    """Book what a lane lost since it came into its material, and the derivatives of that."""
    material = whole[MATERIAL + j]
    lost = float64(real[ENTERED + j]) - float64(real[WEIGHT + j])
    totals[names.FIRST_ABSORBED + material] += lost
    # Absorbed by collisions closes the balance; absorbed along the path is the quieter estimate of the same.
    along = float64(real[TRACK + j]) * float64(optics[material, names.OPTICS_ABSORPTION])
    totals[names.FIRST_ABSORBED + optics.shape[0] + material] += along
    real[TRACK + j] = float32(0.0)
    real[ENTERED + j] = real[WEIGHT + j]
    if not derive:
        return
    paths[material, 0, j] = real[PATH + j]
    paths[material, 1, j] = real[COLLISIONS + j]
    # d(log of a path's density): -path by mu_a, collisions / mu_s - path by mu_s. For the material that the photon is
    # in, the sums were taken at each collision; for the others, path and collisions are those of earlier stays.
    row = slopes[2 + material]
    for k in range(paths.shape[0]):
        if k == material:
            row[k, 0] += float64(real[SUM_REACH + j]) - float64(real[SUM_PATH + j])
            scattering = optics[k, names.OPTICS_SCATTERING]
            if scattering > 0.0:
                row[k, 1] += float64(real[SUM_COLLISIONS + j]) / scattering - float64(real[SUM_PATH + j])
        else:
            add_slopes(row, k, lost, paths[k, 0, j], paths[k, 1, j], optics)
    real[SUM_REACH + j] = float32(0.0)
    real[SUM_PATH + j] = float32(0.0)
    real[SUM_COLLISIONS + j] = float32(0.0)

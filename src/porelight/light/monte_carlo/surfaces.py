"""Surfaces of volumes: where a ray meets one, which way it faces, and what lies beyond.

Each volume is convex: a quadric of its own frame cut by two planes. A photon carries one bit per volume, inside or
not, that only a crossing changes. So it can neither leak through a surface nor stick to it by rounding: inside, the
next crossing is where the ray leaves; outside, where it enters, and a ray that is leaving does not enter.
"""

from __future__ import annotations

import math

from porelight.compiled import kernel
from porelight.light.monte_carlo.maths import KERNEL_OPTIONS, Number, float32, int32
from porelight.light.monte_carlo.scene import (
    VOLUME_CENTRE,
    VOLUME_FRAME,
    VOLUME_HIGH,
    VOLUME_IS_BRICK,
    VOLUME_LOW,
    VOLUME_QUADRIC,
    Float32s,
    Int32s,
)

SHORTEST_CHORD = float32(2e-6)
"""Shortest chord that counts [mm]: some units in the last place of a coordinate of ten."""

NO_CROSSING = float32(1e8)
SMALLEST_DIVISOR = float32(1e-20)


@kernel(**KERNEL_OPTIONS)
def distance_to_crossing(
    a: float, b: float, c: float, low: float, high: float, widens: float, z: float, dz: float, inside: bool
) -> Number:
    """Distance [mm] to the next crossing of one volume, or NO_CROSSING.

    Args:
        a, b, c: the quadric along the ray is a t2 + 2 b t + c.
        low, high: cut planes in the volume's own frame [mm].
        widens: growth of a cone's radius with z.
        z, dz: position and direction along the axis of that frame.
        inside: whether the photon is inside.
    """
    zero = float32(0.0)
    a_safe = a if abs(a) > SMALLEST_DIVISOR else SMALLEST_DIVISOR
    discriminant = b * b - a_safe * c
    # Roots by the form that does not subtract nearly equal numbers: q / a and c / q.
    root = math.sqrt(max(discriminant, zero))
    q = -(b + root) if b >= zero else root - b
    q_safe = q if abs(q) > SMALLEST_DIVISOR else SMALLEST_DIVISOR
    first = q / a_safe
    second = c / q_safe
    falling = first if b >= zero else second
    rising = second if b >= zero else first
    # Closed along the ray (an ellipsoid, or a cone crossed from the side) it lies between the roots; along the axis of
    # a cone that opens ahead it begins at one of them and goes on, and of one that opens behind it ends at one.
    opening = widens * dz > zero
    closed = a_safe > zero
    missed = closed and discriminant <= zero
    enter = falling if (closed or opening) else -NO_CROSSING
    leave = rising if (closed or not opening) else NO_CROSSING
    dz_safe = dz if abs(dz) > SMALLEST_DIVISOR else SMALLEST_DIVISOR
    # Cut by the two planes of the frame.
    to_low = (low - z) / dz_safe
    to_high = (high - z) / dz_safe
    enter = max(enter, min(to_low, to_high))
    leave = min(leave, max(to_low, to_high))
    meets = (leave > SHORTEST_CHORD) and (enter > -SHORTEST_CHORD) and (leave > enter + SHORTEST_CHORD) and not missed
    outside = max(enter, zero) if meets else NO_CROSSING
    return max(leave, zero) if inside else outside


@kernel(**KERNEL_OPTIONS)
def distance_to_brick(
    hx: float, hy: float, hz: float, x: float, y: float, z: float, dx: float, dy: float, dz: float, inside: bool
) -> Number:
    """The same for a brick of those half lengths: the last pair of planes entered, the first left."""
    zero = float32(0.0)
    ix = float32(1.0) / (dx if abs(dx) > SMALLEST_DIVISOR else SMALLEST_DIVISOR)
    iy = float32(1.0) / (dy if abs(dy) > SMALLEST_DIVISOR else SMALLEST_DIVISOR)
    iz = float32(1.0) / (dz if abs(dz) > SMALLEST_DIVISOR else SMALLEST_DIVISOR)
    wx, wy, wz = hx * abs(ix), hy * abs(iy), hz * abs(iz)
    enter = max(max(-x * ix - wx, -y * iy - wy), -z * iz - wz)
    leave = min(min(wx - x * ix, wy - y * iy), wz - z * iz)
    meets = (leave > SHORTEST_CHORD) and (enter > -SHORTEST_CHORD) and (leave > enter + SHORTEST_CHORD)
    outside = max(enter, zero) if meets else NO_CROSSING
    return max(leave, zero) if inside else outside


@kernel(**KERNEL_OPTIONS)
def in_frame(volumes: Float32s, k: int, x: float, y: float, z: float) -> tuple[Number, Number, Number]:
    """A direction of the scene in the frame of volume ``k``."""
    f = VOLUME_FRAME
    return (
        volumes[k, f] * x + volumes[k, f + 1] * y + volumes[k, f + 2] * z,
        volumes[k, f + 3] * x + volumes[k, f + 4] * y + volumes[k, f + 5] * z,
        volumes[k, f + 6] * x + volumes[k, f + 7] * y + volumes[k, f + 8] * z,
    )


@kernel(**KERNEL_OPTIONS)
def from_frame(volumes: Float32s, k: int, x: float, y: float, z: float) -> tuple[Number, Number, Number]:
    """A direction in the frame of volume ``k`` as one of the scene."""
    f = VOLUME_FRAME
    return (
        volumes[k, f] * x + volumes[k, f + 3] * y + volumes[k, f + 6] * z,
        volumes[k, f + 1] * x + volumes[k, f + 4] * y + volumes[k, f + 7] * z,
        volumes[k, f + 2] * x + volumes[k, f + 5] * y + volumes[k, f + 8] * z,
    )


@kernel(**KERNEL_OPTIONS)
def side_of_quadric(volumes: Float32s, k: int, x: float, y: float, z: float) -> tuple[Number, Number, Number, Number]:
    """Depth below the curved side of volume ``k`` [mm], to first order, and its outward normal; all in its frame."""
    a, b, c = volumes[k, VOLUME_QUADRIC], volumes[k, VOLUME_QUADRIC + 1], volumes[k, VOLUME_QUADRIC + 2]
    d = volumes[k, VOLUME_QUADRIC + 3]
    value = a * x * x + b * y * y + (c * z + d) * z + volumes[k, VOLUME_QUADRIC + 4]
    nx, ny, nz = a * x, b * y, c * z + float32(0.5) * d
    length = max(math.sqrt(nx * nx + ny * ny + nz * nz), SMALLEST_DIVISOR)
    return float32(-0.5) * value / length, nx / length, ny / length, nz / length


@kernel(**KERNEL_OPTIONS)
def faces_ray(best: float, depth: float, towards: float) -> Number:
    """Whether a face that lies this deep, and that the ray runs towards, is the one it crosses rather than the best."""
    return abs(depth) + (float32(0.0) if towards > float32(0.0) else NO_CROSSING) < best


@kernel(**KERNEL_OPTIONS)
def crossed_normal(
    volumes: Float32s, k: int, x: float, y: float, z: float, ux: float, uy: float, uz: float, leaving: bool
) -> Number:
    """Outward unit normal (three numbers) of the face of volume ``k`` that a ray at (x, y, z) crosses.

    Of the faces it crosses the right way, the nearest: at an edge the nearest alone could be one that the ray runs
    away from, and a photon reflected by it would never come free.
    """
    zero = float32(0.0)
    one = float32(1.0)
    sense = one if leaving else -one
    px, py, pz = in_frame(
        volumes, k, x - volumes[k, VOLUME_CENTRE], y - volumes[k, VOLUME_CENTRE + 1], z - volumes[k, VOLUME_CENTRE + 2]
    )
    dx, dy, dz = in_frame(volumes, k, ux, uy, uz)
    dx, dy, dz = dx * sense, dy * sense, dz * sense
    best = float32(4.0) * NO_CROSSING
    nx, ny, nz = zero, zero, one
    if volumes[k, VOLUME_IS_BRICK] != zero:
        sx, sy = (one if px > zero else -one), (one if py > zero else -one)
        depth = volumes[k, VOLUME_QUADRIC] - abs(px)
        if faces_ray(best, depth, sx * dx):
            best = abs(depth) + (zero if sx * dx > zero else NO_CROSSING)
            nx, ny, nz = sx, zero, zero
        depth = volumes[k, VOLUME_QUADRIC + 1] - abs(py)
        if faces_ray(best, depth, sy * dy):
            best = abs(depth) + (zero if sy * dy > zero else NO_CROSSING)
            nx, ny, nz = zero, sy, zero
    else:
        depth, qx, qy, qz = side_of_quadric(volumes, k, px, py, pz)
        along = qx * dx + qy * dy + qz * dz
        if faces_ray(best, depth, along):
            best = abs(depth) + (zero if along > zero else NO_CROSSING)
            nx, ny, nz = qx, qy, qz
    depth = pz - volumes[k, VOLUME_LOW]
    if faces_ray(best, depth, -dz):
        best = abs(depth) + (zero if -dz > zero else NO_CROSSING)
        nx, ny, nz = zero, zero, -one
    depth = volumes[k, VOLUME_HIGH] - pz
    if faces_ray(best, depth, dz):
        nx, ny, nz = zero, zero, one
    return from_frame(volumes, k, nx, ny, nz)


@kernel(**KERNEL_OPTIONS)
def depth_inside(volumes: Float32s, k: int, x: float, y: float, z: float) -> Number:
    """How deep a point lies inside volume ``k`` [mm], to first order; negative outside."""
    px, py, pz = in_frame(
        volumes, k, x - volumes[k, VOLUME_CENTRE], y - volumes[k, VOLUME_CENTRE + 1], z - volumes[k, VOLUME_CENTRE + 2]
    )
    depth = min(pz - volumes[k, VOLUME_LOW], volumes[k, VOLUME_HIGH] - pz)
    if volumes[k, VOLUME_IS_BRICK] != float32(0.0):
        return min(depth, min(volumes[k, VOLUME_QUADRIC] - abs(px), volumes[k, VOLUME_QUADRIC + 1] - abs(py)))
    side, _, _, _ = side_of_quadric(volumes, k, px, py, pz)
    return min(depth, side)


@kernel(**KERNEL_OPTIONS)
def volumes_containing(volumes: Float32s, x: float, y: float, z: float) -> Number:
    """The volumes that hold a point, one bit each."""
    mask = int32(0)
    for k in range(volumes.shape[0]):
        if depth_inside(volumes, k, x, y, z) > float32(0.0):
            mask |= int32(int32(1) << int32(k))
    return mask


@kernel(**KERNEL_OPTIONS)
def material_at(volume_material: Int32s, layer_material: Int32s, mask: int, layer: int) -> Number:
    """The material where those volumes overlap in that layer: the last named volume wins, then the layer."""
    for k in range(volume_material.shape[0] - 1, -1, -1):
        if (mask >> int32(k)) & int32(1):
            return volume_material[k]
    return layer_material[layer]

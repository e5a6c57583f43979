"""Surfaces of volumes: where a ray meets one, which way it faces, and what lies beyond.

Each volume is convex: a quadric of its own frame cut by two planes. A photon carries one bit per volume, inside or
not, that only a crossing changes. So it can neither leak through a surface nor stick to it by rounding: inside, the
next crossing is where the ray leaves; outside, where it enters, and a ray that is leaving does not enter.
"""

from __future__ import annotations

import math

from porelight.compiled import kernel
from porelight.light.monte_carlo.maths import COMPILE, Number, float32, int32
from porelight.light.monte_carlo.scene import BRICK, CENTRE, FRAME, HIGH, LOW, QUADRIC, Float32s, Int32s

TOUCH = float32(2e-6)
"""Shortest chord that counts [mm]: some units in the last place of a coordinate of ten."""

NEVER = float32(1e8)
TINY = float32(1e-20)


@kernel(**COMPILE)
def crossing(
    a: float, b: float, c: float, low: float, high: float, widens: float, z: float, dz: float, inside: bool
) -> Number:
    """Distance [mm] to the next crossing of one volume, or NEVER.

    Args:
        a, b, c: the quadric along the ray is a t2 + 2 b t + c.
        low, high: cut planes in the volume's own frame [mm].
        widens: growth of a cone's radius with z.
        z, dz: position and direction along the axis of that frame.
        inside: whether the photon is inside.
    """
    zero = float32(0.0)
    a_safe = a if abs(a) > TINY else TINY
    discriminant = b * b - a_safe * c
    root = math.sqrt(max(discriminant, zero))
    q = -(b + root) if b >= zero else root - b
    q_safe = q if abs(q) > TINY else TINY
    first = q / a_safe
    second = c / q_safe
    falling = first if b >= zero else second
    rising = second if b >= zero else first
    opening = widens * dz > zero
    closed = a_safe > zero
    missed = closed and discriminant <= zero
    enter = falling if (closed or opening) else -NEVER
    leave = rising if (closed or not opening) else NEVER
    dz_safe = dz if abs(dz) > TINY else TINY
    to_low = (low - z) / dz_safe
    to_high = (high - z) / dz_safe
    enter = max(enter, min(to_low, to_high))
    leave = min(leave, max(to_low, to_high))
    meets = (leave > TOUCH) and (enter > -TOUCH) and (leave > enter + TOUCH) and not missed
    outside = max(enter, zero) if meets else NEVER
    return max(leave, zero) if inside else outside


@kernel(**COMPILE)
def brick_crossing(
    hx: float, hy: float, hz: float, x: float, y: float, z: float, dx: float, dy: float, dz: float, inside: bool
) -> Number:
    """The same for a brick of those half lengths: the last pair of planes entered, the first left."""
    zero = float32(0.0)
    ix = float32(1.0) / (dx if abs(dx) > TINY else TINY)
    iy = float32(1.0) / (dy if abs(dy) > TINY else TINY)
    iz = float32(1.0) / (dz if abs(dz) > TINY else TINY)
    wx, wy, wz = hx * abs(ix), hy * abs(iy), hz * abs(iz)
    enter = max(max(-x * ix - wx, -y * iy - wy), -z * iz - wz)
    leave = min(min(wx - x * ix, wy - y * iy), wz - z * iz)
    meets = (leave > TOUCH) and (enter > -TOUCH) and (leave > enter + TOUCH)
    outside = max(enter, zero) if meets else NEVER
    return max(leave, zero) if inside else outside


@kernel(**COMPILE)
def in_frame(volumes: Float32s, k: int, x: float, y: float, z: float) -> tuple[Number, Number, Number]:
    """A direction of the scene in the frame of volume ``k``."""
    f = FRAME
    return (
        volumes[k, f] * x + volumes[k, f + 1] * y + volumes[k, f + 2] * z,
        volumes[k, f + 3] * x + volumes[k, f + 4] * y + volumes[k, f + 5] * z,
        volumes[k, f + 6] * x + volumes[k, f + 7] * y + volumes[k, f + 8] * z,
    )


@kernel(**COMPILE)
def from_frame(volumes: Float32s, k: int, x: float, y: float, z: float) -> tuple[Number, Number, Number]:
    """A direction in the frame of volume ``k`` as one of the scene."""
    f = FRAME
    return (
        volumes[k, f] * x + volumes[k, f + 3] * y + volumes[k, f + 6] * z,
        volumes[k, f + 1] * x + volumes[k, f + 4] * y + volumes[k, f + 7] * z,
        volumes[k, f + 2] * x + volumes[k, f + 5] * y + volumes[k, f + 8] * z,
    )


@kernel(**COMPILE)
def side_of_quadric(volumes: Float32s, k: int, x: float, y: float, z: float) -> tuple[Number, Number, Number, Number]:
    """Depth below the curved side of volume ``k`` [mm], to first order, and its outward normal; all in its frame."""
    a, b, c = volumes[k, QUADRIC], volumes[k, QUADRIC + 1], volumes[k, QUADRIC + 2]
    d = volumes[k, QUADRIC + 3]
    value = a * x * x + b * y * y + (c * z + d) * z + volumes[k, QUADRIC + 4]
    nx, ny, nz = a * x, b * y, c * z + float32(0.5) * d
    length = max(math.sqrt(nx * nx + ny * ny + nz * nz), TINY)
    return float32(-0.5) * value / length, nx / length, ny / length, nz / length


@kernel(**COMPILE)
def faced(best: float, depth: float, towards: float) -> Number:
    """Whether a face that lies this deep, and that the ray runs towards, is the one it crosses rather than the best."""
    return abs(depth) + (float32(0.0) if towards > float32(0.0) else NEVER) < best


@kernel(**COMPILE)
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
    px, py, pz = in_frame(volumes, k, x - volumes[k, CENTRE], y - volumes[k, CENTRE + 1], z - volumes[k, CENTRE + 2])
    dx, dy, dz = in_frame(volumes, k, ux, uy, uz)
    dx, dy, dz = dx * sense, dy * sense, dz * sense
    best = float32(4.0) * NEVER
    nx, ny, nz = zero, zero, one
    if volumes[k, BRICK] != zero:
        sx, sy = (one if px > zero else -one), (one if py > zero else -one)
        depth = volumes[k, QUADRIC] - abs(px)
        if faced(best, depth, sx * dx):
            best = abs(depth) + (zero if sx * dx > zero else NEVER)
            nx, ny, nz = sx, zero, zero
        depth = volumes[k, QUADRIC + 1] - abs(py)
        if faced(best, depth, sy * dy):
            best = abs(depth) + (zero if sy * dy > zero else NEVER)
            nx, ny, nz = zero, sy, zero
    else:
        depth, qx, qy, qz = side_of_quadric(volumes, k, px, py, pz)
        along = qx * dx + qy * dy + qz * dz
        if faced(best, depth, along):
            best = abs(depth) + (zero if along > zero else NEVER)
            nx, ny, nz = qx, qy, qz
    depth = pz - volumes[k, LOW]
    if faced(best, depth, -dz):
        best = abs(depth) + (zero if -dz > zero else NEVER)
        nx, ny, nz = zero, zero, -one
    depth = volumes[k, HIGH] - pz
    if faced(best, depth, dz):
        nx, ny, nz = zero, zero, one
    return from_frame(volumes, k, nx, ny, nz)


@kernel(**COMPILE)
def depth_inside(volumes: Float32s, k: int, x: float, y: float, z: float) -> Number:
    """How deep a point lies inside volume ``k`` [mm], to first order; negative outside."""
    px, py, pz = in_frame(volumes, k, x - volumes[k, CENTRE], y - volumes[k, CENTRE + 1], z - volumes[k, CENTRE + 2])
    depth = min(pz - volumes[k, LOW], volumes[k, HIGH] - pz)
    if volumes[k, BRICK] != float32(0.0):
        return min(depth, min(volumes[k, QUADRIC] - abs(px), volumes[k, QUADRIC + 1] - abs(py)))
    side, _, _, _ = side_of_quadric(volumes, k, px, py, pz)
    return min(depth, side)


@kernel(**COMPILE)
def containing(volumes: Float32s, x: float, y: float, z: float) -> Number:
    """The volumes that hold a point, one bit each."""
    mask = int32(0)
    for k in range(volumes.shape[0]):
        if depth_inside(volumes, k, x, y, z) > float32(0.0):
            mask |= int32(int32(1) << int32(k))
    return mask


@kernel(**COMPILE)
def material_at(volume_material: Int32s, layer_material: Int32s, mask: int, layer: int) -> Number:
    """The material where those volumes overlap in that layer: the last named volume wins, then the layer."""
    for k in range(volume_material.shape[0] - 1, -1, -1):
        if (mask >> int32(k)) & int32(1):
            return volume_material[k]
    return layer_material[layer]

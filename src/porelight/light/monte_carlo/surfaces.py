"""Surfaces of volumes: where a ray meets one, which way it faces, and what lies beyond.

Each volume is convex: a quadric of its own frame cut by two planes. A photon carries one bit per volume, inside or
not, that only a crossing changes. So it can neither leak through a surface nor stick to it by rounding: inside, the
next crossing is where the ray leaves; outside, where it enters, and a ray that is leaving does not enter.
"""

from __future__ import annotations

import math

from numba import njit

from porelight.light.monte_carlo.maths import COMPILE, Number, float32, int32
from porelight.light.monte_carlo.scene import BRICK, CENTRE, FRAME, HIGH, LOW, QUADRIC, WIDENING, Float32s, Int32s

TOUCH = float32(2e-6)
"""Shortest chord that counts [mm]: some units in the last place of a coordinate of ten."""

NEVER = float32(1e8)
TINY = float32(1e-20)


@njit(**COMPILE)
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
    root = math.sqrt(max(b * b - a * c, zero))
    q = -(b + root) if b >= zero else root - b
    a_safe = a if abs(a) > TINY else TINY
    q_safe = q if abs(q) > TINY else TINY
    first = q / a_safe
    second = c / q_safe
    falling = first if b >= zero else second
    rising = second if b >= zero else first
    opening = widens * dz > zero
    closed = a_safe > zero
    enter = falling if (closed or opening) else -NEVER
    leave = rising if (closed or not opening) else NEVER
    dz_safe = dz if abs(dz) > TINY else TINY
    to_low = (low - z) / dz_safe
    to_high = (high - z) / dz_safe
    enter = max(enter, min(to_low, to_high))
    leave = min(leave, max(to_low, to_high))
    meets = (leave > TOUCH) and (enter > -TOUCH) and (leave > enter + TOUCH)
    outside = max(enter, zero) if meets else NEVER
    return max(leave, zero) if inside else outside


@njit(**COMPILE)
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


@njit(**COMPILE)
def brick_side(x: float, y: float, z: float, hx: float, hy: float, hz: float) -> Number:
    """Depth inside a brick, and the outward normal of its nearest face."""
    zero = float32(0.0)
    one = float32(1.0)
    to_x, to_y, to_z = hx - abs(x), hy - abs(y), hz - abs(z)
    if to_x <= to_y and to_x <= to_z:
        return to_x, (one if x > zero else -one), zero, zero
    if to_y <= to_z:
        return to_y, zero, (one if y > zero else -one), zero
    return to_z, zero, zero, (one if z > zero else -one)


@njit(**COMPILE)
def in_scene(
    volumes: Float32s, k: int, depth: float, nx: float, ny: float, nz: float
) -> tuple[Number, Number, Number, Number]:
    """A depth, and a normal turned from the frame of volume ``k`` into that of the scene."""
    f = FRAME
    return (
        depth,
        volumes[k, f] * nx + volumes[k, f + 3] * ny + volumes[k, f + 6] * nz,
        volumes[k, f + 1] * nx + volumes[k, f + 4] * ny + volumes[k, f + 7] * nz,
        volumes[k, f + 2] * nx + volumes[k, f + 5] * ny + volumes[k, f + 8] * nz,
    )


@njit(**COMPILE)
def value_and_normal(volumes: Float32s, k: int, x: float, y: float, z: float) -> Number:
    """Depth inside volume ``k``, and the outward unit normal of the surface nearest to (x, y, z): four numbers.

    The depth is the distance to that surface [mm], to first order; negative outside.
    """
    x -= volumes[k, CENTRE]
    y -= volumes[k, CENTRE + 1]
    z -= volumes[k, CENTRE + 2]
    f = FRAME
    px = volumes[k, f] * x + volumes[k, f + 1] * y + volumes[k, f + 2] * z
    py = volumes[k, f + 3] * x + volumes[k, f + 4] * y + volumes[k, f + 5] * z
    pz = volumes[k, f + 6] * x + volumes[k, f + 7] * y + volumes[k, f + 8] * z
    a = volumes[k, QUADRIC]
    b = volumes[k, QUADRIC + 1]
    if volumes[k, BRICK] != float32(0.0):
        depth, nx, ny, nz = brick_side(px, py, pz, a, b, volumes[k, QUADRIC + 2])
        return in_scene(volumes, k, depth, nx, ny, nz)
    c = volumes[k, QUADRIC + 2]
    d = volumes[k, QUADRIC + 3]
    value = a * px * px + b * py * py + (c * pz + d) * pz + volumes[k, QUADRIC + 4]
    nx = a * px
    ny = b * py
    nz = c * pz + float32(0.5) * d
    length = max(math.sqrt(nx * nx + ny * ny + nz * nz), TINY)
    depth = float32(-0.5) * value / length
    nx /= length
    ny /= length
    nz /= length
    if pz - volumes[k, LOW] < depth:
        depth = pz - volumes[k, LOW]
        nx, ny, nz = float32(0.0), float32(0.0), float32(-1.0)
    if volumes[k, HIGH] - pz < depth:
        depth = volumes[k, HIGH] - pz
        nx, ny, nz = float32(0.0), float32(0.0), float32(1.0)
    return in_scene(volumes, k, depth, nx, ny, nz)


@njit(**COMPILE)
def containing(volumes: Float32s, x: float, y: float, z: float) -> Number:
    """The volumes that hold a point, one bit each."""
    mask = int32(0)
    for k in range(volumes.shape[0]):
        depth, _, _, _ = value_and_normal(volumes, k, x, y, z)
        if depth > float32(0.0):
            mask |= int32(int32(1) << int32(k))
    return mask


@njit(**COMPILE)
def material_at(volume_material: Int32s, layer_material: Int32s, mask: int, layer: int) -> Number:
    """The material where those volumes overlap in that layer: the last named volume wins, then the layer."""
    for k in range(volume_material.shape[0] - 1, -1, -1):
        if (mask >> int32(k)) & int32(1):
            return volume_material[k]
    return layer_material[layer]


__all__ = ["NEVER", "WIDENING", "containing", "crossing", "material_at", "value_and_normal"]

"""The packet kernel: many photons side by side, each in one lane, all taking their step in the same few loops.

One array holds field after field, each of ``LANES`` numbers: ``real[X + j]`` is the x of lane j. A step is

1. ``to_volumes``: the nearest surface of a volume, if there are volumes (vectorised over lanes);
2. ``advance``: fly to the next collision or surface, absorb, scatter (vectorised, without a branch);
3. a plain loop over lanes that scores what was absorbed and deals with the rare events one by one: a surface, a
   photon grown faint, a photon that left and makes room for the next.

``docs/packets.md`` tells it to a newcomer. The same physics one photon at a time is in ``scalar.py``, the oracle.
"""

from __future__ import annotations

import math

from porelight.arrays import Floats
from porelight.compiled import kernel
from porelight.light.monte_carlo import scene as names
from porelight.light.monte_carlo.events import book_exit, launch, meet_surface
from porelight.light.monte_carlo.lanes import (
    AGE,
    ALBEDO,
    ALIVE,
    ANISOTROPY,
    ATTENUATION,
    COLLISIONS,
    DEPOSIT,
    EMPTY,
    ENTERED,
    EVENT,
    FAINT,
    FREE_PATH,
    INSIDE,
    LANES,
    LISTED,
    MOVED,
    NEAR,
    NOTHING,
    OLD,
    OLDEST,
    PATH,
    PLANE,
    RANDOM,
    REACH,
    REMAINING,
    SCATTERED,
    SPARE_FLIGHT,
    SPARE_UNIFORM,
    STEP_A,
    STEP_B,
    STEP_Z,
    SUM_COLLISIONS,
    SUM_PATH,
    SUM_REACH,
    SURFACE,
    SURVIVAL,
    TRACK,
    UX,
    UY,
    UZ,
    WEIGHT,
    WHICH,
    Z_HIGH,
    Z_LOW,
    X,
    Y,
    Z,
    begin_paths,
    lane_uniform,
    leave_material,
)
from porelight.light.monte_carlo.maths import (
    COMPILE,
    INLINE,
    Number,
    draw,
    float32,
    float64,
    int32,
    log_of_uniform,
    open_uniform,
    seed_of,
    sine_cosine_of_turn,
    uint32,
    uint64,
)
from porelight.light.monte_carlo.scene import Bins, Float32s, Int32s, Rays, Scene, Tally
from porelight.light.monte_carlo.step import scatter_cosine, turn
from porelight.light.monte_carlo.surfaces import NEVER, brick_crossing, crossing


@kernel(**COMPILE)
def to_volumes(real: Float32s, whole: Int32s, volumes: Float32s) -> None:
    """Distance to the nearest volume surface for every lane, and which it is."""
    for j in range(LANES):
        real[NEAR + j] = NEVER
        whole[WHICH + j] = int32(PLANE)
    for k in range(volumes.shape[0]):
        row = volumes[k]
        cx, cy, cz = row[0], row[1], row[2]
        xx, xy, xz = row[3], row[4], row[5]
        yx, yy, yz = row[6], row[7], row[8]
        zx, zy, zz = row[9], row[10], row[11]
        qa, qb, qc, qd, qe = row[12], row[13], row[14], row[15], row[16]
        low, high, widens = row[17], row[18], row[19]
        half = float32(0.5) * qd
        brick = row[20] != float32(0.0)
        for j in range(LANES):
            x = real[X + j] - cx
            y = real[Y + j] - cy
            z = real[Z + j] - cz
            ux = real[UX + j]
            uy = real[UY + j]
            uz = real[UZ + j]
            px = xx * x + xy * y + xz * z
            py = yx * x + yy * y + yz * z
            pz = zx * x + zy * y + zz * z
            dx = xx * ux + xy * uy + xz * uz
            dy = yx * ux + yy * uy + yz * uz
            dz = zx * ux + zy * uy + zz * uz
            a = qa * dx * dx + qb * dy * dy + qc * dz * dz
            b = qa * px * dx + qb * py * dy + (qc * pz + half) * dz
            c = qa * px * px + qb * py * py + (qc * pz + qd) * pz + qe
            inside = ((whole[INSIDE + j] >> int32(k)) & int32(1)) != 0
            if brick:
                t = brick_crossing(qa, qb, qc, px, py, pz, dx, dy, dz, inside)
            else:
                t = crossing(a, b, c, low, high, widens, pz, dz, inside)
            near = real[NEAR + j]
            which = whole[WHICH + j]
            closer = t < near
            real[NEAR + j] = t if closer else near
            whole[WHICH + j] = int32(k) if closer else which


@kernel(**COMPILE)
def advance(
    real: Float32s,
    whole: Int32s,
    boxed: bool,
    a0: float,
    b0: float,
    z0: float,
    per_a: float,
    per_b: float,
    per_z: float,
    steps_a: float,
    steps_b: float,
    steps_z: float,
    floor: float,
) -> None:
    """Every lane flies to its next collision or surface; at a collision it leaves weight and turns.

    Both outcomes are computed for every lane and one is kept, so that there is no branch and the loop vectorises.
    A test counts the vector registers in the machine code, because a compiler gives up silently.
    """
    zero = float32(0.0)
    grazing = float32(1e-9)
    for j in range(LANES):
        r1, s0, s1, s2, s3 = draw(
            uint32(whole[RANDOM + j]),
            uint32(whole[RANDOM + LANES + j]),
            uint32(whole[RANDOM + 2 * LANES + j]),
            uint32(whole[RANDOM + 3 * LANES + j]),
        )
        r2, s0, s1, s2, s3 = draw(s0, s1, s2, s3)
        r3, s0, s1, s2, s3 = draw(s0, s1, s2, s3)
        whole[RANDOM + j] = int32(s0)
        whole[RANDOM + LANES + j] = int32(s1)
        whole[RANDOM + 2 * LANES + j] = int32(s2)
        whole[RANDOM + 3 * LANES + j] = int32(s3)
        ux = real[UX + j]
        uy = real[UY + j]
        uz = real[UZ + j]
        z = real[Z + j]
        weight = real[WEIGHT + j]
        remaining = real[REMAINING + j]
        low = real[Z_LOW + j]
        high = real[Z_HIGH + j]
        free_path = real[FREE_PATH + j]
        down = uz > zero
        plane = high if down else low
        slope = max(abs(uz), grazing)
        to_plane = ((plane - z) if down else (z - plane)) / slope
        to_surface = min(max(to_plane, zero), real[NEAR + j])
        to_collision = remaining * free_path
        meets = to_surface < to_collision
        moved = to_surface if meets else to_collision
        x = real[X + j] + ux * moved
        y = real[Y + j] + uy * moved
        z += uz * moved
        real[X + j] = x
        real[Y + j] = y
        real[Z + j] = z
        real[MOVED + j] = moved
        real[TRACK + j] = real[TRACK + j] + weight * moved

        kept = weight if meets else weight * real[ALBEDO + j]
        real[WEIGHT + j] = kept
        real[DEPOSIT + j] = weight - kept
        real[REACH + j] = zero if meets else weight * free_path
        left = max(remaining - moved * real[ATTENUATION + j], zero)
        u1 = open_uniform(r1)
        flight = -log_of_uniform(open_uniform(r3))
        real[REMAINING + j] = left if meets else flight
        real[SPARE_FLIGHT + j] = flight
        real[SPARE_UNIFORM + j] = u1

        cosine = scatter_cosine(real[ANISOTROPY + j], u1)
        sine_azimuth, cosine_azimuth = sine_cosine_of_turn(open_uniform(r2))
        tx, ty, tz = turn(ux, uy, uz, cosine, sine_azimuth, cosine_azimuth)
        real[UX + j] = ux if meets else tx
        real[UY + j] = uy if meets else ty
        real[UZ + j] = uz if meets else tz

        at_a = ((x - a0) if boxed else math.sqrt(x * x + y * y)) * per_a
        at_b = (y - b0) * per_b
        at_z = (z - z0) * per_z
        whole[STEP_A + j] = int32(min(at_a if at_a >= zero else steps_a, steps_a))
        whole[STEP_B + j] = int32(min(at_b if at_b >= zero else steps_b, steps_b))
        whole[STEP_Z + j] = int32(min(at_z if at_z >= zero else steps_z, steps_z))

        age = int32(whole[AGE + j] + int32(1))
        whole[AGE + j] = age
        whole[SCATTERED + j] = int32(whole[SCATTERED + j] + (int32(0) if meets else int32(1)))
        weak = int32(FAINT) if kept < floor else int32(NOTHING)
        event = int32(SURFACE) if meets else weak
        whole[EVENT + j] = int32(OLD) if age >= int32(OLDEST) else event


@kernel(**COMPILE)
def score_paths(real: Float32s, whole: Int32s) -> None:
    """For derivatives: what each lane's last step adds to its sums over the stay in its present material."""
    for j in range(LANES):
        path = real[PATH + j] + real[MOVED + j]
        collisions = real[COLLISIONS + j]
        deposit = real[DEPOSIT + j]
        real[PATH + j] = path
        real[SUM_REACH + j] += real[REACH + j]
        real[SUM_PATH + j] += deposit * path
        real[SUM_COLLISIONS + j] += deposit * collisions
        real[COLLISIONS + j] = collisions + (float32(1.0) if real[REACH + j] > float32(0.0) else float32(0.0))


@kernel(**INLINE)
def cell_on_axis(lookup: Int32s, edges: Float32s, step: int, at: float) -> Number:
    """The cell that holds a coordinate: where its fine step begins, then on past every edge it has reached."""
    cell = lookup[step]
    while cell < edges.shape[0] - 1 and at >= edges[cell + 1]:
        cell += 1
    return cell


@kernel(**COMPILE)
def run_block(  # noqa: C901 - a kernel: one loop, its branches are the events of a photon
    photons: int,
    seed: int,
    block: int,
    scene: Scene,
    rays: Rays,
    bins: Bins,
    floor: float,
    derive: bool,
    tally: Tally,
    real: Float32s,
    whole: Int32s,
    paths: Floats,
) -> None:
    """Trace one block of photons into ``tally``. The block's number and the seed fix everything that happens in it."""
    optics, planes, layer_material, n_above, n_below, volumes, volume_material = scene
    kind, radius, focus, centres = rays
    totals, cells, radial, angular, slopes = tally
    a0, b0, z0 = bins.origin[0], bins.origin[1], bins.origin[2]
    per_a, per_b, per_z = bins.per_step[0], bins.per_step[1], bins.per_step[2]
    steps_a, steps_b, steps_z = float32(bins.steps[0]), float32(bins.steps[1]), float32(bins.steps[2])
    stride_a = int32(bins.cells[0] + 1)
    stride_b = int32(bins.cells[1] + 1)
    lookup_a, lookup_b, lookup_z = bins.lookup_a, bins.lookup_b, bins.lookup_z
    edges_a, edges_b, edges_z = bins.edges_a, bins.edges_b, bins.edges_z
    boxed, even = bins.boxed, bins.even
    waiting = photons
    alive = LANES
    steps = 0
    for j in range(LANES):
        for pair in range(2):
            words = seed_of(seed, block, j, pair)
            whole[RANDOM + 2 * pair * LANES + j] = int32(uint32(words >> uint64(32)))
            whole[RANDOM + (2 * pair + 1) * LANES + j] = int32(uint32(words & uint64(0xFFFFFFFF)))
        real[NEAR + j] = NEVER
        real[SPARE_FLIGHT + j] = -log_of_uniform(lane_uniform(whole, j))
        whole[WHICH + j] = int32(PLANE)
        whole[ALIVE + j] = int32(1)
        whole[EVENT + j] = int32(EMPTY)
    while alive > 0:
        # Score every lane: one that met a surface, or is empty, deposits nothing, and asking would cost more.
        listed = 0
        for j in range(LANES):
            a, b, z = whole[STEP_A + j], whole[STEP_B + j], whole[STEP_Z + j]
            if not even:
                at_a = real[X + j] if boxed else math.sqrt(real[X + j] * real[X + j] + real[Y + j] * real[Y + j])
                a = cell_on_axis(lookup_a, edges_a, a, at_a)
                b = cell_on_axis(lookup_b, edges_b, b, real[Y + j])
                z = cell_on_axis(lookup_z, edges_z, z, real[Z + j])
                whole[STEP_A + j] = a
            cell = uint64((z * stride_b + b) * stride_a + a)
            cells[cell, 0] += float64(real[DEPOSIT + j])
            cells[cell, 1] += float64(real[REACH + j])
            whole[LISTED + listed] = j
            listed += 1 if whole[EVENT + j] != NOTHING else 0
        for item in range(listed):
            j = whole[LISTED + item]
            if whole[ALIVE + j] == 0:
                continue
            event = whole[EVENT + j]
            done = False
            if event == SURFACE:
                left = meet_surface(
                    real,
                    whole,
                    j,
                    optics,
                    planes,
                    layer_material,
                    n_above,
                    n_below,
                    volumes,
                    volume_material,
                    totals,
                    slopes,
                    paths,
                    derive,
                )
                if left != 0:
                    leave_material(real, whole, j, totals, slopes, paths, optics, derive)
                    book_exit(real, whole, j, left, optics, totals, radial, angular, boxed, slopes, paths, derive)
                    done = True
            elif event == FAINT:
                leave_material(real, whole, j, totals, slopes, paths, optics, derive)
                weight = real[WEIGHT + j]
                if lane_uniform(whole, j) < float32(SURVIVAL):
                    heavier = weight / float32(SURVIVAL)
                    real[WEIGHT + j] = heavier
                    real[ENTERED + j] = heavier
                    totals[names.ROULETTE] += float64(heavier) - float64(weight)
                else:
                    totals[names.ROULETTE] -= float64(weight)
                    done = True
            elif event == EMPTY:
                done = True
            else:
                leave_material(real, whole, j, totals, slopes, paths, optics, derive)
                totals[names.LOST] += float64(real[WEIGHT + j])
                done = True
            if done:
                if waiting > 0:
                    waiting -= 1
                    launch(
                        real,
                        whole,
                        j,
                        optics,
                        planes,
                        layer_material,
                        n_above,
                        volumes,
                        volume_material,
                        kind,
                        radius,
                        focus,
                        centres,
                        totals,
                    )
                    if derive:
                        begin_paths(real, j, paths)
                else:
                    alive -= 1
                    whole[ALIVE + j] = int32(0)
                    real[WEIGHT + j] = float32(0.0)
        if volumes.shape[0] > 0:
            to_volumes(real, whole, volumes)
        advance(real, whole, boxed, a0, b0, z0, per_a, per_b, per_z, steps_a, steps_b, steps_z, floor)
        if derive:
            score_paths(real, whole)
        steps += alive
    totals[names.STEPS] += steps

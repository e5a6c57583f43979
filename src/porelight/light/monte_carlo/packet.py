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
from porelight.light.monte_carlo.events import launch_photon, meet_surface, score_exit
from porelight.light.monte_carlo.lanes import (
    AGE,
    ALBEDO,
    ALIVE,
    ANISOTROPY,
    ATTENUATION,
    COLLISION_REACH,
    COLLISIONS,
    DEPOSIT,
    ENTERED,
    EVENT,
    EVENT_EMPTY,
    EVENT_FAINT,
    EVENT_NONE,
    EVENT_OLD,
    EVENT_SURFACE,
    FREE_PATH,
    INSIDE_BITS,
    LANES,
    LISTED,
    MOVED,
    NEAR_DISTANCE,
    OLDEST_PHOTON,
    PATH,
    PLANE,
    RANDOM,
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
    SURVIVAL_CHANCE,
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
    INLINE_OPTIONS,
    KERNEL_OPTIONS,
    Number,
    draw_bits,
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
from porelight.light.monte_carlo.step import scatter_cosine, turn_direction
from porelight.light.monte_carlo.surfaces import NO_CROSSING, distance_to_brick, distance_to_crossing


@kernel(**KERNEL_OPTIONS)
def to_volumes(real: Float32s, whole: Int32s, volumes: Float32s) -> None:
    """Distance to the nearest volume surface for every lane, and which it is."""
    for j in range(LANES):
        real[NEAR_DISTANCE + j] = NO_CROSSING
        whole[WHICH + j] = int32(PLANE)
    for k in range(volumes.shape[0]):
        # The volume's numbers into locals, once for all lanes.
        row = volumes[k]
        c0, f, q = names.VOLUME_CENTRE, names.VOLUME_FRAME, names.VOLUME_QUADRIC
        cx, cy, cz = row[c0], row[c0 + 1], row[c0 + 2]
        xx, xy, xz = row[f], row[f + 1], row[f + 2]
        yx, yy, yz = row[f + 3], row[f + 4], row[f + 5]
        zx, zy, zz = row[f + 6], row[f + 7], row[f + 8]
        qa, qb, qc, qd, qe = row[q], row[q + 1], row[q + 2], row[q + 3], row[q + 4]
        low, high, widens = row[names.VOLUME_LOW], row[names.VOLUME_HIGH], row[names.VOLUME_WIDENING]
        half = float32(0.5) * qd
        brick = row[names.VOLUME_IS_BRICK] != float32(0.0)
        for j in range(LANES):
            x = real[X + j] - cx
            y = real[Y + j] - cy
            z = real[Z + j] - cz
            ux, uy, uz = real[UX + j], real[UY + j], real[UZ + j]
            # Place and direction in the volume's own frame, then the quadric along the ray: a t2 + 2 b t + c = 0.
            px = xx * x + xy * y + xz * z
            py = yx * x + yy * y + yz * z
            pz = zx * x + zy * y + zz * z
            dx = xx * ux + xy * uy + xz * uz
            dy = yx * ux + yy * uy + yz * uz
            dz = zx * ux + zy * uy + zz * uz
            a = qa * dx * dx + qb * dy * dy + qc * dz * dz
            b = qa * px * dx + qb * py * dy + (qc * pz + half) * dz
            c = qa * px * px + qb * py * py + (qc * pz + qd) * pz + qe
            inside = ((whole[INSIDE_BITS + j] >> int32(k)) & int32(1)) != 0
            if brick:
                t = distance_to_brick(qa, qb, qc, px, py, pz, dx, dy, dz, inside)
            else:
                t = distance_to_crossing(a, b, c, low, high, widens, pz, dz, inside)
            near = real[NEAR_DISTANCE + j]
            which = whole[WHICH + j]
            closer = t < near
            real[NEAR_DISTANCE + j] = t if closer else near
            whole[WHICH + j] = int32(k) if closer else which


@kernel(**KERNEL_OPTIONS)
def advance_lanes(
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
        # Three random numbers whether they are needed or not: one generator a lane, and no branch.
        r1, s0, s1, s2, s3 = draw_bits(
            uint32(whole[RANDOM + j]),
            uint32(whole[RANDOM + LANES + j]),
            uint32(whole[RANDOM + 2 * LANES + j]),
            uint32(whole[RANDOM + 3 * LANES + j]),
        )
        r2, s0, s1, s2, s3 = draw_bits(s0, s1, s2, s3)
        r3, s0, s1, s2, s3 = draw_bits(s0, s1, s2, s3)
        whole[RANDOM + j] = int32(s0)
        whole[RANDOM + LANES + j] = int32(s1)
        whole[RANDOM + 2 * LANES + j] = int32(s2)
        whole[RANDOM + 3 * LANES + j] = int32(s3)
        # How far to the next plane of the layers or surface of a volume, and how far to the next collision.
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
        to_surface = min(max(to_plane, zero), real[NEAR_DISTANCE + j])
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

        # At a collision the share 1 - albedo of the weight is absorbed (Wang, Jacques and Zheng 1995). At a surface the
        # optical distance that is left is carried on into the next material.
        kept = weight if meets else weight * real[ALBEDO + j]
        real[WEIGHT + j] = kept
        real[DEPOSIT + j] = weight - kept
        real[COLLISION_REACH + j] = zero if meets else weight * free_path
        left = max(remaining - moved * real[ATTENUATION + j], zero)
        u1 = open_uniform(r1)
        flight = -log_of_uniform(open_uniform(r3))
        real[REMAINING + j] = left if meets else flight
        real[SPARE_FLIGHT + j] = flight
        real[SPARE_UNIFORM + j] = u1

        # Turn by Henyey-Greenstein; a photon that met a surface keeps its direction for now.
        cosine = scatter_cosine(real[ANISOTROPY + j], u1)
        sine_azimuth, cosine_azimuth = sine_cosine_of_turn(open_uniform(r2))
        tx, ty, tz = turn_direction(ux, uy, uz, cosine, sine_azimuth, cosine_azimuth)
        real[UX + j] = ux if meets else tx
        real[UY + j] = uy if meets else ty
        real[UZ + j] = uz if meets else tz

        # The fine step of the grid that holds the place; outside is the last step, so that no index is out of range.
        at_a = ((x - a0) if boxed else math.sqrt(x * x + y * y)) * per_a
        at_b = (y - b0) * per_b
        at_z = (z - z0) * per_z
        whole[STEP_A + j] = int32(min(at_a if at_a >= zero else steps_a, steps_a))
        whole[STEP_B + j] = int32(min(at_b if at_b >= zero else steps_b, steps_b))
        whole[STEP_Z + j] = int32(min(at_z if at_z >= zero else steps_z, steps_z))

        # What the plain loop has to see to: a surface, a faint photon, one that goes on for ever.
        age = int32(whole[AGE + j] + int32(1))
        whole[AGE + j] = age
        whole[SCATTERED + j] = int32(whole[SCATTERED + j] + (int32(0) if meets else int32(1)))
        weak = int32(EVENT_FAINT) if kept < floor else int32(EVENT_NONE)
        event = int32(EVENT_SURFACE) if meets else weak
        whole[EVENT + j] = int32(EVENT_OLD) if age >= int32(OLDEST_PHOTON) else event


@kernel(**KERNEL_OPTIONS)
def score_paths(real: Float32s, whole: Int32s) -> None:
    """For derivatives: what each lane's last step adds to its sums over the stay in its present material."""
    for j in range(LANES):
        path = real[PATH + j] + real[MOVED + j]
        collisions = real[COLLISIONS + j]
        deposit = real[DEPOSIT + j]
        real[PATH + j] = path
        real[SUM_REACH + j] += real[COLLISION_REACH + j]
        real[SUM_PATH + j] += deposit * path
        real[SUM_COLLISIONS + j] += deposit * collisions
        real[COLLISIONS + j] = collisions + (float32(1.0) if real[COLLISION_REACH + j] > float32(0.0) else float32(0.0))


@kernel(**INLINE_OPTIONS)
def cell_on_axis(lookup: Int32s, edges: Float32s, step: int, at: float) -> Number:
    """The cell that holds a coordinate: where its fine step begins, then on past every edge it has reached."""
    cell = lookup[step]
    while cell < edges.shape[0] - 1 and at >= edges[cell + 1]:
        cell += 1
    return cell


@kernel(**KERNEL_OPTIONS)
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
    # Every lane has a generator of its own, counted from seed, block and lane: results do not depend on the threads.
    waiting = photons
    alive = LANES
    steps = 0
    for j in range(LANES):
        for pair in range(2):
            words = seed_of(seed, block, j, pair)
            whole[RANDOM + 2 * pair * LANES + j] = int32(uint32(words >> uint64(32)))
            whole[RANDOM + (2 * pair + 1) * LANES + j] = int32(uint32(words & uint64(0xFFFFFFFF)))
        real[NEAR_DISTANCE + j] = NO_CROSSING
        real[SPARE_FLIGHT + j] = -log_of_uniform(lane_uniform(whole, j))
        whole[WHICH + j] = int32(PLANE)
        whole[ALIVE + j] = int32(1)
        whole[EVENT + j] = int32(EVENT_EMPTY)
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
            cells[cell, 1] += float64(real[COLLISION_REACH + j])
            whole[LISTED + listed] = j
            listed += 1 if whole[EVENT + j] != EVENT_NONE else 0
        # The rare events, one lane at a time.
        for item in range(listed):
            j = whole[LISTED + item]
            if whole[ALIVE + j] == 0:
                continue
            event = whole[EVENT + j]
            done = False
            if event == EVENT_SURFACE:
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
                    score_exit(real, whole, j, left, optics, totals, radial, angular, boxed, slopes, paths, derive)
                    done = True
            elif event == EVENT_FAINT:
                # Russian roulette: a faint photon is dropped, or goes on for all those that were.
                leave_material(real, whole, j, totals, slopes, paths, optics, derive)
                weight = real[WEIGHT + j]
                if lane_uniform(whole, j) < float32(SURVIVAL_CHANCE):
                    heavier = weight / float32(SURVIVAL_CHANCE)
                    real[WEIGHT + j] = heavier
                    real[ENTERED + j] = heavier
                    totals[names.ROULETTE] += float64(heavier) - float64(weight)
                else:
                    totals[names.ROULETTE] -= float64(weight)
                    done = True
            elif event == EVENT_EMPTY:
                done = True
            else:
                leave_material(real, whole, j, totals, slopes, paths, optics, derive)
                totals[names.LOST_WEIGHT] += float64(real[WEIGHT + j])
                done = True
            # The lane is free: the next photon, or none when all have been sent.
            if done:
                if waiting > 0:
                    waiting -= 1
                    launch_photon(
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
        advance_lanes(real, whole, boxed, a0, b0, z0, per_a, per_b, per_z, steps_a, steps_b, steps_z, floor)
        if derive:
            score_paths(real, whole)
        steps += alive
    totals[names.STEP_COUNT] += steps

"""The scalar kernel: one photon at a time, 64-bit, library functions, layers only. Slow, plain, and the oracle.

It shares the physics of ``step.py`` with the packet kernel and nothing else: not the lanes, not the generator, not
the polynomials, not the bookkeeping of absorbed weight. Where both agree, those are right.
"""

from __future__ import annotations

import math

import numpy as np

from porelight.arrays import Floats
from porelight.compiled import kernel
from porelight.light.monte_carlo import scene as names
from porelight.light.monte_carlo.maths import KERNEL_OPTIONS, Number, seed_of, uint64
from porelight.light.monte_carlo.scene import Bins, Float32s, Rays, Scene, Tally
from porelight.light.monte_carlo.step import beam_ray, fresnel, scatter_cosine, turn_direction

SURVIVAL_CHANCE = 0.1
OLDEST_PHOTON = 1 << 22
UNREACHED = 1e30


@kernel(**(KERNEL_OPTIONS | {"_nrt": True}))
def draw_uniform(state: names.Words) -> float:
    """A 53-bit uniform number in (0, 1) of the generator splitmix64 (Steele, Lea and Flood 2014)."""
    state[0] += uint64(0x9E3779B97F4A7C15)
    x = state[0]
    x = (x ^ (x >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> uint64(27))) * uint64(0x94D049BB133111EB)
    x ^= x >> uint64(31)
    return (float(x >> uint64(12)) + 0.5) * 2.0**-52


@kernel(**(KERNEL_OPTIONS | {"_nrt": True}))
def cell_of(edges: Float32s, at: float) -> Number:
    """The cell that holds a coordinate; the one after the last is outside."""
    outside = edges.shape[0] - 1
    if at < edges[0] or at >= edges[outside]:
        return outside
    return np.searchsorted(edges, at, side="right") - 1


@kernel(**(KERNEL_OPTIONS | {"_nrt": True}))
def score_deposit(cells: Floats, bins: Bins, x: float, y: float, z: float, deposit: float, reach: float) -> None:
    """Put an absorbed weight, and weight times path, into the cell that holds a point."""
    a = cell_of(bins.edges_a, x if bins.boxed else math.sqrt(x * x + y * y))
    b = cell_of(bins.edges_b, y) if bins.boxed else 0
    k = (cell_of(bins.edges_z, z) * (bins.cells[1] + 1) + b) * (bins.cells[0] + 1) + a
    cells[k, 0] += deposit
    cells[k, 1] += reach


@kernel(**(KERNEL_OPTIONS | {"_nrt": True}))
def score_exit(
    tally: Tally, bins: Bins, side: int, x: float, y: float, cosine: float, weight: float, scattered: bool
) -> None:
    """Score a photon that left through the top (0) or the bottom (1)."""
    if not scattered:
        tally.totals[names.SPECULAR if side == 0 else names.UNSCATTERED] += weight
        return
    tally.totals[names.DIFFUSE if side == 0 else names.TRANSMITTED] += weight
    tally.radial[side, cell_of(bins.rings, math.sqrt(x * x + y * y))] += weight
    angles = tally.angular.shape[1]
    tally.angular[side, min(int(math.acos(min(abs(cosine), 1.0)) * angles / (0.5 * math.pi)), angles - 1)] += weight


@kernel(**(KERNEL_OPTIONS | {"_nrt": True}))
def run_block(
    photons: int, seed: int, block: int, scene: Scene, rays: Rays, bins: Bins, floor: float, tally: Tally
) -> None:
    """Trace one block of photons into ``tally``."""
    state = np.empty(1, np.uint64)
    state[0] = seed_of(seed, block, 0, 2)
    totals = tally.totals
    layers = scene.layer_material.shape[0]
    for _ in range(photons):
        # Launch: a place in the beam, and what enters is refracted.
        x, y, ux, uy, uz = beam_ray(
            rays.kind, float(rays.radius), float(rays.focus), draw_uniform(state), draw_uniform(state)
        )
        beam = int(draw_uniform(state) * rays.centres.shape[0])
        x += rays.centres[beam, 0]
        y += rays.centres[beam, 1]
        z = float(scene.planes[0])
        layer = 0
        n = float(scene.optics[scene.layer_material[0], names.OPTICS_INDEX])
        reflected, beyond = fresnel(float(scene.n_above), n, uz)
        totals[names.SPECULAR] += reflected
        ux *= scene.n_above / n
        uy *= scene.n_above / n
        uz = beyond
        weight = 1.0 - reflected
        scattered = False
        remaining = -math.log(draw_uniform(state))
        for _step in range(OLDEST_PHOTON):
            totals[names.STEP_COUNT] += 1.0
            # Distances to the next plane and to the next collision: the shorter one happens.
            material = scene.layer_material[layer]
            attenuation = float(scene.optics[material, names.OPTICS_ATTENUATION])
            plane = float(scene.planes[layer + 1] if uz > 0.0 else scene.planes[layer])
            to_plane = (plane - z) / uz if uz != 0.0 else UNREACHED
            to_collision = remaining / attenuation if attenuation > 0.0 else UNREACHED
            absorption = float(scene.optics[material, names.OPTICS_ABSORPTION])
            track = names.FIRST_ABSORBED + scene.optics.shape[0] + material
            totals[track] += weight * absorption * min(to_plane, to_collision) if absorption > 0.0 else 0.0
            if to_plane < to_collision:
                x += ux * to_plane
                y += uy * to_plane
                z = plane
                remaining -= to_plane * attenuation
                beyond_layer = layer + 1 if uz > 0.0 else layer - 1
                n = float(scene.optics[material, names.OPTICS_INDEX])
                if beyond_layer < 0:
                    n_beyond = float(scene.n_above)
                elif beyond_layer == layers:
                    n_beyond = float(scene.n_below)
                else:
                    n_beyond = float(scene.optics[scene.layer_material[beyond_layer], names.OPTICS_INDEX])
                reflected, cosine = fresnel(n, n_beyond, abs(uz))
                if draw_uniform(state) < reflected:
                    uz = -uz
                    continue
                ux *= n / n_beyond
                uy *= n / n_beyond
                uz = cosine if uz > 0.0 else -cosine
                layer = beyond_layer
                if layer < 0 or layer == layers:
                    score_exit(tally, bins, 0 if layer < 0 else 1, x, y, uz, weight, scattered)
                    weight = 0.0
                    break
                continue
            # A collision: absorb, score, scatter.
            x += ux * to_collision
            y += uy * to_collision
            z += uz * to_collision
            deposit = weight * (1.0 - float(scene.optics[material, names.OPTICS_ALBEDO]))
            totals[names.FIRST_ABSORBED + material] += deposit
            score_deposit(tally.cells, bins, x, y, z, deposit, weight / attenuation)
            weight -= deposit
            scattered = True
            azimuth = 2.0 * math.pi * draw_uniform(state)
            cosine = scatter_cosine(float(scene.optics[material, names.OPTICS_ANISOTROPY]), draw_uniform(state))
            ux, uy, uz = turn_direction(ux, uy, uz, cosine, math.sin(azimuth), math.cos(azimuth))
            remaining = -math.log(draw_uniform(state))
            # Russian roulette.
            if weight < floor:
                if draw_uniform(state) < SURVIVAL_CHANCE:
                    totals[names.ROULETTE] += weight / SURVIVAL_CHANCE - weight
                    weight /= SURVIVAL_CHANCE
                else:
                    totals[names.ROULETTE] -= weight
                    weight = 0.0
                    break
        totals[names.LOST_WEIGHT] += weight

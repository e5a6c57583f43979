"""The rare events of a photon, one lane at a time: it starts, it meets a surface, it leaves."""

from __future__ import annotations

import math

from porelight.arrays import Floats
from porelight.compiled import kernel
from porelight.light.monte_carlo import scene as names
from porelight.light.monte_carlo.lanes import (
    AGE,
    ENTRY_DEPTH,
    INSIDE_BITS,
    LAYER,
    MATERIAL,
    MOVED,
    NEAR_DISTANCE,
    PLANE,
    REMAINING,
    SCATTERED,
    SPARE_FLIGHT,
    SPARE_UNIFORM,
    STEP_A,
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
    add_slopes,
    into_layer,
    into_material,
    lane_uniform,
    leave_material,
    remember_path,
)
from porelight.light.monte_carlo.maths import INLINE_OPTIONS, float32, float64, int32
from porelight.light.monte_carlo.scene import Float32s, Int32s
from porelight.light.monte_carlo.step import beam_ray, fresnel, mirror_direction, refract_direction
from porelight.light.monte_carlo.surfaces import crossed_normal, material_at, volumes_containing


@kernel(**INLINE_OPTIONS)
def launch_photon(
    real: Float32s,
    whole: Int32s,
    j: int,
    optics: Float32s,
    planes: Float32s,
    layer_material: Int32s,
    n_above: float,
    volumes: Float32s,
    volume_material: Int32s,
    kind: int,
    radius: float,
    focus: float,
    centres: Float32s,
    totals: Floats,
) -> None:
    """A new photon for lane ``j``: a place in the beam; what enters is refracted, the rest counts as reflected."""
    # Place and direction in the beam, and which beam of a pattern.
    x, y, ux, uy, uz = float32(0.0), float32(0.0), float32(0.0), float32(0.0), float32(1.0)
    if kind != names.PENCIL:
        x, y, ux, uy, uz = beam_ray(kind, radius, focus, lane_uniform(whole, j), lane_uniform(whole, j))
    beams = centres.shape[0]
    beam = min(int32(lane_uniform(whole, j) * float32(beams)), int32(beams - 1)) if beams > 1 else int32(0)
    x += centres[beam, 0]
    y += centres[beam, 1]
    z = planes[0]
    mask = int32(0)
    if volumes.shape[0] > 0:
        mask = volumes_containing(volumes, x, y, z + ENTRY_DEPTH)
    material = material_at(volume_material, layer_material, mask, 0)
    # What Fresnel's formulas send back is counted at once, and only the rest enters: no photon is wasted on it.
    n = optics[material, names.OPTICS_INDEX]
    reflected, beyond, ratio = float32(0.0), uz, float32(1.0)
    if n != n_above:
        reflected, beyond = fresnel(n_above, n, uz)
        ratio = n_above / n
        totals[names.SPECULAR] += float64(reflected)
    real[X + j] = x
    real[Y + j] = y
    real[Z + j] = z
    real[UX + j] = ux * ratio
    real[UY + j] = uy * ratio
    real[UZ + j] = beyond
    real[WEIGHT + j] = float32(1.0) - reflected
    real[REMAINING + j] = real[SPARE_FLIGHT + j]
    real[TRACK + j] = float32(0.0)
    whole[INSIDE_BITS + j] = mask
    whole[SCATTERED + j] = int32(0)
    whole[AGE + j] = int32(0)
    into_layer(real, whole, j, planes, 0)
    into_material(real, whole, j, optics, material)


@kernel(**INLINE_OPTIONS)
def meet_surface(
    real: Float32s,
    whole: Int32s,
    j: int,
    optics: Float32s,
    planes: Float32s,
    layer_material: Int32s,
    n_above: float,
    n_below: float,
    volumes: Float32s,
    volume_material: Int32s,
    totals: Floats,
    slopes: Floats,
    paths: Floats,
    derive: bool,
) -> int:
    """Reflect lane ``j`` or carry it through the surface it has reached.

    Returns 0 where the photon goes on, 1 where it left through the top, 2 through the bottom.
    """
    ux = real[UX + j]
    uy = real[UY + j]
    uz = real[UZ + j]
    volume = whole[WHICH + j]
    layer = whole[LAYER + j]
    mask = whole[INSIDE_BITS + j]
    material = whole[MATERIAL + j]
    n_from = optics[material, names.OPTICS_INDEX]
    n_to = n_from
    to_layer = layer
    to_material = material
    left = 0
    nx = float32(0.0)
    ny = float32(0.0)
    nz = float32(1.0)
    # Which surface: of a volume, or a plane of the layers; what lies beyond it, and its normal.
    at_volume = volume != int32(PLANE) and real[MOVED + j] >= real[NEAR_DISTANCE + j]
    if at_volume:
        leaving = ((mask >> volume) & int32(1)) != 0
        nx, ny, nz = crossed_normal(volumes, volume, real[X + j], real[Y + j], real[Z + j], ux, uy, uz, leaving)
        mask = int32(mask ^ int32(int32(1) << volume))
        to_material = material_at(volume_material, layer_material, mask, layer)
        n_to = optics[to_material, names.OPTICS_INDEX]
    else:
        to_layer = int32(layer + int32(1)) if uz > float32(0.0) else int32(layer - int32(1))
        real[Z + j] = real[Z_HIGH + j] if uz > float32(0.0) else real[Z_LOW + j]
        if to_layer < 0:
            left = 1
            n_to = n_above
        elif to_layer >= layer_material.shape[0]:
            left = 2
            n_to = n_below
        else:
            to_material = material_at(volume_material, layer_material, mask, to_layer)
            n_to = optics[to_material, names.OPTICS_INDEX]
    # Reflect by chance, as often as Fresnel's formulas say, or refract.
    if n_from != n_to:
        along = ux * nx + uy * ny + uz * nz
        reflected, beyond = fresnel(n_from, n_to, min(abs(along), float32(1.0)))
        if real[SPARE_UNIFORM + j] < reflected:
            real[UX + j], real[UY + j], real[UZ + j] = mirror_direction(ux, uy, uz, nx, ny, nz, along)
            return 0
        ratio = n_from / n_to
        real[UX + j], real[UY + j], real[UZ + j] = refract_direction(ux, uy, uz, nx, ny, nz, along, ratio, beyond)
    if left != 0:
        return left
    # Through: the lane takes over layer and material beyond; what it lost in the old material is booked.
    whole[INSIDE_BITS + j] = mask
    if to_layer != layer:
        into_layer(real, whole, j, planes, to_layer)
    if to_material != material:
        leave_material(real, whole, j, totals, slopes, paths, optics, derive)
        into_material(real, whole, j, optics, to_material)
        if derive:
            remember_path(real, whole, j, paths)
    return 0


@kernel(**INLINE_OPTIONS)
def score_exit(
    real: Float32s,
    whole: Int32s,
    j: int,
    left: int,
    optics: Float32s,
    totals: Floats,
    radial: Floats,
    angular: Floats,
    boxed: bool,
    slopes: Floats,
    paths: Floats,
    derive: bool,
) -> None:
    """Score a photon that has left through the top (1) or the bottom (2)."""
    weight = float64(real[WEIGHT + j])
    side = left - 1
    if derive:
        for k in range(paths.shape[0]):
            add_slopes(slopes[side], k, weight, paths[k, 0, j], paths[k, 1, j], optics)
    if whole[SCATTERED + j] == 0:
        totals[names.SPECULAR if side == 0 else names.UNSCATTERED] += weight
        return
    totals[names.DIFFUSE if side == 0 else names.TRANSMITTED] += weight
    ring = int32(0) if boxed else whole[STEP_A + j]
    radial[side, ring] += weight
    angles = angular.shape[1]
    angle = math.acos(min(abs(real[UZ + j]), float32(1.0))) * float32(2.0 / math.pi)
    angular[side, max(min(int32(angle * float32(angles)), int32(angles - 1)), int32(0))] += weight

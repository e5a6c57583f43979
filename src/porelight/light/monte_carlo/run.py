"""Photon transport from start to end: a medium and a beam in, a :class:`Transport` with standard errors out."""

from __future__ import annotations

import collections
import concurrent.futures
import math
import os
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np

from porelight import units
from porelight.fields import Grid
from porelight.light.monte_carlo import lanes, packet, scalar
from porelight.light.monte_carlo import scene as names
from porelight.light.monte_carlo.beams import Beam
from porelight.light.monte_carlo.medium import Material, Medium, layers_of, volumes_of
from porelight.light.monte_carlo.results import Derivatives, Estimate, Field, Transport
from porelight.light.monte_carlo.scene import Bins, Rays, Scene, Tally
from porelight.light.monte_carlo.tallies import Box, Sums, bins_of, tally_for
from porelight.refusal import Refusal
from porelight.version import __version__

Progress = Callable[[float], None]
Spare = collections.deque[Tally]
Trace = Callable[[int, int], Tally]
"""Photons and the number of their block in, what they scored out."""

ROULETTE_WEIGHT = 0.1
"""Weight below which a photon plays roulette. Measured in skin at 1726 nm: the light in a gland is known to 1 % in half
the time that 1e-2 takes and a third of 1e-4, the custom; coarser still, cells six millimetres deep become noisy."""
EXIT_ANGLES = 30
MOST_BLOCKS = 256
FEWEST_BLOCKS = 32
"""Blocks from which a standard error is estimated: with 32 it is itself known to 13 %."""
PHOTONS_PER_BLOCK = 4096
"""Photons of a block when their number is not fixed beforehand: enough that filling and draining a packet is cheap."""
MANY_CELLS = 20_000
MOST_PHOTONS = 1 << 32


def transport(
    medium: Medium,
    beam: Beam,
    *,
    photons: int | None = None,
    relative_error: tuple[str, float] | None = None,
    grid: Grid | Box | None = None,
    seed: int,
    threads: int | None = None,
    derivatives: bool = False,
    progress: Progress | None = None,
    kernel: Literal["packet", "scalar"] = "packet",
) -> Transport:
    """Follow photons of ``beam`` through ``medium``, and say where the light goes.

    Args:
        medium: layers, with volumes in them or without.
        beam: falls from above, its middle on the axis.
        photons: how many to follow; or else
        relative_error: (region, error): follow photons until the error of what that material absorbs (by path), or of
            ``"reflectance"`` or ``"transmittance"``, is this share of it, e.g. ``("gland", 0.01)``.
        grid: cells for energy density and fluence, around the axis or Cartesian; None for totals alone.
        seed: of the random numbers; the same seed gives the same result on any number of threads.
        threads: how many to use; all processors by default.
        derivatives: also score derivatives with respect to mu_a and mu_s of each material.
        progress: called with the share that is done, between 0 and 1.
        kernel: ``"scalar"`` is the slow 64-bit oracle for layers, kept to test and time the packet kernel.

    Validity: incoherent light in matter much larger than the wavelength; Henyey-Greenstein scattering.

    Raises:
        Refusal: what is asked makes no sense, named.

    Reference: Wang, Jacques and Zheng 1995, Comput Methods Programs Biomed 47:131-146 (weights, roulette, tallies).
    """
    _check_request(medium, beam, photons, relative_error, grid, seed, threads, derivatives, kernel)
    materials = medium.materials_named
    bins = bins_of(grid)
    spare: Spare = collections.deque()
    trace = _make_tracer(_pack_scene(medium, materials), beam.rays(), bins, seed, derivatives, kernel, spare)
    sizes = _block_sizes(photons, math.prod(bins.cells)) if photons is not None else _endless_sizes()
    enough = _make_stop_rule(relative_error, photons, [material.name for material in materials], progress)
    sums = Sums()
    for size, tally in _in_order(trace, sizes, threads or os.cpu_count() or 1):
        sums.add(tally, size)
        spare.append(tally)
        if enough(sums):
            break
    return _make_result(medium, beam, grid, seed, sums, materials, derivatives)


def _check_request(
    medium: Medium,
    beam: Beam,
    photons: int | None,
    relative_error: tuple[str, float] | None,
    grid: Grid | Box | None,
    seed: int,
    threads: int | None,
    derivatives: bool,
    kernel: str,
) -> None:
    where = "light transport"
    if (photons is None) == (relative_error is None):
        raise Refusal(
            "photons or relative_error must be given, and not both", where=where, advice="Choose one of the two"
        )
    if photons is not None and not 2 <= photons <= MOST_PHOTONS:
        raise Refusal(f"{photons} photons cannot be followed", where=where, advice=f"Use between 2 and {MOST_PHOTONS}")
    if relative_error is not None:
        _check_region(medium, *relative_error)
    if not 0 <= seed < 1 << 63:
        raise Refusal(f"seed {seed} is out of range", where=where, advice="Use a whole number from 0 to 2**63 - 1")
    if threads is not None and threads < 1:
        raise Refusal(f"{threads} threads cannot work", where=where, advice="Use 1 or more, or leave it out")
    if kernel == "scalar" and (volumes_of(medium) or derivatives):
        raise Refusal(
            "the scalar kernel knows layers only, without derivatives", where=where, advice="Use the packet kernel"
        )
    if grid is not None and not _holds_beam(grid, beam):
        raise Refusal(
            f"the {beam.profile} beam reaches {beam.reach / units.um:.4g} um from the axis, outside the grid",
            where=where,
            advice="Widen the grid, or narrow the beam",
        )


def _check_region(medium: Medium, region: str, error: float) -> None:
    regions = ["reflectance", "transmittance", *(material.name for material in medium.materials_named)]
    if region not in regions:
        raise Refusal(
            f"region {region!r} is not in this medium",
            where="relative_error",
            advice=f"Use one of {', '.join(regions)}",
        )
    if not 1e-6 <= error < 1.0:
        raise Refusal(
            f"relative error {error} is not between 1e-6 and 1", where="relative_error", advice="Use 0.01 for 1 %"
        )


def _holds_beam(grid: Grid | Box, beam: Beam) -> bool:
    if isinstance(grid, Grid):
        return beam.reach < float(grid.r_edges[-1])
    x, y = grid.x_edges, grid.y_edges
    return all(x[0] <= cx <= x[-1] and y[0] <= cy <= y[-1] for cx, cy in beam.centres)


def _pack_scene(medium: Medium, materials: tuple[Material, ...]) -> Scene:
    """The medium as the kernels read it."""
    layers = layers_of(medium)
    volumes = volumes_of(medium)
    edges = layers.top + np.cumsum([0.0, *(slab.thickness for slab in layers.stack)])
    rows = [volume.shape.row() for volume in volumes]
    return Scene(
        optics=np.array([_pack_optics(material) for material in materials], np.float32),
        planes=np.minimum(edges / units.mm, names.FAR).astype(np.float32),
        layer_material=np.array([materials.index(slab.material) for slab in layers.stack], np.int32),
        n_above=np.float32(layers.above),
        n_below=np.float32(layers.below),
        volumes=np.array(rows, np.float32).reshape(len(rows), names.VOLUME_COLUMNS),
        volume_material=np.array([materials.index(volume.material) for volume in volumes], np.int32),
    )


def _pack_optics(material: Material) -> list[float]:
    absorption, scattering = material.absorption * units.mm, material.scattering * units.mm
    attenuation = absorption + scattering
    row = [0.0] * names.OPTICS_COLUMNS
    # Everything a step divides by is inverted here once; matter without attenuation gets a path beyond every surface.
    row[names.OPTICS_INDEX] = material.refractive_index
    row[names.OPTICS_ATTENUATION] = attenuation
    row[names.OPTICS_FREE_PATH] = 1.0 / attenuation if attenuation > 0.0 else 10.0 * float(names.FAR)
    row[names.OPTICS_ALBEDO] = scattering / attenuation if attenuation > 0.0 else 1.0
    row[names.OPTICS_ANISOTROPY] = material.anisotropy
    row[names.OPTICS_SCATTERING] = scattering
    row[names.OPTICS_ABSORPTION] = absorption
    return row


def _make_tracer(
    scene: Scene, rays: Rays, bins: Bins, seed: int, derivatives: bool, kernel: str, spare: Spare
) -> Trace:
    """The function that traces one block; every call has arrays of its own, so calls may run side by side.

    Emptied tallies are taken from ``spare``: a large grid is not laid out anew for every block.
    """
    materials = len(scene.optics)
    floor = np.float32(ROULETTE_WEIGHT)

    def empty() -> Tally:
        try:
            return spare.pop()
        except IndexError:
            return tally_for(bins, materials, EXIT_ANGLES)

    def by_packet(photons: int, block: int) -> Tally:
        tally = empty()
        real = np.zeros(lanes.REAL_FIELDS * lanes.LANES, np.float32)
        whole = np.zeros(lanes.WHOLE_FIELDS * lanes.LANES, np.int32)
        paths = np.zeros((materials, 2, lanes.LANES))
        packet.run_block(photons, seed, block, scene, rays, bins, floor, derivatives, tally, real, whole, paths)
        return tally

    def by_scalar(photons: int, block: int) -> Tally:
        tally = empty()
        scalar.run_block(photons, seed, block, scene, rays, bins, float(floor), tally)
        return tally

    return by_packet if kernel == "packet" else by_scalar


def _block_sizes(photons: int, cells: int) -> Iterator[int]:
    """Block sizes for a fixed number of photons: a fixed partition, as even as can be.

    Each block has cells of its own that are summed up after it; where these are many, the blocks are fewer.
    """
    # Many blocks make a good standard error; on a large grid each costs a pass over all its cells.
    most = MOST_BLOCKS if cells < MANY_CELLS else MOST_BLOCKS // 4
    blocks = min(max(photons // PHOTONS_PER_BLOCK, FEWEST_BLOCKS), most, photons)
    for block in range(blocks):
        yield photons * (block + 1) // blocks - photons * block // blocks


def _endless_sizes() -> Iterator[int]:
    for _ in range(MOST_PHOTONS // PHOTONS_PER_BLOCK):
        yield PHOTONS_PER_BLOCK


def _in_order(trace: Trace, sizes: Iterator[int], threads: int) -> Iterator[tuple[int, Tally]]:
    """Trace blocks on several threads, and hand them out in their own order with their sizes."""
    if threads == 1:
        for block, size in enumerate(sizes):
            yield size, trace(size, block)
        return
    pool = concurrent.futures.ThreadPoolExecutor(threads)
    running: collections.deque[tuple[int, concurrent.futures.Future[Tally]]] = collections.deque()
    try:
        for block, size in enumerate(sizes):
            running.append((size, pool.submit(trace, size, block)))
            # No more blocks under way than there are threads and one: each holds a whole tally.
            if len(running) > threads:
                done, future = running.popleft()
                yield done, future.result()
        for done, future in running:
            yield done, future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _make_stop_rule(
    relative_error: tuple[str, float] | None, photons: int | None, materials: list[str], progress: Progress | None
) -> Callable[[Sums], bool]:
    """After each block: report the progress, and whether the wanted error is reached."""

    def report(share: float) -> None:
        if progress is not None:
            progress(min(share, 1.0))

    def by_count(sums: Sums) -> bool:
        report(sums.photons / (photons or 1))
        return False

    if relative_error is None:
        return by_count
    region, wanted = relative_error

    def by_error(sums: Sums) -> bool:
        if sums.blocks < FEWEST_BLOCKS:
            return False
        # A standard error from few blocks is itself too uncertain to stop by.
        found = _estimate_region(sums, region, materials)
        if found.value == 0.0 and sums.blocks >= 8 * MOST_BLOCKS:
            raise Refusal(
                f"no light of {sums.photons} photons reached {region!r}",
                where="relative_error",
                advice="Check its place and the wavelength, or ask for a number of photons instead",
            )
        report((wanted / found.relative_error) ** 2 if found.value > 0.0 else 0.0)
        return found.relative_error <= wanted

    return by_error


def _estimate_region(sums: Sums, region: str, materials: list[str]) -> Estimate:
    rows = {"reflectance": [names.SPECULAR, names.DIFFUSE], "transmittance": [names.UNSCATTERED, names.TRANSMITTED]}
    columns = rows.get(region) or [names.FIRST_ABSORBED + len(materials) + materials.index(region)]
    mean, error = sums.mean().totals[columns], sums.standard_error().totals[columns]
    return Estimate(float(mean.sum()), float(np.hypot.reduce(error)))


def _make_result(
    medium: Medium,
    beam: Beam,
    grid: Grid | Box | None,
    seed: int,
    sums: Sums,
    materials: tuple[Material, ...],
    derivatives: bool,
) -> Transport:
    mean, error = sums.mean(), sums.standard_error()
    totals = [Estimate(float(a), float(b)) for a, b in zip(mean.totals, error.totals, strict=True)]
    absorbed = {material.name: totals[names.FIRST_ABSORBED + k] for k, material in enumerate(materials)}
    by_path = {material.name: totals[names.FIRST_ABSORBED + len(materials) + k] for k, material in enumerate(materials)}
    return Transport(
        medium=medium,
        beam=beam,
        grid=grid,
        photons=sums.photons,
        seed=seed,
        version=__version__,
        specular=totals[names.SPECULAR],
        diffuse=totals[names.DIFFUSE],
        unscattered=totals[names.UNSCATTERED],
        transmitted=totals[names.TRANSMITTED],
        absorbed=absorbed,
        absorbed_by_path=by_path,
        roulette=totals[names.ROULETTE].value,
        lost=totals[names.LOST_WEIGHT].value,
        steps=totals[names.STEP_COUNT].value,
        density=_on_grid(grid, mean, error, 0, 1.0),
        fluence=_on_grid(grid, mean, error, 1, units.mm),
        radial=_radial_fields(grid, mean, error),
        angular=_angular_fields(mean, error),
        derivatives=_make_derivatives(mean, error, materials) if derivatives else None,
    )


def _on_grid(grid: Grid | Box | None, mean: Tally, error: Tally, column: int, scale: float) -> Field | None:
    """A column of the cells per cell volume, the outside left off."""
    if grid is None:
        return None
    full = tuple(n + 1 for n in grid.shape)
    inside = tuple(slice(0, n) for n in grid.shape)
    value, spread = (scored.cells[:, column].reshape(full)[inside] * scale / grid.volume for scored in (mean, error))
    return Field(value, spread)


def _radial_fields(grid: Grid | Box | None, mean: Tally, error: Tally) -> tuple[Field, Field] | None:
    if not isinstance(grid, Grid):
        return None
    area = np.pi * np.diff(grid.r_edges**2)
    up, down = (Field(mean.radial[side, :-1] / area, error.radial[side, :-1] / area) for side in (0, 1))
    return up, down


def _angular_fields(mean: Tally, error: Tally) -> tuple[Field, Field]:
    # Per steradian: a bin near the normal is a small cap, one near the surface a wide band.
    edges = np.linspace(0.0, 0.5 * math.pi, mean.angular.shape[1] + 1)
    solid_angle = 2.0 * np.pi * (np.cos(edges[:-1]) - np.cos(edges[1:]))
    up, down = (Field(mean.angular[side] / solid_angle, error.angular[side] / solid_angle) for side in (0, 1))
    return up, down


def _make_derivatives(mean: Tally, error: Tally, materials: tuple[Material, ...]) -> Derivatives:
    listed = tuple(material.name for material in materials)
    fields = [Field(mean.slopes[:, :, k] * units.mm, error.slopes[:, :, k] * units.mm) for k in (0, 1)]
    return Derivatives(("reflectance", "transmittance", *listed), listed, *fields)

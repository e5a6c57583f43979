"""What a run says about itself: errors that match the spread over seeds, threads that change nothing, energy kept."""

from __future__ import annotations

import math

import numpy as np
import pytest

from porelight.fields import Grid
from porelight.light import monte_carlo
from porelight.light.monte_carlo import Transport, gaussian_1e2, pencil
from porelight.units import mm
from tests.light.media import DEEP, THREE_LAYERS, VAN_DE_HULST, apart, material, stack

GRID = Grid(np.linspace(0.0, 3 * mm, 13), np.linspace(0.0, 4 * mm, 9))


def run(seed: int, threads: int = 1, photons: int = 20_000) -> Transport:
    return monte_carlo.transport(THREE_LAYERS, pencil(), photons=photons, grid=GRID, seed=seed, threads=threads)


@pytest.mark.slow
def test_reported_errors_match_the_spread_over_seeds() -> None:
    # 120 close seeds: a variance is known to sqrt(2 / 119) = 13 %, and its ratio may be off by 4 of that.
    runs = [run(seed) for seed in range(120)]
    for found in zip(*((r.diffuse, r.transmitted, r.absorbed["second"]) for r in runs), strict=True):
        spread = np.var([estimate.value for estimate in found], ddof=1)
        reported = np.mean([estimate.standard_error**2 for estimate in found])
        assert 0.48 < spread / reported < 1.52


def test_reported_errors_of_cells_match_too() -> None:
    runs = [run(seed, photons=10_000) for seed in range(200, 280)]
    values = np.array([r.density.value for r in runs if r.density])
    reported = np.mean([r.density.standard_error**2 for r in runs if r.density], axis=0)
    ratio = np.var(values, axis=0, ddof=1)[:, :6] / reported[:, :6]
    assert 0.85 < float(np.median(ratio)) < 1.15
    assert float(ratio.max()) < 3.0


def test_close_seeds_are_as_unlike_as_distant_ones() -> None:
    values = np.array([run(seed).diffuse.value for seed in range(400, 480)])
    steps = np.diff(values)
    # Independent neighbours: the mean square step is twice the variance, to 4 times 1.7 / sqrt(79).
    assert 0.24 < np.mean(steps**2) / (2 * np.var(values, ddof=1)) < 1.76


def test_one_thread_and_two_give_the_same_numbers() -> None:
    one, two = run(7, threads=1), run(7, threads=2)
    assert one.absorbed == two.absorbed
    assert one.diffuse == two.diffuse
    assert one.density is not None
    assert two.density is not None
    np.testing.assert_array_equal(one.density.value, two.density.value)
    np.testing.assert_array_equal(one.density.standard_error, two.density.standard_error)


def test_two_seeds_do_not() -> None:
    assert run(1).diffuse != run(2).diffuse


@pytest.mark.parametrize("photons", [2, 63, 64, 65, 1000])
def test_few_photons_are_all_followed(photons: int) -> None:
    found = monte_carlo.transport(DEEP, pencil(), photons=photons, seed=1)
    assert found.photons == photons
    assert abs(found.balance) < 1e-6


def test_the_grid_and_what_falls_outside_hold_all_the_energy() -> None:
    wide = Grid(np.array([0.0, 1e6]), np.array([0.0, 1.0]))
    found = monte_carlo.transport(THREE_LAYERS, pencil(), photons=50_000, grid=wide, seed=3)
    assert found.density is not None
    assert found.fluence is not None
    total = sum(estimate.value for estimate in found.absorbed.values())
    assert float((found.density.value * wide.volume).sum()) == pytest.approx(total, rel=1e-5)


def test_density_is_absorption_times_fluence() -> None:
    grid = Grid(np.linspace(0.0, 3 * mm, 4), np.array([0.0, 1.0, 2.0, 4.0]) * mm)
    found = monte_carlo.transport(THREE_LAYERS, pencil(), photons=50_000, grid=grid, seed=3)
    assert found.density is not None
    assert found.fluence is not None
    absorption = np.array([[100.0], [100.0], [200.0]])
    np.testing.assert_allclose(found.density.value, absorption * found.fluence.value, rtol=1e-5)


def test_an_uneven_grid_sums_up_to_an_even_one() -> None:
    even = Grid(np.linspace(0.0, 2 * mm, 201), np.linspace(0.0, 4 * mm, 401))
    uneven = Grid(even.r_edges[[0, 1, 3, 10, 40, 200]], even.z_edges[[0, 2, 3, 50, 51, 400]])
    fine, coarse = (
        monte_carlo.transport(THREE_LAYERS, gaussian_1e2(0.5 * mm), photons=30_000, grid=grid, seed=5)
        for grid in (even, uneven)
    )
    assert fine.density is not None
    assert coarse.density is not None
    joules = np.add.reduceat(fine.density.value * even.volume, [0, 2, 3, 50, 51], axis=0)
    joules = np.add.reduceat(joules, [0, 1, 3, 10, 40], axis=1)
    # A deposit within a rounding error of an edge may fall on either side.
    np.testing.assert_allclose(coarse.density.value * uneven.volume, joules, rtol=2e-3, atol=1e-6)


@pytest.mark.slow
def test_packet_and_scalar_kernel_agree_everywhere() -> None:
    beam = gaussian_1e2(1 * mm)
    fast = monte_carlo.transport(THREE_LAYERS, beam, photons=400_000, grid=GRID, seed=6)
    slow = monte_carlo.transport(THREE_LAYERS, beam, photons=60_000, grid=GRID, seed=6, kernel="scalar")
    assert fast.density is not None
    assert slow.density is not None
    scores = (fast.density.value - slow.density.value) / np.hypot(
        fast.density.standard_error, slow.density.standard_error
    )
    # 96 cells, correlated within a photon: none beyond 4.5, spread near one.
    assert float(np.abs(scores).max()) < 4.5
    assert 0.5 < float(scores.std()) < 1.5
    for name in fast.absorbed:
        assert apart(fast.absorbed[name], slow.absorbed[name].value, slow.absorbed[name].standard_error) < 4


def test_a_wanted_error_is_reached_and_reported() -> None:
    told: list[float] = []
    found = monte_carlo.transport(
        THREE_LAYERS, pencil(), relative_error=("second", 0.01), seed=8, threads=2, progress=told.append
    )
    assert found.absorbed_by_path["second"].relative_error <= 0.01
    assert told[-1] == 1.0
    assert all(0.0 <= share <= 1.0 for share in told)
    alone = monte_carlo.transport(THREE_LAYERS, pencil(), relative_error=("second", 0.01), seed=8, threads=1)
    assert alone.absorbed == found.absorbed


def test_progress_reaches_the_end() -> None:
    told: list[float] = []
    monte_carlo.transport(VAN_DE_HULST, pencil(), photons=10_000, seed=1, progress=told.append)
    assert told[-1] == 1.0
    assert told == sorted(told)


EXTREMES = {
    "isotropic": stack((material("slab", 1, 100, 0.0, 1.4), 0.1)),
    "backward": stack((material("slab", 1, 100, -0.8, 1.4), 0.1)),
    "very forward": stack((material("slab", 1, 1000, 0.99, 1.4), 0.1)),
    "no scattering": stack((material("slab", 10, 0, 0.0, 1.4), 0.1)),
    "no absorption": stack((material("slab", 0, 100, 0.9, 1.4), 0.1)),
    "nothing at all": stack((material("slab", 0, 0, 0.0, 1.0), 0.1)),
    "dense above thin": stack((material("a", 1, 100, 0.9, 1.8), 0.01), (material("b", 1, 100, 0.9, 1.0), 0.01)),
    "thin above dense": stack((material("a", 1, 100, 0.9, 1.0), 0.01), (material("b", 1, 100, 0.9, 1.8), 0.01)),
    "very thick": stack((material("slab", 0.1, 100, 0.5, 1.4), 100.0)),
    "very thin": stack((material("slab", 1, 100, 0.9, 1.4), 1e-7)),
    "black": stack((material("slab", 1e6, 1, 0.9, 1.4), 0.1)),
    "clear between": stack(
        (material("a", 1, 100, 0.0, 1.4), 0.01),
        (material("b", 0, 0, 0.0, 1.0), 0.1),
        (material("c", 1, 100, 0, 1.4), 0.01),
    ),
}


@pytest.mark.parametrize("medium", EXTREMES.values(), ids=EXTREMES)
def test_extremes_keep_their_energy_and_agree_with_the_scalar_kernel(medium: monte_carlo.Layered) -> None:
    fast = monte_carlo.transport(medium, pencil(), photons=20_000, grid=GRID, seed=9)
    slow = monte_carlo.transport(medium, pencil(), photons=4_000, grid=GRID, seed=9, kernel="scalar")
    assert abs(fast.balance) < 1e-6
    assert fast.lost == 0.0
    for a, b in ((fast.reflectance, slow.reflectance), (fast.transmittance, slow.transmittance)):
        assert abs(a.value - b.value) < 4.5 * math.hypot(a.standard_error, b.standard_error) + 1e-6

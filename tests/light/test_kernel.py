"""The kernel's parts: arithmetic by polynomial, random numbers, directions, and that it is still vectorised."""

from __future__ import annotations

import math
import platform
import re

import numpy as np
import pytest
from numba import njit

from porelight.light import monte_carlo
from porelight.light.monte_carlo import maths, packet, step
from porelight.light.monte_carlo.scene import FIRST_ABSORBED
from porelight.units import mm
from tests.light.media import THREE_LAYERS, VAN_DE_HULST


def vector_registers(kernel: object) -> int:
    """How often the machine code of a compiled kernel names a register of 256 or 512 bits."""
    overload = next(iter(kernel.overloads.values()))  # type: ignore[attr-defined]
    return len(re.findall(r"%[yz]mm", overload.library.get_asm_str()))


@pytest.mark.skipif(platform.machine() not in {"x86_64", "AMD64"}, reason="counts x86 vector registers")
@pytest.mark.parametrize("name", ["advance_lanes", "to_volumes", "score_paths"])
def test_the_loops_over_lanes_are_vectorised(name: str) -> None:
    kernel = getattr(packet, name)
    probe = njit(nogil=True, error_model="numpy", **maths.KERNEL_OPTIONS)(kernel.py_func)
    f4, i4 = "float32[::1]", "int32[::1]"
    signatures = {
        "advance_lanes": f"void({f4}, {i4}, boolean{', float32' * 10})",
        "to_volumes": f"void({f4}, {i4}, float32[:, ::1])",
        "score_paths": f"void({f4}, {i4})",
    }
    probe.compile(signatures[name])
    # A scalar loop names none; the vectorised ones hundreds, the short one dozens.
    assert vector_registers(probe) > {"advance_lanes": 200, "to_volumes": 100, "score_paths": 20}[name]


def test_logarithm_is_right_to_single_precision() -> None:
    u = np.append(np.logspace(-7, 0, 2001)[:-1], 0.99999).astype(np.float32)
    found = np.array([maths.log_of_uniform(x) for x in u])
    np.testing.assert_allclose(found, np.log(u.astype(float)), rtol=3e-7, atol=3e-8)


def test_sine_and_cosine_are_right_to_single_precision() -> None:
    u = np.linspace(0, 1, 4001, endpoint=False).astype(np.float32)
    found = np.array([maths.sine_cosine_of_turn(x) for x in u])
    exact = np.stack([np.sin(2 * np.pi * u.astype(float)), np.cos(2 * np.pi * u.astype(float))], axis=1)
    np.testing.assert_allclose(found, exact, atol=4e-7)


def test_uniform_numbers_are_never_zero_or_one() -> None:
    assert 0.0 < maths.open_uniform(np.uint32(0)) < 1e-6
    assert 1.0 - 1e-6 < maths.open_uniform(np.uint32(0xFFFFFFFF)) < 1.0


def test_neighbouring_lanes_blocks_and_seeds_start_apart() -> None:
    states = {
        int(maths.seed_of(seed, block, lane, word))
        for seed in range(6)
        for block in range(6)
        for lane in range(64)
        for word in range(2)
    }
    assert len(states) == 6 * 6 * 64 * 2
    bits = np.array([[(state >> k) & 1 for k in range(64)] for state in states])
    # Each bit is set in half the states: to 4 standard deviations of a coin thrown 4608 times, 64 times over.
    assert np.all(np.abs(bits.mean(axis=0) - 0.5) < 4.5 * 0.5 / math.sqrt(len(states)))


@pytest.mark.parametrize("g", [-0.9, -0.3, 0.0, 1e-4, 0.5, 0.9, 0.99])
def test_scattering_cosines_have_their_mean_and_their_range(g: float) -> None:
    u = (np.arange(200_000) + 0.5) / 200_000
    cosines = np.array([step.scatter_cosine(g, x) for x in u])
    assert cosines.mean() == pytest.approx(g, abs=2e-4)
    # The second Legendre moment of Henyey and Greenstein is g2.
    assert (1.5 * cosines**2 - 0.5).mean() == pytest.approx(g * g, abs=3e-4)
    assert cosines.min() >= -1.0
    assert cosines.max() <= 1.0


def test_turning_keeps_length_and_angle_everywhere() -> None:
    rng = np.random.default_rng(1)
    directions = rng.normal(size=(500, 3))
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    poles = np.array([[0, 0, 1], [0, 0, -1], [1, 0, 0], [0, 1, 0], [1e-8, 0, -1], [1, 0, 1e-9], [1, 0, -1e-9]], float)
    for u in np.concatenate([directions, poles]):
        cosine, azimuth = rng.uniform(-1, 1), rng.uniform(0, 2 * np.pi)
        v = np.array(step.turn_direction(*u, cosine, math.sin(azimuth), math.cos(azimuth)))
        assert np.linalg.norm(v) == pytest.approx(1.0, abs=1e-9)
        assert u @ v == pytest.approx(cosine, abs=1e-7)


def test_fresnel_at_its_known_points() -> None:
    assert step.fresnel(1.0, 1.5, 1.0)[0] == pytest.approx(0.04)
    assert step.fresnel(1.5, 1.0, math.cos(math.asin(1 / 1.5) + 1e-3))[0] == 1.0
    assert step.fresnel(1.0, 1.5, 1e-9)[0] == pytest.approx(1.0, abs=1e-7)
    brewster = math.cos(math.atan(1.5))
    # At Brewster's angle the parallel half is gone: R is half of the other, ((1 - n2) / (1 + n2))2 / 2.
    assert step.fresnel(1.0, 1.5, brewster)[0] == pytest.approx(0.5 * ((1 - 2.25) / (1 + 2.25)) ** 2)


def test_roulette_takes_and_gives_alike() -> None:
    taken = [
        monte_carlo.transport(THREE_LAYERS, monte_carlo.pencil(), photons=20_000, seed=s).roulette for s in range(60)
    ]
    assert abs(np.mean(taken)) < 4 * np.std(taken, ddof=1) / math.sqrt(60)


def test_a_tally_has_a_place_for_every_total() -> None:
    found = monte_carlo.transport(VAN_DE_HULST, monte_carlo.pencil(), photons=1000, seed=1)
    assert FIRST_ABSORBED + len(found.absorbed) == 8
    assert found.absorbed_by_path.keys() == found.absorbed.keys()


def test_the_result_is_a_deposit_for_heating() -> None:
    from porelight.fields import Grid

    grid = Grid(np.linspace(0, 2 * mm, 5), np.linspace(0, 4 * mm, 9))
    found = monte_carlo.transport(THREE_LAYERS, monte_carlo.pencil(), photons=5000, grid=grid, seed=1)
    deposit = monte_carlo.make_deposit(found)
    assert deposit.grid is grid
    assert deposit.density.shape == grid.shape
    assert deposit.reflected == found.reflectance.value

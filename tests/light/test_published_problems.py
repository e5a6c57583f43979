"""The packet kernel against published numbers: every difference below 4 standard errors, which are at most 2e-4.

References: van de Hulst 1980 and Giovanelli 1955 as printed in the MCML manual (tables 6.1 and 6.2), its three-layer
problem (table 6.7), adding-doubling (iadpython) with the spread between 16 and 32 quadrature points as its
uncertainty, and runs of the published layered C code whose photon numbers give theirs.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from porelight.fields import Grid
from porelight.light import monte_carlo
from porelight.light.monte_carlo import Transport, pencil
from porelight.units import cm, mm
from tests.light import doubling
from tests.light.media import DEEP, DEEP_MATCHED, GIOVANELLI, THREE_LAYERS, VAN_DE_HULST, apart, material, stack

SMALL = 2e-4


@pytest.fixture(scope="module")
def slab() -> Transport:
    return monte_carlo.transport(VAN_DE_HULST, pencil(), photons=8_000_000, seed=1)


def test_van_de_hulst_slab(slab: Transport) -> None:
    # Printed to five digits: half a unit of the last is the uncertainty.
    assert slab.reflectance.standard_error < SMALL
    assert slab.transmittance.standard_error < SMALL
    assert apart(slab.reflectance, 0.09739, 5e-6) < 4
    assert apart(slab.transmittance, 0.66096, 5e-6) < 4
    assert slab.specular.value == 0.0
    assert apart(slab.unscattered, math.exp(-2.0)) < 4
    assert apart(slab.transmitted, 0.52562, 5e-6) < 4


def test_angles_of_light_that_leaves_the_slab(slab: Transport) -> None:
    # 30 equal bins from 0 to 90 degrees, per sr: 1e7 photons of the C code; its error is that of our 8e6 scaled.
    up, down = slab.angular
    reflected = {1: 0.01976, 5: 0.02000, 10: 0.02044, 15: 0.02109, 20: 0.01947, 25: 0.01253, 30: 0.00098}
    transmitted = {2: 0.70085, 5: 0.43147, 10: 0.17961, 15: 0.08961, 20: 0.04717, 25: 0.01986, 30: 0.00115}
    scale = math.sqrt(8e6 / 1e7)
    for field, expected in ((up, reflected), (down, transmitted)):
        for bin_number, value in expected.items():
            k = bin_number - 1
            error = field.standard_error[k] * math.hypot(1.0, scale)
            assert abs(field.value[k] - value) < 4 * error + 5e-6


def test_angles_and_rings_add_up_to_the_totals(slab: Transport) -> None:
    edges = np.linspace(0, np.pi / 2, 31)
    solid = 2 * np.pi * -np.diff(np.cos(edges))
    assert float(solid @ slab.angular[0].value) == pytest.approx(slab.diffuse.value, rel=1e-9)
    assert float(solid @ slab.angular[1].value) == pytest.approx(slab.transmitted.value, rel=1e-9)


@pytest.mark.slow
def test_giovanelli_half_space() -> None:
    found = monte_carlo.transport(GIOVANELLI, pencil(), photons=6_000_000, seed=2)
    assert found.reflectance.standard_error < SMALL
    # Printed .2600; adding-doubling .25994 and .26008: four digits are known.
    assert apart(found.reflectance, 0.2600, 1e-4) < 4
    assert found.specular.value == pytest.approx(0.04, abs=1e-7)


@pytest.mark.slow
def test_three_layers_with_absorption_in_each() -> None:
    found = monte_carlo.transport(THREE_LAYERS, pencil(), photons=3_000_000, seed=3)
    reflected, transmitted, absorbed = doubling.layers(THREE_LAYERS, 24)
    coarse = doubling.layers(THREE_LAYERS, 16)
    assert apart(found.reflectance, reflected, abs(reflected - coarse[0])) < 4
    assert apart(found.transmittance, transmitted, abs(transmitted - coarse[1])) < 4
    for estimate, value, other in zip(found.absorbed.values(), absorbed, coarse[2], strict=True):
        assert estimate.standard_error < SMALL
        assert apart(estimate, value, abs(value - other)) < 4
    for estimate, value, other in zip(found.absorbed_by_path.values(), absorbed, coarse[2], strict=True):
        assert apart(estimate, value, abs(value - other)) < 4
    # The manual's table 6.7, one run of 1e6 photons. Its first layer, .2612, lies 4 of its standard errors below
    # adding-doubling (.2619) and this code, so the printed numbers are held to 1e-3 only.
    printed = (found.diffuse, 0.2375), (found.transmittance, 0.0965)
    for estimate, value in (*printed, *zip(found.absorbed.values(), (0.2612, 0.1488, 0.2316), strict=True)):
        assert estimate.value == pytest.approx(value, abs=1e-3)
    assert found.specular.value == pytest.approx(0.02437, abs=5e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("medium", "reference", "uncertainty"),
    # Adding-doubling with 24 points, uncertainty from 16 and 32 (n 1.37) or 16 alone (n 1): with 32 points and n = 1
    # iadpython breaks down, 0.39867, and with 48 it returns -12.4. The scalar kernel agrees with 0.4013.
    [(DEEP, 0.28676, 5e-5), (DEEP_MATCHED, 0.40133, 2e-5)],
    ids=["n 1.37", "n 1"],
)
def test_half_space_that_scatters_deeply(medium: monte_carlo.Layered, reference: float, uncertainty: float) -> None:
    found = monte_carlo.transport(medium, pencil(), photons=4_000_000, seed=4)
    assert found.reflectance.standard_error < SMALL
    assert apart(found.reflectance, reference, uncertainty) < 4


def test_slab_with_refraction_on_both_sides() -> None:
    # Adding-doubling with 24 points; 32 points differ by less than 3e-5.
    medium = stack((material("slab", 10, 90, 0.75, 1.5), 0.02))
    found = monte_carlo.transport(medium, pencil(), photons=6_000_000, seed=5)
    assert found.reflectance.standard_error < SMALL
    assert apart(found.reflectance, 0.12683, 3e-5) < 4
    assert apart(found.transmittance, 0.49319, 3e-5) < 4


@pytest.mark.parametrize(
    ("albedo", "reflectance", "transmittance"),
    # Adding-doubling with 24 points, 3e-5 from 16. With 32 points and n = 1 iadpython loses .2 % of the light.
    [(0.6, 0.00896, 0.64577), (0.8, 0.01703, 0.78625), (0.95, 0.02832, 0.91641), (0.99, 0.03275, 0.95580)],
)
def test_thin_slab_over_albedo(albedo: float, reflectance: float, transmittance: float) -> None:
    medium = stack((material("slab", 10 * (1 - albedo), 10 * albedo, 0.875, 1.0), 0.1))
    found = monte_carlo.transport(medium, pencil(), photons=2_000_000, seed=6)
    assert apart(found.reflectance, reflectance, 3e-5) < 4
    assert apart(found.transmittance, transmittance, 3e-5) < 4


def test_without_absorption_all_light_leaves() -> None:
    found = monte_carlo.transport(stack((material("slab", 0, 10, 0.875, 1.0), 0.1)), pencil(), photons=500_000, seed=7)
    assert found.absorbed["slab"].value == 0.0
    assert found.reflectance.value + found.transmittance.value == pytest.approx(1.0, abs=1e-9)


@pytest.mark.slow
def test_fluence_by_depth_in_the_half_space() -> None:
    # 2e5 photons of the C code, cells of 0.002 cm; its error is ours scaled, its own roulette alike.
    grid = Grid(np.array([0.0, 10.0]), np.linspace(0.0, 0.6, 301) * cm)
    found = monte_carlo.transport(DEEP, pencil(), photons=1_600_000, grid=grid, seed=8)
    assert found.fluence is not None
    area = np.pi * 10.0**2
    expected = {
        0.001: 2.936, 0.005: 2.943, 0.011: 2.967, 0.019: 2.980, 0.031: 2.947, 0.051: 2.846, 0.071: 2.659,
        0.101: 2.366, 0.151: 1.834, 0.201: 1.392, 0.301: 0.796, 0.401: 0.454, 0.501: 0.258,
    }  # fmt: skip
    for depth, value in expected.items():
        k = int(depth / 0.002)
        error = found.fluence.standard_error[k, 0] * area * math.sqrt(1 + 8)
        assert abs(found.fluence.value[k, 0] * area - value) < 4 * error + 5e-4


@pytest.mark.slow
def test_absorption_by_depth_in_three_layers() -> None:
    # Sample output of the manual, 1e6 photons, 40 cells of 0.01 cm, 1/cm. Its first layer lies .3 % below
    # adding-doubling, the scalar kernel and this one, hence 1 % here and not 4 errors.
    grid = Grid(np.array([0.0, 10.0]), np.linspace(0.0, 0.4, 41) * cm)
    found = monte_carlo.transport(THREE_LAYERS, pencil(), photons=2_000_000, grid=grid, seed=9)
    assert found.density is not None
    per_cm = found.density.value[:, 0] * np.pi * 10.0**2 * cm
    expected = {1: 2.799, 2: 2.810, 3: 2.8125, 4: 2.7845, 20: 0.960, 21: 1.731, 40: 0.837}
    for cell, value in expected.items():
        assert per_cm[cell - 1] == pytest.approx(value, rel=0.01)


CUBE = monte_carlo.Brick((-29 * mm, -29 * mm, -1 * mm), (31 * mm, 31 * mm, 60 * mm))


def cube60(n_outside: float, brick: monte_carlo.Brick = CUBE) -> monte_carlo.Heterogeneous:
    """A cube of 60 mm in black surroundings: what leaves it does not come back."""
    black = monte_carlo.Material("black", 1e7, 0.0, 0.0, n_outside)
    cube = monte_carlo.Material("cube", 5.0, 1000.0, 0.01, 1.37)
    layers = monte_carlo.Layered((monte_carlo.Slab(black, 60 * mm),), n_outside, n_outside)
    return monte_carlo.Heterogeneous(layers, (monte_carlo.Volume(brick, cube),))


@pytest.mark.slow
def test_cube60_of_the_voxel_codes() -> None:
    # 17.53 % (2e6 photons) and 17.63 and 17.65 % (1e6) with pmcxcl: mean .1760, spread .0006.
    found = monte_carlo.transport(cube60(1.37), pencil(), photons=1_000_000, seed=10)
    assert found.absorbed["cube"].standard_error < 4e-4
    assert apart(found.absorbed["cube"], 0.1760, 6e-4) < 4


@pytest.mark.slow
def test_cube60b_of_the_voxel_codes() -> None:
    # 27.29 % (2e5 photons) with pmcxcl, of the light launched inside: the specular part is taken off here.
    found = monte_carlo.transport(cube60(1.0), pencil(), photons=1_000_000, seed=11)
    entered = 1.0 - found.specular.value
    share = monte_carlo.Estimate(
        found.absorbed["cube"].value / entered, found.absorbed["cube"].standard_error / entered
    )
    assert apart(share, 0.2729, share.standard_error * math.sqrt(5)) < 4


@pytest.mark.slow
def test_cube60planar_of_the_voxel_codes() -> None:
    # 25.49 % (2e5 photons) with pmcxcl of the light that entered; the even square of 40 mm is 40 x 40 rays here.
    middle = monte_carlo.Brick((-30 * mm, -30 * mm, -1 * mm), (30 * mm, 30 * mm, 60 * mm))
    square = monte_carlo.square_pattern(pencil(), 1 * mm, 40)
    found = monte_carlo.transport(cube60(1.0, middle), square, photons=1_000_000, seed=12)
    entered = 1.0 - found.specular.value
    share = monte_carlo.Estimate(
        found.absorbed["cube"].value / entered, found.absorbed["cube"].standard_error / entered
    )
    assert apart(share, 0.2549, share.standard_error * math.sqrt(5)) < 4

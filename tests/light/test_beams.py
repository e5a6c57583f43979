"""Beams put the light where their names say, windows bend it, and what they reflect is counted."""

from __future__ import annotations

import math

import numpy as np
import pytest

from porelight.fields import Grid
from porelight.light import monte_carlo
from porelight.light.monte_carlo import (
    Beam,
    Box,
    Layered,
    Material,
    Slab,
    gaussian_1e2,
    pencil,
    square_pattern,
    top_hat,
)
from porelight.units import m, mm, um

BLACK = Layered((Slab(Material("black", 1e9, 0.0), 1 * mm),))


def where(beam: Beam, radii: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Share of the light within each radius on a black surface, and its standard error."""
    grid = Grid(np.array([0.0, *radii, 1 * m]), np.array([0.0, 1 * mm]))
    found = monte_carlo.transport(BLACK, beam, photons=400_000, grid=grid, seed=1)
    assert found.density is not None
    share = (found.density.value * grid.volume)[0].cumsum()[:-1]
    return share, np.sqrt(share * (1 - share) / found.photons)


def test_a_gaussian_has_its_1_e2_radius() -> None:
    radii = np.array([0.1, 0.25, 0.5, 0.75, 1.0]) * mm
    share, error = where(gaussian_1e2(0.5 * mm), list(radii))
    assert np.all(np.abs(share - (1 - np.exp(-2 * (radii / (0.5 * mm)) ** 2))) < 4 * error)


def test_a_top_hat_is_even_and_ends() -> None:
    radii = np.array([0.1, 0.25, 0.4]) * mm
    share, error = where(top_hat(0.5 * mm), list(radii))
    assert np.all(np.abs(share - (radii / (0.5 * mm)) ** 2) < 4 * error)
    assert where(top_hat(0.5 * mm), [0.5001 * mm])[0][0] == pytest.approx(1.0, abs=1e-9)


def test_columns_share_the_light_evenly() -> None:
    beam = square_pattern(gaussian_1e2(20 * um), 1 * mm, 3)
    box = Box(np.linspace(-1.5, 1.5, 4) * mm, np.linspace(-1.5, 1.5, 4) * mm, np.array([0.0, 1.0]) * mm)
    found = monte_carlo.transport(BLACK, beam, photons=90_000, grid=box, seed=2)
    assert found.density is not None
    share = (found.density.value * box.volume)[0]
    assert np.all(np.abs(share - 1 / 9) < 4 * math.sqrt(8 / 81 / 90_000))
    assert share.sum() == pytest.approx(1.0, abs=1e-9)


def test_a_converging_beam_meets_at_its_focus() -> None:
    clear = Material("clear", 0.0, 0.0)
    black = Material("black", 1e9, 0.0)
    grid = Grid(np.array([0.0, 0.26, 1.0]) * mm, np.array([0.0, 3.0]) * mm)
    half_way = Layered((Slab(clear, 1 * mm), Slab(black, 1 * mm)))
    found = monte_carlo.transport(half_way, top_hat(0.5 * mm, focus=2 * mm), photons=10_000, grid=grid, seed=3)
    assert found.density is not None
    assert (found.density.value * grid.volume)[0, 0] == pytest.approx(1.0, abs=1e-6)


def test_refraction_at_the_surface_follows_snell() -> None:
    # Rays at the rim of a ring-narrow beam: tan of the angle inside is what moves them.
    radius, focus, depth, n = 1.0 * mm, 1.0 * mm, 0.5 * mm, 1.5
    clear, black = Material("clear", 0.0, 0.0, 0.0, n), Material("black", 1e9, 0.0, 0.0, n)
    sine = math.sin(math.atan2(radius, focus)) / n
    rim = radius - depth * sine / math.sqrt(1 - sine**2)
    medium = Layered((Slab(clear, depth), Slab(black, 1 * mm)), below=n)
    grid = Grid(np.array([0.0, 0.999 * rim, 1.001 * rim, 2 * mm]), np.array([0.0, 2 * mm]))
    found = monte_carlo.transport(medium, top_hat(radius, focus=focus), photons=200_000, grid=grid, seed=4)
    assert found.density is not None
    share = (found.density.value * grid.volume)[0]
    assert share[2] == pytest.approx(0.0, abs=1e-9)
    assert share[1] > 0.0


def test_a_window_reflects_by_fresnel_at_both_its_faces() -> None:
    # Air, sapphire, black tissue: R = r1 + (1 - r1)2 r2 / (1 - r1 r2), all of it without one scattering.
    n, tissue = 1.75, 1.4
    black = Material("black", 1e9, 0.0, 0.0, tissue)
    plate = Slab(Material("sapphire", 0.0, 0.0, 0.0, n), 2 * mm)
    found = monte_carlo.transport(Layered((Slab(black, 1 * mm),), window=(plate,)), pencil(), photons=400_000, seed=5)
    r1, r2 = ((n - 1) / (n + 1)) ** 2, ((n - tissue) / (n + tissue)) ** 2
    expected = r1 + (1 - r1) ** 2 * r2 / (1 - r1 * r2)
    assert abs(found.specular.value - expected) < 4 * found.specular.standard_error
    assert found.diffuse.value == 0.0


def test_depth_counts_from_the_skin_under_the_window() -> None:
    black = Material("black", 1e9, 0.0, 0.0, 1.0)
    plate = Slab(Material("glass", 0.0, 0.0, 0.0, 1.5), 3 * mm)
    grid = Grid(np.array([0.0, 1.0]) * mm, np.array([0.0, 0.5, 1.0]) * mm)
    found = monte_carlo.transport(
        Layered((Slab(black, 1 * mm),), window=(plate,)), pencil(), photons=10_000, grid=grid, seed=6
    )
    assert found.density is not None
    joules = (found.density.value * grid.volume)[:, 0]
    assert joules[0] == pytest.approx(found.absorbed["black"].value, rel=1e-6)
    assert joules[1] == 0.0


def test_grazing_rays_are_reflected_more() -> None:
    n = 1.4
    tissue = Layered((Slab(Material("black", 1e9, 0.0, 0.0, n), 1 * mm),))
    steep = monte_carlo.transport(tissue, pencil(), photons=1000, seed=7).specular.value
    flat = monte_carlo.transport(tissue, top_hat(10 * mm, focus=0.5 * mm), photons=20_000, seed=7).specular.value
    assert steep == pytest.approx(((n - 1) / (n + 1)) ** 2, rel=1e-5)
    assert flat > 5 * steep

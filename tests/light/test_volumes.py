"""Volumes inside the layers: where they are layers they agree with layers, where they are bodies with ray optics."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.integrate import quad

from porelight.light import monte_carlo
from porelight.light.monte_carlo import (
    Brick,
    Cone,
    Ellipsoid,
    Heterogeneous,
    Layered,
    Material,
    Slab,
    Transport,
    Volume,
    cylinder,
    pencil,
    sphere,
    top_hat,
)
from porelight.units import m, mm, um
from tests.light.media import THREE_LAYERS, apart, material

if TYPE_CHECKING:
    from collections.abc import Callable

    from porelight.light.monte_carlo.shapes import Shape

CLEAR = Material("clear", 0.0, 0.0)
RADIUS = 300 * um


def same(found: Transport, expected: Transport) -> None:
    """Totals agree within 4 standard errors of their difference."""
    for name, estimate in expected.absorbed.items():
        assert apart(found.absorbed[name], estimate.value, estimate.standard_error) < 4
    for a, b in ((found.reflectance, expected.reflectance), (found.transmittance, expected.transmittance)):
        assert apart(a, b.value, b.standard_error) < 4
    assert abs(found.balance) < 1e-6
    assert found.lost == 0.0


SHEETS: dict[str, Callable[[float, float], Shape]] = {
    "cylinder": lambda top, bottom: cylinder((0, 0, top), (0, 0, bottom), 1 * m),
    "cone": lambda top, bottom: Cone((0, 0, top), (0, 0, bottom), 1 * m, 0.5 * m),
    "brick": lambda top, bottom: Brick((-1 * m, -1 * m, top), (1 * m, 1 * m, bottom)),
}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_volumes_that_are_layers_give_what_layers_give(sheet: Callable[[float, float], Shape]) -> None:
    first, second, third = (slab.material for slab in THREE_LAYERS.slabs)
    inside = Heterogeneous(
        Layered((Slab(first, 4 * mm),)),
        (Volume(sheet(1 * mm, 2 * mm), second), Volume(sheet(2 * mm, 5 * mm), third)),
    )
    expected = monte_carlo.transport(THREE_LAYERS, pencil(), photons=300_000, seed=1)
    same(monte_carlo.transport(inside, pencil(), photons=300_000, seed=2), expected)


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_so_do_volumes_that_refract(sheet: Callable[[float, float], Shape]) -> None:
    first, second, third = (
        material("a", 1, 100, 0.9, 1.37),
        material("b", 1, 10, 0.0, 1.5),
        material("c", 2, 10, 0.7, 1.37),
    )
    layers = Layered((Slab(first, 1 * mm), Slab(second, 1 * mm), Slab(third, 2 * mm)))
    inside = Heterogeneous(
        Layered((Slab(first, 2 * mm), Slab(third, 2 * mm))), (Volume(sheet(1 * mm, 2 * mm), second),)
    )
    expected = monte_carlo.transport(layers, pencil(), photons=300_000, seed=3)
    same(monte_carlo.transport(inside, pencil(), photons=300_000, seed=4), expected)


def absorbed_by_chord(impact: float, n: float, depth: float) -> float:
    """Share of a ray that a round clear-cut body absorbs: enters at ``impact`` radii from the axis, refracts, and
    bounces inside at the same angle until it is gone. ``depth``: mu_a times the radius."""
    cosine = math.sqrt(1 - impact**2)
    inner = math.sqrt(1 - (impact / n) ** 2)
    s = (cosine - n * inner) / (cosine + n * inner)
    p = (inner - n * cosine) / (inner + n * cosine)
    reflected = 0.5 * (s * s + p * p)
    passed = math.exp(-2 * depth * inner)
    return (1 - reflected) * (1 - passed) / (1 - reflected * passed)


def bathed(shape: Shape, n: float, seed: int) -> Transport:
    ball = Material("body", 1 / RADIUS, 0.0, 0.0, n)
    medium = Heterogeneous(Layered((Slab(CLEAR, 4 * mm),)), (Volume(shape, ball),))
    return monte_carlo.transport(medium, top_hat(RADIUS), photons=1_000_000, seed=seed)


BALLS = {
    "sphere": sphere((0, 0, 2 * mm), RADIUS),
    "turned ellipsoid of three equal axes": Ellipsoid((0, 0, 2 * mm), (RADIUS,) * 3, axis=(1, 2, -3)),
}


@pytest.mark.parametrize("n", [1.0, 1.5])
@pytest.mark.parametrize("ball", BALLS.values(), ids=BALLS)
def test_a_ball_absorbs_what_ray_optics_says(ball: Ellipsoid, n: float) -> None:
    expected = quad(lambda b: 2 * b * absorbed_by_chord(b, n, 1.0), 0, 1)[0]
    assert apart(bathed(ball, n, 5).absorbed["body"], expected) < 4


@pytest.mark.parametrize("axis", [(1.0, 0.0, 0.0), (1.0, -1.0, 0.0)])
def test_a_lying_hair_absorbs_what_ray_optics_says(axis: tuple[float, float, float]) -> None:
    # Round beam as wide as the cylinder: an impact b is hit in proportion to sqrt(1 - b2).
    expected = quad(lambda b: 4 / math.pi * math.sqrt(1 - b * b) * absorbed_by_chord(b, 1.5, 1.0), 0, 1)[0]
    ends = [tuple(sign * x + z for x, z in zip(axis, (0, 0, 2 * mm), strict=True)) for sign in (-1, 1)]
    found = bathed(cylinder(ends[0], ends[1], RADIUS), 1.5, 6)  # type: ignore[arg-type]
    assert apart(found.absorbed["body"], expected) < 4


def test_a_standing_cone_absorbs_by_its_depth() -> None:
    # No refraction, rays along the axis: the chord at radius r is length (R - r) / R for a full cone.
    shape = Cone((0, 0, 1 * mm), (0, 0, 2 * mm), RADIUS, 0.0)
    found = bathed(shape, 1.0, 7)
    expected = quad(lambda x: 2 * x * (1 - math.exp(-(1 * mm / RADIUS) * (1 - x))), 0, 1)[0]
    assert apart(found.absorbed["body"], expected) < 4


def test_nothing_is_lost_or_gained_where_nothing_differs() -> None:
    tissue = material("tissue", 1, 100, 0.9, 1.37)
    alike = material("alike", 1, 100, 0.9, 1.37)
    shapes = (
        sphere((0, 0, 300 * um), 200 * um),
        Cone((0, 0, -10 * um), (0, 0, 400 * um), 150 * um, 40 * um),
        cylinder((0, 0, -10 * um), (100 * um, 50 * um, 900 * um), 15 * um),
        Ellipsoid((200 * um, 0, 500 * um), (80 * um, 120 * um, 200 * um), axis=(1, 0, 1)),
        Brick((-300 * um, -300 * um, 100 * um), (-100 * um, 300 * um, 700 * um)),
    )
    plain = Layered((Slab(tissue, 2 * mm),))
    filled = Heterogeneous(plain, tuple(Volume(shape, alike) for shape in shapes))
    expected = monte_carlo.transport(plain, top_hat(0.4 * mm), photons=200_000, seed=8)
    found = monte_carlo.transport(filled, top_hat(0.4 * mm), photons=200_000, seed=9)
    together = found.absorbed["tissue"].value + found.absorbed["alike"].value
    spread = math.hypot(expected.absorbed["tissue"].standard_error, found.reflectance.standard_error)
    assert abs(together - expected.absorbed["tissue"].value) < 4 * spread
    assert apart(found.reflectance, expected.reflectance.value, expected.reflectance.standard_error) < 4
    assert found.lost == 0.0


def test_a_volume_absorbs_in_proportion_to_its_size_in_even_light() -> None:
    # Clear medium, no refraction, thin absorption: mu_a V / beam area. Checks shape.volume() and the kernel at once.
    faint = Material("faint", 10.0, 0.0)
    for shape in (
        Ellipsoid((0, 0, 1 * mm), (100 * um, 200 * um, 300 * um), axis=(1, 1, 1)),
        Cone((0, 0, 0.5 * mm), (0.1 * mm, 0, 1.5 * mm), 200 * um, 50 * um),
        Brick((-100 * um, -200 * um, 0.5 * mm), (100 * um, 200 * um, 1 * mm)),
    ):
        medium = Heterogeneous(Layered((Slab(CLEAR, 2 * mm),)), (Volume(shape, faint),))
        beam = top_hat(0.5 * mm)
        found = monte_carlo.transport(medium, beam, photons=4_000_000, seed=10)
        expected = 10.0 * shape.volume() / (math.pi * (0.5 * mm) ** 2)
        # Attenuation inside is at most 10/m times 0.6 mm: the linear law holds to .3 %.
        assert (
            abs(found.absorbed["faint"].value - expected) < 4 * found.absorbed["faint"].standard_error + 3e-3 * expected
        )


def test_a_box_grid_sees_the_same_energy_as_the_materials() -> None:
    tissue, body = material("tissue", 1, 50, 0.8, 1.0), material("body", 5, 50, 0.8, 1.0)
    medium = Heterogeneous(
        Layered((Slab(tissue, 1 * mm),)), (Volume(Brick((0, -1 * m, 0.2 * mm), (0.4 * mm, 1 * m, 0.6 * mm)), body),)
    )
    box = monte_carlo.Box(
        np.array([-1.0, 0.0, 0.4, 2.0]) * mm, np.array([-1e4, 1e4]) * mm, np.array([0.0, 0.2, 0.6, 1.0]) * mm
    )
    found = monte_carlo.transport(medium, top_hat(0.3 * mm), photons=50_000, grid=box, seed=11)
    assert found.density is not None
    cell = found.density.value[1, 0, 1] * box.volume[1, 0, 1]
    assert cell == pytest.approx(found.absorbed["body"].value, rel=1e-4)


def test_paths_and_collisions_agree_and_paths_know_small_bodies_better() -> None:
    tissue, body = material("tissue", 1, 50, 0.9, 1.4), material("body", 5, 40, 0.9, 1.4)
    medium = Heterogeneous(Layered((Slab(tissue, 3 * mm),)), (Volume(sphere((0, 0, 0.8 * mm), 0.1 * mm), body),))
    found = monte_carlo.transport(medium, top_hat(0.5 * mm), photons=300_000, seed=12)
    for name, estimate in found.absorbed.items():
        path = found.absorbed_by_path[name]
        assert apart(path, estimate.value, estimate.standard_error) < 4
    assert found.absorbed_by_path["body"].standard_error < 0.85 * found.absorbed["body"].standard_error

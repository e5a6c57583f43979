"""Derivatives scored along the paths, against finite differences and closed forms."""

from __future__ import annotations

import dataclasses
import math

import pytest

from porelight.light import monte_carlo
from porelight.light.monte_carlo import Heterogeneous, Layered, Slab, Transport, Volume, pencil, sphere
from porelight.units import mm
from tests.light.media import THREE_LAYERS, material, stack


def shares(found: Transport) -> list[monte_carlo.Estimate]:
    return [found.reflectance, found.transmittance, *found.absorbed.values()]


def changed(medium: Layered, index: int, name: str, factor: float) -> Layered:
    slabs = list(medium.slabs)
    old = slabs[index].material
    new = dataclasses.replace(old, **{name: getattr(old, name) * factor})
    slabs[index] = dataclasses.replace(slabs[index], material=new)
    return dataclasses.replace(medium, slabs=tuple(slabs))


@pytest.mark.slow
@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("name", ["absorption", "scattering"])
def test_derivatives_agree_with_finite_differences(index: int, name: str) -> None:
    scored = monte_carlo.transport(THREE_LAYERS, pencil(), photons=500_000, seed=1, derivatives=True).derivatives
    assert scored is not None
    field = scored.by_absorption if name == "absorption" else scored.by_scattering
    step = 0.05
    width = 2 * step * getattr(THREE_LAYERS.slabs[index].material, name)
    high, low = (
        shares(monte_carlo.transport(changed(THREE_LAYERS, index, name, f), pencil(), photons=1_000_000, seed=s))
        for s, f in ((2, 1 + step), (3, 1 - step))
    )
    for row, (a, b) in enumerate(zip(high, low, strict=True)):
        difference = (a.value - b.value) / width
        error = math.hypot(a.standard_error, b.standard_error) / width
        # The central difference itself is off by the third derivative times step2 / 6: below a thousandth of it.
        error = math.hypot(error, field.standard_error[row, index], 1e-3 * difference)
        assert abs(field.value[row, index] - difference) < 4.5 * error, scored.quantities[row]


def test_of_a_slab_that_only_absorbs_they_are_exact() -> None:
    # Absorbed 1 - exp(-mu d), so its derivative by mu is d exp(-mu d).
    medium = stack((material("slab", 5, 0, 0.0, 1.0), 0.1))
    found = monte_carlo.transport(medium, pencil(), photons=400_000, seed=4, derivatives=True).derivatives
    assert found is not None
    exact = 1 * mm * math.exp(-0.5)
    assert abs(found.by_absorption.value[2, 0] - exact) < 4 * found.by_absorption.standard_error[2, 0]
    assert abs(found.by_absorption.value[1, 0] + exact) < 4 * found.by_absorption.standard_error[1, 0]


def test_what_is_gained_in_one_place_is_lost_in_the_others() -> None:
    body = material("body", 5, 50, 0.8, 1.37)
    medium = Heterogeneous(
        Layered((Slab(material("tissue", 1, 100, 0.9, 1.37), 2 * mm),)),
        (Volume(sphere((0, 0, 0.5 * mm), 0.2 * mm), body),),
    )
    found = monte_carlo.transport(medium, pencil(), photons=200_000, seed=5, derivatives=True).derivatives
    assert found is not None
    for field in (found.by_absorption, found.by_scattering):
        for column in range(2):
            scale = abs(field.value[:, column]).max()
            error = math.sqrt((field.standard_error[:, column] ** 2).sum())
            assert abs(field.value[:, column].sum()) < 4 * error + 1e-6 * scale


def test_without_absorption_the_derivative_is_the_fluence() -> None:
    # d(absorbed)/d(mu_a) at mu_a = 0 is weight times path per photon, here the slab's thickness for a clear slab.
    medium = stack((material("slab", 0, 1, 0.0, 1.0), 0.001))
    found = monte_carlo.transport(medium, pencil(), photons=2_000_000, seed=6, derivatives=True).derivatives
    assert found is not None
    assert found.by_absorption.value[2, 0] == pytest.approx(0.01 * mm, rel=0.1)

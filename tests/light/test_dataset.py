"""light.monte_carlo.dataset: a run for those who compute on."""

from __future__ import annotations

import numpy as np
import pytest

from porelight.fields import Grid
from porelight.light import monte_carlo
from porelight.light.monte_carlo import Box, Layered, Material, Slab, Transport
from porelight.units import mm

MEDIUM = Layered(
    (Slab(Material("upper", 100.0, 2000.0, 0.8, 1.4), 0.5 * mm), Slab(Material("lower", 50.0, 1000.0), 1 * mm))
)


def run(grid: Grid | Box | None) -> Transport:
    return monte_carlo.transport(MEDIUM, monte_carlo.top_hat(0.2 * mm), photons=2000, grid=grid, seed=1, threads=1)


def test_every_field_comes_with_its_error_its_units_and_its_axes() -> None:
    found = run(Grid(np.linspace(0.0, 2 * mm, 21), np.linspace(0.0, 1.5 * mm, 16)))
    data = found.to_xarray()
    assert found.density is not None
    assert found.radial is not None
    assert np.array_equal(data.density, found.density.value)
    assert np.array_equal(data.density_error, found.density.standard_error)
    assert data.density.dims == ("z", "r")
    assert data.density.attrs["units"] == "1/m3"
    assert np.array_equal(data.diffuse_reflectance_by_ring, found.radial[0].value)
    assert data.z.values[0] == pytest.approx(0.05 * mm)
    assert dict(zip(data.material.values, data.absorbed.values, strict=True)) == {
        name: estimate.value for name, estimate in found.absorbed.items()
    }
    assert (data.attrs["seed"], data.attrs["photons"]) == (1, 2000)


def test_diffuse_light_by_angle_adds_up_to_what_is_sent_back() -> None:
    data = run(None).to_xarray()
    edges = np.linspace(0.0, np.pi / 2.0, data.angle.size + 1)
    solid_angle = 2.0 * np.pi * -np.diff(np.cos(edges))
    total = float((data.diffuse_reflectance_by_angle * solid_angle).sum())
    assert total == pytest.approx(data.attrs["diffuse"])
    assert "density" not in data


def test_a_box_has_three_axes() -> None:
    edges = np.linspace(-1 * mm, 1 * mm, 5)
    data = run(Box(edges, edges, np.linspace(0.0, 1 * mm, 4))).to_xarray()
    assert data.fluence.dims == ("z", "y", "x")


def test_a_run_compares_hashes_and_prints_on_one_line() -> None:
    one, two = run(None), run(None)
    assert one == two
    assert hash(one) == hash(two)
    assert len(repr(one)) <= 200
    with pytest.raises(TypeError):
        one.absorbed["upper"] = None  # type: ignore[index]

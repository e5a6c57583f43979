"""Input that makes no sense is refused by name, before a photon starts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from porelight.fields import Grid
from porelight.light import monte_carlo, optics
from porelight.light.monte_carlo import (
    Brick,
    Cone,
    Ellipsoid,
    Heterogeneous,
    Layered,
    Material,
    Slab,
    Volume,
    gaussian_1e2,
    pencil,
    sphere,
    square_pattern,
    top_hat,
)
from porelight.refusal import Refusal
from porelight.units import mm, nm
from tests.light.media import VAN_DE_HULST
from tests.rows import each_row

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = Material("tissue", 100.0, 1000.0, 0.9, 1.4)
GRID = Grid(np.array([0.0, 1 * mm]), np.array([0.0, 1 * mm]))


def transport(**changes: Any) -> object:
    asked: dict[str, Any] = {"photons": 100, "seed": 1} | changes
    beam = asked.pop("beam", pencil())
    return monte_carlo.transport(asked.pop("medium", VAN_DE_HULST), beam, **asked)


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "negative absorption": (lambda: Material("a", -1.0, 0.0), "absorption coefficient -1.0"),
    "negative scattering": (lambda: Material("a", 0.0, -2.0), "scattering coefficient -2.0"),
    "absorption not a number": (lambda: Material("a", math.nan, 0.0), "absorption coefficient nan"),
    "infinite scattering": (lambda: Material("a", 0.0, math.inf), "scattering coefficient inf"),
    "g of one": (lambda: Material("a", 0.0, 1.0, 1.0), "g = 1.0"),
    "g of minus one": (lambda: Material("a", 0.0, 1.0, -1.0), "g = -1.0"),
    "g not a number": (lambda: Material("a", 0.0, 1.0, math.nan), "g = nan"),
    "index below one": (lambda: Material("a", 0.0, 1.0, 0.0, 0.9), "refractive index 0.9"),
    "index not a number": (lambda: Material("a", 0.0, 1.0, 0.0, math.nan), "refractive index nan"),
    "layer of no thickness": (lambda: Slab(GOOD, 0.0), "thickness 0.0"),
    "layer of negative thickness": (lambda: Slab(GOOD, -1.0), "thickness -1.0"),
    "thickness not a number": (lambda: Slab(GOOD, math.nan), "thickness nan"),
    "no layer": (lambda: Layered(()), "no layer"),
    "endless layer above another": (lambda: Layered((Slab(GOOD, math.inf), Slab(GOOD, 1.0))), "only the last"),
    "endless layer that keeps its light": (
        lambda: Layered((Slab(Material("milk", 0.0, 10.0), math.inf),)),
        "never ends",
    ),
    "index above": (lambda: Layered((Slab(GOOD, 1.0),), above=0.5), "index 0.5 above"),
    "two materials of one name": (
        lambda: Layered((Slab(GOOD, 1.0), Slab(Material("tissue", 1.0, 1.0), 1.0))),
        "share this name",
    ),
    "too many volumes": (
        lambda: Heterogeneous(VAN_DE_HULST, tuple(Volume(sphere((0, 0, 1), 0.1), GOOD) for _ in range(32))),
        "too many",
    ),
    "ball of no size": (lambda: sphere((0, 0, 0), 0.0), "semi-axis 0.0"),
    "axis without direction": (lambda: Ellipsoid((0, 0, 0), (1, 1, 1), (0, 0, 0)), "no direction"),
    "cone of no length": (lambda: Cone((0, 0, 0), (0, 0, 0), 1.0, 1.0), "no direction"),
    "cone of no width": (lambda: Cone((0, 0, 0), (0, 0, 1), 0.0, 0.0), "larger radius"),
    "brick inside out": (lambda: Brick((0, 0, 0), (1, 1, -1)), "side"),
    "beam of no width": (lambda: gaussian_1e2(0.0), "radius 0.0"),
    "beam wider than any": (lambda: top_hat(math.inf), "radius inf"),
    "focus above the skin": (lambda: gaussian_1e2(1 * mm, focus=-1 * mm), "focus"),
    "no columns": (lambda: square_pattern(pencil(), 1 * mm, 0), "0 columns"),
    "neither photons nor error": (lambda: transport(photons=None), "photons or relative_error"),
    "both photons and error": (lambda: transport(relative_error=("slab", 0.1)), "photons or relative_error"),
    "one photon": (lambda: transport(photons=1), "1 photons"),
    "negative seed": (lambda: transport(seed=-1), "seed -1"),
    "no threads": (lambda: transport(threads=0), "0 threads"),
    "unknown region": (lambda: transport(photons=None, relative_error=("bone", 0.1)), "'bone'"),
    "error of nothing": (lambda: transport(photons=None, relative_error=("slab", 0.0)), "relative error 0.0"),
    "beam outside the grid": (lambda: transport(beam=top_hat(2 * mm), grid=GRID), "outside the grid"),
    "wavelength beyond the table of water": (lambda: optics.water_absorption(5000 * nm), "5000 nm is outside 532"),
    "wavelength between bands of blood": (lambda: optics.blood_absorption(560 * nm), "560 nm is outside"),
    "wavelength between bands of lipid": (lambda: optics.fat_absorption(1600 * nm), "van Veen 2004"),
    "wavelength beyond scattering": (lambda: optics.reduced_scattering("dermis", 2940 * nm), "2940 nm is outside"),
    "wavelength not a number": (lambda: optics.water_absorption(math.nan), "nan nm"),
}


@each_row(("attempt", "named"), REFUSED.values(), ids=REFUSED)
def test_refused_with_what_where_and_advice(attempt: Callable[[], object], named: str) -> None:
    with pytest.raises(Refusal) as caught:
        attempt()
    assert named in str(caught.value)
    assert caught.value.where
    assert caught.value.advice


def test_the_scalar_kernel_says_what_it_cannot_do() -> None:
    with pytest.raises(Refusal, match="layers only"):
        transport(kernel="scalar", derivatives=True)


def test_a_region_without_light_is_refused_in_time() -> None:
    dark = Material("dark", 1e7, 0.0)
    medium = Layered((Slab(dark, 10 * mm), Slab(GOOD, 1 * mm)))
    with pytest.raises(Refusal, match="no light"):
        transport(medium=medium, photons=None, relative_error=("tissue", 0.1))

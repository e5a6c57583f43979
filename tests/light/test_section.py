"""Where one joule goes, laser by laser."""

from __future__ import annotations

import numpy as np
import pytest

from porelight.light.section import one_joule
from porelight.skin.facial import facial_skin
from porelight.units import mm, nm, um

SKIN = facial_skin("II", "cheek")


def test_the_joule_is_shared_out_without_remainder() -> None:
    found = one_joule(SKIN, 1726 * nm, spot_radius=0.8 * mm, photons=20_000, seed=1)
    shares = sum(estimate.value for estimate in found.absorbed.values()) + found.reflectance.value
    assert shares + found.transmittance.value - found.roulette == pytest.approx(1.0, abs=1e-6)
    assert found.density is not None
    assert found.density.value.shape == (100, 1, 100)


def test_1726_gives_the_gland_more_than_1927() -> None:
    deep, shallow = (
        one_joule(SKIN, wavelength * nm, spot_radius=0.8 * mm, photons=40_000, seed=2).absorbed_by_path["gland"]
        for wavelength in (1726, 1927)
    )
    # Clear sebum in the duct leads some light of 1927 nm past the dermis, which alone would stop it: not ten times.
    assert deep.value > 2 * shallow.value


def test_light_falls_with_depth_beside_the_pore() -> None:
    found = one_joule(SKIN, 1550 * nm, spot_radius=0.9 * mm, photons=60_000, seed=3, cells=20)
    assert found.fluence is not None
    beside = found.fluence.value[:, 0, [5, 6, 13, 14]].mean(axis=1)
    layers = np.array([beside[2], beside[8], beside[16]])
    assert np.all(np.diff(layers) < 0)
    assert found.fluence.standard_error[2, 0, 5] < 0.2 * found.fluence.value[2, 0, 5]


def test_a_window_of_sapphire_lets_light_in() -> None:
    bare, cooled = (
        one_joule(SKIN, 1064 * nm, spot_radius=200 * um, photons=2_000, seed=4, window=window)
        for window in ("air", "sapphire")
    )
    assert bare.medium != cooled.medium
    assert abs(cooled.balance) < 1e-6

"""laser: the table of lasers, and what a setting derives."""

import dataclasses
import math

import numpy as np
import pytest

from porelight import cite
from porelight.laser import Setting, laser, lasers
from porelight.units import cm2, mJ, nm, um, us


@pytest.mark.parametrize("key", list(lasers()))
def test_the_usual_setting_of_a_laser_is_one_its_devices_dial(key: str) -> None:
    device = laser(key)
    for name, value in device.default.items():
        low, high = device.limits[name]
        assert low <= value <= high, name


@pytest.mark.parametrize("key", list(lasers()))
def test_every_laser_rests_on_rows_and_ablates_by_named_ones(key: str) -> None:
    device = laser(key)
    assert set(device.ablation) == {"heat_of_ablation", "removal_temperature"}
    assert {row.key for row in cite.used(device)} > {row.key for row in device.rests_on}


def test_an_unknown_laser_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="co2, eryag"):
        laser("ruby")


def test_wavelengths_are_in_metres() -> None:
    assert [round(laser(key).wavelength / nm) for key in ("co2", "eryag")] == [10600, 2940]


def test_peak_fluence_is_that_of_the_closed_forms() -> None:
    gaussian = Setting(laser("co2"), 20 * mJ, 120 * um, 700 * us)
    r = np.linspace(0.0, 1000 * um, 400001)
    ring = gaussian.peak_fluence * np.exp(-8.0 * (r / (120 * um)) ** 2) * 2.0 * math.pi * r
    assert ring.sum() * r[1] == pytest.approx(20 * mJ, rel=1e-6)
    disc = dataclasses.replace(gaussian, profile="top_hat")
    assert disc.peak_fluence * math.pi * (60 * um) ** 2 == pytest.approx(20 * mJ)
    assert gaussian.peak_fluence * cm2 == pytest.approx(353.7, rel=1e-3)  # J/cm2: 2 E / (pi w2)


@pytest.mark.parametrize(
    "wrong", [{"pulse_energy": -1.0}, {"spot_diameter": 0.0}, {"pulse_duration": 0.0}, {"passes": 0}, {"density": -1.0}]
)
def test_a_setting_that_cannot_be_is_not_made(wrong: dict[str, float]) -> None:
    usual = {"laser": laser("co2"), "pulse_energy": 1 * mJ, "spot_diameter": 120 * um, "pulse_duration": 1e-3}
    with pytest.raises(ValueError, match="out of range"):
        Setting(**{**usual, **wrong})  # type: ignore[arg-type]

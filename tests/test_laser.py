"""laser: one list of lasers, what each lacks, and what a setting derives."""

import dataclasses
import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from porelight import cite
from porelight.laser import Cooling, Laser, Setting, find_laser, followed_lasers, load_lasers, physics_of
from porelight.refusal import Refusal
from porelight.simulation.chain import simulate
from porelight.simulation.numbers import read_numbers
from porelight.simulation.scenario import skin_of
from porelight.units import celsius, cm2, mJ, nm, um, us


@pytest.mark.parametrize("key", followed_lasers())
def test_the_typical_setting_of_a_laser_is_one_its_devices_dial(key: str) -> None:
    device = find_laser(key)
    assert set(device.default) == set(device.limits)
    for name, value in device.default.items():
        low, high = device.limits[name]
        assert low <= value <= high, name


@pytest.mark.parametrize("key", followed_lasers())
def test_a_laser_that_can_be_followed_has_its_physics_and_a_typical_setting(key: str) -> None:
    device = find_laser(key)
    absorption, ablation = physics_of(device)
    assert absorption.water.si > 0.0
    assert ablation.heat_of_ablation.si > 0.0
    assert device.rests_on
    assert device.default


@pytest.mark.parametrize("key", sorted(set(load_lasers()) - set(followed_lasers())))
def test_a_laser_that_cannot_be_followed_says_what_it_lacks(key: str) -> None:
    with pytest.raises(Refusal, match=r"lacks water absorption at its wavelength .* use one of co2, eryag"):
        physics_of(find_laser(key))


def test_every_laser_has_a_session_spacing_for_the_rules() -> None:
    assert all(device.spacing is not None for device in load_lasers().values())


def test_a_laser_of_ones_own_is_followed_like_the_one_it_was_made_from() -> None:
    mine = dataclasses.replace(find_laser("co2"), key="mine", name="My CO2")
    own, listed = (
        read_numbers(simulate(Setting(device, 5 * mJ, 120 * um, 200 * us), skin_of("III", "cheek"), cooling_time=1e-3))
        for device in (mine, find_laser("co2"))
    )
    differ = {name for name in own if own[name] != listed[name]}
    assert differ <= {"laser", "setting", "laser_name"}


def test_an_unknown_laser_is_named_with_those_there_are() -> None:
    with pytest.raises(Refusal, match="co2, co2_full, eryag"):
        find_laser("ruby")


def test_wavelengths_are_in_metres() -> None:
    assert [round(find_laser(key).wavelength / nm) for key in ("co2", "eryag")] == [10600, 2940]


def test_rows_that_a_run_may_not_have_used_are_not_counted_with_the_laser() -> None:
    used = {row.key for row in cite.used(find_laser("eryag"))}
    assert used == {row.key for row in find_laser("eryag").rests_on}
    assert "eryag_clouding" not in used


def test_nothing_in_a_laser_can_be_changed() -> None:
    device = find_laser("co2")
    with pytest.raises(TypeError):
        device.default["energy_mj"] = 999  # type: ignore[index]
    with pytest.raises(TypeError):
        cite.rows("lasers")["lasers"][0]["default"]["energy_mj"] = 999
    with pytest.raises(TypeError):
        cite.table("lasers")["co2_spot"] = None  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        device.key = "eryag"  # type: ignore[misc]
    assert device.default["energy_mj"] == 20


def test_lasers_and_settings_compare_hash_print_and_pickle() -> None:
    one = Setting(find_laser("co2"), 20 * mJ, 120 * um, 700 * us)
    two = pickle.loads(pickle.dumps(one))
    assert one == two
    assert hash(one) == hash(two)
    assert one != dataclasses.replace(one, pulse_energy=1 * mJ)
    assert len(repr(one)) <= 200
    assert "\n" not in repr(one.laser)


WRONG_LASERS: list[dict[str, Any]] = [
    {"wavelength": math.nan},
    {"wavelength": -1e-6},
    {"wavelength": 10600.0},
    {"kind": "laser"},
    {"profile": "flat"},
    {"key": ""},
    {"name": None},
    {"limits": {"energy_mj": (10, 1)}},
    {"default": {"energy_mj": math.nan}},
    {"default": {"energy_mj": 20}, "limits": {"energy_mj": (0, 10)}},
]


@pytest.mark.parametrize("wrong", WRONG_LASERS, ids=str)
def test_a_laser_that_cannot_be_is_not_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        Laser(**{"key": "mine", "name": "Mine", "wavelength": 1.5e-6, "kind": "nonablative", **wrong})


def test_peak_fluence_is_that_of_the_closed_forms() -> None:
    gaussian = Setting(find_laser("co2"), 20 * mJ, 120 * um, 700 * us)
    r = np.linspace(0.0, 1000 * um, 400001)
    ring = gaussian.peak_fluence * np.exp(-8.0 * (r / (120 * um)) ** 2) * 2.0 * math.pi * r
    assert ring.sum() * r[1] == pytest.approx(20 * mJ, rel=1e-6)
    disc = dataclasses.replace(gaussian, profile="top_hat")
    assert disc.peak_fluence * math.pi * (60 * um) ** 2 == pytest.approx(20 * mJ)
    assert gaussian.peak_fluence * cm2 == pytest.approx(353.7, rel=1e-3)  # J/cm2: 2 E / (pi w2)


TYPICAL = {"laser": find_laser("co2"), "pulse_energy": 1 * mJ, "spot_diameter": 120 * um, "pulse_duration": 1e-3}
NUMBERS = (
    *("pulse_energy", "spot_diameter", "pulse_duration", "density", "passes"),
    *("pulses_per_column", "repetition_interval"),
)
NONSENSE = (math.nan, math.inf, -math.inf, -1.0, "10", None, True)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", NONSENSE, ids=str)
def test_a_setting_of_nonsense_is_not_made(name: str, value: object) -> None:
    with pytest.raises(Refusal, match="out of range"):
        Setting(**{**TYPICAL, name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        *({"spot_diameter": 0.0}, {"spot_diameter": 1e-6}, {"spot_diameter": 120.0}, {"pulse_duration": 0.0}),
        *({"passes": 0}, {"passes": 1.5}, {"pulses_per_column": 0}, {"pulse_energy": 20e3}),
        *({"profile": "flat"}, {"laser": "co2"}),
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_is_not_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        Setting(**{**TYPICAL, **wrong})


@given(st.dictionaries(st.sampled_from(("transfer", "temperature", "before", "delay")), st.floats(), min_size=1))
def test_a_cooling_holds_finite_numbers_or_is_not_made(values: dict[str, Any]) -> None:
    try:
        made = Cooling(**{"name": "air", "transfer": 10.0, "temperature": celsius(20.0), **values})
    except Refusal:
        return
    assert all(math.isfinite(value) and value >= 0.0 for value in (made.transfer, made.temperature, made.before))

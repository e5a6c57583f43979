"""Bursting and charring: tissue that leaves before it is dry, and tissue that stays after."""

from __future__ import annotations

import numpy as np
import pytest

from porelight import cite, heat
from porelight.heat.packing import BOILING, LATENT
from porelight.heat.removal import leave_as_dried
from porelight.laser import find_laser, physics_of
from porelight.simulation.chain import Conditions, simulate
from porelight.simulation.model import Simulation
from porelight.simulation.numbers import read_numbers
from porelight.simulation.scenario import setting_from, skin_of
from porelight.units import ms, to_celsius, um

SKIN = skin_of("III", "cheek")


def full_field(fluence: float, pulse_us: float, without: tuple[str, ...] = (), stack: int = 1) -> Simulation:
    """A flat disc of 3 mm under so many J/cm2, pulses a second apart."""
    area = 0.25 * np.pi * 0.3**2
    dial = {"energy_mj": 1e3 * fluence * area, "spot_um": 3000, "pulse_us": pulse_us, "stack": stack}
    setting = setting_from("co2", dial, profile="top_hat", density_pct=0, repetition_hz=1)
    return simulate(setting, SKIN, cooling_time=20 * ms, under=Conditions(without=without))


def material() -> tuple[heat.Tissue, heat.Tissue]:
    """Tissue under CO2 light before and after it is told how it leaves."""
    grid = heat.column_grid(setting_from("co2"), 17 * um, 0.2e-3)
    plain = heat.make_tissue(SKIN, find_laser("co2"), grid)
    flat = np.full(grid.shape[0], 3e4)
    return plain, heat.let_burst_and_char(plain, find_laser("co2"), flat, np.full(grid.shape[0], 0.5))


def test_the_epidermis_bursts_at_a_tenth_of_a_millisecond_where_it_was_torn_and_not_where_it_stayed() -> None:
    # choi1998: three passes of 2.4 J/cm2 leave the epidermis, of 3.9 J/cm2 leave it in pieces.
    assert full_field(2.4, 100, stack=3).crater.ablation_depth == 0.0
    torn = full_field(3.9, 100, stack=3).crater.ablation_depth
    assert 1 * um <= torn <= SKIN.layers[0].thickness
    assert full_field(3.9, 100, ("bursting",), stack=3).crater.ablation_depth == 0.0


def test_the_threshold_of_pulses_up_to_a_millisecond_is_about_five_joules_per_square_centimetre() -> None:
    # Clinical literature, recalled: about 5 J/cm2 for pulses below 1 ms; 3 and 8 are well on either side.
    depths = [full_field(fluence, 1000).crater.ablation_depth for fluence in (3.0, 8.0)]
    assert depths[0] == 0.0 < depths[1]


def test_bursting_hardly_changes_a_column() -> None:
    usual, less = (
        read_numbers(simulate(setting_from("co2"), SKIN, cooling_time=5 * ms, under=Conditions(without=without)))
        for without in ((), ("bursting",))
    )
    assert usual["ablation_depth_um"] == pytest.approx(less["ablation_depth_um"], rel=0.05)


def test_weak_light_leaves_char_and_strong_light_leaves_none() -> None:
    # Far below 6 and far above 13 kW/cm2 in front of the ejecta: 2 and 50.
    table, usual = cite.table("lasers"), physics_of(find_laser("co2"))[1].removal_temperature.si
    weak, strong = full_field(40.0, 20000), full_field(40.0, 800)
    assert usual + 50.0 < weak.warming.peak_temperature <= table["char_temperature"].si + 1.0
    assert strong.warming.peak_temperature <= usual + 1.0
    bare = full_field(40.0, 20000, ("charring",))
    assert bare.warming.peak_temperature <= usual + 1.0
    assert bare.crater.ablation_depth > weak.crater.ablation_depth


@pytest.mark.parametrize("fluence", [3.9, 6.0, 40.0])
@pytest.mark.parametrize("pulse_us", [100.0, 5000.0])
def test_energy_is_kept_when_tissue_bursts_and_chars(fluence: float, pulse_us: float) -> None:
    assert abs(full_field(fluence, pulse_us).warming.energy.error) < 1e-9


def test_er_yag_light_needs_neither() -> None:
    # Its heat of ablation lies below that of drying: tissue leaves partly as liquid all along.
    plain, _ = material()
    flat = np.ones(plain.rows.shape[0])
    assert heat.let_burst_and_char(plain, find_laser("eryag"), flat, 0.0 * flat) is plain


def test_what_bursts_is_boiling_and_what_it_takes_along_boils_less() -> None:
    plain, told = material()
    assert told.leaving is not None
    boils, dry = plain.rows[:, BOILING], plain.rows[:, BOILING] + plain.rows[:, LATENT]
    assert (boils < told.leaving[5]).all()
    assert (told.leaving[5] < told.leaving[4]).all()
    assert (told.leaving[4] < dry).all()
    assert (told.leaving[0] < told.leaving[1]).all()
    assert {"co2_char_below", "char_temperature", "burst_dryness", "torn_dryness"} <= {row.key for row in told.rests_on}


def test_switched_off_it_leaves_tissue_to_dry() -> None:
    plain, _ = material()
    flat = np.ones(plain.rows.shape[0])
    told = heat.let_burst_and_char(plain, find_laser("co2"), flat, 0.0 * flat, bursting=False, charring=False)
    assert told.leaving is not None
    assert (told.leaving == leave_as_dried(flat.size)).all()


def test_the_surface_of_a_burst_is_no_hotter_than_boiling_water() -> None:
    found = full_field(3.9, 100, stack=1)
    assert to_celsius(found.warming.peak_temperature) <= 100.0 + 1e-6

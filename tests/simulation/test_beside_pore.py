"""A pore beside a column."""

import dataclasses
import json

import pytest

from porelight.refusal import Refusal
from porelight.simulation.beside_pore import beside_numbers, simulate_beside_pore
from porelight.simulation.scenario import setting_from, skin_of
from porelight.units import celsius, um

SKIN = skin_of("III", "cheek")
SETTING = setting_from("co2", energy_mj=20)


@pytest.mark.slow
def test_heat_comes_to_the_gland_late_and_little_and_less_from_further_away() -> None:
    near, far = (simulate_beside_pore(SETTING, SKIN, distance * um, followed=0.6) for distance in (220.0, 400.0))
    assert near.gland_rise.max() > far.gland_rise.max() > 0.0
    assert near.gland_peak > far.gland_peak
    assert near.gland_rise[1] < 0.5 * near.gland_rise.max()  # diffusion over 0.2 mm takes tens of milliseconds
    assert far.gland_dead_share == 0.0
    assert abs(near.energy_error) < 1e-11


def test_a_plugged_pore_conducts_what_air_does_not() -> None:
    plugged = dataclasses.replace(SKIN, pore=dataclasses.replace(SKIN.pore, plugged=True))
    open_, full = (simulate_beside_pore(SETTING, skin, 220 * um, followed=0.3) for skin in (SKIN, plugged))
    assert full.gland_rise.max() != pytest.approx(open_.gland_rise.max(), rel=1e-6)
    assert abs(full.energy_error) < 1e-11


def test_a_column_that_falls_into_the_pore_is_refused() -> None:
    with pytest.raises(Refusal, match="opening"):
        simulate_beside_pore(SETTING, SKIN, 100 * um)


def test_numbers_are_plain() -> None:
    found = simulate_beside_pore(SETTING, SKIN, 300 * um, temperature=celsius(33.0), followed=0.05)
    told = beside_numbers(found)
    assert json.loads(json.dumps(told)) == told
    assert told["gland_rise_k"][0] == 0.0

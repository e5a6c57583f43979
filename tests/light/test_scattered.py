"""light.scattered: light that scatters, as the heat takes it."""

from __future__ import annotations

import numpy as np
import pytest

from porelight import cite, heat
from porelight.fields import Exposure, Grid
from porelight.laser import Setting, find_laser
from porelight.light import make_monte_carlo_deposit, monte_carlo, optics
from porelight.refusal import Refusal
from porelight.skin import facial_skin
from porelight.units import celsius, mJ, mm, ms, um

SKIN = facial_skin("II", "cheek")
GRID = Grid(
    np.linspace(0.0, 3 * mm, 31), np.concatenate([np.linspace(0.0, 1 * mm, 41), np.linspace(1.1, 5.0, 40) * mm])
)
SETTING = Setting(find_laser("nafl_1550"), 10 * mJ, 0.6 * mm, 5 * ms, profile="top_hat")


def test_it_is_the_transport_of_the_same_beam_in_the_same_layers() -> None:
    deposit = make_monte_carlo_deposit(SETTING, SKIN, GRID, photons=4000, seed=7)
    medium = optics.skin_layers(SKIN, SETTING.laser.wavelength)
    found = monte_carlo.transport(medium, monte_carlo.top_hat(0.3 * mm), photons=4000, grid=GRID, seed=7)
    assert found.density is not None
    assert np.array_equal(deposit.density, found.density.value)
    assert deposit.reflected == found.reflectance.value
    assert {row.key for row in deposit.rests_on} == {row.key for row in cite.used(medium)}


def test_a_pulse_that_leaves_the_skin_whole_warms_it_where_the_light_goes_and_keeps_its_energy() -> None:
    deposit = make_monte_carlo_deposit(SETTING, SKIN, GRID, photons=20_000, seed=1)
    tissue = heat.make_tissue(SKIN, SETTING.laser, GRID)
    exposure = Exposure(SKIN, SETTING, celsius(35.0))
    crater, warming = heat.expose(exposure, GRID, tissue, absorb=deposit, cooling_time=20 * ms)
    assert crater.ablation_depth == 0.0
    assert abs(warming.energy.error) < 1e-9
    # The tissue that light warms most is on the axis, and little has come to four beam radii.
    assert warming.peak[:, 0].max() > celsius(40.0)
    assert warming.peak[:, GRID.r > 2.5 * mm].max() < celsius(36.0)


def test_light_that_water_takes_up_at_once_is_refused_with_the_range_that_is_covered() -> None:
    with pytest.raises(Refusal, match="nm"):
        make_monte_carlo_deposit(Setting(find_laser("co2"), 10 * mJ, 120 * um, 1 * ms), SKIN, GRID, photons=100, seed=1)

"""heat.surface: plates, sprays and evaporation against closed forms and tables."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from scipy.special import erfcx

from porelight import cite, heat
from porelight.arrays import Floats
from porelight.fields import Exposure
from porelight.heat.column import Column
from porelight.heat.packing import AIR_CONDUCTIVITY, DISC_REACH, TRANSFER, VAPOUR
from porelight.heat.surface import lose_through_surface, pack_contact, pack_surface, saturated_vapour
from porelight.laser import Cooling
from porelight.simulation.cooling import cooling_from
from porelight.simulation.scenario import setting_from, skin_of
from porelight.units import celsius, mm, ms, um

SKIN = skin_of("III", "cheek")
SETTING = setting_from("co2", energy_mj=5)
START = celsius(35.0)


def exposure(state: str = "dry", cooling: Cooling | None = None) -> Exposure:
    return Exposure(SKIN, dataclasses.replace(SETTING, cooling=cooling), START, state)  # type: ignore[arg-type]


def leaving(packed: Floats, temperature: float, gone: int = 0) -> Floats:
    """Heat that leaves four rings of thin cells [W/m2], the inner two open down to row ``gone``."""
    rows, rings = 6, 4
    heights, areas = np.full(rows, 1 * um), np.ones((4, rings))
    solid, rate = np.ones((rows, rings)), np.zeros((rows, rings))
    solid[:gone, :2] = 0.0
    warm = np.full((rows, rings), temperature)
    lose_through_surface(warm, np.full((rows, rings), 1e6), solid, rate, heights, areas, packed, rows, rings)
    return np.asarray(-(rate * heights[:, None]).sum(axis=0))


def robin(time: float, transfer: float, conductivity: float, diffusivity: float) -> float:
    """Share of the way to the plate that the surface of a half-space has gone: 1 - exp(x2) erfc(x)."""
    return float(1.0 - erfcx(transfer * math.sqrt(diffusivity * time) / conductivity))


@pytest.mark.parametrize("transfer", [500.0, 1500.0, 25000.0])
def test_a_plate_cools_a_half_space_as_the_closed_form_says(transfer: float) -> None:
    conductivity, capacity, plate = 0.37, 3.761e6, celsius(5.0)
    grid = heat.uniform_grid(1.0 * mm, 400, 40 * um, 2)
    column = Column(grid, heat.uniform_tissue(grid, capacity, conductivity), START, (0.0, START))
    column.meet(pack_contact(transfer, plate, START))
    column.cool(50 * ms, None, tolerance=0.05)
    first = 0.5 * (grid.z_edges[1] - grid.z_edges[0]) / conductivity
    centre = float(column.temperature[0, 0])
    skin = (centre / first + plate * transfer) / (1.0 / first + transfer)  # heat flow is the same on both sides
    expected = robin(50 * ms, transfer, conductivity, conductivity / capacity)
    assert (START - skin) / (START - plate) == pytest.approx(expected, rel=0.01)


def test_steps_are_as_short_in_skin_that_a_plate_has_frozen_as_in_skin_that_was_frozen_before() -> None:
    """Ice conducts four times as well as water and holds half the heat: longer steps are not stable in it."""
    grid = heat.column_grid(SETTING, 20 * um, 100 * um)
    tissue = heat.make_tissue(SKIN, SETTING.laser, grid)
    column, frozen = Column(grid, tissue, START, (0.0, START)), Column(grid, tissue, celsius(-5.0), (0.0, START))
    bare = column.stable_step()
    frozen.nz, frozen.nr = column.nz, column.nr
    assert bare > 2.0 * frozen.stable_step()
    column.meet(pack_contact(1e5, celsius(-60.0), START))
    column.cool(20 * ms, None)
    frozen.nz, frozen.nr = column.nz, column.nr
    assert float(column.temperature.min()) < celsius(-20.0)
    assert column.stable_step() == frozen.stable_step()
    column.meet(pack_contact(0.0, START, START))
    assert column.stable_step() == frozen.stable_step(), "ice stays when the plate is gone"
    column.cool(2.0, None)
    assert float(column.temperature.min()) > celsius(0.0)
    assert column.stable_step() == pytest.approx(bare, rel=0.5), "and steps are long again once it has thawed"


def test_the_heat_transfer_of_a_plate_is_the_one_that_was_seen() -> None:
    row = cite.table("thermal")["contact_transfer"]
    for transfer, plate, skin in ((row.value, 9.0, 16.5), (row.low, 6.0, 19.0), (row.high, 12.0, 14.0)):
        assert transfer is not None
        assert robin(1.0, transfer, 0.37, 9.84e-8) == pytest.approx((30.0 - skin) / (30.0 - plate), abs=0.01)


def test_a_plate_does_not_lie_in_the_hole_and_air_does() -> None:
    plate, air = (pack_surface(exposure(cooling=cooling_from(kind))).then for kind in ("contact", "air"))
    assert (leaving(plate, celsius(60.0), gone=3) > 0.0).tolist() == [False, False, True, True]
    assert (leaving(air, celsius(60.0), gone=3) > 0.0).all()


def test_a_spurt_has_ended_before_the_pulse_and_a_plate_stays() -> None:
    spurt, plate = (pack_surface(exposure(cooling=cooling_from(kind))) for kind in ("cryogen", "contact"))
    assert [time for time, _ in spurt.before] == pytest.approx([40 * ms, 20 * ms])
    assert [float(met[TRANSFER]) for _, met in spurt.before] == [25000.0, 0.0]
    assert spurt.then[TRANSFER] == 0.0
    assert plate.then[TRANSFER] == plate.before[0][1][TRANSFER] == 1500.0


# Density of saturated vapour [g/m3] at 0, 25, 50, 100 C: standard steam tables. Magnus is 3 % high at 100 C.
@pytest.mark.parametrize(("warmth", "table"), [(0.0, 4.85), (25.0, 23.0), (50.0, 83.0), (100.0, 598.0)])
def test_vapour_is_that_of_the_steam_tables(warmth: float, table: float) -> None:
    assert 1e3 * saturated_vapour(celsius(warmth)) == pytest.approx(table, rel=0.035)


def test_wet_skin_in_still_air_loses_what_a_wet_thermometer_does() -> None:
    # A psychrometer in still air: dry 22 C, 50 % humidity, wet about 15.4 C by the psychrometric chart. There the heat
    # that air gives equals the heat that vapour takes, so nothing flows.
    packed = pack_surface(exposure("wet")).then
    low, high = celsius(5.0), celsius(22.0)
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _flux(packed, middle) < 0.0 else (low, middle)
    assert middle == pytest.approx(celsius(15.4), abs=1.0)


def _flux(packed: Floats, temperature: float) -> float:
    """Flow to the room, sensible and latent [W/m2]."""
    sensible = packed[TRANSFER] * (temperature - packed[1])
    return float(sensible + packed[VAPOUR] * packed[TRANSFER] * (saturated_vapour(temperature) - packed[5]))


def test_the_warm_spot_loses_heat_as_a_disc_does_and_less_from_a_deep_hole() -> None:
    packed = pack_surface(exposure("wet")).then
    room = packed.copy()
    room[AIR_CONDUCTIVITY] = 0.0
    warm = celsius(101.0)  # dried: no vapour, heat alone
    disc = leaving(packed, warm, gone=3) - leaving(room, warm, gone=3)
    radius = 0.5 * SETTING.spot_diameter
    whole = float(packed[AIR_CONDUCTIVITY]) * (warm - START)
    assert disc[2:] == pytest.approx(whole / (math.pi * radius / 4.0), rel=0.01)
    assert disc[:2] == pytest.approx(whole / (3 * um + math.pi * radius / 4.0), rel=0.01)
    assert packed[DISC_REACH] == pytest.approx(math.pi * radius / 4.0)


def test_skin_that_is_not_heated_feels_still_air_alone() -> None:
    packed = pack_surface(exposure("wet")).then
    room = packed.copy()
    room[AIR_CONDUCTIVITY] = 0.0
    assert leaving(packed, START) - _flux(room, START) == pytest.approx(np.zeros(4), abs=1e-3 * _flux(room, START))


def test_vapour_is_bounded_at_boiling() -> None:
    packed = pack_surface(exposure("wet")).then
    at, above = (float(leaving(packed, celsius(warmth))[0]) for warmth in (100.0, 100.5))
    assert at > 1e5  # W/m2, from some 0.3 mm of water a second
    assert above < 0.1 * at  # dried tissue gives none

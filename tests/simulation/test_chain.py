"""simulate: the chain as a whole: books, limits, directions, independence of grid, step and thread."""

import dataclasses
import functools
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as some

from porelight import cite, heat
from porelight.fields import Crater, Exposure
from porelight.laser import Cooling, Setting, find_laser, physics_of
from porelight.light.beer_lambert import Mechanisms, make_beer_lambert_beam
from porelight.message import english
from porelight.refusal import Refusal
from porelight.simulation import mechanisms
from porelight.simulation.chain import depth_remarks, simulate
from porelight.simulation.dials import CoolingKind, Scenario
from porelight.simulation.model import Simulation
from porelight.simulation.numbers import read_numbers
from porelight.simulation.scenario import run_scenario as play
from porelight.simulation.scenario import scenario_from, setting_from, skin_of
from porelight.units import J_cm2, celsius, mJ, mm, ms, um, us

SKIN = skin_of("III", "cheek")
SHORT = 5 * ms


def unread(name: str) -> str:
    raise AssertionError(f"{name} was read")


@functools.cache
def run(key: str = "co2", refinement: float = 1.0, temperature_c: float = 35.0, **dial: float) -> Simulation:
    return simulate(setting_from(key, dial), SKIN, temperature=celsius(temperature_c), refinement=refinement)


def quick(key: str = "co2", **dial: float) -> Simulation:
    return simulate(setting_from(key, dial), SKIN, cooling_time=SHORT)


def test_the_numbers_other_programs_read_are_there_and_finite() -> None:
    found = read_numbers(run(energy_mj=20))
    for key in (
        *("ablation_depth_um", "ablation_width_um", "coagulation_depth_um", "coagulation_width_um"),
        *("peak_temperature_c", "energy_balance_error"),
    ):
        assert math.isfinite(found[key])
    assert found["sources"]
    assert (found["seed"], found["version"]) == (0, run(energy_mj=20).version)


@pytest.mark.parametrize("key", ["co2", "eryag"])
@pytest.mark.parametrize("energy", [0.2, 10.0, 40.0])
@pytest.mark.parametrize("temperature", [-80.0, -5.0, 20.0, 45.0])
def test_energy_is_accounted_for(key: str, energy: float, temperature: float) -> None:
    result = simulate(
        setting_from(key, energy_mj=energy, stack=2), SKIN, temperature=celsius(temperature), cooling_time=SHORT
    )
    assert abs(result.warming.energy.error) < 1e-6


def test_energy_is_accounted_for_with_heat_leaving_through_the_surface() -> None:
    cooled = dataclasses.replace(setting_from("co2", energy_mj=5), cooling=Cooling("spray", 25000.0, celsius(-26.0)))
    energy = simulate(cooled, SKIN, cooling_time=SHORT).warming.energy
    assert energy.conducted_out > 1e-3 * energy.incident
    assert abs(energy.error) < 1e-6


@pytest.mark.parametrize(
    ("cooling", "state"), [(kind, "dry") for kind in ("air", "contact", "cryogen")] + [("none", "wet"), ("air", "wet")]
)
@pytest.mark.parametrize("key", ["co2", "eryag"])
def test_energy_is_accounted_for_at_every_surface(key: str, cooling: str, state: str) -> None:
    said = scenario_from("", "s.yaml", {"laser": key, "energy_mj": 8, "stack": 2, "cooling": cooling, "surface": state})
    energy = play(said, unread, cooling_time=SHORT).warming.energy
    assert energy.conducted_out > 0.0
    assert abs(energy.error) < 1e-6


def test_no_energy_through_a_cold_plate_does_no_harm() -> None:
    result = play(Scenario(energy_mj=0, cooling="contact"), unread, cooling_time=SHORT)
    assert result.crater.ablation_depth == result.injury.necrosis_depth == 0.0
    assert result.warming.peak_temperature <= celsius(35.0) + 1e-9
    assert result.warming.surface[0] < celsius(25.0)


def test_no_energy_does_nothing() -> None:
    result = quick(energy_mj=0)
    assert result.crater.ablation_depth == result.injury.necrosis_depth == 0.0
    assert result.warming.peak_temperature == pytest.approx(celsius(35.0), abs=1e-9)
    assert result.warming.energy.error == 0.0


def test_tissue_is_never_hotter_than_the_temperature_at_which_it_leaves() -> None:
    removal = physics_of(find_laser("co2"))[1].removal_temperature.si
    for energy in (5, 40):
        assert run(energy_mj=energy).warming.peak_temperature <= removal + 1.0


@budget(max_examples=12, deadline=None)
@given(energy=some.floats(0.5, 40.0), factor=some.floats(1.3, 3.0))
def test_more_energy_is_never_shallower(energy: float, factor: float) -> None:
    small, large = (quick(energy_mj=each, pulse_us=500) for each in (energy, energy * factor))
    assert large.crater.ablation_depth >= small.crater.ablation_depth
    assert large.injury.coagulation_depth >= small.injury.coagulation_depth - 1 * um


def test_colder_skin_takes_a_shallower_hole_with_a_thinner_rim() -> None:
    warm, cold, frozen = (read_numbers(run(energy_mj=20, temperature_c=each)) for each in (35.0, 4.0, -80.0))
    assert warm["ablation_depth_um"] > cold["ablation_depth_um"] > frozen["ablation_depth_um"]
    assert warm["rim_below_um"] > cold["rim_below_um"] > frozen["rim_below_um"]


def test_a_cooled_surface_protects_the_epidermis() -> None:
    # Sub-ablative light through a cooled and a bare surface: the cooled one loses less epidermis.
    warm = setting_from("co2", energy_mj=2, spot_um=1000, pulse_us=2000)
    cold = dataclasses.replace(warm, cooling=Cooling("spray", 25000.0, celsius(-26.0)))
    bare, spared = (simulate(each, SKIN, cooling_time=50 * ms) for each in (warm, cold))
    assert spared.injury.necrosis_depth < bare.injury.necrosis_depth


@pytest.mark.parametrize("kind", ["contact", "cryogen"])
def test_a_plate_and_a_spurt_spare_epidermis_below_the_threshold(kind: CoolingKind) -> None:
    # Light that warms and does not ablate; the skin is colder where it meets it, so fewer cells die.
    dial = {"energy_mj": 2.0, "spot_um": 1000.0, "pulse_us": 2000.0}
    bare, spared = (
        play(Scenario(**dial, cooling=each), unread, cooling_time=50 * ms)  # type: ignore[arg-type]
        for each in ("none", kind)
    )
    volume = "epidermal_necrosis_volume_um3"
    assert read_numbers(spared)[volume] < 0.8 * read_numbers(bare)[volume]
    assert spared.injury.necrosis_width < bare.injury.necrosis_width


def test_wet_skin_is_cooler_in_the_end_and_is_no_deeper() -> None:
    dry, wet = (play(Scenario(energy_mj=5, surface=each), unread, cooling_time=20 * ms) for each in ("dry", "wet"))
    left = wet.crater.grid.z_edges[1:, None] > wet.crater.depth[None, :]
    assert wet.warming.final[left].mean() < dry.warming.final[left].mean()
    assert wet.crater.ablation_depth <= dry.crater.ablation_depth
    assert wet.injury.coagulation_width < dry.injury.coagulation_width


@budget(max_examples=8, deadline=None)
@given(energy=some.floats(1.0, 30.0), warmth=some.floats(-60.0, 40.0), colder=some.floats(3.0, 30.0))
def test_a_colder_skin_is_never_deeper(energy: float, warmth: float, colder: float) -> None:
    setting = setting_from("co2", energy_mj=energy, pulse_us=500)
    warm, cold = (
        simulate(setting, SKIN, temperature=celsius(each), cooling_time=SHORT)
        for each in (warmth, max(warmth - colder, -80.0))
    )
    assert cold.crater.ablation_depth <= warm.crater.ablation_depth
    assert cold.injury.coagulation_depth <= warm.injury.coagulation_depth + 1 * um


@pytest.mark.parametrize("without", ["mixing", "perfusion"])
def test_a_mechanism_that_is_switched_off_is_named_and_matters_as_it_should(without: str) -> None:
    usual, less = (play(Scenario(energy_mj=10, without=each), unread, cooling_time=SHORT) for each in ("", without))
    assert less.exposure.without == (without,)
    same = without == "perfusion"  # negligible within a second
    assert (less.crater.ablation_depth == usual.crater.ablation_depth) is same


def test_every_switch_of_the_light_can_be_named() -> None:
    light = {field.name for field in dataclasses.fields(Mechanisms)}
    assert light | {"perfusion"} <= set(mechanisms.mechanism_names())
    assert mechanisms.make_mechanisms(mechanisms.mechanism_names()) == Mechanisms(**dict.fromkeys(light, False))


def test_the_lists_by_depth_agree_with_the_numbers_beside_them() -> None:
    found = read_numbers(run(energy_mj=20))
    rim, heat_ = found["rim_by_depth"], found["time_above_60_c_by_depth"]
    assert rim[-1]["depth_um"] == pytest.approx(found["coagulation_depth_um"])
    assert rim[0]["crater_width_um"] == pytest.approx(found["ablation_width_um"], abs=found["spot_um"] / 20)
    assert max(line["crater_width_um"] + 2 * line["rim_um"] for line in rim) <= found["coagulation_width_um"] + 1e-6
    open_ = [line["depth_um"] for line in rim if line["crater_width_um"] > 0.0]
    step = rim[1]["depth_um"] + found["depth_resolution_um"]
    assert open_[-1] == pytest.approx(found["ablation_depth_um"], abs=step)
    assert 0.0 < found["longest_above_60_c_ms"] < 81.0
    assert heat_[-1]["depth_um"] < found["necrosis_depth_um"] + 40
    assert found["surface_temperature"][0]["time_us"] == 0.0
    assert max(each["temperature_c"] for each in found["surface_temperature"]) <= found["peak_temperature_c"] + 1


def test_thermal_dose_is_said_as_a_bound_where_its_rule_ends() -> None:
    hot, mild = read_numbers(run(energy_mj=20)), read_numbers(run(energy_mj=0.4, spot_um=1000))
    assert hot["cem43_max_is_lower_bound"]
    assert hot["cem43_max_log10_min"] == pytest.approx(math.log10(hot["cem43_max_min"]))
    assert hot["cem43_max_min"] < 16384 * 0.1 / 60 * 1.1  # no more than the rate at 57 C for all the time followed
    assert not mild["cem43_max_is_lower_bound"]
    assert mild["cem43_max_min"] == mild["cem43_max_where_rule_holds_min"]


def test_what_cannot_be_followed_is_refused_with_the_reason() -> None:
    cases: list[tuple[dict[str, object], str]] = [
        ({"stack": 100, "tissue_temperature_c": -20, "laser": "eryag"}, "steps"),
        ({"stack": 50, "energy_mj": 500, "repetition_hz": 10}, "shorter pulses"),
        ({"stack": 50, "repetition_hz": 0.1}, "blood"),
        ({"surface": "wet", "cooling": "contact"}, "evaporating"),
    ]
    for said, reason in cases:
        with pytest.raises(Refusal, match=reason):
            play(scenario_from("", "s.yaml", said), unread)


def test_a_hole_deeper_than_the_skin_is_said_and_one_through_everything_refused() -> None:
    grid = heat.uniform_grid(5 * mm, 100, 1 * mm, 10)

    def hole(depth: float) -> Crater:
        return Crater(grid, np.full(10, depth), 50 * um)

    assert depth_remarks(SKIN, hole(0.3 * mm)) == ()
    assert "through the dermis" in depth_remarks(SKIN, hole(1.5 * mm))[0].english()
    assert "deeper than the 3.1 mm of skin" in depth_remarks(SKIN, hole(3.5 * mm))[0].english()
    with pytest.raises(Refusal, match="goes through all"):
        depth_remarks(SKIN, hole(5 * mm))


def test_coagulation_that_reaches_fat_is_said() -> None:
    grid = heat.uniform_grid(5 * mm, 100, 1 * mm, 10)
    crater = Crater(grid, np.full(10, 1.0 * mm), 50 * um)
    assert depth_remarks(SKIN, crater, 1.05 * mm) == ()
    (said,) = depth_remarks(SKIN, crater, 1.3 * mm)
    assert said.english().startswith("Fat, below 1.1 mm")


@pytest.mark.parametrize(("hz", "density", "stack"), [(300, 5, 1), (10, 0, 2), (2, 5, 1), (300, 0, 1)])
def test_light_that_ejecta_of_other_pulses_take_up_is_said_with_what_it_costs(
    hz: float, density: float, stack: int
) -> None:
    found = quick("eryag", repetition_hz=hz, density_pct=density, stack=stack)
    clouded = hz > 5.0 and (density > 0.0 or stack > 1)
    assert any("59 % of the light" in str(said) for said in found.remarks) is clouded
    assert not any("ejecta" in str(said) for said in quick("eryag", energy_mj=0).remarks)
    if stack == 1:
        clear = quick("eryag", repetition_hz=1, density_pct=0)
        share = found.crater.ablation_depth / clear.crater.ablation_depth
        assert (share < 0.5) is clouded


def test_a_pulse_that_blows_off_says_so() -> None:
    """Ejecta get out of the way in 1 us: of a shorter pulse all light meets tissue where it lies."""
    brief, longer = quick("eryag", pulse_us=0.9), quick("eryag", pulse_us=100)
    assert brief.crater.ablation_depth < 0.5 * longer.crater.ablation_depth
    assert brief.remarks[0].english().startswith("A pulse of less than 1 us")
    assert "times as deep" not in english(brief.remarks)
    assert len(longer.remarks) == len(brief.remarks) - 1


def test_er_yag_leaves_a_thinner_rim_than_co2() -> None:
    assert read_numbers(run("eryag", energy_mj=20))["rim_below_um"] < read_numbers(run(energy_mj=20))["rim_below_um"]


def test_a_longer_pulse_of_the_same_energy_removes_less_and_coagulates_more() -> None:
    short, long = (read_numbers(run(energy_mj=10, pulse_us=each)) for each in (200.0, 10000.0))
    assert long["ablated_volume_um3"] < short["ablated_volume_um3"]
    assert long["coagulated_volume_um3"] > short["coagulated_volume_um3"]


def full_field(fluence: float, duration: float, key: str = "co2") -> float:
    """Crater depth in the middle of a wide disc, without what a hole does to a beam [um]."""
    spot = 2 * mm
    setting = Setting(find_laser(key), fluence * J_cm2 * math.pi * (0.5 * spot) ** 2, spot, duration, profile="top_hat")
    grid = heat.column_grid(setting, 17 * um, 0.2 * mm, 2.0)
    tissue = heat.make_tissue(SKIN, setting.laser, grid)
    share = 1.0 - np.minimum(tissue.removal_cost / physics_of(setting.laser)[1].heat_of_ablation.si, 1.0)
    light = make_beer_lambert_beam(setting, SKIN, grid, share, Mechanisms(divergence=False, mixing=False))
    crater, _ = heat.expose(Exposure(SKIN, setting, celsius(35.0)), grid, tissue, absorb=light, cooling_time=1 * ms)
    return float(crater.depth[0] / um)


def test_the_steady_state_costs_the_measured_heat_of_ablation() -> None:
    slope = (full_field(90.0, 900 * us) - full_field(30.0, 300 * us)) / 60.0
    assert 1e4 / slope / 1e3 == pytest.approx(physics_of(find_laser("co2"))[1].heat_of_ablation.value, rel=0.05)


def test_a_very_short_pulse_blows_off_to_the_closed_form() -> None:
    grid_step = 3 * um / 2.0
    mu = cite.table("infrared")["water_absorption_10600"].si * SKIN.layers[0].water
    setting = setting_from("co2")
    cost = float(heat.make_tissue(SKIN, setting.laser, heat.column_grid(setting, 17 * um, 0.2 * mm)).removal_cost[0])
    cost += 2.0 * 3.9e6  # from 35 C and not 37 C, at the heat capacity of epidermis
    for fluence in (5.0, 10.0, 20.0):
        expected = math.log(fluence * J_cm2 * (1.0 - 0.006) * mu / cost) / mu / um
        assert full_field(fluence, 0.5 * us) == pytest.approx(expected, abs=1.5 * grid_step / um)


def test_the_threshold_at_a_tenth_of_a_millisecond_lies_where_it_was_found() -> None:
    # choi1998: 2.4 J/cm2 leaves the epidermis, about 5 J/cm2 removes it in clinical use.
    assert full_field(2.4, 100 * us) == 0.0
    assert full_field(7.5, 100 * us) > 0.0


@pytest.mark.slow
@pytest.mark.parametrize(("key", "energy"), [("co2", 20.0), ("co2", 80.0), ("eryag", 11.2), ("eryag", 128.0)])
def test_crater_and_coagulation_do_not_depend_on_the_grid(key: str, energy: float) -> None:
    usual, fine = (read_numbers(run(key, refinement, energy_mj=energy)) for refinement in (1.0, 1.5))
    ring = usual["spot_um"] / 20.0  # a ring on either side
    for name, cell in (("ablation_depth_um", 2.0), ("coagulation_depth_um", 2.0), ("coagulation_width_um", ring)):
        assert usual[name] == pytest.approx(fine[name], rel=0.02, abs=cell)


def test_crater_and_warmth_do_not_depend_on_the_step() -> None:
    setting = setting_from("co2", energy_mj=20)
    ends = []
    for share, tolerance in ((1.0, 2.0), (0.5, 0.2)):
        grid = heat.column_grid(setting, 17 * um, 0.4 * mm)
        tissue = heat.make_tissue(SKIN, setting.laser, grid)
        light = make_beer_lambert_beam(setting, SKIN, grid, np.full(grid.shape[0], 0.55))
        crater, warming = heat.expose(
            Exposure(SKIN, setting, celsius(35.0)),
            grid,
            tissue,
            absorb=light,
            cooling_time=20 * ms,
            step_share=share,
            tolerance=tolerance,
        )
        ends.append((crater.ablation_depth, warming.final))
    assert ends[0][0] == pytest.approx(ends[1][0], rel=0.02)


def test_two_threads_give_what_one_gives() -> None:
    dialled = [setting_from("co2", energy_mj=each) for each in (5, 10, 15, 20)]
    alone = [read_numbers(simulate(each, SKIN, cooling_time=SHORT)) for each in dialled]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda each: read_numbers(simulate(each, SKIN, cooling_time=SHORT)), dialled))
    assert alone == together


@pytest.mark.parametrize(
    ("dial", "temperature", "where"),
    [
        ({"stack": 3, "pulse_us": 5000, "repetition_hz": 1000}, 35.0, "repetition_hz"),
        ({}, 90.0, "tissue_temperature_c"),
        ({}, -120.0, "tissue_temperature_c"),
    ],
)
def test_what_the_physics_does_not_cover_is_refused(dial: dict[str, float], temperature: float, where: str) -> None:
    with pytest.raises(Refusal) as refused:
        simulate(setting_from("co2", dial), SKIN, temperature=celsius(temperature))
    assert refused.value.where == where


def test_a_result_names_every_source_it_rests_on() -> None:
    result = run(energy_mj=20)
    keys = {row.key for row in cite.used(result)}
    assert {"co2_heat_of_ablation", "water_latent", "channel_mixing_length", "mehta_wong_log_a"} <= keys


def test_pulses_on_the_same_column_go_deeper() -> None:
    depths = [quick(energy_mj=5, stack=each).crater.ablation_depth for each in (1, 2, 4)]
    assert depths[0] < depths[1] < depths[2]
    assert 5 * mJ == setting_from("co2", energy_mj=5).pulse_energy

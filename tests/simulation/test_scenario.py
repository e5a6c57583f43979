"""dial: from outside units to a setting, and what is refused."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as some

from porelight.laser import Setting
from porelight.refusal import Refusal
from porelight.simulation import mechanisms
from porelight.simulation.dials import Scenario, dials_of
from porelight.simulation.pulse import SQUARE_PULSE
from porelight.simulation.scenario import dial_setting, pulse_of, scenario_from, scenario_remarks, setting_from, skin_of
from porelight.units import mJ, um, us
from tests.rows import each_row


def test_what_is_left_out_comes_from_the_laser() -> None:
    setting = setting_from("co2")
    assert setting.pulse_energy == 20 * mJ
    assert setting.spot_diameter == 120 * um
    assert setting.profile == "gaussian_1e2"
    assert setting_from("eryag").profile == "top_hat"


def test_power_gives_the_duration_and_the_usual_power_stands_in() -> None:
    assert setting_from("co2", energy_mj=15, power_w=30).pulse_duration == pytest.approx(500 * us)
    assert setting_from("co2", energy_mj=60).pulse_duration == pytest.approx(2000 * us)
    assert setting_from("co2", energy_mj=60, pulse_us=800).pulse_duration == pytest.approx(800 * us)


def test_power_and_duration_together_give_the_energy() -> None:
    assert setting_from("co2", power_w=30, pulse_us=500).pulse_energy == pytest.approx(15 * mJ)
    assert setting_from("co2", power_w=30, pulse_us=500, energy_mj=15).pulse_energy == pytest.approx(15 * mJ)


def test_density_is_the_share_of_the_surface_that_spots_cover() -> None:
    setting = setting_from("co2", {"density_pct": 10, "spot_um": 120})
    assert setting.density * math.pi * (60 * um) ** 2 == pytest.approx(0.10)


@each_row(
    ("key", "dial", "where"),
    [
        ("ruby", {}, "laser"),
        ("co2", {"spot_um": 0}, "spot_um"),
        ("co2", {"spot_um": -5}, "spot_um"),
        ("co2", {"energy_mj": -1}, "energy_mj"),
        ("co2", {"energy_mj": float("nan")}, "energy_mj"),
        ("co2", {"energy_mj": "much"}, "energy_mj"),
        ("co2", {"energy_mj": 1e6, "power_w": 1000}, "energy_mj"),
        ("co2", {"energy_mj": 5000, "power_w": 1}, "power_w"),
        ("co2", {"power_w": 1e6}, "power_w"),
        ("co2", {"power_w": 0}, "power_w"),
        ("co2", {"pulse_us": 1e6}, "pulse_us"),
        ("co2", {"pulse_us": 500, "power_w": 30, "energy_mj": 40}, "power_w"),
        ("co2", {"pulse_us": 1e6, "power_w": 1000}, "pulse_us"),
        ("co2", {"density_pct": 120}, "density_pct"),
        ("co2", {"stack": 0}, "stack"),
        ("co2", {"stack": 2.5}, "stack"),
        ("co2", {"profile": "doughnut"}, "profile"),
        ("co2", {"colour": 1}, "setting"),
    ],
)
def test_impossible_settings_are_refused_where_they_are_wrong(key: str, dial: dict[str, float], where: str) -> None:
    with pytest.raises(Refusal) as refused:
        setting_from(key, dial)
    assert refused.value.where == where
    assert "\n" not in str(refused.value)


def test_a_scenario_reads_as_it_is_written_and_options_overrule_it() -> None:
    text = "laser: eryag\nenergy_mj: 11.2\ntissue_temperature_c: 4\n"
    said = scenario_from(text, "s.yaml", {"energy_mj": 20.0})
    assert (said.laser, said.energy_mj, said.tissue_temperature_c) == ("eryag", 20.0, 4.0)
    assert dial_setting(said).pulse_energy == 20 * mJ
    assert scenario_from("", "s.yaml") == Scenario()


@each_row("text", ["[1, 2]", "a: b: c", "colour: red", "energy_mj: much", "water: 2", "site: elbow"])
def test_a_scenario_that_cannot_be_read_is_refused_with_its_file(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        scenario_from(text, "s.yaml")
    assert refused.value.where == "s.yaml"


def test_water_changes_the_dermis_alone() -> None:
    usual, dry = skin_of("II", "chin"), skin_of("II", "chin", 0.4)
    assert [layer.water for layer in dry.layers] == [usual.layers[0].water, 0.4, usual.layers[2].water]


ODD = some.one_of(
    some.floats(allow_nan=True, allow_infinity=True),
    some.integers(-(10**30), 10**30),
    some.sampled_from(["nan", "inf", "-0", "1e999", "much", "", "none", "wet", "square", "co2", "eryag", "I", "nose"]),
    some.booleans(),
    some.none(),
)


def told(make: Callable[[], object]) -> object:
    """What is made, or the refusal."""
    try:
        return make()
    except Refusal as refused:
        return refused


def dialled(given_: dict[str, object]) -> Setting:
    said = scenario_from("", "s.yaml", given_)
    return dial_setting(said, pulse_of(said, lambda name: "0,1\n100,1\n"))


@budget(max_examples=300, deadline=None)
@given(given_=some.dictionaries(some.sampled_from(sorted(dials_of())), ODD, max_size=6))
def test_whatever_is_dialled_is_a_setting_or_is_refused_in_one_line(given_: dict[str, object]) -> None:
    found = told(lambda: dialled(given_))
    if isinstance(found, Setting):
        low, high = found.laser.limits["energy_mj"]
        assert low * mJ <= found.pulse_energy <= high * mJ
        assert found.spot_diameter > 0.0
        assert math.isfinite(found.peak_power)
    else:
        assert isinstance(found, Refusal)
        assert "\n" not in str(found)
        assert found.advice


LINES = some.from_regex(r"([a-z_]{1,20}: [-\w.,\[\]{}&*!|>%]{0,12}\n){1,6}")


@budget(max_examples=150, deadline=None)
@given(text=some.one_of(some.text(max_size=200), LINES))
def test_whatever_a_file_holds_is_a_scenario_or_is_refused_in_one_line(text: str) -> None:
    found = told(lambda: scenario_from(text, "s.yaml"))
    assert isinstance(found, Scenario | Refusal)
    assert "\n" not in (str(found) if isinstance(found, Refusal) else "")


def test_a_pulse_that_the_usual_power_cannot_make_is_said() -> None:
    said = Scenario(energy_mj=3000.0)
    assert "150 W" in str(scenario_remarks(said, SQUARE_PULSE)[0])
    assert scenario_remarks(Scenario(energy_mj=3000.0, power_w=150.0), SQUARE_PULSE) == ()
    assert scenario_remarks(Scenario(), SQUARE_PULSE) == ()


@pytest.mark.parametrize("without", ["mixing,perfusion", ("perfusion", "mixing"), " mixing , perfusion ,"])
def test_mechanisms_to_switch_off_are_named_in_a_line_or_a_list(without: str | tuple[str, ...]) -> None:
    assert mechanisms.parse_mechanisms(Scenario(without=without).without) == ("mixing", "perfusion")


def test_a_mechanism_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(Refusal, match=r"gravity.*divergence.*perfusion"):
        mechanisms.parse_mechanisms("mixing,gravity")

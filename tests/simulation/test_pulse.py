"""pulse: shapes, and that what matters of them reaches the skin."""

import numpy as np
import pytest

from porelight.refusal import Refusal
from porelight.simulation.chain import simulate
from porelight.simulation.dials import Scenario
from porelight.simulation.numbers import read_numbers
from porelight.simulation.pulse import (
    LONGEST_TRACE,
    SHORTEST_PIECE,
    SQUARE_PULSE,
    make_superpulse,
    pulse_from,
    read_trace,
)
from porelight.simulation.scenario import run_scenario, scenario_from, setting_from, skin_of
from porelight.units import mJ, ms, us
from tests.rows import each_row

SKIN = skin_of("III", "cheek")


def test_a_train_sends_its_energy_in_equal_spikes() -> None:
    shape = make_superpulse(4, 0.25)
    assert [shape(share) for share in (0.0, 0.0625, 0.25, 0.28125, 1.0)] == pytest.approx([0.0, 0.25, 0.25, 0.375, 1.0])
    assert shape.finest == pytest.approx(0.0625)


def test_a_train_that_is_always_on_is_square() -> None:
    shape = make_superpulse(7, 1.0)
    assert [shape(share) for share in (0.1, 0.5)] == pytest.approx([0.1, 0.5])


def test_a_trace_gives_its_duration_and_energy() -> None:
    shape, duration, energy = read_trace("time_us,power_w\n10,0\n20,30\n110,30\n120,0\n", "pulse.csv")
    assert duration == pytest.approx(110 * us)
    assert energy == pytest.approx(30 * 100 * us)
    assert shape(0.5) == pytest.approx(0.5)


@each_row("text", ["", "1,2", "a,b\nc,d", "1,2\n1,3", "0,1\n1,-1", "0,0\n1,0", "0,1,2\n1,2,3", "0,1\n1"])
def test_a_trace_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_trace(text, "pulse.csv")
    assert refused.value.where == "pulse.csv"


def test_a_shaped_pulse_sends_all_its_energy() -> None:
    setting = setting_from("co2", energy_mj=10, pulse_us=2000)
    result = simulate(setting, SKIN, cooling_time=5 * ms, shape=make_superpulse(5, 0.3))
    assert result.warming.energy.incident == pytest.approx(10 * mJ, rel=1e-9)
    assert abs(result.warming.energy.error) < 1e-6


def test_spikes_remove_at_least_what_the_same_energy_does_when_spread() -> None:
    # Less heat leaks away before it ablates, so a train goes no shallower than an even pulse.
    setting = setting_from("co2", energy_mj=4, pulse_us=8000)
    even, train = (simulate(setting, SKIN, cooling_time=5 * ms, shape=each) for each in (None, make_superpulse(8, 0.1)))
    cell = float(np.diff(even.crater.grid.z_edges).max(initial=0.0, where=even.crater.grid.z_edges[1:] < 3e-4))
    assert train.crater.ablation_depth >= even.crater.ablation_depth - cell


TRACE = "time_us,power_w\n0,0\n20,40\n300,35\n320,0\n"


def test_a_pulse_is_named_square_superpulse_or_by_its_file() -> None:
    assert pulse_from("square", None, None, str) is SQUARE_PULSE
    assert pulse_from("superpulse", 4, 30.0, str).said == "superpulse of 4 spikes, on 30 % of the time"
    measured = pulse_from("pulse.csv", None, None, lambda name: TRACE)
    assert measured.duration == pytest.approx(320 * us)
    assert measured.energy == pytest.approx(400e-6 + 280 * us * 37.5 + 350e-6)


@each_row(
    ("name", "spikes", "duty", "where"),
    [
        ("superpulse", None, 30.0, "spikes"),
        ("superpulse", 3, None, "duty_pct"),
        ("superpulse", 0, 30.0, "superpulse"),
        ("superpulse", 3, 0.0, "superpulse"),
        ("superpulse", 10**9, 30.0, "superpulse"),
        ("superpulse", 3, float("nan"), "superpulse"),
        ("square", 3, None, "spikes"),
        ("pulse.csv", None, 30.0, "duty_pct"),
    ],
)
def test_pulses_that_contradict_themselves_are_refused(
    name: str, spikes: int | None, duty: float | None, where: str
) -> None:
    with pytest.raises(Refusal) as refused:
        pulse_from(name, spikes, duty, lambda name: TRACE)
    assert refused.value.where == where


def test_a_trace_finer_than_can_be_followed_keeps_its_energy_at_even_times() -> None:
    times = np.arange(5000) * 0.1
    power = 20.0 + 5.0 * np.sin(times / 40.0)
    text = "\n".join(f"{t:.2f},{p:.6f}" for t, p in zip(times, power, strict=True))
    shape, duration, energy = read_trace(text, "pulse.csv")
    assert shape.finest == pytest.approx(SHORTEST_PIECE)
    assert energy == pytest.approx(float(np.trapezoid(power, times * 1e-6)), rel=1e-6)
    half = float(np.trapezoid(power[:2500], times[:2500] * 1e-6)) / energy
    assert shape(times[2499] * 1e-6 / duration) == pytest.approx(half, abs=1e-4)


def test_a_trace_too_long_to_be_one_is_refused() -> None:
    with pytest.raises(Refusal, match="characters"):
        read_trace("1,2\n" * LONGEST_TRACE, "pulse.csv")


def test_a_trace_gives_energy_and_duration_or_is_scaled_and_this_is_said() -> None:
    found = [
        run_scenario(Scenario(pulse_shape="pulse.csv", energy_mj=each), lambda name: TRACE, cooling_time=5 * ms)
        for each in (None, 20.0)
    ]
    own, scaled = (read_numbers(each) for each in found)
    assert own["energy_mj"] == pytest.approx(11.25)
    assert own["pulse_us"] == scaled["pulse_us"] == pytest.approx(320.0)
    assert scaled["energy_mj"] == 20.0
    assert own["remarks"] == []
    assert "scaled to the 20 mJ" in scaled["remarks"][0]
    for name in ("pulse_us", "power_w"):
        said = scenario_from("", "s.yaml", {"pulse_shape": "pulse.csv", name: 100.0})
        with pytest.raises(Refusal) as refused:
            run_scenario(said, lambda name: TRACE)
        assert refused.value.where == name

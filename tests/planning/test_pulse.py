"""pulse: shapes, and that what matters of them reaches the skin."""

import numpy as np
import pytest

from porelight.planning.pulse import superpulse, trace
from porelight.planning.simulate import setting_from, simulate, skin_of
from porelight.refusal import Refusal
from porelight.units import mJ, ms, us

SKIN = skin_of("III", "cheek")


def test_a_train_sends_its_energy_in_equal_spikes() -> None:
    shape = superpulse(4, 0.25)
    assert [shape(share) for share in (0.0, 0.0625, 0.25, 0.28125, 1.0)] == pytest.approx([0.0, 0.25, 0.25, 0.375, 1.0])
    assert shape.finest == pytest.approx(0.0625)


def test_a_train_that_is_always_on_is_square() -> None:
    shape = superpulse(7, 1.0)
    assert [shape(share) for share in (0.1, 0.5)] == pytest.approx([0.1, 0.5])


def test_a_trace_gives_its_duration_and_energy() -> None:
    shape, duration, energy = trace("time_us,power_w\n10,0\n20,30\n110,30\n120,0\n", "pulse.csv")
    assert duration == pytest.approx(110 * us)
    assert energy == pytest.approx(30 * 100 * us)
    assert shape(0.5) == pytest.approx(0.5)


@pytest.mark.parametrize("text", ["", "1,2", "a,b\nc,d", "1,2\n1,3", "0,1\n1,-1", "0,0\n1,0", "0,1,2\n1,2,3", "0,1\n1"])
def test_a_trace_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        trace(text, "pulse.csv")
    assert refused.value.where == "pulse.csv"


def test_a_shaped_pulse_sends_all_its_energy() -> None:
    setting = setting_from("co2", energy_mj=10, pulse_us=2000)
    result = simulate(setting, SKIN, cooling_time=5 * ms, shape=superpulse(5, 0.3))
    assert result.warming.energy.incident == pytest.approx(10 * mJ, rel=1e-9)
    assert abs(result.warming.energy.error) < 1e-6


def test_spikes_remove_at_least_what_the_same_energy_does_when_spread() -> None:
    # Less heat leaks away before it ablates, so a train goes no shallower than an even pulse.
    setting = setting_from("co2", energy_mj=4, pulse_us=8000)
    even, train = (simulate(setting, SKIN, cooling_time=5 * ms, shape=each) for each in (None, superpulse(8, 0.1)))
    cell = float(np.diff(even.crater.grid.z_edges).max(initial=0.0, where=even.crater.grid.z_edges[1:] < 3e-4))
    assert train.crater.ablation_depth >= even.crater.ablation_depth - cell

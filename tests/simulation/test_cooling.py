"""cooling: what may touch the skin, and what cannot."""

from __future__ import annotations

import pytest

from porelight import cite
from porelight.refusal import Refusal
from porelight.simulation.cooling import cooling_from, cooling_numbers
from porelight.simulation.dials import CoolingKind, Scenario
from porelight.simulation.scenario import dial_setting
from porelight.units import celsius, ms
from tests.rows import each_row


def test_what_is_left_out_is_the_usual_of_its_kind_with_its_source() -> None:
    plate, spurt = cooling_from("contact"), cooling_from("cryogen")
    assert plate is not None
    assert spurt is not None
    assert (plate.temperature, plate.stays, plate.fills_crater) == (celsius(9.0), True, False)
    assert [spurt.before, spurt.delay] == pytest.approx([40 * ms, 20 * ms])
    assert not spurt.stays
    assert {row.key for row in cite.used(plate)} == {"contact_transfer", "contact_temperature", "contact_before"}
    assert cooling_from("none") is None


def test_what_is_given_replaces_the_row() -> None:
    blown = cooling_from("air", {"cooling_w_m2_k": 300.0, "cooling_temperature_c": -10.0})
    assert blown is not None
    assert (blown.transfer, blown.temperature) == (300.0, celsius(-10.0))
    assert cite.used(blown) == ()
    assert cooling_numbers(blown)["cooling_w_m2_k"] == 300.0
    assert cooling_numbers(None) == {"cooling": "none"}


@each_row(
    ("kind", "dial", "where"),
    [
        ("none", {"cooling_temperature_c": 4.0}, "cooling_temperature_c"),
        ("contact", {"spray_ms": 40.0}, "spray_ms"),
        ("cryogen", {"precooling_ms": 40.0}, "precooling_ms"),
        ("air", {"precooling_ms": 40.0}, "precooling_ms"),
        ("contact", {"cooling_temperature_c": -200.0}, "cooling_temperature_c"),
        ("contact", {"cooling_temperature_c": 60.0}, "cooling_temperature_c"),
        ("contact", {"cooling_temperature_c": float("nan")}, "cooling_temperature_c"),
        ("contact", {"cooling_w_m2_k": 0.0}, "cooling_w_m2_k"),
        ("contact", {"cooling_w_m2_k": 1e9}, "cooling_w_m2_k"),
        ("contact", {"precooling_ms": 60000.0}, "precooling_ms"),
        ("cryogen", {"spray_ms": -1.0}, "spray_ms"),
        ("cryogen", {"spray_delay_ms": float("inf")}, "spray_delay_ms"),
    ],
)
def test_cooling_that_cannot_be_is_refused_where_it_is_wrong(
    kind: CoolingKind, dial: dict[str, float], where: str
) -> None:
    with pytest.raises(Refusal) as refused:
        cooling_from(kind, dial)
    assert refused.value.where == where
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_a_number_is_called_so(value: float) -> None:
    with pytest.raises(Refusal, match="it is not a number"):
        cooling_from("contact", {"precooling_ms": value})


def test_a_scenario_carries_its_cooling_into_the_setting() -> None:
    cooling = dial_setting(Scenario(cooling="contact", cooling_temperature_c=4.0, precooling_ms=200.0)).cooling
    assert cooling is not None
    assert [cooling.temperature, cooling.before] == pytest.approx([celsius(4.0), 200 * ms])
    assert dial_setting(Scenario()).cooling is None

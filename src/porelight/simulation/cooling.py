"""What may touch the skin of a laser session, from outside values: room air, a cold plate, a spray of cryogen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from porelight import cite
from porelight.laser import Cooling
from porelight.refusal import Refusal
from porelight.simulation.dials import CoolingKind, check_dialled, dials_of
from porelight.units import celsius, ms, to_celsius

COOLING_KINDS: Final[tuple[CoolingKind, ...]] = get_args(CoolingKind)

_ROWS_OF_KIND: Final[dict[str, dict[str, str]]] = {
    "air": {"cooling_w_m2_k": "still_air", "cooling_temperature_c": "room_temperature"},
    "contact": {
        "cooling_w_m2_k": "contact_transfer",
        "cooling_temperature_c": "contact_temperature",
        "precooling_ms": "contact_before",
    },
    "cryogen": {
        "cooling_w_m2_k": "cryogen_transfer",
        "cooling_temperature_c": "cryogen_temperature",
        "spray_ms": "cryogen_spurt",
        "spray_delay_ms": "cryogen_delay",
    },
}
"""What each kind takes, and the row of ``data/thermal.yaml`` that stands in for what is left out."""


def cooling_from(kind: CoolingKind, dial: Mapping[str, float | None] | None = None) -> Cooling | None:
    """The cooling of that kind; what is left out takes the typical value of its kind.

    Args:
        kind: none, air, contact or cryogen.
        dial: ``cooling_temperature_c``, ``cooling_w_m2_k``; ``precooling_ms`` of a plate; ``spray_ms``, the duration of
            a spray, and ``spray_delay_ms``, from its end to the pulse.

    A plate lies on before, during and after the pulses, and not in the crater. A spray ends before the pulse, and what
    is left of it is taken to be gone. Air is there all the time.

    Raises:
        Refusal: a value that this kind does not take, or that cannot be.
    """
    given = {name: value for name, value in (dial or {}).items() if value is not None}
    takes = _ROWS_OF_KIND.get(kind, {})
    for name in given:
        if name not in takes:
            fits = [each for each in COOLING_KINDS if name in _ROWS_OF_KIND.get(each, {})]
            raise Refusal(f"cooling {kind!r} has none", where=name, advice=f"Use it with cooling {' or '.join(fits)}")
    if kind == "none":
        return None
    table = cite.table("thermal")
    value = {
        name: _check_cooling(name, given[name]) if name in given else table[row].value for name, row in takes.items()
    }
    return Cooling(
        name=kind,
        transfer=value["cooling_w_m2_k"],
        temperature=celsius(value["cooling_temperature_c"]),
        before=(value.get("precooling_ms", 0.0) + value.get("spray_ms", 0.0)) * ms,
        delay=value.get("spray_delay_ms", 0.0) * ms,
        stays=kind != "cryogen",
        fills_crater=kind != "contact",
        rests_on=tuple(table[row] for name, row in takes.items() if name not in given),
    )


def cooling_numbers(cooling: Cooling | None) -> dict[str, object]:
    """The cooling under outside names; only its kind when there is none."""
    if cooling is None:
        return {"cooling": "none"}
    return {
        "cooling": cooling.name,
        "cooling_temperature_c": to_celsius(cooling.temperature),
        "cooling_w_m2_k": cooling.transfer,
        "cooling_before_ms": cooling.before / ms,
        "cooling_delay_ms": cooling.delay / ms,
    }


def _check_cooling(name: str, value: float) -> float:
    dial = dials_of()[name]
    assert dial.limits is not None
    low, high = dial.limits
    return check_dialled(value, name, dial, dial.limits, f"Use {low:g} to {high:g}")

"""What may touch the skin of a laser session, from outside values: room air, a cold plate, a spurt of cryogen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, Literal, get_args

from porelight import cite
from porelight.laser import Cooling
from porelight.refusal import Refusal
from porelight.units import celsius, ms, to_celsius

Kind = Literal["none", "air", "contact", "cryogen"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_ROWS: Final[dict[str, dict[str, str]]] = {
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

_LIMITS: Final[dict[str, tuple[float, float, str]]] = {
    "cooling_temperature_c": (-60.0, 40.0, "colder freezes the skin at once, warmer does not cool it"),
    "cooling_w_m2_k": (0.0, 1e5, "nothing that touches skin takes up heat faster than boiling cryogen and wet metal"),
    "precooling_ms": (0.0, 2000.0, "by then the cold is deeper than the skin that is followed"),
    "spray_ms": (1.0, 500.0, "a longer spurt freezes the skin"),
    "spray_delay_ms": (0.0, 500.0, "by then the skin is warm again"),
}
"""Least, most, and why not beyond."""

NAMES: Final = tuple(_LIMITS)


def cooling_from(kind: Kind, dial: Mapping[str, float | None] | None = None) -> Cooling | None:
    """The cooling of that kind; what is left out is the usual of its kind.

    Args:
        kind: none, air, contact or cryogen.
        dial: ``cooling_temperature_c``, ``cooling_w_m2_k``; ``precooling_ms`` of a plate; ``spray_ms``, the duration of
            a spurt, and ``spray_delay_ms``, from its end to the pulse.

    A plate lies on before, during and after the pulses, and not in the crater. A spurt ends before the pulse, and what
    is left of it is taken to be gone. Air is there all the time.

    Raises:
        Refusal: a value that this kind does not take, or that cannot be.
    """
    given = {name: value for name, value in (dial or {}).items() if value is not None}
    takes = _ROWS.get(kind, {})
    for name in given:
        if name not in takes:
            fits = [each for each in KINDS if name in _ROWS.get(each, {})]
            raise Refusal(f"cooling {kind!r} has none", where=name, advice=f"Use it with cooling {' or '.join(fits)}")
    if kind == "none":
        return None
    table = cite.table("thermal")
    value = {name: _checked(name, given[name]) if name in given else table[row].value for name, row in takes.items()}
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


def _checked(name: str, value: float) -> float:
    low, high, why = _LIMITS[name]
    if not (math.isfinite(value) and low <= value <= high) or (name == "cooling_w_m2_k" and value == 0.0):
        reason = (why if value > low else "it is below what can be") if math.isfinite(value) else "it is not a number"
        raise Refusal(f"{value:g} cannot be: {reason}", where=name, advice=f"Use {low:g} to {high:g}")
    return value

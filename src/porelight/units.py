"""Units: write ``15 * mJ`` and ``120 * um``, read ``depth / um``. SI inside, named units outside.

Every conversion factor of the project stands here and nowhere else.
"""

from __future__ import annotations

import math
from typing import Final

# length [m], area [m2]
m: Final = 1.0
cm: Final = 1e-2
mm: Final = 1e-3
inch: Final = 25.4e-3
um: Final = 1e-6
nm: Final = 1e-9
cm2: Final = 1e-4
mm2: Final = 1e-6
um2: Final = 1e-12

# time [s]
s: Final = 1.0
ms: Final = 1e-3
us: Final = 1e-6
ns: Final = 1e-9
minute: Final = 60.0
hour: Final = 3600.0
day: Final = 86400.0
week: Final = 7 * day

# energy [J], power [W], and what is made of them
J: Final = 1.0
mJ: Final = 1e-3
kJ: Final = 1e3
W: Final = 1.0
J_cm2: Final = 1e4
kW_cm2: Final = 1e7
kJ_cm3: Final = 1e9
kJ_kg: Final = 1e3
per_cm: Final = 1e2
per_cm2: Final = 1e4

percent: Final = 1e-2

GAS_CONSTANT: Final = 8.31446261815324
"""Molar gas constant [J/(mol K)], exact in the SI of 2019."""

ICE_POINT: Final = 273.15
"""0 degrees Celsius [K], exact by definition."""

SCALE: Final[dict[str, float]] = {
    "": 1.0,
    "1": 1.0,
    "m": m,
    "cm": cm,
    "mm": mm,
    "um": um,
    "nm": nm,
    "mm2": mm2,
    "1/m": 1.0,
    "1/cm": per_cm,
    "1/cm2": per_cm2,
    "s": s,
    "ms": ms,
    "us": us,
    "h": hour,
    "days": day,
    "weeks": week,
    "1/s": 1.0,
    "J": J,
    "mJ": mJ,
    "W": W,
    "K": 1.0,
    "J/mol": 1.0,
    "J/kg": 1.0,
    "kJ/kg": kJ_kg,
    "J/kg/K": 1.0,
    "J/m3/K": 1.0,
    "W/m/K": 1.0,
    "W/m2/K": 1.0,
    "kW/cm2": kW_cm2,
    "kg/m3": 1.0,
    "kg/mol": 1.0,
    "Pa": 1.0,
    "min": minute,
    "J/cm2": J_cm2,
    "kJ/cm3": kJ_cm3,
    "m2/s": 1.0,
    "um/h": um / hour,
    "%": percent,
    "degrees": math.pi / 180.0,
    "years": 365.25 * day,
}
"""What one of a unit is in SI: the units that may stand in a table of ``data/``."""


def celsius(temperature: float) -> float:
    """A temperature given in degrees Celsius, in kelvin."""
    return temperature + ICE_POINT


def to_celsius(temperature: float) -> float:
    """A temperature given in kelvin, in degrees Celsius."""
    return temperature - ICE_POINT


def si(value: float, unit: str) -> float:
    """``value`` in ``unit`` as an SI number.

    ``C`` is a point on the Celsius scale; every other unit is a plain factor of :data:`SCALE`.

    Raises:
        ValueError: the unit is not one that a table may use.
    """
    if unit == "C":
        return celsius(value)
    try:
        return value * SCALE[unit]
    except KeyError:
        raise ValueError(f"unit {unit!r} is not known: use one of {', '.join(sorted(SCALE))}") from None

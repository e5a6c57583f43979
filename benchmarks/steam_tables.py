"""Water, ice and air in ``data/thermal.yaml`` against CoolProp and IAPWS: ``python -m benchmarks.steam_tables``.

Needs ``pip install CoolProp iapws``, which Porelight itself does not: the rows hold the values, this says how far they
are from the equations of state at 101.325 kPa.
"""

from __future__ import annotations

import sys

from porelight import cite

PRESSURE = 101325.0
LIQUID = 1000.0
"""Density to which heats of water by volume belong [kg/m3]."""
FARTHEST = 0.02
"""A row further off than this share is an error."""


def read_tables() -> dict[str, float]:
    """Values in SI under the names of the rows."""
    from CoolProp.CoolProp import PropsSI
    from iapws import IAPWS95
    from iapws._iapws import _Ice

    def liquid(what: str, kelvin: float) -> float:
        return float(PropsSI(what, "T", kelvin, "P", PRESSURE, "Water"))

    def air(what: str) -> float:
        return float(PropsSI(what, "T", 298.15, "P", PRESSURE, "Air"))

    steam, water = (float(PropsSI("H", "P", PRESSURE, "Q", quality, "Water")) for quality in (1, 0))
    # Ice from -40 to 0 C in steps of 10 K; the package gives kJ.
    ice = [_Ice(kelvin, 1e-6 * PRESSURE) for kelvin in (233.15, 243.15, 253.15, 263.15, 273.15)]
    return {
        "water_heat": LIQUID * liquid("C", 298.15),
        "water_latent": LIQUID * (steam - water),
        "water_fusion": LIQUID * 1e3 * (IAPWS95(T=273.16, P=1e-6 * PRESSURE).h - ice[-1]["h"]),
        "ice_heat": LIQUID * 1e3 * sum(each["cp"] for each in ice) / len(ice),
        "water_density": liquid("D", 277.15),
        "water_molar_mass": float(PropsSI("M", "Water")),
        "air_density": air("D"),
        "air_heat": air("C"),
        "air_conductivity": air("CONDUCTIVITY"),
    }


def main() -> None:
    rows, worst = cite.table("thermal"), 0.0
    for key, found in read_tables().items():
        off = rows[key].si / found - 1.0
        worst = max(worst, abs(off))
        print(f"{key}: row {rows[key].si:.5g}, tables {found:.5g}, {off:+.2%}")
    sys.exit(worst > FARTHEST)


if __name__ == "__main__":
    main()

"""The surface of the skin: what touches it before, during and after the pulses, and what evaporates from it.

    dry      heat passes to whatever touches the skin, h (T - T_outside); nothing passes where nothing does
    wet      water evaporates into still air, by the Lewis relation h_m = h / (rho c Le^(2/3)), and the warm spot loses
             heat and vapour to the air over it by diffusion, as from a disc, through the depth of the crater

The disc's share is the exact steady conductance of an isothermal disc on a half-space, k / (pi a / 4), in series with
the column of air in the crater, k / depth. It acts on what is above the start only, so skin far away feels still air
alone. Diffusion reaches the steady state in a^2 / D, a quarter of a millisecond for a spot of 120 um.

Validity: skin below boiling; vapour is held at its pressure at 100 C, and dried tissue gives none. The water lost is
not taken off the tissue: some 5 um of it at the hot rim of a 20 mJ column, one to three cells, in 80 ms.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from porelight import cite
from porelight.arrays import Floats
from porelight.cite import Cited
from porelight.compiled import kernel
from porelight.fields import Exposure
from porelight.frozen import frozen
from porelight.heat.packing import (
    AIR_CONDUCTIVITY,
    BODY,
    BOILING_POINT,
    DAMP,
    DAMP_START,
    DISC_REACH,
    MAGNUS,
    OUTSIDE,
    REACHES_FLOOR,
    RING_AREA,
    START_TEMPERATURE,
    SURFACE_FIELDS,
    TRANSFER,
    VAPOUR,
)
from porelight.units import GAS_CONSTANT, ICE_POINT

EVAPORATION_ROWS: Final = (
    *("still_air", "room_temperature", "room_humidity", "air_density", "air_heat", "air_conductivity", "lewis_number"),
    *("water_latent", "water_density", "water_molar_mass", "magnus_pressure", "magnus_factor", "magnus_temperature"),
)
"""What evaporation rests on."""


@frozen
class Surface:
    """What the surface meets, in order: stages before the first pulse [s], then one for good."""

    before: tuple[tuple[float, Floats], ...]
    then: Floats
    rests_on: tuple[Cited, ...]


def pack_surface(exposure: Exposure) -> Surface:
    """The surface of ``exposure``: its cooling, and evaporation where it is wet."""
    start, cooling = exposure.temperature, exposure.setting.cooling
    rows: tuple[Cited, ...] = ()
    bare = pack_contact(0.0, start, start)
    if exposure.surface == "wet":
        table = cite.table("thermal")
        rows = tuple(table[key] for key in EVAPORATION_ROWS)
        bare = _pack_wet(exposure)
    if cooling is None:
        return Surface((), bare, rows)
    met = bare.copy()
    met[TRANSFER], met[OUTSIDE], met[REACHES_FLOOR] = cooling.transfer, cooling.temperature, float(cooling.fills_crater)
    stages = [(cooling.before, met), (cooling.delay, bare)]
    before = tuple((time, condition) for time, condition in stages if time > 0.0)
    return Surface(before, met if cooling.stays else bare, (*rows, *cooling.rests_on))


def pack_contact(transfer: float, outside: float, body: float) -> Floats:
    """Heat transfer [W/m2/K] to a temperature [K] and nothing else; ``body`` is that of blood at rest [K]."""
    packed = np.zeros(SURFACE_FIELDS)
    packed[TRANSFER], packed[OUTSIDE], packed[BODY], packed[REACHES_FLOOR] = transfer, outside, body, 1.0
    return packed


def saturated_vapour(temperature: float) -> float:
    """Density of vapour over water at ``temperature`` [K], in kg/m3, by Magnus' formula; held at its value at 100 C."""
    return float(_vapour_density(temperature, _magnus_constants()))


def _pack_wet(exposure: Exposure) -> Floats:
    table = cite.table("thermal")
    value = {key: table[key].si for key in EVAPORATION_ROWS}
    outside, start = value["room_temperature"], exposure.temperature
    lewis = value["air_density"] * value["air_heat"] * value["lewis_number"] ** (2.0 / 3.0)
    packed = pack_contact(value["still_air"], outside, start)
    packed[VAPOUR] = value["water_latent"] / value["water_density"] / lewis
    packed[DAMP] = value["room_humidity"] * saturated_vapour(outside)
    packed[AIR_CONDUCTIVITY] = value["air_conductivity"]
    packed[DISC_REACH] = math.pi / 8.0 * exposure.setting.spot_diameter
    packed[START_TEMPERATURE], packed[DAMP_START] = start, saturated_vapour(start)
    packed[MAGNUS:] = _magnus_constants()
    return packed


def _magnus_constants() -> Floats:
    table = cite.table("thermal")
    per_pressure = table["water_molar_mass"].si / GAS_CONSTANT
    pressure, factor, shift = (table[f"magnus_{name}"].si for name in ("pressure", "factor", "temperature"))
    return np.array([pressure * per_pressure, factor, shift, ICE_POINT])


@kernel()
def _vapour_density(temperature, magnus):  # type: ignore[no-untyped-def]
    # Above boiling the formula is beyond its range, and there is no liquid left to speak of.
    warm = min(temperature, BOILING_POINT) - magnus[3]
    return magnus[0] * math.exp(magnus[1] * warm / (warm + magnus[2])) / min(temperature, BOILING_POINT)


@kernel()
def lose_through_surface(temperature, conductivity, solid, rate, dz, rings, surface, nz, nr):  # type: ignore[no-untyped-def]
    """Take from the rate of enthalpy ``rate`` [W/m3] what leaves through the surface; returns it [W]."""
    out = 0.0
    transfer, near = surface[TRANSFER], surface[AIR_CONDUCTIVITY]
    for i in range(nr):
        # Down to the first tissue of the ring: the floor of the crater, or the skin.
        depth = 0.0
        for j in range(nz):
            if solid[j, i] == 0.0:
                depth += dz[j]
                continue
            if depth > 0.0 and surface[REACHES_FLOOR] == 0.0:
                break
            t, inside = temperature[j, i], 0.5 * dz[j] / conductivity[j, i]
            flow = 0.0
            # What touches the skin: the heat-transfer coefficient in series with half a cell.
            if transfer > 0.0:
                flow += (t - surface[OUTSIDE]) / (1.0 / transfer + inside)
            # The warm spot in still air: a disc, in series with the column of air in the crater. It acts on what is
            # above the start, so that skin far away feels still air alone.
            if near > 0.0:
                disc = near / (depth + surface[DISC_REACH])
                flow += (t - surface[START_TEMPERATURE]) / (1.0 / disc + inside)
                # Vapour takes both ways that heat takes (Lewis); dried tissue, above boiling, gives none.
                if t <= BOILING_POINT:
                    damp = _vapour_density(t, surface[MAGNUS:])
                    flow += surface[VAPOUR] * (transfer * (damp - surface[DAMP]) + disc * (damp - surface[DAMP_START]))
            rate[j, i] -= flow / dz[j]
            out += flow * rings[RING_AREA, i]
            break
    return out

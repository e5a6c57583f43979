"""The chain light -> heat -> damage -> healing, on one screen; and settings from what an operator dials."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from porelight import cite, heat
from porelight.damage import Damage
from porelight.fields import Exposure
from porelight.healing import recover
from porelight.laser import Setting, lasers
from porelight.light.beer_lambert import beer_lambert
from porelight.planning.dial import Scenario, scenario_from, setting_from, skin_of
from porelight.planning.model import Simulation
from porelight.planning.pulse import Shape
from porelight.refusal import Refusal
from porelight.skin import Skin
from porelight.units import celsius, mJ, mm, ms, nm, to_celsius, um, us
from porelight.version import __version__

__all__ = ["Scenario", "numbers", "scenario_from", "setting_from", "simulate", "skin_of"]

Progress = Callable[[str, float], None]

COOLING_TIMES = (80 * ms, 500 * ms)
"""Shortest and longest time followed after the last pulse [s]; a wide spot stays warm, and coagulates, for longer."""

COLDEST, WARMEST = celsius(-80.0), celsius(45.0)
"""Skin that can be simulated [K]: the span of the published experiments."""


def simulate(
    setting: Setting,
    skin: Skin,
    *,
    seed: int = 0,
    temperature: float = celsius(35.0),
    cooling_time: float | None = None,
    refinement: float = 1.0,
    outer: float | None = None,
    shape: Shape | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """One column of ``setting`` in ``skin``.

    Args:
        setting: what is dialled.
        skin: what it meets.
        seed: kept with the result; nothing is drawn at random here.
        temperature: of the skin before [K]; below 0 C its water is ice.
        cooling_time: time followed after the last pulse [s]; enough for the spot to cool when left out.
        refinement: divides the cell size.
        shape: of every pulse; square when left out.
        outer: radius at which an insulated wall stands for the neighbours [m]; none when left out.
        progress: called with a stage's name and the share done, 0 to 1.

    Raises:
        Refusal: the laser is not one that Beer-Lambert light can follow, or the skin is too cold or too hot.
    """
    check(setting, temperature)
    exposure = Exposure(skin, setting, temperature)
    grid = heat.column_grid(setting, penetration(setting), expected_depth(setting), refinement, outer)
    tissue = heat.tissue(skin, setting.laser, grid)
    shield = 1.0 - np.minimum(tissue.removal_cost / setting.laser.ablation["heat_of_ablation"].si, 1.0)
    light = beer_lambert(setting, skin, grid, shield)
    damage = Damage(grid)
    rest = time_to_cool(setting) if cooling_time is None else cooling_time
    crater, warming = heat.expose(
        exposure, grid, tissue, absorb=light, watch=damage, cooling_time=rest, shape=shape, progress=progress
    )
    warming = dataclasses.replace(warming, rests_on=(*warming.rests_on, *light.rests_on))
    injury = damage.injury(crater)
    recovery = recover(skin, setting, crater, injury)
    return Simulation(exposure, crater, warming, injury, recovery, seed=seed, version=__version__)


def penetration(setting: Setting) -> float:
    """Depth at which light of this laser has fallen to 1/e in dermis [m]."""
    water = cite.table("infrared")[f"water_absorption_{round(setting.laser.wavelength / nm)}"]
    return 1.0 / (water.si * cite.table("skin")["dermis_water"].si)


def expected_depth(setting: Setting) -> float:
    """How deep a cylinder as wide as the spot would be at the heat of ablation, at most 3 mm [m]: sizes the grid."""
    energy = setting.pulse_energy * setting.pulses_per_column
    area = math.pi * (0.5 * setting.spot_diameter) ** 2
    return min(energy / (setting.laser.ablation["heat_of_ablation"].si * area), 3.0 * mm)


def time_to_cool(setting: Setting) -> float:
    """Radius squared over the diffusivity of dermis, within :data:`COOLING_TIMES` [s]."""
    thermal = cite.table("thermal")
    relaxation = (0.5 * setting.spot_diameter) ** 2 * thermal["skin_heat"].si / thermal["dermis_conductivity"].si
    return min(max(relaxation, COOLING_TIMES[0]), COOLING_TIMES[1])


def check(setting: Setting, temperature: float) -> None:
    """Refuse what the physics here does not cover.

    Raises:
        Refusal: a laser that does not ablate, skin outside -80 to 45 C, or pulses that overlap.
    """
    if not setting.laser.ablation:
        raise Refusal(
            f"{setting.laser.name} light scatters in skin and removes none of it, which this chain does not follow",
            where="laser",
            advice="Use one of " + ", ".join(key for key, each in lasers().items() if each.ablation),
        )
    if not COLDEST <= temperature <= WARMEST:
        raise Refusal(
            f"skin of {to_celsius(temperature):.0f} C is outside the range of the tissue constants",
            where="tissue_temperature_c",
            advice=f"Use {to_celsius(COLDEST):.0f} to {to_celsius(WARMEST):.0f} C",
        )
    if setting.pulses_per_column > 1 and setting.repetition_interval < setting.pulse_duration:
        raise Refusal(
            f"a pulse of {setting.pulse_duration / us:.0f} us does not fit between pulses "
            f"{setting.repetition_interval / us:.0f} us apart",
            where="repetition_hz",
            advice="Shorten the pulse or lower the repetition rate",
        )


def numbers(simulation: Simulation) -> dict[str, Any]:
    """What other programs read: the numbers of a simulation under names that carry their units."""
    crater, injury, energy = simulation.crater, simulation.injury, simulation.warming.energy
    setting, rows = simulation.setting, cite.used(simulation)
    solid = crater.grid.z_edges[1:, None] > crater.depth[None, :]
    coagulated = (injury.coagulation >= 1.0) & solid
    depth, width = crater.ablation_depth / um, crater.ablation_width / um
    shrunk = cite.table("thermal")
    return {
        "laser": setting.laser.key,
        "energy_mj": setting.pulse_energy / mJ,
        "spot_um": setting.spot_diameter / um,
        "profile": setting.profile,
        "pulse_us": setting.pulse_duration / us,
        "power_w": setting.peak_power,
        "stack": setting.pulses_per_column,
        "repetition_hz": 1.0 / setting.repetition_interval if setting.repetition_interval else None,
        "tissue_temperature_c": to_celsius(simulation.exposure.temperature),
        "ablation_depth_um": depth,
        "ablation_width_um": width,
        "coagulation_depth_um": injury.coagulation_depth / um,
        "coagulation_depth_low_um": injury.coagulation_depth_low / um,
        "coagulation_depth_high_um": injury.coagulation_depth_high / um,
        "coagulation_width_um": max(injury.coagulation_width / um, width),
        "rim_below_um": max(injury.coagulation_depth / um - depth, 0.0),
        "rim_beside_um": max(0.5 * (injury.coagulation_width / um - width), 0.0),
        "necrosis_depth_um": injury.necrosis_depth / um,
        "ablated_volume_um3": float((crater.grid.volume * ~solid).sum()) / um**3,
        "coagulated_volume_um3": float((crater.grid.volume * coagulated).sum()) / um**3,
        "ablation_depth_excised_um": depth / (1.0 + shrunk["excision_depth"].si),
        "ablation_width_excised_um": width / (1.0 + shrunk["excision_width"].si),
        "depth_resolution_um": crater.resolution / um,
        "peak_temperature_c": to_celsius(simulation.warming.peak_temperature),
        "peak_temperature_is_limit": simulation.peak_is_limit,
        "energy_balance_error": energy.error,
        "energy_reflected_mj": energy.reflected / mJ,
        "energy_lost_above_mj": energy.lost_above / mJ,
        "energy_stored_mj": energy.stored / mJ,
        "energy_ejected_mj": energy.ejected / mJ,
        "energy_conducted_out_mj": energy.conducted_out / mJ,
        "sources": sorted({row.source.key for row in rows}),
        "weakest": cite.weakest(rows),
        "seed": simulation.seed,
        "version": simulation.version,
    }

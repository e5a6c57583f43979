"""The chain light -> heat -> damage -> healing, on one screen."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from porelight import cite, heat
from porelight.damage import Damage
from porelight.fields import Crater, Exposure, Progress, SurfaceState
from porelight.frozen import frozen
from porelight.healing import recover
from porelight.laser import Setting, physics_of
from porelight.light import clouding_density, make_beer_lambert_beam
from porelight.message import Message, message
from porelight.refusal import Refusal
from porelight.simulation.mechanisms import BURSTING_SWITCH, CHARRING_SWITCH, PERFUSION_SWITCH, make_mechanisms
from porelight.simulation.model import Simulation
from porelight.simulation.pulse import Shape
from porelight.skin import Skin
from porelight.units import ICE_POINT, celsius, mm, ms, to_celsius, us
from porelight.version import __version__

COOLING_TIMES = (80 * ms, 500 * ms)
"""Shortest and longest time followed after the last pulse [s]; a wide spot stays warm, and coagulates, for longer."""

MOST_STEPS = 12_500
"""Steps in time of the longest run: ten to fifteen seconds of a processor."""

LIGHT_STEP = 10.0 * us
"""Usual length of a step under light, where the duration of the pulse does not ask for a shorter one [s]."""

LONGEST_STACK = 5.0
"""Longest time from the first to the last pulse of a stack that is followed [s]."""

COLDEST, WARMEST = celsius(-80.0), celsius(45.0)
"""Skin that can be simulated [K]: the span of the published experiments."""


@frozen
class Conditions:
    """What an exposure happens under, beside setting, skin and temperature; see :class:`porelight.fields.Exposure`.

    ``remarks`` go with the result.
    """

    surface: SurfaceState = "dry"
    pulse: str = "square"
    without: tuple[str, ...] = ()
    remarks: tuple[Message, ...] = ()


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
    under: Conditions | None = None,
    film: int = 0,
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
        under: the surface of the skin, and mechanisms switched off; dry skin and none when left out.
        film: pictures kept of the pulses, see :func:`porelight.heat.expose`.
        outer: radius at which an insulated wall stands for the neighbours [m]; none when left out.
        progress: called with a stage's name and the share done, 0 to 1.

    Raises:
        Refusal: the laser is not one that Beer-Lambert light can follow, or the skin is too cold or too hot.
    """
    said = under or Conditions()
    check(setting, temperature, said)
    check_effort(setting, temperature, shape)
    # Where: cells as fine as the light's penetration, and as deep as the column may get.
    exposure = Exposure(skin, setting, temperature, said.surface, said.pulse, said.without)
    grid = heat.column_grid(setting, penetration(setting), expected_depth(setting), refinement, outer)
    tissue = heat.make_tissue(skin, setting.laser, grid, perfused=PERFUSION_SWITCH not in said.without)
    # Light: by what the heat of ablation exceeds the cost of removing the tissue itself, the plume takes up light.
    heat_of_ablation = physics_of(setting.laser)[1].heat_of_ablation.si
    shield = 1.0 - np.minimum(tissue.removal_cost / heat_of_ablation, 1.0)
    light = make_beer_lambert_beam(setting, skin, grid, shield, make_mechanisms(said.without))
    # How tissue leaves depends on the light that dries it, so the tissue is completed once the beam is known.
    bursting, charring = BURSTING_SWITCH not in said.without, CHARRING_SWITCH not in said.without
    tissue = heat.let_burst_and_char(
        tissue, setting.laser, light.dry_absorption, shield, bursting=bursting, charring=charring
    )
    # Heat: light falls on a surface that recedes while it falls, and damage is counted while the tissue is there.
    damage = Damage(grid, skin.layers[0].thickness)
    rest = time_to_cool(setting) if cooling_time is None else cooling_time
    crater, warming = heat.expose(
        exposure, grid, tissue, absorb=light, watch=damage, cooling_time=rest, shape=shape, progress=progress, film=film
    )
    warming = dataclasses.replace(warming, rests_on=(*warming.rests_on, *light.rests_on))
    # What is left of it: injury below and beside the crater, and how that heals.
    injury = damage.injury(crater)
    recovery = recover(skin, setting, crater, injury)
    remarks = (
        *said.remarks,
        *light_remarks(setting, light.clouding),
        *depth_remarks(skin, crater, injury.coagulation_depth),
    )
    return Simulation(exposure, crater, warming, injury, recovery, seed=seed, version=__version__, remarks=remarks)


def column_key(setting: Setting) -> Setting:
    """The setting that stands for all with the same column: how many columns there are, and passes, do not change it.

    Runs over many settings simulate one column for each key and give it each pattern by :func:`with_pattern`.
    """
    # Neighbours count only by their ejecta, which take up light, and beyond some density no more of it.
    return dataclasses.replace(setting, density=clouding_density(setting), passes=1)


def with_pattern(column: Simulation, setting: Setting) -> Simulation:
    """The same column under another density or number of passes: only healing counts the columns.

    Raises:
        Refusal: the setting has another column.
    """
    if setting == column.setting:
        return column
    if column_key(setting) != column_key(column.setting):
        raise Refusal(
            "this setting has another column", where="setting", advice="Simulate it, or change density and passes only"
        )
    exposure = dataclasses.replace(column.exposure, setting=setting)
    recovery = recover(exposure.skin, setting, column.crater, column.injury)
    return dataclasses.replace(column, exposure=exposure, recovery=recovery)


def light_remarks(setting: Setting, taken: float) -> tuple[Message, ...]:
    """What is to be said of very short pulses, and where ejecta of others are ``taken`` to take up light (0-1)."""
    remarks = []
    ejection = cite.table("thermal")["ejection_time"].si
    if brief := setting.pulse_duration <= ejection:
        remarks.append(message("simulation.brief_pulse", ejection_us=ejection / us))
    if taken and setting.pulse_energy:
        clearing = cite.table("lasers")["clearing_time"].si / ms
        values = {"clearing_ms": clearing, "taken_pct": 100.0 * taken}
        # A brief pulse is shallow in clear air too, so how much deeper it would go is not known.
        deeper = {} if brief else {"times": 1.0 / (1.0 - taken)}
        remarks.append(message("simulation.clouded" if brief else "simulation.clouded_long", **values, **deeper))
    return tuple(remarks)


def depth_remarks(skin: Skin, crater: Crater, coagulated: float = 0.0) -> tuple[Message, ...]:
    """What is to be said of a deep hole, and of tissue ``coagulated`` down to a depth [m].

    Raises:
        Refusal: it goes through all the tissue that is followed.
    """
    depth, followed = crater.ablation_depth, float(crater.grid.z_edges[-2])
    if depth >= followed:
        raise Refusal(
            f"the hole goes through all the {followed / mm:.1f} mm of tissue that is followed",
            where="energy_mj",
            advice="Lower the energy, widen the spot or take fewer pulses",
        )
    dermis = skin.layers[0].thickness + skin.layers[1].thickness
    remarks = []
    if depth > skin.thickness:
        remarks.append(message("simulation.below_skin", skin_mm=skin.thickness / mm))
    elif depth > dermis:
        remarks.append(message("simulation.into_fat", dermis_mm=dermis / mm))
    if max(coagulated, depth) > dermis:
        remarks.append(message("simulation.fat_absorption", dermis_mm=dermis / mm))
    return tuple(remarks)


def penetration(setting: Setting) -> float:
    """Depth at which light of this laser has fallen to 1/e in dermis [m]."""
    water = physics_of(setting.laser)[0].water
    return 1.0 / (water.si * cite.table("skin")["dermis_water"].si)


def expected_depth(setting: Setting) -> float:
    """How deep a cylinder as wide as the spot would be at the heat of ablation, at most 3 mm [m]: sizes the grid."""
    energy = setting.pulse_energy * setting.pulses_per_column
    area = math.pi * (0.5 * setting.spot_diameter) ** 2
    return min(energy / (physics_of(setting.laser)[1].heat_of_ablation.si * area), 3.0 * mm)


def time_to_cool(setting: Setting) -> float:
    """Radius squared over the diffusivity of dermis, within :data:`COOLING_TIMES` [s]."""
    thermal = cite.table("thermal")
    relaxation = (0.5 * setting.spot_diameter) ** 2 * thermal["skin_heat"].si / thermal["dermis_conductivity"].si
    return min(max(relaxation, COOLING_TIMES[0]), COOLING_TIMES[1])


def check(setting: Setting, temperature: float, under: Conditions | None = None) -> None:
    """Refuse what the physics here does not cover.

    Raises:
        Refusal: a laser whose light or removal of tissue is not known, skin outside -80 to 45 C, pulses that overlap,
            a stack that lasts too long, or a wet surface under something that covers it.
    """
    physics_of(setting.laser)
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
    stacked = (setting.pulses_per_column - 1) * setting.repetition_interval
    if stacked > LONGEST_STACK:
        raise Refusal(
            f"this stack takes {stacked:.0f} s, and by then blood and the rest of the body, which are not followed, "
            "have carried the heat away",
            where="repetition_hz",
            advice=f"Keep a stack within {LONGEST_STACK:.0f} s: raise the repetition rate or take fewer pulses",
        )
    wet = under is not None and under.surface == "wet"
    if wet and setting.cooling is not None and setting.cooling.name != "air":
        raise Refusal(
            "what covers the surface keeps it from evaporating",
            where="surface",
            advice="Use dry, or cooling air or none",
        )


def check_effort(setting: Setting, temperature: float, shape: Shape | None) -> None:
    """Refuse what takes more than :data:`MOST_STEPS`: half a minute and more, and no such treatment is known.

    Raises:
        Refusal: very many pulses, many long or very finely divided ones, or many on ice, which melts in small steps.
    """
    light = max(50.0, setting.pulse_duration / LIGHT_STEP) + (4.0 / shape.finest if shape else 0.0)
    rest = 350.0 if temperature < ICE_POINT else 70.0
    steps = setting.pulses_per_column * (light + rest)
    if steps > MOST_STEPS:
        raise Refusal(
            f"{setting.pulses_per_column} such pulses take about {steps:.0f} steps in time to follow, more than "
            f"{MOST_STEPS}",
            where="stack",
            advice="Take fewer or shorter pulses, or fewer spikes in each",
        )

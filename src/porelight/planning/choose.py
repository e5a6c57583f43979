"""Candidate settings: a small grid within the device and the verdicts, each simulated. None is called the best."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from porelight import cite, healing
from porelight.care.model import Verdict
from porelight.fields import Interval
from porelight.laser import Course, Laser, Setting
from porelight.planning.model import Candidate
from porelight.simulation.model import Simulation
from porelight.skin import Phototype
from porelight.units import day, hour, mJ, percent, um

WORKERS = 2
"""Simulations at a time; their results do not depend on it."""

Dial = Callable[[float, float], Setting]
"""Energy of a pulse [mJ] and density [%] -> the setting, all else as the laser's default."""


def candidates(
    course: Course,
    laser: Laser,
    phototype: Phototype | None,
    verdicts: Iterable[Verdict],
    *,
    dial: Dial,
    simulate: Callable[[Setting], Simulation],
) -> tuple[Candidate, ...]:
    """The grid of the course within the limits, in rising energy, then density.

    One column does not depend on how many there are, so each energy is simulated once and only healing, which counts
    the columns, is repeated for the other densities.
    """
    most = limits(laser, verdicts)
    energies = _within(course.energies_mj, most["energy_mj"])
    densities = _within(course.densities_pct, most["density_pct"])
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        columns = list(pool.map(simulate, [dial(energy, densities[0]) for energy in energies]))
    made = []
    for energy, column in zip(energies, columns, strict=True):
        for density in densities:
            simulation = _at_density(column, dial(energy, density))
            made.append(_candidate(simulation, energy, density, max(densities), phototype))
    return tuple(made)


def limits(laser: Laser, verdicts: Iterable[Verdict]) -> dict[str, float]:
    """Outside name -> the least of what the device dials and what every verdict allows."""
    most = {name: high for name, (_, high) in laser.limits.items()}
    for verdict in verdicts:
        for limit in verdict.limits:
            most[limit.name] = min(limit.at_most, most.get(limit.name, limit.at_most))
    return most


def _within(values: tuple[float, ...], most: float) -> tuple[float, ...]:
    """The values up to the limit; where it is below them all, the limit itself."""
    return tuple(value for value in values if value <= most) or (most,)


def _at_density(column: Simulation, setting: Setting) -> Simulation:
    if setting == column.setting:
        return column
    exposure = dataclasses.replace(column.exposure, setting=setting)
    recovery = healing.recover(exposure.skin, setting, column.crater, column.injury)
    return dataclasses.replace(column, exposure=exposure, recovery=recovery)


def _candidate(
    simulation: Simulation, energy: float, density: float, densest: float, phototype: Phototype | None
) -> Candidate:
    table, trials = cite.table("planning"), cite.table("trials")
    remarks = (
        _reach(simulation),
        _cover(simulation, density),
        _tried(simulation.setting.laser, energy, density),
        *_marks(density, densest, phototype),
    )
    told = [table[key] for key in ("tried_energy", "tried_density", "marks_more_columns", "marks_fewer_columns")]
    rests_on = (*told, table["marks_co2_dark"], trials["dose_energy"], trials["dose_density"])
    return Candidate(simulation.setting, simulation, remarks, rests_on)


def _reach(simulation: Simulation) -> str:
    pore, depth = simulation.exposure.skin.pore, simulation.injury.coagulation_depth
    gland_top = pore.gland_depth - pore.gland_diameter / 2.0
    heat = f"Heat sets collagen down to {_um(depth)}"
    if depth < pore.funnel_depth:
        return f"{heat}: not as deep as the funnel of a pore, about {_um(pore.funnel_depth)}."
    if depth < gland_top:
        return f"{heat}: past the funnel of a pore ({_um(pore.funnel_depth)}), short of its gland ({_um(gland_top)})."
    return f"{heat}: past the funnel of a pore and into the depth of its gland, from {_um(gland_top)}."


def _cover(simulation: Simulation, density: float) -> str:
    recovery = simulation.recovery
    return (
        f"Dialled as {density:g} %, it treats {recovery.treated_fraction / percent:.0f} % of the surface, heated rims "
        f"included. The columns close in about {_days(recovery.closed)}; redness lasts about {_days(recovery.redness)}."
    )


def _tried(laser: Laser, energy: float, density: float) -> str:
    if laser.course is None or laser.course.tried is None:
        return "No setting of a pore trial with this laser was seen, so none of these has been tried on pores."
    energies, densities = laser.course.tried
    if energy * mJ < energies.si_low or density * percent < densities.si_low:
        return (
            f"Milder than what was compared in a trial ({energies.low:g}-{energies.high:g} mJ at {densities.low:g}-"
            f"{densities.high:g} %, {energies.source.key}); the pore trial says only that its energy was low."
        )
    return f"Within what was compared in a trial, where more energy or density did no better ({energies.source.key})."


def _marks(density: float, densest: float, phototype: Phototype | None) -> tuple[str, ...]:
    if phototype in ("I", "II"):
        return ()
    table = cite.table("planning")
    more, fewer = table["marks_more_columns"], table["marks_fewer_columns"]
    seen = f"{more.value:g} against {fewer.value:g} % of sessions ({more.source.key}, another laser, may be chance)"
    place = "more" if density == densest else "fewer"
    who = f"Phototype {phototype}" if phototype else "The phototype is not known, so it is taken as dark"
    return (f"{who}: brown marks are a risk. They were seen more often with more columns, {seen}; this has {place}.",)


def _um(length: float) -> str:
    return f"{round(length / um, -1):.0f} um"


def _days(time: Interval) -> str:
    """The middle and the ends, in days; in hours where all is over in a day and a half."""
    unit, name = (day, "days") if time.high >= 1.5 * day else (hour, "hours")
    return f"{time.mid / unit:.0f} {name} (between {time.low / unit:.0f} and {time.high / unit:.0f})"

"""Candidate settings: a small grid within the device and the verdicts, each simulated. None is called the best."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from porelight import cite, healing
from porelight.care.model import Verdict
from porelight.fields import Interval
from porelight.laser import Course, Laser, Setting
from porelight.message import Message, message
from porelight.planning.model import Candidate
from porelight.simulation.model import Simulation
from porelight.skin import Phototype
from porelight.units import day, hour, mJ, percent, um

WORKERS = 2
"""Simulations at a time; their results do not depend on it."""

Dial = Callable[[float, float], Setting]
"""Energy of a pulse [mJ] and density [%] -> the setting, all else as the laser's default."""


def simulate_candidates(
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
    most = least_limits(laser, verdicts)
    energies = _within(course.energies_mj, most["energy_mj"])
    densities = _within(course.densities_pct, most["density_pct"])
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        columns = list(pool.map(simulate, [dial(energy, densities[0]) for energy in energies]))
    made = []
    for energy, column in zip(energies, columns, strict=True):
        for density in densities:
            simulation = _at_density(column, dial(energy, density))
            made.append(_make_candidate(simulation, energy, density, max(densities), phototype))
    return tuple(made)


def least_limits(laser: Laser, verdicts: Iterable[Verdict]) -> dict[str, float]:
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


def _make_candidate(
    simulation: Simulation, energy: float, density: float, densest: float, phototype: Phototype | None
) -> Candidate:
    table, trials = cite.table("planning"), cite.table("trials")
    remarks = (
        describe_reach(simulation),
        describe_cover(simulation, density),
        compare_with_trials(simulation.setting.laser, energy, density),
        *warn_of_marks(density, densest, phototype),
    )
    weighed = ("tried_energy", "tried_density", "marks_more_columns", "marks_fewer_columns", "marks_co2_dark")
    rests_on = (*(table[key] for key in weighed), trials["dose_energy"], trials["dose_density"])
    return Candidate(simulation.setting, simulation, remarks, rests_on)


def describe_reach(simulation: Simulation) -> Message:
    """How deep heat sets collagen, against the funnel and the gland of a pore."""
    pore, depth = simulation.exposure.skin.pore, simulation.injury.coagulation_depth
    gland_top = pore.gland_depth - pore.gland_diameter / 2.0
    reached, funnel, gland = (_to_tens_of_um(length) for length in (depth, pore.funnel_depth, gland_top))
    if depth < pore.funnel_depth:
        return message("planning.short_of_funnel", depth_um=reached, funnel_um=funnel)
    if depth < gland_top:
        return message("planning.past_funnel", depth_um=reached, funnel_um=funnel, gland_um=gland)
    return message("planning.into_gland", depth_um=reached, gland_um=gland)


def describe_cover(simulation: Simulation, density: float) -> Message:
    """Share of the surface that is treated, and how long it heals. ``density`` as dialled [%]."""
    recovery = simulation.recovery
    return message(
        "planning.cover",
        density_pct=density,
        treated_pct=recovery.treated_fraction / percent,
        closed=_describe_span(recovery.closed),
        redness=_describe_span(recovery.redness),
    )


def compare_with_trials(laser: Laser, energy: float, density: float) -> Message:
    """A setting of ``energy`` [mJ] and ``density`` [%] against what trials compared."""
    if laser.course is None or laser.course.tried is None:
        return message("planning.no_trial_of_laser")
    energies, densities = laser.course.tried
    if energy * mJ < energies.si_low or density * percent < densities.si_low:
        assert energies.low is not None
        assert energies.high is not None
        assert densities.low is not None
        assert densities.high is not None
        return message(
            "planning.milder_than_tried",
            energy_low_mj=energies.low,
            energy_high_mj=energies.high,
            density_low_pct=densities.low,
            density_high_pct=densities.high,
            source=energies.source.key,
        )
    return message("planning.within_tried", source=energies.source.key)


def warn_of_marks(density: float, densest: float, phototype: Phototype | None) -> tuple[Message, ...]:
    """The risk of brown marks by density [%], for skin that gets them."""
    if phototype in ("I", "II"):
        return ()
    table = cite.table("planning")
    more, fewer = table["marks_more_columns"], table["marks_fewer_columns"]
    known = message("planning.who_known", phototype=phototype) if phototype else None
    return (
        message(
            f"planning.marks_with_{'more' if density == densest else 'fewer'}_columns",
            who=known or message("planning.who_unknown"),
            more_pct=more.value,
            fewer_pct=fewer.value,
            source=more.source.key,
        ),
    )


def _to_tens_of_um(length: float) -> float:
    """Depths of anatomy are not known to less [um]."""
    return round(length / um, -1)


def _describe_span(time: Interval) -> Message:
    """The middle and the ends, in days; in hours where all is over in a day and a half."""
    unit, name = (day, "days") if time.high >= 1.5 * day else (hour, "hours")
    return message(f"planning.span_{name}", mid=time.mid / unit, low=time.low / unit, high=time.high / unit)

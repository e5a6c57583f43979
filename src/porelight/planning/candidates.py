"""Candidate settings: a small grid within the device and the verdicts, each simulated. None is called the best."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from porelight import cite
from porelight.care.model import Verdict
from porelight.fields import Interval
from porelight.laser import Course, Laser, Setting
from porelight.message import Message, message
from porelight.planning.harm import describe_marks, find_mark_series
from porelight.planning.model import DEVICE, Candidate, Evidence, Excess
from porelight.simulation.chain import simulate as simulate_column
from porelight.simulation.chain import with_pattern
from porelight.simulation.dials import reader_of, setting_dials
from porelight.simulation.model import Simulation
from porelight.skin import Phototype, Skin
from porelight.units import J_cm2, day, hour, mJ, percent, um

WORKERS = 2
"""Simulations at a time; their results do not depend on it."""

ROUNDING: Final = 1e-9
"""Share by which a value may miss a bound: units are multiplied in and out, which moves the last bits."""

DialSetting = Callable[[float, float], Setting]
"""Energy of a pulse [mJ] and density [%] -> the setting, all else as the laser's default."""


def simulate_candidates(
    course: Course,
    laser: Laser,
    phototype: Phototype | None,
    verdicts: Iterable[Verdict],
    *,
    dial: DialSetting,
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
            simulation = with_pattern(column, dial(energy, density))
            made.append(make_candidate(simulation, energy, density, max(densities), phototype))
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


def trial(
    setting: Setting,
    skin: Skin,
    verdicts: Iterable[Verdict] = (),
    phototype: Phototype | None = None,
    *,
    seed: int = 0,
    simulate: Callable[[Setting], Simulation] | None = None,
) -> Candidate:
    """One candidate for any setting: its effect, the bounds it does not keep, and what trials say of it.

    Args:
        setting: as typed, within what physics allows; nothing is refused for being strong.
        skin: what it meets.
        verdicts: whose limits count.
        phototype: for the risk of brown marks; None is not known, and is taken as dark.
        seed: kept with the result.
        simulate: gives the simulation of the setting, for a caller that keeps columns.

    Raises:
        Refusal: the setting cannot be simulated.
    """
    made = simulate(setting) if simulate else simulate_column(setting, skin, seed=seed)
    dialled = outside_values(setting)
    course = setting.laser.course
    densest = max(course.densities_pct) if course else dialled["density_pct"]
    candidate = make_candidate(made, dialled["energy_mj"], dialled["density_pct"], densest, phototype)
    exceeds = find_excess(setting, verdicts)
    warnings = tuple(
        message("planning.exceeds", name=each.name, value=each.value, bound=each.bound, by=each.by) for each in exceeds
    )
    return dataclasses.replace(candidate, remarks=(*warnings, *candidate.remarks), exceeds=exceeds)


def outside_values(setting: Setting) -> dict[str, float]:
    """The numbers of a setting under the names that limits have."""
    dials = setting_dials()
    read = {dial.laser_key or name: reader(setting) for name, dial in dials.items() if (reader := reader_of(dial))}
    numbers = {name: float(value) for name, value in read.items() if isinstance(value, int | float)}
    return {**numbers, "fluence_j_cm2": setting.peak_fluence / J_cm2}


def find_excess(setting: Setting, verdicts: Iterable[Verdict] = ()) -> tuple[Excess, ...]:
    """Every bound of the device and of the verdicts that a setting does not keep."""
    dialled = outside_values(setting)
    found = []
    for name, (low, high) in setting.laser.limits.items():
        value = dialled.get(name)
        if value is not None and not _reaches(value, low):
            found.append(Excess(name, value, low, DEVICE))
        if value is not None and not _reaches(high, value):
            found.append(Excess(name, value, high, DEVICE))
    for verdict in verdicts:
        for limit in verdict.limits:
            value = dialled.get(limit.name)
            # A limit on something that a setting does not hold cannot be known to be kept.
            if value is None or not _reaches(limit.at_most, value):
                found.append(Excess(limit.name, math.nan if value is None else value, limit.at_most, verdict.rule))
    return tuple(found)


def _reaches(value: float, bound: float) -> bool:
    """Whether a value is no less than a bound, but for the rounding of units."""
    return value >= bound * (1.0 - ROUNDING)


def make_candidate(
    simulation: Simulation, energy: float, density: float, densest: float, phototype: Phototype | None
) -> Candidate:
    """A simulation with its trade-offs; energy [mJ] and density [%] as dialled, ``densest`` [%] of its course."""
    table, trials = cite.table("planning"), cite.table("trials")
    evidence, compared = compare_with_trials(simulation.setting.laser, energy, density)
    remarks = (
        describe_reach(simulation),
        describe_cover(simulation, density),
        compared,
        *warn_of_marks(simulation.setting.laser.key, density, densest, phototype),
    )
    weighed = ("tried_energy", "tried_density", "marks_more_columns", "marks_fewer_columns")
    series = (each.row for each in find_mark_series(simulation.setting.laser.key, phototype))
    rests_on = (*(table[key] for key in weighed), *series, trials["dose_energy"], trials["dose_density"])
    return Candidate(simulation.setting, simulation, remarks, rests_on, evidence)


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


def compare_with_trials(laser: Laser, energy: float, density: float) -> tuple[Evidence, Message]:
    """A setting of ``energy`` [mJ] and ``density`` [%] against what trials compared, as a word and as a sentence."""
    if laser.course is None or laser.course.tried is None:
        return "none", message("planning.no_trial_of_laser")
    energies, densities = laser.course.tried
    bounds = {
        "energy_low_mj": energies.si_low / mJ,
        "energy_high_mj": energies.si_high / mJ,
        "density_low_pct": densities.si_low / percent,
        "density_high_pct": densities.si_high / percent,
    }
    if not (_reaches(energies.si_high, energy * mJ) and _reaches(densities.si_high, density * percent)):
        return "beyond", message("planning.beyond_tried", source=energies.source.key, **bounds)
    if not (_reaches(energy * mJ, energies.si_low) and _reaches(density * percent, densities.si_low)):
        return "milder", message("planning.milder_than_tried", source=energies.source.key, **bounds)
    return "within", message("planning.within_tried", source=energies.source.key)


def warn_of_marks(laser: str, density: float, densest: float, phototype: Phototype | None) -> tuple[Message, ...]:
    """The risk of brown marks with this laser, and by density [%], for skin that gets them."""
    seen = describe_marks(laser, phototype)
    if seen is None:
        return ()
    table = cite.table("planning")
    more, fewer = table["marks_more_columns"], table["marks_fewer_columns"]
    return (
        seen,
        message(
            f"planning.marks_with_{'more' if _reaches(density, densest) else 'fewer'}_columns",
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

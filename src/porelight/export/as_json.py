"""Plans, censuses, verdicts and simulations as JSON. Keys carry units; numbers carry the digits that mean something.

The text of a plan is canonical: keys sorted, floats rounded to :data:`DIGITS` significant digits (so the last bits of a
sum cannot change a byte), no clock and no machine in it. Described in ``docs/plan-json.md`` and ``plan.schema.json``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from porelight import cite, units
from porelight.care.engagements import Clash
from porelight.care.model import Calendar, CareItem, Person, Verdict
from porelight.cite import Cited, Confidence, Source
from porelight.fields import Interval
from porelight.forecasting.model import Milestone
from porelight.laser import Setting
from porelight.message import english
from porelight.photo.census import Index, PoreCensus
from porelight.photo.face.regions import summaries
from porelight.photo.indices.grade import Standing, standings
from porelight.photo.scale import Scale
from porelight.planning.model import Candidate, Factor, Plan
from porelight.simulation.model import Simulation
from porelight.units import day, mJ, percent, um, us

if TYPE_CHECKING:
    from porelight.simulation.stamp import Stamp

SCHEMA = "porelight/plan/1"
"""Name and version of the layout; the number rises when a key changes its meaning or goes."""

DIGITS = 6
"""Significant digits of every float: far more than any number here is good for, fewer than rounding errors reach."""

Numbers = dict[str, Any]


def plan_json(plan: Plan) -> str:
    """The text of ``plan.json``: the same plan gives the same bytes."""
    return text(plan_numbers(plan))


def census_json(census: PoreCensus) -> str:
    """The text of ``census.json``."""
    return text(census_numbers(census))


def text(numbers: Any) -> str:
    """JSON with sorted keys and one newline at the end."""
    return json.dumps(numbers, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def plan_numbers(plan: Plan) -> Numbers:
    """The plan as plain values, with its hash."""
    course, offered = plan.forecast, plan.forecast_is != "not_offered"
    numbers = {
        "schema": SCHEMA,
        "version": plan.version,
        "seed": plan.seed,
        "status": plan.status,
        "on": plan.on,
        "laser": plan.laser,
        "person": _person(plan.person),
        "verdicts": [_verdict(verdict) for verdict in plan.verdicts],
        "census": _census(plan.census),
        "factors": [_factor(factor) for factor in plan.factors],
        "sessions": list(plan.sessions),
        "timing": [reason.english() for reason in plan.timing],
        "forecast": [_milestone(milestone) for milestone in course.milestones] if offered else [],
        "forecast_is": plan.forecast_is,
        "goal": {
            "enlarged_change_pct": course.goal_pct,
            "sessions": course.sessions_for_goal if offered else None,
            "chance": course.chance_of_goal if offered else None,
        },
        "forecast_remarks": [remark.english() for remark in course.remarks],
        "candidates": [_candidate(candidate) for candidate in plan.candidates],
        "calendar": _calendar(plan.calendar),
        "clashes": [_clash(clash) for clash in plan.clashes],
        "clinic": {key: dataclasses.asdict(chosen) for key, chosen in plan.clinic.chosen.items()},
        "sources": _sources(plan_sources(plan)),
        "numbers_used": [_row(row) for row in cite.used(plan)],
        "weakest": plan_weakest(plan),
    }
    return _hashed(plain(numbers))


def plan_sources(plan: Plan) -> tuple[Source, ...]:
    """Every source behind the numbers, verdicts and calendar of a plan, by key."""
    found = {row.source.key: row.source for row in (*cite.used(plan), *cite.used(standings(plan.census)))}
    found |= {verdict.source.key: verdict.source for verdict in plan.verdicts}
    found |= {item.source.key: item.source for item in plan.calendar.items}
    return tuple(found[key] for key in sorted(found))


def plan_weakest(plan: Plan) -> Confidence:
    """The weakest confidence of anything the plan rests on: its numbers, its verdicts and its calendar."""
    said = [cite.weakest(cite.used(plan))]
    said += [verdict.confidence for verdict in plan.verdicts]
    said += [item.confidence for item in plan.calendar.items]
    return max(said, key=cite.CONFIDENCES.index)


def census_numbers(census: PoreCensus) -> Numbers:
    """The summary of a census; lengths are None without a scale."""
    rows = (*cite.used(census), *cite.used(standings(census)))
    told = {
        "sources": _sources(_row_sources(rows)),
        "weakest": cite.weakest(rows),
        "version": census.version,
    }
    return _as_dict(plain(_census(census) | told))


def verdict_numbers(verdicts: tuple[Verdict, ...]) -> Numbers:
    """The verdicts, and whether one of them blocks a plan."""
    blocked = any(verdict.blocks for verdict in verdicts)
    told = {"status": "blocked" if blocked else "ready", "verdicts": [_verdict(verdict) for verdict in verdicts]}
    return _as_dict(plain(told))


def calendar_numbers(calendar: Calendar) -> Numbers:
    """The sessions and every item of the days around them."""
    return _as_dict(plain({"sessions": list(calendar.sessions), "items": _calendar(calendar)}))


def simulation_numbers(simulation: Simulation, stamp: Stamp | None = None) -> Numbers:
    """What one setting does and how it heals, with the sources it rests on; and a stamp of it, null without one."""
    from porelight.simulation.chain import numbers

    rows = cite.used((simulation, stamp))
    told = numbers(simulation) | {
        **_healing(simulation),
        "setting": _setting(simulation.setting),
        "stamp": None if stamp is None else _stamp(stamp),
        "sources": _sources(_row_sources(rows)),
        "weakest": cite.weakest(rows),
    }
    return _as_dict(plain(told))


def _stamp(stamp: Stamp) -> Numbers:
    from porelight.simulation.stamp import numbers

    return numbers(stamp)


def plain(value: Any) -> Any:
    """Values of Python, numpy and dates as JSON knows them; floats rounded, never negative zero."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") + 0.0
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value


def plan_hash(numbers: Numbers) -> str:
    """SHA-256 of the compact JSON of everything but ``hash``: what a reader computes to check a file."""
    held = {key: value for key, value in numbers.items() if key != "hash"}
    compact = json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(compact.encode()).hexdigest()


def _hashed(numbers: Any) -> Numbers:
    return {**numbers, "hash": plan_hash(numbers)}


def _as_dict(numbers: Any) -> Numbers:
    return dict(numbers)


def _census(census: PoreCensus) -> Numbers:
    return {
        "scale_um_per_px": census.um_per_px,
        "width_px": census.width,
        "height_px": census.height,
        "pore_count": census.pore_count,
        "enlarged_count": census.enlarged_count,
        "enlarged_from_um": census.enlarged_from.si / um,
        "density_per_cm2": census.density_per_cm2,
        "median_diameter_um": census.median_diameter_um,
        "area_fraction": census.area_fraction,
        "flags": list(census.flags),
        "scale": _scale(census.scale),
        "gate": {"level": census.gate.level, "findings": [dataclasses.asdict(each) for each in census.gate.findings]},
        "regions": [dataclasses.asdict(each) for each in summaries(census)],
        "indices": [_index(each) for each in census.indices],
        "grades": [_grade(each) for each in standings(census) if each.quantity == "area_fraction"],
    }


def _scale(scale: Scale | None) -> Numbers | None:
    if scale is None:
        return None
    return {
        "um_per_px": scale.um_per_px,
        "error_pct": scale.relative_error / percent,
        "source": scale.source,
        "tilt_deg": scale.tilt,
    }


def _index(index: Index) -> Numbers:
    names = ("key", "title", "value", "low", "high", "unit", "region", "because")
    told = {name: getattr(index, name) for name in names}
    return told | {"sources": sorted({row.source.key for row in index.rests_on})}


def _grade(standing: Standing) -> Numbers:
    names = ("region", "grade", "grade_because", "percentile", "low", "high", "among", "because")
    told = {name: getattr(standing, name) for name in names}
    return told | {"sources": sorted({row.source.key for row in standing.rests_on})}


def _person(person: Person) -> Numbers:
    return {
        "age": person.age,
        "born": person.born,
        "phototype": person.phototype,
        "site": person.site,
        "severity": person.severity,
        "answers": person.answers,
        "dates": person.dates,
        "medicines": [
            {"group": medicine.group, "taking": medicine.taking, "last_taken": medicine.last_taken}
            for medicine in person.medicines
        ],
        "past_sessions": list(person.past_sessions),
        "planned": [
            {"what": each.what, "occasion": each.occasion, "first": each.first, "last": each.last}
            for each in person.planned
        ],
        "skin_answers": person.skin_answers,
        "goals": list(person.goals),
    }


def _verdict(verdict: Verdict) -> Numbers:
    return {
        "rule": verdict.rule,
        "outcome": verdict.outcome,
        "title": verdict.title,
        "because": verdict.because,
        "clears": verdict.clears,
        "until": verdict.until,
        "limits": {limit.name: limit.at_most for limit in verdict.limits},
        "asks": list(verdict.asks),
        "source": verdict.source.key,
        "tier": verdict.tier,
        "confidence": verdict.confidence,
        "effective": verdict.effective,
        "conflicts": list(verdict.conflicts),
    }


def _factor(factor: Factor) -> Numbers:
    return {
        "key": factor.key,
        "title": factor.title.english(),
        "share": _interval(factor.share),
        "because": english(factor.because),
        "laser_changes": factor.laser_changes,
        "advice": factor.advice.english(),
        "sources": sorted({row.source.key for row in factor.rests_on}),
    }


def _milestone(milestone: Milestone) -> Numbers:
    return {
        "label": milestone.label.english(),
        "sessions_done": milestone.sessions_done,
        "week": milestone.week,
        "enlarged_change_pct": _interval(milestone.enlarged_change_pct),
        "median_diameter_um": _interval(milestone.median_diameter_um),
    }


def _interval(interval: Interval | None, unit: float = 1.0) -> Numbers | None:
    if interval is None:
        return None
    return {
        "low": interval.low / unit,
        "mid": interval.mid / unit,
        "high": interval.high / unit,
        "level": interval.level,
    }


def _candidate(candidate: Candidate) -> Numbers:
    return {
        "setting": _setting(candidate.setting),
        "effect": _simulation(candidate.simulation),
        "remarks": [remark.english() for remark in candidate.remarks],
    }


def _setting(setting: Setting) -> Numbers:
    return {
        "laser": setting.laser.key,
        "wavelength_nm": setting.laser.wavelength / units.nm,
        "energy_mj": setting.pulse_energy / mJ,
        "spot_um": setting.spot_diameter / um,
        "profile": setting.profile,
        "pulse_us": setting.pulse_duration / us,
        "power_w": setting.peak_power,
        "density_pct": setting.density * math.pi * (setting.spot_diameter / 2.0) ** 2 / percent,
        "columns_per_cm2": setting.density * units.cm2,
        "pulses_per_column": setting.pulses_per_column,
        "passes": setting.passes,
        "repetition_interval_ms": setting.repetition_interval / units.ms,
        "cooling": setting.cooling.name if setting.cooling else None,
    }


def _simulation(simulation: Simulation) -> Numbers:
    injury = simulation.injury
    return {
        "ablation_depth_um": simulation.crater.ablation_depth / um,
        "ablation_width_um": simulation.crater.ablation_width / um,
        "coagulation_depth_um": injury.coagulation_depth / um,
        "coagulation_depth_low_um": injury.coagulation_depth_low / um,
        "coagulation_depth_high_um": injury.coagulation_depth_high / um,
        "coagulation_width_um": injury.coagulation_width / um,
        "necrosis_depth_um": injury.necrosis_depth / um,
        "peak_temperature_c": units.to_celsius(simulation.warming.peak_temperature),
        "peak_temperature_is_limit": simulation.peak_is_limit,
        "energy_balance_error": round(simulation.warming.energy.error, 9),  # below this it is rounding
        **_healing(simulation),
    }


def _healing(simulation: Simulation) -> Numbers:
    recovery = simulation.recovery
    return {
        "closed_days": _interval(recovery.closed, day),
        "redness_days": _interval(recovery.redness, day),
        "crusting_days": _interval(recovery.crusting, day),
        "treated_pct": recovery.treated_fraction / percent,
        "collagen_stimulus_pct": recovery.collagen_stimulus / percent,
    }


def _calendar(calendar: Calendar) -> list[Numbers]:
    return [_item(item) for item in calendar.items]


def _item(item: CareItem) -> Numbers:
    return {
        "key": item.key,
        "phase": item.phase,
        "session": item.session,
        "first": item.first,
        "last": item.last,
        "title": item.title,
        "text": item.text,
        "why": item.why,
        "source": item.source.key,
        "tier": item.tier,
        "confidence": item.confidence,
    }


def _clash(clash: Clash) -> Numbers:
    return {
        "what": clash.engagement.what,
        "occasion": clash.engagement.occasion,
        "item": clash.item.key,
        "session": clash.item.session,
        "first": clash.first,
        "last": clash.last,
    }


def _row_sources(rows: tuple[Cited, ...]) -> tuple[Source, ...]:
    found = {row.source.key: row.source for row in rows}
    return tuple(found[key] for key in sorted(found))


def _sources(sources: tuple[Source, ...]) -> list[Numbers]:
    return [
        {
            "key": source.key,
            "title": source.title,
            "authors": source.authors,
            "year": source.year,
            "where": source.where,
            "doi": source.doi,
            "seen": source.seen,
        }
        for source in sources
    ]


def _row(row: Cited) -> Numbers:
    return {
        "key": row.key,
        "quantity": row.quantity,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "unit": row.unit,
        "conditions": row.conditions,
        "source": row.source.key,
        "confidence": row.confidence,
        "note": row.note,
    }

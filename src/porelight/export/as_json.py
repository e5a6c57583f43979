"""Plans, censuses, verdicts and simulations as JSON. Keys carry units; numbers carry the digits that mean something.

The text of a plan is canonical: keys sorted, floats rounded to a few significant digits (so the last bits of a sum
cannot change a byte), no clock and no machine in it. Described in ``docs/plan-json.md`` and ``plan.schema.json``.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from porelight import cite
from porelight.care.model import Calendar, Verdict
from porelight.export.census_model import census_file
from porelight.export.outside import Numbers, SourceOut, as_numbers, filled, row_sources, text
from porelight.export.plan_model import CareItemOut, HealingOut, VerdictOut, plan_outside, setting_outside
from porelight.photo.census import PoreCensus
from porelight.planning.model import Plan
from porelight.simulation.model import Simulation

if TYPE_CHECKING:
    from porelight.simulation.stamp import Stamp


def plan_json(plan: Plan) -> str:
    """The text of ``plan.json``: the same plan gives the same bytes."""
    return text(plan_numbers(plan))


def census_json(census: PoreCensus) -> str:
    """The text of ``census.json``."""
    return text(census_numbers(census))


def plan_numbers(plan: Plan) -> Numbers:
    """The plan as plain values, with its hash."""
    numbers = as_numbers(plan_outside(plan).model_dump(by_alias=True, exclude={"hash"}))
    return {**numbers, "hash": plan_hash(numbers)}


def census_numbers(census: PoreCensus) -> Numbers:
    """The summary of a census; lengths are None without a scale."""
    return as_numbers(census_file(census))


def verdict_numbers(verdicts: tuple[Verdict, ...]) -> Numbers:
    """The verdicts, and whether one of them blocks a plan."""
    blocked = any(verdict.blocks for verdict in verdicts)
    listed = [filled(VerdictOut, verdict) for verdict in verdicts]
    return as_numbers({"status": "blocked" if blocked else "ready", "verdicts": listed})


def calendar_numbers(calendar: Calendar) -> Numbers:
    """The sessions and every item of the days around them."""
    items = [filled(CareItemOut, item) for item in calendar.items]
    return as_numbers({"sessions": list(calendar.sessions), "items": items})


def simulation_numbers(simulation: Simulation, stamp: Stamp | None = None) -> Numbers:
    """What one setting does and how it heals, with the sources it rests on; and a stamp of it, null without one."""
    from porelight.simulation import stamp as stage
    from porelight.simulation.numbers import read_numbers

    rows = cite.used((simulation, stamp))
    return as_numbers(
        read_numbers(simulation)
        | filled(HealingOut, simulation).model_dump()
        | {
            "setting": setting_outside(simulation.setting),
            "stamp": None if stamp is None else stage.stamp_numbers(stamp),
            "sources": [filled(SourceOut, source) for source in row_sources(rows)],
            "weakest": cite.weakest_confidence(rows),
        }
    )


def plan_hash(numbers: Numbers) -> str:
    """SHA-256 of the compact JSON of everything but ``hash``: what a reader computes to check a file."""
    held = {key: value for key, value in numbers.items() if key != "hash"}
    compact = json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(compact.encode()).hexdigest()

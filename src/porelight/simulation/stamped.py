"""A stamp of the columns of a scenario."""

from __future__ import annotations

import math
from typing import Any

from porelight.refusal import Refusal
from porelight.simulation.scenario import Scenario
from porelight.simulation.stamp import LARGEST, Stamp, stamp
from porelight.units import celsius, ms

LONGEST_DELAY_MS = 1000.0


def stamped(scenario: Scenario, *, across: int, order: str, delay_ms: float | None, **more: Any) -> Stamp:
    """A stamp of ``across`` x ``across`` columns.

    Args:
        scenario: what each of them is.
        across: columns along each side.
        order: raster, interlaced or random.
        delay_ms: from one column to the next; the usual of the setting when left out.
        more: seed and progress of :func:`porelight.simulation.stamp.stamp`.

    Raises:
        Refusal: as there, or what a stamp does not take.
    """
    _check(scenario)
    if not 2 <= across <= LARGEST:
        what = f"a stamp of {across} columns a side is not followed"
        raise Refusal(what, where="stamp", advice=f"Use 2 to {LARGEST}")
    if delay_ms is not None and not (math.isfinite(delay_ms) and 0.0 <= delay_ms <= LONGEST_DELAY_MS):
        raise Refusal(
            f"{delay_ms:g} ms is no time between columns that is followed",
            where="column_delay_ms",
            advice=f"Use 0 to {LONGEST_DELAY_MS:g}",
        )
    return stamp(
        scenario.setting(),
        scenario.skin(),
        across=across,
        order=order,  # type: ignore[arg-type]  # another word is refused there
        delay=None if delay_ms is None else delay_ms * ms,
        temperature=celsius(scenario.tissue_temperature_c),
        **more,
    )


def _check(scenario: Scenario) -> None:
    taken = {
        "pulse_shape": scenario.pulse_shape == "square",
        "cooling": scenario.cooling in ("none", "air"),
        "surface": scenario.surface == "dry",
        "without": not scenario.without,
    }
    for name, fits in taken.items():
        if not fits:
            what = "a stamp is followed with square pulses on dry skin, bare or in air, with every mechanism"
            raise Refusal(what, where=name, advice="Leave it out, or simulate one column without --stamp")

"""What is known of a course of one laser: the trial that anchors its forecast, its spacing, its longest trial."""

from __future__ import annotations

import dataclasses
import functools

from porelight import cite
from porelight.cite import Cited
from porelight.refusal import Refusal


@dataclasses.dataclass(frozen=True, slots=True)
class Course:
    """Rows that describe a course. ``early`` and ``final`` are two visits of one trial, ``anchor_spacing`` apart."""

    laser: str
    early: Cited
    final: Cited
    anchor_spacing: Cited
    study_spread: Cited
    spacing: Cited
    spacing_dark: Cited
    """For phototypes IV to VI."""
    most_sessions: Cited
    energies_mj: tuple[float, ...]
    densities_pct: tuple[float, ...]


@functools.cache
def courses() -> dict[str, Course]:
    """Every course of ``data/planning.yaml`` by the key of its laser."""
    trials, planning = cite.table("trials"), cite.table("planning")
    return {
        row["laser"]: Course(
            laser=row["laser"],
            early=trials[row["anchors"][0]],
            final=trials[row["anchors"][1]],
            anchor_spacing=planning[row["anchor_spacing"]],
            study_spread=planning[row["spread"]],
            spacing=planning[row["spacing"]],
            spacing_dark=planning[row["spacing_dark"]],
            most_sessions=planning[row["most_sessions"]],
            energies_mj=tuple(float(value) for value in row["energy_mj"]),
            densities_pct=tuple(float(value) for value in row["density_pct"]),
        )
        for row in cite.rows("planning")["courses"]
    }


def course_of(laser: str) -> Course:
    """The course of that laser.

    Raises:
        Refusal: no trial of pores is held for this laser, so nothing can be planned with it.
    """
    try:
        return courses()[laser]
    except KeyError:
        raise Refusal(
            f"no trial of enlarged pores is known here for the laser {laser!r}",
            where="laser",
            advice=f"Choose one of {', '.join(courses())}",
        ) from None

"""What is known of a course of one laser: the trial that anchors its forecast, its spacing, its longest trial."""

from __future__ import annotations

import dataclasses
import functools

from porelight import cite
from porelight.cite import Cited
from porelight.message import Message, message
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
    """Of a trial of this laser and, where its forecast is borrowed, at most of the trial it borrows from."""
    energies_mj: tuple[float, ...]
    densities_pct: tuple[float, ...]
    lender: str | None = None
    """Laser whose trial anchors this course for want of one of its own."""


@functools.cache
def load_courses() -> dict[str, Course]:
    """Every course of ``data/planning.yaml`` by the key of its laser."""
    trials, planning, listed = cite.table("trials"), cite.table("planning"), cite.rows("planning")["courses"]
    most = {row["laser"]: planning[row["most_sessions"]] for row in listed}
    return {
        row["laser"]: Course(
            laser=row["laser"],
            early=trials[row["anchors"][0]],
            final=trials[row["anchors"][1]],
            anchor_spacing=planning[row["anchor_spacing"]],
            study_spread=planning[row["spread"]],
            spacing=planning[row["spacing"]],
            spacing_dark=planning[row["spacing_dark"]],
            most_sessions=min(most[row.get("borrows", row["laser"])], most[row["laser"]], key=lambda each: each.value),
            energies_mj=tuple(float(value) for value in row["energy_mj"]),
            densities_pct=tuple(float(value) for value in row["density_pct"]),
            lender=row.get("borrows"),
        )
        for row in listed
    }


def course_of(laser: str) -> Course:
    """The course of that laser.

    Raises:
        Refusal: no trial of pores is held for this laser, so nothing can be planned with it.
    """
    try:
        return load_courses()[laser]
    except KeyError:
        raise Refusal(
            f"no trial of enlarged pores is known here for the laser {laser!r}",
            where="laser",
            advice=f"Choose one of {', '.join(load_courses())}",
        ) from None


def describe_lender(laser: str) -> Message | None:
    """That the forecast of a laser rests on a trial of another; None where it does not.

    Raises:
        Refusal: as :func:`course_of`.
    """
    return message("forecast.borrowed") if course_of(laser).lender else None

"""The time between two sessions: one row for the rule, the calendar and the plan."""

from __future__ import annotations

import datetime as dt

from porelight.care.rules import laser_kind, phototype_group, rules_in_force
from porelight.cite import Cited
from porelight.laser import load_lasers
from porelight.skin import Phototype
from porelight.units import day


def spacing_row(laser: str, phototype: Phototype | None) -> Cited:
    """Time between two sessions of that laser; longer in skin that gets brown marks, or of which nothing is known.

    Raises:
        Refusal: the rules do not know the laser.
    """
    kind, course = laser_kind(laser), load_lasers()[laser].course
    if course is None:
        return kind.spacing
    lighter = phototype is not None and phototype not in phototype_group("darker")
    return course.spacing if lighter else course.spacing_dark


def days_apart(row: Cited) -> int:
    """The time between two sessions in whole days."""
    return round(row.si / day)


def spacing_on(on: dt.date, laser: str, phototype: Phototype | None) -> Cited:
    """The row in force for a session on that day."""
    by_type = any(rule.test == "spacing_by_type" for rule in rules_in_force(on))
    return spacing_row(laser, phototype) if by_type else laser_kind(laser).spacing

"""Every rule in force on a person, on a day, for a laser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from porelight.care.choices import ClinicChoices
from porelight.care.judge import TESTS, Hearing
from porelight.care.model import Outcome, Person, Verdict
from porelight.care.rules import in_force, laser_kind
from porelight.refusal import Refusal

GRAVITY: tuple[Outcome, ...] = ("proceed", "adjust", "ask", "defer", "refuse")
"""Outcomes, mildest first."""


def screen(
    person: Person,
    on: dt.date,
    laser: str = "co2",
    clinic: ClinicChoices | None = None,
    *,
    language: str = "en",
) -> tuple[Verdict, ...]:
    """What every rule of that day says of this person, gravest first. These are proposals: a professional signs.

    Args:
        person: what is known; what is not stays unknown, which is never "no".
        on: the day on which the person is judged, by the rules of that day.
        laser: key of ``data/lasers.yaml``.
        clinic: what the clinic chose where sources disagree; the cautious defaults without it.
        language: of titles, reasons and what clears; remarks on sources stay in English.

    Raises:
        Refusal: the rules do not know the laser or the day, or the person was born or treated after that day.
    """
    _refuse_later(person, on)
    kind, chosen = laser_kind(laser), clinic or ClinicChoices()
    found = []
    for rule in in_force(on):
        branch = rule.branch(kind.kind)
        if branch is not None:
            found.append(TESTS[rule.test](Hearing(rule, branch, person, on, kind, chosen, language)))
    return by_gravity(found)


def _refuse_later(person: Person, on: dt.date) -> None:
    """Refuse a past that lies after the day: a slip in a year would otherwise count as an age or a pause."""
    told = {"born": (person.born,), "past_sessions": person.past_sessions}
    for name, days in told.items():
        for day in days:
            if day is not None and day > on:
                raise Refusal(f"{day} lies after {on}, the day to judge", where=name, advice="Correct the date")


def by_gravity(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """The same verdicts, gravest first; those of one outcome stay in the order of the rule book."""
    return tuple(sorted(verdicts, key=lambda verdict: -GRAVITY.index(verdict.outcome)))


def overall(verdicts: Iterable[Verdict]) -> Outcome:
    """The gravest outcome; ``proceed`` when there is no verdict."""
    return max((verdict.outcome for verdict in verdicts), key=GRAVITY.index, default="proceed")

"""Every rule in force on a person, on a day, for a laser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from porelight.care.checks import check_day
from porelight.care.choices import ClinicChoices
from porelight.care.context import Evaluation, RuleContext
from porelight.care.criteria import CRITERIA
from porelight.care.expiry import clip_spans, drop_stale
from porelight.care.facts import age_on
from porelight.care.model import OLDEST_AGE, Outcome, Person, Verdict
from porelight.care.rules import laser_kind, rules_in_force
from porelight.refusal import Refusal

OUTCOMES_BY_GRAVITY: tuple[Outcome, ...] = ("proceed", "adjust", "ask", "defer", "refuse")
"""Outcomes, mildest first."""


def screen_person(
    person: Person,
    on: dt.date,
    laser: str = "co2",
    clinic: ClinicChoices | None = None,
    *,
    asked_on: dt.date | None = None,
    language: str = "en",
) -> tuple[Verdict, ...]:
    """What every rule of that day says of this person, gravest first. These are proposals: a professional signs.

    Args:
        person: what is known; what is not stays unknown, which is never "no".
        on: the day on which the person is judged, by the rules of that day.
        laser: key of ``data/lasers.yaml``.
        clinic: what the clinic chose where sources disagree; the cautious defaults without it.
        asked_on: the day on which answers must still hold; the day judged where left out. Of a session to come it is
            the day of planning, for everything is asked once more on the session's own day.
        language: of titles, reasons and what clears; remarks on sources stay in English.

    Raises:
        Refusal: the rules do not know the laser or the day, or the person was born, treated or asked after that day.
    """
    on = check_day(on, "the day to judge")
    _refuse_impossible_past(person, on)
    # What was answered too long before counts as not answered; a course still to come is judged by today's answers.
    person = clip_spans(drop_stale(person, asked_on or on), on)
    verdicts = [
        CRITERIA[context.rule.test].judge(Evaluation(context, person, on, language))
        for context in rule_contexts(on, laser, clinic)
    ]
    return sort_by_gravity(verdicts)


def rule_contexts(on: dt.date, laser: str, clinic: ClinicChoices | None = None) -> tuple[RuleContext, ...]:
    """The rules of that day for that laser in that clinic, in the order of the rule book.

    Raises:
        Refusal: the rules do not know the laser or the day.
    """
    kind, chosen = laser_kind(laser), clinic or ClinicChoices()
    branches = [(rule, rule.branch(kind.kind)) for rule in rules_in_force(on)]
    return tuple(RuleContext(rule, branch, kind, chosen) for rule, branch in branches if branch is not None)


def _refuse_impossible_past(person: Person, on: dt.date) -> None:
    """Refuse a past that lies after the day, and an age that nobody reaches: a slip in a year would otherwise count as
    an age or a pause."""
    pasts = {"born": (person.born,), "past_sessions": person.past_sessions}
    for name, days in pasts.items():
        for day in days:
            if day is not None and day > on:
                raise Refusal(f"{day} lies after {on}, the day to judge", where=name, advice="Correct the date")
    if person.born is not None and age_on(person, on) is None:
        raise Refusal(f"{person.born} makes an age above {OLDEST_AGE}", where="born", advice="Correct the date")


def sort_by_gravity(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """The same verdicts, gravest first; those of one outcome stay in the order of the rule book."""
    # A stable sort: verdicts of one outcome keep the order of the rule book, whatever the answers were.
    return tuple(sorted(verdicts, key=lambda verdict: -OUTCOMES_BY_GRAVITY.index(verdict.outcome)))


def gravest_outcome(verdicts: Iterable[Verdict]) -> Outcome:
    """The gravest outcome; ``proceed`` when there is no verdict."""
    return max((verdict.outcome for verdict in verdicts), key=OUTCOMES_BY_GRAVITY.index, default="proceed")

"""Rules on how long ago something was."""

from __future__ import annotations

import dataclasses
import datetime as dt

from porelight.care.context import Evaluation, RuleContext
from porelight.care.criteria.criterion import Criterion
from porelight.care.facts import find_dated_answer
from porelight.care.fhirpath import (
    AUTHORED,
    Condition,
    apply_uncleared,
    apply_when,
    ask_when,
    every,
    has_code,
    is_unknown,
    is_within,
    is_yes,
    item_of,
    last_day,
    negate,
    some,
)
from porelight.care.language import format_day
from porelight.care.model import Verdict
from porelight.care.phototype import PHOTOTYPES
from porelight.care.rules import phototype_group
from porelight.care.spacing import days_apart, spacing_row
from porelight.cite import Cited


def judge_wait(evaluation: Evaluation) -> Verdict:
    """A rule about the days since something ended; a yes without a day means now, or not known."""
    key = evaluation.rule.question
    said, day = find_dated_answer(evaluation.person, key)
    if said == "no":
        return evaluation.approve()
    if said != "yes":
        return evaluation.ask(key)
    if day is None:
        return evaluation.apply()
    return ask_about_later_day(evaluation, key, day) or wait_since(evaluation, day) or evaluation.approve()


def wait_since(evaluation: Evaluation, day: dt.date) -> Verdict | None:
    """The branch, until its wait has passed since that day; None once it has."""
    ends = add_wait(day, evaluation.context.wait)
    return evaluation.apply(until=ends) if evaluation.on < ends else None


def add_wait(day: dt.date, wait: Cited) -> dt.date:
    """The first day after the wait."""
    return day + dt.timedelta(days=round(wait.value))


def ask_about_later_day(evaluation: Evaluation, key: str, day: dt.date) -> Verdict | None:
    """A question back when the day given lies after the day judged: it cannot tell how things stood."""
    if day <= evaluation.on:
        return None
    # A rule that only adjusts need not ask: to adjust once too often does no harm.
    if not evaluation.context.blocks:
        return evaluation.apply()
    because = evaluation.say(
        "The day given, {given}, is later than {judged}, the day that is judged.",
        given=format_day(day, evaluation.language, year=True),
        judged=format_day(evaluation.on, evaluation.language, year=True),
    )
    return evaluation.make_verdict("ask", because, clears=evaluation.request_answers(key), asks=(key,))


def express_wait(context: RuleContext) -> list[Condition]:
    key = context.rule.question
    day, later = last_day(key), f"{last_day(key)} > {AUTHORED}"
    now = every(is_yes(key), f"{day}.empty()")
    waiting = every(is_yes(key), is_within(day, context.wait), negate(later))
    ahead = every(is_yes(key), later)
    applied = apply_when(context, some(now, waiting) if context.blocks else some(now, waiting, ahead))
    missing = some(is_unknown(key), ahead) if context.blocks else is_unknown(key)
    return [*applied, ask_when(context, missing, key)]


def judge_session_spacing(evaluation: Evaluation) -> Verdict:
    """The time that this laser needs since the last session of the course."""
    needed = evaluation.context.laser.spacing
    # Sessions after the day judged are refused before any rule is asked; a response in FHIR may hold them.
    past = [day for day in evaluation.person.past_sessions if day <= evaluation.on]
    ends = add_wait(max(past), needed) if past else evaluation.on
    verdict = evaluation.approve() if evaluation.on >= ends else evaluation.apply(until=ends)
    return dataclasses.replace(verdict, source=needed.source, rests_on=(*verdict.rests_on, needed))


def express_session_spacing(context: RuleContext) -> list[Condition]:
    recent = f"$this <= {AUTHORED} and {is_within('$this', context.laser.spacing)}"
    return [apply_uncleared(context, f"{item_of('past_sessions')}.answer.value.where({recent}).exists()")]


def judge_spacing_by_type(evaluation: Evaluation) -> Verdict:
    """The time since the last session that this laser needs in this skin."""
    needed = spacing_row(evaluation.context.laser.key, evaluation.person.phototype)
    past = [day for day in evaluation.person.past_sessions if day <= evaluation.on]
    ends = max(past) + dt.timedelta(days=days_apart(needed)) if past else evaluation.on
    verdict = evaluation.approve() if evaluation.on >= ends else evaluation.apply(until=ends)
    return dataclasses.replace(verdict, source=needed.source, rests_on=(*verdict.rests_on, needed))


def express_spacing_by_type(context: RuleContext) -> list[Condition]:
    laser, lighter = context.laser.key, sorted(set(PHOTOTYPES) - phototype_group("darker"))
    is_lighter = some(*(has_code("phototype", one) for one in lighter))
    days = {"lighter": days_apart(spacing_row(laser, "I")), "darker": days_apart(spacing_row(laser, None))}

    def recent(count: int) -> str:
        within = f"$this <= {AUTHORED} and $this + {count} days > {AUTHORED}"
        return f"{item_of('past_sessions')}.answer.value.where({within}).exists()"

    near = some(recent(days["lighter"]), every(negate(is_lighter), recent(days["darker"])))
    return [apply_uncleared(context, near)]


WAIT_CRITERION = Criterion(judge_wait, express_wait)
SESSION_SPACING_CRITERION = Criterion(judge_session_spacing, express_session_spacing)
SPACING_BY_TYPE_CRITERION = Criterion(judge_spacing_by_type, express_spacing_by_type)

"""A tan or strong sun.

Up to the shortest wait that all sources agree on, nobody can clear it; after it a practitioner may look.
"""

from __future__ import annotations

import datetime as dt

from porelight import cite
from porelight.care.context import Evaluation, RuleContext
from porelight.care.criteria.criterion import Criterion
from porelight.care.criteria.timed import add_wait, ask_about_later_day
from porelight.care.facts import find_answer, find_dated_answer
from porelight.care.fhirpath import (
    AUTHORED,
    Condition,
    apply_uncleared,
    apply_when,
    ask_when,
    every,
    is_unknown,
    is_within,
    is_yes,
    last_day,
    negate,
    some,
)
from porelight.care.model import Verdict


def judge_sun(evaluation: Evaluation) -> Verdict:
    tanned = find_answer(evaluation.person, "tan_now")
    said, day = find_dated_answer(evaluation.person, "strong_sun")
    # A tan that is there now cannot be looked away: no practitioner clears it, unlike sun that is two weeks past.
    if tanned == "yes" or (said == "yes" and day is None):
        return evaluation.uncleared().apply()
    if said == "yes" and day is not None and (verdict := _judge_past_sun(evaluation, day)):
        return verdict
    # A day of sun that is long past answers its question; only a plain "no" answers the other one.
    missing = [key for key, known in (("tan_now", tanned == "no"), ("strong_sun", said in ("yes", "no"))) if not known]
    return evaluation.ask(*missing) if missing else evaluation.approve()


def _judge_past_sun(evaluation: Evaluation, day: dt.date) -> Verdict | None:
    """What that day of sun still asks for; None once the wait is over."""
    if question_back := ask_about_later_day(evaluation, "strong_sun", day):
        return question_back
    agreed = cite.table("rules/days")["sun_clinic"]
    ends = add_wait(day, evaluation.context.wait)
    if evaluation.on >= ends:
        return None
    # Up to the wait that all sources agree on, a look settles nothing.
    if (evaluation.on - day).days < agreed.value:
        return evaluation.uncleared().apply(until=ends)
    return evaluation.apply(until=ends, outcome="ask")


def express_sun(context: RuleContext) -> list[Condition]:
    agreed = cite.table("rules/days")["sun_clinic"]
    day, sun = last_day("strong_sun"), is_yes("strong_sun")
    ahead = every(sun, f"{day} > {AUTHORED}")
    now = some(is_yes("tan_now"), every(sun, f"{day}.empty()"))
    waiting = every(sun, is_within(day, context.wait), f"{day} <= {AUTHORED}")
    recent, earlier = every(waiting, is_within(day, agreed)), every(waiting, negate(is_within(day, agreed)))
    missing = every(negate(some(now, waiting)), some(ahead, is_unknown("tan_now"), is_unknown("strong_sun")))
    return [
        apply_uncleared(context, some(now, recent)),
        *apply_when(context, every(negate(now), earlier), "ask"),
        ask_when(context, missing, "tan_now", "strong_sun"),
    ]


SUN_CRITERION = Criterion(judge_sun, express_sun)

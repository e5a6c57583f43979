"""The least age, on the day itself where the birth date is known."""

from __future__ import annotations

from porelight import cite
from porelight.care.context import Evaluation, RuleContext
from porelight.care.criteria.criterion import Criterion
from porelight.care.facts import age_on, birthday_in
from porelight.care.fhirpath import AUTHORED, Condition, apply_uncleared, ask_when, is_empty, item_of, some
from porelight.care.model import Verdict


def judge_age(evaluation: Evaluation) -> Verdict:
    person, least = evaluation.person, cite.table("rules/days")["least_age"]
    years = age_on(person, evaluation.on)
    if years is None:
        return evaluation.ask("age")
    if years >= least.value:
        return evaluation.approve()
    # From an age in years no birthday follows, so no day is named on which the wait ends.
    until = birthday_in(person.born, person.born.year + round(least.value)) if person.born else None
    return evaluation.apply(until=until)


def express_age(context: RuleContext) -> list[Condition]:
    least = round(cite.table("rules/days")["least_age"].value)
    born = f"{item_of('born')}.answer.value"
    young = some(f"{item_of('age')}.answer.value < {least}", f"{born} + {least} years > {AUTHORED}")
    missing = f"{is_empty('age')} and {is_empty('born')}"
    return [apply_uncleared(context, young), ask_when(context, missing, "age")]


def judge_old_age(evaluation: Evaluation) -> Verdict:
    """Whether the person is so old that healing is weighed once more; a missing age is asked for by another rule."""
    years, old = age_on(evaluation.person, evaluation.on), cite.table("rules/days")["old_age"].value
    return evaluation.apply() if years is not None and years >= old else evaluation.approve()


def express_old_age(context: RuleContext) -> list[Condition]:
    old = round(cite.table("rules/days")["old_age"].value)
    born = f"{item_of('born')}.answer.value"
    return [
        apply_uncleared(context, some(f"{item_of('age')}.answer.value >= {old}", f"{born} + {old} years <= {AUTHORED}"))
    ]


OLD_AGE_CRITERION = Criterion(judge_old_age, express_old_age)
AGE_CRITERION = Criterion(judge_age, express_age)

"""Rules on what was answered, whenever it was."""

from __future__ import annotations

from porelight.care.context import Evaluation, RuleContext
from porelight.care.criteria.criterion import Criterion
from porelight.care.facts import find_answer
from porelight.care.fhirpath import (
    Condition,
    apply_when,
    ask_when,
    every,
    has_code,
    is_bad,
    is_unknown,
    is_yes,
    negate,
    some,
)
from porelight.care.language import _
from porelight.care.model import Verdict
from porelight.care.questions import find_question

EASY_WORRY = _("Thinks a lot about looks, yet daily life does not suffer. Talk about it and ask again at each visit.")
TALK_ABOUT_IT = _("Talk about it.")
NO_PORES = "no_pores"
"""The option of the question on goals that nothing can bring about."""


def judge_answer(evaluation: Evaluation) -> Verdict:
    """A yes-or-no rule: its branch applies when the answer is the bad one, or always."""
    rule, said = evaluation.rule, find_answer(evaluation.person, evaluation.rule.question)
    if evaluation.branch.always or said == rule.bad:
        return evaluation.apply()
    return evaluation.approve() if said == rule.good else evaluation.ask(rule.question)


def express_answer(context: RuleContext) -> list[Condition]:
    if context.branch.always:
        return apply_when(context, "true")
    key = context.rule.question
    return [*apply_when(context, is_bad(context)), ask_when(context, is_unknown(key), key)]


def judge_worry(evaluation: Evaluation) -> Verdict:
    """Distress about looks in two questions: being taken up with it, and what it does to daily life."""
    taken_up = find_answer(evaluation.person, "worry")
    # Read without its gate: who is not taken up with looks was not asked what that does to daily life.
    life = evaluation.person.answer("worry_life")
    if life == "yes":
        return evaluation.apply()
    if taken_up == "no":
        return evaluation.approve()
    if taken_up != "yes":
        return evaluation.ask("worry")
    if life != "no":
        return evaluation.ask("worry_life")
    return evaluation.make_verdict("adjust", evaluation.say(EASY_WORRY), clears=evaluation.say(TALK_ABOUT_IT))


def express_worry(context: RuleContext) -> list[Condition]:
    life, taken_up, life_is_fine = is_yes("worry_life"), is_yes("worry"), has_code("worry_life", "N")
    missing = some(is_unknown("worry"), every(taken_up, negate(life_is_fine)))
    return [
        *apply_when(context, life),
        ask_when(context, every(negate(life), missing), "worry", "worry_life"),
        Condition("adjust", EASY_WORRY, TALK_ABOUT_IT, every(taken_up, life_is_fine)),
    ]


def judge_hopes(evaluation: Evaluation) -> Verdict:
    """What the person hopes for. A hope for no pores at all outweighs a yes to smaller ones."""
    goals = set(evaluation.person.goals)
    if NO_PORES in goals:
        return evaluation.apply()
    known = {option.key for option in find_question("goals").options}
    return judge_answer(evaluation) if goals <= known else evaluation.ask("goals")


def express_hopes(context: RuleContext) -> list[Condition]:
    key, none = context.rule.question, has_code("goals", NO_PORES)
    missing = every(negate(none), is_unknown(key))
    return [*apply_when(context, some(none, is_bad(context))), ask_when(context, missing, key)]


ANSWER_CRITERION = Criterion(judge_answer, express_answer)
WORRY_CRITERION = Criterion(judge_worry, express_worry)
HOPES_CRITERION = Criterion(judge_hopes, express_hopes)

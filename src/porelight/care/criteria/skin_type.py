"""Darker skin, which can get brown marks after a laser."""

from __future__ import annotations

import dataclasses

from porelight import cite
from porelight.care.context import Evaluation, RuleContext
from porelight.care.criteria.criterion import Criterion
from porelight.care.criteria.timed import add_wait
from porelight.care.facts import find_answer, find_dated_answer
from porelight.care.fhirpath import (
    AUTHORED,
    Condition,
    apply_uncleared,
    apply_when,
    ask_when,
    every,
    has_code,
    is_answered,
    is_empty,
    is_unknown,
    is_within,
    is_yes,
    last_day,
    negate,
    some,
)
from porelight.care.language import _
from porelight.care.model import Verdict
from porelight.care.phototype import DEFINING_QUESTIONS, GUIDED_QUESTIONS, PHOTOTYPES, suggest_phototype
from porelight.care.questions import find_question
from porelight.care.rules import phototype_group
from porelight.skin import Phototype

LOOK_AT_THE_SKIN = _("The practitioner looks at the skin and notes its type.")


def judge_phototype(evaluation: Evaluation) -> Verdict:
    """A bound on the density; for the darkest skin a test spot before a laser that opens the surface.

    The type that was entered counts. Where the guided answers say something else, that is shown, and the practitioner
    is asked to look where they point to darker skin.
    """
    guided, dark = suggest_phototype(evaluation.person.skin_answers), phototype_group("darker")
    verdict = _judge_entered(evaluation)
    remark = guided.sentence(evaluation.person.phototype, evaluation.language)
    if not remark:
        return verdict
    because = f"{verdict.because} {remark}"
    verdict = dataclasses.replace(verdict, because=because, rests_on=verdict.rests_on + guided.rests_on)
    # Only the darker direction is acted on: the risk of the settings, brown marks, lies there.
    points_darker = guided.phototype in dark or (guided.unclear and not dark.isdisjoint(guided.told.values()))
    if verdict.outcome != "proceed" or not points_darker:
        return verdict
    return dataclasses.replace(verdict, outcome="adjust", clears=evaluation.say(LOOK_AT_THE_SKIN))


def _judge_entered(evaluation: Evaluation) -> Verdict:
    entered = evaluation.person.phototype
    # Asked for even where the rule would only adjust: without a type no limit on the density can be set.
    if entered not in PHOTOTYPES:
        return evaluation.ask("phototype", outcome="ask")
    if entered not in phototype_group("darker"):
        return evaluation.approve()
    if entered in phototype_group("test_spot") and evaluation.branch.cleared_by is not None:
        return _judge_test_spot(evaluation)
    verdict = evaluation.uncleared().apply()
    return dataclasses.replace(verdict, clears=evaluation.say("Keep within the limit."))


def _judge_test_spot(evaluation: Evaluation) -> Verdict:
    """A test spot, read once brown marks would have shown."""
    needed = cite.table("rules/days")["test_spot_wait"]
    said, day = find_dated_answer(evaluation.person, "test_spot")
    # A spot without a day cannot be read: marks show only after weeks, so when it was made decides.
    if said != "yes" or day is None or day > evaluation.on:
        verdict = evaluation.uncleared().apply(outcome="ask")
    elif evaluation.on < (ends := add_wait(day, needed)):
        verdict = evaluation.uncleared().apply(outcome="defer", until=ends)
    else:
        verdict = evaluation.apply(outcome="ask")
    return dataclasses.replace(verdict, rests_on=(*verdict.rests_on, needed))


def express_phototype(context: RuleContext) -> list[Condition]:
    dark, spot = phototype_group("darker"), phototype_group("test_spot")
    always = [ask_when(context, is_empty("phototype"), "phototype", outcome="ask"), _express_looks_darker(dark)]
    if context.branch.cleared_by is None:
        return [apply_uncleared(context, _is_typed(dark)), *always]
    needed, day, darkest = cite.table("rules/days")["test_spot_wait"], last_day("test_spot"), _is_typed(spot)
    tested = f"{day}.where($this <= {AUTHORED}).exists()"
    return [
        apply_uncleared(context, _is_typed(dark - spot)),
        apply_uncleared(context, every(darkest, negate(tested)), "ask"),
        apply_uncleared(context, every(darkest, tested, is_within(day, needed)), "defer"),
        *apply_when(context, every(darkest, tested, negate(is_within(day, needed))), "ask"),
        *always,
    ]


def _express_looks_darker(dark: frozenset[Phototype]) -> Condition:
    """A lighter type was entered, and the guided answers point to a darker one: the practitioner looks."""
    lighter = _is_typed(frozenset(PHOTOTYPES) - dark)
    answered = every(*(is_answered(key) for key in DEFINING_QUESTIONS))
    points = [
        has_code(key, one.key)
        for key in GUIDED_QUESTIONS
        for one in find_question(key).options
        if one.phototype in dark
    ]
    because = "The answers on sun and skin point to a darker type than was entered."
    return Condition("adjust", because, LOOK_AT_THE_SKIN, every(lighter, answered, some(*points)))


def _is_typed(types: frozenset[Phototype]) -> str:
    """Whether the type of skin that was entered is one of these."""
    return some(*(has_code("phototype", one) for one in sorted(types)))


def judge_priming(evaluation: Evaluation) -> Verdict:
    """Whether to think of a bleaching cream first: where brown marks were, or in darker skin if so chosen."""
    said = find_answer(evaluation.person, "melasma_or_marks")
    lighter = evaluation.person.phototype in frozenset(PHOTOTYPES) - phototype_group("darker")
    if said == "yes" or (_primes_dark_skin(evaluation.context) and not lighter):
        return evaluation.apply()
    return evaluation.approve() if said == "no" else evaluation.ask("melasma_or_marks")


def _primes_dark_skin(context: RuleContext) -> bool:
    return context.option is not None and context.option.key == "dark_skin"


def express_priming(context: RuleContext) -> list[Condition]:
    key = "melasma_or_marks"
    lighter = _is_typed(frozenset(PHOTOTYPES) - phototype_group("darker"))
    marked = some(is_yes(key), negate(lighter)) if _primes_dark_skin(context) else is_yes(key)
    return [apply_uncleared(context, marked), ask_when(context, every(is_unknown(key), negate(marked)), key)]


def judge_darker(evaluation: Evaluation) -> Verdict:
    """A remark on darker skin; a missing type is asked for by another rule."""
    return evaluation.apply() if evaluation.person.phototype in phototype_group("darker") else evaluation.approve()


def express_darker(context: RuleContext) -> list[Condition]:
    return [apply_uncleared(context, _is_typed(phototype_group("darker")))]


DARKER_CRITERION = Criterion(judge_darker, express_darker)
PHOTOTYPE_CRITERION = Criterion(judge_phototype, express_phototype)
PRIMING_CRITERION = Criterion(judge_priming, express_priming)

"""Answers that do not go together: each of them may be true, but not all, so someone has to be asked.

These rules look at what the others let pass, and so are not monotone: a yes to a detail explains a yes to its gate.
"""

from __future__ import annotations

import dataclasses

from porelight import cite
from porelight.care.context import Evaluation, RuleContext
from porelight.care.criteria.criterion import Criterion
from porelight.care.criteria.timed import add_wait
from porelight.care.facts import find_answer, find_first_day
from porelight.care.fhirpath import (
    AUTHORED,
    Condition,
    apply_uncleared,
    apply_when,
    ask_when,
    every,
    first_day,
    has_code,
    is_answered,
    is_bad,
    is_empty,
    is_yes,
    item_of,
    negate,
    some,
)
from porelight.care.medicines import MEDICINE_NAME_LENGTH, find_medicines
from porelight.care.model import Verdict
from porelight.care.phototype import GUIDED_QUESTIONS, PHOTOTYPES
from porelight.care.questions import find_question, load_questions
from porelight.care.rules import phototype_group


def judge_explained(evaluation: Evaluation) -> Verdict:
    """A gate answered with yes although each of its details is answered with no: the yes was about something else."""
    gate, person = evaluation.rule.question, evaluation.person
    unexplained = person.answer(gate) == "yes" and all(person.answer(key) == "no" for key in _details_of(gate))
    return dataclasses.replace(evaluation.apply(), asks=(gate,)) if unexplained else evaluation.approve()


def express_explained(context: RuleContext) -> list[Condition]:
    gate = context.rule.question
    return [apply_uncleared(context, every(is_yes(gate), *(has_code(key, "N") for key in _details_of(gate))))]


def _details_of(gate: str) -> tuple[str, ...]:
    return tuple(asked.key for asked in load_questions() if asked.gate == gate)


def judge_noted(evaluation: Evaluation) -> Verdict:
    """Something that a practitioner noted; what was not noted was not looked for, and is not asked of everyone."""
    said = find_answer(evaluation.person, evaluation.rule.question)
    return evaluation.apply() if said == evaluation.rule.bad else evaluation.approve()


def express_noted(context: RuleContext) -> list[Condition]:
    return [apply_uncleared(context, is_bad(context))]


def judge_spot_age(evaluation: Evaluation) -> Verdict:
    """A test spot that would clear the darkest skin, but was made so long ago that it tells nothing of today's skin."""
    # Of a span the first day counts: the spot may be as old as that.
    day = find_first_day(evaluation.person, "test_spot")
    counts = evaluation.person.phototype in phototype_group("test_spot")
    too_old = day is not None and evaluation.on >= add_wait(day, evaluation.context.wait)
    return evaluation.apply() if counts and too_old else evaluation.approve()


def express_spot_age(context: RuleContext) -> list[Condition]:
    counts = some(*(has_code("phototype", one) for one in sorted(phototype_group("test_spot"))))
    too_old = f"{first_day('test_spot')} + {round(context.wait.value)} days <= {AUTHORED}"
    return [apply_uncleared(context, every(counts, is_yes("test_spot"), too_old))]


def judge_spot_laser(evaluation: Evaluation) -> Verdict:
    """A test spot on the darkest skin, which tells of the laser that it was made with and of no other."""
    person, laser = evaluation.person, evaluation.context.laser.key
    made = find_answer(person, "test_spot") == "yes"
    if person.phototype not in phototype_group("test_spot") or not made or person.test_spot_laser == laser:
        return evaluation.approve()
    return evaluation.ask("test_spot_laser") if person.test_spot_laser is None else evaluation.apply()


def express_spot_laser(context: RuleContext) -> list[Condition]:
    darkest = some(*(has_code("phototype", one) for one in sorted(phototype_group("test_spot"))))
    counts, key = every(darkest, is_yes("test_spot")), "test_spot_laser"
    other = every(counts, is_answered(key), negate(has_code(key, context.laser.key)))
    return [apply_uncleared(context, other), ask_when(context, every(counts, is_empty(key)), key)]


def judge_unlisted(evaluation: Evaluation) -> Verdict:
    """What the person wrote of themselves, shown to the professional until one has read it."""
    written = evaluation.person.unlisted
    if not written:
        return evaluation.approve()
    verdict = evaluation.apply()
    shown = [evaluation.say("Written: {texts}.", texts="; ".join(written)), *_propose_medicines(evaluation, written)]
    return dataclasses.replace(verdict, because=" ".join([verdict.because, *shown]))


def _propose_medicines(evaluation: Evaluation, written: tuple[str, ...]) -> list[str]:
    """What a written name may mean; it answers no question, a person confirms it."""
    likeliest = [
        (text, matches[0].medicine) for text in written if (matches := find_medicines(text[:MEDICINE_NAME_LENGTH]))
    ]
    text = "{written} may be {name} ({ingredient})."
    return [
        evaluation.say(text, written=each, name=medicine.name, ingredient=medicine.ingredient)
        for each, medicine in likeliest
    ]


def express_unlisted(context: RuleContext) -> list[Condition]:
    return apply_when(context, is_answered("unlisted"))


def judge_nothing_seen(evaluation: Evaluation) -> Verdict:
    """The practitioner graded the pores as none, and the person is bothered by them."""
    bothered = find_answer(evaluation.person, "bothered") == "yes"
    if evaluation.person.severity != 0 or not bothered:
        return evaluation.approve()
    return dataclasses.replace(evaluation.apply(), asks=("severity",))


def express_nothing_seen(context: RuleContext) -> list[Condition]:
    return [apply_uncleared(context, every(is_yes("bothered"), f"{item_of('severity')}.answer.value = 0"))]


def judge_skin_agrees(evaluation: Evaluation) -> Verdict:
    """The type of skin that was entered lies far from what one of the guided answers stands for."""
    entered, guided = evaluation.person.phototype, evaluation.person.skin_answers
    far = any(
        guided.get(key) == option and _lie_apart(entered, stands_for)
        for key, option, stands_for in _guided_options()
        if entered in PHOTOTYPES
    )
    return dataclasses.replace(evaluation.apply(), asks=("phototype",)) if far else evaluation.approve()


def express_skin_agrees(context: RuleContext) -> list[Condition]:
    pairs = [
        every(has_code("phototype", entered), has_code(key, option))
        for entered in PHOTOTYPES
        for key, option, stands_for in _guided_options()
        if _lie_apart(entered, stands_for)
    ]
    return [apply_uncleared(context, some(*pairs))]


def _guided_options() -> list[tuple[str, str, str]]:
    """Every answer to a guided question: its question, its key, and the type that it stands for."""
    options = [(key, option) for key in GUIDED_QUESTIONS for option in find_question(key).options]
    return [(key, option.key, option.phototype) for key, option in options if option.phototype is not None]


def _lie_apart(one: str | None, other: str) -> bool:
    places = [PHOTOTYPES.index(named) for named in (one, other) if named in PHOTOTYPES]
    apart = cite.table("rules/days")["phototype_contradiction"].value
    return len(places) == 2 and abs(places[0] - places[1]) >= apart


EXPLAINED_CRITERION = Criterion(judge_explained, express_explained)
NOTED_CRITERION = Criterion(judge_noted, express_noted)
SPOT_AGE_CRITERION = Criterion(judge_spot_age, express_spot_age)
SPOT_LASER_CRITERION = Criterion(judge_spot_laser, express_spot_laser)
UNLISTED_CRITERION = Criterion(judge_unlisted, express_unlisted)
NOTHING_SEEN_CRITERION = Criterion(judge_nothing_seen, express_nothing_seen)
SKIN_AGREES_CRITERION = Criterion(judge_skin_agrees, express_skin_agrees)

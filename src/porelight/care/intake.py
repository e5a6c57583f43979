"""What is still to be asked: the next questions of the intake, and the missing answers behind the verdicts."""

from __future__ import annotations

from collections.abc import Iterable

from porelight.care import facts
from porelight.care.model import Person, Verdict
from porelight.care.phototype import GUIDED_QUESTIONS
from porelight.care.questions import Question, find_question, load_questions
from porelight.frozen import frozen


@frozen
class OpenQuestion:
    """One question to put, and every verdict that waits for it."""

    question: Question
    details: tuple[Question, ...]
    """The questions that its answer may settle, or that follow from it; empty where it stands for itself alone."""
    verdicts: tuple[Verdict, ...]
    """Each rule that waits for an answer, as it stands."""


def next_questions(person: Person, language: str = "en", *, of_version: int | None = None) -> tuple[Question, ...]:
    """The questions to put now, in order: first the ten, then what follows from the answers.

    A detail is put once its gate was answered with yes, a question that stands in for another while that one has no
    answer. What was answered, also with "unknown", is not put again, and neither is what a practitioner notes.

    Args:
        person: as known so far.
        language: of the texts.
        of_version: of the questionnaire; the latest where left out.
    """
    asked = load_questions(language, of_version=of_version)
    return tuple(
        each for each in asked if each.kind != "clearing" and not _is_answered(person, each) and _is_due(person, each)
    )


def open_questions(
    verdicts: Iterable[Verdict], person: Person | None = None, language: str = "en"
) -> tuple[OpenQuestion, ...]:
    """The missing answers of all verdicts that ask, folded into few questions in the order of the intake.

    Details behind one gate become that gate's question, unless the gate was answered with yes: then each detail is put
    by itself. Verdicts that ask a doctor or a practitioner, not for an answer, are left out.

    Args:
        verdicts: of :func:`~porelight.care.screen_person`.
        person: as judged; without it no gate counts as answered.
        language: of the questions.
    """
    waiting: dict[str, dict[str, list[Verdict]]] = {}
    for verdict in verdicts:
        for key in verdict.asks if verdict.outcome == "ask" else ():
            waiting.setdefault(_put_as(key, person), {}).setdefault(key, []).append(verdict)
    folded = [_fold_verdicts(key, waiting[key], language) for key in waiting]
    order = {asked.key: place for place, asked in enumerate(load_questions())}
    return tuple(sorted(folded, key=lambda each: order[each.question.key]))


def _fold_verdicts(key: str, waiting: dict[str, list[Verdict]], language: str) -> OpenQuestion:
    details = tuple(asked for asked in load_questions(language) if asked.key in waiting and asked.key != key)
    verdicts = {verdict.rule: verdict for listed in waiting.values() for verdict in listed}
    return OpenQuestion(find_question(key, language), details, tuple(verdicts.values()))


def _put_as(key: str, person: Person | None) -> str:
    """The question to put for a missing answer: its gate while that is open, else itself."""
    # One question for many details while its gate is open; once that is a yes the details are what is missing.
    gate = find_question(key).gate
    if gate is None or (person is not None and person.answer(gate) != "unknown"):
        return key
    return gate


def _is_due(person: Person, asked: Question) -> bool:
    if asked.instead_of is not None:
        return not _is_answered(person, find_question(asked.instead_of))
    return asked.gate is None or person.answer(asked.gate) == "yes"


def _is_answered(person: Person, asked: Question) -> bool:
    """Whether an answer stands in the intake, be it "unknown"; a place of the face always does."""
    if asked.key in person.answers or asked.key in person.dates or facts.find_answer(person, asked.key) != "unknown":
        return True
    if asked.key in GUIDED_QUESTIONS:
        return asked.key in person.skin_answers
    others = {
        "age": person.age is not None or person.born is not None,
        "born": person.born is not None,
        "phototype": person.phototype is not None,
        # The place has a default, so it always counts as answered.
        "site": True,
        "severity": person.severity is not None,
        "past_sessions": bool(person.past_sessions),
        "goals": bool(person.goals),
        "unlisted": bool(person.unlisted),
        "test_spot_laser": person.test_spot_laser is not None,
        "sun_holiday": any(each.occasion == "sun" for each in person.planned),
        "big_days": any(each.occasion == "seen" for each in person.planned),
    }
    return others.get(asked.key, False)

"""The next visit: what was true last time is asked again before it counts."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from porelight.care import facts
from porelight.care.model import Person
from porelight.care.questions import Question, load_questions
from porelight.refusal import Refusal


def still_true(language: str = "en") -> tuple[Question, ...]:
    """The questions to ask again at every visit: sun, medicines, pregnancy, herpes, infection and the like."""
    return tuple(asked for asked in load_questions(language) if asked.again)


def at_visit(person: Person, confirmed: Collection[str] = ()) -> Person:
    """The person as known at the next visit: an answer that may have changed is unknown until it is confirmed.

    A yes that speaks against treatment stays, for nobody has said that it ended. A no, a day on which something last
    was, and what a practitioner cleared go stale.

    Args:
        person: as known at the last visit.
        confirmed: keys of the questions answered "still true" today.

    Raises:
        Refusal: a key that is not asked again.
    """
    asked = {question.key: question for question in still_true()}
    if wrong := sorted(set(confirmed) - set(asked)):
        what = f"{', '.join(wrong)}: not asked again"
        raise Refusal(what, where="confirmed", advice="Confirm only questions that are asked at each visit")
    # A stale answer is dropped and not set to unknown: only what has no answer is put to the person again.
    stale = {key for key in set(asked) - set(confirmed) if _goes_stale(person, asked[key])}
    return dataclasses.replace(
        person,
        answers={key: said for key, said in person.answers.items() if key not in stale},
        dates={key: day for key, day in person.dates.items() if key not in stale},
        medicines=tuple(medicine for medicine in person.medicines if medicine.group not in stale),
    )


def _goes_stale(person: Person, asked: Question) -> bool:
    said, day = facts.find_dated_answer(person, asked.key)
    return asked.kind == "clearing" or said != "yes" or day is not None

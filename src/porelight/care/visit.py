"""The next visit: what was true last time is asked again before it counts."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from porelight.care import facts
from porelight.care.model import Medicine, Person
from porelight.care.questions import Question, questions


def still_true(language: str = "en") -> tuple[Question, ...]:
    """The questions to ask again at every visit: sun, medicines, pregnancy, herpes, infection and the like."""
    return tuple(asked for asked in questions(language) if asked.again)


def at_visit(person: Person, confirmed: Collection[str] = ()) -> Person:
    """The person as known at the next visit: an answer that may have changed is unknown until it is confirmed.

    A yes that speaks against treatment stays, for nobody has said that it ended. A no, a day on which something last
    was, and what a practitioner cleared go stale.

    Args:
        person: as known at the last visit.
        confirmed: keys of the questions answered "still true" today.

    Raises:
        KeyError: a key that is not asked again.
    """
    asked = {question.key: question for question in still_true()}
    if wrong := sorted(set(confirmed) - set(asked)):
        raise KeyError(f"not asked again: {', '.join(wrong)}")
    stale = {key for key in set(asked) - set(confirmed) if _goes_stale(person, asked[key])}
    taken = (_forget(medicine) if medicine.group in stale else medicine for medicine in person.medicines)
    return dataclasses.replace(
        person,
        answers={key: told for key, told in person.answers.items() if key not in stale},
        dates={key: day for key, day in person.dates.items() if key not in stale},
        medicines=tuple(taken),
    )


def _goes_stale(person: Person, asked: Question) -> bool:
    said, day = facts.when(person, asked.key)
    return asked.kind == "clearing" or said != "yes" or day is not None


def _forget(medicine: Medicine) -> Medicine:
    return dataclasses.replace(medicine, taking="unknown", last_taken=None)

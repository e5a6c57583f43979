"""What is known of a person: answers, and the questions that answer others, read the cautious way."""

from __future__ import annotations

import datetime as dt

from porelight.care.model import OLDEST_AGE, Answer, Person
from porelight.care.questions import find_question


def find_answer(person: Person, key: str) -> Answer:
    """The answer to a question. Where it was not put, a "no" to its gate answers it; all else is unknown."""
    return find_dated_answer(person, key)[0]


def find_dated_answer(person: Person, key: str) -> tuple[Answer, dt.date | None]:
    """The answer, and the last day it applied; None is "now, or not known"."""
    if key in person.dates:
        return "yes", person.dates[key]
    if key in person.answers:
        said = person.answers[key]
        # Compared with each word by itself, so that nothing but a plain yes or no can pass for one.
        return "yes" if said == "yes" else "no" if said == "no" else "unknown", None
    gate = find_question(key).gate
    return ("no", None) if gate and person.answer(gate) == "no" else ("unknown", None)


def find_first_day(person: Person, key: str) -> dt.date | None:
    """The first day on which it may have been; None where no day is known."""
    return person.earliest.get(key, person.dates.get(key))


def age_on(person: Person, on: dt.date) -> int | None:
    """Whole years on that day; None is "not known"."""
    years = person.age if person.born is None else _years_between(person.born, on)
    return years if isinstance(years, int) and 0 <= years <= OLDEST_AGE else None


def _years_between(born: dt.date, on: dt.date) -> int:
    return on.year - born.year - (on < birthday_in(born, on.year))


def birthday_in(born: dt.date, year: int) -> dt.date:
    """The birthday in that year; the first of March for the 29th of February in a common year."""
    try:
        return born.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)

"""What is known of a person: answers, medicines and the questions that answer others, read the cautious way."""

from __future__ import annotations

import datetime as dt

from porelight.care.model import Answer, Person
from porelight.care.questions import question


def answer(person: Person, key: str) -> Answer:
    """The answer to a question. Where it was not put, a "no" to its gate answers it; all else is unknown."""
    return when(person, key)[0]


def when(person: Person, key: str) -> tuple[Answer, dt.date | None]:
    """The answer, and the last day it applied; None is "now, or not known". A yes anywhere outweighs a no elsewhere."""
    told = _told(person, key)
    days = [day for said, day in told if said == "yes"]
    if days:
        known = [day for day in days if day is not None]
        return "yes", max(known) if len(known) == len(days) else None
    if told:
        return ("unknown" if any(said == "unknown" for said, _ in told) else "no"), None
    gate = question(key).gate
    return ("no", None) if gate and person.answer(gate) == "no" else ("unknown", None)


def _told(person: Person, key: str) -> list[tuple[Answer, dt.date | None]]:
    """What the answers and the list of medicines say to one question."""
    told: list[tuple[Answer, dt.date | None]] = []
    if key in person.dates:
        told.append(("yes", person.dates[key]))
    elif key in person.answers:
        told.append((person.answers[key], None))
    for medicine in person.medicines:
        if medicine.group == key:
            taken = medicine.taking == "yes" or medicine.last_taken is not None
            now = medicine.taking != "no"
            told.append(("yes" if taken else medicine.taking, None if now else medicine.last_taken))
    return told


def age(person: Person, on: dt.date) -> int | None:
    """Whole years on that day; None is "not known"."""
    if person.born is None:
        return person.age
    return on.year - person.born.year - (on < birthday(person.born, on.year))


def birthday(born: dt.date, year: int) -> dt.date:
    """The birthday in that year; the first of March for the 29th of February in a common year."""
    try:
        return born.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)

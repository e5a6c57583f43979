"""How long an answer holds: an old one counts as not given, and is asked again."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Mapping

from porelight import cite
from porelight.care import facts
from porelight.care.model import Person
from porelight.care.questions import find_question, load_questions, yes_no_questions
from porelight.cite import Cited
from porelight.frozen import FrozenMap
from porelight.refusal import Refusal

GOOD_YES = frozenset({"bothered", "expectations"})
"""Questions to which a yes is what lets treatment go on; of every other one it is a no, or a clearance."""


@functools.cache
def load_lifetimes() -> Mapping[str, Cited]:
    """Question key -> how long its answer holds; a question that is not there has an answer that stays true."""
    table = cite.rows("rules/answers")
    rows = cite.table("rules/answers")
    own = {key: rows[row] for row, keys in table["lasts"].items() for key in keys}
    # A "no" to a question that stands for many holds no longer than the shortest-lived of them.
    for gate in {asked.gate for asked in load_questions() if asked.gate in own}:
        behind = [own[asked.key] for asked in load_questions() if asked.gate == gate and asked.key in own]
        own[str(gate)] = min([own[str(gate)], *behind], key=lambda row: row.value)
    return FrozenMap(own)


def is_stale(person: Person, key: str, on: dt.date) -> bool:
    """Whether the answer to a question is too old to count on that day; one without a day never is."""
    told, lasts = person.answered_day(key), load_lifetimes().get(key)
    return told is not None and lasts is not None and (on - told).days > lasts.value


def drop_stale(person: Person, on: dt.date) -> Person:
    """The person as known on a day: what has gone stale is not known any more.

    What holds treatment back stays, for nobody has said that it ended.

    Raises:
        Refusal: an answer was given after that day.
    """
    days = [day for day in (person.answered, *person.answered_on.values()) if day is not None]
    if days and max(days) > on:
        what = f"the answers are of {max(days)}, after {on}, the day to judge"
        raise Refusal(what, where="answered", advice="Correct the date of the answers, or judge a later day")
    stale = {key for key in yes_no_questions() if is_stale(person, key, on) and not _holds_back(person, key)}
    if not stale:
        return person
    return dataclasses.replace(
        person,
        answers={key: said for key, said in person.answers.items() if key not in stale},
        dates={key: day for key, day in person.dates.items() if key not in stale},
        earliest={key: day for key, day in person.earliest.items() if key not in stale},
        medicines=tuple(medicine for medicine in person.medicines if medicine.group not in stale),
    )


def as_of(person: Person, on: dt.date) -> Person:
    """The person as known on a day, with answers of that day: what has gone stale by then is not known any more.

    Raises:
        Refusal: as :func:`drop_stale`.
    """
    return dataclasses.replace(clip_spans(drop_stale(person, on), on), answered=None, answered_on={})


def _holds_back(person: Person, key: str) -> bool:
    """Whether an answer speaks against treatment for as long as nobody says that it ended."""
    said, day = facts.find_dated_answer(person, key)
    if key in GOOD_YES:
        return said == "no"
    return find_question(key).kind != "clearing" and said == "yes" and day is None


def clip_spans(person: Person, on: dt.date) -> Person:
    """The person with no span reaching beyond the day that is judged: what "has been" lies before it."""
    ahead = {key: on for key, first in person.earliest.items() if first <= on < person.dates[key]}
    if not ahead:
        return person
    # The list of medicines holds the same days once more, and would bring the later one back.
    medicines = tuple(medicine for medicine in person.medicines if medicine.group not in ahead)
    return dataclasses.replace(person, dates={**person.dates, **ahead}, medicines=medicines)

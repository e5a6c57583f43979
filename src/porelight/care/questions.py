"""The intake questions in order: ten that suffice for a first verdict, the details behind them, what clears them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Literal

from porelight import cite
from porelight.care.language import say
from porelight.frozen import frozen
from porelight.skin import Phototype

QuestionType = Literal[
    "yes_no", "when", "age", "date", "dates", "span", "phototype", "site", "grade", "choice", "choices", "texts"
]


@frozen
class AnswerOption:
    """One answer among several."""

    key: str
    text: str
    phototype: Phototype | None = None
    """The type of skin that this answer stands for."""


@frozen
class Question:
    """One question of the intake, and why it is asked."""

    key: str
    text: str
    why: str
    type: QuestionType
    kind: Literal["minimum", "detail", "clearing"]
    gate: str | None = None
    """The question whose "no" answers this one too."""
    again: bool = False
    """Asked once more at every visit, since the answer may change."""
    since: int = 1
    """The version of the questionnaire that first asked it."""
    instead_of: str | None = None
    """Asked where that other question has no answer, which this one may give."""
    options: tuple[AnswerOption, ...] = ()
    checklist: tuple[str, ...] = ()
    """What it asks about, one thing each; ``text`` names them too, so that it can be asked without the list."""
    medicine: bool = False
    """About a medicine that is listed with the person."""


@functools.cache
def load_questions(language: str = "en", *, of_version: int | None = None) -> tuple[Question, ...]:
    """Every question, in the order in which it is asked; of an earlier version, those that were asked then."""
    listed = tuple(_read_question(row, language) for row in cite.rows("care/questions")["questions"])
    return listed if of_version is None else tuple(asked for asked in listed if asked.since <= of_version)


def _read_question(row: Mapping[str, Any], language: str) -> Question:
    options = tuple(
        AnswerOption(**{**option, "text": say(option["text"], language)}) for option in row.get("options", ())
    )
    listed = tuple(say(each, language) for each in row.get("checklist", ()))
    text = say(row["text"], language)
    told = {
        "text": f"{text} ({'; '.join(listed)})" if listed else text,
        "why": say(row["why"], language),
        "options": options,
        "checklist": listed,
    }
    return Question(**{**row, **told})


@functools.cache
def find_question(key: str, language: str = "en") -> Question:
    """The question of that key.

    Raises:
        KeyError: no such question.
    """
    return next((found for found in load_questions(language) if found.key == key), None) or _refuse_key(key)


def question_stem(asked: Question) -> str:
    """The question without its list, to be shown above it."""
    return asked.text.partition(" (")[0] if asked.checklist else asked.text


def questionnaire_version() -> int:
    """The version of the questionnaire; it rises whenever a question changes its meaning."""
    number: int = cite.rows("care/questions")["version"]
    return number


@functools.cache
def yes_no_questions() -> tuple[str, ...]:
    """Keys of the questions that take yes, no or unknown, those with a day included."""
    return tuple(asked.key for asked in load_questions() if asked.type in ("yes_no", "when"))


@functools.cache
def dated_questions() -> tuple[str, ...]:
    """Keys of the questions that also take the day on which something last applied."""
    return tuple(asked.key for asked in load_questions() if asked.type == "when")


@functools.cache
def medicine_groups() -> tuple[str, ...]:
    """Keys of the questions about a medicine that is listed with the person."""
    return tuple(asked.key for asked in load_questions() if asked.medicine)


def _refuse_key(key: str) -> Question:
    raise KeyError(f"no question {key!r} in data/care/questions.yaml")

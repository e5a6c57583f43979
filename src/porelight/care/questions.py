"""The intake questions in order: ten that suffice for a first verdict, the details behind them, what clears them."""

from __future__ import annotations

import dataclasses
import functools
from typing import Literal

from porelight import cite

QuestionType = Literal["yes_no", "when", "age", "date", "dates", "span", "phototype", "site", "grade"]


@dataclasses.dataclass(frozen=True, slots=True)
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


@functools.cache
def questions() -> tuple[Question, ...]:
    """Every question, in the order in which it is asked."""
    return tuple(Question(**row) for row in cite.rows("care/questions")["questions"])


@functools.cache
def question(key: str) -> Question:
    """The question of that key.

    Raises:
        KeyError: no such question.
    """
    return next((found for found in questions() if found.key == key), None) or _missing(key)


def version() -> int:
    """The version of the questionnaire; it rises whenever a question changes its meaning."""
    number: int = cite.rows("care/questions")["version"]
    return number


def _missing(key: str) -> Question:
    raise KeyError(f"no question {key!r} in data/care/questions.yaml")

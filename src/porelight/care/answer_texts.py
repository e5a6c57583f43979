"""One answer of a form or a file: from the text that a person typed to its value, and back."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable
from typing import Annotated, Any, Final, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, create_model

from porelight.care.checks import FIRST_YEAR, LAST_YEAR
from porelight.care.model import MOST_SEVERE, NOTHING_WRITTEN, OLDEST_AGE, YOUNGEST_AGE, Answer
from porelight.care.partial_dates import is_partial
from porelight.care.questions import Question, load_questions, questionnaire_version
from porelight.frozen import frozen
from porelight.skin import Phototype, Site

WORDS_OF_ANSWER: Final[dict[str, Answer]] = {
    "yes": "yes",
    "y": "yes",
    "true": "yes",
    "no": "no",
    "n": "no",
    "false": "no",
    "unknown": "unknown",
    "": "unknown",
    "null": "unknown",
    "~": "unknown",
    "?": "unknown",
}
"""How people and programs write the three answers, in lower case."""


@functools.cache
def make_form() -> type[BaseModel]:
    """All questions as one strict model: a field each, whose value is read from text or a list of texts."""
    fields = {asked.key: _make_field(asked) for asked in load_questions()}
    fields["questionnaire"] = (Annotated[int, BeforeValidator(_read_version)], questionnaire_version())
    fields["answered"] = (Annotated[tuple[tuple[str, dt.date], ...], BeforeValidator(_read_answered)], ())
    form: type[BaseModel] = create_model("PersonFile", __config__=ConfigDict(extra="forbid"), **fields)
    return form


def _make_field(asked: Question) -> Any:
    if asked.type == "choice":
        return Annotated[str | None, BeforeValidator(_read_option(asked))], None
    if asked.type == "choices":
        return Annotated[tuple[str, ...], BeforeValidator(_read_options(asked))], ()
    return _field_types()[asked.type]


@functools.cache
def _field_types() -> dict[str, Any]:
    """Type of a question -> the type of its value, with its reader, and the value where it is not answered."""
    site, phototype = _read_one_of(*get_args(Site)), _read_one_of(*get_args(Phototype))
    return {
        "yes_no": (Annotated[Answer, BeforeValidator(_read_answer)], "unknown"),
        "when": (Annotated[Answer | dt.date | PartialDay, BeforeValidator(_read_when)], "unknown"),
        "texts": (Annotated[tuple[str, ...], BeforeValidator(_read_texts)], ()),
        "age": (Annotated[int | None, BeforeValidator(_read_age)], None),
        "date": (Annotated[dt.date | None, BeforeValidator(_read_day)], None),
        "dates": (Annotated[tuple[dt.date, ...], BeforeValidator(_read_days)], ()),
        "span": (Annotated[tuple[dt.date, ...], BeforeValidator(_read_span)], ()),
        "phototype": (Annotated[Phototype | None, BeforeValidator(phototype)], None),
        "site": (Annotated[Site | None, BeforeValidator(site)], "cheek"),
        "grade": (Annotated[int | None, BeforeValidator(_read_grade)], None),
    }


def _read_answer(text: object) -> Answer:
    if isinstance(text, str) and text.strip().lower() in WORDS_OF_ANSWER:
        return WORDS_OF_ANSWER[text.strip().lower()]
    raise ValueError("write yes, no or unknown")


def _is_unknown(text: object) -> bool:
    return isinstance(text, str) and WORDS_OF_ANSWER.get(text.strip().lower()) == "unknown"


def _read_day(text: object) -> dt.date:
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip(), re.ASCII):
        raise ValueError("write a day as 2026-03-01")
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text.strip()} is not a day of the calendar; write a day as 2026-03-01") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        when = "long ago" if day.year < FIRST_YEAR else "far ahead"
        raise ValueError(f"{day} is too {when}; write a day as 2026-03-01")
    return day


@frozen
class PartialDay:
    """A day that is known only about, as it was told."""

    text: str


def _read_when(text: object) -> Answer | dt.date | PartialDay:
    if isinstance(text, str) and is_partial(text):
        return PartialDay(text)
    # Anything that begins with a digit was meant as a day, and is told what is wrong with it as one.
    if isinstance(text, str) and re.match(r"\d", text.strip()):
        return _read_day(text)
    try:
        return _read_answer(text)
    except ValueError:
        raise ValueError("write yes, no, unknown, or the last day as 2026-03-01") from None


def _read_age(text: object) -> int | None:
    if _is_unknown(text):
        return None
    if not isinstance(text, str) or not re.fullmatch(r"-?\d{1,4}", text.strip(), re.ASCII):
        raise ValueError("write the age in whole years, such as 32")
    if not YOUNGEST_AGE <= int(text) <= OLDEST_AGE:
        raise ValueError(f"an age of {int(text)} years is not plausible; write whole years, such as 32")
    return int(text)


def _read_one_of(*words: str) -> Callable[[object], str | None]:
    def read(text: object) -> str | None:
        if isinstance(text, str) and text.strip() in words:
            return text.strip()
        if _is_unknown(text):
            return None
        raise ValueError(f"write one of {', '.join(words)}")

    return read


def _read_days(listed: object) -> tuple[dt.date, ...]:
    # A text would otherwise be read letter by letter.
    if not isinstance(listed, list | tuple):
        raise ValueError("write a list of days, such as [2026-03-01, 2026-03-29]")
    days = tuple(_read_day(day) for day in listed)
    if len(set(days)) != len(days):
        raise ValueError("a day is listed twice; write each session once")
    return tuple(sorted(days))


def _read_span(listed: object) -> tuple[dt.date, ...]:
    days = _read_days(listed)
    if len(days) != 2 or not isinstance(listed, list | tuple) or _read_day(listed[0]) != days[0]:
        raise ValueError("write the first and the last day, such as [2026-07-01, 2026-07-14]")
    return days


def _read_option(asked: Question) -> Callable[[object], str | None]:
    return _read_one_of(*(option.key for option in asked.options))


def _read_options(asked: Question) -> Callable[[object], tuple[str, ...]]:
    """Some of the options, as a list or a single word, each once."""
    one = _read_option(asked)

    def read(given: object) -> tuple[str, ...]:
        chosen = [one(each) for each in (given if isinstance(given, list | tuple) else [given])]
        return tuple(dict.fromkeys(each for each in chosen if each is not None))

    return read


def _read_grade(text: object) -> int | None:
    grade = _read_one_of(*(str(number) for number in range(MOST_SEVERE + 1)))(text)
    return None if grade is None else int(grade)


def _read_texts(given: object) -> tuple[str, ...]:
    """What was written, one text or several; a plain no or nothing at all is none."""
    listed = given if isinstance(given, list | tuple) else [given]
    written = [each for each in listed if isinstance(each, str)]
    if len(written) != len(listed):
        raise ValueError("write it in words, or a list of such texts")
    return tuple(each for each in written if each.strip().lower() not in NOTHING_WRITTEN)


def _read_answered(given: object) -> tuple[tuple[str, dt.date], ...]:
    """The day of all answers, and the days of those that were given on another one: ``pregnancy 2026-11-30``."""
    days: dict[str, dt.date] = {}
    for each in given if isinstance(given, list | tuple) else [given]:
        key, _, day = each.rpartition(" ") if isinstance(each, str) else ("", "", each)
        if key and key not in {asked.key for asked in load_questions()}:
            raise ValueError(f"there is no question {key[:40]!r}; write the key of a question before the day")
        if key in days:
            raise ValueError("a day is given twice; write one day for all, and one for each question")
        days[key] = _read_day(day)
    return tuple(days.items())


def _read_version(text: object) -> int:
    known = [str(number) for number in range(1, questionnaire_version() + 1)]
    if text not in known:
        raise ValueError(f"write one of {', '.join(known)}, the version of the questions that were asked")
    return int(str(text))

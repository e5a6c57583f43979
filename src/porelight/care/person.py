"""A person's file: ten lines suffice. Keys are those of the questions; what is left out is unknown.

A ``when`` question takes yes (now, or the day is not known), no, unknown, or the last day as ``2026-03-01``.
"""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, create_model

from porelight.care.engagements import BIG_DAY, HOLIDAY
from porelight.care.model import Answer, Engagement, Medicine, Person
from porelight.care.phototype import GUIDED, suggested
from porelight.care.questions import Question, questions, version
from porelight.reading import mapping
from porelight.refusal import Refusal
from porelight.skin import Phototype, Site

OLDEST = 110
YOUNGEST = 1
MEDICINES = ("isotretinoin", "blood_thinner", "photosensitiser", "retinoid", "hydroquinone")
"""Questions about a medicine, listed with the person as such."""

ANSWERS: dict[str, Answer] = {
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


def _answer(text: object) -> Answer:
    if isinstance(text, str) and text.strip().lower() in ANSWERS:
        return ANSWERS[text.strip().lower()]
    raise ValueError("write yes, no or unknown")


def _date(text: object) -> dt.date:
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
        raise ValueError("write a day as 2026-03-01")
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text.strip()} is not a day of the calendar; write a day as 2026-03-01") from None


def _when(text: object) -> Answer | dt.date:
    if isinstance(text, str) and text.strip().lower() in ANSWERS:
        return ANSWERS[text.strip().lower()]
    if isinstance(text, str) and re.match(r"\d", text.strip()):
        return _past(_date(text))
    raise ValueError("write yes, no, unknown, or the last day as 2026-03-01")


def _past(day: dt.date) -> dt.date:
    if day.year < 1900:
        raise ValueError(f"{day} is too long ago; write a day as 2026-03-01")
    return day


def _age(text: object) -> int | None:
    if isinstance(text, str) and ANSWERS.get(text.strip().lower()) == "unknown":
        return None
    if not isinstance(text, str) or not re.fullmatch(r"-?\d{1,4}", text.strip()):
        raise ValueError("write the age in whole years, such as 32")
    if not YOUNGEST <= int(text) <= OLDEST:
        raise ValueError(f"an age of {int(text)} years is not plausible; write whole years, such as 32")
    return int(text)


def _one_of(*words: str) -> Any:
    def read(text: object) -> str | None:
        if isinstance(text, str) and text.strip() in words:
            return text.strip()
        if isinstance(text, str) and ANSWERS.get(text.strip().lower()) == "unknown":
            return None
        raise ValueError(f"write one of {', '.join(words)}")

    return read


def _dates(listed: object) -> tuple[dt.date, ...]:
    if not isinstance(listed, list):
        raise ValueError("write a list of days, such as [2026-03-01, 2026-03-29]")
    days = tuple(_past(_date(day)) for day in listed)
    if len(set(days)) != len(days):
        raise ValueError("a day is listed twice; write each session once")
    return tuple(sorted(days))


def _span(listed: object) -> tuple[dt.date, ...]:
    days = _dates(listed)
    if len(days) != 2 or not isinstance(listed, list) or _date(listed[0]) != days[0]:
        raise ValueError("write the first and the last day, such as [2026-07-01, 2026-07-14]")
    return days


def _option(asked: Question) -> Any:
    return _one_of(*(option.key for option in asked.options))


def _options(asked: Question) -> Any:
    """Some of the options, as a list or a single word, each once."""
    one = _option(asked)

    def read(given: object) -> tuple[str, ...]:
        found = [one(each) for each in (given if isinstance(given, list) else [given])]
        return tuple(dict.fromkeys(each for each in found if each is not None))

    return read


def _grade(text: object) -> int | None:
    found = _one_of("0", "1", "2", "3", "4")(text)
    return None if found is None else int(found)


def _version(text: object) -> int:
    known = [str(number) for number in range(1, version() + 1)]
    if text not in known:
        raise ValueError(f"write one of {', '.join(known)}, the version of the questions that were asked")
    return int(str(text))


_FIELDS: dict[str, Any] = {
    "yes_no": (Annotated[Answer, BeforeValidator(_answer)], "unknown"),
    "when": (Annotated[Answer | dt.date, BeforeValidator(_when)], "unknown"),
    "age": (Annotated[int | None, BeforeValidator(_age)], None),
    "date": (Annotated[dt.date | None, BeforeValidator(lambda text: _past(_date(text)))], None),
    "dates": (Annotated[tuple[dt.date, ...], BeforeValidator(_dates)], ()),
    "span": (Annotated[tuple[dt.date, ...], BeforeValidator(_span)], ()),
    "phototype": (Annotated[Phototype | None, BeforeValidator(_one_of("I", "II", "III", "IV", "V", "VI"))], None),
    "site": (
        Annotated[Site | None, BeforeValidator(_one_of("forehead", "nose", "cheek", "chin", "temple"))],
        "cheek",
    ),
    "grade": (Annotated[int | None, BeforeValidator(_grade)], None),
}


def _field(asked: Question) -> Any:
    if asked.type == "choice":
        return Annotated[str | None, BeforeValidator(_option(asked))], None
    if asked.type == "choices":
        return Annotated[tuple[str, ...], BeforeValidator(_options(asked))], ()
    return _FIELDS[asked.type]


@functools.cache
def _form() -> type[BaseModel]:
    """The file as a strict model: one field a question."""
    fields = {asked.key: _field(asked) for asked in questions()}
    fields["questionnaire"] = (Annotated[int, BeforeValidator(_version)], version())
    form: type[BaseModel] = create_model("PersonFile", __config__=ConfigDict(extra="forbid"), **fields)
    return form


def read_person(text: str, where: str) -> Person:
    """A person from the text of a YAML file.

    Args:
        text: the file's text.
        where: its name, for messages.

    Raises:
        Refusal: not a person's file; one line names the file, the field, what is wrong and what to do.
    """
    given = mapping(text, where)
    try:
        form = _form().model_validate(given)
    except ValidationError as error:
        raise _refusal(error, where) from None
    return _person(form.model_dump(), set(given), where)


def _person(form: dict[str, Any], given: set[str], where: str) -> Person:
    if form["age"] is not None and form["born"] is not None:
        raise Refusal("age and born are both given", where=f"{where}, age", advice="Keep one of them")
    _judge_born(form["born"], form, where)
    _judge_version(form["questionnaire"], given, where)
    skin_answers = {key: form[key] for key in GUIDED if form[key] is not None}
    whens = {asked.key: form[asked.key] for asked in questions() if asked.type == "when" and asked.key in given}
    answers = {asked.key: form[asked.key] for asked in questions() if asked.type == "yes_no" and asked.key in given}
    dates = {key: told for key, told in whens.items() if isinstance(told, dt.date)}
    answers |= {key: "yes" if key in dates else told for key, told in whens.items()}
    return Person(
        age=form["age"],
        phototype=form["phototype"] or suggested(skin_answers).phototype,
        site=form["site"] or "cheek",
        answers=answers,
        dates=dates,
        medicines=tuple(_medicine(key, answers[key], dates.get(key)) for key in MEDICINES if key in answers),
        past_sessions=form["past_sessions"],
        severity=form["severity"],
        born=form["born"],
        planned=_planned(form["sun_holiday"], form["big_days"]),
        skin_answers=skin_answers,
        goals=form["goals"],
    )


def _judge_version(number: int, given: set[str], where: str) -> None:
    """A file of an earlier version answers nothing that was not asked then."""
    known = {asked.key for asked in questions(of_version=number)} | {"questionnaire"}
    if late := sorted(given - known):
        raise Refusal(
            f"version {number} of the questions did not ask this",
            where=f"{where}, {late[0]}",
            advice=f"Remove it, or write questionnaire: {version()} after asking anew",
        )


def _planned(holiday: tuple[dt.date, ...], big_days: tuple[dt.date, ...]) -> tuple[Engagement, ...]:
    away = (Engagement(HOLIDAY, "sun", *holiday),) if holiday else ()
    return away + tuple(Engagement(BIG_DAY, "seen", day, day) for day in big_days)


def _judge_born(born: dt.date | None, form: dict[str, Any], where: str) -> None:
    """Nothing on the file can have happened before birth."""
    if born is None:
        return
    told = [day for day in form.values() if isinstance(day, dt.date) and day != born]
    told += list(form["past_sessions"])
    if any(day < born for day in told):
        raise Refusal("a day in the file lies before the birth date", where=f"{where}, born", advice="Check both days")


def _medicine(group: str, said: Answer, last: dt.date | None) -> Medicine:
    return Medicine(group=group, taking="no" if last else said, last_taken=last)


def _refusal(error: ValidationError, where: str) -> Refusal:
    """The first error as one line."""
    first = error.errors(include_url=False, include_context=False)[0]
    key = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, _form().model_fields, n=1)
        advice = f"Did you mean {near[0]}?" if near else "Remove it"
        return Refusal("there is no such field", where=f"{where}, {_short(key)}", advice=advice.rstrip("."))
    what, _, advice = first["msg"].removeprefix("Value error, ").rpartition("; ")
    shown = _short(first["input"])
    return Refusal(what or f"{shown} cannot be used", where=f"{where}, {key}", advice=advice[:1].upper() + advice[1:])


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return repr(text if len(text) <= 40 else f"{text[:40]}...")

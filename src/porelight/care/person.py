"""A person from answers, and the answers of a person. A file is a list of such answers: ten lines suffice.

Keys are those of the questions; what is left out is unknown. A ``when`` question takes yes (now, or the day is not
known), no, unknown, or the last day as ``2026-03-01``; a day that is known only about, as ``2026-03`` or ``about a year
ago``, is kept as the first and the last day that are possible.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from porelight.care.answer_texts import PartialDay, make_form
from porelight.care.checks import shorten
from porelight.care.engagements import BIG_DAY, SUN_HOLIDAY
from porelight.care.model import Engagement, Person
from porelight.care.partial_dates import HOW_TO_WRITE, Span, read_span, write_span
from porelight.care.phototype import GUIDED_QUESTIONS
from porelight.care.questions import load_questions, questionnaire_version
from porelight.reading import mapping
from porelight.refusal import Refusal

Answers = Mapping[str, str | Sequence[str]]
"""Question key -> the answer as text, or as a list of texts where several may be given."""

VERSION_FIELD: Final = "questionnaire"
"""The version of the questions that were asked; the latest where left out."""

ANSWERED_FIELD: Final = "answered"
"""The day on which the answers were given, and those of single answers; the day that is judged where left out."""


def read_person(text: str, where: str) -> Person:
    """A person from the text of a YAML file.

    Args:
        text: the file's text.
        where: its name, for messages.

    Raises:
        Refusal: not a person's file; one line names the file, the field, what is wrong and what to do.
    """
    return _make_person(mapping(text, where), where)


def person_from(answers: Answers, where: str = "answers") -> Person:
    """A person from the answers of a form.

    Args:
        answers: question key -> answer, as :func:`answers_of` gives them.
        where: what the answers are called in messages.

    Raises:
        Refusal: the first answer that cannot be used; :func:`complaints` gives them all.
    """
    return _make_person(answers, where)


def complaints(answers: Answers) -> dict[str, str]:
    """What is wrong with each answer that cannot be used, as a form shows it beside its field; empty when all is well.

    Args:
        answers: question key -> answer.
    """
    sentences: dict[str, str] = {}
    left: dict[str, object] = dict(answers)
    # Facts that cannot both hold show only once each of them can be read, so what is wrong is taken out in rounds.
    while refusals := _judge(left)[1]:
        for refusal in refusals:
            sentence = str(Refusal(refusal.what, where="", advice=refusal.advice)).removeprefix(": ")
            sentences[refusal.where] = sentence[:1].upper() + sentence[1:]
            left.pop(refusal.where)
    return sentences


def answers_of(person: Person) -> dict[str, str | list[str]]:
    """The answers that make this person, as a form shows them; :func:`person_from` gives the same person back.

    Raises:
        Refusal: the person has planned something that no question asks for.
    """
    told: dict[str, str | list[str]] = {**person.answers}
    told |= {key: _write_day(person, key) for key in person.dates}
    numbers = {"age": person.age, "severity": person.severity, "phototype": person.phototype, "site": person.site}
    told |= {key: str(value) for key, value in numbers.items() if value is not None}
    if person.born is not None:
        told["born"] = person.born.isoformat()
    told |= person.skin_answers
    lists = {
        "goals": list(person.goals),
        "unlisted": list(person.unlisted),
        "past_sessions": [day.isoformat() for day in person.past_sessions],
        "sun_holiday": [
            day.isoformat() for one in person.planned if one.occasion == "sun" for day in (one.first, one.last)
        ],
        "big_days": [one.first.isoformat() for one in person.planned if one.occasion == "seen"],
    }
    told |= {key: listed for key, listed in lists.items() if listed}
    # In the order in which the questions are asked, so that the same person always gives the same text.
    order = [asked.key for asked in load_questions()]
    if person.test_spot_laser is not None:
        told["test_spot_laser"] = person.test_spot_laser
    ordered = {key: told[key] for key in sorted(told, key=order.index)}
    days = [] if person.answered is None else [person.answered.isoformat()]
    days += [f"{key} {day}" for key, day in sorted(person.answered_on.items())]
    if days:
        ordered[ANSWERED_FIELD] = days
    # What cannot be told in answers (sport, a second holiday) would be lost without a word on the way back.
    if complaints(ordered) or person_from(ordered) != person:
        advice = "Keep one holiday, and days to look well that end the day they begin"
        raise Refusal("the person has planned what no question asks for", where="planned", advice=advice)
    return ordered


def _make_person(answers: Mapping[str, object], where: str) -> Person:
    person, refusals = _judge(answers)
    if person is None:
        first = refusals[0]
        key = first.where if first.where in make_form().model_fields else shorten(first.where)
        raise Refusal(first.what, where=f"{where}, {key}", advice=first.advice)
    return person


def _judge(answers: Mapping[str, object]) -> tuple[Person | None, list[Refusal]]:
    """The person, or what is wrong: each refusal names the key of an answer that was given."""
    try:
        form = dict(make_form().model_validate(dict(answers)))
    except ValidationError as error:
        return None, [_refusal(one) for one in error.errors(include_url=False, include_context=False)]
    if late := _late_answers(form[VERSION_FIELD], set(answers)):
        return None, late
    try:
        return _build(form, set(answers)), []
    except Refusal as refusal:
        return None, [refusal]


def _build(form: Mapping[str, Any], given: set[str]) -> Person:
    """The person of a form whose fields were read; only questions that were answered are kept as answers."""
    answered = dict(form[ANSWERED_FIELD])
    said = {asked.key: form[asked.key] for asked in load_questions() if asked.type in ("yes_no", "when")}
    said = {key: value for key, value in said.items() if key in given}
    told_on = answered.pop("", None)
    spans = {
        key: _resolve(key, value, answered.get(key, told_on))
        for key, value in said.items()
        if isinstance(value, PartialDay)
    }
    dates = {key: value for key, value in said.items() if isinstance(value, dt.date)}
    dates |= {key: last for key, (_, last) in spans.items()}
    return Person(
        age=form["age"],
        phototype=form["phototype"],
        site=form["site"] or "cheek",
        answers=_reopen_gates(said | dict.fromkeys(dates, "yes"), form[VERSION_FIELD]),
        dates=dates,
        past_sessions=form["past_sessions"],
        severity=form["severity"],
        born=form["born"],
        planned=tuple(_list_planned(form["sun_holiday"], form["big_days"])),
        skin_answers={key: form[key] for key in GUIDED_QUESTIONS if form[key] is not None},
        goals=form["goals"],
        unlisted=form["unlisted"],
        test_spot_laser=form["test_spot_laser"],
        earliest={key: first for key, (first, _) in spans.items()},
        answered=told_on,
        answered_on=answered,
    )


def _resolve(key: str, partial: PartialDay, told_on: dt.date | None) -> Span:
    try:
        span = read_span(partial.text, told_on)
    except Refusal as refusal:
        raise Refusal(refusal.what, where=key, advice=refusal.advice) from None
    if span is None:
        raise Refusal(f"{shorten(partial.text)} cannot be used", where=key, advice=HOW_TO_WRITE)
    return span


def _write_day(person: Person, key: str) -> str:
    """A day, or the span in which it lies."""
    last = person.dates[key]
    return write_span(person.earliest[key], last) if key in person.earliest else last.isoformat()


def _reopen_gates(said: dict[str, Any], version: int) -> dict[str, Any]:
    """Answers in which a "no" of an earlier version stands for what was asked then, and for nothing that came later."""
    later = {asked.gate for asked in load_questions() if asked.since > version and asked.gate}
    denied = {gate for gate in later if said.get(gate) == "no"}
    known = {
        asked.key: "no"
        for asked in load_questions(of_version=version)
        if asked.gate in denied and asked.type in ("yes_no", "when")
    }
    # Dropped and not set to unknown: the question was never put as it stands now, so it is put once more.
    return known | {key: value for key, value in said.items() if key not in denied}


def _list_planned(holiday: tuple[dt.date, ...], big_days: tuple[dt.date, ...]) -> Iterator[Engagement]:
    if holiday:
        yield Engagement(SUN_HOLIDAY, "sun", *holiday)
    yield from (Engagement(BIG_DAY, "seen", day, day) for day in big_days)


def _late_answers(number: int, given: set[str]) -> list[Refusal]:
    """Answers of an earlier version to what was not asked then."""
    known = {asked.key for asked in load_questions(of_version=number)} | {VERSION_FIELD, ANSWERED_FIELD}
    advice = f"Remove it, or write {VERSION_FIELD}: {questionnaire_version()} after asking anew"
    what = f"version {number} of the questions did not ask this"
    return [Refusal(what, where=key, advice=advice) for key in sorted(given - known)]


def _refusal(error: ErrorDetails) -> Refusal:
    """One field's error."""
    key = str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, make_form().model_fields, n=1)
        return Refusal("there is no such field", where=key, advice=f"Did you mean {near[0]}?" if near else "Remove it")
    what, _, advice = error["msg"].removeprefix("Value error, ").rpartition("; ")
    what = what or f"{shorten(error['input'])} cannot be used"
    return Refusal(what, where=key, advice=advice[:1].upper() + advice[1:])

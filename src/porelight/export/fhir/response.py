"""A person as a QuestionnaireResponse, and back."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
from collections.abc import Iterator
from typing import Any, Final

from fhir.resources.R4B.questionnaire import QuestionnaireItem
from fhir.resources.R4B.questionnaireresponse import (
    QuestionnaireResponse,
    QuestionnaireResponseItem,
    QuestionnaireResponseItemAnswer,
)

from porelight.care.fhirpath import FIRST_DAY_URL
from porelight.care.model import Person
from porelight.care.person import person_from as person_from_answers
from porelight.care.questions import Question, load_questions
from porelight.export.fhir.questionnaire import (
    QUESTIONNAIRE_PARTS,
    QUESTIONNAIRE_URL,
    canonical_name,
    list_codings,
    make_questionnaire,
)
from porelight.export.fhir.reading import PatientFacts
from porelight.export.fhir.terms import (
    ABSENT_CODES,
    ABSENT_SYSTEM,
    ANSWER_CODES,
    FHIR_BASE_URL,
    Element,
    make_narrative,
    subject_of,
)
from porelight.refusal import Refusal

ANSWERED_URL: Final = f"{FHIR_BASE_URL}/StructureDefinition/answered-on"
"""On an item: the day of its answer, where it is not that of the response."""
PARTIAL_DATE: Final = re.compile(r"\d{4}(-\d{2})?", re.ASCII)
WHOLE_DAY: Final = len("2026-03-01")
FINISHED_STATUSES: Final = frozenset({"completed", "amended"})
UNFINISHED: Final = {
    "entered-in-error": ("these answers were entered in error", "Ask for the right ones"),
    "stopped": ("the questions were broken off", "Ask the rest, and send them as completed"),
    "in-progress": ("the questions are not all answered yet", "Send them once they are completed"),
}
"""Status of answers that are not judged -> what is wrong, and what to do."""
ANSWER_OF_CODE: Final = {(code["system"], code["code"]): said for said, code in ANSWER_CODES.items()}


def make_response(person: Person, on: dt.date, subject: str | None = None) -> QuestionnaireResponse:
    """What a person answered, as of a day.

    Args:
        person: as of :func:`porelight.care.read_person`.
        on: the day on which it was answered.
        subject: a reference to the patient that the caller holds; nothing here says who it is.

    Raises:
        Refusal: the person holds something that no question asks for, or ``subject`` is no reference.
    """
    built = QuestionnaireResponse.model_validate(
        {
            "resourceType": "QuestionnaireResponse",
            "text": make_narrative("Answers before laser treatment of enlarged pores."),
            "questionnaire": canonical_name(),
            "status": "completed",
            "subject": subject_of(subject),
            "authored": person.answered or on,
            "item": [part for kind in QUESTIONNAIRE_PARTS if (part := _make_part(kind, person)) is not None],
        }
    )
    read = person_from(built)
    # A response always has a date; a person whose answers have none is the same person asked on that day.
    if read != dataclasses.replace(person, answered=read.answered):
        advice = "Read the person from a file, or change the list of questions"
        raise Refusal("the person holds something that no question asks for", where="person", advice=advice)
    return built


def person_from(
    response: QuestionnaireResponse, where: str = "response", patient: PatientFacts | None = None
) -> Person:
    """The person that answered; every check of a person's file applies.

    Args:
        response: the answers to our questionnaire, in a version that we know.
        where: its name, for messages.
        patient: of :func:`import_patient`; its birth date counts where the answers give neither age nor birth date.

    Raises:
        Refusal: another questionnaire or version, an unknown item, an answer that does not fit, withdrawn answers.
    """
    told = _read_version(response, where)
    # FHIR never deletes: a withdrawn answer stays in the record and says so in its status.
    if response.status not in FINISHED_STATUSES:
        what, advice = UNFINISHED.get(str(response.status), ("their status is not known", "Send finished answers"))
        raise Refusal(what, where=f"{where}, status", advice=advice)
    _judge_modifiers(response, where)
    authored, own = _read_authored(response, where), list(_read_own_days(response.item or [], where))
    answers: dict[str, str | list[str]] = {"questionnaire": told, "answered": [authored, *own]}
    for key, said in _read_items(response.item or [], _load_items(), where):
        if key in answers:
            raise Refusal("it is answered twice", where=f"{where}, {key}", advice="Keep one answer")
        answers[key] = said
    if patient is not None and patient.born is not None and not {"age", "born"} & set(answers):
        answers["born"] = patient.born.isoformat()
    return person_from_answers(answers, where)


@functools.cache
def _load_items() -> list[QuestionnaireItem]:
    """The items of the questionnaire, built once; only read."""
    return make_questionnaire().item or []


def _make_part(kind: str, person: Person) -> Element | None:
    items = [
        item for asked in load_questions() if asked.kind == kind and (item := _make_item(asked, person)) is not None
    ]
    return {"linkId": kind, "text": QUESTIONNAIRE_PARTS[kind], "item": items} if items else None


def _make_item(asked: Question, person: Person) -> Element | None:
    """The item of one question; None where nothing was answered."""
    item: Element = {"linkId": asked.key, "text": asked.text}
    if asked.key in person.answered_on:
        item["extension"] = [{"url": ANSWERED_URL, "valueDate": person.answered_on[asked.key]}]
    if asked.type == "span":
        days = {
            end: day for one in person.planned if one.occasion == "sun" for end, day in _name_ends(one.first, one.last)
        }
        ends = [{"linkId": f"{asked.key}.{end}", "answer": [{"valueDate": day}]} for end, day in days.items()]
        return item | {"item": ends} if ends else None
    answers = list(_list_answers(asked, person))
    return item | {"answer": answers} if answers else None


def _name_ends(first: dt.date, last: dt.date) -> tuple[tuple[str, dt.date], ...]:
    return ("first", first), ("last", last)


def _list_answers(asked: Question, person: Person) -> Iterator[Element]:
    key, kind = asked.key, asked.type
    if kind in ("yes_no", "when"):
        if key in person.answers:
            last = [{"linkId": f"{key}.last", "answer": [_tell_day(person, key)]}] if key in person.dates else []
            yield {"valueCoding": ANSWER_CODES[person.answers[key]]} | ({"item": last} if last else {})
    elif kind == "texts":
        yield from ({"valueString": text} for text in person.unlisted)
    elif listed := {coding["code"]: coding for coding in list_codings(asked)}:
        yield from ({"valueCoding": listed[word]} for word in _list_words(asked, person) if word in listed)
    elif kind in ("age", "grade"):
        count = person.age if kind == "age" else person.severity
        yield from [] if count is None else [{"valueInteger": count}]
    else:
        yield from ({"valueDate": day} for day in _list_days(key, person))


def _list_words(asked: Question, person: Person) -> tuple[str, ...]:
    """The options that were chosen."""
    single = {"phototype": person.phototype, "site": person.site, "test_spot_laser": person.test_spot_laser}
    told = {**single, **person.skin_answers}.get(asked.key)
    return person.goals if asked.key == "goals" else (told,) if told else ()


def _list_days(key: str, person: Person) -> tuple[dt.date, ...]:
    if key == "born":
        return (person.born,) if person.born else ()
    if key == "past_sessions":
        return person.past_sessions
    return tuple(one.first for one in person.planned if one.occasion == "seen")


def _tell_day(person: Person, key: str) -> Element:
    """The last day; of a span also its first, so that nothing is made more exact than it was told."""
    told: Element = {"valueDate": person.dates[key]}
    if key in person.earliest:
        told["extension"] = [{"url": FIRST_DAY_URL, "valueDate": person.earliest[key]}]
    return told


def _read_date(answer: QuestionnaireResponseItemAnswer, key: str) -> str | None:
    """A day as a person's file has it; None where it is none, or only a month where a whole day is needed."""
    day = _text_of_date(answer.valueDate)
    if day is None or (len(day) < WHOLE_DAY and not key.endswith(".last")):
        return None
    firsts = [each.valueDate for each in answer.extension or [] if each.url == FIRST_DAY_URL]
    return f"{_text_of_date(firsts[0])} to {day}" if firsts else day


def _text_of_date(value: Any) -> str | None:
    """A date of FHIR, which may be a year or a month, as text."""
    if type(value) is dt.date:
        return value.isoformat()
    return str(value) if value is not None and PARTIAL_DATE.fullmatch(str(value)) else None


def _read_authored(response: QuestionnaireResponse, where: str) -> str:
    """The day on which the answers were given: of a month or a year its first, since old answers count for less.

    Raises:
        Refusal: there is none.
    """
    authored = response.authored
    if authored is None:
        advice = "Send the day on which they were given as `authored`"
        raise Refusal("nobody knows when these answers were given", where=f"{where}, authored", advice=advice)
    day = authored.date() if isinstance(authored, dt.datetime) else authored
    text = _text_of_date(day) or str(day)
    return text + "-01" * ((WHOLE_DAY - len(text)) // len("-01"))


def _read_own_days(items: list[QuestionnaireResponseItem], where: str) -> Iterator[str]:
    """The questions that were answered on a day of their own."""
    for item in items:
        for extension in item.extension or []:
            if extension.url == ANSWERED_URL and type(extension.valueDate) is dt.date:
                yield f"{item.linkId} {extension.valueDate}"
        yield from _read_own_days(item.item or [], where)


def _read_version(response: QuestionnaireResponse, where: str) -> str:
    """The version that was answered; :func:`read_person` judges whether we know it."""
    url, _, told = str(response.questionnaire or "").partition("|")
    if url != QUESTIONNAIRE_URL:
        advice = f"Send answers to {QUESTIONNAIRE_URL}"
        raise Refusal("these are not answers to our questionnaire", where=f"{where}, questionnaire", advice=advice)
    # The version decides which questions were put, so without one an unanswered question means nothing.
    if not told.isascii() or not told.isdigit() or len(told) > 4:
        advice = f"Name it, as {canonical_name()}"
        raise Refusal("the version of the questions is missing", where=f"{where}, questionnaire", advice=advice)
    return told


def _judge_modifiers(part: Any, where: str) -> None:
    """An extension that changes the meaning of what it stands on must not be passed over."""
    if getattr(part, "modifierExtension", None) or getattr(part, "implicitRules", None):
        advice = "Send the answers without it"
        raise Refusal("something here changes what the answers mean, and we do not know it", where=where, advice=advice)


def _read_items(
    given: list[QuestionnaireResponseItem], defined: list[QuestionnaireItem], where: str
) -> Iterator[tuple[str, str | list[str]]]:
    """Question key -> the answer as a form would give it."""
    known = {item.linkId: item for item in defined if item.type != "display"}
    seen: set[str] = set()
    for item in given:
        at = f"{where}, {str(item.linkId)[:40]}"
        if item.linkId not in known:
            raise Refusal("there is no such question here", where=at, advice="Send only items of our questionnaire")
        if item.linkId in seen:
            raise Refusal("it is answered twice", where=at, advice="Keep one answer")
        seen.add(str(item.linkId))
        _judge_modifiers(item, at)
        yield from _read_item(item, known[item.linkId], where)


def _read_item(
    item: QuestionnaireResponseItem, defined: QuestionnaireItem, where: str
) -> Iterator[tuple[str, str | list[str]]]:
    key, at = str(item.linkId), f"{where}, {item.linkId}"
    inside = [child for child in defined.item or [] if child.type != "display"]
    if defined.type == "group":
        if item.answer:
            raise Refusal("a group has no answer of its own", where=at, advice="Answer the questions inside it")
        found = list(_read_items(item.item or [], inside, where))
        yield from [(key, _read_span(found, key, at))] if key not in QUESTIONNAIRE_PARTS and found else found
        return
    if item.item:
        raise Refusal("items stand beside the answer", where=at, advice="Put them inside the answer")
    texts = [_read_answer(answer, defined, inside, where) for answer in item.answer or []]
    if len(texts) > 1 and not defined.repeats:
        raise Refusal(f"it has {len(texts)} answers", where=at, advice="Keep one answer")
    if texts:
        yield key, texts if defined.repeats else texts[0]


def _read_span(found: list[tuple[str, str | list[str]]], key: str, at: str) -> list[str]:
    """The first and the last day as a list."""
    days = dict(found)
    if set(days) != {f"{key}.first", f"{key}.last"}:
        raise Refusal("the first or the last day is missing", where=at, advice="Give both days")
    return [str(days[f"{key}.first"]), str(days[f"{key}.last"])]


def _read_answer(
    answer: QuestionnaireResponseItemAnswer, defined: QuestionnaireItem, inside: list[QuestionnaireItem], where: str
) -> str:
    at = f"{where}, {defined.linkId}"
    _judge_modifiers(answer, at)
    nested = {key: str(said) for key, said in _read_items(answer.item or [], inside, where)}
    if defined.type == "integer" and isinstance(answer.valueInteger, int):
        return str(answer.valueInteger)
    if defined.type == "date" and (day := _read_date(answer, str(defined.linkId))) is not None:
        return day
    if defined.type == "text" and answer.valueString:
        return str(answer.valueString)
    if defined.type == "choice" and answer.valueCoding is not None:
        return _read_choice(answer.valueCoding, defined, nested, at)
    advice = {
        "integer": "a whole number",
        "date": "a whole day, as 2026-03-01",
        "choice": "one of the listed codes",
        "text": "a text",
    }
    raise Refusal("the answer has the wrong type", where=at, advice=f"Give {advice[str(defined.type)]}")


def _read_choice(coding: Any, defined: QuestionnaireItem, nested: dict[str, str], at: str) -> str:
    """A code of the item's own list, or the last day behind a yes."""
    named = (coding.system, coding.code)
    if coding.system == ABSENT_SYSTEM and coding.code in ABSENT_CODES:
        return "unknown"
    listed = [option.valueCoding for option in defined.answerOption or [] if option.valueCoding is not None]
    if named not in {(option.system, option.code) for option in listed}:
        codes = ", ".join(str(option.code) for option in listed)
        raise Refusal("the code is not one of the answers", where=at, advice=f"Use one of {codes}, with its system")
    said = str(ANSWER_OF_CODE.get(named) or coding.code)
    if nested and said != "yes":
        raise Refusal("it has a last day but is not a yes", where=at, advice="Answer yes, or leave the day out")
    return nested.get(f"{defined.linkId}.last", said)

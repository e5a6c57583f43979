"""The intake questions as a Questionnaire."""

from __future__ import annotations

from typing import Final

from fhir.resources.R4B.questionnaire import Questionnaire

from porelight.care.person import OLDEST, YOUNGEST
from porelight.care.phototype import GUIDED
from porelight.care.questions import Question, questions, version
from porelight.export.fhir.terms import ANSWERS, BASE, Element, narrative, own

URL: Final = f"{BASE}/Questionnaire/intake"
PARTS: Final = {
    "minimum": "Ten questions that suffice for a first verdict",
    "detail": "Details",
    "clearing": "What a practitioner notes to clear a question",
}
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "phototype": ("I", "II", "III", "IV", "V", "VI"),
    "site": ("forehead", "nose", "cheek", "chin", "temple"),
}
_EXTENSION: Final = "http://hl7.org/fhir/StructureDefinition"


def canonical() -> str:
    """The questionnaire's name with its version."""
    return f"{URL}|{version()}"


def questionnaire(of_version: int | None = None) -> Questionnaire:
    """Every question of the intake: yes, no and don't know as answers, details behind the question they belong to.

    Args:
        of_version: of the questions; the latest where left out.
    """
    return Questionnaire.model_validate(
        {
            "resourceType": "Questionnaire",
            "text": narrative("Questions before laser treatment of enlarged pores. An answer left out is unknown."),
            "url": URL,
            "version": str(of_version or version()),
            "name": "PorelightIntake",
            "title": "Before laser treatment of enlarged pores",
            "status": "active",
            "subjectType": ["Patient"],
            "publisher": "Porelight",
            "description": "What the rules need to know of a person. What is left out is unknown, never taken as no.",
            "item": [_part(kind, title, of_version) for kind, title in PARTS.items()],
        }
    )


def _part(kind: str, title: str, of_version: int | None) -> Element:
    asked = [_item(question) for question in questions(of_version=of_version) if question.kind == kind]
    return {"linkId": kind, "text": title, "type": "group", "item": asked}


def _item(asked: Question) -> Element:
    item: Element = {"linkId": asked.key, "text": asked.text, **_typed(asked)}
    item["item"] = [_why(asked), *item.get("item", [])]
    if asked.gate:
        item |= {"enableWhen": _unless_no(asked.gate), "enableBehavior": "any"}
    elif asked.instead_of and asked.key not in GUIDED:  # a type of skin and the guided answers may stand side by side
        item["enableWhen"] = [{"question": asked.instead_of, "operator": "exists", "answerBoolean": False}]
    if asked.again:
        extension = {"url": f"{BASE}/StructureDefinition/asked-at-each-visit", "valueBoolean": True}
        item["extension"] = [*item.get("extension", []), extension]
    return item


def _why(asked: Question) -> Element:
    """Why the question is asked, as help beside it."""
    control = {"system": "http://hl7.org/fhir/questionnaire-item-control", "code": "help", "display": "Help-Button"}
    extension = {"url": f"{_EXTENSION}/questionnaire-itemControl", "valueCodeableConcept": {"coding": [control]}}
    return {"linkId": f"{asked.key}.why", "text": asked.why, "type": "display", "extension": [extension]}


def _unless_no(gate: str) -> list[Element]:
    """Asked unless the gate is answered with no. Readers differ on "not equal" where nothing is answered."""
    answered = [{"question": gate, "operator": "=", "answerCoding": ANSWERS[said]} for said in ("yes", "unknown")]
    return [{"question": gate, "operator": "exists", "answerBoolean": False}, *answered]


def _typed(asked: Question) -> Element:
    """The type of an item, its answers, and what lies inside it."""
    key, kind = asked.key, asked.type
    if kind in ("yes_no", "when"):
        choice: Element = {"type": "choice", "answerOption": [{"valueCoding": code} for code in ANSWERS.values()]}
        return choice | ({"item": [_last(key)]} if kind == "when" else {})
    if listed := codings(asked):
        told: Element = {"type": "choice", "answerOption": [{"valueCoding": coding} for coding in listed]}
        return told | ({"repeats": True} if kind == "choices" else {})
    if kind == "age":
        return {"type": "integer", "extension": _bounds(YOUNGEST, OLDEST)}
    if kind == "grade":
        return {"type": "integer", "extension": _bounds(0, 4)}
    if kind == "span":
        ends = {"first": "The first day", "last": "The last day"}
        days = [{"linkId": f"{key}.{end}", "text": text, "type": "date"} for end, text in ends.items()]
        return {"type": "group", "item": days}
    return {"type": "date", "repeats": True} if kind == "dates" else {"type": "date"}


def codings(asked: Question) -> list[Element]:
    """The codes of a question with options of its own, a phototype or a site; none for every other."""
    named = {option.key: option.text for option in asked.options}
    named |= {word: f"Phototype {word}" if asked.type == "phototype" else word for word in CHOICES.get(asked.type, ())}
    return [own(asked.key, key, text) for key, text in named.items()]


def _last(key: str) -> Element:
    """The day it last applied, asked after a yes; without it the yes holds now or the day is not known."""
    asked = {"question": key, "operator": "=", "answerCoding": ANSWERS["yes"]}
    text = "The last day. Leave it out if it goes on, or if the day is not known."
    return {"linkId": f"{key}.last", "text": text, "type": "date", "enableWhen": [asked]}


def _bounds(least: int, most: int) -> list[Element]:
    named = {"minValue": least, "maxValue": most}
    return [{"url": f"{_EXTENSION}/{name}", "valueInteger": value} for name, value in named.items()]

"""The intake questions as a Questionnaire."""

from __future__ import annotations

from typing import Final

from fhir.resources.R4B.questionnaire import Questionnaire

from porelight.care.model import MOST_SEVERE, OLDEST_AGE, YOUNGEST_AGE
from porelight.care.phototype import GUIDED_QUESTIONS
from porelight.care.questions import Question, load_questions, questionnaire_version
from porelight.export.fhir.terms import ANSWER_CODES, FHIR_BASE_URL, Element, make_narrative, own_code

QUESTIONNAIRE_URL: Final = f"{FHIR_BASE_URL}/Questionnaire/intake"
QUESTIONNAIRE_PARTS: Final = {
    "minimum": "Ten questions that suffice for a first verdict",
    "detail": "Details",
    "clearing": "What a practitioner notes to clear a question",
}
FIXED_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "phototype": ("I", "II", "III", "IV", "V", "VI"),
    "site": ("forehead", "nose", "cheek", "chin", "temple"),
}
EXTENSION_URL: Final = "http://hl7.org/fhir/StructureDefinition"


def canonical_name() -> str:
    """The questionnaire's name with its version."""
    return f"{QUESTIONNAIRE_URL}|{questionnaire_version()}"


def make_questionnaire(of_version: int | None = None) -> Questionnaire:
    """Every question of the intake: yes, no and don't know as answers, details behind the question they belong to.

    Args:
        of_version: of the questions; the latest where left out.
    """
    return Questionnaire.model_validate(
        {
            "resourceType": "Questionnaire",
            "text": make_narrative(
                "Questions before laser treatment of enlarged pores. An answer left out is unknown."
            ),
            "url": QUESTIONNAIRE_URL,
            "version": str(of_version or questionnaire_version()),
            "name": "PorelightIntake",
            "title": "Before laser treatment of enlarged pores",
            "status": "active",
            "subjectType": ["Patient"],
            "publisher": "Porelight",
            "description": "What the rules need to know of a person. What is left out is unknown, never taken as no.",
            "item": [_make_part(kind, title, of_version) for kind, title in QUESTIONNAIRE_PARTS.items()],
        }
    )


def _make_part(kind: str, title: str, of_version: int | None) -> Element:
    asked = [_make_item(question) for question in load_questions(of_version=of_version) if question.kind == kind]
    return {"linkId": kind, "text": title, "type": "group", "item": asked}


def _make_item(asked: Question) -> Element:
    item: Element = {"linkId": asked.key, "text": asked.text, **_type_item(asked)}
    item["item"] = [_make_help(asked), *item.get("item", [])]
    if asked.gate:
        item |= {"enableWhen": _unless_no(asked.gate), "enableBehavior": "any"}
    elif (
        asked.instead_of and asked.key not in GUIDED_QUESTIONS
    ):  # a type of skin and the guided answers may stand side by side
        item["enableWhen"] = [{"question": asked.instead_of, "operator": "exists", "answerBoolean": False}]
    if asked.again:
        extension = {"url": f"{FHIR_BASE_URL}/StructureDefinition/asked-at-each-visit", "valueBoolean": True}
        item["extension"] = [*item.get("extension", []), extension]
    return item


def _make_help(asked: Question) -> Element:
    """Why the question is asked, as help beside it."""
    control = {"system": "http://hl7.org/fhir/questionnaire-item-control", "code": "help", "display": "Help-Button"}
    extension = {"url": f"{EXTENSION_URL}/questionnaire-itemControl", "valueCodeableConcept": {"coding": [control]}}
    return {"linkId": f"{asked.key}.why", "text": asked.why, "type": "display", "extension": [extension]}


def _unless_no(gate: str) -> list[Element]:
    """Asked unless the gate is answered with no. Readers differ on "not equal" where nothing is answered."""
    answered = [{"question": gate, "operator": "=", "answerCoding": ANSWER_CODES[said]} for said in ("yes", "unknown")]
    return [{"question": gate, "operator": "exists", "answerBoolean": False}, *answered]


def _type_item(asked: Question) -> Element:
    """The type of an item, its answers, and what lies inside it."""
    key, kind = asked.key, asked.type
    if kind in ("yes_no", "when"):
        choice: Element = {"type": "choice", "answerOption": [{"valueCoding": code} for code in ANSWER_CODES.values()]}
        return choice | ({"item": [_ask_last_day(key)]} if kind == "when" else {})
    if listed := list_codings(asked):
        told: Element = {"type": "choice", "answerOption": [{"valueCoding": coding} for coding in listed]}
        return told | ({"repeats": True} if kind == "choices" else {})
    if kind == "age":
        return {"type": "integer", "extension": _bound_integer(YOUNGEST_AGE, OLDEST_AGE)}
    if kind == "grade":
        return {"type": "integer", "extension": _bound_integer(0, MOST_SEVERE)}
    if kind == "span":
        ends = {"first": "The first day", "last": "The last day"}
        days = [{"linkId": f"{key}.{end}", "text": text, "type": "date"} for end, text in ends.items()]
        return {"type": "group", "item": days}
    if kind == "texts":
        return {"type": "text", "repeats": True}
    return {"type": "date", "repeats": True} if kind == "dates" else {"type": "date"}


def list_codings(asked: Question) -> list[Element]:
    """The codes of a question with options of its own, a phototype or a site; none for every other."""
    named = {option.key: option.text for option in asked.options}
    named |= {
        word: f"Phototype {word}" if asked.type == "phototype" else word for word in FIXED_CHOICES.get(asked.type, ())
    }
    return [own_code(asked.key, key, text) for key, text in named.items()]


def _ask_last_day(key: str) -> Element:
    """The day it last applied, asked after a yes; without it the yes holds now or the day is not known."""
    asked = {"question": key, "operator": "=", "answerCoding": ANSWER_CODES["yes"]}
    text = "The last day. Leave it out if it goes on, or if the day is not known."
    return {"linkId": f"{key}.last", "text": text, "type": "date", "enableWhen": [asked]}


def _bound_integer(least: int, most: int) -> list[Element]:
    named = {"minValue": least, "maxValue": most}
    return [{"url": f"{EXTENSION_URL}/{name}", "valueInteger": value} for name, value in named.items()]

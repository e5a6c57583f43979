"""The person: who may be treated, and every day around a session."""

from porelight.care.calendar import calendar, on_day
from porelight.care.choices import Choice, Chosen, ClinicChoices, Option, choices
from porelight.care.model import Answer, Calendar, CareItem, Limit, Medicine, Outcome, Person, Tier, Verdict
from porelight.care.person import read_person
from porelight.care.questions import Question, questions
from porelight.care.screen import overall, screen

__all__ = [
    "Answer",
    "Calendar",
    "CareItem",
    "Choice",
    "Chosen",
    "ClinicChoices",
    "Limit",
    "Medicine",
    "Option",
    "Outcome",
    "Person",
    "Question",
    "Tier",
    "Verdict",
    "calendar",
    "choices",
    "on_day",
    "overall",
    "questions",
    "read_person",
    "screen",
]

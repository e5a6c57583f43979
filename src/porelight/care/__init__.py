"""The person: who may be treated, and every day around a session."""

from porelight.care.calendar import calendar, on_day
from porelight.care.choices import Choice, Chosen, ClinicChoices, Option, choices
from porelight.care.clinic import overrule, read_clinic
from porelight.care.engagements import Clash, clashes
from porelight.care.guide import DayGuide, Lesson, Sign, Stage, guide, lessons
from porelight.care.model import (
    Answer,
    Calendar,
    CareItem,
    Engagement,
    Limit,
    Medicine,
    Outcome,
    Person,
    Tier,
    Verdict,
)
from porelight.care.person import read_person
from porelight.care.questions import Question, questions
from porelight.care.screen import overall, screen
from porelight.care.tables import PatientText, patient_texts, rules_table
from porelight.care.visit import at_visit, still_true

__all__ = [
    "Answer",
    "Calendar",
    "CareItem",
    "Choice",
    "Chosen",
    "Clash",
    "ClinicChoices",
    "DayGuide",
    "Engagement",
    "Lesson",
    "Limit",
    "Medicine",
    "Option",
    "Outcome",
    "PatientText",
    "Person",
    "Question",
    "Sign",
    "Stage",
    "Tier",
    "Verdict",
    "at_visit",
    "calendar",
    "choices",
    "clashes",
    "guide",
    "lessons",
    "on_day",
    "overall",
    "overrule",
    "patient_texts",
    "questions",
    "read_clinic",
    "read_person",
    "rules_table",
    "screen",
    "still_true",
]

"""The person: who may be treated, and every day around a session."""

from porelight.care.calendar import calendar, on_day
from porelight.care.choices import Choice, Chosen, ClinicChoices, Option, choices
from porelight.care.engagements import Clash, clashes
from porelight.care.guide import DayGuide, Lesson, Sign, Stage, guide, lessons
from porelight.care.intake import OpenQuestion, next_questions, open_questions
from porelight.care.language import LANGUAGES, say
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
from porelight.care.overrule import overrule, read_clinic
from porelight.care.person import read_person
from porelight.care.phototype import Suggestion, suggested
from porelight.care.questions import AnswerOption, Question, questions
from porelight.care.screen import overall, screen
from porelight.care.tables import Message, PatientText, messages, patient_texts, rules_table
from porelight.care.today import Today, today
from porelight.care.visit import at_visit, still_true

__all__ = [
    "LANGUAGES",
    "Answer",
    "AnswerOption",
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
    "Message",
    "Medicine",
    "OpenQuestion",
    "Option",
    "Outcome",
    "PatientText",
    "Person",
    "Question",
    "Sign",
    "Stage",
    "Suggestion",
    "Tier",
    "Today",
    "Verdict",
    "at_visit",
    "calendar",
    "choices",
    "clashes",
    "guide",
    "lessons",
    "messages",
    "next_questions",
    "on_day",
    "open_questions",
    "overall",
    "overrule",
    "patient_texts",
    "questions",
    "read_clinic",
    "read_person",
    "rules_table",
    "say",
    "screen",
    "still_true",
    "suggested",
    "today",
]

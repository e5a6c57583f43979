"""The person: who may be treated, and every day around a session."""

from porelight.care.acts import Contradiction, find_contradictions
from porelight.care.calendar import make_calendar, select_items
from porelight.care.choices import Choice, Chosen, ClinicChoices, Option, load_choices
from porelight.care.course import refuse_blocked_sessions, screen_sessions
from porelight.care.engagements import Clash, find_clashes
from porelight.care.expiry import as_of, drop_stale
from porelight.care.guide import DayGuide, Lesson, Sign, Stage, load_lessons, make_day_guide
from porelight.care.intake import OpenQuestion, next_questions, open_questions
from porelight.care.language import LANGUAGES, say
from porelight.care.medicines import MedicineMatch, MedicineName, find_medicines, load_medicines
from porelight.care.model import (
    Answer,
    Calendar,
    CareItem,
    Engagement,
    Limit,
    Medicine,
    Outcome,
    Person,
    SetAside,
    Tier,
    Verdict,
)
from porelight.care.overrule import read_clinic, refuse_idle, set_aside_verdicts, split_decisions
from porelight.care.person import answers_of, complaints, person_from, read_person
from porelight.care.phototype import Suggestion, suggest_phototype
from porelight.care.questions import AnswerOption, Question, find_question, load_questions
from porelight.care.screen import gravest_outcome, screen_person
from porelight.care.spacing import days_apart, spacing_row
from porelight.care.tables import Message, PatientText, list_messages, list_patient_texts, tabulate_rules
from porelight.care.today import Today, make_today
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
    "Contradiction",
    "DayGuide",
    "Engagement",
    "Lesson",
    "Limit",
    "Medicine",
    "MedicineMatch",
    "MedicineName",
    "Message",
    "OpenQuestion",
    "Option",
    "Outcome",
    "PatientText",
    "Person",
    "Question",
    "SetAside",
    "Sign",
    "Stage",
    "Suggestion",
    "Tier",
    "Today",
    "Verdict",
    "answers_of",
    "as_of",
    "at_visit",
    "days_apart",
    "drop_stale",
    "complaints",
    "find_clashes",
    "find_contradictions",
    "find_medicines",
    "find_question",
    "gravest_outcome",
    "list_messages",
    "list_patient_texts",
    "load_choices",
    "load_lessons",
    "load_medicines",
    "load_questions",
    "make_calendar",
    "make_day_guide",
    "make_today",
    "next_questions",
    "open_questions",
    "person_from",
    "read_clinic",
    "read_person",
    "refuse_blocked_sessions",
    "refuse_idle",
    "say",
    "screen_person",
    "screen_sessions",
    "select_items",
    "set_aside_verdicts",
    "spacing_row",
    "split_decisions",
    "still_true",
    "suggest_phototype",
    "tabulate_rules",
]

"""Each question moves something, and each text reaches a page that somebody opens."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from porelight import care
from porelight.care.guide import LAST_GUIDE_DAY, load_signs, load_stages, make_day_guide
from porelight.care.items import load_items
from porelight.care.questions import load_questions
from porelight.care.rules import laser_kinds
from porelight.report import care_sheet
from tests.rows import each_row

from .helpers import person

ON = dt.date(2026, 12, 1)
SESSION = dt.date(2027, 3, 1)
BY_FORECAST = {"site", "severity", "goals"}
"""Questions that the forecast, the factors or the professional read: tests of forecasting and planning hold them."""


def outcomes(facts: dict[str, Any]) -> object:
    """Everything that the person's answers may move in care: verdicts for four lasers, and the calendar."""
    kept = {**person_answers(), **facts}
    someone = care.person_from({key: value for key, value in kept.items() if value is not None})
    lasers = ("co2", "nafl_1550", "diode_1450", "qs_1064")
    verdicts = [
        [(each.rule, each.outcome, each.because, each.clears, each.until) for each in found]
        for found in (care.screen_person(someone, ON, one) for one in lasers)
    ]
    items = [care.make_calendar(someone, (SESSION,), one).items for one in lasers]
    clashes = care.find_clashes(care.make_calendar(someone, (SESSION,)), someone.planned)
    return verdicts, [[(item.key, item.first, item.last) for item in listed] for listed in items], clashes


OTHER: dict[str, list[Any]] = {
    "age": ["17"],
    "born": ["2010-01-01"],
    "phototype": ["VI"],
    "site": ["nose"],
    "severity": [0],
    "goals": [["no_pores"]],
    "past_sessions": [["2026-11-30"]],
    "sun_holiday": [["2027-03-02", "2027-03-09"]],
    "big_days": [["2027-03-02"]],
    "unlisted": [["Roacutan"]],
    "burns": ["rarely"],
    "tans": ["strongly"],
    "skin_colour": ["brown"],
    "test_spot_laser": ["eryag"],
}
"""Answers to questions that do not take yes or no."""
GUIDED = {"phototype": None, "burns": "easily", "tans": "little", "skin_colour": "white"}
NEEDS: dict[str, dict[str, Any]] = {"born": {"age": None}, "burns": GUIDED, "tans": GUIDED, "skin_colour": GUIDED}
"""Questions that are asked in place of another: that one has no answer then."""


def person_answers() -> dict[str, Any]:
    """The answers of the base person of the cases."""
    return dict(care.answers_of(person({}, ON)))


@each_row("key", [asked.key for asked in load_questions() if asked.kind != "clearing" and asked.key not in BY_FORECAST])
def test_each_question_moves_a_verdict_a_day_or_a_sentence(key: str) -> None:
    start = NEEDS.get(key, {})
    told = [{**start, key: value} for value in OTHER.get(key, ["yes", "no", "unknown"])]
    seen = {repr(outcomes(facts)) for facts in [start, *told]}
    assert len(seen) > 1


def test_what_care_does_not_read_is_named_with_who_does() -> None:
    """A question that nobody reads must not be asked: the list may only get shorter."""
    assert {asked.key for asked in load_questions()} >= BY_FORECAST
    texts = {asked.key: asked.why for asked in load_questions()}
    assert "photo measures" in texts["severity"]
    assert "professional reads it" in texts["goals"]


def test_each_clearing_question_is_named_by_a_rule_or_shown_with_one() -> None:
    from porelight.care.rules import load_rules

    named = {branch.cleared_by for rule in load_rules() for branch in rule.branches} | {
        rule.question for rule in load_rules()
    }
    clearing = {asked.key for asked in load_questions() if asked.kind == "clearing"}
    assert clearing - named - {"test_spot", "test_spot_laser", "spot_checked"} == set()


@pytest.fixture(scope="module")
def shown() -> str:
    """All that a sheet, the pages of every day and the lessons of a report show, for each kind of laser."""
    nobody = care.read_person("{}", "nobody")
    kinds = {kind.kind: key for key, kind in laser_kinds().items()}
    options = [
        care.ClinicChoices({"retinoid": care.Chosen(option.key, "Dr Example", "our own series")})
        for option in care.load_choices()["retinoid"].options
    ]
    said = [each.text for lessons in care_sheet.group_lessons("en").values() for each in lessons]
    people = [nobody, *(person(facts, ON) for facts in ({"beard": "yes"}, {"sun": "no", "strong_sun": "no"}))]
    for laser in kinds.values():
        for someone in people:
            for clinic in options:
                course = care.make_calendar(dataclasses.replace(someone, phototype="V"), (SESSION,), laser, clinic)
                said += [text for item in course.items for text in (item.text, item.why)]
        for day in range(LAST_GUIDE_DAY + 1):
            guide = make_day_guide(day, laser)
            said += [guide.stage.text, *(sign.text for sign in guide.signs)]
    return "\n".join(said)


def test_each_text_of_calendar_guide_and_lessons_reaches_a_page(shown: str) -> None:
    """Until 2026-12 eleven lessons reached no output."""
    keys = {row["key"] for row in (*load_items(), *load_stages(), *load_signs())}
    texts = [text for text in care.list_patient_texts() if text.page in ("calendar", "guide", "lessons")]
    assert len(texts) > len(keys)
    for text in texts:
        first = text.text.split(". ")[0].rstrip(".")
        assert first in shown, text.key

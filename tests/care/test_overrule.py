"""A clinic's settings, verdicts set aside, and what people have planned."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import pytest

from porelight import care
from porelight.care.model import Occasion
from porelight.refusal import Refusal
from tests.rows import each_row

from .helpers import person

ON = dt.date(2026, 6, 15)
SESSION = dt.date(2027, 3, 1)
DAY = dt.timedelta(days=1)


def test_settings_are_read_from_a_file() -> None:
    text = "keloid: {option: caution, by: Dr Example, reason: scar on the back only}"
    clinic = care.read_clinic(text, "clinic.yaml")
    found = care.screen_person(person({"keloid": "yes"}, ON), ON, clinic=clinic)
    assert care.gravest_outcome(found) == "adjust"


@each_row(
    ("text", "said"),
    [
        ("keloid: caution", "clinic.yaml, keloid: a choice has an option, a name"),
        ("keloid: {option: caution, by: A}", "clinic.yaml, keloid: a choice has an option, a name"),
        ("keloid: {option: ignore, by: A, reason: b}", "clinic.yaml: choice 'keloid' has no option 'ignore'"),
        ("scars: {option: caution, by: A, reason: b}", "clinic.yaml: there is no choice 'scars'"),
        ("keloid: {option: caution, by: '', reason: b}", "clinic.yaml, keloid: a choice needs an option, the name"),
    ],
)
def test_bad_settings_are_refused(text: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        care.read_clinic(text, "clinic.yaml")


def test_a_verdict_set_aside_keeps_what_it_said_by_whom_and_why() -> None:
    found = care.screen_person(person({"keloid": "yes"}, ON), ON)
    decision = care.SetAside("keloid", "Dr Example", "Scar on the back only.", ON)
    after = care.set_aside_verdicts(found, [decision])
    keloid = next(verdict for verdict in after if verdict.rule == "keloid")
    assert keloid.outcome == "adjust"
    assert keloid.set_aside == decision
    assert "Dr Example on Mon 15 June 2026: Scar on the back only." in keloid.because
    assert "The rule said refuse" in keloid.because
    assert keloid.source == found[0].source
    assert care.gravest_outcome(after) == "adjust"


def test_setting_aside_one_verdict_leaves_the_others() -> None:
    found = care.screen_person(person({"keloid": "yes", "pregnant": "yes"}, ON), ON)
    after = care.set_aside_verdicts(found, [care.SetAside("keloid", "A", "b", ON)])
    assert (after[0].rule, after[0].outcome) == ("pregnancy", "defer")
    assert len(after) == len(found)


@pytest.mark.parametrize(("rule", "by", "reason"), [("keloid", "", "b"), ("keloid", "A", " "), ("age", "A", "b")])
def test_setting_aside_needs_a_verdict_that_blocks_a_name_and_a_reason(rule: str, by: str, reason: str) -> None:
    found = care.screen_person(person({"keloid": "yes"}, ON), ON)
    with pytest.raises(Refusal):
        care.set_aside_verdicts(found, [care.SetAside(rule, by, reason, ON)])


def test_two_decisions_on_one_rule_are_refused() -> None:
    found = care.screen_person(person({"keloid": "yes"}, ON), ON)
    twice = [care.SetAside("keloid", by, "b", ON) for by in ("A", "B")]
    with pytest.raises(Refusal, match="set aside twice"):
        care.set_aside_verdicts(found, twice)


def planned(occasion: str, first: dt.date, days: int = 1) -> tuple[care.Engagement, ...]:
    return (care.Engagement("something", occasion, first, first + (days - 1) * DAY),)  # type: ignore[arg-type]


def test_a_holiday_in_the_sun_clashes_before_and_after_but_not_in_between_years() -> None:
    course = care.make_calendar(person({}, ON), (SESSION,))
    before = care.find_clashes(course, planned("sun", SESSION - 20 * DAY, 10))
    assert [(clash.item.key, clash.first, clash.last) for clash in before] == [
        ("stay_untanned", SESSION - 20 * DAY, SESSION - 11 * DAY)
    ]
    assert {clash.item.key for clash in care.find_clashes(course, planned("sun", SESSION + 6 * DAY, 5))} == {
        "no_direct_sun",
        "little_sun",
    }
    assert care.find_clashes(course, planned("sun", SESSION + 60 * DAY, 14)) == ()


def test_a_wedding_clashes_while_scabs_may_last_and_not_after_them() -> None:
    course = care.make_calendar(person({}, ON), (SESSION,))
    assert {clash.item.key for clash in care.find_clashes(course, planned("seen", SESSION + 2 * DAY))} == {
        "no_makeup",
        "no_picking",
        "normal_open",
    }
    (late,) = care.find_clashes(course, planned("seen", SESSION + 10 * DAY))
    assert late.item.key == "no_picking"
    assert care.find_clashes(course, planned("seen", SESSION + 11 * DAY)) == ()


def test_items_name_each_occasion_and_no_other() -> None:
    from porelight import cite
    from porelight.care.engagements import _items_against

    named = {occasion for row in cite.rows("care/items")["items"] for occasion in row.get("not_with", ())}
    assert named == set(get_args(Occasion))
    assert {len(_items_against(occasion)) for occasion in get_args(Occasion)} == {4, 5, 2}


def test_an_engagement_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        planned("sun", SESSION, 0)

"""No text of care fights another: day by day, for every laser, type of skin, clinic's choice and course."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import Literal

import pytest

from porelight import care, cite
from porelight.care.acts import find_contradictions, find_guide_contradictions
from porelight.care.guide import LAST_GUIDE_DAY, load_signs, load_stages, make_day_guide
from porelight.care.items import load_acts, load_items
from porelight.care.rules import laser_kinds
from porelight.skin import Phototype
from tests.rows import each_row

DAY = dt.date(2027, 3, 1)
NOBODY = care.read_person("{}", "nobody")
"""Of whom nothing is known: every item that some answer would keep stands in the calendar."""
TYPES: tuple[Phototype | None, ...] = (None, "I", "II", "III", "IV", "V", "VI")
CHOSEN = [
    care.ClinicChoices({"retinoid": care.Chosen(option.key, "Dr Example", "our own series")})
    for option in care.load_choices()["retinoid"].options
]


def item(
    key: str, first: int, last: int, phase: Literal["before", "day", "after"] = "after", session: int = 1
) -> care.CareItem:
    (found,) = [each for each in care.make_calendar(NOBODY, (DAY,), "co2").items if each.key == key]
    days = (DAY + dt.timedelta(days=first), DAY + dt.timedelta(days=last))
    return dataclasses.replace(found, first=days[0], last=days[1], phase=phase, session=session)


@each_row("laser", sorted(laser_kinds()))
def test_whoever_obeys_the_calendar_can_obey_all_of_it(laser: str) -> None:
    """From the first day of care to the review, one session and two as near as the laser allows."""
    people = [(dataclasses.replace(NOBODY, phototype=phototype), CHOSEN[0]) for phototype in TYPES]
    people += [(NOBODY, clinic) for clinic in CHOSEN[1:]]
    for (someone, clinic), two in itertools.product(people, [False, True]):
        near = DAY + dt.timedelta(days=care.days_apart(care.spacing_row(laser, someone.phototype)))
        sessions = (DAY, near) if two else (DAY,)
        course = care.make_calendar(someone, sessions, laser, clinic)
        assert find_contradictions(course.items, sessions) == ()


@each_row("laser", sorted(laser_kinds()))
def test_the_guide_and_the_calendar_say_the_same_on_every_day(laser: str) -> None:
    for phototype in ("II", "V"):
        course = care.make_calendar(dataclasses.replace(NOBODY, phototype=phototype), (DAY,), laser)
        assert find_guide_contradictions(laser_kinds()[laser].kind, course.items, DAY) == ()


def test_a_cream_that_is_forbidden_and_asked_for_on_one_day_is_found() -> None:
    """The numbing cream under "no cream" would be, were it not named as allowed."""
    clean, numbing = item("clean_face", 0, 0, "day"), item("numbing_cream", 0, 0, "day")
    plain = item("hydrate", 0, 0, "day")
    assert find_contradictions([clean, numbing], (DAY,)) == ()
    (found,) = find_contradictions([clean, plain], (DAY,))
    assert (found.act, found.one, found.other, found.first, found.last) == (
        "cream.plain",
        "hydrate",
        "clean_face",
        DAY,
        DAY,
    )


def test_before_and_after_the_laser_are_two_halves_of_its_day() -> None:
    clean, ointment = item("clean_face", 0, 0, "day"), item("ointment", 0, 6)
    assert find_contradictions([clean, ointment], (DAY,)) == ()
    assert len(find_contradictions([clean, ointment], ())) == 1


def test_only_the_days_that_both_hold_on_are_named() -> None:
    (found,) = find_contradictions([item("sunscreen_before", 2, 9), item("ointment", 0, 6)], ())
    assert (found.first, found.last) == (DAY + dt.timedelta(days=2), DAY + dt.timedelta(days=6))
    assert find_contradictions([item("sunscreen_before", 7, 9), item("ointment", 0, 6)], ()) == ()


def test_picking_that_is_allowed_while_scabs_are_normal_is_found() -> None:
    """Until 2026-12 "do not pick" ended on day 6 while scabs were normal up to day 10."""
    course = care.make_calendar(NOBODY, (DAY,), "co2")
    short = [
        dataclasses.replace(each, last=DAY + dt.timedelta(days=6)) if each.key == "no_picking" else each
        for each in course.items
    ]
    found = find_guide_contradictions("ablative", short, DAY)
    assert {(each.one, each.first, each.last) for each in found} >= {("scabs", 7, 10)}


def test_what_prepares_for_the_next_session_waits_for_the_rest_after_the_last() -> None:
    """A clinic that has retinoid used for four weeks before would ask for it while it is still forbidden."""
    clinic = next(clinic for clinic in CHOSEN if clinic.option("retinoid").key == "prime")
    sessions = (DAY, DAY + dt.timedelta(days=28))
    course = care.make_calendar(dataclasses.replace(NOBODY, phototype="II"), sessions, "co2", clinic)
    (second,) = [each for each in course.items if each.key == "retinoid_prime" and each.session == 2]
    (rest,) = [each for each in course.items if each.key == "no_actives" and each.session == 1]
    assert second.first == rest.last + dt.timedelta(days=1)


def test_every_act_and_sign_that_a_row_names_exists() -> None:
    rows = [*load_items(), *load_signs()]
    acts = {act for row in rows for name in ("forbids", "requires", "allows") for act in row.get(name, ())}
    assert {act for act in acts if act not in load_acts() and not any(f"{act}." in one for one in load_acts())} == set()
    assert {one for one in load_acts() if one not in acts and one.split(".")[0] not in acts} == set()
    signs, items = {row["key"] for row in load_signs()}, {row["key"] for row in load_items()}
    assert {sign for row in load_items() for sign in row.get("signs", ())} <= signs
    assert {sign for row in load_stages() for sign in row["shows"]} <= signs
    assert {key for row in load_signs() for key in row.get("with", ())} <= items


def test_every_item_says_what_it_asks_for_or_only_informs() -> None:
    """A new item without acts would pass the checker unread."""
    silent = {row["key"] for row in load_items() if "forbids" not in row and "requires" not in row}
    checks = {row["key"] for row in load_items() if row["phase"] == "review"}
    watched = {row["key"] for row in load_items() if "signs" in row}
    assert silent - checks - watched == {"normal_open", "normal_closed"}


@each_row("laser", sorted(laser_kinds()))
def test_too_early_and_too_late_are_two_answers(laser: str) -> None:
    """Until 2026-12 day 0 said of scabs that most had gone by now."""
    for day in range(LAST_GUIDE_DAY + 1):
        for sign in make_day_guide(day, laser).signs:
            if sign.normal and day < sign.normal[0]:
                assert "by now" not in sign.text
                assert "early" in sign.text
            assert (sign.level == "normal") == bool(sign.normal and sign.normal[0] <= day <= sign.normal[1])


def last_normal(sign: str) -> int:
    (row,) = [row for row in load_signs() if row["key"] == sign]
    return int(row["normal"][1])


@pytest.mark.parametrize(
    ("row", "sign"),
    [
        ("redness_ablative_long", "redness_open"),
        ("redness_sealed_long", "redness_closed"),
        ("crusting_long", "scabs"),
    ],
)
def test_redness_and_scabs_end_where_the_plan_says(row: str, sign: str) -> None:
    assert last_normal(sign) == cite.table("healing")[row].value


def test_the_texts_name_the_numbers_of_the_plan() -> None:
    """Redness of fractional CO2: about 3.5 days, 42 for some; scabs 4 to 10 days."""
    texts = {text.key: text.text for text in care.list_patient_texts()}
    assert "about 4 days" in texts["redness_open fine"]
    assert "up to 6 weeks" in texts["redness_open fine"]
    assert "about 4 days" in texts["day_8"]
    assert "4 to 10 days" in texts["scabs fine"]
    assert "2 to 6 days" in texts["ointment"]
    assert "6 to 9 days" in texts["ointment_full"]

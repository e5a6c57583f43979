"""What is asked next, which version asked it, and the missing answers folded into few questions."""

from __future__ import annotations

import datetime as dt

import pytest

from porelight import care
from porelight.care.questions import find_question, load_questions, questionnaire_version

from .helpers import person

ON = dt.date(2026, 6, 15)


def read(text: str) -> care.Person:
    return care.read_person(text, "p.yaml")


def keys(found: tuple[care.Question, ...]) -> list[str]:
    return [asked.key for asked in found]


def test_an_empty_file_is_asked_the_ten_first_and_no_detail_behind_a_gate() -> None:
    found = care.next_questions(read("{}"))
    assert [asked.kind for asked in found][:10] == ["minimum"] * 10
    assert not [asked.key for asked in found if asked.gate]


def test_a_yes_opens_the_details_behind_it_and_a_no_closes_them() -> None:
    opened = keys(care.next_questions(read("sun: yes\nhealth: no\nmedicines: no")))
    assert {"tan_now", "strong_sun", "sunburn", "self_tanner"} <= set(opened)
    assert not {"keloid", "isotretinoin"} & set(opened)
    assert "sun" not in opened


def test_the_second_question_on_worry_is_put_only_after_a_yes_to_the_first() -> None:
    assert "worry_life" in keys(care.next_questions(read("worry: yes")))
    assert "worry_life" not in keys(care.next_questions(read("worry: no")))
    assert "worry_life" not in keys(care.next_questions(read("{}")))


def test_guided_questions_are_put_while_the_type_of_skin_is_not_known() -> None:
    assert {"burns", "tans", "skin_colour"} <= set(keys(care.next_questions(read("{}"))))
    assert not {"burns", "tans", "skin_colour"} & set(keys(care.next_questions(read("phototype: II"))))
    half = keys(care.next_questions(read("burns: easily")))
    assert "burns" not in half
    assert {"tans", "phototype"} <= set(half)
    assert "phototype" not in keys(care.next_questions(read("burns: easily\ntans: little")))


def test_what_was_answered_even_with_unknown_is_not_put_again() -> None:
    told = read("bothered: unknown\ngoals: [smoother_skin]\nborn: 1994-03-02\nbig_days: [2026-09-01]\nseverity: 2")
    assert not {"bothered", "goals", "age", "born", "big_days", "severity"} & set(keys(care.next_questions(told)))


def test_answering_everything_that_is_put_ends_the_intake() -> None:
    sample = {"age": "32", "phototype": "II", "date": "1994-03-02", "dates": "[2026-01-02]", "grade": "2"}
    sample |= {"span": "[2026-07-01, 2026-07-14]", "site": "nose"}
    told: dict[str, str] = {}
    for _ in range(100):
        left = care.next_questions(read("\n".join(f"{key}: {said}" for key, said in told.items()) or "{}"))
        if not left:
            break
        first = left[0]
        told[first.key] = sample.get(first.type, first.options[0].key if first.options else "yes")
    assert not left
    assert {"keloid", "isotretinoin", "worry_life", "tan_now", "goals"} <= set(told)


def test_an_earlier_version_asked_fewer_questions_and_its_files_are_still_read() -> None:
    first, latest = load_questions(of_version=1), load_questions(of_version=questionnaire_version())
    assert {asked.key for asked in latest} - {asked.key for asked in first} >= {
        "burns",
        "tans",
        "skin_colour",
        "goals",
        "rosacea",
    }
    assert latest == load_questions()
    old = read("questionnaire: 1\nage: 32\nphototype: III")
    assert old.phototype == "III"
    assert "goals" not in keys(care.next_questions(old, of_version=1))


def test_no_question_is_newer_than_the_questionnaire_and_each_version_added_some() -> None:
    assert {asked.since for asked in load_questions()} == set(range(1, questionnaire_version() + 1))


def test_a_question_that_stands_in_for_another_or_hangs_on_a_gate_names_one_that_exists() -> None:
    for asked in load_questions():
        assert asked.gate is None or find_question(asked.gate).kind == "minimum"
        assert asked.instead_of is None or find_question(asked.instead_of).kind == "minimum"
        assert bool(asked.options) == (asked.type in ("choice", "choices"))


def test_a_nearly_empty_file_is_asked_few_questions_and_no_rule_is_lost() -> None:
    """29 rules ask of a person of whom only the age is known; the ten of the intake settle them all."""
    nobody = read("age: 32")
    verdicts = care.screen_person(nobody, ON)
    asking = [verdict for verdict in verdicts if verdict.outcome == "ask" and verdict.asks]
    found = care.open_questions(verdicts, nobody)
    assert len(asking) > 20
    assert [each.question.kind for each in found] == ["minimum"] * len(found)
    assert len(found) <= 9
    assert {verdict.rule for each in found for verdict in each.verdicts} == {verdict.rule for verdict in asking}
    health = next(each for each in found if each.question.key == "health")
    assert len(health.details) > 8
    assert "keloid" in keys(health.details)


def test_once_a_gate_is_answered_with_yes_its_details_are_put_one_by_one() -> None:
    someone = person({"sun": "yes"}, ON)
    found = care.open_questions(care.screen_person(someone, ON), someone)
    assert [each.question.key for each in found] == ["tan_now", "strong_sun", "sunburn", "self_tanner"]
    assert all(each.details == () for each in found)
    folded = care.open_questions(care.screen_person(someone, ON))
    assert [each.question.key for each in folded] == ["sun"]


def test_a_verdict_that_asks_a_doctor_is_no_open_question() -> None:
    someone = person({"changing_spot": "yes", "phototype": "V"}, ON)
    verdicts = care.screen_person(someone, ON)
    assert care.gravest_outcome(verdicts) == "ask"
    assert care.open_questions(verdicts, someone) == ()


@pytest.mark.parametrize("fact", ["goals: []", "goals: smaller_pores", "goals: [smaller_pores, smaller_pores]"])
def test_goals_are_a_list_or_a_word_each_once(fact: str) -> None:
    assert read(fact).goals == (() if "[]" in fact else ("smaller_pores",))

"""The pages a clinician reviews are current, and patients can read what is written for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from porelight import care, cite
from porelight.care.rules import load_rules
from tests.rows import each_row

from .readability import grade, syllables
from .write_pages import DOCS, PAGES, program_texts, rules_page

if TYPE_CHECKING:
    from collections.abc import Iterator

GRADE = 7.0
"""Flesch-Kincaid grade of a reader of about 12."""


@pytest.mark.parametrize("name", PAGES)
def test_the_committed_page_is_current(name: str) -> None:
    """Write it anew with ``python -m tests.care.write_pages``."""
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name]()


def test_every_rule_stands_in_the_table_with_cases() -> None:
    table = rules_page()
    for rule in load_rules():
        (line, *_) = [line for line in table.splitlines() if f"| `{rule.key}` " in line and str(rule.effective) in line]
        assert int(line.split("|")[-2]) >= 2


@each_row("text", tuple(care.list_patient_texts()), ids=lambda text: f"{text.page} {text.key}")
def test_a_patient_of_twelve_can_read_it(text: care.PatientText) -> None:
    assert grade(text.text) <= GRADE, text.text
    assert text.source in cite.sources() or text.source == "house"


@each_row("text", [text for text in program_texts() if len(text.split()) > 3])
def test_a_patient_of_twelve_can_read_what_the_program_says(text: str) -> None:
    assert grade(text) <= GRADE


@each_row("text", tuple(care.list_patient_texts()), ids=lambda text: f"{text.page} {text.key}")
def test_no_text_promises_or_shouts(text: care.PatientText) -> None:
    words = text.text.lower()
    for promise in ("guarantee", "perfect", "flawless", "painless", "risk-free", "cure", "will disappear"):
        assert promise not in words
    assert "!" not in words


def test_syllables_are_counted_as_a_dictionary_does() -> None:
    counted = {"skin": 1, "make": 1, "scabs": 1, "stopped": 1, "laser": 2, "water": 2, "treated": 2, "needed": 2}
    counted |= {"closes": 2, "little": 2, "doctor": 2, "infection": 3, "radiation": 4, "antibiotic": 5}
    assert {word: syllables(word) for word in counted} == counted


def test_the_grade_is_that_of_the_formula() -> None:
    """Six words of one syllable each in one sentence: 0.39 * 6 + 11.8 - 15.59."""
    assert grade("The cat sat on the mat.") == pytest.approx(-1.45)
    assert grade("Postoperative complications necessitate immediate reevaluation.") > 20


TABLES = ["care/questions", "care/items", "care/guide", "care/learn"]
TABLES += ["rules/candidacy", "rules/choices"]


def keys_of(thing: Any) -> Iterator[Any]:
    """Every key of every mapping within."""
    if isinstance(thing, dict):
        yield from thing
        thing = list(thing.values())
    if isinstance(thing, list):
        for part in thing:
            yield from keys_of(part)


@each_row("name", TABLES)
def test_no_key_of_a_table_is_read_as_true_or_false(name: str) -> None:
    """YAML reads a bare yes, no or on as a truth value: a key of that name would silently be lost."""
    assert all(isinstance(key, str) for key in keys_of(cite.rows(name)))

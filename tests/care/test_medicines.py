"""Medicines by name: proposed, also where misspelt, and never answered in silence."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from porelight import care
from porelight.care.medicines import MEDICINE_NAME_LENGTH, PROPOSED_NAMES
from porelight.care.questions import load_questions
from porelight.cli import app
from porelight.refusal import Refusal
from tests.rows import each_row

WRITTEN = {
    "Roaccutane 20 mg": "isotretinoin",
    "Roacutan": "isotretinoin",
    "Acutane": "isotretinoin",
    "AKNENORMIN 10mg Kapseln": "isotretinoin",
    "Isotretinoine": "isotretinoin",
    "Neotigson": "acitretin",
    "Markumar 1-0-0": "blood_thinner",
    "Xaralto": "blood_thinner",
    "Elliquis": "blood_thinner",
    "Asprin": "blood_thinner",
    "ASS 100": "blood_thinner",
    "Acetylsalicylsaure": "blood_thinner",
    "Doxicyclin": "photosensitiser",
    "doxycyclin 100mg Tabletten": "photosensitiser",
    "Johaniskraut": "light_medicine",
    "Hydrochlorothiazid": "light_medicine",
    "hydrochlorthiazide": "light_medicine",
    "Amiodaron": "light_medicine",
    "Differine": "retinoid",
    "Retin A": "retinoid",
    "Vitamin-A-Säure": "retinoid",
    "azelaic acid gel": "retinoid",
    "Hydrochinon Creme": "hydroquinone",
    "Metotrexat": "immune",
    "Eliquis und Metoprolol": "blood_thinner",
}


@each_row("written, group", list(WRITTEN.items()))
def test_a_name_finds_its_group_in_both_languages_and_misspelt(written: str, group: str) -> None:
    assert care.find_medicines(written)[0].medicine.group == group


@each_row("name", [medicine.name for medicine in care.load_medicines()])
def test_every_name_of_the_table_finds_itself_exactly(name: str) -> None:
    assert any(match.exact and match.medicine.name == name for match in care.find_medicines(name))


@each_row("written", ["Foobar", "vitamin D", "Pantoprazol", "Ramipril", "Cetirizin", "HST", "As", "Simvastatin", "???"])
def test_what_is_not_known_gives_no_proposal(written: str) -> None:
    assert care.find_medicines(written) == ()


def test_two_medicines_that_look_alike_are_both_shown() -> None:
    """Ciscutan is isotretinoin, Acicutan is acitretin; they share seven letters of eight."""
    assert {match.medicine.group for match in care.find_medicines("Cisicutan")} == {"isotretinoin", "acitretin"}


def test_a_likeness_is_never_called_exact() -> None:
    assert not any(match.exact for match in care.find_medicines("Xaralto"))
    assert len(care.find_medicines("retin")) <= PROPOSED_NAMES


@each_row("written", ["", "  ", None, 7, "x" * (MEDICINE_NAME_LENGTH + 1)])
def test_what_is_no_name_is_refused(written: object) -> None:
    with pytest.raises(Refusal, match="medicine"):
        care.find_medicines(written)  # type: ignore[arg-type]


def test_every_group_is_a_question() -> None:
    """Questions that come with a later edition of the intake may be named before it."""
    asked = {question.key for question in load_questions()}
    assert {medicine.group for medicine in care.load_medicines()} - asked - {"", "acitretin", "light_medicine"} == set()


def test_names_that_were_not_read_say_so() -> None:
    for medicine in care.load_medicines():
        assert (medicine.source.key == "own_knowledge") == (medicine.confidence == "recalled")


def test_the_command_proposes_and_asks() -> None:
    shown = CliRunner().invoke(app, ["medicine", "Roacutan 20 mg", "Foobar"]).output
    assert "Is this the one?" in shown
    assert "Foobar: not known" in shown
    found = json.loads(CliRunner().invoke(app, ["medicine", "Xarelto", "--json"]).output)
    (match,) = found["names"][0]["matches"]
    assert (match["question"], match["exact"]) == ("blood_thinner", True)

"""Pages in another language: every word comes through the catalogue, and no number, date or code changes with it."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

import pytest

from porelight.care import language
from porelight.export import as_json
from porelight.photo.compare.aligned import align_pictures
from porelight.report import change_page, first_screen, lines, plan_page, simulation_page, words
from porelight.wording import phrase
from tests.report import a_change, a_plan, spoken

if TYPE_CHECKING:
    from collections.abc import Callable

    from porelight.planning.model import Plan

PLANS: dict[str, Callable[[], Plan]] = {
    "ready": a_plan.ready,
    "blocked": lambda: a_plan.blocked(active_acne="yes"),
    "refused": lambda: a_plan.blocked(bothered="no"),
    "asks": a_plan.unanswered,
    "uncalibrated": a_plan.uncalibrated,
}


MARKED = "zz"
"""A language of its own: what is kept by language for others stays as it is."""


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text of the catalogue stands between two marks."""
    monkeypatch.setattr(language, "_load_catalogue", lambda name: spoken.Catalogue())


def leaks(page: str) -> list[str]:
    return [f"{left} | {text[:90]}" for text in spoken.texts(page) if (left := spoken.unmarked(text))]


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("name", PLANS)
def test_every_word_of_a_report_comes_from_the_catalogue(name: str) -> None:
    page = plan_page.render_plan(PLANS[name](), a_plan.pixels(), MARKED)
    assert len(spoken.texts(page)) > 100
    assert leaks(page) == []


@pytest.mark.usefixtures("marked")
def test_every_word_of_a_comparison_and_of_a_simulation_comes_from_the_catalogue() -> None:
    change = dataclasses.replace(a_change.smaller(), remarks=())
    pictures = align_pictures(*a_change.photos(), change.registration)
    assert leaks(change_page.render_change(change, pictures, MARKED)) == []
    simulation = a_plan.ready().candidates[0].simulation
    assert leaks(simulation_page.render_simulation(simulation, (), None, MARKED)) == []


ENGLISH = re.compile(
    r"\b(the|and|of|with|this|that|not|skin|after|before|about|your|you|is|are|because)\b", re.IGNORECASE
)


@pytest.mark.parametrize("name", ["ready", "asks"])
def test_a_german_report_has_no_english_sentence(name: str) -> None:
    page = plan_page.render_plan(PLANS[name](), a_plan.pixels(), "de")
    assert '<html lang="de">' in page
    assert [text for text in spoken.texts(page) if len(set(ENGLISH.findall(text))) > 1] == []
    assert "Ihr Plan für vergrößerte Poren" in page


def test_the_language_changes_words_and_nothing_else() -> None:
    plan = a_plan.ready()
    before = as_json.plan_json(plan)
    german = plan_page.localize_plan(plan, "de")
    assert as_json.plan_json(plan) == before
    assert [each.rule for each in german.verdicts] == [each.rule for each in plan.verdicts]
    assert [each.outcome for each in german.verdicts] == [each.outcome for each in plan.verdicts]
    when = [(each.key, each.first, each.last) for each in plan.calendar.items]
    assert [(each.key, each.first, each.last) for each in german.calendar.items] == when
    assert german.verdicts[0].because != plan.verdicts[0].because


def test_numbers_and_dates_are_written_as_the_language_does() -> None:
    answer = first_screen.write_answer(plan_page.localize_plan(a_plan.ready(), "de"), "de")
    assert answer.following.said == "Sitzung 1 am Mo 30. März 2026"
    assert words.format_number(4.1, language="de") == "4,1"
    assert phrase("{length:.1f} mm", "de", length=0.9) == "0,9 mm"
    sized = spoken.texts(plan_page.render_plan(a_plan.ready(), a_plan.pixels(), "de"))
    assert [text for text in sized if re.search(r"\d\.\d+ (mm|µm|mJ|J|%)", text)] == []


def test_the_terminal_stays_english() -> None:
    assert lines.of_plan(a_plan.ready())[0].startswith("Pores:")


def test_what_a_professional_set_aside_stays_so_in_every_language() -> None:
    from porelight import care

    plan = a_plan.blocked(active_acne="yes")
    decision = care.SetAside("active_acne", "Dr. Muster", "Looked at it.", plan.on)
    lifted = care.set_aside_verdicts(plan.verdicts, (decision,))
    german = plan_page.localize_plan(dataclasses.replace(plan, verdicts=lifted), "de")
    found = next(each for each in german.verdicts if each.rule == "active_acne")
    assert found.outcome == "adjust"
    assert found.set_aside == decision

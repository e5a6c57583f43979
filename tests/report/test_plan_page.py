"""report.page: one page that says what was measured, what is possible, what to expect, and what it rests on."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import hashlib
import io
import itertools
import re
from collections import Counter
from html import unescape
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from porelight import cite, planning
from porelight.care.model import Engagement
from porelight.export import as_json, plan_model
from porelight.photo.census import Finding, Gate
from porelight.photo.quality import advice_on
from porelight.report import figures, first_screen, plan_page
from tests.report import a_plan

if TYPE_CHECKING:
    from porelight.planning.model import Plan

_held: dict[int, str] = {}


def render(plan: Plan) -> str:
    """The page of a plan that lives as long as the tests; a plan holds dictionaries, so it has no hash."""
    if id(plan) not in _held:
        _held[id(plan)] = plan_page.render_plan(plan, a_plan.pixels())
    return _held[id(plan)]


def ready() -> str:
    return render(a_plan.ready())


def text(html: str) -> str:
    body = re.sub(r"<(script|style)>.*?</\1>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ")


def test_the_page_asks_nothing_of_the_network() -> None:
    for found in re.findall(r'(?:src|href|action|poster)="([^"]*)"', ready()):
        assert found.startswith(("data:", "#")), found
    assert not re.search(r"url\(\s*['\"]?(?!#|data:)|@import", ready())
    assert "default-src 'none'" in ready()


def test_the_page_allows_its_own_script_and_no_other() -> None:
    script = re.search(r"<script>(.*?)</script>", ready(), re.DOTALL)
    assert script
    digest = base64.b64encode(hashlib.sha256(script.group(1).encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in ready()


def test_ids_are_unique_and_every_link_has_its_place() -> None:
    ids = Counter(re.findall(r'\bid="([^"]+)"', ready()))
    assert [name for name, times in ids.items() if times > 1] == []
    targets = set(re.findall(r'href="#([^"]+)"', ready())) | set(re.findall(r'aria-labelledby="([^"]+)"', ready()))
    targets |= set(re.findall(r"url\(#([^)]+)\)", ready()))
    assert targets - set(ids) == set()


def test_headings_step_down_one_level_at_a_time() -> None:
    levels = [int(level) for level in re.findall(r"<h(\d)", ready())]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_figure_says_what_it_shows() -> None:
    drawn = re.findall(r"<svg ([^>]*)>", ready())
    told = [attributes for attributes in drawn if 'role="img"' in attributes]
    assert len(told) >= 10
    assert all(re.search(r'aria-label="[^"]{30,}"', attributes) for attributes in told)
    assert all("aria-hidden" in attributes for attributes in drawn if 'role="img"' not in attributes)


def test_no_figure_has_a_style_attribute() -> None:
    """A strict content policy ignores them, and the figure turns into a black square."""
    drawn = re.findall(r"<svg.*?</svg>", ready(), re.DOTALL)
    assert len(drawn) > 20
    assert [each[:80] for each in drawn if "style=" in each] == []


def test_the_first_screen_answers_the_four_questions() -> None:
    plan = a_plan.ready()
    said = first_screen.write_answer(plan)
    assert said.measured.said == f"{plan.census.enlarged_count} of 240 pores are enlarged"
    assert said.possible.said.startswith("Yes, if the practitioner agrees")
    assert said.expect.said.startswith("Down about")
    assert said.following.said == "Session 1 on Mon 30 March 2026"
    assert text(ready()).index(said.following.said) < text(ready()).index("The photo and its pores")


def test_sections_stand_in_the_order_of_the_look() -> None:
    order = re.findall(r'<h2 id="h-(\w+)"', ready())
    assert order == ["photo", "why", "can", "skin", "expect", "settings", "calendar", "about", "basis", "sign"]


def test_nothing_is_recommended_or_promised() -> None:
    said = text(ready().partition('id="h-basis"')[0]).lower()  # titles of sources may say what they like
    assert "recommend" not in said
    assert "guarantee" not in said
    assert "it cannot remove pores" in said
    assert "mostly in your genes" in said


def test_dates_of_every_session_are_shown() -> None:
    for date in ("Mon 30 March 2026", "Mon 27 April 2026", "Mon 25 May 2026"):
        assert date in text(ready())


BLOCKED = [
    ({"age": 19}, "Not yet", "Age"),
    ({"active_acne": "yes"}, "Not yet", "Active acne"),
]


@pytest.mark.parametrize(("changes", "said", "rule"), BLOCKED)
def test_a_blocked_plan_says_why_what_clears_it_and_no_date(changes: dict[str, object], said: str, rule: str) -> None:
    plan = a_plan.blocked(**changes)
    shown = text(render(plan))
    blocking = next(verdict for verdict in plan.verdicts if verdict.blocks)
    assert blocking.title == rule
    assert first_screen.write_answer(plan).possible.said == said
    assert said in shown
    assert blocking.because in shown
    assert blocking.clears in shown
    assert f"#source-{blocking.source.key}" in render(plan)
    assert "There are no dates yet" in shown
    assert "Session 1:" not in shown
    assert "no invitation to start" in shown


def test_unknown_answers_are_questions_not_noes() -> None:
    plan = a_plan.unanswered()
    shown = text(render(plan))
    assert first_screen.write_answer(plan).possible.said == "Not known yet"
    assert re.match(r"Answer \d+ questions", first_screen.write_answer(plan).following.said)
    assert "Questions still open" in shown
    assert "Are you pregnant, or could you be?" in shown


def refused() -> Plan:
    plan = a_plan.blocked(active_acne="yes")
    first = dataclasses.replace(plan.verdicts[0], outcome="refuse")
    return dataclasses.replace(plan, verdicts=(first, *plan.verdicts[1:]), candidates=())


def test_a_refusal_shows_neither_forecast_nor_settings() -> None:
    shown = text(plan_page.render_plan(refused(), a_plan.pixels()))
    assert "Not with this laser" in shown
    assert "No forecast is shown" in shown
    assert "No setting is shown" in shown
    assert "Your skin check" in shown
    assert "Settings side by side" not in shown


def test_without_a_scale_lengths_are_px_and_the_page_says_so() -> None:
    plan = a_plan.uncalibrated()
    shown = text(render(plan))
    assert "uncalibrated" in shown
    assert first_screen.write_answer(plan).measured.said == "240 pores"
    assert re.search(r"Typical pore \(median\) [\d.]+ px", shown)
    assert "Diameter of a pore (px)" in shown


def test_what_a_rule_says_cannot_become_markup() -> None:
    plan = a_plan.ready()
    evil = dataclasses.replace(plan.verdicts[0], title="<script>x</script>", because='"><img src=x onerror=y>')
    html = plan_page.render_plan(dataclasses.replace(plan, verdicts=(evil, *plan.verdicts[1:])), a_plan.pixels())
    assert "<script>x" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;x" in html


def test_every_number_stands_on_the_page_weakest_first_with_its_source() -> None:
    plan = a_plan.ready()
    basis = plan_page.plan_basis(plan)
    ranks = [cite.CONFIDENCES.index(row.confidence) for row in basis.rows]
    assert ranks == sorted(ranks, reverse=True)
    assert len(basis.rows) == len(cite.used(plan))
    for source in plan_model.plan_sources(plan):
        assert f'id="source-{source.key}"' in ready()
    assert "recalled from memory, to be verified" in text(ready())
    assert basis.hash == as_json.plan_numbers(plan)["hash"]
    assert basis.hash in ready()
    assert f"seed {plan.seed}" in text(ready())


def test_the_same_plan_gives_the_same_page() -> None:
    assert plan_page.render_plan(a_plan.ready(), a_plan.pixels()) == ready()


def test_remarks_are_told_once_with_the_settings_they_are_about() -> None:
    compared = plan_page.compare_candidates(a_plan.ready().candidates)
    assert compared
    remarks = [remark for _, remark in compared.remarks]
    assert len(remarks) == len(set(remarks))
    assert compared.letters == ("A", "B", "C", "D", "E", "F")
    assert dict(compared.setting)["Energy of a pulse"] == ("5 mJ", "5 mJ", "10 mJ", "10 mJ", "20 mJ", "20 mJ")


def photo_of(pixels: np.ndarray) -> Image.Image:
    uri = figures.embed_photo(pixels).uri
    return Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))


def test_the_photo_carries_no_metadata() -> None:
    image = photo_of(a_plan.pixels())
    assert (image.width, image.height) == (a_plan.WIDTH, a_plan.HEIGHT)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.slow
def test_a_large_photo_still_gives_a_page_below_3_mb() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (3000, 4000, 3), dtype=np.uint8)  # the worst that JPEG can meet
    assert len(plan_page.render_plan(a_plan.ready(), noise)) < 3e6


def test_a_plan_without_pores_still_has_a_page() -> None:
    plan = dataclasses.replace(a_plan.ready(), census=a_plan.census(0))
    assert "No pore was found" in text(plan_page.render_plan(plan, a_plan.pixels()))


def test_plans_that_clash_stand_once_each_with_what_they_do_not_go_with() -> None:
    # Seen as one line for every item of care, which did not say what the plan was.
    days = (Engagement("a day to look well", "seen", dt.date(2026, 4, 1), dt.date(2026, 4, 1)),)
    person = dataclasses.replace(a_plan.person(), planned=days)
    plan = planning.make_plan(a_plan.census(), person, on=dt.date(2026, 3, 2))
    assert len(plan.clashes) > 1
    shown = text(plan_page.render_plan(plan, a_plan.pixels()))
    assert shown.count("This does not go with") == 1
    assert "a day to look well" in shown


def no_pore() -> Plan:
    return planning.make_plan(a_plan.census(0), a_plan.person(), on=a_plan.ON)


def test_a_photo_without_a_pore_gets_neither_forecast_nor_settings_nor_dates() -> None:
    said, shown = first_screen.write_answer(no_pore()), text(plan_page.render_plan(no_pore(), a_plan.pixels()))
    assert said.possible.said == "Not from this photo"
    assert said.expect.said == "No forecast"
    assert said.following.said == "Take another photo"
    assert "No pore was found in this photo" in shown
    assert "Down about" not in shown
    assert "Settings side by side" not in shown
    assert "There are no dates yet" in shown


def test_the_page_says_when_the_number_is_of_a_typical_face_or_the_laser_borrowed() -> None:
    # Wherever the number of enlarged pores is said, so is whose it is.
    assert "Their number is that of a typical face, not of this photo" in text(render(a_plan.uncalibrated()))
    assert "Their number is that of a typical face" not in text(ready())
    borrowed = dataclasses.replace(a_plan.ready(), laser="eryag")
    assert "never as better than CO2" in first_screen.write_answer(borrowed).expect.detail
    assert "never as better" not in first_screen.write_answer(a_plan.ready()).expect.detail


def test_tissue_that_boils_is_said_to_and_its_cut_off_is_no_temperature() -> None:
    facts = dict(plan_page.effect_facts(a_plan.ready().candidates[0].simulation))
    assert facts["Hottest tissue"] == "Boils"
    assert facts["Longest above 60 °C"].endswith(" ms")
    assert "350 °C" not in unescape(text(ready()))
    assert "gets hotter still: there tissue dries and is carried off" in unescape(text(ready()))

    simulation = a_plan.ready().candidates[len(a_plan.ready().candidates) // 2].simulation
    cooler = dataclasses.replace(simulation.warming, peak=np.minimum(simulation.warming.peak, 560.0))  # 287 C
    cool = dataclasses.replace(a_plan.ready().candidates[0], simulation=dataclasses.replace(simulation, warming=cooler))
    shown = text(plan_page.render_plan(dataclasses.replace(a_plan.ready(), candidates=(cool,)), a_plan.pixels()))
    assert "hotter still" not in shown


def test_while_something_blocks_lesser_points_wait_behind_it() -> None:
    html = render(a_plan.blocked(active_acne="yes"))
    assert "to mind once it is possible" in text(html)
    assert html.index("Active acne") < html.index("to mind once it is possible")


def test_a_photo_that_its_gate_refuses_boasts_no_numbers() -> None:
    ready = a_plan.ready()
    gate = Gate("refuse", (Finding("blurred", "refuse", advice_on("blurred")),))
    plan = dataclasses.replace(ready, census=dataclasses.replace(ready.census, gate=gate))
    measured = first_screen.write_answer(plan).measured
    assert str(plan.census.pore_count) not in measured.said + measured.detail
    assert "may be far off" in measured.detail

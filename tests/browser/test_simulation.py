"""The page of a simulation in a browser: wide and narrow, its film by keyboard, still where motion is unwanted."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import pytest

from porelight import draw
from porelight.report import simulation_page
from porelight.simulation.dials import Scenario
from porelight.simulation.scenario import run_scenario
from tests.browser.test_report import AXE, DESK, PHONE, open_everything, opened, press_until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = run_scenario(Scenario(energy_mj=5.0, stack=2), lambda name: name, film=5)
    path = tmp_path_factory.mktemp("simulation") / "simulation.html"
    path.write_text(simulation_page.render_simulation(found, draw.pulse_stills(found)), encoding="utf-8")
    return path


def seen(page: Page) -> tuple[int, str]:
    """Which still is to be seen, and what is said of it."""
    stills = page.locator(".stills img")
    showing = [k for k in range(stills.count()) if stills.nth(k).is_visible()]
    assert len(showing) == 1
    return showing[0], page.locator(".film output").inner_text()


def test_the_page_is_quiet_and_asks_for_nothing(browser: Browser, made: Path) -> None:
    said: list[str] = []
    asked: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(made.as_uri())
    open_everything(page)
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [made.as_uri()]


@pytest.mark.parametrize("width", [320, 360, 768, 1200])
def test_the_page_never_scrolls_sideways(browser: Browser, made: Path, width: int) -> None:
    with opened(browser, made, (width, 740)) as page:
        open_everything(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_film_is_moved_by_arrow_keys_and_says_where_it_is(browser: Browser, made: Path) -> None:
    with opened(browser, made) as page:
        first, said = seen(page)
        press_until(page, "moment")
        page.keyboard.press("ArrowRight")
        assert seen(page)[0] == first + 1
        assert seen(page)[1] != said
        assert page.locator("#moment").get_attribute("aria-valuetext") == seen(page)[1]
        page.keyboard.press("Home")
        assert seen(page)[0] == 0
        assert "light on" in seen(page)[1]
        page.keyboard.press("End")
        assert "light off" in seen(page)[1]


def test_the_film_plays_when_asked_and_stops_at_its_end(browser: Browser, made: Path) -> None:
    with opened(browser, made) as page:
        page.locator("#moment").focus()
        page.keyboard.press("End")
        last = seen(page)[0]
        page.keyboard.press("ArrowLeft")
        page.locator(".play").click()
        assert page.locator(".play").get_attribute("aria-pressed") == "true"
        page.locator(".play[aria-pressed=false]").wait_for()
        assert seen(page)[0] == last


def test_nothing_moves_where_motion_is_unwanted_and_the_slider_stays(browser: Browser, made: Path) -> None:
    with opened(browser, made, reduced_motion="reduce") as page:
        assert not page.locator(".play").is_visible()
        assert page.locator("#moment").is_visible()


def test_without_script_one_still_is_shown_and_no_dead_control(browser: Browser, made: Path) -> None:
    with opened(browser, made, java_script_enabled=False) as page:
        assert not page.locator("#moment").is_visible()
        assert page.locator(".stills img:visible").count() == 1
        assert "film.gif" in page.locator(".film figcaption").inner_text()


def test_what_is_pressed_is_large_enough_for_a_thumb(browser: Browser, made: Path) -> None:
    with opened(browser, made, PHONE) as page:
        for name in (".play", "#moment", "summary >> nth=0"):
            box = page.locator(name).bounding_box()
            assert box
            assert box["height"] >= 44


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_object_to(browser: Browser, made: Path, scheme: str) -> None:
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    with opened(browser, made, PHONE if scheme == "dark" else DESK, color_scheme=scheme) as page:
        open_everything(page)
        page.evaluate(axe)
        found = page.evaluate("(only) => axe.run(document, { runOnly: only, resultTypes: ['violations'] })", AXE)
    assert [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found["violations"]] == []
    assert len(found["passes"]) > 20

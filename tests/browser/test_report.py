"""The report in a browser: quiet, wide and narrow, by keyboard, for a screen reader, in the dark, on paper."""

from __future__ import annotations

import contextlib
import re
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PHONE, DESK = (360, 740), (1200, 900)
EVERY = ("ready", "blocked", "asks", "uncalibrated")


@contextlib.contextmanager
def opened(browser: Browser, path: Path, size: tuple[int, int] = DESK, **how: Any) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **how)
    page = context.new_page()
    page.goto(path.as_uri())
    yield page
    context.close()


def open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


@pytest.mark.parametrize("name", EVERY)
def test_the_page_is_quiet_and_asks_for_nothing(browser: Browser, reports: dict[str, Path], name: str) -> None:
    said: list[str] = []
    asked: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(reports[name].as_uri())
    open_everything(page)
    page.wait_for_load_state("networkidle")
    context.close()
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [reports[name].as_uri()]


@pytest.mark.parametrize("width", [320, 360, 768, 1200])
@pytest.mark.parametrize("name", EVERY)
def test_the_page_never_scrolls_sideways(browser: Browser, reports: dict[str, Path], name: str, width: int) -> None:
    with opened(browser, reports[name], (width, 740)) as page:
        open_everything(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_the_first_screen_holds_the_answer(browser: Browser, reports: dict[str, Path], size: tuple[int, int]) -> None:
    with opened(browser, reports["ready"], size) as page:
        box = page.locator(".answer").bounding_box()
        assert box
        assert box["y"] + box["height"] <= size[1] * 1.1  # at most the padding of the last line is below the fold


def press_until(page: Page, identity: str, most: int = 20) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == identity:
            return
    raise AssertionError(f"{identity} was not reached by {most} presses of Tab")


def test_the_rings_are_switched_by_keyboard(browser: Browser, reports: dict[str, Path]) -> None:
    with opened(browser, reports["ready"]) as page:
        assert page.locator(".rings").is_visible()
        press_until(page, "show-rings")
        page.keyboard.press("Space")
        assert not page.locator(".rings").is_visible()
        page.keyboard.press("Space")
        assert page.locator(".rings").is_visible()


def test_the_photo_is_enlarged_by_keyboard_and_keeps_its_middle(browser: Browser, reports: dict[str, Path]) -> None:
    with opened(browser, reports["ready"]) as page:
        before = page.locator(".viewer .sheet").bounding_box()
        press_until(page, "zoom-1")
        page.keyboard.press("ArrowRight")
        after = page.locator(".viewer .sheet").bounding_box()
        assert before
        assert after
        assert after["width"] == pytest.approx(2 * before["width"], rel=0.02)
        middle = page.evaluate(
            "(() => { const pane = document.querySelector('.window');"
            "return (pane.scrollLeft + pane.clientWidth / 2) / pane.scrollWidth; })()"
        )
        assert middle == pytest.approx(0.5, abs=0.02)


def test_the_switch_works_without_script(browser: Browser, reports: dict[str, Path]) -> None:
    with opened(browser, reports["ready"], java_script_enabled=False) as page:
        page.locator("#show-rings").click()
        assert not page.locator(".rings").is_visible()
        page.locator("#zoom-4").click()
        assert page.locator("details").first.is_visible()


def test_focus_is_seen(browser: Browser, reports: dict[str, Path]) -> None:
    with opened(browser, reports["ready"]) as page:
        press_until(page, "show-rings")
        width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert width >= 2


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_what_is_pressed_is_large_enough_for_a_thumb(
    browser: Browser, reports: dict[str, Path], size: tuple[int, int]
) -> None:
    with opened(browser, reports["ready"], size) as page:
        open_everything(page)
        for target in page.locator("summary, label.control").all():
            box = target.bounding_box()
            assert box
            assert box["height"] >= 44, target.inner_text()
            assert box["width"] >= 44, target.inner_text()


def test_a_source_is_one_click_away(browser: Browser, reports: dict[str, Path]) -> None:
    with opened(browser, reports["ready"]) as page:
        link = page.locator('.card.adjust a[href^="#source-"]').first
        target = (link.get_attribute("href") or "")[1:]
        assert not page.locator(f"[id='{target}']").is_visible()
        link.click()
        assert page.locator(f"[id='{target}']").is_visible()


AXE = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", EVERY)
def test_axe_finds_nothing_to_object_to(browser: Browser, reports: dict[str, Path], name: str, scheme: str) -> None:
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    with opened(browser, reports[name], PHONE if scheme == "dark" else DESK, color_scheme=scheme) as page:
        open_everything(page)
        page.evaluate(axe)
        # Selectors of what passes are most of axe's time, and nobody reads them.
        found = page.evaluate("(only) => axe.run(document, { runOnly: only, resultTypes: ['violations'] })", AXE)
    broken = [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found["violations"]]
    assert broken == []
    assert len(found["passes"]) > 20


def test_the_dark_page_is_dark_and_its_figures_follow(browser: Browser, reports: dict[str, Path]) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        with opened(browser, reports["ready"], color_scheme=scheme) as page:
            ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            text = page.evaluate("getComputedStyle(document.querySelector('svg.figure text')).fill")
            shades[scheme] = [sum(int(part) for part in re.findall(r"\d+", shade)[:3]) / 3 for shade in (ground, text)]
    assert shades["light"][0] > 240
    assert shades["light"][1] < 110
    assert shades["dark"][0] < 40
    assert shades["dark"][1] > 150


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_text_in_figures_is_not_shrunk(browser: Browser, reports: dict[str, Path], size: tuple[int, int]) -> None:
    with opened(browser, reports["ready"], size) as page:
        open_everything(page)
        for figure in page.locator("svg.figure:visible").all():
            box = figure.bounding_box()
            assert box
            drawn = float((figure.get_attribute("viewBox") or "").split()[2])
            assert 12 * box["width"] / drawn >= 10.5, figure.get_attribute("aria-label")  # 12 px as drawn


def test_paper_gets_every_answer_on_a_sane_number_of_pages(browser: Browser, reports: dict[str, Path]) -> None:
    with opened(browser, reports["ready"]) as page:
        printed = page.pdf(prefer_css_page_size=True)
        assert 4 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 16
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        assert not page.locator(".controls").is_visible()
        assert page.locator(".rings").is_visible()
        assert page.locator(".sign").is_visible()


def test_what_was_closed_is_printed(browser: Browser, reports: dict[str, Path]) -> None:
    with opened(browser, reports["ready"]) as page:
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        closed = page.locator("details:not([open])").evaluate_all("all => all.map((each) => each.className)")
        assert set(closed) == {"long"}
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("details:not([open]):not(.long)").count() > 0

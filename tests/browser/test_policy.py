"""Parts of the report in a page of another program, under a policy that takes away every inline style."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from porelight import draw
from porelight.report import figures, template
from tests.report import a_plan

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

pytestmark = pytest.mark.browser

POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:"
PAGE = "http://porelight.test/"


def served(browser: Browser, body: str, scheme: str = "light") -> tuple[list[str], bytes, list[str]]:
    """What the console said, how the page looks, and the colours its shapes are filled with."""
    style = template.read_text("style/tokens.css") + template.read_text("style/report.css")
    files = {
        PAGE: (
            "text/html",
            f'<!doctype html><link rel="stylesheet" href="/page.css"><title>x</title><body>{body}</body>',
        ),
        f"{PAGE}page.css": ("text/css", style),
        f"{PAGE}icons.svg": ("image/svg+xml", template.read_text("style/icons.svg")),
    }

    def answer(route: Route) -> None:
        kind, text = files.get(route.request.url, ("text/plain", ""))
        route.fulfill(body=text, content_type=f"{kind}; charset=utf-8", headers={"content-security-policy": POLICY})

    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.route("**/*", answer)
    page.goto(PAGE)
    looks = page.screenshot()
    script = "all => [...new Set(all.map(each => getComputedStyle(each).fill))]"
    fills = page.locator("svg.figure path:visible").evaluate_all(script)
    context.close()
    return said, looks, fills


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_figure_is_right_and_silent_where_styles_are_forbidden(browser: Browser, scheme: str) -> None:
    simulation = a_plan.ready().candidates[0].simulation
    drawn = "".join(
        (figures.overview_figure(simulation), figures.close_up(simulation), figures.fan_figure(a_plan.ready()))
    )
    said, _, fills = served(browser, drawn, scheme)
    assert said == []
    assert "rgb(0, 0, 0)" not in fills
    assert len(fills) > 8


def test_macros_of_the_report_work_in_a_page_of_another_program(browser: Browser) -> None:
    from porelight.report import first_screen, plan_page

    environment = template.make_environment("de")
    parts = environment.get_template("parts.html").module
    plan = plan_page.localize_plan(a_plan.ready(), "de")
    card = parts.verdict_card(plan_page.make_verdict_card(plan.verdicts[0], "de"), "/icons.svg")  # type: ignore[attr-defined]
    line = parts.answer_line(first_screen.write_answer(plan, "de").measured)  # type: ignore[attr-defined]
    facts = parts.facts(plan_page.setting_facts(plan.candidates[0].simulation, "de"))  # type: ignore[attr-defined]
    body = f"{card}{line}{facts}"
    assert "style=" not in body
    assert "/icons.svg#i-" in body
    said, _, _ = served(browser, body)
    assert said == []


def test_every_figure_can_be_served_so() -> None:
    simulation = a_plan.ready().candidates[0].simulation
    for name, on in (("histology", draw.column_section), ("rim", draw.rim_chart), ("heat", draw.heat_chart)):
        paper, ax = draw.new_figure(328, 320)
        on(ax, simulation)
        assert "style" not in draw.render_svg(paper, name, "says")

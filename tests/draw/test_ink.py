"""draw.ink: colours with enough contrast, text that stays text, figures that can share a page."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from porelight import digits, draw
from porelight.draw import ink
from porelight.fields import Interval
from tests.rows import each_row

TOKENS = resources.files("porelight.report").joinpath("style/tokens.css").read_text(encoding="utf-8")


def scheme(name: str) -> dict[str, str]:
    light, dark = TOKENS.split("@media")
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light if name == "light" else dark))


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_figures_and_page_share_their_colours() -> None:
    assert {name: scheme("light")[name] for name in ink.TOKENS} == ink.TOKENS


@each_row("name", ["light", "dark"])
@each_row("text", ["ink", "soft", "accent", "proceed", "adjust", "ask", "defer", "refuse"])
def test_text_reads_on_its_ground(name: str, text: str) -> None:
    tokens = scheme(name)
    for ground in ("ground", "raised"):
        assert contrast(tokens[text], tokens[ground]) >= 4.5  # WCAG 2.2, 1.4.3


@each_row("name", ["light", "dark"])
@each_row("tissue", ["epidermis", "dermis", "fat", "gland", "band", "bar"])
def test_names_read_on_tissue_and_bands(name: str, tissue: str) -> None:
    assert contrast(scheme(name)["ink"], scheme(name)[tissue]) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
def test_edges_and_controls_are_seen(name: str) -> None:
    assert contrast(scheme(name)["edge"], scheme(name)["ground"]) >= 3.0  # WCAG 2.2, 1.4.11


def test_steps_of_damage_differ_in_lightness_not_hue_alone() -> None:
    shades = [luminance(ink.TOKENS[name]) for name in ("coagulated", "dead", "dermis")]
    assert shades == sorted(shades)
    assert contrast(ink.TOKENS["coagulated"], ink.TOKENS["dead"]) >= 2.5


def figure_with(text: str) -> ink.Figure:
    figure, ax = draw.new_figure(200, 100)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ink.write_text(ax, 0.5, 0.5, text, weight="bold")
    return figure


def test_text_stays_text_in_the_font_of_the_page() -> None:
    drawn = draw.render_svg(figure_with("250 µm & more"), "one", "says")
    assert "250 µm &amp; more</text>" in drawn
    assert "DejaVu" not in drawn
    assert re.search(r'<text[^>]* font-weight="(700|bold)"', drawn)
    assert 'font-size="12px"' in drawn


def test_a_figure_follows_the_colours_of_the_page_and_says_what_it_shows() -> None:
    drawn = draw.render_svg(figure_with("x"), "one", 'a "quoted" <thing>')
    assert "var(--ink)" in drawn
    assert 'aria-label="a &quot;quoted&quot; &lt;thing&gt;"' in drawn
    assert "http" not in drawn


def test_a_figure_has_no_style_that_a_content_policy_would_take_away() -> None:
    for inline in (True, False):
        drawn = draw.render_svg(figure_with("x"), "one", "says", inline=inline)
        assert "style" not in drawn
        assert "font=" not in drawn


def test_a_font_in_shorthand_is_taken_apart() -> None:
    told = ink._presentation_attributes(
        "font: italic 700 13px 'DejaVu Sans', sans-serif; fill: #000000; fill: none; font-family: 'X'"
    )
    assert told == 'font-size="13px" font-weight="700" font-style="italic" fill="none"'


def test_a_file_of_its_own_keeps_its_colours() -> None:
    drawn = draw.render_svg(figure_with("x"), "one", "says", inline=False)
    assert ink.INK in drawn
    assert "<title>says</title>" in drawn


def test_two_figures_on_a_page_share_no_id() -> None:
    one, two = (draw.render_svg(figure_with("x"), name, "says") for name in ("one", "two"))
    ids = [set(re.findall(r'\bid="([^"]+)"', drawn)) for drawn in (one, two)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_the_same_figure_gives_the_same_bytes() -> None:
    assert draw.render_svg(figure_with("x"), "one", "says") == draw.render_svg(figure_with("x"), "one", "says")
    assert draw.render_png(figure_with("x")) == draw.render_png(figure_with("x"))


@each_row(("width", "step"), [(4.0, 1), (12.0, 5), (60.0, 10), (500.0, 50)])
def test_rounding_follows_the_width_of_the_interval(width: float, step: int) -> None:
    assert digits.round_middle(123.4, Interval(123.4 - width / 2, 123.4, 123.4 + width / 2)) == step * round(
        123.4 / step
    )


def test_ends_are_rounded_outward() -> None:
    assert digits.round_outward(Interval(-88.2, -50.0, -8.1)) == (-90, -5)
    assert digits.round_outward(Interval(-31.4, -28.4, -26.2)) == (-32, -26)
    assert digits.round_outward(Interval(-120.0, 10.0, 320.0)) == (-150, 350)

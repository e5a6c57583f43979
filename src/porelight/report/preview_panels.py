"""The preview of a plan: a part of the photo today, and redrawn at both ends and the middle of the forecast."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from porelight import draw
from porelight.arrays import Pixels
from porelight.digits import round_middle, round_outward
from porelight.draw.photo import ScaleBar
from porelight.draw.preview import preview_png
from porelight.fields import Interval
from porelight.photo.decode import Picture
from porelight.photo.preview import RETOUCH_SIZES, choose_window, magnify_window, make_preview
from porelight.report import figures, words
from porelight.wording import phrase, write_words

if TYPE_CHECKING:
    from porelight.planning.model import Plan


def _(text: str) -> str:
    """Marks a text for the catalogue; it is said where it is shown."""
    return text


SHOWN = 480
"""Side of a picture in the page, at least [px]: sharp on a phone's screen."""
LARGEST_PREVIEW_BYTES = 120_000
"""Bytes of a picture in the page."""


@dataclasses.dataclass(frozen=True, slots=True)
class Panel:
    """One picture with its words."""

    pixels: Pixels
    title: str
    said: str
    alt: str

    @property
    def uri(self) -> str:
        """The picture as a data URI, without metadata."""
        return figures.jpeg_uri(self.pixels, LARGEST_PREVIEW_BYTES)


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """Today and three forecasts, all of the same part of the photo."""

    panels: tuple[Panel, ...]
    when: str
    bar: ScaleBar | None
    """In px of the panels."""

    @property
    def bar_share_pct(self) -> float:
        """The scale bar by the width of a panel."""
        return 0.0 if self.bar is None else 100.0 * self.bar.px / self.panels[0].pixels.shape[1]


def show_preview(plan: Plan, pixels: Pixels, language: str = "en") -> Shown | None:
    """None unless the plan expects something of these pores: a blocked plan shows no result."""
    census = plan.census
    if plan.forecast_is != "expected" or not plan.forecast.milestones or not census.pore_count:
        return None
    last = plan.forecast.milestones[-1]
    change = _clip_to_drawable(last.diameter_change_pct)
    window = choose_window(census)
    times = max(1, -(-SHOWN // window.width))
    picture, label = Picture(pixels, "photo", ""), phrase("Simulation, not a photo", language)
    drawn = make_preview(picture, census, change, window=window, times=times, seed=plan.seed, label=label)
    site = phrase(plan.person.site, language)
    today = phrase("The {site} today, close up", language, site=site)
    panels = [
        Panel(
            magnify_window(window.of(pixels), times), phrase("Today", language), phrase("your photo", language), today
        )
    ]
    # The words carry the same rounded numbers as the headline, whatever was clipped for the drawing.
    told = last.diameter_change_pct
    low, high = round_outward(told)
    ends = (
        (_("Much change"), low, drawn.low),
        (_("Middle"), round_middle(told.mid, told, plan.forecast.diameter_goal_pct), drawn.middle),
        (_("Little change"), high, drawn.high),
    )
    for title, points, simulated in reversed(ends):
        said = _describe_panel(points, language)
        alt = phrase("Simulation of the same skin: {change}", language, change=said)
        panels.append(Panel(simulated, phrase(title, language), said, alt))
    bar = draw.scale_bar(dataclasses.replace(census, width=window.width, height=window.height), language)
    enlarged = None if bar is None else ScaleBar(times * bar.px, bar.label)
    return Shown(tuple(panels), write_words(last.label, language), enlarged)


def _clip_to_drawable(change: Interval) -> Interval:
    """Within what can be drawn; the ends of a forecast seldom leave it."""
    low, high = (100.0 * (size - 1.0) for size in RETOUCH_SIZES)
    least, middle, most = (min(max(end, low), high) for end in (change.low, change.mid, change.high))
    return Interval(least, middle, most, change.level)


def _describe_panel(points: int, language: str) -> str:
    """Of the diameter: "pores 8 % narrower"."""
    if points == 0:
        return phrase("pores as wide as today", language)
    text = "pores {points} % narrower" if points < 0 else "pores {points} % wider"
    return words.typeset(phrase(text, language, points=abs(points)))


def encode_preview(seen: Shown, language: str = "en") -> bytes:
    """``preview.png``."""
    return preview_png([(panel.pixels, panel.title, panel.said) for panel in seen.panels], seen.bar, language)

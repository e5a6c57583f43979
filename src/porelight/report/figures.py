"""The figures of the page: each drawn for a phone and for a desk, as inline SVG."""

from __future__ import annotations

import base64
import dataclasses
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from markupsafe import Markup

from porelight import draw
from porelight.arrays import Pixels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from porelight.planning.model import Plan
    from porelight.simulation.model import Simulation


Draw = Callable[["Axes"], "Axes"]

PHONE = 328.0
"""Width of a phone's column [px]: 360 less the margins."""
DESK = 660.0

LARGEST_PHOTO = 1_200_000
"""Bytes of the photo inside the page at most; with the figures the page stays below 3 MB."""


def make_figure(
    name: str, says: str, draw_on: Draw, *, wide: tuple[float, float] | None, narrow: float, language: str = "en"
) -> Markup:
    """One figure as SVG: narrow of that height, and where ``wide`` is given a second one for wide screens."""
    drawn = _draw_svg(f"{name}-n", says, draw_on, (PHONE, narrow), language)
    if wide is None:
        return Markup(drawn)  # noqa: S704 - our own drawing; its texts are escaped where they are written
    broad = _draw_svg(f"{name}-w", says, draw_on, wide, language)
    return Markup(f'<div class="narrow">{drawn}</div><div class="wide">{broad}</div>')  # noqa: S704


def _draw_svg(name: str, says: str, draw_on: Draw, size: tuple[float, float], language: str) -> str:
    paper, ax = draw.new_figure(*size, language)
    draw_on(ax)
    return draw.render_svg(paper, name, says)


def steps_figure(language: str = "en") -> Markup:
    """How a laser works."""
    says = draw.laser_steps_say(language)
    return make_figure("steps", says, draw.laser_steps, wide=None, narrow=draw.STEPS_HEIGHT, language=language)


def distribution_figure(plan: Plan, language: str = "en") -> Markup:
    census = plan.census
    return make_figure(
        "sizes",
        draw.distribution_says(census, language),
        lambda ax: draw.size_distribution(ax, census),
        wide=None,
        narrow=240,
        language=language,
    )


def overview_figure(simulation: Simulation, language: str = "en") -> Markup:
    says = draw.overview_says(simulation, language)
    return make_figure(
        "section",
        says,
        lambda ax: draw.section_overview(ax, simulation),
        wide=(560, 430),
        narrow=400,
        language=language,
    )


def close_up(simulation: Simulation, language: str = "en") -> Markup:
    says = draw.close_up_says(simulation, language)

    def tall(width: float) -> float:
        return draw.close_up_height(simulation, width)

    return make_figure(
        "column",
        says,
        lambda ax: draw.close_up(ax, simulation),
        wide=(480, tall(480)),
        narrow=tall(PHONE),
        language=language,
    )


def fan_figure(plan: Plan, language: str = "en") -> Markup:
    if not plan.forecast.milestones:
        return Markup("")
    weeks = tuple((date - plan.sessions[0]).days / 7.0 for date in plan.sessions) if plan.sessions else ()
    says = draw.fan_says(plan.forecast, language)
    return make_figure(
        "fan",
        says,
        lambda ax: draw.course_fan(ax, plan.forecast, weeks),
        wide=(DESK, 380),
        narrow=320,
        language=language,
    )


def factor_figure(plan: Plan, language: str = "en") -> Markup:
    says = draw.factors_say(plan.factors, language)
    height = 50.0 * len(plan.factors) + 48.0
    return make_figure(
        "factors",
        says,
        lambda ax: draw.factor_bars(ax, plan.factors),
        wide=(480, height),
        narrow=height,
        language=language,
    )


def index_figure(plan: Plan, language: str = "en") -> Markup:
    """What the photo shows beside its pores; empty where nothing was read."""
    found = tuple(index for index in plan.census.indices if index.region in ("all", "close-up"))
    if not found:
        return Markup("")
    height = 62.0 * len(draw.shown_indices(found)) + 8.0
    says = draw.indices_say(found, language)
    return make_figure(
        "indices", says, lambda ax: draw.index_bars(ax, found), wide=(480, height), narrow=height, language=language
    )


def candidate_figures(plan: Plan, language: str = "en") -> list[Markup]:
    """One small section per candidate, all in the same frame."""
    simulations = tuple(candidate.simulation for candidate in plan.candidates)
    if not simulations:
        return []
    width, height = 134.0, 204.0
    frame = draw.small_frame(simulations, width, height)
    drawn = []
    for index, simulation in enumerate(simulations):
        paper, ax = draw.new_figure(width, height, language)
        draw.small_section(ax, simulation, frame)
        drawn.append(Markup(draw.render_svg(paper, f"candidate-{index}", draw.small_says(simulation, language))))  # noqa: S704
    return drawn


@dataclasses.dataclass(frozen=True, slots=True)
class Photo:
    """The photo as a data URI, without metadata."""

    uri: str
    width: int
    height: int


def embed_photo(pixels: Pixels) -> Photo:
    """JPEG small enough for the page: first a lower quality, then fewer pixels."""
    height, width = pixels.shape[:2]
    return Photo(jpeg_uri(pixels, LARGEST_PHOTO), width, height)


def jpeg_uri(pixels: Pixels, largest: int) -> str:
    """A picture as a JPEG data URI of at most about ``largest`` bytes, without metadata."""
    from PIL import Image

    image = Image.fromarray(pixels).convert("RGB")
    longest = max(image.size)
    for side, quality in ((2000, 88), (2000, 78), (1600, 76), (1200, 76), (800, 70), (500, 60)):
        share = min(1.0, side / longest)
        size = round(image.width * share), round(image.height * share)
        shown = image.resize(size, Image.Resampling.LANCZOS) if share < 1.0 else image
        held = io.BytesIO()
        shown.save(held, "JPEG", quality=quality, subsampling=0 if quality > 80 else 2)
        if held.tell() <= largest:
            break
    return f"data:image/jpeg;base64,{base64.b64encode(held.getvalue()).decode()}"

"""Every kind of picture that Porelight draws: ``python -m benchmarks.gallery`` writes those of docs/gallery.md."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image

import porelight
from porelight import draw, inputs
from porelight.draw.compare import change_png
from porelight.draw.ink import Axes
from porelight.photo.compare.aligned import align_pictures
from porelight.planning.model import Plan
from porelight.simulation.model import Simulation

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
EXAMPLES = ROOT / "examples"
WIDEST = 900
"""Pixels: enough for a page, and a file of some hundred kilobytes."""


def write_photo(name: str, png: bytes) -> None:
    with Image.open(io.BytesIO(png)) as drawn:
        small = drawn.convert("RGB")
        small.thumbnail((WIDEST, 4 * WIDEST))
        small.save(IMAGES / f"gallery-{name}.jpg", quality=85, optimize=True)


def write_figure(name: str, says: str, draw_on: Callable[[Axes], object], width: float, height: float) -> None:
    paper, ax = draw.new_figure(width, height)
    draw_on(ax)
    text = draw.render_svg(paper, f"gallery-{name}", says, inline=False)
    (IMAGES / f"gallery-{name}.svg").write_text(text, encoding="utf-8")


def write_plan(plan: Plan) -> None:
    census, forecast = plan.census, plan.forecast
    weeks = tuple((date - plan.sessions[0]).days / 7.0 for date in plan.sessions)
    whole = tuple(index for index in census.indices if index.region in ("all", "close-up"))
    write_figure("sizes", draw.distribution_says(census), lambda ax: draw.size_distribution(ax, census), 480, 240)
    write_figure("forecast", draw.fan_says(forecast), lambda ax: draw.course_fan(ax, forecast, weeks), 660, 380)
    height = 50.0 * len(plan.factors) + 48.0
    write_figure("factors", draw.factors_say(plan.factors), lambda ax: draw.factor_bars(ax, plan.factors), 480, height)
    height = 62.0 * len(draw.shown_indices(whole)) + 8.0
    write_figure("indices", draw.indices_say(whole), lambda ax: draw.index_bars(ax, whole), 480, height)


def write_simulation(simulation: Simulation) -> None:
    column, cut = draw.close_up_height(simulation, 480), draw.histology_height(simulation, 440)
    write_figure("column", draw.close_up_says(simulation), lambda ax: draw.close_up(ax, simulation), 480, column)
    write_figure("histology", draw.histology_says(simulation), lambda ax: draw.column_section(ax, simulation), 440, cut)


def main() -> None:
    before, after = (inputs.read_photo(EXAMPLES / name) for name in ("sample.jpg", "later.jpg"))
    plan = porelight.plan(before, EXAMPLES / "person.yaml", on=dt.date(2026, 3, 2), um_per_px=60)
    write_photo("overlay", draw.overlay_png(before.pixels, plan.census))
    write_plan(plan)
    write_simulation(porelight.simulate("co2", energy_mj=20))
    change = porelight.compare(before, after, um_per_px=60)
    write_photo("change", change_png(change, align_pictures(before, after, change.registration)))


if __name__ == "__main__":
    main()

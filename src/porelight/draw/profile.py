"""What a column does, by depth: how thick its rim is, and how long it stayed above 60 C. Depth runs downwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from porelight.draw.anatomy import format_length
from porelight.draw.ink import (
    ACCENT,
    BAND,
    INK,
    LINE,
    SOFT,
    Axes,
    decimal_ticks,
    quiet_axes,
    set_margins,
    write_phrase,
    write_text,
)
from porelight.simulation import by_depth
from porelight.units import ms, um
from porelight.wording import phrase, write_value

if TYPE_CHECKING:
    from porelight.simulation.model import Simulation

LINES = 60


def rim_chart(ax: Axes, simulation: Simulation) -> Axes:
    """Thickness of coagulated tissue beside the wall; below the floor, the radius of what is coagulated."""
    found = by_depth.rims(simulation.crater, simulation.injury, LINES)
    depth, rim = [line.depth / um for line in found], [line.rim / um for line in found]
    return _draw_chart(ax, depth, rim, simulation, write_phrase(ax, "Rim thickness (µm)"))


def heat_chart(ax: Axes, simulation: Simulation) -> Axes:
    """Longest time above 60 C in tissue that is left."""
    found = by_depth.longest(simulation.crater, simulation.injury.above_60, LINES)
    depth, time = [depth / um for depth, _ in found], [time / ms for _, time in found]
    return _draw_chart(ax, depth, time, simulation, write_phrase(ax, "Time above 60 °C (ms)"))


def rim_says(simulation: Simulation, language: str = "en") -> str:
    """What the chart of the rim shows."""
    found = by_depth.rims(simulation.crater, simulation.injury, LINES)
    beside = [line.rim for line in found if line.wall > 0.0]
    if not beside:
        return phrase("Nothing was removed, so there is no rim.", language)
    return phrase(
        "The coagulated rim beside the hole is {top} thick at the surface, between {least} and {most} along the wall.",
        language,
        top=format_length(found[0].rim, language),
        least=format_length(min(beside), language),
        most=format_length(max(beside), language),
    )


def heat_says(simulation: Simulation, language: str = "en") -> str:
    """What the chart of the time above 60 C shows."""
    found = by_depth.longest(simulation.crater, simulation.injury.above_60, LINES)
    if not found:
        return phrase("No tissue that is left was above 60 °C.", language)
    depth, time = max(found, key=lambda line: line[1])
    return phrase(
        "Tissue that is left was above 60 °C for at most {time}, {depth} deep, and nowhere below {deepest}.",
        language,
        time=_format_milliseconds(time, language),
        depth=format_length(depth, language),
        deepest=format_length(found[-1][0], language),
    )


def _format_milliseconds(time: float, language: str) -> str:
    return f"{write_value(time / ms, '.0f' if time >= 10 * ms else '.2g', language)} ms"


def _draw_chart(ax: Axes, depth: list[float], value: list[float], simulation: Simulation, title: str) -> Axes:
    set_margins(ax, left=52, right=14, top=52, bottom=8)
    quiet_axes(ax, sides=("left", "top"))
    ax.xaxis.tick_top()
    ax.tick_params(length=4, color=LINE, labelcolor=SOFT, labelsize=12)
    bottom = max([*depth, 50.0])
    ax.set(ylim=(1.06 * bottom, 0.0), xlim=(0.0, 1.15 * max([*value, 1e-3])))
    ax.fill_betweenx(depth, 0.0, value, color=BAND, linewidth=0)
    ax.plot(value, depth, color=ACCENT, linewidth=1.8)
    decimal_ticks(ax.xaxis)
    floor = simulation.crater.ablation_depth / um
    right = ax.get_xlim()[1]
    if 0.0 < floor < bottom:
        ax.plot([0.0, right], [floor, floor], color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        write_text(ax, right, floor - 0.035 * bottom, write_phrase(ax, "floor of the hole"), ha="right", color=SOFT)
    ax.text(0.0, 1.0 + 38.0 / _axes_height(ax), title, transform=ax.transAxes, fontsize=12, weight="bold", color=INK)
    left = -46.0 / _axes_width(ax)
    how: dict[str, Any] = {"transform": ax.transAxes, "fontsize": 12, "color": SOFT}
    ax.text(left, 1.0 + 14.0 / _axes_height(ax), write_phrase(ax, "Depth"), **how)
    ax.text(left, 1.0 + 1.0 / _axes_height(ax), "(µm)", **how)
    return ax


def _axes_height(ax: Axes) -> float:
    return float(ax.get_position().height * ax.figure.bbox.height)


def _axes_width(ax: Axes) -> float:
    return float(ax.get_position().width * ax.figure.bbox.width)

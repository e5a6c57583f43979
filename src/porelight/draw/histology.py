"""One laser column as under a microscope: the hole, the coagulated rim, the dead cells, and what would be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from porelight.draw.anatomy import (
    Frame,
    deepest_effect,
    draw_damage,
    draw_layers,
    draw_leader,
    format_length,
    frame_tissue,
    mirror_fields,
    scale_bar,
)
from porelight.draw.ink import INK, TOKENS, Axes, axes_size, language_of, set_margins, write_phrase, write_text
from porelight.simulation import by_depth
from porelight.units import um
from porelight.wording import phrase

if TYPE_CHECKING:
    from porelight.simulation.model import Simulation

LEFT, RIGHT, TOP, BOTTOM = 4.0, 142.0, 42.0, 32.0
"""[px] around the tissue: names stand on the right, the width above, the scale below."""
SHALLOWEST, TALLEST = 170.0, 400.0
"""[px]"""


class Measure(NamedTuple):
    """One thing a ruler would be laid on: what is written, and the place that it is said of [m]."""

    said: str
    x: float
    z: float


def column_section(ax: Axes, simulation: Simulation) -> Axes:
    """The column in its layers, both sides alike, to scale, with depth, width and rims written beside."""
    set_margins(ax, left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM)
    width, height = axes_size(ax)
    frame = _fit_frame(simulation, width, height)
    frame_tissue(ax, -frame.half, frame.half, frame.depth)
    draw_layers(ax, simulation.exposure.skin, -frame.half, frame.half, frame.depth)
    draw_damage(ax, mirror_fields(simulation), 0.0)
    _clip_to_frame(ax, frame)
    per_px = frame.depth / height
    _draw_opening_width(ax, simulation, per_px)
    lowest = 0.0
    for each in list_measures(simulation, frame, language_of(ax)):
        lines = each.said.count("\n") + 1
        place = max(each.z, lowest + 8.0 * lines * per_px)
        draw_leader(ax, each.x, each.z, frame.half + 8 * per_px, place)
        write_text(ax, frame.half + 12 * per_px, place, each.said, zorder=8, linespacing=1.1, clip_on=False)
        lowest = place + (8.0 * lines + 4.0) * per_px
    bar = next((each for each in (200 * um, 100 * um, 50 * um, 20 * um) if each < 0.8 * frame.half), 10 * um)
    scale_bar(ax, -frame.half, frame.depth + 9 * per_px, bar)
    return ax


def histology_height(simulation: Simulation, width: float) -> float:
    """Height [px] at which a figure of that width wastes no room."""
    half, depth = _needed_window(simulation)
    return min(max((width - LEFT - RIGHT) * depth / (2.0 * half), SHALLOWEST), TALLEST) + TOP + BOTTOM


def list_measures(simulation: Simulation, frame: Frame, language: str = "en") -> list[Measure]:
    """From above: rim at the surface, rim halfway down, depth of the hole, rim below it, dead cells; only what is."""
    crater, injury = simulation.crater, simulation.injury
    deep, found = crater.ablation_depth, []
    beside = [line for line in by_depth.rims(crater, injury, 40) if line.wall > 0.0 and line.rim > 0.0]
    shown = simulation.exposure.skin.layers[0].thickness
    for line in (beside[1:2] + [each for each in beside if each.depth > max(0.5 * deep, shown)][:1]) if beside else []:
        text = "rim {rim}\nnear the surface" if line is beside[1] else "rim {rim}\nhalfway down"
        said = phrase(text, language, rim=format_length(line.rim, language))
        found.append(Measure(said, line.wall + 0.5 * line.rim, line.depth))
    if deep > 0.0:
        found.append(
            Measure(phrase("hole {depth}\ndeep", language, depth=format_length(deep, language)), 0.0, 0.88 * deep)
        )
    if injury.coagulation_depth > deep:
        said = phrase("collagen set\nto {depth}", language, depth=format_length(injury.coagulation_depth, language))
        found.append(Measure(said, 0.0, deep + 0.55 * (injury.coagulation_depth - deep)))
    if injury.necrosis_depth > injury.coagulation_depth:
        middle = 0.5 * (injury.coagulation_depth + injury.necrosis_depth)
        said = phrase("cells dead\nto {depth}", language, depth=format_length(injury.necrosis_depth, language))
        found.append(Measure(said, 0.0, min(middle, frame.depth)))
    return found


def histology_says(simulation: Simulation, language: str = "en") -> str:
    """What the figure shows, in a sentence or two."""
    crater, injury = simulation.crater, simulation.injury
    return phrase(
        "One laser column in section: the hole, {width} wide and {depth} deep; collagen set by heat to {set_depth} and "
        "{set_width} across; cells dead to {dead_depth}.",
        language,
        width=format_length(crater.ablation_width, language),
        depth=format_length(crater.ablation_depth, language),
        set_depth=format_length(injury.coagulation_depth, language),
        set_width=format_length(injury.coagulation_width, language),
        dead_depth=format_length(injury.necrosis_depth, language),
    )


def _needed_window(simulation: Simulation) -> tuple[float, float]:
    """Half width and depth that hold all that happened [m]."""
    injury = simulation.injury
    widest = max(injury.necrosis_width, injury.coagulation_width, simulation.crater.ablation_width, 120 * um)
    return 0.72 * widest, max(1.22 * deepest_effect(simulation), 100 * um)


def _fit_frame(simulation: Simulation, width: float, height: float) -> Frame:
    half, depth = _needed_window(simulation)
    depth = max(depth, 2.0 * half * height / width)
    return Frame(0.5 * width * depth / height, depth)


def _clip_to_frame(ax: Axes, frame: Frame) -> None:
    from matplotlib.patches import Rectangle

    window_ = Rectangle((-frame.half, 0.0), 2 * frame.half, frame.depth, transform=ax.transData)
    for drawn in ax.collections:
        drawn.set_clip_path(window_)
    edge = Rectangle((-frame.half, 0.0), 2 * frame.half, frame.depth, facecolor="none", edgecolor=TOKENS["line"])
    ax.add_patch(edge)


def _draw_opening_width(ax: Axes, simulation: Simulation, per_px: float) -> None:
    """The width of the opening, as a line with ends above the skin."""
    wide = simulation.crater.ablation_width
    if wide <= 0.0:
        return
    z = -10 * per_px
    for x in (-0.5 * wide, 0.5 * wide):
        ax.plot([x, x], [z - 5 * per_px, z + 5 * per_px], color=INK, linewidth=1, clip_on=False)
    ax.plot([-0.5 * wide, 0.5 * wide], [z, z], color=INK, linewidth=1, clip_on=False)
    said = write_phrase(ax, "{width} wide", width=format_length(wide, language_of(ax)))
    write_text(ax, 0.0, z - 15 * per_px, said, ha="center", clip_on=False)

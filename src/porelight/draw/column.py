"""One laser column close up: temperature on the left, damage on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from porelight.draw.anatomy import (
    Fields,
    Frame,
    deepest_effect,
    draw_damage,
    draw_layers,
    draw_leader,
    format_length,
    frame_tissue,
    mirror_fields,
    round_length,
    scale_bar,
)
from porelight.draw.ink import (
    GROUND,
    INK,
    LINE,
    Axes,
    axes_size,
    language_of,
    new_figure,
    render_png,
    render_svg,
    set_margins,
    write_phrase,
    write_text,
)
from porelight.units import to_celsius, um
from porelight.wording import phrase

if TYPE_CHECKING:
    from porelight.simulation.model import Simulation

ISOTHERMS = (45, 60, 80, 100, 150, 200, 300)
"""[C] of the lines that are labelled: from the first harm to boiling water and beyond."""
HOT = 120.0
"""[C] at which the colours end: past boiling water only a film along the wall gets hotter, and it looks the same."""
WARM = 45.0
"""[C] below which tissue is drawn as tissue, not as temperature."""

TOP, BOTTOM, NAMES = 26.0, 30.0, 208.0
"""[px] above, below and (both sides together) beside a close-up, for what is written there."""


def close_up(ax: Axes, simulation: Simulation) -> Axes:
    """One column: left the highest temperature with labelled isotherms, right the damage in named steps."""
    skin, shown = simulation.exposure.skin, mirror_fields(simulation)
    set_margins(ax, left=2, right=2, top=TOP, bottom=BOTTOM)
    width, height = axes_size(ax)
    frame = _close_frame(simulation, shown, width, height)
    wide = frame.depth * width / height
    frame_tissue(ax, -wide / 2, wide / 2, frame.depth)
    draw_layers(ax, skin, -frame.half, frame.half, frame.depth)
    per_px = frame.depth / height
    named = _place_isotherms(shown, frame)
    _draw_heat(ax, shown, [level for level, _, _ in named])
    draw_damage(ax, shown, 0.0, right_half=True)
    _clip_to_tissue(ax, frame)
    ax.plot([0, 0], [0, frame.depth], color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=6)
    _name_isotherms(ax, named, frame, per_px)
    _name_damage(ax, simulation, shown, frame, per_px)
    write_text(ax, -wide / 2, -14 * per_px, write_phrase(ax, "Highest temperature"), weight="bold", clip_on=False)
    write_text(ax, wide / 2, -14 * per_px, write_phrase(ax, "Damage"), weight="bold", ha="right", clip_on=False)
    scale_bar(ax, -frame.half, frame.depth + 8 * per_px, 100 * um if frame.half > 60 * um else 50 * um)
    return ax


def close_up_height(simulation: Simulation, width: float) -> float:
    """Height [px] at which a close-up of that width wastes no room, and its names still fit."""
    shown = mirror_fields(simulation)
    frame = _close_frame(simulation, shown, width - 4.0, 1.0)
    needed = max(1.2 * deepest_effect(simulation), 150 * um) / (2.0 * frame.half) * (width - 4.0 - NAMES)
    return min(max(needed, 190.0), 380.0) + TOP + BOTTOM


def _close_frame(simulation: Simulation, shown: Fields, width: float, height: float) -> Frame:
    """Room for the column and its warm rim, with the names beside them."""
    warm = np.abs(shown.x[(shown.celsius > WARM).any(axis=0)]).max(initial=40 * um)
    half = 1.1 * max(float(warm), simulation.injury.coagulation_width / 2.0)
    depth = max(1.2 * deepest_effect(simulation), 150 * um)
    return Frame(half, max(depth, height * 2.0 * half / max(width - NAMES, 40.0)))


def _draw_heat(ax: Axes, shown: Fields, lines: list[float]) -> None:
    from matplotlib import colormaps

    top = min(float(shown.celsius.max()), HOT)
    if top <= WARM:
        return
    left = np.where(shown.x[None, :] > 0.0, 0.0, np.minimum(shown.celsius, top))
    levels = np.linspace(WARM, top, 17)
    colours = colormaps["inferno"](np.linspace(0.2, 0.97, levels.size - 1))
    ax.contourf(shown.x, shown.z, left, levels=levels, colors=colours, zorder=4)
    if lines:
        ax.contour(shown.x, shown.z, left, levels=lines, colors=[GROUND], linewidths=0.8, zorder=4.2)


def _clip_to_tissue(ax: Axes, frame: Frame) -> None:
    """Nothing of the fields leaves the window of tissue."""
    from matplotlib.patches import Rectangle

    window = Rectangle((-frame.half, 0.0), 2 * frame.half, frame.depth, transform=ax.transData)
    for drawn in ax.collections:
        drawn.set_clip_path(window)
    edge: dict[str, Any] = {"facecolor": "none", "edgecolor": LINE, "linewidth": 1.0, "zorder": 6}
    ax.add_patch(Rectangle((-frame.half, 0.0), 2 * frame.half, frame.depth, **edge))


def _place_isotherms(shown: Fields, frame: Frame) -> list[tuple[float, float, float]]:
    """Level [C], and depth and distance from the axis [m] where it is named: the coolest at the top."""
    left = shown.x < 0.0
    x = -shown.x[left][::-1]
    open_below = np.array([shown.crater[left][::-1] > z for z in shown.z])
    warm = 0.82 * float(shown.z[(shown.celsius >= WARM).any(axis=1)].max(initial=0.0))
    deepest = min(0.92 * float(shown.crater.max()) or warm, frame.depth)
    levels = [level for level in ISOTHERMS if level < 0.98 * float(shown.celsius.max())]
    named = []
    for level, z in zip(levels, np.linspace(0.2, 1.0, len(levels)) * deepest, strict=True):
        row = int(np.abs(shown.z - z).argmin())
        hot = np.flatnonzero((shown.celsius[row][left][::-1] >= level) & ~open_below[row])
        if hot.size:
            named.append((float(level), float(z), min(float(x[hot[-1]]), frame.half)))
    return named


def _name_isotherms(ax: Axes, named: list[tuple[float, float, float]], frame: Frame, per_px: float) -> None:
    places = _space_apart([z for _, z, _ in named], 17 * per_px)
    for (level, z, edge), place in zip(named, places, strict=True):
        draw_leader(ax, -edge, z, -frame.half - 8 * per_px, place)
        write_text(ax, -frame.half - 12 * per_px, place, f"{level:.0f} °C", ha="right", zorder=8, clip_on=False)


def _space_apart(places: list[float], gap: float, first: float = 0.0) -> list[float]:
    """Rising places, moved down where one is closer than ``gap`` to the one before; none above ``first``."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap if moved else first))
    return moved


class Step(NamedTuple):
    """One named step of damage at one depth: its name, and the middle of its zone [m]."""

    name: str
    x: float


def _name_damage(ax: Axes, simulation: Simulation, shown: Fields, frame: Frame, per_px: float) -> None:
    deep = min(deepest_effect(simulation), frame.depth) or 0.5 * frame.depth
    found = []
    for share, zone in ((0.15, 0), (0.45, 1), (0.66, 2), (0.92, 3)):
        step = find_steps(simulation, shown, share * deep, frame.half, language_of(ax))[zone]
        if step is not None:
            found.append((step, share * deep))
    places: list[float] = []
    under = 0.0
    for step, z in found:
        half = 8 * per_px * (step.name.count("\n") + 1)
        places.append(max(z, under + half))
        under = places[-1] + half + 3 * per_px
    for (step, z), place in zip(found, places, strict=True):
        draw_leader(ax, step.x, z, frame.half + 8 * per_px, place)
        write_text(ax, frame.half + 12 * per_px, place, step.name, zorder=8, linespacing=1.1, clip_on=False)


def find_steps(simulation: Simulation, shown: Fields, z: float, half: float, language: str = "en") -> list[Step | None]:
    """Removed, collagen set, cells dead, alive: where each is met at depth ``z`` going right; None where it is not."""
    row, right = int(np.abs(shown.z - z).argmin()), shown.x > 0.0
    x = shown.x[right]
    gone = shown.crater[right] > z
    firm = (shown.coagulation[row][right] > 0.0) & ~gone
    dead = (shown.necrosis[row][right] > 0.0) & ~gone & ~firm
    alive = ~gone & ~firm & ~dead & (x < half)
    firmed = simulation.injury.coagulation_depth
    names = (
        phrase("removed,\n{depth} deep", language, depth=format_length(simulation.crater.ablation_depth, language)),
        phrase("collagen set\nby heat, to\n{depth}", language, depth=format_length(firmed, language)),
        phrase("cells dead,\ncollagen kept", language),
        phrase("alive", language),
    )
    zones = (gone, firm, dead, alive)
    return [Step(name, float(x[zone].mean())) if zone.any() else None for name, zone in zip(names, zones, strict=True)]


def close_up_says(simulation: Simulation, language: str = "en") -> str:
    """What the close-up shows, in one sentence."""
    return phrase(
        "One laser column, {width} wide and {depth} deep. Left: the highest temperature, up to {peak:.0f} °C at its "
        "wall. Right: removed tissue, then set collagen, then dead cells, then living skin.",
        language,
        width=format_length(simulation.crater.ablation_width, language),
        depth=format_length(simulation.crater.ablation_depth, language),
        peak=round_length(to_celsius(simulation.warming.peak_temperature)),
    )


def section_svg(simulation: Simulation, language: str = "en") -> str:
    """The close-up as an SVG file of its own."""
    figure, ax = new_figure(480, close_up_height(simulation, 480), language)
    close_up(ax, simulation)
    return render_svg(figure, "section", close_up_says(simulation, language), inline=False)


def section_png(simulation: Simulation, language: str = "en") -> bytes:
    """The close-up as PNG."""
    figure, ax = new_figure(480, close_up_height(simulation, 480), language)
    close_up(ax, simulation)
    return render_png(figure)

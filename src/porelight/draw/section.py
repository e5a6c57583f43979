"""What a laser does in the skin, cut open, to scale: columns beside a pore and its gland."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from porelight.draw.anatomy import (
    Frame,
    deepest_effect,
    draw_damage,
    draw_layers,
    draw_leader,
    format_length,
    frame_tissue,
    gland_offset,
    mirror_fields,
    pore_and_gland,
    scale_bar,
)
from porelight.draw.ink import INK, SOFT, TOKENS, Axes, axes_size, language_of, set_margins, write_phrase, write_text
from porelight.units import mm, um
from porelight.wording import phrase

if TYPE_CHECKING:
    from porelight.simulation.model import Simulation
    from porelight.skin import Skin

SMALL_BOTTOM = 28.0
"""[px] below a small section, for its scale bar."""


def section_overview(ax: Axes, simulation: Simulation) -> Axes:
    """Columns at the dialled spacing beside a pore with its gland; layers with their thickness; depth in mm.

    The window is as wide as its height allows at equal scale; the pore stands right of the column.
    """
    skin = simulation.exposure.skin
    set_margins(ax, left=48, right=2, top=26, bottom=30)
    width, height = axes_size(ax)
    depth = _deep_enough(skin, deepest_effect(simulation))
    wide = width * depth / height
    pore = skin.pore
    room = 0.5 * pore.opening_diameter + 0.5 * simulation.injury.coagulation_width + 60 * um
    per_px = depth / height
    pore_x = wide - max(pore.gland_diameter + 0.25 * pore.opening_diameter, pore.opening_diameter / 2.0 + 126 * per_px)
    frame_tissue(ax, 0.0, wide, depth)
    draw_layers(ax, skin, 0.0, wide, depth)
    pore_and_gland(ax, skin, pore_x)
    columns = _draw_columns(simulation, pore_x - room, wide)
    for x in columns:
        draw_damage(ax, mirror_fields(simulation), x)
    _name_columns(ax, simulation, columns, per_px)
    _depth_axis(ax, depth)
    _name_layers(ax, skin, depth, wide)
    _name_pore(ax, skin, pore_x, depth)
    scale_bar(ax, 0.0, depth + 8 * per_px, 0.2 * mm if wide < 1.6 * mm else 0.5 * mm)
    return ax


def _deep_enough(skin: Skin, reached: float) -> float:
    gland = skin.pore.gland_depth + 0.62 * skin.pore.gland_diameter
    return min(skin.thickness, max(gland, 1.12 * reached))


def column_spacing(simulation: Simulation) -> float | None:
    """Distance between columns [m] if they lie on square corners; None without a pattern."""
    density = simulation.setting.density
    return 1.0 / math.sqrt(density) if density > 0.0 else None


def _draw_columns(simulation: Simulation, most: float, wide: float) -> list[float]:
    """Middles of the columns drawn left of the pore: one, or as many as their spacing allows."""
    margin = 0.5 * simulation.injury.coagulation_width + 40 * um
    apart = column_spacing(simulation)
    if apart is None or most - apart < margin:
        return [max(margin, min(most, 0.35 * wide))]
    count = 1 + int((most - margin) / apart)
    return [most - k * apart for k in range(count)]


def _depth_axis(ax: Axes, depth: float) -> None:
    left = ax.get_xlim()[0]
    step = 0.5 * mm if depth > 1.2 * mm else 0.2 * mm
    per_px = depth / axes_size(ax)[1]
    for k in range(int(depth / step + 1e-9) + 1):
        z = k * step
        ax.plot([left - 5 * per_px, left], [z, z], color=SOFT, linewidth=1, clip_on=False)
        text = "0" if k == 0 else write_phrase(ax, "{number:.1f}", number=z / mm)
        write_text(ax, left - 8 * per_px, z, text, ha="right", color=SOFT, clip_on=False)
    write_text(ax, left - 44 * per_px, -14 * per_px, write_phrase(ax, "Depth (mm)"), color=SOFT, clip_on=False)


def _name_layers(ax: Axes, skin: Skin, depth: float, wide: float) -> None:
    per_px = depth / axes_size(ax)[1]
    top = 0.0
    for layer in skin.layers:
        bottom = min(top + layer.thickness, depth)
        if bottom <= top:
            break
        said = f"{write_phrase(ax, layer.name)} {format_length(layer.thickness, language_of(ax))}"
        thin = bottom - top < 16 * per_px
        free = max(top, 1.25 * skin.pore.funnel_depth) if top > 0.0 else top
        z = -14 * per_px if thin and top == 0.0 else min(free + 12 * per_px, bottom - 9 * per_px)
        write_text(ax, wide - 6 * per_px, z, said, ha="right", color=INK, zorder=8, clip_on=False)
        top += layer.thickness


def _name_pore(ax: Axes, skin: Skin, x: float, depth: float) -> None:
    pore, per_px = skin.pore, depth / axes_size(ax)[1]
    write_text(
        ax,
        x + gland_offset(pore),
        pore.gland_depth,
        write_phrase(ax, "oil\ngland"),
        ha="center",
        linespacing=1.0,
        zorder=8,
    )
    right = x + pore.opening_diameter / 2.0
    text = "pore with plug\n{width} wide" if pore.plugged else "pore\n{width} wide"
    said = write_phrase(ax, text, width=format_length(pore.opening_diameter, language_of(ax)))
    draw_leader(ax, x, 0.5 * pore.funnel_depth, right + 14 * per_px, 0.55 * pore.funnel_depth)
    write_text(
        ax, right + 17 * per_px, 0.55 * pore.funnel_depth, said, zorder=8, linespacing=1.1, halo=TOKENS["dermis"]
    )


def _name_columns(ax: Axes, simulation: Simulation, columns: list[float], per_px: float) -> None:
    apart = column_spacing(simulation)
    alone = apart is None or len(columns) == 1
    if alone or apart is None:
        said = write_phrase(ax, "laser\ncolumn")
    else:
        said = write_phrase(ax, "laser columns,\n{spacing} apart", spacing=format_length(apart, language_of(ax)))
    z = deepest_effect(simulation) + 40 * per_px
    x = min(columns)
    draw_leader(ax, x, simulation.crater.ablation_depth * 0.6, x, z - 16 * per_px)
    left = ax.get_xlim()[0] + 8 * per_px
    write_text(
        ax, max(left, x - (18 if alone else 40) * per_px), z, said, linespacing=1.1, zorder=8, halo=TOKENS["dermis"]
    )


def small_section(ax: Axes, simulation: Simulation, frame: Frame) -> Axes:
    """One column above the gland of a pore, without words: for settings side by side in one frame."""
    skin = simulation.exposure.skin
    wide = 2.0 * frame.half
    set_margins(ax, bottom=SMALL_BOTTOM)
    frame_tissue(ax, 0.0, wide, frame.depth)
    draw_layers(ax, skin, 0.0, wide, frame.depth)
    mouth = skin.pore.opening_diameter / 2.0 + 70 * um
    pore_and_gland(ax, skin, wide - mouth, side=-1.0)
    draw_damage(ax, mirror_fields(simulation), (wide - 2.0 * mouth) / 2.0)
    per_px = frame.depth / axes_size(ax)[1]
    scale_bar(ax, 0.0, frame.depth + 8 * per_px, 200 * um)
    return ax


def small_frame(simulations: tuple[Simulation, ...], width: float, height: float) -> Frame:
    """The frame that shows every one of them at one scale in small figures of that size [px]."""
    depth = max(_deep_enough(each.exposure.skin, deepest_effect(each)) for each in simulations)
    return Frame(depth * width / (height - SMALL_BOTTOM) / 2.0, depth)


def overview_says(simulation: Simulation, language: str = "en") -> str:
    """What the section shows, in one or two sentences."""
    skin, pore = simulation.exposure.skin, simulation.exposure.skin.pore
    layers = (f"{phrase(layer.name, language)} {format_length(layer.thickness, language)}" for layer in skin.layers)
    return phrase(
        "Skin cut open, to scale: {layers}. A pore {width} wide, its funnel {funnel} deep, its oil gland about {gland} "
        "deep. Beside it the laser column: {removed} of skin removed, collagen set down to {set_depth}.",
        language,
        layers=", ".join(layers),
        width=format_length(pore.opening_diameter, language),
        funnel=format_length(pore.funnel_depth, language),
        gland=format_length(pore.gland_depth, language),
        removed=format_length(simulation.crater.ablation_depth, language),
        set_depth=format_length(simulation.injury.coagulation_depth, language),
    )


def small_says(simulation: Simulation, language: str = "en") -> str:
    """What a small section shows, in one sentence."""
    return phrase(
        "A laser column beside a pore: {removed} of skin removed, collagen set down to {set_depth}; the oil gland of "
        "the pore lies about {gland} deep.",
        language,
        removed=format_length(simulation.crater.ablation_depth, language),
        set_depth=format_length(simulation.injury.coagulation_depth, language),
        gland=format_length(simulation.exposure.skin.pore.gland_depth, language),
    )

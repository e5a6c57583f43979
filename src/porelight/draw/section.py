"""What a laser column does in the skin, cut open, to scale: the same anatomy in every picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from porelight.draw.ink import GROUND, INK, LINE, SOFT, TOKENS, Axes, inset, new_figure, png, size, svg, write
from porelight.units import mm, to_celsius, um

if TYPE_CHECKING:
    from porelight.planning.model import Simulation
    from porelight.skin import Pore, Skin

Floats = NDArray[np.float64]

ISOTHERMS = (45, 60, 80, 100, 150, 200, 300)
"""[C] of the lines that are labelled: from the first harm to boiling water and beyond."""
HOT = 300.0
"""[C] at which the colours end; thin hotter skins at the wall look the same."""
WARM = 45.0
"""[C] below which tissue is drawn as tissue, not as temperature."""
DUCT = 0.3
"""Width of the hair canal below the funnel as a share of the opening: a drawing convention, not a measurement."""


class Frame(NamedTuple):
    """The window of a section: half its width and its depth [m]."""

    half: float
    depth: float


class Fields(NamedTuple):
    """A simulation mirrored about its axis, for drawing: x [m] (n,), z [m] (m,), the rest (m, n) or (n,)."""

    x: Floats
    z: Floats
    celsius: Floats
    necrosis: Floats
    coagulation: Floats
    crater: Floats


def fields(simulation: Simulation) -> Fields:
    """Mirrored fields; removed tissue takes after its wall, so that no seam shows at the crater."""
    grid, crater = simulation.crater.grid, simulation.crater.depth
    gone = grid.z[:, None] < crater[None, :]
    hot = to_celsius(0.0) + np.asarray(simulation.warming.peak)
    wall = np.minimum(gone.sum(axis=1), gone.shape[1] - 1)
    hot = np.where(gone, hot[np.arange(wall.size), wall][:, None], hot)
    dead, set_ = (
        np.where(gone, 6.0, np.log10(np.clip(np.nan_to_num(omega, nan=1e6), 1e-6, 1e6)))
        for omega in (simulation.injury.necrosis, simulation.injury.coagulation)
    )
    z = np.concatenate(([0.0], grid.z))
    x = np.concatenate((-grid.r[::-1], grid.r))
    return Fields(x, z, _whole(hot), _whole(dead), _whole(set_), np.concatenate((crater[::-1], crater)))


def _whole(field: Floats) -> Floats:
    """(nz, nr) mirrored about the axis, with its first row repeated at the surface."""
    both = np.concatenate((field[:, ::-1], field), axis=1)
    return np.concatenate((both[:1], both), axis=0)


def reach(simulation: Simulation) -> float:
    """Depth [m] of the deepest thing the column does."""
    injury = simulation.injury
    return max(simulation.crater.ablation_depth, injury.coagulation_depth, injury.necrosis_depth)


def _tissue(ax: Axes, skin: Skin, left: float, right: float, depth: float) -> None:
    from matplotlib.patches import Rectangle

    top = 0.0
    for layer in skin.layers:
        bottom = min(top + layer.thickness, depth)
        if bottom > top:
            box = Rectangle((left, top), right - left, bottom - top, facecolor=TOKENS[layer.name], edgecolor="none")
            ax.add_patch(box)
            ax.plot([left, right], [bottom, bottom], color=LINE, linewidth=0.8)
        top += layer.thickness
    ax.plot([left, right], [0, 0], color=INK, linewidth=1.2)


def _pore(ax: Axes, skin: Skin, x: float) -> None:
    """Funnel, plug, hair canal and gland about ``x``; the funnel is lined by epidermis."""
    from matplotlib.patches import Circle

    pore = skin.pore
    lining = min((layer.thickness for layer in skin.layers if layer.name == "epidermis"), default=0.0)
    gland_x = x + pore.gland_diameter / 2.0 + DUCT * pore.opening_diameter / 2.0
    gland = Circle((gland_x, pore.gland_depth), pore.gland_diameter / 2.0, zorder=2.5)
    gland.set(facecolor=TOKENS["gland"], edgecolor=INK, linewidth=0.8)
    ax.add_patch(gland)
    z, wall = _funnel(pore, 0.6 * lining)
    _filled(ax, x, z, wall, TOKENS["epidermis"], edge="none")
    z, wall = _funnel(pore, 0.0)
    _filled(ax, x, z, wall, GROUND)
    ax.plot([x - wall[-1], x + wall[-1]], [z[-1], z[-1]], color=INK, linewidth=0.9, zorder=3.2)
    if pore.plugged:
        inside = z >= 0.12 * pore.funnel_depth
        _filled(ax, x, z[inside], 0.92 * wall[inside], TOKENS["plug"], edge="none")


def _funnel(pore: Pore, thicker: float) -> tuple[Floats, Floats]:
    """Depths and half widths of the opening, its funnel, and the canal down to the gland."""
    z = np.linspace(0.0, pore.gland_depth + thicker, 80)
    down = np.clip(z / pore.funnel_depth, 0.0, 1.0)
    narrow = DUCT + (1.0 - DUCT) * 0.5 * (1.0 + np.cos(np.pi * down))
    return z, pore.opening_diameter / 2.0 * narrow + thicker


def _filled(ax: Axes, x: float, z: Floats, half: Floats, colour: str, edge: str = INK) -> None:
    ax.fill_betweenx(z, x - half, x + half, facecolor=colour, edgecolor="none", linewidth=0, zorder=3)
    if edge != "none":
        for side in (-1.0, 1.0):
            ax.plot(x + side * half, z, color=edge, linewidth=0.9, zorder=3.2)


def _damage(ax: Axes, shown: Fields, x: float, *, right_half: bool = False) -> None:
    """Dead cells and coagulated collagen as two named steps, each with its own hatching, below the open column."""
    for field, token, hatch in ((shown.necrosis, "dead", "----"), (shown.coagulation, "coagulated", "////")):
        if (field > 0.0).any():
            drawn = np.where(shown.x[None, :] < 0.0, -6.0, field) if right_half else field
            _zone(ax, x + shown.x, shown.z, drawn, TOKENS[token], hatch)
    _hole(ax, shown, x)


def _zone(ax: Axes, x: Floats, z: Floats, field: Floats, colour: str, hatch: str) -> None:
    filled = ax.contourf(x, z, field, levels=[0.0, 7.0], colors=[colour], hatches=[hatch], zorder=4)
    filled.set(edgecolor=GROUND, linewidth=0.0)
    ax.contour(x, z, field, levels=[0.0], colors=[INK], linewidths=0.7, zorder=4.1)


def _hole(ax: Axes, shown: Fields, x: float) -> None:
    if shown.crater.max() > 0.0:
        opened = shown.crater > 0.0
        edge = x + shown.x[opened]
        walls = np.concatenate(([0.0], shown.crater[opened], [0.0]))
        outline = np.concatenate((edge[:1], edge, edge[-1:]))
        ax.fill_between(outline, -4 * um, walls, facecolor=GROUND, edgecolor="none", zorder=5)
        ax.plot(outline, walls, color=INK, linewidth=1.1, zorder=5.1)


def _window(ax: Axes, left: float, right: float, depth: float, above: float) -> None:
    ax.set(xlim=(left, right), ylim=(depth, -above))
    ax.set_axis_off()


def _scale_bar(ax: Axes, x: float, z: float, length: float, *, align: str = "left") -> None:
    label = f"{length / mm:g} mm" if length >= mm else f"{length / um:.0f} µm"
    start = x if align == "left" else x - length
    ax.plot([start, start + length], [z, z], color=INK, linewidth=3, solid_capstyle="butt", zorder=7, clip_on=False)
    per_px = abs(ax.get_ylim()[0] - ax.get_ylim()[1]) / size(ax)[1]
    write(ax, start + length / 2.0, z + 11 * per_px, label, ha="center", zorder=7, clip_on=False)


def overview(ax: Axes, simulation: Simulation) -> Axes:
    """Columns at the dialled spacing beside a pore with its gland; layers with their thickness; depth in mm.

    The window is as wide as its height allows at equal scale; the pore stands right of the column.
    """
    skin = simulation.exposure.skin
    inset(ax, left=48, right=2, top=26, bottom=30)
    width, height = size(ax)
    depth = _deep_enough(skin, reach(simulation))
    wide = width * depth / height
    pore = skin.pore
    room = 0.5 * pore.opening_diameter + 0.5 * simulation.injury.coagulation_width + 60 * um
    pore_x = wide - max(pore.gland_diameter + 0.25 * pore.opening_diameter, 0.6 * pore.opening_diameter) - 0.1 * wide
    _window(ax, 0.0, wide, depth, 0.0)
    _tissue(ax, skin, 0.0, wide, depth)
    _pore(ax, skin, pore_x)
    columns = _columns(simulation, pore_x - room, wide)
    for x in columns:
        _damage(ax, fields(simulation), x)
    _name_columns(ax, simulation, columns, depth / height)
    _depth_axis(ax, depth)
    _name_layers(ax, skin, depth, wide)
    _name_pore(ax, skin, pore_x, depth)
    per_px = depth / height
    _scale_bar(ax, 0.0, depth + 8 * per_px, 0.2 * mm if wide < 1.6 * mm else 0.5 * mm)
    return ax


def _deep_enough(skin: Skin, reached: float) -> float:
    gland = skin.pore.gland_depth + 0.62 * skin.pore.gland_diameter
    return min(skin.thickness, max(gland, 1.12 * reached))


def spacing(simulation: Simulation) -> float | None:
    """Distance between columns [m] if they lie on square corners; None without a pattern."""
    density = simulation.setting.density
    return 1.0 / math.sqrt(density) if density > 0.0 else None


def _columns(simulation: Simulation, most: float, wide: float) -> list[float]:
    """Middles of the columns drawn left of the pore: one, or as many as their spacing allows."""
    margin = 0.5 * simulation.injury.coagulation_width + 40 * um
    apart = spacing(simulation)
    if apart is None or most - apart < margin:
        return [max(margin, min(most, 0.35 * wide))]
    count = 1 + int((most - margin) / apart)
    return [most - k * apart for k in range(count)]


def _depth_axis(ax: Axes, depth: float) -> None:
    left = ax.get_xlim()[0]
    step = 0.5 * mm if depth > 1.2 * mm else 0.2 * mm
    per_px = depth / size(ax)[1]
    for k in range(int(depth / step + 1e-9) + 1):
        z = k * step
        ax.plot([left - 5 * per_px, left], [z, z], color=SOFT, linewidth=1, clip_on=False)
        text = "0" if k == 0 else f"{z / mm:.1f}"
        write(ax, left - 8 * per_px, z, text, ha="right", color=SOFT, clip_on=False)
    write(ax, left - 44 * per_px, -14 * per_px, "Depth (mm)", color=SOFT, clip_on=False)


def _name_layers(ax: Axes, skin: Skin, depth: float, wide: float) -> None:
    per_px = depth / size(ax)[1]
    top = 0.0
    for layer in skin.layers:
        bottom = min(top + layer.thickness, depth)
        if bottom <= top:
            break
        said = f"{layer.name} {_length(layer.thickness)}"
        thin = bottom - top < 16 * per_px
        z = -14 * per_px if thin and top == 0.0 else (bottom - 11 * per_px)
        write(ax, wide - 6 * per_px, z, said, ha="right", color=INK, zorder=8, clip_on=False)
        top += layer.thickness


def _name_pore(ax: Axes, skin: Skin, x: float, depth: float) -> None:
    pore, per_px = skin.pore, depth / size(ax)[1]
    gland_x = x + pore.gland_diameter / 2.0 + DUCT * pore.opening_diameter / 2.0
    write(ax, gland_x, pore.gland_depth, "oil\ngland", ha="center", linespacing=1.0, zorder=8)
    right = x + pore.opening_diameter / 2.0
    name = "pore with plug" if pore.plugged else "pore"
    said = f"{name}, {_length(pore.opening_diameter)} wide"
    _leader(ax, x, 0.5 * pore.funnel_depth, right + 14 * per_px, 0.55 * pore.funnel_depth)
    write(ax, right + 17 * per_px, 0.55 * pore.funnel_depth, said, zorder=8, halo=TOKENS["dermis"])


def _name_columns(ax: Axes, simulation: Simulation, columns: list[float], per_px: float) -> None:
    apart = spacing(simulation)
    said = "laser column" if apart is None else f"laser columns,\n{_length(apart)} apart"
    z = reach(simulation) + 40 * per_px
    x = min(columns)
    _leader(ax, x, simulation.crater.ablation_depth * 0.6, x, z - 16 * per_px)
    left = ax.get_xlim()[0] + 8 * per_px
    write(ax, max(left, x - 40 * per_px), z, said, linespacing=1.1, zorder=8)


def _leader(ax: Axes, x: float, z: float, to_x: float, to_z: float) -> None:
    ax.plot([x, to_x], [z, to_z], color=GROUND, linewidth=2.4, zorder=7.4, clip_on=False)
    ax.plot([x, to_x], [z, to_z], color=INK, linewidth=0.9, zorder=7.5, clip_on=False)
    ax.plot([x], [z], marker="o", markersize=4, markeredgecolor=GROUND, color=INK, zorder=7.6, clip_on=False)


def _length(value: float) -> str:
    return f"{value / mm:.1f} mm" if value >= 0.995 * mm else f"{_rounded(value / um):.0f} µm"


def _rounded(value: float) -> float:
    return round(value / 10) * 10 if value >= 100 else round(value / 5) * 5 if value >= 20 else round(value)


def close_up(ax: Axes, simulation: Simulation) -> Axes:
    """One column: left the highest temperature with labelled isotherms, right the damage in named steps."""
    skin, shown = simulation.exposure.skin, fields(simulation)
    inset(ax, left=2, right=2, top=26, bottom=30)
    width, height = size(ax)
    frame = _close_frame(simulation, shown, width, height)
    wide = frame.depth * width / height
    _window(ax, -wide / 2, wide / 2, frame.depth, 0.0)
    _tissue(ax, skin, -frame.half, frame.half, frame.depth)
    _heat(ax, shown)
    _damage(ax, shown, 0.0, right_half=True)
    _clip(ax, frame)
    per_px = frame.depth / height
    ax.plot([0, 0], [0, frame.depth], color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=6)
    _name_isotherms(ax, shown, frame, per_px)
    _name_damage(ax, simulation, shown, frame, per_px)
    write(ax, -wide / 2, -14 * per_px, "Highest temperature", weight="bold", clip_on=False)
    write(ax, wide / 2, -14 * per_px, "Damage", weight="bold", ha="right", clip_on=False)
    _scale_bar(ax, -frame.half, frame.depth + 8 * per_px, 100 * um if frame.half > 60 * um else 50 * um)
    return ax


def _close_frame(simulation: Simulation, shown: Fields, width: float, height: float) -> Frame:
    """Room for the column and its warm rim, and 104 px at each side for the names."""
    warm = np.abs(shown.x[(shown.celsius > WARM).any(axis=0)]).max(initial=40 * um)
    half = 1.1 * max(float(warm), simulation.injury.coagulation_width / 2.0)
    depth = max(1.2 * reach(simulation), 150 * um)
    return Frame(half, max(depth, height * 2.0 * half / max(width - 208.0, 40.0)))


def _heat(ax: Axes, shown: Fields) -> None:
    from matplotlib import colormaps

    top = min(float(shown.celsius.max()), HOT)
    if top <= WARM:
        return
    left = np.where(shown.x[None, :] > 0.0, 0.0, np.minimum(shown.celsius, top))
    levels = np.linspace(WARM, top, 17)
    colours = colormaps["inferno"](np.linspace(0.2, 0.97, levels.size - 1))
    ax.contourf(shown.x, shown.z, left, levels=levels, colors=colours, zorder=4)
    lines = [level for level in ISOTHERMS if level < 0.98 * top]
    ax.contour(shown.x, shown.z, left, levels=lines, colors=[GROUND], linewidths=0.8, zorder=4.2)


def _clip(ax: Axes, frame: Frame) -> None:
    """Nothing of the fields leaves the window of tissue."""
    from matplotlib.patches import Rectangle

    window = Rectangle((-frame.half, 0.0), 2 * frame.half, frame.depth, transform=ax.transData)
    for drawn in ax.collections:
        drawn.set_clip_path(window)
    edge: dict[str, Any] = {"facecolor": "none", "edgecolor": LINE, "linewidth": 1.0, "zorder": 6}
    ax.add_patch(Rectangle((-frame.half, 0.0), 2 * frame.half, frame.depth, **edge))


def _name_isotherms(ax: Axes, shown: Fields, frame: Frame, per_px: float) -> None:
    """Labels at the left, the coolest at the top, each with a level leader to its line."""
    top, left = min(float(shown.celsius.max()), HOT), shown.x < 0.0
    x = -shown.x[left][::-1]
    lines = [level for level in ISOTHERMS if level < 0.98 * top]
    warm = float(shown.z[(shown.celsius >= WARM).any(axis=1)].max(initial=0.0))
    for level, z in zip(lines, np.linspace(0.18, 0.82, len(lines)) * min(warm, frame.depth), strict=True):
        row = shown.celsius[int(np.abs(shown.z - z).argmin())][left][::-1]
        hot = np.flatnonzero(row >= level)
        if hot.size:
            edge = -min(float(x[hot[-1]]), frame.half)
            _leader(ax, edge, z, -frame.half - 8 * per_px, z)
            write(ax, -frame.half - 12 * per_px, z, f"{level} °C", ha="right", zorder=8, clip_on=False)


class Step(NamedTuple):
    """One named step of damage at one depth: its name, and the middle of its zone [m]."""

    name: str
    x: float


def _name_damage(ax: Axes, simulation: Simulation, shown: Fields, frame: Frame, per_px: float) -> None:
    deep = min(reach(simulation), frame.depth)
    for share, zone in ((0.2, 0), (0.45, 1), (0.66, 2), (0.92, 3)):
        z = share * deep if deep > 0.0 else 0.5 * frame.depth
        found = steps(simulation, shown, z, frame.half)[zone]
        if found is not None:
            _leader(ax, found.x, z, frame.half + 8 * per_px, z)
            write(ax, frame.half + 12 * per_px, z, found.name, zorder=8, linespacing=1.1, clip_on=False)


def steps(simulation: Simulation, shown: Fields, z: float, half: float) -> list[Step | None]:
    """Removed, collagen set, cells dead, alive: where each is met at depth ``z`` going right; None where it is not."""
    row, right = int(np.abs(shown.z - z).argmin()), shown.x > 0.0
    x = shown.x[right]
    gone = shown.crater[right] > z
    firm = (shown.coagulation[row][right] > 0.0) & ~gone
    dead = (shown.necrosis[row][right] > 0.0) & ~gone & ~firm
    alive = ~gone & ~firm & ~dead & (x < half)
    names = (
        f"removed,\n{_length(simulation.crater.ablation_depth)} deep",
        f"collagen set\nby heat, to\n{_length(simulation.injury.coagulation_depth)}",
        "cells dead,\ncollagen kept",
        "alive",
    )
    zones = (gone, firm, dead, alive)
    return [Step(name, float(x[zone].mean())) if zone.any() else None for name, zone in zip(names, zones, strict=True)]


def small(ax: Axes, simulation: Simulation, frame: Frame) -> Axes:
    """One column beside a pore, without words: for settings side by side in one frame."""
    skin = simulation.exposure.skin
    _window(ax, -0.4 * frame.half, 1.6 * frame.half, frame.depth, 0.0)
    _tissue(ax, skin, -0.4 * frame.half, 1.6 * frame.half, frame.depth)
    _pore(ax, skin, 0.85 * frame.half)
    _damage(ax, fields(simulation), 0.0)
    per_px = frame.depth / size(ax)[1]
    _scale_bar(ax, -0.4 * frame.half + 8 * per_px, frame.depth - 26 * per_px, 200 * um)
    return ax


def small_frame(simulations: tuple[Simulation, ...], *, aspect: float) -> Frame:
    """The frame that shows every one of them at one scale; ``aspect`` is width by height."""
    depth = max(_deep_enough(each.exposure.skin, reach(each)) for each in simulations)
    return Frame(depth * aspect / 2.0, depth)


def overview_says(simulation: Simulation) -> str:
    """What the section shows, in one or two sentences."""
    skin, pore = simulation.exposure.skin, simulation.exposure.skin.pore
    layers = ", ".join(f"{layer.name} {_length(layer.thickness)}" for layer in skin.layers)
    return (
        f"Skin cut open, to scale: {layers}. A pore {_length(pore.opening_diameter)} wide, its funnel "
        f"{_length(pore.funnel_depth)} deep, its oil gland about {_length(pore.gland_depth)} deep. Beside it the laser "
        f"column: {_length(simulation.crater.ablation_depth)} of skin removed, collagen set down to "
        f"{_length(simulation.injury.coagulation_depth)}."
    )


def close_up_says(simulation: Simulation) -> str:
    """What the close-up shows, in one sentence."""
    return (
        f"One laser column, {_length(simulation.crater.ablation_width)} wide and "
        f"{_length(simulation.crater.ablation_depth)} deep. Left: the highest temperature, up to "
        f"{_rounded(to_celsius(simulation.warming.peak_temperature)):.0f} °C at its wall. Right: removed tissue, then "
        f"set collagen, then dead cells, then living skin."
    )


def section_svg(simulation: Simulation) -> str:
    """The close-up as an SVG file of its own."""
    figure, ax = new_figure(480, 460)
    close_up(ax, simulation)
    return svg(figure, "section", close_up_says(simulation), inline=False)


def section_png(simulation: Simulation) -> bytes:
    """The close-up as PNG."""
    figure, ax = new_figure(480, 460)
    close_up(ax, simulation)
    return png(figure)

"""Skin and a laser column cut open, to scale: the pieces that every section is drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from porelight.arrays import Floats
from porelight.draw.ink import GROUND, INK, LINE, TOKENS, Axes, axes_size, write_phrase, write_text
from porelight.units import mm, to_celsius, um
from porelight.wording import phrase

if TYPE_CHECKING:
    from porelight.simulation.model import Simulation
    from porelight.skin import Pore, Skin


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


def mirror_fields(simulation: Simulation) -> Fields:
    """Mirrored fields; removed tissue takes after its wall, so that no seam shows at the crater.

    The temperature is the median over three by three cells: the film of the wall, one cell thin, is left out.
    """
    from scipy.ndimage import median_filter

    grid, crater = simulation.crater.grid, simulation.crater.depth
    gone = grid.z[:, None] < crater[None, :]
    hot = to_celsius(0.0) + np.asarray(simulation.warming.peak)
    wall = np.minimum(gone.sum(axis=1), gone.shape[1] - 1)
    hot = np.where(gone, hot[np.arange(wall.size), wall][:, None], hot)
    hot = median_filter(hot, size=3, mode="nearest")
    dead, set_ = (
        np.where(gone, 6.0, np.log10(np.clip(np.nan_to_num(omega, nan=1e6), 1e-6, 1e6)))
        for omega in (simulation.injury.necrosis, simulation.injury.coagulation)
    )
    z = np.concatenate(([0.0], grid.z))
    x = np.concatenate((-grid.r[::-1], grid.r))
    return Fields(
        x, z, _mirror_field(hot), _mirror_field(dead), _mirror_field(set_), np.concatenate((crater[::-1], crater))
    )


def _mirror_field(field: Floats) -> Floats:
    """(nz, nr) mirrored about the axis, with its first row repeated at the surface."""
    both = np.concatenate((field[:, ::-1], field), axis=1)
    return np.concatenate((both[:1], both), axis=0)


def deepest_effect(simulation: Simulation) -> float:
    """Depth [m] of the deepest thing the column does."""
    injury = simulation.injury
    return max(simulation.crater.ablation_depth, injury.coagulation_depth, injury.necrosis_depth)


def draw_layers(ax: Axes, skin: Skin, left: float, right: float, depth: float) -> None:
    from matplotlib.patches import Rectangle

    top = 0.0
    for layer in skin.layers:
        bottom = min(top + layer.thickness, depth)
        if bottom > top:
            box = Rectangle((left, top), right - left, bottom - top, facecolor=TOKENS[layer.name], edgecolor="none")
            ax.add_patch(box)
            ax.plot([left, right], [bottom, bottom], color=LINE, linewidth=0.8)
        top += layer.thickness
    ax.plot([left, right], [0, 0], color=INK, linewidth=1.2, zorder=3.05)


def pore_and_gland(ax: Axes, skin: Skin, x: float, *, side: float = 1.0) -> None:
    """Funnel, plug, hair canal and gland about ``x``; the funnel is lined by epidermis, the gland right (1) or left."""
    from matplotlib.patches import Circle

    pore = skin.pore
    lining = min((layer.thickness for layer in skin.layers if layer.name == "epidermis"), default=0.0)
    gland = Circle((x + side * gland_offset(pore), pore.gland_depth), pore.gland_diameter / 2.0, zorder=2.5)
    gland.set(facecolor=TOKENS["gland"], edgecolor=INK, linewidth=0.8)
    ax.add_patch(gland)
    z, wall = _outline_pore(pore, 0.6 * lining)
    _fill_outline(ax, x, z, wall, TOKENS["epidermis"], edge="none")
    z, wall = _outline_pore(pore, 0.0)
    _fill_outline(ax, x, z, wall, GROUND)
    lip = np.array([-6 * um, 0.0, 4 * um])
    _fill_outline(ax, x, lip, np.full(3, wall[0]), GROUND, edge="none")
    ax.plot([x - wall[-1], x + wall[-1]], [z[-1], z[-1]], color=INK, linewidth=0.9, zorder=3.2)
    if pore.plugged:
        inside = z >= 0.12 * pore.funnel_depth
        _fill_outline(ax, x, z[inside], 0.92 * wall[inside], TOKENS["plug"], edge="none")


def gland_offset(pore: Pore) -> float:
    """From the middle of the pore to the middle of its gland, sideways [m]."""
    return pore.gland_diameter / 2.0 + DUCT * pore.opening_diameter / 2.0


def _outline_pore(pore: Pore, thicker: float) -> tuple[Floats, Floats]:
    """Depths and half widths of the opening, its funnel, and the canal down to the gland."""
    z = np.linspace(0.0, pore.gland_depth + thicker, 80)
    down = np.clip(z / pore.funnel_depth, 0.0, 1.0)
    narrow = DUCT + (1.0 - DUCT) * 0.5 * (1.0 + np.cos(np.pi * down))
    return z, pore.opening_diameter / 2.0 * narrow + thicker


def _fill_outline(ax: Axes, x: float, z: Floats, half: Floats, colour: str, edge: str = INK) -> None:
    order = 3.0 if colour == TOKENS["epidermis"] else 3.1
    ax.fill_betweenx(z, x - half, x + half, facecolor=colour, edgecolor="none", linewidth=0, zorder=order)
    if edge != "none":
        for side in (-1.0, 1.0):
            ax.plot(x + side * half, z, color=edge, linewidth=0.9, zorder=3.2)


def draw_damage(ax: Axes, shown: Fields, x: float, *, right_half: bool = False) -> None:
    """Dead cells and coagulated collagen as two named steps, each with its own hatching, below the open column."""
    for field, token, hatch in ((shown.necrosis, "dead", "----"), (shown.coagulation, "coagulated", "////")):
        if (field > 0.0).any():
            drawn = np.where(shown.x[None, :] < 0.0, -6.0, field) if right_half else field
            _draw_zone(ax, x + shown.x, shown.z, drawn, TOKENS[token], hatch)
    _clear_hole(ax, shown, x)


def _draw_zone(ax: Axes, x: Floats, z: Floats, field: Floats, colour: str, hatch: str) -> None:
    filled = ax.contourf(x, z, field, levels=[0.0, 7.0], colors=[colour], hatches=[hatch], zorder=4)
    filled.set(edgecolor=GROUND, linewidth=0.0)
    ax.contour(x, z, field, levels=[0.0], colors=[INK], linewidths=0.7, zorder=4.1)


def _clear_hole(ax: Axes, shown: Fields, x: float) -> None:
    if shown.crater.max() > 0.0:
        opened = shown.crater > 0.0
        edge = x + shown.x[opened]
        walls = np.concatenate(([0.0], shown.crater[opened], [0.0]))
        outline = np.concatenate((edge[:1], edge, edge[-1:]))
        ax.fill_between(outline, -4 * um, walls, facecolor=GROUND, edgecolor="none", zorder=5)
        ax.plot(outline, walls, color=INK, linewidth=1.1, zorder=5.1)


def frame_tissue(ax: Axes, left: float, right: float, depth: float) -> None:
    ax.set(xlim=(left, right), ylim=(depth, 0.0))
    ax.set_axis_off()


def scale_bar(ax: Axes, x: float, z: float, length: float, *, align: str = "left") -> None:
    millimetres = length >= mm
    label = write_phrase(ax, "{length:g} mm", length=length / mm) if millimetres else f"{length / um:.0f} µm"
    start = x if align == "left" else x - length
    ax.plot([start, start + length], [z, z], color=INK, linewidth=3, solid_capstyle="butt", zorder=7, clip_on=False)
    per_px = abs(ax.get_ylim()[0] - ax.get_ylim()[1]) / axes_size(ax)[1]
    write_text(ax, start, z + 11 * per_px, label, ha=align, zorder=7, clip_on=False)


def draw_leader(ax: Axes, x: float, z: float, to_x: float, to_z: float) -> None:
    ax.plot([x, to_x], [z, to_z], color=GROUND, linewidth=2.4, zorder=7.4, clip_on=False)
    ax.plot([x, to_x], [z, to_z], color=INK, linewidth=0.9, zorder=7.5, clip_on=False)
    ax.plot([x], [z], marker="o", markersize=4, markeredgecolor=GROUND, color=INK, zorder=7.6, clip_on=False)


def format_length(value: float, language: str = "en") -> str:
    if value >= 0.995 * mm:
        return phrase("{length:.1f} mm", language, length=value / mm)
    return f"{round_length(value / um):.0f} µm"


def round_length(value: float) -> float:
    return round(value / 10) * 10 if value >= 100 else round(value / 5) * 5 if value >= 20 else round(value)

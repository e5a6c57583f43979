"""Where one joule goes: fluence and absorbed energy on a section through a pore, with what the photons met drawn in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from porelight.arrays import Floats, Mask
from porelight.digits import round_by_error
from porelight.draw.anatomy import draw_leader, frame_tissue, scale_bar
from porelight.draw.ink import (
    GROUND,
    INK,
    LINE,
    SOFT,
    Axes,
    Figure,
    axes_size,
    new_figure,
    set_margins,
    write_text,
)
from porelight.light.gland_heat import (
    SECTION_HALF_WIDTH,
    Cells,
    HeatByPlace,
    Mean,
    Quantity,
    gland_extent,
    heat_by_place,
    section_of,
    signed_levels,
)
from porelight.units import J_cm2, cm, mm, um

if TYPE_CHECKING:
    from matplotlib.colors import Colormap, LogNorm

    from porelight.light.monte_carlo import Heterogeneous, Transport


UNSURE: Final = 0.3
"""Relative standard error above which a cell is left blank."""

HALF, DEPTH = SECTION_HALF_WIDTH, 1.5 * mm
"""The window of every one of these sections [m]: half its width, and its depth."""

WIDTH, HEIGHT = 790.0, 484.0
"""[px] of the figure of one laser."""


class Scale(NamedTuple):
    """How one quantity is shown; the same for every laser, so that figures lie side by side."""

    title: str
    unit: str
    per: float
    """SI value of the unit shown, for one joule."""
    low: float
    high: float
    colours: str


COLOUR_SCALES: Final[dict[Quantity, Scale]] = {
    "fluence": Scale("Light passing (fluence)", "J/cm² for 1 J", J_cm2, 0.1, 200.0, "viridis"),
    "absorbed": Scale("Heat made (absorbed energy)", "J/cm³ for 1 J", 1.0 / cm**3, 0.1, 3000.0, "magma"),
}


def joule_section(ax: Axes, transport: Transport, quantity: Quantity) -> Axes:
    """One quantity on the section, on a log scale, with anatomy, axes, scale bar and colours that are named.

    Left and right are averaged, since the pore is symmetric. Cells known to less than 30 % are hatched.
    """
    from matplotlib.colors import LogNorm

    medium, box, field = section_of(transport, quantity)
    scale = COLOUR_SCALES[quantity]
    frame_tissue(ax, -HALF, HALF, DEPTH)
    norm, colours = LogNorm(scale.low, scale.high, clip=True), _colours(scale)
    cells = _mirror_cells(field)
    shown = np.ma.masked_where(_uncertain_cells(cells), cells.value / scale.per)
    edges = box.x_edges[0], box.x_edges[-1], box.z_edges[-1], box.z_edges[0]
    _hatch_unknown(ax, cells)
    ax.imshow(shown, norm=norm, cmap=colours, extent=edges, interpolation="nearest", aspect="auto", zorder=2)
    frame_tissue(ax, -HALF, HALF, DEPTH)
    _outline_medium(ax, medium)
    per_px = DEPTH / axes_size(ax)[1]
    write_text(ax, -HALF, -34 * per_px, scale.title, weight="bold", clip_on=False)
    write_text(ax, -HALF, -17 * per_px, scale.unit, color=SOFT, clip_on=False)
    _colour_bar(ax, scale, norm, colours)
    return ax


def joule_figure(transport: Transport, wavelength_nm: float, laser: str) -> Figure:
    """The figure of one laser: where its light passes, and where it makes heat, at one scale."""
    figure, left = new_figure(WIDTH, HEIGHT)
    right = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    set_margins(left, left=46, right=WIDTH - 46 - 290, top=132, bottom=62)
    set_margins(right, left=366, right=WIDTH - 366 - 290, top=132, bottom=62)
    joule_section(left, transport, "fluence")
    joule_section(right, transport, "absorbed")
    _depth_axis(left)
    _depth_axis(right, named=False)
    _name_layers(left, transport)
    _name_heat(right, transport)
    per_px = DEPTH / axes_size(left)[1]
    head = f"{wavelength_nm:.0f} nm, {laser}"
    at = -HALF - 40 * per_px
    write_text(left, at, -116 * per_px, head, weight="bold", fontsize=17, clip_on=False)
    write_text(left, at, -92 * per_px, _describe_gland_share(heat_by_place(transport)), fontsize=13, clip_on=False)
    said = f"{_describe_shares(transport)}. Flat beam, {2 * _beam_radius(transport) / mm:g} mm wide"
    write_text(left, at, -70 * per_px, said, color=SOFT, clip_on=False)
    return figure


def joule_says(transport: Transport, wavelength_nm: float) -> str:
    """What the figure of one laser shows, in a few sentences."""
    found = heat_by_place(transport)
    return (
        f"Section through facial skin with a pore, to scale, lit from above at {wavelength_nm:.0f} nm. "
        f"{_describe_shares(transport)}. Per cm³, 1 J leaves {format_density(found.epidermis)} J in the epidermis, "
        f"{format_density(found.gland)} J in the oil gland and {format_density(found.beside)} J in the dermis beside "
        f"it. {_describe_gland_share(found)}."
    )


def format_density(mean: Mean) -> str:
    """An energy density [1/m3] in J/cm3, with the figures that its error allows."""
    return round_by_error(mean.value * cm**3, mean.error * cm**3)


def round_briefly(value: float, error: float) -> str:
    """The same for drawings: one decimal at most, and "under 0.1" below that."""
    if value < 0.095:
        return "under 0.1"
    return round_by_error(value, error if value >= 1.0 else math.inf)


def _beam_radius(transport: Transport) -> float:
    return float(transport.beam.radius)


def _mirror_cells(cells: Cells) -> Cells:
    """Mean of left and right; few photons score in both, so their errors add in quadrature."""
    value, error = cells
    return Cells(0.5 * (value + value[:, ::-1]), 0.5 * np.hypot(error, error[:, ::-1]))


def _uncertain_cells(cells: Cells) -> Mask:
    """Cells with an error that says little, or without a photon."""
    return np.asarray((cells.value <= 0.0) | (cells.error > UNSURE * cells.value))


def _colours(scale: Scale) -> Colormap:
    import matplotlib as mpl

    return mpl.colormaps[scale.colours]


def _hatch_unknown(ax: Axes, cells: Cells) -> None:
    """Hatching that shows wherever cells are left out, named where they are many."""
    from matplotlib.patches import Rectangle

    ground = Rectangle((-HALF, 0.0), 2 * HALF, DEPTH, facecolor=GROUND, edgecolor=LINE, hatch="////", linewidth=0)
    ax.add_patch(ground).set_zorder(1)
    deep = _uncertain_cells(cells)[-cells.value.shape[0] // 5 :]
    if deep.mean() > 0.6:
        write_text(
            ax, HALF - 20 * um, 1.44 * mm, "too few photons: error above 30 %", ha="right", halo=GROUND, zorder=8
        )


def _outline_medium(ax: Axes, medium: Heterogeneous) -> None:
    """Outlines of what the photons met, in ink with a pale rim, so that they read on every colour."""
    x, z = np.linspace(-HALF, HALF, 601), np.linspace(0.0, DEPTH, 601)
    levels = signed_levels(medium, x[None, :], np.zeros((1, 1)), z[:, None])
    top = 0.0
    for slab in medium.layers.slabs[:-1]:
        top += slab.thickness
        outside = np.where(np.min(list(levels.values()), axis=0)[np.searchsorted(z, top)] > 0.0, top, np.nan)
        _draw_line(ax, x, outside)
    if "air" in levels:
        ax.contourf(x, z, levels["air"], levels=[-np.inf, 0.0], colors=[GROUND], zorder=3)
    for level in levels.values():
        for width, colour in ((2.6, GROUND), (1.1, INK)):
            ax.contour(x, z, level, levels=[0.0], colors=[colour], linewidths=width, zorder=4)
    mouth = np.abs(x) < 0.5 * _opening_width(levels, x)
    ax.plot(x, np.where(mouth, np.nan, 0.0), color=INK, linewidth=1.4, zorder=5, clip_on=False)


def _opening_width(levels: dict[str, Floats], x: Floats) -> float:
    """Width of what lies open at the surface [m]."""
    inside = np.min([level[0] for level in levels.values()], axis=0) <= 0.0
    return float(np.ptp(x[inside])) if inside.any() else 0.0


def _draw_line(ax: Axes, x: Floats, z: Floats) -> None:
    for width, colour in ((2.6, GROUND), (1.1, INK)):
        ax.plot(x, z, color=colour, linewidth=width, zorder=3.5)


def _depth_axis(ax: Axes, *, named: bool = True) -> None:
    per_px = DEPTH / axes_size(ax)[1]
    for k in range(4):
        z = 0.5 * mm * k
        ax.plot([-HALF - 5 * per_px, -HALF], [z, z], color=SOFT, linewidth=1, clip_on=False)
        if named:
            write_text(ax, -HALF - 8 * per_px, z, f"{z / mm:g}" if k else "0", ha="right", color=SOFT, clip_on=False)
    if named:
        write_text(
            ax, -HALF - 30 * per_px, DEPTH / 6, "Depth (mm)", ha="center", rotation=90, color=SOFT, clip_on=False
        )


def _name_layers(ax: Axes, transport: Transport) -> None:
    medium, _, _ = section_of(transport, "fluence")
    per_px, top = DEPTH / axes_size(ax)[1], 0.0
    for slab in medium.layers.slabs:
        bottom = min(top + slab.thickness, DEPTH)
        z = max(top + 12 * per_px, 0.5 * (top + min(bottom, top + 28 * per_px)))
        write_text(ax, HALF - 5 * per_px, z, slab.material.name, ha="right", halo=GROUND, zorder=8)
        top = bottom
    high, low = gland_extent(medium)
    gland = 0.5 * (high + low)
    draw_leader(ax, -0.12 * mm, gland, -0.36 * mm, gland)
    write_text(ax, -0.38 * mm, gland, "oil gland", ha="right", halo=GROUND, zorder=8)
    draw_leader(ax, -0.05 * mm, 0.12 * mm, -0.36 * mm, 0.28 * mm)
    write_text(ax, -0.38 * mm, 0.28 * mm, "pore", ha="right", halo=GROUND, zorder=8)
    scale_bar(ax, -HALF + 8 * per_px, DEPTH - 32 * per_px, 0.2 * mm)


def _name_heat(ax: Axes, transport: Transport) -> None:
    """What each place takes up, beside the section."""
    medium, _, _ = section_of(transport, "absorbed")
    found, (high, low) = heat_by_place(transport), gland_extent(medium)
    gland = 0.5 * (high + low)
    out, at = HALF + 14 * DEPTH / axes_size(ax)[1], HALF + 18 * DEPTH / axes_size(ax)[1]
    for name, estimate, x, z, to in (
        ("epidermis", found.epidermis, 0.6 * mm, 0.5 * medium.layers.slabs[0].thickness, 0.07 * mm),
        ("oil gland", found.gland, 0.1 * mm, gland, gland - 0.12 * mm),
        ("dermis beside it", found.beside, 0.55 * mm, gland + 0.04 * mm, gland + 0.16 * mm),
    ):
        draw_leader(ax, x, z, out, to)
        weight = "bold" if name == "oil gland" else "normal"
        said = f"{name}\n{round_briefly(estimate.value * cm**3, estimate.error * cm**3)} J/cm³"
        write_text(ax, at, to, said, weight=weight, linespacing=1.15, clip_on=False)


def _colour_bar(ax: Axes, scale: Scale, norm: LogNorm, colours: Colormap) -> None:
    """The colours of the section with their values, below it."""
    per_px = DEPTH / axes_size(ax)[1]
    top, bottom = DEPTH + 14 * per_px, DEPTH + 26 * per_px
    strip = np.geomspace(scale.low, scale.high, 256)[None, :]
    ax.imshow(strip, norm=norm, cmap=colours, extent=(-HALF, HALF, bottom, top), aspect="auto", clip_on=False)
    frame_tissue(ax, -HALF, HALF, DEPTH)
    for power in range(math.ceil(math.log10(scale.low)), math.floor(math.log10(scale.high)) + 1):
        value = 10.0**power
        x = -HALF + 2 * HALF * float(norm(value))
        ax.plot([x, x], [bottom, bottom + 4 * per_px], color=SOFT, linewidth=1, clip_on=False)
        where = "left" if x < -0.95 * HALF else "right" if x > 0.95 * HALF else "center"
        write_text(
            ax,
            x,
            bottom + 14 * per_px,
            ("≤ " if value == scale.low else "") + f"{value:g}",
            ha=where,
            color=SOFT,
            clip_on=False,
        )


def _describe_shares(transport: Transport) -> str:
    """Where the joule goes, in one line."""
    back = transport.reflectance
    parts = [f"{round_briefly(100 * back.value, 100 * back.standard_error)} % back out"]
    for name in ("epidermis", "dermis", "fat", "gland"):
        found = transport.absorbed_by_path[name]
        called = "oil gland" if name == "gland" else name
        parts.append(f"{round_briefly(100 * found.value, 100 * found.standard_error)} % {called}")
    return "Of 1 J: " + ", ".join(parts)


def _describe_gland_share(found: HeatByPlace) -> str:
    share = round_briefly(100 * found.reach.value, 100 * found.reach.error)
    return f"Per volume the oil gland takes up {share} % of what the epidermis does"

"""Where one joule goes: fluence and absorbed energy on a section through a pore, with what the photons met drawn in."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from porelight.arrays import Floats, Mask
from porelight.draw.anatomy import leader, scale_bar, window
from porelight.draw.ink import (
    GROUND,
    INK,
    LINE,
    SOFT,
    Axes,
    Figure,
    inset,
    new_figure,
    size,
    write,
)
from porelight.units import J_cm2, cm, mm, um

if TYPE_CHECKING:
    from matplotlib.colors import Colormap, LogNorm

    from porelight.light.monte_carlo import Box, Ellipsoid, Heterogeneous, Transport
    from porelight.light.monte_carlo.shapes import Shape

Quantity = Literal["fluence", "absorbed"]


class Mean(NamedTuple):
    """A number and its standard error."""

    value: float
    error: float


class Cells(NamedTuple):
    """Numbers of cells and their standard errors, both (nz, nx)."""

    value: Floats
    error: Floats


UNSURE: Final = 0.3
"""Relative standard error above which a cell is left blank."""

HALF, DEPTH = 0.75 * mm, 1.5 * mm
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


SCALES: Final[dict[Quantity, Scale]] = {
    "fluence": Scale("Light passing (fluence)", "J/cm² for 1 J", J_cm2, 0.1, 200.0, "viridis"),
    "absorbed": Scale("Heat made (absorbed energy)", "J/cm³ for 1 J", 1.0 / cm**3, 0.1, 3000.0, "magma"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Heated:
    """Mean absorbed energy density [1/m3], per incident joule, of three places that count."""

    epidermis: Mean
    """Under the beam, clear of the pore."""
    gland: Mean
    """The whole gland, from the paths of photons in it."""
    beside: Mean
    """Dermis at the depth of the gland, clear of it."""

    @property
    def reach(self) -> Mean:
        """Heat per volume of the gland as a share of that of the epidermis, the errors added in quadrature."""
        share = self.gland.value / self.epidermis.value
        return Mean(share, share * math.hypot(*(each.error / each.value for each in (self.gland, self.epidermis))))


def heated(transport: Transport) -> Heated:
    """How strongly one joule heats epidermis, gland and the dermis beside the gland.

    Raises:
        ValueError: the run has no section, or its medium no gland.
    """
    medium, box, density = _scored(transport, "absorbed")
    top, bottom = _extent(medium)
    x, z = _centres(box)
    clear = (np.abs(x) > bottom - top) & (np.abs(x) < HALF)
    share = transport.absorbed_by_path["gland"]
    volume = gland_volume(medium)
    return Heated(
        epidermis=_mean(density, _within(box, medium.layers.slabs[0].thickness), clear),
        gland=Mean(share.value / volume, share.standard_error / volume),
        beside=_mean(density, np.where((z > top) & (z < bottom), 1.0, 0.0), clear),
    )


def gland_volume(medium: Heterogeneous) -> float:
    """Volume of the lobules together [m3], less the duct and hair inside them, counted on cells of 4 um."""
    reach = max(math.hypot(*shape.centre[:2]) + max(shape.semi_axes) for shape in _lobules(medium))
    top, bottom = _extent(medium)
    step = 4 * um
    across = np.arange(-reach + 0.5 * step, reach, step)
    down = np.arange(top + 0.5 * step, bottom, step)
    inside = _levels(medium, across[None, None, :], across[None, :, None], down[:, None, None])["gland"] <= 0.0
    return float(np.count_nonzero(inside)) * step**3


def joule(ax: Axes, transport: Transport, quantity: Quantity) -> Axes:
    """One quantity on the section, on a log scale, with anatomy, axes, scale bar and colours that are named.

    Left and right are averaged, since the pore is symmetric. Cells known to less than 30 % are hatched.
    """
    from matplotlib.colors import LogNorm

    medium, box, field = _scored(transport, quantity)
    scale = SCALES[quantity]
    window(ax, -HALF, HALF, DEPTH)
    norm, colours = LogNorm(scale.low, scale.high, clip=True), _colours(scale)
    cells = _mirrored(field)
    shown = np.ma.masked_where(_unsure(cells), cells.value / scale.per)
    edges = box.x_edges[0], box.x_edges[-1], box.z_edges[-1], box.z_edges[0]
    _unknown(ax, cells)
    ax.imshow(shown, norm=norm, cmap=colours, extent=edges, interpolation="nearest", aspect="auto", zorder=2)
    window(ax, -HALF, HALF, DEPTH)
    _anatomy(ax, medium)
    per_px = DEPTH / size(ax)[1]
    write(ax, -HALF, -34 * per_px, scale.title, weight="bold", clip_on=False)
    write(ax, -HALF, -17 * per_px, scale.unit, color=SOFT, clip_on=False)
    _colour_bar(ax, scale, norm, colours)
    return ax


def joule_figure(transport: Transport, wavelength_nm: float, laser: str) -> Figure:
    """The figure of one laser: where its light passes, and where it makes heat, at one scale."""
    figure, left = new_figure(WIDTH, HEIGHT)
    right = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    inset(left, left=46, right=WIDTH - 46 - 290, top=132, bottom=62)
    inset(right, left=366, right=WIDTH - 366 - 290, top=132, bottom=62)
    joule(left, transport, "fluence")
    joule(right, transport, "absorbed")
    _depth_axis(left)
    _depth_axis(right, named=False)
    _name_layers(left, transport)
    _name_heat(right, transport)
    per_px = DEPTH / size(left)[1]
    head = f"{wavelength_nm:.0f} nm, {laser}"
    at = -HALF - 40 * per_px
    write(left, at, -116 * per_px, head, weight="bold", fontsize=17, clip_on=False)
    write(left, at, -92 * per_px, _reached(heated(transport)), fontsize=13, clip_on=False)
    said = f"{_shares(transport)}. Flat beam, {2 * _beam_radius(transport) / mm:g} mm wide"
    write(left, at, -70 * per_px, said, color=SOFT, clip_on=False)
    return figure


def joule_says(transport: Transport, wavelength_nm: float) -> str:
    """What the figure of one laser shows, in a few sentences."""
    found = heated(transport)
    return (
        f"Section through facial skin with a pore, to scale, lit from above at {wavelength_nm:.0f} nm. "
        f"{_shares(transport)}. Per cm³, 1 J leaves {density(found.epidermis)} J in the epidermis, "
        f"{density(found.gland)} J in the oil gland and {density(found.beside)} J in the dermis beside it. "
        f"{_reached(found)}."
    )


def density(mean: Mean) -> str:
    """An energy density [1/m3] in J/cm3, with the figures that its error allows."""
    return figures(mean.value * cm**3, mean.error * cm**3)


def short(value: float, error: float) -> str:
    """The same for drawings: one decimal at most, and "under 0.1" below that."""
    if value < 0.095:
        return "under 0.1"
    return figures(value, error if value >= 1.0 else math.inf)


def figures(value: float, error: float) -> str:
    """A number with two figures, or one where its standard error is above a tenth of it."""
    if value <= 0.0:
        return "0"
    keep = 1 if error > 0.1 * value else 2
    places = keep - 1 - math.floor(math.log10(value))
    return f"{round(value, places):.{max(places, 0)}f}"


def _scored(transport: Transport, quantity: Quantity) -> tuple[Heterogeneous, Box, Cells]:
    from porelight.light.monte_carlo import Box, Heterogeneous

    field = transport.fluence if quantity == "fluence" else transport.density
    if not isinstance(transport.medium, Heterogeneous) or not isinstance(transport.grid, Box) or field is None:
        raise ValueError("this run has no section through a pore: use light.section.one_joule")
    return transport.medium, transport.grid, Cells(field.value[:, 0, :], field.standard_error[:, 0, :])


def _beam_radius(transport: Transport) -> float:
    return float(transport.beam.radius)


def _centres(box: Box) -> tuple[Floats, Floats]:
    return 0.5 * (box.x_edges[1:] + box.x_edges[:-1]), 0.5 * (box.z_edges[1:] + box.z_edges[:-1])


def _mirrored(cells: Cells) -> Cells:
    """Mean of left and right; few photons score in both, so their errors add in quadrature."""
    value, error = cells
    return Cells(0.5 * (value + value[:, ::-1]), 0.5 * np.hypot(error, error[:, ::-1]))


def _unsure(cells: Cells) -> Mask:
    """Cells with an error that says little, or without a photon."""
    return np.asarray((cells.value <= 0.0) | (cells.error > UNSURE * cells.value))


def _within(box: Box, depth: float) -> Floats:
    """Share of each row that lies above a depth."""
    above = np.clip(depth - box.z_edges[:-1], 0.0, np.diff(box.z_edges))
    return np.asarray(above / np.diff(box.z_edges))


def _mean(cells: Cells, rows: Floats, columns: Mask) -> Mean:
    """Mean over columns, and over rows by their weight; its error is the spread between pairs of columns.

    One photon crosses several cells, so that their errors cannot be added in quadrature; few cross two pairs. Real
    differences between columns widen the error a little.
    """
    each = rows @ cells.value[:, columns] / rows.sum()
    pairs = each[: each.size // 2 * 2].reshape(-1, 2).mean(axis=1)
    return Mean(float(each.mean()), float(pairs.std(ddof=1) / math.sqrt(pairs.size)))


def _lobules(medium: Heterogeneous) -> list[Ellipsoid]:
    from porelight.light.monte_carlo import Ellipsoid

    found = [volume.shape for volume in medium.volumes if volume.material.name == "gland"]
    lobules = [shape for shape in found if isinstance(shape, Ellipsoid)]
    if not lobules or len(lobules) != len(found):
        raise ValueError("this medium has no gland of ellipsoids")
    return lobules


def _extent(medium: Heterogeneous) -> tuple[float, float]:
    """Depths where the gland begins and ends [m]."""
    ends = [(shape.centre[2] - shape.semi_axes[2], shape.centre[2] + shape.semi_axes[2]) for shape in _lobules(medium)]
    return min(low for low, _ in ends), max(high for _, high in ends)


def _level(shape: Shape, x: Floats, y: Floats, z: Floats) -> Floats:
    """Below 0 inside the shape, 0 on its surface: the very quadric that photons meet."""
    from porelight.light.monte_carlo import Brick
    from porelight.light.monte_carlo.scene import CENTRE, FRAME, HIGH, LOW, QUADRIC

    if isinstance(shape, Brick):
        raise ValueError("bricks are not drawn")
    row = shape.row()
    place = [axis / mm - centre for axis, centre in zip((x, y, z), row[CENTRE : CENTRE + 3], strict=True)]
    u, v, w = (
        sum(part * axis for part, axis in zip(line, place, strict=True))
        for line in row[FRAME : FRAME + 9].reshape(3, 3)
    )
    a, b, c, d, e = row[QUADRIC : QUADRIC + 5]
    surface = a * u * u + b * v * v + c * w * w + d * w + e
    return np.asarray(np.maximum(surface, np.maximum(row[LOW] - w, w - row[HIGH])))


def _levels(medium: Heterogeneous, x: Floats, y: Floats, z: Floats) -> dict[str, Floats]:
    """The bodies by material, below 0 inside; where bodies overlap, the later one counts."""
    found: dict[str, Floats] = {}
    for volume in medium.volumes:
        level = _level(volume.shape, x, y, z)
        found = {name: np.maximum(other, -level) for name, other in found.items()}
        name = volume.material.name
        found[name] = np.minimum(found[name], level) if name in found else level
    return found


def _colours(scale: Scale) -> Colormap:
    import matplotlib as mpl

    return mpl.colormaps[scale.colours]


def _unknown(ax: Axes, cells: Cells) -> None:
    """Hatching that shows wherever cells are left out, named where they are many."""
    from matplotlib.patches import Rectangle

    ground = Rectangle((-HALF, 0.0), 2 * HALF, DEPTH, facecolor=GROUND, edgecolor=LINE, hatch="////", linewidth=0)
    ax.add_patch(ground).set_zorder(1)
    deep = _unsure(cells)[-cells.value.shape[0] // 5 :]
    if deep.mean() > 0.6:
        write(ax, HALF - 20 * um, 1.44 * mm, "too few photons: error above 30 %", ha="right", halo=GROUND, zorder=8)


def _anatomy(ax: Axes, medium: Heterogeneous) -> None:
    """Outlines of what the photons met, in ink with a pale rim, so that they read on every colour."""
    x, z = np.linspace(-HALF, HALF, 601), np.linspace(0.0, DEPTH, 601)
    levels = _levels(medium, x[None, :], np.zeros((1, 1)), z[:, None])
    top = 0.0
    for slab in medium.layers.slabs[:-1]:
        top += slab.thickness
        outside = np.where(np.min(list(levels.values()), axis=0)[np.searchsorted(z, top)] > 0.0, top, np.nan)
        _line(ax, x, outside)
    if "air" in levels:
        ax.contourf(x, z, levels["air"], levels=[-np.inf, 0.0], colors=[GROUND], zorder=3)
    for level in levels.values():
        for width, colour in ((2.6, GROUND), (1.1, INK)):
            ax.contour(x, z, level, levels=[0.0], colors=[colour], linewidths=width, zorder=4)
    mouth = np.abs(x) < 0.5 * _opening(levels, x)
    ax.plot(x, np.where(mouth, np.nan, 0.0), color=INK, linewidth=1.4, zorder=5, clip_on=False)


def _opening(levels: dict[str, Floats], x: Floats) -> float:
    """Width of what lies open at the surface [m]."""
    inside = np.min([level[0] for level in levels.values()], axis=0) <= 0.0
    return float(np.ptp(x[inside])) if inside.any() else 0.0


def _line(ax: Axes, x: Floats, z: Floats) -> None:
    for width, colour in ((2.6, GROUND), (1.1, INK)):
        ax.plot(x, z, color=colour, linewidth=width, zorder=3.5)


def _depth_axis(ax: Axes, *, named: bool = True) -> None:
    per_px = DEPTH / size(ax)[1]
    for k in range(4):
        z = 0.5 * mm * k
        ax.plot([-HALF - 5 * per_px, -HALF], [z, z], color=SOFT, linewidth=1, clip_on=False)
        if named:
            write(ax, -HALF - 8 * per_px, z, f"{z / mm:g}" if k else "0", ha="right", color=SOFT, clip_on=False)
    if named:
        write(ax, -HALF - 30 * per_px, DEPTH / 6, "Depth (mm)", ha="center", rotation=90, color=SOFT, clip_on=False)


def _name_layers(ax: Axes, transport: Transport) -> None:
    medium, _, _ = _scored(transport, "fluence")
    per_px, top = DEPTH / size(ax)[1], 0.0
    for slab in medium.layers.slabs:
        bottom = min(top + slab.thickness, DEPTH)
        z = max(top + 12 * per_px, 0.5 * (top + min(bottom, top + 28 * per_px)))
        write(ax, HALF - 5 * per_px, z, slab.material.name, ha="right", halo=GROUND, zorder=8)
        top = bottom
    high, low = _extent(medium)
    gland = 0.5 * (high + low)
    leader(ax, -0.12 * mm, gland, -0.36 * mm, gland)
    write(ax, -0.38 * mm, gland, "oil gland", ha="right", halo=GROUND, zorder=8)
    leader(ax, -0.05 * mm, 0.12 * mm, -0.36 * mm, 0.28 * mm)
    write(ax, -0.38 * mm, 0.28 * mm, "pore", ha="right", halo=GROUND, zorder=8)
    scale_bar(ax, -HALF + 8 * per_px, DEPTH - 32 * per_px, 0.2 * mm)


def _name_heat(ax: Axes, transport: Transport) -> None:
    """What each place takes up, beside the section."""
    medium, _, _ = _scored(transport, "absorbed")
    found, (high, low) = heated(transport), _extent(medium)
    gland = 0.5 * (high + low)
    out, at = HALF + 14 * DEPTH / size(ax)[1], HALF + 18 * DEPTH / size(ax)[1]
    for name, estimate, x, z, to in (
        ("epidermis", found.epidermis, 0.6 * mm, 0.5 * medium.layers.slabs[0].thickness, 0.07 * mm),
        ("oil gland", found.gland, 0.1 * mm, gland, gland - 0.12 * mm),
        ("dermis beside it", found.beside, 0.55 * mm, gland + 0.04 * mm, gland + 0.16 * mm),
    ):
        leader(ax, x, z, out, to)
        weight = "bold" if name == "oil gland" else "normal"
        said = f"{name}\n{short(estimate.value * cm**3, estimate.error * cm**3)} J/cm³"
        write(ax, at, to, said, weight=weight, linespacing=1.15, clip_on=False)


def _colour_bar(ax: Axes, scale: Scale, norm: LogNorm, colours: Colormap) -> None:
    """The colours of the section with their values, below it."""
    per_px = DEPTH / size(ax)[1]
    top, bottom = DEPTH + 14 * per_px, DEPTH + 26 * per_px
    strip = np.geomspace(scale.low, scale.high, 256)[None, :]
    ax.imshow(strip, norm=norm, cmap=colours, extent=(-HALF, HALF, bottom, top), aspect="auto", clip_on=False)
    window(ax, -HALF, HALF, DEPTH)
    for power in range(math.ceil(math.log10(scale.low)), math.floor(math.log10(scale.high)) + 1):
        value = 10.0**power
        x = -HALF + 2 * HALF * float(norm(value))
        ax.plot([x, x], [bottom, bottom + 4 * per_px], color=SOFT, linewidth=1, clip_on=False)
        where = "left" if x < -0.95 * HALF else "right" if x > 0.95 * HALF else "center"
        write(
            ax,
            x,
            bottom + 14 * per_px,
            ("≤ " if value == scale.low else "") + f"{value:g}",
            ha=where,
            color=SOFT,
            clip_on=False,
        )


def _shares(transport: Transport) -> str:
    """Where the joule goes, in one line."""
    back = transport.reflectance
    parts = [f"{short(100 * back.value, 100 * back.standard_error)} % back out"]
    for name in ("epidermis", "dermis", "fat", "gland"):
        found = transport.absorbed_by_path[name]
        called = "oil gland" if name == "gland" else name
        parts.append(f"{short(100 * found.value, 100 * found.standard_error)} % {called}")
    return "Of 1 J: " + ", ".join(parts)


def _reached(found: Heated) -> str:
    share = short(100 * found.reach.value, 100 * found.reach.error)
    return f"Per volume the oil gland takes up {share} % of what the epidermis does"

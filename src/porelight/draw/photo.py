"""The photo with its pores, and how large they are."""

from __future__ import annotations

import dataclasses
import html
import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from porelight.arrays import Floats, Pixels
from porelight.draw.ink import (
    ACCENT,
    BAND,
    INK,
    SOFT,
    TEXT_SIZE,
    Axes,
    language_of,
    new_figure,
    quiet_axes,
    render_png,
    set_margins,
    write_phrase,
    write_text,
)
from porelight.units import mm, um
from porelight.wording import phrase

if TYPE_CHECKING:
    from porelight.photo.census import PoreCensus


def _(text: str) -> str:
    """Marks a text for the catalogue; it is said where it is shown."""
    return text


LARGEST_SIDE = 2400
"""Longest side of the overlay picture [px]."""
USUAL_SIDE = 1200
"""Small photos are enlarged to about this side [px], so that rings are seen."""


@dataclasses.dataclass(frozen=True, slots=True)
class Rings:
    """Outlines of the pores, arrays (n,) in px of the photo; without a scale none is called enlarged."""

    x: Floats
    y: Floats
    long: Floats
    short: Floats
    direction: Floats
    enlarged: NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, slots=True)
class ScaleBar:
    """A round length that takes about a fifth of the photo."""

    px: float
    label: str


def pore_rings(census: PoreCensus) -> Rings:
    """Ellipses of the measured area, elongation and direction."""
    pores = census.pores
    root = np.sqrt(pores.elongation)
    none = np.zeros(len(pores), dtype=bool)
    enlarged = none if census.enlarged is None else census.enlarged
    return Rings(pores.x, pores.y, pores.diameter * root, pores.diameter / root, pores.direction, enlarged)


def scale_bar(census: PoreCensus, language: str = "en") -> ScaleBar | None:
    """None without a scale."""
    if census.um_per_px is None:
        return None
    fifth = 0.2 * census.width * census.um_per_px * um
    power = 10.0 ** math.floor(math.log10(fifth))
    length = max(step * power for step in (1.0, 2.0, 5.0) if step * power <= fifth)
    millimetres = phrase("{length:g} mm", language, length=length / mm)
    label = millimetres if length >= mm else f"{length / um:.0f} µm"
    return ScaleBar(length / um / census.um_per_px, label)


def pore_overlay(ax: Axes, census: PoreCensus, *, px: float = 1.0) -> Axes:
    """Rings about the measured outline, thick for enlarged pores and thin for the others; a scale bar or a warning.

    Args:
        ax: axes whose data are pixels of the photo, y downwards.
        census: what was measured.
        px: CSS pixels per pixel of the photo.
    """
    from matplotlib.collections import EllipseCollection

    found = pore_rings(census)
    for enlarged, width in ((False, 1.0), (True, 2.2)):
        chosen = found.enlarged == enlarged
        offsets = np.column_stack((found.x[chosen], found.y[chosen]))
        for colour, line, alpha in (("#000000", width + 1.8, 0.7), ("#ffffff", width, 1.0)):
            rim = (width + 1.8) / px  # the ring lies outside the outline, so that the pore stays in view
            ax.add_collection(
                EllipseCollection(
                    found.long[chosen] + rim,
                    found.short[chosen] + rim,
                    found.direction[chosen],
                    units="xy",
                    offsets=offsets,
                    offset_transform=ax.transData,
                    facecolors="none",
                    edgecolors=colour,
                    linewidths=line,
                    alpha=alpha,
                )
            )
    _draw_regions(ax, census, 1.0 / px)
    _draw_scale(ax, census, 1.0 / px)
    return ax


def _draw_regions(ax: Axes, census: PoreCensus, css: float) -> None:
    """Thin outlines of where pores were looked for, each with its name above."""
    for region in census.regions:
        x, y = np.vstack([region.outline, region.outline[:1]]).T
        ax.plot(x, y, color="#000000", linewidth=2.4, alpha=0.5, solid_joinstyle="round")
        ax.plot(x, y, color="#ffffff", linewidth=1.0)
        top = max(float(y.min()) - 5 * css, 18 * css)
        backing = {"boxstyle": "square,pad=0.2", "facecolor": "#000000", "edgecolor": "none", "alpha": 0.55}
        write_text(
            ax,
            float(x.mean()),
            top,
            write_phrase(ax, region.name),
            color="#ffffff",
            fontsize=11,
            ha="center",
            va="bottom",
            bbox=backing,
        )


def _draw_scale(ax: Axes, census: PoreCensus, css: float) -> None:
    bar = scale_bar(census, language_of(ax))
    x, y = 16 * css, census.height - 16 * css
    backing = {"boxstyle": "square,pad=0.35", "facecolor": "#000000", "edgecolor": "none", "alpha": 0.7}
    said = write_phrase(ax, "uncalibrated: no scale, lengths in px") if bar is None else bar.label
    lift = 0.0 if bar is None else 10 * css
    write_text(ax, x, y - lift, said, color="#ffffff", fontsize=14, va="bottom", bbox=backing)
    if bar:
        ax.plot([x, x + bar.px], [y, y], color="#000000", linewidth=7, solid_capstyle="butt")
        ax.plot([x + css, x + bar.px - css], [y, y], color="#ffffff", linewidth=4, solid_capstyle="butt")


def overlay_png(pixels: Pixels, census: PoreCensus, language: str = "en") -> bytes:
    """The photo with its pores as PNG."""
    longest = max(census.width, census.height)
    scale = min(max(1, round(USUAL_SIDE / longest)), LARGEST_SIDE / longest)
    figure, ax = new_figure(census.width * scale, census.height * scale, language)
    ax.set_axis_off()
    # Pixel i of a photo is centred on i, so the picture's edge lies half a pixel before it.
    left, right, bottom, top = -0.5, census.width - 0.5, census.height - 0.5, -0.5
    ax.imshow(pixels, extent=(left, right, bottom, top), aspect="auto", interpolation="bilinear")
    ax.set(xlim=(left, right), ylim=(bottom, top))
    pore_overlay(ax, census, px=scale)
    return render_png(figure, scale=1.0)


def overlay_svg(census: PoreCensus, language: str = "en") -> str:
    """The rings alone, to lie on the photo; the page's style gives them their strokes by class."""
    found = pore_rings(census)
    shapes = []
    for kind in (False, True):
        chosen = np.flatnonzero(found.enlarged == kind)
        drawn = "".join(_ellipse_element(found, int(i)) for i in chosen)
        name = "enlarged" if kind else "usual"
        shapes.append(f'<g class="casing {name}">{drawn}</g><g class="{name}">{drawn}</g>')
    box = f"-0.5 -0.5 {census.width} {census.height}"
    label = html.escape(overlay_says(census, language), quote=True)
    return f'<svg class="rings" role="img" aria-label="{label}" viewBox="{box}">{"".join(shapes)}</svg>'


def _ellipse_element(found: Rings, i: int) -> str:
    x, y = f"{found.x[i]:.1f}", f"{found.y[i]:.1f}"
    turned = f' transform="rotate({found.direction[i]:.0f} {x} {y})"' if found.long[i] > found.short[i] else ""
    return f'<ellipse cx="{x}" cy="{y}" rx="{found.long[i] / 2:.1f}" ry="{found.short[i] / 2:.1f}"{turned}/>'


def overlay_says(census: PoreCensus, language: str = "en") -> str:
    """What the overlay shows, in one sentence."""
    if census.enlarged_count is None:
        text = "{count} pores found in the photo, each in a ring; the photo has no scale."
        return phrase(text, language, count=census.pore_count)
    return phrase(
        "{count} pores found in the photo, each in a ring of its measured size; {enlarged} of them, with thick rings, "
        "are enlarged.",
        language,
        count=census.pore_count,
        enlarged=census.enlarged_count,
    )


def size_distribution(ax: Axes, census: PoreCensus) -> Axes:
    """How many pores have which diameter; those beyond the threshold darker and hatched, both sides named."""
    from matplotlib.ticker import MaxNLocator

    set_margins(ax, left=54, right=12, top=46, bottom=44)
    quiet_axes(ax)
    scaled = census.diameter_um is not None
    values = census.pores.diameter if census.diameter_um is None else census.diameter_um
    threshold = census.enlarged_from.si / um if scaled else None
    edges = _bin_edges(values, threshold)
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1] * (1 - 1e-9)), edges)
    beyond = edges[:-1] >= threshold if threshold is not None else np.zeros(counts.size, dtype=bool)
    widths = np.diff(edges)
    for chosen, colour, hatch in ((~beyond, BAND, None), (beyond, ACCENT, "////")):
        ax.bar(
            edges[:-1][chosen],
            counts[chosen],
            widths[chosen],
            align="edge",
            color=colour,
            edgecolor="#fefefe",
            linewidth=1.0,
            hatch=hatch,
        )
    top = float(max(counts.max(initial=0), 1))
    first = edges[0] - widths[0]
    ax.set(xlim=(0.0 if threshold is not None and threshold < first else max(0.0, first), edges[-1]), ylim=(0, top))
    ax.set_xlabel(
        write_phrase(ax, "Diameter of a pore ({unit})", unit="µm" if scaled else "px"), fontsize=TEXT_SIZE, color=SOFT
    )
    ax.set_ylabel(write_phrase(ax, "Pores"), fontsize=TEXT_SIZE, color=SOFT)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    if threshold is not None:
        _name_sides(ax, census, threshold, top)
    return ax


def _name_sides(ax: Axes, census: PoreCensus, threshold: float, top: float) -> None:
    ax.plot([threshold, threshold], [0, 1.06 * top], color=INK, linewidth=1.5, clip_on=False)
    few = census.pore_count - (census.enlarged_count or 0)
    gap = 0.015 * (ax.get_xlim()[1] - ax.get_xlim()[0])
    for side, count, text in (
        ("right", few, _("{count} smaller")),
        ("left", census.enlarged_count or 0, _("{count} enlarged")),
    ):
        x = threshold - gap if side == "right" else threshold + gap
        write_text(
            ax, x, 1.05 * top, write_phrase(ax, text, count=count), ha=side, va="bottom", weight="bold", clip_on=False
        )
    write_text(
        ax,
        threshold + gap,
        1.17 * top,
        write_phrase(ax, "from {diameter:.0f} µm", diameter=threshold),
        color=SOFT,
        va="bottom",
        clip_on=False,
    )


def _bin_edges(values: Floats, threshold: float | None) -> Floats:
    """About twenty bins of a round width, one edge on the threshold; the last holds all beyond the 99th percentile."""
    high = float(np.percentile(values, 99)) if values.size else 1.0
    if threshold is not None:
        high = max(high, 1.5 * threshold)
    raw = high / 20
    power = 10.0 ** math.floor(math.log10(raw))
    width = next(step * power for step in (1.0, 2.0, 2.5, 5.0, 10.0) if step * power >= raw)
    low = float(values.min()) if values.size else 0.0
    first = math.floor((low - (threshold or 0.0)) / width)
    last = math.ceil((high - (threshold or 0.0)) / width)
    return (threshold or 0.0) + width * np.arange(first, max(last, first + 1) + 1, dtype=np.float64)


def distribution_says(census: PoreCensus, language: str = "en") -> str:
    """What the distribution shows, in one sentence."""
    if census.median_diameter_um is None:
        middle = float(np.median(census.pores.diameter)) if census.pore_count else 0.0
        text = "Diameters of {count} pores in pixels; half are below {middle:.1f} px."
        return phrase(text, language, count=census.pore_count, middle=middle)
    return phrase(
        "Diameters of {count} pores; half are below {middle:.0f} µm, {enlarged} are {least:.0f} µm or larger and count "
        "as enlarged.",
        language,
        count=census.pore_count,
        middle=census.median_diameter_um,
        enlarged=census.enlarged_count,
        least=census.enlarged_from.si / um,
    )

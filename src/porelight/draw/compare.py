"""What changed between two photos: the measures with what could have been seen, and both photos side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from porelight.digits import round_middle, round_outward
from porelight.draw.ink import (
    ACCENT,
    BAND,
    INK,
    LINE,
    SOFT,
    Axes,
    axes_size,
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
    from porelight.photo.compare.aligned import Aligned
    from porelight.photo.compare.change import Change, Key, Measure


def _(text: str) -> str:
    """Marks a text for the catalogue; it is said where it is shown."""
    return text


MEASURE_TITLES: Final[dict[Key, str]] = {
    "diameter": _("Diameter, pore by pore"),
    "lower_quartile": _("Diameter, lower quartile"),
    "median": _("Diameter, median"),
    "upper_quartile": _("Diameter, upper quartile"),
    "count": _("Pores found"),
    "area": _("Skin that is pore"),
    "enlarged": _("Enlarged pores"),
    "enlarged_share": _("Share that is enlarged"),
}
"""What a measure is called."""

Box = tuple[float, float, float, float]

ROW: Final = 46.0
"""Height of one measure [px]."""
PHOTO_SIDE: Final = 560.0
"""Width of one photo in the picture [px]."""
WIDEST: Final = 100.0
"""Change at which the axis ends [%]."""


def overall_measures(change: Change) -> list[Measure]:
    """The measures of all the skin that both photos show."""
    return [each for each in change.measures if not each.region]


def changes_height(change: Change) -> float:
    """Height of the chart [px]."""
    return ROW * len(overall_measures(change)) + 46.0


def change_bars(ax: Axes, change: Change) -> Axes:
    """Each measure as its interval, on a band that holds what could not have been told from no change."""
    told = overall_measures(change)
    set_margins(ax, left=4, right=14, top=4, bottom=40)
    quiet_axes(ax, sides=("bottom",))
    reach = min(WIDEST, 1.15 * max(max(abs(m.change_pct.low), abs(m.change_pct.high), m.detectable_pct) for m in told))
    ax.set(xlim=(-reach, reach), ylim=(len(told), 0), yticks=[])
    per_px = len(told) / axes_size(ax)[1]
    for row, each in enumerate(told):
        y = row + 0.5 + 10.0 * per_px
        _draw_noise_band(ax, each, y, per_px)
        ax.plot([0.0, 0.0], [y - 10.0 * per_px, y + 10.0 * per_px], color=INK, linewidth=1.0, zorder=2)
        sure = each.result != "no detectable change"
        ends = [max(-reach, each.change_pct.low), min(reach, each.change_pct.high)]
        ax.plot(ends, [y, y], color=ACCENT if sure else SOFT, linewidth=2.5, solid_capstyle="butt", zorder=3)
        filled = ACCENT if sure else "#fefefe"
        ax.plot([each.change_pct.mid], [y], "o", color=filled, markeredgecolor=ACCENT if sure else SOFT, zorder=4)
        write_text(
            ax, -reach, row + 0.5 - 11.0 * per_px, measure_line(each, language_of(ax)), weight="bold" if sure else None
        )
    ax.set_xlabel(write_phrase(ax, "Change (%); grey band: too small to be seen"), fontsize=12, color=SOFT)
    return ax


def _draw_noise_band(ax: Axes, each: Measure, y: float, per_px: float) -> None:
    from matplotlib.patches import Rectangle

    left = -100.0 * (1.0 - 1.0 / (1.0 + each.detectable_pct / 100.0))
    corner = (left, y - 7.0 * per_px)
    ax.add_patch(Rectangle(corner, each.detectable_pct - left, 14.0 * per_px, color=LINE, alpha=0.6, linewidth=0))


def measure_line(measure: Measure, language: str = "en") -> str:
    """A measure and its change in a line."""
    return f"{phrase(MEASURE_TITLES[measure.key], language)}: {describe_change(measure, language)}"


def describe_change(each: Measure, language: str = "en") -> str:
    """The change in a few words, with the digits its interval allows."""
    if each.result == "no detectable change":
        return phrase("no detectable change", language)
    low, high = round_outward(each.change_pct)
    ends = sorted((abs(low), abs(high)))
    text = "down {mid} % ({low} to {high})" if each.result == "smaller" else "up {mid} % ({low} to {high})"
    middle = abs(round_middle(each.change_pct.mid, each.change_pct))
    return phrase(text, language, mid=middle, low=ends[0], high=ends[1])


def changes_say(change: Change, language: str = "en") -> str:
    """What the chart shows, in one sentence."""
    measures = "; ".join(measure_line(each, language) for each in overall_measures(change))
    return phrase("Change of each measure with its 95 % interval: {measures}.", language, measures=measures)


def pairs_chart(ax: Axes, change: Change) -> Axes:
    """How many pores changed by how much; those too small to tell are left out."""
    set_margins(ax, left=54, right=14, top=10, bottom=44)
    quiet_axes(ax)
    values = change.pairs.change_pct[change.pairs.resolved].clip(-60.0, 60.0)
    edges = np.arange(-60.0, 61.0, 5.0)
    counts, _ = np.histogram(values, edges)
    ax.bar(edges[:-1], counts, np.diff(edges), align="edge", color=BAND, edgecolor="#fefefe", linewidth=1.0)
    top = float(max(counts.max(initial=0), 1))
    answer = change.measures[0].change_pct
    for place, colour, style in ((0.0, INK, "-"), (answer.mid, ACCENT, (0, (5, 3)))):
        ax.plot([place, place], [0.0, top], color=colour, linewidth=1.5, linestyle=style)
    ax.set(xlim=(-60.0, 60.0), ylim=(0.0, 1.05 * top))
    ax.set_xlabel(write_phrase(ax, "Change of one pore's diameter (%)"), fontsize=12, color=SOFT)
    ax.set_ylabel(write_phrase(ax, "Pores"), fontsize=12, color=SOFT)
    return ax


def pairs_say(change: Change, language: str = "en") -> str:
    """What that chart shows, in one sentence."""
    shown = int(change.pairs.resolved.sum())
    middle = change.measures[0].change_pct.mid
    text = "Change of the diameter of {count} pores found in both photos; the middle change is {middle:+.0f} %."
    return phrase(text, language, count=shown, middle=middle)


def change_png(change: Change, pictures: Aligned, language: str = "en") -> bytes:
    """Before, after and the chart in one picture."""
    height, width = pictures.before.shape[:2]
    tall = PHOTO_SIDE * height / width
    chart = changes_height(change) if change.measures else 0.0
    paper = (2.0 * PHOTO_SIDE + 48.0, tall + chart + 108.0)
    figure, ax = new_figure(*paper, language)
    ax.set_axis_off()
    ax.set(xlim=(0, paper[0]), ylim=(paper[1], 0))
    for index, (name, pixels) in enumerate(((_("Before"), pictures.before), (_("After"), pictures.after))):
        left = 16.0 + index * (PHOTO_SIDE + 16.0)
        panel = figure.add_axes(_paper_box(left, 40.0, PHOTO_SIDE, tall, paper))
        panel.set_axis_off()
        panel.imshow(pixels, aspect="auto", interpolation="bilinear", extent=(0, width, height, 0))
        _draw_rings(panel, change, pictures, PHOTO_SIDE / width)
        write_text(ax, left, 22.0, write_phrase(ax, name), weight="bold", fontsize=14)
    write_text(ax, 16.0, tall + 58.0, _scale_says(change, pictures, language), color=SOFT)
    if not change.measures:
        return render_png(figure, scale=1.5)
    below = figure.add_axes(_paper_box(16.0, tall + 84.0, 2.0 * PHOTO_SIDE + 16.0, chart, paper))
    below.patch.set_alpha(0.0)
    change_bars(below, change)
    below.set_position(_paper_box(16.0, tall + 84.0, 2.0 * PHOTO_SIDE, chart - 40.0, paper))
    return render_png(figure, scale=1.5)


def _paper_box(left: float, top: float, width: float, height: float, paper: tuple[float, float]) -> Box:
    """In shares of the paper, from the lower edge."""
    return left / paper[0], 1.0 - (top + height) / paper[1], width / paper[0], height / paper[1]


def _draw_rings(ax: Axes, change: Change, pictures: Aligned, px: float) -> None:
    """Around pores whose own change is sure: solid where smaller, dashed where larger; the same in both photos."""
    from matplotlib.collections import EllipseCollection

    pairs, (height, width) = change.pairs, pictures.before.shape[:2]
    for result, style in (("smaller", "solid"), ("larger", (0, (2, 2)))):
        chosen = np.array([each == result for each in pairs.result], np.bool_) & pairs.resolved
        places = np.column_stack((pairs.x[chosen] - pictures.left, pairs.y[chosen] - pictures.top)) / pictures.step
        across = 1.5 * pairs.before[chosen] / pictures.step + 4.0 / px
        for colour, line in (("#000000", 2.2), ("#ffffff", 1.1)):
            ax.add_collection(
                EllipseCollection(
                    across,
                    across,
                    np.zeros(len(across)),
                    units="xy",
                    offsets=places,
                    offset_transform=ax.transData,
                    facecolors="none",
                    edgecolors=colour,
                    linewidths=line,
                    linestyles=style,
                )
            )
    ax.set(xlim=(0, width), ylim=(height, 0))


def _scale_says(change: Change, pictures: Aligned, language: str) -> str:
    width = pictures.before.shape[1] * pictures.step
    um_per_px = change.before.um_per_px
    if um_per_px is None:
        scale = phrase("uncalibrated", language)
    else:
        scale = phrase("each photo is {width:.0f} mm wide", language, width=width * um_per_px * um / mm)
    text = "The same skin, colours matched; {scale}. Ring: this one pore surely became smaller (dashed: larger)."
    return phrase(text, language, scale=scale)

"""A stamp of columns: how much warmer it leaves the skin, moment by moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from porelight.draw.pulse import format_moment
from porelight.units import ms
from porelight.wording import phrase

if TYPE_CHECKING:
    from porelight.simulation.stamp import Stamp


def bulk_chart(ax: Axes, found: Stamp) -> Axes:
    """Rise of the mean temperature of epidermis and dermis under the stamp."""
    set_margins(ax, left=40, right=14, top=40, bottom=44)
    quiet_axes(ax)
    ax.tick_params(length=4, color=LINE, labelcolor=SOFT, labelsize=12)
    time, rise = found.times / ms, found.bulk_rise
    ax.set(xlim=(0.0, float(time[-1])), ylim=(0.0, max(1.2 * float(rise.max()), 0.1)))
    ax.fill_between(time, 0.0, rise, color=BAND, linewidth=0)
    ax.plot(time, rise, color=ACCENT, linewidth=1.8)
    for axis in (ax.xaxis, ax.yaxis):
        decimal_ticks(axis)
    last = (found.across**2 - 1) * found.delay / ms
    ax.plot([last, last], [0.0, ax.get_ylim()[1]], color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    late = last > 0.5 * float(time[-1])
    write_text(
        ax,
        last,
        0.94 * ax.get_ylim()[1],
        f" {write_phrase(ax, 'last column')} ",
        ha="right" if late else "left",
        color=SOFT,
    )
    title = write_phrase(ax, "Warmer by (°C), skin under the stamp")
    ax.set_title(title, loc="left", fontsize=12, weight="bold", color=INK, pad=12)
    ax.set_xlabel(write_phrase(ax, "Time from the first pulse (ms)"), fontsize=12, color=SOFT, labelpad=6)
    return ax


def bulk_says(found: Stamp, language: str = "en") -> str:
    """What the chart shows, in one sentence."""
    highest = int(found.bulk_rise.argmax())
    return phrase(
        "Skin under the stamp is at most {rise:.1f} °C warmer, {time} after the first pulse.",
        language,
        rise=float(found.bulk_rise[highest]),
        time=format_moment(float(found.times[highest]), language),
    )

"""A stamp of columns: how much warmer it leaves the skin, moment by moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from porelight.draw.ink import ACCENT, BAND, INK, LINE, SOFT, Axes, inset, quiet_axes, write
from porelight.draw.pulse import moment
from porelight.units import ms

if TYPE_CHECKING:
    from porelight.simulation.stamp import Stamp


def bulk_chart(ax: Axes, found: Stamp) -> Axes:
    """Rise of the mean temperature of epidermis and dermis under the stamp."""
    inset(ax, left=40, right=14, top=40, bottom=44)
    quiet_axes(ax)
    ax.tick_params(length=4, color=LINE, labelcolor=SOFT, labelsize=12)
    time, rise = found.times / ms, found.bulk_rise
    ax.set(xlim=(0.0, float(time[-1])), ylim=(0.0, max(1.2 * float(rise.max()), 0.1)))
    ax.fill_between(time, 0.0, rise, color=BAND, linewidth=0)
    ax.plot(time, rise, color=ACCENT, linewidth=1.8)
    last = (found.across**2 - 1) * found.delay / ms
    ax.plot([last, last], [0.0, ax.get_ylim()[1]], color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    late = last > 0.5 * float(time[-1])
    write(ax, last, 0.94 * ax.get_ylim()[1], " last column ", ha="right" if late else "left", color=SOFT)
    ax.set_title("Warmer by (°C), skin under the stamp", loc="left", fontsize=12, weight="bold", color=INK, pad=12)
    ax.set_xlabel("Time from the first pulse (ms)", fontsize=12, color=SOFT, labelpad=6)
    return ax


def bulk_says(found: Stamp) -> str:
    """What the chart shows, in one sentence."""
    highest = int(found.bulk_rise.argmax())
    return (
        f"Skin under the stamp is at most {found.bulk_rise[highest]:.1f} °C warmer, "
        f"{moment(float(found.times[highest]))} after the first pulse."
    )

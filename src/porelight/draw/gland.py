"""Which laser reaches the oil gland: heat per volume in three places, laser by laser."""

from __future__ import annotations

from typing import Any

from porelight.draw.ink import ACCENT, BAR, GROUND, INK, LINE, SOFT, TEXT_SIZE, TOKENS, Axes, quiet_axes, set_margins
from porelight.draw.light import format_density
from porelight.light.gland_heat import HeatByPlace, Mean
from porelight.units import cm

Compared = tuple[str, HeatByPlace, float, float]
"""Name of a laser, what it heats, and the ends of the gland's heat with what is unknown at its bounds [1/m3]."""


def gland_chart_size(lasers: int) -> tuple[float, float]:
    """Width and height [px] of the chart of so many lasers."""
    return 700.0, 96.0 + 34.0 * lasers


def gland_chart(ax: Axes, compared: list[Compared]) -> Axes:
    """Heat per volume in epidermis, gland and the dermis beside it, laser by laser, on one log scale."""
    set_margins(ax, left=74, right=20, top=40, bottom=46)
    ax.set(xscale="log", xlim=(0.05, 5000.0), ylim=(len(compared) - 0.5, -0.6))
    quiet_axes(ax, sides=("bottom",))
    ax.set_yticks([])
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.minorticks_off()
    ax.set_xlabel("Absorbed energy per volume (J/cm³ for 1 J, log scale)", color=SOFT, fontsize=TEXT_SIZE)
    for k, (name, found, low, high) in enumerate(compared):
        ax.axhline(k, color=LINE, linewidth=0.8, zorder=1)
        ax.annotate(
            name, (0.05, k), xytext=(-8, 0), textcoords="offset points", ha="right", va="center", fontsize=TEXT_SIZE
        )
        ax.plot([low * cm**3, high * cm**3], [k, k], color=BAR, linewidth=9, solid_capstyle="butt", zorder=2)
        for label, mean, how in _mark_styles(found):
            x = mean.value * cm**3
            ax.plot([x], [k], linestyle="none", markeredgecolor=INK, zorder=3, **how)
            if k == 0:
                _name_mark(ax, x, label)
    return ax


def gland_chart_says(compared: list[Compared]) -> str:
    """What the chart shows."""
    each = "; ".join(
        f"{name}: gland {format_density(found.gland)}, between {format_density(Mean(low, 0.0))} "
        f"and {format_density(Mean(high, 0.0))}, "
        f"epidermis {format_density(found.epidermis)}, dermis beside {format_density(found.beside)}"
        for name, found, low, high in compared
    )
    return f"Absorbed energy in J/cm³ for 1 J in a beam 2 mm wide. {each}."


def _mark_styles(found: HeatByPlace) -> tuple[tuple[str, Mean, dict[str, Any]], ...]:
    return (
        ("epidermis", found.epidermis, {"marker": "s", "markersize": 8, "color": TOKENS["epidermis"]}),
        ("dermis beside\nthe gland", found.beside, {"marker": "D", "markersize": 7, "color": GROUND}),
        ("oil gland", found.gland, {"marker": "o", "markersize": 9, "color": ACCENT}),
    )


def _name_mark(ax: Axes, x: float, label: str) -> None:
    ax.annotate(label, (x, 0), xytext=(0, 10), textcoords="offset points", ha="center", va="bottom", fontsize=TEXT_SIZE)

"""What to expect, as a picture: the skin today beside the same skin redrawn at the forecast."""

from __future__ import annotations

from porelight.arrays import Pixels
from porelight.draw.ink import SOFT, Axes, new_figure, render_png, write_phrase, write_text
from porelight.draw.photo import ScaleBar

PANEL_SIDE = 300.0
"""Side of one panel [px]."""
PANEL_GAP = 12.0
HEAD = 52.0
"""Room for the caption above a panel [px]."""


def preview_png(panels: list[tuple[Pixels, str, str]], bar: ScaleBar | None, language: str = "en") -> bytes:
    """Square pictures side by side, each with a title and a line below it.

    Args:
        panels: pixels, title and what it says; simulated ones have their label burnt in already.
        bar: a length in px of the pictures; None says that there is no scale.
    """
    width = len(panels) * PANEL_SIDE + (len(panels) + 1) * PANEL_GAP
    figure, ax = new_figure(width, HEAD + PANEL_SIDE + 2.0 * PANEL_GAP, language)
    ax.set(xlim=(0, width), ylim=(HEAD + PANEL_SIDE + 2.0 * PANEL_GAP, 0))
    ax.set_axis_off()
    for index, (pixels, title, said) in enumerate(panels):
        left = PANEL_GAP + index * (PANEL_SIDE + PANEL_GAP)
        box = (left, left + PANEL_SIDE, HEAD + PANEL_GAP + PANEL_SIDE, HEAD + PANEL_GAP)
        ax.imshow(pixels, extent=box, aspect="auto", interpolation="bilinear", zorder=1)
        write_text(ax, left, PANEL_GAP + 8, title, weight="bold", fontsize=14)
        write_text(ax, left, PANEL_GAP + 30, said, color=SOFT)
        _draw_scale_bar(ax, left, HEAD + PANEL_GAP, bar, PANEL_SIDE / pixels.shape[1])
    ax.set(xlim=(0, width), ylim=(HEAD + PANEL_SIDE + 2.0 * PANEL_GAP, 0))
    return render_png(figure)


def _draw_scale_bar(ax: Axes, left: float, top: float, bar: ScaleBar | None, by: float) -> None:
    backing = {"boxstyle": "square,pad=0.3", "facecolor": "#000000", "edgecolor": "none", "alpha": 0.7}
    said = write_phrase(ax, "uncalibrated") if bar is None else bar.label
    write_text(ax, left + 10, top + 16, said, color="#ffffff", bbox=backing, zorder=3)
    if bar is not None:
        for colour, width in (("#000000", 6), ("#ffffff", 3)):
            ax.plot([left + 10, left + 10 + bar.px * by], [top + 34, top + 34], color=colour, linewidth=width, zorder=3)

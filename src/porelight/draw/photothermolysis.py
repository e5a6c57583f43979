"""How a laser works, in three steps: light goes in, becomes heat, and the skin heals with new collagen."""

from __future__ import annotations

from typing import Final

from porelight.draw.ink import ACCENT, INK, TOKENS, Axes, write_phrase, write_text
from porelight.wording import phrase

STEPS_HEIGHT: Final = 462.0
"""[px]"""
SKIN_WIDTH: Final = 150.0
"""[px] of one patch of skin; the words stand beside it."""
STEP_HEIGHT: Final = 154.0
DOT_PLACES: Final = (28.0, 66.0, 104.0)
"""Where the bursts land: beside the pore, as a laser that seeks nothing would."""


def _(text: str) -> str:
    """Marks a text for the catalogue; it is said where it is drawn."""
    return text


LASER_STEPS: Final = (
    (_("1. Light"), _("Short bursts of light\ngo into the skin.")),
    (_("2. Heat"), _("The skin takes up the light.\nIt becomes heat: tiny dots,\nwith whole skin between.")),
    (_("3. Healing"), _("The skin builds new collagen\nand gets tighter. The pore\nmay look smaller.")),
)


def laser_steps(ax: Axes) -> Axes:
    """Three patches of skin one below the other, with a pore, its oil gland and the dots of a laser; not to scale."""
    from matplotlib.patches import Polygon, Rectangle

    ax.set(xlim=(0, 360), ylim=(STEPS_HEIGHT, 0))
    ax.axis("off")
    for step, (title, text) in enumerate(LASER_STEPS):
        top = step * STEP_HEIGHT + 34
        ax.add_patch(Rectangle((0, top), SKIN_WIDTH, 14, facecolor=TOKENS["epidermis"], linewidth=0))
        ax.add_patch(Rectangle((0, top + 14), SKIN_WIDTH, 86, facecolor=TOKENS["dermis"], linewidth=0))
        _draw_pore(ax, top, half_width=9.0 if step < 2 else 5.0)
        for x in DOT_PLACES:
            if step == 0:
                ax.annotate(
                    "", (x, top - 2), xytext=(x, top - 32), arrowprops={"arrowstyle": "-|>", "color": ACCENT, "lw": 2.5}
                )
            elif step == 1:
                ends = [(x - 6, top), (x + 6, top), (x + 2, top + 62), (x - 2, top + 62)]
                ax.add_patch(Polygon(ends, facecolor=TOKENS["coagulated"], edgecolor=INK, linewidth=0.8))
            else:
                _draw_collagen(ax, x, top)
        write_text(ax, SKIN_WIDTH + 16, top + 8, write_phrase(ax, title), weight="bold", fontsize=14)
        write_text(ax, SKIN_WIDTH + 16, top + 24, write_phrase(ax, text), va="top", linespacing=1.35)
    return ax


def laser_steps_say(language: str = "en") -> str:
    """What the figure shows."""
    told = " ".join(f"{phrase(title, language)}: {phrase(text, language)}" for title, text in LASER_STEPS).replace(
        "\n", " "
    )
    drawn = phrase("A pore with its oil gland in three steps, not to scale.", language)
    return f"{drawn} {told}"


def _draw_pore(ax: Axes, top: float, half_width: float) -> None:
    """The opening, and the gland at its side."""
    from matplotlib.patches import Ellipse, Polygon

    middle = SKIN_WIDTH - 20
    ax.add_patch(Ellipse((middle - 3, top + 66), 24, 30, facecolor=TOKENS["gland"], edgecolor=INK, linewidth=0.8))
    wall = [(middle - half_width, top), (middle + half_width, top), (middle + 2, top + 60), (middle - 2, top + 60)]
    ax.add_patch(Polygon(wall, facecolor=TOKENS["ground"], edgecolor=INK, linewidth=1.0))


def _draw_collagen(ax: Axes, x: float, top: float) -> None:
    """New fibres where a dot was."""
    for k in range(6):
        y = top + 22 + 11 * k
        ax.plot([x - 15, x - 5, x + 5, x + 15], [y, y + 4, y, y + 4], color=ACCENT, linewidth=1.6)

"""The printable card: an A4 page in true size, drawn from the same table by which the card is found in a photo."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import numpy as np

from porelight import units
from porelight.draw.ink import INK, SOFT
from porelight.photo.card.layout import Box, Layout, Tag, list_ticks, load_layout
from porelight.photo.tone import encode_srgb

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAGE: Final = (210.0, 297.0)
"""A4 [mm]."""
POINT: Final = units.inch / units.mm / 72.0
"""A point of type [mm]."""
CARDS_ACROSS: Final = 2
CARDS_DOWN: Final = 3
CARD_GAP: Final = 6.0
"""Between cards [mm]."""
TOP: Final = 34.0
"""Of the first card [mm]."""

PRINTING_STEPS: Final = (
    "Print this page in colour on plain white paper, at 100 % (no “fit to page”).",
    "Measure the check line with a ruler: it must be 50 mm long. If it is not, print again at 100 %.",
    "Cut along the dashed lines, first the window. Do not laminate the card: it has to bend, and must not shine.",
    "Lay it on clean, dry skin with the window over the pores. Let it follow the skin, without folds.",
    "Hold the phone 20 cm away, straight in front, with the whole card in the photo, in even light, without flash.",
    "Keep this print for the same person's next photos, in the dark and dry. Use a new one for the next person.",
)
WORTH: Final = (
    "Size, tilt and bend come from the black squares: two of the seven are enough, all seven are best. The greys set "
    "brightness and white balance. Printers differ in colour: the four colour patches tell how the light changed "
    "between two photos of the same print, and nothing about the true colour of the skin."
)


def card_pdf() -> bytes:
    """Six cards with cutting lines and instructions on a page of A4, as a PDF whose lengths are true at 100 %."""
    made = io.BytesIO()
    about = {"Title": "Porelight card", "Subject": "Print at 100 %", "Creator": "Porelight", "CreationDate": None}
    import matplotlib as mpl

    # Letters as outlines of an embedded font: a missing font on the printer's side cannot move them.
    with mpl.rc_context({"pdf.fonttype": 42, "font.family": "DejaVu Sans", "pdf.compression": 6}):
        draw_card_page().savefig(made, format="pdf", metadata=about)
    return made.getvalue()


def draw_card_page() -> Figure:
    """The page; one unit of its only axes is a millimetre, y down."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(PAGE[0] * units.mm / units.inch, PAGE[1] * units.mm / units.inch))
    ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    ax.set(xlim=(0.0, PAGE[0]), ylim=(PAGE[1], 0.0))
    ax.set_axis_off()
    card = load_layout()
    left = 0.5 * (PAGE[0] - CARDS_ACROSS * card.size[0] - (CARDS_ACROSS - 1) * CARD_GAP)
    _write_text(ax, left, 15.0, "Porelight card", 18.0, weight="bold")
    _write_text(
        ax,
        left,
        22.5,
        "Lies on the skin in a photo and tells how large things are, at what angle they are seen, and in what light.",
    )
    for row in range(CARDS_DOWN):
        for column in range(CARDS_ACROSS):
            _draw_card(ax, card, left + column * (card.size[0] + CARD_GAP), TOP + row * (card.size[1] + CARD_GAP))
    _write_instructions(ax, left, TOP + CARDS_DOWN * (card.size[1] + CARD_GAP) + 4.0)
    return figure


def _write_instructions(ax: Axes, left: float, top: float) -> None:
    import textwrap

    for count, step in enumerate(PRINTING_STEPS):
        _write_text(ax, left, top + 6.0 * count, f"{count + 1}.", 9.0, weight="bold")
        _write_text(ax, left + 6.0, top + 6.0 * count, step, 8.6)
    for count, line in enumerate(textwrap.wrap(WORTH, 118)):
        _write_text(ax, left, top + 6.0 * len(PRINTING_STEPS) + 3.0 + 4.4 * count, line, 8.0, color=SOFT)


def _draw_card(ax: Axes, card: Layout, x: float, y: float) -> None:
    _draw_cut_line(ax, card.outline, x, y)
    _draw_cut_line(ax, card.window, x, y)
    for tag in card.tags:
        _draw_tag(ax, tag, x, y)
    paper = card.papers[0].reflectance[0]
    for patch in (*card.greys, *card.colours):
        black = patch.reflectance == card.greys[0].reflectance
        colour = (0.0, 0.0, 0.0) if black else tuple(_encode_print_share(value / paper) for value in patch.reflectance)
        _fill_box(ax, patch.box, x, y, colour)
    _draw_rulers(ax, card, x, y)
    line = card.check
    ax.plot(
        [x + line.x, x + line.x + line.width], [y + line.y] * 2, color="black", lw=0.2 / POINT, solid_capstyle="butt"
    )
    for end in (line.x, line.x + line.width):
        ax.plot([x + end] * 2, [y + line.y - 0.9, y + line.y + 0.9], color="black", lw=0.15 / POINT)
    said = "This line must measure 50 mm. If not, print at 100 %."
    _write_text(ax, x + line.x + 0.5 * line.width, y + line.y + 2.2, said, 5.2, ha="center")
    middle = x + card.window.x + 0.5 * card.window.width
    _write_text(ax, middle, y + card.window.y + 13.0, "Cut this window out:", 9.0, ha="center", color=SOFT)
    _write_text(ax, middle, y + card.window.y + 18.0, "the skin is seen through it.", 9.0, ha="center", color=SOFT)


def _draw_rulers(ax: Axes, card: Layout, x: float, y: float) -> None:
    for ruler in card.rulers:
        for left, top, right, bottom, tenth in list_ticks(ruler):
            ax.plot([x + left, x + right], [y + top, y + bottom], color="black", lw=0.2 / POINT, solid_capstyle="butt")
            if tenth and ruler.across:
                _write_text(ax, x + left, y + bottom + 1.2, f"{left - ruler.x:.0f}", 5.2, ha="center")
            elif tenth:
                _write_text(ax, x + right - 0.6, y + top, f"{top - ruler.y:.0f}", 5.2, ha="right")
    _write_text(ax, x + card.rulers[0].x + card.rulers[0].length + 2.0, y + card.rulers[0].y + 3.4, "mm", 5.2)


def _draw_tag(ax: Axes, tag: Tag, x: float, y: float) -> None:
    """Black, with its white modules as runs both across and down, so that no hairline shows between them."""
    _fill_box(ax, tag.box, x, y, (0.0, 0.0, 0.0))
    step = tag.box.width / 8.0
    for white, turned in ((~tag.modules, False), (~tag.modules.T, True)):
        for line, modules in enumerate(white):
            edges = np.flatnonzero(np.diff(np.concatenate([[0], modules.astype(int), [0]])))
            for start, end in zip(edges[::2], edges[1::2], strict=True):
                across, down = (line, start) if turned else (start, line)
                wide, high = (1, end - start) if turned else (end - start, 1)
                box = Box(tag.box.x + step * across, tag.box.y + step * down, step * wide, step * high)
                _fill_box(ax, box, x, y, (1.0, 1.0, 1.0))


def _fill_box(ax: Axes, box: Box, x: float, y: float, colour: tuple[float, ...]) -> None:
    from matplotlib.patches import Rectangle

    ax.add_patch(Rectangle((x + box.x, y + box.y), box.width, box.height, facecolor=colour, linewidth=0.0))


def _draw_cut_line(ax: Axes, box: Box, x: float, y: float) -> None:
    from matplotlib.patches import Rectangle

    dashes = (0.0, (3.0, 2.0))
    ax.add_patch(
        Rectangle((x + box.x, y + box.y), box.width, box.height, fill=False, ec=SOFT, lw=0.1 / POINT, ls=dashes)
    )


def _write_text(
    ax: Axes,
    x: float,
    y: float,
    said: str,
    size: float = 9.5,
    *,
    ha: str = "left",
    weight: str = "normal",
    color: str = INK,
) -> None:
    ax.text(x, y, said, fontsize=size, va="center", ha=ha, weight=weight, color=color)


def _encode_print_share(share: float) -> float:
    """The sRGB level, 0 to 1, that prints this share of the paper's light (IEC 61966-2-1)."""
    return float(encode_srgb(np.array(share)))

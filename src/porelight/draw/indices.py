"""What the photo shows beside its pores: each index on a line of its own, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from porelight.draw.ink import (
    ACCENT,
    BAR,
    GROUND,
    INK,
    LINE,
    SOFT,
    Axes,
    language_of,
    quiet_axes,
    set_margins,
    write_phrase,
    write_text,
)
from porelight.wording import phrase, write_value

if TYPE_CHECKING:
    from porelight.photo.census import Index


def _(text: str) -> str:
    """Marks a text for the catalogue; it is said where it is shown."""
    return text


INDEX_LINES: Final[dict[str, tuple[str, str, float]]] = {
    "shine": (_("Shining skin"), "%", 0.0),
    "dark_middles": (_("Light lost in the middle of a pore"), "%", 0.0),
    "redness_patches": (_("Patches of redness"), "", 0.0),
    "pigment_spots": (_("Brown spots"), "%", 0.0),
    "texture": (_("Fine texture: light and dark between pores"), "%", 0.0),
    "stretch": (_("Pores long in one direction: length by width"), "", 1.0),
}
"""Index -> how it is called, its unit as written, and where its line begins."""
INDEX_UNKNOWN: Final = _("this photo cannot tell")


def index_bars(ax: Axes, indices: tuple[Index, ...]) -> Axes:
    """One line per index, from nothing to somewhat beyond its interval; the lines share no scale.

    Args:
        ax: an empty axes.
        indices: of the whole photo; those of :data:`INDEX_LINES` are drawn, in that order.
    """
    set_margins(ax, left=8, right=8, top=4, bottom=4)
    quiet_axes(ax, sides=())
    told = shown_indices(indices)
    ax.set(xlim=(0, 1), ylim=(len(told) - 0.02, -0.02))
    ax.set_xticks([])
    ax.set_yticks([])
    for row, index in enumerate(told):
        title, unit, start = INDEX_LINES[index.key]
        unit = f" {unit}" if unit else ""
        write_text(ax, 0, row + 0.26, write_phrase(ax, title), weight="bold")
        if index.value is None or index.low is None or index.high is None:
            ax.plot([0, 1], [row + 0.66, row + 0.66], color=LINE, linewidth=1, linestyle=(0, (4, 3)))
            write_text(ax, 0.02, row + 0.66, write_phrase(ax, INDEX_UNKNOWN), color=SOFT, halo=GROUND)
            continue
        end = _axis_end(start, index.high)
        low, middle, high = ((value - start) / (end - start) for value in (index.low, index.value, index.high))
        ax.plot([0, 1], [row + 0.6, row + 0.6], color=LINE, linewidth=1, zorder=0.5)
        ax.barh(row + 0.6, max(high - low, 0.004), 0.2, left=low, color=BAR, edgecolor=ACCENT, linewidth=1)
        ax.plot([middle, middle], [row + 0.46, row + 0.74], color=INK, linewidth=2.5)
        write_text(ax, 0, row + 0.9, write_phrase(ax, "{number:g}", number=start), color=SOFT)
        write_text(ax, 1, row + 0.9, write_phrase(ax, "{number:g}", number=end) + unit, color=SOFT, ha="right")
        write_text(ax, 0.5, row + 0.9, format_index(index, language_of(ax)), ha="center")
    return ax


def shown_indices(indices: tuple[Index, ...]) -> tuple[Index, ...]:
    """Those that are shown, in order."""
    found = {index.key: index for index in indices}
    return tuple(found[key] for key in INDEX_LINES if key in found)


def format_index(index: Index, language: str = "en") -> str:
    """Value, unit and interval with the digits that the interval allows."""
    assert index.value is not None
    assert index.low is not None
    assert index.high is not None
    width = index.high - index.low
    places = 0 if width >= 4.0 else 1 if width >= 0.4 else 2
    middle, low, high = (write_value(value, f".{places}f", language) for value in (index.value, index.low, index.high))
    unit = f" {INDEX_LINES[index.key][1]}" if INDEX_LINES[index.key][1] else ""
    return phrase("{middle} ({low} to {high})", language, middle=f"{middle}{unit}", low=low, high=high)


def _axis_end(start: float, high: float) -> float:
    """A round number somewhat beyond the interval."""
    beyond = max(1.25 * (high - start), 0.2)
    power = 10.0 ** len(f"{int(beyond)}") / 10.0 if beyond >= 1.0 else 0.1
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= beyond)
    return start + step


def indices_say(indices: tuple[Index, ...], language: str = "en") -> str:
    """What the lines show, in one sentence each."""
    said = []
    for index in shown_indices(indices):
        shown = phrase(INDEX_UNKNOWN, language) if index.value is None else format_index(index, language)
        said.append(f"{phrase(INDEX_LINES[index.key][0], language)}: {shown}.")
    return " ".join(said)

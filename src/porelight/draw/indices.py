"""What the photo shows beside its pores: each index on a line of its own, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from porelight.draw.ink import ACCENT, BAR, GROUND, INK, LINE, SOFT, Axes, inset, quiet_axes, write

if TYPE_CHECKING:
    from porelight.photo.census import Index

SHOWN: Final[dict[str, tuple[str, str, float]]] = {
    "shine": ("Shining skin", "%", 0.0),
    "dark_middles": ("Light lost in the middle of a pore", "%", 0.0),
    "redness_patches": ("Patches of redness", "", 0.0),
    "pigment_spots": ("Brown spots", "%", 0.0),
    "texture": ("Fine texture: light and dark between pores", "%", 0.0),
    "stretch": ("Pores long in one direction: length by width", "", 1.0),
}
"""Index -> how it is called, its unit as written, and where its line begins."""
UNTOLD: Final = "this photo cannot tell"


def index_bars(ax: Axes, indices: tuple[Index, ...]) -> Axes:
    """One line per index, from nothing to somewhat beyond its interval; the lines share no scale.

    Args:
        ax: an empty axes.
        indices: of the whole photo; those of :data:`SHOWN` are drawn, in that order.
    """
    inset(ax, left=8, right=8, top=4, bottom=4)
    quiet_axes(ax, sides=())
    told = chosen(indices)
    ax.set(xlim=(0, 1), ylim=(len(told) - 0.02, -0.02))
    ax.set_xticks([])
    ax.set_yticks([])
    for row, index in enumerate(told):
        title, _, start = SHOWN[index.key]
        write(ax, 0, row + 0.26, title, weight="bold")
        if index.value is None or index.low is None or index.high is None:
            ax.plot([0, 1], [row + 0.66, row + 0.66], color=LINE, linewidth=1, linestyle=(0, (4, 3)))
            write(ax, 0.02, row + 0.66, UNTOLD, color=SOFT, halo=GROUND)
            continue
        end = _end(start, index.high)
        low, middle, high = ((value - start) / (end - start) for value in (index.low, index.value, index.high))
        ax.plot([0, 1], [row + 0.6, row + 0.6], color=LINE, linewidth=1, zorder=0.5)
        ax.barh(row + 0.6, max(high - low, 0.004), 0.2, left=low, color=BAR, edgecolor=ACCENT, linewidth=1)
        ax.plot([middle, middle], [row + 0.46, row + 0.74], color=INK, linewidth=2.5)
        write(ax, 0, row + 0.9, f"{start:g}", color=SOFT)
        write(ax, 1, row + 0.9, f"{end:g} {SHOWN[index.key][1]}".strip(), color=SOFT, ha="right")
        write(ax, 0.5, row + 0.9, number(index), ha="center")
    return ax


def chosen(indices: tuple[Index, ...]) -> tuple[Index, ...]:
    """Those that are shown, in order."""
    found = {index.key: index for index in indices}
    return tuple(found[key] for key in SHOWN if key in found)


def number(index: Index) -> str:
    """Value, unit and interval with the digits that the interval allows."""
    assert index.value is not None
    assert index.low is not None
    assert index.high is not None
    width = index.high - index.low
    places = 0 if width >= 4.0 else 1 if width >= 0.4 else 2
    middle, low, high = (f"{value:.{places}f}" for value in (index.value, index.low, index.high))
    unit = f" {SHOWN[index.key][1]}" if SHOWN[index.key][1] else ""
    return f"{middle}{unit} ({low} to {high})"


def _end(start: float, high: float) -> float:
    """A round number somewhat beyond the interval."""
    beyond = max(1.25 * (high - start), 0.2)
    power = 10.0 ** len(f"{int(beyond)}") / 10.0 if beyond >= 1.0 else 0.1
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= beyond)
    return start + step


def indices_say(indices: tuple[Index, ...]) -> str:
    """What the lines show, in one sentence each."""
    said = []
    for index in chosen(indices):
        shown = UNTOLD if index.value is None else number(index)
        said.append(f"{SHOWN[index.key][0]}: {shown}.")
    return " ".join(said)

"""What a course may bring, and why pores look large: predictions as bands and bars with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from porelight.digits import round_middle, round_outward
from porelight.draw.ink import (
    ACCENT,
    BAND,
    BAR,
    GROUND,
    INK,
    LINE,
    SOFT,
    TEXT_SIZE,
    Axes,
    axes_size,
    language_of,
    quiet_axes,
    set_margins,
    write_phrase,
    write_text,
)
from porelight.wording import phrase, write_words

if TYPE_CHECKING:
    from matplotlib.ticker import Locator

    from porelight.fields import Interval
    from porelight.forecasting.model import Forecast
    from porelight.planning.model import Factor


def _(text: str) -> str:
    """Marks a text for the catalogue; it is said where it is shown."""
    return text


SHARE_UNKNOWN = _("cannot be told from a photo and answers")


def course_fan(ax: Axes, forecast: Forecast, session_weeks: tuple[float, ...]) -> Axes:
    """Change of the width of the pores by week, as it comes and fades: middle, band, sessions, goal, each named.

    Args:
        ax: an empty axes.
        forecast: milestones in order; the course starts from no change.
        session_weeks: weeks from the first session at which the sessions are.
    """
    set_margins(ax, left=58, right=96, top=34, bottom=46)
    quiet_axes(ax)
    weeks, low, mid, high = forecast_series(forecast)
    ax.fill_between(weeks, low, high, color=BAND, linewidth=0)
    for edge in (low, high):
        ax.plot(weeks, edge, color=BAR, linewidth=1)
    ax.plot(weeks, mid, color=ACCENT, linewidth=2.5)
    ax.plot(weeks[1:], mid[1:], "o", color=ACCENT, markersize=6)
    goal = forecast.diameter_goal_pct
    floor = min(float(low.min()), goal or 0.0) - 6.0
    ceiling = max(float(high.max()), 0.0) + 4.0
    ax.set(xlim=(0, weeks[-1]), ylim=(floor, ceiling))
    ax.axhline(0.0, color=SOFT, linewidth=1)
    _mark_sessions(ax, session_weeks, ceiling)
    last = (*forecast.milestones, *forecast.fading)[-1]
    _name_ends(ax, float(weeks[-1]), last.diameter_change_pct, goal)
    if goal is not None:
        _mark_goal(ax, goal)
    ax.set_xlabel(write_phrase(ax, "Weeks from the first session"), fontsize=TEXT_SIZE, color=SOFT)
    ax.yaxis.set_major_locator(_tick_every(10.0 if floor > -50.0 else 25.0))
    ax.yaxis.set_major_formatter(lambda value, _: "0" if value == 0 else f"{value:+.0f} %".replace("-", "\u2212"))
    ax.xaxis.set_major_locator(_tick_every(4.0 if weeks[-1] <= 30.0 else 12.0))
    return ax


def _tick_every(step: float) -> Locator:
    from matplotlib.ticker import MultipleLocator

    return MultipleLocator(step)


def forecast_series(forecast: Forecast) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Weeks, low, middle and high, from the start without change on."""
    listed = (*forecast.milestones, *forecast.fading)
    weeks = np.array([0.0, *(each.week for each in listed)])
    ends = [np.array([0.0, *(getattr(each.diameter_change_pct, end) for each in listed)]) for end in _ENDS]
    return weeks, ends[0], ends[1], ends[2]


_ENDS = ("low", "mid", "high")


def _mark_sessions(ax: Axes, session_weeks: tuple[float, ...], ceiling: float) -> None:
    per_px = (ax.get_ylim()[1] - ax.get_ylim()[0]) / axes_size(ax)[1]
    for number, week in enumerate(session_weeks, start=1):
        ax.plot([week, week], [ax.get_ylim()[0], ceiling], color=LINE, linewidth=1, linestyle=(0, (2, 3)), zorder=0.5)
        ax.plot([week], [ceiling + 5 * per_px], marker="v", markersize=7, color=INK, clip_on=False)
        write_text(ax, week, ceiling + 19 * per_px, f"{number}", ha="center", clip_on=False)
    if session_weeks:
        per_px_x = ax.get_xlim()[1] / axes_size(ax)[0]
        write_text(ax, -8 * per_px_x, ceiling + 19 * per_px, write_phrase(ax, "Session"), ha="right", clip_on=False)


def _name_ends(ax: Axes, week: float, change: Interval, goal: float | None) -> None:
    """The three ends at the right edge, kept apart."""
    per_px = (ax.get_ylim()[1] - ax.get_ylim()[0]) / axes_size(ax)[1]
    per_px_x = week / axes_size(ax)[0]
    places = _move_apart([change.high, change.mid, change.low], 34 * per_px)
    low, mid, high = _write_ends(change, goal, language_of(ax))
    named = ((_("less change"), high), (_("middle"), mid), (_("more change"), low))
    for place, (name, end) in zip(places, named, strict=True):
        look = {"color": ACCENT, "weight": "bold"} if end is mid else {"color": SOFT}
        said = f"{write_phrase(ax, name)}\n{end}"
        write_text(ax, week + 12 * per_px_x, place, said, linespacing=1.1, clip_on=False, **look)


def _move_apart(values: list[float], least: float) -> list[float]:
    """Falling values, moved apart about the middle one where they are too close."""
    high, mid, low = values
    return [max(high, mid + least), mid, min(low, mid - least)]


def _write_ends(change: Interval, goal: float | None, language: str) -> tuple[str, str, str]:
    """Low, middle and high as they are written."""
    low, high = round_outward(change)
    middle = round_middle(change.mid, change, goal)
    return _format_percent(low, language), _format_percent(middle, language), _format_percent(high, language)


def _format_percent(points: int, language: str) -> str:
    if points <= -100:  # a forecast never says that none is left
        return phrase("over \u221290 %", language)
    return phrase("no change", language) if points == 0 else f"{points:+d} %".replace("-", "\u2212")


def _mark_goal(ax: Axes, goal: float) -> None:
    per_px = (ax.get_ylim()[1] - ax.get_ylim()[0]) / axes_size(ax)[1]
    ax.axhline(goal, color=INK, linewidth=1.2, linestyle=(0, (6, 4)))
    said = write_phrase(ax, "goal {goal:.0f} %", goal=goal).replace("-", "\u2212")
    write_text(ax, 0.02 * ax.get_xlim()[1], goal - 9 * per_px, said, weight="bold", halo=GROUND)


def fan_says(forecast: Forecast, language: str = "en") -> str:
    """What the fan shows, in a few sentences: the end of the course and what is left a year later."""
    end = forecast.milestones[-1]
    listed = [end, *forecast.fading[-1:]]
    parts = [
        phrase("Expected change of the width of the pores over {weeks:.0f} weeks.", language, weeks=listed[-1].week)
    ]
    for each in listed:
        change = each.diameter_change_pct
        low, mid, high = _write_ends(change, forecast.diameter_goal_pct, language)
        parts.append(
            phrase(
                "{label}: middle {mid}, {level:.0f} % interval {low} to {high}.",
                language,
                label=write_words(each.label, language),
                mid=mid,
                level=100 * change.level,
                low=low,
                high=high,
            )
        )
    if forecast.diameter_goal_pct is not None:
        parts.append(phrase("The goal is {goal:.0f} %.", language, goal=forecast.diameter_goal_pct))
    return " ".join(parts)


def factor_bars(ax: Axes, factors: tuple[Factor, ...]) -> Axes:
    """The share of each reason as a bar of its interval with its middle marked; a dashed empty bar where unknown."""
    set_margins(ax, left=14, right=24, top=4, bottom=44)
    quiet_axes(ax, sides=("bottom",))
    ax.set(xlim=(0, 100), ylim=(len(factors) - 0.02, -0.02))
    ax.set_yticks([])
    ax.set_xticks([0, 25, 50, 75, 100])
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0f} %")
    ax.set_xlabel(write_phrase(ax, "Share of the visible size that it explains"), fontsize=TEXT_SIZE, color=SOFT)
    for row, factor in enumerate(factors):
        write_text(ax, 0, row + 0.26, write_words(factor.title, language_of(ax)), weight="bold")
        if factor.share is None:
            ax.barh(row + 0.68, 100, 0.34, color="none", edgecolor=LINE, linestyle=(0, (4, 3)), linewidth=1)
            write_text(ax, 2, row + 0.68, write_phrase(ax, SHARE_UNKNOWN), color=SOFT)
        else:
            _draw_chance_bar(ax, row + 0.68, factor.share)
    return ax


def _draw_chance_bar(ax: Axes, y: float, share: Interval) -> None:
    low, mid, high = (100.0 * end for end in (share.low, share.mid, share.high))
    ax.barh(y, 100, 0.34, color="none", edgecolor=LINE, linewidth=1)
    ax.barh(y, high - low, 0.34, left=low, color=BAR, edgecolor=ACCENT, linewidth=1)
    ax.plot([mid, mid], [y - 0.24, y + 0.24], color=INK, linewidth=2.5)
    said = write_phrase(
        ax,
        "about {mid} % ({low} to {high})",
        mid=_round_coarsely(mid),
        low=_round_coarsely(low),
        high=_round_coarsely(high),
    )
    write_text(ax, high + 2 if high < 54 else low + 2, y, said, halo=BAR if high >= 54 else None)


def _round_coarsely(value: float) -> int:
    return 5 * round(value / 5) if value >= 2.5 else round(value)


def factors_say(factors: tuple[Factor, ...], language: str = "en") -> str:
    """What the bars show, in one sentence per factor."""
    written = []
    for factor in factors:
        title = write_words(factor.title, language)
        if factor.share is None:
            written.append(f"{title}: {phrase(SHARE_UNKNOWN, language)}.")
        else:
            low, mid, high = (
                _round_coarsely(100.0 * end) for end in (factor.share.low, factor.share.mid, factor.share.high)
            )
            share = phrase("about {mid} % (between {low} and {high})", language, mid=mid, low=low, high=high)
            written.append(f"{title}: {share}.")
    return " ".join(written)

"""draw.course: the forecast and the reasons, with the intervals they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Rectangle

from porelight import draw
from porelight.draw import course
from porelight.fields import Interval
from porelight.forecasting.model import Forecast, Milestone
from porelight.message import message
from porelight.planning.model import Factor

if TYPE_CHECKING:
    from porelight.draw.ink import Axes


def forecast() -> Forecast:
    ends = [(-40, -14, 14), (-65, -31, 3), (-93, -58, -11)]
    weeks = (4.0, 8.0, 20.0)
    return Forecast(
        milestones=tuple(
            Milestone(message("forecast.after_session", number=n), n, week, Interval(*end), Interval(*end), None)
            for n, (week, end) in enumerate(zip(weeks, ends, strict=True), start=1)
        ),
        sessions_for_goal=2,
        goal_pct=-50.0,
        chance_of_goal=0.58,
        remarks=(),
        rests_on=(),
        goal_kind="diameter",
    )


def factor(title: str, share: Interval | None) -> Factor:
    said = message({"Oil": "factors.sebum", "Sun": "factors.sun"}[title])
    return Factor(title.lower(), said, share, (said,), "no", said, ())


def texts(ax: Axes) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in ax.texts]


def fanned() -> Axes:
    _, ax = draw.new_figure(660, 380)
    return draw.course_fan(ax, forecast(), (0.0, 4.0, 8.0))


def test_the_fan_starts_from_no_change_and_meets_every_milestone() -> None:
    weeks, low, mid, high = course.forecast_series(forecast())
    np.testing.assert_array_equal(weeks, [0, 4, 8, 20])
    np.testing.assert_array_equal(mid, [0, -14, -31, -58])
    assert low[0] == high[0] == 0
    thickest = max(fanned().lines, key=lambda line: line.get_linewidth())
    np.testing.assert_array_equal(np.asarray(thickest.get_xydata())[:, 1], mid)


def test_ends_sessions_and_goal_are_named_where_they_are() -> None:
    said = texts(fanned())
    assert {"1", "2", "3", "Session"} <= set(said)
    assert "goal \u221250 %" in said
    assert "middle \u221260 %" in said  # an interval 80 points wide allows steps of ten
    assert "less change \u221210 %" in said
    assert "more change \u221295 %" in said


def test_nothing_of_the_fan_leaves_its_axes() -> None:
    ax = fanned()
    low, high = ax.get_ylim()
    assert low < -93
    assert high > 14


def test_the_fan_says_its_numbers() -> None:
    said = draw.fan_says(forecast())
    assert "90 % interval \u221295 % to \u221210 %" in said
    assert "goal is -50 %" in said


def test_a_share_is_a_bar_of_its_interval_and_an_unknown_one_stays_open() -> None:
    _, ax = draw.new_figure(340, 150)
    draw.factor_bars(ax, (factor("Oil", Interval(0.1, 0.2, 0.45)), factor("Sun", None)))
    widths = sorted(round(bar.get_width(), 6) for bar in ax.patches if isinstance(bar, Rectangle))
    assert widths == [35.0, 100.0, 100.0]
    assert "about 20 % (10 to 45)" in texts(ax)
    assert course.SHARE_UNKNOWN in texts(ax)


def test_reasons_are_said_in_words() -> None:
    said = draw.factors_say((factor("Oil", Interval(0.0004, 0.18, 0.5)), factor("Sun", None)))
    assert said == f"Oil: about 20 % (between 0 and 50). Sun: {course.SHARE_UNKNOWN}."

"""The diameters of a preview follow the forecast."""

import dataclasses

import pytest

from porelight.forecasting.diameter import diameter_change_pct
from tests.report import a_plan


def test_with_a_scale_the_preview_follows_the_median_diameter() -> None:
    plan = a_plan.ready()
    last = plan.forecast.milestones[-1]
    change = diameter_change_pct(plan.census, last)
    now = plan.census.median_diameter_um
    assert now is not None
    assert last.median_diameter_um is not None
    assert now * (1.0 + change.mid / 100.0) == pytest.approx(last.median_diameter_um.mid)
    assert change.low <= change.mid <= change.high


def test_without_a_scale_it_is_the_diameter_that_explains_the_fall_of_the_count() -> None:
    plan = a_plan.uncalibrated()
    last = plan.forecast.milestones[-1]
    change = diameter_change_pct(plan.census, last)
    assert last.enlarged_change_pct.mid < change.mid < 0.0
    none_left = dataclasses.replace(last.enlarged_change_pct, low=-100.0)
    assert diameter_change_pct(plan.census, dataclasses.replace(last, enlarged_change_pct=none_left)).low == -100.0

"""The forecast of one person: limits, goals, sessions, time, and what must not move it."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from porelight import cite
from porelight.forecasting.particles import Observation, draw_particles, update_particles
from porelight.forecasting.person import forecast_pores
from porelight.forecasting.trials import course_of
from porelight.photo.scale import typed
from porelight.refusal import Refusal
from porelight.units import week
from tests.planning.made_up import census

if TYPE_CHECKING:
    from porelight.forecasting.model import Forecast
    from porelight.photo.census import PoreCensus

FOUR = 4 * week


def of(pores: PoreCensus | None = None, laser: str = "co2", **options: Any) -> Forecast:
    wanted = {"spacing": FOUR, "goal": 0.5, "seed": 7, "sessions": 3} | options
    return forecast_pores(pores or census(), laser, **wanted)


def middle(made: Forecast, index: int = -1) -> float:
    return made.milestones[index].diameter_change_pct.mid


def width(made: Forecast) -> float:
    change = made.milestones[-1].diameter_change_pct
    return change.high - change.low


def test_the_first_forecast_is_as_wide_as_the_trials_leave_it_and_no_wider() -> None:
    """Goal: at most 36 points for CO2 and three sessions."""
    assert 15.0 < width(of()) <= 36.0
    assert -20.0 < middle(of()) < -4.0


def test_without_the_discount_the_effect_is_larger() -> None:
    assert middle(of(discount=False)) < middle(of()) - 1.0


def test_the_milestones_are_each_session_at_four_weeks_the_end_and_the_year_after() -> None:
    made = of()
    assert [each.week for each in made.milestones] == pytest.approx([4, 8, 12, 20])
    assert [each.sessions_done for each in made.milestones] == [1, 2, 3, 3]
    assert [each.week for each in made.later] == pytest.approx([34, 60, 72])
    assert made.milestones[-1].label.english() == "12 weeks after the last session"
    assert made.later[-1].sessions_done == 4


def test_the_effect_fades_over_the_year_and_one_more_session_brings_it_back() -> None:
    made = of()
    half, year, again = (each.diameter_change_pct.mid for each in made.later)
    assert middle(made) < half < year
    assert again < year


def test_more_sessions_and_more_time_never_leave_wider_pores() -> None:
    made = of()
    assert [middle(made, index) for index in range(4)] == sorted((middle(made, i) for i in range(4)), reverse=True)
    options = made.options
    assert [each.chance_of_goal for each in options] == sorted(each.chance_of_goal for each in options)
    added = [each.added_pct.mid for each in options]
    assert added == sorted(added)  # later sessions add less
    assert all(each.added_pct.mid < 0 for each in options)


def test_three_sessions_in_three_weeks_are_not_as_good_as_in_three_months() -> None:
    crowded, apart = of(spacing=week), of(spacing=FOUR)
    assert middle(crowded) > middle(apart) + 1.0
    assert any("closer than" in str(remark) for remark in crowded.remarks)


def test_the_longer_wait_of_darker_skin_gives_no_better_forecast() -> None:
    soon, late = of(spacing=FOUR), of(spacing=7 * week)
    assert middle(late) >= middle(soon)
    assert late.chance_of_goal <= soon.chance_of_goal  # type: ignore[operator]


def test_sessions_beyond_the_trials_add_next_to_nothing_and_that_is_said() -> None:
    many = of(sessions=20)
    assert middle(many) > middle(of()) - 1.5
    assert many.milestones[-1].enlarged_change_pct.low > -100.0
    assert any("20 sessions are more than the 3" in str(remark) for remark in many.remarks)


@pytest.mark.parametrize("kind", ["count", "diameter"])
def test_the_chance_falls_with_the_goal(kind: str) -> None:
    chances = [of(goal=goal, goal_kind=kind).chance_of_goal for goal in (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)]
    assert chances == sorted(chances, reverse=True)  # type: ignore[type-var]
    assert chances[-1] == 0.0


def test_told_chance_and_told_change_agree() -> None:
    """The median change is reached by half of the courses, and the reachable one by the required share."""
    made = of(goal_kind="diameter")
    assert of(goal=-middle(made) / 100, goal_kind="diameter").chance_of_goal == pytest.approx(0.5, abs=0.001)
    assert made.reachable_pct is not None
    again = of(goal=-made.reachable_pct / 100, goal_kind="diameter", required_chance=2 / 3)
    assert again.chance_of_goal == pytest.approx(2 / 3, abs=0.002)


def test_a_visible_change_is_likelier_than_half_fewer_enlarged_pores() -> None:
    seen, count = of(goal_kind="visible"), of()
    assert seen.chance_of_goal > count.chance_of_goal  # type: ignore[operator]
    assert seen.enlarged_goal_pct is None
    assert seen.reachable_pct is None


def test_the_sessions_for_a_goal_are_the_fewest_that_are_sure_enough() -> None:
    made = of(goal=0.02, goal_kind="diameter", sessions=None, required_chance=0.6)
    fewest = made.sessions_for_goal
    assert fewest is not None
    assert made.options[fewest - 1].chance_of_goal >= 0.6
    assert fewest == 1 or made.options[fewest - 2].chance_of_goal < 0.6
    assert made.milestones[-1].sessions_done == fewest


def test_a_goal_beyond_the_evidence_says_so_and_how_much_is_within() -> None:
    made = of(goal=0.9, sessions=None)
    assert made.sessions_for_goal is None
    assert made.verdict == "unlikely"
    assert made.milestones[-1].sessions_done == 3
    assert made.reachable_pct is not None
    assert -40.0 < made.reachable_pct < 0.0
    assert any("No number of sessions" in str(remark) for remark in made.remarks)


def test_the_verdict_on_the_goal_has_a_grey_zone() -> None:
    made = of(goal=0.03, goal_kind="diameter")
    assert made.chance_of_goal is not None
    for required, verdict in ((-0.05, "open"), (0.05, "open"), (-0.12, "likely"), (0.12, "unlikely")):
        again = of(goal=0.03, goal_kind="diameter", required_chance=made.chance_of_goal + required)
        assert again.verdict == verdict, required


def test_seeds_agree_on_the_number_of_sessions_and_the_verdict() -> None:
    """Shared quantities come from the table, persons are drawn evenly; 26 of 40 seeds once said one, 14 another."""
    found = {(made.sessions_for_goal, made.verdict) for made in (of(seed=seed, sessions=None) for seed in range(8))}
    assert len(found) == 1
    chances = [of(seed=seed).chance_of_goal for seed in range(8)]
    assert max(chances) - min(chances) < 0.01  # type: ignore[type-var, operator]


def test_a_scale_that_is_a_little_off_moves_the_chance_within_its_stated_range() -> None:
    made = of(goal=0.3)
    assert made.chance_range is not None
    low, high = made.chance_range
    assert low <= made.chance_of_goal <= high  # type: ignore[operator]
    for scale in (38.0, 42.0):
        pores = dataclasses.replace(census(um_per_px=40), scale=typed(scale))
        again = of(pores, goal=0.3).chance_of_goal
        assert low - 0.02 <= again <= high + 0.02  # type: ignore[operator]


def test_large_pores_shrink_as_much_while_their_count_falls_less() -> None:
    near, large = of(census(median=200, spread=0.2)), of(census(median=500, spread=0.2))
    assert middle(near) == pytest.approx(middle(large), abs=0.3)
    assert near.milestones[-1].enlarged_change_pct.mid < large.milestones[-1].enlarged_change_pct.mid - 10


def test_without_a_scale_the_width_is_forecast_and_the_number_is_of_a_typical_face() -> None:
    blind = of(census(um_per_px=None))
    assert middle(blind) == pytest.approx(middle(of()), abs=0.3)
    assert not blind.of_photo
    assert blind.milestones[-1].median_diameter_um is None
    seen, told = (made.milestones[-1].enlarged_change_pct for made in (of(), blind))
    assert told.high - told.low > 0.9 * (seen.high - seen.low)


@pytest.mark.parametrize(
    ("pores", "said"),
    [
        (census(um_per_px=None), "no scale"),
        (census(count=10, median=400), "too few pores"),
        (census(median=100, spread=0.1), "no enlarged pore"),
        (census(count=0), "no enlarged pore"),
    ],
)
def test_a_photo_that_does_not_tell_sizes_says_so(pores: PoreCensus, said: str) -> None:
    assert any(said in str(remark) for remark in of(pores).remarks)


def test_the_preview_and_the_median_diameter_are_the_forecast_change() -> None:
    pores = census()
    last = of(pores).milestones[-1]
    assert pores.median_diameter_um is not None
    assert last.median_diameter_um is not None
    assert last.median_diameter_um.mid == pytest.approx(
        pores.median_diameter_um * (1 + last.diameter_change_pct.mid / 100)
    )


def test_a_borrowed_forecast_is_never_better_than_its_lenders() -> None:
    lent, borrowed = of(), of(laser="eryag")
    for theirs, ours in zip(lent.milestones, borrowed.milestones, strict=True):
        assert ours.diameter_change_pct.mid >= theirs.diameter_change_pct.mid
        assert ours.diameter_change_pct.low >= theirs.diameter_change_pct.low
    assert borrowed.chance_of_goal <= lent.chance_of_goal  # type: ignore[operator]
    assert any("Er:YAG was seen" in str(remark) for remark in borrowed.remarks)


def test_the_forecast_rests_on_every_fitted_row_and_on_named_assumptions() -> None:
    used = {row.key for row in cite.used(of())}
    assert {"kwon_s3", "saedi_area", "dla755_null", "nmrf_v6", "hidden_by_no_control", "typed_scale_error"} <= used
    assert cite.weakest_confidence(cite.used(of())) == "assumed"


def test_the_same_seed_gives_the_same_forecast() -> None:
    assert of() == of()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"goal": 0.0}, "goal: a goal of 0 asks for nothing"),
        ({"goal": -0.1}, "share"),
        ({"goal": 1.1}, "share"),
        ({"goal": float("nan")}, "share"),
        ({"goal_kind": "depth"}, "goal_kind"),
        ({"required_chance": 1.0}, "required"),
        ({"required_chance": 0.0}, "required"),
        ({"sessions": 0}, "sessions"),
        ({"sessions": 51}, "sessions"),
        ({"laser": "diode_1726"}, "co2, eryag"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(options: dict[str, Any], said: str) -> None:
    with pytest.raises(Refusal, match=said):
        of(**options)


def observed(change: float, error: float = 2.4) -> Observation:
    return Observation((0.0, 4.0), 8.0, change, error)


def test_a_follow_up_photo_narrows_the_forecast_and_moves_it_its_way() -> None:
    """Goal: one comparison after session 2 keeps at most 0.50 of the width at 2.4 %, 0.70 at 5 %."""
    first, good, bad = of(), of(seen=(observed(-15.0),)), of(seen=(observed(0.0),))
    assert middle(good) < middle(first) < middle(bad)
    assert good.updated_by == 1
    for error in (2.4, 5.0):
        assert width(of(seen=(observed(-7.0, error),))) < width(first)


def test_what_a_photo_says_decides_what_is_next() -> None:
    reached = of(goal=0.05, goal_kind="diameter", seen=(observed(-20.0),))
    assert reached.next_step == "stop"
    nothing = of(goal=0.1, goal_kind="diameter", seen=(observed(2.0, 1.0), observed(2.0, 1.0)))
    assert nothing.next_step == "stop"
    some_way = of(goal=0.2, goal_kind="diameter", seen=(observed(-12.0),))
    assert some_way.next_step == "continue"
    assert of().next_step is None


def test_one_odd_photo_does_not_overrule_every_trial() -> None:
    """Heavy tails: ten standard errors off moves the middle, not to where the photo says."""
    assert middle(of(seen=(observed(-60.0),))) > -55.0


def test_an_update_keeps_the_interval_honest_where_the_photo_sees_less_than_there_is() -> None:
    """Simulated people, a comparison that sees all or three quarters; benchmarks.forecast_check takes 2,000 of them."""
    prior = draw_particles(course_of("co2"), 200, 0.0, 1)
    truth = prior.kappa((0.0, 4.0, 8.0), 20.0)
    then = prior.kappa((0.0, 4.0), 8.0)
    rng = np.random.default_rng(2)
    for share, least in ((1.0, 0.85), (0.75, 0.80)):
        inside = []
        for one in rng.integers(0, truth.size, 100):
            told = 100 * np.expm1(-share * then[one] + 0.03 * rng.standard_normal())
            after = update_particles(prior, observed(float(told), 3.0), int(one)).kappa((0.0, 4.0, 8.0), 20.0)
            low, high = np.quantile(after, [0.05, 0.95])
            inside.append(low <= truth[one] <= high)
        assert np.mean(inside) >= least


@given(
    count=some.integers(0, 80),
    median=some.floats(40, 800),
    spread=some.floats(0.0, 1.0),
    scale=some.none() | some.floats(5, 120),
    goal=some.floats(0.01, 1.0),
    sessions=some.none() | some.integers(1, 20),
    gap=some.floats(1, 60),
    laser=some.sampled_from(["co2", "eryag"]),
)
@settings(max_examples=25, deadline=None, derandomize=True)
def test_any_face_gets_a_finite_forecast_that_never_removes_all(
    count: int,
    median: float,
    spread: float,
    scale: float | None,
    goal: float,
    sessions: int | None,
    gap: float,
    laser: str,
) -> None:
    pores = census(count=count, median=median, spread=spread, um_per_px=scale)
    made = of(pores, laser, spacing=gap * week, goal=goal, sessions=sessions)
    for each in (*made.milestones, *made.later):
        for interval in (each.diameter_change_pct, each.enlarged_change_pct):
            assert -100.0 < interval.low <= interval.mid <= interval.high < 300.0
        assert each.diameter_change_pct.low > -60.0
    assert made.chance_of_goal is not None
    assert 0.0 <= made.chance_of_goal <= 1.0
    chances = [each.chance_of_goal for each in made.options]
    assert all(later >= sooner - 0.01 for sooner, later in itertools.pairwise(chances))

"""The latent shrinkage: sessions add up, fade and are renewed; every metric is a functional of it."""

from __future__ import annotations

import numpy as np
import pytest

from porelight.forecasting import latent
from tests.forecasting.made_up import shared


def total(starts: tuple[float, ...], at: float, **options: float) -> float:
    return float(latent.sum_effect(shared(), starts, at, **options)[0])


def test_one_ripe_session_is_one_less_what_has_faded() -> None:
    assert total((0.0,), 40.0) == pytest.approx((1 - np.exp(-40 / 4)) * np.exp(-40 / 200))


def test_later_sessions_add_less_and_never_nothing() -> None:
    ends = [total(tuple(4.0 * index for index in range(count)), 4.0 * (count - 1) + 12.0) for count in (1, 2, 3, 4)]
    gains = np.diff([0.0, *ends])
    assert (gains > 0).all()
    assert (np.diff(gains) < 0).all()


def test_crowded_sessions_count_by_their_share_of_the_tried_spacing() -> None:
    apart, crowded = (total((0.0, gap, 2 * gap), 2 * gap + 12.0, tried_gap=4.0) for gap in (4.0, 1.0))
    assert total((0.0,), 12.0) < crowded < 0.85 * apart


def test_a_longer_wait_between_sessions_never_makes_a_forecast_better() -> None:
    """Darker skin waits seven weeks in place of four; what appears in the wait appears in lighter skin as well."""
    ends = [total((0.0, gap, 2 * gap), 2 * gap + 12.0, tried_gap=4.0) for gap in (4.0, 7.0, 20.0, 60.0)]
    assert ends == sorted(ends, reverse=True)


def test_sessions_beyond_the_longest_trial_only_keep_up_what_there_is() -> None:
    few, many = (
        total(tuple(4.0 * index for index in range(count)), 4.0 * (count - 1) + 12.0, tried_gap=4.0, most=3.0)
        for count in (3, 30)
    )
    assert few < many < 3.0**0.7


def test_a_session_after_a_year_brings_back_what_had_faded() -> None:
    course = (0.0, 4.0, 8.0)
    faded, renewed = (total(starts, 72.0, tried_gap=4.0, most=3.0) for starts in (course, (*course, 60.0)))
    assert faded < renewed <= total(course, 20.0, tried_gap=4.0, most=3.0) * 1.1


def test_a_count_is_the_tail_of_a_log_normal() -> None:
    rng = np.random.default_rng(1)
    logs = 0.35 * rng.standard_normal(400_000)
    limit, kappa = 0.35 * 0.5, 0.1
    before, after = (logs > limit), (logs - kappa > limit)
    found = float(np.exp(latent.log_count(np.array(kappa), np.array(0.5), np.array(0.35))))
    assert found == pytest.approx(after.sum() / before.sum(), rel=0.01)
    area = np.exp(2 * (logs - kappa))[after].sum() / np.exp(2 * logs)[before].sum()
    assert float(np.exp(latent.log_area(np.array(kappa), np.array(0.5), np.array(0.35)))) == pytest.approx(
        area, rel=0.01
    )


def test_large_pores_shrink_while_their_count_hardly_moves() -> None:
    """The reason why the count is never the only headline."""
    large, near = (float(latent.log_count(np.array(0.1), np.array(z), np.array(0.35))) for z in (-2.0, 1.0))
    assert large > -0.03
    assert near < -0.3


def test_more_people_improve_with_a_larger_shrinkage() -> None:
    shares = latent.improved_share(np.array([0.0, 0.05, 0.1, 0.3]), np.array(0.5), np.array(0.04))
    assert (np.diff(shares) > 0).all()
    assert 0 < shares[0] < 0.2

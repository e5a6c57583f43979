"""The offline fit: quadrature against random numbers, a known posterior found again, bounds that are bounds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from porelight import cite
from porelight.forecasting import draws, fit, latent
from porelight.forecasting.arms import fitted_trials, load_arms
from tests.forecasting.made_up import shared

ALL = fitted_trials()


@pytest.mark.parametrize("trial", ["saedi2013", "kwon2018", "nmrf2023", "dla755_cn"])
def test_the_quadrature_over_a_trials_own_effects_agrees_with_random_numbers(trial: str) -> None:
    """A hundred thousand draws of effect, threshold and slope; a trial of two metrics has all three at once."""
    rng, one, arms = np.random.default_rng(1), shared(), ALL[trial]
    effect, threshold, slope = rng.standard_normal((3, 1, 100_000))
    logs = np.zeros((1, 100_000))
    for arm in arms:
        kappa = fit.trial_kappa(one, arm, effect)
        node = fit.THRESHOLD_MEAN + fit.THRESHOLD_SPREAD * threshold
        logs += fit._log_likelihood(one, arm, arm.row.value, kappa, node, slope)
    wanted = float(np.log(np.exp(logs).mean()))
    assert float(fit.log_trial(one, arms)[0]) == pytest.approx(wanted, abs=0.03)


def test_without_a_trial_the_posterior_is_the_prior() -> None:
    """Only what ten people kept is left, which speaks of fading and of nothing else."""
    made = fit.sample_posterior({}, seed=3, rounds=(3000, 3000))
    found = made.resample(4000, np.random.default_rng(1))
    assert np.mean(found.course_log) == pytest.approx(np.log(0.1), abs=0.06)
    assert np.std(found.course_log) == pytest.approx(0.7, abs=0.05)
    assert np.median(found.later) == pytest.approx(0.68, abs=0.02)


@pytest.fixture(scope="module")
def fitted() -> fit.Fit:
    """A short fit, of another seed than the table's."""
    return fit.sample_posterior(ALL, seed=9, rounds=(2000, 2000, 3000, 4000))


def test_a_null_trial_pulls_towards_less_and_is_not_dropped(fitted: fit.Fit) -> None:
    rng = np.random.default_rng(1)
    both, left_out = (fitted.resample(2000, rng, without) for without in (None, "dla755_cn"))
    means = [np.mean(latent.class_mean(each, "nonablative")) for each in (both, left_out)]
    assert means[0] < means[1]


def test_every_trial_row_is_fitted_or_says_why_not() -> None:
    listed = {arm.row.key for arm in load_arms()}
    others = {"kwon_people", "lmwha_sd", "dose_energy", "dose_density", "fade_eryag", "handled_control", "kept_long"}
    assert set(cite.table("trials")) - listed == others
    assert all(arm.not_fitted or arm.trial in ALL for arm in load_arms())


def test_weeks_since_the_sessions_fall_and_a_course_has_no_fewer_sessions_than_were_done() -> None:
    for arm in load_arms():
        assert list(arm.weeks_since) == sorted(arm.weeks_since, reverse=True)
        assert len(arm.weeks_since) <= arm.course


def test_the_table_of_the_package_is_the_one_described() -> None:
    table = draws.load_draws()
    assert len(table) == cite.rows("forecast")["draws"]
    assert cite.rows("forecast")["trials"] == len(ALL)
    again = draws.unpack_draws(draws.pack_draws(table))
    np.testing.assert_array_equal(again.fade, table.fade)


def test_a_table_that_was_changed_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cite, "rows", lambda _: {"sha256": "0" * 64})
    draws.load_draws.cache_clear()
    with pytest.raises(ValueError, match="run the fit again"):
        draws.load_draws()
    draws.load_draws.cache_clear()


def test_the_table_agrees_with_a_fit_of_another_seed(fitted: fit.Fit) -> None:
    """Both are samples of one posterior; a quarter of its spread is what so short a fit may stray."""
    other = fitted.resample(2000, np.random.default_rng(2))
    table = draws.load_draws()
    for name in ("course_log", "later", "fade", "person"):
        ours, theirs = getattr(table, name), getattr(other, name)
        assert np.median(ours) == pytest.approx(np.median(theirs), abs=0.25 * np.std(ours)), name


def test_printed_numbers_are_predicted_with_the_chance_of_so_many_people() -> None:
    arms = ALL["kwon2018"]
    few = tuple(dataclasses.replace(arm, people=4) for arm in arms)
    rng = np.random.default_rng(1)
    wide, narrow = (np.std(fit.predict_numbers(shared(4000), each, rng)[0]) for each in (few, arms))
    assert wide > narrow

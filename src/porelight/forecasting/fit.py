"""The offline fit of :mod:`~porelight.forecasting.latent` to the arms of trials, run by ``benchmarks.fit_forecast``.

Every shared quantity is a function of one standard normal number (:func:`shared_from`), so the prior is a standard
normal in 18 dimensions and the transforms are the priors. What is a trial's own (its effect, its threshold, the slope
of its score) is integrated by Gauss-Hermite quadrature, so that each trial has one likelihood of the shared quantities,
and leaving a trial out means leaving out a factor. The posterior is sampled by adaptive importance sampling: a Student
distribution is fitted to the weighted draws again and again, and every draw is weighed against the mixture of all
distributions that proposed any (Cornuet, Marin, Mira and Robert 2012, Scand J Stat 39:798).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from scipy.special import betaincinv, gammaln, ndtr, ndtri

from porelight import cite
from porelight.arrays import Floats
from porelight.forecasting import latent
from porelight.forecasting.arms import CLASSES, Arm
from porelight.forecasting.latent import Shared
from porelight.frozen import frozen
from porelight.units import percent

DIMENSIONS: Final = 13 + len(CLASSES)
TRIAL_NODES, LOCAL_NODES = 17, 9
TAIL_FREEDOM = 6.0
"""Degrees of freedom of the proposals: tails heavier than a posterior that leans on a normal prior."""
THRESHOLD_MEAN, THRESHOLD_SPREAD = 0.5, 0.7
"""A threshold half a spread above the median of a trial's pores: a third of those that are seen are enlarged, with a
tenth and two thirds within one standard deviation each way."""
SLOPE_SPREAD = 0.3
"""Between scores by eye, of the logarithm of their slope."""
KEPT_VISITS = (13.0, 78.0)
"""Weeks of the two visits of ``kept_long``: 3 months, and the middle of 1-2 years."""
KEPT_ERROR = 0.15
"""Of the share that was kept: ten people, another ailment."""
LOG_SPREAD_ERROR = 0.15
"""Of the logarithm of a standard deviation between people: 1 / sqrt(2 n) of 42 is 0.11, and their visits differed."""
MOST_KAPPA = 5.0
"""Pores of a 150th of their diameter: no treatment does more, and none comes near."""
LEAST_PEOPLE_SPREAD_PCT = 5.0
"""What repeating the measure adds to the spread between people [%]."""


def shared_from(unit: Floats) -> Shared:
    """The priors: (DIMENSIONS, n) standard normal numbers -> shared quantities. docs/forecast.md has their reasons."""
    mean, across, between, later, number, tau, phi, size, power, slope, person, wobble, seen = unit[:13]
    return Shared(
        course_log=math.log(0.1) + 0.7 * mean,
        class_spread=0.3 * _half(across),
        class_effect=unit[13:],
        trial_spread=0.5 * _half(between),
        later=np.maximum(betaincinv(6.0, 3.0, ndtr(later)), 0.01),
        number=0.3 + 0.3 * number,
        appear=5.0 * np.exp(0.6 * tau),
        fade=150.0 * np.exp(0.7 * phi),
        size_spread=0.35 * np.exp(0.25 * size),
        volume_power=2.0 + ndtr(power),
        score_slope=math.log(2.5) + 0.5 * slope,
        person=0.5 * np.exp(0.3 * person),
        wobble=5.0 * _half(wobble),
        seen_from=0.03 + 0.03 * seen,
    )


def _half(unit: Floats) -> Floats:
    """A half-normal number from a normal one, rising with it."""
    return np.asarray(-ndtri(0.5 * ndtr(-unit)))


def trial_kappa(shared: Shared, arm: Arm, effect: Floats) -> Floats:
    """kappa (n, m) of an arm for a trial whose effect lies ``effect`` (m,) or (n, m) trial spreads from its class."""
    done = latent.sum_effect(shared, arm.starts, arm.weeks_since[0]) * latent.course_scale(shared, arm.course)
    spread = shared.trial_spread[:, None] * effect
    logs = (latent.class_mean(shared, arm.treatment) + np.log(np.maximum(done, 1e-12)))[:, None] + spread
    # Far draws of the prior shrink pores to nothing; their logarithm would leave the range of numbers.
    return np.asarray(np.exp(np.minimum(logs, math.log(MOST_KAPPA))))


def expected_number(shared: Shared, arm: Arm, kappa: Floats, threshold: Floats, slope: Floats) -> Floats:
    """The number [%] that an arm would print without error, of the shape of ``kappa`` (n, ...).

    Args:
        shared: the draws.
        arm: whose metric.
        kappa: log shrinkage of diameter.
        threshold: of count and area, in spreads above the median.
        slope: of a score, in slope spreads about the typical one.
    """

    def wide(values: Floats) -> Floats:
        return values.reshape(-1, *[1] * (kappa.ndim - 1))

    if arm.metric == "improved":
        share = latent.improved_share(kappa, wide(shared.person), wide(shared.seen_from))
        return np.clip(share, 0.01, 0.99) / percent
    if arm.metric == "count":
        logs = latent.log_count(kappa, threshold, wide(shared.size_spread))
    elif arm.metric == "area":
        logs = latent.log_area(kappa, threshold, wide(shared.size_spread))
    elif arm.metric == "volume":
        logs = -wide(shared.volume_power) * kappa
    elif arm.metric == "score":
        logs = -np.exp(wide(shared.score_slope) + SLOPE_SPREAD * slope) * kappa
    else:
        logs = -kappa
    return np.asarray(np.expm1(logs) / percent)


def number_error(shared: Shared, arm: Arm, expected: Floats) -> Floats:
    """Standard error [%] of the number that an arm prints, of the shape of ``expected`` (n, ...)."""
    wobble = shared.wobble.reshape(-1, *[1] * (expected.ndim - 1))
    if arm.of_people:
        return np.sqrt(expected * (100.0 - expected) / arm.people + wobble**2)
    people = cite.table("planning")["person_spread"].si / percent
    return np.hypot(people / math.sqrt(arm.people), wobble)


def _log_likelihood(
    shared: Shared, arm: Arm, printed: float, kappa: Floats, threshold: Floats, slope: Floats
) -> Floats:
    expected = expected_number(shared, arm, kappa, threshold, slope)
    error = number_error(shared, arm, expected)
    if arm.between is not None:
        # A result that was only called not significant, or best of many, says between which ends its mean lies.
        low, high = ((end - expected) / error for end in arm.between)
        found = np.log(np.maximum(ndtr(high) - ndtr(low), 1e-300))
    else:
        found = -0.5 * ((printed - expected) / error) ** 2 - np.log(error)
    if arm.people_spread is not None:
        remains = np.maximum(1.0 + expected * percent, 1e-6)
        person = shared.person.reshape(-1, *[1] * (kappa.ndim - 1))
        between = np.hypot(-remains * np.log(remains) * person / percent, LEAST_PEOPLE_SPREAD_PCT)
        found = found - 0.5 * (np.log(between / arm.people_spread.value) / LOG_SPREAD_ERROR) ** 2
    return np.asarray(found)


def log_trial(shared: Shared, arms: tuple[Arm, ...], printed: tuple[float, ...] | None = None) -> Floats:
    """Marginal log likelihood (n,) of one trial, its own effect, threshold and slope integrated.

    Args:
        shared: the draws.
        arms: of one trial.
        printed: numbers in place of those that the trial printed [%], for a check on made-up data.
    """
    numbers = printed or tuple(arm.row.value for arm in arms)
    effects, effect_weights = _nodes(TRIAL_NODES)
    locals_, local_weights = _nodes(LOCAL_NODES)
    total = np.broadcast_to(np.log(effect_weights), (len(shared), TRIAL_NODES)).copy()
    # Given its effect, the parts of a trial that hang on the threshold and on the slope are apart from each other.
    for metrics, center, spread in ((("count", "area"), THRESHOLD_MEAN, THRESHOLD_SPREAD), (("score",), 0.0, 1.0)):
        inner: Floats | None = None
        for arm, number in zip(arms, numbers, strict=True):
            if arm.metric in metrics:
                kappa = trial_kappa(shared, arm, effects)[:, :, None]
                node = center + spread * locals_
                found = _log_likelihood(
                    shared, arm, number, np.broadcast_to(kappa, (*kappa.shape[:2], LOCAL_NODES)), node, node
                )
                inner = found if inner is None else inner + found
        if inner is not None:
            total += _log_sum(inner + np.log(local_weights))
    for arm, number in zip(arms, numbers, strict=True):
        if arm.metric in ("volume", "diameter", "improved"):
            kappa = trial_kappa(shared, arm, effects)
            total += _log_likelihood(shared, arm, number, kappa, kappa, kappa)
    return _log_sum(total)


def log_kept(shared: Shared) -> Floats:
    """Log likelihood (n,) of what ten people kept of their result over a year and a quarter (row ``kept_long``)."""
    sooner, later = KEPT_VISITS
    kept = np.exp(-(later - sooner) / shared.fade)
    return np.asarray(-0.5 * ((kept - cite.table("trials")["kept_long"].si) / KEPT_ERROR) ** 2)


def _nodes(count: int) -> tuple[Floats, Floats]:
    """Places and weights of an average over a standard normal."""
    places, weights = np.polynomial.hermite_e.hermegauss(count)
    return places, weights / weights.sum()


def _log_sum(logs: Floats) -> Floats:
    """log of the sum of exp over the last axis."""
    top = logs.max(axis=-1, keepdims=True)
    return np.asarray(top[..., 0] + np.log(np.exp(logs - top).sum(axis=-1)))


@frozen
class Fit:
    """Draws of all proposals: ``unit`` (DIMENSIONS, n), the log of what proposed them, and each trial's likelihood."""

    unit: Floats
    log_proposed: Floats
    log_trials: Mapping[str, Floats]

    def log_weights(self, without: str | None = None) -> Floats:
        """Log weights (n,) of the posterior, of all trials or without one; not normalised."""
        told = sum(found for trial, found in self.log_trials.items() if trial != without)
        return np.asarray(log_prior(self.unit) + told - self.log_proposed)

    def effective(self, without: str | None = None) -> float:
        """Number of equal draws that the weighted ones are worth."""
        weights = normalize_weights(self.log_weights(without))
        return float(1.0 / np.sum(weights**2))

    def resample(self, count: int, rng: np.random.Generator, without: str | None = None) -> Shared:
        """``count`` draws of equal weight, by systematic resampling."""
        weights = normalize_weights(self.log_weights(without))
        places = (np.arange(count) + rng.random()) / count
        index = np.minimum(np.searchsorted(np.cumsum(weights), places), weights.size - 1)
        return shared_from(self.unit[:, rng.permutation(index)])


def log_prior(unit: Floats) -> Floats:
    """Standard normal in every dimension, (n,)."""
    return np.asarray(-0.5 * (unit**2).sum(axis=0))


def normalize_weights(logs: Floats) -> Floats:
    """Weights that add up to one."""
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def sample_posterior(
    trials: Mapping[str, tuple[Arm, ...]],
    *,
    seed: int,
    rounds: tuple[int, ...],
    without: str | None = None,
    printed: Mapping[str, tuple[float, ...]] | None = None,
) -> Fit:
    """Adaptive importance sampling of the posterior.

    Args:
        trials: arms by trial; what ten people kept of their result is always part of it, under the name ``kept``.
        seed: of the draws.
        rounds: draws of each round; the proposal is fitted anew after each.
        without: trial that the proposals leave out; its likelihood is computed all the same.
        printed: numbers in place of the printed ones, by trial.
    """
    rng = np.random.default_rng(seed)
    center, covariance = np.zeros(DIMENSIONS), np.eye(DIMENSIONS)
    units: list[Floats] = []
    proposals: list[tuple[Floats, Floats, int]] = []
    told: dict[str, list[Floats]] = {trial: [] for trial in (*trials, "kept")}
    for count in rounds:
        root: Floats = np.asarray(np.linalg.cholesky(covariance), np.float64)
        stretch = np.sqrt(TAIL_FREEDOM / rng.chisquare(TAIL_FREEDOM, count))
        units.append(center[:, None] + root @ rng.standard_normal((DIMENSIONS, count)) * stretch)
        proposals.append((center, root, count))
        shared = shared_from(units[-1])
        for trial, arms in trials.items():
            told[trial].append(log_trial(shared, arms, None if printed is None else printed[trial]))
        told["kept"].append(log_kept(shared))
        unit = np.concatenate(units, axis=1)
        made = Fit(unit, _log_mixture(unit, proposals), {trial: np.concatenate(parts) for trial, parts in told.items()})
        # Weights are flattened while they hang on a few draws, so that one lucky draw does not become the proposal.
        logs = made.log_weights(without)
        weights = normalize_weights(logs)
        while 1.0 / np.sum(weights**2) < 4.0 * DIMENSIONS:
            logs = 0.7 * (logs - logs.max())
            weights = normalize_weights(logs)
        center = unit @ weights
        covariance = 1.1 * (unit - center[:, None]) * weights @ (unit - center[:, None]).T + 0.02 * np.eye(DIMENSIONS)
    return made


def _log_mixture(unit: Floats, proposals: list[tuple[Floats, Floats, int]]) -> Floats:
    """Log density (n,) of the mixture of all proposals, each weighed by its number of draws."""
    parts = []
    for center, root, count in proposals:
        square = (np.linalg.solve(root, unit - center[:, None]) ** 2).sum(axis=0)
        constant = gammaln(0.5 * (TAIL_FREEDOM + DIMENSIONS)) - gammaln(0.5 * TAIL_FREEDOM)
        scale = np.log(np.diag(root)).sum() + 0.5 * DIMENSIONS * math.log(TAIL_FREEDOM)
        tail = -0.5 * (TAIL_FREEDOM + DIMENSIONS) * np.log1p(square / TAIL_FREEDOM)
        parts.append(math.log(count) + constant - scale + tail)
    return _log_sum(np.stack(parts, axis=-1))


def predict_numbers(shared: Shared, arms: tuple[Arm, ...], rng: np.random.Generator) -> Floats:
    """What a trial of these arms would print [%], (arms, n): one made-up trial for each draw."""
    count = len(shared)
    effect, threshold, slope = rng.standard_normal((3, count, 1))
    printed = []
    for arm in arms:
        kappa = trial_kappa(shared, arm, effect)
        expected = expected_number(shared, arm, kappa, THRESHOLD_MEAN + THRESHOLD_SPREAD * threshold, slope)
        number = expected + number_error(shared, arm, expected) * rng.standard_normal((count, 1))
        printed.append(np.clip(number, 0.0, 100.0)[:, 0] if arm.of_people else number[:, 0])
    return np.stack(printed)

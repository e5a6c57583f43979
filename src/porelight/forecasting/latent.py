"""One latent number behind every metric: kappa, the log shrinkage of the diameter of the same pores.

A course of treatment has the effect E on the logarithm of diameter. Its sessions add up by the effective number J of
them, which fades and is refilled::

    J(i) = min(J(i-1) exp(-gap / (beta phi)) + credit, most)                             (1)
    kappa(w) = E n^(gamma - beta) sum of [J(i)^beta - J'(i)^beta] m(w - w_i) f(w - w_i)   (2)

J' is J just before session i, m(t) = 1 - exp(-t / tau) how much of a session has appeared, f(t) = exp(-t / phi) what is
left of it, n the sessions of the course as trials had it: trials pool by course, so a course of more sessions is worth
n^gamma and not n^beta. What trials print are functionals of kappa, with log-normal sizes of spread s and a threshold z
spreads above the median::

    diameter exp(-kappa)    volume exp(-p kappa)    score exp(-b kappa)
    count Q(z + kappa / s) / Q(z)    area exp(-2 kappa) Q(z + kappa / s - 2 s) / Q(z - 2 s)    (3)

Q is the upper tail of the normal distribution.
"""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
from scipy.special import log_ndtr, ndtr

from porelight.arrays import Floats, Indices
from porelight.forecasting.arms import CLASSES
from porelight.frozen import frozen

GRADING_NOISE = 0.03
"""Noise on the log diameter with which an eye calls a face improved: the least that a trained eye is taken to see."""


@frozen
class Shared:
    """What all trials share, drawn: every array has shape (n,), ``class_effect`` (classes, n). Times in weeks."""

    course_log: Floats
    """Mean over treatments of the logarithm of E."""
    class_spread: Floats
    class_effect: Floats
    """Of each class of treatment, in class spreads."""
    trial_spread: Floats
    """Between trials of one class: other devices, clinics, settings and ways to measure."""
    later: Floats
    """beta: how much later sessions of a course still add; 1 would be as much as the first."""
    number: Floats
    """gamma: what more sessions are worth between trials."""
    appear: Floats
    """tau"""
    fade: Floats
    """phi"""
    size_spread: Floats
    """s"""
    volume_power: Floats
    """p"""
    score_slope: Floats
    """Logarithm of b of a typical score."""
    person: Floats
    """Standard deviation between people of their kappa, as a share of the mean."""
    wobble: Floats
    """What a printed mean strays beyond the chance in its number of people [%]."""
    seen_from: Floats
    """Least kappa that is graded as an improvement."""

    def __len__(self) -> int:
        return int(self.course_log.size)

    def take(self, index: Indices | slice) -> Shared:
        """Some of the draws, in the order of ``index``."""
        parts: dict[str, Floats] = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return Shared(**{name: part[..., index] for name, part in parts.items()})


def class_mean(shared: Shared, treatment: str) -> Floats:
    """Logarithm of E (n,) of a typical trial of that class."""
    return np.asarray(shared.course_log + shared.class_spread * shared.class_effect[CLASSES.index(treatment)])


def sum_effect(
    shared: Shared,
    starts: tuple[float, ...],
    at: float,
    *,
    tried_gap: float = 0.0,
    most: float = math.inf,
) -> Floats:
    """The sum of equation (2) (n,) at week ``at``.

    Args:
        shared: the draws.
        starts: weeks of the sessions, rising; those at or after ``at`` count for nothing.
        at: week of the visit.
        tried_gap: spacing of the trial [weeks]. A session that follows sooner is credited by its share of it, for no
            trial saw that a crowded course does as well; one that follows later gains nothing by it, for the longer
            wait would show more of the same effect. 0 takes the sessions as the trial had them.
        most: largest J: sessions beyond the longest trial only keep up what there is.
    """
    level, total = np.zeros(len(shared)), np.zeros(len(shared))
    past = [start for start in starts if start < at]
    for index, start in enumerate(past):
        gap = start - past[index - 1] if index else 0.0
        credit = min(1.0, gap / tried_gap) if index and tried_gap else 1.0
        before = level * np.exp(-gap / (shared.later * shared.fade))
        level = np.minimum(before + credit, most)
        gain = level**shared.later - before**shared.later
        ripe = _ripe_time(past[index:], at, tried_gap)
        total = total + gain * -np.expm1(-ripe / shared.appear) * np.exp(-(at - start) / shared.fade)
    return total


def _ripe_time(starts: list[float], at: float, tried_gap: float) -> float:
    """Weeks since the first of ``starts`` in which its effect appears, gaps longer than the tried one cut to it."""
    gaps = [later - sooner for sooner, later in itertools.pairwise(starts)]
    return at - starts[-1] + sum(min(gap, tried_gap) if tried_gap else gap for gap in gaps)


def course_scale(shared: Shared, sessions: int) -> Floats:
    """n^(gamma - beta) of equation (2), (n,)."""
    return np.asarray(np.exp((shared.number - shared.later) * math.log(sessions)))


def log_count(kappa: Floats, threshold: Floats, spread: Floats) -> Floats:
    """Equation (3): logarithm of the ratio of the number of pores above the threshold."""
    return np.asarray(log_ndtr(-(threshold + kappa / spread)) - log_ndtr(-threshold))


def log_area(kappa: Floats, threshold: Floats, spread: Floats) -> Floats:
    """Equation (3): logarithm of the ratio of the area of the pores above the threshold."""
    moved = threshold - 2.0 * spread
    return np.asarray(-2.0 * kappa + log_ndtr(-(moved + kappa / spread)) - log_ndtr(-moved))


def improved_share(kappa: Floats, person: Floats, seen_from: Floats) -> Floats:
    """Share of people graded as improved where the mean is kappa and people differ by ``person`` of it."""
    return np.asarray(ndtr((kappa - seen_from) / np.hypot(person * kappa, GRADING_NOISE)))

"""One person drawn many times: what every number of a forecast is read from, and what a photo reweighs."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri

from porelight import cite
from porelight.arrays import Floats
from porelight.forecasting import latent
from porelight.forecasting.arms import TreatmentClass
from porelight.forecasting.draws import load_draws
from porelight.forecasting.latent import Shared
from porelight.frozen import frozen
from porelight.laser import Course, find_laser
from porelight.refusal import Refusal
from porelight.units import percent, week

COPIES = 8
"""Persons for each draw of the shared quantities."""
ROBUST_FREEDOM = 4.0
"""Degrees of freedom of the error of a comparison: heavy tails, so that one odd photo does not overrule every trial."""


@frozen
class Particles:
    """Equally likely persons, arrays of shape (n,)."""

    shared: Shared
    effect: Floats
    """E n^(gamma - beta) of equation (2) of :mod:`~porelight.forecasting.latent`, of this person."""
    tried_gap: float
    """Spacing of the trial [weeks]."""
    most: float
    """Sessions beyond which none adds anything that a trial has seen."""
    scale: Floats
    """Log error of this photo's scale."""
    threshold: Floats
    """Of a face whose pore sizes are not known, in spreads above the median."""
    photo: Floats
    """Log error of the change of diameter between two photos."""
    photo_count: Floats
    """Error of the ratio of two counts of enlarged pores."""
    chance: Floats
    """Standard normal, for the chance in a small number of pores."""

    def kappa(self, starts: tuple[float, ...], at: float) -> Floats:
        """Log shrinkage (n,) at week ``at`` of a course with sessions at weeks ``starts``."""
        done = latent.sum_effect(self.shared, starts, at, tried_gap=self.tried_gap, most=self.most)
        return np.asarray(self.effect * done)


@frozen
class Observation:
    """What a comparison of two photos found: the change of the same pores' diameter."""

    starts: tuple[float, ...]
    """Weeks of the sessions before the photo, from the first."""
    week: float
    """Of the photo, from the first session."""
    change_pct: float
    error_pct: float
    """Standard error."""


def treatment_of(course: Course) -> TreatmentClass:
    """The class of treatment that a course belongs to.

    Raises:
        Refusal: no class of trials has such a laser.
    """
    kind = find_laser(course.laser).kind
    if kind == "ablative":
        return "ablative"
    if kind in ("nonablative", "pulsed"):
        return "nonablative"
    raise Refusal("no trial of pores is known for such a laser", where="laser", advice="Choose a fractional laser")


def draw_particles(
    course: Course, pore_count: int, scale_error: float, seed: int, *, discount: bool = True
) -> Particles:
    """Persons that the trials leave possible.

    Args:
        course: of the laser.
        pore_count: pores in the photo, which the error of a comparison falls with.
        scale_error: relative standard error of the scale.
        seed: of what is drawn for this person; the shared quantities are those of the table.
        discount: whether what a missing control side hides is taken off.
    """
    shared = load_draws()
    index = np.repeat(np.arange(len(shared)), COPIES)
    drawn, rng = shared.take(index), np.random.default_rng(seed)
    trial, person, scale, sizes, photo, count, chance, hidden, unseen = _stratified_normals(9, index.size, rng)
    typical = latent.class_mean(drawn, treatment_of(course))
    if course.lender is not None:
        # A laser without a trial of its own is one more treatment: it may be any of those that were tried.
        typical = drawn.course_log + drawn.class_spread * np.minimum(unseen, drawn.class_effect[0])
    effect = np.exp(typical + drawn.trial_spread * trial) * (1.0 + drawn.person * person)
    planning, compare = cite.table("planning"), cite.table("compare")
    if discount:
        row = planning["hidden_by_no_control"]
        spread = math.log(row.si_high / row.si_low) / (2.0 * 1.645)
        effect = effect * (1.0 - np.minimum(row.si * np.exp(spread * hidden), row.si_high))
    most = course.most_sessions.value
    retake = math.hypot(compare["retake_diameter"].si, compare["retake_pore"].si / math.sqrt(max(pore_count, 20)))
    return Particles(
        shared=drawn,
        effect=effect * latent.course_scale(drawn, round(most)),
        tried_gap=course.anchor_spacing.si / week,
        most=most,
        scale=scale_error * scale,
        threshold=0.5 + 0.7 * sizes,
        photo=retake * photo,
        photo_count=compare["retake_enlarged"].si * count,
        chance=chance,
    )


def _stratified_normals(dimensions: int, count: int, rng: np.random.Generator) -> Floats:
    """Standard normals (dimensions, n), each dimension spread evenly: seeds then hardly move a forecast."""
    places = (np.arange(count) + rng.random((dimensions, count))) / count
    return np.asarray(ndtri(rng.permuted(places, axis=1)))


def _student_density(off: Floats) -> Floats:
    """Of Student's distribution with :data:`ROBUST_FREEDOM` degrees of freedom."""
    half = 0.5 * (ROBUST_FREEDOM + 1.0)
    scale = math.exp(math.lgamma(half) - math.lgamma(0.5 * ROBUST_FREEDOM)) / math.sqrt(ROBUST_FREEDOM * math.pi)
    return np.asarray(scale * (1.0 + off**2 / ROBUST_FREEDOM) ** -half)


def update_particles(particles: Particles, seen: Observation, seed: int) -> Particles:
    """The persons that agree with a follow-up photo, drawn anew by how well they do.

    A comparison sees somewhat less than there is (row ``compare_slope``), its stated error may be too small, and an odd
    photo happens: the error has a part proportional to the change and heavy tails, so a photo narrows the forecast less
    than its stated error alone would.
    """
    slope = cite.table("planning")["compare_slope"]
    told = -math.log1p(seen.change_pct * percent)
    error = seen.error_pct * percent / (1.0 + seen.change_pct * percent)
    kappa = particles.kappa(seen.starts, seen.week)
    spread = np.hypot(error, (slope.si_high - slope.si) * kappa)
    off = (told - slope.si * kappa) / spread
    odd = cite.table("planning")["odd_photo"].si
    # An odd photo may show any change: it is spread evenly over halving and doubling, whoever the person is.
    weights = (1.0 - odd) * _student_density(off) / spread + odd / (2.0 * math.log(2.0))
    weights /= weights.sum()
    count = weights.size
    rng = np.random.default_rng(seed)
    # Systematic resampling adds the least noise; the order is mixed so that the errors of the next photo stay apart.
    index = np.searchsorted(np.cumsum(weights), (np.arange(count) + rng.random()) / count).clip(max=count - 1)
    kept = {name: getattr(particles, name)[index] for name in ("effect", "scale", "threshold")}
    fresh = {name: rng.permuted(getattr(particles, name)) for name in ("photo", "photo_count", "chance")}
    return Particles(particles.shared.take(index), tried_gap=particles.tried_gap, most=particles.most, **kept, **fresh)

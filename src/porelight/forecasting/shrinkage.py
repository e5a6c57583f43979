"""What the pores may look like, session by session, with an interval as wide as the evidence leaves it.

Model *geometric shrinkage with maturation*. Every session multiplies the diameter of every pore by the same factor; its
effect appears over the weeks after it as m(t) = 1 - exp(-t / tau). On the logarithm of the number of enlarged pores::

    L(w) = delta * sum over sessions j before week w of m(w - w_j)          (1)
    kappa(w) = g f L(w) / alpha                    log shrinkage of diameter    (2)
    ln R = t ln[S(ln d0 + kappa) / S(ln d0)] - (1 - t) g f L(w)                 (3)

R is the ratio of the number of enlarged pores, S the share of this person's pores above a diameter (a Gaussian kernel
estimate on the logarithm), d0 the diameter from which a pore counts as enlarged. ``delta`` and ``tau`` are solved from
the two visits of the anchoring trial. What the trial leaves open is drawn: g (the true mean effect about the trial's),
f (this person about the mean), tau, alpha (steepness of the trial's unknown distribution), t (which of the two carries
over to another face: the shrinkage of a pore or the fall of the count), and the repeatability of the two photos.
Where the sizes of this person's pores are not known, S is a power law whose steepness a is drawn too, so that
ln R = -(t a / alpha + 1 - t) g f L(w), and the number of enlarged pores is taken as small: a missing scale makes no
forecast surer. A course that borrows the trial of another laser has the same g towards a larger effect and a wider one
towards a smaller: it never promises more than its lender.

The setting is not an argument: trials saw no significant difference between energies or densities, so none is made up.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from porelight import cite
from porelight.arrays import Floats
from porelight.cite import Cited
from porelight.fields import Interval, central_quantile
from porelight.forecasting.model import Forecast, Milestone
from porelight.forecasting.trials import course_of, describe_lender
from porelight.frozen import frozen
from porelight.laser import Course
from porelight.message import Message, message
from porelight.photo.census import PoreCensus
from porelight.refusal import Refusal
from porelight.units import percent, week

DRAW_COUNT = 20_000
"""Draws: the ends of a 90 % interval then move by about half a point of percent from seed to seed."""
FORECAST_LEVEL = 0.9
LEAST_KERNEL_WIDTH = 0.01
"""Least width of the kernel on the logarithm of diameter, where all pores are alike. The errors of the diameters do not
widen it: the measured sizes are spread by them already."""


@frozen
class Draws:
    """What is not known, drawn; every array has shape (n,)."""

    effect: Floats
    """g f of equation (2): the true mean effect about the trial's, times this person's about the mean."""
    maturation: Floats
    """tau [s]"""
    per_session: Floats
    """delta of equation (1), such that the trial's last visit is met with this tau."""
    steepness: Floats
    transfer: Floats
    photo: Floats
    """Relative error of the ratio of two photos' counts."""
    chance: Floats
    """Standard normal, for the chance in a small number of pores."""
    own_steepness: Floats
    """Of this person's distribution where it is not known."""


def forecast_pores(
    census: PoreCensus,
    laser: str,
    *,
    spacing: float,
    goal: float,
    seed: int,
    sessions: int | None = None,
) -> Forecast:
    """The number of enlarged pores and their median diameter after each session and at the end of the course.

    Args:
        census: the pores now. With a scale and enough pores, equation (3) uses this person's own distribution.
        laser: key of the laser; gives the anchoring trial.
        spacing: time between sessions [s].
        goal: wanted fall of the number of enlarged pores, above 0 and at most 1.
        seed: of the draws.
        sessions: length of the course; None takes the fewest that reach the goal, at most what a trial has tried.

    Raises:
        Refusal: the goal is 0 or not between 0 and 1, or no trial is known for the laser.
    """
    if not 0.0 <= goal <= 1.0:
        raise Refusal(f"a goal of {goal:g} is no share", where="goal", advice="Give a number from 0 to 1, such as 0.5")
    if goal == 0.0:
        raise Refusal("a goal of 0 asks for nothing", where="goal", advice="Give a number above 0")
    course = course_of(laser)
    # The same draws serve every number of sessions, so that more of them never look worse by chance.
    draws = sample_unknowns(course, np.random.default_rng(seed))
    enough = _has_enough(census)
    log_ratio = _own_distribution(census) if enough else None
    most = round(course.most_sessions.value)
    finals = [final_ratio(census, draws, log_ratio, count, spacing) for count in range(1, most + 1)]
    for_goal = next((i + 1 for i, ratio in enumerate(finals) if np.median(ratio) <= 1.0 - goal), None)
    # Without a number of sessions the course is the shortest that reaches the goal, and never beyond the evidence.
    count = sessions or for_goal or most
    end = final_ratio(census, draws, log_ratio, count, spacing)
    return Forecast(
        milestones=tuple(
            _make_milestone(census, draws, log_ratio, label, done, at, spacing)
            for label, done, at in list_visits(course, count, spacing)
        ),
        sessions_for_goal=for_goal,
        goal_pct=-goal / percent,
        chance_of_goal=float(np.mean(end <= 1.0 - goal)),
        remarks=_list_remarks(census, course, goal, for_goal, enough=enough, count=count),
        rests_on=_rests_on(course),
        of_photo=enough,
    )


def list_visits(course: Course, sessions: int, spacing: float) -> list[tuple[Message, int, float]]:
    """Label, sessions done and time from the first session [s] of every milestone."""
    planning = cite.table("planning")
    after = min(planning["visit_after_session"].si, spacing) if sessions > 1 else planning["visit_after_session"].si
    end = planning["visit_after_course"]
    visits = [
        (message("forecast.after_session", number=done), done, (done - 1) * spacing + after)
        for done in range(1, sessions + 1)
    ]
    last = message("forecast.after_course", weeks=end.value)
    return [*visits, (last, sessions, (sessions - 1) * spacing + end.si)]


def sum_maturation(maturation: Floats | float, sessions: int, spacing: float, at: float) -> Floats:
    """Sum of m over the sessions before ``at`` [s]: equation (1) without delta, shape of ``maturation``."""
    past = [at - index * spacing for index in range(sessions) if at > index * spacing]
    return np.asarray(sum(-np.expm1(-since / np.asarray(maturation)) for since in past), dtype=float)


def solve_maturation(course: Course) -> float:
    """The maturation time tau [s] at which equation (1) meets both visits of the anchoring trial.

    Raises:
        ValueError: no tau does.
    """
    gap, end = course.anchor_spacing.si, 2 * course.anchor_spacing.si + cite.table("planning")["visit_after_course"].si
    wanted = math.log1p(course.early.si) / math.log1p(course.final.si)

    def missed(tau: float) -> float:
        return float(sum_maturation(tau, 2, gap, 2 * gap) / sum_maturation(tau, 3, gap, end)) - wanted

    return float(brentq(missed, 0.1 * week, 100 * week))


def sample_unknowns(course: Course, rng: np.random.Generator, n: int = DRAW_COUNT) -> Draws:
    """``n`` draws of everything that is not known. The order of the draws is part of the result: do not change it."""
    rows = cite.table("planning")
    normal = rng.standard_normal((6, n))
    # The spread between people was measured with photos of its own error, which is taken off in quadrature: the error
    # of this person's photos is drawn apart.
    ratio = 1.0 + course.final.si
    photo = math.sqrt(2.0) * rows["photo_spread"].si
    person = math.sqrt(max(rows["person_spread"].si ** 2 - (photo * ratio) ** 2, 0.0)) / (-ratio * math.log(ratio))
    # Whatever tau is drawn, delta is such that the trial's last visit is met: draws differ in when, not in how much.
    maturation = solve_maturation(course) * np.exp(rows["maturation_spread"].si * normal[2])
    gap = course.anchor_spacing.si
    full = sum_maturation(maturation, 3, gap, 2 * gap + rows["visit_after_course"].si)
    steepness, own = rows["tail_steepness"], rows["own_steepness"]
    transfer = rng.random(n)
    return Draws(
        effect=np.exp(_study_effect(course, normal[0])) * (1.0 + person * normal[1]),
        maturation=maturation,
        per_session=-math.log(ratio) / full,
        steepness=steepness.si * np.exp(_log_spread(steepness) * normal[3]),
        transfer=transfer,
        photo=photo * normal[4],
        chance=normal[5],
        own_steepness=own.si * np.exp(_log_spread(own) * rng.standard_normal(n)),
    )


def _study_effect(course: Course, normal: Floats) -> Floats:
    """Logarithm of g: a split normal about the trial, narrower towards a larger effect, borrowed or not."""
    smaller = course.study_spread.si
    lender = course if course.lender is None else course_of(course.lender)
    larger = lender.study_spread.si * cite.table("planning")["understated"].si
    return normal * np.where(normal > 0.0, larger, smaller)


def _log_spread(row: Cited) -> float:
    """Standard deviation of the logarithm, with the row's bounds as a central 90 % interval."""
    return math.log(row.si_high / row.si_low) / (2.0 * central_quantile(0.9))


LogRatio = Callable[[Floats], Floats]
"""kappa -> ln[S(ln d0 + kappa) / S(ln d0)] of one person."""


def _has_enough(census: PoreCensus) -> bool:
    fewest = cite.table("planning")["fewest_pores"].value
    return bool(census.enlarged_count) and census.pore_count >= fewest


def _own_distribution(census: PoreCensus) -> LogRatio:
    assert census.diameter_um is not None
    logs = np.log(census.diameter_um / (census.enlarged_from.value))
    spread = min(float(np.std(logs)), float(np.subtract(*np.percentile(logs, [75, 25]))) / 1.349) or float(np.std(logs))
    width = max(0.9 * spread * logs.size**-0.2, LEAST_KERNEL_WIDTH)
    kappas = np.linspace(-4.0, 8.0, 601)
    share = np.array([ndtr((logs - kappa) / width).mean() for kappa in kappas])
    ratios = np.log(np.maximum(share, 1e-12) / ndtr(logs / width).mean())
    return lambda kappa: np.interp(kappa, kappas, ratios)


def log_shrinkage(draws: Draws, sessions: int, spacing: float, at: float) -> tuple[Floats, Floats]:
    """g f L of equation (1) and kappa of equation (2) at time ``at`` [s], each (n,)."""
    fall = draws.effect * draws.per_session * sum_maturation(draws.maturation, sessions, spacing, at)
    return fall, fall / draws.steepness


def ratio_at(
    census: PoreCensus, draws: Draws, log_ratio: LogRatio | None, sessions: int, spacing: float, at: float
) -> Floats:
    """Ratio (n,) of the number of enlarged pores that a photo at ``at`` [s] would count, by equation (3)."""
    fall, kappa = log_shrinkage(draws, sessions, spacing, at)
    pores = census.enlarged_count or cite.table("planning")["fewest_pores"].value
    if log_ratio is None:
        logs = -fall * (draws.transfer * draws.own_steepness / draws.steepness + 1.0 - draws.transfer)
    else:
        logs = draws.transfer * log_ratio(kappa) - (1.0 - draws.transfer) * fall
    chance = draws.chance * np.sqrt(np.exp(logs) * np.abs(-np.expm1(logs)) / pores)
    return np.maximum(np.exp(logs) * (1.0 + draws.photo) + chance, 0.0)


def final_ratio(census: PoreCensus, draws: Draws, log_ratio: LogRatio | None, sessions: int, spacing: float) -> Floats:
    """:func:`ratio_at` at the end of a course of ``sessions``."""
    at = (sessions - 1) * spacing + cite.table("planning")["visit_after_course"].si
    return ratio_at(census, draws, log_ratio, sessions, spacing, at)


def _make_milestone(
    census: PoreCensus,
    draws: Draws,
    log_ratio: LogRatio | None,
    label: Message,
    done: int,
    at: float,
    spacing: float,
) -> Milestone:
    ratio = ratio_at(census, draws, log_ratio, done, spacing, at)
    median = census.median_diameter_um
    diameter = None
    if median is not None:
        diameter = _make_interval(median * np.exp(-log_shrinkage(draws, done, spacing, at)[1]))
    return Milestone(label, done, at / week, _make_interval((ratio - 1.0) / percent), diameter)


def _make_interval(values: Floats) -> Interval:
    low, mid, high = np.quantile(values, [(1.0 - FORECAST_LEVEL) / 2.0, 0.5, (1.0 + FORECAST_LEVEL) / 2.0])
    return Interval(float(low), float(mid), float(high), FORECAST_LEVEL)


def _rests_on(course: Course) -> tuple[Cited, ...]:
    trials, planning = cite.table("trials"), cite.table("planning")
    assumed = ("understated", "person_spread", "tail_steepness", "own_steepness", "maturation_spread", "photo_spread")
    visited = ("fewest_pores", "visit_after_session", "visit_after_course")
    told = ("kwon_people", "lmwha_sd", "dose_energy", "dose_density", "fade_eryag", "handled_control", "kept_long")
    return (
        course.early,
        course.final,
        course.anchor_spacing,
        course.study_spread,
        course.most_sessions,
        *(planning[key] for key in assumed + visited),
        *(trials[key] for key in told),
    )


def _list_remarks(
    census: PoreCensus, course: Course, goal: float, for_goal: int | None, *, enough: bool, count: int
) -> tuple[Message, ...]:
    """What the reader must know to weigh the numbers: the trial, what is assumed, and where the forecast is bounded."""
    most = round(course.most_sessions.value)
    remarks = list(_evidence_remarks(course))
    if for_goal is None:
        code = "goal_out_of_reach_borrowed" if course.lender else "goal_out_of_reach"
        remarks.append(message(f"forecast.{code}", goal=goal, most=most))
    if count > most:
        remarks.append(message("forecast.beyond_trial", count=count, most=most))
    if census.um_per_px is None:
        remarks.append(message("forecast.no_scale"))
    elif census.enlarged_count == 0:
        remarks.append(message("forecast.no_enlarged_pore"))
    elif not enough:
        remarks.append(message("forecast.few_pores"))
    return tuple(remarks)


def _evidence_remarks(course: Course) -> tuple[Message, ...]:
    """The same for every photo: which trial it is, what it leaves out, how long the effect lasts, what is assumed."""
    trials = cite.table("trials")
    people, control, dose = trials["kwon_people"], trials["handled_control"], trials["dose_energy"]
    fade, kept, lent = trials["fade_eryag"], trials["kept_long"], describe_lender(course.laser)
    return (
        message("forecast.one_trial", people=people.value, source=course.final.source.key, control=control.source.key),
        message("forecast.no_setting", source=dose.source.key),
        message(
            "forecast.fades",
            weeks=fade.value,
            source=fade.source.key,
            kept_pct=kept.value,
            kept_source=kept.source.key,
        ),
        message("forecast.assumed"),
        *([lent] if lent else []),
    )

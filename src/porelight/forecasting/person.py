"""What a course may do to this person's pores: session by session, as it fades, and against the goal.

Every number is read from the same particles (:mod:`~porelight.forecasting.particles`), so that chance, change and
preview cannot disagree. The setting is not an argument: trials saw no significant difference between energies or
densities, so none is made up. Nor are age, oil and phototype: no trial shows that they change the result.
"""

from __future__ import annotations

import math

import numpy as np

from porelight import cite
from porelight.arrays import Floats
from porelight.cite import Cited
from porelight.fields import Interval
from porelight.forecasting.arms import load_arms
from porelight.forecasting.goal import Goal
from porelight.forecasting.model import CourseOption, Forecast, GoalKind, Milestone, NextStep
from porelight.forecasting.particles import Observation, Particles, draw_particles, update_particles
from porelight.forecasting.remarks import list_remarks
from porelight.forecasting.sizes import LogShare, count_ratio, own_share
from porelight.forecasting.trials import course_of
from porelight.frozen import frozen
from porelight.laser import Course
from porelight.message import Message, message
from porelight.photo.census import PoreCensus
from porelight.refusal import check_number
from porelight.units import percent, week

FORECAST_LEVEL = 0.9
MOST_PLANNED_SESSIONS = 50


@frozen
class _Outlook:
    """One person's particles with what turns a shrinkage into what a photo shows."""

    census: PoreCensus
    course: Course
    particles: Particles
    share: LogShare | None
    goal: Goal
    spacing: float
    """Weeks between sessions."""

    def kappa(self, sessions: int, at: float, extra: tuple[float, ...] = ()) -> Floats:
        """At week ``at`` of a course of ``sessions``, and of more at weeks ``extra``."""
        starts = tuple(index * self.spacing for index in range(sessions))
        return self.particles.kappa((*starts, *extra), at)

    def end(self, sessions: int) -> float:
        """Week of the visit that a course is judged at."""
        return (sessions - 1) * self.spacing + _weeks("visit_after_course")

    def ratio(self, kappa: Floats, scale_off: float = 0.0) -> Floats:
        return count_ratio(self.census, self.particles, self.share, kappa, scale_off)

    def chance(self, kappa: Floats, scale_off: float = 0.0) -> float:
        """Of the goal."""
        return float(self.goal.reached(self.particles, kappa, self.ratio(kappa, scale_off)).mean())

    def photographed(self, kappa: Floats) -> Floats:
        """Change of diameter (n,) [%] that two photos would show."""
        return np.asarray(np.expm1(-(kappa + self.particles.photo)) / percent)


def forecast_pores(
    census: PoreCensus,
    laser: str,
    *,
    spacing: float,
    goal: float,
    seed: int,
    sessions: int | None = None,
    goal_kind: GoalKind = "count",
    required_chance: float | None = None,
    discount: bool = True,
    seen: tuple[Observation, ...] = (),
) -> Forecast:
    """The diameter of the pores and the number of enlarged ones after each session, at the end and over the year after.

    Args:
        census: the pores now. With a scale and enough pores, counts follow from this person's own sizes.
        laser: key of the laser.
        spacing: time between sessions [s].
        goal: wanted fall, above 0 and at most 1; of no matter where the goal is a visible change.
        seed: of what is drawn for this person.
        sessions: length of the course; None takes the fewest that reach the goal, at most what a trial has tried.
        goal_kind: what is to fall.
        required_chance: probability of the goal that is enough; None takes two in three.
        discount: whether what a missing control side hides in the trials is taken off.
        seen: what follow-up photos showed, in order.

    Raises:
        Refusal: the goal or the number of sessions cannot be used, or no trial is known for the laser.
    """
    required = cite.table("planning")["required_chance"].si if required_chance is None else required_chance
    wanted, course = Goal(goal_kind, goal, required), course_of(laser)
    if sessions is not None:
        check_number(sessions, "sessions", 1, MOST_PLANNED_SESSIONS, where="sessions", whole=True)
    particles = draw_particles(course, census.pore_count, scale_error(census), seed, discount=discount)
    for number, each in enumerate(seen, start=1):
        particles = update_particles(particles, each, seed + number)
    share = own_share(census)
    outlook = _Outlook(census, course, particles, share, wanted, spacing / week)
    most = round(course.most_sessions.value)
    options = list_options(outlook, most)
    for_goal = next((each.sessions for each in options if each.chance_of_goal >= required), None)
    # Without a number of sessions the course is the shortest that reaches the goal, and never beyond the evidence.
    count = sessions or for_goal or most
    kappa = outlook.kappa(count, outlook.end(count))
    chance = outlook.chance(kappa)
    following = decide_next(options, wanted, len(seen[-1].starts)) if seen else None
    told = [message(f"forecast.next_{following.replace(' ', '_')}")] if following else []
    return Forecast(
        milestones=tuple(_make_milestone(outlook, label, done, at) for label, done, at in list_visits(outlook, count)),
        sessions_for_goal=for_goal,
        goal_pct=0.0 if goal_kind == "visible" else -goal / percent,
        chance_of_goal=chance,
        remarks=(
            *told,
            *list_remarks(census, course, wanted, for_goal, count=count, spacing=spacing, discount=discount),
        ),
        rests_on=_rests_on(course),
        of_photo=share is not None,
        goal_kind=goal_kind,
        required_chance=required,
        verdict=wanted.judge(chance),
        chance_range=_range_chance(outlook, kappa, chance),
        reachable_pct=wanted.reachable_pct(kappa, particles.photo, outlook.ratio(kappa)),
        later=_list_later(outlook, count),
        options=options,
        updated_by=len(seen),
        next_step=following,
    )


def scale_error(census: PoreCensus) -> float:
    """Relative standard error of the photo's scale; 0 without one, for nothing then hangs on it."""
    if census.scale is None:
        return 0.0
    return census.scale.relative_error or cite.table("planning")["typed_scale_error"].si


def list_visits(outlook: _Outlook, sessions: int) -> list[tuple[Message, int, float]]:
    """Label, sessions done and week of every milestone."""
    after = _weeks("visit_after_session")
    if sessions > 1:
        after = min(after, outlook.spacing)
    visits = [
        (message("forecast.after_session", number=done), done, (done - 1) * outlook.spacing + after)
        for done in range(1, sessions + 1)
    ]
    last = message("forecast.after_course", weeks=_weeks("visit_after_course"))
    return [*visits, (last, sessions, outlook.end(sessions))]


def list_options(outlook: _Outlook, most: int) -> tuple[CourseOption, ...]:
    """Courses of 1, 2, ... sessions, each 12 weeks after its last."""
    least_shown = 2.0 * cite.table("compare")["retake_diameter"].si / percent
    found, before = [], np.zeros_like(outlook.particles.effect)
    for count in range(1, most + 1):
        kappa = outlook.kappa(count, outlook.end(count))
        added = (np.exp(-kappa) - np.exp(-before)) / percent
        found.append(
            CourseOption(
                sessions=count,
                diameter_change_pct=_make_interval(outlook.photographed(kappa)),
                enlarged_change_pct=_make_interval((outlook.ratio(kappa) - 1.0) / percent),
                chance_of_goal=outlook.chance(kappa),
                added_pct=_make_interval(added),
                chance_shown=float(np.mean(added <= -least_shown)),
            )
        )
        before = kappa
    return tuple(found)


def decide_next(options: tuple[CourseOption, ...], goal: Goal, done: int) -> NextStep:
    """Continue while one more session is worth it and the goal is not yet likely; in between, look again."""
    now = options[min(done, len(options)) - 1]
    if goal.judge(now.chance_of_goal) == "likely" or done >= len(options):
        return "stop"
    following = options[done]
    if goal.judge(now.chance_of_goal) == "open":
        return "look again"
    worth = cite.table("planning")["worth_points"].value
    return "continue" if following.added_pct.mid <= -worth else "stop"


def _list_later(outlook: _Outlook, sessions: int) -> tuple[Milestone, ...]:
    """Half a year and a year after the last session, and 12 weeks after one more session a year after it."""
    last = (sessions - 1) * outlook.spacing
    half, year = _weeks("visit_half_year"), _weeks("visit_year")
    faded = [
        _make_milestone(outlook, message("forecast.after_course", weeks=after), sessions, last + after)
        for after in (half, year)
    ]
    again = last + year + _weeks("visit_after_course")
    label = message("forecast.after_maintenance", weeks=_weeks("visit_after_course"))
    return (*faded, _make_milestone(outlook, label, sessions + 1, again, extra=(last + year,)))


def _make_milestone(
    outlook: _Outlook, label: Message, done: int, at: float, extra: tuple[float, ...] = ()
) -> Milestone:
    kappa = outlook.kappa(done - len(extra), at, extra)
    diameter, median = _make_interval(outlook.photographed(kappa)), outlook.census.median_diameter_um
    length = None
    if median is not None:
        low, mid, high = (median * (1.0 + end * percent) for end in (diameter.low, diameter.mid, diameter.high))
        length = Interval(low, mid, high, FORECAST_LEVEL)
    enlarged = _make_interval((outlook.ratio(kappa) - 1.0) / percent)
    return Milestone(label, done, at, diameter, enlarged, length)


def _range_chance(outlook: _Outlook, kappa: Floats, chance: float) -> tuple[float, float]:
    """The chance of the goal with the scale off either way by what a typed one may be."""
    if outlook.share is None or outlook.goal.kind != "count":
        return chance, chance
    off = math.log1p(cite.table("planning")["typed_scale_error"].si)
    found = [chance, *(outlook.chance(kappa, way * off) for way in (-1.0, 1.0))]
    return min(found), max(found)


def _make_interval(values: Floats) -> Interval:
    low, mid, high = np.quantile(values, [(1.0 - FORECAST_LEVEL) / 2.0, 0.5, (1.0 + FORECAST_LEVEL) / 2.0])
    return Interval(float(low), float(mid), float(high), FORECAST_LEVEL)


def _weeks(row: str) -> float:
    return cite.table("planning")[row].si / week


def _rests_on(course: Course) -> tuple[Cited, ...]:
    trials, planning, compare = (cite.table(name) for name in ("trials", "planning", "compare"))
    assumed = "person_spread hidden_by_no_control typed_scale_error goal_zone required_chance worth_points fewest_pores"
    visits = "visit_after_session visit_after_course visit_half_year visit_year"
    reported = "kwon_people dose_energy dose_density fade_eryag handled_control kept_long"
    retakes = "retake_diameter retake_pore retake_enlarged"
    return (
        course.anchor_spacing,
        course.most_sessions,
        *(arm.row for arm in load_arms() if not arm.not_fitted),
        *(planning[key] for key in f"{assumed} {visits}".split()),
        *(trials[key] for key in reported.split()),
        *(compare[key] for key in retakes.split()),
    )

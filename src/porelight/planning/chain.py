"""The plan: screen, explain, simulate candidates, forecast, and set the dates."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from typing import NamedTuple

import numpy as np

from porelight import care, units
from porelight.care import facts
from porelight.care.model import Calendar, Person, Verdict
from porelight.care.screen import sort_by_gravity
from porelight.fields import Progress
from porelight.forecasting.model import Forecast, GoalKind
from porelight.forecasting.person import forecast_pores
from porelight.forecasting.trials import course_of
from porelight.laser import Course, Setting, find_laser
from porelight.message import Message, message
from porelight.photo.census import PoreCensus
from porelight.planning import sessions as timing
from porelight.planning.candidates import simulate_candidates
from porelight.planning.factors import explain_factors
from porelight.planning.follow_up import FollowUp, observe_change
from porelight.planning.model import PHOTO_RULE, Candidate, Plan
from porelight.planning.photo_verdict import judge_photo
from porelight.simulation.chain import simulate
from porelight.simulation.model import Simulation
from porelight.simulation.scenario import setting_from
from porelight.skin import Phototype, Skin, facial_skin
from porelight.version import __version__

DARKEST: Phototype = "VI"
"""Stands in for an unknown phototype in the drawing of the skin: the one that asks for most care."""


def make_plan(
    census: PoreCensus,
    person: Person,
    *,
    on: dt.date,
    laser: str = "co2",
    goal: float = 0.5,
    goal_kind: GoalKind = "count",
    required_chance: float | None = None,
    seed: int = 0,
    clinic: care.ClinicChoices | None = None,
    set_aside: tuple[care.SetAside, ...] = (),
    name: str = "",
    progress: Progress | None = None,
) -> Plan:
    """From the pores and the person to a plan.

    Args:
        census: the pores of the photo.
        person: who is to be treated.
        on: the day on which the person is judged and from which dates count.
        laser: key of the laser.
        goal: wanted fall, above 0 and at most 1.
        goal_kind: of the number of enlarged pores, of the diameter, or any change that an eye would see.
        required_chance: probability of the goal that is enough; None takes two in three.
        seed: of every random draw.
        clinic: what the clinic chose where sources disagree; the cautious defaults without it.
        set_aside: verdicts that a named professional lifts, each with a reason; they stay in the plan as lifted.
        name: what names the course in its calendar; drawn or given by the caller, for nothing here is random.
        progress: told of each stage.

    Raises:
        Refusal: the laser or the goal cannot be used, or a rule is set aside that holds nothing back.
    """
    tell = progress or (lambda stage, done: None)
    course, chosen = course_of(laser), clinic or care.ClinicChoices()
    # May this person be treated, and what does the photo allow?
    tell("Checking whether treatment is possible", 0.3)
    verdicts, decided_later = _judge_today(census, care.screen_person(person, on, laser, chosen), set_aside)
    # What the pores may come to in a course of this laser; the setting plays no part in it.
    tell("Forecasting the pores", 0.4)
    gap = timing.session_spacing(laser, person.phototype)
    expected = forecast_pores(
        census, laser, spacing=gap.time, goal=goal, goal_kind=goal_kind, required_chance=required_chance, seed=seed
    )
    # When: before any setting is shown, for a session may be held back by what holds on its own day.
    dates = _date_sessions(person, verdicts, expected, gap, on, laser, chosen, decided_later)
    # What settings do in skin like this.
    tell("Simulating the settings", 0.5)
    age = facts.age_on(person, on)
    skin = draw_skin(census, person, age)
    return Plan(
        status="blocked" if any(verdict.blocks for verdict in dates.verdicts) else "ready",
        on=on,
        person=person,
        skin=skin,
        census=census,
        verdicts=dates.verdicts,
        factors=explain_factors(census, person, age),
        candidates=_simulate_course(course, person, skin, dates.verdicts, seed) if is_offered(dates.verdicts) else (),
        sessions=dates.sessions,
        forecast=_weigh_forecast(expected, dates.verdicts),
        calendar=dates.calendar,
        goal=goal,
        seed=seed,
        version=__version__,
        course=name,
        laser=laser,
        timing=dates.because,
        rests_on=(gap.row, course.spacing),
        clashes=care.find_clashes(dates.calendar, person.planned),
        clinic=chosen,
        withheld=dates.withheld,
    )


def forecast_course(
    census: PoreCensus,
    person: Person,
    *,
    on: dt.date,
    laser: str = "co2",
    goal: float = 0.5,
    goal_kind: GoalKind = "count",
    required_chance: float | None = None,
    sessions: int | None = None,
    discount: bool = True,
    follow_ups: tuple[FollowUp, ...] = (),
    seed: int = 0,
    clinic: care.ClinicChoices | None = None,
    set_aside: tuple[care.SetAside, ...] = (),
) -> Forecast:
    """The forecast of :func:`make_plan` alone: no setting is simulated, and no date is set.

    Args:
        census: as there.
        person: as there.
        on: as there.
        laser: as there.
        goal: as there.
        goal_kind: as there.
        required_chance: as there.
        sessions: length of the course; None takes the fewest that reach the goal, at most what a trial has tried.
        discount: whether what a missing control side hides in the trials is taken off.
        follow_ups: comparisons with later photos, in order.
        seed: as there.
        clinic: as there.
        set_aside: as there.

    Raises:
        Refusal: as there.
    """
    chosen = clinic or care.ClinicChoices()
    verdicts = judge_all(census, care.screen_person(person, on, laser, chosen), set_aside)
    gap = timing.session_spacing(laser, person.phototype)
    most = sessions or round(course_of(laser).most_sessions.value)
    expected = forecast_pores(
        census,
        laser,
        spacing=gap.time,
        goal=goal,
        goal_kind=goal_kind,
        required_chance=required_chance,
        sessions=sessions,
        discount=discount,
        seen=tuple(observe_change(each, gap.time, most) for each in follow_ups),
        seed=seed,
    )
    return _weigh_forecast(expected, verdicts)


def draw_skin(census: PoreCensus, person: Person, age: float | None) -> Skin:
    """The skin in which settings are simulated; an unknown phototype is drawn as the one that asks for most care."""
    return facial_skin(person.phototype or DARKEST, person.site, age, enlarged_diameter(census))


def _judge_today(
    census: PoreCensus, screened: tuple[Verdict, ...], set_aside: tuple[care.SetAside, ...]
) -> tuple[tuple[Verdict, ...], tuple[care.SetAside, ...]]:
    """The verdicts of the day of planning, and the decisions on rules that may hold back a later session only."""
    decided, decided_later = care.split_decisions(screened, set_aside)
    return judge_all(census, screened, decided), decided_later


def judge_all(
    census: PoreCensus, screened: tuple[Verdict, ...], set_aside: tuple[care.SetAside, ...]
) -> tuple[Verdict, ...]:
    """The verdicts on person and photo, gravest first; only those on the person can be set aside."""
    return _add_photo_verdict(census, care.set_aside_verdicts(screened, set_aside))


def is_offered(verdicts: tuple[Verdict, ...]) -> bool:
    """Whether settings and a forecast may be shown at all, if only in case treatment becomes possible."""
    return not any(verdict.outcome == "refuse" or verdict.rule == PHOTO_RULE for verdict in verdicts)


def _weigh_forecast(expected: Forecast, verdicts: tuple[Verdict, ...]) -> Forecast:
    """The forecast as far as the verdicts let it be shown."""
    if not is_offered(verdicts):
        return _withhold_forecast(expected)
    return _mark_if_possible(expected) if any(verdict.blocks for verdict in verdicts) else expected


def _add_photo_verdict(census: PoreCensus, found: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """With that on the photo before the others that ask: without a photo their answers lead to no plan."""
    photo = judge_photo(census)
    return found if photo is None else sort_by_gravity((photo, *found))


def enlarged_diameter(census: PoreCensus) -> float | None:
    """Median diameter of the enlarged pores [m]; None without a scale or without such a pore."""
    if census.diameter_um is None or census.enlarged is None or not census.enlarged.any():
        return None
    return float(np.median(census.diameter_um[census.enlarged])) * units.um


def _simulate_course(
    course: Course, person: Person, skin: Skin, verdicts: tuple[Verdict, ...], seed: int
) -> tuple[Candidate, ...]:
    """The candidates; those of a blocked plan say first that they are no offer."""

    def dial(energy_mj: float, density_pct: float) -> Setting:
        return setting_from(course.laser, {"energy_mj": energy_mj, "density_pct": density_pct})

    def run(setting: Setting) -> Simulation:
        return simulate(setting, skin, seed=seed)

    device = find_laser(course.laser)
    found = simulate_candidates(course, device, person.phototype, verdicts, dial=dial, simulate=run)
    if not any(verdict.blocks for verdict in verdicts):
        return found
    first = message("planning.if_possible")
    return tuple(dataclasses.replace(one, remarks=(first, *one.remarks)) for one in found)


class _Dates(NamedTuple):
    verdicts: tuple[Verdict, ...]
    """With those that hold a session back on its own day only."""
    sessions: tuple[dt.date, ...]
    calendar: Calendar
    because: tuple[Message, ...]
    withheld: tuple[dt.date, ...] = ()


def _date_sessions(
    person: Person,
    verdicts: tuple[Verdict, ...],
    expected: Forecast,
    gap: timing.Spacing,
    on: dt.date,
    laser: str,
    clinic: care.ClinicChoices,
    set_aside: tuple[care.SetAside, ...],
) -> _Dates:
    """The days of the sessions, each before the gate of its own day; none while a verdict blocks."""
    if any(verdict.blocks for verdict in verdicts):
        # Without dates nobody knows what a later session meets; the photo's verdict is nobody's to set aside.
        care.refuse_idle((one.rule for one in set_aside), {one.rule for one in verdicts if one.blocks} - {PHOTO_RULE})
        return _Dates(verdicts, (), Calendar((), ()), timing.explain_no_dates(verdicts))
    date_care = functools.partial(care.make_calendar, person, laser=laser, clinic=clinic)
    lead = timing.preparation_days(date_care((on,)).items, on)
    first = timing.first_session(on, lead, gap.time, person, verdicts)
    days = timing.session_dates(first, expected.milestones[-1].sessions_done, gap.time)
    # A test spot, for one, may be fresh on the first day of a course and too old on the second.
    held_back = timing.find_held_back(person, days, verdicts, laser, clinic, on=on, set_aside=set_aside)
    verdicts = timing.add_held_back(verdicts, held_back)
    if held_back.standing:
        return _Dates(verdicts, (), Calendar((), ()), timing.explain_no_dates(verdicts, held_back), days)
    return _Dates(
        verdicts, days, date_care(days, begins=on), timing.explain_dates(days, expected, gap, person, on, lead)
    )


def _mark_if_possible(expected: Forecast) -> Forecast:
    """The forecast of a blocked plan says first that it is no offer."""
    return dataclasses.replace(expected, remarks=(message("forecast.if_possible"), *expected.remarks))


def _withhold_forecast(expected: Forecast) -> Forecast:
    """Nothing but the goal: no numbers of a course that is not to be."""
    return dataclasses.replace(
        expected,
        milestones=(),
        sessions_for_goal=None,
        chance_of_goal=None,
        verdict=None,
        chance_range=None,
        reachable_pct=None,
        later=(),
        options=(),
        next_step=None,
        remarks=(message("forecast.not_offered"),),
        rests_on=(),
    )

"""The plan: screen, explain, simulate candidates, forecast, and set the dates."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import numpy as np

from porelight import care, units
from porelight.care import facts
from porelight.care.model import Calendar, Person, Verdict
from porelight.care.screen import sort_by_gravity
from porelight.fields import Progress
from porelight.forecasting.model import Forecast
from porelight.forecasting.shrinkage import forecast
from porelight.forecasting.trials import course_of
from porelight.laser import Course, Setting
from porelight.laser import laser as laser_of
from porelight.photo.census import PoreCensus
from porelight.planning import sessions as timing
from porelight.planning.choose import candidates
from porelight.planning.explain import factors
from porelight.planning.model import PHOTO, Candidate, Plan
from porelight.planning.usable import photo_verdict
from porelight.simulation.chain import simulate
from porelight.simulation.model import Simulation
from porelight.simulation.scenario import setting_from
from porelight.skin import Phototype, Skin, facial_skin
from porelight.version import __version__

"""Called with the name of a stage and the share done, 0 to 1."""

DARKEST: Phototype = "VI"
"""Stands in for an unknown phototype in the drawing of the skin: the one that asks for most care."""


def make_plan(
    census: PoreCensus,
    person: Person,
    *,
    on: dt.date,
    laser: str = "co2",
    goal: float = 0.5,
    seed: int = 0,
    clinic: care.ClinicChoices | None = None,
    progress: Progress | None = None,
) -> Plan:
    """From the pores and the person to a plan.

    Args:
        census: the pores of the photo.
        person: who is to be treated.
        on: the day on which the person is judged and from which dates count.
        laser: key of the laser.
        goal: wanted fall of the number of enlarged pores, above 0 and at most 1.
        seed: of every random draw.
        clinic: what the clinic chose where sources disagree; the cautious defaults without it.
        progress: told of each stage.

    Raises:
        Refusal: the laser or the goal cannot be used.
    """
    tell = progress or (lambda stage, done: None)
    course = course_of(laser)
    tell("Checking whether treatment is possible", 0.3)
    chosen = clinic or care.ClinicChoices()
    verdicts = _verdicts(census, care.screen_person(person, on, laser, chosen))
    age = facts.age_on(person, on)
    skin = facial_skin(person.phototype or DARKEST, person.site, age, enlarged_diameter(census))
    gap = timing.spacing(laser, person.phototype)
    tell("Forecasting the pores", 0.4)
    expected = forecast(census, laser, spacing=gap.time, goal=goal, seed=seed)
    tell("Simulating the settings", 0.5)
    blocked = any(verdict.blocks for verdict in verdicts)

    def dated(sessions: tuple[dt.date, ...]) -> Calendar:
        return care.make_calendar(person, sessions, laser, chosen)

    offered = not any(verdict.outcome == "refuse" or verdict.rule == PHOTO for verdict in verdicts)
    days, calendar, why = _no_dates(verdicts) if blocked else _dates(person, verdicts, expected, gap, on, dated)
    return Plan(
        status="blocked" if blocked else "ready",
        on=on,
        person=person,
        skin=skin,
        census=census,
        verdicts=verdicts,
        factors=factors(census, person, age),
        candidates=_candidates(course, person, skin, verdicts, seed, blocked=blocked) if offered else (),
        sessions=days,
        forecast=_not_offered(expected) if not offered else _if_possible(expected) if blocked else expected,
        calendar=calendar,
        goal=goal,
        seed=seed,
        version=__version__,
        laser=laser,
        timing=why,
        rests_on=(gap.row, course.spacing),
        clashes=care.find_clashes(calendar, person.planned),
        clinic=chosen,
    )


def _verdicts(census: PoreCensus, found: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """With that on the photo before the others that ask: without a photo their answers lead to no plan."""
    photo = photo_verdict(census)
    return found if photo is None else sort_by_gravity((photo, *found))


def enlarged_diameter(census: PoreCensus) -> float | None:
    """Median diameter of the enlarged pores [m]; None without a scale or without such a pore."""
    if census.diameter_um is None or census.enlarged is None or not census.enlarged.any():
        return None
    return float(np.median(census.diameter_um[census.enlarged])) * units.um


def _candidates(
    course: Course, person: Person, skin: Skin, verdicts: tuple[Verdict, ...], seed: int, *, blocked: bool
) -> tuple[Candidate, ...]:
    """The candidates; those of a blocked plan say first that they are no offer."""

    def dial(energy_mj: float, density_pct: float) -> Setting:
        return setting_from(course.laser, {"energy_mj": energy_mj, "density_pct": density_pct})

    def run(setting: Setting) -> Simulation:
        return simulate(setting, skin, seed=seed)

    device = laser_of(course.laser)
    found = candidates(course, device, person.phototype, verdicts, dial=dial, simulate=run)
    if not blocked:
        return found
    return tuple(
        dataclasses.replace(one, remarks=("Only if treatment becomes possible.", *one.remarks)) for one in found
    )


def _dates(
    person: Person,
    verdicts: tuple[Verdict, ...],
    expected: Forecast,
    gap: timing.Spacing,
    on: dt.date,
    dated: Callable[[tuple[dt.date, ...]], Calendar],
) -> tuple[tuple[dt.date, ...], Calendar, tuple[str, ...]]:
    lead = timing.preparation(dated((on,)).items, on)
    first = timing.first_day(on, lead, gap.time, person, verdicts)
    days = timing.dates(first, expected.milestones[-1].sessions_done, gap.time)
    why = (
        _count(expected, len(days)),
        *_before(person),
        f"The first session is {_days((first - on).days)} ahead; the longest preparation takes {lead}.",
        f"The sessions are {gap.because}",
        "Weekends and holidays are not skipped: the practice moves a date, and the calendar follows.",
    )
    return days, dated(days), why


def _count(expected: Forecast, count: int) -> str:
    many = "1 session" if count == 1 else f"{count} sessions"
    if expected.sessions_for_goal is None:
        return f"{many}: the most of the pore trial behind the forecast. The middle forecast stays short of the goal."
    return f"{many}: the fewest whose middle forecast reaches the goal."


def _before(person: Person) -> tuple[str, ...]:
    done = len(person.past_sessions)
    if not done:
        return ()
    many = "1 session was" if done == 1 else f"{done} sessions were"
    return (
        f"{many} done before. The forecast starts from this photo as a first course does; no trial measured a second.",
    )


def _no_dates(verdicts: tuple[Verdict, ...]) -> tuple[tuple[dt.date, ...], Calendar, tuple[str, ...]]:
    """Why there are no dates: each verdict that blocks, until when, and what clears it."""
    why = tuple(
        f"{verdict.title}: {verdict.because}"
        + (f" Until {verdict.until.isoformat()}." if verdict.until else "")
        + f" {verdict.clears}"
        for verdict in verdicts
        if verdict.blocks
    )
    return (), Calendar((), ()), why


def _if_possible(expected: Forecast) -> Forecast:
    """The forecast of a blocked plan says first that it is no offer."""
    said = "Only if treatment becomes possible: this is what a course may bring, not an offer to treat."
    return dataclasses.replace(expected, remarks=(said, *expected.remarks))


def _not_offered(expected: Forecast) -> Forecast:
    """Nothing but the goal: no numbers of a course that is not to be."""
    said = "No forecast is made: treatment is refused, or the photo shows nothing to forecast."
    return dataclasses.replace(
        expected, milestones=(), sessions_for_goal=None, chance_of_goal=None, remarks=(said,), rests_on=()
    )


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"

"""The verbs of Python and of the command line: files or values in, results out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from porelight.inputs import Photo, check_follow_up, read_clinic, read_person, read_photo, read_regions, read_text
from porelight.refusal import Refusal

if TYPE_CHECKING:
    from porelight.care import Calendar, Clash, ClinicChoices, Person, SetAside, Today, Verdict
    from porelight.draw import Figure
    from porelight.fields import Progress
    from porelight.forecasting.model import Forecast, GoalKind
    from porelight.laser import Setting
    from porelight.photo.census import PoreCensus, Region
    from porelight.photo.compare.change import Change
    from porelight.planning.follow_up import FollowUp
    from porelight.planning.model import Candidate, Plan
    from porelight.simulation.dials import Scenario
    from porelight.simulation.model import Simulation
    from porelight.simulation.stamp import Stamp
    from porelight.skin import Skin


def measure(
    photo: Photo,
    *,
    um_per_px: float | None = None,
    regions: Path | str | tuple[Region, ...] | None = None,
) -> PoreCensus:
    """The pores of one photo.

    Args:
        photo: a path, bytes, a PIL image, an array or a picture.
        um_per_px: scale [um/px]; left out, it is taken from the printed card or the eyes in the picture. Without any
            of them lengths are in px.
        regions: where to look, as a YAML file or drawn before; left out, on the parts of a face or all over a close-up.

    Raises:
        Refusal: no usable picture, no skin in it, an impossible scale, or unusable regions.
    """
    from porelight import photo as stage

    return stage.measure(read_photo(photo), um_per_px, regions=read_regions(regions))


def compare(
    before: Photo,
    after: Photo,
    *,
    um_per_px: float | tuple[float | None, float | None] | None = None,
    seed: int = 0,
    census_before: PoreCensus | None = None,
    census_after: PoreCensus | None = None,
) -> Change:
    """What changed between two photos of the same skin, and the smallest change that could have been seen.

    Args:
        before: the first photo, as in :func:`measure`.
        after: the second.
        um_per_px: scale of both photos [um/px], or of each; left out, it is taken from the printed card or the eyes.
        seed: of the draws behind the intervals.
        census_before: of the first photo, measured before; measured now where it is left out.
        census_after: of the second.

    Raises:
        Refusal: no usable pictures, or two that cannot be compared: it says why.
    """
    from porelight.photo.compare.chain import compare_photos

    pictures = read_photo(before, "before"), read_photo(after, "after")
    return compare_photos(
        *pictures, um_per_px=um_per_px, seed=seed, census_before=census_before, census_after=census_after
    )


def screen(
    person: Path | str | Person,
    *,
    on: dt.date,
    laser: str = "co2",
    clinic: Path | str | ClinicChoices | None = None,
    language: str = "en",
) -> tuple[Verdict, ...]:
    """What the rules in force on that day say of this person, gravest first.

    Raises:
        Refusal: the person cannot be read, or the laser is not known.
    """
    from porelight import care

    return care.screen_person(read_person(person), on, laser, read_clinic(clinic), language=language)


def calendar(
    person: Path | str | Person,
    *,
    sessions: tuple[dt.date, ...],
    laser: str = "co2",
    clinic: Path | str | ClinicChoices | None = None,
    starts: tuple[dt.time | None, ...] = (),
    on: dt.date | None = None,
    set_aside: tuple[SetAside, ...] = (),
    language: str = "en",
) -> Calendar:
    """The days before and after each session, which start at ``starts`` on the clinic's clock.

    Each session is judged on its own day, unless ``set_aside`` says who lets it take place and why. Where ``on`` is
    given, no session may lie before it.

    Raises:
        Refusal: the person cannot be read, the laser is not known, a session may not take place, or sessions lie too
            close.
    """
    from porelight import care

    who, choices = read_person(person), read_clinic(clinic)
    care.refuse_blocked_sessions(who, sessions, laser, choices, on=on, set_aside=set_aside)
    return care.make_calendar(who, sessions, laser, choices, starts=starts, begins=on, language=language)


def clashes(person: Path | str | Person, course: Calendar) -> tuple[Clash, ...]:
    """What the person has planned that does not go with the days of care.

    Raises:
        Refusal: the person cannot be read.
    """
    from porelight import care

    return care.find_clashes(course, read_person(person).planned)


def today(course: Calendar, day: dt.date, laser: str = "co2") -> Today:
    """What to do, what is normal and when to call, on one day of a course."""
    from porelight import care

    return care.make_today(course, day, laser)


def simulate(
    setting: Setting | Path | str = "co2",
    skin: Skin | None = None,
    *,
    seed: int = 0,
    film: int = 0,
    progress: Progress | None = None,
    **dials: Any,
) -> Simulation:
    """One column of one setting: light, heat, damage, healing.

    Args:
        setting: the key of a laser, such as ``"co2"``; a scenario file; or a :class:`~porelight.laser.Setting`.
        skin: what it meets; left out, that of the scenario.
        seed: kept with the result.
        film: pictures kept of the pulses.
        progress: called with a stage's name and the share done, 0 to 1.
        dials: of a scenario, such as ``energy_mj=20``, ``spot_um``, ``cooling``; see ``docs/simulate.md``. They
            overrule the file; what is left out takes the laser's default value.

    Raises:
        Refusal: a dial that there is not, a setting that is impossible, or one outside what the model covers.
    """
    from porelight.laser import Setting
    from porelight.simulation.chain import simulate as simulate_column
    from porelight.simulation.scenario import run_scenario
    from porelight.skin import facial_skin

    if isinstance(setting, Setting):
        if dials:
            what = "a whole setting is given, and dials beside it"
            raise Refusal(what, where=next(iter(dials)), advice="Change the setting, or give the key of its laser")
        made = skin or facial_skin("III", "cheek")
        return simulate_column(setting, made, seed=seed, film=film, progress=progress)
    file = setting if isinstance(setting, Path) or str(setting).lower().endswith((".yaml", ".yml")) else None
    given = dials if file else {"laser": setting, **dials}
    scenario = read_scenario(file, given)
    beside = Path(file).parent if file and "pulse_shape" not in dials else Path()
    options: dict[str, Any] = {"seed": seed, "film": film, "progress": progress}
    return run_scenario(scenario, lambda name: read_text(beside / name), skin=skin, **options)


def read_scenario(file: Path | str | None, given: Mapping[str, object]) -> Scenario:
    """A scenario file, overruled by ``given`` under the same names.

    Raises:
        Refusal: the file cannot be read, or what it and ``given`` say is no scenario.
    """
    from porelight.simulation.scenario import scenario_from

    return scenario_from(read_text(file) if file else "", str(file or "simulate"), given)


def stamp_scenario(
    file: Path | str | None,
    given: Mapping[str, object],
    *,
    across: int,
    order: str = "raster",
    delay_ms: float | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Stamp:
    """A stamp of ``across`` x ``across`` columns of a scenario.

    Args:
        file: as in :func:`read_scenario`.
        given: as there.
        across: columns along each side.
        order: raster, interlaced or random.
        delay_ms: from one column to the next; the setting's when left out.
        seed: of a random order.
        progress: called with a stage's name and the share done, 0 to 1.

    Raises:
        Refusal: as there, or what a stamp does not take: a shaped pulse, a plate, a spray, evaporation, mechanisms
            switched off.
    """
    from porelight.simulation.stamp import stamp_scenario as stamp

    scenario = read_scenario(file, given)
    return stamp(scenario, across=across, order=order, delay_ms=delay_ms, seed=seed, progress=progress)


def trial(
    setting: Setting,
    person: Path | str | Person | None = None,
    *,
    on: dt.date | None = None,
    skin: Skin | None = None,
    seed: int = 0,
) -> Candidate:
    """Any setting as a candidate: its effect, the limits it does not keep, and what trials say of it.

    Args:
        setting: as typed.
        person: whose verdicts limit it, judged on the day ``on``; without one only the device does.
        on: the day of the verdicts; needed with a person.
        skin: what it meets; left out, facial skin of the person, or of phototype III.
        seed: kept with the result.

    Raises:
        Refusal: the setting cannot be simulated, or a person comes without a day.
    """
    from porelight import care
    from porelight.planning import candidates, chain
    from porelight.skin import facial_skin

    if person is None:
        return candidates.trial(setting, skin or facial_skin("III", "cheek"), seed=seed)
    if on is None:
        raise Refusal("verdicts hold for a day", where="on", advice="Give the day on which the person is judged")
    who = read_person(person)
    verdicts = care.screen_person(who, on, setting.laser.key)
    met = skin or facial_skin(who.phototype or chain.DARKEST, who.site)
    return candidates.trial(setting, met, verdicts, who.phototype, seed=seed)


def plan(
    photo: Photo,
    person: Path | str | Person,
    *,
    on: dt.date,
    um_per_px: float | None = None,
    laser: str = "co2",
    goal: float = 0.5,
    goal_kind: GoalKind = "count",
    required_chance: float | None = None,
    seed: int = 0,
    clinic: Path | str | ClinicChoices | None = None,
    regions: Path | str | tuple[Region, ...] | None = None,
    set_aside: tuple[SetAside, ...] = (),
    course: str = "",
    progress: Progress | None = None,
) -> Plan:
    """The whole chain, from a photo and a person to a plan.

    Args:
        photo: a path, bytes, a PIL image, an array or a picture.
        person: a YAML file or a :class:`~porelight.care.Person`.
        on: the day on which the person is judged and from which dates count.
        um_per_px: scale of the photo [um/px]; left out, it is taken from the card or the eyes in it, if they are.
        laser: key of the laser.
        goal: wanted fall, 0 to 1.
        goal_kind: of the "count" of enlarged pores, of the "diameter", or "visible", any change that an eye would see.
        required_chance: probability of the goal that is enough; left out, two in three.
        seed: of every random draw; the same seed gives the same plan.
        clinic: what the clinic chose where sources disagree: a YAML file, or the choices.
        regions: where to look for pores, as in :func:`measure`.
        set_aside: verdicts that a named professional lifts, each with a reason.
        course: what names the course in its calendar: a plan made anew under the same name updates its entries.
        progress: called with a stage's name and the share done, 0 to 1.

    Raises:
        Refusal: an input cannot be used.
    """
    from porelight.planning import make_plan

    who, choices = read_person(person), read_clinic(clinic)
    if progress:
        progress("Measuring the pores", 0.0)
    census = measure(photo, um_per_px=um_per_px, regions=regions)
    options: dict[str, Any] = {
        "laser": laser,
        "goal": goal,
        "goal_kind": goal_kind,
        "required_chance": required_chance,
        "seed": seed,
        "clinic": choices,
        "set_aside": set_aside,
        "name": course,
    }
    return make_plan(census, who, on=on, progress=progress, **options)


def forecast(
    photo: Photo | PoreCensus,
    person: Path | str | Person,
    *,
    on: dt.date,
    um_per_px: float | None = None,
    laser: str = "co2",
    goal: float = 0.5,
    goal_kind: GoalKind = "count",
    required_chance: float | None = None,
    sessions: int | None = None,
    discount: bool = True,
    after: Photo | tuple[Photo, ...] = (),
    after_session: int | tuple[int, ...] = (),
    weeks_after: float | tuple[float, ...] = (),
    seed: int = 0,
    clinic: Path | str | ClinicChoices | None = None,
    regions: Path | str | tuple[Region, ...] | None = None,
) -> Forecast:
    """What a course may bring, session by session: that of :func:`plan`, without simulating any setting.

    Args:
        photo: as in :func:`measure`, or a census made before.
        person: who is to be treated; nothing is forecast for a person or photo that a plan would refuse.
        on: the day on which the person is judged.
        um_per_px: as in :func:`measure`.
        regions: as there.
        laser: key of the laser.
        goal: wanted fall, 0 to 1.
        goal_kind: of the "count" of enlarged pores, of the "diameter", or "visible", any change that an eye would see.
        required_chance: probability of the goal that is enough; left out, two in three.
        sessions: length of the course; left out, the fewest that reach the goal, at most what a trial has tried.
        discount: whether what a missing control side hides in the trials is taken off.
        after: follow-up photos of the same skin, in order.
        after_session: sessions done when each of them was taken.
        weeks_after: weeks from that session to each of them; left out, 4.
        seed: of every random draw.
        clinic: what the clinic chose where sources disagree.

    Raises:
        Refusal: an input cannot be used.
    """
    from porelight.photo.census import PoreCensus
    from porelight.planning.chain import forecast_course

    who, choices = read_person(person), read_clinic(clinic)
    census = photo if isinstance(photo, PoreCensus) else measure(photo, um_per_px=um_per_px, regions=regions)
    follow_ups = _compare_follow_ups(photo, census, after, after_session, weeks_after, um_per_px)
    return forecast_course(
        census,
        who,
        on=on,
        laser=laser,
        goal=goal,
        goal_kind=goal_kind,
        required_chance=required_chance,
        sessions=sessions,
        discount=discount,
        follow_ups=follow_ups,
        seed=seed,
        clinic=choices,
    )


def _compare_follow_ups(
    first: Photo | PoreCensus,
    census: PoreCensus,
    after: Photo | tuple[Photo, ...],
    after_session: int | tuple[int, ...],
    weeks_after: float | tuple[float, ...],
    um_per_px: float | None,
) -> tuple[FollowUp, ...]:
    """Every follow-up photo compared with the first.

    Raises:
        Refusal: photos and sessions are not as many, there is no first photo, or one cannot be used.
    """
    from porelight.photo.census import PoreCensus
    from porelight.planning.follow_up import FollowUp

    photos = after if isinstance(after, tuple) else (after,)
    sessions = after_session if isinstance(after_session, tuple) else (after_session,)
    weeks = weeks_after if isinstance(weeks_after, tuple) else (weeks_after,)
    if len(sessions) != len(photos):
        advice = "Give one for each photo: how many sessions were done when it was taken"
        raise Refusal("photos and sessions are not as many", where="after_session", advice=advice)
    weeks = weeks or (4.0,) * len(photos)
    if len(weeks) != len(photos):
        raise Refusal("photos and weeks are not as many", where="weeks_after", advice="Give one for each photo")
    if not photos:
        return ()
    if isinstance(first, PoreCensus):
        raise Refusal("a census alone cannot be compared", where="photo", advice="Give the first photo")
    if list(sessions) != sorted(sessions):
        raise Refusal("the photos are not in order", where="after_session", advice="Give the earliest first")
    found = []
    for later, session, since in zip(photos, sessions, weeks, strict=True):
        check_follow_up(first, later)
        change = compare(first, later, um_per_px=um_per_px, census_before=census)
        found.append(FollowUp(change, session, since))
    return tuple(found)


def card() -> bytes:
    """The printed card that gives a photo its scale, as a PDF to print in true size."""
    from porelight.draw.card_sheet import card_pdf

    return card_pdf()


def plot(result: Simulation | Plan | Forecast) -> Figure:
    """A figure of a result: the section of a simulation, the course of a plan or forecast. ``porelight.draw`` has more.

    Raises:
        Refusal: there is nothing to draw.
    """
    from porelight import draw
    from porelight.forecasting.model import Forecast
    from porelight.simulation.model import Simulation

    if isinstance(result, Simulation):
        figure, ax = draw.new_figure(560, 430)
        draw.section_overview(ax, result)
        return figure
    course, days = (result, ()) if isinstance(result, Forecast) else (result.forecast, result.sessions)
    if not course.milestones:
        raise Refusal("no course is forecast, so none is drawn", where="result", advice="Its remarks say why")
    figure, ax = draw.new_figure(560, 380)
    draw.course_fan(ax, course, tuple((day - days[0]).days / 7.0 for day in days))
    return figure

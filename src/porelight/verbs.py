"""The verbs of Python and of the command line: files in, results out.

Everything below this module is pure; here files are read, and only here and in ``report.folder`` are they touched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from porelight.refusal import Refusal

if TYPE_CHECKING:
    from porelight.care import Calendar, Clash, ClinicChoices, Person, SetAside, Today, Verdict
    from porelight.fields import Progress
    from porelight.forecasting.model import Forecast
    from porelight.laser import Setting
    from porelight.photo import Picture
    from porelight.photo.census import PoreCensus, Region
    from porelight.photo.compare.change import Change
    from porelight.planning.model import Plan
    from porelight.simulation.model import Simulation
    from porelight.simulation.stamp import Stamp
    from porelight.skin import Skin

LARGEST_FILE = 200_000_000
"""Bytes of the largest file we read: many times a phone's largest photo, little beside a machine's memory."""


def read_bytes(path: Path | str) -> bytes:
    """The contents of a file.

    Raises:
        Refusal: missing, no plain file, not permitted, or larger than :data:`LARGEST_FILE`.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise Refusal("this is a folder, not a file", where=str(path), advice="Name the file inside it")
        if path.exists() and not path.is_file():
            raise Refusal("this is a device, not a file", where=str(path), advice="Name a file")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise Refusal(
                f"the file has {size / 1e6:.0f} MB, more than the {LARGEST_FILE / 1e6:.0f} MB we read",
                where=str(path),
                advice="Export the photo at its usual size",
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise Refusal("there is no such file", where=str(path), advice="Check the path") from None
    except OSError as error:
        reason = (error.strerror or "the file cannot be opened").lower()
        raise Refusal(reason, where=str(path)[:200], advice="Check the path and its permissions") from None
    except Refusal:
        raise
    except ValueError:
        raise Refusal("the path holds a character that no path can hold", where="path", advice="Check it") from None


def read_text(path: Path | str) -> str:
    """The contents of a UTF-8 text file.

    Raises:
        Refusal: as :func:`read_bytes`, or not UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("this is not a text file in UTF-8", where=str(path), advice="Save it as UTF-8 text") from None


def read_photo(photo: Path | str | Picture) -> Picture:
    """A picture as given, or decoded from its file.

    Raises:
        Refusal: the file cannot be read, or is no usable picture.
    """
    from porelight import photo as stage

    if isinstance(photo, stage.Picture):
        return photo
    return stage.decode(read_bytes(photo), str(photo))


def read_person(person: Path | str | Person) -> Person:
    """A person as given, or read from a YAML file, or from a FHIR QuestionnaireResponse when the name ends in .json.

    Raises:
        Refusal: the file cannot be read, or a field is wrong.
    """
    from porelight import care

    if isinstance(person, care.Person):
        return person
    if str(person).lower().endswith(".json"):
        from porelight.export import fhir

        return fhir.person_from(fhir.read_response(read_bytes(person), str(person)), str(person))
    return care.read_person(read_text(person), str(person))


def read_regions(regions: Path | str | tuple[Region, ...] | None) -> tuple[Region, ...]:
    """Regions as given, or read from a YAML file; none for None.

    Raises:
        Refusal: the file cannot be read, or holds no regions that can be used.
    """
    from porelight.photo.face import regions as stage

    if regions is None or isinstance(regions, tuple):
        return regions or ()
    return stage.read_regions(read_text(regions), str(regions))


def measure(
    photo: Path | str | Picture,
    *,
    um_per_px: float | None = None,
    regions: Path | str | tuple[Region, ...] | None = None,
) -> PoreCensus:
    """The pores of one photo.

    Args:
        photo: a file or a decoded picture.
        um_per_px: scale [um/px]; left out, it is taken from the printed card or the eyes in the picture. Without any
            of them lengths are in px.
        regions: where to look, as a YAML file or drawn before; left out, on the parts of a face or all over a close-up.

    Raises:
        Refusal: no usable picture, no skin in it, an impossible scale, or unusable regions.
    """
    from porelight import photo as stage

    return stage.measure(read_photo(photo), um_per_px, regions=read_regions(regions))


def compare(
    before: Path | str | Picture,
    after: Path | str | Picture,
    *,
    um_per_px: float | tuple[float | None, float | None] | None = None,
    seed: int = 0,
) -> Change:
    """What changed between two photos of the same skin, and the smallest change that could have been seen.

    Args:
        before: the first photo, a file or a decoded picture.
        after: the second.
        um_per_px: scale of both photos [um/px], or of each; left out, it is taken from the printed card or the eyes.
        seed: of the draws behind the intervals.

    Raises:
        Refusal: no usable pictures, or two that cannot be compared: it says why.
    """
    from porelight.photo.compare.chain import compare as compared

    return compared(read_photo(before), read_photo(after), um_per_px=um_per_px, seed=seed)


def read_clinic(clinic: Path | str | ClinicChoices | None) -> ClinicChoices:
    """A clinic's choices as given, or read from a YAML file; the cautious defaults for None.

    Raises:
        Refusal: the file cannot be read, or names a choice or option that does not exist.
    """
    from porelight import care

    if clinic is None or isinstance(clinic, care.ClinicChoices):
        return clinic or care.ClinicChoices()
    return care.read_clinic(read_text(clinic), str(clinic))


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
    return care.make_calendar(who, sessions, laser, choices, starts=starts, language=language)


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


def simulate(setting: Setting, skin: Skin, *, seed: int = 0) -> Simulation:
    """One exposure: light, heat, damage, healing.

    Raises:
        Refusal: the setting is physically impossible or outside what the model covers.
    """
    from porelight.simulation.chain import simulate as chain

    return chain(setting, skin, seed=seed)


def simulate_scenario(
    scenario: Path | str | None,
    given: Mapping[str, object],
    *,
    seed: int = 0,
    film: int = 0,
    progress: Progress | None = None,
) -> Simulation:
    """:func:`simulate` for a scenario file, overruled by ``given`` under the same names; None leaves the usual values.

    A pulse trace named in the file is looked for beside it. ``film`` pictures of the pulses are kept.

    Raises:
        Refusal: the file cannot be read, or what it and ``given`` say cannot be simulated.
    """
    from porelight.simulation.scenario import run_scenario, scenario_from

    said = scenario_from(read_text(scenario) if scenario else "", str(scenario or "simulate"), given)
    beside = Path(scenario).parent if scenario and "pulse_shape" not in given else Path()
    return run_scenario(said, lambda name: read_text(beside / name), seed=seed, film=film, progress=progress)


def stamp_scenario(
    scenario: Path | str | None,
    given: Mapping[str, object],
    *,
    across: int,
    order: str = "raster",
    delay_ms: float | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Stamp:
    """A stamp of ``across`` x ``across`` columns of the scenario of :func:`simulate_scenario`.

    Args:
        scenario: as there.
        given: as there.
        across: columns along each side.
        order: raster, interlaced or random.
        delay_ms: from one column to the next; the usual of the setting when left out.
        seed: of a random order.
        progress: called with a stage's name and the share done, 0 to 1.

    Raises:
        Refusal: as there, or what a stamp does not take: a shaped pulse, a plate, a spray, evaporation, mechanisms
            switched off.
    """
    from porelight.simulation import stamp as stage
    from porelight.simulation.scenario import scenario_from

    said = scenario_from(read_text(scenario) if scenario else "", str(scenario or "simulate"), given)
    return stage.stamp_scenario(said, across=across, order=order, delay_ms=delay_ms, seed=seed, progress=progress)


def plan(
    photo: Path | str | Picture,
    person: Path | str | Person,
    *,
    on: dt.date,
    um_per_px: float | None = None,
    laser: str = "co2",
    goal: float = 0.5,
    seed: int = 0,
    clinic: Path | str | ClinicChoices | None = None,
    regions: Path | str | tuple[Region, ...] | None = None,
    progress: Progress | None = None,
) -> Plan:
    """The whole chain, from a photo and a person to a plan.

    Args:
        photo: a file or a decoded picture.
        person: a YAML file or a :class:`~porelight.care.Person`.
        on: the day on which the person is judged and from which dates count.
        um_per_px: scale of the photo [um/px]; left out, it is taken from the card or the eyes in it, if they are.
        laser: key of the laser.
        goal: wanted fall of the number of enlarged pores, 0 to 1.
        seed: of every random draw; the same seed gives the same plan.
        clinic: what the clinic chose where sources disagree: a YAML file, or the choices.
        regions: where to look for pores, as in :func:`measure`.
        progress: called with a stage's name and the share done, 0 to 1.

    Raises:
        Refusal: an input cannot be used.
    """
    from porelight.planning import make_plan

    who, choices = read_person(person), read_clinic(clinic)
    if progress:
        progress("Measuring the pores", 0.0)
    census = measure(photo, um_per_px=um_per_px, regions=regions)
    return make_plan(census, who, on=on, laser=laser, goal=goal, seed=seed, clinic=choices, progress=progress)


def forecast(photo: Path | str | Picture, person: Path | str | Person, *, on: dt.date, **options: object) -> Forecast:
    """The forecast of :func:`plan`, alone."""
    return plan(photo, person, on=on, **options).forecast  # type: ignore[arg-type]

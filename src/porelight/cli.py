"""The command line. Reads arguments, calls the verbs, prints or delivers what comes back; computes nothing itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from porelight.refusal import Refusal

if TYPE_CHECKING:
    from porelight.photo.census import PoreCensus
    from porelight.planning import Progress

app = typer.Typer(
    name="porelight",
    help="Plan laser treatment of enlarged facial pores: measure, screen, simulate, forecast, guide. "
    "It supports a qualified professional and decides nothing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Day = Annotated[
    dt.datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="The day to judge on and to count dates from.  [default: today]"),
]
Scale = Annotated[
    float | None,
    typer.Option("--um-per-px", help="Scale of the photo in micrometres per pixel; without it, lengths are in px."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for the results; an earlier result there is replaced whole.")]
PersonFile = Annotated[
    Path,
    typer.Argument(help="The person, as YAML or FHIR answers, without any name.", show_default=False),
]
LaserKey = Annotated[str, typer.Option("--laser", help="The laser: co2 or eryag.")]
Clinic = Annotated[Path | None, typer.Option("--clinic", help="What the clinic chose where sources disagree, as YAML.")]
Language = Annotated[str, typer.Option("--language", help="Language of what the patient reads: en or de.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of every random draw.")]


def main() -> None:
    """Run the command line; a refused input is one line on stderr and exit code 1."""
    try:
        app()
    except Refusal as refusal:
        print(f"porelight: {refusal}", file=sys.stderr)  # noqa: T201
        sys.exit(1)


def show_version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        from porelight import __version__

        typer.echo(f"porelight {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options of every command."""


def day_of(on: dt.datetime | None) -> dt.date:
    """The day asked for, or today: the only place where the clock is read."""
    return plausible(on.date(), "--on") if on else dt.date.today()


def plausible(day: dt.date, where: str) -> dt.date:
    """A day that a person now living may have a session on; years from 1900 to 2200.

    Raises:
        Refusal: any other.
    """
    if not 1900 <= day.year <= 2200:
        raise Refusal(f"{day.isoformat()} is no day to plan with", where=where, advice="Check the year")
    return day


def print_json(thing: object) -> None:
    """One JSON object on stdout."""
    typer.echo(json.dumps(thing, indent=1, ensure_ascii=False, sort_keys=True, allow_nan=False))


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Progress | None]:
    """A bar on stderr that names the stage; none when asked to be quiet, or when nobody looks."""
    if quiet:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = TextColumn("{task.description:<38}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=1.0)
        yield lambda stage, done: bar.update(task, description=stage, completed=done)


@app.command()
def plan(
    photo: Annotated[Path, typer.Argument(help="A photo of the skin: JPEG, PNG, HEIC, TIFF or WebP.")],
    person: Annotated[Path, typer.Option("--person", help="The person, as YAML or FHIR answers, without any name.")],
    out: Out,
    um_per_px: Scale = None,
    laser: LaserKey = "co2",
    goal: Annotated[
        float, typer.Option("--goal", min=0.0, max=1.0, help="Wanted fall of the number of enlarged pores, 0 to 1.")
    ] = 0.5,
    on: Day = None,
    seed: Seed = 0,
    clinic: Clinic = None,
    timezone: Annotated[
        str, typer.Option("--timezone", help="Time zone of the calendar, such as Europe/Berlin.")
    ] = "UTC",
    sequence: Annotated[int, typer.Option("--sequence", min=0, help="Raise by one when planning again.")] = 0,
    with_fhir: Annotated[bool, typer.Option("--fhir", help="Also write the plan as a FHIR R4B bundle.")] = False,
    as_json: Json = False,
) -> None:
    """From a photo and a person to a plan: report.html, plan.json, pores.csv, overlay.png, calendar.ics."""
    from porelight import verbs
    from porelight.report import bundle, folder, lines

    folder.check(out)
    with progress_bar(as_json) as progress:
        picture = verbs.read_photo(photo)
        made = verbs.plan(
            picture,
            person,
            on=day_of(on),
            um_per_px=um_per_px,
            laser=laser,
            goal=goal,
            seed=seed,
            clinic=clinic,
            progress=progress,
        )
        if progress:
            progress("Writing the report", 0.9)
        files = bundle.of_plan(made, picture.pixels, timezone=timezone, sequence=sequence, fhir=with_fhir)
        folder.deliver(out, files)
    if as_json:
        typer.echo(files["plan.json"].decode(), nl=False)
        return
    for line in lines.of_plan(made):
        typer.echo(line)
    typer.echo(f"Report: {out / 'report.html'}")


@app.command()
def measure(
    photos: Annotated[list[Path], typer.Argument(help="One photo or more.")],
    um_per_px: Scale = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for pores.csv, census.json and overlay.png of each photo.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure the pores in photos; several photos get a subfolder each."""
    from porelight import verbs
    from porelight.report import as_json as numbers
    from porelight.report import bundle, folder, lines

    if out is None and not as_json:
        raise Refusal("there is nowhere to put the result", where="--out", advice="Name a folder, or ask for --json")
    if out:
        folder.check(out)
    files: dict[str, bytes] = {}
    found: dict[str, PoreCensus] = {}
    with progress_bar(as_json) as progress:
        for index, (path, below) in enumerate(zip(photos, subfolders(photos), strict=True)):
            if progress:
                progress(f"Measuring {path.name}", index / len(photos))
            picture = verbs.read_photo(path)
            found[below or path.name] = census = verbs.measure(picture, um_per_px=um_per_px)
            if out:
                files |= {f"{below}{name}": data for name, data in bundle.of_census(census, picture.pixels).items()}
        if out:
            folder.deliver(out, files)
    if as_json:
        told = {name.rstrip("/"): numbers.census_numbers(census) for name, census in found.items()}
        print_json(next(iter(told.values())) if len(photos) == 1 else told)
        return
    for name, census in found.items():
        typer.echo(f"{name.rstrip('/')}: {lines.of_census(census)}")
    typer.echo(f"Written to {out}")


def subfolders(photos: list[Path]) -> list[str]:
    """Where each photo's results go: beside each other for one photo, else in folders named like the photos."""
    if len(photos) == 1:
        return [""]
    names: list[str] = []
    for path in photos:
        numbered = (f"{path.stem}-{number}" for number in itertools.count(2))
        names.append(next(name for name in itertools.chain([path.stem], numbered) if name not in names))
    return [f"{name}/" for name in names]


@app.command()
def screen(
    person: PersonFile,
    on: Day = None,
    laser: LaserKey = "co2",
    clinic: Clinic = None,
    language: Language = "en",
    as_json: Json = False,
) -> None:
    """Can this person be treated? Verdicts with reason, source and what would clear them."""
    from porelight import verbs
    from porelight.report import as_json as numbers
    from porelight.report import lines

    verdicts = verbs.screen(person, on=day_of(on), laser=laser, clinic=clinic, language=language)
    if as_json:
        print_json(numbers.verdict_numbers(verdicts))
        return
    for line in lines.of_verdicts(verdicts):
        typer.echo(line)


@app.command()
def care(
    person: PersonFile,
    session: Annotated[
        list[dt.datetime], typer.Option("--session", formats=["%Y-%m-%d"], help="Day of a session; repeat for each.")
    ],
    out: Annotated[Path | None, typer.Option("--out", help="The calendar file to write, .ics.")] = None,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", help="A printable sheet to write, .html, or .pdf with porelight[pdf].")
    ] = None,
    today: Annotated[bool, typer.Option("--today", help="Print what holds on the day of --on.")] = False,
    laser: LaserKey = "co2",
    clinic: Clinic = None,
    on: Day = None,
    start: Annotated[
        dt.datetime | None, typer.Option("--start", formats=["%H:%M"], help="When the sessions start, such as 10:30.")
    ] = None,
    timezone: Annotated[str, typer.Option("--timezone", help="Time zone of the sessions.")] = "UTC",
    sequence: Annotated[int, typer.Option("--sequence", min=0, help="Raise by one when a session was moved.")] = 0,
    language: Language = "en",
    as_json: Json = False,
) -> None:
    """The days before and after each session: a calendar, a printable sheet, or the day's view."""
    from porelight import verbs
    from porelight.report import as_json as numbers
    from porelight.report import folder, ics
    from porelight.report import sheet as paper

    if not (out or sheet or today or as_json):
        raise Refusal(
            "there is nothing to make", where="care", advice="Ask for --out FILE.ics, --sheet FILE, --today or --json"
        )
    days = tuple(sorted(plausible(day.date(), "--session") for day in session))
    begin = start.time() if start else None
    dated = verbs.calendar(person, sessions=days, laser=laser, clinic=clinic, start=begin, language=language)
    if out:
        course = hashlib.sha256(verbs.read_bytes(person)).hexdigest()
        data = ics.to_ics(dated, timezone=timezone, sequence=sequence, uid_seed=course, stamp=day_of(on))
        folder.deliver_file(out, data)
    if sheet:
        page = paper.sheet(dated, laser, timezone=timezone, clashes=verbs.clashes(person, dated))
        folder.deliver_file(sheet, paper.sheet_file(page, sheet.name))
    if as_json:
        print_json(numbers.calendar_numbers(dated))
        return
    for line in paper.today_lines(verbs.today(dated, day_of(on), laser)) if today else ():
        typer.echo(line)
    for written in filter(None, (out, sheet)):
        typer.echo(f"{len(dated.items)} entries for {len(days)} sessions: {written}")


@app.command()
def simulate(
    scenario: Annotated[Path | None, typer.Argument(help="A scenario as YAML; options here overrule it.")] = None,
    laser: Annotated[str | None, typer.Option("--laser", help="The laser: co2 or eryag.")] = None,
    energy_mj: Annotated[float | None, typer.Option("--energy-mj", help="Energy of one pulse in mJ.")] = None,
    spot_um: Annotated[float | None, typer.Option("--spot-um", help="Spot diameter in um; see --profile.")] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", help="gaussian_1e2 (diameter at 1/e2) or top_hat (uniform disc).")
    ] = None,
    pulse_us: Annotated[float | None, typer.Option("--pulse-us", help="Pulse duration in us.")] = None,
    power_w: Annotated[float | None, typer.Option("--power-w", help="Power in W, instead of --pulse-us.")] = None,
    stack: Annotated[int | None, typer.Option("--stack", help="Pulses on the same column.")] = None,
    repetition_hz: Annotated[
        float | None, typer.Option("--repetition-hz", help="Pulses per second of a stack.")
    ] = None,
    density_pct: Annotated[float | None, typer.Option("--density-pct", help="Share of the surface covered, %.")] = None,
    tissue_temperature_c: Annotated[
        float | None, typer.Option("--tissue-temperature-c", help="Starting temperature of the skin, -80 to 45.")
    ] = None,
    water: Annotated[float | None, typer.Option("--water", help="Water share of the dermis by volume, 0 to 1.")] = None,
    phototype: Annotated[str | None, typer.Option("--phototype", help="Fitzpatrick phototype, I to VI.")] = None,
    site: Annotated[str | None, typer.Option("--site", help="forehead, nose, cheek, chin or temple.")] = None,
    seed: Seed = 0,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for numbers, figures and fields (Zarr).")] = None,
    as_json: Json = False,
) -> None:
    """What one setting does in the skin: crater, heat, coagulation, healing."""
    from porelight import verbs
    from porelight.report import as_json as numbers
    from porelight.report import bundle, folder, lines

    given = {name: value for name, value in locals().items() if name in SCENARIO_FIELDS and value is not None}
    if out:
        folder.check(out)
    with progress_bar(as_json) as progress:
        result = verbs.simulate_scenario(scenario, given, seed=seed, progress=progress)
        if out:
            folder.deliver(out, bundle.of_simulation(result))
    if as_json:
        print_json(numbers.simulation_numbers(result))
        return
    for line in lines.of_simulation(result):
        typer.echo(line)
    if out:
        typer.echo(f"Written to {out}")


SCENARIO_FIELDS = (
    *("laser", "energy_mj", "spot_um", "profile", "pulse_us", "power_w", "stack", "repetition_hz", "density_pct"),
    *("tissue_temperature_c", "water", "phototype", "site"),
)
"""What a scenario file and the options of ``simulate`` may say, under the same names."""

"""What commands share: options, the clock, JSON, a bar of progress."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from porelight.refusal import Refusal, harmless

if TYPE_CHECKING:
    from porelight.care import SetAside
    from porelight.fields import Progress

Day = Annotated[
    dt.datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="The day to judge on and to count dates from.  [default: today]"),
]
Scale = Annotated[
    float | None,
    typer.Option(
        "--um-per-px", help="Scale of the photo in micrometres per pixel.  [default: from the card or the eyes in it]"
    ),
]
Regions = Annotated[
    Path | None,
    typer.Option("--regions", help="Where to look for pores, as YAML polygons.  [default: the parts of a face]"),
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


GoalShare = Annotated[float, typer.Option("--goal", min=0.0, max=1.0, help="Wanted fall, 0 to 1.")]
GoalOf = Annotated[
    str, typer.Option("--goal-kind", help="Of what: count (of enlarged pores), diameter, or visible (any change).")
]
RequiredChance = Annotated[
    float | None, typer.Option("--required-chance", help="Chance of the goal that is enough.  [default: 0.667]")
]


SetAsideRules = Annotated[
    list[str] | None,
    typer.Option("--set-aside", help="A rule that a professional sets aside, with --by and --reason; repeatable."),
]
DecidedBy = Annotated[str, typer.Option("--by", help="Who sets it aside: the professional's name.")]
DecisionReason = Annotated[str, typer.Option("--reason", help="Why it is set aside, in their words.")]


def decisions_of(rules: list[str] | None, by: str, reason: str, on: dt.date) -> tuple[SetAside, ...]:
    """The decisions that a command line makes.

    Raises:
        Refusal: a rule without a name or a reason, or a name or a reason without a rule.
    """
    from porelight.care import SetAside

    if bool(rules) != bool(by.strip()) or bool(rules) != bool(reason.strip()):
        advice = "Give all three, or none"
        raise Refusal(
            "a rule is set aside by a name and for a reason", where="--set-aside, --by, --reason", advice=advice
        )
    return tuple(SetAside(rule, by, reason, on) for rule in rules or ())


Sequence = Annotated[
    int, typer.Option("--sequence", min=0, help="Number of the calendar where --replaces is not given.")
]
Timezone = Annotated[
    str | None,
    typer.Option("--timezone", help="Time zone of the clinic, such as Europe/Berlin: of its clock, and of today."),
]
Course = Annotated[
    str, typer.Option("--course", help="What names the course in its calendar.  [default: that of --replaces, or new]")
]
Replaces = Annotated[
    Path | None, typer.Option("--replaces", help="The calendar sent before, to update and to cancel in.")
]
Alarms = Annotated[bool, typer.Option("--alarms", help="With reminders of the sessions and of what is begun in time.")]


COURSE_BYTES: Final = 10
"""Random bytes in the name of a course: a million courses share none but by a chance of one in 10^12."""


def name_course(course: str, replaces: Path | None) -> tuple[str, bytes | None]:
    """The name of a course and the file sent before: given, read from that file, or drawn anew.

    Raises:
        Refusal: the file cannot be read, or is the calendar of another course.
    """
    from porelight import inputs
    from porelight.export import former_ics, ics

    if replaces is None:
        return ics.check_course(course) if course else secrets.token_hex(COURSE_BYTES), None
    data = inputs.read_bytes(replaces)
    former = former_ics.read_former(data, str(replaces)).course
    if course and course != former:
        advice = "Leave --course out, or give the calendar of that course"
        raise Refusal(f"that is the calendar of the course {former}", where="--replaces", advice=advice)
    return former, data


def day_of(on: dt.datetime | None, timezone: str | None = None) -> dt.date:
    """The day asked for, or today in the clinic's zone: the only place where the clock is read."""
    if on:
        return plausible(on.date(), "--on")
    if timezone is None:
        return dt.date.today()
    from porelight.export import ics

    return dt.datetime.now(ics.find_zone(timezone)).date()


def plausible(day: dt.date, where: str) -> dt.date:
    """A day that a person now living may have a session on; years from 1900 to 2200.

    Raises:
        Refusal: any other.
    """
    if not 1900 <= day.year <= 2200:
        raise Refusal(f"{day.isoformat()} is no day to plan with", where=where, advice="Check the year")
    return day


def say(line: str) -> None:
    """One line on stdout; every line of every command goes through here."""
    typer.echo(harmless(line))


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

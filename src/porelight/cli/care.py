"""The commands for the person: may they be treated, and what to do on which day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from porelight.cli.options import (
    Alarms,
    Clinic,
    Course,
    Day,
    DecidedBy,
    DecisionReason,
    Json,
    Language,
    LaserKey,
    PersonFile,
    Replaces,
    Sequence,
    SetAsideRules,
    Timezone,
    day_of,
    decisions_of,
    name_course,
    plausible,
    print_json,
    say,
)
from porelight.refusal import Refusal


def screen(
    person: PersonFile,
    on: Day = None,
    laser: LaserKey = "co2",
    clinic: Clinic = None,
    timezone: Timezone = None,
    language: Language = "en",
    as_json: Json = False,
) -> None:
    """Can this person be treated? Verdicts with reason, source and what would clear them."""
    from porelight import verbs
    from porelight.report import lines

    verdicts = verbs.screen(person, on=day_of(on, timezone), laser=laser, clinic=clinic, language=language)
    if as_json:
        from porelight.export import as_json as numbers

        print_json(numbers.verdict_numbers(verdicts))
        return
    for line in lines.of_verdicts(verdicts, language):
        say(line)


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
        list[dt.datetime] | None,
        typer.Option(
            "--start", formats=["%H:%M"], help="When the sessions start, such as 10:30; repeat to give one for each."
        ),
    ] = None,
    timezone: Timezone = None,
    course: Course = "",
    replaces: Replaces = None,
    alarms: Alarms = False,
    set_aside: SetAsideRules = None,
    by: DecidedBy = "",
    reason: DecisionReason = "",
    sequence: Sequence = 0,
    language: Language = "en",
    as_json: Json = False,
) -> None:
    """The days before and after each session: a calendar, a printable sheet, or the day's view."""
    from porelight import inputs, verbs
    from porelight.export import ics
    from porelight.report import care_sheet as paper
    from porelight.report import folder

    if not (out or sheet or today or as_json):
        advice = "Ask for --out FILE.ics, --sheet FILE, --today or --json"
        raise Refusal("there is nothing to make", where="care", advice=advice)
    _check_zone(timezone, clock=bool(start))
    _check_files(out, sheet)
    now, (named, former) = day_of(on, timezone), name_course(course, replaces)
    days = tuple(sorted(plausible(day.date(), "--session") for day in session))
    who = inputs.read_person(person)
    starts = _spread_starts([moment.time() for moment in start or ()], len(days))
    dated = verbs.calendar(
        who,
        sessions=days,
        laser=laser,
        clinic=clinic,
        starts=starts,
        # The view of a day is asked for during the course, when its first sessions lie behind.
        on=None if today else now,
        set_aside=decisions_of(set_aside, by, reason, now),
        language=language,
    )
    if out:
        options: dict[str, Any] = {"sequence": sequence, "replaces": former, "alarms": alarms, "stamp": now}
        folder.deliver_file(out, ics.to_ics(dated, course=named, timezone=timezone, **options))
    if sheet:
        page = paper.render_sheet(dated, laser, timezone=timezone or "UTC", clashes=verbs.clashes(who, dated))
        folder.deliver_file(sheet, paper.sheet_file(page, sheet.name))
    if as_json:
        from porelight.export import as_json as numbers

        print_json(numbers.calendar_numbers(dated))
        return
    for line in paper.today_lines(verbs.today(dated, now, laser)) if today else ():
        say(line)
    for written in filter(None, (out, sheet)):
        say(f"{len(dated.items)} entries for {len(days)} sessions: {written}")


def _check_zone(timezone: str | None, *, clock: bool) -> None:
    """Refuse a zone that there is not, and a clock time of which nobody knows where it holds."""
    from porelight.export import ics

    if clock and timezone is None:
        raise Refusal("a clock time needs its zone", where="--start", advice="Add --timezone, such as Europe/Berlin")
    if timezone is not None:
        ics.find_zone(timezone)


def _check_files(out: Path | None, sheet: Path | None) -> None:
    """Refuse before any work what could not be written after it."""
    from porelight.report import care_sheet as paper
    from porelight.report import folder

    if out:
        if out.suffix.lower() != ".ics":
            raise Refusal("the calendar is an .ics file", where="--out", advice="Name a file ending in .ics")
        folder.check_file(out)
    if sheet:
        paper.check_file_name(sheet.name)
        folder.check_file(sheet)


def _spread_starts(times: list[dt.time], sessions: int) -> tuple[dt.time, ...]:
    """One start time for all sessions, or one for each."""
    if len(times) > 1 and len(times) != sessions:
        what = f"there are {sessions} sessions and {len(times)} start times"
        raise Refusal(what, where="--start", advice="Give one for all sessions, or one for each")
    return tuple(times * sessions) if len(times) == 1 else tuple(times)

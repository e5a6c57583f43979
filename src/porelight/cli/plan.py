"""The command that makes a plan."""

from __future__ import annotations

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
    GoalOf,
    GoalShare,
    Json,
    Language,
    LaserKey,
    Out,
    Regions,
    Replaces,
    RequiredChance,
    Scale,
    Seed,
    Sequence,
    SetAsideRules,
    Timezone,
    day_of,
    decisions_of,
    name_course,
    progress_bar,
    say,
)


def plan(
    photo: Annotated[Path, typer.Argument(help="A photo of the skin: JPEG, PNG, HEIC, TIFF or WebP.")],
    person: Annotated[Path, typer.Option("--person", help="The person, as YAML or FHIR answers, without any name.")],
    out: Out,
    um_per_px: Scale = None,
    regions: Regions = None,
    laser: LaserKey = "co2",
    goal: GoalShare = 0.5,
    goal_kind: GoalOf = "count",
    required_chance: RequiredChance = None,
    on: Day = None,
    seed: Seed = 0,
    clinic: Clinic = None,
    timezone: Timezone = None,
    course: Course = "",
    replaces: Replaces = None,
    alarms: Alarms = False,
    set_aside: SetAsideRules = None,
    by: DecidedBy = "",
    reason: DecisionReason = "",
    sequence: Sequence = 0,
    with_fhir: Annotated[bool, typer.Option("--fhir", help="Also write the plan as a FHIR R4B bundle.")] = False,
    language: Language = "en",
    as_json: Json = False,
) -> None:
    """From a photo and a person to a plan: report.html, plan.json, pores.csv, overlay.png, calendar.ics."""
    from porelight import inputs, verbs
    from porelight.forecasting.goal import goal_kind_of
    from porelight.report import bundle, folder, lines

    _refuse_early(out, timezone, with_fhir)
    now, (named, former) = day_of(on, timezone), name_course(course, replaces)
    decisions = decisions_of(set_aside, by, reason, now)
    with progress_bar(as_json) as progress:
        picture = inputs.read_photo(photo)
        made = verbs.plan(
            picture,
            person,
            on=now,
            um_per_px=um_per_px,
            regions=regions,
            laser=laser,
            goal=goal,
            goal_kind=goal_kind_of(goal_kind),
            required_chance=required_chance,
            seed=seed,
            clinic=clinic,
            set_aside=decisions,
            course=named,
            progress=progress,
        )
        if progress:
            progress("Writing the report", 0.9)
        options: dict[str, Any] = {"sequence": sequence, "replaces": former, "alarms": alarms, "language": language}
        files = bundle.of_plan(made, picture.pixels, timezone=timezone or "UTC", fhir=with_fhir, **options)
        folder.deliver_files(out, files)
    if as_json:
        typer.echo(files["plan.json"].decode(), nl=False)
        return
    for line in lines.of_plan(made):
        say(line)
    say(f"Report: {out / 'report.html'}")


def _refuse_early(out: Path, timezone: str | None, with_fhir: bool) -> None:
    """Refuse before any work what could not be written after it."""
    from porelight import extras
    from porelight.export import ics
    from porelight.report import folder

    if timezone is not None:
        ics.find_zone(timezone)
    if with_fhir:
        extras.require("fhir", "a FHIR bundle", where="--fhir")
    folder.check_folder(out)

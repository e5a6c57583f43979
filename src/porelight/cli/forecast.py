"""The command that forecasts, and learns from follow-up photos."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from porelight.cli.options import (
    Clinic,
    Day,
    GoalOf,
    GoalShare,
    Json,
    LaserKey,
    Regions,
    RequiredChance,
    Scale,
    Seed,
    day_of,
    print_json,
    say,
)


def forecast(
    photo: Annotated[Path, typer.Argument(help="The photo from before the first session.")],
    person: Annotated[Path, typer.Option("--person", help="The person, as YAML or FHIR answers, without any name.")],
    after: Annotated[
        list[Path] | None, typer.Option("--after", help="A follow-up photo of the same skin; repeatable, in order.")
    ] = None,
    after_session: Annotated[
        list[int] | None,
        typer.Option("--after-session", help="Sessions done when that photo was taken; one for each --after."),
    ] = None,
    weeks_after: Annotated[
        list[float] | None,
        typer.Option("--weeks-after", help="Weeks from that session to the photo.  [default: 4]"),
    ] = None,
    um_per_px: Scale = None,
    regions: Regions = None,
    laser: LaserKey = "co2",
    goal: GoalShare = 0.5,
    goal_kind: GoalOf = "count",
    required_chance: RequiredChance = None,
    sessions: Annotated[
        int | None, typer.Option("--sessions", min=1, help="Length of the course.  [default: as the goal asks for]")
    ] = None,
    discount: Annotated[bool, typer.Option(help="Take off what a missing control side hides in the trials.")] = True,
    on: Day = None,
    seed: Seed = 0,
    clinic: Clinic = None,
    as_json: Json = False,
) -> None:
    """What a course may bring, session by session; with follow-up photos, what to do next."""
    from porelight import verbs
    from porelight.forecasting.goal import goal_kind_of
    from porelight.report import lines

    course = verbs.forecast(
        photo,
        person,
        on=day_of(on),
        after=tuple(after or ()),
        after_session=tuple(after_session or ()),
        weeks_after=tuple(weeks_after or ()),
        um_per_px=um_per_px,
        regions=regions,
        laser=laser,
        goal=goal,
        goal_kind=goal_kind_of(goal_kind),
        required_chance=required_chance,
        sessions=sessions,
        discount=discount,
        seed=seed,
        clinic=clinic,
    )
    if as_json:
        from porelight.export.forecast_model import forecast_numbers

        print_json(forecast_numbers(course))
        return
    for line in lines.describe_forecast(course):
        say(line)

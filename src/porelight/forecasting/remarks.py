"""What the reader must know to weigh a forecast: what it rests on, what is assumed, and where it is bounded."""

from __future__ import annotations

from porelight import cite
from porelight.forecasting.goal import Goal
from porelight.forecasting.trials import describe_lender
from porelight.laser import Course
from porelight.message import Message, message
from porelight.photo.census import PoreCensus
from porelight.units import percent, week


def list_remarks(
    census: PoreCensus,
    course: Course,
    goal: Goal,
    for_goal: int | None,
    *,
    count: int,
    spacing: float,
    discount: bool,
) -> tuple[Message, ...]:
    """In the order of weight: the evidence, the goal, the course, the photo."""
    return (
        *_describe_evidence(course, discount=discount),
        *_describe_goal(course, goal, for_goal),
        *_describe_course(course, count, spacing),
        *_describe_photo(census),
    )


def _describe_evidence(course: Course, *, discount: bool) -> tuple[Message, ...]:
    """The same for every photo: which trials, what they leave out, how long the effect lasts, what plays no part."""
    trials, about = cite.table("trials"), cite.rows("forecast")
    hidden, control = cite.table("planning")["hidden_by_no_control"], trials["handled_control"]
    people, dose, kept = trials["kwon_people"], trials["dose_energy"], trials["kept_long"]
    fade, lent = trials["fade_eryag"], describe_lender(course.laser)
    return (
        message(
            "forecast.trials",
            trials=about["trials"],
            people=about["people"],
            co2_people=people.value,
            source=people.source.key,
        ),
        *([message("forecast.discount", share_pct=hidden.value, control=control.source.key)] if discount else []),
        message("forecast.no_setting", source=dose.source.key),
        message("forecast.moves_nothing"),
        message(
            "forecast.fades",
            weeks=fade.value,
            source=fade.source.key,
            kept_pct=kept.value,
            kept_source=kept.source.key,
        ),
        message("forecast.swelling", weeks=cite.table("planning")["visit_after_session"].value),
        message("forecast.assumed"),
        *([lent] if lent else []),
    )


def _describe_goal(course: Course, goal: Goal, for_goal: int | None) -> tuple[Message, ...]:
    if for_goal is not None:
        return ()
    most = round(course.most_sessions.value)
    return (message("forecast.goal_out_of_reach", required_pct=goal.required / percent, most=most),)


def _describe_course(course: Course, count: int, spacing: float) -> tuple[Message, ...]:
    most, tried = round(course.most_sessions.value), course.anchor_spacing.si
    found = []
    if count > most:
        found.append(message("forecast.beyond_trial", count=count, most=most))
    if spacing < 0.99 * tried:
        found.append(message("forecast.crowded", weeks=tried / week))
    return tuple(found)


def _describe_photo(census: PoreCensus) -> tuple[Message, ...]:
    if census.um_per_px is None:
        return (message("forecast.no_scale"),)
    if census.enlarged_count == 0:
        return (message("forecast.no_enlarged_pore"),)
    if census.pore_count < cite.table("planning")["fewest_pores"].value:
        return (message("forecast.few_pores"),)
    return ()

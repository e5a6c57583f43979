"""The outside of a forecast alone: what ``porelight forecast --json`` prints."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from porelight import cite
from porelight.cite import Confidence
from porelight.export.outside import Count, Numbers, Outside, SourceOut, Text, as_numbers, filled, row_sources
from porelight.export.plan_model import GoalOut, MilestoneOut, OptionOut
from porelight.forecasting.model import Forecast, NextStep

FORECAST_SCHEMA: Final = "porelight/forecast/1"
"""Name and version of the layout; the number rises when a key changes its meaning or goes."""


class ForecastOut(Outside):
    """What a course may bring, and what follow-up photos say of it."""

    layout: Literal["porelight/forecast/1"] = Field(FORECAST_SCHEMA, serialization_alias="schema")
    forecast: list[MilestoneOut]
    forecast_later: list[MilestoneOut]
    forecast_options: list[OptionOut]
    goal: GoalOut
    of_photo: bool
    updated_by: Count
    """Follow-up photos that are in it."""
    next_step: NextStep | None
    forecast_remarks: list[Text]
    sources: list[SourceOut]
    weakest: Confidence


def forecast_numbers(course: Forecast) -> Numbers:
    """A forecast as JSON knows it."""
    rows = cite.used(course)
    made = filled(
        ForecastOut,
        course,
        forecast=course.milestones,
        forecast_later=course.later,
        forecast_options=course.options,
        goal=filled(GoalOut, course),
        forecast_remarks=course.remarks,
        sources=row_sources(rows),
        weakest=cite.weakest_confidence(rows),
    )
    return as_numbers(made.model_dump(by_alias=True))

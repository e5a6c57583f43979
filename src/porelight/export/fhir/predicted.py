"""The forecast of a plan as a RiskAssessment: simulated, with its interval and its reasons, not a diagnosis."""

from __future__ import annotations

from typing import Final

from fhir.resources.R4B.riskassessment import RiskAssessment

from porelight.export.fhir.terms import (
    FHIR_BASE_URL,
    Element,
    join_sentences,
    make_concept,
    make_narrative,
    make_quantity,
    make_range,
    own_code,
    percent_of,
    subject_of,
)
from porelight.forecasting.model import Forecast, Milestone
from porelight.planning.model import Plan

FORECAST_MEANING: Final = (
    "A simulation from published trials, for a course as planned. It is no diagnosis and no promise."
)
FORECAST_INTERVAL_URL: Final = f"{FHIR_BASE_URL}/StructureDefinition/forecast-interval"


def make_risk_assessment(plan: Plan, subject: str | None = None, *, basis: tuple[str, ...] = ()) -> RiskAssessment:
    """The forecast, one prediction a milestone and one for the goal.

    A milestone's probability is the level of its interval: how likely the change lies between the two ends. The numbers
    stand in words and in an extension.

    Args:
        plan: the plan.
        subject: a reference to the patient that the caller holds.
        basis: references to what it was made from.

    Raises:
        Refusal: ``subject`` is no reference.
    """
    course = plan.forecast
    return RiskAssessment.model_validate(
        {
            "resourceType": "RiskAssessment",
            "text": make_narrative(FORECAST_MEANING, *map(str, course.remarks)),
            "status": "preliminary",
            "method": make_concept(f"Porelight {plan.version}, forecast from the numbers of published trials"),
            "code": make_concept(
                "Forecast of enlarged pores", own_code("forecast", "enlarged_pores", "Enlarged pores")
            ),
            "subject": subject_of(subject),
            "occurrenceDateTime": plan.on,
            "basis": [{"reference": reference} for reference in basis] or None,
            "prediction": _list_predictions(course),
            "note": [{"text": text} for text in (FORECAST_MEANING, *map(str, course.remarks))],
        }
    )


def _list_predictions(course: Forecast) -> list[Element] | None:
    """None where no forecast is offered."""
    if course.chance_of_goal is None:
        return None
    return [*(_predict_milestone(one) for one in course.milestones), _predict_goal(course, course.chance_of_goal)]


def _predict_milestone(milestone: Milestone) -> Element:
    change = milestone.enlarged_change_pct
    words = f"{milestone.label}: the number of enlarged pores changes by {change.mid:.0f} %."
    likely = f"In {percent_of(change.level):.0f} of 100 such courses from {change.low:.0f} to {change.high:.0f} %."
    ends: Element = {"url": "ends", "valueRange": make_range(change.low, change.high, "%", "%")}
    middle: Element = {"url": "middle", "valueQuantity": make_quantity(change.mid, "%", "%")}
    return {
        "extension": [{"url": FORECAST_INTERVAL_URL, "extension": [ends, middle]}],
        "outcome": make_concept(
            join_sentences([words, likely]),
            own_code("forecast", "enlarged_change", "Change of the number of enlarged pores"),
        ),
        "probabilityDecimal": _format_chance(change.level),
        "whenRange": make_range(milestone.week, milestone.week, "weeks from the first session", "wk"),
        "rationale": FORECAST_MEANING,
    }


def _predict_goal(course: Forecast, chance: float) -> Element:
    sessions = course.sessions_for_goal
    needed = f"{sessions} sessions" if sessions is not None else "no number of sessions within the evidence"
    words = f"Enlarged pores change by {course.goal_pct:.0f} % or more: the goal."
    return {
        "outcome": make_concept(words, own_code("forecast", "goal", "The goal is reached")),
        "probabilityDecimal": _format_chance(chance),
        "rationale": join_sentences([FORECAST_MEANING, f"The middle forecast needs {needed}."]),
    }


def _format_chance(share: float) -> object:
    """A probability (0-1) in percent, as FHIR asks."""
    return make_quantity(percent_of(share), "%", "%")["value"]

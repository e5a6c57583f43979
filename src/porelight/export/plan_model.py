"""The outside of a plan: the layout of ``plan.json``, from which its JSON schema is made."""

from __future__ import annotations

import datetime as dt
import math
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from porelight import cite
from porelight.care.model import Answer, CareItem, Occasion, Outcome, Tier
from porelight.care.model import Verdict as CareVerdict
from porelight.cite import Confidence, Source
from porelight.export.census_model import CensusOut, census_outside
from porelight.export.outside import (
    Celsius,
    Count,
    Days,
    FromOne,
    IntervalOut,
    Mj,
    Ms,
    Nm,
    NotNegative,
    Number,
    Outside,
    Percent,
    PerCm2,
    Share,
    SourceKeys,
    SourceOut,
    Text,
    Um,
    Us,
    at,
    filled,
    outward,
)
from porelight.forecasting.model import GoalKind, GoalVerdict
from porelight.laser import Profile, Setting
from porelight.photo.indices.grade import rank_regions
from porelight.planning.model import Plan
from porelight.skin import Phototype, Site

PLAN_SCHEMA: Final = "porelight/plan/1"
"""Name and version of the layout; the number rises when a key changes its meaning or goes."""

ENERGY_BALANCE_DIGITS = 9
"""Decimals of the missing share of energy: below them it is rounding, and would differ between machines."""


class MedicineOut(Outside):
    """A medicine by its group."""

    group: str
    taking: Answer
    last_taken: dt.date | None


class EngagementOut(Outside):
    """Something the person has planned."""

    what: str
    occasion: Occasion
    first: dt.date
    last: dt.date


class PersonOut(Outside):
    """The answers, without any identity."""

    age: int | None
    born: dt.date | None
    phototype: Phototype | None
    site: Site
    severity: int | None
    answers: dict[str, Answer]
    dates: dict[str, dt.date]
    medicines: list[MedicineOut]
    past_sessions: list[dt.date]
    planned: list[EngagementOut]
    skin_answers: dict[str, str]
    """Guided questions on the type of skin and the option chosen."""
    goals: list[str]
    unlisted: list[str]
    """What no question asks about, in the person's own words."""
    test_spot_laser: str | None
    earliest: dict[str, dt.date]
    """The first possible day, where only a span is known; the last one stands in ``dates``."""
    answered: dt.date | None
    """The day on which the answers were given, where it was written down."""
    answered_on: dict[str, dt.date]
    """Questions that were answered on another day."""


def _limits(limits: Any) -> Any:
    return {limit.name: limit.at_most for limit in limits}


class SetAsideOut(Outside):
    """The decision of a professional by which a verdict no longer holds treatment back."""

    by: str
    reason: str
    on: dt.date
    """The day of the decision."""


class VerdictOut(Outside):
    """What one rule says of the person."""

    rule: str
    outcome: Outcome
    title: Text
    because: Text
    clears: Text
    """What would clear it; empty when nothing has to."""
    until: dt.date | None
    limits: Annotated[dict[str, Number], outward(_limits)]
    """Outside name of a dial -> its most."""
    asks: list[str]
    """Questions whose answer is missing."""
    source: str = at("source.key")
    """Key in `sources`."""
    tier: Tier
    confidence: Confidence
    effective: dt.date
    """The day the rule took effect."""
    conflicts: list[Text]
    set_aside: SetAsideOut | None
    """Who lifted it and why; what the rule said stands in ``because``."""


class FactorOut(Outside):
    """One cause of large pores."""

    key: str
    title: Text
    share: IntervalOut | None
    """Share (0-1) of the differences between people; null when it cannot be told."""
    because: Text
    laser_changes: Literal["yes", "partly", "no"]
    advice: Text
    sources: SourceKeys = at("rests_on")


class MilestoneOut(Outside):
    """The forecast at one moment."""

    label: Text
    sessions_done: Count
    week: NotNegative
    """Weeks from the first session."""
    diameter_change_pct: IntervalOut
    """Change of the diameter of the same pores, negative is narrower: what a comparison of photos measures."""
    enlarged_change_pct: IntervalOut
    """Change of the number of enlarged pores, negative is fewer."""
    median_diameter_um: IntervalOut | None


class OptionOut(Outside):
    """A course of so many sessions, 12 weeks after its last."""

    sessions: FromOne
    diameter_change_pct: IntervalOut
    enlarged_change_pct: IntervalOut
    chance_of_goal: Share
    added_pct: IntervalOut
    """What its last session adds to the change of diameter, in points."""
    chance_shown: Share
    """That a photo can show what its last session adds."""


class GoalOut(Outside):
    """What was wanted."""

    kind: GoalKind = at("goal_kind")
    """What is to change: the number of enlarged pores, the diameter of the same pores, or anything that an eye sees."""
    enlarged_change_pct: float | None = at("enlarged_goal_pct")
    """Null where the goal is another."""
    diameter_change_pct: float | None = at("diameter_goal_pct")
    """Null where the goal is another."""
    sessions: FromOne | None = at("sessions_for_goal")
    """Fewest that reach it with the required chance; null when none within the evidence does."""
    chance: Share | None = at("chance_of_goal")
    """That the course as forecast reaches it. Null where no forecast is offered."""
    chance_range: tuple[Share, Share] | None
    """What the chance would be, least and most, were the scale 5 % off either way."""
    required_chance: Share
    verdict: GoalVerdict | None
    """The chance against what is required; open where neither can be said."""
    reachable_pct: float | None
    """Change that is reached with the required chance; null for a visible change."""


class SettingOut(Outside):
    """One dialled setting."""

    laser: str = at("laser.key")
    wavelength_nm: Nm = at("laser.wavelength")
    energy_mj: Mj = at("pulse_energy")
    """Of one pulse."""
    spot_um: Um = at("spot_diameter")
    profile: Profile
    pulse_us: Us = at("pulse_duration")
    power_w: NotNegative = at("peak_power")
    density_pct: Percent = at("covered_share")
    """Dialled: share of the surface under the spots themselves."""
    columns_per_cm2: PerCm2 = at("density")
    pulses_per_column: FromOne
    passes: FromOne
    repetition_interval_ms: Ms = at("repetition_interval")
    cooling: str | None


class HealingOut(Outside):
    """How the skin heals after one session."""

    closed_days: Days = at("recovery.closed")
    redness_days: Days = at("recovery.redness")
    crusting_days: Days = at("recovery.crusting")
    treated_pct: Percent = at("recovery.treated_fraction")
    """Of the surface, in one session."""
    collagen_stimulus_pct: Percent = at("recovery.collagen_stimulus")


class EffectOut(HealingOut):
    """What one column of the setting does, simulated."""

    ablation_depth_um: Um = at("crater.ablation_depth")
    ablation_depth_people_low_um: Um = at("ablation_depth_people.low")
    """Depth of the hole in two people of three: one standard deviation between persons to both sides."""
    ablation_depth_people_high_um: Um = at("ablation_depth_people.high")
    ablation_width_um: Um = at("crater.ablation_width")
    coagulation_depth_um: Um = at("injury.coagulation_depth")
    """Deepest coagulated collagen below the original surface."""
    coagulation_depth_low_um: Um = at("injury.coagulated.depth.low")
    coagulation_depth_high_um: Um = at("injury.coagulated.depth.high")
    coagulation_depth_people_low_um: Um = at("coagulation_depth_people.low")
    """In two people of three."""
    coagulation_depth_people_high_um: Um = at("coagulation_depth_people.high")
    coagulation_width_um: Um = at("injury.coagulation_width")
    necrosis_depth_um: Um = at("injury.necrosis_depth")
    boils_or_chars: Literal["neither", "boils", "chars"] = at("fate")
    """What the hottest tissue does; its temperature beyond boiling is a cut-off and no prediction."""
    longest_above_60_c_ms: Ms = at("longest_above_60")
    peak_temperature_c: Celsius = at("warming.peak_temperature")
    peak_temperature_is_limit: bool = at("peak_is_limit")
    """Whether the peak is the temperature at which dried tissue is carried away, so that it may have been hotter."""
    energy_balance_error: Annotated[float, outward(lambda share: round(share, ENERGY_BALANCE_DIGITS))] = at(
        "warming.energy.error"
    )
    """Missing share of the incident energy."""


class CandidateOut(Outside):
    """A setting within device and verdicts, with its simulated effect. Not a recommendation."""

    setting: SettingOut
    effect: EffectOut = at("simulation")
    remarks: list[Text]


class CareItemOut(Outside):
    """One thing to do or to watch for."""

    key: str
    phase: Literal["before", "day", "after", "watch", "session", "review"]
    session: FromOne
    first: dt.date
    last: dt.date
    title: Text
    text: Text
    why: Text
    source: str = at("source.key")
    tier: Tier
    confidence: Confidence


class ClashOut(Outside):
    """The days that an engagement and an item of the calendar share."""

    what: str = at("engagement.what")
    occasion: Occasion = at("engagement.occasion")
    item: str = at("item.key")
    session: FromOne = at("item.session")
    first: dt.date
    last: dt.date


class ChosenOut(Outside):
    """What a clinic chose where sources disagree, who did, and why."""

    option: str
    by: str
    reason: str


class RowOut(Outside):
    """A number the plan rests on, in the unit of its source."""

    key: str
    quantity: str
    value: float
    low: float | None
    high: float | None
    unit: str
    conditions: str
    source: str = at("source.key")
    confidence: Confidence
    note: str


def _when(key: str, value: str, then: dict[str, Any], otherwise: dict[str, Any]) -> dict[str, Any]:
    return {
        "if": {"properties": {key: {"const": value}}},
        "then": {"properties": then},
        "else": {"properties": otherwise},
    }


NONE, SOME = {"maxItems": 0}, {"minItems": 1}
PLAN_CONDITIONS: dict[str, Any] = {
    "$id": PLAN_SCHEMA,
    "allOf": [
        _when("status", "blocked", {"sessions": NONE, "calendar": NONE}, {"sessions": SOME, "calendar": SOME}),
        _when(
            "forecast_is",
            "not_offered",
            {"forecast": NONE, "candidates": NONE, "status": {"const": "blocked"}},
            {"forecast": {"minItems": 2}},
        ),
    ],
}
"""What a type alone cannot say: a blocked plan has no dates, and one without a forecast no settings."""


class PlanOut(Outside):
    """plan.json as `porelight plan` writes it. Keys carry their units."""

    model_config = ConfigDict(title="A Porelight plan", json_schema_extra=PLAN_CONDITIONS)

    layout: Literal["porelight/plan/1"] = Field(PLAN_SCHEMA, serialization_alias="schema")
    version: str
    """Of the program."""
    seed: Count
    hash: str = Field("", pattern="^[0-9a-f]{64}$")
    """SHA-256 of the compact canonical JSON of everything else."""
    status: Literal["ready", "blocked"]
    on: dt.date
    """The day on which the person was judged."""
    course: str
    """What names the course in its calendar; empty where nobody named it."""
    laser: str
    person: PersonOut
    verdicts: list[VerdictOut]
    census: CensusOut
    factors: list[FactorOut]
    sessions: list[dt.date]
    """Proposed days; empty while blocked."""
    timing: list[Text]
    """Why the sessions are when they are, or why there are none."""
    forecast: list[MilestoneOut]
    """After each session and, last, 12 weeks after the last. Empty where none is offered."""
    forecast_later: list[MilestoneOut]
    """Half a year and a year after the last session, as it fades, and 12 weeks after one more session then."""
    forecast_options: list[OptionOut]
    """Courses of 1, 2, ... sessions, as far as trials went."""
    forecast_is: Literal["expected", "only_if_possible", "not_offered"]
    """What the forecast is worth: expected of a plan that is ready, of a course that a verdict still blocks, or none
    at all."""
    goal: GoalOut
    forecast_remarks: list[Text]
    candidates: list[CandidateOut]
    calendar: list[CareItemOut]
    """Empty while blocked."""
    clashes: list[ClashOut]
    """What the person has planned on days of care that it does not go with."""
    clinic: dict[str, ChosenOut] = at("clinic.chosen")
    """What the clinic chose where sources disagree; empty for the cautious defaults."""
    sources: list[SourceOut]
    numbers_used: list[RowOut]
    weakest: Confidence
    """The weakest confidence of anything in the plan."""


NO_GOAL: Final = {"sessions": None, "chance": None, "chance_range": None, "verdict": None, "reachable_pct": None}
"""Of a plan that offers no forecast."""


def plan_outside(plan: Plan) -> PlanOut:
    """Everything of a plan but its hash."""
    course, offered = plan.forecast, plan.forecast_is != "not_offered"
    return filled(
        PlanOut,
        plan,
        census=census_outside(plan.census),
        forecast=course.milestones if offered else (),
        forecast_later=course.later if offered else (),
        forecast_options=course.options if offered else (),
        goal=filled(GoalOut, course, **({} if offered else NO_GOAL)),
        forecast_remarks=course.remarks,
        candidates=[filled(CandidateOut, each, setting=setting_outside(each.setting)) for each in plan.candidates],
        calendar=plan.calendar.items,
        sources=plan_sources(plan),
        numbers_used=cite.used(plan),
        weakest=plan_weakest(plan),
    )


def setting_outside(setting: Setting) -> SettingOut:
    """A setting with the share of the surface that its spots cover, as it is dialled."""
    cooling = setting.cooling.name if setting.cooling else None
    return filled(SettingOut, setting, covered_share=covered_share(setting), cooling=cooling)


def covered_share(setting: Setting) -> float:
    """Share of the surface under the spots themselves, 0-1."""
    return setting.density * math.pi * (setting.spot_diameter / 2.0) ** 2


def plan_sources(plan: Plan) -> tuple[Source, ...]:
    """Every source behind the numbers, verdicts and calendar of a plan, by key."""
    found = {row.source.key: row.source for row in (*cite.used(plan), *cite.used(rank_regions(plan.census)))}
    found |= {verdict.source.key: verdict.source for verdict in plan.verdicts}
    found |= {item.source.key: item.source for item in plan.calendar.items}
    return tuple(found[key] for key in sorted(found))


def plan_weakest(plan: Plan) -> Confidence:
    """The weakest confidence of anything the plan rests on: its numbers, its verdicts and its calendar."""
    carriers: tuple[CareVerdict | CareItem, ...] = (*plan.verdicts, *plan.calendar.items)
    found = [cite.weakest_confidence(cite.used(plan)), *(each.confidence for each in carriers)]
    return max(found, key=cite.CONFIDENCES.index)

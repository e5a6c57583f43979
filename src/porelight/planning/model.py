"""The types of a plan."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Final, Literal

from porelight.care.choices import ClinicChoices
from porelight.care.engagements import Clash
from porelight.care.model import Calendar, Person, Verdict
from porelight.cite import Cited
from porelight.fields import Crater, Exposure, Injury, Interval, Recovery, Warming
from porelight.laser import Setting
from porelight.photo.census import PoreCensus
from porelight.skin import Skin

PHOTO: Final = "photo"
"""Rule of the verdict on a photo that cannot be planned on."""


@dataclasses.dataclass(frozen=True, slots=True)
class Simulation:
    """The chain light -> heat -> damage -> healing for one setting on one skin."""

    exposure: Exposure
    crater: Crater
    warming: Warming
    injury: Injury
    recovery: Recovery
    seed: int
    version: str
    remarks: tuple[str, ...] = ()
    """What was done to what was asked for, and where the model is at an end, in sentences."""

    @property
    def setting(self) -> Setting:
        return self.exposure.setting

    @property
    def peak_is_limit(self) -> bool:
        """Whether the peak is the temperature at which dried tissue is carried away: it may have been hotter."""
        limit = self.setting.laser.ablation.get("removal_temperature")
        return limit is not None and self.warming.peak_temperature > limit.si - 0.5


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """One setting that keeps within the device and the verdicts, with its simulated effect. Not a recommendation."""

    setting: Setting
    simulation: Simulation
    remarks: tuple[str, ...]
    rests_on: tuple[Cited, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Milestone:
    """The forecast at one moment of the course."""

    label: str
    """Such as "after session 2" or "12 weeks after the last"."""
    sessions_done: int
    week: float
    """Weeks from the first session."""
    enlarged_change_pct: Interval
    """Change of the number of enlarged pores [%], negative is fewer."""
    median_diameter_um: Interval | None
    """Of the pores found now, those that may then be too small to find included; None without a scale."""


@dataclasses.dataclass(frozen=True, slots=True)
class Forecast:
    """Milestones in order; the last is 12 weeks after the last session. None at all where nothing is offered."""

    milestones: tuple[Milestone, ...]
    sessions_for_goal: int | None
    """Fewest sessions whose middle forecast reaches the goal; None when no number within the evidence does."""
    goal_pct: float
    """Wanted change of the number of enlarged pores [%], negative is fewer."""
    chance_of_goal: float | None
    """Probability (0-1) that the course as planned reaches the goal, by the same model; None without milestones."""
    remarks: tuple[str, ...]
    rests_on: tuple[Cited, ...]
    of_photo: bool = True
    """Whether the sizes of the pores in the photo are in it; else it is the trial's result."""


@dataclasses.dataclass(frozen=True, slots=True)
class Factor:
    """One reason why pores look large, for this person."""

    key: str
    title: str
    share: Interval | None
    """Share (0-1) of the visible size it explains here; None when it cannot be told."""
    because: str
    laser_changes: Literal["yes", "partly", "no"]
    advice: str
    rests_on: tuple[Cited, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Plan:
    """Everything the report shows. While a verdict blocks, ``sessions`` and ``calendar`` are empty."""

    status: Literal["ready", "blocked"]
    on: dt.date
    person: Person
    skin: Skin
    census: PoreCensus
    verdicts: tuple[Verdict, ...]
    factors: tuple[Factor, ...]
    candidates: tuple[Candidate, ...]
    sessions: tuple[dt.date, ...]
    forecast: Forecast
    calendar: Calendar
    goal: float
    """Wanted fall of the number of enlarged pores (0-1)."""
    seed: int
    version: str
    laser: str = "co2"
    """Key of the laser that the plan is about."""
    timing: tuple[str, ...] = ()
    """Why the sessions are when they are, or why there are none."""
    rests_on: tuple[Cited, ...] = ()
    """Rows of the plan itself, such as the time between sessions."""
    clashes: tuple[Clash, ...] = ()
    """What the person has planned on days of care that it does not go with."""
    clinic: ClinicChoices = dataclasses.field(default_factory=ClinicChoices)
    """What the clinic chose where sources disagree."""

    @property
    def forecast_is(self) -> Literal["expected", "only_if_possible", "not_offered"]:
        """What the forecast is worth: nothing is forecast for a refusal, nor from a photo that cannot be planned on."""
        if any(verdict.outcome == "refuse" or verdict.rule == PHOTO for verdict in self.verdicts):
            return "not_offered"
        return "only_if_possible" if self.status == "blocked" else "expected"

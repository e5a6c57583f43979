"""The types of a plan."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Final, Literal

from porelight.care.choices import ClinicChoices
from porelight.care.engagements import Clash
from porelight.care.model import Calendar, Person, Verdict
from porelight.cite import Cited
from porelight.fields import Interval
from porelight.forecasting.model import Forecast
from porelight.laser import Setting
from porelight.message import Message
from porelight.photo.census import PoreCensus
from porelight.simulation.model import Simulation
from porelight.skin import Skin

PHOTO_RULE: Final = "photo"
"""Rule of the verdict on a photo that cannot be planned on."""


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """One setting that keeps within the device and the verdicts, with its simulated effect. Not a recommendation."""

    setting: Setting
    simulation: Simulation
    remarks: tuple[Message, ...]
    rests_on: tuple[Cited, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Factor:
    """One reason why pores look large, for this person."""

    key: str
    title: Message
    share: Interval | None
    """Share (0-1) of the visible size it explains here; None when it cannot be told."""
    because: tuple[Message, ...]
    laser_changes: Literal["yes", "partly", "no"]
    advice: Message
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
    timing: tuple[Message, ...] = ()
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
        if any(verdict.outcome == "refuse" or verdict.rule == PHOTO_RULE for verdict in self.verdicts):
            return "not_offered"
        return "only_if_possible" if self.status == "blocked" else "expected"

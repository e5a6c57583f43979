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
from porelight.frozen import frozen
from porelight.html_table import html_table
from porelight.laser import Setting
from porelight.message import Message
from porelight.photo.census import PoreCensus
from porelight.simulation.model import Simulation
from porelight.skin import Skin

PHOTO_RULE: Final = "photo"
"""Rule of the verdict on a photo that cannot be planned on."""


Evidence = Literal["within", "milder", "beyond", "none"]
"""A setting against what a trial compared: within it; milder in some dial and beyond in none; beyond in some dial; or
no trial with that laser names its settings."""

DEVICE: Final = "device"


@frozen
class Excess:
    """A dial of a setting that lies outside a bound."""

    name: str
    """Outside name, such as ``energy_mj``."""
    value: float
    bound: float
    by: str
    """Who sets the bound: a rule by its key, or :data:`DEVICE`."""


@frozen
class Candidate:
    """One setting with its simulated effect. Not a recommendation."""

    setting: Setting
    simulation: Simulation
    remarks: tuple[Message, ...]
    rests_on: tuple[Cited, ...] = ()
    evidence: Evidence = "none"
    exceeds: tuple[Excess, ...] = ()
    """Bounds that a typed setting does not keep; the candidates of a plan keep them all."""

    @property
    def keeps_limits(self) -> bool:
        """Whether device and verdicts allow it."""
        return not self.exceeds


@frozen
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


@frozen
class Plan:
    """Everything the report shows. While a verdict blocks, ``sessions`` and ``calendar`` are empty.

    A verdict that a professional has lifted stands in ``verdicts`` with who lifted it and why.
    """

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
    """Wanted fall (0-1), by default of the number of enlarged pores: ``forecast.goal_kind``."""
    seed: int
    version: str
    course: str = ""
    """The name of the course, given or drawn where the plan was asked for; empty where nobody named it."""
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
    withheld: tuple[dt.date, ...] = ()
    """The days of a course that is not given, because a rule holds one of them back on its own day."""

    def _repr_html_(self) -> str:
        """For a notebook."""
        blocking = [verdict.title for verdict in self.verdicts if verdict.blocks]
        last = self.forecast.milestones[-1] if self.forecast.milestones else None
        change = last.diameter_change_pct if last else None
        rows = {
            "Status": f"{self.status}: {', '.join(blocking)}" if blocking else self.status,
            "Pores": f"{self.census.pore_count}, {self.census.enlarged_count or 0} enlarged",
            "Sessions": ", ".join(day.isoformat() for day in self.sessions) or "none",
            "Width of the pores": f"{change.mid:.0f} % ({change.low:.0f} to {change.high:.0f}) {last.label}"
            if change and last
            else "no forecast",
            "Candidates": str(len(self.candidates)),
        }
        return html_table(f"Plan of {self.on.isoformat()}", rows)

    @property
    def forecast_is(self) -> Literal["expected", "only_if_possible", "not_offered"]:
        """What the forecast is worth: nothing is forecast for a refusal, nor from a photo that cannot be planned on."""
        if any(verdict.outcome == "refuse" or verdict.rule == PHOTO_RULE for verdict in self.verdicts):
            return "not_offered"
        return "only_if_possible" if self.status == "blocked" else "expected"

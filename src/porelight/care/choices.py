"""Where sources disagree: the options, the cautious default, and what a clinic chose instead, by whom and why."""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

from porelight import cite
from porelight.care.model import Outcome, Tier
from porelight.cite import Cited, Source


@dataclasses.dataclass(frozen=True, slots=True)
class Option:
    """One of several ways that sources support."""

    key: str
    says: str
    source: Source
    tier: Tier
    outcome: Outcome | None
    """Replaces the outcome of the rule."""
    wait: Cited | None
    """Replaces the wait of the rule."""
    rests_on: tuple[Cited, ...]

    def __str__(self) -> str:
        return f"{self.says} ({self.source.key}, {self.tier})"


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """A question on which sources disagree; the first option is the default."""

    key: str
    text: str
    options: tuple[Option, ...]
    note: str


@dataclasses.dataclass(frozen=True, slots=True)
class Chosen:
    """What a clinic chose, who did, and why."""

    option: str
    by: str
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class ClinicChoices:
    """The settings of a clinic: choice key -> what was chosen. What it leaves out stays at the default.

    Raises:
        ValueError: a choice or an option that does not exist, or one without a name or a reason.
    """

    chosen: dict[str, Chosen] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, chosen in self.chosen.items():
            if key not in choices():
                raise ValueError(f"there is no choice {key!r}: use one of {', '.join(choices())}")
            named = [option.key for option in choices()[key].options]
            if chosen.option not in named:
                raise ValueError(f"choice {key!r} has no option {chosen.option!r}: use one of {', '.join(named)}")
            if not chosen.by.strip() or not chosen.reason.strip():
                raise ValueError(f"choice {key!r} needs the name of who chose it and a reason")

    def option(self, key: str) -> Option:
        """The option in force."""
        options = choices()[key].options
        named = self.chosen[key].option if key in self.chosen else options[0].key
        return next(option for option in options if option.key == named)


@functools.cache
def choices() -> dict[str, Choice]:
    """Every choice by key."""
    return {row["key"]: _choice(row) for row in cite.rows("rules/choices")["choices"]}


def _choice(row: dict[str, Any]) -> Choice:
    options = tuple(_option(option) for option in row["options"])
    return Choice(key=row["key"], text=row["text"], options=options, note=row.get("note", ""))


def _option(row: dict[str, Any]) -> Option:
    days = cite.table("rules/days")
    wait = days[row["wait"]] if "wait" in row else None
    rests = (days[row["rests"]],) if "rests" in row else ()
    return Option(
        key=row["key"],
        says=row["says"],
        source=cite.source(row["source"]),
        tier=row["tier"],
        outcome=row.get("outcome"),
        wait=wait,
        rests_on=rests + ((wait,) if wait else ()),
    )

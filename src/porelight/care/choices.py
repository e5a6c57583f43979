"""Where sources disagree: the options, the cautious default, and what a clinic chose instead, by whom and why."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from porelight import cite
from porelight.care.checks import shorten
from porelight.care.model import Outcome, Tier
from porelight.cite import Cited, Source
from porelight.frozen import FrozenMap, frozen
from porelight.refusal import Refusal


@frozen
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


@frozen
class Choice:
    """A question on which sources disagree; the first option is the default."""

    key: str
    text: str
    options: tuple[Option, ...]
    note: str


@frozen
class Chosen:
    """What a clinic chose, who did, and why."""

    option: str
    by: str
    reason: str

    def __post_init__(self) -> None:
        for name in ("option", "by", "reason"):
            if not isinstance(value := getattr(self, name), str) or not value.strip():
                what = "a choice needs an option, the name of who chose it and a reason"
                raise Refusal(what, where="clinic", advice="Give all three")


@frozen
class ClinicChoices:
    """The settings of a clinic: choice key -> what was chosen. What it leaves out stays at the default.

    Raises:
        Refusal: a choice or an option that does not exist.
    """

    chosen: Mapping[str, Chosen] = FrozenMap({})

    def __post_init__(self) -> None:
        for key, chosen in self.chosen.items():
            if key not in load_choices():
                advice = f"Use one of {', '.join(load_choices())}"
                raise Refusal(f"there is no choice {shorten(key)}", where="clinic", advice=advice)
            options = [option.key for option in load_choices()[key].options]
            if not isinstance(chosen, Chosen) or chosen.option not in options:
                named = shorten(getattr(chosen, "option", chosen))
                advice = f"Use one of {', '.join(options)}"
                raise Refusal(f"choice {key!r} has no option {named}", where="clinic", advice=advice)

    def option(self, key: str) -> Option:
        """The option in force."""
        options = load_choices()[key].options
        named = self.chosen[key].option if key in self.chosen else options[0].key
        return next(option for option in options if option.key == named)


@functools.cache
def load_choices() -> dict[str, Choice]:
    """Every choice by key."""
    return {row["key"]: _read_choice(row) for row in cite.rows("rules/choices")["choices"]}


def _read_choice(row: dict[str, Any]) -> Choice:
    options = tuple(_read_option(option) for option in row["options"])
    return Choice(key=row["key"], text=row["text"], options=options, note=row.get("note", ""))


def _read_option(row: dict[str, Any]) -> Option:
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

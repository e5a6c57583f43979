"""The rule book: entries of ``data/rules``, and which of them are in force on a day for a laser."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from typing import Any, Literal

from porelight import cite
from porelight.care.model import Outcome, Tier
from porelight.cite import Cited, Confidence, Source
from porelight.frozen import frozen
from porelight.laser import LaserClass, load_lasers
from porelight.refusal import Refusal
from porelight.skin import Phototype


@frozen
class LaserKind:
    """How the rules see a laser."""

    key: str
    kind: LaserClass
    spacing: Cited
    """Time between two sessions."""


@frozen
class Branch:
    """What a rule says for some kinds of laser when it applies to the person."""

    kinds: tuple[LaserClass, ...]
    """Empty is every kind."""
    outcome: Outcome
    because: str
    clears: str
    source: Source
    tier: Tier
    wait: Cited | None
    choice: str | None
    cleared_by: str | None
    """The question whose yes clears this branch."""
    cleared: str
    limits: Mapping[str, Cited]
    always: bool
    """Holds whatever the answer."""
    rests_on: tuple[Cited, ...]


@frozen
class Rule:
    """One rule from the day it took effect."""

    key: str
    test: str
    question: str
    bad: Literal["yes", "no"]
    """The answer to which the branches apply."""
    when: str
    """When it applies, in words, where the answer alone does not tell."""
    title: str
    fine: str
    confidence: Confidence
    effective: dt.date
    conflicts: tuple[str, ...]
    branches: tuple[Branch, ...]

    @property
    def good(self) -> Literal["yes", "no"]:
        """The one answer that the rule has nothing against."""
        return "no" if self.bad == "yes" else "yes"

    def branch(self, kind: LaserClass) -> Branch | None:
        """The first branch for that kind of laser; None where the rule does not apply to it."""
        return next((branch for branch in self.branches if not branch.kinds or kind in branch.kinds), None)


@functools.cache
def load_rules() -> tuple[Rule, ...]:
    """Every rule that ever was in force."""
    begins = cite.rows("rules/candidacy")["begins"]
    return tuple(_read_rule({"effective": begins, **row}) for row in cite.rows("rules/candidacy")["rules"])


def rules_in_force(on: dt.date) -> tuple[Rule, ...]:
    """The rules of that day: of each key the latest entry that had taken effect.

    Raises:
        Refusal: the day lies before the rule book begins.
    """
    begins = cite.rows("rules/candidacy")["begins"]
    if on < begins:
        raise Refusal(
            f"there are no rules for {on}; they begin on {begins}",
            where="the day to judge",
            advice="Give a later day",
        )
    latest: dict[str, Rule] = {}
    for rule in load_rules():
        # Later entries replace earlier ones only from their own day on: a past visit keeps the rule it was judged by.
        if rule.effective <= on and (rule.key not in latest or latest[rule.key].effective <= rule.effective):
            latest[rule.key] = rule
    return tuple(latest.values())


@functools.cache
def phototype_group(key: str) -> frozenset[Phototype]:
    """The types of skin that a rule treats alike.

    Raises:
        KeyError: no such group in ``data/rules/phototypes.yaml``.
    """
    return frozenset({row["group"]: row["types"] for row in cite.rows("rules/phototypes")["groups"]}[key])


@functools.cache
def laser_kinds() -> dict[str, LaserKind]:
    """Every laser that the rules know."""
    return {
        key: LaserKind(key=key, kind=device.kind, spacing=device.spacing)
        for key, device in load_lasers().items()
        if device.spacing is not None
    }


def laser_kind(key: str) -> LaserKind:
    """How the rules see the laser of that key.

    Raises:
        Refusal: the rules do not know it.
    """
    if key not in laser_kinds():
        named = ", ".join(laser_kinds())
        raise Refusal(f"the rules do not know the laser {key!r}", where="laser", advice=f"Use one of {named}")
    return laser_kinds()[key]


def _read_rule(row: dict[str, Any]) -> Rule:
    return Rule(
        key=row["rule"],
        test=row["test"],
        question=row["question"],
        bad=row.get("bad", "yes"),
        when=row.get("when", ""),
        title=row["title"],
        fine=row["fine"],
        confidence=row["confidence"],
        effective=row["effective"],
        conflicts=tuple(row.get("conflicts", ())),
        branches=tuple(_read_branch(row, branch) for branch in row["branches"]),
    )


def _read_branch(rule: dict[str, Any], branch: dict[str, Any]) -> Branch:
    """One branch; what it leaves out it has from its rule."""
    days = cite.table("rules/days")
    # A branch says only what differs from its rule, so that a text that is the same stands once.
    merged = {**rule, **branch}
    limits = {name: days[key] for name, key in branch.get("limits", {}).items()}
    wait = days[branch["wait"]] if "wait" in branch else None
    rows = tuple(days[key] for key in (*rule.get("rows", ()), *branch.get("rows", ())))
    return Branch(
        kinds=tuple(branch.get("kinds", ())),
        outcome=branch["outcome"],
        because=merged["because"],
        clears=merged["clears"],
        source=cite.source(merged["source"]),
        tier=merged["tier"],
        wait=wait,
        choice=merged.get("choice"),
        cleared_by=branch.get("cleared_by"),
        cleared=branch.get("cleared", ""),
        limits=limits,
        always=branch.get("always", False),
        rests_on=rows + tuple(limits.values()) + ((wait,) if wait else ()),
    )

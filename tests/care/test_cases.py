"""Every case that a clinician wrote down."""

from __future__ import annotations

import datetime as dt
from typing import Any

from porelight.care.rules import load_rules, rules_in_force
from tests.rows import each_row

from .helpers import cases, day_of, judge

BLOCKING_OR_ADJUST = {"adjust", "ask", "defer", "refuse"}


@each_row("case", cases(), ids=lambda case: case["case"])
def test_the_rule_says_what_the_case_expects(case: dict[str, Any]) -> None:
    verdict = judge(case)
    if case["outcome"] == "silent":
        assert verdict is None
        return
    assert verdict is not None
    assert verdict.outcome == case["outcome"], verdict
    if "until" in case:
        assert str(verdict.until) == case["until"]
    if "asks" in case:
        assert list(verdict.asks) == case["asks"]
    if "density_pct" in case:
        (limit,) = verdict.limits
        assert (limit.name, limit.at_most) == ("density_pct", float(case["density_pct"]))


def test_there_are_enough_cases_and_none_twice() -> None:
    assert len(cases()) >= 400
    titles = [case["case"] for case in cases()]
    assert len(set(titles)) == len(titles)


@each_row("rule", load_rules(), ids=lambda rule: f"{rule.key} from {rule.effective}")
def test_every_edition_of_a_rule_has_a_case_on_each_side(rule: Any) -> None:
    covered = {case["outcome"] for case in cases() if case["rule"] == rule.key and rule in rules_in_force(day_of(case))}
    assert "proceed" in covered
    assert covered & BLOCKING_OR_ADJUST


def test_a_wait_has_a_case_on_its_last_day_and_on_the_day_after() -> None:
    """The rules that count days, each with its default wait: one day before it ends and on the day it ends."""
    for rule in rules_in_force(dt.date(2026, 6, 15)):
        waits = {branch.wait.value for branch in rule.branches if branch.wait is not None}
        told = {fact for case in cases() if case["rule"] == rule.key for fact in map(str, case["facts"].values())}
        for days in waits:
            assert f"{days - 1:.0f} days ago" in told, rule.key
            assert f"{days:.0f} days ago" in told, rule.key

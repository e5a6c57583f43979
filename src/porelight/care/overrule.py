"""A clinic's own decisions: which source it follows, and a verdict that a named practitioner sets aside."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable

from porelight.care.choices import Chosen, ClinicChoices
from porelight.care.language import format_day, say
from porelight.care.model import SetAside, Verdict
from porelight.care.screen import sort_by_gravity
from porelight.reading import mapping
from porelight.refusal import Refusal


def read_clinic(text: str, where: str) -> ClinicChoices:
    """A clinic's settings from the text of a YAML file: ``choice: {option: ..., by: ..., reason: ...}``.

    Raises:
        Refusal: not such a file, no such choice or option, or one without a name and a reason.
    """
    chosen = {key: _read_chosen(key, value, where) for key, value in mapping(text, where).items()}
    try:
        return ClinicChoices(chosen)
    except Refusal as refusal:
        raise Refusal(refusal.what, where=where, advice=refusal.advice) from None


def set_aside_verdicts(
    verdicts: tuple[Verdict, ...],
    decisions: Iterable[SetAside],
    language: str = "en",
    *,
    session: dt.date | None = None,
) -> tuple[Verdict, ...]:
    """The verdicts with those that a professional sets aside lowered to ``adjust``; what the rule said stays with them.

    Args:
        verdicts: of :func:`~porelight.care.screen_person`.
        decisions: which rules are set aside, by whom, why and when; at most one for each rule.
        language: of the sentence that says so.
        session: the day that the verdicts are of, where that is not the day of planning; the sentence names it.

    Raises:
        Refusal: no verdict of a rule blocks, so that there is nothing to set aside, or a rule is named twice.
    """
    by_rule: dict[str, SetAside] = {}
    for decision in decisions:
        if decision.rule in by_rule:
            raise Refusal("it is set aside twice", where=f"set aside {decision.rule}", advice="Keep one decision")
        by_rule[decision.rule] = decision
    refuse_idle(by_rule, {verdict.rule for verdict in verdicts if verdict.blocks})
    return sort_by_gravity(
        _lower(verdict, by_rule[verdict.rule], language, session)
        if verdict.rule in by_rule and verdict.blocks
        else verdict
        for verdict in verdicts
    )


def split_decisions(
    verdicts: Iterable[Verdict], decisions: Iterable[SetAside]
) -> tuple[tuple[SetAside, ...], tuple[SetAside, ...]]:
    """The decisions on rules that block today, and the others: these may hold back the day of a later session."""
    blocking = {verdict.rule for verdict in verdicts if verdict.blocks}
    told = tuple(decisions)
    return tuple(one for one in told if one.rule in blocking), tuple(one for one in told if one.rule not in blocking)


def refuse_idle(decided: Iterable[str], blocking: Collection[str]) -> None:
    """Refuse a decision on a rule that holds nothing back.

    It is a slip in a name, or was made for answers that have changed since: in silence, a professional would believe
    to have answered for something that no longer is.

    Args:
        decided: the rules that are set aside.
        blocking: the rules that hold treatment, or a session of the course, back.

    Raises:
        Refusal: one of the first is none of the second.
    """
    if idle := [rule for rule in decided if rule not in blocking]:
        advice = f"Name one that does: {', '.join(sorted(blocking)) or 'there is none'}"
        raise Refusal("no verdict of this rule holds treatment back", where=f"set aside {idle[0]}", advice=advice)


def _lower(verdict: Verdict, decision: SetAside, language: str, session: dt.date | None) -> Verdict:
    text = (
        say("Set aside by {by} on {day}: {reason} The rule said {outcome}: {because}", language)
        if session is None
        else say(
            "Set aside by {by} on {day}, for the session of {session}: {reason} The rule said {outcome}: {because}",
            language,
        )
    )
    because = text.format(
        by=decision.by,
        day=format_day(decision.on, language, year=True),
        reason=decision.reason,
        outcome=say(verdict.outcome, language),
        because=verdict.because,
        session="" if session is None else format_day(session, language, year=True),
    )
    return dataclasses.replace(verdict, outcome="adjust", because=because, until=None, set_aside=decision)


def _read_chosen(key: str, value: object, where: str) -> Chosen:
    if not isinstance(value, dict) or set(value) != {"option", "by", "reason"}:
        what = "a choice has an option, a name (by) and a reason"
        raise Refusal(what, where=f"{where}, {key}", advice="Write {option: ..., by: ..., reason: ...}")
    try:
        return Chosen(**{name: str(part) for name, part in value.items()})
    except Refusal as refusal:
        raise Refusal(refusal.what, where=f"{where}, {key}", advice=refusal.advice) from None

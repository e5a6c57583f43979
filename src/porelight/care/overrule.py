"""A clinic's own decisions: which source it follows, and a verdict that a named practitioner sets aside."""

from __future__ import annotations

import dataclasses
import datetime as dt

from porelight.care.choices import Chosen, ClinicChoices
from porelight.care.language import say
from porelight.care.model import Verdict
from porelight.care.screen import by_gravity
from porelight.reading import mapping
from porelight.refusal import Refusal


def read_clinic(text: str, where: str) -> ClinicChoices:
    """A clinic's settings from the text of a YAML file: ``choice: {option: ..., by: ..., reason: ...}``.

    Raises:
        Refusal: not such a file, no such choice or option, or one without a name and a reason.
    """
    chosen = {key: _chosen(key, value, where) for key, value in mapping(text, where).items()}
    try:
        return ClinicChoices(chosen)
    except ValueError as error:
        raise Refusal(str(error), where=where, advice="See the table of rules for what may be chosen") from None


def overrule(
    verdicts: tuple[Verdict, ...], rule: str, *, by: str, reason: str, on: dt.date, language: str = "en"
) -> tuple[Verdict, ...]:
    """The verdicts with one that blocks set aside to ``adjust``; what it said, by whom and why stays with it.

    Args:
        verdicts: of :func:`~porelight.care.screen`.
        rule: the key of the rule that is set aside.
        by: the practitioner's name.
        reason: in their words.
        on: the day of the decision.
        language: of the sentence that says so.

    Raises:
        Refusal: no verdict of that rule blocks, or the name or the reason is missing.
    """
    if not by.strip() or not reason.strip():
        raise Refusal("a name and a reason are needed", where=f"overrule {rule}", advice="Give both")
    if not any(verdict.rule == rule and verdict.blocks for verdict in verdicts):
        raise Refusal("no verdict of this rule holds treatment back", where=f"overrule {rule}", advice="Check its name")
    return by_gravity(
        _set_aside(verdict, by, reason, on, language) if verdict.rule == rule and verdict.blocks else verdict
        for verdict in verdicts
    )


def _set_aside(verdict: Verdict, by: str, reason: str, on: dt.date, language: str) -> Verdict:
    text = say("Set aside by {by} on {day}: {reason} The rule said {outcome}: {because}", language)
    kept = text.format(by=by, day=on, reason=reason, outcome=say(verdict.outcome, language), because=verdict.because)
    return dataclasses.replace(verdict, outcome="adjust", because=kept, until=None)


def _chosen(key: str, value: object, where: str) -> Chosen:
    if not isinstance(value, dict) or set(value) != {"option", "by", "reason"}:
        raise Refusal(
            "a choice has an option, a name (by) and a reason",
            where=f"{where}, {key}",
            advice="Write {option: ..., by: ..., reason: ...}",
        )
    return Chosen(**{name: str(told) for name, told in value.items()})

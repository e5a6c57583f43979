"""A rule's conditions in FHIRPath, over a QuestionnaireResponse whose ``authored`` is the day that is judged.

The functions write expressions, so that a criterion reads as its Python twin beside it does.
"""

from __future__ import annotations

from typing import Final

from porelight.care.context import RuleContext
from porelight.care.model import BLOCKING_OUTCOMES, Outcome
from porelight.care.questions import find_question
from porelight.cite import Cited
from porelight.frozen import frozen

AUTHORED: Final = "%resource.authored"
FIRST_DAY_URL: Final = "https://porelight.invalid/fhir/StructureDefinition/first-possible-day"
"""On a last day that is known only about: the first day that is possible. A name of ours that no network resolves."""


@frozen
class Condition:
    """What a rule says when an expression holds. At most one of a rule holds; when none does, it has no objection."""

    outcome: Outcome
    because: str
    clears: str
    expression: str


def apply_when(context: RuleContext, expression: str, outcome: Outcome | None = None) -> list[Condition]:
    """The branch where the expression holds, split by whether a practitioner cleared it."""
    key = context.branch.cleared_by
    if key is None:
        return [apply_uncleared(context, expression, outcome)]
    # Conditions of one rule exclude each other, so that a reader may take the first that holds.
    cleared = Condition("adjust", context.branch.cleared, "Cleared.", every(expression, is_yes(key)))
    return [apply_uncleared(context, every(expression, negate(is_yes(key))), outcome), cleared]


def apply_uncleared(context: RuleContext, expression: str, outcome: Outcome | None = None) -> Condition:
    """The branch where the expression holds, whatever a practitioner noted."""
    return Condition(outcome or context.outcome, context.branch.because, context.branch.clears, expression)


def ask_when(context: RuleContext, expression: str, *keys: str, outcome: Outcome | None = None) -> Condition:
    """Ask where the answer could block, otherwise be as careful as if the branch applied."""
    outcome, branch = outcome or context.outcome, context.branch
    if outcome not in BLOCKING_OUTCOMES:
        return Condition(outcome, f"Not known, so taken as a yes. {branch.because}", branch.clears, expression)
    asked = " ".join(find_question(key).text for key in keys)
    return Condition("ask", "This is not known yet.", f"Please answer: {asked}", expression)


def item_of(key: str) -> str:
    """The items of a question, wherever they stand."""
    return f"%resource.descendants().where(linkId = '{key}')"


def has_code(key: str, code: str) -> str:
    return f"{item_of(key)}.answer.value.where(code = '{code}').exists()"


def is_answered(key: str) -> str:
    return f"{item_of(key)}.answer.exists()"


def is_empty(key: str) -> str:
    return f"{item_of(key)}.answer.empty()"


def is_yes(key: str) -> str:
    return has_code(key, "Y")


def is_no(key: str) -> str:
    """Answered with no, or not answered behind a question that is."""
    gate = find_question(key).gate
    if gate is None:
        return has_code(key, "N")
    # An answer of its own outweighs that of its gate, as in care.facts.
    return f"({has_code(key, 'N')} or ({is_empty(key)} and {has_code(gate, 'N')}))"


def is_unknown(key: str) -> str:
    return every(negate(is_yes(key)), negate(is_no(key)))


def is_bad(context: RuleContext) -> str:
    """The answer to which the rule applies."""
    key = context.rule.question
    return is_yes(key) if context.rule.bad == "yes" else is_no(key)


def last_day(key: str) -> str:
    """The day on which it last applied; empty is "now, or not known"."""
    return f"{item_of(f'{key}.last')}.answer.value"


def first_day(key: str) -> str:
    """The first day on which it may have been: where only a span is known, that stands in an extension."""
    answer = f"{item_of(f'{key}.last')}.answer"
    spans = f"{answer}.extension.where(url = '{FIRST_DAY_URL}').value"
    return f"iif({spans}.exists(), {spans}, {answer}.value)"


def is_within(day: str, wait: Cited) -> str:
    """Whether less than a wait has passed since a day."""
    return f"{day} + {round(wait.value)} days > {AUTHORED}"


def negate(expression: str) -> str:
    return f"({expression}).not()"


def every(*expressions: str) -> str:
    return " and ".join(f"({expression})" for expression in expressions)


def some(*expressions: str) -> str:
    return " or ".join(f"({expression})" for expression in expressions)

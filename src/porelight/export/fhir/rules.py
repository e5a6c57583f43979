"""The rules of a day as a PlanDefinition, and what they said of a person as a GuidanceResponse."""

from __future__ import annotations

import datetime as dt

from fhir.resources.R4B.guidanceresponse import GuidanceResponse
from fhir.resources.R4B.plandefinition import PlanDefinition

from porelight.care.choices import ClinicChoices
from porelight.care.context import RuleContext
from porelight.care.criteria import CRITERIA
from porelight.care.fhirpath import Condition
from porelight.care.model import Tier, Verdict
from porelight.care.rules import Rule, load_rules, rules_in_force
from porelight.care.screen import rule_contexts
from porelight.cite import Confidence, Source
from porelight.export.fhir.questionnaire import canonical_name
from porelight.export.fhir.terms import (
    FHIR_BASE_URL,
    Element,
    join_sentences,
    make_concept,
    make_narrative,
    own_code,
    subject_of,
)

PROPOSAL_NOTE = "Every verdict is a proposal; a qualified professional decides and signs."
OUTCOME_TITLES = {
    "proceed": "Nothing to object",
    "adjust": "Adjust or take note",
    "ask": "Ask first",
    "defer": "Wait",
    "refuse": "Do not treat",
}


def make_plan_definition(
    on: dt.date | None = None, laser: str = "co2", clinic: ClinicChoices | None = None
) -> PlanDefinition:
    """The rules in force on a day for a laser.

    Each rule is an action with its citation and what other sources say; inside it one action for each thing it may say,
    with its condition in FHIRPath over the answers. At most one of them applies.

    Args:
        on: the day; without it the newest rules.
        laser: key of ``data/lasers.yaml``.
        clinic: what the clinic chose where sources disagree; the cautious defaults without it.

    Raises:
        Refusal: there are no rules for that day, or none for that laser.
    """
    first, last = _rules_period(on or max(rule.effective for rule in load_rules()))
    chosen = clinic or ClinicChoices()
    contexts = rule_contexts(first, laser, chosen)
    version = ".".join([first.isoformat(), *(f"{key}-{chosen.option(key).key}" for key in sorted(chosen.chosen))])
    return PlanDefinition.model_validate(
        {
            "resourceType": "PlanDefinition",
            "text": make_narrative("Who may be treated, and what each rule rests on.", PROPOSAL_NOTE),
            "url": rules_url(laser),
            "version": version,
            "name": "PorelightRules",
            "title": f"Who may be treated with a laser for enlarged pores ({laser})",
            "type": {"coding": [_make_type("eca-rule", "ECA Rule")]},
            "status": "active",
            "publisher": "Porelight",
            "description": "An answer that is not known counts as the one that holds treatment back. " + PROPOSAL_NOTE,
            "usage": f"Evaluate each condition on answers to {canonical_name()}, authored on the day judged.",
            "effectivePeriod": {"start": first} | ({"end": last} if last else {}),
            "relatedArtifact": [{"type": "depends-on", "resource": canonical_name()}],
            "action": [_make_action(context) for context in contexts],
        }
    )


def make_guidance_response(
    verdicts: tuple[Verdict, ...], on: dt.date, laser: str = "co2", subject: str | None = None
) -> GuidanceResponse:
    """What the rules said of a person: each verdict that asks for something is a reason, gravest first."""
    first, _ = _rules_period(on)
    # Some forty rules that have nothing to say would bury the one that has.
    objections = [verdict for verdict in verdicts if verdict.outcome != "proceed"]
    wanting = any(verdict.outcome == "ask" for verdict in verdicts)
    return GuidanceResponse.model_validate(
        {
            "resourceType": "GuidanceResponse",
            "text": make_narrative(PROPOSAL_NOTE, *(_make_sentence(verdict) for verdict in objections)),
            "moduleCanonical": f"{rules_url(laser)}|{first.isoformat()}",
            "status": "data-required" if wanting else "success",
            "subject": subject_of(subject),
            "occurrenceDateTime": on,
            "reasonCode": [_make_reason(verdict) for verdict in objections] or [make_concept("No rule objects.")],
            "note": [{"text": PROPOSAL_NOTE}],
        }
    )


def rules_url(laser: str) -> str:
    """The name of the rules for a laser."""
    return f"{FHIR_BASE_URL}/PlanDefinition/rules-{laser.replace('_', '-')}"


def _rules_period(on: dt.date) -> tuple[dt.date, dt.date | None]:
    """The days around ``on`` on which the same rules hold; None is "until further notice"."""
    newest = max(rule.effective for rule in rules_in_force(on))
    later = [rule.effective for rule in load_rules() if rule.effective > on]
    return newest, min(later) - dt.timedelta(days=1) if later else None


def _make_action(context: RuleContext) -> Element:
    rule, conditions = context.rule, CRITERIA[context.rule.test].express(context)
    limits = [f"Limit: {name} at most {row.value:g}." for name, row in context.branch.limits.items()]
    return {
        "id": rule.key.replace("_", "-"),
        "title": rule.title,
        "description": join_sentences(
            [rule.when and f"Applies: {rule.when}.", f"In force since {rule.effective}.", *limits]
        ),
        "textEquivalent": context.branch.because,
        "code": [make_concept(rule.title, own_code("rule", rule.key, rule.title))],
        "documentation": [*_list_artifacts(context), *_list_others(context)],
        "trigger": [{"type": "data-added", "data": [{"type": "QuestionnaireResponse"}]}],
        "selectionBehavior": "at-most-one",
        "action": [_make_outcome(rule, number, condition) for number, condition in enumerate(conditions, start=1)],
    }


def _make_outcome(rule: Rule, number: int, condition: Condition) -> Element:
    return {
        "id": f"{rule.key.replace('_', '-')}-{number}",
        "title": OUTCOME_TITLES[condition.outcome],
        "textEquivalent": condition.because,
        "description": condition.clears or condition.because,
        "code": [
            make_concept(
                OUTCOME_TITLES[condition.outcome],
                own_code("outcome", condition.outcome, OUTCOME_TITLES[condition.outcome]),
            )
        ],
        "condition": [
            {
                "kind": "applicability",
                "expression": {"language": "text/fhirpath", "expression": condition.expression},
            }
        ],
    }


def _list_artifacts(context: RuleContext) -> list[Element]:
    """The source of the rule, and those of the numbers it counts with."""
    confidence = context.rule.confidence
    # The rule's own source first: a reader that shows one citation shows that.
    artifacts = {context.source.key: _make_artifact(context.source, context.tier, confidence)}
    for row in context.rests_on:
        artifacts.setdefault(row.source.key, _make_artifact(row.source, None, confidence))
    return list(artifacts.values())


def _make_artifact(source: Source, tier: Tier | None, confidence: Confidence) -> Element:
    label = ", ".join(word for word in (tier, confidence) if word)
    if source.key in ("assumed", "own_knowledge"):
        return {"type": "justification", "label": label, "display": source.title}
    address = {"url": f"https://doi.org/{source.doi}"} if source.doi else {}
    return {"type": "citation", "label": label, "display": source.title, "citation": str(source), **address}


def _list_others(context: RuleContext) -> list[Element]:
    """What other sources say."""
    return [{"type": "documentation", "label": "other sources", "display": text} for text in context.conflicts]


def _make_reason(verdict: Verdict) -> Element:
    codes = [
        own_code("rule", verdict.rule, verdict.title),
        own_code("outcome", verdict.outcome, OUTCOME_TITLES[verdict.outcome]),
    ]
    return make_concept(_make_sentence(verdict), *codes)


def _make_sentence(verdict: Verdict) -> str:
    until = f"Until {verdict.until}." if verdict.until else ""
    limits = [f"{limit.name} at most {limit.at_most:g}." for limit in verdict.limits]
    source = f"Source: {verdict.source.title} ({verdict.tier}, {verdict.confidence})."
    head = f"{verdict.title}: {OUTCOME_TITLES[verdict.outcome].lower()}."
    return join_sentences([head, verdict.because, verdict.clears, until, *limits, source])


def _make_type(code: str, display: str) -> Element:
    system = "http://terminology.hl7.org/CodeSystem/plan-definition-type"
    return {"system": system, "code": code, "display": display}

"""The rules of a day as a PlanDefinition, and what they said of a person as a GuidanceResponse."""

from __future__ import annotations

import datetime as dt

from fhir.resources.R4B.guidanceresponse import GuidanceResponse
from fhir.resources.R4B.plandefinition import PlanDefinition

from porelight.care.choices import ClinicChoices, choices
from porelight.care.model import Tier, Verdict
from porelight.care.rules import Rule, book, in_force, laser_kind
from porelight.cite import Confidence, Source
from porelight.export.fhir.conditions import Asked, Condition, conditions
from porelight.export.fhir.questionnaire import canonical
from porelight.export.fhir.terms import BASE, Element, concept, lines, narrative, own, subject_of

PROPOSAL = "Every verdict is a proposal; a qualified professional decides and signs."
OUTCOMES = {
    "proceed": "Nothing to object",
    "adjust": "Adjust or take note",
    "ask": "Ask first",
    "defer": "Wait",
    "refuse": "Do not treat",
}


def rules(on: dt.date | None = None, laser: str = "co2", clinic: ClinicChoices | None = None) -> PlanDefinition:
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
    first, last = _period(on or max(rule.effective for rule in book()))
    told = clinic or ClinicChoices()
    kind = laser_kind(laser)
    asked = [
        Asked(rule, branch, kind, told) for rule in in_force(first) if (branch := rule.branch(kind.kind)) is not None
    ]
    version = ".".join([first.isoformat(), *(f"{key}-{told.option(key).key}" for key in sorted(told.chosen))])
    return PlanDefinition.model_validate(
        {
            "resourceType": "PlanDefinition",
            "text": narrative("Who may be treated, and what each rule rests on.", PROPOSAL),
            "url": url(laser),
            "version": version,
            "name": "PorelightRules",
            "title": f"Who may be treated with a laser for enlarged pores ({laser})",
            "type": {"coding": [_type("eca-rule", "ECA Rule")]},
            "status": "active",
            "publisher": "Porelight",
            "description": "An answer that is not known counts as the one that holds treatment back. " + PROPOSAL,
            "usage": f"Evaluate each condition on answers to {canonical()}; their authored date is the day judged.",
            "effectivePeriod": {"start": first} | ({"end": last} if last else {}),
            "relatedArtifact": [{"type": "depends-on", "resource": canonical()}],
            "action": [_action(one) for one in asked],
        }
    )


def verdicts(
    told: tuple[Verdict, ...], on: dt.date, laser: str = "co2", subject: str | None = None
) -> GuidanceResponse:
    """What the rules said of a person: each verdict that asks for something is a reason, gravest first."""
    first, _ = _period(on)
    objections = [verdict for verdict in told if verdict.outcome != "proceed"]
    wanting = any(verdict.outcome == "ask" for verdict in told)
    return GuidanceResponse.model_validate(
        {
            "resourceType": "GuidanceResponse",
            "text": narrative(PROPOSAL, *(_sentence(verdict) for verdict in objections)),
            "moduleCanonical": f"{url(laser)}|{first.isoformat()}",
            "status": "data-required" if wanting else "success",
            "subject": subject_of(subject),
            "occurrenceDateTime": on,
            "reasonCode": [_reason(verdict) for verdict in objections] or [concept("No rule objects.")],
            "note": [{"text": PROPOSAL}],
        }
    )


def url(laser: str) -> str:
    """The name of the rules for a laser."""
    return f"{BASE}/PlanDefinition/rules-{laser.replace('_', '-')}"


def _period(on: dt.date) -> tuple[dt.date, dt.date | None]:
    """The days around ``on`` on which the same rules hold; None is "until further notice"."""
    newest = max(rule.effective for rule in in_force(on))
    later = [rule.effective for rule in book() if rule.effective > on]
    return newest, min(later) - dt.timedelta(days=1) if later else None


def _action(asked: Asked) -> Element:
    rule = asked.rule
    limits = [f"Limit: {name} at most {row.value:g}." for name, row in asked.branch.limits.items()]
    return {
        "id": rule.key.replace("_", "-"),
        "title": rule.title,
        "description": lines([rule.when and f"Applies: {rule.when}.", f"In force since {rule.effective}.", *limits]),
        "textEquivalent": asked.branch.because,
        "code": [concept(rule.title, own("rule", rule.key, rule.title))],
        "documentation": [*_artifacts(asked), *_others(asked)],
        "trigger": [{"type": "data-added", "data": [{"type": "QuestionnaireResponse"}]}],
        "selectionBehavior": "at-most-one",
        "action": [_outcome(rule, number, told) for number, told in enumerate(conditions(asked), start=1)],
    }


def _outcome(rule: Rule, number: int, told: Condition) -> Element:
    return {
        "id": f"{rule.key.replace('_', '-')}-{number}",
        "title": OUTCOMES[told.outcome],
        "textEquivalent": told.because,
        "description": told.clears or told.because,
        "code": [concept(OUTCOMES[told.outcome], own("outcome", told.outcome, OUTCOMES[told.outcome]))],
        "condition": [
            {
                "kind": "applicability",
                "expression": {"language": "text/fhirpath", "expression": told.expression},
            }
        ],
    }


def _artifacts(asked: Asked) -> list[Element]:
    """The source of the rule, and those of the numbers it counts with."""
    rule, branch = asked.rule, asked.branch
    option = asked.option
    numbers = branch.rests_on + (option.rests_on if option else ())
    source, tier = (option.source, option.tier) if option and asked.departs else (branch.source, branch.tier)
    found = {source.key: _artifact(source, tier, rule.confidence)}
    for row in numbers:
        found.setdefault(row.source.key, _artifact(row.source, None, row.confidence))
    return list(found.values())


def _artifact(source: Source, tier: Tier | None, confidence: Confidence) -> Element:
    label = ", ".join(word for word in (tier, confidence) if word)
    if source.key in ("assumed", "own_knowledge"):
        return {"type": "justification", "label": label, "display": source.title}
    address = {"url": f"https://doi.org/{source.doi}"} if source.doi else {}
    return {"type": "citation", "label": label, "display": source.title, "citation": str(source), **address}


def _others(asked: Asked) -> list[Element]:
    """What other sources say."""
    choice = asked.branch.choice
    others = list(asked.rule.conflicts)
    if choice:
        others += [str(option) for option in choices()[choice].options if option != asked.option]
    return [{"type": "documentation", "label": "other sources", "display": text} for text in others]


def _reason(verdict: Verdict) -> Element:
    codes = [
        own("rule", verdict.rule, verdict.title),
        own("outcome", verdict.outcome, OUTCOMES[verdict.outcome]),
    ]
    return concept(_sentence(verdict), *codes)


def _sentence(verdict: Verdict) -> str:
    until = f"Until {verdict.until}." if verdict.until else ""
    limits = [f"{limit.name} at most {limit.at_most:g}." for limit in verdict.limits]
    source = f"Source: {verdict.source.title} ({verdict.tier}, {verdict.confidence})."
    head = f"{verdict.title}: {OUTCOMES[verdict.outcome].lower()}."
    return lines([head, verdict.because, verdict.clears, until, *limits, source])


def _type(code: str, display: str) -> Element:
    system = "http://terminology.hl7.org/CodeSystem/plan-definition-type"
    return {"system": system, "code": code, "display": display}

"""A plan as one Bundle: the same plan gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.fhirresourcemodel import FHIRResourceModel

from porelight.export.as_json import plan_numbers
from porelight.export.fhir.consent import make_consent
from porelight.export.fhir.course import make_care_plan
from porelight.export.fhir.measured import make_census_observation
from porelight.export.fhir.predicted import make_risk_assessment
from porelight.export.fhir.questionnaire import canonical_name, make_questionnaire
from porelight.export.fhir.response import make_response
from porelight.export.fhir.rules import make_guidance_response, make_plan_definition
from porelight.export.fhir.terms import make_urn
from porelight.planning.model import Plan


def make_bundle(plan: Plan, subject: str | None = None, *, timezone: str = "UTC") -> Bundle:
    """The questions, the answers, the rules and what they said, the census and the forecast; once there are sessions
    also the days of care and two drafts of consent.

    Args:
        plan: the plan.
        subject: a reference to the patient that the caller holds; without it the person stays unnamed.
        timezone: IANA name of the zone of the calendar's clock times.

    Raises:
        Refusal: ``subject`` is no reference, the time zone is not known, or the person holds what no question asks.
    """
    plan_hash = plan_numbers(plan)["hash"]
    entries = [
        {"fullUrl": name, "resource": held} for name, held in _list_resources(plan, subject, timezone, plan_hash)
    ]
    identifier = {"system": "urn:ietf:rfc:3986", "value": make_urn(plan_hash, "bundle", subject or "")}
    return Bundle.model_validate(
        {"resourceType": "Bundle", "type": "collection", "identifier": identifier, "entry": entries}
    )


def bundle_json(plan: Plan, subject: str | None = None, *, timezone: str = "UTC") -> bytes:
    """The bytes of :func:`make_bundle` as JSON."""
    return as_bytes(make_bundle(plan, subject, timezone=timezone))


def as_bytes(resource: FHIRResourceModel) -> bytes:
    """A resource as JSON in UTF-8, with one newline at the end."""
    return (json.dumps(as_values(resource), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def as_values(resource: FHIRResourceModel) -> dict[str, Any]:
    """A resource as the plain values of JSON."""
    values: dict[str, Any] = json.loads(resource.model_dump_json())
    return values


def _list_resources(
    plan: Plan, subject: str | None, timezone: str, plan_hash: str
) -> Iterator[tuple[str, FHIRResourceModel]]:
    def name(kind: str) -> str:
        return make_urn(plan_hash, kind, subject or "")

    told = make_plan_definition(plan.on, plan.laser, plan.clinic)
    answers, measured = name("response"), name("census")
    yield make_urn(canonical_name()), make_questionnaire()
    yield make_urn(f"{told.url}|{told.version}"), told
    yield answers, make_response(plan.person, plan.on, subject)
    yield measured, make_census_observation(plan.census, plan.on, subject)
    yield name("verdicts"), make_guidance_response(plan.verdicts, plan.on, plan.laser, subject)
    yield name("forecast"), make_risk_assessment(plan, subject, basis=(answers, measured))
    if plan.sessions:
        yield name("care_plan"), make_care_plan(plan.calendar, subject, timezone=timezone)
        yield name("consent_treatment"), make_consent("treatment", plan.on, subject)
        yield name("consent_photography"), make_consent("photography", plan.on, subject)

"""A draft of a Consent: what would be agreed to, for the clinic to fill in and the person to decide."""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal

from fhir.resources.R4B.consent import Consent as ConsentResource

from porelight.export.fhir.terms import Element, make_concept, make_narrative, subject_of

Purpose = Literal["treatment", "photography"]

CONSENT_WORDS: Final[dict[Purpose, str]] = {
    "treatment": "Laser treatment of enlarged facial pores, after a talk about what it can and cannot do.",
    "photography": "Photos of the face for measuring the pores and for comparing them later.",
}
NO_CONSENT_YET: Final = "A draft. Nobody has agreed to anything yet."


def make_consent(purpose: Purpose, on: dt.date, subject: str | None = None) -> ConsentResource:
    """A draft for one purpose; it permits nothing until the clinic has the person's decision.

    Args:
        purpose: what would be agreed to.
        on: the day of the draft.
        subject: a reference to the patient that the caller holds.

    Raises:
        Refusal: ``subject`` is no reference.
    """
    scope = ("treatment", "Treatment") if purpose == "treatment" else ("patient-privacy", "Privacy Consent")
    return ConsentResource.model_validate(
        {
            "resourceType": "Consent",
            "text": make_narrative(NO_CONSENT_YET, CONSENT_WORDS[purpose]),
            "status": "draft",
            "scope": make_concept(scope[1], _make_coding("http://terminology.hl7.org/CodeSystem/consentscope", *scope)),
            "category": [make_concept("Consent", _make_coding("http://loinc.org", "59284-0", "Consent Document"))],
            "patient": subject_of(subject),
            "dateTime": on,
            "policyRule": make_concept("The clinic's own consent form and the law of its place."),
            "verification": [{"verified": False}],
            "provision": _make_provision(purpose),
        }
    )


def _make_provision(purpose: Purpose) -> Element:
    care = _make_coding("http://terminology.hl7.org/CodeSystem/v3-ActReason", "TREAT", "treatment")
    told: Element = {"type": "permit", "purpose": [care], "code": [make_concept(CONSENT_WORDS[purpose])]}
    if purpose == "photography":
        told["class"] = [_make_coding("http://hl7.org/fhir/resource-types", "Media", "Media")]
    return told


def _make_coding(system: str, code: str, display: str) -> Element:
    return {"system": system, "code": code, "display": display}

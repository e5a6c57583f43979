"""The words that the exports share: names, codes, references, quantities, text for people."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from porelight import units
from porelight.care.model import Answer
from porelight.export.outside import FLOAT_DIGITS
from porelight.refusal import Refusal

Element = dict[str, Any]
"""A part of a resource as plain values, before it is validated."""

FHIR_BASE_URL: Final = "https://porelight.invalid/fhir"
"""Where our names live. The project owns no internet domain; ``.invalid`` never resolves (RFC 2606), so these are
names and not addresses."""

ANSWER_CODES: Final[dict[Answer, Element]] = {
    "yes": {"system": "http://terminology.hl7.org/CodeSystem/v2-0136", "code": "Y", "display": "Yes"},
    "no": {"system": "http://terminology.hl7.org/CodeSystem/v2-0136", "code": "N", "display": "No"},
    "unknown": {
        "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
        "code": "asked-unknown",
        "display": "Asked But Unknown",
    },
}
"""The codes of HL7's value set "yes, no, don't know"."""

ABSENT_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ABSENT_CODES: Final = frozenset({"unknown", "asked-unknown", "asked-declined", "not-asked", "temp-unknown", "masked"})
"""Why there is no answer, in the codes that others send: each of them is unknown here, and is asked."""

UCUM_SYSTEM: Final = "http://unitsofmeasure.org"
NAMES_UUID: Final = uuid.uuid5(uuid.NAMESPACE_URL, FHIR_BASE_URL)
SUBJECT_PATTERN: Final = re.compile(
    r"urn:(uuid|oid):[\w.\-]{1,80}|(https?://[\w.\-:/]{1,200}/)?Patient/[A-Za-z0-9\-.]{1,64}"
)


def own_code(system: str, code: str, display: str) -> Element:
    """A code of one of our own systems."""
    return {"system": f"{FHIR_BASE_URL}/CodeSystem/{system}", "code": code, "display": display}


def make_concept(text: str, *codings: Element) -> Element:
    """A concept: its words, and the codes that mean it."""
    return {"coding": list(codings), "text": text} if codings else {"text": text}


def make_urn(*parts: str) -> str:
    """A name that the same parts always give."""
    return f"urn:uuid:{uuid.uuid5(NAMES_UUID, chr(10).join(parts))}"


def subject_of(reference: str | None) -> Element:
    """The person, by the reference that the caller holds, or unnamed.

    Raises:
        Refusal: not a reference to a patient.
    """
    if reference is None:
        return {"display": "the person of this plan, not named here"}
    if not SUBJECT_PATTERN.fullmatch(reference):
        advice = "Write Patient/123, its full address, or urn:uuid:..."
        raise Refusal(
            "this is no reference to a patient", where=f"subject {reference[:40]!r}", advice=advice.rstrip(".")
        )
    return {"reference": reference}


def make_narrative(*paragraphs: str) -> Element:
    """Text for people, for readers that do not know the structure."""
    body = "".join(f"<p>{html.escape(text)}</p>" for text in paragraphs if text)
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div>'}


def decimal_of(value: float) -> Decimal:
    """A decimal with the digits that mean something, and no negative zero."""
    return Decimal(f"{float(f'{value:.{FLOAT_DIGITS}g}') + 0.0!r}")


def make_quantity(value: float, unit: str, code: str) -> Element:
    """A value with its unit, in words and in UCUM."""
    return {"value": decimal_of(value), "unit": unit, "system": UCUM_SYSTEM, "code": code}


def make_range(low: float, high: float, unit: str, code: str) -> Element:
    """A range of values."""
    return {"low": make_quantity(low, unit, code), "high": make_quantity(high, unit, code)}


def percent_of(share: float) -> float:
    """A share (0-1) in percent."""
    return share / units.percent


def join_sentences(texts: Iterable[str]) -> str:
    """Sentences as one text."""
    return " ".join(text.strip() for text in texts if text.strip())

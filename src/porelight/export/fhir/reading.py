"""FHIR from elsewhere, read strictly: one small resource of a type we know, or a refusal in one line."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any, Final, TypeVar

from fhir.resources.R4B.fhirresourcemodel import FHIRResourceModel
from fhir.resources.R4B.patient import Patient
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from pydantic import ValidationError

from porelight.export.fhir.bindings import list_violations
from porelight.refusal import Refusal

LARGEST_RESOURCE: Final = 1_000_000
"""Bytes of the largest resource read: a full set of answers has about twenty thousand."""
DEEPEST_NESTING: Final = 40
"""Levels of nesting: answers need about ten."""

Resource = TypeVar("Resource", bound=FHIRResourceModel)


@dataclasses.dataclass(frozen=True, slots=True)
class PatientFacts:
    """What we take from a Patient, and nothing that says who it is."""

    born: dt.date | None
    """None where the birth date is missing or not a whole day."""


def read_response(data: bytes | str, where: str) -> QuestionnaireResponse:
    """A QuestionnaireResponse from its JSON.

    Raises:
        Refusal: too large, no JSON, another resource, or not as FHIR R4B asks.
    """
    return _read_resource(data, where, QuestionnaireResponse)


def read_patient(data: bytes | str, where: str) -> Patient:
    """A Patient from its JSON.

    Raises:
        Refusal: as :func:`read_response`.
    """
    return _read_resource(data, where, Patient)


def import_patient(patient: Patient, where: str = "patient") -> PatientFacts:
    """The birth date, and nothing else.

    Raises:
        Refusal: the birth date lies before 1900, or the record says something about itself that we do not know.
    """
    if patient.modifierExtension or patient.implicitRules:
        advice = "Send the record without it"
        raise Refusal("something here changes what the record means", where=where, advice=advice)
    born = patient.birthDate if type(patient.birthDate) is dt.date else None
    if born is not None and born.year < 1900:
        raise Refusal(f"{born} is too long ago", where=f"{where}, birthDate", advice="Check the birth date")
    return PatientFacts(born=born)


def _read_resource(data: bytes | str, where: str, wanted: type[Resource]) -> Resource:
    kind = wanted.__name__
    loaded = _unwrap(_parse_json(data, where), kind, where)
    if not isinstance(loaded, dict) or loaded.get("resourceType") != kind:
        named = loaded.get("resourceType") if isinstance(loaded, dict) else None
        shown = repr(str(named)[:40]) if named is not None else "something else"
        raise Refusal(f"this is {shown}, not a {kind}", where=where, advice=f"Send one {kind} as JSON")
    try:
        found = wanted.model_validate(loaded)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        at = " ".join(".".join(str(part) for part in first["loc"]).split())[:80]
        what = " ".join(str(first["msg"]).split()).removeprefix("Value error, ").rstrip(".")[:160]
        raise Refusal(what, where=f"{where}, {at or kind}", advice="Send it as FHIR R4B asks") from None
    except (TypeError, ValueError, AttributeError, KeyError, OverflowError):
        raise Refusal(f"this is no {kind} of FHIR R4B", where=where, advice="Check it with a FHIR validator") from None
    for complaint in list_violations(loaded):
        raise Refusal(complaint, where=where, advice="Use a code that FHIR R4B lists")
    return found


def _unwrap(loaded: Any, kind: str, where: str) -> Any:
    """The one resource of that type in a bundle; what is no bundle stays as it is.

    Raises:
        Refusal: a bundle with none of them, or with several, of which we would have to choose one.
    """
    if not isinstance(loaded, dict) or loaded.get("resourceType") != "Bundle":
        return loaded
    entries = loaded.get("entry")
    resources = (
        [entry.get("resource") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    )
    found = [one for one in resources if isinstance(one, dict) and one.get("resourceType") == kind]
    if len(found) != 1:
        what = f"this bundle holds {len(found)} of the type {kind}"
        raise Refusal(what, where=where, advice=f"Send one {kind}, in a bundle or by itself")
    return found[0]


def _parse_json(data: bytes | str, where: str) -> Any:
    if len(data) > LARGEST_RESOURCE:
        what = f"it has {len(data)} characters, more than {LARGEST_RESOURCE}"
        raise Refusal(what, where=where, advice="Send one resource, without attachments")
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        text.encode("utf-8")
        loaded = json.loads(text, object_pairs_hook=_refuse_twice, parse_constant=_no_constant)
        json.dumps(loaded, ensure_ascii=False).encode("utf-8")  # halves of characters hide in escapes
    except UnicodeError:
        raise Refusal("this is not text in UTF-8", where=where, advice="Save it as UTF-8") from None
    except _Odd as error:
        raise Refusal(str(error), where=where, advice="Send plain JSON") from None
    except (ValueError, RecursionError):
        raise Refusal("this is not JSON", where=where, advice="Send one resource as JSON") from None
    # Checked before the models see it: they walk the nesting by recursion.
    if _too_deep(loaded):
        raise Refusal(
            f"it is nested more than {DEEPEST_NESTING} deep", where=where, advice="Send one resource"
        ) from None
    return loaded


class _Odd(Exception):
    """JSON that readers take in different ways."""


def _refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Odd(f"{twice[:40]!r} is given twice")
    return found


def _no_constant(name: str) -> Any:
    raise _Odd(f"{name} is not a number of JSON")


def _too_deep(loaded: Any) -> bool:
    level = [loaded]
    for _ in range(DEEPEST_NESTING):
        level = [inner for one in level if isinstance(one, dict | list) for inner in _list_children(one)]
        if not level:
            return False
    return True


def _list_children(one: Any) -> list[Any]:
    return list(one.values()) if isinstance(one, dict) else list(one)

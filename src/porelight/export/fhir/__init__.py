"""FHIR R4B at the border: plans and answers out, answers and birth dates in. Pure: no files, no clock, no network."""

try:
    import fhir.resources as _installed  # noqa: F401 - asked for here, so that its absence is said in one line
except ModuleNotFoundError:
    from porelight.refusal import Refusal

    raise Refusal(
        "the package fhir.resources is not installed", where="FHIR", advice="Run pip install 'porelight[fhir]'"
    ) from None

from porelight.export.fhir.bindings import complaints, is_ucum
from porelight.export.fhir.bundle import as_bytes, as_values, bundle, bundle_json
from porelight.export.fhir.consent import consent
from porelight.export.fhir.course import care_plan
from porelight.export.fhir.measured import census
from porelight.export.fhir.predicted import forecast
from porelight.export.fhir.questionnaire import questionnaire
from porelight.export.fhir.reading import PatientFacts, import_patient, read_patient, read_response
from porelight.export.fhir.response import person_from, response
from porelight.export.fhir.rules import rules, verdicts

__all__ = [
    "PatientFacts",
    "as_bytes",
    "as_values",
    "bundle",
    "bundle_json",
    "care_plan",
    "census",
    "complaints",
    "consent",
    "forecast",
    "import_patient",
    "is_ucum",
    "person_from",
    "questionnaire",
    "read_patient",
    "read_response",
    "response",
    "rules",
    "verdicts",
]

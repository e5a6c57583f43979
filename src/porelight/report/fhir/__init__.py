"""FHIR R4B at the border: plans and answers out, answers and birth dates in. Pure: no files, no clock, no network."""

try:
    import fhir.resources as _installed  # noqa: F401 - asked for here, so that its absence is said in one line
except ModuleNotFoundError:
    from porelight.refusal import Refusal

    raise Refusal(
        "the package fhir.resources is not installed", where="FHIR", advice="Run pip install 'porelight[fhir]'"
    ) from None

from porelight.report.fhir.bindings import complaints, is_ucum
from porelight.report.fhir.bundle import as_bytes, as_values, bundle, bundle_json
from porelight.report.fhir.consent import consent
from porelight.report.fhir.course import care_plan
from porelight.report.fhir.measured import census
from porelight.report.fhir.predicted import forecast
from porelight.report.fhir.questionnaire import questionnaire
from porelight.report.fhir.reading import PatientFacts, import_patient, read_patient, read_response
from porelight.report.fhir.response import person_from, response
from porelight.report.fhir.rules import rules, verdicts

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

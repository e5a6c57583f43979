"""FHIR R4B at the border: plans and answers out, answers and birth dates in. Pure: no files, no clock, no network."""

try:
    import fhir.resources as _installed  # noqa: F401 - asked for here, so that its absence is said in one line
except ModuleNotFoundError:
    from porelight import extras

    extras.require("fhir", "FHIR", where="FHIR")

from porelight.export.fhir.bindings import is_ucum, list_violations
from porelight.export.fhir.bundle import as_bytes, as_values, bundle_json, make_bundle
from porelight.export.fhir.consent import make_consent
from porelight.export.fhir.course import make_care_plan
from porelight.export.fhir.measured import make_census_observation
from porelight.export.fhir.predicted import make_risk_assessment
from porelight.export.fhir.questionnaire import make_questionnaire
from porelight.export.fhir.reading import PatientFacts, import_patient, read_patient, read_response
from porelight.export.fhir.response import make_response, person_from
from porelight.export.fhir.rules import make_guidance_response, make_plan_definition

__all__ = [
    "PatientFacts",
    "as_bytes",
    "as_values",
    "bundle_json",
    "import_patient",
    "is_ucum",
    "list_violations",
    "make_bundle",
    "make_care_plan",
    "make_census_observation",
    "make_consent",
    "make_guidance_response",
    "make_plan_definition",
    "make_questionnaire",
    "make_response",
    "make_risk_assessment",
    "person_from",
    "read_patient",
    "read_response",
]

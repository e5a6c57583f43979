"""The census of a photo as an Observation."""

from __future__ import annotations

import datetime as dt

from fhir.resources.R4B.observation import Observation

from porelight import units
from porelight.export.fhir.terms import (
    Element,
    make_concept,
    make_narrative,
    make_quantity,
    own_code,
    percent_of,
    subject_of,
)
from porelight.photo.census import PoreCensus

ABSENT_REASON = {
    "not-performed": "Not Performed",
    "not-applicable": "Not Applicable",
}
PORE_COUNT_UNIT = ("pores", "{pores}")
LENGTH_UNIT = ("um", "um")


def make_census_observation(found: PoreCensus, on: dt.date, subject: str | None = None) -> Observation:
    """What the photo tells, with units of UCUM; what needs a scale says that none was given.

    Args:
        found: the census.
        on: the day of the photo.
        subject: a reference to the patient that the caller holds.

    Raises:
        Refusal: ``subject`` is no reference.
    """
    remarks = [f"The picture is {flag}." for flag in found.flags if flag != "uncalibrated"]
    meaning = "Measures visible pore features in one photo; not a diagnosis."
    return Observation.model_validate(
        {
            "resourceType": "Observation",
            "text": make_narrative(meaning, f"{found.pore_count} pores were found.", *remarks),
            "status": "preliminary",
            "category": [{"coding": [_make_category()]}],
            "code": make_concept(
                "Visible pores in a photo", own_code("measured", "pore_census", "Visible pores in a photo")
            ),
            "subject": subject_of(subject),
            "effectiveDateTime": on,
            "method": make_concept(f"Porelight {found.version}, from one photo"),
            "note": [{"text": text} for text in (meaning, *remarks)],
            "component": _list_components(found),
        }
    )


def _list_components(found: PoreCensus) -> list[Element]:
    empty = "not-applicable" if found.um_per_px is not None else "not-performed"
    return [
        _make_component("pore_count", "Pores", found.pore_count, *PORE_COUNT_UNIT),
        _make_component("enlarged_count", "Enlarged pores", found.enlarged_count, *PORE_COUNT_UNIT, empty),
        _make_component("density", "Pores per searched skin", found.density_per_cm2, "1/cm2", "/cm2", empty),
        _make_component("median_diameter", "Median diameter", found.median_diameter_um, *LENGTH_UNIT, empty),
        _make_component("area_fraction", "Share of the skin that is pore", percent_of(found.area_fraction), "%", "%"),
        _make_component(
            "enlarged_from", "Enlarged from this diameter", found.enlarged_from.si / units.um, *LENGTH_UNIT
        ),
        _make_component("scale", "Scale of the photo", found.um_per_px, "um per pixel", "um/{pixel}", empty),
    ]


def _make_component(
    key: str, title: str, value: float | None, unit: str, code: str, missing: str = "not-performed"
) -> Element:
    """One value, or why it is missing."""
    named = {"code": make_concept(title, own_code("measured", key, title))}
    if value is not None:
        return {**named, "valueQuantity": make_quantity(value, unit, code)}
    system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    reason = {"system": system, "code": missing, "display": ABSENT_REASON[missing]}
    return {
        **named,
        "dataAbsentReason": make_concept(
            "The photo has no scale." if missing == "not-performed" else "No pores.", reason
        ),
    }


def _make_category() -> Element:
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    return {"system": system, "code": "imaging", "display": "Imaging"}

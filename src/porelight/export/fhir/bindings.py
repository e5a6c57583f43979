"""Checks that the FHIR models leave out: codes of the value sets that FHIR requires, and units of UCUM."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from porelight import cite
from porelight.export.fhir.terms import UCUM

_METRIC: Final = ("m", "g", "s", "J", "W", "K", "Cel", "Hz", "L", "l")
_PLAIN: Final = ("min", "h", "d", "wk", "mo", "a", "%", "1", "[pi]")
_PREFIX: Final = ("da", "y", "z", "a", "f", "p", "n", "u", "m", "c", "d", "h", "k", "M", "G", "T")
_NOTE: Final = r"\{[!-z|~]*\}"
_ATOM: Final = "|".join(
    [*(re.escape(unit) for unit in _PLAIN), rf"(?:{'|'.join(_PREFIX)})?(?:{'|'.join(_METRIC)})"],
)
_COMPONENT: Final = rf"(?:(?:{_ATOM})(?:[+-]?[1-9])?(?:{_NOTE})?|{_NOTE})"
_TERM: Final = re.compile(rf"/?{_COMPONENT}(?:[./]{_COMPONENT})*")
_INSIDE_ITSELF: Final = re.compile(r"\b(item|action)(\.answer)?(\.\1(\.answer)?)+")


def is_ucum(code: str) -> bool:
    """Whether a unit is written in the part of UCUM that this project uses: SI with prefixes, time, percent, notes."""
    return _TERM.fullmatch(code) is not None


def complaints(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """What in a resource, given as plain values, breaks a required value set or UCUM; empty when nothing does."""
    return tuple(_walk(str(resource.get("resourceType", "")), resource))


@functools.cache
def required() -> Mapping[str, frozenset[str]]:
    """Path of an element -> the codes that FHIR R4B allows there."""
    told = cite.rows("care/fhir")
    return {path: frozenset(told["value_sets"][name]) for path, name in told["required"].items()}


def path_of(path: str) -> str:
    """The path with an element inside itself written once."""
    return _INSIDE_ITSELF.sub(lambda found: found[1], path)


def _walk(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _unit(path, value)
        for key, inner in value.items():
            named = isinstance(inner, Mapping) and "resourceType" in inner
            yield from _walk(str(inner["resourceType"]) if named else f"{path}.{key}", inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _walk(path, inner)
    elif path_of(path) in required() and value not in required()[path_of(path)]:
        yield f"{path_of(path)}: {str(value)[:40]!r} is not one of {', '.join(sorted(required()[path_of(path)]))}"


def _unit(path: str, value: Mapping[str, Any]) -> Iterator[str]:
    if value.get("system") == UCUM and not is_ucum(str(value.get("code", ""))):
        yield f"{path_of(path)}: {str(value.get('code'))[:40]!r} is not a unit of UCUM"

"""Checks that the FHIR models leave out: codes of the value sets that FHIR requires, and units of UCUM."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from porelight import cite
from porelight.export.fhir.terms import UCUM_SYSTEM

UCUM_METRIC_UNITS: Final = ("m", "g", "s", "J", "W", "K", "Cel", "Hz", "L", "l")
UCUM_PLAIN_UNITS: Final = ("min", "h", "d", "wk", "mo", "a", "%", "1", "[pi]")
UCUM_PREFIXES: Final = ("da", "y", "z", "a", "f", "p", "n", "u", "m", "c", "d", "h", "k", "M", "G", "T")
UCUM_NOTE: Final = r"\{[!-z|~]*\}"
UCUM_ATOM: Final = "|".join(
    [
        *(re.escape(unit) for unit in UCUM_PLAIN_UNITS),
        rf"(?:{'|'.join(UCUM_PREFIXES)})?(?:{'|'.join(UCUM_METRIC_UNITS)})",
    ],
)
UCUM_COMPONENT: Final = rf"(?:(?:{UCUM_ATOM})(?:[+-]?[1-9])?(?:{UCUM_NOTE})?|{UCUM_NOTE})"
UCUM_TERM: Final = re.compile(rf"/?{UCUM_COMPONENT}(?:[./]{UCUM_COMPONENT})*")
_INSIDE_ITSELF: Final = re.compile(r"\b(item|action)(\.answer)?(\.\1(\.answer)?)+")


def is_ucum(code: str) -> bool:
    """Whether a unit is written in the part of UCUM that this project uses: SI with prefixes, time, percent, notes."""
    return UCUM_TERM.fullmatch(code) is not None


def list_violations(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """What in a resource, given as plain values, breaks a required value set or UCUM; empty when nothing does."""
    return tuple(_walk_values(str(resource.get("resourceType", "")), resource))


@functools.cache
def required_codes() -> Mapping[str, frozenset[str]]:
    """Path of an element -> the codes that FHIR R4B allows there."""
    told = cite.rows("care/fhir")
    return {path: frozenset(told["value_sets"][name]) for path, name in told["required"].items()}


def path_of(path: str) -> str:
    """The path with an element inside itself written once."""
    return _INSIDE_ITSELF.sub(lambda found: found[1], path)


def _walk_values(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _check_unit(path, value)
        for key, inner in value.items():
            named = isinstance(inner, Mapping) and "resourceType" in inner
            yield from _walk_values(str(inner["resourceType"]) if named else f"{path}.{key}", inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _walk_values(path, inner)
    elif path_of(path) in required_codes() and value not in required_codes()[path_of(path)]:
        yield f"{path_of(path)}: {str(value)[:40]!r} is not one of {', '.join(sorted(required_codes()[path_of(path)]))}"


def _check_unit(path: str, value: Mapping[str, Any]) -> Iterator[str]:
    # Other systems have their own grammar; only what claims to be UCUM is held to it.
    if value.get("system") == UCUM_SYSTEM and not is_ucum(str(value.get("code", ""))):
        yield f"{path_of(path)}: {str(value.get('code'))[:40]!r} is not a unit of UCUM"

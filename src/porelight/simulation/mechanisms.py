"""Mechanisms that a researcher can switch off, by name: those of the light in a hole, and perfusion."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Final

from porelight.light.beer_lambert import Mechanisms
from porelight.refusal import Refusal

PERFUSION_SWITCH: Final = "perfusion"
BURSTING_SWITCH: Final = "bursting"
CHARRING_SWITCH: Final = "charring"
HEAT_MECHANISMS: Final = (PERFUSION_SWITCH, BURSTING_SWITCH, CHARRING_SWITCH)
"""Mechanisms of the heat; the others are the light's."""


def mechanism_names() -> tuple[str, ...]:
    """Every mechanism that can be switched off, as the light's own table has them, and perfusion."""
    return (
        *(field.name for field in dataclasses.fields(Mechanisms) if isinstance(field.default, bool)),
        *HEAT_MECHANISMS,
    )


def parse_mechanisms(said: str | Iterable[str]) -> tuple[str, ...]:
    """Mechanisms from ``a,b`` or a list of names, each once, in the order of :func:`names`.

    Raises:
        Refusal: one that is not known.
    """
    listed = said.split(",") if isinstance(said, str) else said
    asked = {str(name).strip() for name in listed} - {""}
    unknown = sorted(asked - set(mechanism_names()))
    if unknown:
        raise Refusal(f"{unknown[0]!r} is no mechanism", where="without", advice="Use " + ", ".join(mechanism_names()))
    return tuple(name for name in mechanism_names() if name in asked)


def make_mechanisms(without: Iterable[str]) -> Mechanisms:
    """The switches of the light with these off."""
    return Mechanisms(**{name: False for name in without if name not in HEAT_MECHANISMS})

"""Refusals name the argument; on the command line that is a flag."""

from __future__ import annotations

from typing import Any, Final

from porelight.refusal import Refusal
from porelight.simulation.dials import dials_of

FLAG_OF_ARGUMENT: Final = {"across": "--stamp", "delay_ms": "--column-delay-ms"}
"""Arguments of Python that are called otherwise on the command line."""


def name_flag(refusal: Refusal, group: Any, arguments: list[str]) -> Refusal:
    """The refusal as the command line says it: with the flag in place of the argument it is about.

    Args:
        refusal: as it was raised.
        group: of all commands, of click.
        arguments: what was typed.
    """
    flag = FLAG_OF_ARGUMENT.get(refusal.where) or _flags(group, arguments).get(refusal.where)
    written = any(argument.split("=")[0] == flag for argument in arguments)
    # A dial that was not typed stands in the scenario file, under its own name.
    if flag is None or (refusal.where in dials_of() and not written and _has_scenario(arguments)):
        return refusal
    return Refusal(refusal.what, where=flag, advice=refusal.advice)


def _has_scenario(arguments: list[str]) -> bool:
    return any(argument.lower().endswith((".yaml", ".yml")) for argument in arguments)


def _flags(group: Any, arguments: list[str]) -> dict[str, str]:
    """Argument -> flag, of the command that was typed."""
    command = next((group.commands[word] for word in arguments if word in group.commands), None)
    options = [option for option in getattr(command, "params", ()) if option.opts[0].startswith("--")]
    return {str(option.name): option.opts[0] for option in options}

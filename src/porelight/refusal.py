"""Input that cannot be used, said in one line: what, where, and what to do."""

from __future__ import annotations

import math
import numbers
import unicodedata
from collections.abc import Iterable
from typing import Final

_STEERING: Final = ("Cc", "Cs", "Zl", "Zp")
"""Categories of characters that are no letters: they move the cursor, begin a line, or cannot be written at all."""

_REVERSING: Final = {chr(code) for code in (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
"""Characters that turn the direction of the text after them, so that it reads as another."""


class Refusal(ValueError):
    """Raised for input a person can correct. The command line prints it and exits with 1.

    Args:
        what: what is wrong, as a sentence without its full stop.
        where: the file, field or flag it concerns.
        advice: what to do, as a sentence without its full stop.
    """

    def __init__(self, what: str, *, where: str, advice: str) -> None:
        self.what, self.where, self.advice = what, where, advice
        super().__init__(harmless(f"{where}: {what}. {advice}" + ("" if advice.endswith("?") else ".")))


def harmless(text: str) -> str:
    """A line as it can be shown to a person: characters that steer a terminal are spelled out, such as ``\\n``.

    Names of files and what people wrote into them stand in messages, and may hold anything.
    """
    return "".join(
        character.encode("unicode_escape").decode()
        if unicodedata.category(character) in _STEERING or character in _REVERSING
        else character
        for character in text
    )


def check_number(
    value: object,
    name: str,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    where: str,
    unit: str = "1",
    whole: bool = False,
    above: bool = False,
) -> None:
    """Refuse what is not a finite number from ``low`` to ``high``; nothing that is not a number passes for one.

    ``above``: ``low`` itself is refused too.

    Raises:
        Refusal: it is text, a truth value, not a number, infinite, outside the range, or broken where it must be whole.
    """
    # A truth value is a whole number to Python, and text that looks like a number is still text.
    number = float(value) if type(value) is not bool and isinstance(value, numbers.Real) else math.nan
    inside = math.isfinite(number) and low <= number <= high and not (above and number == low)
    if inside and not (whole and number != round(number)):
        return
    of = "" if unit == "1" else f" {unit}"
    if math.isinf(high):
        allowed = "a finite number" if math.isinf(low) else f"{'above' if above else 'at least'} {low:g}{of}"
    else:
        allowed = f"above {low:g} and at most {high:g}{of}" if above else f"between {low:g} and {high:g}{of}"
    kind = "whole number" if whole else "value"
    raise Refusal(f"{name} {value!r} is out of range", where=where, advice=f"Give a {kind} that is {allowed}")


def check_choice(value: object, name: str, allowed: Iterable[object], *, where: str) -> None:
    """Refuse a word that is none of the allowed ones.

    Raises:
        Refusal: with the words that are.
    """
    words = tuple(allowed)
    if not any(type(value) is type(word) and value == word for word in words):
        named = ", ".join(str(word) for word in words)
        raise Refusal(f"{name} {value!r} is not known", where=where, advice=f"Use one of {named}")

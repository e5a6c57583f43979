"""One value at a time: what is not exactly of the kind that is asked for is refused, never guessed.

Python's own types are loose (True is 1, a datetime is a date, an enum may be a str), so each check returns the plain
value and nothing that merely behaves like it.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Iterable
from typing import Any, Final

from porelight.refusal import Refusal

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200
"""Years of a plausible day; the sums of days that the rules make stay far within Python's calendar."""
LONGEST_SHOWN: Final = 40
"""Characters of a wrong value that a message shows."""


def check_word(value: object, allowed: Iterable[str], where: str) -> Any:
    """One of the allowed words, as plain text.

    Raises:
        Refusal: anything else, such as another case, spaces around it, or no text at all.
    """
    words = tuple(allowed)
    # A subclass may compare equal to anything; its plain text is what gets compared and kept.
    word = str.__str__(value) if isinstance(value, str) else None
    if word not in words:
        raise _refusal(value, where, f"Write one of {', '.join(words)}")
    return word


def check_count(value: object, least: int, most: int, where: str) -> int:
    """A whole number within bounds. True and False are none, and neither is 32.0 or nan.

    Raises:
        Refusal: anything else.
    """
    advice = f"Write a whole number from {least} to {most}"
    # True and False pass for 1 and 0 everywhere in Python; here they are a slip.
    if isinstance(value, bool):
        raise _refusal(value, where, advice)
    try:
        count = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise _refusal(value, where, advice) from None
    if not least <= count <= most:
        raise _refusal(count, where, advice)
    return count


def check_day(value: object, where: str) -> dt.date:
    """A day of the calendar, without a time.

    Raises:
        Refusal: text, a moment, or a year that is not plausible.
    """
    # A moment would compare with no day at all, and its day depends on a zone that we do not know.
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise _refusal(value, where, "Give a day without a time, a datetime.date")
    if value.year < FIRST_YEAR:
        raise Refusal(f"{value.isoformat()} is too long ago", where=where, advice="Check the year")
    if value.year > LAST_YEAR:
        raise Refusal(f"{value.isoformat()} is too far ahead", where=where, advice="Check the year")
    return dt.date(value.year, value.month, value.day)


def check_clock(value: object, where: str) -> dt.time:
    """A time of day on the clinic's own clock, which names no zone.

    Raises:
        Refusal: no time, or one with a zone of its own.
    """
    if not isinstance(value, dt.time) or value.tzinfo is not None:
        raise _refusal(value, where, "Give a time of day without a zone, a datetime.time")
    return value


def check_text(value: object, where: str) -> str:
    """Words that someone wrote, without spaces around them.

    Raises:
        Refusal: none, or no text.
    """
    text = str.__str__(value).strip() if isinstance(value, str) else ""
    if not text:
        raise _refusal(value, where, "Write it in words")
    return text


def check_days(values: object, where: str) -> tuple[dt.date, ...]:
    """Days in order, each once.

    Raises:
        Refusal: not a tuple of days, or one day twice.
    """
    days = sorted(check_day(value, where) for value in check_tuple(values, where))
    if len(set(days)) != len(days):
        raise Refusal("a day is listed twice", where=where, advice="Write each day once")
    return tuple(days)


def check_tuple(values: object, where: str) -> tuple[object, ...]:
    """Several values.

    Raises:
        Refusal: one value, such as a text, whose letters would count as many.
    """
    if not isinstance(values, tuple | list):
        raise _refusal(values, where, "Give a tuple")
    return tuple(values)


def shorten(value: object) -> str:
    """A wrong value as a message shows it: on one line, and not all of a long one."""
    text = " ".join(str(value).split())
    return repr(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}...")


def _refusal(value: object, where: str, advice: str) -> Refusal:
    return Refusal(f"{shorten(value)} cannot be used", where=where, advice=advice)

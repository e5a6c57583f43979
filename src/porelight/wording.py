"""Texts with their values, in a language: every word that a page or a figure shows goes through here.

The English text is the key of the catalogue; numbers and dates are written as the language writes them.
"""

from __future__ import annotations

import datetime as dt
import functools

from porelight.care.language import SOURCE_LANGUAGE, format_day, say
from porelight.message import Message, write_message

Words = str | Message | tuple[Message, ...]
"""What a result has to say: text that was composed in the language before, one message, or several."""


def phrase(text: str, language: str = SOURCE_LANGUAGE, /, **values: object) -> str:
    """The text in that language with its values, such as ``phrase("{count:d} pores", "de", count=3)``."""
    if not values:
        return say(text, language)
    return say(text, language).format(**{name: _Written(value, language) for name, value in values.items()})


def counted(one: str, many: str, language: str, count: int) -> str:
    """One of two texts by a count, which both may name as ``{count}``."""
    return phrase(one if count == 1 else many, language, count=count)


def write_words(words: Words, language: str = SOURCE_LANGUAGE) -> str:
    """What a result has to say, in that language."""
    if isinstance(words, str):
        return words
    if isinstance(words, tuple):
        return " ".join(write_words(each, language) for each in words)
    translate = functools.partial(say, language=language)
    return write_message(words, translate, functools.partial(_write_in_message, language=language))


def write_value(value: object, spec: str, language: str) -> str:
    """A value as the language writes it: a decimal comma in German."""
    written = format(value, spec)
    decimal = isinstance(value, float) and _short(language) == "de"
    return written.replace(",", " ").replace(".", ",") if decimal else written


def localize_digits(text: str, language: str) -> str:
    """A number that is written already, with the language's decimal sign."""
    return text.replace(".", ",") if _short(language) == "de" else text


def _write_in_message(value: str | int | float | dt.date, spec: str, language: str) -> str:
    if _short(language) == SOURCE_LANGUAGE:
        return format(value, spec)
    if isinstance(value, dt.date):
        return format_day(value, language, year=True)
    return say(value, language) if isinstance(value, str) else write_value(value, spec, language)


def _short(language: str) -> str:
    return language.replace("_", "-").split("-")[0].lower()


class _Written:
    """A value that is formatted as the language does."""

    def __init__(self, value: object, language: str) -> None:
        self.value, self.language = value, language

    def __format__(self, spec: str) -> str:
        return write_value(self.value, spec, self.language)

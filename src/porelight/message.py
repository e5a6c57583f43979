"""What a stage has to report, as a code with values; its words stand in ``data/messages``.

A code is the name of a table and of a text in it: ``planning.first_session`` is ``first_session`` of
``data/messages/planning.yaml``. The text is English and has places for values, with Python's format specification:
``{energy_mj:g} mJ``. It is also the key of the catalogue of translations, so that a page in another language writes the
same message from the same values; the JSON of a result carries the English one.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import resources
from string import Formatter
from typing import TypeAlias

from porelight import cite

Value: TypeAlias = "str | int | float | dt.date | Message"
"""What a place takes; another message is written in the same language."""

Translate = Callable[[str], str]
"""The English text of a table -> the same in another language."""

WriteValue = Callable[[str | int | float | dt.date, str], str]
"""A value and its format specification -> how the language writes it, such as a decimal comma."""


@dataclasses.dataclass(frozen=True, slots=True)
class Message:
    """One sentence or part of it; make it with :func:`message`.

    Raises:
        KeyError: the code is in no table.
        ValueError: the values are not those that the text has places for.
    """

    code: str
    values: tuple[tuple[str, Value], ...] = ()

    def __post_init__(self) -> None:
        wanted, given = places(template(self.code)), {name for name, _ in self.values}
        if wanted != given:
            raise ValueError(f"message {self.code} takes {sorted(wanted)}, not {sorted(given)}")

    def __str__(self) -> str:
        return self.english()

    def english(self) -> str:
        """In English, as the JSON of results has it."""
        return write_message(self)


def message(code: str, **values: Value) -> Message:
    """The message of that code: ``message("planning.weeks_apart", weeks=4, source="kwon2018")``."""
    return Message(code, tuple(sorted(values.items())))


def counted_message(code: str, count: int, **values: Value) -> Message:
    """The message for one or for several: ``code_one`` or ``code_many``, with the place ``count``."""
    return message(f"{code}_one" if count == 1 else f"{code}_many", count=count, **values)


def write_message(reported: Message, translate: Translate = str, write_value: WriteValue = format) -> str:
    """The text of a message.

    Args:
        reported: code and values.
        translate: gives the text in another language; English when left out.
        write_value: writes a number or date as that language does.
    """
    values, parts = dict(reported.values), []
    for text, name, spec, _ in Formatter().parse(translate(template(reported.code))):
        parts.append(text)
        if name is not None:
            parts.append(_write(values[name], spec or "", translate, write_value))
    return "".join(parts)


def _write(value: Value, spec: str, translate: Translate, write_value: WriteValue) -> str:
    if isinstance(value, Message):
        return write_message(value, translate, write_value)
    return write_value(value, spec)


def english(messages: Iterable[Message]) -> str:
    """Several messages as one English text."""
    return " ".join(each.english() for each in messages)


def template(code: str) -> str:
    """The English text of a code, with its places.

    Raises:
        KeyError: no such code.
    """
    table, _, name = code.partition(".")
    if table not in _tables() or name not in _texts(table):
        raise KeyError(f"no text {name!r} in data/messages/{table}.yaml: add it there first")
    return _texts(table)[name]


def templates() -> Iterator[tuple[str, str]]:
    """Every code and its English text, for the catalogue of translations."""
    for table in _tables():
        yield from ((f"{table}.{name}", text) for name, text in _texts(table).items())


@functools.cache
def places(text: str) -> frozenset[str]:
    """The names of the values that a text takes."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


@functools.cache
def _tables() -> tuple[str, ...]:
    folder = resources.files("porelight").joinpath("data/messages")
    return tuple(sorted(path.name.removesuffix(".yaml") for path in folder.iterdir() if path.name.endswith(".yaml")))


def _texts(table: str) -> Mapping[str, str]:
    return cite.rows(f"messages/{table}")

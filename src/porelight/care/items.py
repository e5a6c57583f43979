"""The items of care as the table has them, with every day and every number of days from its one row."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final

from porelight import cite
from porelight.care.language import say
from porelight.laser import LaserClass

Row = Mapping[str, Any]

HEALING_TABLE: Final = "healing"
OPEN_CLASSES: Final = ("ablative", "full")
"""Classes of lasers that leave open skin behind."""


@functools.cache
def load_items() -> tuple[Row, ...]:
    """Every item of care, in the order of the table; `first` and `last` are days."""
    return tuple(_resolve_days(row) for row in cite.rows("care/items")["items"])


@functools.cache
def load_acts() -> frozenset[str]:
    """Every act that an item may forbid or require."""
    return frozenset(cite.rows("care/items")["acts"])


def read_day(bound: int | str) -> int:
    """A day of a table: as written, or a row of ``healing.yaml``: ``row`` is its value, ``row.high`` its upper end."""
    if isinstance(bound, int):
        return bound
    key, _, end = bound.partition(".")
    row = cite.table(HEALING_TABLE)[key]
    number = row.high if end == "high" else row.value
    assert number is not None, f"row {key} of data/{HEALING_TABLE}.yaml has no upper end"
    return round(number)


def fill_days(text: str, kind: LaserClass | None, language: str) -> str:
    """A text with the days of redness, scabs and closing that the plan, the sheet and the guide share.

    Args:
        text: in any language, with places such as ``{redness}``.
        kind: the class of the laser; the one with open skin where left out.
        language: of the words around a number.
    """
    return text.format(**_healing_words(kind or "ablative", language)) if "{" in text else text


@functools.cache
def _healing_words(kind: LaserClass, language: str) -> dict[str, str]:
    rows = cite.table(HEALING_TABLE)
    # The same rows that `healing` predicts from, so that a plan and a sheet cannot give a person two answers.
    opened = kind in OPEN_CLASSES
    usual, longest = (
        ("redness_ablative", "redness_ablative_long") if opened else ("redness_sealed", "redness_sealed_long")
    )
    closing = rows["closing_full" if kind == "full" else "closing_open"]
    return {
        "redness": f"{rows[usual].value:.0f}",
        "redness_high": say("{number} weeks", language).format(number=round(rows[longest].value / 7)),
        "crusts_low": f"{rows['crusting_ablative'].low:.0f}",
        "crusts_high": f"{rows['crusting_long'].value:.0f}",
        "closing_low": f"{closing.low:.0f}",
        "closing_high": f"{closing.high:.0f}",
    }


def is_habit(key: str) -> bool:
    """Whether an item only goes on as before, so that no session has to wait for it."""
    return any(row["key"] == key and row.get("habit", False) for row in load_items())


def _resolve_days(row: Row) -> Row:
    # A rule and the item that keeps it read the same row, so whoever follows the calendar is never held back by it.
    wait = cite.table("rules/days")[row["interval"]] if "interval" in row else None
    first = -round(wait.value) if wait else read_day(row["first"])
    return {**row, "first": first, "last": read_day(row["last"])}

"""Days that are known only about: a month, a year, or "about a year ago", as the first and the last day possible."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Final

from porelight import cite
from porelight.care.checks import check_day
from porelight.refusal import Refusal

AGO_UNITS: Final = {
    "day": "about_day",
    "days": "about_day",
    "week": "about_week",
    "weeks": "about_week",
    "month": "about_month",
    "months": "about_month",
    "year": "about_year",
    "years": "about_year",
}
AGO_COUNTS: Final = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
AGO_PATTERN: Final = re.compile(r"(?:about |around |some )?(\d{1,3}|[a-z]{1,5}) ([a-z]{3,6}) ago", re.ASCII)
MONTH_PATTERN: Final = re.compile(r"\d{4}-\d{2}", re.ASCII)
YEAR_PATTERN: Final = re.compile(r"\d{4}", re.ASCII)
SPAN_PATTERN: Final = re.compile(r"(\d{4}-\d{2}-\d{2}) to (\d{4}-\d{2}-\d{2})", re.ASCII)
HOW_TO_WRITE: Final = "Write 2026-03-01, 2026-03, 2026, 2026-03-01 to 2026-04-15, or about 6 months ago"

Span = tuple[dt.date, dt.date]


def read_span(text: str, told_on: dt.date | None = None) -> Span | None:
    """The first and the last day that a text may mean; None where it is no partial date.

    Args:
        text: such as ``2026-03``, ``2026``, ``2026-03-01 to 2026-04-15`` or ``about a year ago``.
        told_on: the day on which it was said; nothing that has ended lies after it.

    Raises:
        Refusal: no such month, days in the wrong order, or "ago" without the day on which it was said.
    """
    words = " ".join(text.lower().split())
    if MONTH_PATTERN.fullmatch(words):
        year, month = int(words[:4]), int(words[5:])
        if not 1 <= month <= 12:
            raise Refusal(f"{words} is no month", where="", advice=HOW_TO_WRITE)
        return _clip(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]), told_on)
    if YEAR_PATTERN.fullmatch(words):
        return _clip(dt.date(int(words), 1, 1), dt.date(int(words), 12, 31), told_on)
    if span := SPAN_PATTERN.fullmatch(words):
        return _clip(_day(span[1]), _day(span[2]), told_on)
    return _count_back(words, told_on)


def is_partial(text: str) -> bool:
    """Whether a text was meant as a partial date, be it a possible one or not."""
    words = " ".join(text.lower().split())
    patterns = (MONTH_PATTERN, YEAR_PATTERN, SPAN_PATTERN, AGO_PATTERN)
    return any(pattern.fullmatch(words) for pattern in patterns)


def write_span(first: dt.date, last: dt.date) -> str:
    """The text that gives this span: a month or a year where it is a whole one."""
    whole_month = last.day == calendar.monthrange(last.year, last.month)[1]
    if (first.year, first.month, first.day) == (last.year, last.month, 1) and whole_month:
        return f"{last:%Y-%m}"
    if first == dt.date(last.year, 1, 1) and last == dt.date(last.year, 12, 31):
        return f"{last:%Y}"
    return f"{first} to {last}"


def _count_back(words: str, told_on: dt.date | None) -> Span | None:
    """ "About a year ago": half a unit to either side."""
    found = AGO_PATTERN.fullmatch(words)
    if not found or found[2] not in AGO_UNITS or not (found[1].isdigit() or found[1] in AGO_COUNTS):
        return None
    if told_on is None:
        advice = "Add `answered:` with the day on which it was said, or give the month"
        raise Refusal(f"{words!r} counts from a day that is not known", where="", advice=advice)
    days = cite.table("rules/answers")[AGO_UNITS[found[2]]].value
    count = int(found[1]) if found[1].isdigit() else AGO_COUNTS[found[1]]
    slack = cite.table("rules/answers")["about_slack"].value
    first, last = (round((count + end * slack) * days) for end in (1, -1))
    try:
        return _clip(told_on - dt.timedelta(days=first), told_on - dt.timedelta(days=max(0, last)), told_on)
    except OverflowError:
        raise Refusal(f"{words!r} is too long ago", where="", advice=HOW_TO_WRITE) from None


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"{text} is not a day of the calendar", where="", advice=HOW_TO_WRITE) from None


def _clip(first: dt.date, last: dt.date, told_on: dt.date | None) -> Span:
    """The span up to the day on which it was told: what has ended then cannot lie after it."""
    check_day(first, ""), check_day(last, "")
    if last < first:
        raise Refusal(f"{first} lies after {last}", where="", advice="Give the first day first")
    if told_on is not None and first <= told_on < last:
        last = told_on
    return first, last

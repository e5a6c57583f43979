"""When the sessions are: dates as a function of the day asked, the laser, the phototype and the preparation."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

from porelight.care.model import CareItem, Person, Verdict
from porelight.cite import Cited
from porelight.forecasting.trials import course_of
from porelight.skin import Phototype
from porelight.units import day

DARK: frozenset[Phototype] = frozenset({"IV", "V", "VI"})


@dataclasses.dataclass(frozen=True, slots=True)
class Spacing:
    """Time between two sessions [s], and why."""

    time: float
    because: str
    row: Cited


def spacing(laser: str, phototype: Phototype | None) -> Spacing:
    """Time between sessions; longer where brown marks are likelier, or may be because the phototype is not known.

    Raises:
        Refusal: no trial of pores is known for the laser.
    """
    course = course_of(laser)
    if phototype is not None and phototype not in DARK:
        row = course.spacing
        return Spacing(row.si, f"{row.value:g} weeks apart, as in the pore trial ({row.source.key}).", row)
    row = course.spacing_dark
    who = f"phototype {phototype}" if phototype else "an unknown phototype"
    because = f"{row.value:g} weeks apart for {who} ({row.source.key}): brown marks can show before the next session."
    return Spacing(row.si, because, row)


def preparation(items: Iterable[CareItem], session: dt.date) -> int:
    """Days from the earliest thing to do before a session to the session."""
    return max(((session - item.first).days for item in items if item.phase == "before"), default=0)


def first_day(on: dt.date, lead: int, gap: float, person: Person, verdicts: Iterable[Verdict]) -> dt.date:
    """First possible day: after the preparation, the spacing from a past session, and every date a verdict names."""
    days = [on + dt.timedelta(days=lead)]
    days += [past + dt.timedelta(days=_days(gap)) for past in person.past_sessions]
    days += [verdict.until for verdict in verdicts if verdict.until is not None]
    return max(days)


def dates(first: dt.date, count: int, gap: float) -> tuple[dt.date, ...]:
    """``count`` days, ``gap`` [s] apart, weekends and holidays included: the practice moves them."""
    return tuple(first + dt.timedelta(days=index * _days(gap)) for index in range(count))


def _days(gap: float) -> int:
    return round(gap / day)

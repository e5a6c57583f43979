"""Day by day: what the skin looks like, whether what one sees is normal, and what to know before saying yes."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Literal

from porelight import cite
from porelight.care.items import fill_days, read_day
from porelight.care.language import say
from porelight.care.model import Tier
from porelight.care.rules import laser_kind
from porelight.cite import Confidence, Source
from porelight.frozen import frozen
from porelight.laser import LaserClass
from porelight.refusal import Refusal

Row = Mapping[str, Any]

Level = Literal["normal", "photo", "call", "emergency"]
"""``photo``: send us one; ``call``: call us the same day."""

Part = Literal["pores", "causes", "laser", "risks", "other"]
"""Where a lesson is shown; ``other``: what there is instead of a laser."""

SIGN_LEVELS: tuple[Level, ...] = ("normal", "photo", "call", "emergency")
LAST_GUIDE_DAY = 84
"""The guide ends with the review after twelve weeks."""


@frozen
class Stage:
    """What the skin usually looks like on some days."""

    key: str
    first: int
    last: int
    title: str
    text: str
    source: Source
    tier: Tier
    confidence: Confidence


@frozen
class Sign:
    """Something one may see or feel, and what it means on that day."""

    key: str
    level: Level
    title: str
    text: str
    source: Source
    tier: Tier
    confidence: Confidence
    normal: tuple[int, int] | None = None
    """First and last day on which it is expected; None where it never is."""


@frozen
class DayGuide:
    """One day after a session. The signs: emergencies first, what is normal last."""

    day: int
    stage: Stage
    signs: tuple[Sign, ...]


@frozen
class Lesson:
    """One thing to know before saying yes."""

    key: str
    part: Part
    title: str
    text: str
    source: Source
    confidence: Confidence
    note: str


def make_day_guide(day: int, laser: str = "co2", *, language: str = "en") -> DayGuide:
    """What is normal on that day after a session, and what is not.

    Args:
        day: days since the session, 0 on the day itself.
        laser: key of ``data/lasers.yaml``.
        language: of every text.

    Raises:
        Refusal: the day is not within 0 and :data:`LAST_GUIDE_DAY`, or the laser is not known.
    """
    kind = laser_kind(laser).kind
    if not 0 <= day <= LAST_GUIDE_DAY:
        advice = "Ask the clinic"
        raise Refusal(f"the guide covers day 0 to {LAST_GUIDE_DAY}, not {day}", where="the day", advice=advice)
    stage = next(row for row in load_stages() if kind in row["kinds"] and row["first"] <= day <= row["last"])
    signs = [_read_sign(row, day, kind, language) for row in load_signs() if kind in row.get("kinds", [kind])]
    # Emergencies first: who reads only one line must read that one.
    signs.sort(key=lambda sign: -SIGN_LEVELS.index(sign.level))
    return DayGuide(day=day, stage=_read_stage(stage, kind, language), signs=tuple(signs))


@functools.cache
def load_stages() -> tuple[Row, ...]:
    """What the skin looks like, stage by stage; `first` and `last` are days."""
    return tuple({**row, "last": read_day(row["last"])} for row in cite.rows("care/guide")["stages"])


@functools.cache
def load_signs() -> tuple[Row, ...]:
    """Every sign; `normal`, where it has one, is its first and last day."""
    return tuple(
        {**row, "normal": (row["normal"][0], read_day(row["normal"][1]))} if "normal" in row else {**row}
        for row in cite.rows("care/guide")["signs"]
    )


def load_lessons(language: str = "en") -> tuple[Lesson, ...]:
    """What pores are, what a laser can and cannot do, and what else there is."""
    return tuple(
        Lesson(
            key=row["key"],
            part=row["part"],
            title=say(row["title"], language),
            text=say(row["text"], language),
            source=cite.source(row["source"]),
            confidence=row["confidence"],
            note=row.get("note", ""),
        )
        for row in cite.rows("care/learn")["lessons"]
    )


def _read_stage(row: Row, kind: LaserClass, language: str) -> Stage:
    return Stage(
        key=row["key"],
        first=row["first"],
        last=row["last"],
        title=say(row["title"], language),
        text=fill_days(say(row["text"], language), kind, language),
        source=cite.source(row["source"]),
        tier=row["tier"],
        confidence=row["confidence"],
    )


def _read_sign(row: Row, day: int, kind: LaserClass, language: str) -> Sign:
    normal = row.get("normal")
    # "It should have gone by now" is right after the last normal day only: before the first one it is too early for it.
    if normal is None or day > normal[1]:
        level, text = row["else"], row["alert"]
    elif day < normal[0]:
        level, text = row["else"], row["early"]
    else:
        level, text = "normal", row["fine"]
    return Sign(
        key=row["key"],
        level=level,
        title=say(row["title"], language),
        text=fill_days(say(text, language), kind, language),
        source=cite.source(row["source"]),
        tier=row["tier"],
        confidence=row["confidence"],
        normal=normal,
    )

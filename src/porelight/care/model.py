"""The types of care: a person without identity, verdicts, and the dated items around a session."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Literal

from porelight.cite import Cited, Confidence, Source
from porelight.skin import Phototype, Site

Answer = Literal["yes", "no", "unknown"]
Outcome = Literal["proceed", "adjust", "ask", "defer", "refuse"]
Occasion = Literal["sun", "seen", "sport"]
"""``sun``: a holiday or work in strong sun; ``seen``: a day to look well; ``sport``: hard exercise."""
Tier = Literal[
    "consensus",
    "guideline",
    "label",
    "trial",
    "series",
    "review",
    "institution",
    "textbook",
    "expert",
    "clinic",
    "house",
]
"""What kind of source stands behind a rule, strongest first; ``house`` is our own caution, labelled as such."""

BLOCKING: frozenset[Outcome] = frozenset({"ask", "defer", "refuse"})


@dataclasses.dataclass(frozen=True, slots=True)
class Medicine:
    """A medicine by its group, and when it was last taken; None is "not known"."""

    group: str
    taking: Answer
    last_taken: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Engagement:
    """Something planned, from its first to its last day."""

    what: str
    occasion: Occasion
    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.what} ends before it begins")


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """What the rules need to know, and nothing that says who it is. ``answers`` maps a question's key to its answer;
    a question that was not answered is ``unknown``."""

    age: int | None
    phototype: Phototype | None
    site: Site
    answers: dict[str, Answer]
    dates: dict[str, dt.date]
    """Question key -> the day it last applied, such as the last day of strong sun."""
    medicines: tuple[Medicine, ...] = ()
    past_sessions: tuple[dt.date, ...] = ()
    severity: int | None = None
    """The practitioner's visual grade of the pores, 0-4, where one was given."""
    born: dt.date | None = None
    """Where given, the age is judged on the day itself and ``age`` is None."""
    planned: tuple[Engagement, ...] = ()
    """What the person has planned that care may not go with."""
    skin_answers: dict[str, str] = dataclasses.field(default_factory=dict)
    """Answers to the guided questions on the type of skin: question key -> key of the option."""
    goals: tuple[str, ...] = ()
    """What the person hopes for: keys of the options of the question ``goals``."""

    def answer(self, key: str) -> Answer:
        """The answer to a question; ``unknown`` where none was given."""
        return self.answers.get(key, "unknown")


@dataclasses.dataclass(frozen=True, slots=True)
class Limit:
    """A bound that a verdict puts on a setting: an outside name such as ``density_pct`` and its most."""

    name: str
    at_most: float


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says of one person. Any of ask, defer and refuse blocks the plan."""

    rule: str
    outcome: Outcome
    title: str
    because: str
    clears: str
    """What would clear it; empty for proceed."""
    until: dt.date | None
    limits: tuple[Limit, ...]
    source: Source
    tier: Tier
    confidence: Confidence
    effective: dt.date
    conflicts: tuple[str, ...] = ()
    """What other sources say, where they disagree."""
    asks: tuple[str, ...] = ()
    """Keys of the questions whose answer is missing."""
    rests_on: tuple[Cited, ...] = ()

    @property
    def blocks(self) -> bool:
        return self.outcome in BLOCKING


@dataclasses.dataclass(frozen=True, slots=True)
class CareItem:
    """One thing to do or to watch for, on days counted from a session (0 is the day itself)."""

    key: str
    phase: Literal["before", "day", "after", "watch", "session", "review"]
    session: int
    """1 for the first session."""
    first: dt.date
    last: dt.date
    title: str
    text: str
    """Plain words for the patient."""
    why: str
    source: Source
    tier: Tier
    confidence: Confidence
    minutes: int | None = None
    """Minutes from the start of the session, for what has a clock time; None holds all day."""
    rests_on: tuple[Cited, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Calendar:
    """Every item of a course, in order of its first day."""

    sessions: tuple[dt.date, ...]
    items: tuple[CareItem, ...]
    start: dt.time | None = None
    """When a session starts on the clinic's clock; None leaves every item all day."""
    language: str = "en"
    """The language of its texts."""

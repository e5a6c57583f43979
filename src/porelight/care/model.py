"""The types of care: a person without identity, verdicts, and the dated items around a session.

What a person says is checked where a :class:`Person` is made, whatever the way in: a value that is none of the allowed
ones is refused there, so that no rule ever meets it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Literal, get_args

from porelight.care.checks import (
    check_clock,
    check_count,
    check_day,
    check_days,
    check_text,
    check_tuple,
    check_word,
    shorten,
)
from porelight.care.phototype import GUIDED_QUESTIONS, suggest_phototype
from porelight.care.questions import (
    dated_questions,
    find_question,
    load_questions,
    medicine_groups,
    yes_no_questions,
)
from porelight.cite import Cited, Confidence, Source
from porelight.frozen import FrozenMap, frozen
from porelight.refusal import Refusal
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

NOTHING_WRITTEN: frozenset[str] = frozenset(
    {"", "n", "no", "none", "nothing", "unknown", "false", "null", "~", "?", "-"}
)
"""Texts that say that there is nothing to say."""
BLOCKING_OUTCOMES: frozenset[Outcome] = frozenset({"ask", "defer", "refuse"})
YOUNGEST_AGE: Final = 1
OLDEST_AGE: Final = 110
"""Years; an age outside is a slip of the pen, not a person."""
MOST_SEVERE: Final = 4
"""The worst grade of the pores."""


@frozen
class Medicine:
    """A medicine by its group, and when it was last taken; None is "not known"."""

    group: str
    taking: Answer
    last_taken: dt.date | None = None

    def __post_init__(self) -> None:
        _put(self, "group", check_word(self.group, medicine_groups(), "medicines, group"))
        _put(self, "taking", check_word(self.taking, get_args(Answer), f"medicines, {self.group}"))
        if self.last_taken is not None:
            _put(self, "last_taken", check_day(self.last_taken, f"medicines, {self.group}"))


@frozen
class Engagement:
    """Something planned, from its first to its last day."""

    what: str
    occasion: Occasion
    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        _put(self, "what", check_text(self.what, "planned, what"))
        _put(self, "occasion", check_word(self.occasion, get_args(Occasion), "planned, occasion"))
        _put(self, "first", check_day(self.first, f"planned, {self.what}"))
        _put(self, "last", check_day(self.last, f"planned, {self.what}"))
        if self.last < self.first:
            raise Refusal("it ends before it begins", where=f"planned, {self.what}", advice="Check both days")


@frozen
class Person:
    """What the rules need to know, and nothing that says who it is. ``answers`` maps a question's key to its answer;
    a question that was not answered is ``unknown``.

    What is told twice is told alike: a day in ``dates`` is a yes, a medicine is also the answer to its question and the
    other way round, and where they disagree the one that holds treatment back counts, a yes above all.

    Raises:
        Refusal: a value that is none of the allowed ones, a question that is not asked, or facts that cannot both hold.
    """

    age: int | None
    phototype: Phototype | None
    """Where None is given, that of the guided answers if they point to one."""
    site: Site
    answers: Mapping[str, Answer]
    dates: Mapping[str, dt.date]
    """Question key -> the day it last applied, such as the last day of strong sun."""
    medicines: tuple[Medicine, ...] = ()
    past_sessions: tuple[dt.date, ...] = ()
    severity: int | None = None
    """The practitioner's visual grade of the pores, 0-4, where one was given."""
    born: dt.date | None = None
    """Where given, the age is judged on the day itself and ``age`` is None."""
    planned: tuple[Engagement, ...] = ()
    """What the person has planned that care may not go with."""
    skin_answers: Mapping[str, str] = FrozenMap({})
    """Answers to the guided questions on the type of skin: question key -> key of the option."""
    goals: tuple[str, ...] = ()
    """What the person hopes for: keys of the options of the question ``goals``."""
    unlisted: tuple[str, ...] = ()
    """A medicine, an illness or a treatment that no question asks about, in the person's own words."""
    test_spot_laser: str | None = None
    """Key of the laser that the test spot was made with."""
    earliest: Mapping[str, dt.date] = FrozenMap({})
    """Question key -> the first day that is possible, where only a span is known; the last one stands in ``dates``."""
    answered: dt.date | None = None
    """The day on which the answers were given; None is "on the day that is judged"."""
    answered_on: Mapping[str, dt.date] = FrozenMap({})
    """Question key -> the day of its answer, where that is another one."""

    def __post_init__(self) -> None:
        for name, value in _checked_fields(self):
            _put(self, name, value)
        _join_medicines(self)
        _judge_before_birth(self)

    def answer(self, key: str) -> Answer:
        """The answer to a question; ``unknown`` where none was given."""
        return self.answers.get(key, "unknown")

    def answered_day(self, key: str) -> dt.date | None:
        """The day on which a question was answered; None where nobody wrote it down."""
        return self.answered_on.get(key, self.answered)


def _checked_fields(person: Person) -> Iterator[tuple[str, object]]:
    """Each field of a person as its plain value; those that rest on others come after them."""
    if person.age is not None:
        yield "age", check_count(person.age, YOUNGEST_AGE, OLDEST_AGE, "age")
    if person.born is not None:
        yield "born", check_day(person.born, "born")
    # A birth date stays true while an age does not: given both, they disagree after a birthday.
    if person.age is not None and person.born is not None:
        raise Refusal("age and born are both given", where="age", advice="Keep one of them")
    if person.answered is not None:
        yield "answered", check_day(person.answered, "answered")
    yield "answered_on", _check_map(person.answered_on, "answered_on", _question_keys(), check_day)
    written = (" ".join(check_text(text, "unlisted").split()) for text in check_tuple(person.unlisted, "unlisted"))
    yield "unlisted", tuple(dict.fromkeys(text for text in written if text.lower() not in NOTHING_WRITTEN))
    if person.test_spot_laser is not None:
        yield "test_spot_laser", _check_option(person.test_spot_laser, "test_spot_laser")
    if person.severity is not None:
        yield "severity", check_count(person.severity, 0, MOST_SEVERE, "severity")
    yield "site", check_word(person.site, get_args(Site), "site")
    yield "past_sessions", check_days(person.past_sessions, "past_sessions")
    yield "planned", _check_planned(person.planned)
    yield "goals", tuple(dict.fromkeys(_check_option(goal, "goals") for goal in check_tuple(person.goals, "goals")))
    yield "dates", _check_map(person.dates, "dates", dated_questions(), check_day)
    yield "answers", _check_map(person.answers, "answers", yes_no_questions(), _check_answer)
    yield "earliest", _check_map(person.earliest, "earliest", person.dates, check_day)
    guided = _check_map(person.skin_answers, "skin_answers", GUIDED_QUESTIONS, _check_option)
    yield "skin_answers", guided
    # Decided where the person is made, so that a form, a file and FHIR answers cannot come to different types.
    if person.phototype is None:
        yield "phototype", suggest_phototype(guided).phototype
    else:
        yield "phototype", check_word(person.phototype, get_args(Phototype), "phototype")


def _check_map(
    given: object, where: str, keys: Iterable[str], check: Callable[[object, str], Any]
) -> FrozenMap[str, Any]:
    """Question key -> its checked answer."""
    if not isinstance(given, Mapping):
        raise Refusal(f"{shorten(given)} cannot be used", where=where, advice="Map keys of questions to their answers")
    known = frozenset(keys)
    for key in given:
        # A misspelt key would be an answer that nobody reads, and the question behind it would count as not asked.
        if not isinstance(key, str) or str.__str__(key) not in known:
            raise Refusal("there is no such question here", where=f"{where}, {shorten(key)}", advice="Check its name")
    return FrozenMap({str.__str__(key): check(value, str.__str__(key)) for key, value in given.items()})


def _question_keys() -> tuple[str, ...]:
    return tuple(asked.key for asked in load_questions())


def _check_answer(said: object, key: str) -> str:
    return str(check_word(said, get_args(Answer), key))


def _check_option(said: object, key: str) -> str:
    return str(check_word(said, (option.key for option in find_question(key).options), key))


def _check_planned(planned: object) -> tuple[Engagement, ...]:
    """What is planned, by occasion and day, so that the order in which it was told does not count."""
    listed = [one for one in check_tuple(planned, "planned") if isinstance(one, Engagement)]
    if len(listed) != len(check_tuple(planned, "planned")):
        raise Refusal("something planned is no engagement", where="planned", advice="Give care.Engagement")
    return tuple(
        sorted(listed, key=lambda one: (get_args(Occasion).index(one.occasion), one.first, one.last, one.what))
    )


def _join_medicines(person: Person) -> None:
    """Answers, days and medicines told as one: what disagrees is read the cautious way."""
    listed = [one for one in check_tuple(person.medicines, "medicines") if isinstance(one, Medicine)]
    if len(listed) != len(person.medicines):
        raise Refusal("something listed is no medicine", where="medicines", advice="Give care.Medicine")
    # Two doors lead to one fact, the questions and the list of medicines; each rule looks at one of them only.
    dates = dict(person.dates)
    answers: dict[str, Answer] = {**person.answers, **dict.fromkeys(dates, "yes")}
    for group in medicine_groups():
        told = [(answers[group], dates.pop(group, None))] if group in answers else []
        told += [_read_medicine(one) for one in listed if one.group == group]
        if told:
            answers[group], last = _most_cautious(told)
            # A question without "when" holds no day: what has ended stays a yes there until it is answered anew.
            if last is not None and group in dated_questions():
                dates[group] = last
    taken = (
        Medicine(group, "no" if group in dates else answers[group], dates.get(group))
        for group in medicine_groups()
        if group in answers
    )
    # A span is known of the day that was told, and of no other that the list of medicines may have brought.
    spans = {
        key: day for key, day in person.earliest.items() if dates.get(key) == person.dates[key] and day <= dates[key]
    }
    _put(person, "earliest", FrozenMap(spans))
    _put(person, "answers", FrozenMap(answers))
    _put(person, "dates", FrozenMap(dates))
    _put(person, "medicines", tuple(taken))


def _read_medicine(one: Medicine) -> tuple[Answer, dt.date | None]:
    """What an entry of the list answers to its question: a day says that it was taken, whatever else is said."""
    if one.taking == "no":
        return ("no", None) if one.last_taken is None else ("yes", one.last_taken)
    return ("yes" if one.last_taken is not None else one.taking, None)


def _most_cautious(told: list[tuple[Answer, dt.date | None]]) -> tuple[Answer, dt.date | None]:
    """A yes anywhere outweighs a no elsewhere, one that goes on outweighs a day, and a later day an earlier one."""
    # A yes without a day means now or not known, which no earlier day may shorten.
    days = [day for said, day in told if said == "yes"]
    if days:
        known = [day for day in days if day is not None]
        return "yes", max(known) if len(known) == len(days) else None
    return ("unknown" if any(said == "unknown" for said, _ in told) else "no"), None


def _judge_before_birth(person: Person) -> None:
    days = [*person.dates.values(), *person.past_sessions, *(one.first for one in person.planned)]
    if person.born is not None and any(day < person.born for day in days):
        raise Refusal("a day lies before the birth date", where="born", advice="Check both days")


def _put(made: object, name: str, value: object) -> None:
    """Writes a checked value into an object that is still being made."""
    object.__setattr__(made, name, value)


@frozen
class Limit:
    """A bound that a verdict puts on a setting: an outside name such as ``density_pct`` and its most."""

    name: str
    at_most: float


@frozen
class SetAside:
    """A named professional's decision to treat although a rule holds treatment back."""

    rule: str
    by: str
    reason: str
    """In their words."""
    on: dt.date
    """The day of the decision."""

    def __post_init__(self) -> None:
        for name in ("rule", "by", "reason"):
            _put(self, name, check_text(getattr(self, name), f"set aside, {name}"))
        _put(self, "on", check_day(self.on, "set aside, on"))


@frozen
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
    set_aside: SetAside | None = None
    """The decision by which it no longer holds treatment back; what the rule said stands in ``because``."""

    @property
    def blocks(self) -> bool:
        return self.outcome in BLOCKING_OUTCOMES


@frozen
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


@frozen
class Calendar:
    """Every item of a course, in order of its first day."""

    sessions: tuple[dt.date, ...]
    items: tuple[CareItem, ...]
    starts: tuple[dt.time | None, ...] = ()
    """When each session starts on the clinic's clock; None, or nothing at all, leaves its items all day."""
    language: str = "en"
    """The language of its texts."""

    def __post_init__(self) -> None:
        _put(self, "sessions", tuple(check_day(day, "sessions") for day in self.sessions))
        starts = self.starts or (None,) * len(self.sessions)
        if len(starts) != len(self.sessions):
            raise Refusal(
                f"there are {len(self.sessions)} sessions and {len(starts)} start times",
                where="starts",
                advice="Give one for each session, or none",
            )
        _put(self, "starts", tuple(None if time is None else check_clock(time, "starts") for time in starts))

    def start_of(self, item: CareItem) -> dt.time | None:
        """When the session that an item belongs to starts; None where the item holds all day."""
        return None if item.minutes is None else self.starts[item.session - 1]

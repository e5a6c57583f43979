"""When the sessions are: dates as a function of the day asked, the laser, the phototype and the preparation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from porelight.care.choices import ClinicChoices
from porelight.care.course import screen_sessions
from porelight.care.items import is_habit
from porelight.care.model import CareItem, Person, SetAside, Verdict
from porelight.care.overrule import refuse_idle, set_aside_verdicts
from porelight.care.rules import phototype_group
from porelight.care.screen import sort_by_gravity
from porelight.care.spacing import spacing_row
from porelight.cite import Cited
from porelight.forecasting.model import Forecast
from porelight.forecasting.trials import course_of
from porelight.frozen import frozen
from porelight.message import Message, counted_message, message
from porelight.skin import Phototype
from porelight.units import day


@frozen
class Spacing:
    """Time between two sessions [s], and why."""

    time: float
    because: Message
    row: Cited


def session_spacing(laser: str, phototype: Phototype | None) -> Spacing:
    """Time between sessions; longer where brown marks are likelier, or may be because the phototype is not known.

    Raises:
        Refusal: no trial of pores is known for the laser.
    """
    course_of(laser)
    row = spacing_row(laser, phototype)
    if phototype is not None and phototype not in phototype_group("darker"):
        return Spacing(row.si, message("planning.weeks_apart", weeks=row.value, source=row.source.key), row)
    known = message("planning.phototype_known", phototype=phototype) if phototype else None
    who = known or message("planning.phototype_unknown")
    because = message("planning.weeks_apart_dark", weeks=row.value, who=who, source=row.source.key)
    return Spacing(row.si, because, row)


def preparation_days(items: Iterable[CareItem], session: dt.date) -> int:
    """Days from the earliest thing to do before a session to the session; what only goes on as before takes none."""
    due = (item for item in items if item.phase == "before" and not is_habit(item.key))
    return max(((session - item.first).days for item in due), default=0)


def first_session(on: dt.date, lead: int, gap: float, person: Person, verdicts: Iterable[Verdict]) -> dt.date:
    """First possible day: after the preparation, the spacing from a past session, and every date a verdict names."""
    days = [on + dt.timedelta(days=lead)]
    days += [past + dt.timedelta(days=_whole_days(gap)) for past in person.past_sessions]
    days += [verdict.until for verdict in verdicts if verdict.until is not None]
    return max(days)


def session_dates(first: dt.date, count: int, gap: float) -> tuple[dt.date, ...]:
    """``count`` days, ``gap`` [s] apart, weekends and holidays included: the practice moves them."""
    return tuple(first + dt.timedelta(days=index * _whole_days(gap)) for index in range(count))


def explain_dates(
    dates: tuple[dt.date, ...], expected: Forecast, gap: Spacing, person: Person, on: dt.date, lead: int
) -> tuple[Message, ...]:
    """Why there are so many sessions, why the first is that far ahead, and why they are so far apart."""
    sessions = counted_message("planning.sessions", len(dates))
    reaches = "most_of_trial" if expected.sessions_for_goal is None else "fewest_for_goal"
    past = len(person.past_sessions)
    ahead = counted_message("planning.days", (dates[0] - on).days)
    return (
        message(f"planning.{reaches}", sessions=sessions),
        *([counted_message("planning.done_before", past)] if past else []),
        message("planning.first_session", ahead=ahead, lead=lead),
        gap.because,
        message("planning.weekends"),
    )


@frozen
class HeldBack:
    """What the rules hold against sessions on their own days: day and verdict, a rule at its first such day only."""

    standing: tuple[tuple[dt.date, Verdict], ...] = ()
    """What holds a session back."""
    lifted: tuple[tuple[dt.date, Verdict], ...] = ()
    """What would, had a professional not set it aside."""


NOTHING_HELD_BACK: Final = HeldBack()


def find_held_back(
    person: Person,
    days: tuple[dt.date, ...],
    verdicts: Iterable[Verdict],
    laser: str,
    clinic: ClinicChoices,
    *,
    on: dt.date,
    set_aside: Iterable[SetAside] = (),
    language: str = "en",
) -> HeldBack:
    """The sessions that the rules of their own day hold back, or would.

    Args:
        person: as known now.
        days: of the whole course, for each session counts as past for the next.
        verdicts: of the day of planning; what a professional has set aside there holds no session back.
        laser: key of the laser.
        clinic: what the clinic chose where sources disagree.
        on: the day of planning.
        set_aside: decisions on rules that hold nothing back on the day of planning.
        language: of titles and reasons.

    Raises:
        Refusal: a decision sets nothing aside on any of the days.
    """
    decisions = {decision.rule: decision for decision in set_aside}
    known = {verdict.rule for verdict in verdicts if verdict.set_aside}
    judged = screen_sessions(person, days, laser, clinic, on=on, language=language)
    found: dict[str, tuple[dt.date, Verdict]] = {}
    for date, session in zip(days, judged, strict=True):
        for verdict in session:
            if verdict.blocks and verdict.rule not in known:
                found.setdefault(verdict.rule, (date, verdict))
    refuse_idle(decisions, found)
    standing, lifted = [], []
    for rule, (date, verdict) in found.items():
        if rule in decisions:
            (verdict,) = set_aside_verdicts((verdict,), (decisions[rule],), language, session=date)
            lifted.append((date, verdict))
        else:
            standing.append((date, verdict))
    return HeldBack(tuple(standing), tuple(lifted))


def add_held_back(verdicts: Iterable[Verdict], held_back: HeldBack) -> tuple[Verdict, ...]:
    """The verdicts of the day of planning; what meets a session on its own day stands as on that day."""
    later = {verdict.rule: verdict for _, verdict in (*held_back.standing, *held_back.lifted)}
    return sort_by_gravity((*(one for one in verdicts if one.rule not in later), *later.values()))


def explain_no_dates(verdicts: Iterable[Verdict], held_back: HeldBack = NOTHING_HELD_BACK) -> tuple[Message, ...]:
    """Why there are no dates: each verdict that blocks, until when, what clears it, and which session it meets."""
    sessions = (
        message("planning.session_held_back", day=day, title=verdict.title) for day, verdict in held_back.standing
    )
    return (*(_explain_block(verdict) for verdict in verdicts if verdict.blocks), *sessions)


def _explain_block(verdict: Verdict) -> Message:
    said = {"title": verdict.title, "because": verdict.because, "clears": verdict.clears}
    if verdict.until is None:
        return message("planning.verdict_blocks", **said)
    return message("planning.verdict_blocks_until", until=verdict.until, **said)


def _whole_days(gap: float) -> int:
    return round(gap / day)

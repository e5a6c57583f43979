"""A course before anyone gets a date: each session is judged on its own day, as if those before it had taken place."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator

from porelight.care.choices import ClinicChoices
from porelight.care.model import Person, SetAside, Verdict
from porelight.care.overrule import refuse_idle, set_aside_verdicts
from porelight.care.screen import screen_person
from porelight.refusal import Refusal


def screen_sessions(
    person: Person,
    sessions: tuple[dt.date, ...],
    laser: str = "co2",
    clinic: ClinicChoices | None = None,
    *,
    on: dt.date | None = None,
    set_aside: Iterable[SetAside] = (),
    language: str = "en",
) -> tuple[tuple[Verdict, ...], ...]:
    """The verdicts on each session, on its own day and by the rules of that day.

    Args:
        person: as known now; sessions of the past stand there.
        sessions: the days of the sessions, in order.
        laser: key of ``data/lasers.yaml``.
        clinic: what the clinic chose where sources disagree.
        on: the day of planning, on which answers must still hold; the day of each session where left out.
        set_aside: verdicts that a named professional sets aside; each must hold back at least one session.
        language: of titles and reasons.

    Raises:
        Refusal: the rules do not know the laser or a day, a past session lies after a session of the course, or a
            decision sets nothing aside.
    """
    decisions = tuple(set_aside)
    judged = [
        screen_person(before, day, laser, clinic, asked_on=on or _asked_by(person, day), language=language)
        for before, day in zip(_persons_before(person, sessions), sessions, strict=True)
    ]
    blocking = [{verdict.rule for verdict in verdicts if verdict.blocks} for verdicts in judged]
    refuse_idle((decision.rule for decision in decisions), set().union(*blocking))
    return tuple(
        set_aside_verdicts(verdicts, [one for one in decisions if one.rule in rules], language)
        for verdicts, rules in zip(judged, blocking, strict=True)
    )


def refuse_blocked_sessions(
    person: Person,
    sessions: tuple[dt.date, ...],
    laser: str = "co2",
    clinic: ClinicChoices | None = None,
    *,
    on: dt.date | None = None,
    set_aside: Iterable[SetAside] = (),
) -> None:
    """The gate before every dated paper: nobody gets a calendar for a session that may not take place.

    Args:
        person: as known now.
        sessions: the days of the sessions, in order.
        laser: key of ``data/lasers.yaml``.
        clinic: what the clinic chose where sources disagree.
        on: today, before which no session can be planned; left out where past days are looked at on purpose.
        set_aside: verdicts that a named professional sets aside.

    Raises:
        Refusal: a session lies before ``on``, or a verdict holds one back; it names the day, the rule and the remedy.
    """
    if gone := [day for day in sessions if on is not None and day < on]:
        advice = "Give a later day; a session that took place belongs to past_sessions"
        raise Refusal(f"the session of {gone[0]} lies before {on}", where="sessions", advice=advice)
    judged = screen_sessions(person, sessions, laser, clinic, on=on, set_aside=set_aside)
    for day, verdicts in zip(sessions, judged, strict=True):
        for verdict in verdicts:
            if verdict.blocks:
                until = f" (until {verdict.until})" if verdict.until else ""
                what = f"there can be no session on {day}: {verdict.because.rstrip('.')}{until}"
                advice = f"{verdict.clears} Or a professional sets the rule {verdict.rule} aside, with a reason"
                raise Refusal(what, where="sessions", advice=advice)


def _asked_by(person: Person, day: dt.date) -> dt.date:
    """The day on which answers must hold for a session: its own, or that of the answers where these came later."""
    told = [one for one in (person.answered, *person.answered_on.values()) if one is not None]
    return max([day, *told])


def _persons_before(person: Person, sessions: tuple[dt.date, ...]) -> Iterator[Person]:
    """The person on the morning of each session: the sessions before it are past."""
    for number in range(len(sessions)):
        # A set, since a past session may also be given as one of the course; the rule on spacing then refuses it.
        done = {*person.past_sessions, *sessions[:number]}
        yield dataclasses.replace(person, past_sessions=tuple(sorted(done)))

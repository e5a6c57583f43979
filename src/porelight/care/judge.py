"""One rule, one person, one day: the small functions that make a verdict.

Each test is monotone: an answer that speaks against treatment never gives a better outcome than one that does not, and
an unknown answer never counts as the harmless one.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from porelight import cite
from porelight.care import facts
from porelight.care.choices import ClinicChoices, Option, choices
from porelight.care.language import say
from porelight.care.model import BLOCKING, Limit, Outcome, Person, Tier, Verdict
from porelight.care.phototype import suggested
from porelight.care.questions import question
from porelight.care.rules import Branch, LaserKind, Rule
from porelight.cite import Cited, Source

DARKER: Final = frozenset({"IV", "V", "VI"})
DARKEST: Final = frozenset({"V", "VI"})


@dataclasses.dataclass(frozen=True, slots=True)
class Hearing:
    """One rule about to be applied to one person on one day."""

    rule: Rule
    branch: Branch
    person: Person
    on: dt.date
    laser: LaserKind
    clinic: ClinicChoices
    language: str = "en"

    def say(self, text: str, **values: object) -> str:
        """The text in the language of the hearing, with its values."""
        told = say(text, self.language)
        return told.format(**values) if values else told

    @property
    def option(self) -> Option | None:
        """What the clinic chose where sources disagree; None where they do not."""
        return self.clinic.option(self.branch.choice) if self.branch.choice else None

    @property
    def departs(self) -> bool:
        """Whether the clinic chose other than the default."""
        option = self.option
        return option is not None and option != choices()[self.branch.choice or ""].options[0]

    @property
    def outcome(self) -> Outcome:
        """The outcome when the rule applies."""
        option = self.option
        return option.outcome if option and option.outcome else self.branch.outcome

    @property
    def wait(self) -> Cited | None:
        """The time to wait, of the option where it has one."""
        option = self.option
        return option.wait if option and option.wait else self.branch.wait

    def cleared(self) -> bool:
        """Whether the answer that clears this branch was given."""
        key = self.branch.cleared_by
        return key is not None and facts.answer(self.person, key) == "yes"

    def verdict(
        self,
        outcome: Outcome,
        because: str,
        *,
        clears: str = "",
        until: dt.date | None = None,
        limits: tuple[Limit, ...] = (),
        asks: tuple[str, ...] = (),
        rests_on: tuple[Cited, ...] = (),
    ) -> Verdict:
        """The verdict with everything that the rule and its branch know."""
        option = self.option
        return Verdict(
            rule=self.rule.key,
            outcome=outcome,
            title=self.say(self.rule.title),
            because=because,
            clears=clears,
            until=until,
            limits=limits,
            source=self._source(),
            tier=self._tier(),
            confidence=self.rule.confidence,
            effective=self.rule.effective,
            conflicts=self._conflicts(),
            asks=asks,
            rests_on=self.branch.rests_on + (option.rests_on if option else ()) + rests_on,
        )

    def applies(self, *, until: dt.date | None = None, outcome: Outcome | None = None) -> Verdict:
        """The branch as it stands, or cleared where a practitioner has cleared it."""
        outcome = outcome or self.outcome
        if self.cleared():
            cleared = self.say(self.branch.cleared)
            return self.verdict("adjust", cleared, clears=self.say("Cleared."), limits=self._limits())
        because = self.say(self.branch.because) + self._choice_sentence()
        return self.verdict(outcome, because, clears=self.say(self.branch.clears), until=until, limits=self._limits())

    def fine(self) -> Verdict:
        """Nothing to object."""
        return self.verdict("proceed", self.say(self.rule.fine))

    def asks(self, *keys: str, outcome: Outcome | None = None) -> Verdict:
        """The answer is missing: ask where it could block, otherwise be as careful as if it applied."""
        outcome = outcome or self.outcome
        if outcome in BLOCKING:
            return self.verdict("ask", self.say("This is not known yet."), clears=self.please(*keys), asks=keys)
        because = self.say("Not known, so taken as a yes. {because}", because=self.say(self.branch.because))
        return self.verdict(outcome, because, clears=self.say(self.branch.clears), limits=self._limits(), asks=keys)

    def please(self, *keys: str) -> str:
        """The request to answer these questions."""
        asked = " ".join(question(key, self.language).text for key in keys)
        return self.say("Please answer: {questions}", questions=asked)

    def _limits(self) -> tuple[Limit, ...]:
        return tuple(Limit(name=name, at_most=row.value) for name, row in self.branch.limits.items())

    def _source(self) -> Source:
        option = self.option
        return option.source if option and self.departs else self.branch.source

    def _tier(self) -> Tier:
        option = self.option
        return option.tier if option and self.departs else self.branch.tier

    def _conflicts(self) -> tuple[str, ...]:
        if not self.branch.choice:
            return self.rule.conflicts
        others = [option for option in choices()[self.branch.choice].options if option != self.option]
        return self.rule.conflicts + tuple(str(option) for option in others)

    def _choice_sentence(self) -> str:
        if not self.departs or self.option is None or self.branch.choice is None:
            return ""
        chosen = self.clinic.chosen[self.branch.choice]
        says = self.say(self.option.says)
        return " " + self.say(
            "The clinic chose: {says} ({by}: {reason})", says=says, by=chosen.by, reason=chosen.reason
        )


def answer(hearing: Hearing) -> Verdict:
    """A yes-or-no rule: its branch applies when the answer is the bad one, or always."""
    rule, said = hearing.rule, facts.answer(hearing.person, hearing.rule.question)
    if hearing.branch.always or said == rule.bad:
        return hearing.applies()
    return hearing.asks(rule.question) if said == "unknown" else hearing.fine()


def wait(hearing: Hearing) -> Verdict:
    """A rule about the days since something ended; a yes without a day means now, or not known."""
    key = hearing.rule.question
    said, day = facts.when(hearing.person, key)
    if said != "yes":
        return hearing.asks(key) if said == "unknown" else hearing.fine()
    if day is None:
        return hearing.applies()
    assert hearing.wait is not None, f"rule {hearing.rule.key} has no wait"
    return later(hearing, key, day) or since(hearing, day, hearing.wait) or hearing.fine()


def since(hearing: Hearing, day: dt.date, needed: Cited) -> Verdict | None:
    """The branch, until ``needed`` has passed since ``day``; None once it has."""
    ends = day + dt.timedelta(days=round(needed.value))
    return hearing.applies(until=ends) if hearing.on < ends else None


def later(hearing: Hearing, key: str, day: dt.date) -> Verdict | None:
    """A question back when the day given lies after the day judged: it cannot tell how things stood."""
    if day <= hearing.on:
        return None
    if hearing.outcome not in BLOCKING:
        return hearing.applies()
    because = hearing.say(
        "The day given, {given}, is later than {judged}, the day that is judged.", given=day, judged=hearing.on
    )
    return hearing.verdict("ask", because, clears=hearing.please(key), asks=(key,))


def age(hearing: Hearing) -> Verdict:
    """The least age, on the day itself where the birth date is known."""
    person, least = hearing.person, cite.table("rules/days")["least_age"]
    years = facts.age(person, hearing.on)
    if years is None:
        return hearing.asks("age")
    if years >= least.value:
        return hearing.fine()
    until = facts.birthday(person.born, person.born.year + round(least.value)) if person.born else None
    return hearing.applies(until=until)


def sun(hearing: Hearing) -> Verdict:
    """A tan or strong sun. Up to the shortest wait all sources agree; after it a practitioner may look and clear it."""
    person = hearing.person
    tanned = facts.answer(person, "tan_now")
    said, day = facts.when(person, "strong_sun")
    if tanned == "yes" or (said == "yes" and day is None):
        return _not_cleared(hearing).applies()
    if said == "yes" and day is not None and (found := _since_sun(hearing, day)):
        return found
    missing = tuple(key for key, told in (("tan_now", tanned), ("strong_sun", said)) if told == "unknown")
    return hearing.asks(*missing) if missing else hearing.fine()


def _since_sun(hearing: Hearing, day: dt.date) -> Verdict | None:
    agreed = cite.table("rules/days")["sun_clinic"]
    assert hearing.wait is not None or hearing.option is not None
    needed = hearing.wait or agreed
    ends = day + dt.timedelta(days=round(needed.value))
    if question_back := later(hearing, "strong_sun", day):
        return question_back
    if hearing.on >= ends:
        return None
    if (hearing.on - day).days < agreed.value:
        return _not_cleared(hearing).applies(until=ends)
    return hearing.applies(until=ends, outcome="ask")


def _not_cleared(hearing: Hearing) -> Hearing:
    """The same hearing where nobody can clear the branch."""
    return dataclasses.replace(hearing, branch=dataclasses.replace(hearing.branch, cleared_by=None))


def worry(hearing: Hearing) -> Verdict:
    """Distress about looks in two questions: being taken up with it, and what it does to daily life."""
    taken_up = facts.answer(hearing.person, "worry")
    life = hearing.person.answer("worry_life")
    if life == "yes":
        return hearing.applies()
    if taken_up == "unknown":
        return hearing.asks("worry")
    if taken_up == "no":
        return hearing.fine()
    if life == "unknown":
        return hearing.asks("worry_life")
    because = hearing.say(
        "Thinks a lot about looks, yet daily life does not suffer. Talk about it and ask again at each visit."
    )
    return hearing.verdict("adjust", because, clears=hearing.say("Talk about it."))


def hopes(hearing: Hearing) -> Verdict:
    """What the person hopes for. A hope for no pores at all outweighs a yes to smaller ones."""
    if "no_pores" in hearing.person.goals:
        return hearing.applies()
    return answer(hearing)


def phototype(hearing: Hearing) -> Verdict:
    """Darker skin: a bound on the density; for the darkest a test spot before a laser that opens the surface.

    The type that was entered counts. Where the guided answers say something else, that is shown, and the practitioner
    is asked to look where they point to darker skin.
    """
    guided = suggested(hearing.person.skin_answers)
    found = _by_phototype(hearing)
    remark = guided.sentence(hearing.person.phototype, hearing.language)
    if not remark:
        return found
    found = dataclasses.replace(found, because=f"{found.because} {remark}", rests_on=found.rests_on + guided.rests_on)
    darker = guided.phototype in DARKER or (guided.unclear and not DARKER.isdisjoint(guided.told.values()))
    if found.outcome != "proceed" or not darker:
        return found
    clears = hearing.say("The practitioner looks at the skin and notes its type.")
    return dataclasses.replace(found, outcome="adjust", clears=clears)


def _by_phototype(hearing: Hearing) -> Verdict:
    person, branch = hearing.person, hearing.branch
    if person.phototype is None:
        return hearing.asks("phototype", outcome="ask")
    if person.phototype not in DARKER:
        return hearing.fine()
    if person.phototype in DARKEST and branch.cleared_by is not None:
        return _test_spot(hearing)
    found = _not_cleared(hearing).applies()
    return dataclasses.replace(found, clears=hearing.say("Keep within the limit."))


def _test_spot(hearing: Hearing) -> Verdict:
    """A test spot, read once brown marks would have shown."""
    needed = cite.table("rules/days")["test_spot_wait"]
    said, day = facts.when(hearing.person, "test_spot")
    if said != "yes" or day is None or day > hearing.on:
        found = _not_cleared(hearing).applies(outcome="ask")
    elif hearing.on < (ends := day + dt.timedelta(days=round(needed.value))):
        found = _not_cleared(hearing).applies(outcome="defer", until=ends)
    else:
        found = hearing.applies(outcome="ask")
    return dataclasses.replace(found, rests_on=(*found.rests_on, needed))


def session_spacing(hearing: Hearing) -> Verdict:
    """The time that this laser needs since the last session of the course."""
    needed = hearing.laser.spacing
    past = [day for day in hearing.person.past_sessions if day <= hearing.on]
    ends = max(past) + dt.timedelta(days=round(needed.value)) if past else hearing.on
    found = hearing.fine() if hearing.on >= ends else hearing.applies(until=ends)
    return dataclasses.replace(found, source=needed.source, rests_on=(*found.rests_on, needed))


def priming(hearing: Hearing) -> Verdict:
    """Whether to think of a bleaching cream first: where brown marks were, or in darker skin if so chosen."""
    said = facts.answer(hearing.person, "melasma_or_marks")
    option = hearing.option
    widened = option is not None and option.key == "dark_skin" and hearing.person.phototype not in {"I", "II", "III"}
    if said == "yes" or widened:
        return hearing.applies()
    return hearing.asks("melasma_or_marks") if said == "unknown" else hearing.fine()


TESTS: Final[Mapping[str, Callable[[Hearing], Verdict]]] = {
    "answer": answer,
    "wait": wait,
    "age": age,
    "sun": sun,
    "worry": worry,
    "hopes": hopes,
    "phototype": phototype,
    "session_spacing": session_spacing,
    "priming": priming,
}
"""The name of a rule's test in ``data/rules`` -> its function."""

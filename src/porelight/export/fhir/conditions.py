"""When a rule says what, as FHIRPath over a QuestionnaireResponse whose ``authored`` is the day that is judged.

Each test of :mod:`porelight.care.judge` has its expressions here; a test runs both on the same answers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Final

from porelight import cite
from porelight.care.choices import ClinicChoices, Option, choices
from porelight.care.judge import DARKER, DARKEST
from porelight.care.model import BLOCKING, Outcome
from porelight.care.phototype import DEFINING, GUIDED, TYPES
from porelight.care.questions import question
from porelight.care.rules import Branch, LaserKind, Rule
from porelight.cite import Cited

ON: Final = "%resource.authored"


@dataclasses.dataclass(frozen=True, slots=True)
class Condition:
    """What a rule says when an expression holds. At most one of a rule holds; when none does, it has no objection."""

    outcome: Outcome
    because: str
    clears: str
    expression: str


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """One rule for one kind of laser in one clinic."""

    rule: Rule
    branch: Branch
    laser: LaserKind
    clinic: ClinicChoices

    @property
    def option(self) -> Option | None:
        return self.clinic.option(self.branch.choice) if self.branch.choice else None

    @property
    def departs(self) -> bool:
        """Whether the clinic chose other than the default."""
        return self.option is not None and self.option != choices()[self.branch.choice or ""].options[0]

    @property
    def outcome(self) -> Outcome:
        return (self.option.outcome if self.option else None) or self.branch.outcome

    @property
    def wait(self) -> Cited:
        found = (self.option.wait if self.option else None) or self.branch.wait
        assert found is not None, f"rule {self.rule.key} has no wait"
        return found

    @property
    def blocks(self) -> bool:
        return self.outcome in BLOCKING

    def applies(self, expression: str, outcome: Outcome | None = None) -> list[Condition]:
        """The branch where the expression holds, split by whether a practitioner cleared it."""
        told, key = outcome or self.outcome, self.branch.cleared_by
        if key is None:
            return [self.uncleared(expression, told)]
        cleared = Condition("adjust", self.branch.cleared, "Cleared.", every(expression, yes(key)))
        return [self.uncleared(every(expression, negated(yes(key))), told), cleared]

    def uncleared(self, expression: str, outcome: Outcome | None = None) -> Condition:
        """The branch where the expression holds, whatever a practitioner noted."""
        return Condition(outcome or self.outcome, self.branch.because, self.branch.clears, expression)

    def asks(self, expression: str, *keys: str, outcome: Outcome | None = None) -> Condition:
        """Ask where the answer could block, otherwise be as careful as if the branch applied."""
        told = outcome or self.outcome
        if told not in BLOCKING:
            return Condition(
                told, f"Not known, so taken as a yes. {self.branch.because}", self.branch.clears, expression
            )
        asked = " ".join(question(key).text for key in keys)
        return Condition("ask", "This is not known yet.", f"Please answer: {asked}", expression)


def conditions(asked: Asked) -> list[Condition]:
    """Everything that a rule may say of a person, but that it has nothing to object."""
    return _TESTS[asked.rule.test](asked)


def item(key: str) -> str:
    return f"%resource.descendants().where(linkId = '{key}')"


def coded(key: str, code: str) -> str:
    return f"{item(key)}.answer.value.where(code = '{code}').exists()"


def yes(key: str) -> str:
    return coded(key, "Y")


def no(key: str) -> str:
    """Answered with no, or not answered behind a question that is."""
    gate = question(key).gate
    if gate is None:
        return coded(key, "N")
    return f"({coded(key, 'N')} or ({item(key)}.answer.empty() and {coded(gate, 'N')}))"


def unknown(key: str) -> str:
    return every(negated(yes(key)), negated(no(key)))


def last(key: str) -> str:
    """The day on which it last applied; empty is "now, or not known"."""
    return f"{item(f'{key}.last')}.answer.value"


def within(day: str, wait: Cited) -> str:
    """Whether less than a wait has passed since a day."""
    return f"{day} + {round(wait.value)} days > {ON}"


def negated(expression: str) -> str:
    return f"({expression}).not()"


def every(*expressions: str) -> str:
    return " and ".join(f"({expression})" for expression in expressions)


def some(*expressions: str) -> str:
    return " or ".join(f"({expression})" for expression in expressions)


def _answer(asked: Asked) -> list[Condition]:
    key, branch = asked.rule.question, asked.branch
    if branch.always:
        return asked.applies("true")
    bad = yes(key) if asked.rule.bad == "yes" else no(key)
    return [*asked.applies(bad), asked.asks(unknown(key), key)]


def _wait(asked: Asked) -> list[Condition]:
    key = asked.rule.question
    day, later = last(key), f"{last(key)} > {ON}"
    now = every(yes(key), f"{day}.empty()")
    waiting = every(yes(key), within(day, asked.wait), negated(later))
    ahead = every(yes(key), later)
    told = asked.applies(some(now, waiting) if asked.blocks else some(now, waiting, ahead))
    return [*told, asked.asks(some(unknown(key), ahead) if asked.blocks else unknown(key), key)]


def _age(asked: Asked) -> list[Condition]:
    least = round(cite.table("rules/days")["least_age"].value)
    born = f"{item('born')}.answer.value"
    young = some(f"{item('age')}.answer.value < {least}", f"{born} + {least} years > {ON}")
    missing = f"{item('age')}.answer.empty() and {item('born')}.answer.empty()"
    return [asked.uncleared(young), asked.asks(missing, "age")]


def _worry(asked: Asked) -> list[Condition]:
    life, taken = yes("worry_life"), yes("worry")
    easy = "Thinks a lot about looks, yet daily life does not suffer. Talk about it and ask again at each visit."
    missing = some(unknown("worry"), every(taken, negated(coded("worry_life", "N"))))
    return [
        *asked.applies(life),
        asked.asks(every(negated(life), missing), "worry", "worry_life"),
        Condition("adjust", easy, "Talk about it.", every(taken, coded("worry_life", "N"))),
    ]


def _sun(asked: Asked) -> list[Condition]:
    agreed = cite.table("rules/days")["sun_clinic"]
    day, sun = last("strong_sun"), yes("strong_sun")
    ahead = every(sun, f"{day} > {ON}")
    now = some(yes("tan_now"), every(sun, f"{day}.empty()"))
    waiting = every(sun, within(day, asked.wait), f"{day} <= {ON}")
    recent, earlier = every(waiting, within(day, agreed)), every(waiting, negated(within(day, agreed)))
    missing = every(negated(some(now, waiting)), some(ahead, unknown("tan_now"), unknown("strong_sun")))
    return [
        asked.uncleared(some(now, recent)),
        *asked.applies(every(negated(now), earlier), "ask"),
        asked.asks(missing, "tan_now", "strong_sun"),
    ]


def _hopes(asked: Asked) -> list[Condition]:
    key, none = asked.rule.question, coded("goals", "no_pores")
    bad = yes(key) if asked.rule.bad == "yes" else no(key)
    return [*asked.applies(some(none, bad)), asked.asks(every(negated(none), unknown(key)), key)]


def _phototype(asked: Asked) -> list[Condition]:
    said = [asked.asks(f"{item('phototype')}.answer.empty()", "phototype", outcome="ask"), _looks_darker()]
    if asked.branch.cleared_by is None:
        return [asked.uncleared(_typed(DARKER)), *said]
    needed, day, darkest = cite.table("rules/days")["test_spot_wait"], last("test_spot"), _typed(DARKEST)
    tested = f"{day}.where($this <= {ON}).exists()"
    return [
        asked.uncleared(_typed(DARKER - DARKEST)),
        asked.uncleared(every(darkest, negated(tested)), "ask"),
        asked.uncleared(every(darkest, tested, within(day, needed)), "defer"),
        *asked.applies(every(darkest, tested, negated(within(day, needed))), "ask"),
        *said,
    ]


def _typed(types: frozenset[str]) -> str:
    """Whether the type of skin that was entered is one of these."""
    return some(*(coded("phototype", one) for one in sorted(types)))


def _looks_darker() -> Condition:
    """A lighter type was entered, and the guided answers point to a darker one: the practitioner looks."""
    lighter = _typed(frozenset(TYPES) - DARKER)
    answered = every(*(f"{item(key)}.answer.exists()" for key in DEFINING))
    points = [coded(key, one.key) for key in GUIDED for one in question(key).options if one.phototype in DARKER]
    because = "The answers on sun and skin point to a darker type than was entered."
    clears = "The practitioner looks at the skin and notes its type."
    return Condition("adjust", because, clears, every(lighter, answered, some(*points)))


def _session_spacing(asked: Asked) -> list[Condition]:
    recent = f"$this <= {ON} and {within('$this', asked.laser.spacing)}"
    return [asked.uncleared(f"{item('past_sessions')}.answer.value.where({recent}).exists()")]


def _priming(asked: Asked) -> list[Condition]:
    key, option = "melasma_or_marks", asked.option
    light = _typed(frozenset(TYPES) - DARKER)
    widened = option is not None and option.key == "dark_skin"
    marked = some(yes(key), negated(light)) if widened else yes(key)
    return [asked.uncleared(marked), asked.asks(every(unknown(key), negated(marked)), key)]


_TESTS: Final[Mapping[str, Callable[[Asked], list[Condition]]]] = {
    "answer": _answer,
    "wait": _wait,
    "age": _age,
    "worry": _worry,
    "hopes": _hopes,
    "sun": _sun,
    "phototype": _phototype,
    "session_spacing": _session_spacing,
    "priming": _priming,
}

"""One rule about to be applied: what both of its readings share, and what a verdict is made of."""

from __future__ import annotations

import dataclasses
import datetime as dt

from porelight.care.choices import ClinicChoices, Option, load_choices
from porelight.care.facts import find_answer
from porelight.care.language import say
from porelight.care.model import BLOCKING_OUTCOMES, Limit, Outcome, Person, Tier, Verdict
from porelight.care.questions import find_question
from porelight.care.rules import Branch, LaserKind, Rule
from porelight.cite import Cited, Source
from porelight.frozen import frozen


@frozen
class RuleContext:
    """One rule for one kind of laser in one clinic, whoever is judged."""

    rule: Rule
    branch: Branch
    laser: LaserKind
    clinic: ClinicChoices

    @property
    def option(self) -> Option | None:
        """What the clinic chose where sources disagree; None where they do not."""
        return self.clinic.option(self.branch.choice) if self.branch.choice else None

    @property
    def departs(self) -> bool:
        """Whether the clinic chose other than the default."""
        option = self.option
        return option is not None and option != load_choices()[self.branch.choice or ""].options[0]

    @property
    def outcome(self) -> Outcome:
        """The outcome when the rule applies."""
        option = self.option
        return option.outcome if option and option.outcome else self.branch.outcome

    @property
    def blocks(self) -> bool:
        """Whether the rule holds treatment back when it applies."""
        return self.outcome in BLOCKING_OUTCOMES

    @property
    def wait(self) -> Cited:
        """The time to wait, of the option where it has one."""
        option = self.option
        wait = option.wait if option and option.wait else self.branch.wait
        assert wait is not None, f"rule {self.rule.key} has no wait"
        return wait

    @property
    def source(self) -> Source:
        """Whom the clinic follows."""
        # The default option is the rule's own text, so its source stands; only a departure brings its own.
        option = self.option
        return option.source if option and self.departs else self.branch.source

    @property
    def tier(self) -> Tier:
        option = self.option
        return option.tier if option and self.departs else self.branch.tier

    @property
    def rests_on(self) -> tuple[Cited, ...]:
        """The rows that the rule counts with."""
        option = self.option
        return self.branch.rests_on + (option.rests_on if option else ())

    @property
    def conflicts(self) -> tuple[str, ...]:
        """What other sources say, those that the clinic did not choose included."""
        if not self.branch.choice:
            return self.rule.conflicts
        others = [option for option in load_choices()[self.branch.choice].options if option != self.option]
        return self.rule.conflicts + tuple(str(option) for option in others)

    def uncleared(self) -> RuleContext:
        """The same rule where nobody can clear the branch."""
        return dataclasses.replace(self, branch=dataclasses.replace(self.branch, cleared_by=None))


@frozen
class Evaluation:
    """One rule on one person, on one day, in one language."""

    context: RuleContext
    person: Person
    on: dt.date
    language: str = "en"

    @property
    def rule(self) -> Rule:
        return self.context.rule

    @property
    def branch(self) -> Branch:
        return self.context.branch

    def uncleared(self) -> Evaluation:
        """The same evaluation where nobody can clear the branch."""
        return dataclasses.replace(self, context=self.context.uncleared())

    def say(self, text: str, **values: object) -> str:
        """The text in the language of the evaluation, with its values."""
        translated = say(text, self.language)
        return translated.format(**values) if values else translated

    def is_cleared(self) -> bool:
        """Whether the answer that clears this branch was given."""
        key = self.branch.cleared_by
        return key is not None and find_answer(self.person, key) == "yes"

    def make_verdict(
        self,
        outcome: Outcome,
        because: str,
        *,
        clears: str = "",
        until: dt.date | None = None,
        limits: tuple[Limit, ...] = (),
        asks: tuple[str, ...] = (),
    ) -> Verdict:
        """The verdict with everything that the rule and its branch know."""
        return Verdict(
            rule=self.rule.key,
            outcome=outcome,
            title=self.say(self.rule.title),
            because=because,
            clears=clears,
            until=until,
            limits=limits,
            source=self.context.source,
            tier=self.context.tier,
            confidence=self.rule.confidence,
            effective=self.rule.effective,
            conflicts=self.context.conflicts,
            asks=asks,
            rests_on=self.context.rests_on,
        )

    def apply(self, *, until: dt.date | None = None, outcome: Outcome | None = None) -> Verdict:
        """The branch as it stands, or cleared where a practitioner has cleared it."""
        outcome = outcome or self.context.outcome
        # A clearance lowers the outcome but keeps the limits: a test spot that healed still asks for a low density.
        if self.is_cleared():
            cleared = self.say(self.branch.cleared)
            return self.make_verdict("adjust", cleared, clears=self.say("Cleared."), limits=self._limits())
        because = self.say(self.branch.because) + self._choice_sentence()
        clears = self.say(self.branch.clears)
        return self.make_verdict(outcome, because, clears=clears, until=until, limits=self._limits())

    def approve(self) -> Verdict:
        """Nothing to object."""
        return self.make_verdict("proceed", self.say(self.rule.fine))

    def ask(self, *keys: str, outcome: Outcome | None = None) -> Verdict:
        """The answer is missing: ask where it could block, otherwise be as careful as if it applied."""
        outcome = outcome or self.context.outcome
        # Where a yes would hold treatment back, ignorance must too; where it would only adjust, taking the answer for a
        # yes is safe and spares the person a question.
        if outcome in BLOCKING_OUTCOMES:
            because = self.say("This is not known yet.")
            return self.make_verdict("ask", because, clears=self.request_answers(*keys), asks=keys)
        because = self.say("Not known, so taken as a yes. {because}", because=self.say(self.branch.because))
        return self.make_verdict(
            outcome, because, clears=self.say(self.branch.clears), limits=self._limits(), asks=keys
        )

    def request_answers(self, *keys: str) -> str:
        """The request to answer these questions."""
        questions = " ".join(find_question(key, self.language).text for key in keys)
        return self.say("Please answer: {questions}", questions=questions)

    def _limits(self) -> tuple[Limit, ...]:
        return tuple(Limit(name=name, at_most=row.value) for name, row in self.branch.limits.items())

    def _choice_sentence(self) -> str:
        option, choice = self.context.option, self.branch.choice
        # A clinic that follows the default has decided nothing that the patient or the file need to be told.
        if not self.context.departs or option is None or choice is None:
            return ""
        chosen = self.context.clinic.chosen[choice]
        says = self.say(option.says)
        return " " + self.say(
            "The clinic chose: {says} ({by}: {reason})", says=says, by=chosen.by, reason=chosen.reason
        )

"""The phototype from guided questions: how skin burns and tans, and its colour where the sun never gets to it.

Each answer stands for one type (Fitzpatrick's definition as D'Orazio 2013, table 1, prints it). Nothing is added up:
the point scores in circulation contradict each other, and colours of eyes and hair predict little (He 2014).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from porelight import cite
from porelight.care.language import say
from porelight.care.questions import find_question
from porelight.cite import Cited
from porelight.frozen import frozen
from porelight.skin import Phototype

DEFINING_QUESTIONS = ("burns", "tans")
"""Questions without which nothing can be said."""

GUIDED_QUESTIONS = (*DEFINING_QUESTIONS, "skin_colour")
PHOTOTYPES: tuple[Phototype, ...] = get_args(Phototype)


@frozen
class Suggestion:
    """What the guided answers say of the phototype."""

    phototype: Phototype | None
    """None where an answer is missing, or where the answers fit no one type."""
    told: Mapping[str, Phototype]
    """Question key -> the type that its answer stands for."""
    rests_on: tuple[Cited, ...]

    @property
    def unclear(self) -> bool:
        """Whether all that is needed was answered and still gives no one type."""
        return self.phototype is None and set(DEFINING_QUESTIONS) <= set(self.told)

    def sentence(self, entered: Phototype | None, language: str = "en") -> str:
        """What a practitioner should know of these answers; empty where they say nothing, or the same as entered."""
        found = sorted(self.told.values(), key=PHOTOTYPES.index)
        if self.unclear:
            text = say("The answers on sun and skin fit types {low} to {high} and give no clear type.", language)
            return text.format(low=found[0], high=found[-1])
        if self.phototype is None or self.phototype == entered:
            return ""
        text = say("The answers on sun and skin point to type {told}, and type {entered} is entered.", language)
        return text.format(told=self.phototype, entered=entered)


def suggest_phototype(answers: Mapping[str, str]) -> Suggestion:
    """The phototype that the guided answers point to.

    Answers that name one type give it, neighbouring types give the darker one, for darker skin asks for milder settings
    (``phototype_step``); answers further apart, as 42 % of people give them (Eilers 2013), give none.

    Args:
        answers: question key -> key of the option chosen; what is missing is not known.

    Raises:
        KeyError: no such option.
    """
    days = cite.table("rules/days")
    told = {key: _find_type(key, answers[key]) for key in GUIDED_QUESTIONS if key in answers}
    rests = tuple(days[key] for key in ("phototype_answers", "phototype_unclear", "phototype_step"))
    # The spread of the answers decides, not their mean: never tanning and never burning average to a type that
    # nobody described.
    places = sorted(PHOTOTYPES.index(named) for named in told.values())
    clear = set(DEFINING_QUESTIONS) <= set(told) and places[-1] - places[0] <= days["phototype_step"].value
    return Suggestion(PHOTOTYPES[places[-1]] if clear else None, told, rests)


def _find_type(key: str, chosen: str) -> Phototype:
    for option in find_question(key).options:
        if option.key == chosen and option.phototype is not None:
            return option.phototype
    raise KeyError(f"question {key!r} has no option {chosen!r}")

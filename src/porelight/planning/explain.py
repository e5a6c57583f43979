"""Why the pores look large, cause by cause: what photo and answers say, and what a laser can change.

A share is given only where one was measured, and it is then a share of the differences between people. Everything else
is None: a photo and some answers cannot tell it, and unknown stays unknown.
"""

from __future__ import annotations

import numpy as np

from porelight import cite
from porelight.care import facts
from porelight.care.model import Person
from porelight.fields import Interval
from porelight.photo.census import PoreCensus
from porelight.planning.model import Factor
from porelight.units import percent

UNTOLD = "How much of it is yours cannot be told from what we have."


def factors(census: PoreCensus, person: Person, age: float | None) -> tuple[Factor, ...]:
    """The six causes, each for this person. ``age`` [years] on the day of the plan, None where unknown."""
    return (
        genetics(),
        sebum(),
        clogging(census),
        aging(census, age),
        sun(person),
        inflammation(person),
    )


def genetics() -> Factor:
    """Number and size of the follicles one is born with."""
    row = cite.table("pores")["causes"]
    return Factor(
        key="genetics",
        title="The pores you were born with",
        share=None,
        because=f"The size of the follicles is one of the {row.value:g} main causes ({row.source.key}). {UNTOLD}",
        laser_changes="no",
        advice="How many pores there are, and that they are there, cannot be changed. They can look smaller.",
        rests_on=(row,),
    )


def sebum() -> Factor:
    """Oil: the one cause with a measured share, between people."""
    table = cite.table("pores")
    men, women, after = table["sebum_share_men"], table["sebum_share_women"], table["sebum_after_1450"]
    middle = (men.si + women.si) / 2.0
    return Factor(
        key="sebum",
        title="Oil",
        share=Interval(min(men.si_low, women.si_low), middle, max(men.si_high, women.si_high), level=0.95),
        because=f"Oil explains {women.value:g} % of the differences in pore size between women and {men.value:g} % "
        f"between men ({men.source.key}, 30 of each, so the range is wide). Your own oil was not measured, so this is "
        "what holds for people in general.",
        laser_changes="partly",
        advice="Columns of a fractional laser damage only the glands they meet. No trial we know measured the oil "
        f"after fractional CO2; a laser that aims deeper lowered it by {-after.value:g} % in {after.source.key}.",
        rests_on=(men, women, after),
    )


def clogging(census: PoreCensus) -> Factor:
    """Plugs: the photo shows dark middles, not what makes them dark."""
    row = cite.table("pores")["causes"]
    seen = "No pore was found to judge by."
    if census.pore_count:
        drop = -np.expm1(-float(np.median(census.pores.darkness)))
        seen = f"The middle of a typical pore is {drop / percent:.0f} % darker than the skin around it in the photo. "
        seen += "Shadow and a plug look alike there."
    return Factor(
        key="clogging",
        title="Plugs of oil, dead cells and make-up",
        share=None,
        because=f"{seen} {UNTOLD}",
        laser_changes="no",
        advice="Plugs come back after a laser. Cleansing and skin care chosen with the practitioner keep pores open.",
        rests_on=(row,),
    )


def aging(census: PoreCensus, age: float | None) -> Factor:
    """Less collagen and elastin: looser, longer pores."""
    table = cite.table("pores")
    step, elastic, built = table["age_step"], table["elasticity_predictor"], table["collagen_after"]
    told = [_age_said(age, step.value, step.source.key)]
    if census.pore_count:
        longer = float(np.median(census.pores.elongation))
        told.append(f"A typical pore in the photo is {longer:.1f} times as long as wide.")
    told.append(f"Looser skin had more pores ({elastic.source.key}), but looseness was not measured here. {UNTOLD}")
    return Factor(
        key="age",
        title="Age: less collagen and stretch",
        share=None,
        because=" ".join(told),
        laser_changes="yes",
        advice=f"This is what a fractional laser acts on: new collagen was seen in pore skin ({built.source.key}).",
        rests_on=(step, elastic, built, table["elongation_step"]),
    )


def _age_said(age: float | None, step: float, source: str) -> str:
    if age is None:
        return "Your age is not known."
    side = "past" if age >= step else "below"
    return f"You are {side} the age of {step:g}, from which more large pores were counted ({source})."


def sun(person: Person) -> Factor:
    """Sun damage: the answers tell of recent sun only."""
    row = cite.table("pores")["causes"]
    said = {
        "yes": "You told of sun, a sunbed, self-tanner or a tan in the last two months.",
        "no": "You told of no strong sun or tan in the last two months.",
        "unknown": "Whether you had strong sun lately is not known.",
    }
    return Factor(
        key="sun",
        title="Sun",
        share=None,
        because=f"{said[facts.answer(person, 'sun')]} Years of sun count more, and they are not known here. {UNTOLD}",
        laser_changes="partly",
        advice="A laser can renew collagen that the sun broke down; new sun breaks it down again. Sunscreen every day.",
        rests_on=(row,),
    )


def inflammation(person: Person) -> Factor:
    """Acne and rosacea."""
    row = cite.table("pores")["acne_predictor"]
    said = {
        "yes": "You have active acne, and people with acne had more pores",
        "no": "You have no active acne now. People with acne had more pores",
        "unknown": "Whether you have active acne is not known. People with acne had more pores",
    }
    return Factor(
        key="inflammation",
        title="Inflammation: acne or rosacea",
        share=None,
        because=f"{said[facts.answer(person, 'active_acne')]} ({row.source.key}). Rosacea was not asked. {UNTOLD}",
        laser_changes="no",
        advice="Inflamed skin is treated first. A laser comes after it has calmed down.",
        rests_on=(row,),
    )

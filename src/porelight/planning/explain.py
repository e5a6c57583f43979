"""Why the pores look large, cause by cause: what photo and answers say, and what a laser can change.

Each cause tells what the photo shows, as an index with its interval, and what the answers add. A share is given only
where one was measured, and it is then a share of the differences between people. Everything else is None: a photo and
some answers cannot tell it, and unknown stays unknown. No study gives usual values of the indices, so none is called
much or little.
"""

from __future__ import annotations

from typing import Final

from porelight import cite
from porelight.care import facts
from porelight.care.model import Person
from porelight.cite import Cited
from porelight.fields import Interval
from porelight.photo.census import Index, PoreCensus
from porelight.planning.model import Factor

UNTOLD: Final = "How much of it is yours cannot be told from what we have."
WHOLE: Final = ("all", "close-up")
"""Regions of the indices that are about the whole photo."""


def factors(census: PoreCensus, person: Person, age: float | None) -> tuple[Factor, ...]:
    """The six causes, each for this person. ``age`` [years] on the day of the plan, None where unknown."""
    return (
        genetics(),
        sebum(census),
        clogging(census),
        aging(census, age),
        sun(census, person),
        inflammation(census, person),
    )


def of_photo(census: PoreCensus, *keys: str) -> tuple[Index, ...]:
    """The indices of the whole photo by those names, in that order; a census may have none."""
    found = {index.key: index for index in census.indices if index.region in WHOLE}
    return tuple(found[key] for key in keys if key in found)


def said(index: Index) -> tuple[str, str]:
    """Value and interval with the digits that its width allows: "about 3" and "(between 1 and 6)"."""
    assert index.value is not None
    assert index.low is not None
    assert index.high is not None
    width = index.high - index.low
    places = 0 if width >= 4.0 else 1 if width >= 0.4 else 2
    middle, low, high = (f"{end:.{places}f}" for end in (index.value, index.low, index.high))
    return f"about {middle}", f"(between {low} and {high})"


def _seen(census: PoreCensus, key: str, sentence: str, what: str) -> tuple[list[str], tuple[Cited, ...]]:
    """What the photo shows of one index, and the rows behind it; ``sentence`` takes number and range."""
    found = of_photo(census, key)
    if not found:
        return [], ()
    if found[0].value is None:
        return [f"The photo cannot tell {what}."], found[0].rests_on
    return [sentence.format(*said(found[0]))], found[0].rests_on


def genetics() -> Factor:
    """Number and size of the follicles one is born with."""
    row = cite.table("pores")["causes"]
    return Factor(
        key="genetics",
        title="The pores you were born with",
        share=None,
        because=f"The size of the follicles is one of the {row.value:g} main causes ({row.source.key}). A photo shows "
        f"how the pores look, not how they came to be. {UNTOLD}",
        laser_changes="no",
        advice="How many pores there are, and that they are there, cannot be changed. They can look smaller.",
        rests_on=(row,),
    )


def sebum(census: PoreCensus) -> Factor:
    """Oil: the one cause with a measured share, between people."""
    table = cite.table("pores")
    men, women, after = table["sebum_share_men"], table["sebum_share_women"], table["sebum_after_1450"]
    middle = (men.si + women.si) / 2.0
    shine, rows = _seen(census, "shine", "In the photo {} % of the skin shines {}.", "how much the skin shines")
    if shine and rows:
        shine.append("Oil shines, and so do sweat, cream and a bright lamp.")
    told = [
        *shine,
        f"Oil explains {women.value:g} % of the differences in pore size between women and {men.value:g} % between men "
        f"({men.source.key}). That study had only 30 of each, so the range is wide.",
        "Your own oil was not measured, so this is what holds for people in general.",
    ]
    return Factor(
        key="sebum",
        title="Oil",
        share=Interval(min(men.si_low, women.si_low), middle, max(men.si_high, women.si_high), level=0.95),
        because=" ".join(told),
        laser_changes="partly",
        advice="Columns of a fractional laser damage only the glands they meet. No trial we know measured the oil "
        f"after fractional CO2; a laser that aims deeper lowered it by {-after.value:g} % in {after.source.key}.",
        rests_on=(men, women, after, *rows),
    )


def clogging(census: PoreCensus) -> Factor:
    """Plugs: the photo shows dark middles, not what makes them dark."""
    row = cite.table("pores")["causes"]
    seen: list[str] = ["No pore was found to judge by."]
    rows: tuple[Cited, ...] = ()
    if census.pore_count:
        sentence = "In the photo the middle of a pore has lost {} % of the light {}."
        seen, rows = _seen(census, "dark_middles", sentence, "how dark the middles of the pores are")
        seen.append("Shadow, a plug and a blackhead look alike there.")
    return Factor(
        key="clogging",
        title="Plugs of oil, dead cells and make-up",
        share=None,
        because=" ".join([*seen, UNTOLD]),
        laser_changes="no",
        advice="Plugs come back after a laser. Cleansing and skin care chosen with the practitioner keep pores open.",
        rests_on=(row, *rows),
    )


def aging(census: PoreCensus, age: float | None) -> Factor:
    """Less collagen and elastin: looser, longer pores."""
    table = cite.table("pores")
    step, elastic, built = table["age_step"], table["elasticity_predictor"], table["collagen_after"]
    told: list[str] = [_age_said(age, step.value, step.source.key)]
    rows: tuple[Cited, ...] = ()
    if census.pore_count:
        seen, rows = _stretched(census)
        told += seen
    told.append(f"Looser skin had more pores ({elastic.source.key}), but looseness was not measured here. {UNTOLD}")
    return Factor(
        key="age",
        title="Age: less collagen and stretch",
        share=None,
        because=" ".join(told),
        laser_changes="yes",
        advice=f"This is what a fractional laser acts on: new collagen was seen in pore skin ({built.source.key}).",
        rests_on=(step, elastic, built, table["elongation_step"], *rows),
    )


def _age_said(age: float | None, step: float, source: str) -> str:
    if age is None:
        return "Your age is not known."
    side = "past" if age >= step else "below"
    return f"You are {side} the age of {step:g}, from which more large pores were counted ({source})."


def _stretched(census: PoreCensus) -> tuple[list[str], tuple[Cited, ...]]:
    """Pores that are long in one direction: loose skin does that, and so do light and camera."""
    found = of_photo(census, "stretch")
    if not found:
        return [], ()
    stretch = found[0]
    if stretch.value is None or stretch.low is None:
        return ["Too few pores were found to tell if they are long in one direction."], stretch.rests_on
    middle, between = said(stretch)
    if stretch.low > 1.0:
        seen = f"In the photo the pores are {middle} times as long as wide, all in one direction {between}."
        return [seen], stretch.rests_on
    seen = f"In the photo no shared direction is clear: the pores are {middle} times as long as wide {between}."
    return [seen], stretch.rests_on


def sun(census: PoreCensus, person: Person) -> Factor:
    """Sun damage: the photo shows brown spots, the answers tell of recent sun."""
    row = cite.table("pores")["causes"]
    answers = {
        "yes": "You told of sun, a sunbed, self-tanner or a tan in the last two months.",
        "no": "You told of no strong sun or tan in the last two months.",
        "unknown": "Whether you had strong sun lately is not known.",
    }
    seen, rows = _seen(
        census,
        "pigment_spots",
        "In the photo {} % of the skin is brown spots {}.",
        "how much of the skin is brown spots",
    )
    if seen and of_photo(census, "pigment_spots")[0].value is not None:
        seen.append("Freckles, sun spots and moles look alike there.")
    patches = {"yes": ["You told of brown patches or marks; not only the sun makes these."]}
    seen += patches.get(facts.find_answer(person, "melasma_or_marks"), [])
    told = [*seen, answers[facts.find_answer(person, "sun")], "Years of sun count more, and they are not known here."]
    return Factor(
        key="sun",
        title="Sun",
        share=None,
        because=" ".join([*told, UNTOLD]),
        laser_changes="partly",
        advice="A laser can renew collagen that the sun broke down; new sun breaks it down again. Sunscreen every day.",
        rests_on=(row, *rows),
    )


def inflammation(census: PoreCensus, person: Person) -> Factor:
    """Acne and rosacea."""
    row = cite.table("pores")["acne_predictor"]
    answers = {
        "yes": "You have active acne, and people with acne had more pores",
        "no": "You have no active acne now. People with acne had more pores",
        "unknown": "Whether you have active acne is not known. People with acne had more pores",
    }
    seen, rows = _seen(
        census,
        "redness_patches",
        "In the photo the redder and the paler skin are {} points of redness apart {}.",
        "how patchy the redness is",
    )
    if seen and of_photo(census, "redness_patches")[0].value is not None:
        seen.append("Acne, rosacea and a rub all make skin red.")
    often = {"yes": ["You often get acne."], "no": ["You do not often get acne."]}
    told = [
        *seen,
        f"{answers[facts.find_answer(person, 'active_acne')]} ({row.source.key}).",
        *often.get(facts.find_answer(person, "acne_prone"), []),
        "Rosacea was not asked.",
    ]
    return Factor(
        key="inflammation",
        title="Inflammation: acne or rosacea",
        share=None,
        because=" ".join([*told, UNTOLD]),
        laser_changes="no",
        advice="Inflamed skin is treated first. A laser comes after it has calmed down.",
        rests_on=(row, *rows),
    )

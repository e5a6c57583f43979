"""Why the pores look large, cause by cause: what photo and answers say, and what a laser can change.

Each cause reports what the photo shows, as an index with its interval, and what the answers add. A share is given only
where one was measured, and it is then a share of the differences between people. Everything else is None: a photo and
some answers cannot tell it, and unknown stays unknown. No study gives typical values of the indices, so none is called
much or little.
"""

from __future__ import annotations

from typing import Final

from porelight import cite
from porelight.care import facts
from porelight.care.model import Person
from porelight.cite import Cited
from porelight.fields import Interval
from porelight.message import Message, message
from porelight.photo.census import Index, PoreCensus
from porelight.planning.model import Factor

UNKNOWN_SHARE_MESSAGE: Final = message("factors.share_unknown")
WHOLE_PHOTO: Final = ("all", "close-up")
"""Regions of the indices that are about the whole photo."""


def explain_factors(census: PoreCensus, person: Person, age: float | None) -> tuple[Factor, ...]:
    """The six causes, each for this person. ``age`` [years] on the day of the plan, None where unknown."""
    return (
        explain_genetics(),
        explain_sebum(census),
        explain_clogging(census),
        explain_aging(census, age),
        explain_sun(census, person),
        explain_inflammation(census, person),
    )


def photo_index(census: PoreCensus, key: str) -> Index | None:
    """The index of the whole photo by that name; a census may have none."""
    return next((index for index in census.indices if index.key == key and index.region in WHOLE_PHOTO), None)


def index_values(index: Index) -> dict[str, Message]:
    """Value and ends of the interval, with the digits that its width allows."""
    assert index.value is not None
    assert index.low is not None
    assert index.high is not None
    width = index.high - index.low
    digits = 0 if width >= 4.0 else 1 if width >= 0.4 else 2
    ends = {"mid": index.value, "low": index.low, "high": index.high}
    return {name: message(f"factors.digits_{digits}", value=value) for name, value in ends.items()}


def _describe_index(census: PoreCensus, key: str) -> tuple[list[Message], tuple[Cited, ...]]:
    """What the photo shows of one index, and the rows behind it; nothing where it was not looked for."""
    index = photo_index(census, key)
    if index is None:
        return [], ()
    if index.value is None:
        return [message(f"factors.{key}_unseen")], index.rests_on
    return [message(f"factors.{key}_seen", **index_values(index))], index.rests_on


def _has_value(census: PoreCensus, key: str) -> bool:
    index = photo_index(census, key)
    return index is not None and index.value is not None


def explain_genetics() -> Factor:
    """Number and size of the follicles one is born with."""
    row = cite.table("pores")["causes"]
    return Factor(
        key="genetics",
        title=message("factors.genetics"),
        share=None,
        because=(message("factors.genetics_cause", causes=row.value, source=row.source.key), UNKNOWN_SHARE_MESSAGE),
        laser_changes="no",
        advice=message("factors.genetics_advice"),
        rests_on=(row,),
    )


def explain_sebum(census: PoreCensus) -> Factor:
    """Oil: the one cause with a measured share, between people."""
    table = cite.table("pores")
    men, women, after = table["sebum_share_men"], table["sebum_share_women"], table["sebum_after_1450"]
    middle = (men.si + women.si) / 2.0
    seen, rows = _describe_index(census, "shine")
    if seen and rows:
        seen.append(message("factors.shine_causes"))
    share = message("factors.sebum_share", women_pct=women.value, men_pct=men.value, source=men.source.key)
    return Factor(
        key="sebum",
        title=message("factors.sebum"),
        # The study had one value for each sex; the interval covers both, and a person's sex is not asked.
        share=Interval(min(men.si_low, women.si_low), middle, max(men.si_high, women.si_high), level=0.95),
        because=(*seen, share, message("factors.sebum_unmeasured")),
        laser_changes="partly",
        advice=message("factors.sebum_advice", fall_pct=-after.value, source=after.source.key),
        rests_on=(men, women, after, *rows),
    )


def explain_clogging(census: PoreCensus) -> Factor:
    """Plugs: the photo shows dark middles, not what makes them dark."""
    row = cite.table("pores")["causes"]
    seen, rows = [message("factors.no_pore_to_judge")], tuple[Cited, ...]()
    if census.pore_count:
        seen, rows = _describe_index(census, "dark_middles")
        seen.append(message("factors.dark_middles_causes"))
    return Factor(
        key="clogging",
        title=message("factors.clogging"),
        share=None,
        because=(*seen, UNKNOWN_SHARE_MESSAGE),
        laser_changes="no",
        advice=message("factors.clogging_advice"),
        rests_on=(row, *rows),
    )


def explain_aging(census: PoreCensus, age: float | None) -> Factor:
    """Less collagen and elastin: looser, longer pores."""
    table = cite.table("pores")
    step, elastic, built = table["age_step"], table["elasticity_predictor"], table["collagen_after"]
    seen, rows = _describe_stretch(census) if census.pore_count else ([], ())
    looseness = message("factors.looseness_unmeasured", source=elastic.source.key)
    return Factor(
        key="age",
        title=message("factors.age"),
        share=None,
        because=(_describe_age(age, step), *seen, looseness, UNKNOWN_SHARE_MESSAGE),
        laser_changes="yes",
        advice=message("factors.age_advice", source=built.source.key),
        rests_on=(step, elastic, built, table["elongation_step"], *rows),
    )


def _describe_age(age: float | None, step: Cited) -> Message:
    if age is None:
        return message("factors.age_unknown")
    side = "past" if age >= step.value else "below"
    return message(f"factors.age_{side}", years=step.value, source=step.source.key)


def _describe_stretch(census: PoreCensus) -> tuple[list[Message], tuple[Cited, ...]]:
    """Pores that are long in one direction: loose skin does that, and so do light and camera."""
    stretch = photo_index(census, "stretch")
    if stretch is None:
        return [], ()
    if stretch.value is None or stretch.low is None:
        return [message("factors.stretch_unseen")], stretch.rests_on
    # An interval that reaches 1, a round pore, leaves open whether there is a direction at all.
    code = "factors.stretch_seen" if stretch.low > 1.0 else "factors.stretch_unclear"
    return [message(code, **index_values(stretch))], stretch.rests_on


def explain_sun(census: PoreCensus, person: Person) -> Factor:
    """Sun damage: the photo shows brown spots, the answers tell of recent sun."""
    row = cite.table("pores")["causes"]
    because, rows = _describe_index(census, "pigment_spots")
    if _has_value(census, "pigment_spots"):
        because.append(message("factors.pigment_spots_causes"))
    if facts.find_answer(person, "melasma_or_marks") == "yes":
        because.append(message("factors.brown_patches"))
    because += [message(f"factors.sun_{facts.find_answer(person, 'sun')}"), message("factors.sun_of_years")]
    return Factor(
        key="sun",
        title=message("factors.sun"),
        share=None,
        because=(*because, UNKNOWN_SHARE_MESSAGE),
        laser_changes="partly",
        advice=message("factors.sun_advice"),
        rests_on=(row, *rows),
    )


def explain_inflammation(census: PoreCensus, person: Person) -> Factor:
    """Acne and rosacea."""
    row = cite.table("pores")["acne_predictor"]
    because, rows = _describe_index(census, "redness_patches")
    if _has_value(census, "redness_patches"):
        because.append(message("factors.redness_patches_causes"))
    because.append(message(f"factors.active_acne_{facts.find_answer(person, 'active_acne')}", source=row.source.key))
    often = {"yes": [message("factors.acne_often")], "no": [message("factors.acne_seldom")]}
    because += [*often.get(facts.find_answer(person, "acne_prone"), []), message("factors.rosacea_unasked")]
    return Factor(
        key="inflammation",
        title=message("factors.inflammation"),
        share=None,
        because=(*because, UNKNOWN_SHARE_MESSAGE),
        laser_changes="no",
        advice=message("factors.inflammation_advice"),
        rests_on=(row, *rows),
    )

"""Whether a photo can be planned on: a plan to have fewer of what was not found would promise nothing."""

from __future__ import annotations

from porelight import cite
from porelight.care.model import Verdict
from porelight.photo.census import PoreCensus
from porelight.planning.model import PHOTO

AGAIN = "Take another photo, sharp, bright and close, or let the practitioner look at the skin."
NOTHING = f"Nothing to treat was found. If pores bother you: {AGAIN[0].lower()}{AGAIN[1:]}"


def photo_verdict(census: PoreCensus) -> Verdict | None:
    """What stands against planning on this photo; None where nothing does."""
    found = _reason(census)
    if found is None:
        return None
    because, clears = found
    return Verdict(
        rule=PHOTO,
        outcome="ask",
        title="Photo",
        because=because,
        clears=clears,
        until=None,
        limits=(),
        source=cite.source("assumed"),
        tier="house",
        confidence="assumed",
        effective=cite.rows("rules/candidacy")["begins"],  # as long as there are rules at all
        rests_on=(census.enlarged_from, cite.table("planning")["fewest_to_plan"]),
    )


def _reason(census: PoreCensus) -> tuple[str, str] | None:
    """Why the photo cannot be planned on and what would clear it, what it cannot show before what it does not."""
    if "no skin" in census.flags:
        return "Too little skin was found in this photo.", AGAIN
    refused = [finding for finding in census.gate.findings if finding.level == "refuse"]
    if refused:
        return f"This photo cannot be relied on ({refused[0].flag}).", f"{refused[0].advice}. {AGAIN}"
    if not census.pore_count:
        return "No pore was found in this photo.", NOTHING
    if census.enlarged_count == 0:
        least = census.enlarged_from
        return (
            f"No enlarged pore was found in this photo. Enlarged means {least.value:g} {least.unit} wide or more "
            f"({least.source.key}).",
            NOTHING,
        )
    if "few pores" in census.flags and census.pore_count < cite.table("planning")["fewest_to_plan"].value:
        return f"Only {census.pore_count} of what may be pores was found in this photo: too few to plan on.", AGAIN
    return None

"""Whether a photo can be planned on: a plan to have fewer of what was not found would promise nothing."""

from __future__ import annotations

from porelight import cite
from porelight.care.language import say
from porelight.care.model import Verdict
from porelight.message import Message, message, write_message
from porelight.photo.census import PoreCensus
from porelight.planning.model import PHOTO_RULE


def judge_photo(census: PoreCensus, language: str = "en") -> Verdict | None:
    """What stands against planning on this photo, in a language of :mod:`porelight.care`; None where nothing does."""
    reason = photo_reason(census)
    if reason is None:
        return None
    because, clears = (write_message(each, lambda text: say(text, language)) for each in reason)
    return Verdict(
        rule=PHOTO_RULE,
        outcome="ask",
        title=say(message("planning.photo").english(), language),
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


def photo_reason(census: PoreCensus) -> tuple[Message, Message] | None:
    """Why the photo cannot be planned on and what would clear it, what it cannot show before what it does not."""
    again, nothing = message("planning.another_photo"), message("planning.nothing_to_treat")
    if "no skin" in census.flags:
        return message("planning.little_skin"), again
    refused = [finding for finding in census.gate.findings if finding.level == "refuse"]
    if refused:
        first = refused[0]
        advice = message("planning.advice_and_another_photo", advice=first.advice)
        return message("planning.photo_refused", flag=first.flag), advice
    if not census.pore_count:
        return message("planning.no_pore"), nothing
    least = census.enlarged_from
    if census.enlarged_count == 0:
        none = message("planning.no_enlarged_pore", least=least.value, unit=least.unit, source=least.source.key)
        return none, nothing
    if "few pores" in census.flags and census.pore_count < cite.table("planning")["fewest_to_plan"].value:
        return message("planning.few_pores", count=census.pore_count), again
    return None

"""The first screen of a plan: what was measured, whether treatment is possible, what to expect, what is next."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from porelight import units
from porelight.care import open_questions
from porelight.forecasting.trials import describe_lender
from porelight.planning.model import PHOTO_RULE
from porelight.report import words
from porelight.wording import counted, phrase, write_words

if TYPE_CHECKING:
    from porelight.care.model import Outcome
    from porelight.planning.model import Plan


def _(text: str) -> str:
    """Marks a text for the catalogue; it is said where it is shown."""
    return text


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One answer of the first screen: a heading, the answer in a few words, and what is behind it."""

    heading: str
    said: str
    detail: str


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """The first screen."""

    measured: Line
    possible: Line
    expect: Line
    following: Line


def write_answer(plan: Plan, language: str = "en") -> Answer:
    """What was measured, whether treatment is possible now, what to expect, what is next."""
    return Answer(
        _write_measured(plan, language),
        _write_possible(plan, language),
        _write_expected(plan, language),
        _write_next_step(plan, language),
    )


def _write_measured(plan: Plan, language: str) -> Line:
    census = plan.census
    heading = phrase("What we measured", language)
    if not census.pore_count:
        detail = phrase("The photo may be soft, smoothed, or of another place.", language)
        return Line(heading, phrase("No pore was found", language), detail)
    if census.gate.level == "refuse":
        detail = f"{phrase(words.GATE['refuse'], language)} {phrase('Below it says why.', language)}"
        return Line(heading, phrase("Nothing to rely on", language), detail)
    share = words.format_number(100 * census.area_fraction, language=language)
    covered = phrase("They cover {share} % of the skin in view.", language, share=share)
    found = counted("{count} pore", "{count} pores", language, census.pore_count)
    if census.enlarged_count is None:
        unscaled = "The photo has no scale: sizes are in pixels, and no pore can be called enlarged."
        return Line(heading, found, f"{covered} {phrase(unscaled, language)}")
    said = phrase("{enlarged} of {pores} are enlarged", language, enlarged=census.enlarged_count, pores=found)
    parts = [phrase("Enlarged means {um:.0f} µm wide or more.", language, um=census.enlarged_from.si / units.um)]
    if census.median_diameter_um is not None:
        middle = words.format_number(census.median_diameter_um, language=language)
        parts.append(phrase("A typical pore here is {um} µm.", language, um=middle))
    return Line(heading, said, " ".join([*parts, covered]))


BLOCKED_BY: dict[Outcome, str] = {
    "refuse": _("Not with this laser"),
    "defer": _("Not yet"),
    "ask": _("Not known yet"),
}


def _write_possible(plan: Plan, language: str) -> Line:
    heading = phrase("Is treatment possible now?", language)
    blocking = [verdict for verdict in plan.verdicts if verdict.blocks]
    if not blocking:
        care = [verdict.title for verdict in plan.verdicts if verdict.outcome == "adjust"]
        detail = counted(
            "{count} check, nothing against it.", "{count} checks, none against it.", language, len(plan.verdicts)
        )
        if care:
            detail += " " + phrase("To mind: {titles}.", language, titles=_shorten_list(care, language))
        return Line(heading, phrase("Yes, if the practitioner agrees", language), detail)
    first, others = blocking[0], [verdict.title for verdict in blocking[1:]]
    if first.rule == PHOTO_RULE:
        more = (
            " " + phrase("Also: {titles}.", language, titles=_shorten_list(others, language, most=4)) if others else ""
        )
        return Line(heading, phrase("Not from this photo", language), f"{first.because}{more}")
    if first.outcome == "ask":
        text = "Some answers are missing: {titles}. This keeps you safe; below it says what would change it."
    elif others:
        text = "The reasons: {titles}. This keeps you safe; below it says what would change it."
    else:
        text = "The reason: {titles}. This keeps you safe; below it says what would change it."
    titles = _shorten_list([first.title, *others], language, most=4)
    return Line(heading, phrase(BLOCKED_BY[first.outcome], language), phrase(text, language, titles=titles))


def _write_expected(plan: Plan, language: str) -> Line:
    heading, none = phrase("What to expect", language), phrase("No forecast", language)
    if any(verdict.outcome == "refuse" for verdict in plan.verdicts):
        text = "While a reason stands against this laser, we do not say what it would do."
        return Line(heading, none, phrase(text, language))
    if plan.forecast_is == "not_offered":
        return Line(heading, none, phrase("This photo shows nothing that a forecast could be made for.", language))
    if plan.forecast_is == "only_if_possible":
        heading = phrase("What to expect, once it is possible", language)
    course = plan.forecast
    last = course.milestones[-1]
    said = words.capitalize(words.describe_change(last.diameter_change_pct, course.diameter_goal_pct, language))
    sessions = counted("{count} session in all", "{count} sessions in all", language, last.sessions_done)
    when = write_words(last.label, language)
    parts = [phrase("Width of the same pores {when}, {sessions}.", language, when=when, sessions=sessions)]
    # What becomes of the number of enlarged pores stands where the forecast begins: a phone shows only so much at once.
    parts.append(phrase("People differ a lot. Pores do not go away.", language))
    if lender := describe_lender(plan.laser):
        parts.append(write_words(lender, language))
    return Line(heading, said, " ".join(parts))


def _write_next_step(plan: Plan, language: str) -> Line:
    heading = phrase("What is next", language)
    if plan.status == "blocked":
        return Line(heading, *_describe_clearing(plan, language))
    said = phrase("Session 1 on {day}", language, day=words.write_day(plan.sessions[0], language=language))
    decides = phrase("The practitioner decides and signs.", language)
    before = [item for item in plan.calendar.items if item.phase == "before" and item.last >= plan.on]
    if not before:
        return Line(heading, said, decides)
    start = words.write_day(max(before[0].first, plan.on), year=False, language=language)
    return Line(heading, said, f"{decides} {phrase('From {day}: {what}.', language, day=start, what=before[0].title)}")


def _describe_clearing(plan: Plan, language: str) -> tuple[str, str]:
    """The next step of a blocked plan, and what is behind it."""
    blocking = [verdict for verdict in plan.verdicts if verdict.blocks]
    first = blocking[0]
    until = max((verdict.until for verdict in blocking if verdict.until), default=None)
    asked = open_questions(blocking, plan.person)
    if first.rule == PHOTO_RULE:
        return phrase("Take another photo", language), first.clears
    if first.outcome == "ask" and asked:
        answers = counted("Answer {count} question", "Answer {count} questions", language, len(asked))
        return answers, phrase("They stand below. The practitioner can help with them.", language)
    if until:
        again = phrase("Ask again on {day}", language, day=words.write_day(until, language=language))
        return again, first.clears or first.because
    return phrase("Talk with the practitioner", language), first.clears or first.because


def _shorten_list(titles: list[str], language: str, most: int = 3) -> str:
    """Some titles, and how many more there are."""
    listed = ", ".join(titles[:most])
    if len(titles) <= most:
        return listed
    return phrase("{titles} and {count} more", language, titles=listed, count=len(titles) - most)

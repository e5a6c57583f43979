"""The report: one self-contained HTML page for the practitioner and the patient."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any

from porelight import cite, draw, units
from porelight.arrays import Pixels
from porelight.care import find_clashes, find_question, make_calendar, open_questions, screen_person, set_aside_verdicts
from porelight.care.language import SOURCE_LANGUAGE
from porelight.care.screen import sort_by_gravity
from porelight.draw.column import ISOTHERMS
from porelight.export import as_json, plan_model
from porelight.forecasting.trials import describe_lender
from porelight.photo.face.regions import summaries
from porelight.photo.indices.grade import rank_regions
from porelight.planning.model import PHOTO_RULE
from porelight.planning.photo_verdict import judge_photo
from porelight.planning.sessions import explain_no_dates
from porelight.report import figures, preview_panels, template, words
from porelight.report.care_sheet import to_talk_about
from porelight.report.setting_rows import setting_rows
from porelight.wording import counted, phrase, write_words

if TYPE_CHECKING:
    from porelight.care.model import CareItem, Limit, Outcome, Verdict
    from porelight.cite import Cited
    from porelight.planning.model import Candidate, Plan
    from porelight.simulation.model import Simulation


def _(text: str) -> str:
    """Marks a text for the catalogue; it is said where it is shown."""
    return text


PHASES = {
    "before": _("Before"),
    "session": _("The day"),
    "day": _("The day"),
    "after": _("After"),
    "watch": _("What is normal, and when to call"),
    "review": _("Look at the result"),
}
"""Phase of a care item -> the heading it stands under, in order."""


def render(plan: Plan, photo_pixels: Pixels, language: str = "en") -> str:
    """The page as text; the same plan, photo and language give the same text.

    Args:
        plan: what to show; nothing of it is changed by the language.
        photo_pixels: the photo (height, width, 3) that was measured, sRGB.
        language: of every word on the page.
    """
    told = localize_plan(plan, language)
    shown = {
        "plan": told,
        "answer": answer(told, language),
        "photo": figures.photo(photo_pixels),
        "rings": draw.overlay_svg(plan.census, language),
        "scale_bar": _scale_bar(plan, language),
        "regions": summaries(plan.census),
        "verdicts": by_outcome(told.verdicts, language),
        "standing": rank_regions(plan.census)[0],
        "asked": open_questions(told.verdicts, plan.person),
        "figures": _figures(told, language),
        "preview": preview_panels.shown(plan, photo_pixels, language),
        "comparison": comparison(plan.candidates, language),
        "course": calendar(told, language),
        "clashes": to_talk_about(told.clashes, language),
        "basis": basis(plan),
        "pore_px": _middle_px(plan),
        "style": template.text("style/tokens.css") + template.text("style/report.css"),
        **template.scripted("report"),
    }
    return template.filled("report.html", shown, plan_model.plan_sources(plan), language)


def localize_plan(plan: Plan, language: str) -> Plan:
    """The plan with its verdicts, calendar and clashes worded in that language; all else are codes and numbers."""
    if language == SOURCE_LANGUAGE:
        return plan
    found = screen_person(plan.person, plan.on, plan.laser, plan.clinic, language=language)
    if decisions := [verdict.set_aside for verdict in plan.verdicts if verdict.set_aside]:
        found = set_aside_verdicts(found, decisions, language)
    photo = judge_photo(plan.census, language)
    verdicts = sort_by_gravity((*((photo,) if photo else ()), *found))
    course = plan.calendar
    if plan.sessions:
        course = make_calendar(plan.person, plan.sessions, plan.laser, plan.clinic, language=language)
    return dataclasses.replace(
        plan,
        verdicts=verdicts,
        calendar=course,
        clashes=find_clashes(course, plan.person.planned),
        timing=explain_no_dates(verdicts) if plan.status == "blocked" else plan.timing,
    )


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


def answer(plan: Plan, language: str = "en") -> Answer:
    """What was measured, whether treatment is possible now, what to expect, what is next."""
    return Answer(
        _measured(plan, language), _possible(plan, language), _expect(plan, language), _following(plan, language)
    )


def _measured(plan: Plan, language: str) -> Line:
    census = plan.census
    heading = phrase("What we measured", language)
    if not census.pore_count:
        detail = phrase("The photo may be soft, smoothed, or of another place.", language)
        return Line(heading, phrase("No pore was found", language), detail)
    if census.gate.level == "refuse":
        detail = f"{phrase(words.GATE['refuse'], language)} {phrase('Below it says why.', language)}"
        return Line(heading, phrase("Nothing to rely on", language), detail)
    share = words.number(100 * census.area_fraction, language=language)
    covered = phrase("They cover {share} % of the skin in view.", language, share=share)
    found = counted("{count} pore", "{count} pores", language, census.pore_count)
    if census.enlarged_count is None:
        unscaled = "The photo has no scale: sizes are in pixels, and no pore can be called enlarged."
        return Line(heading, found, f"{covered} {phrase(unscaled, language)}")
    said = phrase("{enlarged} of {pores} are enlarged", language, enlarged=census.enlarged_count, pores=found)
    parts = [phrase("Enlarged means {um:.0f} µm wide or more.", language, um=census.enlarged_from.si / units.um)]
    if census.median_diameter_um is not None:
        middle = words.number(census.median_diameter_um, language=language)
        parts.append(phrase("A typical pore here is {um} µm.", language, um=middle))
    return Line(heading, said, " ".join([*parts, covered]))


BLOCKED_BY: dict[Outcome, str] = {
    "refuse": _("Not with this laser"),
    "defer": _("Not yet"),
    "ask": _("Not known yet"),
}


def _possible(plan: Plan, language: str) -> Line:
    heading = phrase("Is treatment possible now?", language)
    blocking = [verdict for verdict in plan.verdicts if verdict.blocks]
    if not blocking:
        care = [verdict.title for verdict in plan.verdicts if verdict.outcome == "adjust"]
        detail = counted(
            "{count} check, nothing against it.", "{count} checks, none against it.", language, len(plan.verdicts)
        )
        if care:
            detail += " " + phrase("To mind: {titles}.", language, titles=_listed(care, language))
        return Line(heading, phrase("Yes, if the practitioner agrees", language), detail)
    first, others = blocking[0], [verdict.title for verdict in blocking[1:]]
    if first.rule == PHOTO_RULE:
        more = " " + phrase("Also: {titles}.", language, titles=_listed(others, language, most=4)) if others else ""
        return Line(heading, phrase("Not from this photo", language), f"{first.because}{more}")
    if first.outcome == "ask":
        text = "Some answers are missing: {titles}. This keeps you safe; below it says what would change it."
    elif others:
        text = "The reasons: {titles}. This keeps you safe; below it says what would change it."
    else:
        text = "The reason: {titles}. This keeps you safe; below it says what would change it."
    titles = _listed([first.title, *others], language, most=4)
    return Line(heading, phrase(BLOCKED_BY[first.outcome], language), phrase(text, language, titles=titles))


def _expect(plan: Plan, language: str) -> Line:
    heading, none = phrase("What to expect", language), phrase("No forecast", language)
    if any(verdict.outcome == "refuse" for verdict in plan.verdicts):
        text = "While a reason stands against this laser, we do not say what it would do."
        return Line(heading, none, phrase(text, language))
    if plan.forecast_is == "not_offered":
        return Line(heading, none, phrase("This photo shows nothing that a forecast could be made for.", language))
    if plan.forecast_is == "only_if_possible":
        heading = phrase("What to expect, once it is possible", language)
    last = plan.forecast.milestones[-1]
    parts = []
    said = words.capitalized(words.change(last.enlarged_change_pct, plan.forecast.goal_pct, language))
    if not plan.forecast.of_photo:
        said = f"{said} {phrase(words.TRIAL, language)}"
        parts.append(phrase("That is the trial's result, not made from the pores of this photo.", language))
    sessions = counted("{count} session in all", "{count} sessions in all", language, last.sessions_done)
    when = write_words(last.label, language)
    parts.append(phrase("Fewer enlarged pores {when}, {sessions}.", language, when=when, sessions=sessions))
    parts.append(phrase("People differ a lot. Pores do not go away.", language))
    if lender := describe_lender(plan.laser):
        parts.append(write_words(lender, language))
    return Line(heading, said, " ".join(parts))


def _following(plan: Plan, language: str) -> Line:
    heading = phrase("What is next", language)
    if plan.status == "blocked":
        return Line(heading, *_clearing(plan, language))
    said = phrase("Session 1 on {day}", language, day=words.day(plan.sessions[0], language=language))
    decides = phrase("The practitioner decides and signs.", language)
    before = [item for item in plan.calendar.items if item.phase == "before" and item.last >= plan.on]
    if not before:
        return Line(heading, said, decides)
    start = words.day(max(before[0].first, plan.on), year=False, language=language)
    return Line(heading, said, f"{decides} {phrase('From {day}: {what}.', language, day=start, what=before[0].title)}")


def _clearing(plan: Plan, language: str) -> tuple[str, str]:
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
        again = phrase("Ask again on {day}", language, day=words.day(until, language=language))
        return again, first.clears or first.because
    return phrase("Talk with the practitioner", language), first.clears or first.because


def _middle_px(plan: Plan) -> float | None:
    diameters = sorted(plan.census.pores.diameter)
    return float(diameters[len(diameters) // 2]) if diameters else None


def _listed(titles: list[str], language: str, most: int = 3) -> str:
    """Some titles, and how many more there are."""
    listed = ", ".join(titles[:most])
    if len(titles) <= most:
        return listed
    return phrase("{titles} and {count} more", language, titles=listed, count=len(titles) - most)


@dataclasses.dataclass(frozen=True, slots=True)
class ScaleBar:
    """The scale bar as a share of the photo's width."""

    share_pct: float
    label: str


def _scale_bar(plan: Plan, language: str) -> ScaleBar | None:
    bar = draw.scale_bar(plan.census, language)
    return None if bar is None else ScaleBar(100.0 * bar.px / plan.census.width, bar.label)


@dataclasses.dataclass(frozen=True, slots=True)
class VerdictCard:
    """A verdict with its questions and limits in words."""

    verdict: Verdict
    questions: tuple[str, ...]
    why: str
    """Why the first of them is asked."""
    limits: tuple[str, ...]


def by_outcome(verdicts: tuple[Verdict, ...], language: str = "en") -> dict[str, list[VerdictCard]]:
    """Verdicts under their outcomes, gravest first; every outcome has a list."""
    return {
        outcome: [make_verdict_card(each, language) for each in verdicts if each.outcome == outcome]
        for outcome in words.OUTCOMES
    }


def make_verdict_card(verdict: Verdict, language: str = "en") -> VerdictCard:
    """What a verdict shows on a card of the report or of the clinic."""
    asked = [find_question(key) for key in verdict.asks] if verdict.outcome == "ask" else []
    texts, why = tuple(phrase(each.text, language) for each in asked), phrase(asked[0].why, language) if asked else ""
    return VerdictCard(verdict, texts, why, tuple(_limit(each, language) for each in verdict.limits))


def _limit(limit: Limit, language: str) -> str:
    if limit.name in words.LIMITS:
        return phrase(words.LIMITS[limit.name], language, most=limit.at_most)
    return phrase("{name} at most {most:g}", language, name=limit.name, most=limit.at_most)


def _figures(plan: Plan, language: str) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "sizes": figures.distribution(plan, language),
        "factors": figures.factors(plan, language),
        "indices": figures.indices(plan, language),
        "fan": figures.fan(plan, language),
        "candidates": figures.candidates(plan, language),
        "letter": None,
    }
    if plan.candidates:
        shown = plan.candidates[len(plan.candidates) // 2]
        drawn["letter"] = letter(len(plan.candidates) // 2)
        peak = units.to_celsius(shown.simulation.warming.peak_temperature)
        drawn["hottest"] = words.hottest(shown.simulation, language) if peak > max(ISOTHERMS) else None
        apart = draw.spacing(shown.simulation)
        drawn["apart"] = None if apart is None else words.number(apart / units.um, language=language)
        drawn["overview"] = figures.overview(shown.simulation, language)
        drawn["close_up"] = figures.close_up(shown.simulation, language)
    return drawn


def letter(index: int) -> str:
    """The name of a candidate on the page."""
    return chr(ord("A") + index % 26)


Facts = list[tuple[str, str]]


def setting_facts(simulation: Simulation, language: str = "en") -> Facts:
    """What the operator would dial."""
    return setting_rows(simulation.setting, language)


def effect_facts(simulation: Simulation, language: str = "en") -> Facts:
    """What the simulation gives, with intervals where it has them."""
    injury, recovery, crater = simulation.injury, simulation.recovery, simulation.crater

    def um(value: float) -> str:
        return words.number(value / units.um, language=language)

    removed = phrase(
        "{depth} µm deep, {width} µm wide", language, depth=um(crater.ablation_depth), width=um(crater.ablation_width)
    )
    collagen = phrase(
        "to {depth} µm ({low} to {high})",
        language,
        depth=um(injury.coagulation_depth),
        low=um(injury.coagulated.depth.low),
        high=um(injury.coagulated.depth.high),
    )
    treated = f"{words.number(100 * recovery.treated_fraction, language=language)} %"
    return [
        (phrase("Skin removed", language), removed),
        (phrase("Collagen set by heat (over damage models)", language), collagen),
        (phrase("Hottest tissue", language), words.capitalized(words.hottest(simulation, language))),
        (phrase("Surface treated, heated rims included", language), treated),
        (phrase("Closed after", language), words.days_long(recovery.closed, language)),
        (phrase("Redness", language), words.days_long(recovery.redness, language)),
        (phrase("Crusts", language), words.days_long(recovery.crusting, language)),
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """Candidates side by side: one column each, named by a letter; remarks with the letters they hold for."""

    laser: str
    letters: tuple[str, ...]
    setting: list[tuple[str, tuple[str, ...]]]
    effect: list[tuple[str, tuple[str, ...]]]
    remarks: list[tuple[str, str]]


def comparison(candidates: tuple[Candidate, ...], language: str = "en") -> Comparison | None:
    """None when there is nothing to compare."""
    if not candidates:
        return None
    simulations = [candidate.simulation for candidate in candidates]
    laser = simulations[0].setting.laser
    return Comparison(
        laser=words.typeset(f"{phrase(laser.name, language)}, {laser.wavelength / units.nm:g} nm"),
        letters=tuple(letter(index) for index in range(len(candidates))),
        setting=_rows([setting_facts(each, language) for each in simulations]),
        effect=_rows([effect_facts(each, language) for each in simulations]),
        remarks=_shared_remarks(candidates, language),
    )


def _rows(columns: list[Facts]) -> list[tuple[str, tuple[str, ...]]]:
    return [(facts[0][0], tuple(text for _, text in facts)) for facts in zip(*columns, strict=True)]


def _shared_remarks(candidates: tuple[Candidate, ...], language: str) -> list[tuple[str, str]]:
    """Each remark once, with the letters of the settings it is about."""
    letters: dict[str, list[str]] = {}
    for index, candidate in enumerate(candidates):
        for remark in candidate.remarks:
            letters.setdefault(write_words(remark, language), []).append(letter(index))
    everyone = phrase("All", language)
    return [(everyone if len(names) == len(candidates) else ", ".join(names), text) for text, names in letters.items()]


@dataclasses.dataclass(frozen=True, slots=True)
class Phase:
    """The items of one part of a session's days."""

    title: str
    items: tuple[CareItem, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class SessionDays:
    """The days around one session."""

    number: int
    date: dt.date
    phases: tuple[Phase, ...]


def calendar(plan: Plan, language: str = "en") -> list[SessionDays]:
    """The calendar by session, each in its phases."""
    listed = []
    for number, date in enumerate(plan.sessions, start=1):
        items = [item for item in plan.calendar.items if item.session == number]
        phases = []
        for title, keys in itertools.groupby(PHASES, key=PHASES.__getitem__):
            held = set(keys)
            found = tuple(item for item in items if item.phase in held)
            phases += [Phase(phrase(title, language), found)] if found else []
        listed.append(SessionDays(number, date, tuple(phases)))
    return listed


@dataclasses.dataclass(frozen=True, slots=True)
class Basis:
    """What the plan rests on, weakest first."""

    rows: tuple[Cited, ...]
    sources: tuple[cite.Source, ...]
    weakest: cite.Confidence
    counts: dict[cite.Confidence, int]
    hash: str


def basis(plan: Plan) -> Basis:
    """Every number and source behind a plan, and the check sum of its plan.json."""
    rows = template.weakest_first(plan)
    counts = {word: sum(row.confidence == word for row in rows) for word in reversed(cite.CONFIDENCES)}
    return Basis(
        rows=tuple(rows),
        sources=plan_model.plan_sources(plan),
        weakest=plan_model.plan_weakest(plan),
        counts=counts,
        hash=as_json.plan_numbers(plan)["hash"],
    )

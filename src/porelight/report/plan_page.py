"""The report: one self-contained HTML page for the practitioner and the patient."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any

from porelight import cite, draw, units
from porelight.arrays import Pixels
from porelight.care import (
    find_clashes,
    find_question,
    make_calendar,
    open_questions,
    screen_person,
    set_aside_verdicts,
    split_decisions,
)
from porelight.care.language import SOURCE_LANGUAGE
from porelight.care.questions import question_stem
from porelight.care.screen import sort_by_gravity
from porelight.draw.column import ISOTHERMS
from porelight.export import as_json, plan_model
from porelight.photo.face.regions import summarise_regions
from porelight.photo.indices.grade import rank_regions
from porelight.planning.photo_verdict import judge_photo
from porelight.planning.sessions import add_held_back, explain_no_dates, find_held_back
from porelight.report import care_sheet, figures, first_screen, preview_panels, template, words
from porelight.report.care_sheet import to_talk_about
from porelight.report.setting_rows import setting_rows
from porelight.wording import phrase, write_words

if TYPE_CHECKING:
    from porelight.care.model import CareItem, Limit, Verdict
    from porelight.cite import Cited
    from porelight.planning.model import Candidate, Plan
    from porelight.simulation.model import Simulation


def _(text: str) -> str:
    """Marks a text for the catalogue; it is said where it is shown."""
    return text


PLAN_PHASES = {
    "before": _("Before"),
    "session": _("The day"),
    "day": _("The day"),
    "after": _("After"),
    "watch": _("What is normal, and when to call"),
    "review": _("Look at the result"),
}
"""Phase of a care item -> the heading it stands under, in order."""


def render_plan(plan: Plan, photo_pixels: Pixels, language: str = "en") -> str:
    """The page as text; the same plan, photo and language give the same text.

    Args:
        plan: what to show; nothing of it is changed by the language.
        photo_pixels: the photo (height, width, 3) that was measured, sRGB.
        language: of every word on the page.
    """
    told = localize_plan(plan, language)
    shown = {
        "plan": told,
        "answer": first_screen.write_answer(told, language),
        "photo": figures.embed_photo(photo_pixels),
        "rings": draw.overlay_svg(plan.census, language),
        "scale_bar": _scale_bar(plan, language),
        "regions": summarise_regions(plan.census),
        "verdicts": by_outcome(told.verdicts, language),
        "standing": rank_regions(plan.census)[0],
        "asked": open_questions(told.verdicts, plan.person, language),
        "stem": question_stem,
        "figures": _draw_figures(told, language),
        "preview": preview_panels.show_preview(plan, photo_pixels, language),
        "comparison": compare_candidates(plan.candidates, language),
        "lessons": care_sheet.group_lessons(language),
        "bars": care_sheet.list_bars(plan.laser, language),
        "alarms": care_sheet.list_alarms(plan.laser, language),
        "ADVICE": care_sheet.ADVICE,
        "course": session_calendar(told, language),
        "clashes": to_talk_about(told.clashes, language),
        "basis": plan_basis(plan),
        "pore_px": _middle_px(plan),
        "style": template.read_text("style/tokens.css") + template.read_text("style/report.css"),
        **template.load_script("report"),
    }
    return template.fill_template("report.html", shown, plan_model.plan_sources(plan), language)


def localize_plan(plan: Plan, language: str) -> Plan:
    """The plan with its verdicts, calendar and clashes worded in that language; all else are codes and numbers."""
    if language == SOURCE_LANGUAGE:
        return plan
    found = screen_person(plan.person, plan.on, plan.laser, plan.clinic, language=language)
    decided = [verdict.set_aside for verdict in plan.verdicts if verdict.set_aside]
    today, later = split_decisions(found, decided)
    found = set_aside_verdicts(found, today, language)
    photo = judge_photo(plan.census, language)
    verdicts = sort_by_gravity((*((photo,) if photo else ()), *found))
    # A course without dates may rest on what holds, or was set aside, on the day of a later session only.
    arguments = (plan.person, plan.sessions or plan.withheld, verdicts, plan.laser, plan.clinic)
    held_back = find_held_back(*arguments, on=plan.on, set_aside=later, language=language)
    verdicts = add_held_back(verdicts, held_back)
    course = plan.calendar
    if plan.sessions:
        course = make_calendar(plan.person, plan.sessions, plan.laser, plan.clinic, begins=plan.on, language=language)
    return dataclasses.replace(
        plan,
        verdicts=verdicts,
        calendar=course,
        clashes=find_clashes(course, plan.person.planned),
        timing=explain_no_dates(verdicts, held_back) if plan.status == "blocked" else plan.timing,
    )


def _middle_px(plan: Plan) -> float | None:
    diameters = sorted(plan.census.pores.diameter)
    return float(diameters[len(diameters) // 2]) if diameters else None


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
    return VerdictCard(verdict, texts, why, tuple(_format_limit(each, language) for each in verdict.limits))


def _format_limit(limit: Limit, language: str) -> str:
    if limit.name in words.LIMITS:
        return phrase(words.LIMITS[limit.name], language, most=limit.at_most)
    return phrase("{name} at most {most:g}", language, name=limit.name, most=limit.at_most)


def _draw_figures(plan: Plan, language: str) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "sizes": figures.distribution_figure(plan, language),
        "factors": figures.factor_figure(plan, language),
        "indices": figures.index_figure(plan, language),
        "fan": figures.fan_figure(plan, language),
        "candidates": figures.candidate_figures(plan, language),
        "steps": figures.steps_figure(language),
        "letter": None,
    }
    if plan.candidates:
        shown = plan.candidates[len(plan.candidates) // 2]
        drawn["letter"] = candidate_letter(len(plan.candidates) // 2)
        peak = units.to_celsius(shown.simulation.warming.peak_temperature)
        drawn["hotter"] = peak > max(ISOTHERMS)
        apart = draw.column_spacing(shown.simulation)
        drawn["apart"] = None if apart is None else words.format_number(apart / units.um, language=language)
        drawn["overview"] = figures.overview_figure(shown.simulation, language)
        drawn["close_up"] = figures.close_up(shown.simulation, language)
    return drawn


def candidate_letter(index: int) -> str:
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
        return words.format_number(value / units.um, language=language)

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
    hole, heated = simulation.ablation_depth_people, simulation.coagulation_depth_people
    people = phrase(
        "hole {low} to {high} µm deep, collagen set down to {first} to {last} µm",
        language,
        low=um(hole.low),
        high=um(hole.high),
        first=um(heated.low),
        last=um(heated.high),
    )
    above = words.format_number(simulation.longest_above_60 / units.ms, language=language)
    treated = f"{words.format_number(100 * recovery.treated_fraction, language=language)} %"
    return [
        (phrase("Skin removed", language), removed),
        (phrase("Collagen set by heat (over damage models)", language), collagen),
        (phrase("In two people of three", language), people),
        (phrase("Hottest tissue", language), words.capitalize(words.describe_heat(simulation, language))),
        (phrase("Longest above 60 °C", language), f"{above} ms"),
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


def compare_candidates(candidates: tuple[Candidate, ...], language: str = "en") -> Comparison | None:
    """None when there is nothing to compare."""
    if not candidates:
        return None
    simulations = [candidate.simulation for candidate in candidates]
    laser = simulations[0].setting.laser
    return Comparison(
        laser=words.typeset(f"{phrase(laser.name, language)}, {laser.wavelength / units.nm:g} nm"),
        letters=tuple(candidate_letter(index) for index in range(len(candidates))),
        setting=_transpose_facts([setting_facts(each, language) for each in simulations]),
        effect=_transpose_facts([effect_facts(each, language) for each in simulations]),
        remarks=_shared_remarks(candidates, language),
    )


def _transpose_facts(columns: list[Facts]) -> list[tuple[str, tuple[str, ...]]]:
    return [(facts[0][0], tuple(text for _, text in facts)) for facts in zip(*columns, strict=True)]


def _shared_remarks(candidates: tuple[Candidate, ...], language: str) -> list[tuple[str, str]]:
    """Each remark once, with the letters of the settings it is about."""
    letters: dict[str, list[str]] = {}
    for index, candidate in enumerate(candidates):
        for remark in candidate.remarks:
            letters.setdefault(write_words(remark, language), []).append(candidate_letter(index))
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


def session_calendar(plan: Plan, language: str = "en") -> list[SessionDays]:
    """The calendar by session, each in its phases."""
    listed = []
    for number, date in enumerate(plan.sessions, start=1):
        items = [item for item in plan.calendar.items if item.session == number]
        phases = []
        for title, keys in itertools.groupby(PLAN_PHASES, key=PLAN_PHASES.__getitem__):
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


def plan_basis(plan: Plan) -> Basis:
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

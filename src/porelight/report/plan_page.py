"""The report: one self-contained HTML page for the practitioner and the patient."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any

from porelight import cite, draw, units
from porelight.arrays import Pixels
from porelight.care.intake import open_questions
from porelight.care.questions import find_question
from porelight.draw.column import ISOTHERMS
from porelight.export import as_json, plan_model
from porelight.forecasting.trials import describe_lender
from porelight.photo.face.regions import summarise_regions
from porelight.photo.indices.grade import rank_regions
from porelight.planning.model import PHOTO_RULE
from porelight.report import figures, preview_panels, template, words
from porelight.report.care_sheet import to_talk_about
from porelight.report.setting_rows import setting_rows

if TYPE_CHECKING:
    from porelight.care.model import CareItem, Verdict
    from porelight.cite import Cited
    from porelight.planning.model import Candidate, Plan
    from porelight.simulation.model import Simulation


PHASES = {
    "before": "Before",
    "session": "The day",
    "day": "The day",
    "after": "After",
    "watch": "What is normal, and when to call",
    "review": "Look at the result",
}
"""Phase of a care item -> the heading it stands under, in order."""


def render(plan: Plan, photo_pixels: Pixels) -> str:
    """The page as text; the same plan and photo give the same text.

    Args:
        plan: what to show.
        photo_pixels: the photo (height, width, 3) that was measured, sRGB.
    """
    shown = {
        "plan": plan,
        "answer": answer(plan),
        "photo": figures.photo(photo_pixels),
        "rings": draw.overlay_svg(plan.census),
        "scale_bar": _scale_bar(plan),
        "regions": summarise_regions(plan.census),
        "verdicts": by_outcome(plan.verdicts),
        "standing": rank_regions(plan.census)[0],
        "asked": open_questions(plan.verdicts, plan.person),
        "figures": _figures(plan),
        "preview": preview_panels.shown(plan, photo_pixels),
        "comparison": comparison(plan.candidates),
        "course": calendar(plan),
        "clashes": to_talk_about(plan.clashes, "en"),
        "basis": basis(plan),
        "pore_px": _middle_px(plan),
        "style": template.text("style/tokens.css") + template.text("style/report.css"),
        **template.scripted("report"),
    }
    return template.filled("report.html", shown, plan_model.plan_sources(plan))


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


def answer(plan: Plan) -> Answer:
    """What was measured, whether treatment is possible now, what to expect, what is next."""
    return Answer(_measured(plan), _possible(plan), _expect(plan), _following(plan))


def _measured(plan: Plan) -> Line:
    census = plan.census
    if not census.pore_count:
        return Line("What we measured", "No pore was found", "The photo may be soft, smoothed, or of another place.")
    if census.gate.level == "refuse":
        return Line("What we measured", "Nothing to rely on", f"{words.GATE['refuse']} Below it says why.")
    found = words.count(census.pore_count, "pore")
    share = f"They cover {words.number(100 * census.area_fraction)} % of the skin in view."
    if census.enlarged_count is None:
        detail = f"{share} The photo has no scale: sizes are in pixels, and no pore can be called enlarged."
        return Line("What we measured", found, detail)
    said = f"{census.enlarged_count} of {found} are enlarged"
    size = f"Enlarged means {census.enlarged_from.si / units.um:.0f} µm wide or more."
    middle = census.median_diameter_um
    typical = f" A typical pore here is {words.number(middle)} µm." if middle is not None else ""
    return Line("What we measured", said, f"{size}{typical} {share}")


def _possible(plan: Plan) -> Line:
    heading = "Is treatment possible now?"
    blocking = [verdict for verdict in plan.verdicts if verdict.blocks]
    if not blocking:
        care = [verdict for verdict in plan.verdicts if verdict.outcome == "adjust"]
        detail = f"{words.count(len(plan.verdicts), 'check')}, none against it."
        mind = f" To mind: {_listed(verdict.title for verdict in care)}." if care else ""
        return Line(heading, "Yes, if the practitioner agrees", detail + mind)
    gravest = blocking[0].outcome
    if blocking[0].rule == PHOTO_RULE:
        more = f" Also: {_listed((verdict.title for verdict in blocking[1:]), most=4)}." if blocking[1:] else ""
        return Line(heading, "Not from this photo", f"{blocking[0].because}{more}")
    said = {"refuse": "Not with this laser", "defer": "Not yet", "ask": "Not known yet"}[gravest]
    titles = _listed((verdict.title for verdict in blocking), most=4)
    lead = "Some answers are missing" if gravest == "ask" else "The reason" if len(blocking) == 1 else "The reasons"
    return Line(heading, said, f"{lead}: {titles}. This keeps you safe; below it says what would change it.")


def _expect(plan: Plan) -> Line:
    heading = "What to expect"
    if any(verdict.outcome == "refuse" for verdict in plan.verdicts):
        return Line(heading, "No forecast", "While a reason stands against this laser, we do not say what it would do.")
    if plan.forecast_is == "not_offered":
        return Line(heading, "No forecast", "This photo shows nothing that a forecast could be made for.")
    if plan.forecast_is == "only_if_possible":
        heading = "What to expect, once it is possible"
    last = plan.forecast.milestones[-1]
    sessions = words.count(last.sessions_done, "session")
    detail = f"Fewer enlarged pores {last.label}, {sessions} in all. People differ a lot. Pores do not go away."
    said = _sentence(words.change(last.enlarged_change_pct, plan.forecast.goal_pct))
    if not plan.forecast.of_photo:
        said = f"{said} {words.TRIAL}"
        detail = f"That is the trial's result, not made from the pores of this photo. {detail}"
    return Line(heading, said, f"{detail} {describe_lender(plan.laser) or ''}".strip())


def _following(plan: Plan) -> Line:
    heading = "What is next"
    if plan.status == "blocked":
        return Line(heading, *_clearing(plan))
    said = f"Session 1 on {words.day(plan.sessions[0])}"
    before = [item for item in plan.calendar.items if item.phase == "before" and item.last >= plan.on]
    if not before:
        return Line(heading, said, "The practitioner decides and signs.")
    start = words.day(max(before[0].first, plan.on), year=False)
    return Line(heading, said, f"The practitioner decides and signs. From {start}: {before[0].title}.")


def _clearing(plan: Plan) -> tuple[str, str]:
    """The next step of a blocked plan, and what is behind it."""
    blocking = [verdict for verdict in plan.verdicts if verdict.blocks]
    first = blocking[0]
    until = max((verdict.until for verdict in blocking if verdict.until), default=None)
    asked = open_questions(blocking, plan.person)
    if first.rule == PHOTO_RULE:
        return "Take another photo", first.clears
    if first.outcome == "ask" and asked:
        return f"Answer {words.count(len(asked), 'question')}", "They stand below. The practitioner can help with them."
    if until:
        return f"Ask again on {words.day(until)}", first.clears or first.because
    return "Talk with the practitioner", first.clears or first.because


def _middle_px(plan: Plan) -> float | None:
    diameters = sorted(plan.census.pores.diameter)
    return float(diameters[len(diameters) // 2]) if diameters else None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(titles: Any, most: int = 3) -> str:
    told = list(titles)
    more = f" and {len(told) - most} more" if len(told) > most else ""
    return ", ".join(told[:most]) + more


@dataclasses.dataclass(frozen=True, slots=True)
class ScaleBar:
    """The scale bar as a share of the photo's width."""

    share_pct: float
    label: str


def _scale_bar(plan: Plan) -> ScaleBar | None:
    bar = draw.scale_bar(plan.census)
    return None if bar is None else ScaleBar(100.0 * bar.px / plan.census.width, bar.label)


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """A verdict with its questions and limits in words."""

    verdict: Verdict
    questions: tuple[str, ...]
    why: str
    """Why the first of them is asked."""
    limits: tuple[str, ...]


def by_outcome(verdicts: tuple[Verdict, ...]) -> dict[str, list[Told]]:
    """Verdicts under their outcomes, gravest first; every outcome has a list."""
    return {outcome: [_told(v) for v in verdicts if v.outcome == outcome] for outcome in words.OUTCOMES}


def _told(verdict: Verdict) -> Told:
    asked = [find_question(key) for key in verdict.asks] if verdict.outcome == "ask" else []
    limits = (words.LIMITS.get(each.name, each.name + " at most {:g}").format(each.at_most) for each in verdict.limits)
    return Told(verdict, tuple(each.text for each in asked), asked[0].why if asked else "", tuple(limits))


def _figures(plan: Plan) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "sizes": figures.distribution(plan),
        "factors": figures.factors(plan),
        "indices": figures.indices(plan),
        "fan": figures.fan(plan),
        "candidates": figures.candidates(plan),
        "letter": None,
    }
    if plan.candidates:
        shown = plan.candidates[len(plan.candidates) // 2]
        drawn["letter"] = letter(len(plan.candidates) // 2)
        peak = units.to_celsius(shown.simulation.warming.peak_temperature)
        drawn["hottest"] = words.hottest(shown.simulation) if peak > max(ISOTHERMS) else None
        apart = draw.spacing(shown.simulation)
        drawn["apart"] = None if apart is None else words.number(apart / units.um)
        drawn["overview"] = figures.overview(shown.simulation)
        drawn["close_up"] = figures.close_up(shown.simulation)
    return drawn


def letter(index: int) -> str:
    """The name of a candidate on the page."""
    return chr(ord("A") + index % 26)


Facts = list[tuple[str, str]]


def setting_facts(simulation: Simulation) -> Facts:
    """What the operator would dial."""
    return setting_rows(simulation.setting)


def effect_facts(simulation: Simulation) -> Facts:
    """What the simulation gives, with intervals where it has them."""
    injury, recovery, crater, day = simulation.injury, simulation.recovery, simulation.crater, units.day
    spread = f"{_um(injury.coagulated.depth.low)} to {_um(injury.coagulated.depth.high)}"
    return [
        ("Skin removed", f"{_um(crater.ablation_depth)} µm deep, {_um(crater.ablation_width)} µm wide"),
        ("Collagen set by heat (over damage models)", f"to {_um(injury.coagulation_depth)} µm ({spread})"),
        ("Hottest tissue", _sentence(words.hottest(simulation))),
        ("Surface treated, heated rims included", f"{words.number(100 * recovery.treated_fraction)} %"),
        ("Closed after", words.span(recovery.closed, day, "days")),
        ("Redness", words.span(recovery.redness, day, "days")),
        ("Crusts", words.span(recovery.crusting, day, "days")),
    ]


def _um(value: float) -> str:
    return words.number(value / units.um)


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """Candidates side by side: one column each, named by a letter; remarks with the letters they hold for."""

    laser: str
    letters: tuple[str, ...]
    setting: list[tuple[str, tuple[str, ...]]]
    effect: list[tuple[str, tuple[str, ...]]]
    remarks: list[tuple[str, str]]


def comparison(candidates: tuple[Candidate, ...]) -> Comparison | None:
    """None when there is nothing to compare."""
    if not candidates:
        return None
    simulations = [candidate.simulation for candidate in candidates]
    laser = simulations[0].setting.laser
    return Comparison(
        laser=words.typeset(f"{laser.name}, {laser.wavelength / units.nm:g} nm"),
        letters=tuple(letter(index) for index in range(len(candidates))),
        setting=_rows([setting_facts(each) for each in simulations]),
        effect=_rows([effect_facts(each) for each in simulations]),
        remarks=_shared_remarks(candidates),
    )


def _rows(columns: list[Facts]) -> list[tuple[str, tuple[str, ...]]]:
    return [(facts[0][0], tuple(text for _, text in facts)) for facts in zip(*columns, strict=True)]


def _shared_remarks(candidates: tuple[Candidate, ...]) -> list[tuple[str, str]]:
    """Each remark once, with the letters of the settings it is about."""
    held: dict[str, list[str]] = {}
    for index, candidate in enumerate(candidates):
        for remark in candidate.remarks:
            held.setdefault(remark.english(), []).append(letter(index))
    return [("All" if len(names) == len(candidates) else ", ".join(names), text) for text, names in held.items()]


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


def calendar(plan: Plan) -> list[SessionDays]:
    """The calendar by session, each in its phases."""
    listed = []
    for number, date in enumerate(plan.sessions, start=1):
        items = [item for item in plan.calendar.items if item.session == number]
        phases = []
        for title, keys in itertools.groupby(PHASES, key=PHASES.__getitem__):
            held = set(keys)
            found = tuple(item for item in items if item.phase in held)
            phases += [Phase(title, found)] if found else []
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

"""What a terminal shows: a few lines, the same numbers and words as the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from porelight import units
from porelight.report import words
from porelight.wording import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from porelight.care.model import Verdict
    from porelight.fields import Interval
    from porelight.forecasting.model import Forecast
    from porelight.photo.census import PoreCensus
    from porelight.photo.compare.change import Change
    from porelight.planning.model import Plan
    from porelight.simulation.model import Simulation
    from porelight.simulation.stamp import Stamp


def of_census(census: PoreCensus) -> str:
    """One line: how many pores, how large, how dense, and what limits the photo."""
    parts = [f"{census.pore_count} pores"]
    if census.enlarged_count is not None:
        parts.append(f"{census.enlarged_count} enlarged (from {census.enlarged_from.si / units.um:.0f} um)")
    if census.median_diameter_um is not None:
        parts.append(f"median {census.median_diameter_um:.0f} um")
    if census.density_per_cm2 is not None:
        parts.append(f"{census.density_per_cm2:.0f} per cm2")
    parts.append(f"{100 * census.area_fraction:.1f} % of the skin")
    warned = f". {words.GATE['refuse']}" if census.gate.level == "refuse" else ""
    return ", ".join(parts) + (f"; {', '.join(census.flags)}" if census.flags else "") + warned


def of_verdicts(verdicts: Iterable[Verdict], language: str = "en") -> list[str]:
    """What is not a plain yes, gravest first, with reason, source and what clears it; then how many rules agree.

    Args:
        verdicts: worded in that language.
        language: of the words around them; titles of sources stay as they are.
    """
    told = list(verdicts)
    lines = []
    for verdict in told:
        if verdict.outcome == "proceed":
            continue
        day = words.write_day(verdict.until, language=language) if verdict.until else ""
        until = phrase("Until {day}.", language, day=day) if day else ""
        said = " ".join(part for part in (verdict.because, until, verdict.clears) if part)
        lines.append(f"{phrase(verdict.outcome, language).upper()} {verdict.title}: {said}")
        rested = {"tier": phrase(verdict.tier, language), "confidence": _confidence(verdict, language)}
        text = "source: {source} ({tier}, {confidence}); rule {rule}"
        lines.append("    " + phrase(text, language, source=verdict.source.title, rule=verdict.rule, **rested))
    clear = sum(verdict.outcome == "proceed" for verdict in told)
    text = "{clear} of {count} rules have nothing against it. A qualified professional decides."
    return [*lines, phrase(text, language, clear=clear, count=len(told))]


def _confidence(verdict: Verdict, language: str) -> str:
    """The word of the tables in English, where programs may look for it; else that of the report."""
    return verdict.confidence if language == "en" else phrase(words.CONFIDENCE_WORDS[verdict.confidence], language)


def of_plan(plan: Plan) -> list[str]:
    """Five lines: pores, verdict, forecast, sessions, candidates."""
    return [
        f"Pores:      {of_census(plan.census)}",
        f"Verdict:    {_verdict_line(plan)}",
        f"Forecast:   {_forecast_line(plan)}",
        f"Sessions:   {_sessions_line(plan)}",
        f"Candidates: {_candidates_line(plan)}",
    ]


def describe_forecast(course: Forecast) -> list[str]:
    """The changes, the goal, what each number of sessions brings, and what a follow-up photo says of the next."""
    if not course.milestones:
        return [str(remark) for remark in course.remarks]
    told = []
    for each in (*course.milestones, *course.later):
        width = _plain_text(words.describe_change(each.diameter_change_pct, course.diameter_goal_pct))
        number = _plain_text(words.describe_change(each.enlarged_change_pct, course.enlarged_goal_pct))
        told.append(f"Week {each.week:.0f}, {each.label}: width of the pores {width}; enlarged pores {number}")
    chance = words.describe_chance(course.chance_of_goal or 0.0)
    verdict = words.GOAL_VERDICTS[course.verdict or "open"]
    reachable = words.describe_reachable(course)
    told.append(_plain_text(f"Goal: {words.describe_goal(course)}, in {chance} courses. {verdict} {reachable}".strip()))
    for option in course.options:
        chances = (words.describe_chance(share) for share in (option.chance_of_goal, option.chance_shown))
        reached, shown = chances
        told.append(f"Sessions {option.sessions}: goal in {reached}; a photo shows the last one in {shown}")
    return [*told, *(f"Remark: {remark}" for remark in course.remarks)]


def of_simulation(simulation: Simulation) -> list[str]:
    """Crater, coagulation, heat and healing of one setting."""
    crater, injury, recovery = simulation.crater, simulation.injury, simulation.recovery
    um, days = units.um, units.day
    hole, heated = simulation.ablation_depth_people, simulation.coagulation_depth_people
    return [
        f"Setting:     {_setting_line(simulation)}",
        f"Ablation:    {crater.ablation_depth / um:.0f} um deep, {crater.ablation_width / um:.0f} um wide",
        f"Coagulation: to {injury.coagulation_depth / um:.0f} um "
        f"({injury.coagulated.depth.low / um:.0f} to {injury.coagulated.depth.high / um:.0f} by damage model), "
        f"{injury.coagulation_width / um:.0f} um wide",
        f"People:      in two of three {hole.low / um:.0f} to {hole.high / um:.0f} um deep, "
        f"coagulation to {heated.low / um:.0f} to {heated.high / um:.0f} um",
        f"Heat:        hottest tissue {_plain_text(words.describe_heat(simulation))}; above 60 C for at most "
        f"{simulation.longest_above_60 / units.ms:.0f} ms where tissue is left, "
        f"energy balance within {abs(simulation.warming.energy.error):.0e}",
        f"Healing:     closed in {format_span(recovery.closed, days)} days, "
        f"red for {format_span(recovery.redness, days)} days",
        f"Cells:       dead to {injury.necrosis_depth / um:.0f} um "
        f"({injury.dead.depth.low / um:.0f} to {injury.dead.depth.high / um:.0f} by damage model), "
        f"{injury.necrosis_width / um:.0f} um wide",
        *(f"Remark:      {remark}" for remark in simulation.remarks),
    ]


def of_stamp(found: Stamp) -> list[str]:
    """What columns do to each other and to the skin between them."""
    um = units.um
    merged = f"coagulation of {100 * found.merged_share:.0f} % of neighbours touches" if found.merged else "none touch"
    return [
        f"Stamp:       {found.across} x {found.across} columns, {found.pitch / um:.0f} um apart, "
        f"{found.delay / units.ms:.3g} ms after one another, {found.order}; {merged}",
        f"Between:     up to {units.to_celsius(found.between):.0f} C midway; columns meet skin of up to "
        f"{units.to_celsius(found.warmest_start):.0f} C; the skin as a whole warms by {found.bulk_rise.max():.1f} C",
    ]


def of_change(found: Change) -> list[str]:
    """What changed between two photos, measure by measure, and the smallest change that could have been seen."""
    from porelight.draw import compare as drawn
    from porelight.report import change_page

    measures = [_plain_text(drawn.measure_line(each)) for each in drawn.overall_measures(found)]
    return [
        _plain_text(f"{change_page.change_headline(found)}. {change_page.change_detail(found)}"),
        *measures,
        *(f"Remark: {remark}" for remark in found.remarks),
    ]


def format_span(interval: Interval, unit: float) -> str:
    """The ends of an interval in ``unit``, with one digit below 10."""
    low, high = interval.low / unit, interval.high / unit
    digits = 1 if high < 10 else 0
    return f"{low:.{digits}f} to {high:.{digits}f}"


def _verdict_line(plan: Plan) -> str:
    if plan.status == "blocked":
        first = next(verdict for verdict in plan.verdicts if verdict.blocks)
        others = sum(verdict.blocks for verdict in plan.verdicts) - 1
        more = f" (and {others} more)" if others else ""
        return f"blocked - {first.outcome}: {first.title}. {first.because}{more}"
    adjusted = [verdict.title for verdict in plan.verdicts if verdict.outcome == "adjust"]
    return "ready for the practitioner's decision" + (f"; mind: {', '.join(adjusted)}" if adjusted else "")


def _forecast_line(plan: Plan) -> str:
    if plan.forecast_is == "not_offered":
        refused = any(verdict.outcome == "refuse" for verdict in plan.verdicts)
        return "none: treatment is refused" if refused else "none: the photo shows nothing to forecast"
    last = plan.forecast.milestones[-1]
    prefix = "if treatment becomes possible: " if plan.forecast_is == "only_if_possible" else ""
    course = plan.forecast
    width = _plain_text(words.describe_change(last.diameter_change_pct, course.diameter_goal_pct))
    number = _plain_text(words.describe_change(last.enlarged_change_pct, course.enlarged_goal_pct))
    typical = "" if course.of_photo else ", of a typical face and not from this photo"
    return f"{prefix}width of the pores {width} {last.label}; enlarged pores {number}{typical}"


def _plain_text(text: str) -> str:
    """Words of the report as a terminal has them."""
    return text.replace("\u00a0", " ").replace("°", "")


def _sessions_line(plan: Plan) -> str:
    if not plan.sessions:
        return "none while the plan is blocked"
    return f"{len(plan.sessions)}: {', '.join(words.write_day(date) for date in plan.sessions)}"


def _candidates_line(plan: Plan) -> str:
    if not plan.candidates:
        return "none"
    energies = [candidate.setting.pulse_energy / units.mJ for candidate in plan.candidates]
    depths = [candidate.simulation.crater.ablation_depth / units.um for candidate in plan.candidates]
    return (
        f"{len(plan.candidates)} settings of {min(energies):.0f} to {max(energies):.0f} mJ, "
        f"{min(depths):.0f} to {max(depths):.0f} um deep"
    )


def _setting_line(simulation: Simulation) -> str:
    setting = simulation.setting
    stack = f" x {setting.pulses_per_column}" if setting.pulses_per_column > 1 else ""
    convention = "1/e2" if setting.profile == "gaussian_1e2" else "top-hat"
    return (
        f"{setting.laser.name}, {setting.pulse_energy / units.mJ:g} mJ{stack}, "
        f"{setting.spot_diameter / units.um:g} um {convention} spot, {setting.pulse_duration / units.us:.4g} us"
        f"{_conditions_line(simulation)}"
    )


def _conditions_line(simulation: Simulation) -> str:
    """What is not as usual."""
    exposure, cooling = simulation.exposure, simulation.setting.cooling
    said = [exposure.pulse] if exposure.pulse != "square" else []
    if cooling is not None:
        said.append(f"cooling {cooling.name} at {units.to_celsius(cooling.temperature):.0f} C")
    said += ["wet surface"] if exposure.surface == "wet" else []
    said += [f"without {', '.join(exposure.without)}"] if exposure.without else []
    return "".join(f", {each}" for each in said)

"""The page of one simulation: what the setting does, a film of the pulse, sections, and everything it rests on."""

from __future__ import annotations

import base64
import dataclasses
import functools
from typing import TYPE_CHECKING

from porelight import draw, units
from porelight.report import figures, plan_page, template, words
from porelight.simulation.numbers import read_numbers
from porelight.wording import phrase

if TYPE_CHECKING:
    from markupsafe import Markup

    from porelight.draw import Still
    from porelight.simulation.model import Simulation
    from porelight.simulation.stamp import Stamp


def _(text: str) -> str:
    """Marks a text for the catalogue; it is said where it is shown."""
    return text


COOLINGS = {
    "none": _("none"),
    "air": _("room air"),
    "contact": _("cold plate"),
    "cryogen": _("cryogen spray"),
}
CONDITIONS = (_("square"), _("superpulse"), _("dry"), _("wet"), _("raster"), _("interlaced"), _("random"))
"""Words of a scenario that the page shows."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """One still on the page: its data URI and what is to be said of it."""

    uri: str
    says: str


def render_simulation(
    simulation: Simulation, stills: tuple[Still, ...], stamp: Stamp | None = None, language: str = "en"
) -> str:
    """The page as text; the same simulation gives the same text."""
    rows = template.weakest_first((simulation, stamp))
    shown = {
        "simulation": simulation,
        "numbers": read_numbers(simulation),
        "setting": plan_page.setting_facts(simulation, language) + _exposure_facts(simulation, language),
        "effect": plan_page.effect_facts(simulation, language) + _tissue_facts(simulation, language),
        "dose": _describe_dose(read_numbers(simulation), language),
        "stills": [_show_still(still, language) for still in stills],
        "start": _worth_seeing(stills),
        "film_says": draw.film_says(simulation, language),
        "figures": _draw_figures(simulation, language)
        | ({} if stamp is None else {"bulk": _bulk_figure(stamp, language)}),
        "stamp": None if stamp is None else _stamp_facts(stamp, language),
        "rows": rows,
        **template.load_script("simulation"),
        "style": "".join(template.read_text(f"style/{name}.css") for name in ("tokens", "report", "simulation")),
    }
    return template.fill_template("simulation.html", shown, {row.source for row in rows}, language)


def _draw_figures(simulation: Simulation, language: str) -> dict[str, Markup]:
    tall = functools.partial(draw.histology_height, simulation)
    return {
        "histology": figures.make_figure(
            "histology",
            draw.histology_says(simulation, language),
            lambda ax: draw.column_section(ax, simulation),
            wide=(440, tall(440)),
            narrow=tall(figures.PHONE),
            language=language,
        ),
        "close_up": figures.close_up(simulation, language),
        "rim": _chart_figure(
            "rim", draw.rim_says(simulation, language), lambda ax: draw.rim_chart(ax, simulation), language
        ),
        "heat": _chart_figure(
            "heat", draw.heat_says(simulation, language), lambda ax: draw.heat_chart(ax, simulation), language
        ),
    }


def _chart_figure(name: str, says: str, draw_on: figures.Draw, language: str, height: float = 320) -> Markup:
    return figures.make_figure(name, says, draw_on, wide=None, narrow=height, language=language)


def _bulk_figure(stamp: Stamp, language: str) -> Markup:
    return _chart_figure("bulk", draw.bulk_says(stamp, language), lambda ax: draw.bulk_chart(ax, stamp), language, 260)


def _stamp_facts(stamp: Stamp, language: str) -> plan_page.Facts:
    """What columns do to each other and to the skin between them."""
    number = functools.partial(words.format_number, language=language)
    touch = phrase("none", language)
    if stamp.merged:
        touch = phrase("{share} % of neighbours", language, share=number(100 * stamp.merged_share))
    pitch = phrase(
        "{across} by {across}, {um} µm apart", language, across=stamp.across, um=number(stamp.pitch / units.um)
    )
    between, warmest = (units.to_celsius(kelvin) for kelvin in (stamp.between, stamp.warmest_start))
    rise = phrase("{rise:.1f} °C at most", language, rise=float(stamp.bulk_rise.max()))
    return [
        (phrase("Columns", language), pitch),
        (
            phrase("One after another", language),
            f"{number(stamp.delay / units.ms)} ms, {phrase(stamp.order, language)}",
        ),
        (phrase("Coagulated zones that touch", language), touch),
        (phrase("Hottest skin midway between two", language), f"{between:.0f} °C"),
        (phrase("Warmest skin that a column met", language), f"{warmest:.0f} °C"),
        (phrase("Skin under the stamp warmer by", language), rise),
    ]


def _show_still(still: Still, language: str) -> Shown:
    text = (
        "{moment}: light on, {hole}, hottest tissue {peak} °C"
        if still.lit
        else "{moment}: light off, {hole}, hottest tissue {peak} °C"
    )
    hole = phrase("no hole", language)
    if still.depth:
        hole = phrase("hole {depth} deep", language, depth=draw.format_length(still.depth, language))
    peak = words.format_number(still.hottest, language=language)
    says = phrase(text, language, moment=draw.format_moment(still.time, language), hole=hole, peak=peak)
    return Shown("data:image/png;base64," + base64.b64encode(still.png).decode(), says)


def _worth_seeing(stills: tuple[Still, ...]) -> int:
    """The still that the page opens with: the last with light, when hole and heat are both to be seen."""
    return max((k for k, still in enumerate(stills) if still.lit), default=0)


def _exposure_facts(simulation: Simulation, language: str) -> plan_page.Facts:
    exposure, cooling = simulation.exposure, simulation.setting.cooling
    said = phrase("none", language)
    if cooling is not None:
        name = phrase(COOLINGS.get(cooling.name, cooling.name), language)
        said = f"{name}, {units.to_celsius(cooling.temperature):.0f} °C"
        if cooling.before:
            before = words.format_number(cooling.before / units.ms, language=language)
            said += phrase(", {time} ms before", language, time=before)
    facts = [
        (phrase("Shape of the pulse", language), phrase(exposure.pulse, language)),
        (phrase("Cooling", language), said),
        (phrase("Surface", language), phrase(exposure.surface, language)),
        (phrase("Skin before", language), f"{units.to_celsius(exposure.temperature):.0f} °C"),
    ]
    return facts + ([(phrase("Switched off", language), ", ".join(exposure.without))] if exposure.without else [])


def _tissue_facts(simulation: Simulation, language: str) -> plan_page.Facts:
    injury = simulation.injury

    def um(value: float) -> str:
        return words.format_number(value / units.um, language=language)

    wide = phrase(
        "{width} µm ({low} to {high})",
        language,
        width=um(injury.coagulation_width),
        low=um(injury.coagulated.width.low),
        high=um(injury.coagulated.width.high),
    )
    dead = phrase(
        "to {depth} µm ({low} to {high})",
        language,
        depth=um(injury.necrosis_depth),
        low=um(injury.dead.depth.low),
        high=um(injury.dead.depth.high),
    )
    return [
        (phrase("Collagen set, width (over damage models)", language), wide),
        (phrase("Cells dead (over damage models)", language), dead),
    ]


def _describe_dose(told: dict[str, object], language: str) -> str:
    """The thermal dose, in words that say where its rule ends."""
    most, held = told.get("cem43_max_min"), told.get("cem43_max_where_rule_holds_min")
    if not isinstance(most, float) or not isinstance(held, float):
        return ""
    values = {"most": words.format_number(most, language=language)}
    if not told["cem43_max_is_lower_bound"]:
        return phrase("Thermal dose: at most {most} minutes at 43 °C (CEM43).", language, **values)
    return phrase(
        "Thermal dose: more than {most} minutes at 43 °C (CEM43) at the wall, where tissue was above the 57 °C up to "
        "which the rule was tested; at most {tested} minutes where it was not.",
        language,
        **values,
        tested=words.format_number(held, language=language),
    )

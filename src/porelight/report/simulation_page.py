"""The page of one simulation: what the setting does, a film of the pulse, sections, and everything it rests on."""

from __future__ import annotations

import base64
import dataclasses
from typing import TYPE_CHECKING

from porelight import draw, units
from porelight.report import figures, plan_page, template, words
from porelight.simulation.numbers import read_numbers

if TYPE_CHECKING:
    from markupsafe import Markup

    from porelight.draw import Still
    from porelight.simulation.model import Simulation
    from porelight.simulation.stamp import Stamp

COOLINGS = {
    "none": "none",
    "air": "room air",
    "contact": "cold plate",
    "cryogen": "cryogen spray",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """One still on the page: its data URI and what is to be said of it."""

    uri: str
    says: str


def render(simulation: Simulation, stills: tuple[Still, ...], stamp: Stamp | None = None) -> str:
    """The page as text; the same simulation gives the same text."""
    rows = template.weakest_first((simulation, stamp))
    shown = {
        "simulation": simulation,
        "numbers": read_numbers(simulation),
        "setting": plan_page.setting_facts(simulation) + _conditions(simulation),
        "effect": plan_page.effect_facts(simulation) + _cells(simulation),
        "dose": _dose(read_numbers(simulation)),
        "stills": [_shown(still) for still in stills],
        "start": _worth_seeing(stills),
        "film_says": draw.film_says(simulation),
        "figures": _figures(simulation) | ({} if stamp is None else {"bulk": _bulk(stamp)}),
        "stamp": None if stamp is None else _stamp_facts(stamp),
        "rows": rows,
        **template.scripted("simulation"),
        "style": "".join(template.text(f"style/{name}.css") for name in ("tokens", "report", "simulation")),
    }
    return template.filled("simulation.html", shown, {row.source for row in rows})


def _figures(simulation: Simulation) -> dict[str, Markup]:
    return {
        "histology": figures.figure(
            "histology",
            draw.histology_says(simulation),
            lambda ax: draw.histology(ax, simulation),
            wide=(440, draw.histology_height(simulation, 440)),
            narrow=draw.histology_height(simulation, figures.PHONE),
        ),
        "close_up": figures.close_up(simulation),
        "rim": figures.figure(
            "rim", draw.rim_says(simulation), lambda ax: draw.rim_chart(ax, simulation), wide=None, narrow=320
        ),
        "heat": figures.figure(
            "heat", draw.heat_says(simulation), lambda ax: draw.heat_chart(ax, simulation), wide=None, narrow=320
        ),
    }


def _bulk(stamp: Stamp) -> Markup:
    return figures.figure("bulk", draw.bulk_says(stamp), lambda ax: draw.bulk_chart(ax, stamp), wide=None, narrow=260)


def _stamp_facts(stamp: Stamp) -> plan_page.Facts:
    """What columns do to each other and to the skin between them."""
    touch = f"{words.number(100 * stamp.merged_share)} % of neighbours" if stamp.merged else "none"
    return [
        ("Columns", f"{stamp.across} by {stamp.across}, {words.number(stamp.pitch / units.um)} µm apart"),
        ("One after another", f"{words.number(stamp.delay / units.ms)} ms, {stamp.order}"),
        ("Coagulated zones that touch", touch),
        ("Hottest skin midway between two", f"{units.to_celsius(stamp.between):.0f} °C"),
        ("Warmest skin that a column met", f"{units.to_celsius(stamp.warmest_start):.0f} °C"),
        ("Skin under the stamp warmer by", f"{stamp.bulk_rise.max():.1f} °C at most"),
    ]


def _shown(still: Still) -> Shown:
    light = "light on" if still.lit else "light off"
    hole = f"hole {draw.length(still.depth)} deep" if still.depth else "no hole"
    says = f"{draw.moment(still.time)}: {light}, {hole}, hottest tissue {words.number(still.hottest)} °C"
    return Shown("data:image/png;base64," + base64.b64encode(still.png).decode(), says)


def _worth_seeing(stills: tuple[Still, ...]) -> int:
    """The still that the page opens with: the last with light, when hole and heat are both to be seen."""
    return max((k for k, still in enumerate(stills) if still.lit), default=0)


def _conditions(simulation: Simulation) -> plan_page.Facts:
    exposure, cooling = simulation.exposure, simulation.setting.cooling
    said = "none"
    if cooling is not None:
        said = f"{COOLINGS.get(cooling.name, cooling.name)}, {units.to_celsius(cooling.temperature):.0f} °C"
        said += f", {words.number(cooling.before / units.ms)} ms before" if cooling.before else ""
    facts = [
        ("Shape of the pulse", exposure.pulse),
        ("Cooling", said),
        ("Surface", exposure.surface),
        ("Skin before", f"{units.to_celsius(exposure.temperature):.0f} °C"),
    ]
    return facts + ([("Switched off", ", ".join(exposure.without))] if exposure.without else [])


def _cells(simulation: Simulation) -> plan_page.Facts:
    injury = simulation.injury
    low, high = injury.dead.depth.low / units.um, injury.dead.depth.high / units.um
    wide = f"{words.number(injury.coagulation_width / units.um)} µm"
    between = (injury.coagulated.width.low / units.um, injury.coagulated.width.high / units.um)
    return [
        ("Collagen set, width (over damage models)", f"{wide} ({_ends(*between)})"),
        (
            "Cells dead (over damage models)",
            f"to {words.number(injury.necrosis_depth / units.um)} µm ({_ends(low, high)})",
        ),
    ]


def _ends(low: float, high: float) -> str:
    return f"{words.number(low)} to {words.number(high)}"


def _dose(told: dict[str, object]) -> str:
    """The thermal dose, in words that say where its rule ends."""
    most, held = told.get("cem43_max_min"), told.get("cem43_max_where_rule_holds_min")
    if not isinstance(most, float) or not isinstance(held, float):
        return ""
    if not told["cem43_max_is_lower_bound"]:
        return f"Thermal dose: at most {words.number(most)} minutes at 43 °C (CEM43)."
    return (
        f"Thermal dose: more than {words.number(most)} minutes at 43 °C (CEM43) at the wall, where tissue was above "
        f"the 57 °C up to which the rule was tested; at most {words.number(held)} minutes where it was not."
    )

"""Ours, published, difference: writes docs/validation.md. Run with ``make validation``."""

from __future__ import annotations

import dataclasses
import itertools
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from benchmarks.by_study import SINGLE_BAND, group_by_study, write_studies
from benchmarks.forecast_check import write_scores
from porelight import cite
from porelight.fields import Crater
from porelight.simulation.chain import simulate
from porelight.simulation.numbers import read_numbers
from porelight.simulation.scenario import setting_from, skin_of
from porelight.skin import Skin
from porelight.units import celsius, cm, mJ, mm, um

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "validation.md"
NAMES = {
    "ablation_depth_um": "depth of the hole",
    "ablation_width_um": "width of the hole",
    "coagulation_depth_um": "depth with coagulation",
    "coagulation_width_um": "width with coagulation",
    "rim_below_um": "rim below the floor",
    "rim_mid_um": "rim at half the depth",
}
DEPTHS = ("ablation_depth_um", "coagulation_depth_um")
WIDTHS = ("ablation_width_um", "coagulation_width_um")
RIMS = ("rim_below_um", "rim_mid_um")


@dataclasses.dataclass(frozen=True)
class Line:
    """One measured number beside ours."""

    id: str
    title: str
    trust: str
    part: str
    source: str
    key: str
    low: float
    high: float
    published: float
    published_high: float
    seen: float | None = None
    """The lower end of our band as a section may show it: off the axis, and shrunken."""

    @property
    def middle(self) -> float:
        """Middle of our band."""
        return 0.5 * (self.low + self.high)

    @property
    def difference(self) -> float:
        """Of the middle of our band from the middle published, as a share."""
        return self.middle / self.wanted - 1.0

    @property
    def nearest(self) -> float:
        """Of the nearest end of our band from the published range, as a share; 0 inside."""
        if self.low <= self.published_high and self.high >= self.published:
            return 0.0
        near = self.low if self.low > self.published_high else self.high
        end = self.published_high if self.low > self.published_high else self.published
        return near / end - 1.0

    @property
    def wanted(self) -> float:
        """Middle of what was published."""
        return 0.5 * (self.published + self.published_high)


def skin(kind: str, depths: dict[str, float | None]) -> Skin:
    """Facial skin, with the dermis of the animal where it is one."""
    usual, dermis = skin_of("III", "cheek"), depths[kind]
    if dermis is None:
        return usual
    layers = tuple(
        dataclasses.replace(layer, thickness=dermis * mm) if layer.name == "dermis" else layer for layer in usual.layers
    )
    return dataclasses.replace(usual, layers=layers)


def dials(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every combination of what a case varies; ``split`` shares the energy among pulses of a stack."""
    vary = case.get("vary", {})
    for values in itertools.product(*vary.values()):
        dial = {**case["dial"], **dict(zip(vary, values, strict=True))}
        if "fluence_j_cm2" in case:
            area = math.pi * (0.5 * dial["spot_um"] * um) ** 2 / cm**2
            dial["energy_mj"] = case["fluence_j_cm2"] * area / mJ
        pulses = dial.pop("split", None)
        if pulses:
            dial |= {"energy_mj": dial["energy_mj"] / pulses, "stack": pulses}
        yield dial


def outcome(case: dict[str, Any], dial: dict[str, Any], on: Skin) -> dict[str, float]:
    """Numbers of one run, with the divisions a case asks for."""
    if "tune" in case:
        dial = {**dial, "energy_mj": tuned(case, dial, on)}
    before = celsius(case.get("temperature_c", 35))
    ran = simulate(setting_from(case["laser"], dial), on, temperature=before)
    found = {**read_numbers(ran), "seen": section_depth(ran.crater)}
    share = 1.0
    if case.get("per_pulse"):
        share = 1.0 / dial["stack"]
    if case.get("per_fluence"):
        share = 1.0 / case["fluence_j_cm2"]
    return {key: found[key] * share for key in (*NAMES, "seen")}


def section_depth(crater: Crater) -> float:
    """Depth of the hole in a section [um] that lies anywhere across its opening, on average, in excised skin."""
    rings, width = crater.grid.r_edges, 0.5 * crater.ablation_width
    if width == 0.0:
        return 0.0
    across = np.clip(np.minimum(rings[1:], width) - rings[:-1], 0.0, None)
    shrunk = 1.0 + cite.table("thermal")["excision_depth"].si
    return float((crater.depth * across).sum() / width / shrunk / um)


def tuned(case: dict[str, Any], dial: dict[str, Any], on: Skin) -> float:
    """Energy [mJ] that gives the depth a case wants, by bisection to 2 %."""
    (low, high), wanted = case["tune"]["energy_mj"], case["tune"]["ablation_depth_um"]
    while high / low > 1.02:
        middle = math.sqrt(low * high)
        tried = simulate(setting_from(case["laser"], {**dial, "energy_mj": middle}), on, cooling_time=1e-3)
        low, high = (middle, high) if tried.crater.ablation_depth / um < wanted else (low, middle)
    return math.sqrt(low * high)


def lines(case: dict[str, Any], on: Skin) -> Iterator[Line]:
    """One line for each number a case measured."""
    runs = [outcome(case, dial, on) for dial in dials(case)]
    wanted = {key: (value, value) for key, value in case.get("measured", {}).items()} | case.get("bounds", {})
    for key, (low, high) in wanted.items():
        ours = [run[key] for run in runs]
        spread = case.get("spread", 0.0)
        about = (case["id"], case["title"], case["trust"], case["part"], case["source"], key)
        seen = min(run["seen"] for run in runs) if key == "ablation_depth_um" and on_column(case) else None
        yield Line(*about, min(ours), max(ours), low - spread, high + spread, seen)


def on_column(case: dict[str, Any]) -> bool:
    """Whether a case is a narrow hole, of which a section may miss the axis."""
    return bool(case["dial"].get("spot_um", 0) < 1000)


def is_exact(line: Line) -> bool:
    return line.published == line.published_high


def trend(row: dict[str, Any], on: Skin) -> list[str]:
    """Growth between two settings, each at its temperature."""
    first, last = (
        read_numbers(
            simulate(
                setting_from(row["laser"], row["dial"] | row[end]), on, temperature=celsius(row["temperature_c"][k])
            )
        )
        for k, end in enumerate(("from", "to"))
    )
    told = []
    for key, published in row["measured"].items():
        ours = last[key] / first[key]
        told.append(f"| {row['title']} | {NAMES[key]} | {ours:.1f} | {published:.1f} | {row['source']} |")
    return told


def wall_rims(on: Skin) -> str:
    """Rims at half the depth at the energies of the goal, 21 C."""
    told = []
    for energy, spot in ((20, 120), (36, 165)):
        found = read_numbers(simulate(setting_from("co2", energy_mj=energy, spot_um=spot), on, temperature=celsius(21)))
        told.append(f"{found['rim_mid_um']:.0f} um at {energy} mJ and {spot} um")
    return " and ".join(told)


def stacks(on: Skin) -> list[str]:
    """The laws of stacked Er:YAG pulses: straightness of depth, rim and width (taudorf2016thesis)."""
    counts = np.array([2, 4, 8, 16, 32])
    runs = [read_numbers(simulate(setting_from("eryag", energy_mj=6.4, stack=int(n)), on)) for n in counts]
    energy = 6.4 * counts
    pairs = (
        ("depth against the logarithm of total energy", np.log(energy), "ablation_depth_um"),
        ("depth against total energy", energy, "ablation_depth_um"),
        ("width against the logarithm of the number of pulses", np.log(counts), "ablation_width_um"),
        ("rim beside against total energy", energy, "rim_beside_um"),
    )
    told = []
    for name, x, key in pairs:
        y = np.array([run[key] for run in runs])
        share = float(np.corrcoef(x, y)[0, 1] ** 2) if np.ptp(y) else 0.0
        told.append(f"| {name} | {share:.2f} | {', '.join(f'{value:.0f}' for value in y)} |")
    return told


def band(low: float, high: float) -> str:
    digits = 1 if high < 10 else 0
    return f"{low:.{digits}f}" if high - low <= 0.05 * high else f"{low:.{digits}f}-{high:.{digits}f}"


def row(line: Line) -> str:
    ranged = line.published != line.published_high
    middle = "" if ranged else f"{100 * line.difference:+.0f} %"
    outside = "inside" if line.nearest == 0.0 else f"{100 * line.nearest:+.0f} %"
    seen = "" if line.seen is None else f"{line.seen:.0f}"
    return (
        f"| {line.title} | {NAMES[line.key]} | {band(line.low, line.high)} | {seen} | "
        f"{band(line.published, line.published_high)} | {middle} | {outside} | "
        f"{line.trust} | {line.source} |"
    )


def score(found: list[Line], keys: tuple[str, ...], part: str, trust: str) -> str:
    chosen = [each for each in found if each.key in keys and each.part == part and each.trust in trust]
    chosen = [each for each in chosen if is_exact(each)]
    if not chosen:
        return "none"
    middle = np.mean([abs(each.difference) for each in chosen])
    near = np.mean([abs(each.nearest) for each in chosen])
    return f"{100 * middle:.0f} % (outside our band by {100 * near:.0f} %), {len(chosen)} numbers"


HEAD = (
    "| case | what | ours | as a section may show it | published | difference | beyond band | trust | source |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def page(found: list[Line], plan: dict[str, Any]) -> str:
    """The whole document."""
    human = skin("human", plan["dermis_mm"])
    shrink = cite.table("thermal")
    depth, width = shrink["excision_depth"].value, shrink["excision_width"].value
    deep, total, wide = ("ablation_depth_um",), ("coagulation_depth_um",), ("ablation_width_um",)
    parts = [
        "# Validation: columns, craters and the forecast",
        "",
        "Made by `make validation` from `benchmarks/columns.yaml`; do not edit. Lengths in um. One parameter set for"
        " every row. Where a source does not state a setting it is varied over its plausible range and ours is a band;"
        " the difference is that of its middle, and *beyond band* that of its nearest end.",
        "",
        f"Excised skin shrinks: a published simulation laid {depth:.0f} % of depth and {width:.0f} % of width to it"
        " (marqa2014). Nothing here is corrected for it; `simulate --json` shows depths and widths with it beside those"
        " without. A section seldom runs through the axis either. *As a section may show it* is the shallowest of ours"
        " in a section anywhere across the opening, on average, and shrunken: the least that a reader would have"
        " measured. Stain and reader are not known and not in it.",
        "",
        *by_study(found, plan),
        "## What the model was written with",
        "",
        HEAD,
        *(row(line) for line in found if line.part == "evidence"),
        "",
        f"- depth of the hole, trust A and B: {score(found, deep, 'evidence', 'AB')}",
        f"- depth with coagulation, trust A: {score(found, total, 'evidence', 'A')}",
        f"- width of the hole, trust A and B: {score(found, wide, 'evidence', 'AB')}",
        f"- rim below the floor, trust A and B: {score(found, ('rim_below_um',), 'evidence', 'AB')}",
        "",
        "## Looked up while the model was written; no parameter was set on it",
        "",
        HEAD,
        *(row(line) for line in found if line.part == "reserve"),
        "",
        f"- depth of the hole: {score(found, deep, 'reserve', 'A')}",
        f"- depth with coagulation: {score(found, total, 'reserve', 'A')}",
        "",
        "## Trends",
        "",
        "| case | what | ours, ratio | published, ratio | source |\n|---|---|---|---|---|",
        *(told for each in plan["trends"] for told in trend(each, human)),
        "",
        "Stacked Er:YAG pulses of 6.4 mJ, 2 to 32 of them: squared correlation with a straight line, and ours."
        " Measured: depth with the logarithm of total energy, rim with total energy, width with the logarithm of the"
        " count (taudorf2016thesis).",
        "",
        "| law | squared correlation | ours |\n|---|---|---|",
        *stacks(skin("swine", plan["dermis_mm"])),
        "",
        "## Not simulated",
        "",
        *(f"- {each['rows']}: {each['why']}" for each in plan["not_simulated"]),
        "",
        "## What to make of it",
        "",
        (HERE / "validation_remarks.md").read_text(encoding="utf-8").strip(),
        "",
        *write_scores(),
    ]
    return "\n".join(parts)


def by_study(found: list[Line], plan: dict[str, Any]) -> list[str]:
    """Scores of whole studies, weighted by persons."""
    scatter = cite.table("thermal")["depth_between_persons"]
    exact = [line for line in found if is_exact(line)]
    kinds = (("Depths", DEPTHS), ("Widths", WIDTHS), ("Rims", RIMS))
    single = [
        abs(line.difference) <= SINGLE_BAND
        for line in exact
        if line.key in DEPTHS and plan["studies"][line.source]["persons"] == 1
    ]
    return [
        "## By study",
        "",
        f"Depths differ between persons by {scatter.value:.0f} % (one standard deviation, {scatter.source.key}: derived"
        ", and rough), so no model meets single biopsies better. A study counts once, by its persons; where these are"
        " not stated it counts as one. Numbers published as bounds are in the tables below and not here.",
        "",
        *(text for title, keys in kinds for text in write_studies(title, group_by_study(exact, keys, plan["studies"]))),
        "| study | geometry | what its rim is | section |\n|---|---|---|---|",
        *(
            f"| {key} | {each['geometry']} | {each['rim'] or ''} | {each['section']} |"
            for key, each in plan["studies"].items()
        ),
        "",
        f"Single biopsies inside +-35 %: {sum(single)} of {len(single)}; wanted: 70 %. A study of several persons with"
        " stated power and spot was not found; the nearest, bailey2011, states no power. Rim at half the depth, wanted"
        f" 35 um or more: {wall_rims(skin('swine', plan['dermis_mm']))}.",
        "",
    ]


def main() -> None:
    plan = yaml.safe_load((HERE / "columns.yaml").read_text(encoding="utf-8"))
    found = []
    for case in plan["cases"]:
        found += list(lines(case, skin(case["skin"], plan["dermis_mm"])))
        for line in found[-1:]:
            print(row(line), file=sys.stderr)
    PAGE.write_text(page(found, plan), encoding="utf-8")
    print(PAGE)


if __name__ == "__main__":
    main()

"""Injury -> Recovery: how long the columns stay open, how long it shows, and how much collagen will be rebuilt.

Model *sheet migration*: the edge of the living epidermis advances at a steady speed, so a round wound closes in its
half-width over that speed. No cell has to come from further than the nearest follicle, whose lining regrows epidermis.
Redness and crusts are not modelled: they are what series of patients reported, with the spread between the series.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from porelight import cite
from porelight.arrays import Floats, Mask
from porelight.cite import Cited
from porelight.fields import Crater, Injury, Interval, Recovery, central_quantile
from porelight.laser import Setting
from porelight.skin import Skin

HEALING_LEVEL: Final = 0.9
"""Level of every interval here."""


def recover(skin: Skin, setting: Setting, crater: Crater, injury: Injury) -> Recovery:
    """How the skin heals after one session of ``setting``.

    Args:
        skin: what was treated; its epidermis is what has to close.
        setting: gives the columns per area [1/m2] and the passes.
        crater, injury: one column, on one grid.

    Returns:
        Closing time by sheet migration, t = min(half-width, half the distance between follicles) / speed, with the
        spread between people and of the speed; redness and crusts from patient series; shares by lattice geometry.

    Validity: columns on a square lattice, passes placed at random to each other. Redness and crusts do not depend on
    energy or density here, because no series seen relates them; the interval holds the whole spread of series.
    """
    wound = epidermal_wound_diameter(skin, crater, injury)
    ablated = crater.ablation_depth > 0.0
    closed, closing_rows = _predict_closing(wound, setting.density, ablated=ablated)
    redness, redness_rows = _predict_redness(wound, ablated=ablated)
    crusting, crusting_rows = _predict_crusting(ablated=ablated)
    covered = lattice_coverage(max(wound, injury.coagulation_width), setting.density)
    return Recovery(
        closed=closed,
        redness=redness,
        crusting=crusting,
        collagen_stimulus=collagen_stimulus(skin, setting, crater, injury),
        treated_fraction=_after_passes(covered, setting),
        rests_on=closing_rows + redness_rows + crusting_rows,
    )


def epidermal_wound_diameter(skin: Skin, crater: Crater, injury: Injury) -> float:
    """Widest part of the epidermis that is dead or gone [m]."""
    grid = injury.grid
    epidermis = sum(layer.thickness for layer in skin.layers if layer.name == "epidermis")
    in_epidermis = grid.z < epidermis
    dead = np.asarray((injury.necrosis[in_epidermis] >= 1.0).any(axis=0))
    return max(crater.ablation_width, _marked_diameter(grid.r_edges, dead))


def lattice_coverage(diameter: float, density: float) -> float:
    """Share (0-1) of a plane covered by discs of ``diameter`` [m] on a square lattice of ``density`` [1/m2].

    Exact: pi R2 / a2 while the discs are apart (R <= a/2, with a2 = 1/density), less the four overlaps of neighbours
    until they close the gap in the middle (R = a / sqrt 2), and 1 from there.
    """
    radius = diameter / 2.0
    if density <= 0.0 or radius <= 0.0:
        return 0.0
    half = 0.5 / math.sqrt(density)
    if radius >= half * math.sqrt(2.0):
        return 1.0
    overlap = 0.0
    # Discs overlap with their four neighbours: each overlap is two circular segments.
    if radius > half:
        overlap = 4.0 * (radius**2 * math.acos(half / radius) - half * math.sqrt(radius**2 - half**2))
    return (math.pi * radius**2 - overlap) * density


def collagen_stimulus(skin: Skin, setting: Setting, crater: Crater, injury: Injury) -> float:
    """Share of the dermis (0-1), down to the coagulation depth, whose collagen is coagulated.

    Layer by layer: the coagulated ring between its inner and outer radius, on the lattice of the pattern.
    """
    grid = injury.grid
    top = sum(layer.thickness for layer in skin.layers if layer.name == "epidermis")
    within = (grid.z > top) & (grid.z <= injury.coagulation_depth)
    if not within.any() or setting.density <= 0.0:
        return 0.0
    tissue = grid.z[:, None] > crater.depth[None, :]
    coagulated = (injury.coagulation >= 1.0) & tissue
    # Row by row: what is coagulated around the hole, less the hole, both repeated on the lattice.
    shares = [
        _ring_coverage(grid.r_edges, coagulated[row], tissue[row], setting.density) for row in np.flatnonzero(within)
    ]
    return _after_passes(float(np.average(shares, weights=np.diff(grid.z_edges)[within])), setting)


def _ring_coverage(r_edges: Floats, coagulated: Mask, tissue: Mask, density: float) -> float:
    outer = _marked_diameter(r_edges, coagulated | ~tissue)
    inner = _marked_diameter(r_edges, ~tissue)
    return max(0.0, lattice_coverage(outer, density) - lattice_coverage(inner, density))


def _marked_diameter(r_edges: Floats, marked: Mask) -> float:
    """Diameter out to the last marked ring [m]."""
    rings = np.flatnonzero(marked)
    return 2.0 * float(r_edges[rings[-1] + 1]) if rings.size else 0.0


def _after_passes(share: float, setting: Setting) -> float:
    """The share after passes that fall at random on each other."""
    return 1.0 - (1.0 - share) ** setting.passes


def _predict_closing(wound: float, density: float, *, ablated: bool) -> tuple[Interval, tuple[Cited, ...]]:
    if wound <= 0.0:
        return Interval(0.0, 0.0, 0.0, HEALING_LEVEL), ()
    table = cite.table("healing")
    speed = table["migration_open" if ablated else "migration_sealed"]
    # No cell has to come from further than the nearest follicle: half the distance between two on a square lattice.
    follicles, spread = table["follicle_density"], table["closing_spread"]
    reach = 0.5 / math.sqrt(follicles.si)
    merged = density > 0.0 and wound >= 1.0 / math.sqrt(density)
    mid = (reach if merged else min(wound / 2.0, reach)) / speed.si
    # The speed is uncertain and people differ, independently of each other: their logarithms add in quadrature.
    person = central_quantile(HEALING_LEVEL) * spread.si
    faster = math.hypot(math.log(speed.si_high / speed.si), person)
    slower = math.hypot(math.log(speed.si / speed.si_low), person)
    return Interval(mid * math.exp(-faster), mid, mid * math.exp(slower), HEALING_LEVEL), (speed, follicles, spread)


def _predict_redness(wound: float, *, ablated: bool) -> tuple[Interval, tuple[Cited, ...]]:
    if wound <= 0.0:
        return Interval(0.0, 0.0, 0.0, HEALING_LEVEL), ()
    table = cite.table("healing")
    if ablated:
        low, mid, high = (table[key] for key in ("redness_low", "redness_ablative", "redness_ablative_long"))
        return Interval(low.si, mid.si, high.si, HEALING_LEVEL), (low, mid, high, table["redness_combined"])
    usual, high = table["redness_sealed"], table["redness_sealed_long"]
    return Interval(usual.si_low, usual.si, high.si, HEALING_LEVEL), (usual, high)


def _predict_crusting(*, ablated: bool) -> tuple[Interval, tuple[Cited, ...]]:
    if not ablated:
        return Interval(0.0, 0.0, 0.0, HEALING_LEVEL), ()
    table = cite.table("healing")
    usual, high = table["crusting_ablative"], table["crusting_long"]
    return Interval(usual.si_low, usual.si, high.si, HEALING_LEVEL), (usual, high)

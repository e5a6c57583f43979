"""Columns beside columns: what a stamp does to the skin between them.

Reduction: all columns of a lattice are alike, so each stands in its own cell, and between equal neighbours no heat
flows. The cell is taken as a disc of its area with an insulated wall (Wigner and Seitz), and all columns as fired
at once. A scanner fires one after another and gives the skin time, so this bounds the heat between columns from above.
"""

from __future__ import annotations

import dataclasses
import math

from porelight import cite
from porelight.cite import Cited
from porelight.laser import Setting
from porelight.planning.model import Simulation
from porelight.planning.simulate import simulate
from porelight.refusal import Refusal
from porelight.skin import Skin
from porelight.units import celsius, percent

DENSEST = 60 * percent
"""Largest share of the surface under spots that is searched; beyond it skin is not treated in columns."""


@dataclasses.dataclass(frozen=True, slots=True)
class Stamp:
    """One column of a lattice, with its neighbours."""

    simulation: Simulation
    pitch: float
    """Distance of neighbours on a square lattice [m]."""
    between: float
    """Highest temperature that the skin midway between columns reached [K]."""
    bulk_rise: float
    """Rise of the mean temperature of epidermis and dermis once the heat left in the skin has spread [K]."""
    merged: bool
    """Whether coagulated zones of neighbours touch."""
    rests_on: tuple[Cited, ...]


def stamp(setting: Setting, skin: Skin, *, temperature: float = celsius(35.0), seed: int = 0) -> Stamp:
    """A stamp of columns at the density of ``setting``.

    Args:
        setting: its density is columns per area [1/m2]; its passes multiply it.
        skin: what it meets.
        temperature: of the skin before [K].
        seed: kept with the result.

    Validity: columns on a regular lattice, all at once; see the module. Heat that leaves through the surface or into
    fat is not taken off the bulk rise, which is an upper bound like the rest.

    Raises:
        Refusal: the setting has no density, or its spots cover more than the lattice has room for.
    """
    density = setting.density * setting.passes
    if density <= 0.0:
        raise Refusal("a stamp needs a density", where="density_pct", advice="Give the share of the surface covered")
    outer = 1.0 / math.sqrt(math.pi * density)
    if 2.0 * outer < setting.spot_diameter:
        raise Refusal(
            "spots overlap, so there are no columns", where="density_pct", advice="Lower the density or the passes"
        )
    found = simulate(setting, skin, seed=seed, temperature=temperature, outer=outer)
    grid, thermal = found.crater.grid, cite.table("thermal")
    heated = skin.layers[0].thickness + skin.layers[1].thickness
    left = grid.z_edges[1:] > found.crater.depth[-1]
    return Stamp(
        simulation=found,
        pitch=1.0 / math.sqrt(density),
        between=float(found.warming.peak[left, -1].max()),
        bulk_rise=found.warming.energy.stored * density / (thermal["skin_heat"].si * heated),
        merged=bool((found.injury.coagulation[left, -1] >= 1.0).any()),
        rests_on=(thermal["skin_heat"],),
    )


def merging_density(setting: Setting, skin: Skin, *, temperature: float = celsius(35.0)) -> float | None:
    """Share of the surface under spots (0-1) from which coagulated zones of neighbours touch, to 3 %.

    None when they do not touch up to :data:`DENSEST`.
    """
    spot = math.pi * (0.5 * setting.spot_diameter) ** 2

    def merged(share: float) -> bool:
        dense = dataclasses.replace(setting, density=share / spot, passes=1)
        return stamp(dense, skin, temperature=temperature).merged

    low, high = 1 * percent, DENSEST
    if not merged(high):
        return None
    while high / low > 1.03:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if merged(middle) else (middle, high)
    return high

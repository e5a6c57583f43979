"""A pore beside a column: what heat of the column comes to the oil gland.

The column is followed in rings as if there were no pore, then laid into a block of skin that has one: a funnel of air,
or of sebum where it is plugged, and below it a ball of sebum, the gland. Validity: columns that miss the opening; light
that scatters to the gland is not in it (10.6 and 2.94 um reach some tens of micrometres). Sebum is taken as fat.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from porelight import cite, heat
from porelight.arrays import Floats
from porelight.cite import Cited
from porelight.damage import default_set, load_sets
from porelight.fields import Grid
from porelight.frozen import frozen
from porelight.heat.block import Block, Harm
from porelight.heat.grid import Box, thin_edges
from porelight.heat.imprint import make_imprint, slices_within
from porelight.heat.tissue import Tissue
from porelight.laser import Setting
from porelight.refusal import Refusal
from porelight.simulation.chain import simulate
from porelight.simulation.model import Simulation
from porelight.simulation.scan import LONGEST_ALONE, heat_reach, make_print
from porelight.skin import Pore, Skin
from porelight.units import celsius, mm, ms, to_celsius, um

CELL_WIDTH: Final = 20 * um
"""Width of the cells around pore and column."""

FOLLOWED_SHARES: Final = np.array([0.01, 0.03, 0.06, 0.1, 0.16, 0.25, 0.4, 0.6, 0.8, 1.0])
"""Moments that are written down, as shares of the time followed."""


@frozen
class Beside:
    """One column beside one pore."""

    simulation: Simulation
    distance: float
    """From the middle of the pore to the axis of the column [m]."""
    gland_peak: float
    """Highest temperature anywhere in the gland [K]."""
    times: Floats
    """Moments from the first pulse (nt,) [s]."""
    gland_rise: Floats
    """Of the mean temperature of the gland (nt,) [K]."""
    gland_dead_share: float
    """Share (0-1) of the gland in which damage to cells reaches 1."""
    energy_error: float
    """Share of the column's heat which the block's books miss."""
    rests_on: tuple[Cited, ...]


def simulate_beside_pore(
    setting: Setting,
    skin: Skin,
    distance: float,
    *,
    temperature: float = celsius(35.0),
    followed: float = 1.0,
    threads: int = 2,
) -> Beside:
    """One column of ``setting`` at ``distance`` [m] from the middle of the pore of ``skin``.

    Args:
        setting: of one column; its density plays no part.
        skin: with its pore; the gland lies below the middle of the opening.
        distance: along the skin [m]; the spot must miss the opening.
        temperature: of the skin before [K].
        followed: time after the column has been laid into the block [s].
        threads: that share the block.

    Raises:
        Refusal: the column would fall into the pore, or what :func:`porelight.simulation.chain.simulate` refuses.
    """
    gap = distance - 0.5 * skin.pore.opening_diameter - 0.5 * setting.spot_diameter
    if gap <= 0.0:
        raise Refusal(
            f"a column {distance / um:.0f} um from the middle of the pore falls into its opening",
            where="distance_um",
            advice="Use a distance beyond half the opening and half the spot",
        )
    thermal = cite.table("thermal")
    diffusivity = thermal["dermis_conductivity"].si / thermal["skin_heat"].si
    # Alone only until its heat comes to the pore (3.6 diffusion lengths leave a hundredth), but long enough for the
    # block's cells to follow it.
    alone = max(min((gap / 3.6) ** 2 / diffusivity, LONGEST_ALONE), CELL_WIDTH**2 / diffusivity)
    column = simulate(setting, skin, temperature=temperature, cooling_time=alone)
    box = _make_box(column.crater.grid, skin.pore, distance)
    block = _make_block(box, skin, setting, temperature, threads)
    gland = _gland_cells(box, skin.pore)
    _lay_column(block, column, distance)
    block.time = setting.pulse_duration + alone
    return _follow_gland(block, column, gland, distance, followed)


def beside_numbers(found: Beside) -> dict[str, Any]:
    """What other programs read, under names that carry their units."""
    return {
        "distance_um": found.distance / um,
        "gland_peak_c": to_celsius(found.gland_peak),
        "gland_rise_times_ms": [float(time) for time in found.times / ms],
        "gland_rise_k": [float(rise) for rise in found.gland_rise],
        "gland_dead_pct": 100.0 * found.gland_dead_share,
        "energy_balance_error": found.energy_error,
    }


def _follow_gland(
    block: Block, column: Simulation, gland: NDArray[np.bool_], distance: float, followed: float
) -> Beside:
    begun, times, rises = block.time, [0.0], [0.0]
    volume = block.box.volume[gland]
    for share in FOLLOWED_SHARES:
        block.cool(begun + float(share) * followed)
        times.append(block.time)
        rises.append(float((block.temperature[gland] * volume).sum() / volume.sum()) - block.start)
    balance = block.energy
    return Beside(
        simulation=column,
        distance=distance,
        gland_peak=float(block.peak[gland].max()),
        times=np.array(times),
        gland_rise=np.array(rises),
        gland_dead_share=float((volume * (block.omega[gland] >= 1.0)).sum() / volume.sum()),
        energy_error=float((balance.laid - balance.removed - balance.out - block.energy_left()) / balance.laid),
        rests_on=(*block.tissue.rests_on, *load_sets()[default_set("necrosis")].rests_on),
    )


def _lay_column(block: Block, column: Simulation, distance: float) -> None:
    """Lay the column in at ``distance`` along x."""
    place = slices_within(block.box, distance, 0.0, heat_reach(column))
    made = make_print(make_imprint(column.crater.grid, block.box, place, distance, 0.0), column)
    block.put(made.heat, made.gone, place)
    np.maximum(block.peak[place], made.peak, out=block.peak[place])


def _make_block(box: Box, skin: Skin, setting: Setting, temperature: float, threads: int) -> Block:
    """Layers of skin with sebum in the gland, and in the funnel where it is plugged; else the funnel is air."""
    layers = heat.make_tissue(skin, setting.laser, box.rows)
    above = skin.layers[0].thickness + skin.layers[1].thickness
    deep = Grid(r_edges=np.array([0.0, 1.0]), z_edges=np.array([0.0, 2.0 * above + skin.layers[2].thickness]))
    sebum = heat.make_tissue(skin, setting.laser, deep)
    tissue = Tissue(np.vstack([layers.rows, sebum.rows]), layers.law, layers.rests_on)
    kinds = np.broadcast_to(np.arange(box.shape[0])[:, None, None], box.shape).copy()
    funnel = _funnel_cells(box, skin.pore)
    kinds[_gland_cells(box, skin.pore) | (funnel & skin.pore.plugged)] = box.shape[0]
    parts = load_sets()[default_set("necrosis")].ranges
    harm = Harm(np.array([[part.above, part.log_a, part.activation] for part in parts]), celsius(43.0))
    made = Block(box, tissue, temperature, kinds=kinds, harm=harm, threads=threads)
    if not skin.pore.plugged:
        made.put(np.zeros(box.shape), funnel, (slice(0, box.shape[0]), slice(0, box.shape[1]), slice(0, box.shape[2])))
    return made


def _gland_cells(box: Box, pore: Pore) -> NDArray[np.bool_]:
    """A ball below the middle of the opening, the funnel left out."""
    away = (box.z[:, None, None] - pore.gland_depth) ** 2 + box.y[:, None] ** 2 + box.x**2
    return np.asarray((away <= (0.5 * pore.gland_diameter) ** 2) & ~_funnel_cells(box, pore))


def _funnel_cells(box: Box, pore: Pore) -> NDArray[np.bool_]:
    """A cone from the opening down to a point at the funnel's depth."""
    wide = 0.5 * pore.opening_diameter * np.maximum(1.0 - box.z / pore.funnel_depth, 0.0)
    return np.asarray(box.y[:, None] ** 2 + box.x**2 <= wide[:, None, None] ** 2)


def _make_box(grid: Grid, pore: Pore, distance: float) -> Box:
    """Equal cells around pore and column, wider ones beyond."""
    aside = 0.5 * max(pore.opening_diameter, pore.gland_diameter) + 5.0 * CELL_WIDTH
    return Box(
        x_edges=_cell_edges(-aside, distance + 0.2 * mm),
        y_edges=_cell_edges(-aside, aside),
        z_edges=thin_edges(grid.z_edges, CELL_WIDTH),
    )


def _cell_edges(low: float, high: float) -> Floats:
    middle = low + CELL_WIDTH * np.arange(round((high - low) / CELL_WIDTH) + 1)
    beyond = np.cumsum(CELL_WIDTH * 1.25 ** np.arange(1, 13))
    return np.concatenate([middle[0] - beyond[::-1], middle, middle[-1] + beyond])

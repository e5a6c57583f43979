"""Columns beside columns: what a stamp does to the skin between them.

A column is followed in rings while the light is on and until its steepest gradients are gone; then its heat, what it
removed and its damage are laid into a block of skin in three dimensions, at its place and time. The block conducts
between the columns and counts their damage together. A column that is fired into skin its neighbours have warmed is
followed from that temperature: one exposure serves all columns whose skin is within half a class of it.

What this leaves out: while a column is followed alone, its neighbours' heat is even over it, and their damage in that
time counts the two apart; evaporation from the skin between. The block's cells see the wall of a crater in steps of an
eighth of the spot.

An endless lattice fired at once, each column alone in its cell, is the quick estimate: its bulk rise bounds a stamp's.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Final

import numpy as np

from porelight import cite
from porelight.arrays import Floats
from porelight.cite import Cited
from porelight.damage import default_set, load_sets
from porelight.fields import Progress
from porelight.frozen import frozen
from porelight.laser import Setting
from porelight.refusal import Refusal
from porelight.simulation.chain import WARMEST, simulate
from porelight.simulation.dials import Scenario
from porelight.simulation.model import Simulation
from porelight.simulation.scan import TEMPERATURE_CLASS, Order, Scan, ScanPattern, firing_order
from porelight.simulation.scenario import dial_setting, skin_of
from porelight.skin import Skin
from porelight.units import celsius, mJ, ms, percent, to_celsius, um
from porelight.version import __version__

DENSEST_STAMP = 60 * percent
"""Largest share of the surface under spots that is searched; beyond it skin is not treated in columns."""

LARGEST_STAMP: Final = 16
"""Columns along one side that are followed at most: more only cost time, as the middle feels its near neighbours."""

LONGEST_DELAY_MS: Final = 1000.0
"""Longest time between two columns of a scenario [ms]: by then each meets skin that has cooled."""

FOLLOWED_AFTER: Final = 1.0
"""Time followed after the last column [s]."""


@frozen
class Stamp:
    """A scanned array of columns."""

    setting: Setting
    across: int
    """Columns along each side."""
    order: Order
    delay: float
    """Time from one column to the next [s]."""
    alone: Simulation
    """One such column without neighbours."""
    pitch: float
    """Distance of neighbours on a square lattice [m]."""
    between: float
    """Highest temperature that skin midway between two neighbours reached [K]."""
    warmest_start: float
    """Of the skin that a column was fired into [K]."""
    beyond_range: bool
    """Whether that was warmer than skin that can be simulated; such columns were followed from the warmest."""
    times: Floats
    """Moments of :attr:`bulk_rise` from the first pulse (nt,) [s]."""
    bulk_rise: Floats
    """Rise of the mean temperature of epidermis and dermis under the stamp (nt,) [K]."""
    merged_share: float
    """Share (0-1) of neighbours whose coagulated zones touch."""
    laid: float
    """Heat that the columns left in the skin [J]."""
    energy_error: float
    """Share of that heat which the block's books miss."""
    seed: int
    version: str
    rests_on: tuple[Cited, ...]

    @property
    def merged(self) -> bool:
        """Whether coagulated zones of any neighbours touch."""
        return self.merged_share > 0.0


def simulate_stamp(
    setting: Setting,
    skin: Skin,
    *,
    across: int = 10,
    order: Order = "raster",
    delay: float | None = None,
    temperature: float = celsius(35.0),
    followed: float = FOLLOWED_AFTER,
    refinement: float = 1.0,
    seed: int = 0,
    threads: int = 2,
    progress: Progress | None = None,
) -> Stamp:
    """A stamp of ``across`` x ``across`` columns at the density of ``setting``.

    Args:
        setting: its density is columns per area [1/m2]; its passes multiply it.
        skin: what it meets.
        across: columns along each side, 2 to :data:`LARGEST_STAMP`.
        order: in which columns are fired.
        delay: from one column to the next [s]; the setting's, or the laser's typical one, when left out; 0 fires all at
            once.
        temperature: of the skin before [K].
        followed: time after the last column [s].
        refinement: divides the cells of the block along the skin and down.
        seed: of a random order.
        threads: that share the block; the result does not depend on it.
        progress: called with the share done.

    Raises:
        Refusal: the setting has no density or its spots overlap; the stamp is too large; or what
            :func:`porelight.simulation.chain.simulate` refuses.
    """
    pitch = _column_pitch(setting)
    if not 2 <= across <= LARGEST_STAMP:
        raise Refusal(
            f"a stamp of {across} columns a side is not followed", where="across", advice=f"Use 2 to {LARGEST_STAMP}"
        )
    rows: tuple[Cited, ...] = ()
    if delay is None:
        delay, rows = default_delay(setting)
    alone = simulate(setting, skin, seed=seed, temperature=temperature)
    pattern = ScanPattern(setting, skin, alone, pitch, across, delay, temperature, refinement)
    run = Scan(pattern, threads=threads)
    sites = firing_order(across, order, seed)
    run.fire(sites, progress)
    run.rest(followed)
    return Stamp(
        setting=setting,
        across=across,
        order=order,
        delay=delay,
        alone=alone,
        pitch=pitch,
        between=run.between(),
        warmest_start=run.warmest,
        beyond_range=run.warmest > WARMEST + 0.5 * TEMPERATURE_CLASS,
        times=np.array(run.times),
        bulk_rise=np.array(run.bulk),
        merged_share=run.merged_share(),
        laid=run.block.energy.laid,
        energy_error=run.energy_error(),
        seed=seed,
        version=__version__,
        rests_on=(*rows, *run.block.tissue.rests_on, *load_sets()[default_set("coagulation")].rests_on),
    )


def stamp_scenario(scenario: Scenario, *, across: int, order: str, delay_ms: float | None, **more: Any) -> Stamp:
    """A stamp of ``across`` x ``across`` columns.

    Args:
        scenario: what each of them is.
        across: columns along each side.
        order: raster, interlaced or random.
        delay_ms: from one column to the next; the setting's when left out.
        more: seed and progress of :func:`simulate_stamp`.

    Raises:
        Refusal: as there, or what a stamp does not take.
    """
    _check_stampable(scenario)
    if not 2 <= across <= LARGEST_STAMP:
        what = f"a stamp of {across} columns a side is not followed"
        raise Refusal(what, where="across", advice=f"Use 2 to {LARGEST_STAMP}")
    if delay_ms is not None and not (math.isfinite(delay_ms) and 0.0 <= delay_ms <= LONGEST_DELAY_MS):
        raise Refusal(
            f"{delay_ms:g} ms is no time between columns that is followed",
            where="delay_ms",
            advice=f"Use 0 to {LONGEST_DELAY_MS:g}",
        )
    return simulate_stamp(
        dial_setting(scenario),
        skin_of(scenario.phototype, scenario.site, scenario.water),
        across=across,
        order=order,  # type: ignore[arg-type]  # another word is refused there
        delay=None if delay_ms is None else delay_ms * ms,
        temperature=celsius(scenario.tissue_temperature_c),
        **more,
    )


def _check_stampable(scenario: Scenario) -> None:
    taken = {
        "pulse_shape": scenario.pulse_shape == "square",
        "cooling": scenario.cooling in ("none", "air"),
        "surface": scenario.surface == "dry",
        "without": not scenario.without,
    }
    for name, fits in taken.items():
        if not fits:
            what = "a stamp is followed with square pulses on dry skin, bare or in air, with every mechanism"
            raise Refusal(what, where=name, advice="Leave it out, or simulate one column alone")


def stamp_numbers(found: Stamp) -> dict[str, Any]:
    """What other programs read: a stamp under names that carry their units."""
    return {
        "columns": found.across**2,
        "order": found.order,
        "delay_ms": found.delay / ms,
        "pitch_um": found.pitch / um,
        "density_pct": found.setting.density * found.setting.passes * _spot_area(found.setting) / percent,
        "between_peak_c": to_celsius(found.between),
        "warmest_start_c": to_celsius(found.warmest_start),
        "warmest_start_is_beyond_range": found.beyond_range,
        "bulk_rise_peak_k": float(found.bulk_rise.max()),
        "bulk_rise_times_ms": [float(time) for time in found.times / ms],
        "bulk_rise_k": [float(rise) for rise in found.bulk_rise],
        "merged": found.merged,
        "merged_share_pct": found.merged_share / percent,
        "energy_laid_mj": found.laid / mJ,
        "energy_balance_error": found.energy_error,
        "seed": found.seed,
        "version": found.version,
    }


def default_delay(setting: Setting) -> tuple[float, tuple[Cited, ...]]:
    """From one column to the next [s]: the whole stack at the setting's repetition, or at the laser's typical one."""
    if setting.repetition_interval > 0.0:
        return setting.pulses_per_column * setting.repetition_interval, ()
    row = setting.laser.repetition
    if row is None:
        raise Refusal(
            f"no typical repetition rate of {setting.laser.name} is known",
            where="repetition_hz",
            advice="Give the repetition rate, or the time from one column to the next",
        )
    return max(1.0 / row.si, setting.pulse_duration), (row,)


def merging_density(
    setting: Setting,
    skin: Skin,
    *,
    across: int = 3,
    order: Order = "raster",
    delay: float | None = None,
    temperature: float = celsius(35.0),
) -> float | None:
    """Share of the surface under spots (0-1) from which coagulated zones of neighbours touch, to 3 %.

    Args:
        setting, skin, order, delay, temperature: as in :func:`simulate_stamp`.
        across: columns a side of the stamps that are tried; neighbours of a neighbour hardly matter.

    None when they do not touch up to :data:`DENSEST_STAMP`.
    """

    def merged(share: float) -> bool:
        dense = dataclasses.replace(setting, density=share / _spot_area(setting), passes=1)
        made = simulate_stamp(
            dense, skin, across=across, order=order, delay=delay, temperature=temperature, followed=0.1
        )
        return made.merged

    low, high = 1 * percent, DENSEST_STAMP
    if not merged(high):
        return None
    while high / low > 1.03:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if merged(middle) else (middle, high)
    return high


@frozen
class Lattice:
    """One column of an endless lattice fired at once: it warms the skin as a whole more than any stamp."""

    simulation: Simulation
    between: float
    """Highest temperature at the wall of its cell [K]: a little further than midway between two columns."""
    bulk_rise: float
    """Rise of the mean temperature of epidermis and dermis once the heat left in the skin has spread [K]."""
    merged: bool
    """Whether coagulated zones of neighbours touch."""
    rests_on: tuple[Cited, ...]


def simulate_lattice(setting: Setting, skin: Skin, *, temperature: float = celsius(35.0), seed: int = 0) -> Lattice:
    """An endless lattice fired at once, each column in its own cell (Wigner and Seitz).

    Between equal neighbours no heat flows, so the cell is a disc of its area with an insulated wall. Heat that leaves
    through the surface or into fat is not taken off the bulk rise.

    Raises:
        Refusal: as :func:`simulate_stamp`.
    """
    pitch = _column_pitch(setting)
    found = simulate(setting, skin, seed=seed, temperature=temperature, outer=pitch / math.sqrt(math.pi))
    grid, thermal = found.crater.grid, cite.table("thermal")
    heated = skin.layers[0].thickness + skin.layers[1].thickness
    left = grid.z_edges[1:] > found.crater.depth[-1]
    return Lattice(
        simulation=found,
        between=float(found.warming.peak[left, -1].max()),
        bulk_rise=found.warming.energy.stored / (pitch**2 * thermal["skin_heat"].si * heated),
        merged=bool((found.injury.coagulation[left, -1] >= 1.0).any()),
        rests_on=(thermal["skin_heat"],),
    )


def _column_pitch(setting: Setting) -> float:
    density = setting.density * setting.passes
    if density <= 0.0:
        raise Refusal("a stamp needs a density", where="density_pct", advice="Give the share of the surface covered")
    if 2.0 / math.sqrt(math.pi * density) < setting.spot_diameter:
        raise Refusal(
            "spots overlap, so there are no columns", where="density_pct", advice="Lower the density or the passes"
        )
    return 1.0 / math.sqrt(density)


def _spot_area(setting: Setting) -> float:
    return math.pi * (0.5 * setting.spot_diameter) ** 2

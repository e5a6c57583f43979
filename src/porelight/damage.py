"""Warming -> Injury: Arrhenius damage, cell death and collagen coagulation apart, rival parameter sets side by side.

Beside it, for comparison with other fields of medicine, the thermal dose CEM43 and the time spent above 60 C.

    Omega(t) = integral of A exp(-E / R T) dt,   undamaged share exp(-Omega)

Every set is a pair (A, E/R) and is never mixed with another. All sets are laws fitted between about 44 and 90 C and
reach the temperatures of a laser pulse by extrapolation; at a millisecond they disagree by more than 20 K, far more
than the solver errs, so results carry the spread over the sets.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final, Literal

import numpy as np

from porelight import cite
from porelight.arrays import Floats, Mask
from porelight.cite import Cited
from porelight.compiled import kernel
from porelight.fields import Crater, Extent, Grid, Injury, Spread
from porelight.frozen import FrozenMap, frozen
from porelight.units import celsius

Process = Literal["necrosis", "coagulation"]

WATCHED_TEMPERATURE: Final = celsius(60.0)
"""The time above it is kept [K]: about where collagen begins to shrink within a second."""

# Rates are looked up in a table, because an exponential for every set, cell and step would cost more than the heat.
COLDEST_RATE: Final = 312.0
"""First temperature of the table [K]: the dose begins at 39 C, 312.15 K."""
HOTTEST_RATE: Final = 700.0
RATE_SPACING: Final = 0.2
"""[K]; straight lines between."""
COLDEST_DOSE: Final = COLDEST_RATE + RATE_SPACING
"""Cells nowhere warmer than this are passed [K]."""
COLDEST_ARRHENIUS: Final = 316.0
"""Below it only the dose is counted [K]: near 43 C damage takes minutes to hours, and a run lasts about a second."""
STILL: Final = 0.3
"""A step that moves a cell by less than this is one point of the rule in place of three [K]: right to 0.2 %."""
COMPLETE_OMEGA: Final = 60.0
"""Damage that counts no further: exp(-60) of the molecules are left."""


@frozen
class ArrheniusRange:
    """A pair that holds from a temperature upwards."""

    log_a: float
    activation: float
    """E / R [K]"""
    above: float
    """[K]"""


@frozen
class ArrheniusSet:
    """A named parameter set for one process."""

    key: str
    title: str
    process: Process
    ranges: tuple[ArrheniusRange, ...]
    rests_on: tuple[Cited, ...]

    def rate(self, temperature: Floats) -> Floats:
        """A exp(-E / R T) [1/s] at ``temperature`` [K]."""
        found = np.zeros_like(temperature)
        for part in self.ranges:
            log = part.log_a - part.activation / temperature
            found = np.where(temperature > part.above, np.exp(log), found)
        return found

    def threshold(self, duration: float) -> float:
        """Temperature [K] at which a hold of ``duration`` [s] reaches Omega = 1."""
        # Halving: the rate rises with temperature, and 60 halvings of 200 K leave nothing to round.
        low, high = 300.0, 500.0
        for _ in range(60):
            middle = 0.5 * (low + high)
            if float(self.rate(np.array([middle]))[0]) * duration < 1.0:
                low = middle
            else:
                high = middle
        return 0.5 * (low + high)


@functools.cache
def load_sets() -> Mapping[str, ArrheniusSet]:
    """Every set of ``data/damage.yaml`` by key."""
    text, table = cite.rows("damage"), cite.table("damage")
    ranges = {row["id"]: row for row in text["ranges"]}
    return FrozenMap({row["key"]: _read_set(row, ranges, table) for row in text["sets"]})


def default_set(process: Literal["necrosis", "dermal_necrosis", "coagulation"]) -> str:
    """Key of the set that a process uses unless another is named."""
    return str(cite.rows("damage")["defaults"][process])


class Damage:
    """Integrates every set while the heat runs; its call is the ``watch`` of :func:`porelight.heat.expose`.

    Args:
        grid: of the run.
        epidermis: depth down to which cells are those of the epidermis [m].
    """

    def __init__(self, grid: Grid, epidermis: float = 0.0) -> None:
        self.grid, self.epidermis = grid, epidermis
        self.sets = tuple(load_sets().values())
        self.omega = np.zeros((len(self.sets), *grid.shape))
        self.dose, self.above_60 = np.zeros(grid.shape), np.zeros(grid.shape)
        temperatures = np.arange(COLDEST_RATE, HOTTEST_RATE, RATE_SPACING)
        # One column a set and one for the dose, temperature by temperature: a look-up reads one line of memory.
        rates = [*(each.rate(temperatures) for each in self.sets), dose_rate(temperatures)]
        self._rates = np.ascontiguousarray(np.stack(rates, axis=1))

    def __call__(self, solid: Floats, before: Floats, after: Floats, duration: float) -> None:
        """Add ``duration`` [s] of heat between temperatures ``before`` and ``after`` [K], by Simpson's rule."""
        _accumulate_damage(
            self.omega, self.dose, self.above_60, solid, before, after, duration, self._rates, WATCHED_TEMPERATURE
        )

    def injury(
        self,
        crater: Crater,
        necrosis: str | None = None,
        coagulation: str | None = None,
        dermal_necrosis: str | None = None,
    ) -> Injury:
        """The damage left in tissue around ``crater``.

        Args:
            crater: what is gone carries no damage, and no depth or width is less than its.
            necrosis, coagulation, dermal_necrosis: keys of the sets; the defaults when left out.

        Depths and widths are interpolated between cells in the logarithm of Omega; their bounds are the least and the
        greatest over the sets for collagen, or for cells.
        """
        by_key = {each.key: self.omega[k] for k, each in enumerate(self.sets)}
        collagen = by_key[coagulation or default_set("coagulation")]
        cells = by_key[necrosis or default_set("necrosis")]
        deeper = by_key[dermal_necrosis or default_set("dermal_necrosis")]
        dead = np.where(self.grid.z[:, None] < self.epidermis, cells, deeper)
        left = self.grid.z_edges[1:, None] > crater.depth[None, :]
        return Injury(
            grid=self.grid,
            necrosis=dead,
            coagulation=collagen,
            coagulated=self._measure_extent(crater, left, collagen, "coagulation", by_key),
            dead=self._measure_extent(crater, left, dead, "necrosis", by_key),
            rests_on=(*(row for each in self.sets for row in each.rests_on), *dose_rows()),
            epidermis=self.epidermis,
            dose=self.dose,
            above_60=self.above_60,
        )

    def _measure_extent(
        self, crater: Crater, left: Mask, chosen: Floats, process: Process, by_key: dict[str, Floats]
    ) -> Extent:
        """How far ``chosen`` reaches, and the least and greatest over the sets of its process."""
        rivals = [by_key[each.key] for each in self.sets if each.process == process]
        # What is gone was harmed before it left, so nothing reaches less far than the crater.
        depths = [max(_find_depth(self.grid, each, left), crater.ablation_depth) for each in (chosen, *rivals)]
        widths = [max(_find_width(self.grid, each, left), crater.ablation_width) for each in (chosen, *rivals)]
        return Extent(
            depth=Spread(min(depths), depths[0], max(depths)),
            width=Spread(min(widths), widths[0], max(widths)),
        )


def dose_rate(temperature: Floats) -> Floats:
    """Seconds at 43 C that one second at ``temperature`` [K] is worth: R^(43 - T), R = 0.5 above 43 C and 0.25 below.

    The dose of Sapareto and Dewey (1984). Nothing below 39 C. The rule was found up to 57 C; above, the rate is held
    at its value there, 16384, so that a dose is a lower bound and no extrapolation over tens of powers of ten.
    """
    base, above, below, coolest, hottest, _ = (row.si for row in dose_rows())
    over = np.minimum(temperature, hottest) - base
    worth = np.where(over > 0.0, above**-over, below**-over)
    return np.where(temperature < coolest, 0.0, worth)


@functools.cache
def dose_rows() -> tuple[Cited, ...]:
    """The rows of the thermal dose: base, R above and below it, both ends of its range, and the dose that kills."""
    table = cite.table("damage")
    return tuple(table[f"dose_{name}"] for name in ("base", "above", "below", "coolest", "hottest", "of_necrosis"))


def _read_set(row: Mapping[str, Any], ranges: Mapping[str, Mapping[str, Any]], table: cite.Table) -> ArrheniusSet:
    parts, rests_on = [], []
    for name in row["ranges"]:
        log_a, activation = table[ranges[name]["log_a"]], table[ranges[name]["activation"]]
        parts.append(ArrheniusRange(log_a.si, activation.si, celsius(float(ranges[name]["above_c"]))))
        rests_on += [log_a, activation]
    return ArrheniusSet(
        key=row["key"], title=row["title"], process=row["process"], ranges=tuple(parts), rests_on=tuple(rests_on)
    )


def _find_depth(grid: Grid, omega: Floats, left: Mask) -> float:
    """Deepest place where Omega is 1 in tissue that is left [m]; 0 when there is none."""
    reached = (omega >= 1.0) & left
    if not reached.any():
        return 0.0
    # In the deepest row that is reached, the ring that is furthest beyond 1; damage falls off below it.
    row = int(np.flatnonzero(reached.any(axis=1))[-1])
    if row + 1 == grid.shape[0]:
        return float(grid.z_edges[-1])
    ring = int(np.argmax(np.where(reached[row], omega[row], 0.0)))
    return _interpolate_edge(grid.z[row], grid.z[row + 1], omega[row, ring], omega[row + 1, ring])


def _find_width(grid: Grid, omega: Floats, left: Mask) -> float:
    """Diameter of the widest place where Omega is 1 in tissue that is left [m]; 0 when there is none."""
    reached = (omega >= 1.0) & left
    if not reached.any():
        return 0.0
    ring = int(np.flatnonzero(reached.any(axis=0))[-1])
    if ring + 1 == grid.shape[1]:
        return 2.0 * float(grid.r_edges[-1])
    row = int(np.argmax(np.where(reached[:, ring], omega[:, ring], 0.0)))
    return 2.0 * _interpolate_edge(grid.r[ring], grid.r[ring + 1], omega[row, ring], omega[row, ring + 1])


def _interpolate_edge(here: float, there: float, inside: float, outside: float) -> float:
    """Where ln Omega passes 0 between two cells [m]."""
    # Omega falls by powers of ten from cell to cell, its logarithm nearly in a straight line.
    high, low = np.log(inside), np.log(max(outside, 1e-30))
    return float(here + (there - here) * high / (high - low)) if low < 0.0 else float(there)


@kernel()
def _accumulate_damage(omega, dose, above, solid, before, after, duration, rates, watched):  # type: ignore[no-untyped-def]
    """Simpson's rule in every warm cell of the window, rates by linear look-up; their last column is the dose."""
    size, count = rates.shape
    nz, nr = solid.shape
    for j in range(nz):
        for i in range(nr):
            a, b = before[j, i], after[j, i]
            hottest = max(a, b)
            if hottest < COLDEST_DOSE or solid[j, i] == 0.0:
                continue
            # Time above the watched temperature: the whole step, or its share by a straight line between its ends.
            if hottest > watched:
                coolest = min(a, b)
                above[j, i] += duration * (1.0 if coolest >= watched else (hottest - watched) / (hottest - coolest))
            # Simpson's three points, weights 1, 4, 1 sixths; the middle alone where the temperature hardly moves.
            still = abs(b - a) < STILL
            first = 0 if hottest >= COLDEST_ARRHENIUS else count - 1
            for part in range(1 if still else 0, 2 if still else 3):
                # Place in the table; a little less than its last interval, so that the point after is inside too.
                x = min(max((a + (b - a) * 0.5 * part - COLDEST_RATE) / RATE_SPACING, 0.0), size - 1.001)
                n = int(x)
                share = x - n
                weight = duration * (1.0 if still else (4.0 if part == 1 else 1.0) / 6.0)
                for k in range(first, count - 1):
                    if omega[k, j, i] < COMPLETE_OMEGA:
                        omega[k, j, i] += weight * (rates[n, k] + share * (rates[n + 1, k] - rates[n, k]))
                dose[j, i] += weight * (rates[n, count - 1] + share * (rates[n + 1, count - 1] - rates[n, count - 1]))

"""Warming -> Injury: Arrhenius damage, cell death and collagen coagulation apart, rival parameter sets side by side.

    Omega(t) = integral of A exp(-E / R T) dt,   undamaged share exp(-Omega)

Every set is a pair (A, E/R) and is never mixed with another. All sets are laws fitted between about 44 and 90 C and
reach the temperatures of a laser pulse by extrapolation; at a millisecond they disagree by more than 20 K, far more
than the solver errs, so results carry the spread over the sets.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Literal

import numpy as np
from numba import njit

from porelight import cite
from porelight.cite import Cited
from porelight.fields import Crater, Floats, Grid, Injury
from porelight.units import celsius

Process = Literal["necrosis", "coagulation"]

_COLDEST, _HOTTEST, _SPACING = 312.0, 700.0, 0.2


@dataclasses.dataclass(frozen=True, slots=True)
class ArrheniusRange:
    """A pair that holds from a temperature upwards."""

    log_a: float
    activation: float
    """E / R [K]"""
    above: float
    """[K]"""


@dataclasses.dataclass(frozen=True, slots=True)
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
        low, high = 300.0, 500.0
        for _ in range(60):
            middle = 0.5 * (low + high)
            if float(self.rate(np.array([middle]))[0]) * duration < 1.0:
                low = middle
            else:
                high = middle
        return 0.5 * (low + high)


@functools.cache
def sets() -> dict[str, ArrheniusSet]:
    """Every set of ``data/damage.yaml`` by key."""
    text, table = cite.rows("damage"), cite.table("damage")
    ranges = {row["id"]: row for row in text["ranges"]}
    return {row["key"]: _set(row, ranges, table) for row in text["sets"]}


def default(process: Process) -> str:
    """Key of the set that a process uses unless another is named."""
    return str(cite.rows("damage")["defaults"][process])


class Damage:
    """Integrates every set while the heat runs; its call is the ``watch`` of :func:`porelight.heat.expose`."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.sets = tuple(sets().values())
        self.omega = np.zeros((len(self.sets), *grid.shape))
        temperatures = np.arange(_COLDEST, _HOTTEST, _SPACING)
        self._rates = np.stack([each.rate(temperatures) for each in self.sets])

    def __call__(self, solid: Floats, before: Floats, after: Floats, duration: float) -> None:
        """Add ``duration`` [s] of heat between temperatures ``before`` and ``after`` [K], by Simpson's rule."""
        _accumulate(self.omega, solid, before, after, duration, self._rates)

    def injury(self, crater: Crater, necrosis: str | None = None, coagulation: str | None = None) -> Injury:
        """The damage left in tissue around ``crater``.

        Args:
            crater: what is gone carries no damage, and no depth is less than its.
            necrosis, coagulation: keys of the sets; the defaults when left out.

        Depths and widths are interpolated between cells in the logarithm of Omega; the bounds of the coagulation depth
        are the shallowest and the deepest over the sets for collagen.
        """
        chosen = {"necrosis": necrosis or default("necrosis"), "coagulation": coagulation or default("coagulation")}
        by_key = {each.key: self.omega[k] for k, each in enumerate(self.sets)}
        left = self.grid.z_edges[1:, None] > crater.depth[None, :]
        floor = crater.ablation_depth
        rivals = [_depth(self.grid, by_key[each.key], left) for each in self.sets if each.process == "coagulation"]
        return Injury(
            grid=self.grid,
            necrosis=by_key[chosen["necrosis"]],
            coagulation=by_key[chosen["coagulation"]],
            coagulation_depth=max(_depth(self.grid, by_key[chosen["coagulation"]], left), floor),
            coagulation_width=max(_width(self.grid, by_key[chosen["coagulation"]], left), crater.ablation_width),
            necrosis_depth=max(_depth(self.grid, by_key[chosen["necrosis"]], left), floor),
            coagulation_depth_low=max(min(rivals), floor),
            coagulation_depth_high=max(*rivals, floor),
            rests_on=tuple(row for each in self.sets for row in each.rests_on),
        )


def _set(row: dict[str, object], ranges: dict[str, dict[str, object]], table: cite.Table) -> ArrheniusSet:
    parts, rests_on = [], []
    for name in row["ranges"]:  # type: ignore[attr-defined]
        part = ranges[name]
        log_a, activation = table[str(part["log_a"])], table[str(part["activation"])]
        parts.append(ArrheniusRange(log_a.si, activation.si, celsius(float(str(part["above_c"])))))
        rests_on += [log_a, activation]
    return ArrheniusSet(
        key=str(row["key"]),
        title=str(row["title"]),
        process="necrosis" if row["process"] == "necrosis" else "coagulation",
        ranges=tuple(parts),
        rests_on=tuple(rests_on),
    )


def _depth(grid: Grid, omega: Floats, left: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float:
    """Deepest place where Omega is 1 in tissue that is left [m]; 0 when there is none."""
    reached = (omega >= 1.0) & left
    if not reached.any():
        return 0.0
    row = int(np.flatnonzero(reached.any(axis=1))[-1])
    if row + 1 == grid.shape[0]:
        return float(grid.z_edges[-1])
    ring = int(np.argmax(np.where(reached[row], omega[row], 0.0)))
    return _between(grid.z[row], grid.z[row + 1], omega[row, ring], omega[row + 1, ring])


def _width(grid: Grid, omega: Floats, left: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float:
    """Diameter of the widest place where Omega is 1 in tissue that is left [m]; 0 when there is none."""
    reached = (omega >= 1.0) & left
    if not reached.any():
        return 0.0
    ring = int(np.flatnonzero(reached.any(axis=0))[-1])
    if ring + 1 == grid.shape[1]:
        return 2.0 * float(grid.r_edges[-1])
    row = int(np.argmax(np.where(reached[:, ring], omega[:, ring], 0.0)))
    return 2.0 * _between(grid.r[ring], grid.r[ring + 1], omega[row, ring], omega[row, ring + 1])


def _between(here: float, there: float, inside: float, outside: float) -> float:
    """Where ln Omega passes 0 between two cells [m]."""
    high, low = np.log(inside), np.log(max(outside, 1e-30))
    return float(here + (there - here) * high / (high - low)) if low < 0.0 else float(there)


@njit(cache=True, nogil=True, error_model="numpy")
def _accumulate(omega, solid, before, after, duration, rates):  # type: ignore[no-untyped-def]
    """Simpson's rule in every warm cell of the window, rates by linear look-up."""
    count, size = rates.shape
    nz, nr = solid.shape
    for j in range(nz):
        for i in range(nr):
            a, b = before[j, i], after[j, i]
            if max(a, b) < 316.0 or solid[j, i] == 0.0:
                continue
            for k in range(count):
                if omega[k, j, i] > 60.0:
                    continue
                total = 0.0
                for part in range(3):
                    t = a + (b - a) * 0.5 * part
                    x = min(max((t - 312.0) / 0.2, 0.0), size - 1.001)
                    n = int(x)
                    total += (1.0 + 3.0 * (part == 1)) * (rates[k, n] + (x - n) * (rates[k, n + 1] - rates[k, n]))
                omega[k, j, i] += duration * total / 6.0

"""A block of skin in three dimensions: columns beside columns, a pore beside a column.

The form is that of :mod:`porelight.heat.column`: finite volumes in enthalpy, the same curve and conductivities, two
half cells in series between neighbours, contact with what touches the first tissue from above, blood. Removed cells and
the outer faces carry nothing else. Without light the block takes the same super-steps under the same control of error.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import itertools
import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from porelight.arrays import Floats
from porelight.frozen import frozen
from porelight.heat import block_kernels as kernels
from porelight.heat import stepping
from porelight.heat.grid import Box
from porelight.heat.packing import WET, Cells, Runs, Sizes
from porelight.heat.stepping import AT_REST, BLOCK_TOLERANCE, STEP_CHANGE, StepControl
from porelight.heat.tissue import Tissue
from porelight.units import ICE_POINT

WINDOW_MARGIN: Final = 8
"""Cells by which the window grows: seldom enough to cost nothing."""


@frozen
class Harm:
    """Rate of damage A exp(-E / R T) [1/s], each row of ranges: from where it holds [K], ln A, E / R [K]."""

    ranges: Floats
    warm: float
    """Rows of cells nowhere warmer than this take none."""


@dataclasses.dataclass(slots=True)
class BlockEnergy:
    """Energy so far [J]."""

    laid: float = 0.0
    removed: float = 0.0
    out: float = 0.0


class Block:
    """Enthalpy, damage and energy balance of one block; arrays (nz, ny, nx).

    Args:
        box: the cells.
        tissue: material of every row of z, then of every further kind.
        temperature: of all of it at the start, and of blood [K].
        surface: heat transfer [W/m2/K] from the first tissue above, and the temperature it leads to [K].
        kinds: (nz, ny, nx) row of ``tissue`` that a cell is made of; its own row of z when left out.
        harm: what damage is counted; none when left out.
        threads: that share every sweep; the result does not depend on it.
    """

    def __init__(
        self,
        box: Box,
        tissue: Tissue,
        temperature: float,
        surface: tuple[float, float] = (0.0, 0.0),
        *,
        kinds: NDArray[np.integer[Any]] | None = None,
        harm: Harm | None = None,
        threads: int = 2,
    ) -> None:
        self.box, self.tissue, self.start, self.threads = box, tissue, temperature, threads
        shape = box.shape
        if shape[2] > kernels.LANE_STRIDE - 2:
            raise ValueError(f"a row of {shape[2]} cells is too long: {kernels.LANE_STRIDE - 2} at most")
        if kinds is None:
            kinds = np.broadcast_to(np.arange(shape[0])[:, None, None], shape)
        self._runs = find_runs(kinds)
        self._cells = Cells(tissue.rows, tissue.law)
        self._sizes = Sizes(box.widths, box.depths, box.heights)
        self.initial = tissue.enthalpy(temperature)[kinds]
        self.enthalpy = self.initial.copy()
        self.peak = np.full(shape, temperature)
        self.omega = np.zeros(shape)
        self.solid = np.ones(shape, dtype=np.uint8)
        self._work = [np.zeros(shape) for _ in range(4)]
        self._sums = np.zeros((shape[1], 2))
        self._surface = np.array([surface[0], surface[1], temperature])
        self._harm = harm or Harm(np.zeros((0, 3)), np.inf)
        self.energy = BlockEnergy()
        self.time = 0.0
        self._step = 0.0
        everywhere = surface[0] > 0.0
        self.window = (shape[0], 0, shape[1]) if everywhere else (min(WINDOW_MARGIN, shape[0]), 0, 0)

    @property
    def temperature(self) -> Floats:
        """Of every cell now [K]; of removed cells, what they left with."""
        found = np.empty(self.box.shape)
        kernels.read_temperatures(self.enthalpy, self.solid, self._runs, self._cells, found)
        return found

    def stable_step(self) -> float:
        """Longest stable explicit step in the window [s], by Gershgorin's bound."""
        nz, y0, y1 = self.window
        icy = self.start < ICE_POINT
        diffusivity = stepping.fastest_diffusivity(self.tissue.rows, self.tissue.law, icy=icy)
        # Gershgorin: the sum of what a cell exchanges along the three axes bounds the largest eigenvalue.
        across = 1.0 / float(self.box.heights[:nz].min()) ** 2
        for widths in (self.box.depths[y0:y1], self.box.widths):
            across += 1.0 / float(widths.min()) ** 2
        return float(0.5 / (diffusivity.max() * across))

    def put(self, heat: Floats, gone: NDArray[np.bool_], place: tuple[slice, slice, slice]) -> None:
        """Lay heat into the block and take tissue away.

        Args:
            heat: energy that comes into every cell of ``place`` [J].
            gone: cells of ``place`` that leave; heat meant for them, or for cells already gone, goes to the tissue of
                their depth in proportion to its own, or where none has any to the nearest row that has: none is lost.
            place: part of the arrays.
        """
        volume, solid = self.box.volume[place], self.solid[place]
        # What leaves takes along the heat that neighbours have given it; the column's own is not in the block yet.
        leaving = gone & (solid == 1)
        self.energy.removed += float(((self.enthalpy - self.initial)[place] * volume)[leaving].sum())
        solid[leaving] = 0
        kept = _share_heat(heat, solid == 1)
        self.enthalpy[place] += kept / volume
        self.energy.laid += float(heat.sum())
        self._widen_window(place)

    def step(self, duration: float, source: Floats | None = None) -> None:
        """One explicit step of ``duration`` [s] under a ``source`` [W/m3], which must reach no edge of the window."""
        power = np.zeros(self.box.shape) if source is None else source
        if source is not None:
            self._widen_window(_bounding_slices(source != 0.0))
        self._widen_window()
        new = self._work[0]
        self._sweep(kernels.EXPLICIT, self.enthalpy, new, power, power, np.array([duration]))
        self.energy.out += duration * float(self._sums.sum())
        self.energy.laid += duration * float((power * self.box.volume)[self._inside].sum())
        self._take_enthalpy(new)
        self.time += duration

    def cool(self, until: float, tolerance: float = BLOCK_TOLERANCE) -> None:
        """Conduct until that time [s], each step's error held below ``tolerance`` [K] in every cell.

        Steps, stages and control are those of :meth:`porelight.heat.column.Column.cool`.
        """
        if self.window[2] == self.window[1]:
            self.time = until
            return
        control = StepControl(self._step or stepping.FIRST_STEP * self.stable_step(), tolerance, STEP_CHANGE)
        rate, known, fresh = self._work[2], 0.0, False
        while self.time < until * (1.0 - 1e-12):
            # The rate of the last step serves until the window grows: new cells have none yet.
            fresh = not self._widen_window() and fresh
            if not fresh:
                known, fresh = self._find_rate(self.enthalpy, rate), True
            stable, left = self.stable_step(), until - self.time
            taken = control.propose_step(stable, left)
            out, next_known, error, change = self._try_step(taken, stepping.stages_for(taken / stable), rate, known)
            if not control.accept_step(taken, stable, left, error, change):
                continue
            self._take_step(taken)
            self.energy.out += out
            self._work[2], self._work[3] = self._work[3], self._work[2]
            rate, known = self._work[2], next_known
        self._step = control.step

    def energy_left(self) -> float:
        """Heat of the remaining tissue above its start [J]."""
        return float(((self.enthalpy - self.initial) * self.solid * self.box.volume).sum())

    def _find_rate(self, h: Floats, rate: Floats) -> float:
        self._sweep(kernels.KEEP, h, rate, h, h, np.zeros(1))
        return float(self._sums.sum())

    def _try_step(self, step: float, stages: int, rate: Floats, known: float) -> tuple[float, float, float, float]:
        """A super-step into ``_work[0]``, its rate into ``_work[3]``: heat let out [J] and [W], error, change [K]."""
        inside = self._inside
        # Two fields hand the stages round, so that no stage is copied; heat let out follows the same recursion.
        now, before = self._work[0], self._work[1]
        rows = stepping.stage_weights(stages, step)
        now[inside] = self.enthalpy[inside] + rows[0, 4] * rate[inside]
        before[inside] = self.enthalpy[inside]
        out, earlier = rows[0, 4] * known, 0.0
        for mu, nu, c0, d1, d0 in rows[1:]:
            weight = np.array([mu, nu, c0, d1, d0])
            self._sweep(kernels.STAGE, now, before, rate, self.enthalpy, weight)
            out, earlier = mu * out + nu * earlier + d1 * float(self._sums.sum()) + d0 * known, out
            now, before = before, now
        self._work[0], self._work[1] = now, before
        final = self._find_rate(now, self._work[3])
        found = np.zeros((self.box.shape[1], 2))
        self._share(
            lambda a, b: kernels.judge_step(
                self.enthalpy, now, rate, self._work[3], self.solid, self._runs, self._cells, self.window, a, b, step,
                found,
            )
        )  # fmt: skip
        return out, final, float(found[:, 0].max()), float(found[:, 1].max())

    def _take_step(self, step: float) -> None:
        harm, new = self._harm, self._work[0]
        self._share(
            lambda a, b: kernels.take_step(
                self.enthalpy, new, self.omega, self.peak, self.solid, self._runs, self._cells, self.window, a, b, step,
                harm.ranges, harm.warm,
            )
        )  # fmt: skip
        self._take_enthalpy(new)
        self.time += step

    def _take_enthalpy(self, new: Floats) -> None:
        """Make ``new``, which is ``_work[0]``, the enthalpy; outside the window it has none of its own."""
        inside = self._inside
        self.enthalpy[inside] = new[inside]

    @property
    def _inside(self) -> tuple[slice, slice]:
        nz, y0, y1 = self.window
        return slice(0, nz), slice(y0, y1)

    def _sweep(self, mode: int, h: Floats, out: Floats, f: Floats, base: Floats, weight: Floats) -> None:
        harm = self._harm
        self._sums[:] = 0.0
        self._share(
            lambda a, b: kernels.sweep_window(
                mode, h, out, f, base, self.omega, self.solid, self._runs, self._cells, self._sizes, self._surface,
                self.window, a, b, weight, harm.ranges, harm.warm, self._sums,
            )
        )  # fmt: skip

    def _share(self, work: Callable[[int, int], None]) -> None:
        """Divide the window by rows of y, the same way for any number of threads: an even number of equal parts."""
        low, high = self.window[1], self.window[2]
        # The sums of a part are taken in one order, so their rounding depends on the parts and not on the threads.
        parts = min(2 * math.ceil((high - low) / (2 * kernels.SWEEP_ROWS)), high - low)
        edges = [low + (high - low) * part // parts for part in range(parts + 1)]
        if self.threads == 1:
            for part in itertools.pairwise(edges):
                work(*part)
            return
        with concurrent.futures.ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(work, edges[:-1], edges[1:]))

    def _widen_window(self, place: tuple[slice, slice, slice] | None = None) -> bool:
        """Widen the window to hold ``place``, or before anything reaches its edge; whether it grew."""
        shape, old = self.box.shape, self.window
        nz, y0, y1 = old
        if place is not None:
            down, back = place[0].indices(shape[0]), place[1].indices(shape[1])
            y0, y1 = (back[0], back[1]) if y1 == y0 else (min(y0, back[0]), max(y1, back[1]))
            nz = max(nz, down[1])
        # Asked two cells before the edge, so that there is room for what the next step carries.
        below, front, rear = self._moved()
        nz, y0, y1 = nz + WINDOW_MARGIN * below, y0 - WINDOW_MARGIN * front, y1 + WINDOW_MARGIN * rear
        self.window = (min(nz, shape[0]), max(y0, 0), min(y1, shape[1]))
        return self.window != old

    def _moved(self) -> tuple[bool, bool, bool]:
        """Whether anything has changed two cells from the lower, the front and the rear edge of the window."""
        nz, y0, y1 = self.window
        shape, tiny = self.box.shape, AT_REST * float(self.tissue.rows[:, WET].min())
        if y1 == y0:
            return False, False, False

        def changed(*at: int | slice) -> bool:
            return bool((np.abs(self.enthalpy[at] - self.initial[at]) > tiny).any())

        below = nz < shape[0] and changed(max(nz - 2, 0), slice(y0, y1))
        front = y0 > 0 and changed(slice(0, nz), y0 + 1)
        return below, front, y1 < shape[1] and changed(slice(0, nz), y1 - 2)


def find_runs(kinds: NDArray[np.integer[Any]]) -> Runs:
    """Runs of equal material along x: where each row's (nz, ny) begin, and the end and the kind of every run."""
    nz, ny, nx = kinds.shape
    flat = kinds.reshape(-1, nx)
    # A run ends where the next cell is of another kind, and at the end of the row.
    last = np.ones(flat.shape, dtype=bool)
    last[:, :-1] = flat[:, 1:] != flat[:, :-1]
    row, at = np.nonzero(last)
    count = last.sum(axis=1)
    first = (np.cumsum(count) - count).reshape(nz, ny).astype(np.int64)
    return Runs(first, (at + 1).astype(np.int64), flat[row, at].astype(np.int64))


def _share_heat(heat: Floats, solid: NDArray[np.bool_]) -> Floats:
    """The heat of every row of z in its solid cells alone; of rows without any, in the next row that has some."""
    # Row by row downwards, in three cases: no tissue here, so the heat waits for the next row; tissue that got some,
    # which takes the rest in proportion; tissue that got none, which shares it evenly.
    kept, owed = np.where(solid, heat, 0.0), 0.0
    for z in range(heat.shape[0]):
        total, held = float(heat[z].sum()) + owed, float(kept[z].sum())
        count = int(solid[z].sum())
        if count == 0:
            owed = total
        elif held > 0.0:
            kept[z] *= total / held
            owed = 0.0
        else:
            kept[z] += np.where(solid[z], total / count, 0.0)
            owed = 0.0
    if owed:
        raise ValueError("heat was laid where there is no tissue at all")
    return kept


def _bounding_slices(where: NDArray[np.bool_]) -> tuple[slice, slice, slice]:
    """The smallest part of the arrays that holds all that is true, and two cells more."""
    parts = []
    for axis in range(3):
        found = np.flatnonzero(where.any(axis=tuple(other for other in range(3) if other != axis)))
        low, high = (int(found[0]), int(found[-1]) + 1) if found.size else (0, 0)
        parts.append(slice(max(low - 2, 0), min(high + 2, where.shape[axis])))
    return parts[0], parts[1], parts[2]

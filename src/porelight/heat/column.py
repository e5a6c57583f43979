"""The state of one column while it is being exposed, and its steps in time."""

from __future__ import annotations

import dataclasses
from typing import Protocol

import numpy as np

from porelight.arrays import Floats
from porelight.fields import Absorb, Grid
from porelight.heat import kernels, stepping
from porelight.heat.removal import as_dried
from porelight.heat.surface import AIR, OUTSIDE, TRANSFER, plain
from porelight.heat.tissue import BOILING, CONDUCTIVITY, DRY, FROZEN, LATENT, WET, Tissue
from porelight.units import ICE_POINT

TOLERANCE = 3.0
"""Greatest error that one cooling step may add in any cell [K]."""

WARMEST = 20.0
"""Greatest change of one cooling step in any cell [K], so that damage is integrated well."""

_MARGIN = 12


class Watch(Protocol):
    """Sees every step: what damage needs."""

    def __call__(self, solid: Floats, before: Floats, after: Floats, duration: float) -> None:
        """Temperatures (rows, rings) [K] at both ends of ``duration`` [s], in the warm window of the grid."""


@dataclasses.dataclass(slots=True)
class Ledger:
    """Energy so far [J]."""

    incident: float = 0.0
    reflected: float = 0.0
    lost: float = 0.0
    out: float = 0.0


class Column:
    """Enthalpy, tissue and books of one column.

    The window is the warm part of the grid: outside it nothing has changed by more than a hundred-thousandth of a
    kelvin, and it grows before that fails.
    """

    def __init__(self, grid: Grid, tissue: Tissue, temperature: float, surface: tuple[float, float]) -> None:
        shape = grid.shape
        self.grid, self.tissue, self.start = grid, tissue, temperature
        self.heights, self.rings = kernels.geometry(grid)
        self.initial = np.repeat(tissue.enthalpy(temperature)[:, None], shape[1], axis=1)
        self.enthalpy = self.initial.copy()
        self.temperature = np.full(shape, temperature)
        self.before = np.full(shape, temperature)
        self.peak = np.full(shape, temperature)
        self.solid = np.ones(shape)
        self.added = np.zeros(shape)
        self._work = [np.zeros(shape) for _ in range(5)]
        self._dried = np.zeros(shape)
        self.surface = plain(*surface, temperature)
        self.ejected = np.zeros(2)
        self.intact = np.ones(shape[1])
        self._leaving = tissue.leaving if tissue.leaving is not None else as_dried(shape[0])
        self.ledger = Ledger()
        self.time = 0.0
        everywhere = surface[0] > 0.0
        self.nz, self.nr = min(24, shape[0]), shape[1] if everywhere else min(24, shape[1])
        self._step = 0.0
        self._stable = (0, 0, False, 0.0)
        self._chilled = self._freezes()

    def meet(self, surface: Floats) -> None:
        """From now on the surface meets what :func:`porelight.heat.surface.surface` packed; all rings feel it."""
        self.surface = surface
        self._chilled = self._chilled or self._freezes()
        if surface[TRANSFER] > 0.0 or surface[AIR] > 0.0:
            self.nr = self.grid.shape[1]

    def stable_step(self) -> float:
        """Longest stable explicit step in the window [s], by Gershgorin's bound."""
        icy = self._icy()
        if self._stable[:3] == (self.nz, self.nr, icy):
            return self._stable[3]
        rows, law = self.tissue.rows[: self.nz], self.tissue.law
        k = rows[:, CONDUCTIVITY] * (1.0 + 63.0 * law[0])
        spread = np.maximum(k / rows[:, WET], k * (1.0 - law[2]) / rows[:, DRY])
        if icy:
            spread = np.maximum(spread, k * (1.0 + law[1]) / rows[:, FROZEN])
        across = 1.0 / float(self.rings[0, : self.nr].min()) ** 2
        step = float(0.5 / (spread * (1.0 / self.heights[: self.nz] ** 2 + across)).max())
        self._stable = (self.nz, self.nr, icy, step)
        return step

    def _freezes(self) -> bool:
        """Whether what touches the surface now can freeze it."""
        return bool(self.surface[TRANSFER] > 0.0 and self.surface[OUTSIDE] < ICE_POINT)

    def _icy(self) -> bool:
        """Whether there is ice in the window, through which heat runs faster, or may be before the step ends."""
        if self.start < ICE_POINT or not self._chilled:
            return self.start < ICE_POINT
        near = WARMEST * self.tissue.rows[0, WET] if self._freezes() else 0.0
        left = self.solid[: self.nz, : self.nr] > 0.0
        return bool(self.enthalpy[: self.nz, : self.nr].min(where=left, initial=np.inf) < near)

    def floor(self) -> int:
        """Row of the first tissue on the axis; the last row when all is gone."""
        return min(int(np.argmax(self.solid[:, 0] > 0.0)), self.grid.shape[0] - 1)

    def surface_temperature(self) -> float:
        """Of the first tissue on the axis [K]."""
        return float(self.temperature[self.floor(), 0])

    def light(self, absorb: Absorb, energy: float, duration: float, watch: Watch | None, *, held: bool = False) -> None:
        """One explicit step of ``duration`` [s] under ``energy`` [J] of light; nothing leaves while ``held``."""
        rows = self.tissue.rows
        nz = self.nz
        np.subtract(self.enthalpy[:nz], rows[:nz, BOILING, None], out=self._dried[:nz])
        self._dried[:nz] /= rows[:nz, LATENT, None]
        np.clip(self._dried[:nz], 0.0, 0.0 if held else 1.0, out=self._dried[:nz])
        reflected, lost = absorb(self.solid, self._dried, energy, self.added)
        self._open(absorbed_rows=int(np.max(np.nonzero(self.added.any(axis=1))[0], initial=0)))
        self.before[: self.nz] = self.temperature[: self.nz]
        self.ledger.out += kernels.pulse_step(
            self.enthalpy,
            self.temperature,
            self._work[0],
            self.solid,
            self._work[1],
            self.added,
            self.peak,
            rows,
            self.tissue.law,
            self._leaving,
            self.heights,
            self.rings,
            self.surface,
            duration,
            self.nz,
            self.nr,
            held,
            self.intact,
            self.ejected,
        )
        self.ledger.incident += energy
        self.ledger.reflected += reflected
        self.ledger.lost += lost
        self.time += duration
        self._tell(watch, duration)

    def let_go(self) -> None:
        """Blow off what was held."""
        kernels.blow_off(
            self.enthalpy,
            self.solid,
            self.peak,
            self.tissue.rows,
            self.heights,
            self.rings,
            self.nz,
            self.nr,
            self.ejected,
        )

    def cool(self, until: float, watch: Watch | None, tolerance: float = TOLERANCE, warmest: float = WARMEST) -> None:
        """Conduct without light until that time [s], each step's error held below ``tolerance`` [K].

        Args:
            until: end [s].
            watch: sees every step.
            tolerance: greatest error of one step in one cell [K].
            warmest: greatest change of one step in one cell [K], so that damage is integrated well.
        """
        rate, result = self._work[1], np.zeros(5)
        known = self._rate(rate)
        step = min(self._step or 4.0 * self.stable_step(), 4.0 * self.stable_step())
        while self.time < until * (1.0 - 1e-12):
            self._open()
            stable = self.stable_step()
            longest = stepping.longest(stable)
            left = until - self.time
            taken = min(step, longest, left)
            stages = stepping.stages_for(taken / stable)
            next_known = self._try(taken, stages, rate, known, result)
            grow = stepping.growth(float(result[0]), float(result[2]), tolerance, warmest)
            if (result[0] > tolerance or result[2] > 2.0 * warmest) and taken > stable:
                step = max(taken * min(max(grow, 0.2), 0.9), stable)
                continue
            self._accept(taken, float(result[3]), watch)
            rate, known = self._work[4], next_known
            self._work[1], self._work[4] = self._work[4], self._work[1]
            step = max(min(taken, step) * max(grow, 0.3), stable) if taken < left else step
        self._step = step

    def settle(self) -> None:
        """Bring the temperatures up to date with the enthalpy."""
        self._rate(self._work[1])

    def energy_left(self) -> float:
        """Heat of the remaining tissue above its start [J]."""
        return float(((self.enthalpy - self.initial) * self.solid * self.grid.volume).sum())

    def energy_ejected(self) -> float:
        """Heat that removed tissue carried away above its start [J]."""
        return float(self.ejected[0] - (self.initial * (1.0 - self.solid) * self.grid.volume).sum())

    def _rate(self, rate: Floats) -> float:
        return float(
            kernels.rate(
                self.enthalpy,
                self.temperature,
                self._work[0],
                self.solid,
                rate,
                self.tissue.rows,
                self.tissue.law,
                self.heights,
                self.rings,
                self.surface,
                self.nz,
                self.nr,
            )
        )

    def _try(self, step: float, stages: int, rate: Floats, known: float, result: Floats) -> float:
        kernels.cooling_step(
            self.enthalpy,
            self.before,
            self._work[0],
            self.solid,
            rate,
            self._work[2],
            self._work[3],
            self._work[4],
            self.peak,
            self.tissue.rows,
            self.tissue.law,
            self.heights,
            self.rings,
            self.surface,
            step,
            stages,
            self.nz,
            self.nr,
            known,
            stepping.KINK,
            result,
        )
        return float(result[4])

    def _accept(self, step: float, out: float, watch: Watch | None) -> None:
        self.enthalpy[: self.nz, : self.nr] = self._work[2][: self.nz, : self.nr]
        self.temperature, self.before = self.before, self.temperature
        self.ledger.out += out
        self.time += step
        self._tell(watch, step)

    def _tell(self, watch: Watch | None, duration: float) -> None:
        if watch:
            window = (slice(0, self.nz), slice(0, self.nr))
            watch(self.solid[window], self.before[window], self.temperature[window], duration)

    def _open(self, absorbed_rows: int = 0) -> None:
        """Widen the window before anything reaches its edge."""
        shape, tiny = self.grid.shape, 1e-5 * self.tissue.rows[:, WET]
        while self.nz < shape[0]:
            row = self.nz - 2
            moved = np.abs(self.enthalpy[row, : self.nr] - self.initial[row, : self.nr]).max() > tiny[row]
            if not (moved or absorbed_rows >= row):
                break
            self.nz = min(self.nz + _MARGIN, shape[0])
        while self.nr < shape[1]:
            ring = self.nr - 2
            change = np.abs(self.enthalpy[: self.nz, ring] - self.initial[: self.nz, ring]) > tiny[: self.nz]
            if not (change.any() or self.added[: self.nz, ring:].any()):
                break
            self.nr = min(self.nr + _MARGIN, shape[1])

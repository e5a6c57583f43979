"""The state of one column while it is being exposed, and its steps in time."""

from __future__ import annotations

import dataclasses
from typing import Final, Protocol

import numpy as np

from porelight.arrays import Floats
from porelight.fields import Absorb, Grid
from porelight.heat import kernels, stepping
from porelight.heat.packing import (
    AIR_CONDUCTIVITY,
    BOILING,
    EJECTED_HEAT,
    GREATEST_CHANGE,
    HEAT_OUT,
    LATENT,
    OUTSIDE,
    POWER_OUT,
    RING_WIDTH,
    STEP_REPORTS,
    TRANSFER,
    WET,
    WORST_ERROR,
    Field,
    Material,
    Stages,
    Window,
)
from porelight.heat.removal import leave_as_dried
from porelight.heat.stepping import AT_REST, COOLING_TOLERANCE, STEP_CHANGE, StepControl
from porelight.heat.surface import pack_contact
from porelight.heat.tissue import Tissue
from porelight.units import ICE_POINT

FIRST_WINDOW: Final = 24
"""Rows and rings of the window at the start: what light of a small spot warms within the first steps."""

WINDOW_GROWTH: Final = 12
"""Rows or rings by which it grows: often enough to stay small, seldom enough to cost nothing."""


class Watch(Protocol):
    """Sees every step: what damage needs."""

    def __call__(self, solid: Floats, before: Floats, after: Floats, duration: float) -> None:
        """Temperatures (rows, rings) [K] at both ends of ``duration`` [s], in the warm window of the grid."""


@dataclasses.dataclass(slots=True)
class ColumnEnergy:
    """Energy so far [J]."""

    incident: float = 0.0
    reflected: float = 0.0
    lost: float = 0.0
    out: float = 0.0


class Column:
    """Enthalpy, tissue and energy balance of one column.

    The window is the warm part of the grid: outside it nothing has changed by more than a hundred-thousandth of a
    kelvin, and it grows before that fails.
    """

    def __init__(self, grid: Grid, tissue: Tissue, temperature: float, surface: tuple[float, float]) -> None:
        shape = grid.shape
        self.grid, self.tissue, self.start = grid, tissue, temperature
        self.geometry = kernels.pack_geometry(grid)
        # Copies that can be written to: Numba would compile every kernel once more for arrays that cannot.
        leaving = tissue.leaving if tissue.leaving is not None else leave_as_dried(shape[0])
        self.material = Material(tissue.rows.copy(), tissue.law.copy(), leaving.copy())
        self.initial = np.repeat(tissue.enthalpy(temperature)[:, None], shape[1], axis=1)
        self.enthalpy = self.initial.copy()
        self.temperature = np.full(shape, temperature)
        # Temperatures at both ends of a step: damage needs them, and the two arrays change places.
        self.before = np.full(shape, temperature)
        self.peak = np.full(shape, temperature)
        self.solid = np.ones(shape)
        self.added = np.zeros(shape)
        self._work = [np.zeros(shape) for _ in range(5)]
        self._dried = np.zeros(shape)
        self.surface = pack_contact(*surface, temperature)
        self.ejected = np.zeros(2)
        # Rings whose surface has not burst in this pulse: a torn surface lets steam out.
        self.intact = np.ones(shape[1])
        self.energy = ColumnEnergy()
        self.time = 0.0
        everywhere = surface[0] > 0.0
        self.nz, self.nr = min(FIRST_WINDOW, shape[0]), shape[1] if everywhere else min(FIRST_WINDOW, shape[1])
        self._step = 0.0
        self._stable = (0, 0, False, 0.0)
        self._chilled = self._freezes()

    def meet(self, surface: Floats) -> None:
        """From now on the surface meets what :func:`porelight.heat.surface.pack_surface` packed; all rings feel it."""
        self.surface = surface.copy()
        self._chilled = self._chilled or self._freezes()
        if surface[TRANSFER] > 0.0 or surface[AIR_CONDUCTIVITY] > 0.0:
            self.nr = self.grid.shape[1]

    def stable_step(self) -> float:
        """Longest stable explicit step in the window [s], by Gershgorin's bound."""
        # Asked at every step and the same for most of them: kept until the window grows or ice comes or goes.
        icy = self._icy()
        if self._stable[:3] == (self.nz, self.nr, icy):
            return self._stable[3]
        diffusivity = stepping.fastest_diffusivity(self.tissue.rows[: self.nz], self.tissue.law, icy=icy)
        across = 1.0 / float(self.geometry.rings[RING_WIDTH, : self.nr].min()) ** 2
        step = float(0.5 / (diffusivity * (1.0 / self.geometry.heights[: self.nz] ** 2 + across)).max())
        self._stable = (self.nz, self.nr, icy, step)
        return step

    def _freezes(self) -> bool:
        """Whether what touches the surface now can freeze it."""
        return bool(self.surface[TRANSFER] > 0.0 and self.surface[OUTSIDE] < ICE_POINT)

    def _icy(self) -> bool:
        """Whether there is ice in the window, through which heat runs faster, or may be before the step ends."""
        if self.start < ICE_POINT or not self._chilled:
            return self.start < ICE_POINT
        # Within one step a cell may cool by the change that is allowed, and freeze before it ends.
        near = STEP_CHANGE * self.tissue.rows[0, WET] if self._freezes() else 0.0
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
        # Ejecta and dried tissue depend on how much of its water a cell has lost.
        np.subtract(self.enthalpy[:nz], rows[:nz, BOILING, None], out=self._dried[:nz])
        self._dried[:nz] /= rows[:nz, LATENT, None]
        np.clip(self._dried[:nz], 0.0, 0.0 if held else 1.0, out=self._dried[:nz])
        # The beam falls on the surface as it is now; what is gone by the end of the step is met by the next.
        reflected, lost = absorb(self.solid, self._dried, energy, self.added)
        self._widen_window(absorbed_rows=int(np.max(np.nonzero(self.added.any(axis=1))[0], initial=0)))
        self.before[: self.nz] = self.temperature[: self.nz]
        self.energy.out += kernels.step_under_light(
            self._field(self.temperature), self._work[1], self.added, self.material, self.geometry, self.surface,
            duration, self._window, held, self.intact, self.ejected,
        )  # fmt: skip
        self.energy.incident += energy
        self.energy.reflected += reflected
        self.energy.lost += lost
        self.time += duration
        self._show_step(watch, duration)

    def let_go(self) -> None:
        """Blow off what was held."""
        kernels.blow_off(self._field(self.temperature), self.material, self.geometry, self._window, self.ejected)

    def cool(self, until: float, watch: Watch | None, tolerance: float = COOLING_TOLERANCE) -> None:
        """Conduct without light until that time [s], each step's error held below ``tolerance`` [K].

        Args:
            until: end [s].
            watch: sees every step.
            tolerance: greatest error of one step in one cell [K].
        """
        rate, report = self._work[1], np.zeros(STEP_REPORTS)
        known = self._find_rate(rate)
        first = stepping.FIRST_STEP * self.stable_step()
        # Light may have come since the last cooling: the step that it ended with would be too long.
        control = StepControl(min(self._step or first, first), tolerance, STEP_CHANGE)
        while self.time < until * (1.0 - 1e-12):
            self._widen_window()
            stable, left = self.stable_step(), until - self.time
            taken = control.propose_step(stable, left)
            self._try_step(taken, stepping.stages_for(taken / stable), rate, known, report)
            if not control.accept_step(taken, stable, left, float(report[WORST_ERROR]), float(report[GREATEST_CHANGE])):
                continue
            self._take_step(taken, float(report[HEAT_OUT]), watch)
            # The rate at the end of this step is the rate at the start of the next.
            self._work[1], self._work[4] = self._work[4], self._work[1]
            rate, known = self._work[1], float(report[POWER_OUT])
        self._step = control.step

    def settle(self) -> None:
        """Bring the temperatures up to date with the enthalpy."""
        self._find_rate(self._work[1])

    def energy_left(self) -> float:
        """Heat of the remaining tissue above its start [J]."""
        return float(((self.enthalpy - self.initial) * self.solid * self.grid.volume).sum())

    def energy_ejected(self) -> float:
        """Heat that removed tissue carried away above its start [J]."""
        return float(self.ejected[EJECTED_HEAT] - (self.initial * (1.0 - self.solid) * self.grid.volume).sum())

    @property
    def _window(self) -> Window:
        return Window(self.nz, self.nr)

    def _field(self, temperature: Floats) -> Field:
        return Field(self.enthalpy, temperature, self._work[0], self.solid, self.peak)

    def _find_rate(self, rate: Floats) -> float:
        """The rate of enthalpy now [W/m3], into ``rate``; returns the heat let out [W]."""
        return float(
            kernels.find_rate(
                self.enthalpy, self.temperature, self._work[0], self.solid, rate, self.material.rows, self.material.law,
                *self.geometry, self.surface, self.nz, self.nr,
            )
        )  # fmt: skip

    def _try_step(self, step: float, count: int, rate: Floats, known: float, report: Floats) -> None:
        """A super-step into ``_work[2]``, its rate into ``_work[4]``, and what it is judged by into ``report``."""
        stages = Stages(rate, self._work[2], self._work[3], self._work[4])
        kernels.step_without_light(
            self._field(self.before), stages, self.material, self.geometry, self.surface, step, count, self._window,
            known, report,
        )  # fmt: skip

    def _take_step(self, step: float, out: float, watch: Watch | None) -> None:
        self.enthalpy[: self.nz, : self.nr] = self._work[2][: self.nz, : self.nr]
        self.temperature, self.before = self.before, self.temperature
        self.energy.out += out
        self.time += step
        self._show_step(watch, step)

    def _show_step(self, watch: Watch | None, duration: float) -> None:
        if watch:
            window = (slice(0, self.nz), slice(0, self.nr))
            watch(self.solid[window], self.before[window], self.temperature[window], duration)

    def _widen_window(self, absorbed_rows: int = 0) -> None:
        """Widen the window before anything reaches its edge."""
        shape, tiny = self.grid.shape, AT_REST * self.tissue.rows[:, WET]
        # Downwards, then outwards: two cells before the edge anything that has moved, or was lit, makes room for more.
        while self.nz < shape[0]:
            row = self.nz - 2
            moved = np.abs(self.enthalpy[row, : self.nr] - self.initial[row, : self.nr]).max() > tiny[row]
            if not (moved or absorbed_rows >= row):
                break
            self.nz = min(self.nz + WINDOW_GROWTH, shape[0])
        while self.nr < shape[1]:
            ring = self.nr - 2
            change = np.abs(self.enthalpy[: self.nz, ring] - self.initial[: self.nz, ring]) > tiny[: self.nz]
            if not (change.any() or self.added[: self.nz, ring:].any()):
                break
            self.nr = min(self.nr + WINDOW_GROWTH, shape[1])

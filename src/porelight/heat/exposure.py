"""One exposure: pulses with light, and cooling between and after them."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np

from porelight import cite
from porelight.arrays import Floats
from porelight.cite import Cited
from porelight.fields import Absorb, Crater, EnergyBalance, Exposure, Grid, Progress, Warming
from porelight.heat.column import Column, Watch
from porelight.heat.stepping import COOLING_TOLERANCE
from porelight.heat.surface import pack_surface
from porelight.heat.tissue import Tissue

NOTED_AFTER: Final = (0.001, 0.003, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.5, 0.75)
NOTED_BETWEEN: Final = (0.1, 0.4)
"""Moments at which the surface is noted after the last pulse and between pulses, as shares of the time: close together
at first, because the surface cools with the root of the time."""

LEAST_LIGHT_STEPS: Final = 20.0
"""Steps in which a pulse is followed at least."""
STEPS_PER_PIECE: Final = 4.0
"""Steps in the shortest piece of a shaped pulse at least."""
STABLE_SHARE: Final = 0.8
"""Of the stable explicit step that a step under light takes at most."""
FRONT_CELLS: Final = 2.0
"""Cells that the floor of the crater may move in one step, about."""
STEP_SHRINK, STEP_GROWTH = 0.7, 1.2
"""Factors for the next step where the floor moved further than that, and where it did not."""


class Shape(Protocol):
    """How the energy of a pulse is spread over its duration."""

    @property
    def finest(self) -> float:
        """Shortest piece, as a share of the duration."""

    def __call__(self, elapsed: float) -> float:
        """Share of the energy sent (0-1) after a share of the duration (0-1)."""


def expose(
    exposure: Exposure,
    grid: Grid,
    tissue: Tissue,
    *,
    absorb: Absorb,
    watch: Watch | None = None,
    cooling_time: float,
    moments: Floats | None = None,
    shape: Shape | None = None,
    step_share: float = 1.0,
    tolerance: float = COOLING_TOLERANCE,
    progress: Progress | None = None,
    film: int = 0,
) -> tuple[Crater, Warming]:
    """Fire the pulses of one column into skin and let it cool.

    Args:
        exposure: skin, setting and starting temperature.
        grid: cells of the column.
        tissue: their material, see :func:`porelight.heat.tissue.make_tissue`.
        absorb: where light goes in, called once a step.
        watch: sees every step; damage integrates here.
        cooling_time: time after the last pulse [s].
        moments: times [s] at which temperature fields are kept; the surface alone is kept at every step otherwise.
        shape: of every pulse; square when left out.
        step_share: scales the steps of the pulse; 0.5 for a step study.
        tolerance: greatest error of one cooling step in any cell [K].
        progress: called with the share done.
        film: pictures of the temperature kept of all pulses together, beside those of the cooling; none for 0.

    Returns:
        Crater and warming. Energy closes to rounding: incident = reflected + lost + stored + ejected + out.

    Ablation: *blow-off* up to the ejection time: ejecta cannot move out of the way yet, so tissue absorbs where it lies
    and leaves then, or when a shorter pulse ends, to (1 / mu) ln(F mu / h). *Steady state* from then on: the surface
    recedes while the light is on.

    Method: finite volumes in enthalpy; explicit steps under light, short enough that the front moves about two cells a
    step; second-order Runge-Kutta-Legendre super-time-stepping with error control without light.
    """
    setting, meets = exposure.setting, pack_surface(exposure)
    column = Column(grid, tissue, exposure.temperature, (0.0, exposure.temperature))
    # What cools the skin before the first pulse: a plate, or a spray and the pause after it.
    for time, condition in meets.before:
        column.meet(condition)
        column.cool(column.time + time, watch, tolerance)
    column.meet(meets.then)
    pulses, begun = setting.pulses_per_column, column.time
    record = _Record(column, moments, film / (pulses * setting.pulse_duration))
    for pulse in range(pulses):
        _fire_pulse(column, exposure, absorb, watch, record, step_share, shape)
        # Between pulses of a stack to the start of the next, counted from the first; after the last as long as asked.
        last = pulse == pulses - 1
        until = column.time + cooling_time if last else begun + (pulse + 1) * setting.repetition_interval
        _cool_until(column, until, watch, record, tolerance, last=last)
        if progress:
            progress("Heat", (pulse + 1) / pulses)
    return _read_crater(column), record.make_warming((*tissue.rests_on, *meets.rests_on))


def _fire_pulse(
    column: Column,
    exposure: Exposure,
    absorb: Absorb,
    watch: Watch | None,
    record: _Record,
    share: float,
    shape: Shape | None,
) -> None:
    setting = exposure.setting
    duration, energy = setting.pulse_duration, setting.pulse_energy
    end, sent = column.time + duration, 0.0
    coarsest = duration / LEAST_LIGHT_STEPS
    if shape is not None:
        coarsest = duration * min(1.0 / LEAST_LIGHT_STEPS, shape.finest / STEPS_PER_PIECE)
    # Before ejecta can move, light meets tissue where it lies; it leaves then, or at the end of a shorter pulse.
    ejection = min(cite.table("thermal")["ejection_time"].si, duration)
    held = True
    step = share * min(_front_step(column, exposure), coarsest)
    column.intact[:] = 1.0
    while sent < duration * (1.0 - 1e-12):
        longest = share * min(STABLE_SHARE * column.stable_step(), coarsest)
        left = (ejection if held else duration) - sent
        taken = min(step, longest, left)
        floor = column.floor()
        lit = taken / duration if shape is None else shape((sent + taken) / duration) - shape(sent / duration)
        column.light(absorb, energy * lit, taken, watch, held=held)
        sent += taken
        record.note()
        # Light falls on the surface as it was at the start of the step, so the floor must not run far within one.
        moved = column.floor() - floor
        # A step cut short by the moment of ejection says nothing about the next.
        if taken < left or not held:
            step = taken * (STEP_SHRINK if moved > FRONT_CELLS * share + 0.5 else STEP_GROWTH)
        if held and sent >= ejection * (1.0 - 1e-12):
            held = False
            column.let_go()
    column.time = end


def _front_step(column: Column, exposure: Exposure) -> float:
    """Time in which the brightest light could remove two cells [s]."""
    setting = exposure.setting
    irradiance = setting.peak_fluence / setting.pulse_duration
    ablation = setting.laser.ablation
    if ablation is None or irradiance == 0.0:
        return setting.pulse_duration
    return float(FRONT_CELLS * column.geometry.heights[0] * ablation.heat_of_ablation.si / irradiance)


def _cool_until(
    column: Column, until: float, watch: Watch | None, record: _Record, tolerance: float, *, last: bool
) -> None:
    for moment in record.between(column.time, until, NOTED_AFTER if last else NOTED_BETWEEN):
        column.cool(moment, watch, tolerance)
        record.note(picture=last or moment == until)


def _read_crater(column: Column) -> Crater:
    grid = column.grid
    # A ring is as deep as its deepest cell that is gone: overhangs count as part of the hole.
    gone = column.solid == 0.0
    deepest = np.where(gone, grid.z_edges[1:, None], 0.0).max(axis=0)
    return Crater(grid=grid, depth=deepest, resolution=float(column.geometry.heights[column.floor()]))


class _Record:
    """Keeps the surface temperature, and fields at chosen moments or as a film; times count from the first pulse."""

    def __init__(self, column: Column, moments: Floats | None, rate: float) -> None:
        self.column, self.moments, self.rate, self.begun = column, moments, rate, column.time
        self.times: list[float] = []
        self.surface: list[float] = []
        self.frames: list[Floats] = []
        self.frame_times: list[float] = []
        self.note(picture=True)

    def between(self, start: float, end: float, shares: tuple[float, ...]) -> list[float]:
        """Moments to stop at while cooling: the chosen ones, or ``shares`` of the time."""
        span = end - start
        if span <= 0.0:
            return []
        if self.moments is None:
            chosen = start + span * np.array(shares)
        else:
            asked = self.moments + self.begun
            chosen = asked[(asked > start) & (asked < end)]
        return [*map(float, chosen), end]

    def note(self, *, picture: bool = False) -> None:
        """Write down the surface; and the field, at its moment, when ``picture`` says so, or when the film is due."""
        column, time = self.column, self.column.time - self.begun
        self.times.append(time)
        self.surface.append(column.surface_temperature())
        if self._due(time, picture):
            self.frame_times.append(time)
            self.frames.append(np.where(column.solid > 0.0, column.temperature, np.nan))

    def _due(self, time: float, picture: bool) -> bool:
        done = len(self.frames)
        if self.moments is not None:
            return done < self.moments.size and time >= self.moments[done] * (1.0 - 1e-9)
        return self.rate > 0.0 and (picture or time - self.frame_times[-1] >= (1.0 - 1e-9) / self.rate)

    def make_warming(self, rests_on: tuple[Cited, ...]) -> Warming:
        column, so_far = self.column, self.column.energy
        column.settle()
        energy = EnergyBalance(
            incident=so_far.incident,
            reflected=so_far.reflected,
            lost_above=so_far.lost,
            stored=column.energy_left(),
            ejected=column.energy_ejected(),
            conducted_out=so_far.out,
        )
        return Warming(
            grid=column.grid,
            peak=column.peak,
            final=column.temperature,
            times=np.array(self.times),
            surface=np.array(self.surface),
            energy=energy,
            rests_on=rests_on,
            frames=np.stack(self.frames) if self.frames else None,
            frame_times=np.array(self.frame_times) if self.frames else None,
            heat=(column.enthalpy - column.initial) * column.solid,
        )

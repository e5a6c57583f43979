"""What flows between the stages: one grid, and one frozen result per stage.

All lengths [m], times [s], temperatures [K], energies [J]. Arrays on a grid have shape ``(nz, nr)``: depth first,
``z`` counted downwards from the original skin surface, ``r`` outwards from the axis of the beam.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Literal

import numpy as np

from porelight.arrays import Floats
from porelight.cite import Cited
from porelight.laser import Setting
from porelight.skin import Skin

Progress = Callable[[str, float], None]
"""Called with the name of a step and the share of it that is done, 0 to 1."""

SurfaceState = Literal["dry", "wet"]
"""``dry``: nothing evaporates. ``wet``: wet skin and the open floor of a crater evaporate into still air."""


@dataclasses.dataclass(frozen=True, slots=True)
class Grid:
    """Axisymmetric finite-volume grid: cell edges ``r_edges`` (nr + 1,) from 0, ``z_edges`` (nz + 1,) from 0 [m]."""

    r_edges: Floats
    z_edges: Floats

    def __post_init__(self) -> None:
        for name, edges in (("r_edges", self.r_edges), ("z_edges", self.z_edges)):
            if edges.ndim != 1 or edges.size < 2 or edges[0] != 0.0 or not np.all(np.diff(edges) > 0):
                raise ValueError(f"grid {name} must rise from 0 with at least one cell")

    @property
    def r(self) -> Floats:
        """Cell centres (nr,) [m]."""
        return 0.5 * (self.r_edges[1:] + self.r_edges[:-1])

    @property
    def z(self) -> Floats:
        """Cell centres (nz,) [m]."""
        return 0.5 * (self.z_edges[1:] + self.z_edges[:-1])

    @property
    def shape(self) -> tuple[int, int]:
        """(nz, nr)."""
        return self.z_edges.size - 1, self.r_edges.size - 1

    @property
    def volume(self) -> Floats:
        """Cell volumes (nz, nr) [m3]."""
        rings = np.pi * np.diff(self.r_edges**2)
        return np.diff(self.z_edges)[:, None] * rings[None, :]


@dataclasses.dataclass(frozen=True, slots=True)
class Deposit:
    """Where light is absorbed: ``density`` (nz, nr) [1/m3] per incident joule, and what did not enter the skin."""

    grid: Grid
    density: Floats
    standard_error: Floats | None
    reflected: float
    transmitted: float


@dataclasses.dataclass(frozen=True, slots=True)
class Crater:
    """What was removed: ``depth`` (nr,) [m] of the surface below its original place, ring by ring."""

    grid: Grid
    depth: Floats
    resolution: float
    """Smallest depth step the grid resolves at the crater floor [m]."""

    @property
    def ablation_depth(self) -> float:
        """Deepest point below the original surface [m]."""
        return float(self.depth.max(initial=0.0))

    @property
    def ablation_width(self) -> float:
        """Diameter of the opening at the original surface [m]."""
        opened = np.flatnonzero(self.depth > 0.0)
        return 2.0 * float(self.grid.r_edges[opened[-1] + 1]) if opened.size else 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class EnergyBalance:
    """Where the energy of one exposure went [J]; :attr:`error` is the missing share of the incident energy."""

    incident: float
    reflected: float
    lost_above: float
    """Taken up by the plume or otherwise never absorbed by tissue."""
    stored: float
    """Heat and latent heat in the tissue that is left."""
    ejected: float
    """Heat and latent heat carried away with removed tissue."""
    conducted_out: float
    """Through the surface and the outer boundaries, perfusion included."""

    @property
    def error(self) -> float:
        """(incident - all the rest) / incident; 0 for no light at all."""
        spent = self.reflected + self.lost_above + self.stored + self.ejected + self.conducted_out
        return (self.incident - spent) / self.incident if self.incident else 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class Warming:
    """Temperature of one exposure."""

    grid: Grid
    peak: Floats
    """Highest temperature each cell reached while it was tissue (nz, nr) [K]."""
    final: Floats
    """Temperature at the end of the run (nz, nr) [K]."""
    times: Floats
    """Moments of :attr:`surface` (nt,), counted from the first pulse [s]."""
    surface: Floats
    """Temperature of the skin under the middle of the beam, at the receding surface (nt,) [K]."""
    energy: EnergyBalance
    rests_on: tuple[Cited, ...]
    frames: Floats | None = None
    """Temperature (nf, nz, nr) [K], not a number where tissue is gone; when asked for."""
    frame_times: Floats | None = None
    """Moments of :attr:`frames` (nf,) [s]."""
    heat: Floats | None = None
    """Heat held above the start, where there is tissue, at the end of the run (nz, nr) [J/m3]."""

    @property
    def peak_temperature(self) -> float:
        """Highest temperature of tissue anywhere, at any moment [K]."""
        return float(self.peak.max())


@dataclasses.dataclass(frozen=True, slots=True)
class Injury:
    """Arrhenius damage: ``omega`` (nz, nr) per process; 1 means 63 % of the molecules or cells are gone."""

    grid: Grid
    necrosis: Floats
    """Death of cells: above :attr:`epidermis` by the set for the epidermis, below it by the one for the dermis."""
    coagulation: Floats
    """Denaturation of dermal collagen."""
    coagulation_depth: float
    """Deepest coagulated collagen below the original surface [m], no less than the crater; 0 when there is none."""
    coagulation_width: float
    """Widest coagulated zone, crater included, as a diameter [m]."""
    necrosis_depth: float
    """Deepest dead cells below the original surface [m]."""
    coagulation_depth_low: float
    coagulation_depth_high: float
    """Spread of the coagulation depth over the published parameter sets [m]."""
    rests_on: tuple[Cited, ...]
    coagulation_width_low: float = 0.0
    coagulation_width_high: float = 0.0
    """Spread of the coagulation width over the published parameter sets [m]."""
    necrosis_width: float = 0.0
    """Widest zone of dead cells, crater included, as a diameter [m]."""
    necrosis_depth_low: float = 0.0
    necrosis_depth_high: float = 0.0
    necrosis_width_low: float = 0.0
    necrosis_width_high: float = 0.0
    """Spread of depth and width of dead cells over the published parameter sets [m]."""
    epidermis: float = 0.0
    """Depth down to which cells are those of the epidermis [m]."""
    dose: Floats | None = None
    """Thermal dose CEM43 (nz, nr) as time at 43 C [s]; a lower bound where tissue was above 57 C."""
    above_60: Floats | None = None
    """Time above 60 C (nz, nr) while it was tissue [s]."""


@dataclasses.dataclass(frozen=True, slots=True)
class Interval:
    """A prediction: the middle and the ends of its ``level`` interval."""

    low: float
    mid: float
    high: float
    level: float = 0.9

    def __post_init__(self) -> None:
        if not self.low <= self.mid <= self.high:
            raise ValueError(f"interval ends must be in order, not {self.low}, {self.mid}, {self.high}")


@dataclasses.dataclass(frozen=True, slots=True)
class Recovery:
    """How the skin heals after one session."""

    closed: Interval
    """Time until the columns are closed by new epidermis [s]."""
    redness: Interval
    """Time with visible redness [s]."""
    crusting: Interval
    """Time with crusts or bronzing [s]; zero when nothing was ablated."""
    collagen_stimulus: float
    """Share of the dermis (0-1, by volume down to the coagulation depth) that was coagulated and will be rebuilt."""
    treated_fraction: float
    """Share of the skin surface (0-1) opened or coagulated by the pattern."""
    rests_on: tuple[Cited, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Exposure:
    """What was put in: the setting on this skin, at this starting temperature [K], under these conditions."""

    skin: Skin
    setting: Setting
    temperature: float
    surface: SurfaceState = "dry"
    """Whether water evaporates from the surface into still air."""
    pulse: str = "square"
    """Shape of every pulse, in words."""
    without: tuple[str, ...] = ()
    """Mechanisms that were switched off."""

"""What flows between the stages: one grid, and one frozen result per stage.

All lengths [m], times [s], temperatures [K], energies [J]. Arrays on a grid have shape ``(nz, nr)``: depth first,
``z`` counted downwards from the original skin surface, ``r`` outwards from the axis of the beam.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Literal, Protocol, get_args

import numpy as np

from porelight.arrays import Floats
from porelight.cite import Cited
from porelight.frozen import frozen
from porelight.laser import Setting
from porelight.refusal import Refusal, check_choice, check_number
from porelight.skin import Skin

Progress = Callable[[str, float], None]
"""Called with the name of a step and the share of it that is done, 0 to 1."""

SurfaceState = Literal["dry", "wet"]
"""``dry``: nothing evaporates. ``wet``: wet skin and the open floor of a crater evaporate into still air."""


class Absorb(Protocol):
    """Light on a column: adds what is absorbed and says what is not. Made by ``light``, asked by ``heat``."""

    def __call__(self, solid: Floats, dried: Floats, energy: float, added: Floats) -> tuple[float, float]:
        """Send ``energy`` [J] of the beam onto the tissue that is left.

        Args:
            solid: (nz, nr) 1 where there is tissue, 0 where it is gone.
            dried: (nz, nr) share of the water that has boiled away.
            energy: incident [J].
            added: (nz, nr) heat by volume [J/m3], to be added to.

        Returns:
            Energy reflected, and energy lost above the tissue [J].
        """


@frozen
class Grid:
    """Axisymmetric finite-volume grid: cell edges ``r_edges`` (nr + 1,) from 0, ``z_edges`` (nz + 1,) from 0 [m]."""

    r_edges: Floats
    z_edges: Floats

    def __post_init__(self) -> None:
        for name, edges in (("r_edges", self.r_edges), ("z_edges", self.z_edges)):
            if not (_rises(edges) and edges[0] == 0.0):
                raise Refusal(f"{name} must rise from 0 with at least one cell", where="grid", advice="Give edges in m")

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


@frozen
class Deposit:
    """Where light is absorbed: ``density`` (nz, nr) [1/m3] per incident joule, and what did not enter the skin.

    Callable as an :class:`Absorb` of skin that stays as it is: light that scatters is followed once, by Monte Carlo,
    and every joule goes the same way. Validity: no tissue leaves, and heat hardly changes the optics of tissue.
    """

    grid: Grid
    density: Floats
    standard_error: Floats | None
    reflected: float
    transmitted: float
    rests_on: tuple[Cited, ...] = ()

    def __post_init__(self) -> None:
        check_shape(self.density, "density", self.grid.shape, where="deposit")
        check_shape(self.standard_error, "standard_error", self.grid.shape, where="deposit")
        for name in ("reflected", "transmitted"):
            check_number(getattr(self, name), name, 0.0, 1.0, where="deposit")

    def __call__(self, solid: Floats, dried: Floats, energy: float, added: Floats) -> tuple[float, float]:
        """Add the absorbed part of ``energy`` [J]; what leaves below or beside the grid counts as lost.

        Raises:
            ValueError: tissue has left, so that light would no longer go this way.
        """
        if not solid.all():
            raise ValueError("tissue has left: the light of a deposit was followed through whole skin")
        added += energy * self.density
        absorbed = float((self.density * self.grid.volume).sum())
        return energy * self.reflected, energy * (1.0 - self.reflected - absorbed)


@frozen
class Crater:
    """What was removed: ``depth`` (nr,) [m] of the surface below its original place, ring by ring."""

    grid: Grid
    depth: Floats
    resolution: float
    """Smallest depth step the grid resolves at the crater floor [m]."""

    def __post_init__(self) -> None:
        check_shape(self.depth, "depth", self.grid.shape[1:], where="crater")
        if not (np.isfinite(self.depth).all() and (self.depth >= 0.0).all()):
            raise Refusal("a depth is negative or not a number", where="crater", advice="Give depths [m] from 0")
        check_number(self.resolution, "resolution", 0.0, where="crater", unit="m")

    @property
    def ablation_depth(self) -> float:
        """Deepest point below the original surface [m]."""
        return float(self.depth.max(initial=0.0))

    @property
    def ablation_width(self) -> float:
        """Diameter of the opening at the original surface [m]."""
        opened = np.flatnonzero(self.depth > 0.0)
        return 2.0 * float(self.grid.r_edges[opened[-1] + 1]) if opened.size else 0.0


@frozen
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

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            check_number(getattr(self, field.name), field.name, where="energy balance", unit="J")

    @property
    def error(self) -> float:
        """(incident - all the rest) / incident; 0 for no light at all."""
        spent = self.reflected + self.lost_above + self.stored + self.ejected + self.conducted_out
        return (self.incident - spent) / self.incident if self.incident else 0.0


@frozen
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

    def __post_init__(self) -> None:
        for name in ("peak", "final", "heat"):
            check_shape(getattr(self, name), name, self.grid.shape, where="warming")
        check_shape(self.surface, "surface", self.times.shape, where="warming")
        if (self.frames is None) != (self.frame_times is None):
            raise Refusal("frames and their moments go together", where="warming", advice="Give both or neither")
        if self.frames is not None and self.frame_times is not None:
            check_shape(self.frames, "frames", (*self.frame_times.shape, *self.grid.shape), where="warming")

    @property
    def peak_temperature(self) -> float:
        """Highest temperature of tissue anywhere, at any moment [K]."""
        return float(self.peak.max())


@frozen
class Interval:
    """A prediction: the middle and the ends of its ``level`` interval."""

    low: float
    mid: float
    high: float
    level: float = 0.9

    def __post_init__(self) -> None:
        _check_ends(self)
        check_number(self.level, "level", 0.0, 1.0, where="interval")


def central_quantile(level: float) -> float:
    """Standard normal quantile of the upper end of a central interval of that ``level``: 1.645 at 90 %."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + 0.5 * level))


@frozen
class Spread:
    """A value by the model that was chosen, ``mid``, and the least and greatest over rival models."""

    low: float
    mid: float
    high: float

    def __post_init__(self) -> None:
        _check_ends(self)


@frozen
class Extent:
    """How far a process reached in tissue that is left, crater included [m]; 0 where it reached nowhere.

    The middle is by the parameter set that was chosen, the ends are the spread over the published sets.
    """

    depth: Spread
    """Deepest place below the original surface, no less than the crater."""
    width: Spread
    """Diameter of the widest place."""


@frozen
class Injury:
    """Arrhenius damage: ``omega`` (nz, nr) per process; 1 means 63 % of the molecules or cells are gone."""

    grid: Grid
    necrosis: Floats
    """Death of cells: above :attr:`epidermis` by the set for the epidermis, below it by the one for the dermis."""
    coagulation: Floats
    """Denaturation of dermal collagen."""
    coagulated: Extent
    dead: Extent
    """Of dead cells."""
    rests_on: tuple[Cited, ...]
    epidermis: float = 0.0
    """Depth down to which cells are those of the epidermis [m]."""
    dose: Floats | None = None
    """Thermal dose CEM43 (nz, nr) as time at 43 C [s]; a lower bound where tissue was above 57 C."""
    above_60: Floats | None = None
    """Time above 60 C (nz, nr) while it was tissue [s]."""

    def __post_init__(self) -> None:
        for name in ("necrosis", "coagulation", "dose", "above_60"):
            check_shape(getattr(self, name), name, self.grid.shape, where="injury")
        check_number(self.epidermis, "epidermis", 0.0, where="injury", unit="m")

    @property
    def coagulation_depth(self) -> float:
        """Deepest coagulated collagen below the original surface [m]."""
        return self.coagulated.depth.mid

    @property
    def coagulation_width(self) -> float:
        """Widest coagulated zone, crater included, as a diameter [m]."""
        return self.coagulated.width.mid

    @property
    def necrosis_depth(self) -> float:
        """Deepest dead cells below the original surface [m]."""
        return self.dead.depth.mid

    @property
    def necrosis_width(self) -> float:
        """Widest zone of dead cells, crater included, as a diameter [m]."""
        return self.dead.width.mid


@frozen
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

    def __post_init__(self) -> None:
        for name in ("collagen_stimulus", "treated_fraction"):
            # A covered plane may come to a little more than 1 by rounding.
            check_number(getattr(self, name), name, 0.0, 1.0 + 1e-9, where="recovery")


@frozen
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

    def __post_init__(self) -> None:
        check_number(self.temperature, "temperature", 0.0, where="exposure", unit="K")
        check_choice(self.surface, "surface", get_args(SurfaceState), where="exposure")


def check_shape(array: Floats | None, name: str, shape: tuple[int, ...], *, where: str) -> None:
    """Refuse an array that does not fit its grid; one that was left out fits.

    Raises:
        Refusal: with both shapes.
    """
    if array is not None and array.shape != shape:
        raise Refusal(f"{name} has shape {array.shape}", where=where, advice=f"Give it the shape {shape} of its grid")


def _check_ends(three: Interval | Spread) -> None:
    where = type(three).__name__.lower()
    for name in ("low", "mid", "high"):
        check_number(getattr(three, name), name, where=where)
    if not three.low <= three.mid <= three.high:
        what = f"its ends must be in order, not {three.low}, {three.mid}, {three.high}"
        raise Refusal(what, where=where, advice="Give low, mid, high")


def _rises(edges: Floats) -> bool:
    whole = isinstance(edges, np.ndarray) and edges.ndim == 1 and edges.size >= 2
    return bool(whole and np.isfinite(edges).all() and (np.diff(edges) > 0.0).all())

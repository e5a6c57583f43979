"""What the operator dials: the laser, one setting of it, and the pattern of columns."""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import Any, Literal

from porelight import cite, units
from porelight.cite import Cited

Profile = Literal["gaussian_1e2", "top_hat"]
"""``gaussian_1e2``: the spot diameter is where the irradiance has fallen to 1/e2. ``top_hat``: uniform disc."""


@dataclasses.dataclass(frozen=True, slots=True)
class Laser:
    """A kind of laser: its wavelength, what its devices can dial, and how it removes tissue."""

    key: str
    name: str
    wavelength: float
    """[m]"""
    default: dict[str, float]
    """Outside name -> value of a usual setting, for what an operator leaves out."""
    limits: dict[str, tuple[float, float]]
    """Outside name -> least and most that devices of this kind dial."""
    ablation: dict[str, Cited]
    """Rows of its ablation model; empty for a laser that does not ablate."""
    rests_on: tuple[Cited, ...]
    profile: Profile = "gaussian_1e2"
    """Of the beam, where the operator does not say."""


@dataclasses.dataclass(frozen=True, slots=True)
class Cooling:
    """What touches the surface: a heat-transfer coefficient [W/m2/K] to a temperature [K], and when and where."""

    name: str
    transfer: float
    temperature: float
    before: float = 0.0
    """Time for which it acts before the first pulse [s]."""
    delay: float = 0.0
    """Time between that and the first pulse, in which it does not act [s]."""
    stays: bool = True
    """Whether it acts during the pulses and after them."""
    fills_crater: bool = True
    """Whether it reaches the floor of a crater; a plate lies on the skin around it."""
    rests_on: tuple[Cited, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    """One dialled setting. ``density`` is columns per area [1/m2]; ``pulses_per_column`` is the stack."""

    laser: Laser
    pulse_energy: float
    spot_diameter: float
    pulse_duration: float
    profile: Profile = "gaussian_1e2"
    density: float = 0.0
    passes: int = 1
    pulses_per_column: int = 1
    repetition_interval: float = 0.0
    """Time from the start of one pulse of a stack to the next [s]."""
    cooling: Cooling | None = None

    def __post_init__(self) -> None:
        positive = {
            "pulse energy": self.pulse_energy >= 0.0,
            "spot diameter": self.spot_diameter > 0.0,
            "pulse duration": self.pulse_duration > 0.0,
            "density": self.density >= 0.0,
            "passes": self.passes >= 1,
            "pulses per column": self.pulses_per_column >= 1,
        }
        for name, good in positive.items():
            if not good:
                raise ValueError(f"{name} is out of range: it must be positive")

    @property
    def peak_fluence(self) -> float:
        """Radiant exposure on the axis of one pulse [J/m2]: 8 E / (pi d2) for a Gaussian, 4 E / (pi d2) for a disc."""
        shape = 8.0 if self.profile == "gaussian_1e2" else 4.0
        return shape * self.pulse_energy / (math.pi * self.spot_diameter**2)

    @property
    def peak_power(self) -> float:
        """Mean power during one pulse [W]."""
        return self.pulse_energy / self.pulse_duration


@functools.cache
def lasers() -> dict[str, Laser]:
    """Every laser of ``data/lasers.yaml`` by key."""
    return {row["key"]: _laser(row) for row in cite.rows("lasers")["lasers"]}


def laser(key: str) -> Laser:
    """The laser of that key.

    Raises:
        ValueError: no such laser; names those there are.
    """
    try:
        return lasers()[key]
    except KeyError:
        raise ValueError(f"laser {key!r} is not known: use one of {', '.join(lasers())}") from None


def _laser(row: dict[str, Any]) -> Laser:
    table = cite.table("lasers")
    return Laser(
        key=row["key"],
        name=row["name"],
        wavelength=row["wavelength_nm"] * units.nm,
        default=dict(row["default"]),
        limits={name: (float(low), float(high)) for name, (low, high) in row["limits"].items()},
        ablation={role: table[key] for role, key in row.get("ablation", {}).items()},
        rests_on=tuple(table[key] for key in row["rests_on"]),
        profile=row["profile"],
    )

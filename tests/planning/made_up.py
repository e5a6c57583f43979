"""Made-up censuses, skin and simulations for the tests of planning: quick, and of known content."""

from __future__ import annotations

import datetime as dt

import numpy as np

from porelight import healing, units
from porelight.care.model import Person, Verdict
from porelight.cite import Cited, source
from porelight.fields import Crater, EnergyBalance, Exposure, Extent, Grid, Injury, Spread, Warming
from porelight.forecasting.trials import course_of
from porelight.laser import Laser, Setting
from porelight.photo.census import PoreCensus, Pores
from porelight.photo.scale import typed
from porelight.simulation.model import Simulation
from porelight.skin import Layer, Phototype, Pore, Skin
from porelight.units import mJ, mm, um

ON = dt.date(2026, 3, 2)

ENLARGED_FROM = Cited("def_250", "threshold of an enlarged pore", 250, "um", source("flament2015"), "read")


def census(count: int = 400, median: float = 220, spread: float = 0.35, um_per_px: float | None = 40) -> PoreCensus:
    """Log-normal diameters, ``median`` [um] and ``spread`` of the logarithm, at equally spaced quantiles."""
    from scipy.special import ndtri

    quantiles = (np.arange(count) + 0.5) / max(count, 1)
    diameter = median * np.exp(spread * ndtri(quantiles)) / (um_per_px or 40)
    blank = np.zeros(count)
    pores = Pores(
        x=blank,
        y=blank,
        diameter=diameter,
        diameter_error=0.05 * diameter,
        elongation=blank + 1.4,
        direction=blank,
        darkness=blank + 0.2,
        region=("cheek",) * count,
        flags=("",) * count,
    )
    flags = () if um_per_px else ("uncalibrated",)
    scale = None if um_per_px is None else typed(um_per_px)
    return PoreCensus(1200, 900, scale, 9e5, pores, flags, ENLARGED_FROM, "0", ())  # type: ignore[arg-type]


def person(phototype: Phototype | None = "III", **answers: str) -> Person:
    return Person(32, phototype, "cheek", dict(answers), {})  # type: ignore[arg-type]


def skin(phototype: Phototype = "III") -> Skin:
    def layer(name: str, thickness: float) -> Layer:
        return Layer(name, thickness, 0.7, 0.01, 0.01, 0.0, 1.4, 0.8)  # type: ignore[arg-type]

    pore = Pore(300 * um, 400 * um, plugged=False, gland_depth=900 * um, gland_diameter=300 * um)
    return Skin(phototype, "cheek", (layer("epidermis", 60 * um), layer("dermis", 1.4 * mm)), pore, rests_on=())


LASER = Laser(
    key="co2",
    name="Fractional CO2",
    wavelength=10600 * units.nm,
    kind="ablative",
    default={"energy_mj": 20, "density_pct": 10},
    limits={"energy_mj": (1, 100), "density_pct": (0, 100)},
    course=course_of("co2"),
)


def dial(energy_mj: float, density_pct: float) -> Setting:
    density = density_pct * units.percent / (np.pi * (60 * um) ** 2)
    return Setting(LASER, energy_mj * mJ, 120 * um, 1e-3, density=float(density))


def simulate(setting: Setting, on: Skin | None = None) -> Simulation:
    """A column whose depth is 20 um per mJ: no physics, but every stage's type filled consistently."""
    treated = on or skin()
    depth = 20 * um * setting.pulse_energy / mJ
    grid = Grid(np.linspace(0.0, 300 * um, 61), np.linspace(0.0, 1.4 * mm, 141))
    crater = Crater(grid, np.where(grid.r < 60 * um, depth, 0.0), 10 * um)
    harm = np.where((grid.r[None, :] < 100 * um) & (grid.z[:, None] < depth + 60 * um), 3.0, 0.0)
    hot = np.full(grid.shape, 310.0)
    energy = EnergyBalance(setting.pulse_energy, 0.0, 0.0, setting.pulse_energy, 0.0, 0.0)
    warming = Warming(grid, hot, hot, np.array([0.0]), np.array([310.0]), energy, ())
    deepest = depth + 60 * um
    reached = Extent(*(Spread(mid - 20 * um, mid, mid + 30 * um) for mid in (deepest, 200 * um)))
    injury = Injury(grid, harm, harm, reached, reached, ())
    recovery = healing.recover(treated, setting, crater, injury)
    return Simulation(Exposure(treated, setting, 306.0), crater, warming, injury, recovery, seed=0, version="0")


def verdict(outcome: str = "proceed", until: dt.date | None = None, limits: tuple[object, ...] = ()) -> Verdict:
    return Verdict(
        rule="made_up",
        outcome=outcome,  # type: ignore[arg-type]
        title="Made up",
        because="For a test.",
        clears="Nothing.",
        until=until,
        limits=limits,  # type: ignore[arg-type]
        source=source("assumed"),
        tier="house",
        confidence="assumed",
        effective=dt.date(2020, 1, 1),
    )

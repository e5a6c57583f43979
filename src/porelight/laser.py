"""Lasers and what the operator dials: one list, each laser with its physics, its kind for the rules and its course.

Not every laser of ``data/lasers.yaml`` can be followed into the skin: :attr:`Laser.lacks` names what is missing.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

from porelight import cite, units
from porelight.cite import Cited
from porelight.frozen import FrozenMap, frozen
from porelight.refusal import Refusal, check_choice, check_number

Profile = Literal["gaussian_1e2", "top_hat"]
"""``gaussian_1e2``: the spot diameter is where the irradiance has fallen to 1/e2. ``top_hat``: uniform disc."""

LaserClass = Literal["ablative", "full", "nonablative", "pulsed", "gland"]
"""How the rules see a laser. ``ablative``: fractional, opens the surface in columns. ``full``: takes off the whole
surface. ``nonablative``: fractional, the surface stays whole. ``pulsed``: picosecond or Q-switched. ``gland``: aimed at
sebaceous glands."""

# Bounds that catch a slip of the unit (micrometres for metres, millijoules for joules), not what a device can do: that
# is :attr:`Laser.limits`.
SHORTEST_WAVELENGTH: Final = 100 * units.nm
LONGEST_WAVELENGTH: Final = 100 * units.um
WIDEST_SPOT: Final = 100 * units.mm
MOST_PULSE_ENERGY: Final = 1000 * units.J
SHORTEST_PULSE: Final = 1e-6 * units.ns
LONGEST_PULSE: Final = 60 * units.s
MOST_PASSES: Final = 100
MOST_PULSES: Final = 10_000
DENSEST_PATTERN: Final = 1.0 / units.um2
HOTTEST_COOLING: Final = units.celsius(100.0)

_NOTHING_DIALLED: Final[FrozenMap[str, Any]] = FrozenMap({})


@frozen
class Absorption:
    """Light that water takes up within micrometres, so that Beer-Lambert follows it: rows at the laser's wavelength."""

    water: Cited
    """Absorption coefficient of tissue water [1/m]."""
    index: Cited
    """Refractive index of tissue water."""
    dried_share: Cited
    """Absorption of dried tissue as a share of that of wet tissue."""


@frozen
class Ablation:
    """How a laser takes tissue away, and what its beam meets in the hole."""

    heat_of_ablation: Cited
    """[J/m3]"""
    removal_temperature: Cited
    """Highest temperature of dried tissue before it is carried away [K]."""
    beam_quality: Cited
    """M2"""
    ejecta_albedo: Cited
    """Share of the light met by ejecta that they throw aside."""
    clouding: Cited | None = None
    """Share of the light that ejecta of earlier pulses and neighbouring columns take up; None where none is known."""
    clouding_wide: Cited | None = None
    """The same for a wide spot, which meets the ejecta of its own earlier pulses alone."""
    char_below: Cited | None = None
    """Irradiance below which char is left [W/m2]; None where charring and bursting are not known of the laser."""
    char_free: Cited | None = None
    """Irradiance above which the least char is left [W/m2]."""

    def __post_init__(self) -> None:
        if (self.char_below is None) != (self.char_free is None):
            raise Refusal(
                "char_below and char_free go together", where="ablation", advice="Give both irradiances, or neither"
            )


@frozen
class Course:
    """Rows that describe a course, and the settings that candidates are taken from."""

    laser: str
    anchor_spacing: Cited
    """Of the trial that says what a course of this laser does."""
    spacing: Cited
    spacing_dark: Cited
    """For phototypes IV to VI."""
    most_sessions: Cited
    """Of a trial of this laser and, where its forecast is borrowed, at most of the trial it borrows from."""
    energies_mj: tuple[float, ...]
    densities_pct: tuple[float, ...]
    lender: str | None = None
    """Laser whose trial stands in for want of one of its own."""
    tried: tuple[Cited, Cited] | None = None
    """Energy per column and density that a trial compared; None where no trial with this laser names its setting."""


@frozen
class Laser:
    """A kind of laser: its wavelength, its physics, what its devices can dial, its kind for the rules, its course.

    ``dataclasses.replace(find_laser("co2"), key="mine", ...)`` is a laser of one's own. What is left out is not known,
    and the stage that needs it says so.
    """

    key: str
    name: str
    wavelength: float
    """[m]"""
    kind: LaserClass
    default: Mapping[str, float] = _NOTHING_DIALLED
    """Outside name -> value of a typical setting, for what an operator leaves out."""
    limits: Mapping[str, tuple[float, float]] = _NOTHING_DIALLED
    """Outside name -> least and most that devices of this kind dial."""
    rests_on: tuple[Cited, ...] = ()
    """Rows of the typical setting and its limits."""
    profile: Profile = "gaussian_1e2"
    """Of the beam, where the operator does not say."""
    absorption: Absorption | None = dataclasses.field(default=None, metadata=cite.NOT_WALKED)
    ablation: Ablation | None = dataclasses.field(default=None, metadata=cite.NOT_WALKED)
    """None for a laser that removes no tissue, or of which it is not known."""
    repetition: Cited | None = dataclasses.field(default=None, metadata=cite.NOT_WALKED)
    """Typical repetition rate of the pulses on a column [1/s]."""
    spacing: Cited | None = dataclasses.field(default=None, metadata=cite.NOT_WALKED)
    """Time between two sessions by the rules [s]."""
    course: Course | None = dataclasses.field(default=None, metadata=cite.NOT_WALKED)
    """What trials of pores know of its courses; None where no such trial is known."""

    def __post_init__(self) -> None:
        where = f"laser {self.key!r}"
        if not (isinstance(self.key, str) and isinstance(self.name, str) and self.key and self.name):
            raise Refusal("it has no key or no name", where=where, advice="Give both as text")
        check_choice(self.kind, "kind", get_args(LaserClass), where=where)
        check_choice(self.profile, "profile", get_args(Profile), where=where)
        check_number(self.wavelength, "wavelength", SHORTEST_WAVELENGTH, LONGEST_WAVELENGTH, where=where, unit="m")
        for name, (low, high) in self.limits.items():
            check_number(low, f"least {name}", 0.0, where=where)
            check_number(high, f"most {name}", low, where=where)
        for name, value in self.default.items():
            low, high = self.limits.get(name, (0.0, math.inf))
            check_number(value, f"typical {name}", low, high, where=where)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is missing for the chain of light, heat, damage and healing to follow it; empty when nothing is."""
        needed = {
            "water absorption at its wavelength (absorption)": self.absorption,
            "how it removes tissue (ablation)": self.ablation,
        }
        return tuple(name for name, physics in needed.items() if physics is None)


@frozen
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

    def __post_init__(self) -> None:
        where = f"cooling {self.name!r}"
        check_number(self.transfer, "heat transfer", 0.0, where=where, unit="W/m2/K")
        check_number(self.temperature, "temperature", 0.0, HOTTEST_COOLING, where=where, unit="K")
        check_number(self.before, "time before the pulse", 0.0, where=where, unit="s")
        check_number(self.delay, "delay", 0.0, where=where, unit="s")


@frozen
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
        if not isinstance(self.laser, Laser):
            raise Refusal(f"{self.laser!r} is not a Laser", where="laser", advice="Use porelight.laser.find_laser(key)")
        check_choice(self.profile, "profile", get_args(Profile), where="setting")
        # Light cannot be focused to less than its wavelength.
        narrowest = self.laser.wavelength
        for value, name, low, high, unit in (
            (self.pulse_energy, "pulse energy", 0.0, MOST_PULSE_ENERGY, "J"),
            (self.spot_diameter, "spot diameter", narrowest, WIDEST_SPOT, "m"),
            (self.pulse_duration, "pulse duration", SHORTEST_PULSE, LONGEST_PULSE, "s"),
            (self.density, "density", 0.0, DENSEST_PATTERN, "1/m2"),
            (self.repetition_interval, "repetition interval", 0.0, math.inf, "s"),
        ):
            check_number(value, name, low, high, where="setting", unit=unit)
        check_number(self.passes, "number of passes", 1, MOST_PASSES, where="setting", whole=True)
        check_number(self.pulses_per_column, "pulses per column", 1, MOST_PULSES, where="setting", whole=True)

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
def load_lasers() -> Mapping[str, Laser]:
    """Every laser of ``data/lasers.yaml`` by key."""
    return FrozenMap({row["key"]: _read_laser(row) for row in cite.rows("lasers")["lasers"]})


def followed_lasers() -> tuple[str, ...]:
    """Keys of the lasers that the chain can follow into the skin."""
    return tuple(key for key, device in load_lasers().items() if not device.lacks)


def find_laser(key: str) -> Laser:
    """The laser of that key.

    Raises:
        Refusal: no such laser; names those there are.
    """
    try:
        return load_lasers()[key]
    except (KeyError, TypeError):
        raise Refusal(
            f"laser {key!r} is not known", where="laser", advice=f"Use one of {', '.join(load_lasers())}"
        ) from None


def physics_of(device: Laser) -> tuple[Absorption, Ablation]:
    """What the chain of light and heat needs of a laser.

    Raises:
        Refusal: the laser lacks it; says what.
    """
    if device.absorption is None or device.ablation is None:
        raise Refusal(
            f"{device.name} cannot be followed into the skin: it lacks {' and '.join(device.lacks)}",
            where="laser",
            advice=f"Give it those rows, or use one of {', '.join(followed_lasers())}",
        )
    return device.absorption, device.ablation


def _read_laser(row: Mapping[str, Any]) -> Laser:
    table, water, days = cite.table("lasers"), cite.table("infrared"), cite.table("rules/days")
    absorption, ablation, course = row.get("absorption"), row.get("ablation"), row.get("course")
    return Laser(
        key=row["key"],
        name=row["name"],
        wavelength=row["wavelength_nm"] * units.nm,
        kind=row["kind"],
        default=row.get("default", {}),
        limits={name: (float(low), float(high)) for name, (low, high) in row.get("limits", {}).items()},
        rests_on=tuple(table[key] for key in row.get("rests_on", ())),
        profile=row.get("profile", "gaussian_1e2"),
        absorption=Absorption(**{role: water[key] for role, key in absorption.items()}) if absorption else None,
        ablation=Ablation(**{role: table[key] for role, key in ablation.items()}) if ablation else None,
        repetition=table[row["repetition"]] if "repetition" in row else None,
        spacing=days[row["spacing"]],
        course=_read_course(row["key"], course) if course else None,
    )


def _read_course(key: str, row: Mapping[str, Any]) -> Course:
    planning = cite.table("planning")
    rows = {each["key"]: each for each in cite.rows("lasers")["lasers"]}
    # A borrowed forecast holds for no more sessions than the trial it borrows from had.
    lender = rows[row.get("borrows", key)]["course"]
    most = (planning[lender["most_sessions"]], planning[row["most_sessions"]])
    return Course(
        laser=key,
        anchor_spacing=planning[row["anchor_spacing"]],
        spacing=planning[row["spacing"]],
        spacing_dark=planning[row["spacing_dark"]],
        most_sessions=min(most, key=lambda each: each.value),
        energies_mj=tuple(float(value) for value in row["energy_mj"]),
        densities_pct=tuple(float(value) for value in row["density_pct"]),
        lender=row.get("borrows"),
        tried=(planning[row["tried"][0]], planning[row["tried"][1]]) if "tried" in row else None,
    )

"""The dial table: everything an operator may set, each dial once.

A field of :class:`Scenario` is a dial: its outside name, its type and its :class:`Dial`, which says what help shows,
which values cannot be and why, which field of the :class:`~porelight.laser.Setting` it fills, and how results show it.
Options of the command line, names of a scenario file, keys of the JSON and rows of the report are made from it, so a
new dial is one field here, and the field of the setting that carries it into the physics.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from annotated_types import Interval

from porelight.refusal import Refusal
from porelight.units import mJ, percent, to_celsius, um, us

if TYPE_CHECKING:
    # The command line reads this table for its help, which loads neither numpy nor the stages.
    from porelight.fields import Exposure
    from porelight.laser import Setting

CoolingKind = Literal["none", "air", "contact", "cryogen"]


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """How a report shows a dial; dials of one label share a row."""

    label: str
    text: str = "{}"
    """Such as ``{} mJ``."""
    words: tuple[tuple[str, str], ...] = ()
    """For a dial of words: what is shown for each."""
    digits: int | None = 2
    """Significant digits; None rounds to a whole number."""
    above: float = -math.inf
    """Shown only above this."""
    joined_by: str = ", "


@dataclasses.dataclass(frozen=True, slots=True)
class Dial:
    """What is known of one dial beside its name and type."""

    help: str
    """For the options."""
    fills: str = ""
    """Field of the setting; empty where more than one dial makes it."""
    unit: float = 1.0
    """Of the outside value, in SI."""
    limits: tuple[float, float] | None = None
    """Least and most; those of the laser where there are none."""
    low_why: str = "it is below what can be"
    high_why: str = ""
    """Why a value below the least, or above the most, cannot be."""
    whole: bool = False
    positive: bool = False
    """Whether 0 is refused even where it is the least."""
    laser_key: str = ""
    """Its name among the laser's defaults and limits, where that is another."""
    of_setting: Callable[[Setting], object] | None = None
    """Reads it back from a setting, under its outside name; made from ``fills`` and ``unit`` where it is left out."""
    of_exposure: Callable[[Exposure], object] | None = None
    """Reads it back from what was simulated, where a setting does not hold it."""
    in_numbers: bool = True
    """Whether the JSON of a simulation has it beside the inputs."""
    rows: tuple[Row, ...] = ()


def _cover_pct(setting: Setting) -> float:
    """Share of the surface under the spots of one pass."""
    return setting.density * math.pi * (setting.spot_diameter / 2.0) ** 2 / percent


def _repetition_hz(setting: Setting) -> float | None:
    return 1.0 / setting.repetition_interval if setting.repetition_interval else None


def dial_field(default: Any, dial: Dial) -> Any:
    """A field of the table."""
    return dataclasses.field(default=default, metadata={"dial": dial})


@dataclasses.dataclass(frozen=True, slots=True)
class Scenario:
    """What SCENARIO.yaml and the options of ``simulate`` may say; what is left out takes the laser's default value."""

    laser: str = dial_field("co2", Dial("The laser: co2 or eryag.", of_setting=lambda setting: setting.laser.key))
    energy_mj: float | None = dial_field(
        None,
        Dial(
            "Energy of one pulse in mJ.",
            fills="pulse_energy",
            unit=mJ,
            low_why="energy cannot be negative",
            high_why="so much energy goes through the skin of a face",
            rows=(Row("Energy of a pulse", "{} mJ"),),
        ),
    )
    spot_um: float | None = dial_field(
        None,
        Dial(
            "Spot diameter in um; see --profile.",
            fills="spot_diameter",
            unit=um,
            positive=True,
            low_why="light of this wavelength cannot be focused to less",
            high_why="no handpiece has so wide a spot",
            rows=(Row("Spot", "{} µm", digits=None),),
        ),
    )
    profile: Literal["gaussian_1e2", "top_hat"] | None = dial_field(
        None,
        Dial(
            "gaussian_1e2 (diameter at 1/e2) or top_hat (uniform disc).",
            of_setting=lambda setting: setting.profile,
            rows=(Row("Spot", words=(("gaussian_1e2", "at 1/e²"), ("top_hat", "even disc")), joined_by=" "),),
        ),
    )
    pulse_us: float | None = dial_field(
        None,
        Dial(
            "Pulse duration in us.",
            of_setting=lambda setting: setting.pulse_duration / us,
            positive=True,
            low_why="no such device switches so fast",
            high_why="a longer pulse is a burn by conduction and outlasts the time that is followed",
            rows=(Row("Pulse", "{} µs", digits=3),),
        ),
    )
    power_w: float | None = dial_field(
        None,
        Dial(
            "Power in W, instead of --pulse-us.",
            of_setting=lambda setting: setting.peak_power,
            positive=True,
            low_why="a pulse needs power",
            high_why="no such device has that power, and skin is gone before such a pulse ends",
            rows=(Row("Pulse", "{} W"),),
        ),
    )
    pulse_shape: str = dial_field(
        "square",
        Dial(
            "square, superpulse, or a CSV file of time_us,power_w lines.", of_exposure=lambda exposure: exposure.pulse
        ),
    )
    spikes: int | None = dial_field(None, Dial("Spikes of a superpulse."))
    duty_pct: float | None = dial_field(None, Dial("Share of the time a superpulse is on, %."))
    stack: int | None = dial_field(
        None,
        Dial(
            "Pulses on the same column.",
            fills="pulses_per_column",
            laser_key="pulses_per_column",
            whole=True,
            low_why="a column takes at least one pulse",
            high_why="skin is gone before so many pulses",
            rows=(Row("Energy of a pulse", "{} on each column", digits=None, above=1),),
        ),
    )
    repetition_hz: float | None = dial_field(
        None,
        Dial(
            "Pulses per second of a stack.",
            of_setting=_repetition_hz,
            positive=True,
            low_why="pulses follow one another sooner than that",
            high_why="no such device fires so fast",
        ),
    )
    density_pct: float | None = dial_field(
        None,
        Dial(
            "Share of the surface covered, %.",
            of_setting=_cover_pct,
            in_numbers=False,
            low_why="it is a share of the surface",
            high_why="it is a share of the surface",
            rows=(Row("Density", "{} %"),),
        ),
    )
    passes: int | None = dial_field(
        None,
        Dial(
            "Passes over the skin.",
            fills="passes",
            whole=True,
            low_why="the skin is passed over at least once",
            high_why="skin is gone before so many passes",
            rows=(Row("Passes", digits=None),),
        ),
    )
    cooling: CoolingKind = dial_field("none", Dial("none, air, contact (a plate) or cryogen."))
    cooling_temperature_c: float | None = dial_field(
        None,
        Dial(
            "Temperature of air, plate or cryogen.",
            limits=(-60.0, 40.0),
            high_why="colder freezes the skin at once, warmer does not cool it",
        ),
    )
    cooling_w_m2_k: float | None = dial_field(
        None,
        Dial(
            "Heat transfer of air, plate or cryogen.",
            limits=(0.0, 100000.0),
            positive=True,
            high_why="nothing that touches skin takes up heat faster than boiling cryogen and wet metal",
        ),
    )
    precooling_ms: float | None = dial_field(
        None,
        Dial(
            "Time the plate lies on before the first pulse.",
            limits=(0.0, 2000.0),
            high_why="by then the cold is deeper than the skin that is followed",
        ),
    )
    spray_ms: float | None = dial_field(
        None, Dial("Duration of the spurt of cryogen.", limits=(1.0, 500.0), high_why="a longer spurt freezes the skin")
    )
    spray_delay_ms: float | None = dial_field(
        None,
        Dial(
            "From the end of the spurt to the first pulse.",
            limits=(0.0, 500.0),
            high_why="by then the skin is warm again",
        ),
    )
    surface: Literal["dry", "wet"] = dial_field(
        "dry",
        Dial("dry, or wet: water evaporates from it into still air.", of_exposure=lambda exposure: exposure.surface),
    )
    tissue_temperature_c: float = dial_field(
        35.0,
        Dial(
            "Starting temperature of the skin, -80 to 45.",
            of_exposure=lambda exposure: to_celsius(exposure.temperature),
        ),
    )
    water: Annotated[float, Interval(ge=0.05, le=0.95)] | None = dial_field(
        None, Dial("Water share of the dermis by volume, 0 to 1.")
    )
    phototype: Literal["I", "II", "III", "IV", "V", "VI"] = dial_field("III", Dial("Fitzpatrick phototype, I to VI."))
    site: Literal["forehead", "nose", "cheek", "chin", "temple"] = dial_field(
        "cheek", Dial("forehead, nose, cheek, chin or temple.")
    )
    without: str | tuple[str, ...] = dial_field(
        (),
        Dial(
            "Mechanisms to switch off, for study, such as mixing,perfusion; a wrong name lists them all.",
            of_exposure=lambda exposure: list(exposure.without),
        ),
    )


COOLING_DIALS: Final = ("cooling_temperature_c", "cooling_w_m2_k", "precooling_ms", "spray_ms", "spray_delay_ms")


def dials_of(table: type[Scenario] = Scenario) -> dict[str, Dial]:
    """Every dial by its outside name, in the order of the table."""
    return {field.name: field.metadata["dial"] for field in dataclasses.fields(table)}


def outside_type(table: type[Scenario], name: str) -> type[float] | type[int] | type[str]:
    """The type of an option; one of several words is text there, and is checked with the scenario."""
    annotation = str(next(field.type for field in dataclasses.fields(table) if field.name == name))
    return float if "float" in annotation else int if annotation.startswith("int") else str


def setting_dials(table: type[Scenario] = Scenario) -> dict[str, Dial]:
    """The dials that a setting is made from: those that it can be read back from, the laser apart."""
    return {name: dial for name, dial in dials_of(table).items() if name != "laser" and reader_of(dial) is not None}


def reader_of(dial: Dial) -> Callable[[Setting], object] | None:
    """What reads a dial back from a setting; None for what a setting does not hold."""
    if dial.of_setting is not None or not dial.fills:
        return dial.of_setting

    def read(setting: Setting) -> object:
        value = getattr(setting, dial.fills)
        return value if dial.whole else value / dial.unit

    return read


def check_dialled(value: float, name: str, dial: Dial, limits: tuple[float, float], takes: str) -> float:
    """The value, if it can be dialled.

    Args:
        value: in the outside unit.
        name: outside name.
        dial: what is known of it.
        limits: least and most.
        takes: what is taken instead, as advice.

    Raises:
        Refusal: it is no number, broken where it must be whole, or outside the limits, with the physical reason.
    """
    low, high = limits
    if dial.whole and math.isfinite(value) and value != round(value):
        raise Refusal(f"{value:g} is not a whole number", where=name, advice="Count in whole numbers")
    if not low <= value <= high or (dial.positive and value <= 0.0):
        reason = (dial.high_why if value > high else dial.low_why) if math.isfinite(value) else "it is not a number"
        raise Refusal(f"{value:g} cannot be: {reason}", where=name, advice=takes)
    return value


def read_inputs(exposure: Exposure, table: type[Scenario] = Scenario) -> dict[str, Any]:
    """What was dialled, under the outside names, as the JSON of a simulation has it."""
    values: dict[str, Any] = {}
    for name, dial in dials_of(table).items():
        reader = reader_of(dial)
        if dial.in_numbers and reader is not None:
            values[name] = reader(exposure.setting)
        if dial.in_numbers and dial.of_exposure is not None:
            values[name] = dial.of_exposure(exposure)
    return values

"""What stands where in the arrays that the compiled loops of the heat read: columns and rows by name.

Numba takes a module's integers as constants, so a name costs nothing. Temperatures at which the tables' laws bend or
hold stand here too, because both the loops and the tissue need them.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from porelight.arrays import Floats
from porelight.units import ICE_POINT, celsius

FREEZING_POINT: Final = ICE_POINT
BOILING_POINT: Final = celsius(100.0)
"""Where the enthalpy curve of :mod:`porelight.heat.tissue` bends [K]; a test holds it to that of the tables."""
CONDUCTIVITY_POINT: Final = celsius(37.0)
"""Temperature at which the tables give the conductivity [K]."""

# Columns of Tissue.rows, one row per row of the grid (or kind of material).
FROZEN: Final = 0
"""Heat capacity of ice and what it is in [J/m3/K]."""
FUSION: Final = 1
"""Enthalpy of thawing [J/m3]."""
WET: Final = 2
"""Heat capacity with all its water [J/m3/K]."""
BOILING: Final = 3
"""Enthalpy at which water begins to boil [J/m3]."""
LATENT: Final = 4
"""Enthalpy that takes to boil it all away [J/m3]."""
DRY: Final = 5
"""Heat capacity without water [J/m3/K]."""
CONDUCTIVITY: Final = 6
"""At :data:`CONDUCTIVITY_POINT` [W/m/K]."""
REMOVAL: Final = 7
"""Enthalpy at which it leaves [J/m3]."""
TISSUE_COLUMNS: Final = 8

# Tissue.law: how conductivity follows temperature, ice and dryness, and what blood carries off.
SLOPE: Final = 0
"""Relative rise of the conductivity [1/K]."""
ICE_GAIN: Final = 1
"""Relative rise when all freezable water is ice."""
DRY_LOSS: Final = 2
"""Relative fall when all water has boiled away."""
PERFUSION_HEAT: Final = 3
"""Heat that blood carries off [W/m3/K]."""

# Rows of Tissue.leaving, by row of the grid.
CHARS_BELOW: Final = 0
"""Absorbed power density below which tissue chars to the full [W/m3]."""
CHARS_NOT_ABOVE: Final = 1
"""Absorbed power density above which it does not char [W/m3]."""
CHAR_COST: Final = 2
"""What char takes up before it leaves, beyond the typical removal [J/m3]."""
BURSTS_ABOVE: Final = 3
"""Absorbed power density above which an intact surface bursts [W/m3]."""
BURST_ENTHALPY: Final = 4
"""Enthalpy at which it does [J/m3]."""
TORN_ENTHALPY: Final = 5
"""Enthalpy of the deepest tissue that leaves with it [J/m3]."""

# Rows of Geometry.rings.
RING_WIDTH: Final = 0
"""[m]"""
INNER_EDGE: Final = 1
"""[m]"""
PER_MOMENT: Final = 2
"""1 / (r dr) [1/m2]: turns flow times radius into a rate of enthalpy."""
RING_AREA: Final = 3
"""[m2]"""

# What the surface meets: see porelight.heat.surface.
TRANSFER: Final = 0
"""Heat transfer [W/m2/K] ..."""
OUTSIDE: Final = 1
"""... to this temperature [K]."""
BODY: Final = 2
"""Resting temperature of blood [K]."""
REACHES_FLOOR: Final = 3
"""1 if what touches the skin reaches the floor of a crater."""
VAPOUR: Final = 4
"""Heat of vapour per heat of air [K m3/kg]; 0 on dry skin."""
DAMP: Final = 5
"""Vapour outside [kg/m3]."""
AIR_CONDUCTIVITY: Final = 6
"""[W/m/K]; 0 where nothing diffuses."""
DISC_REACH: Final = 7
"""pi a / 4 of the warm spot [m]."""
START_TEMPERATURE: Final = 8
"""Temperature at the start [K]."""
DAMP_START: Final = 9
"""Vapour over skin at the start [kg/m3]."""
MAGNUS: Final = 10
"""First of the four numbers of Magnus' formula: density times kelvin, factor, shift, and 0 C [K]."""
SURFACE_FIELDS: Final = MAGNUS + 4

# What a cooling step reports.
WORST_ERROR: Final = 0
"""[K]"""
GREATEST_CHANGE: Final = 1
"""[K]"""
HEAT_OUT: Final = 2
"""[J]"""
POWER_OUT: Final = 3
"""At the end of the step [W]."""
STEP_REPORTS: Final = 4

# What removal adds up.
EJECTED_HEAT: Final = 0
"""Above liquid water at 0 C [J]."""
EJECTED_CELLS: Final = 1

# Columns of Harm.ranges, one row per range of temperature.
HOLDS_ABOVE: Final = 0
"""[K]"""
LOG_A: Final = 1
ACTIVATION: Final = 2
"""E / R [K]"""


class Geometry(NamedTuple):
    """Heights of the rows (nz,) [m], and rings (4, nr) by the names above."""

    heights: Floats
    rings: Floats


class Material(NamedTuple):
    """Rows, law and leaving of a tissue, as the loops read them."""

    rows: Floats
    law: Floats
    leaving: Floats


class Field(NamedTuple):
    """The state of every cell (nz, nr), written in place.

    ``temperature`` and ``conductivity`` follow from ``enthalpy``; ``solid`` is 1 where there is tissue; ``peak`` is the
    highest temperature so far.
    """

    enthalpy: Floats
    temperature: Floats
    conductivity: Floats
    solid: Floats
    peak: Floats


class Stages(NamedTuple):
    """Work of a super-step (nz, nr): the rate at its start; the last two stages; the rate of a stage."""

    first_rate: Floats
    newest: Floats
    before: Floats
    rate: Floats


class Window(NamedTuple):
    """The warm part of the arrays: so many rows and rings from the axis at the surface."""

    rows: Any
    rings: Any


class Runs(NamedTuple):
    """Runs of equal material along x: where each row's (nz, ny) begin, and the end and the kind of every run."""

    first: NDArray[np.int64]
    ends: NDArray[np.int64]
    kinds: NDArray[np.int64]


class Cells(NamedTuple):
    """Rows of material by kind, and the law of their conductivity: by the names above."""

    table: Floats
    law: Floats


class Sizes(NamedTuple):
    """Cell sizes along x, y and z [m]."""

    dx: Floats
    dy: Floats
    dz: Floats

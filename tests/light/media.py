"""Media of the published problems, and how far two numbers are apart in standard errors."""

from __future__ import annotations

import math

from porelight.light.monte_carlo import Estimate, Layered, Material, Slab
from porelight.units import cm, per_cm


def material(name: str, absorption: float, scattering: float, g: float, n: float) -> Material:
    """Coefficients in 1/cm, as the publications print them."""
    return Material(name, absorption * per_cm, scattering * per_cm, g, n)


def stack(*slabs: tuple[Material, float], above: float = 1.0, below: float = 1.0) -> Layered:
    """Slabs with thicknesses in cm."""
    return Layered(tuple(Slab(of, thickness * cm) for of, thickness in slabs), above, below)


VAN_DE_HULST = stack((material("slab", 10, 90, 0.75, 1.0), 0.02))
GIOVANELLI = stack((material("half-space", 10, 90, 0.0, 1.5), math.inf))
DEEP = stack((material("half-space", 1, 100, 0.9, 1.37), math.inf))
DEEP_MATCHED = stack((material("half-space", 1, 100, 0.9, 1.0), math.inf))
THREE_LAYERS = stack(
    (material("first", 1, 100, 0.9, 1.37), 0.1),
    (material("second", 1, 10, 0.0, 1.37), 0.1),
    (material("third", 2, 10, 0.7, 1.37), 0.2),
)


def apart(found: Estimate, expected: float, uncertainty: float = 0.0) -> float:
    """|found - expected| in combined standard errors of both."""
    return abs(found.value - expected) / math.hypot(found.standard_error, uncertainty)

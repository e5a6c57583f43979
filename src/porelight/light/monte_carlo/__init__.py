"""Photon transport by Monte Carlo, for light that scatters (532 to 2100 nm): skin in layers, with pores or without."""

from porelight.light.monte_carlo.beams import Beam, gaussian_1e2, pencil, square_pattern, top_hat
from porelight.light.monte_carlo.medium import Heterogeneous, Layered, Material, Medium, Slab, Volume
from porelight.light.monte_carlo.results import Derivatives, Estimate, Field, Transport, make_deposit
from porelight.light.monte_carlo.run import transport
from porelight.light.monte_carlo.shapes import Brick, Cone, Ellipsoid, cylinder, sphere
from porelight.light.monte_carlo.tallies import Box

__all__ = [
    "transport",
    "Transport",
    "make_deposit",
    "Estimate",
    "Field",
    "Derivatives",
    "Material",
    "Slab",
    "Layered",
    "Volume",
    "Heterogeneous",
    "Medium",
    "Ellipsoid",
    "Cone",
    "Brick",
    "sphere",
    "cylinder",
    "Box",
    "Beam",
    "pencil",
    "gaussian_1e2",
    "top_hat",
    "square_pattern",
]

"""What a transport run found: every number with its standard error, and everything that made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from porelight import cite
from porelight.arrays import Floats
from porelight.fields import Deposit, Grid
from porelight.frozen import frozen
from porelight.light.monte_carlo.beams import Beam
from porelight.light.monte_carlo.medium import Medium
from porelight.light.monte_carlo.tallies import Box
from porelight.refusal import Refusal

if TYPE_CHECKING:
    import xarray as xr


@frozen
class Estimate:
    """A share of the incident energy, and its standard error."""

    value: float
    standard_error: float

    @property
    def relative_error(self) -> float:
        """Standard error as a share of the value; infinite when nothing was scored."""
        return self.standard_error / self.value if self.value > 0.0 else float("inf")


@frozen
class Field:
    """Values on cells or bins, and their standard errors."""

    value: Floats
    standard_error: Floats


@frozen
class Derivatives:
    """How shares of the energy change with the coefficients, scored along the same paths.

    Rows are ``quantities``: reflectance, transmittance, then the absorbed fraction of each material. Columns are
    ``materials``. The derivative by mu_s of a material without scattering is not scored and reads 0.
    """

    quantities: tuple[str, ...]
    materials: tuple[str, ...]
    by_absorption: Field
    """[m]: per 1/m of mu_a"""
    by_scattering: Field
    """[m]: per 1/m of mu_s"""


@frozen
class Transport:
    """Where the light of one beam went, per incident joule."""

    medium: Medium
    beam: Beam
    grid: Grid | Box | None
    photons: int
    seed: int
    version: str
    specular: Estimate
    """Sent back without one scattering: at the surface, and from deeper clear layers."""
    diffuse: Estimate
    """Sent back after scattering."""
    unscattered: Estimate
    """Through the bottom without one scattering."""
    transmitted: Estimate
    """Through the bottom after scattering."""
    absorbed: Mapping[str, Estimate]
    """Per material, by name: what collisions took, which closes the energy balance."""
    absorbed_by_path: Mapping[str, Estimate]
    """The same from the paths, mu_a times weight times path: less noisy in small bodies, where collisions are few."""
    roulette: float
    """Weight that roulette added on balance: zero on average, and part of the exact energy balance."""
    lost: float
    """Share carried by photons that were given up after too many steps."""
    steps: float
    """Collisions and surfaces met per photon."""
    density: Field | None
    """Absorbed energy density [1/m3] on the cells of the grid."""
    fluence: Field | None
    """Fluence [1/m2] on the cells of the grid."""
    radial: tuple[Field, Field] | None
    """Diffuse reflectance and diffuse transmittance per area [1/m2] of each ring of the grid."""
    angular: tuple[Field, Field]
    """Diffuse reflectance and transmittance [1/sr] in equal bins of exit angle from 0 to 90 degrees."""
    derivatives: Derivatives | None

    @property
    def reflectance(self) -> Estimate:
        """All light sent back. The error adds in quadrature, which is on the safe side: the two exclude each other."""
        return _add_estimates(self.specular, self.diffuse)

    @property
    def transmittance(self) -> Estimate:
        """All light through the bottom."""
        return _add_estimates(self.unscattered, self.transmitted)

    @property
    def balance(self) -> float:
        """Energy out less energy in, per joule: zero but for rounding."""
        absorbed = sum(estimate.value for estimate in self.absorbed.values())
        out = self.specular.value + self.diffuse.value + self.unscattered.value + self.transmitted.value
        return out + absorbed + self.lost - self.roulette - 1.0

    def to_xarray(self) -> xr.Dataset:
        """Every field with its standard error and its axes, for those who compute on."""
        from porelight.light.monte_carlo.dataset import make_dataset

        return make_dataset(self)


def make_deposit(transport: Transport) -> Deposit:
    """What heat takes: see :class:`porelight.fields.Deposit`.

    Raises:
        Refusal: the run had no axisymmetric grid.
    """
    if not isinstance(transport.grid, Grid) or transport.density is None:
        raise Refusal(
            "no axisymmetric grid was scored",
            where="light transport",
            advice="Give transport() a porelight.fields.Grid",
        )
    return Deposit(
        grid=transport.grid,
        density=transport.density.value,
        standard_error=transport.density.standard_error,
        reflected=transport.reflectance.value,
        transmitted=transport.transmittance.value,
        rests_on=cite.used(transport.medium),
    )


def _add_estimates(a: Estimate, b: Estimate) -> Estimate:
    return Estimate(a.value + b.value, float(np.hypot(a.standard_error, b.standard_error)))

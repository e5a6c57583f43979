"""Light that scatters on its way through skin, as the heat asks for it: followed once, by Monte Carlo."""

from __future__ import annotations

from porelight.fields import Deposit, Grid
from porelight.laser import Setting
from porelight.light import monte_carlo, optics
from porelight.light.optics import Window
from porelight.skin import Skin


def make_monte_carlo_deposit(
    setting: Setting, skin: Skin, grid: Grid, *, photons: int, seed: int, window: Window = "air"
) -> Deposit:
    """Where the light of ``setting`` is absorbed in the layers of ``skin``, around the axis of the beam.

    Args:
        setting: gives wavelength, spot and profile.
        skin: its layers; a pore has no place on rings around a beam, see :func:`porelight.light.section.one_joule`.
        grid: cells; wider than the beam.
        photons: how many to follow.
        seed: of the random numbers.
        window: what lies on the skin.

    Validity: 532 to 2100 nm where the tables of :mod:`porelight.light.optics` cover the wavelength.

    Raises:
        Refusal: the wavelength is outside a table, or the beam outside the grid.
    """
    make_beam = monte_carlo.gaussian_1e2 if setting.profile == "gaussian_1e2" else monte_carlo.top_hat
    medium = optics.skin_layers(skin, setting.laser.wavelength, window)
    beam = make_beam(0.5 * setting.spot_diameter)
    return monte_carlo.make_deposit(monte_carlo.transport(medium, beam, photons=photons, grid=grid, seed=seed))

"""Skin + Setting -> where the light is absorbed. This is the door; heat takes what it makes as its ``absorb``.

Two makers, by what the light does in skin:

    make_beer_lambert_beam     water takes it up within micrometres (2.94 and 10.6 um), on a surface that recedes
    make_monte_carlo_deposit   it scatters (532 to 2100 nm), in skin that stays as it is

:func:`porelight.simulation.chain.simulate` asks for the first; of lasers whose light scatters it says what they lack.
"""

from porelight.light.beer_lambert import clouding_density, make_beer_lambert_beam
from porelight.light.scattered import make_monte_carlo_deposit

__all__ = ["clouding_density", "make_beer_lambert_beam", "make_monte_carlo_deposit"]

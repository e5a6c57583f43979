"""What a shrinkage of every pore does to the number of enlarged ones, by this person's sizes or a typical face's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr

from porelight import cite
from porelight.arrays import Floats
from porelight.forecasting import latent
from porelight.forecasting.particles import Particles
from porelight.photo.census import PoreCensus

LEAST_KERNEL_WIDTH = 0.01
"""Least width of the kernel on the logarithm of diameter, where all pores are alike. The errors of the diameters do not
widen it: the measured sizes are spread by them already."""
LEAST_COUNT = 0.5
"""A photo that counts none stands for less than one pore, never for all gone."""

LogShare = Callable[[Floats], Floats]
"""x -> log of the share of this person's pores whose log diameter is more than x above that of the threshold."""


def has_enough_pores(census: PoreCensus) -> bool:
    """Whether the sizes in the photo say how many pores a shrinkage moves below the threshold."""
    fewest = cite.table("planning")["fewest_pores"].value
    return bool(census.enlarged_count) and census.pore_count >= fewest


def own_share(census: PoreCensus) -> LogShare | None:
    """By a Gaussian kernel on the logarithm of the diameters; None without a scale or with too few pores."""
    if not has_enough_pores(census) or census.diameter_um is None:
        return None
    logs = np.log(census.diameter_um / census.enlarged_from.value)
    spread = min(float(np.std(logs)), float(np.subtract(*np.percentile(logs, [75, 25]))) / 1.349) or float(np.std(logs))
    width = max(0.9 * spread * logs.size**-0.2, LEAST_KERNEL_WIDTH)
    places = np.linspace(-4.0, 8.0, 601)
    share = np.array([ndtr((logs - place) / width).mean() for place in places])
    table = np.log(np.maximum(share, 1e-12))
    return lambda above: np.interp(above, places, table)


def count_ratio(
    census: PoreCensus, particles: Particles, share: LogShare | None, kappa: Floats, scale_off: float = 0.0
) -> Floats:
    """Ratio (n,) of the numbers of enlarged pores that two photos would count.

    Args:
        census: the pores now.
        particles: the persons.
        share: of this person's sizes; None takes log-normal ones of a typical face.
        kappa: log shrinkage (n,).
        scale_off: by how much the scale of the photo is off, as a logarithm.
    """
    if share is None:
        logs = latent.log_count(kappa, particles.threshold, particles.shared.size_spread)
    else:
        # With a scale that is too large, pores were called enlarged that lie below the threshold.
        off = particles.scale + scale_off
        logs = share(kappa + off) - share(off)
    pores = census.enlarged_count or cite.table("planning")["fewest_pores"].value
    chance = particles.chance * np.sqrt(np.exp(logs) * np.abs(np.expm1(logs)) / pores)
    return np.asarray(np.maximum(np.exp(logs) * (1.0 + particles.photo_count) + chance, LEAST_COUNT / pores))

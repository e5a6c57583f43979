"""Random slabs against adding-doubling (iadpython), an independent method: the differences look like pure chance."""

from __future__ import annotations

import math
import warnings

import iadpython
import numpy as np
import pytest

from porelight.light import monte_carlo
from porelight.light.monte_carlo import Material, Slab, pencil

SLABS = 200
PHOTONS = 20_000
FEW = 10


def exact(albedo: float, depth: float, g: float, n: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Total R and T with 24 points, and the change from 16: their uncertainty."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fine, coarse = (
            np.array(iadpython.Sample(a=albedo, b=depth, g=g, d=1, n=n, quad_pts=points).rt()[:2])
            for points in (24, 16)
        )
    spread = np.abs(fine - coarse)
    return (float(fine[0]), float(fine[1])), (float(spread[0]), float(spread[1]))


def compare(albedo: float, depth: float, g: float, n: float, seed: int) -> list[float]:
    """Scores of R and T: the difference by its standard error.

    Left out where fewer than ten photons would arrive: their count is no normal number then, and so faint a T is below
    what the quadrature resolves (it has been seen under the light that never scatters).
    """
    exactly, spreads = exact(albedo, depth, g, n)
    slab = Material("slab", 1e3 * (1 - albedo), 1e3 * albedo, g, n)
    medium = monte_carlo.Layered((Slab(slab, depth / 1e3),))
    found = monte_carlo.transport(medium, pencil(), photons=PHOTONS, seed=seed)
    scores = []
    for estimate, value, spread in zip((found.reflectance, found.transmittance), exactly, spreads, strict=True):
        if value * PHOTONS >= FEW:
            # 1e-5 for what two quadratures agree on, and a hundredth of a Poisson error.
            least = math.sqrt(value / PHOTONS) * 1e-2 + 1e-5
            scores.append((estimate.value - value) / math.sqrt(estimate.standard_error**2 + spread**2 + least**2))
    return scores


def slabs() -> list[tuple[float, float, float, float]]:
    """Albedo, optical depth, anisotropy and index, drawn once and for all."""
    rng = np.random.default_rng(20261123)
    low, high = (0.1, 0.05, 0.0), (0.999, 20.0, 0.9)
    return [(*rng.uniform(low, high), rng.choice([1.0, 1.33, 1.4, 1.5])) for _ in range(SLABS)]


@pytest.mark.slow
def test_random_slabs_agree_with_adding_doubling_as_chance_would_have_it() -> None:
    scores = np.concatenate([compare(*slab, seed=number) for number, slab in enumerate(slabs())])
    assert scores.size > 1.5 * SLABS
    assert np.abs(scores).max() < 5.0
    # Up to 400 scores: the mean within 4 / sqrt 400, the spread within 4 / sqrt 800 of one and, for the uncertainty
    # that was added, further below it; beyond 2.576 lies 1 %, with 3 % the bound.
    assert abs(scores.mean()) < 0.2
    assert 0.7 < scores.std() < 1.15
    assert float((np.abs(scores) > 2.576).mean()) < 0.03

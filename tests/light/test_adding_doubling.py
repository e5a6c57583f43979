"""Random slabs against adding-doubling (iadpython), an independent method: the differences look like pure chance."""

from __future__ import annotations

import math
import warnings

import iadpython
import numpy as np
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from porelight.light import monte_carlo
from porelight.light.monte_carlo import Material, Slab, pencil

SCORES: list[float] = []
SLABS = 200


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


@seed(20261123)
@settings(max_examples=SLABS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    albedo=st.floats(0.1, 0.999),
    depth=st.floats(0.05, 20.0),
    g=st.floats(0.0, 0.9),
    n=st.sampled_from([1.0, 1.33, 1.4, 1.5]),
)
def compare(albedo: float, depth: float, g: float, n: float) -> None:
    (reflected, transmitted), (spread_r, spread_t) = exact(albedo, depth, g, n)
    slab = Material("slab", 1e3 * (1 - albedo), 1e3 * albedo, g, n)
    medium = monte_carlo.Layered((Slab(slab, depth / 1e3),))
    found = monte_carlo.transport(medium, pencil(), photons=20_000, seed=len(SCORES))
    for estimate, value, spread in (
        (found.reflectance, reflected, spread_r), (found.transmittance, transmitted, spread_t)
    ):  # fmt: skip
        # Half a unit of 1e-5 for what two quadratures agree on; a Poisson error where hardly a photon arrived.
        least = math.sqrt(max(value, 1e-9) / found.photons) * 1e-2 + 1e-5
        score = (estimate.value - value) / math.sqrt(estimate.standard_error**2 + spread**2 + least**2)
        SCORES.append(score)
        assert abs(score) < 5.0


@pytest.mark.slow
def test_random_slabs_agree_with_adding_doubling_as_chance_would_have_it() -> None:
    compare()
    scores = np.array(SCORES)
    assert scores.size >= 2 * SLABS
    # 400 scores: the mean within 4 / sqrt 400, the spread within 4 / sqrt 800 of one and, for the uncertainty that was
    # added, further below it; beyond 2.576 lies 1 %, with 3 % the bound.
    assert abs(scores.mean()) < 0.2
    assert 0.7 < scores.std() < 1.15
    assert float((np.abs(scores) > 2.576).mean()) < 0.03

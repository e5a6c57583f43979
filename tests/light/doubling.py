"""Layers joined by adding-doubling (iadpython): reflectance, transmittance and what each layer absorbs.

The flux inside comes from the same matrices: light between two stacks goes back and forth,
U = (1 - R above R below)^-1 T, and what goes down less what comes up is the net flux. It owes nothing to Monte Carlo.
"""

from __future__ import annotations

import itertools
import warnings
from typing import TYPE_CHECKING, Any

import iadpython
import numpy as np

if TYPE_CHECKING:
    from porelight.light.monte_carlo import Layered

Stack = tuple[Any, Any, Any, Any]


def layers(medium: Layered, points: int) -> tuple[float, float, list[float]]:
    """R, T and the absorbed share of each slab, all slabs of one index, with so many quadrature points."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _layers(medium, points)


def _layers(medium: Layered, points: int) -> tuple[float, float, list[float]]:
    samples = []
    for slab in medium.slabs:
        attenuation = slab.material.absorption + slab.material.scattering
        sample = iadpython.Sample(
            a=slab.material.scattering / attenuation,
            b=attenuation * slab.thickness,
            g=slab.material.anisotropy,
            n=slab.material.refractive_index,
            quad_pts=points,
        )
        sample.update_quadrature()
        samples.append(sample)
    last = samples[-1]
    matrices = [iadpython.simple_layer_matrices(sample) for sample in samples]
    above = iadpython.start.boundary_layer(last, top=True)
    below = iadpython.start.boundary_layer(last, top=False)
    stack: Stack = iadpython.add_slide_above(last, *above, *_twice(matrices[0]))
    fluxes = []
    for k in range(1, len(matrices)):
        rest = _twice(matrices[k])
        for matrix in matrices[k + 1 :]:
            rest = iadpython.add_layers(last, *rest, *_twice(matrix))
        fluxes.append(_net(last, stack, iadpython.add_slide_below(last, *rest, *below)))
        stack = iadpython.add_layers(last, *stack, *_twice(matrices[k]))
    whole = iadpython.add_slide_below(last, *stack, *below)
    reflected, transmitted, _, _ = last.UX1_and_UXU(whole[0], whole[2])
    ends = [1.0 - reflected, *fluxes, transmitted]
    return reflected, transmitted, [a - b for a, b in itertools.pairwise(ends)]


def _twice(matrices: tuple[Any, Any]) -> Stack:
    reflection, transmission = matrices
    return reflection, reflection, transmission, transmission


def _net(sample: Any, above: Stack, below: Stack) -> float:
    weights = sample.twonuw
    matrix = np.diag(1 / weights) - above[1] @ np.diag(weights) @ below[0]
    down = np.diag(1 / weights) @ np.linalg.solve(matrix, above[2])
    up = below[0] @ np.diag(weights) @ down
    return float(weights @ down[:, -1] - weights @ up[:, -1])

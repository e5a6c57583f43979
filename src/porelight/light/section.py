"""Where one joule goes: light of one laser in facial skin with its pore, on a thin section through the axis."""

from __future__ import annotations

import numpy as np

from porelight import units
from porelight.light import monte_carlo, optics
from porelight.light.monte_carlo import Box, Transport
from porelight.light.optics import Window
from porelight.skin import Skin

SECTION_THICKNESS = 20 * units.um
"""Thickness of the section [m]: thinner than a duct is wide, thick enough to catch light."""


def one_joule(
    skin: Skin,
    wavelength: float,
    *,
    spot_radius: float,
    photons: int,
    seed: int,
    window: Window = "air",
    half_width: float = 1 * units.mm,
    depth: float = 2 * units.mm,
    cells: int = 100,
    threads: int | None = None,
) -> Transport:
    """Follow a top-hat beam on the axis of a pore, scored in the slice ``|y| <= SECTION_THICKNESS / 2``.

    Args:
        skin: layers and pore.
        wavelength: [m], 532 to 2100 nm where the tables cover it.
        spot_radius: of the top-hat beam [m].
        photons: how many to follow; a million give about 5 % in a cell of 20 um in the dermis.
        seed: of the random numbers.
        window: what lies on the skin.
        half_width, depth: extent of the section [m].
        cells: across its width; the cells are square.
        threads: all processors by default.

    Returns the transport: ``density.value[:, 0, :]`` is absorbed energy [1/m3] and ``fluence.value[:, 0, :]`` fluence
    [1/m2], both per incident joule, with z downwards and x across; ``absorbed`` is the joule shared out by material.

    Raises:
        Refusal: the wavelength is outside a table, or the beam outside the section.
    """
    rows = max(round(0.5 * cells * depth / half_width), 1)
    box = Box(
        np.linspace(-half_width, half_width, cells + 1),
        np.array([-0.5 * SECTION_THICKNESS, 0.5 * SECTION_THICKNESS]),
        np.linspace(0.0, depth, rows + 1),
    )
    return monte_carlo.transport(
        optics.skin_with_pore(skin, wavelength, window),
        monte_carlo.top_hat(spot_radius),
        photons=photons,
        grid=box,
        seed=seed,
        threads=threads,
    )

"""The types: Skin, Layer, Pore."""

from __future__ import annotations

import dataclasses
from typing import Literal

from porelight.cite import Cited

Phototype = Literal["I", "II", "III", "IV", "V", "VI"]
Site = Literal["forehead", "nose", "cheek", "chin", "temple"]


@dataclasses.dataclass(frozen=True, slots=True)
class Layer:
    """One layer; fractions by volume."""

    name: Literal["epidermis", "dermis", "fat"]
    thickness: float
    """[m]"""
    water: float
    melanin: float
    blood: float
    fat: float
    refractive_index: float
    anisotropy: float


@dataclasses.dataclass(frozen=True, slots=True)
class Pore:
    """A follicle opening: a funnel that narrows downwards, its plug, and the gland beside it. Lengths [m]."""

    opening_diameter: float
    funnel_depth: float
    plugged: bool
    gland_depth: float
    """Centre of the gland below the surface."""
    gland_diameter: float


@dataclasses.dataclass(frozen=True, slots=True)
class Skin:
    """Skin of one place of one face."""

    phototype: Phototype
    site: Site
    layers: tuple[Layer, ...]
    pore: Pore
    rests_on: tuple[Cited, ...]

    @property
    def thickness(self) -> float:
        """All layers together [m]."""
        return sum(layer.thickness for layer in self.layers)

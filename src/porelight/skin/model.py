"""The types: Skin, Layer, Pore."""

from __future__ import annotations

from typing import Final, Literal, get_args

from porelight.cite import Cited
from porelight.frozen import frozen
from porelight.refusal import Refusal, check_choice, check_number
from porelight.units import mm

Phototype = Literal["I", "II", "III", "IV", "V", "VI"]
Site = Literal["forehead", "nose", "cheek", "chin", "temple"]
LayerName = Literal["epidermis", "dermis", "fat"]

# Bounds that catch a slip of the unit: no layer of a face is a hand wide.
THICKEST_LAYER: Final = 100 * mm
HIGHEST_REFRACTIVE_INDEX: Final = 4.0


@frozen
class Layer:
    """One layer; fractions by volume."""

    name: LayerName
    thickness: float
    """[m]"""
    water: float
    melanin: float
    blood: float
    fat: float
    refractive_index: float
    anisotropy: float

    def __post_init__(self) -> None:
        where = f"layer {self.name!r}"
        check_choice(self.name, "name", get_args(LayerName), where="layer")
        check_number(self.thickness, "thickness", 0.0, THICKEST_LAYER, where=where, unit="m", above=True)
        for part in ("water", "melanin", "blood", "fat"):
            check_number(getattr(self, part), part, 0.0, 1.0, where=where)
        check_number(self.refractive_index, "refractive index", 1.0, HIGHEST_REFRACTIVE_INDEX, where=where)
        # At 1 light would never turn, and the reduced scattering that the tables give could not be divided by 1 - g.
        if self.anisotropy == 1.0:
            raise Refusal("anisotropy 1 is out of range", where=where, advice="Use g below 1")
        check_number(self.anisotropy, "anisotropy", -1.0, 1.0, where=where)


@frozen
class Pore:
    """A follicle opening: a funnel that narrows downwards, its plug, and the gland beside it. Lengths [m]."""

    opening_diameter: float
    funnel_depth: float
    plugged: bool
    gland_depth: float
    """Centre of the gland below the surface."""
    gland_diameter: float

    def __post_init__(self) -> None:
        for name in ("opening_diameter", "funnel_depth", "gland_depth", "gland_diameter"):
            check_number(getattr(self, name), name, 0.0, THICKEST_LAYER, where="pore", unit="m", above=True)
        check_choice(self.plugged, "plugged", (True, False), where="pore")


@frozen
class Skin:
    """Skin of one place of one face; its layers from the surface down."""

    phototype: Phototype
    site: Site
    layers: tuple[Layer, ...]
    pore: Pore
    rests_on: tuple[Cited, ...]

    def __post_init__(self) -> None:
        check_choice(self.phototype, "phototype", get_args(Phototype), where="skin")
        check_choice(self.site, "site", get_args(Site), where="skin")
        layered = isinstance(self.layers, tuple) and all(isinstance(layer, Layer) for layer in self.layers)
        if not (layered and isinstance(self.pore, Pore)):
            raise Refusal("its layers or its pore are of another kind", where="skin", advice="Give Layers and a Pore")
        order = [get_args(LayerName).index(layer.name) for layer in self.layers]
        # The stages read the epidermis as the first layer and the dermis as the second.
        if order[:2] != [0, 1] or order != sorted(set(order)):
            raise Refusal(
                f"its layers are {', '.join(layer.name for layer in self.layers) or 'none'}",
                where="skin",
                advice="Give epidermis and dermis, then fat, each at most once",
            )

    @property
    def thickness(self) -> float:
        """All layers together [m]."""
        return sum(layer.thickness for layer in self.layers)

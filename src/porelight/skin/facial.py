"""Facial skin by site, age and phototype, from ``data/skin.yaml``."""

from __future__ import annotations

from typing import Literal

from porelight import cite, units
from porelight.cite import Cited
from porelight.skin.model import Layer, Phototype, Pore, Site, Skin

_SHARED = (
    "epidermis_thickness",
    "epidermis_water",
    "dermis_water",
    "dermis_blood",
    "fat_thickness",
    "fat_water",
    "fat_lipid",
    "epidermis_index",
    "dermis_index",
    "fat_index",
    "scattering_anisotropy",
    "pore_diameter",
    "pore_funnel_depth",
    "gland_depth",
    "gland_diameter",
)


def facial_skin(phototype: Phototype, site: Site, age: float | None = None, pore_diameter: float | None = None) -> Skin:
    """Skin of one facial site with one pore.

    Args:
        phototype: Fitzpatrick phototype; sets the melanin of the epidermis.
        site: place on the face; sets the thickness of the dermis.
        age: [years]; thins the dermis when given.
        pore_diameter: opening of the pore [m]; the size at which a pore counts as enlarged when left out.
    """
    table = cite.table("skin")
    dermis_row, melanin_row = table[f"dermis_thickness_{site}"], table[f"melanosomes_{phototype}"]
    shared = {key: table[key] for key in _SHARED}
    aging = () if age is None else (table["dermis_thinning_by_age"], table["dermis_thinning_from"])
    value = {key: row.si for key, row in shared.items()}
    layers = (
        _layer("epidermis", value, value["epidermis_thickness"], melanin=melanin_row.si),
        _layer("dermis", value, dermis_row.si * _age_factor(age), blood=value["dermis_blood"]),
        _layer("fat", value, value["fat_thickness"], fat=value["fat_lipid"]),
    )
    pore = Pore(
        opening_diameter=value["pore_diameter"] if pore_diameter is None else pore_diameter,
        funnel_depth=value["pore_funnel_depth"],
        plugged=False,
        gland_depth=value["gland_depth"],
        gland_diameter=value["gland_diameter"],
    )
    rests_on: tuple[Cited, ...] = (*shared.values(), dermis_row, melanin_row, *aging)
    return Skin(phototype=phototype, site=site, layers=layers, pore=pore, rests_on=rests_on)


def _layer(
    name: Literal["epidermis", "dermis", "fat"],
    value: dict[str, float],
    thickness: float,
    melanin: float = 0.0,
    blood: float = 0.0,
    fat: float = 0.0,
) -> Layer:
    return Layer(
        name=name,
        thickness=thickness,
        water=value[f"{name}_water"],
        melanin=melanin,
        blood=blood,
        fat=fat,
        refractive_index=value[f"{name}_index"],
        anisotropy=value["scattering_anisotropy"],
    )


def _age_factor(age: float | None) -> float:
    if age is None:
        return 1.0
    table = cite.table("skin")
    years = max(0.0, age * units.SCALE["years"] - table["dermis_thinning_from"].si) / units.SCALE["years"]
    return float((1.0 - table["dermis_thinning_by_age"].si) ** years)

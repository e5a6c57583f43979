"""Facial skin by site, age and phototype, from ``data/skin.yaml``."""

from __future__ import annotations

from typing import Final, get_args

from porelight import cite, units
from porelight.cite import Cited
from porelight.refusal import check_choice, check_number
from porelight.skin.model import Layer, LayerName, Phototype, Pore, Site, Skin

OLDEST_SKIN_YEARS: Final = 120.0

_SHARED_ROWS: Final = (
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

    Raises:
        Refusal: a phototype or site that is none of the known ones, or an age or diameter that cannot be.
    """
    check_choice(phototype, "phototype", get_args(Phototype), where="skin")
    check_choice(site, "site", get_args(Site), where="skin")
    if age is not None:
        check_number(age, "age", 0.0, OLDEST_SKIN_YEARS, where="skin", unit="years")
    table = cite.table("skin")
    dermis_row, melanin_row = table[f"dermis_thickness_{site}"], table[f"melanosomes_{phototype}"]
    shared = {key: table[key] for key in _SHARED_ROWS}
    aging = () if age is None else (table["dermis_thinning_by_age"], table["dermis_thinning_from"])
    value = {key: row.si for key, row in shared.items()}
    layers = (
        _make_layer("epidermis", value, value["epidermis_thickness"], melanin=melanin_row.si),
        _make_layer("dermis", value, dermis_row.si * _age_factor(age), blood=value["dermis_blood"]),
        _make_layer("fat", value, value["fat_thickness"], fat=value["fat_lipid"]),
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


def _make_layer(
    name: LayerName,
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
    """Share of the dermis that is left at an age: it thins by a fixed share a year from a certain age on."""
    if age is None:
        return 1.0
    table = cite.table("skin")
    years = max(0.0, age * units.SCALE["years"] - table["dermis_thinning_from"].si) / units.SCALE["years"]
    return float((1.0 - table["dermis_thinning_by_age"].si) ** years)

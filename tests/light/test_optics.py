"""Optical properties: the tables say what their sources say, and mixtures add up."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any, Literal

import pytest
import yaml

from porelight import cite
from porelight.light import monte_carlo, optics
from porelight.skin.facial import facial_skin
from porelight.units import mm, nm, per_cm
from tests.rows import each_row

if TYPE_CHECKING:
    from pathlib import Path

LASERS = (532, 755, 1064, 1320, 1450, 1540, 1550, 1565, 1720, 1726, 1927)
SKIN = facial_skin("III", "cheek")


@pytest.fixture(scope="module")
def evidence(shared: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        (shared / "evidence" / "optical_properties.yaml").read_text(encoding="utf-8")
    )
    return loaded


def test_water_is_the_water_of_the_evidence(evidence: dict[str, Any]) -> None:
    for row in evidence["water"]["table"]:
        if 805 < row["nm"] < 2100 or row["nm"] in (532, 585, 755, 800):
            found = optics.water_absorption(row["nm"] * nm)
            # Every second point of the table is kept where it is smooth: half a per cent.
            assert found.si == pytest.approx(row["mua_cm"] * per_cm, rel=5e-3), row["nm"]
            assert found.source.key == "segelstein"


def test_scattering_is_the_scattering_of_the_evidence(evidence: dict[str, Any]) -> None:
    for row in evidence["scattering"]["table"]:
        for tissue in ("epidermis", "dermis"):
            found = optics.reduced_scattering(tissue, row["nm"] * nm)
            assert found.si == pytest.approx(row[f"{tissue}_musp_cm"] * per_cm, abs=6.0)


def test_melanin_is_the_library_of_the_evidence(evidence: dict[str, Any]) -> None:
    for row in evidence["chromophores"]["table"]:
        assert optics.melanosome_absorption(row["nm"] * nm).si == pytest.approx(row["melanosome_cm"] * per_cm, rel=2e-3)


@each_row("wavelength", LASERS)
def test_every_material_of_a_pore_has_properties_for_every_laser(wavelength: int) -> None:
    medium = optics.skin_with_pore(SKIN, wavelength * nm)
    names = {material.name for material in medium.materials_named}
    assert names == {"epidermis", "dermis", "fat", "gland", "sebum", "air", "hair"}
    assert all(material.rests_on for material in medium.materials_named if material.name != "air")


def test_a_layer_absorbs_the_sum_of_its_parts() -> None:
    epidermis = SKIN.layers[0]
    found = optics.layer_material(epidermis, 1064 * nm)
    water, melanin = optics.water_absorption(1064 * nm).si, optics.melanosome_absorption(1064 * nm).si
    assert found.absorption == pytest.approx(epidermis.water * water + epidermis.melanin * melanin)
    assert found.scattering * (1 - found.anisotropy) == pytest.approx(
        optics.reduced_scattering("epidermis", 1064 * nm).si
    )


def test_blood_mixes_its_two_states() -> None:
    saturation = cite.table("optics/blood")["oxygen_saturation"].si
    assert optics.whole_blood(800 * nm) == pytest.approx((saturation * 4.37 + (1 - saturation) * 4.079) * per_cm)


def test_sebum_absorbs_more_than_water_at_1726_and_less_at_1927() -> None:
    assert optics.fat_absorption(1726 * nm).si > optics.water_absorption(1726 * nm).si
    assert optics.fat_absorption(1927 * nm).si < optics.water_absorption(1927 * nm).si


def test_darker_skin_takes_more_light_in_its_epidermis() -> None:
    shares = []
    phototypes: tuple[Literal["I", "VI"], ...] = ("I", "VI")
    for phototype in phototypes:
        medium = optics.skin_layers(facial_skin(phototype, "cheek"), 755 * nm)
        found = monte_carlo.transport(medium, monte_carlo.pencil(), photons=4_000, seed=1)
        shares.append(found.absorbed["epidermis"].value)
    assert shares[1] > 2 * shares[0]


def test_what_is_carried_beyond_its_range_says_so() -> None:
    assert optics.reduced_scattering("dermis", 1000 * nm).confidence == "derived"
    far = optics.reduced_scattering("dermis", 1726 * nm)
    assert far.confidence == "assumed"
    assert far.low is not None
    assert far.high is not None
    assert far.low < far.value < far.high


def test_the_rows_behind_a_run_are_found_in_its_result() -> None:
    medium = optics.skin_with_pore(SKIN, 1726 * nm)
    found = monte_carlo.transport(medium, monte_carlo.top_hat(1 * mm), photons=500, seed=1)
    keys = {row.key for row in cite.used(found)}
    assert {"water_absorption_1726", "sebum_1726", "gland_sebum"} <= keys


def test_a_bloodless_variant_is_there_by_name() -> None:
    assert optics.bloodless_absorption_jacques1998(850 * nm) == pytest.approx(
        (0.244 + 85.3 * math.exp(-(850 - 154) / 66.2)) * per_cm
    )


@pytest.mark.parametrize("plugged", [False, True])
def test_light_in_skin_with_a_pore_keeps_its_energy(plugged: bool) -> None:
    skin = dataclasses.replace(SKIN, pore=dataclasses.replace(SKIN.pore, plugged=plugged))
    windows: tuple[Literal["air", "gel", "sapphire"], ...] = ("air", "gel", "sapphire")
    for window in windows:
        medium = optics.skin_with_pore(skin, 1064 * nm, window)
        found = monte_carlo.transport(medium, monte_carlo.top_hat(0.3 * mm), photons=5_000, seed=2)
        assert abs(found.balance) < 1e-6
        assert found.lost == 0.0

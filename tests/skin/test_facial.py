"""skin: facial skin by site, age and phototype."""

from typing import get_args

from porelight import cite
from porelight.skin import Phototype, Site, facial_skin
from porelight.units import um
from tests.rows import each_row


@each_row("site", get_args(Site))
@each_row("phototype", get_args(Phototype))
def test_every_site_and_phototype_has_skin_of_three_layers_in_order(phototype: Phototype, site: Site) -> None:
    skin = facial_skin(phototype, site)
    assert [layer.name for layer in skin.layers] == ["epidermis", "dermis", "fat"]
    assert all(0.0 <= layer.water + layer.fat + layer.blood <= 1.0 for layer in skin.layers)


def test_melanin_rises_with_phototype() -> None:
    melanin = [facial_skin(each, "cheek").layers[0].melanin for each in get_args(Phototype)]
    assert melanin == sorted(set(melanin))


def test_age_thins_the_dermis_and_a_young_face_keeps_it() -> None:
    young, old, unknown = (facial_skin("II", "nose", age).layers[1].thickness for age in (25.0, 75.0, None))
    assert old < young == unknown


def test_the_pore_is_as_wide_as_it_is_said_to_be() -> None:
    assert facial_skin("II", "nose", pore_diameter=400 * um).pore.opening_diameter == 400 * um


def test_skin_names_the_rows_it_rests_on() -> None:
    keys = {row.key for row in cite.used(facial_skin("V", "temple", 50.0))}
    assert {"dermis_thickness_temple", "melanosomes_V", "dermis_thinning_by_age"} <= keys

"""light: Beer-Lambert on a receding surface."""

import cmath
import dataclasses
import math

import numpy as np
import pytest

from porelight.arrays import Floats
from porelight.fields import Grid
from porelight.laser import Setting, find_laser
from porelight.light.beer_lambert import (
    Beam,
    Mechanisms,
    complex_index,
    fresnel,
    fresnel_normal,
    make_beer_lambert_beam,
)
from porelight.skin import facial_skin
from porelight.units import mJ, nm, um, us

SKIN = facial_skin("III", "cheek")


def grid(rings: int = 60, rows: int = 300) -> Grid:
    return Grid(r_edges=np.linspace(0.0, 300 * um, rings + 1), z_edges=np.linspace(0.0, 900 * um, rows + 1))


def setting(key: str = "co2", spot: float = 120 * um, profile: str = "gaussian_1e2") -> Setting:
    return Setting(find_laser(key), 20 * mJ, spot, 700 * us, profile=profile)  # type: ignore[arg-type]


def absorbed(beam: Beam, on: Grid, solid: Floats, dried: Floats | None = None) -> tuple[Floats, float, float]:
    added = np.zeros(on.shape)
    reflected, lost = beam(solid, np.zeros(on.shape) if dried is None else dried, 1.0, added)
    return added * on.volume, reflected, lost


def hole(on: Grid, depth: float, radius: float) -> Floats:
    return np.where((on.z[:, None] < depth) & (on.r[None, :] < radius), 0.0, 1.0)


def test_normal_reflectance_agrees_with_the_closed_form_for_glass_and_for_a_metal() -> None:
    assert fresnel_normal(1.5) == pytest.approx(0.04)  # ((1.5 - 1) / (1.5 + 1))^2
    n, k = 0.2, 3.4
    assert fresnel_normal(complex(n, k)) == pytest.approx(((n - 1) ** 2 + k**2) / ((n + 1) ** 2 + k**2))


def test_reflectance_at_an_angle_meets_its_limits() -> None:
    assert fresnel(1.33, 0.0) == pytest.approx(fresnel_normal(1.33))
    assert fresnel(1.33, math.radians(89.9999)) == pytest.approx(1.0, abs=1e-4)


def test_light_polarised_along_the_plane_does_not_reflect_at_brewsters_angle() -> None:
    angle = math.atan(1.33)
    cosine, inside = math.cos(angle), cmath.sqrt(1.0 - (math.sin(angle) / 1.33) ** 2)
    across = abs((cosine - 1.33 * inside) / (cosine + 1.33 * inside)) ** 2
    assert fresnel(1.33, angle) == pytest.approx(0.5 * across)


def test_the_wall_returns_what_fresnel_gives_between_80_and_89_degrees() -> None:
    # The row is derived from the same formulas; this redoes it for both lasers and takes the middle.
    shares = []
    for key, n, mu in (("co2", 1.1533, 84550.0), ("eryag", 1.2677, 1.2e6)):
        index = complex_index(find_laser(key), n, mu)
        shares.append(np.mean([fresnel(index, math.radians(a)) for a in np.linspace(80, 89, 181)]))
    assert make_beer_lambert_beam(setting(), SKIN, grid()).wall_return == pytest.approx(
        float(np.mean(shares)), abs=0.03
    )


def test_a_flat_surface_takes_light_by_beer_and_lambert() -> None:
    on = grid()
    beam = make_beer_lambert_beam(setting(), SKIN, on)
    energy, _, _ = absorbed(beam, on, np.ones(on.shape))
    share = np.cumsum(energy[:, 0]) / energy[:, 0].sum()
    expected = 1.0 - np.exp(-beam.absorption[0] * on.z_edges[1:])
    shallow = on.z_edges[1:] < 60 * um  # the epidermis; the loop ends a ray at 1e-4 of its light
    assert share[shallow] == pytest.approx(expected[shallow], abs=2e-4)


@pytest.mark.parametrize("key", ["co2", "eryag"])
@pytest.mark.parametrize("profile", ["gaussian_1e2", "top_hat"])
@pytest.mark.parametrize(("depth", "radius"), [(0.0, 0.0), (3 * um, 40 * um), (200 * um, 90 * um), (600 * um, 60 * um)])
def test_light_is_never_made_nor_forgotten(key: str, profile: str, depth: float, radius: float) -> None:
    on = grid()
    dried = np.clip(np.random.default_rng(1).random(on.shape) * 2 - 0.5, 0.0, 1.0)
    fired = dataclasses.replace(setting(key, profile=profile), density=1e6, repetition_interval=0.01)
    beam = make_beer_lambert_beam(fired, SKIN, on, np.full(on.shape[0], 0.5))
    energy, reflected, lost = absorbed(beam, on, hole(on, depth, radius), dried)
    assert energy.sum() + reflected + lost == pytest.approx(1.0, rel=1e-12)
    assert (energy >= 0.0).all()
    assert energy[hole(on, depth, radius) == 0.0].sum() == 0.0


def test_a_gaussian_spot_holds_86_percent_within_its_diameter() -> None:
    on = grid()
    beam = make_beer_lambert_beam(setting(), SKIN, on)
    inside = (beam.profile * beam.area)[on.r_edges[1:] <= 60 * um + 1e-12].sum()
    assert inside == pytest.approx(1.0 - math.exp(-2.0), rel=1e-9)


def test_mixing_flattens_the_floor_of_a_deep_hole_and_without_it_the_beam_keeps_its_shape() -> None:
    on = grid()
    solid = hole(on, 500 * um, 90 * um)
    rings = on.r < 85 * um
    spread = []
    for switch in (Mechanisms(divergence=False), Mechanisms(divergence=False, mixing=False)):
        energy, _, _ = absorbed(make_beer_lambert_beam(setting(), SKIN, on, mechanisms=switch), on, solid)
        floor = energy[on.z > 500 * um].sum(axis=0)[rings] / (np.pi * np.diff(on.r_edges**2))[rings]
        spread.append(floor.max() / floor.min())
    assert spread[0] < 1.1
    assert spread[1] > 10.0


def test_the_beam_spreads_as_its_rayleigh_length_says() -> None:
    on = grid()
    beam = make_beer_lambert_beam(setting(), SKIN, on)
    rayleigh = math.pi * (60 * um) ** 2 / (1.2 * 10600 * nm)  # M2 of the row
    growth = math.exp(float(np.sum(beam.spread * beam.heights)))
    assert growth == pytest.approx(math.sqrt(1.0 + (900 * um / rayleigh) ** 2), rel=1e-4)


def test_without_divergence_and_scattering_no_light_meets_the_wall() -> None:
    on = grid()
    solid = hole(on, 400 * um, 150 * um)
    wall = (on.z[:, None] < 390 * um) & (on.r[None, :] > 150 * um) & (on.r[None, :] < 200 * um)
    still = make_beer_lambert_beam(setting(), SKIN, on, mechanisms=Mechanisms(divergence=False, scattering=False))
    moved = make_beer_lambert_beam(setting("co2"), SKIN, on)
    outside = 1.0 - float((still.profile * still.area)[on.r < 150 * um].sum())
    assert absorbed(still, on, solid)[0][wall].sum() <= outside
    assert absorbed(moved, on, solid)[0][wall].sum() > 1e-3


def test_ejecta_take_up_their_share_once_tissue_leaves_and_while_the_surface_boils() -> None:
    on = grid()
    beam = make_beer_lambert_beam(setting(), SKIN, on, np.full(on.shape[0], 0.5))
    flat, opened = np.ones(on.shape), hole(on, 3 * um, 300 * um)
    dry, wet = np.ones(on.shape), np.zeros(on.shape)
    assert absorbed(beam, on, flat, dry)[2] < 1e-9
    assert absorbed(beam, on, opened, wet)[2] < 1e-9
    assert absorbed(beam, on, opened, dry)[2] == pytest.approx(0.5, abs=0.01)


def test_pulses_that_follow_fast_meet_the_cloud_of_those_before() -> None:
    on = grid()
    single = Setting(find_laser("eryag"), 5 * mJ, 225 * um, 175 * us)
    stacked = dataclasses.replace(single, pulses_per_column=5, repetition_interval=0.01)
    slow = dataclasses.replace(stacked, repetition_interval=0.5)
    scanned = dataclasses.replace(single, density=1e6, repetition_interval=0.01)
    wide = dataclasses.replace(scanned, spot_diameter=5000 * um)
    clouds = [make_beer_lambert_beam(each, SKIN, on).clouding for each in (single, slow, wide, stacked, scanned)]
    assert clouds[:3] == [0.0, 0.0, 0.0]
    assert min(clouds[3:]) > 0.5


def test_wide_spots_of_er_yag_lose_the_light_that_was_measured_at_ten_hertz() -> None:
    # kaufmann1996: 10 um a pulse at 10 J/cm2 and 10 Hz; hibsterlims: 6 um for each J/cm2. The threshold is ours.
    wide = Setting(find_laser("eryag"), 300 * mJ, 2000 * um, 250 * us, pulses_per_column=5, repetition_interval=0.1)
    passed = 1.0 - make_beer_lambert_beam(wide, SKIN, grid()).clouding
    assert 6.0 * (10.0 * passed - 1.0) == pytest.approx(10.0, abs=0.5)
    single, slow = (dataclasses.replace(wide, pulses_per_column=1), dataclasses.replace(wide, repetition_interval=0.5))
    assert (
        make_beer_lambert_beam(single, SKIN, grid()).clouding
        == make_beer_lambert_beam(slow, SKIN, grid()).clouding
        == 0.0
    )


def test_co2_holes_are_not_clouded_beyond_their_measured_heat_of_ablation() -> None:
    stacked = dataclasses.replace(setting(), pulses_per_column=5, repetition_interval=0.01)
    assert make_beer_lambert_beam(stacked, SKIN, grid()).clouding == 0.0

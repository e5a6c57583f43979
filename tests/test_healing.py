"""Healing: closing time, what shows, and the geometry of the pattern."""

from __future__ import annotations

import math

import numpy as np
import pytest

from porelight import cite, healing
from porelight.fields import Crater, Extent, Grid, Injury, Spread
from porelight.laser import Laser, Setting
from porelight.skin import Layer, Pore, Skin
from porelight.units import day, hour, mm, um

EPIDERMIS = 60 * um


def skin() -> Skin:
    def layer(name: str, thickness: float) -> Layer:
        return Layer(name, thickness, 0.7, 0.01, 0.01, 0.0, 1.4, 0.8)  # type: ignore[arg-type]

    pore = Pore(300 * um, 400 * um, plugged=False, gland_depth=800 * um, gland_diameter=300 * um)
    return Skin("III", "cheek", (layer("epidermis", EPIDERMIS), layer("dermis", 1.4 * mm)), pore, rests_on=())


def setting(density: float = 4e6, passes: int = 1) -> Setting:
    laser = Laser("test", "test", 10.6e-6, "ablative")
    return Setting(laser, 0.02, 120 * um, 5e-4, density=density, passes=passes)


def column(*, crater_diameter: float, dead_diameter: float, depth: float = 300 * um) -> tuple[Crater, Injury]:
    grid = Grid(np.linspace(0.0, 500 * um, 251), np.linspace(0.0, 1 * mm, 201))
    opened = np.where(grid.r < crater_diameter / 2, depth, 0.0)
    harm = np.where((grid.r[None, :] < dead_diameter / 2) & (grid.z[:, None] < depth + 50 * um), 5.0, 0.0)
    depths = Spread(depth, depth + 50 * um, depth + 90 * um)
    reached = Extent(depths, Spread(0.0, dead_diameter, 2.0 * dead_diameter))
    injury = Injury(grid, harm, harm, reached, reached, ())
    return Crater(grid, opened, 5 * um), injury


def test_nonablative_columns_close_within_the_measured_ten_to_28_hours() -> None:
    """stumpp2009: ED50 10-22 h at 10-70 mJ, ED84 up to 28 h; debris 50-200 um across (uqu)."""
    for width in (80 * um, 200 * um):
        closed = healing.recover(skin(), setting(), *column(crater_diameter=0.0, dead_diameter=width)).closed
        assert 9 * hour < closed.mid < 24 * hour
        assert closed.low < closed.mid < closed.high
    assert closed.high > 28 * hour


def test_ablated_columns_close_within_the_recalled_two_to_six_days() -> None:
    closed = healing.recover(skin(), setting(), *column(crater_diameter=120 * um, dead_diameter=200 * um)).closed
    assert 2 * day < closed.mid < 6 * day
    assert closed.low < 2 * day
    assert closed.high > 6 * day


def test_full_removal_of_the_epidermis_heals_in_the_days_of_full_resurfacing() -> None:
    """Not used to set the model: full Er:YAG resurfacing healed in 6-9 days (ernonfrac2014)."""
    crater, injury = column(crater_diameter=400 * um, dead_diameter=600 * um, depth=100 * um)
    closed = healing.recover(skin(), setting(density=9e6), crater, injury).closed
    seen = cite.table("healing")["closing_full"]
    assert seen.si_low < closed.mid < seen.si_high
    assert closed.low < seen.si_low
    assert closed.high > seen.si_high


def test_a_wider_column_never_closes_sooner() -> None:
    widths = [60 * um, 120 * um, 200 * um, 400 * um, 700 * um]
    times = [
        healing.recover(skin(), setting(1e5), *column(crater_diameter=w / 2, dead_diameter=w)).closed.mid
        for w in widths
    ]
    assert times == sorted(times)


def test_uninjured_skin_needs_no_healing() -> None:
    recovery = healing.recover(skin(), setting(), *column(crater_diameter=0.0, dead_diameter=0.0))
    assert recovery.closed.high == recovery.redness.high == recovery.crusting.high == 0.0
    assert recovery.treated_fraction == recovery.collagen_stimulus == 0.0
    assert recovery.rests_on == ()


def test_only_an_ablated_column_crusts() -> None:
    sealed = healing.recover(skin(), setting(), *column(crater_diameter=0.0, dead_diameter=150 * um))
    opened = healing.recover(skin(), setting(), *column(crater_diameter=120 * um, dead_diameter=150 * um))
    assert sealed.crusting.high == 0.0
    assert opened.crusting.mid == pytest.approx(5 * day)
    assert opened.redness.high > sealed.redness.high


def test_the_redness_interval_holds_every_ablative_series() -> None:
    table = cite.table("healing")
    redness = healing.recover(skin(), setting(), *column(crater_diameter=120 * um, dead_diameter=200 * um)).redness
    for key in ("redness_ablative", "redness_combined"):
        assert redness.low < table[key].si_low
        assert table[key].si_high < redness.high


@pytest.mark.parametrize("share", [0.05, 0.3, 0.78])
def test_coverage_of_columns_apart_is_their_area_times_their_density(share: float) -> None:
    diameter = 200 * um
    density = share / (math.pi * diameter**2 / 4)
    assert healing.lattice_coverage(diameter, density) == pytest.approx(share, rel=1e-12)


def test_coverage_of_overlapping_columns_agrees_with_counting_points() -> None:
    """Counting on a 2000 x 2000 raster of one cell: error below 4 raster lines of 2000, 0.2 %."""
    raster = (np.arange(2000) + 0.5) / 2000 - 0.5
    x, y = np.meshgrid(raster, raster)
    for radius in (0.52, 0.6, 0.69):
        counted = np.mean(x**2 + y**2 < radius**2)  # the nearest disc is always the cell's own
        assert healing.lattice_coverage(2 * radius, 1.0) == pytest.approx(counted, abs=2e-3)
    assert healing.lattice_coverage(2 * 0.71, 1.0) == 1.0


def test_two_passes_cover_more_than_one_and_less_than_twice_as_much() -> None:
    crater, injury = column(crater_diameter=120 * um, dead_diameter=200 * um)
    once = healing.recover(skin(), setting(), crater, injury).treated_fraction
    twice = healing.recover(skin(), setting(passes=2), crater, injury).treated_fraction
    assert twice == pytest.approx(1 - (1 - once) ** 2)


def test_collagen_stimulus_is_the_ring_between_crater_and_coagulated_edge() -> None:
    """Crater 120 um and rim 200 um wide to 300 um deep, floor 50 um: shares by geometry; grid steps of 2 um, 5 um."""
    crater, injury = column(crater_diameter=120 * um, dead_diameter=200 * um)
    disc = math.pi / 4 * 4e6
    ring, floor = disc * (200**2 - 120**2) * um**2, disc * (200 * um) ** 2
    wanted = (ring * (300 - 60) + floor * 50) / (350 - 60)
    assert healing.collagen_stimulus(skin(), setting(), crater, injury) == pytest.approx(wanted, rel=0.02)


def test_recovery_names_the_rows_it_rests_on() -> None:
    recovery = healing.recover(skin(), setting(), *column(crater_diameter=120 * um, dead_diameter=200 * um))
    keys = {row.key for row in cite.used(recovery)}
    assert {"migration_open", "follicle_density", "redness_ablative", "crusting_ablative"} <= keys
    assert cite.weakest_confidence(cite.used(recovery)) == "recalled"

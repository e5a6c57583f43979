"""pattern: columns beside columns."""

import dataclasses
import itertools
import json
import math

import numpy as np
import pytest

from porelight import cite
from porelight.laser import Setting
from porelight.refusal import Refusal
from porelight.simulation.chain import simulate
from porelight.simulation.scan import firing_order
from porelight.simulation.scenario import setting_from, skin_of
from porelight.simulation.stamp import (
    Lattice,
    Stamp,
    default_delay,
    merging_density,
    simulate_lattice,
    simulate_stamp,
    stamp_numbers,
)
from porelight.units import celsius, ms, um

SKIN = skin_of("III", "cheek")


def dialled(density_pct: float, energy_mj: float = 10.0) -> Setting:
    return setting_from("co2", energy_mj=energy_mj, density_pct=density_pct)


@pytest.fixture(scope="module")
def dense() -> Stamp:
    """Nine columns close together."""
    return simulate_stamp(dialled(20.0), SKIN, across=3, followed=0.1)


@pytest.fixture(scope="module")
def bound() -> Lattice:
    """The same lattice without end, fired at once."""
    return simulate_lattice(dialled(20.0), SKIN)


def test_the_books_close_and_hold_what_the_columns_left(dense: Stamp) -> None:
    assert abs(dense.energy_error) < 1e-11  # blood takes a little and is in the books
    assert dense.laid == pytest.approx(9 * dense.alone.warming.energy.stored, rel=0.05)  # it cooled for less time


def test_an_endless_lattice_fired_at_once_bounds_the_bulk_rise_of_a_stamp(dense: Stamp, bound: Lattice) -> None:
    assert 0.5 * bound.bulk_rise < dense.bulk_rise.max() < bound.bulk_rise
    assert dense.warmest_start < celsius(35.0) + bound.bulk_rise


def test_midway_between_two_columns_fired_at_once_their_rises_add_up() -> None:
    setting = dialled(15.0)
    pair = simulate_stamp(setting, SKIN, across=2, delay=0.0, followed=0.05)
    warming, crater = pair.alone.warming, pair.alone.crater
    tissue = crater.grid.z_edges[1:, None] > crater.depth
    lone = np.where(tissue, warming.peak, 0.0).max(axis=0)
    rise = float(np.interp(0.5 * pair.pitch, crater.grid.r, lone)) - celsius(35.0)
    # Cells of an eighth of the spot see the wall of the crater half a cell off; the pair across adds a little.
    assert pair.between - celsius(35.0) == pytest.approx(2.0 * rise, rel=0.15)


def test_columns_far_apart_do_not_feel_each_other() -> None:
    far = simulate_stamp(dialled(1.0), SKIN, across=2, followed=0.02)
    assert far.between == pytest.approx(celsius(35.0), abs=0.5)
    assert far.warmest_start == pytest.approx(celsius(35.0), abs=0.01)
    assert far.merged_share == 0.0


def test_the_pitch_is_that_of_a_square_lattice_and_passes_fill_it(bound: Lattice) -> None:
    twice = simulate_lattice(dataclasses.replace(dialled(10.0), passes=2), SKIN)
    assert twice.between == pytest.approx(bound.between, rel=1e-9)


def test_an_endless_lattice_shares_the_stored_energy_over_the_skin_of_a_cell(bound: Lattice) -> None:
    pitch = 120 * um * math.sqrt(math.pi / 4.0 / 0.2)
    volume = pitch**2 * (SKIN.layers[0].thickness + SKIN.layers[1].thickness)
    capacity = cite.table("thermal")["skin_heat"].si
    assert bound.bulk_rise * volume * capacity == pytest.approx(bound.simulation.warming.energy.stored, rel=1e-6)


@pytest.mark.slow
def test_more_time_between_columns_warms_the_skin_less_as_a_whole_and_between_them() -> None:
    slow, fast = (
        simulate_stamp(dialled(15.0), SKIN, across=2, delay=delay, followed=0.05) for delay in (100 * ms, 10 * ms)
    )
    assert slow.bulk_rise.max() < fast.bulk_rise.max()
    assert slow.between < fast.between
    # Heat takes 0.1 s to the next spot: fired sooner, a column meets skin that its neighbour has not warmed yet.
    assert slow.warmest_start > fast.warmest_start
    assert slow.laid == pytest.approx(fast.laid, rel=0.03)


def test_fired_at_once_no_column_meets_warm_skin() -> None:
    once = simulate_stamp(dialled(20.0), SKIN, across=2, delay=0.0, followed=0.05)
    assert once.warmest_start == celsius(35.0)
    assert once.bulk_rise.max() > 0.0


@pytest.mark.slow
def test_dense_columns_merge_and_sparse_ones_do_not() -> None:
    shares = [simulate_stamp(dialled(density), SKIN, across=2, followed=0.05).merged_share for density in (5.0, 50.0)]
    assert shares == [0.0, 1.0]


def test_every_order_fires_every_column_once() -> None:
    raster = firing_order(5, "raster")
    for order in ("interlaced", "random"):
        assert sorted(firing_order(5, order)) == raster
        assert firing_order(5, order) != raster
    assert firing_order(5, "random", seed=1) == firing_order(5, "random", seed=1)
    apart = firing_order(6, "interlaced")
    assert min(math.dist(a, b) for a, b in itertools.pairwise(apart[:4])) >= 3.0


def test_the_usual_delay_is_the_settings_or_the_lasers() -> None:
    setting = dialled(10.0)
    delay, rows = default_delay(dataclasses.replace(setting, repetition_interval=0.0))
    assert delay == pytest.approx(1.0 / cite.table("lasers")["co2_repetition"].si)
    assert rows == (cite.table("lasers")["co2_repetition"],)
    stacked = dataclasses.replace(setting, repetition_interval=20 * ms, pulses_per_column=3)
    assert default_delay(stacked) == (60 * ms, ())


def test_a_degree_of_warmth_moves_a_column_by_less_than_its_grid_errs() -> None:
    """Columns fired into skin within 1 K of an exposure share it."""
    cool, warm = (simulate(dialled(10.0), SKIN, temperature=celsius(at)) for at in (35.0, 36.0))
    assert warm.crater.ablation_depth == pytest.approx(cool.crater.ablation_depth, rel=0.01)
    assert warm.injury.coagulation_width == pytest.approx(cool.injury.coagulation_width, rel=0.02)


def test_numbers_of_a_stamp_are_plain(dense: Stamp) -> None:
    told = stamp_numbers(dense)
    assert json.loads(json.dumps(told)) == told
    assert told["columns"] == 9
    assert told["density_pct"] == pytest.approx(20.0)
    assert len(told["bulk_rise_times_ms"]) == len(told["bulk_rise_k"])
    assert np.all(np.diff(told["bulk_rise_times_ms"]) > 0.0)


@pytest.mark.slow
def test_columns_merge_at_a_density_below_which_they_do_not() -> None:
    share = merging_density(dialled(10.0), SKIN, across=2)
    assert share is not None
    assert simulate_stamp(dialled(100 * share), SKIN, across=2, followed=0.1).merged
    assert not simulate_stamp(dialled(90 * share), SKIN, across=2, followed=0.1).merged


@pytest.mark.parametrize("density", [0.0, 95.0])
def test_a_lattice_without_columns_or_without_room_is_refused(density: float) -> None:
    for make in (simulate_stamp, simulate_lattice):
        with pytest.raises(Refusal):
            make(dataclasses.replace(dialled(density), passes=2), SKIN)


def test_a_stamp_that_is_too_large_or_of_an_unknown_order_is_refused() -> None:
    with pytest.raises(Refusal, match="400"):
        simulate_stamp(dialled(10.0), SKIN, across=400)
    with pytest.raises(Refusal, match="spiral"):
        simulate_stamp(dialled(10.0), SKIN, order="spiral")  # type: ignore[arg-type]

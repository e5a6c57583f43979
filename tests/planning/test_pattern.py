"""pattern: columns beside columns."""

import dataclasses
import math

import pytest

from porelight.laser import Setting
from porelight.planning.pattern import merging_density, stamp
from porelight.planning.simulate import setting_from, simulate, skin_of
from porelight.refusal import Refusal
from porelight.units import celsius, um

SKIN = skin_of("III", "cheek")


def dialled(density_pct: float, energy_mj: float = 10.0) -> Setting:
    return setting_from("co2", energy_mj=energy_mj, density_pct=density_pct)


def test_far_columns_do_not_feel_each_other() -> None:
    setting = dialled(1.0)
    alone, with_others = simulate(setting, SKIN), stamp(setting, SKIN)
    assert with_others.simulation.crater.ablation_depth == alone.crater.ablation_depth
    assert with_others.simulation.injury.coagulation_depth == pytest.approx(alone.injury.coagulation_depth, abs=1 * um)
    assert with_others.between == pytest.approx(celsius(35.0), abs=0.5)
    assert not with_others.merged


def test_denser_columns_warm_the_skin_between_them_until_they_merge() -> None:
    stamps = [stamp(dialled(share), SKIN) for share in (5.0, 15.0, 30.0)]
    assert [each.between for each in stamps] == sorted(each.between for each in stamps)
    assert [each.bulk_rise for each in stamps] == sorted(each.bulk_rise for each in stamps)
    assert (stamps[0].merged, stamps[-1].merged) == (False, True)


def test_the_pitch_is_that_of_a_square_lattice_and_passes_fill_it() -> None:
    setting = dialled(4.0)
    once, twice = stamp(setting, SKIN), stamp(dataclasses.replace(setting, passes=2), SKIN)
    assert once.pitch == pytest.approx(120 * um * math.sqrt(math.pi / 4.0 / 0.04))
    assert twice.pitch == pytest.approx(once.pitch / math.sqrt(2.0))


def test_bulk_rise_is_the_stored_energy_shared_by_the_skin_of_the_cell() -> None:
    found = stamp(dialled(10.0), SKIN)
    volume = found.pitch**2 * (SKIN.layers[0].thickness + SKIN.layers[1].thickness)
    assert found.bulk_rise * volume * 3.761e6 == pytest.approx(found.simulation.warming.energy.stored, rel=1e-6)


@pytest.mark.slow
def test_columns_merge_at_a_density_below_which_they_do_not() -> None:
    share = merging_density(dialled(10.0), SKIN)
    assert share is not None
    assert stamp(dialled(100 * share), SKIN).merged
    assert not stamp(dialled(90 * share), SKIN).merged


def test_more_energy_merges_no_later() -> None:
    weak, strong = (stamp(dialled(12.0, energy), SKIN).between for energy in (3.0, 20.0))
    assert strong > weak


@pytest.mark.parametrize("density", [0.0, 95.0])
def test_a_lattice_without_columns_or_without_room_is_refused(density: float) -> None:
    with pytest.raises(Refusal):
        stamp(dataclasses.replace(dialled(density), passes=2), SKIN)

"""fields: what flows between the stages checks itself where it is made, and cannot be changed."""

import dataclasses
import math
import pickle
from typing import Any

import numpy as np
import pytest

from porelight import heat
from porelight.fields import Crater, Deposit, EnergyBalance, Exposure, Grid, Interval, Spread
from porelight.laser import Setting, find_laser
from porelight.refusal import Refusal
from porelight.skin import Layer, Pore, Skin, facial_skin
from porelight.units import celsius, mJ, mm, ms, um, us
from tests.planning import made_up

GRID = Grid(np.linspace(0.0, 1 * mm, 11), np.linspace(0.0, 2 * mm, 21))
COLUMN = made_up.simulate(made_up.dial(20, 10))


@pytest.mark.parametrize(
    "edges", [[0.0, 1.0, 1.0], [0.0], [1.0, 2.0], [0.0, math.nan], [0.0, math.inf], [[0.0, 1.0]]], ids=str
)
def test_a_grid_that_does_not_rise_from_the_surface_is_not_made(edges: Any) -> None:
    with pytest.raises(Refusal, match="must rise from 0"):
        Grid(np.array(edges), GRID.z_edges)


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("crater", {"depth": np.zeros(3)}),
        ("crater", {"depth": np.full(COLUMN.crater.grid.shape[1], math.nan)}),
        ("crater", {"depth": np.full(COLUMN.crater.grid.shape[1], -1e-6)}),
        ("crater", {"resolution": math.nan}),
        ("warming", {"peak": np.zeros((2, 2))}),
        ("warming", {"surface": np.zeros(7)}),
        ("warming", {"frames": np.zeros((1, *COLUMN.crater.grid.shape))}),
        ("injury", {"necrosis": np.zeros(4)}),
        ("injury", {"epidermis": -1.0}),
        ("recovery", {"treated_fraction": 1.5}),
        ("recovery", {"collagen_stimulus": math.nan}),
        ("exposure", {"temperature": math.nan}),
        ("exposure", {"surface": "damp"}),
    ],
    ids=str,
)
def test_a_result_that_cannot_be_is_not_made(part: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        dataclasses.replace(getattr(COLUMN, part), **wrong)


@pytest.mark.parametrize("kind", [Interval, Spread])
@pytest.mark.parametrize("ends", [(2.0, 1.0, 3.0), (math.nan, 1.0, 2.0), (0.0, 1.0, math.inf), ("0", 1.0, 2.0)])
def test_ends_out_of_order_or_not_numbers_make_no_interval(kind: Any, ends: tuple[Any, ...]) -> None:
    with pytest.raises(Refusal):
        kind(*ends)


@pytest.mark.parametrize("part", ["crater", "warming", "injury", "recovery", "exposure"])
def test_results_compare_hash_print_and_pickle(part: str) -> None:
    one = getattr(COLUMN, part)
    two = pickle.loads(pickle.dumps(one))
    assert one == two
    assert hash(one) == hash(two)
    assert one is not None
    assert one != "something else"
    assert len(repr(one)) <= 200
    assert "\n" not in repr(one)


def test_arrays_of_a_result_are_read_only_and_do_not_follow_what_they_were_made_from() -> None:
    depth = np.zeros(GRID.shape[1])
    crater = Crater(GRID, depth, 1 * um)
    depth[0] = 1 * mm
    assert crater.ablation_depth == 0.0
    for array in (crater.depth, GRID.r_edges, COLUMN.injury.necrosis, COLUMN.warming.peak):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1.0


SKIN = facial_skin("III", "cheek")
LAYER, PORE = SKIN.layers[0], SKIN.pore
WRONG: list[tuple[Any, dict[str, Any]]] = [
    *((LAYER, {"thickness": value}) for value in (0.0, -1e-6, math.nan, math.inf, 60.0, "60")),
    *((LAYER, {name: value}) for name in ("water", "melanin", "blood", "fat") for value in (-0.1, 1.1, math.nan, None)),
    *((LAYER, {"anisotropy": value}) for value in (1.0, -1.5, math.nan)),
    *((LAYER, {"refractive_index": value}) for value in (0.0, 0.9, 10.0, math.nan)),
    (LAYER, {"name": "muscle"}),
    *((PORE, {"opening_diameter": value}) for value in (0.0, -1e-6, math.nan, 250.0)),
    (PORE, {"plugged": "no"}),
    *((SKIN, {"phototype": value}) for value in ("IX", "vi", "", None, 3)),
    *((SKIN, {"site": value}) for value in ("neck", None)),
    *((SKIN, {"layers": value}) for value in ((), (LAYER,), SKIN.layers[::-1], None, ("dermis",))),
    (SKIN, {"pore": None}),
]


@pytest.mark.parametrize(("good", "wrong"), WRONG, ids=lambda each: str(each)[:60])
def test_skin_that_cannot_be_is_not_made(good: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        dataclasses.replace(good, **wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"phototype": "IX"}, {"site": "neck"}, {"age": math.nan}, {"age": -3}, {"pore_diameter": math.nan}],
    ids=str,
)
def test_no_facial_skin_is_made_of_nonsense(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        facial_skin(**{"phototype": "III", "site": "cheek", **wrong})


def test_lists_of_layers_become_tuples_so_that_nobody_can_add_one() -> None:
    skin = Skin("III", "cheek", list(SKIN.layers), PORE, [])  # type: ignore[arg-type]
    assert skin.layers == SKIN.layers
    assert isinstance(hash(skin), int)
    assert {type(part) for part in (skin.layers, skin.rests_on)} == {tuple}
    assert isinstance(LAYER, Layer)
    assert isinstance(PORE, Pore)


def test_a_deposit_warms_skin_by_what_it_absorbs_and_the_balance_closes() -> None:
    density = np.zeros(GRID.shape)
    density[:5, :5] = 0.7 / GRID.volume[:5, :5].sum()  # 70 % of the light in a small cylinder
    deposit = Deposit(GRID, density, None, reflected=0.2, transmitted=0.1)
    setting = Setting(find_laser("nafl_1550"), 5 * mJ, 0.4 * mm, 1 * ms)
    tissue = heat.uniform_tissue(GRID, 4e6, 0.4)
    exposure = Exposure(SKIN, setting, celsius(35.0))
    crater, warming = heat.expose(exposure, GRID, tissue, absorb=deposit, cooling_time=10 * us)
    energy = warming.energy
    assert crater.ablation_depth == 0.0
    assert (energy.reflected, energy.lost_above) == pytest.approx((1 * mJ, 0.5 * mJ))
    assert energy.stored + energy.conducted_out == pytest.approx(3.5 * mJ, rel=1e-9)
    with pytest.raises(ValueError, match="tissue has left"):
        deposit(np.zeros(GRID.shape), density, 1.0, density.copy())


def test_an_energy_balance_holds_numbers_alone() -> None:
    with pytest.raises(Refusal):
        EnergyBalance(1.0, 0.0, math.nan, 1.0, 0.0, 0.0)

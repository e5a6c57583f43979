"""damage: Arrhenius sets against their published isothermal table, and the integral against closed forms."""

import itertools

import numpy as np
import pytest

from porelight import cite, damage
from porelight.damage import Damage
from porelight.fields import Crater, Grid
from porelight.units import celsius, mm, ms, um

# Temperature for Omega = 1 in a hold of 1 ms, 10 ms, 0.1 s, 1 s, 10 s [C]: the evidence table, printed to 0.1 C.
TABLE = {
    "henriques": [67.9, 64.4, 61.0, 57.6, 54.2],
    "weaver_stoll": [78.8, 71.7, 64.8, 58.2, 51.9],
    "takata": [67.6, 64.3, 61.0, 57.8, 54.7],
    "mehta_wong_epidermis": [72.2, 67.3, 62.5, 57.9, 53.4],
    "mehta_wong": [86.3, 80.9, 75.8, 70.8, 65.9],
    "agah": [96.6, 90.6, 84.8, 79.2, 73.8],
    "pearce": [105.6, 96.8, 88.4, 80.4, 72.8],
}


def grid() -> Grid:
    return Grid(r_edges=np.linspace(0.0, 0.2 * mm, 21), z_edges=np.linspace(0.0, 0.4 * mm, 41))


def no_crater(on: Grid) -> Crater:
    return Crater(grid=on, depth=np.zeros(on.shape[1]), resolution=0.0)


@pytest.mark.parametrize(("key", "published"), TABLE.items())
def test_a_hold_reaches_one_at_the_published_temperatures(key: str, published: list[float]) -> None:
    found = [damage.load_sets()[key].threshold(10.0**power) for power in range(-3, 2)]
    assert found == pytest.approx([celsius(each) for each in published], abs=0.11)


def test_the_integral_of_a_hold_is_rate_times_time() -> None:
    on = grid()
    seen = Damage(on)
    held, solid = np.full(on.shape, celsius(64.0)), np.ones(on.shape)
    for _ in range(10):
        seen(solid, held, held, 2 * ms)
    for each, omega in zip(seen.sets, seen.omega, strict=True):
        rate = float(each.rate(np.array([celsius(64.0)]))[0])
        assert omega == pytest.approx(rate * 20 * ms, rel=2e-3)  # rates are looked up every 0.2 K


def test_a_ramp_is_integrated_as_finely_as_by_a_thousand_steps() -> None:
    on = grid()
    coarse, fine = Damage(on), Damage(on)
    solid = np.ones(on.shape)
    levels = np.linspace(celsius(55.0), celsius(66.0), 1001)
    for parts, seen in ((levels[::333], coarse), (levels, fine)):
        for a, b in itertools.pairwise(parts):
            seen(solid, np.full(on.shape, a), np.full(on.shape, b), 10 * ms / (len(parts) - 1))
    assert coarse.omega[:, 0, 0] == pytest.approx(fine.omega[:, 0, 0], rel=0.02)


def test_cold_tissue_and_tissue_that_is_gone_take_no_damage() -> None:
    on = grid()
    seen = Damage(on)
    solid = np.ones(on.shape)
    solid[:5] = 0.0
    seen(solid, np.full(on.shape, celsius(90.0)), np.full(on.shape, celsius(90.0)), 10 * ms)
    assert (seen.omega[:, :5] == 0.0).all()
    assert (seen.omega[:, 5:] > 0.0).all()
    before = seen.omega.copy()
    seen(np.ones(on.shape), np.full(on.shape, celsius(37.0)), np.full(on.shape, celsius(37.0)), 10.0)
    assert (seen.omega == before).all()


def test_depth_and_width_lie_between_cells_where_the_temperature_crosses_the_threshold() -> None:
    on = grid()
    seen = Damage(on)
    # Falls linearly with distance from the middle of the surface, so Omega = 1 lies on a known half-circle.
    limit = damage.load_sets()["mehta_wong"].threshold(10 * ms)
    distance = np.hypot(on.z[:, None], on.r[None, :])
    field = limit + (103 * um - distance) * 1e5
    seen(np.ones(on.shape), field, field, 10 * ms)
    found = seen.injury(no_crater(on))
    assert found.coagulation_depth == pytest.approx(103 * um, abs=1 * um)
    assert found.coagulation_width == pytest.approx(206 * um, abs=2 * um)


def test_no_depth_is_less_than_the_crater_and_the_spread_over_sets_holds_the_default() -> None:
    on = grid()
    seen = Damage(on)
    crater = Crater(grid=on, depth=np.where(on.r < 50 * um, 100 * um, 0.0), resolution=10 * um)
    bare = seen.injury(crater)
    assert bare.coagulation_depth == bare.necrosis_depth == crater.ablation_depth
    hot = np.clip(celsius(100.0) - on.z[:, None] * 3e5, celsius(37.0), None) + np.zeros(on.shape)
    seen(np.ones(on.shape), hot, hot, 10 * ms)
    found = seen.injury(crater)
    assert found.coagulated.depth.low <= found.coagulation_depth <= found.coagulated.depth.high
    assert found.coagulation_depth < found.necrosis_depth


def test_another_set_can_be_named() -> None:
    on = grid()
    seen = Damage(on)
    hot = np.clip(celsius(100.0) - on.z[:, None] * 3e5, celsius(37.0), None) + np.zeros(on.shape)
    seen(np.ones(on.shape), hot, hot, 10 * ms)
    shallow = seen.injury(no_crater(on), coagulation="pearce").coagulation_depth
    assert shallow < seen.injury(no_crater(on)).coagulation_depth
    assert {row.key for row in cite.used(seen.injury(no_crater(on)))} >= {"agah_log_a", "henriques_activation"}


# Minutes at 43 C that one minute is worth, by the doubling rule: 0.25^(43 - T) below 43 C, 0.5^(43 - T) above.
@pytest.mark.parametrize(
    ("temperature", "worth"),
    [
        (38.5, 0.0),
        (41.0, 1 / 16),
        (42.0, 0.25),
        (43.0, 1.0),
        (44.0, 2.0),
        (50.0, 128.0),
        (57.0, 16384.0),
        (90.0, 16384.0),
    ],
)
def test_thermal_dose_doubles_each_degree_and_is_held_where_its_rule_ends(temperature: float, worth: float) -> None:
    assert damage.dose_rate(np.array([celsius(temperature)]))[0] == pytest.approx(worth, rel=1e-9)


def test_thermal_dose_and_time_above_60_c_are_kept_where_tissue_is() -> None:
    on = grid()
    seen = Damage(on)
    solid = np.ones(on.shape)
    solid[0] = 0.0
    warm = np.full(on.shape, celsius(45.0))
    seen(solid, warm, warm, 3.0)
    seen(solid, np.full(on.shape, celsius(50.0)), np.full(on.shape, celsius(70.0)), 2.0)
    found = seen.injury(no_crater(on))
    assert found.dose is not None
    assert found.above_60 is not None
    assert found.above_60[1:] == pytest.approx(1.0)  # half of the way from 50 to 70 C
    assert found.dose[1:].min() > 12.0  # 3 s at 45 C alone are worth 12 s
    assert (found.dose[0] == 0.0).all()
    assert (found.above_60[0] == 0.0).all()


def test_cells_of_the_epidermis_and_the_dermis_can_die_by_sets_of_their_own() -> None:
    on = grid()
    seen = Damage(on, epidermis=100 * um)
    hot = np.full(on.shape, celsius(66.0))
    seen(np.ones(on.shape), hot, hot, 10 * ms)
    found = seen.injury(no_crater(on), necrosis="henriques", dermal_necrosis="weaver_stoll")
    upper = on.z < 100 * um
    keys = [each.key for each in seen.sets]
    assert (found.necrosis[upper] == seen.omega[keys.index("henriques")][upper]).all()
    assert (found.necrosis[~upper] == seen.omega[keys.index("weaver_stoll")][~upper]).all()
    assert found.epidermis == 100 * um


def test_the_spread_over_sets_holds_the_default_in_depth_and_width_of_collagen_and_cells() -> None:
    on = grid()
    seen = Damage(on)
    distance = np.hypot(on.z[:, None], on.r[None, :])
    hot = np.clip(celsius(110.0) - distance * 4e5, celsius(37.0), None)
    seen(np.ones(on.shape), hot, hot, 10 * ms)
    found = seen.injury(no_crater(on))
    for low, middle, high in (
        (found.coagulated.depth.low, found.coagulation_depth, found.coagulated.depth.high),
        (found.coagulated.width.low, found.coagulation_width, found.coagulated.width.high),
        (found.dead.depth.low, found.necrosis_depth, found.dead.depth.high),
        (found.dead.width.low, found.necrosis_width, found.dead.width.high),
    ):
        assert 0.0 < low <= middle <= high
        assert low < high
    assert found.coagulation_width < found.necrosis_width

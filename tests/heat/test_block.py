"""heat in three dimensions: closed forms, order of convergence, energy, and the column it must agree with.

Skin as in :mod:`tests.heat.test_exact`. Numbers are the closed forms' own; tolerances are a few times the error that
the observed order leaves at that cell size.
"""

import math

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import erf, erfc

from porelight import cite, heat
from porelight.arrays import Floats
from porelight.fields import Grid
from porelight.heat import uniform_tissue
from porelight.heat.block import Block, Harm, find_runs
from porelight.heat.column import Column
from porelight.heat.grid import Box, graded_edges, stamp_box
from porelight.heat.packing import BOILING, LATENT
from porelight.heat.tissue import Tissue
from porelight.simulation.scenario import setting_from, skin_of
from porelight.units import celsius, mJ, mm, ms, um

CAPACITY, CONDUCTIVITY = 3391.0 * 1109.0, 0.37
DIFFUSIVITY = CONDUCTIVITY / CAPACITY
REST = celsius(37.0)


def box(width: float, across: int, height: float, down: int) -> Box:
    """A box of equal cells, the axis in its middle."""
    edges = np.linspace(-0.5 * width, 0.5 * width, across + 1)
    return Box(edges, edges, np.linspace(0.0, height, down + 1))


def block(cells: Box, surface: tuple[float, float] = (0.0, REST), perfusion: float = 0.0, threads: int = 1) -> Block:
    made = Block(
        cells, uniform_tissue(cells.rows, CAPACITY, CONDUCTIVITY, perfusion=perfusion), REST, surface, threads=threads
    )
    made.window = (cells.shape[0], 0, cells.shape[1])
    return made


def warm(made: Block, rise: Floats) -> None:
    nothing = np.zeros(made.box.shape, dtype=bool)
    everywhere = (slice(0, made.box.shape[0]), slice(0, made.box.shape[1]), slice(0, made.box.shape[2]))
    made.put(CAPACITY * rise * made.box.volume, nothing, everywhere)


def bell(edges: Floats, sd: float) -> Floats:
    """Cell means of exp(-x2 / 2 sd2)."""
    return np.asarray(np.diff(erf(edges / (math.sqrt(2.0) * sd))) / np.diff(edges) * sd * math.sqrt(math.pi / 2.0))


def ball(cells: Box, sd: float) -> Floats:
    """A Gaussian ball of heat whose middle lies on the surface, which mirrors it."""
    along, back = bell(cells.x_edges, sd), bell(cells.y_edges, sd)
    return np.asarray(bell(cells.z_edges, sd)[:, None, None] * back[:, None] * along)


def order(errors: list[float]) -> float:
    """Observed order of the last halving of the cells."""
    return math.log2(abs(errors[-2] / errors[-1]))


def test_a_gaussian_ball_of_heat_falls_as_the_closed_form_says() -> None:
    sd, time = 60 * um, 10 * ms
    later = math.sqrt(sd**2 + 2.0 * DIFFUSIVITY * time)
    errors = []
    for cells in (30, 60):
        made = block(box(0.9 * mm, cells, 0.45 * mm, cells // 2))
        warm(made, 10.0 * ball(made.box, sd))
        made.cool(time, tolerance=1e-4)
        expected = 10.0 * (sd / later) ** 3 * ball(made.box, later)
        errors.append(float(np.abs(made.temperature - REST - expected).max()))
    # Three second differences err by alpha t dx2 / 12 * 9 / width4 of about 7 K in the middle: 0.04 K at 15 um.
    assert errors[-1] < 0.04
    assert order(errors) > 1.8


def test_on_graded_cells_it_does_too() -> None:
    sd, time = 60 * um, 10 * ms
    later = math.sqrt(sd**2 + 2.0 * DIFFUSIVITY * time)
    errors = []
    for fine in (1, 2):
        half = graded_edges(16 * um / fine, 0.1 * mm, 0.45 * mm, 0.0, 0.15 / fine)
        edges = np.concatenate([-half[:0:-1], half])
        made = block(Box(edges, edges, half))
        warm(made, 10.0 * ball(made.box, sd))
        made.cool(time, tolerance=1e-4)
        expected = 10.0 * (sd / later) ** 3 * ball(made.box, later)
        errors.append(float(np.abs(made.temperature - REST - expected).max()))
    assert errors[-1] < 0.04  # as above: 8 um in the middle, 20 um at the edge
    assert order(errors) > 1.7


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_front_of_a_change_of_phase_moves_as_neumann_says_along_every_axis(axis: int) -> None:
    latent, drop, time = 1.5e9, 60.0, 20 * ms
    stefan = CAPACITY * drop / latent
    root = brentq(lambda x: x * math.exp(x * x) * erf(x) - stefan / math.sqrt(math.pi), 1e-3, 2.0)
    exact = 2.0 * root * math.sqrt(DIFFUSIVITY * time)
    line, wide = np.linspace(0.0, 50 * um, 51), np.linspace(0.0, 1 * mm, 3)
    edges = [wide, wide, wide]
    edges[axis] = line
    cells = Box(x_edges=edges[2], y_edges=edges[1], z_edges=edges[0])
    material = uniform_tissue(cells.rows, CAPACITY, CONDUCTIVITY, latent=latent)
    start = celsius(100.0) - drop
    made = Block(cells, material, start, (1e12, start) if axis == 0 else (0.0, start), threads=1)
    steam = material.rows[0, BOILING] + latent
    made.enthalpy[:] = steam
    if (
        axis > 0
    ):  # a cold wall: cells of endless capacity would do; the first one is put back to its start at every step
        made.window = (cells.shape[0], 0, cells.shape[1])
    while made.time < time * (1.0 - 1e-9):
        if axis > 0:
            hold(made, axis, start)
            made.step(min(0.5 * made.stable_step(), time - made.time))
        else:
            made.cool(time, tolerance=0.05)
    missing = np.clip(steam - made.enthalpy, 0.0, latent) / latent
    front = float(np.moveaxis(missing, axis, 0)[:, 0, 0].sum()) * um
    wall = 0.0 if axis == 0 else 0.5 * um  # the middle of the first cell is the wall
    assert front - wall == pytest.approx(exact, abs=1.0 * um)  # the front is known to within its cell


def hold(made: Block, axis: int, temperature: float) -> None:
    """Keep the first cells along an axis at a temperature."""
    at: list[slice | int] = [slice(None)] * 3
    at[axis] = 0
    made.enthalpy[tuple(at)] = made.tissue.enthalpy(temperature)[0]


def test_a_cold_plate_cools_the_skin_under_it_as_the_closed_form_says() -> None:
    exact = float(erfc(0.1 * mm / (2.0 * math.sqrt(DIFFUSIVITY * 10 * ms))))
    errors = []
    for cells in (40, 80):
        made = block(box(1 * mm, 2, 0.4 * mm, cells), surface=(1e12, REST - 10.0))
        made.cool(10 * ms, tolerance=1e-4)
        at = cells // 4  # 0.1 mm is a face: the mean of its two cells
        fall = REST - made.temperature[at - 1 : at + 1, 0, 0].mean()
        errors.append(float(fall) / 10.0 - exact)
    assert abs(errors[-1]) < 0.02 * exact
    assert order(errors) > 1.7


def test_blood_carries_heat_off_exponentially_and_the_books_say_where_it_went() -> None:
    made = block(box(0.1 * mm, 4, 0.1 * mm, 4), perfusion=2.0 * CAPACITY)  # 2 per second
    warm(made, np.full(made.box.shape, 8.0))
    held = made.energy_left()
    made.cool(0.5, tolerance=1e-4)
    assert made.temperature - REST == pytest.approx(8.0 * math.exp(-1.0), rel=1e-3)
    assert made.energy.out == pytest.approx(held - made.energy_left(), rel=1e-12)


def skin_block(threads: int = 1, *, kinds: bool = False) -> Block:
    """Skin with every part of the enthalpy curve: boiling and dry spots, holes, layers; a foreign body if asked."""
    setting, skin = setting_from("co2"), skin_of("III", "cheek")
    wide = stamp_box(np.linspace(0.0, 0.6 * mm, 31), 0.3 * mm, 2, 20 * um, margin=0.2 * mm)
    cells = Box(wide.x_edges, wide.y_edges, np.linspace(0.0, 0.6 * mm, 31))
    tissue = heat.make_tissue(skin, setting.laser, cells.rows, perfused=False)
    of = None
    if kinds:
        tissue = Tissue(np.vstack([tissue.rows, tissue.rows[-1:]]), tissue.law, tissue.rests_on)
        of = np.broadcast_to(np.arange(30)[:, None, None], cells.shape).copy()
        of[5:9, 4:9, 6:9] = 30
    harm = Harm(np.array([[0.0, 160.0, 55000.0]]), celsius(50.0))
    made = Block(cells, tissue, celsius(35.0), kinds=of, harm=harm, threads=threads)
    rng = np.random.default_rng(4)
    heated = rng.random((20, 8, 9)) * 2.5e9 * (rng.random((20, 8, 9)) > 0.6)
    place = (slice(0, 20), slice(3, 11), slice(4, 13))
    gone = rng.random((20, 8, 9)) > 0.8
    made.put(heated * made.box.volume[place], gone, place)
    return made


def test_an_insulated_block_keeps_its_energy_through_boiling_drying_and_holes() -> None:
    made = skin_block()
    assert (made.enthalpy > made.tissue.rows[:, None, None, BOILING]).any()
    for _ in range(3):
        made.step(0.5 * made.stable_step())
    made.cool(20 * ms)
    balance = made.energy
    assert made.energy_left() == pytest.approx(balance.laid - balance.removed, rel=1e-12)
    assert balance.out == 0.0


def test_the_number_of_threads_changes_nothing() -> None:
    one, three = skin_block(1), skin_block(3)
    for made in (one, three):
        made.cool(10 * ms)
    np.testing.assert_array_equal(one.enthalpy, three.enthalpy)
    np.testing.assert_array_equal(one.omega, three.omega)
    assert one.omega.max() > 0.0


def test_a_foreign_body_of_the_same_material_changes_nothing() -> None:
    plain, mixed = skin_block(), skin_block(kinds=True)
    for made in (plain, mixed):
        made.cool(5 * ms)
    rows = slice(0, 5)  # above the body, whose material is that of the last row of dermis
    assert mixed.temperature[rows] == pytest.approx(plain.temperature[rows], abs=1e-6)


def test_runs_describe_every_cell() -> None:
    kinds = np.random.default_rng(1).integers(0, 3, size=(4, 5, 12))
    first, ends, names = find_runs(kinds)
    for z, y in np.ndindex(4, 5):
        found, at, start = np.empty(12, dtype=int), int(first[z, y]), 0
        while start < 12:
            found[start : ends[at]] = names[at]
            start, at = int(ends[at]), at + 1
        np.testing.assert_array_equal(found, kinds[z, y])


def test_block_and_column_agree_on_what_both_can_do() -> None:
    """A ball of skin at up to 180 C, boiling inside, cools alike in rings and in cells, within what the cells err."""
    setting, skin = setting_from("co2"), skin_of("III", "cheek")
    sd, time, peak = 60 * um, 6 * ms, 1.6e9
    ends = []
    for fine in (1, 2):
        half = np.linspace(0.0, 0.3 * mm, 15 * fine + 1)
        edges = np.concatenate([-half[:0:-1], half])
        cells = Box(edges, edges, half)
        made = Block(cells, heat.make_tissue(skin, setting.laser, cells.rows), celsius(35.0), threads=1)
        made.window = (cells.shape[0], 0, cells.shape[1])
        everywhere = (slice(0, cells.shape[0]), slice(0, cells.shape[1]), slice(0, cells.shape[2]))
        made.put(peak * ball(cells, sd) * cells.volume, np.zeros(cells.shape, dtype=bool), everywhere)
        made.cool(time, tolerance=0.1)
        middle = cells.shape[1] // 2
        ends.append(np.interp(np.array([50.0, 90.0, 130.0]) * um, cells.x, made.temperature[0, middle]))
    grid = Grid(r_edges=np.linspace(0.0, 0.3 * mm, 121), z_edges=np.linspace(0.0, 0.3 * mm, 121))
    alone = Column(grid, heat.make_tissue(skin, setting.laser, grid), celsius(35.0), (0.0, celsius(35.0)))
    alone.nz, alone.nr = grid.shape
    across = -np.diff(np.exp(-(grid.r_edges**2) / (2 * sd**2))) * 2 * sd**2 / np.diff(grid.r_edges**2)
    alone.enthalpy += peak * bell(grid.z_edges, sd)[:, None] * across
    alone.cool(time, None, tolerance=0.1)
    alone.settle()
    truth = np.interp(np.array([50.0, 90.0, 130.0]) * um, grid.r, alone.temperature[0])
    coarse, close = (np.abs(each - truth).max() for each in ends)
    assert close < 1.5  # of up to 65 K above the start, at cells of 10 um
    assert close < 0.6 * coarse


def test_damage_of_a_block_held_warm_is_rate_times_time() -> None:
    cells = box(0.1 * mm, 3, 0.1 * mm, 3)
    harm = Harm(np.array([[0.0, 1.0, 0.0], [celsius(55.0), math.log(0.7), 0.0]]), celsius(45.0))
    made = Block(cells, uniform_tissue(cells.rows, CAPACITY, CONDUCTIVITY), celsius(60.0), harm=harm, threads=1)
    made.window = (3, 0, 3)
    made.step(1 * ms)
    made.cool(2.0)
    assert made.omega == pytest.approx(1.4, rel=1e-9)


def test_heat_meant_for_removed_cells_goes_to_tissue_of_the_same_depth() -> None:
    made = block(box(0.1 * mm, 4, 0.1 * mm, 4))
    heated, gone = np.zeros((4, 4, 4)), np.zeros((4, 4, 4), dtype=bool)
    heated[:2, 1, 1], heated[:2, 2, 2] = 1 * mJ, 3 * mJ
    gone[:2, 1, 1] = True
    gone[0] = True
    made.put(heated, gone, (slice(0, 4), slice(0, 4), slice(0, 4)))
    assert made.energy_left() == pytest.approx(8 * mJ, rel=1e-12)
    rise = (made.enthalpy - made.initial)[1] * made.box.volume[1]
    assert rise[2, 2] == pytest.approx(8 * mJ, rel=1e-12)
    assert made.solid[0].sum() == 0


def test_where_nothing_is_left_heat_is_refused() -> None:
    made = block(box(0.1 * mm, 2, 0.1 * mm, 2))
    with pytest.raises(ValueError, match="no tissue"):
        made.put(np.ones((2, 2, 2)), np.ones((2, 2, 2), dtype=bool), (slice(0, 2), slice(0, 2), slice(0, 2)))


def test_the_block_boils_water_where_the_tables_do() -> None:
    made = skin_block()
    made.enthalpy[:] = made.tissue.rows[:, None, None, BOILING] + 0.5 * made.tissue.rows[:, None, None, LATENT]
    assert made.temperature[made.solid == 1] == pytest.approx(cite.table("thermal")["boiling_point"].si, rel=1e-12)

"""From the rings of a column to the cells of a block."""

import numpy as np
import pytest

from porelight.fields import Grid
from porelight.heat import uniform_grid
from porelight.heat.grid import Box, stamp_box
from porelight.heat.imprint import Imprint, make_imprint, slices_within
from porelight.units import mm, um

GRID = uniform_grid(0.4 * mm, 80, 0.3 * mm, 100)


def cells(across: int = 3) -> Box:
    return stamp_box(GRID.z_edges, 0.3 * mm, across, 15 * um)


def printed(box: Box, x: float = 0.0, y: float = 0.0) -> Imprint:
    return make_imprint(GRID, box, slices_within(box, x, y, 0.31 * mm), x, y)


def test_energy_is_kept_to_rounding() -> None:
    density = np.random.default_rng(2).random(GRID.shape) * 1e9
    for x, y in ((0.0, 0.0), (0.3 * mm, -0.3 * mm), (17 * um, 5 * um)):
        laid = printed(cells(), x, y).energy(density)
        assert laid.sum() == pytest.approx((density * GRID.volume).sum(), rel=1e-13)


def test_even_heat_stays_even_inside_its_radius() -> None:
    box = cells()
    where = printed(box)
    density = where.energy(np.full(GRID.shape, 3e8)) / box.volume[where.place]
    inside = (where.radius < 0.26 * mm).reshape(density.shape[1:])
    assert density[:, inside] == pytest.approx(3e8, rel=0.03)  # twelve points across a cell of 15 to 30 um
    assert density[:, inside].mean() == pytest.approx(3e8, rel=0.002)


def test_a_hole_of_a_known_radius_keeps_its_volume_within_a_cell_along_its_wall() -> None:
    box = cells()
    where = printed(box)
    gone = (GRID.r < 60 * um)[None, :] & (GRID.z < 0.2 * mm)[:, None]
    volume = (where.gone(gone) * box.volume[where.place]).sum()
    assert volume == pytest.approx(np.pi * (60 * um) ** 2 * 0.2 * mm, rel=0.1)


def test_a_field_is_read_where_the_cells_are() -> None:
    box = cells()
    where = printed(box, 0.3 * mm, 0.0)
    found = where.at(np.broadcast_to(GRID.r, GRID.shape))
    near = where.radius < 0.29 * mm
    assert found.reshape(box.shape[0], -1)[0, near] == pytest.approx(where.radius[near], abs=3 * um)


def test_rows_that_do_not_fit_are_refused() -> None:
    box = cells()
    other = Grid(r_edges=GRID.r_edges, z_edges=GRID.z_edges * 1.01)
    with pytest.raises(ValueError, match="rows"):
        make_imprint(other, box, slices_within(box, 0.0, 0.0, 0.1 * mm), 0.0, 0.0)


@pytest.mark.parametrize("across", [2, 3])
def test_every_column_of_a_stamp_stands_among_like_cells(across: int) -> None:
    box, pitch = cells(across), 0.3 * mm
    middles = pitch * (np.arange(across) - 0.5 * (across - 1))
    first = slices_within(box, middles[0], middles[0], 0.1 * mm)
    for middle in middles:
        place = slices_within(box, middle, middle, 0.1 * mm)
        assert box.x[place[2]] - middle == pytest.approx(box.x[first[2]] - middles[0], abs=1e-9)
    assert box.heights.min() >= 22 * um
    assert box.z_edges[-1] == GRID.z_edges[-1]

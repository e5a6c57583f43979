"""heat: closed forms, and the order in which the solver approaches them.

Skin as in the references: k 0.37 W/m/K, rho c 3391 * 1109 J/m3/K. The numbers of each test are the closed form's own,
evaluated in double precision; tolerances are a few times the error the observed order leaves at that cell size.
"""

import math

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import erf, erfc

from porelight.arrays import Floats
from porelight.fields import Absorb, Grid
from porelight.heat import kernels, uniform_grid, uniform_tissue
from porelight.heat.column import Column
from porelight.heat.packing import STEP_REPORTS, Field, Stages, Window
from porelight.units import celsius, mJ, mm, ms, um

CAPACITY, CONDUCTIVITY = 3391.0 * 1109.0, 0.37
DIFFUSIVITY = CONDUCTIVITY / CAPACITY
REST = celsius(37.0)


def column(grid: Grid, surface: tuple[float, float] = (0.0, REST), perfusion: float = 0.0) -> Column:
    made = Column(grid, uniform_tissue(grid, CAPACITY, CONDUCTIVITY, perfusion=perfusion), REST, surface)
    made.nz, made.nr = grid.shape
    return made


def warm(made: Column, rise: Floats) -> None:
    made.enthalpy[:] = made.initial + CAPACITY * rise


def risen(made: Column) -> Floats:
    made.settle()
    return np.asarray(made.temperature - REST)


def beam(grid: Grid, mu: float) -> Absorb:
    area = float(np.pi * grid.r_edges[-1] ** 2)
    share = -np.diff(np.exp(-mu * grid.z_edges)) / np.diff(grid.z_edges)

    def absorb(solid: Floats, dried: Floats, energy: float, added: Floats) -> tuple[float, float]:
        added += energy / area * share[:, None]
        return 0.0, energy * math.exp(-mu * grid.z_edges[-1])

    return absorb


def lit_surface(irradiance: float, mu: float, duration: float, height: float, cells: int) -> float:
    """Rise of an insulated surface under light [K]; the surface lies an eighth of the first step above two cells."""
    grid = uniform_grid(height, cells, 1 * mm, 1)
    made = column(grid)
    steps = math.ceil(duration / (0.8 * made.stable_step()))
    energy = irradiance * duration * math.pi * (1 * mm) ** 2
    for _ in range(steps):
        made.light(beam(grid, mu), energy / steps, duration / steps, None)
    rise = risen(made)[:, 0]
    return float((9.0 * rise[0] - rise[1]) / 8.0)


def lit_surface_exact(irradiance: float, mu: float, duration: float) -> float:
    x = mu * math.sqrt(DIFFUSIVITY * duration)
    return irradiance / (CONDUCTIVITY * mu) * (math.exp(x * x) * erfc(x) - 1.0 + 2.0 * x / math.sqrt(math.pi))


def order(errors: list[float], ratio: float = 2.0) -> float:
    """Observed order of the last refinement."""
    return math.log(abs(errors[-2] / errors[-1])) / math.log(ratio)


@pytest.mark.parametrize(
    ("irradiance", "mu", "duration", "published", "height"),
    [(1e6, 1e4, 1 * ms, 2.4731, 1 * mm), (1e7, 7e4, 0.1 * ms, 15.935, 0.2 * mm)],
)
def test_a_surface_under_light_warms_as_the_closed_form_says(
    irradiance: float, mu: float, duration: float, published: float, height: float
) -> None:
    exact = lit_surface_exact(irradiance, mu, duration)
    assert exact == pytest.approx(published, rel=3e-5)  # the reference is printed to five digits
    errors = [lit_surface(irradiance, mu, duration, height, cells) - exact for cells in (200, 400)]
    assert abs(errors[-1]) < 2e-3 * exact
    assert order(errors) > 1.7


def test_a_step_at_the_surface_reaches_a_tenth_of_a_millimetre_in_ten_milliseconds() -> None:
    exact = erfc(0.1 * mm / (2.0 * math.sqrt(DIFFUSIVITY * 10 * ms)))
    assert exact == pytest.approx(0.024177, rel=3e-5)
    errors = []
    for cells in (40, 80, 160):
        grid = uniform_grid(0.4 * mm, cells, 1 * mm, 1)
        made = column(grid, surface=(1e12, REST - 10.0))
        made.cool(10 * ms, None, tolerance=1e-4)
        at = cells // 4  # 0.1 mm is a face: the mean of its two cells
        errors.append(-0.5 * float(risen(made)[at - 1 : at + 1, 0].sum()) / 10.0 - float(exact))
    assert abs(errors[-1]) < 5e-3 * exact
    assert order(errors) > 1.7


def gaussian(grid: Grid, sd: float, depth: bool) -> Floats:
    """Cell means of a Gaussian of standard deviation ``sd``."""
    across = -np.diff(np.exp(-(grid.r_edges**2) / (2 * sd**2))) * 2 * sd**2 / np.diff(grid.r_edges**2)
    if not depth:
        return np.broadcast_to(across, grid.shape)
    down = np.diff(erf(grid.z_edges / (math.sqrt(2.0) * sd))) / np.diff(grid.z_edges) * sd * math.sqrt(math.pi / 2)
    return np.asarray(down[:, None] * across[None, :])


@pytest.mark.parametrize(("depth", "dimensions", "published"), [(False, 2, 0.55956), (True, 3, 0.41858)])
def test_a_gaussian_of_heat_falls_as_the_closed_form_says(depth: bool, dimensions: int, published: float) -> None:
    sd, time = 50 * um, 10 * ms
    later = math.sqrt(sd**2 + 2 * DIFFUSIVITY * time)
    assert (sd / later) ** dimensions == pytest.approx(published, rel=2e-5)
    errors = []
    for cells in (40, 80):
        grid = uniform_grid(0.4 * mm, cells if depth else 2, 0.4 * mm, cells)
        made = column(grid)
        warm(made, 10.0 * gaussian(grid, sd, depth))
        made.cool(time, None, tolerance=1e-5)
        expected = 10.0 * (sd / later) ** dimensions * gaussian(grid, later, depth)
        errors.append(float(np.abs(risen(made) - expected).max()))
    assert errors[-1] < 6e-3  # of 10 K, at cells of 5 um
    assert order(errors) > 1.8


def test_a_point_of_heat_spreads_as_the_closed_form_says() -> None:
    heat, radius, time = 1 * mJ, 0.2 * mm, 10 * ms
    width = 4.0 * DIFFUSIVITY * time
    exact = heat / (CAPACITY * (math.pi * width) ** 1.5) * math.exp(-(radius**2) / width)
    assert exact == pytest.approx(0.0074544, rel=2e-5)
    errors = []
    for cells in (125, 250):
        grid = uniform_grid(0.5 * mm, cells, 0.5 * mm, cells)
        material = uniform_tissue(grid, CAPACITY, CONDUCTIVITY, boiling=1e9)  # a point is hot
        made = Column(grid, material, REST, (0.0, REST))
        made.nz, made.nr = grid.shape
        rise = np.zeros(grid.shape)
        rise[0, 0] = 0.5 * heat / (CAPACITY * grid.volume[0, 0])  # the insulated surface mirrors the other half
        warm(made, rise)
        made.cool(time, None, tolerance=1e-3)
        errors.append(float(np.interp(radius, grid.r, risen(made)[0])) - exact)
    # At 4.5 widths out the scheme errs by alpha t dx^2 / 12 (r / 2 alpha t)^4: 3.5 % for cells of 2 um.
    assert abs(errors[-1]) < 0.04 * exact
    assert order(errors) > 1.7


def test_blood_carries_heat_off_exponentially() -> None:
    grid = uniform_grid(0.1 * mm, 4, 0.1 * mm, 4)
    made = column(grid, perfusion=2.0 * CAPACITY)  # 2 per second
    warm(made, np.full(grid.shape, 8.0))
    held = made.energy_left()
    made.cool(0.5, None, tolerance=1e-4)
    assert risen(made) == pytest.approx(8.0 * math.exp(-1.0), rel=1e-3)
    assert made.energy.out == pytest.approx(held - made.energy_left(), rel=1e-9)


def test_the_front_of_a_change_of_phase_moves_as_neumann_says() -> None:
    latent, drop, time = 1.5e9, 60.0, 20 * ms
    stefan = CAPACITY * drop / latent
    root = brentq(lambda x: x * math.exp(x * x) * erf(x) - stefan / math.sqrt(math.pi), 1e-3, 2.0)
    exact = 2.0 * root * math.sqrt(DIFFUSIVITY * time)
    grid = uniform_grid(50 * um, 100, 1 * mm, 1)
    material = uniform_tissue(grid, CAPACITY, CONDUCTIVITY, latent=latent)
    made = Column(grid, material, REST, (1e12, celsius(100.0) - drop))
    made.nz, made.nr = grid.shape
    made.enthalpy[:] = material.rows[:, 3:4] + latent  # all steam, about to condense from the surface down
    made.cool(time, None, tolerance=0.05)
    missing = np.clip(material.rows[:, 3] + latent - made.enthalpy[:, 0], 0.0, latent) / latent
    front = float((missing * made.geometry.heights).sum())
    assert front == pytest.approx(exact, abs=0.5 * um)  # the front is known to within its cell


def test_super_time_steps_are_of_second_order() -> None:
    grid = uniform_grid(0.4 * mm, 40, 0.4 * mm, 40)
    time = 4 * ms
    ends = [stepped(grid, time, steps) for steps in (4, 8, 16, 256)]
    errors = [float(np.abs(end - ends[-1]).max()) for end in ends[:3]]
    assert order(errors[:2]) > 1.8
    assert order(errors) > 1.8


def stepped(grid: Grid, time: float, steps: int) -> Floats:
    """A Gaussian of heat after ``steps`` equal super-steps of 15 stages."""
    made = column(grid)
    warm(made, 10.0 * gaussian(grid, 60 * um, True))
    nz, nr = grid.shape
    work = [np.zeros(grid.shape) for _ in range(6)]
    field = Field(made.enthalpy, work[0], work[1], made.solid, made.peak)
    rows, law, _ = made.material
    for _ in range(steps):
        kernels.find_rate(*field[:4], work[2], rows, law, *made.geometry, made.surface, nz, nr)
        kernels.step_without_light(
            field, Stages(work[2], work[3], work[4], work[5]), made.material, made.geometry, made.surface,
            time / steps, 15, Window(nz, nr), 0.0, np.zeros(STEP_REPORTS),
        )  # fmt: skip
        made.enthalpy[:] = work[3]
    return np.asarray(made.enthalpy / CAPACITY)

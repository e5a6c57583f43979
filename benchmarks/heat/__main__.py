"""Heat: memory bandwidth, the stencil, one pulse, and error against time. Run with ``python -m benchmarks.heat``.

Times are CPU times of one thread, best of several, so that a busy machine changes them least.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numba import njit

from benchmarks.heat import block
from porelight import heat
from porelight.arrays import Floats
from porelight.damage import Damage
from porelight.fields import Exposure, Warming
from porelight.heat import kernels
from porelight.heat.surface import pack_contact
from porelight.laser import physics_of
from porelight.light.beer_lambert import Beam, make_beer_lambert_beam
from porelight.simulation import stamp
from porelight.simulation.chain import expected_depth, penetration, simulate
from porelight.simulation.scenario import setting_from, skin_of
from porelight.units import celsius, ms, um

SKIN = skin_of("III", "cheek")
SETTING = setting_from("co2", energy_mj=20, pulse_us=1000)


@njit(nogil=True)
def triad(a, b, c):  # type: ignore[no-untyped-def]
    for i in range(a.size):
        a[i] = b[i] + 0.4 * c[i]


def best(run: Callable[[], object], times: int = 5) -> float:
    """Least CPU time of this thread [s]."""
    taken = []
    run()
    for _ in range(times):
        start = time.thread_time()
        run()
        taken.append(time.thread_time() - start)
    return min(taken)


def numpy_rate(T: Floats, K: Floats, dz: Floats, rings: Floats) -> Floats:  # noqa: N803
    """The same flows with numpy slices, temperature and conductivity given."""
    down = (T[:-1] - T[1:]) / (0.5 * dz[:-1, None] / K[:-1] + 0.5 * dz[1:, None] / K[1:])
    series = 0.5 * rings[0, :-1] / K[:, :-1] + 0.5 * rings[0, 1:] / K[:, 1:]
    aside = rings[1, 1:] * (T[:, :-1] - T[:, 1:]) / series
    out = np.zeros_like(T)
    out[:-1] -= down / dz[:-1, None]
    out[1:] += down / dz[1:, None]
    out[:, :-1] -= aside * rings[2, :-1]
    out[:, 1:] += aside * rings[2, 1:]
    return out


def stencil(nz: int, nr: int) -> None:
    """Speed of the rate of enthalpy on a grid, beside the bandwidth of a triad."""
    grid = heat.uniform_grid(nz * 3 * um, nz, nr * 3 * um, nr)
    tissue = heat.make_tissue(SKIN, SETTING.laser, grid)
    rng = np.random.default_rng(1)
    enthalpy = tissue.enthalpy(celsius(35.0))[:, None] + rng.random(grid.shape) * 1.5e9
    fields = [np.zeros(grid.shape) for _ in range(3)]
    solid, surface = np.ones(grid.shape), pack_contact(0.0, 300.0, 300.0)
    dz, rings = kernels.pack_geometry(grid)

    def ours() -> object:
        return kernels.find_rate(
            *(enthalpy, fields[0], fields[1], solid, fields[2]),
            *(tissue.rows, tissue.law, dz, rings, surface, nz, nr),
        )

    repeat = max(1, 2_000_000 // (nz * nr))
    fast = best(lambda: [ours() for _ in range(repeat)]) / repeat
    slow = best(lambda: [numpy_rate(fields[0], fields[1], dz, rings) for _ in range(repeat)]) / repeat
    arrays = [np.ones(nz * nr) for _ in range(3)]
    stream = best(lambda: [triad(*arrays) for _ in range(repeat)]) / repeat
    bandwidth = 24.0 * nz * nr / stream
    # Read enthalpy and solid, write and read temperature and conductivity, write the rate: 56 bytes a cell.
    print(
        f"stencil {nz} x {nr}: {nz * nr / fast / 1e6:.0f} M cells/s, numpy (flows alone) {nz * nr / slow / 1e6:.0f};"
        f" triad {bandwidth / 1e9:.0f} GB/s, share of its bound {56.0 * nz * nr / fast / bandwidth:.0%}"
    )


def made() -> tuple[heat.Tissue, Beam, Exposure]:
    grid = heat.column_grid(SETTING, penetration(SETTING), expected_depth(SETTING))
    tissue = heat.make_tissue(SKIN, SETTING.laser, grid)
    share = 1.0 - np.minimum(tissue.removal_cost / physics_of(SETTING.laser)[1].heat_of_ablation.si, 1.0)
    return tissue, make_beer_lambert_beam(SETTING, SKIN, grid, share), Exposure(SKIN, SETTING, celsius(35.0))


def exposed(tolerance: float) -> tuple[Warming, float]:
    """One exposure at a tolerance [K]: warming and depth of coagulation [um]."""
    grid = heat.column_grid(SETTING, penetration(SETTING), expected_depth(SETTING))
    tissue, light, exposure = made()
    damage = Damage(grid)
    crater, warming = heat.expose(
        exposure,
        grid,
        tissue,
        absorb=light,
        watch=damage,
        cooling_time=50 * ms,
        tolerance=tolerance,
        moments=np.array([2 * ms, 5 * ms, 20 * ms, 51 * ms]),
    )
    return warming, damage.injury(crater).coagulation_depth / um


def error_against_time() -> None:
    """What a tolerance costs and what error it leaves, against a run with a hundredth of the finest."""
    truth, depth = exposed(0.002)
    assert truth.frames is not None
    for tolerance in (0.1, 0.5, 2.0, 5.0, 20.0):
        taken = best(lambda t=tolerance: exposed(t), 2)  # type: ignore[misc]
        found, near = exposed(tolerance)
        assert found.frames is not None
        worst = float(np.nanmax(np.abs(found.frames - truth.frames)))
        print(
            f"tolerance {tolerance:5.1f} K: {taken:.2f} s, worst cell at four moments {worst:.2f} K,"
            f" coagulation {1e3 * (near - depth):+.0f} nm"
        )


def stamp_time(threads: int) -> str:
    """Processor time and time of a stamp with its first column's compiled code at hand."""
    setting = setting_from("co2", energy_mj=20, density_pct=10)
    stamp.simulate_stamp(setting, SKIN, across=2, followed=0.01)
    begun, busy = time.perf_counter(), time.process_time()
    stamp.simulate_stamp(setting, SKIN, threads=threads)
    return f"{time.process_time() - busy:.0f} s of processor time in {time.perf_counter() - begun:.0f} s"


def main() -> None:
    for shape in ((150, 60), (1000, 1000), (4000, 1000)):
        stencil(*shape)
    taken = best(lambda: simulate(SETTING, SKIN, cooling_time=50 * ms))
    print(f"one CO2 pulse, 20 mJ, 120 um, 1 ms, and 50 ms of cooling, damage by six sets: {taken:.2f} s")
    error_against_time()
    block.main()
    for cores in (1, 2):
        print(f"a stamp of 10 x 10 columns of 20 mJ, {cores} threads: {stamp_time(cores)}")


if __name__ == "__main__":
    main()

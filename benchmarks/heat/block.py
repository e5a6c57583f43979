"""The step of the block against the memory it must move, and against numpy and JAX on the same problem.

One problem: skin in layers, cells of 20 um, conductivity and heat capacity following temperature and water, a source,
blood, and damage by an Arrhenius law, one explicit step. ``warm`` is the share of rows of cells above 43 C, in which
alone damage is worth an exponential.

A perfect kernel moves, per cell, the enthalpy in and out, the source in, one byte that says whether there is tissue,
and in warm rows the damage in and out: 25 or 41 bytes. A stage of a super-step, which is what a stamp spends its time
in, reads two stages, the start and its rate and writes one: 41 bytes. That over the bandwidth of a triad (a = b + s c,
24 bytes a number, on arrays as long, by turns with the kernel) is the bound. Neither counts the line that a store
reads first.
"""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from porelight import heat
from porelight.arrays import Floats
from porelight.damage import default_set, load_sets
from porelight.heat import block_kernels
from porelight.heat.block import Block, Harm
from porelight.heat.grid import Box
from porelight.heat.packing import BOILING, CONDUCTIVITY, CONDUCTIVITY_POINT, DRY, LATENT, WET
from porelight.simulation.scenario import setting_from, skin_of
from porelight.units import ICE_POINT, celsius, um

SHAPE = (96, 128, 224)
STEP = 1e-5
COLD = celsius(43.0)
ROUNDS = 9


@njit(nogil=True)
def triad(a, b, c):  # type: ignore[no-untyped-def]
    for i in range(a.size):
        a[i] = b[i] + 0.4 * c[i]


@dataclasses.dataclass(frozen=True)
class Problem:
    """A block with layers of warm skin, its source and its law of damage."""

    block: Block
    source: Floats
    law: Floats
    """(1, 3) from where it holds, ln A, E / R."""

    @property
    def cells(self) -> int:
        return self.source.size


def problem(warm: float, threads: int = 1) -> Problem:
    """Skin at 35 C, in the upper ``warm`` share of its rows at 60 C, with hot, boiling and dry cells among them."""
    z, y, x = (np.asarray(np.arange(size + 1) * 20 * um) for size in SHAPE)
    box = Box(x, y, z)
    tissue = heat.make_tissue(skin_of("III", "cheek"), setting_from("co2").laser, box.rows)
    part = load_sets()[default_set("coagulation")].ranges[0]
    law = np.array([[part.above, part.log_a, part.activation]])
    made = Block(box, tissue, celsius(35.0), harm=Harm(law, COLD), threads=threads)
    made.window = (SHAPE[0], 0, SHAPE[1])
    rng, hot = np.random.default_rng(3), round(warm * SHAPE[0])
    made.enthalpy += rng.random(SHAPE) * 1e6
    made.enthalpy[:hot] += 25.0 * tissue.rows[:hot, WET, None, None]
    made.enthalpy[: hot // 8, 40:60, 40:60] += rng.random((hot // 8, 20, 20)) * 2.5e9
    return Problem(made, rng.random(SHAPE) * 1e9, law)


def ours(given: Problem) -> None:
    """One step, the arrays left in place."""
    block = given.block
    block._sweep(block_kernels.EXPLICIT, block.enthalpy, block._work[0], given.source, given.source, np.array([STEP]))


def stage(given: Problem) -> None:
    """One stage of a super-step, with made-up weights."""
    block, weights = given.block, np.array([1.2, -0.2, 0.0, STEP, -0.3 * STEP])
    block._sweep(block_kernels.STAGE, block.enthalpy, block._work[0], block._work[1], block._work[2], weights)


def laws(np_: Any, given: Problem, h: Any) -> tuple[Any, Any]:
    """Temperature and conductivity of an enthalpy field: the law of the tissue, without ice."""
    row = [np_.asarray(given.block.tissue.rows[:, column])[:, None, None] for column in range(7)]
    slope, _, airy, _ = given.block.tissue.law
    over = np_.maximum(h - row[BOILING], 0.0)
    dry = np_.maximum(over - row[LATENT], 0.0)
    t = ICE_POINT + (h - over) / row[WET] + dry / row[DRY]
    ready = np_.clip(t, ICE_POINT, celsius(100.0))
    gone = np_.minimum(over / row[LATENT], 1.0)
    return t, row[CONDUCTIVITY] * (1.0 + slope * (ready - CONDUCTIVITY_POINT)) * (1.0 - airy * gone)


def array_step(np_: Any, given: Problem, h: Any, omega: Any, source: Any) -> tuple[Any, Any]:
    """The same step written with whole arrays, for numpy or ``jax.numpy``."""
    block = given.block
    t, k = laws(np_, given, h)
    rate = block.tissue.law[3] * (block.start - t) + source
    for axis, sizes in enumerate((block.box.heights, block.box.depths, block.box.widths)):
        shape = [1, 1, 1]
        shape[axis] = -1
        size = np_.asarray(sizes).reshape(shape)
        low, high = (tuple(slice(*ends) if own == axis else slice(None) for own in range(3)) for ends in _ENDS)
        flow = (t[low] - t[high]) / (0.5 * size[low] / k[low] + 0.5 * size[high] / k[high])
        ends = [(1, 1) if own == axis else (0, 0) for own in range(3)]
        padded = np_.pad(flow, ends)
        rate = rate + (padded[low] - padded[high]) / size
    damage = np_.where(t > COLD, np_.exp(given.law[0, 1] - given.law[0, 2] / t), 0.0)
    return h + STEP * rate, omega + STEP * damage


_ENDS = ((0, -1), (1, None))


def by_turns(runs: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Median processor time [s] of each, one after the other in every round so that a busy machine slows all alike."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.process_time()
            run()
            taken[name].append(time.process_time() - start)
    return {name: float(np.median(each)) for name, each in taken.items()}


def with_jax(given: Problem) -> Callable[[], object] | None:
    """The step compiled by JAX in double precision; None where it is not installed."""
    try:
        import jax  # type: ignore[import-not-found]
        import jax.numpy as jnp  # type: ignore[import-not-found]
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    step = jax.jit(lambda h, omega, source: array_step(jnp, given, h, omega, source))
    held = [jnp.asarray(each) for each in (given.block.enthalpy, given.block.omega, given.source)]
    return lambda: [each.block_until_ready() for each in step(*held)]


def agreement(given: Problem) -> float:
    """Greatest difference of the two ways to write the step, in temperature [K]."""
    ours(given)
    theirs, _ = array_step(np, given, given.block.enthalpy, given.block.omega, given.source)
    return float((np.abs(theirs - given.block._work[0]) / given.block.tissue.rows[:, WET, None, None]).max())


def measure(warm: float, threads: int) -> None:
    """Print one line."""
    given = problem(warm, threads)
    a, b, c = (np.ones(given.cells) for _ in range(3))
    runs: dict[str, Callable[[], object]] = {
        "triad": functools.partial(triad, a, b, c),
        "step": functools.partial(ours, given),
        "stage": functools.partial(stage, given),
        "numpy": functools.partial(array_step, np, given, given.block.enthalpy, given.block.omega, given.source),
    }
    jax = with_jax(given)
    if jax:
        runs["JAX"] = jax
    taken = by_turns(runs)
    moved = 25.0 + 16.0 * warm
    per_byte = taken["triad"] / 24.0
    print(f"{SHAPE[0]} x {SHAPE[1]} x {SHAPE[2]} cells, {warm:.0%} of them warm; triad", end=" ")
    print(f"{given.cells / per_byte / 1e9:.1f} GB/s")
    print(f"  step: {given.cells / taken['step'] / 1e6:.0f} M cells/s,", end=" ")
    print(f"{moved * per_byte / taken['step']:.0%} of the bound of {moved:.0f} bytes a cell")
    print(f"  stage: {given.cells / taken['stage'] / 1e6:.0f} M cells/s,", end=" ")
    print(f"{41.0 * per_byte / taken['stage']:.0%} of the bound of 41 bytes a cell")
    for name in ("numpy", "JAX"):
        said = f"{taken[name] / taken['step']:.1f} times as long" if name in taken else "is not installed"
        print(f"  {name}: {said}")
    print(f"  the step differs from numpy's by {agreement(given):.0e} K")


def main() -> None:
    for warm in (0.05, 1.0):
        measure(warm, threads=1)


if __name__ == "__main__":
    main()

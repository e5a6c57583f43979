"""How fast light is followed: ``python -m benchmarks.light.speed [--rounds 7]``.

Every contestant of a problem takes its turn in every round, in one process, so that a busy machine slows all alike.
Times are processor seconds of all threads; figures are medians over the rounds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Literal

import numpy as np

from benchmarks.light import problems, voxels
from benchmarks.light.problems import Problem
from porelight.fields import Grid
from porelight.light import monte_carlo
from porelight.light.monte_carlo import Transport, run
from porelight.units import mm

CUSTOM_FLOOR = 1e-4
"""Roulette floor of the layered C code."""


def follow(
    problem: Problem, photons: int, seed: int, kernel: Literal["packet", "scalar"] = "packet", derive: bool = False
) -> Transport:
    return monte_carlo.transport(
        problem.medium, problem.beam, photons=photons, grid=problem.grid, seed=seed, threads=1, kernel=kernel,
        derivatives=derive,
    )  # fmt: skip


def processor_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def alternate(contestants: dict[str, Callable[[int], object]], rounds: int) -> dict[str, float]:
    """Median processor seconds of each contestant, run in turn."""
    for work in contestants.values():
        work(0)
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for round_number in range(1, rounds + 1):
        for name, work in contestants.items():
            times[name].append(processor_seconds(lambda work=work, n=round_number: work(n)))  # type: ignore[misc]
    return {name: statistics.median(taken) for name, taken in times.items()}


def packet_against_scalar(problem: Problem, rounds: int) -> None:
    """Photons and scattering events per second and core, with the C code's roulette floor and with ours."""
    few = max(problem.photons // 12, 1000)
    ours = run.ROULETTE_WEIGHT

    def floored(seed: int) -> None:
        run.ROULETTE_WEIGHT = CUSTOM_FLOOR
        follow(problem, problem.photons, seed)
        run.ROULETTE_WEIGHT = ours

    def slow(seed: int) -> None:
        run.ROULETTE_WEIGHT = CUSTOM_FLOOR
        follow(problem, few, seed, "scalar")
        run.ROULETTE_WEIGHT = ours

    taken = alternate(
        {"packet": floored, "scalar": slow, "default": lambda seed: follow(problem, problem.photons, seed)}, rounds
    )
    run.ROULETTE_WEIGHT = CUSTOM_FLOOR
    steps = follow(problem, 5000, 1).steps
    run.ROULETTE_WEIGHT = ours
    packet, scalar = problem.photons / taken["packet"], few / taken["scalar"]
    text = f"{problem.name:24} packet {packet / 1e6:8.3f} M photons/s {packet * steps / 1e6:6.1f} M steps/s"
    text += f" | scalar {scalar / 1e6:7.4f} | ratio {packet / scalar:5.1f}"
    text += f" | with roulette at {ours:g}: {problem.photons / taken['default'] / 1e6:.3f}"
    if problem.published_c:
        text += (
            f" | layered C code measured earlier {problem.published_c / 1e6:.4f}: {packet / problem.published_c:.1f}"
        )
    print(text)


def against_voxels(rounds: int) -> None:
    module = voxels.load()
    if module is None:
        print(f"pmcxcl is not installed: skipped. To compare, {voxels.ADVICE}")
        return
    for problem, name in ((problems.cube60(), "cube60"), (problems.voxel_slab(), "slab")):
        photons = problem.photons
        found = follow(problem, photons, 1)
        theirs = voxels.absorbed(module, name, photons, 1)
        region = next(key for key in found.absorbed if key != "black")
        taken = alternate(
            {
                "packet": lambda seed, p=problem: follow(p, p.photons, seed),  # type: ignore[misc]
                "pmcxcl": lambda seed, n=name, c=photons: voxels.absorbed(module, n, c, seed + 1),  # type: ignore[misc]
            },
            rounds,
        )
        ours, other = photons / taken["packet"], photons / taken["pmcxcl"]
        rates = f"packet {ours / 1e3:8.0f} k photons/s | pmcxcl {other / 1e3:7.1f} | ratio {ours / other:5.1f}"
        print(f"{problem.name:24} {rates} | absorbed {found.absorbed[region].value:.4f} and {theirs:.4f}")


def time_to_one_percent(rounds: int) -> None:
    """What a user waits for: the light in a gland at 0.8 mm, known to 1 %."""
    problem = problems.gland()
    waits, photons = [], 0
    for seed in range(rounds + 1):
        start, wall = time.process_time(), time.perf_counter()
        found = monte_carlo.transport(problem.medium, problem.beam, relative_error=("gland", 0.01), seed=seed)
        if seed:
            waits.append((time.process_time() - start, time.perf_counter() - wall))
            photons = found.photons
    processor, clock = (statistics.median(times) for times in zip(*waits, strict=True))
    print(f"{problem.name}: 1 % takes {processor:.2f} processor seconds, {clock:.2f} by the clock, {photons} photons")


def linear_cost(rounds: int) -> None:
    """Cost per photon over the number of photons, and over the size of the grid."""
    problem = problems.layered()[2]
    counts = (50_000, 200_000, 800_000)
    taken = alternate({str(n): lambda seed, n=n: follow(problem, n, seed) for n in counts}, rounds)  # type: ignore[misc]
    print("us per photon by photons: " + ", ".join(f"{n}: {1e6 * taken[str(n)] / n:.3f}" for n in counts))
    sizes = (1, 30, 100, 300)

    def sized(cells: int, seed: int) -> None:
        grid = Grid(np.linspace(0, 5 * mm, cells + 1), np.linspace(0, 4 * mm, cells + 1))
        monte_carlo.transport(problem.medium, problem.beam, photons=400_000, grid=grid, seed=seed, threads=1)

    taken = alternate({str(n): lambda seed, n=n: sized(n, seed) for n in sizes}, rounds)  # type: ignore[misc]
    print("us per photon by cells: " + ", ".join(f"{n}x{n}: {1e6 * taken[str(n)] / 400_000:.3f}" for n in sizes))
    derived = alternate(
        {
            "plain": lambda seed: follow(problem, 200_000, seed),
            "derived": lambda seed: follow(problem, 200_000, seed, derive=True),
        },
        rounds,
    )
    print(f"derivatives cost {derived['derived'] / derived['plain']:.2f} times the plain run")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    for problem in problems.layered():
        packet_against_scalar(problem, rounds)
    time_to_one_percent(rounds)
    linear_cost(rounds)
    against_voxels(max(rounds // 2, 1))


if __name__ == "__main__":
    main()

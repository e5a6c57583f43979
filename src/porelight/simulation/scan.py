"""A stamp while it is scanned: columns followed in rings, laid into a block of skin that conducts between them."""

from __future__ import annotations

import itertools
import math
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from porelight import cite, heat
from porelight.arrays import Floats
from porelight.damage import default_set, load_sets
from porelight.fields import Progress
from porelight.frozen import frozen
from porelight.heat.block import Block, Harm
from porelight.heat.grid import Box, stamp_box
from porelight.heat.imprint import Imprint, make_imprint, slices_within
from porelight.heat.packing import WET
from porelight.laser import Setting
from porelight.refusal import Refusal
from porelight.simulation.chain import WARMEST, simulate
from porelight.simulation.model import Simulation
from porelight.skin import Skin
from porelight.units import celsius, ms, nm

Order = Literal["raster", "interlaced", "random"]
"""``raster``: row by row. ``interlaced``: every third column of every third row, then their neighbours. ``random``."""

TEMPERATURE_CLASS: Final = 2.0
"""Columns fired into skin of temperatures this close [K] share one exposure: 1 K moves a crater by 0.2 %."""

LONGEST_ALONE: Final = 20 * ms
"""A column is followed alone for no longer after its pulse [s]: by then its heat is smooth on the block's cells."""

COLDEST_HARM: Final = celsius(43.0)
"""Below this collagen takes hours [K]."""


def firing_order(across: int, order: Order, seed: int = 0) -> list[tuple[int, int]]:
    """Sites (row, column) in the order in which they are fired."""
    if order not in get_args(Order):
        raise Refusal(
            f"{order!r} is no order of columns", where="order", advice="Use one of " + ", ".join(get_args(Order))
        )
    sites = list(itertools.product(range(across), range(across)))
    if order == "interlaced":
        sites.sort(key=lambda site: (site[0] % 3, site[1] % 3, *site))
    if order == "random":
        sites = [sites[index] for index in np.random.default_rng(seed).permutation(len(sites))]
    return sites


@frozen
class Print:
    """What one column leaves in the cells around it."""

    heat: Floats
    gone: NDArray[np.bool_]
    omega: Floats
    peak: Floats


@frozen
class ScanPattern:
    """What is scanned, in which skin, and how finely it is followed; nothing of it changes."""

    setting: Setting
    skin: Skin
    alone: Simulation
    """One column without neighbours: it sizes the block."""
    pitch: float
    """Distance of neighbours [m]."""
    across: int
    """Columns along each side."""
    delay: float
    """Time from one column to the next [s]."""
    temperature: float
    """Of the skin before [K]."""
    refinement: float = 1.0
    """Divides the cells of the block."""

    @property
    def middles(self) -> Floats:
        """Axes of the columns along a side (across,) [m]."""
        return np.asarray(self.pitch * (np.arange(self.across) - 0.5 * (self.across - 1)))

    @property
    def finest(self) -> float:
        """Width of the finest cells [m]: eight to a spot, so that a crater is round, fourteen to a pitch."""
        return min(self.setting.spot_diameter / 8.0, self.pitch / 14.0) / self.refinement

    @property
    def alone_for(self) -> float:
        """Time for which a column is followed alone [s]."""
        return _time_alone(self.setting, self.pitch, self.finest, self.delay)


class Scan:
    """The skin while a :class:`ScanPattern` is scanned: the block, and what was written down of it."""

    def __init__(self, pattern: ScanPattern, *, threads: int) -> None:
        self.pattern = pattern
        self.middles = pattern.middles
        self.alone_for = pattern.alone_for
        self.box: Box = stamp_box(pattern.alone.crater.grid.z_edges, pattern.pitch, pattern.across, pattern.finest)
        cooling, start = pattern.setting.cooling, pattern.temperature
        surface = (cooling.transfer, cooling.temperature) if cooling else (0.0, start)
        tissue = heat.make_tissue(pattern.skin, pattern.setting.laser, self.box.rows)
        self.block = Block(self.box, tissue, start, surface, harm=_harm_rates(), threads=threads)
        # Columns are followed once for each class of starting temperature, and laid into like cells alike.
        self.columns: dict[float, Simulation] = {}
        self.prints: dict[tuple[float, bytes], Print] = {}
        self.warmest = start
        self.times: list[float] = [0.0]
        self.bulk: list[float] = [0.0]
        self._under = self._footprint(0.5 * pattern.pitch * pattern.across)

    def fire(self, sites: list[tuple[int, int]], progress: Progress | None) -> None:
        """Fire every column at its time, and lay it into the block once it has been followed alone."""
        across = self.middles.size
        fired = [(index * self.pattern.delay, 0, index) for index in range(len(sites))]
        laid = [(time + self.alone_for, 1, index) for time, _, index in fired]
        starts: dict[int, float] = {}
        # Firing and laying interleave: a column meets what earlier ones have left in the block by its moment.
        for time, step, index in sorted(fired + laid):
            if time > self.block.time:
                self.block.cool(time)
            if step == 0:
                starts[index] = self._temperature_at(sites[index])
                self.warmest = max(self.warmest, starts[index])
                continue
            self._lay(sites[index], self._class(starts.pop(index)))
            if (index + 1) % across == 0:
                self._note()
                if progress:
                    progress("Stamp", (index + 1) / len(sites))

    def rest(self, followed: float) -> None:
        """Let the stamp cool, and write down how."""
        begun = self.block.time
        for share in (0.01, 0.03, 0.1, 0.3, 1.0):
            self.block.cool(begun + share * followed)
            self._note()

    def between(self) -> float:
        """Highest temperature midway between two neighbours [K]: the mean of the two cells that meet there."""
        middle = self._cells(0.5 * (self.middles[1:] + self.middles[:-1]))
        on_line = self._cells(self.middles)
        peak, solid = self.block.peak, self.block.solid
        found = [self.pattern.temperature]
        for cells, tissue in ((peak, solid), (peak.transpose(0, 2, 1), solid.transpose(0, 2, 1))):
            for row, second in itertools.product(on_line, middle):
                pair = slice(second - 1, second + 1)
                whole = tissue[:, row, pair].all(axis=1)
                found.append(float(cells[:, row, pair].mean(axis=1)[whole].max(initial=self.pattern.temperature)))
        return max(found)

    def merged_share(self) -> float:
        """Share of the neighbours between which some straight line is coagulated all along."""
        burnt = (self.block.omega >= 1.0) | (self.block.solid == 0)
        at = self._cells(self.middles)
        pairs = [
            bool(view[:, row, first : second + 1].all(axis=1).any())
            for view in (burnt, burnt.transpose(0, 2, 1))
            for row in at
            for first, second in itertools.pairwise(at)
        ]
        return sum(pairs) / len(pairs)

    def energy_error(self) -> float:
        """Share of the heat laid in that is not in the balance."""
        balance = self.block.energy
        return (balance.laid - balance.removed - balance.out - self.block.energy_left()) / balance.laid

    def _lay(self, site: tuple[int, int], temperature: float) -> None:
        """Lay one column in; sites whose cells are alike, and starts that are, share what is laid."""
        y, x = float(self.middles[site[0]]), float(self.middles[site[1]])
        column, block = self._column(temperature), self.block
        place = slices_within(self.box, x, y, heat_reach(column))
        key = (temperature, self._alike(place, x, y))
        if key not in self.prints:
            self.prints[key] = make_print(make_imprint(column.crater.grid, self.box, place, x, y), column)
        made = self.prints[key]
        block.put(made.heat, made.gone, place)
        block.omega[place] += made.omega
        np.maximum(block.peak[place], made.peak, out=block.peak[place])

    def _alike(self, place: tuple[slice, slice, slice], x: float, y: float) -> bytes:
        """The same for places whose cells lie the same way around the column, to a nanometre."""
        edges = (self.box.y_edges[place[1].start : place[1].stop + 1] - y, self.box.x_edges[place[2]] - x)
        return b" ".join(np.round(each / nm).astype(np.int64).tobytes() for each in edges)

    def _column(self, temperature: float) -> Simulation:
        """One column from that temperature, followed alone for its time."""
        if temperature not in self.columns:
            setting, skin = self.pattern.setting, self.pattern.skin
            followed = self.alone_for - _lit_time(setting)
            self.columns[temperature] = simulate(setting, skin, temperature=temperature, cooling_time=followed)
        return self.columns[temperature]

    def _class(self, temperature: float) -> float:
        """Start of the exposure that serves skin of ``temperature`` [K]."""
        warmest = math.floor((WARMEST - self.pattern.temperature) / TEMPERATURE_CLASS)
        return self.pattern.temperature + TEMPERATURE_CLASS * min(
            round((temperature - self.pattern.temperature) / TEMPERATURE_CLASS), warmest
        )

    def _temperature_at(self, site: tuple[int, int]) -> float:
        """Mean temperature of the skin where a column will be [K]: under its spot, as deep as it would reach alone."""
        y, x = self.middles[site[0]], self.middles[site[1]]
        place = slices_within(self.box, x, y, 0.5 * self.pattern.setting.spot_diameter)
        found = self.block.tissue.temperature(self.block.enthalpy[place])
        weight = self.box.volume[place] * self.block.solid[place]
        weight[self.box.z > max(self.pattern.alone.crater.ablation_depth, self.box.z[0])] = 0.0
        return float((found * weight).sum() / weight.sum()) if weight.any() else self.pattern.temperature

    def _cells(self, places: Floats) -> list[int]:
        """Indices along x, or y, of places [m]."""
        return [int(index) for index in np.searchsorted(self.box.x_edges, places + 1 * nm) - 1]

    def _footprint(self, half: float) -> tuple[slice, slice, slice]:
        """Epidermis and dermis under the stamp."""
        low, high = self._cells(np.array([-half, half]))
        deep = self.pattern.skin.layers[0].thickness + self.pattern.skin.layers[1].thickness
        return slice(0, int((self.box.z < deep).sum())), slice(low, high), slice(low, high)

    def _note(self) -> None:
        """Write down the mean rise of epidermis and dermis under the stamp."""
        block, under = self.block, self._under
        volume = self.box.volume[under] * block.solid[under]
        held = float(((block.enthalpy[under] - block.initial[under]) * volume).sum())
        capacity = block.tissue.rows[under[0], WET][:, None, None]
        self.times.append(block.time)
        self.bulk.append(held / float((capacity * volume).sum()))


def _lit_time(setting: Setting) -> float:
    """From the start of the first to the end of the last pulse of a column [s]."""
    return setting.pulse_duration + (setting.pulses_per_column - 1) * setting.repetition_interval


def _time_alone(setting: Setting, pitch: float, finest: float, delay: float) -> float:
    """How long a column is followed alone [s]: from its first pulse until the block's cells can follow it.

    Its heat must have spread over a cell, and less than a hundredth of it (3.6 diffusion lengths) may have come to the
    spots of its neighbours. Where the time is about that to the next column, it is just that.
    """
    thermal = cite.table("thermal")
    diffusivity = thermal["dermis_conductivity"].si / thermal["skin_heat"].si
    most = ((pitch - setting.spot_diameter) / 3.6) ** 2 / diffusivity
    wanted = _lit_time(setting) + max(min(most, LONGEST_ALONE), finest**2 / diffusivity)
    return delay if abs(wanted - delay) < 0.3 * delay else wanted


def _harm_rates() -> Harm:
    """Rates of the set for collagen that is used unless another is named."""
    parts = load_sets()[default_set("coagulation")].ranges
    return Harm(np.array([[part.above, part.log_a, part.activation] for part in parts]), COLDEST_HARM)


def heat_reach(column: Simulation) -> float:
    """Radius within which lies all but a millionth of a column's heat [m]."""
    assert column.warming.heat is not None
    grid = column.crater.grid
    held = np.cumsum((np.abs(column.warming.heat) * grid.volume).sum(axis=0))
    return float(grid.r_edges[int(np.searchsorted(held, (1.0 - 1e-6) * held[-1])) + 1])


def make_print(where: Imprint, column: Simulation) -> Print:
    """What a column leaves in the cells around it; damage by its logarithm, so that its edge stays in place."""
    crater, warming = column.crater, column.warming
    assert warming.heat is not None
    gone = crater.grid.z_edges[1:, None] <= crater.depth[None, :] * (1.0 + 1e-9)
    omega = np.log(np.maximum(column.injury.coagulation, 1e-12))
    return Print(where.energy(warming.heat), where.gone(gone), np.exp(where.at(omega)), where.at(warming.peak))

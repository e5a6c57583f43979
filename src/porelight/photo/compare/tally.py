"""Changes with their errors, from pairs of pores and from the pores of both photos.

A change counts as such when zero lies outside its 95 % interval, which holds the scatter of the pores (bootstrap over
blocks of skin, because neighbours share light and focus), the scale of the registration, and how much two photos of
unchanged skin differ (rows of ``data/compare.yaml``). All errors are those of the logarithm of a ratio.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Final, TypeVar

import numpy as np

from porelight import cite, units
from porelight.arrays import Floats, Indices, Mask, Plane
from porelight.fields import Interval
from porelight.photo.census import PoreCensus, Pores, Region
from porelight.photo.compare.change import Key, Measure, Pairs, Result, Unit
from porelight.photo.compare.registration import Registration
from porelight.photo.face.regions import is_inside

Statistic = Callable[[Floats, Floats], Floats]
"""Of values (n,) and how often each counts, (draws, n): one number per draw."""

CHANGE_LEVEL: Final = 0.95
CHANGE_QUANTILE: Final = 1.959964
"""Standard deviations on either side of a 95 % interval."""
BOOTSTRAP_DRAWS: Final = 400
BOOTSTRAP_BLOCKS: Final = 8
"""Blocks of skin along the longer side that are drawn from."""
COUNT_OFFSET: Final = 0.5
"""Added to a number of pores before the logarithm, so that none at all has one."""
RETAKE_ROWS: Final[dict[Key, str]] = {
    "diameter": "retake_diameter",
    "lower_quartile": "retake_spread",
    "median": "retake_spread",
    "upper_quartile": "retake_spread",
    "count": "retake_count",
    "area": "retake_area",
    "enlarged": "retake_enlarged",
    "enlarged_share": "retake_enlarged",
}
"""Which row tells how much a measure of unchanged skin differs from photo to photo."""
LENGTH_POWERS: Final[dict[Key, float]] = {"count": 0.0, "area": 2.0, "enlarged": 0.0, "enlarged_share": 0.0}
"""Power of the length in a measure; 1 for those not named."""

Table = TypeVar("Table", Pores, Pairs)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """What both photos told on their common skin; lengths in px of the first photo, whose census gives the scale."""

    before: Pores
    after: Pores
    pairs: Pairs
    partners: Indices
    """Rows (n, 2) of the pairs in the two tables."""
    census: PoreCensus
    found: Registration
    skin: Plane
    """(h, w) 1 where both photos show searched skin, on a raster of ``step`` px of the first photo."""
    step: float

    @property
    def unit(self) -> Unit:
        return "px" if self.census.scale is None else "um"

    def lengths(self, table: Pores | Pairs, px: Floats) -> Floats:
        """Lengths on the skin, in :attr:`unit`."""
        return px if self.census.scale is None else px * self.census.scale.at(table.x, table.y)

    @property
    def area(self) -> float:
        """Of the common skin [px2 of the first photo]."""
        return float(self.skin.sum()) * self.step**2

    def of_the_same(self) -> Sizes:
        """With only the resolved pores that were found in both photos: what is lost in one does not shift the other."""
        kept = self.pairs.resolved
        return dataclasses.replace(
            self,
            before=select_rows(self.before, self.partners[kept, 0]),
            after=select_rows(self.after, self.partners[kept, 1]),
        )

    def of_region(self, region: Region) -> Sizes:
        """The same of one region."""
        rows, columns = np.nonzero(self.skin)
        kept = is_inside(region.outline, *(np.asarray(self.step * each, np.float64) for each in (columns, rows)))
        skin = np.zeros_like(self.skin)
        skin[rows[kept], columns[kept]] = 1.0
        rows_of = [_rows_inside(each, region) for each in (self.before, self.after)]
        kept = np.isin(self.partners[:, 0], rows_of[0]) & np.isin(self.partners[:, 1], rows_of[1])
        partners = [np.searchsorted(rows_of[k], self.partners[kept, k]) for k in range(2)]
        return dataclasses.replace(
            self,
            before=select_rows(self.before, rows_of[0]),
            after=select_rows(self.after, rows_of[1]),
            pairs=select_rows(self.pairs, kept),
            partners=np.stack(partners, axis=-1),
            skin=skin,
        )


def _rows_inside(pores: Pores, region: Region) -> Indices:
    return np.flatnonzero(is_inside(region.outline, pores.x, pores.y))


def select_rows(table: Table, rows: Indices | Mask) -> Table:
    """The chosen rows of a table."""
    rows = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
    columns = {field.name: getattr(table, field.name) for field in dataclasses.fields(table)}
    kept: dict[str, Any] = {
        name: tuple(column[row] for row in rows) if isinstance(column, tuple) else column[rows]
        for name, column in columns.items()
    }
    return dataclasses.replace(table, **kept)


def measures_of(sizes: Sizes, seed: int) -> tuple[Measure, ...]:
    """All measures, those of the whole skin first; of a region only where enough pores were found in both photos."""
    told = _measure_part(sizes, "", seed)
    for region in sizes.census.regions:
        part = sizes.of_region(region)
        if part.pairs.resolved.sum() >= cite.table("compare")["fewest_pairs"].si:
            told += _measure_part(part, region.name, seed)
    return tuple(told)


def _measure_part(sizes: Sizes, region: str, seed: int) -> list[Measure]:
    spread: tuple[tuple[Key, float], ...] = (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75))
    told = [_compare_pairs(sizes, region, seed)]
    told += [
        _compare_statistic(sizes.of_the_same(), region, key, _weighted_quantile(share), seed) for key, share in spread
    ]
    told += [
        _compare_statistic(sizes, region, "count", _count_pores, seed),
        _compare_statistic(sizes, region, "area", _sum_squares, seed),
    ]
    if sizes.census.scale is not None:
        least = sizes.census.enlarged_from.si / units.um
        told.append(_compare_statistic(sizes, region, "enlarged", _count_beyond(least), seed))
        told.append(_compare_statistic(sizes, region, "enlarged_share", _share_beyond(least), seed))
    return told


def _compare_pairs(sizes: Sizes, region: str, seed: int) -> Measure:
    """The median change of the same pores, each counted by how surely it is known; unresolved ones are left out."""
    pairs = select_rows(sizes.pairs, sizes.pairs.resolved)
    logs = np.log1p(pairs.change_pct / 100.0)
    middle = _weighted_quantile(0.5)
    sure = ((100.0 + pairs.change_pct) / pairs.change_error_pct) ** 2
    drawn = middle(logs, sure * _draw_blocks(sizes, seed)[:, _block_numbers(sizes, pairs.x, pairs.y)])
    before, after = (float(np.median(sizes.lengths(pairs, px))) for px in (pairs.before, pairs.after))
    log = float(middle(logs, sure[None])[0])
    return _judge_measure("diameter", region, (before, after), sizes, log, float(np.std(drawn)))


def _compare_statistic(sizes: Sizes, region: str, key: Key, statistic: Statistic, seed: int) -> Measure:
    """One statistic of all pores of each photo; blocks of skin are drawn together."""
    weights = _draw_blocks(sizes, seed)
    plain, drawn = [], []
    for pores in (sizes.before, sizes.after):
        values = pores.diameter if key == "area" else sizes.lengths(pores, pores.diameter)
        plain.append(float(statistic(values, np.ones((1, len(pores))))[0]))
        drawn.append(np.log(np.maximum(statistic(values, weights[:, _block_numbers(sizes, pores.x, pores.y)]), 1e-9)))
    shown = _value_shown(key, plain[0], sizes), _value_shown(key, plain[1], sizes)
    return _judge_measure(
        key, region, shown, sizes, float(np.log(plain[1] / plain[0])), float(np.std(drawn[1] - drawn[0]))
    )


def _value_shown(key: Key, value: float, sizes: Sizes) -> float:
    if key == "area":
        return 100.0 * 0.25 * np.pi * value / max(sizes.area, 1.0)
    return value - COUNT_OFFSET if key in ("count", "enlarged") else 100.0 * value if key == "enlarged_share" else value


def _judge_measure(
    key: Key, region: str, shown: tuple[float, float], sizes: Sizes, log: float, scatter: float
) -> Measure:
    retake = cite.table("compare")[RETAKE_ROWS[key]].si
    error = float(np.sqrt(scatter**2 + retake**2 + (LENGTH_POWERS.get(key, 1.0) * sizes.found.scale_error) ** 2))
    low, middle, high = (100.0 * float(np.expm1(log + side * CHANGE_QUANTILE * error)) for side in (-1.0, 0.0, 1.0))
    sure = abs(log) > CHANGE_QUANTILE * error
    result: Result = "no detectable change" if not sure else "smaller" if log < 0.0 else "larger"
    lengths: dict[Key, Unit] = {"count": "1", "area": "%", "enlarged": "1", "enlarged_share": "%"}
    return Measure(
        key=key,
        region=region,
        before=shown[0],
        after=shown[1],
        unit=lengths.get(key, sizes.unit),
        change_pct=Interval(low, middle, high, CHANGE_LEVEL),
        detectable_pct=100.0 * float(np.expm1(CHANGE_QUANTILE * error)),
        result=result,
    )


def _block_side(sizes: Sizes) -> float:
    return max(sizes.census.width, sizes.census.height) / BOOTSTRAP_BLOCKS


def _block_numbers(sizes: Sizes, x: Floats, y: Floats) -> Indices:
    """Number of the block at each place (n,)."""
    side = _block_side(sizes)
    columns = int(np.ceil(sizes.census.width / side))
    return np.asarray(np.floor(y.clip(0) / side) * columns + np.floor(x.clip(0) / side), np.intp)


def _draw_blocks(sizes: Sizes, seed: int) -> Floats:
    """How often each block is drawn, (DRAWS, blocks): as many as show skin, with replacement."""
    rows, columns = np.nonzero(sizes.skin[::8, ::8])
    places = (np.asarray(8.0 * sizes.step * each, np.float64) for each in (columns, rows))
    numbers = np.bincount(_block_numbers(sizes, *places))
    total = (BOOTSTRAP_BLOCKS + 1) ** 2 + BOOTSTRAP_BLOCKS + 1
    share = np.zeros(total)
    share[: numbers.size] = numbers > 0
    if not share.any():
        share[:] = 1.0
    rng = np.random.default_rng(seed)
    return rng.multinomial(int(share.sum()), share / share.sum(), BOOTSTRAP_DRAWS).astype(np.float64)


def _count_pores(values: Floats, weights: Floats) -> Floats:
    del values
    return COUNT_OFFSET + np.asarray(weights.sum(1), np.float64)


def _sum_squares(values: Floats, weights: Floats) -> Floats:
    return weights @ values**2


def _count_beyond(least: float) -> Statistic:
    return lambda values, weights: COUNT_OFFSET + weights @ (values >= least)


def _share_beyond(least: float) -> Statistic:
    return lambda values, weights: (COUNT_OFFSET + weights @ (values >= least)) / (COUNT_OFFSET + weights.sum(1))


def _weighted_quantile(share: float) -> Statistic:
    def quantile(values: Floats, weights: Floats) -> Floats:
        order = np.argsort(values)
        total = np.cumsum(weights[:, order], axis=1)
        at = np.argmax(total >= share * total[:, -1:], axis=1)
        return np.asarray(values[order][at], np.float64)

    return quantile

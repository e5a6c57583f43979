"""A statistic of the skin with its interval, from how much it differs from block to block (jackknife)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from porelight import cite
from porelight.arrays import Floats, Indices
from porelight.frozen import frozen

Integers = Indices
Statistic = Callable[[Floats], Any]

BLOCK_CELLS: Final = 12
"""Width [cells] of the blocks of skin that are taken as independent: more than freckles and blotches are wide."""
LEAST_BLOCKS: Final = 6
"""Blocks under which no spread can be told."""
MOST_GROUPS: Final = 20
"""Groups of blocks left out in turn; more would not change the error."""
INDEX_LEVEL: Final = 0.95
"""Level of every interval."""


@frozen
class Range:
    """A value with the ends of its interval."""

    value: float
    low: float
    high: float


def subtract_error(whole: float, part: float) -> float:
    """What is left of a spread without a part that is independent of the rest."""
    return math.sqrt(max(0.0, whole**2 - part**2))


def number_blocks(rows: Floats | Indices, columns: Floats | Indices) -> Indices:
    """Number of the block of skin that each place lies in."""
    across = int(np.max(columns, initial=0)) // BLOCK_CELLS + 1
    block: Indices = (np.asarray(rows) // BLOCK_CELLS).astype(np.intp) * across
    return block + (np.asarray(columns) // BLOCK_CELLS).astype(np.intp)


def jackknife_statistic(values: Floats, blocks: Indices, statistic: Statistic, factor: float) -> Range | None:
    """A statistic and its interval by leaving out one block of skin after the other (jackknife).

    Blocks at the edge hold less skin; those under a quarter of the usual are joined to the rest.
    """
    names, counts = np.unique(blocks, return_counts=True)
    names = names[counts >= 0.25 * np.median(counts)] if names.size else names
    if names.size < LEAST_BLOCKS:
        return None
    groups = np.searchsorted(names, blocks).clip(0, names.size - 1) % min(names.size, MOST_GROUPS)
    count = int(groups.max()) + 1
    left = np.array([float(statistic(values[groups != group])) for group in range(count)])
    error = math.sqrt((count - 1) / count * float(((left - left.mean()) ** 2).sum()))
    middle, reach = float(statistic(values)), student_quantile(groups) * error
    return Range(factor * middle, factor * (middle - reach), factor * (middle + reach))


def student_quantile(blocks: Indices) -> float:
    """How many standard errors an interval reaches, by the number of blocks (Student)."""
    from scipy.special import stdtrit

    return float(stdtrit(max(1, np.unique(blocks).size - 1), 0.5 + 0.5 * INDEX_LEVEL))


def enclose_ranges(usual: Range | None, least: Range | None, most: Range | None) -> Range | None:
    """A share with its interval, widened to what other readings of the photo would give."""
    if usual is None or least is None or most is None:
        return None
    return Range(usual.value, max(0.0, min(least.low, usual.low)), max(most.high, usual.high))


def widen_by_tone(told: Range | None) -> Range | None:
    """A contrast, widened by what the camera's tone curve may do to it: it multiplies every logarithm."""
    tones = cite.table("indices")["tone_curve"]
    return told and Range(told.value, max(0.0, told.low * tones.si_low), told.high * tones.si_high)


def jackknife_vector(vectors: Floats, blocks: Integers) -> tuple[Floats, float]:
    """Mean vector and the standard error of its length and turn together; infinite for too few blocks."""
    names, group = np.unique(blocks, return_inverse=True)
    if names.size < LEAST_BLOCKS:
        return vectors.mean(axis=0), math.inf
    sums = np.stack([np.bincount(group, weights=vectors[:, axis]) for axis in range(2)], -1)
    left = (sums.sum(axis=0) - sums) / (len(vectors) - np.bincount(group))[:, None]
    share = (names.size - 1) / names.size
    return vectors.mean(axis=0), math.sqrt(share * float(((left - left.mean(axis=0)) ** 2).sum()))

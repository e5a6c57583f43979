"""Compiled loop of :mod:`porelight.photo.pores.dots`: one pass over a plane, without the interpreter's lock."""

from __future__ import annotations

import math

import numpy as np

from porelight.compiled import kernel


@kernel()
def raise_rows(smooth, factor, index, first, last, best, at):  # type: ignore[no-untyped-def]
    """Raises ``best`` to the dotness of ``smooth`` in rows first to last, and notes ``index`` where it did.

    Second differences of neighbours, mirrored at the border without repeating the edge.
    """
    height, width = smooth.shape
    two = np.float32(2.0)
    quarter = np.float32(0.25)
    for row in range(first, last):
        above, below = (row - 1 if row else 1), (row + 1 if row + 1 < height else height - 2)
        for column in range(width):
            left, right = (column - 1 if column else 1), (column + 1 if column + 1 < width else width - 2)
            here = two * smooth[row, column]
            across = smooth[row, left] - here + smooth[row, right]
            down = smooth[above, column] - here + smooth[below, column]
            if across <= 0.0 or down <= 0.0:
                continue
            twist = quarter * (smooth[above, left] - smooth[above, right] - smooth[below, left] + smooth[below, right])
            determinant = across * down - twist * twist
            if determinant > 0.0:
                response = np.float32(math.sqrt(determinant)) * factor
                if response > best[row, column]:
                    best[row, column] = response
                    at[row, column] = index

"""The pores as a table that any program reads."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

from porelight.export.cells import text_cell

if TYPE_CHECKING:
    from porelight.photo.census import PoreCensus

PORE_COLUMNS = (
    *("x_px", "y_px", "diameter_px", "diameter_um", "area_um2"),
    *("elongation", "direction_deg", "darkness", "region", "flags"),
)


def pores_csv(census: PoreCensus) -> str:
    """One row per pore, in the order of the census; a length in um is empty without a scale."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(PORE_COLUMNS)
    pores, lengths = census.pores, census.diameter_um
    elongation, direction = census.elongation, census.direction
    for i in range(len(pores)):
        diameter = float(pores.diameter[i])
        table.writerow(
            (
                f"{pores.x[i]:.2f}",
                f"{pores.y[i]:.2f}",
                f"{diameter:.2f}",
                "" if lengths is None else f"{lengths[i]:.1f}",
                "" if lengths is None else f"{math.pi / 4.0 * lengths[i] ** 2:.0f}",
                f"{elongation[i]:.3f}",
                f"{round(float(direction[i]), 1) % 180.0:.1f}",
                f"{pores.darkness[i]:.4f}",
                text_cell(pores.region[i]),
                pores.flags[i],
            )
        )
    return out.getvalue()

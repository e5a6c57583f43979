"""The pores as a table that any program reads."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from porelight.units import um, um2

if TYPE_CHECKING:
    from porelight.photo.census import PoreCensus

COLUMNS = (
    *("x_px", "y_px", "diameter_px", "diameter_um", "area_um2"),
    *("elongation", "direction_deg", "darkness", "region", "flags"),
)


def pores_csv(census: PoreCensus) -> str:
    """One row per pore, in the order of the census; a length in um is empty without a scale."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    pores, scale = census.pores, census.um_per_px
    for i in range(len(pores)):
        diameter = float(pores.diameter[i])
        table.writerow(
            (
                f"{pores.x[i]:.2f}",
                f"{pores.y[i]:.2f}",
                f"{diameter:.2f}",
                "" if scale is None else f"{diameter * scale:.1f}",
                "" if scale is None else f"{pores.area[i] * (scale * um) ** 2 / um2:.0f}",
                f"{pores.elongation[i]:.3f}",
                f"{round(float(pores.direction[i]), 1) % 180.0:.1f}",
                f"{pores.darkness[i]:.4f}",
                pores.region[i],
                pores.flags[i],
            )
        )
    return out.getvalue()

"""Absorbed light -> Warming and Crater: conduction with phase change, a receding surface, and cooling."""

from porelight.heat.exposure import expose
from porelight.heat.grid import column_grid, uniform_grid
from porelight.heat.removal import let_burst_and_char
from porelight.heat.tissue import Tissue, make_tissue, uniform_tissue

__all__ = [
    "Tissue",
    "column_grid",
    "expose",
    "let_burst_and_char",
    "make_tissue",
    "uniform_grid",
    "uniform_tissue",
]

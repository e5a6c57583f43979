"""Deposit -> Warming and Crater: conduction with phase change, a receding surface, and cooling."""

from porelight.heat.expose import expose
from porelight.heat.grid import column_grid, uniform_grid
from porelight.heat.removal import under_light
from porelight.heat.tissue import Tissue, tissue, uniform

__all__ = ["Tissue", "column_grid", "expose", "tissue", "under_light", "uniform", "uniform_grid"]

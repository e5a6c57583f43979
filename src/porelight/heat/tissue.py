"""What a row of tissue takes to freeze, warm, boil, dry and leave: enthalpy by volume, layer by layer.

Enthalpy is counted from liquid water at 0 C. The parts of the curve, with W the water share and D = 1 - W:

    frozen   T = 273.15 + (H + fusion) / frozen_heat        H < -fusion
    thawing  T = 273.15                                     -fusion <= H < 0
    wet      T = 273.15 + H / wet_heat                      0 <= H < boiling
    boiling  T = 373.15                                     boiling <= H < boiling + latent
    dry      T = 373.15 + (H - boiling - latent) / dry_heat

so a cell never passes 100 C with water in it, and leaves at the removal temperature: nothing is hotter than that.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight import cite
from porelight.arrays import Floats
from porelight.cite import Cited
from porelight.fields import Grid
from porelight.frozen import frozen
from porelight.heat.packing import (
    BOILING,
    BOILING_POINT,
    CONDUCTIVITY_POINT,
    DRY,
    FROZEN,
    FUSION,
    LATENT,
    REMOVAL,
    TISSUE_COLUMNS,
    WET,
)
from porelight.laser import Laser
from porelight.skin import Skin
from porelight.units import ICE_POINT

TISSUE_ROWS: Final = (
    "water_heat",
    "water_latent",
    "water_fusion",
    "ice_heat",
    "freezable_water",
    "skin_heat",
    "skin_heat_water",
    "fat_heat",
    "epidermis_conductivity",
    "dermis_conductivity",
    "fat_conductivity",
    "conductivity_slope",
    "ice_conductivity_ratio",
    "dry_conductivity_share",
    "perfusion",
    "blood_heat",
    "boiling_point",
)


@frozen
class Tissue:
    """Material of every row of a grid.

    Attributes:
        rows: (nz, 8), columns by the names of :mod:`porelight.heat.packing`: heat capacities, enthalpies, conductivity.
        law: (4,) how conductivity follows temperature, ice and dryness, and the heat of perfusion.
        leaving: (6, nz) how it bursts and chars under light, see :mod:`porelight.heat.removal`; neither for None.
    """

    rows: Floats
    law: Floats
    rests_on: tuple[Cited, ...]
    leaving: Floats | None = None

    def enthalpy(self, temperature: float) -> Floats:
        """Enthalpy by volume of every row at one temperature below boiling (nz,) [J/m3]."""
        above = temperature - ICE_POINT
        if above < 0.0:
            return np.asarray(above * self.rows[:, FROZEN] - self.rows[:, FUSION])
        return np.asarray(np.minimum(above * self.rows[:, WET], self.rows[:, BOILING]))

    def temperature(self, enthalpy: Floats) -> Floats:
        """Temperature [K] of an enthalpy field (nz, ...) [J/m3], by the curve in the module's description."""
        row = [self.rows[:, k].reshape(-1, *([1] * (enthalpy.ndim - 1))) for k in range(TISSUE_COLUMNS)]
        frozen = np.minimum(enthalpy + row[FUSION], 0.0) / row[FROZEN]
        wet = np.clip(enthalpy, 0.0, row[BOILING]) / row[WET]
        dry = np.maximum(enthalpy - row[BOILING] - row[LATENT], 0.0) / row[DRY]
        return np.asarray(ICE_POINT + frozen + wet + dry)

    @property
    def removal_cost(self) -> Floats:
        """Energy to bring skin of 37 C to the point where it leaves (nz,) [J/m3]."""
        return np.asarray(self.rows[:, REMOVAL] - self.enthalpy(CONDUCTIVITY_POINT))


def make_tissue(skin: Skin, laser: Laser, grid: Grid, *, perfused: bool = True) -> Tissue:
    """The material of ``skin`` under ``laser``, row by row.

    Tissue leaves when it is dry and at the removal temperature of the laser, or when it has taken up the laser's heat
    of ablation if that is less: then it leaves partly as liquid, as it does under Er:YAG.
    """
    table = cite.table("thermal")
    value = {key: table[key].si for key in TISSUE_ROWS}
    edge, columns = 0.0, np.empty((grid.shape[0], TISSUE_COLUMNS))
    for layer in skin.layers:
        columns[grid.z >= edge] = _layer_row(layer.name, layer.water, value, laser)
        edge += layer.thickness
    law = np.array(
        [
            value["conductivity_slope"],
            value["ice_conductivity_ratio"] - 1.0,
            1.0 - value["dry_conductivity_share"],
            value["perfusion"] * value["blood_heat"] * perfused,
        ]
    )
    used = tuple(table[key] for key in TISSUE_ROWS)
    if laser.ablation is not None:
        used += (laser.ablation.heat_of_ablation, laser.ablation.removal_temperature)
    return Tissue(rows=np.ascontiguousarray(columns), law=law, rests_on=used)


def uniform_tissue(
    grid: Grid,
    capacity: float,
    conductivity: float,
    latent: float = 0.0,
    boiling: float = BOILING_POINT,
    perfusion: float = 0.0,
) -> Tissue:
    """A material of constant properties: what the closed forms are compared with.

    Args:
        grid: the rows.
        capacity: heat capacity by volume, wet, frozen and dry alike [J/m3/K].
        conductivity: [W/m/K].
        latent: heat of the change of phase at 100 C [J/m3].
        boiling: temperature of that change [K]; fixes the scale of the wet enthalpy.
        perfusion: heat carried off by blood [W/m3/K].
    """
    # A latent heat of nothing would divide by nothing in the kernels.
    tiny = 1e-9 * capacity
    row = [capacity, 0.0, capacity, capacity * (boiling - ICE_POINT), max(latent, tiny), capacity, conductivity, np.inf]
    return Tissue(rows=np.tile(row, (grid.shape[0], 1)), law=np.array([0.0, 0.0, 0.0, perfusion]), rests_on=())


def _layer_row(name: str, water: float, value: dict[str, float], laser: Laser) -> list[float]:
    # Capacities by volume: water and dry matter side by side.
    solid = value["fat_heat"] if name == "fat" else _dry_matter(value)
    wet = water * value["water_heat"] + (1.0 - water) * solid
    # Not all water of tissue freezes; what does, holds less heat as ice.
    frozen_share = water * value["freezable_water"]
    frozen = wet - frozen_share * (value["water_heat"] - value["ice_heat"])
    boiling = wet * (value["boiling_point"] - ICE_POINT)
    latent = water * value["water_latent"]
    dry = (1.0 - water) * solid
    removal = boiling + latent
    if laser.ablation is not None:
        removal += dry * (laser.ablation.removal_temperature.si - value["boiling_point"])
        # The measured heat of ablation counts from skin of 37 C; where it is less, tissue leaves before it is dry.
        removal = min(removal, (CONDUCTIVITY_POINT - ICE_POINT) * wet + laser.ablation.heat_of_ablation.si)
    conductivity = value[f"{name}_conductivity"]
    return [frozen, frozen_share * value["water_fusion"], wet, boiling, latent, dry, conductivity, removal]


def _dry_matter(value: dict[str, float]) -> float:
    """Heat capacity by volume of the dry matter of skin: what the measured skin leaves beside its water [J/m3/K]."""
    water = value["skin_heat_water"]
    return (value["skin_heat"] - water * value["water_heat"]) / (1.0 - water)

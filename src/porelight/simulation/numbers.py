"""What other programs read of a simulation: numbers under names that carry their units. See ``docs/simulate.md``."""

from __future__ import annotations

from typing import Any

import numpy as np

from porelight import cite, damage
from porelight.arrays import Floats
from porelight.simulation import by_depth
from porelight.simulation.cooling import cooling_numbers
from porelight.simulation.dials import read_inputs
from porelight.simulation.model import Simulation
from porelight.units import minute, mJ, ms, to_celsius, um, us

DEPTH_LINES = 25
"""Depths in each of the lists by depth."""


def read_numbers(simulation: Simulation) -> dict[str, Any]:
    """Everything, inputs first; lists by depth count downwards from the original surface."""
    rows = cite.used(simulation)
    return {
        **_input_numbers(simulation),
        **_crater_numbers(simulation),
        **_coagulation_numbers(simulation),
        **_cell_numbers(simulation),
        **_heat_numbers(simulation),
        **_dose_numbers(simulation),
        **_energy_numbers(simulation),
        "sources": sorted({row.source.key for row in rows}),
        "weakest": cite.weakest_confidence(rows),
        "seed": simulation.seed,
        "version": simulation.version,
    }


def _input_numbers(simulation: Simulation) -> dict[str, Any]:
    return {
        **read_inputs(simulation.exposure),
        **cooling_numbers(simulation.setting.cooling),
        "remarks": [remark.english() for remark in simulation.remarks],
    }


def _crater_numbers(simulation: Simulation) -> dict[str, Any]:
    crater, shrunk = simulation.crater, cite.table("thermal")
    depth, width = crater.ablation_depth / um, crater.ablation_width / um
    return {
        "ablation_depth_um": depth,
        "ablation_depth_people_low_um": simulation.ablation_depth_people.low / um,
        "ablation_depth_people_high_um": simulation.ablation_depth_people.high / um,
        "ablation_width_um": width,
        "ablated_volume_um3": float((crater.grid.volume * ~_tissue_left(simulation)).sum()) / um**3,
        "ablation_depth_excised_um": depth / (1.0 + shrunk["excision_depth"].si),
        "ablation_width_excised_um": width / (1.0 + shrunk["excision_width"].si),
        "depth_resolution_um": crater.resolution / um,
    }


def _coagulation_numbers(simulation: Simulation) -> dict[str, Any]:
    crater, injury = simulation.crater, simulation.injury
    set_by_heat = (injury.coagulation >= 1.0) & _tissue_left(simulation)
    return {
        "coagulation_depth_um": injury.coagulation_depth / um,
        "coagulation_depth_low_um": injury.coagulated.depth.low / um,
        "coagulation_depth_high_um": injury.coagulated.depth.high / um,
        "coagulation_depth_people_low_um": simulation.coagulation_depth_people.low / um,
        "coagulation_depth_people_high_um": simulation.coagulation_depth_people.high / um,
        "coagulation_width_um": max(injury.coagulation_width, crater.ablation_width) / um,
        "coagulation_width_low_um": injury.coagulated.width.low / um,
        "coagulation_width_high_um": injury.coagulated.width.high / um,
        "coagulated_volume_um3": float((crater.grid.volume * set_by_heat).sum()) / um**3,
        "rim_below_um": max(injury.coagulation_depth - crater.ablation_depth, 0.0) / um,
        "rim_beside_um": max(0.5 * (injury.coagulation_width - crater.ablation_width), 0.0) / um,
        "rim_mid_um": by_depth.rim_at(crater, injury, 0.5 * crater.ablation_depth).rim / um,
        "rim_by_depth": [
            {"depth_um": line.depth / um, "crater_width_um": 2.0 * line.wall / um, "rim_um": line.rim / um}
            for line in by_depth.rims(crater, injury, DEPTH_LINES)
        ],
    }


def _cell_numbers(simulation: Simulation) -> dict[str, Any]:
    injury, shares = simulation.injury, by_depth.necrosis(simulation.crater, simulation.injury)
    return {
        "necrosis_depth_um": injury.necrosis_depth / um,
        "necrosis_depth_low_um": injury.dead.depth.low / um,
        "necrosis_depth_high_um": injury.dead.depth.high / um,
        "necrosis_width_um": injury.necrosis_width / um,
        "necrosis_width_low_um": injury.dead.width.low / um,
        "necrosis_width_high_um": injury.dead.width.high / um,
        "epidermal_necrosis_width_um": shares.epidermal_width / um,
        "epidermal_necrosis_volume_um3": shares.epidermal_volume / um**3,
        "dermal_necrosis_depth_um": shares.dermal_depth / um,
        "dermal_necrosis_volume_um3": shares.dermal_volume / um**3,
    }


def _heat_numbers(simulation: Simulation) -> dict[str, Any]:
    warming, injury = simulation.warming, simulation.injury
    lines = by_depth.longest(simulation.crater, injury.above_60, DEPTH_LINES)
    return {
        "peak_temperature_c": to_celsius(warming.peak_temperature),
        "peak_temperature_is_limit": simulation.peak_is_limit,
        "boils_or_chars": simulation.fate,
        "longest_above_60_c_ms": simulation.longest_above_60 / ms,
        "time_above_60_c_by_depth": [{"depth_um": depth / um, "longest_ms": time / ms} for depth, time in lines],
        "surface_temperature": [
            {"time_us": time / us, "temperature_c": to_celsius(warmth)}
            for time, warmth in by_depth.thinned(warming.times, warming.surface)
        ],
    }


def _dose_numbers(simulation: Simulation) -> dict[str, Any]:
    injury, rows = simulation.injury, damage.dose_rows()
    if injury.dose is None:
        return {}
    hottest, kills, left = rows[4].si, rows[5].si, _tissue_left(simulation)
    dose: Floats = np.where(left, injury.dose, 0.0)
    tested = np.where(simulation.warming.peak <= hottest, dose, 0.0)
    most = float(dose.max(initial=0.0)) / minute
    return {
        "cem43_max_min": most,
        "cem43_max_log10_min": float(np.log10(most)) if most > 0.0 else None,
        "cem43_max_is_lower_bound": bool(((simulation.warming.peak > hottest) & left).any()),
        "cem43_max_where_rule_holds_min": float(tested.max(initial=0.0)) / minute,
        "cem43_240_min_depth_um": by_depth.deepest(simulation.crater, dose >= kills) / um,
    }


def _energy_numbers(simulation: Simulation) -> dict[str, Any]:
    energy = simulation.warming.energy
    return {
        "energy_balance_error": energy.error,
        "energy_reflected_mj": energy.reflected / mJ,
        "energy_lost_above_mj": energy.lost_above / mJ,
        "energy_stored_mj": energy.stored / mJ,
        "energy_ejected_mj": energy.ejected / mJ,
        "energy_conducted_out_mj": energy.conducted_out / mJ,
    }


def _tissue_left(simulation: Simulation) -> np.ndarray[Any, np.dtype[np.bool_]]:
    crater = simulation.crater
    return crater.grid.z_edges[1:, None] > crater.depth[None, :]

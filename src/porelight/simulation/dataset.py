"""The fields of a simulation for those who compute on: xarray's own layout, units in the attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from porelight.arrays import Floats

if TYPE_CHECKING:
    import xarray as xr

    from porelight.simulation.model import Simulation

DOSE_NAME: Final = "CEM43, time at 43 C; a lower bound where peak_temperature is above 330.15 K"


def _integral_of(what: str) -> dict[str, str]:
    return {"units": "1", "long_name": f"Arrhenius integral of {what}"}


def make_dataset(simulation: Simulation) -> xr.Dataset:
    """Temperatures [K], damage (Omega), dose and time above 60 C [s], crater depth [m], on the simulation's grid."""
    import xarray as xr

    grid, warming, injury = simulation.warming.grid, simulation.warming, simulation.injury
    plane = ("z", "r")
    upper = np.broadcast_to((grid.z < injury.epidermis)[:, None], grid.shape)
    held: dict[str, tuple[tuple[str, ...], Floats, dict[str, str]]] = {
        "peak_temperature": (plane, warming.peak, {"units": "K"}),
        "final_temperature": (plane, warming.final, {"units": "K"}),
        "necrosis": (plane, injury.necrosis, _integral_of("cell death, epidermis and dermis")),
        "epidermal_necrosis": (
            plane,
            np.where(upper, injury.necrosis, np.nan),
            _integral_of("death of epidermal cells"),
        ),
        "dermal_necrosis": (plane, np.where(upper, np.nan, injury.necrosis), _integral_of("death of dermal cells")),
        "coagulation": (plane, injury.coagulation, _integral_of("collagen")),
        "crater_depth": (("r",), simulation.crater.depth, {"units": "m"}),
        "surface_temperature": (("time",), warming.surface, {"units": "K"}),
    }
    if injury.dose is not None and injury.above_60 is not None:
        held["thermal_dose"] = (plane, injury.dose, {"units": "s", "long_name": DOSE_NAME})
        held["time_above_60_c"] = (plane, injury.above_60, {"units": "s"})
    if warming.frames is not None:
        held["temperature"] = (("frame", *plane), warming.frames, {"units": "K", "long_name": "NaN where removed"})
    frames = {} if warming.frame_times is None else {"frame": ("frame", warming.frame_times, {"units": "s"})}
    return xr.Dataset(
        held,
        coords={
            "z": ("z", grid.z, {"units": "m", "long_name": "depth below the original surface"}),
            "r": ("r", grid.r, {"units": "m", "long_name": "distance from the axis of the beam"}),
            "time": ("time", warming.times, {"units": "s", "long_name": "from the first pulse"}),
            **frames,
            "z_edges": ("z_edge", grid.z_edges, {"units": "m"}),
            "r_edges": ("r_edge", grid.r_edges, {"units": "m"}),
        },
        attrs={"seed": simulation.seed, "porelight_version": simulation.version},
    )

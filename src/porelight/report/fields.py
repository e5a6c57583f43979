"""The fields of a simulation as Zarr, for those who compute on: xarray's own layout, units in the attributes."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from porelight.refusal import Refusal

if TYPE_CHECKING:
    import xarray as xr

    from porelight.planning.model import Simulation


def dataset(simulation: Simulation) -> xr.Dataset:
    """Peak and final temperature [K], damage (Omega) and crater depth [m] on the grid of the simulation."""
    import xarray as xr

    grid, warming, injury = simulation.warming.grid, simulation.warming, simulation.injury
    plane = ("z", "r")
    return xr.Dataset(
        {
            "peak_temperature": (plane, warming.peak, {"units": "K"}),
            "final_temperature": (plane, warming.final, {"units": "K"}),
            "necrosis": (plane, injury.necrosis, {"units": "1", "long_name": "Arrhenius integral of cell death"}),
            "coagulation": (plane, injury.coagulation, {"units": "1", "long_name": "Arrhenius integral of collagen"}),
            "crater_depth": (("r",), simulation.crater.depth, {"units": "m"}),
            "surface_temperature": (("time",), warming.surface, {"units": "K"}),
        },
        coords={
            "z": ("z", grid.z, {"units": "m", "long_name": "depth below the original surface"}),
            "r": ("r", grid.r, {"units": "m", "long_name": "distance from the axis of the beam"}),
            "time": ("time", warming.times, {"units": "s"}),
            "z_edges": ("z_edge", grid.z_edges, {"units": "m"}),
            "r_edges": ("r_edge", grid.r_edges, {"units": "m"}),
        },
        attrs={"seed": simulation.seed, "porelight_version": simulation.version},
    )


def zarr_files(simulation: Simulation, folder: str = "fields.zarr") -> dict[str, bytes]:
    """The dataset as the files of a Zarr group below ``folder``.

    Raises:
        Refusal: the libraries for it are not installed.
    """
    try:
        import xarray  # noqa: F401
        from zarr.core.buffer import Buffer
        from zarr.storage import MemoryStore
    except ImportError:
        what, advice = "fields need xarray and zarr, which are not installed", "Install porelight[atlas], or use --json"
        raise Refusal(what, where="fields.zarr", advice=advice) from None

    held: dict[str, Buffer] = {}
    with warnings.catch_warnings():
        # The consolidated index is not yet in Zarr's format 3; it is only a speed-up for remote stores.
        warnings.simplefilter("ignore")
        dataset(simulation).to_zarr(MemoryStore(held), mode="w", consolidated=False)
    return {f"{folder}/{name}": data.to_bytes() for name, data in held.items()}

"""The fields of a simulation as the files of a Zarr group."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from porelight import extras

if TYPE_CHECKING:
    from porelight.simulation.model import Simulation


def zarr_files(simulation: Simulation, folder: str = "fields.zarr") -> dict[str, bytes]:
    """The dataset as the files of a Zarr group below ``folder``.

    Raises:
        Refusal: the libraries for it are not installed.
    """
    extras.require("atlas", "a folder with the fields in it", where=folder)
    from zarr.core.buffer import Buffer
    from zarr.storage import MemoryStore

    held: dict[str, Buffer] = {}
    with warnings.catch_warnings():
        # The consolidated index is not yet in Zarr's format 3; it is only a speed-up for remote stores.
        warnings.simplefilter("ignore")
        simulation.to_xarray().to_zarr(MemoryStore(held), mode="w", consolidated=False)
    return {f"{folder}/{name}": data.to_bytes() for name, data in held.items()}

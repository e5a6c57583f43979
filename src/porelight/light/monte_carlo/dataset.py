"""A transport run as an xarray dataset: every field with its standard error, its units and its axes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from porelight import extras
from porelight.arrays import Floats
from porelight.fields import Grid

if TYPE_CHECKING:
    import xarray as xr

    from porelight.light.monte_carlo.results import Field, Transport
    from porelight.light.monte_carlo.tallies import Box

FIELD_UNITS: Final = {"density": "1/m3", "fluence": "1/m2"}
RING_NAMES: Final = ("diffuse_reflectance_by_ring", "diffuse_transmittance_by_ring")
ANGLE_NAMES: Final = ("diffuse_reflectance_by_angle", "diffuse_transmittance_by_angle")


def make_dataset(transport: Transport) -> xr.Dataset:
    """Fields on the grid, rings, exit angles and materials, each beside its ``_error``; per incident joule.

    Raises:
        Refusal: xarray is not installed.
    """
    extras.require("atlas", "a dataset of xarray", where="to_xarray", only=("xarray",))
    import xarray as xr

    held = _angles_of(transport) | _materials_of(transport)
    coordinates: dict[str, object] = {
        "material": ("material", list(transport.absorbed)),
        "angle": ("angle", _middles(transport.angular[0]), {"units": "rad", "long_name": "from the normal"}),
    }
    if transport.grid is not None:
        held |= _grid_of(transport, transport.grid)
        coordinates |= _axes_of(transport.grid)
    shares = {name: getattr(transport, name).value for name in ("specular", "diffuse", "unscattered", "transmitted")}
    made_by = {"photons": transport.photons, "seed": transport.seed, "porelight_version": transport.version}
    return xr.Dataset(held, coords=coordinates, attrs=shares | {"lost": transport.lost} | made_by)


def _with_error(name: str, dims: tuple[str, ...], field: Field, units: str) -> dict[str, object]:
    return {
        name: (dims, field.value, {"units": units}),
        f"{name}_error": (dims, field.standard_error, {"units": units, "long_name": "standard error"}),
    }


def _grid_of(transport: Transport, grid: Grid | Box) -> dict[str, object]:
    dims = ("z", "r") if isinstance(grid, Grid) else ("z", "y", "x")
    held: dict[str, object] = {}
    for name, units in FIELD_UNITS.items():
        if (field := getattr(transport, name)) is not None:
            held |= _with_error(name, dims, field, units)
    for name, ring in zip(RING_NAMES, transport.radial or (), strict=False):
        held |= _with_error(name, ("r",), ring, "1/m2")
    return held


def _angles_of(transport: Transport) -> dict[str, object]:
    held: dict[str, object] = {}
    for name, field in zip(ANGLE_NAMES, transport.angular, strict=True):
        held |= _with_error(name, ("angle",), field, "1/sr")
    return held


def _materials_of(transport: Transport) -> dict[str, object]:
    held: dict[str, object] = {}
    for name in ("absorbed", "absorbed_by_path"):
        estimates = getattr(transport, name).values()
        held[name] = ("material", [each.value for each in estimates], {"units": "1"})
        held[f"{name}_error"] = ("material", [each.standard_error for each in estimates], {"units": "1"})
    return held


def _axes_of(grid: Grid | Box) -> dict[str, object]:
    names = ("r", "z") if isinstance(grid, Grid) else ("x", "y", "z")
    axes: dict[str, object] = {}
    for name in names:
        edges = getattr(grid, f"{name}_edges")
        axes[name] = (name, 0.5 * (edges[1:] + edges[:-1]), {"units": "m"})
        axes[f"{name}_edges"] = (f"{name}_edge", edges, {"units": "m"})
    return axes


def _middles(field: Field) -> Floats:
    """The middles of equal bins of exit angle from 0 to 90 degrees [rad]."""
    bins = field.value.size
    return np.asarray((np.arange(bins) + 0.5) * (0.5 * math.pi / bins))

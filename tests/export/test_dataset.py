"""The fields of a simulation, written as Zarr and read back by xarray."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from porelight.export import dataset
from porelight.refusal import Refusal
from porelight.simulation.chain import simulate
from porelight.simulation.scenario import setting_from, skin_of

SIMULATION = simulate(setting_from("co2", energy_mj=2.0), skin_of("III", "cheek"))


def test_fields_read_back_with_their_units(tmp_path: Path) -> None:
    for name, data in dataset.zarr_files(SIMULATION).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    read = xr.open_zarr(tmp_path / "fields.zarr", consolidated=False)
    np.testing.assert_array_equal(read["peak_temperature"].values, SIMULATION.warming.peak)
    np.testing.assert_array_equal(read["crater_depth"].values, SIMULATION.crater.depth)
    assert read["peak_temperature"].attrs["units"] == "K"
    assert read.attrs["porelight_version"] == SIMULATION.version


def test_without_the_libraries_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(Refusal, match=r"porelight\[atlas\]"):
        dataset.zarr_files(SIMULATION)

"""What simulating one setting gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from porelight import extras
from porelight.fields import Crater, Exposure, Injury, Recovery, Warming
from porelight.frozen import frozen
from porelight.html_table import html_table
from porelight.laser import Setting
from porelight.message import Message, english
from porelight.units import mJ, to_celsius, um

if TYPE_CHECKING:
    import xarray as xr


@frozen
class Simulation:
    """The chain light -> heat -> damage -> healing for one setting on one skin."""

    exposure: Exposure
    crater: Crater
    warming: Warming
    injury: Injury
    recovery: Recovery
    seed: int
    version: str
    remarks: tuple[Message, ...] = ()
    """What was done to what was asked for, and where the model is at an end."""

    def to_xarray(self) -> xr.Dataset:
        """The fields on the grid of the run, for those who compute on.

        Raises:
            Refusal: xarray is not installed.
        """
        extras.require("atlas", "a dataset of the fields", where="to_xarray", only=("xarray",))
        from porelight.simulation.dataset import make_dataset

        return make_dataset(self)

    def _repr_html_(self) -> str:
        """For a notebook."""
        crater, injury = self.crater, self.injury
        rows = {
            "Setting": f"{self.setting.laser.name}, {self.setting.pulse_energy / mJ:g} mJ on a spot of "
            f"{self.setting.spot_diameter / um:g} \u00b5m",
            "Skin removed": f"{crater.ablation_depth / um:.0f} \u00b5m deep, "
            f"{crater.ablation_width / um:.0f} \u00b5m wide",
            "Collagen set by heat": f"to {injury.coagulation_depth / um:.0f} \u00b5m",
            "Hottest tissue": f"{to_celsius(self.warming.peak_temperature):.0f} \u00b0C",
            "Remarks": english(self.remarks) or "none",
        }
        return html_table("Simulation of one column", rows)

    @property
    def setting(self) -> Setting:
        return self.exposure.setting

    @property
    def peak_is_limit(self) -> bool:
        """Whether the peak is the temperature at which dried tissue is carried away: it may have been hotter."""
        ablation = self.setting.laser.ablation
        return ablation is not None and self.warming.peak_temperature > ablation.removal_temperature.si - 0.5

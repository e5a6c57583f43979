"""What simulating one setting gives."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Final, Literal

from porelight import cite, extras
from porelight.cite import Cited
from porelight.fields import Crater, Exposure, Injury, Interval, Recovery, Warming
from porelight.frozen import frozen
from porelight.html_table import html_table
from porelight.laser import Setting
from porelight.message import Message, english
from porelight.units import celsius, mJ, um

if TYPE_CHECKING:
    import xarray as xr


Fate = Literal["neither", "boils", "chars"]
"""What the hottest tissue does: ``chars`` is boiling, drying and staying until it is char."""

TWO_IN_THREE: Final = 0.683
"""Level of an interval of one standard deviation to both sides."""


def _person_rows() -> tuple[Cited, ...]:
    return (cite.table("thermal")["depth_between_persons"],)


def spread_between_persons(depth: float) -> Interval:
    """A depth [m] in two people of three: one standard deviation of its logarithm between persons to both sides."""
    (scatter,) = _person_rows()
    factor = math.exp(scatter.si)
    return Interval(depth / factor, depth, depth * factor, TWO_IN_THREE)


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
    rests_on: tuple[Cited, ...] = dataclasses.field(default_factory=_person_rows)
    """Rows behind what is read of the whole: the spread between persons."""

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
            "Hottest tissue": {"chars": "boils and chars", "boils": "boils", "neither": "does not boil"}[self.fate],
            "Remarks": english(self.remarks) or "none",
        }
        return html_table("Simulation of one column", rows)

    @property
    def setting(self) -> Setting:
        return self.exposure.setting

    @property
    def ablation_depth_people(self) -> Interval:
        """Depth of the hole from person to person [m]."""
        return spread_between_persons(self.crater.ablation_depth)

    @property
    def coagulation_depth_people(self) -> Interval:
        """Deepest coagulated collagen from person to person [m]."""
        return spread_between_persons(self.injury.coagulation_depth)

    @property
    def fate(self) -> Fate:
        """Whether tissue boils, chars too, or does neither; its temperature beyond is a cut-off and no prediction."""
        ablation, peak = self.setting.laser.ablation, self.warming.peak_temperature
        if ablation is not None and peak > ablation.removal_temperature.si + 0.5:
            return "chars"
        return "boils" if peak > celsius(cite.table("thermal")["boiling_point"].value) - 0.5 else "neither"

    @property
    def longest_above_60(self) -> float:
        """Longest time above 60 C in tissue that is left [s]; 0 where it was not followed."""
        times, crater = self.injury.above_60, self.crater
        if times is None:
            return 0.0
        left = crater.grid.z_edges[1:, None] > crater.depth[None, :]
        return float(times[left].max(initial=0.0))

    @property
    def peak_is_limit(self) -> bool:
        """Whether the peak is the temperature at which dried tissue is carried away: it may have been hotter."""
        ablation = self.setting.laser.ablation
        return ablation is not None and self.warming.peak_temperature > ablation.removal_temperature.si - 0.5

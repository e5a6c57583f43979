"""What simulating one setting gives."""

from __future__ import annotations

from porelight.fields import Crater, Exposure, Injury, Recovery, Warming
from porelight.frozen import frozen
from porelight.laser import Setting
from porelight.message import Message


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

    @property
    def setting(self) -> Setting:
        return self.exposure.setting

    @property
    def peak_is_limit(self) -> bool:
        """Whether the peak is the temperature at which dried tissue is carried away: it may have been hotter."""
        ablation = self.setting.laser.ablation
        return ablation is not None and self.warming.peak_temperature > ablation.removal_temperature.si - 0.5

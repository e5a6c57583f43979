"""What a forecast says of the diameter of the pores in the photo: what a preview of the skin is drawn from."""

from __future__ import annotations

from porelight import cite
from porelight.fields import Interval
from porelight.forecasting.model import Milestone
from porelight.photo.census import PoreCensus


def diameter_change_pct(census: PoreCensus, milestone: Milestone) -> Interval:
    """Change of the diameter of every pore [%], negative is smaller.

    With a scale it is that of the forecast's median diameter, equation (2) of ``forecast``. Without one the forecast
    tells only the number of enlarged pores, by the ratio R: of pores whose sizes follow a power law of steepness a,
    that ratio is reached where all diameters are R^(1/a) of what they were (row ``own_steepness``).

    Args:
        census: the pores now.
        milestone: one moment of the forecast made from them.
    """
    now, then = census.median_diameter_um, milestone.median_diameter_um
    if now is not None and then is not None:
        ends = [end / now for end in (then.low, then.mid, then.high)]
        level = then.level
    else:
        told = milestone.enlarged_change_pct
        steepness = cite.table("planning")["own_steepness"].si
        ends = [max(1.0 + end / 100.0, 0.0) ** (1.0 / steepness) for end in (told.low, told.mid, told.high)]
        level = told.level
    low, middle, high = (100.0 * (end - 1.0) for end in ends)
    return Interval(low, middle, high, level)

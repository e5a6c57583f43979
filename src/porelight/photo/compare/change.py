"""The types of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from porelight.arrays import Floats, Mask
from porelight.cite import Cited
from porelight.fields import Interval
from porelight.frozen import frozen
from porelight.message import Message
from porelight.photo.census import PoreCensus
from porelight.photo.compare.registration import Registration
from porelight.photo.tables import html_rows, make_dataframe, pair_columns

if TYPE_CHECKING:
    import pandas as pd

Result = Literal["smaller", "larger", "no detectable change"]
Answer = Literal["smaller", "larger", "no detectable change", "cannot be told"]
Outcome = Literal["sizes compared", "copy", "sizes not comparable"]
"""``copy``: one exposure twice, which cannot show a change. The last: the same skin, in too unlike photos."""
Key = Literal["diameter", "count", "lower_quartile", "median", "upper_quartile", "area", "enlarged", "enlarged_share"]
Unit = Literal["px", "um", "1", "%"]


@frozen
class Pairs:
    """Pores found in both photos, shape (n,); lengths in px of the first photo, on its scale."""

    x: Floats
    y: Floats
    x_after: Floats
    """Place in the second photo [px of it]."""
    y_after: Floats
    before: Floats
    """Diameter in the first photo."""
    after: Floats
    """Diameter in the second photo."""
    before_error: Floats
    after_error: Floats
    resolved: Mask
    """Whether the pore is wide and clear enough for its outline to be its own; others tell no change."""
    change_pct: Floats
    change_error_pct: Floats
    """Standard error, retakes of unchanged skin included."""
    result: tuple[Result, ...]
    region: tuple[str, ...]

    def __len__(self) -> int:
        return int(self.x.size)


@frozen
class Measure:
    """One thing measured in both photos, and its relative change."""

    key: Key
    region: str
    """Empty for all the skin that both photos show."""
    before: float
    after: float
    unit: Unit
    change_pct: Interval
    detectable_pct: float
    """The smallest change that would have been called one [%]."""
    result: Result


@frozen
class Change:
    """What two photos of the same skin show. ``measures[0]`` is the answer: the diameter, pore by pore.

    Where sizes cannot be compared there are neither measures nor pairs, and ``reason`` says why.
    """

    outcome: Outcome
    reason: Message | None
    """Why sizes cannot be compared, or why a copy shows no change; None where they were compared."""
    before: PoreCensus
    after: PoreCensus
    registration: Registration
    pairs: Pairs
    measures: tuple[Measure, ...]
    only_before: int
    """Pores found in the first photo only."""
    only_after: int
    softer_px: float
    """Blur by which the second photo was softer than the first [px of the first]; negative where it was sharper."""
    noisier: float
    """Noise by which the second was noisier [log luminance]; negative where it was less noisy."""
    remarks: tuple[Message, ...]
    seed: int
    version: str
    rests_on: tuple[Cited, ...]

    @property
    def result(self) -> Answer:
        return self.measures[0].result if self.measures else "cannot be told"

    def of(self, key: Key, region: str = "") -> Measure | None:
        """The measure of that name; None where there is none, such as enlarged pores without a scale."""
        return next((each for each in self.measures if (each.key, each.region) == (key, region)), None)

    def to_dataframe(self) -> pd.DataFrame:
        """One row per pore that both photos show, as a table of pandas.

        Raises:
            Refusal: pandas is not installed.
        """
        return make_dataframe(pair_columns(self))

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        rows = {"result": self.result, "pores in both photos": str(len(self.pairs))}
        for each in self.measures:
            if not each.region:
                low, mid, high = each.change_pct.low, each.change_pct.mid, each.change_pct.high
                rows[each.key.replace("_", " ")] = f"{mid:+.0f} % ({low:+.0f} to {high:+.0f})"
        return html_rows("Change between two photos", rows)

"""The outside of a comparison: the layout of ``change.json``."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from porelight import cite
from porelight.cite import Confidence
from porelight.export.outside import (
    Count,
    IntervalOut,
    NotNegative,
    Numbers,
    Outside,
    Percent,
    SourceOut,
    Text,
    as_numbers,
    at,
    filled,
    row_sources,
)
from porelight.photo.compare.change import Answer, Change, Key, Measure, Outcome, Result, Unit

CHANGE_SCHEMA: Final = "porelight/change/1"
"""Name and version of the layout; the number rises when a key changes its meaning or goes."""


class RegistrationOut(Outside):
    """How the second photo was laid on the first."""

    texture_places: Count = at("places")
    """Different places at which the textures agree; 0 where only dark dots were recognised."""
    features: Count
    shared_pct: Percent = at("shared")
    """Dark dots that lie in the same places in both photos."""
    shared_by_chance_pct: Percent = at("by_chance")
    """The same on other skin."""
    residual_px: NotNegative | None = at("residual")
    """Null where the dots have no partners."""
    scale_px_per_px: NotNegative = at("scale")
    scale_error_pct: Percent = at("scale_error")
    stretch: float
    turn_deg: float = at("turn")
    overlap_pct: Percent = at("overlap")


class MeasureOut(Outside):
    """One thing measured in both photos, and its relative change."""

    key: Key
    region: str | None
    """Null for all the skin that both photos show."""
    change_pct: IntervalOut
    detectable_pct: NotNegative
    """The smallest change that would have been called one."""
    result: Result


class MeasureUm(MeasureOut):
    """A length in micrometres."""

    before_um: float = at("before")
    after_um: float = at("after")


class MeasurePx(MeasureOut):
    """A length in pixels of the first photo, where it has no scale."""

    before_px: float = at("before")
    after_px: float = at("after")


class MeasurePct(MeasureOut):
    """A share in per cent."""

    before_pct: float = at("before")
    after_pct: float = at("after")


class MeasureCount(MeasureOut):
    """A number of pores."""

    before: float
    after: float


MEASURE_MODELS: dict[Unit, type[MeasureOut]] = {
    "um": MeasureUm,
    "px": MeasurePx,
    "%": MeasurePct,
    "1": MeasureCount,
}


class ChangeOut(Outside):
    """change.json as `porelight compare` writes it. Keys carry their units."""

    layout: Literal["porelight/change/1"] = Field(CHANGE_SCHEMA, serialization_alias="schema")
    version: str
    seed: Count
    outcome: Outcome
    """A copy cannot show a change; where sizes are not comparable there are no measures and no pairs."""
    reason: Text | None
    """Why sizes were not compared, or that it is a copy."""
    result: Answer
    measures: list[MeasureUm | MeasurePx | MeasurePct | MeasureCount]
    """The first is the answer: the diameter, pore by pore. None where sizes cannot be compared."""
    pairs: Count
    pairs_resolved: Count
    """Pairs wide and clear enough to tell a change of their own."""
    only_before: Count
    only_after: Count
    scale_before_um_per_px: float | None = at("before.um_per_px")
    scale_after_um_per_px: float | None = at("after.um_per_px")
    registration: RegistrationOut
    after_softer_px: float = at("softer_px")
    """Blur by which the second photo was softer; negative where it was sharper."""
    after_noisier: float = at("noisier")
    remarks: list[Text]
    sources: list[SourceOut]
    weakest: Confidence


def change_numbers(change: Change) -> Numbers:
    """The change as plain values; keys carry units."""
    rows = cite.used(change)
    outside = filled(
        ChangeOut,
        change,
        measures=[_measure(each) for each in change.measures],
        pairs=len(change.pairs),
        pairs_resolved=int(change.pairs.resolved.sum()),
        sources=row_sources(rows),
        weakest=cite.weakest_confidence(rows),
    )
    return as_numbers(outside.model_dump(by_alias=True))


def _measure(measure: Measure) -> MeasureOut:
    return filled(MEASURE_MODELS[measure.unit], measure, region=measure.region or None)

"""The outside of a census: ``census.json``, and the part of ``plan.json`` that says what the photo shows."""

from __future__ import annotations

from pydantic import Field

from porelight import cite
from porelight.cite import Confidence
from porelight.export.outside import (
    Count,
    NotNegative,
    Outside,
    Percent,
    SourceKeys,
    SourceOut,
    Text,
    Um,
    at,
    filled,
    row_sources,
)
from porelight.photo.census import GateLevel, PoreCensus
from porelight.photo.face.regions import summarise_regions
from porelight.photo.indices.grade import rank_regions
from porelight.photo.scale import ScaleSource


class ScaleOut(Outside):
    """How large a pixel is."""

    um_per_px: float
    error_pct: Percent = at("relative_error")
    """Relative standard error that all lengths share."""
    source: ScaleSource
    tilt_deg: float = at("tilt")
    """Angle of the skin to the picture."""


class FindingOut(Outside):
    """One thing that limits a photo."""

    flag: str
    level: GateLevel
    advice: Text


class GateOut(Outside):
    """Whether the photo can carry a measurement, and what to do about it."""

    level: GateLevel
    findings: list[FindingOut]


class RegionOut(Outside):
    """Forehead, nose, a cheek or the chin of a face, or one close-up."""

    name: str
    seen: float
    """Share of the region that faces the camera, 0-1."""
    skin_area_mm2: float | None
    pore_count: Count
    density_per_cm2: float | None
    median_diameter_um: float | None
    enlarged_count: Count | None
    area_fraction: NotNegative


class IndexOut(Outside):
    """What the photo hints at; null where it cannot tell."""

    key: str
    title: Text
    value: float | None
    low: float | None
    high: float | None
    unit: str
    region: str
    because: Text
    sources: SourceKeys = at("rests_on")


class GradeOut(Outside):
    """Visual grade and percentile of the share of skin that is pore; null with the reason where no sourced
    distribution fits."""

    region: str
    grade: int | None
    grade_because: Text
    percentile: float | None
    low: float | None
    high: float | None
    among: Text | None
    because: Text
    sources: SourceKeys = at("rests_on")


class CensusOut(Outside):
    """The pores of the photo. Without a scale, lengths and what rests on them are null."""

    scale_um_per_px: float | None = at("um_per_px")
    width_px: Count = at("width")
    height_px: Count = at("height")
    pore_count: Count
    enlarged_count: Count | None
    enlarged_from_um: Um = at("enlarged_from.si")
    """Diameter from which a pore counts as enlarged."""
    density_per_cm2: float | None
    median_diameter_um: float | None
    area_fraction: float = Field(ge=0)
    """Share of the searched skin that is pore, 0-1; needs no scale."""
    flags: list[str]
    scale: ScaleOut | None
    """Null without a scale."""
    gate: GateOut
    regions: list[RegionOut]
    indices: list[IndexOut]
    grades: list[GradeOut]


class CensusFile(CensusOut):
    """census.json as `porelight measure` writes it."""

    sources: list[SourceOut]
    weakest: Confidence
    version: str


def census_outside(census: PoreCensus) -> CensusOut:
    """What a plan says of its photo."""
    return filled(CensusOut, census, regions=summarise_regions(census), grades=_grades(census))


def census_file(census: PoreCensus) -> CensusFile:
    """The whole of ``census.json``, with the sources it rests on."""
    rows = (*cite.used(census), *cite.used(rank_regions(census)))
    more = {"sources": row_sources(rows), "weakest": cite.weakest_confidence(rows)}
    return filled(CensusFile, census, regions=summarise_regions(census), grades=_grades(census), **more)


def _grades(census: PoreCensus) -> list[object]:
    return [each for each in rank_regions(census) if each.quantity == "area_fraction"]

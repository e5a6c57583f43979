"""Where a person's pores stand among other people's, as far as anybody measured that; and why no grade is computed.

A percentile compares like with like: the same quantity of the same region by the same device, among people who are
named. Published values are of other devices, so an ordinary photo gets none from them. A clinic's or a study's own
photos make a :class:`Cohort` to stand among.
"""

from __future__ import annotations

import math
from typing import Final, Literal

import numpy as np

from porelight import cite, units
from porelight.cite import Cited
from porelight.frozen import frozen
from porelight.photo.census import PoreCensus
from porelight.photo.face.regions import RegionSummary, summaries

Quantity = Literal["area_fraction", "density_per_cm2", "median_diameter_um"]
LEVEL: Final = 0.95
"""Level of every interval."""
NAMES: Final[dict[Quantity, str]] = {
    "area_fraction": "share of skin that is pore",
    "density_per_cm2": "pores per cm2",
    "median_diameter_um": "diameter of a typical pore",
}


@frozen
class Cohort:
    """One value per person, all of one quantity, region and device."""

    people: str
    """Who they are, in words."""
    quantity: Quantity
    region: str
    device: str
    """What took the photos, and how; compared letter by letter."""
    values: tuple[float, ...]


@frozen
class Published:
    """Mean and standard deviation that a publication printed."""

    people: str
    quantity: Quantity
    region: str
    device: str
    row: Cited
    """Value with bounds one standard deviation away."""
    count: Cited
    unit: str


@frozen
class Standing:
    """One region among other people, or why that cannot be told."""

    region: str
    quantity: Quantity
    percentile: float | None
    """Share of the people with less [%]."""
    low: float | None
    high: float | None
    among: str | None
    because: str
    grade: int | None
    """Visual grade of 0 to 4."""
    grade_because: str
    rests_on: tuple[Cited, ...]


def published() -> tuple[Published, ...]:
    """Every distribution that was seen in print, with what it is of."""
    rows = cite.table("indices")
    return (
        Published(
            "people who wanted their pores treated, mean age 40",
            "area_fraction",
            "face",
            "VISIA-CR",
            rows["published_share"],
            rows["published_share_people"],
            "%",
        ),
        Published(
            "people with oily skin and large pores",
            "median_diameter_um",
            "not told",
            "digital microscope",
            rows["published_size"],
            rows["published_size_people"],
            "um",
        ),
    )


def standings(
    census: PoreCensus, *, device: str | None = None, cohorts: tuple[Cohort, ...] = ()
) -> tuple[Standing, ...]:
    """Each region and quantity among the people it can be compared with.

    Args:
        census: of one photo.
        device: what took it, and how, as the cohorts name it; None for any other photo.
        cohorts: values of other people, such as :func:`porelight.study.cohort` gives.
    """
    return tuple(
        _standing(census, region, quantity, device, cohorts) for region in summaries(census) for quantity in NAMES
    )


def _standing(
    census: PoreCensus, region: RegionSummary, quantity: Quantity, device: str | None, cohorts: tuple[Cohort, ...]
) -> Standing:
    grade, agreement = (cite.table("indices")[key] for key in ("grade_steps", "grade_agreement"))
    no_grade = (
        "Grades of 0 to 4 are given by eye. No study we know says which count or size makes which grade. A program "
        "that graded selfies agreed with dermatologists only in part "
        f"(r = {agreement.value:g}, {agreement.source.key})."
    )
    measured, why = _measured(census, region, quantity)
    cohort = next((c for c in cohorts if (c.quantity, c.region, c.device) == (quantity, region.name, device)), None)
    fewest = cite.table("indices")["fewest_people"]
    rests_on: tuple[Cited, ...] = (grade, agreement)
    if measured is None:
        told, because = None, why
    elif cohort is None:
        told, because, rows = None, *_no_cohort(quantity, device)
        rests_on += rows
    elif len(cohort.values) < fewest.si:
        told, because = None, f"Only {len(cohort.values)} people are there to compare with; {fewest.si:g} are needed."
        rests_on += (fewest,)
    else:
        told, because = _among(measured, cohort), f"Among {len(cohort.values)} {cohort.people}, by {cohort.device}."
        rests_on += (fewest,)
    low, middle, high = told or (None, None, None)
    among = cohort.people if cohort and told else None
    return Standing(region.name, quantity, middle, low, high, among, because, None, no_grade, rests_on)


def _measured(census: PoreCensus, region: RegionSummary, quantity: Quantity) -> tuple[tuple[float, float] | None, str]:
    """Value and its standard error; or None, and why."""
    value = getattr(region, quantity)
    if census.gate.level == "refuse":
        return None, "The photo did not pass its check."
    if not region.pore_count:
        return None, "No pore was found here."
    if quantity != "area_fraction" and (census.scale is None or census.scale.source == "iris"):
        return None, "Lengths need a scale from a card, or a typed one."
    if value is None:
        return None, "It could not be measured here."
    inside = np.array([name == region.name for name in census.pores.region], np.bool_)
    area = census.pores.area[inside] if inside.any() else census.pores.area
    relative = math.sqrt(float((area**2).sum())) / float(area.sum())
    if quantity == "density_per_cm2":
        relative = 1.0 / math.sqrt(region.pore_count)
    if quantity == "median_diameter_um":
        relative = 1.25 * float(np.std(np.sqrt(area)) / np.mean(np.sqrt(area))) / math.sqrt(region.pore_count)
    shared = 0.0 if census.scale is None or quantity == "area_fraction" else census.scale.relative_error
    lengths = 2.0 if quantity == "density_per_cm2" else 1.0
    return (float(value), float(value) * math.hypot(relative, lengths * shared)), ""


def _no_cohort(quantity: Quantity, device: str | None) -> tuple[str, tuple[Cited, ...]]:
    """Why nothing can be said, with what was published for other devices."""
    near = next((one for one in published() if one.quantity == quantity), None)
    if near is None:
        return f"No study we know tells the {NAMES[quantity]} of people.", ()
    spread = (near.row.si_high - near.row.si_low) / 2.0
    unit = units.si(1.0, near.unit)
    said = (
        f"In {near.count.si:g} {near.people}, the {NAMES[quantity]} was {near.row.si / unit:.3g} {near.unit} (standard "
        f"deviation {spread / unit:.2g}) by {near.device} ({near.row.source.key}). "
    )
    other = "This photo is of another device, and devices do not agree on what a pore is: it cannot be ranked."
    same = "Mean and spread of so few people, of a place or age not told, do not carry a rank."
    return said + (same if device == near.device else other), (near.row, near.count)


def _among(measured: tuple[float, float], cohort: Cohort) -> tuple[float, float, float]:
    """Percentile with its interval: the person's own error, and that of a share found in so few people (Beta)."""
    from scipy.special import betaincinv

    values, count = np.sort(np.array(cohort.values)), len(cohort.values)
    value, error = measured
    tail = (1.0 - LEVEL) / 2.0

    def below(x: float) -> float:
        return float(np.searchsorted(values, x, "left") + np.searchsorted(values, x, "right")) / 2.0

    low, middle, high = (below(value + times * error) for times in (-1.96, 0.0, 1.96))
    least = float(betaincinv(low, count - low + 1.0, tail)) if low > 0.0 else 0.0
    most = float(betaincinv(high + 1.0, count - high, 1.0 - tail)) if high < count else 1.0
    return 100.0 * least, 100.0 * (middle + 0.5) / (count + 1.0), 100.0 * most

"""Where a person's pores stand among other people's, as far as anybody measured that; and why no grade is computed.

A percentile compares like with like: the same quantity of the same region by the same device, among people who are
named. Published values are of other devices, so an ordinary photo gets none from them. A clinic's or a study's own
photos make a :class:`Cohort` to stand among.
"""

from __future__ import annotations

import math
from typing import Final, Literal, get_args

import numpy as np

from porelight import cite, units
from porelight.cite import Cited
from porelight.frozen import frozen
from porelight.message import Message, message
from porelight.photo.census import PoreCensus
from porelight.photo.face.regions import RegionSummary, summarise_regions

Quantity = Literal["area_fraction", "density_per_cm2", "median_diameter_um"]
RANK_LEVEL: Final = 0.95
"""Level of every interval."""
QUANTITIES: Final[tuple[Quantity, ...]] = get_args(Quantity)


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

    people: Message
    quantity: Quantity
    region: str
    device: Message
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
    because: Message
    grade: int | None
    """Visual grade of 0 to 4."""
    grade_because: Message
    rests_on: tuple[Cited, ...]


def load_published() -> tuple[Published, ...]:
    """Every distribution that was seen in print, with what it is of."""
    rows = cite.table("indices")
    return (
        Published(
            message("photo.people_treated"),
            "area_fraction",
            "face",
            message("photo.device_visia"),
            rows["published_share"],
            rows["published_share_people"],
            "%",
        ),
        Published(
            message("photo.people_oily"),
            "median_diameter_um",
            "not told",
            message("photo.device_microscope"),
            rows["published_size"],
            rows["published_size_people"],
            "um",
        ),
    )


def rank_regions(
    census: PoreCensus, *, device: str | None = None, cohorts: tuple[Cohort, ...] = ()
) -> tuple[Standing, ...]:
    """Each region and quantity among the people it can be compared with.

    Args:
        census: of one photo.
        device: what took it, and how, as the cohorts name it; None for any other photo.
        cohorts: values of other people, such as :func:`porelight.study.cohort` gives.
    """
    return tuple(
        _rank_region(census, region, quantity, device, cohorts)
        for region in summarise_regions(census)
        for quantity in QUANTITIES
    )


def _rank_region(
    census: PoreCensus, region: RegionSummary, quantity: Quantity, device: str | None, cohorts: tuple[Cohort, ...]
) -> Standing:
    grade, agreement = (cite.table("indices")[key] for key in ("grade_steps", "grade_agreement"))
    no_grade = message("photo.no_grade", correlation=agreement.value, source=agreement.source.key)
    measured = _measure_quantity(census, region, quantity)
    cohort = next((c for c in cohorts if (c.quantity, c.region, c.device) == (quantity, region.name, device)), None)
    fewest = cite.table("indices")["fewest_people"]
    rests_on: tuple[Cited, ...] = (grade, agreement)
    told: tuple[float, float, float] | None = None
    if isinstance(measured, Message):
        because = measured
    elif cohort is None:
        because, rows = _describe_published(quantity, device)
        rests_on += rows
    elif len(cohort.values) < fewest.si:
        because = message("photo.rank_few_people", count=len(cohort.values), needed=fewest.si)
        rests_on += (fewest,)
    else:
        told = _rank_among(measured, cohort)
        because = message("photo.rank_among", count=len(cohort.values), people=cohort.people, device=cohort.device)
        rests_on += (fewest,)
    low, middle, high = told or (None, None, None)
    among = cohort.people if cohort and told else None
    return Standing(region.name, quantity, middle, low, high, among, because, None, no_grade, rests_on)


def _measure_quantity(census: PoreCensus, region: RegionSummary, quantity: Quantity) -> tuple[float, float] | Message:
    """Value and its standard error; or why there is none."""
    value = getattr(region, quantity)
    if census.gate.level == "refuse":
        return message("photo.rank_photo_refused")
    if not region.pore_count:
        return message("photo.rank_no_pore")
    if quantity != "area_fraction" and (census.scale is None or census.scale.source == "iris"):
        return message("photo.rank_no_scale")
    if value is None:
        return message("photo.rank_not_measured")
    inside = np.array([name == region.name for name in census.pores.region], np.bool_)
    area = census.pores.area[inside] if inside.any() else census.pores.area
    relative = math.sqrt(float((area**2).sum())) / float(area.sum())
    if quantity == "density_per_cm2":
        relative = 1.0 / math.sqrt(region.pore_count)
    if quantity == "median_diameter_um":
        relative = 1.25 * float(np.std(np.sqrt(area)) / np.mean(np.sqrt(area))) / math.sqrt(region.pore_count)
    shared = 0.0 if census.scale is None or quantity == "area_fraction" else census.scale.relative_error
    lengths = 2.0 if quantity == "density_per_cm2" else 1.0
    return float(value), float(value) * math.hypot(relative, lengths * shared)


def _describe_published(quantity: Quantity, device: str | None) -> tuple[Message, tuple[Cited, ...]]:
    """What was published of other devices, and why it gives no rank."""
    near = next((one for one in load_published() if one.quantity == quantity), None)
    named = message(f"photo.quantity_{quantity}")
    if near is None:
        return message("photo.rank_no_study", quantity=named), ()
    unit = units.si(1.0, near.unit)
    because = message(
        f"photo.rank_{'same' if device == near.device.english() else 'other'}_device",
        count=near.count.si,
        people=near.people,
        quantity=named,
        mean=near.row.si / unit,
        unit=near.unit,
        spread=(near.row.si_high - near.row.si_low) / 2.0 / unit,
        device=near.device,
        source=near.row.source.key,
    )
    return because, (near.row, near.count)


def _rank_among(measured: tuple[float, float], cohort: Cohort) -> tuple[float, float, float]:
    """Percentile with its interval: the person's own error, and that of a share found in so few people (Beta)."""
    from scipy.stats import binomtest, norm

    values, count = np.sort(np.array(cohort.values)), len(cohort.values)
    value, error = measured

    def below(x: float) -> float:
        """People with less; those with as much count half."""
        return float(np.searchsorted(values, x, "left") + np.searchsorted(values, x, "right")) / 2.0

    reach = float(norm.ppf(0.5 + 0.5 * RANK_LEVEL))
    low, middle, high = (below(value + times * error) for times in (-reach, 0.0, reach))
    # Clopper and Pearson's interval wants whole people: half of one is given to the wider side.
    least = binomtest(math.floor(low), count).proportion_ci(RANK_LEVEL, "exact").low
    most = binomtest(math.ceil(high), count).proportion_ci(RANK_LEVEL, "exact").high
    return 100.0 * float(least), 100.0 * (middle + 0.5) / (count + 1.0), 100.0 * float(most)

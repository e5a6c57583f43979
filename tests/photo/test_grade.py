"""A rank only among people measured alike, and no grade that nobody defined."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from porelight import cite
from porelight.photo.census import Gate, PoreCensus
from porelight.photo.indices.grade import Cohort, Standing, load_published, rank_regions
from porelight.photo.scale import Scale
from tests.planning.made_up import census as made_up

DEVICE = "clinic camera, ring flash, 0.3 m"


def census(**changes: object) -> PoreCensus:
    whole = made_up()
    pores = dataclasses.replace(whole.pores, region=("close-up",) * len(whole.pores))
    return dataclasses.replace(whole, pores=pores, **changes)  # type: ignore[arg-type]


def cohort(values: tuple[float, ...], device: str = DEVICE, region: str = "close-up") -> Cohort:
    return Cohort("people of one clinic", "median_diameter_um", region, device, values)


def standing(found: PoreCensus, quantity: str = "median_diameter_um", **options: object) -> Standing:
    told = rank_regions(found, **options)  # type: ignore[arg-type]
    return next(one for one in told if one.quantity == quantity)


def spread(count: int = 101) -> tuple[float, ...]:
    """Values evenly around the census's own 220 um."""
    return tuple(np.linspace(170.0, 270.0, count))


def test_nobody_said_which_count_makes_which_grade_so_there_is_none() -> None:
    for one in rank_regions(census()):
        assert one.grade is None
        assert "by eye" in str(one.grade_because)
        assert cite.table("indices")["grade_steps"] in one.rests_on


def test_an_ordinary_photo_has_no_rank_and_hears_what_was_published() -> None:
    share, size = (standing(census(), key) for key in ("area_fraction", "median_diameter_um"))
    assert share.percentile is None
    assert "2.06 %" in str(share.because)
    assert "0.8" in str(share.because)
    assert "VISIA-CR" in str(share.because)
    assert size.percentile is None
    assert "330 um" in str(size.because)
    assert {row.source.key for row in share.rests_on} >= {"saedi2013", "tarek2021"}


def test_even_the_named_device_does_not_make_a_mean_of_twenty_a_rank() -> None:
    told = standing(census(), "area_fraction", device="VISIA-CR")
    assert told.percentile is None
    assert "so few people" in str(told.because)


def test_no_study_tells_density() -> None:
    assert "No study" in str(standing(census(), "density_per_cm2").because)


def test_among_people_measured_alike_there_is_a_rank_with_its_interval() -> None:
    told = standing(census(), device=DEVICE, cohorts=(cohort(spread()),))
    assert told.low is not None
    assert told.high is not None
    assert told.percentile is not None
    assert told.percentile == pytest.approx(50.0, abs=1.5)
    assert told.low < told.percentile < told.high
    # Clopper and Pearson for 50 of 101 people alone: 39.4 to 59.7; the person's own error makes it wider.
    assert told.low <= 39.4
    assert told.high >= 59.7
    assert told.among == "people of one clinic"


@pytest.mark.parametrize(("values", "low", "high"), [((300.0,) * 30, 0.0, 12.0), ((100.0,) * 30, 88.0, 100.0)])
def test_at_the_ends_the_interval_reaches_the_end_and_no_further(
    values: tuple[float, ...], low: float, high: float
) -> None:
    """The rule of three: of 30 people none is below, so at most about 12 % of all are (Clopper and Pearson, 95 %)."""
    told = standing(census(), device=DEVICE, cohorts=(cohort(values),))
    assert told.low == pytest.approx(low, abs=0.6)
    assert told.high == pytest.approx(high, abs=0.6)


def test_ranks_hold_the_truth_as_often_as_they_say() -> None:
    """Cohorts of 40 drawn from one population: the interval of the 70th percentile covers it in at least 93 of 100."""
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(200):
        values = 220.0 - 20.0 * 0.5244 + 20.0 * rng.standard_normal(40)
        told = standing(census(), device=DEVICE, cohorts=(cohort(tuple(values)),))
        assert told.low is not None
        assert told.high is not None
        held += told.low <= 70.0 <= told.high
    assert held / 200 >= 0.93


@pytest.mark.parametrize(
    ("changes", "options", "words"),
    [
        ({}, {"device": "phone"}, "another device"),
        ({}, {"device": None}, "another device"),
        ({"gate": Gate("refuse", ())}, {"device": DEVICE}, "did not pass"),
        ({"scale": None}, {"device": DEVICE}, "scale"),
        ({"scale": Scale(40.0, 0.05, "iris", None, 0.0, ())}, {"device": DEVICE}, "scale"),
    ],
)
def test_what_is_not_alike_is_not_ranked(changes: dict[str, object], options: dict[str, object], words: str) -> None:
    told = standing(census(**changes), cohorts=(cohort(spread()),), **options)  # type: ignore[arg-type]
    assert told.percentile is None
    assert words in str(told.because)


def test_another_region_and_too_few_people_do_not_count() -> None:
    nose = cohort(spread(), region="nose")
    assert standing(census(), device=DEVICE, cohorts=(nose,)).percentile is None
    few = standing(census(), device=DEVICE, cohorts=(cohort(spread(19)),))
    assert few.percentile is None
    assert "19 people" in str(few.because)


def test_published_values_are_those_of_the_tables() -> None:
    """The rows that rendered skin is made of say the same."""
    rows = cite.table("photo")
    share, size = (one.row for one in load_published())
    assert share.si == pytest.approx(rows["share_mean"].si, rel=0.001)
    assert (size.si, (size.si_high - size.si_low) / 2.0) == pytest.approx(
        (rows["size_mean"].si, rows["size_spread"].si)
    )

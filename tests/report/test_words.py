"""report.words: numbers, dates and codes as people read them."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import pytest

from porelight import cite
from porelight.care.model import Outcome, Tier
from porelight.fields import Interval
from porelight.photo.census import PictureFlag
from porelight.report import words
from porelight.units import day
from tests.rows import each_row

HARD = "\u00a0"


@each_row(
    ("interval", "said"),
    [
        (Interval(-52.1, -28.4, -8.7), "down about 30 % (between 5 and 55)"),
        (Interval(-36.2, -28.4, -17.7), "down about 30 % (between 15 and 40)"),
        (Interval(-31.0, -28.4, -26.2), "down about 28 % (between 26 and 31)"),
        (Interval(-41.7, -14.0, 14.2), "down about 10 % (from down 45 % to up 15 %)"),
        (Interval(-12.0, 0.4, 11.0), "about the same (from down 15 % to up 15 %)"),
        (Interval(3.0, 12.0, 24.0), "up about 10 % (between 0 and 25)"),
    ],
)
def test_a_change_has_no_more_digits_than_its_interval_allows(interval: Interval, said: str) -> None:
    assert words.describe_change(interval).replace(HARD, " ") == said


def test_a_change_short_of_the_goal_is_never_said_as_the_goal() -> None:
    def said(middle: float, goal: float) -> str:
        return words.describe_change(Interval(-88.0, middle, -4.0), goal).replace(HARD, " ").partition(" (")[0]

    assert said(-46.2, -50) == "down about 45 %"
    assert said(-48.4, -50) == "down about 48 %"
    assert said(-50.4, -50) == "down about 50 %"
    assert said(-52.4, -53) == "down about 50 %"
    assert said(-34.0, -50) == "down about 30 %"  # far from the goal: steps of ten


def test_a_fall_is_never_said_as_all() -> None:
    assert "between 5 and more than 90" in words.describe_change(Interval(-97.4, -64.8, -8.0))
    assert "100" not in words.describe_change(Interval(-100.0, -75.7, 3.0))


def test_a_number_and_its_unit_are_not_torn_apart() -> None:
    assert f"30{HARD}%" in words.describe_change(Interval(-52.1, -28.4, -8.7))


def test_units_and_signs_are_typeset() -> None:
    assert words.typeset("20 mJ at 120 um, 350 J/cm2, -5 %, 10-20 mJ, fractional CO2") == (
        f"20{HARD}mJ at 120{HARD}µm, 350{HARD}J/cm², \u22125{HARD}%, 10\u201320{HARD}mJ, fractional CO₂"
    )


def test_dates_read_like_speech() -> None:
    assert words.write_day(dt.date(2026, 3, 14)) == "Sat 14 March 2026"
    assert words.write_days(dt.date(2026, 3, 14), dt.date(2026, 3, 14)) == "Sat 14 March"
    assert words.write_days(dt.date(2026, 3, 14), dt.date(2026, 3, 17)) == "Sat 14 to Tue 17 March"
    assert words.write_days(dt.date(2026, 3, 30), dt.date(2026, 4, 1)) == "Mon 30 March to Wed 1 April"


def test_a_span_of_days_keeps_its_middle() -> None:
    assert words.days_long(Interval(2 * day, 4.2 * day, 7 * day)) == "about 4 days (2 to 7)"
    assert words.days_long(Interval(0.0, 0.0, 0.0)) == "0 days"


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "fewer than 1 in 20"), (0.3, "about 3 in 10"), (0.58, "about 6 in 10"), (0.99, "more than 9 in 10")],
)
def test_a_chance_can_be_counted(share: float, said: str) -> None:
    assert words.describe_chance(share) == said


@each_row(
    ("value", "said"), [(229.6, "230"), (0.0163, "0.016"), (1.63, "1.6"), (0.0, "0"), (41234.0, "41000"), (99.7, "100")]
)
def test_a_number_has_two_digits_and_no_exponent(value: float, said: str) -> None:
    assert words.format_number(value) == said


def test_a_source_key_in_a_text_becomes_a_link() -> None:
    linked = words.Linker()
    said = str(linked("No control side (kwon2018), <b>32</b> people"))
    assert list(linked.named) == ["kwon2018"]
    assert said == 'No control side (<a href="#source-kwon2018" lang="en">Kwon 2018</a>), &lt;b&gt;32&lt;/b&gt; people'


def test_plain_words_that_are_also_keys_are_no_links() -> None:
    assert "<a" not in words.Linker()("an exact and assumed number")


def test_every_source_has_a_short_name() -> None:
    for source in cite.sources().values():
        assert 2 < len(words.source_name(source)) <= 60, source.key


def test_every_code_has_its_words() -> None:
    assert set(words.OUTCOMES) == set(get_args(Outcome))
    assert set(words.TIERS) == set(get_args(Tier))
    assert set(words.CONFIDENCE_WORDS) == set(cite.CONFIDENCES)
    assert set(words.FLAGS) == set(get_args(PictureFlag))

"""Dates: a function of the day asked, with the preparation, the spacing and every verdict in them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import pytest

from porelight import care
from porelight.care.items import is_habit
from porelight.planning import sessions
from porelight.refusal import Refusal
from porelight.units import week
from tests.planning.made_up import ON, person, verdict

if TYPE_CHECKING:
    from porelight.skin import Phototype


def test_lighter_skin_has_the_four_weeks_of_the_pore_trial() -> None:
    light: tuple[Phototype, ...] = ("I", "II", "III")
    for phototype in light:
        found = sessions.session_spacing("co2", phototype)
        assert found.time == pytest.approx(4 * week)
        assert found.row.source.key == "kwon2018"


@pytest.mark.parametrize("phototype", ["IV", "V", "VI", None])
def test_darker_or_unknown_skin_has_the_seven_weeks_of_the_series_in_phototype_four(
    phototype: Phototype | None,
) -> None:
    found = sessions.session_spacing("co2", phototype)
    assert found.time == pytest.approx(7 * week)
    assert "brown marks" in str(found.because)
    assert "manuskiatti2010" in str(found.because)


@pytest.mark.parametrize("laser", ["co2", "eryag"])
def test_no_spacing_is_shorter_than_the_calendar_of_care_accepts(laser: str) -> None:
    both: tuple[Phototype, ...] = ("II", "V")
    for phototype in both:
        gap = sessions.session_spacing(laser, phototype).time
        care.make_calendar(person(), sessions.session_dates(ON, 3, gap), laser)


def test_a_laser_without_a_pore_trial_is_refused() -> None:
    with pytest.raises(Refusal):
        sessions.session_spacing("diode_1726", "II")


def test_the_preparation_is_the_earliest_thing_to_do_before_a_session() -> None:
    items = care.make_calendar(person(), (ON,), "co2").items
    lead = sessions.preparation_days(items, ON)
    due = [item for item in items if item.phase == "before" and not is_habit(item.key)]
    assert lead == max((ON - item.first).days for item in due)
    assert lead >= 14  # the fortnight without a peel of DESIGN's "before"


def test_no_session_waits_for_what_only_goes_on_as_before() -> None:
    """A filler is not had for six weeks before: who had none has kept that already."""
    items = {item.key: item for item in care.make_calendar(person(), (ON,), "co2").items}
    assert (ON - items["no_device"].first).days == 90
    assert sessions.preparation_days([items["no_device"], items["no_filler"]], ON) == 0


def test_nothing_to_prepare_needs_no_days() -> None:
    assert sessions.preparation_days((), ON) == 0


def test_the_first_day_leaves_the_preparation() -> None:
    assert sessions.first_session(ON, 28, 4 * week, person(), ()) == ON + dt.timedelta(days=28)


def test_the_first_day_waits_for_a_past_session_and_for_the_day_a_verdict_names() -> None:
    recent = dataclasses.replace(person(), past_sessions=(ON - dt.timedelta(days=3),))
    assert sessions.first_session(ON, 14, 7 * week, recent, ()) == ON + dt.timedelta(days=46)
    later = verdict("adjust", until=ON + dt.timedelta(days=90))
    assert sessions.first_session(ON, 14, 4 * week, person(), (later,)) == later.until


def test_dates_are_evenly_spaced_and_depend_on_nothing_else() -> None:
    days = sessions.session_dates(ON, 3, 4 * week)
    assert days == (dt.date(2026, 3, 2), dt.date(2026, 3, 30), dt.date(2026, 4, 27))

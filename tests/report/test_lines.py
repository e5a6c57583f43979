"""report.lines: what the terminal says, in the words of the report."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

from porelight import care, planning
from porelight.report import first_screen, lines
from tests.report import a_plan
from tests.report.test_plan_page import refused


def test_the_terminal_says_the_change_in_the_words_of_the_page() -> None:
    plan = a_plan.ready()
    said = first_screen.write_answer(plan).expect.said.replace("\u00a0", " ")
    assert said[0].lower() + said[1:] in lines.of_plan(plan)[2]


def test_a_refused_plan_has_no_forecast_on_the_terminal() -> None:
    assert lines.of_plan(refused())[2].split(maxsplit=1)[1] == "none: treatment is refused"
    nothing = planning.make_plan(a_plan.census(0), a_plan.person(), on=a_plan.ON)
    assert lines.of_plan(nothing)[2].split(maxsplit=1)[1] == "none: the photo shows nothing to forecast"


def test_the_number_of_a_typical_face_is_not_said_as_this_photos() -> None:
    assert "of a typical face and not from this photo" in lines.of_plan(a_plan.uncalibrated())[2]
    assert "typical" not in lines.of_plan(a_plan.ready())[2]


def test_what_heat_does_is_said_and_no_temperature_that_is_a_cut_off() -> None:
    simulation = a_plan.ready().candidates[0].simulation
    assert "hottest tissue boils; above 60 C" in lines.of_simulation(simulation)[4]
    assert "350" not in lines.of_simulation(simulation)[4]
    hotter, cooler = (
        dataclasses.replace(simulation.warming, peak=simulation.warming.peak * factor) for factor in (1.2, 0.55)
    )
    assert "boils, and chars in places" in lines.of_simulation(dataclasses.replace(simulation, warming=hotter))[4]
    assert "up to 70 C, does not boil" in lines.of_simulation(dataclasses.replace(simulation, warming=cooler))[4]


def test_depths_are_said_from_person_to_person() -> None:
    simulation = a_plan.ready().candidates[0].simulation
    hole = simulation.ablation_depth_people
    assert hole.low < simulation.crater.ablation_depth < hole.high
    said = lines.of_simulation(simulation)[3]
    assert f"in two of three {hole.low * 1e6:.0f} to {hole.high * 1e6:.0f} um deep" in said


def test_what_a_terminal_says_of_the_rules_is_german_throughout() -> None:
    """Until 2026-12 a German screen kept ASK, "source", "Until" and its last line in English."""
    someone = care.read_person("isotretinoin: 2026-05-01", "someone")
    found = care.screen_person(someone, dt.date(2026, 6, 1), language="de")
    said = lines.of_verdicts(found, "de")
    assert any(line.startswith("NACHFRAGEN ") for line in said)
    assert any("Bis " in line for line in said)
    for line in said:
        # Titles of sources keep their own language.
        own = line.partition("(")[2] if line.startswith("    ") else line
        assert not re.search(r"\b(ASK|DEFER|ADJUST|Until|source|rule|read|have|nothing|the)\b", own), line

"""The dial table: everything that shows a dial is made from its one field."""

from __future__ import annotations

import dataclasses

import pytest
import typer
from typer.testing import CliRunner

from porelight.cli.simulate import simulate, take_dials
from porelight.fields import Exposure
from porelight.laser import Setting
from porelight.refusal import Refusal
from porelight.report.setting_rows import setting_rows
from porelight.simulation.dials import Dial, Row, Scenario, dial_field, dials_of, outside_type, read_inputs
from porelight.simulation.scenario import dial_setting, scenario_from, setting_from
from porelight.skin import facial_skin
from porelight.units import ms


@dataclasses.dataclass(frozen=True, slots=True)
class Wider(Scenario):
    """The table with one dial more: how long to wait between pulses, which today is dialled as a rate."""

    interval_ms: float | None = dial_field(
        None,
        Dial(
            "Time between pulses of a stack in ms.",
            fills="repetition_interval",
            unit=ms,
            limits=(1.0, 500.0),
            low_why="no such device fires so fast",
            high_why="the skin is cold again",
            rows=(Row("Between pulses", "{} ms"),),
        ),
    )


def test_a_dial_added_to_the_table_is_an_option_with_its_help() -> None:
    app = typer.Typer()
    app.command()(take_dials(simulate, Wider))
    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "160", "TERM": "dumb"}).stdout
    assert "--interval-ms" in shown
    assert "Time between pulses of a stack in ms." in shown


def test_a_dial_added_to_the_table_is_a_name_of_a_scenario_and_fills_the_setting() -> None:
    scenario = scenario_from("interval_ms: 40\nstack: 2\n", "s.yaml", table=Wider)
    assert dial_setting(scenario).repetition_interval == pytest.approx(40 * ms)
    assert setting_from("co2", {"interval_ms": 25}, table=Wider).repetition_interval == pytest.approx(25 * ms)
    with pytest.raises(Refusal, match=r"the skin is cold again.*1 to 500"):
        setting_from("co2", {"interval_ms": 900}, table=Wider)


def test_a_dial_added_to_the_table_is_in_the_numbers_and_the_rows_of_the_report() -> None:
    setting = setting_from("co2", {"interval_ms": 25}, table=Wider)
    inputs = read_inputs(Exposure(facial_skin("III", "cheek"), setting, 308.15), Wider)
    assert inputs["interval_ms"] == pytest.approx(25.0)
    assert ("Between pulses", "25 ms") in setting_rows(setting, table=Wider)


def test_without_it_nothing_knows_of_it() -> None:
    with pytest.raises(Refusal, match="not something a scenario says"):
        scenario_from("interval_ms: 40\n", "s.yaml")
    assert "interval_ms" not in read_inputs(Exposure(facial_skin("III", "cheek"), setting_from("co2"), 308.15))


def test_options_have_the_type_of_their_dial() -> None:
    kinds = {name: outside_type(Scenario, name) for name in dials_of()}
    assert {name for name, kind in kinds.items() if kind is int} == {"spikes", "stack", "passes"}
    assert {name for name, kind in kinds.items() if kind is str} == {
        *("laser", "profile", "pulse_shape", "cooling", "surface", "phototype", "site", "without")
    }


def test_a_dial_fills_a_field_that_settings_have() -> None:
    fields = {field.name for field in dataclasses.fields(Setting)}
    assert {dial.fills for dial in dials_of().values() if dial.fills} <= fields


def test_the_rows_of_a_setting_say_what_was_dialled_once() -> None:
    rows = dict(setting_rows(setting_from("eryag", stack=3, energy_mj=11.2)))
    assert rows["Energy of a pulse"] == "11 mJ, 3 on each column"
    assert rows["Spot"] == "225 µm even disc"
    assert rows["Passes"] == "1"
    assert dict(setting_rows(setting_from("co2")))["Energy of a pulse"] == "20 mJ"

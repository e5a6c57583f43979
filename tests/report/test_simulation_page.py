"""The page of a simulation, its files, and that the documentation names every input and output."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import pytest
import typer.main

from porelight import cli
from porelight.export import as_json
from porelight.refusal import Refusal
from porelight.report import bundle, folder, lines, simulation_page
from porelight.simulation import mechanisms
from porelight.simulation.dataset import make_dataset
from porelight.simulation.dials import Scenario, dials_of
from porelight.simulation.model import Simulation
from porelight.simulation.scenario import run_scenario, scenario_from
from porelight.simulation.stamp import Stamp, stamp_scenario

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "simulate.md").read_text(encoding="utf-8")


@functools.cache
def simulation(film: int = 4, cooling: str = "contact") -> Simulation:
    said = Scenario(energy_mj=3.0, precooling_ms=20.0 if cooling == "contact" else None, cooling=cooling)  # type: ignore[arg-type]
    return run_scenario(said, lambda name: name, film=film)


@functools.cache
def files() -> dict[str, bytes]:
    return bundle.of_simulation(simulation())


def documented(heading: str) -> set[str]:
    """The names in the first column of the first table below a heading."""
    table = DOCS.split(f"{heading}\n", 1)[1].split("|---", 1)[1]
    rows = [line for line in table.split("\n\n", 1)[0].splitlines()[1:] if line.startswith("|")]
    return {name for row in rows for name in re.findall(r"`(\w[\w.]*)`", row.split("|")[1])}


def test_every_input_is_documented_and_an_option() -> None:
    commands = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    options = {option.name for option in commands["simulate"].params}
    assert documented("## What goes in") == set(dials_of())
    assert set(dials_of()) <= options


def test_every_mechanism_that_can_be_switched_off_is_documented() -> None:
    assert [name for name in mechanisms.mechanism_names() if name not in DOCS] == []


def test_every_key_of_the_numbers_is_documented_and_nothing_else() -> None:
    assert documented("### The keys of numbers.json") == set(as_json.simulation_numbers(simulation()))


def test_every_field_is_documented_and_nothing_else() -> None:
    assert documented("### The fields of fields.zarr") == {str(name) for name in make_dataset(simulation()).data_vars}


def test_every_file_is_documented_and_known_as_ours() -> None:
    made = {name.split("/")[0] for name in files()}
    assert documented("## What comes out") == made
    assert made <= folder.DELIVERED | {folder.FIELDS}


@functools.cache
def stamp() -> Stamp:
    return stamp_scenario(Scenario(energy_mj=3.0, density_pct=15.0), across=2, order="raster", delay_ms=2.0)


def test_a_stamp_is_told_in_numbers_lines_and_a_page_of_which_every_key_is_documented() -> None:
    told = as_json.simulation_numbers(simulation(), stamp())
    assert documented("### The keys of stamp") == set(told["stamp"])
    assert told["stamp"]["columns"] == 4
    assert told["stamp"]["delay_ms"] == 2.0
    json.dumps(told, allow_nan=False)
    assert as_json.simulation_numbers(simulation())["stamp"] is None
    assert "2 x 2 columns" in lines.of_stamp(stamp())[0]
    assert "2 by 2" in simulation_page.render_simulation(simulation(), (), stamp())


def test_columns_warm_the_skin_between_them() -> None:
    found = as_json.simulation_numbers(simulation(), stamp())["stamp"]
    assert found["between_peak_c"] > 36.0
    assert found["warmest_start_c"] >= 35.0
    assert 0.0 < found["bulk_rise_peak_k"] < 30.0
    assert abs(found["energy_balance_error"]) < 1e-6


@pytest.mark.parametrize(
    ("said", "delay", "where"),
    [
        ({"cooling": "contact"}, None, "cooling"),
        ({"surface": "wet"}, None, "surface"),
        ({"without": "mixing"}, None, "without"),
        ({"pulse_shape": "superpulse", "spikes": 2, "duty_pct": 50}, None, "pulse_shape"),
        ({}, float("nan"), "delay_ms"),
        ({}, -1.0, "delay_ms"),
        ({"density_pct": 0}, None, "density_pct"),
    ],
)
def test_what_a_stamp_does_not_take_is_refused(said: dict[str, object], delay: float | None, where: str) -> None:
    with pytest.raises(Refusal) as refused:
        stamp_scenario(scenario_from("", "s.yaml", said), across=2, order="raster", delay_ms=delay)
    assert refused.value.where == where


@pytest.mark.parametrize("across", [-3, 0, 1, 10**9])
def test_a_stamp_of_no_such_size_is_refused(across: int) -> None:
    with pytest.raises(Refusal, match="columns a side"):
        stamp_scenario(Scenario(), across=across, order="raster", delay_ms=None)


def test_the_page_stands_alone_and_is_small() -> None:
    page = files()["simulation.html"].decode()
    assert len(page) < 2_000_000
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)
    assert "default-src 'none'" in page


def test_the_page_works_by_keyboard_and_keeps_still_when_asked() -> None:
    page = files()["simulation.html"].decode()
    assert '<input id="moment" type="range"' in page
    assert "prefers-reduced-motion: reduce" in page
    shown = re.findall(r"<img src=[^>]*>", page)
    assert len(shown) > 4
    assert sum(" hidden" not in each for each in shown) == 1
    assert all('alt="' in each for each in shown)


def test_without_a_film_the_page_has_no_slider_and_there_is_no_gif() -> None:
    made = bundle.of_simulation(simulation(film=0))
    assert "film.gif" not in made
    assert 'type="range"' not in made["simulation.html"].decode()


def test_a_film_changes_no_number() -> None:
    told = [as_json.simulation_numbers(simulation(film=film)) for film in (0, 4)]
    assert json.dumps(told[0], sort_keys=True) == json.dumps(told[1], sort_keys=True)


def test_the_same_simulation_gives_the_same_page() -> None:
    assert bundle.of_simulation(simulation())["simulation.html"] == files()["simulation.html"]


def test_the_terminal_says_what_is_not_as_usual() -> None:
    said = "\n".join(lines.of_simulation(simulation()))
    assert "cooling contact at 9 C" in said
    assert "cooling" not in "\n".join(lines.of_simulation(simulation(film=0, cooling="none")))


def test_what_boils_or_chars_and_the_spread_between_persons_are_in_the_numbers() -> None:
    numbers = json.loads(files()["numbers.json"])
    assert numbers["boils_or_chars"] in ("boils", "chars")
    for name in ("ablation_depth", "coagulation_depth"):
        low, mid, high = (numbers[f"{name}_{end}"] for end in ("people_low_um", "um", "people_high_um"))
        # depth_between_persons: one standard deviation is 26 % of it, so 0.77 to 1.30 of the depth.
        assert (low / mid, high / mid) == pytest.approx((0.771, 1.297), abs=0.001)


def test_the_limit_of_the_model_is_said() -> None:
    assert simulation().peak_is_limit
    assert "carried away at a set temperature" in files()["simulation.html"].decode()
    assert json.loads(files()["numbers.json"])["peak_temperature_is_limit"]

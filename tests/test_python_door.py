"""The door of Python: every verb and type on ``porelight``, values in and out, refusals that name the argument."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer.main
from PIL import Image

import porelight
from porelight import cli
from porelight.cli.flags import name_flag
from porelight.refusal import Refusal
from porelight.simulation.scenario import setting_from

ROOT = Path(__file__).resolve().parents[1]
SAMPLE, PERSON = ROOT / "examples" / "sample.jpg", ROOT / "examples" / "person.yaml"
ON = dt.date(2026, 3, 2)
GROUP = typer.main.get_command(cli.app)


def test_importing_porelight_imports_no_stage() -> None:
    code = "import sys, porelight; print(sorted(name for name in sys.modules if name.startswith('porelight.')))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert loaded.strip() == "['porelight.version']"


def test_every_public_name_is_there_and_has_a_sentence() -> None:
    for name in porelight.__all__:
        thing = getattr(porelight, name)
        assert name == "__version__" or thing.__doc__, name
    assert dir(porelight) == porelight.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        porelight.nothing  # noqa: B018


def test_a_photo_may_be_a_path_bytes_an_image_or_an_array() -> None:
    image = Image.open(io.BytesIO(SAMPLE.read_bytes()))
    photos: list[Any] = [SAMPLE, str(SAMPLE), SAMPLE.read_bytes(), image, np.asarray(image)]
    counts = {porelight.measure(photo, um_per_px=60).pore_count for photo in photos}
    assert len(counts) == 1


@pytest.mark.parametrize("photo", [3, None, np.zeros((2, 2, 7), np.uint8), b"no picture"])
def test_what_is_no_photo_is_refused_by_the_name_of_the_argument(photo: Any) -> None:
    with pytest.raises(Refusal) as refused:
        porelight.measure(photo)
    assert refused.value.where == "photo"


def test_dials_are_keywords_and_a_wrong_one_is_named() -> None:
    result = porelight.simulate("co2", energy_mj=2, cooling="air")
    assert result.setting.pulse_energy == pytest.approx(2e-3)
    assert result.setting.cooling is not None
    with pytest.raises(Refusal, match="strength is not something a scenario says"):
        porelight.simulate("co2", strength=3)
    with pytest.raises(Refusal) as refused:
        porelight.simulate("co2", spot_um=-1)
    assert refused.value.where == "spot_um"


def test_a_whole_setting_takes_no_dials_beside_it() -> None:
    setting = setting_from("co2", energy_mj=2)
    assert porelight.simulate(setting).setting == setting
    with pytest.raises(Refusal) as refused:
        porelight.simulate(setting, energy_mj=3)
    assert refused.value.where == "energy_mj"


def test_a_simulation_is_a_dataset_a_figure_and_a_small_table() -> None:
    result = porelight.simulate("co2", energy_mj=2)
    assert result.to_xarray()["peak_temperature"].attrs["units"] == "K"
    assert porelight.plot(result).axes
    shown = result._repr_html_()
    assert shown.startswith("<table>")
    assert "2 mJ" in shown
    assert len(shown) < 2000
    assert "\n" not in repr(result)


def test_the_forecast_is_that_of_the_plan_and_simulates_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    census = porelight.measure(SAMPLE, um_per_px=60)
    from porelight.planning import chain

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a forecast simulates nothing")

    monkeypatch.setattr(chain, "simulate_candidates", never)
    alone = porelight.forecast(census, PERSON, on=ON)
    assert alone.milestones
    assert porelight.plot(alone).axes
    refused = porelight.forecast(census, PERSON, on=dt.date(2026, 3, 2), sessions=1)
    assert len(refused.milestones) == 2


def test_nothing_is_forecast_for_whom_a_plan_would_refuse() -> None:
    census = porelight.measure(SAMPLE, um_per_px=60)
    nobody = porelight.Person(age=34, phototype="III", site="cheek", answers={"bothered": "no"}, dates={})
    course = porelight.forecast(census, nobody, on=ON)
    assert course.milestones == ()
    with pytest.raises(Refusal, match="none is drawn"):
        porelight.plot(course)


def test_a_typed_setting_is_weighed_for_a_person() -> None:
    candidate = porelight.trial(setting_from("co2", energy_mj=2), PERSON, on=ON)
    assert candidate.keeps_limits
    assert candidate.evidence == "milder"
    with pytest.raises(Refusal) as refused:
        porelight.trial(setting_from("co2", energy_mj=2), PERSON)
    assert refused.value.where == "on"


def test_the_card_is_a_pdf() -> None:
    assert porelight.card().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("where", "typed", "shown"),
    [
        ("um_per_px", ["measure", "a.jpg", "--um-per-px", "0"], "--um-per-px"),
        ("workers", ["measure", "photos", "--workers", "0"], "--workers"),
        ("goal", ["plan", "a.jpg"], "--goal"),
        ("across", ["simulate", "--stamp", "1"], "--stamp"),
        ("delay_ms", ["simulate", "--stamp", "2"], "--column-delay-ms"),
        ("spot_um", ["simulate", "--spot-um", "0"], "--spot-um"),
        ("spot_um", ["simulate", "column.yaml"], "spot_um"),
        ("spot_um", ["simulate", "column.yaml", "--spot-um=0"], "--spot-um"),
        ("person.yaml, age", ["screen", "person.yaml"], "person.yaml, age"),
        ("setting", ["simulate"], "setting"),
    ],
)
def test_the_command_line_names_the_flag_and_python_the_argument(where: str, typed: list[str], shown: str) -> None:
    refusal = Refusal("it cannot be", where=where, advice="Mend it")
    assert name_flag(refusal, GROUP, typed).where == shown

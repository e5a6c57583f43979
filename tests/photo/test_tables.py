"""Results in a notebook: a table of pores, a table of pairs, and a few lines of HTML."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest

from porelight import extras, photo
from porelight.fields import Interval
from porelight.frozen import LONGEST_REPR
from porelight.photo.artificial.render import render_skin
from porelight.photo.census import PoreCensus
from porelight.photo.compare.change import Change, Measure, Pairs
from porelight.photo.compare.registration import Registration
from porelight.refusal import Refusal

pd = pytest.importorskip("pandas")


@functools.cache
def census() -> PoreCensus:
    return photo.measure(photo.decode(render_skin(4, size=(240, 320), um_per_px=40.0).jpeg, "drawn"), 40.0)


def change() -> Change:
    one = np.array([1.0, 2.0])
    pairs = Pairs(one, one, one, one, one, one, one, one, one > 1.0, one, one, ("smaller",) * 2, ("<nose>", "chin"))
    measures = tuple(
        Measure("diameter", region, 10.0, 9.0, "px", Interval(-12.0, -10.0, -8.0), 5.0, "smaller")
        for region in ("", "chin")
    )
    map_ = Registration(
        np.eye(3), np.zeros((2, 2, 2)), (240, 320), 40, 0.01, 9, 0.9, 0.1, 0.5, 1.0, 1.0, 0.0, 1.0, 0.01
    )
    return Change("sizes compared", None, census(), census(), map_, pairs, measures, 1, 2, 0.1, 0.0, (), 0, "0", ())


def test_a_census_becomes_a_table_of_its_pores() -> None:
    table = census().to_dataframe()
    assert len(table) == census().pore_count > 5
    assert table["diameter_um"].median() == pytest.approx(census().median_diameter_um)
    assert list(table.columns)[:4] == ["x_px", "y_px", "diameter_px", "diameter_error_px"]
    table.loc[0, "x_px"] = -1.0
    assert census().pores.x[0] >= 0.0
    assert "diameter_um" not in dataclasses.replace(census(), scale=None).to_dataframe()


def test_a_change_becomes_a_table_of_its_pairs() -> None:
    table = change().to_dataframe()
    assert list(table["region"]) == ["<nose>", "chin"]
    assert list(table["resolved"]) == [False, True]


def test_without_pandas_the_refusal_names_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "_is_installed", lambda name: name != "pandas")
    with pytest.raises(Refusal, match=r"pip install 'porelight\[table\]'"):
        census().to_dataframe()


def test_a_notebook_shows_a_few_lines() -> None:
    shown = census()._repr_html_()
    assert f"{census().pore_count}, " in shown
    assert "40.0 um/px (typed)" in shown
    assert "-10 % (-12 to -8)" in change()._repr_html_()
    assert change()._repr_html_().count("diameter") == 1
    for html in (shown, change()._repr_html_()):
        assert len(html) < 1500
        assert "style" not in html


@pytest.mark.parametrize("result", [census, change])
def test_a_result_prints_on_one_line_compares_and_hashes(result: object) -> None:
    held = result()  # type: ignore[operator]
    assert len(repr(held)) <= LONGEST_REPR
    assert "\n" not in repr(held)
    assert held == dataclasses.replace(held)
    assert len({held, dataclasses.replace(held)}) == 1

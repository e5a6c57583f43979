"""draw.column_section: to scale, every measure on its place, no name on another."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from porelight import draw
from porelight.draw.anatomy import Frame
from porelight.draw.histology import list_measures
from porelight.draw.ink import axes_size
from porelight.simulation.model import Simulation
from porelight.units import um
from tests.draw.columns import column, exactly


def known(depth: float = 400 * um) -> Simulation:
    """A cylinder of 60 um radius; collagen set within 30 um, cells dead within 60 um."""
    made = column(depth, 60 * um)
    dead = dataclasses.replace(made.injury.dead, width=exactly(240 * um if depth else 0.0))
    return dataclasses.replace(made, injury=dataclasses.replace(made.injury, dead=dead))


@pytest.mark.parametrize("depth", [60 * um, 400 * um, 800 * um])
@pytest.mark.parametrize("width", [328.0, 440.0])
def test_it_has_one_scale_and_no_name_lies_on_another_or_beyond_the_paper(depth: float, width: float) -> None:
    simulation = known(depth)
    figure, ax = draw.new_figure(width, draw.histology_height(simulation, width))
    draw.column_section(ax, simulation)
    wide, high = axes_size(ax)
    assert wide / abs(np.subtract(*ax.get_xlim())) == pytest.approx(high / abs(np.subtract(*ax.get_ylim())), rel=1e-6)
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    boxes = [text.get_window_extent(renderer) for text in ax.texts]
    for i, box in enumerate(boxes):
        assert box.x0 >= -1
        assert box.x1 <= figure.bbox.x1 + 1, ax.texts[i].get_text()
        assert not any(box.overlaps(other) for other in boxes[i + 1 :]), ax.texts[i].get_text()


def test_measures_stand_where_and_what_they_are() -> None:
    found = {each.said.replace("\n", " "): each for each in list_measures(known(), Frame(300 * um, 600 * um))}
    assert set(found) == {
        "rim 30 µm near the surface",
        "rim 30 µm halfway down",
        "hole 400 µm deep",
        "collagen set to 430 µm",
        "cells dead to 460 µm",
    }
    assert found["rim 30 µm halfway down"].x == pytest.approx(75 * um, abs=5 * um)
    assert found["rim 30 µm halfway down"].z == pytest.approx(200 * um, abs=15 * um)
    assert 400 * um < found["collagen set to 430 µm"].z < 430 * um
    assert 430 * um < found["cells dead to 460 µm"].z < 460 * um


def test_a_column_that_did_nothing_is_drawn_without_measures() -> None:
    simulation = known(0.0)
    assert list_measures(simulation, Frame(300 * um, 600 * um)) == []
    _, ax = draw.new_figure(328, draw.histology_height(simulation, 328))
    draw.column_section(ax, simulation)


def test_it_says_what_it_shows() -> None:
    assert "120 µm wide and 400 µm deep" in draw.histology_says(known())

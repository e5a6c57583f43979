"""draw.section and draw.close_up: to scale, with every line where the fields have it."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from porelight import draw
from porelight.draw import anatomy
from porelight.draw import column as close
from porelight.draw.ink import axes_size
from porelight.units import um
from tests.draw.columns import column

if TYPE_CHECKING:
    from porelight.draw.ink import Axes

CELL = 5 * um


def scales(ax: Axes) -> tuple[float, float]:
    """Pixels per metre across and down."""
    width, height = axes_size(ax)
    return width / abs(np.subtract(*ax.get_xlim())), height / abs(np.subtract(*ax.get_ylim()))


def texts(ax: Axes) -> str:
    return " ".join(text.get_text().replace("\n", " ") for text in ax.texts)


@pytest.mark.parametrize("depth", [150 * um, 400 * um, 800 * um])
@pytest.mark.parametrize("paper", [(560, 430), (328, 400)])
def test_every_section_has_one_scale_across_and_down(depth: float, paper: tuple[float, float]) -> None:
    simulation = column(depth)
    for drawn in (draw.section_overview, draw.close_up):
        _, ax = draw.new_figure(*paper)
        drawn(ax, simulation)
        across, down = scales(ax)
        assert across == pytest.approx(down, rel=1e-6)
    _, ax = draw.new_figure(134, 204)
    draw.small_section(ax, simulation, draw.small_frame((simulation,), 134, 204))
    across, down = scales(ax)
    assert across == pytest.approx(down, rel=1e-6)


def test_the_crater_is_drawn_as_deep_and_wide_as_it_is() -> None:
    _, ax = draw.new_figure(500, 400)
    draw.close_up(ax, column(400 * um, 60 * um))
    outlines = [np.asarray(line.get_xydata()) for line in ax.lines]
    outline = next(points for points in outlines if len(points) > 10)
    assert outline[:, 1].max() == pytest.approx(400 * um, abs=CELL)
    assert np.ptp(outline[:, 0]) == pytest.approx(120 * um, abs=2 * CELL)


def test_isotherms_are_named_where_the_temperature_is() -> None:
    shown = anatomy.mirror_fields(column(400 * um, 60 * um))
    named = close._place_isotherms(shown, anatomy.Frame(400 * um, 800 * um))
    assert [level for level, _, _ in named] == [45, 60, 80, 100, 150]
    for level, z, edge in named:
        if z < 400 * um:  # beside the cylinder heat falls by 1 C per um from 200 C at its wall
            assert edge == pytest.approx((60 + 200 - level) * um, abs=2 * CELL)


def test_steps_of_damage_are_named_in_their_zones() -> None:
    simulation = column(400 * um, 60 * um)
    found = close.find_steps(simulation, anatomy.mirror_fields(simulation), 200 * um, 300 * um)
    middles = [step.x for step in found if step]
    assert len(middles) == 4
    # removed to 60 um, set to 90 um, dead to 120 um, alive to 300 um
    for middle, expected in zip(middles, (30 * um, 75 * um, 105 * um, 210 * um), strict=True):
        assert middle == pytest.approx(expected, abs=CELL)


def test_a_step_that_is_not_there_is_not_named() -> None:
    simulation = column(400 * um, 60 * um)
    found = close.find_steps(simulation, anatomy.mirror_fields(simulation), 410 * um, 300 * um)
    assert found[0] is None
    assert found[1] is not None


def test_layers_are_named_with_their_thickness() -> None:
    _, ax = draw.new_figure(560, 430)
    draw.section_overview(ax, column())
    assert "epidermis 60 µm" in texts(ax)
    assert "dermis 1.4 mm" in texts(ax)
    assert "laser columns, 340 µm apart" in texts(ax)


def test_names_do_not_lie_on_each_other() -> None:
    for depth in (100 * um, 250 * um, 600 * um):
        simulation = column(depth)
        for width in (328.0, 480.0):
            figure, ax = draw.new_figure(width, draw.close_up_height(simulation, width))
            draw.close_up(ax, simulation)
            renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
            boxes = [text.get_window_extent(renderer) for text in ax.texts]
            paper = figure.bbox
            for i, box in enumerate(boxes):
                assert box.x0 >= -1
                assert box.x1 <= paper.x1 + 1, ax.texts[i].get_text()
                for other in boxes[i + 1 :]:
                    assert not box.overlaps(other), (depth, width, ax.texts[i].get_text())


def test_a_laser_that_removes_and_warms_nothing_is_drawn_without_steps() -> None:
    simulation = column(0.0)
    _, ax = draw.new_figure(480, draw.close_up_height(simulation, 480))
    draw.close_up(ax, simulation)
    assert "removed" not in texts(ax)
    assert "alive" in texts(ax)


def test_settings_side_by_side_share_one_frame() -> None:
    shallow, deep = column(150 * um), column(800 * um)
    frame = draw.small_frame((shallow, deep), 134, 204)
    assert frame == draw.small_frame((deep,), 134, 204)
    assert frame.depth >= anatomy.deepest_effect(deep)


def test_every_section_says_what_it_shows() -> None:
    simulation = column(400 * um, 60 * um)
    assert "400 µm of skin removed" in draw.overview_says(simulation)
    assert "120 µm wide and 400 µm deep" in draw.close_up_says(simulation)
    assert "430 µm" in draw.small_says(simulation)


def test_the_files_of_a_simulation_open() -> None:
    simulation = column()
    root = ET.fromstring(draw.section_svg(simulation))
    assert root.tag.endswith("svg")
    image = Image.open(io.BytesIO(draw.section_png(simulation)))
    assert image.width == 960

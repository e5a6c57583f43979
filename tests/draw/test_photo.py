"""draw.photo: rings where the pores are, at their size, and a scale that is true."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from PIL import Image

from porelight import draw
from porelight.draw import photo
from tests.report import a_plan


def opened(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("L"), dtype=float)


def test_the_scale_bar_is_a_round_length() -> None:
    bar = photo.scale_bar(a_plan.census())
    assert bar
    # 580 px of 60 um are 34.8 mm; a fifth is 7 mm, the round length below it 5 mm
    assert bar.label == "5 mm"
    assert bar.px == pytest.approx(5000 / 60)


def test_a_fine_scale_gives_micrometres() -> None:
    bar = photo.scale_bar(a_plan.census(um_per_px=2.0))
    assert bar
    assert bar.label == "200 µm"


def test_without_a_scale_there_is_no_bar() -> None:
    assert photo.scale_bar(a_plan.census(um_per_px=None)) is None


def test_rings_have_the_measured_area_and_shape() -> None:
    census = a_plan.census(30)
    found = photo.pore_rings(census)
    np.testing.assert_allclose(np.pi * found.long * found.short / 4, census.pores.area)
    np.testing.assert_allclose(found.long / found.short, census.pores.elongation)


def test_every_pore_has_its_ring_and_enlarged_ones_are_apart() -> None:
    census = a_plan.census(40)
    groups = re.findall(r'<g class="([^"]*)">(.*?)</g>', draw.overlay_svg(census))
    counts = {name: drawn.count("<ellipse") for name, drawn in groups}
    assert counts["enlarged"] == census.enlarged_count == counts["casing enlarged"]
    assert counts["usual"] == 40 - counts["enlarged"]


def test_without_a_scale_no_pore_is_called_enlarged() -> None:
    groups = dict(re.findall(r'<g class="([^"]*)">(.*?)</g>', draw.overlay_svg(a_plan.census(40, um_per_px=None))))
    assert groups["enlarged"] == ""
    assert "no scale" in draw.overlay_says(a_plan.census(40, um_per_px=None))


def test_the_overlay_picture_marks_pores_and_leaves_the_rest_alone() -> None:
    census, pixels = a_plan.census(1), a_plan.pixels()
    drawn = opened(draw.overlay_png(pixels, census))
    plain = opened(draw.overlay_png(pixels, a_plan.census(0)))
    scale = drawn.shape[1] / census.width
    rows, columns = np.nonzero(np.abs(drawn - plain) > 20)
    # the middle of what changed is the middle of the pore; the ring is a few px wide
    assert columns.mean() / scale - 0.5 == pytest.approx(census.pores.x[0], abs=1.0)
    assert rows.mean() / scale - 0.5 == pytest.approx(census.pores.y[0], abs=1.0)


def test_a_ring_leaves_its_pore_in_view() -> None:
    census, pixels = a_plan.census(1), a_plan.pixels()
    drawn, plain = (opened(draw.overlay_png(pixels, each)) for each in (census, a_plan.census(0)))
    scale = drawn.shape[1] / census.width
    x, y = (int((place + 0.5) * scale) for place in (census.pores.x[0], census.pores.y[0]))
    assert drawn[y, x] == plain[y, x]


def test_without_a_scale_the_picture_differs_by_its_warning() -> None:
    pixels = a_plan.pixels()
    one, other = (opened(draw.overlay_png(pixels, a_plan.census(0, um_per_px=scale))) for scale in (60.0, None))
    rows, columns = np.nonzero(np.abs(one - other) > 20)
    assert rows.min() > 0.9 * one.shape[0]
    assert columns.max() < 0.5 * one.shape[1]


def test_a_large_photo_is_shown_smaller() -> None:
    census = a_plan.census(10, width=3000, height=2000)
    image = Image.open(io.BytesIO(draw.overlay_png(a_plan.pixels(3000, 2000), census)))
    assert image.size == (2400, 1600)


def bars(scaled: bool) -> tuple[list[float], list[float]]:
    _, ax = draw.new_figure(340, 240)
    draw.size_distribution(ax, a_plan.census(um_per_px=60.0 if scaled else None))
    drawn = [bar for bar in ax.patches if isinstance(bar, Rectangle)]
    return [bar.get_x() for bar in drawn], [bar.get_height() for bar in drawn]


def test_every_pore_is_in_the_distribution_once() -> None:
    for scaled in (True, False):
        assert sum(bars(scaled)[1]) == 240


def test_the_threshold_parts_the_bars() -> None:
    left, heights = bars(True)
    beyond = sum(height for x, height in zip(left, heights, strict=True) if x >= 250.0 - 1e-6)
    assert beyond == a_plan.census().enlarged_count


def test_a_distribution_of_nothing_is_drawn() -> None:
    for scale in (60.0, None):
        figure, ax = draw.new_figure(340, 240)
        census = a_plan.census(0, um_per_px=scale)
        draw.size_distribution(ax, census)
        assert draw.render_svg(figure, "sizes", draw.distribution_says(census))


def test_regions_are_outlined_and_named() -> None:
    import dataclasses

    from porelight.draw.ink import new_figure
    from porelight.photo.census import Region

    outline = np.array([[50.0, 60.0], [200.0, 60.0], [120.0, 300.0]])
    census = dataclasses.replace(a_plan.census(5), regions=(Region("left cheek", outline),))
    _, ax = new_figure(census.width, census.height)
    photo.pore_overlay(ax, census)
    assert "left cheek" in [text.get_text() for text in ax.texts]
    drawn = [line.get_xydata() for line in ax.lines]
    assert any(np.array_equal(line, np.vstack([outline, outline[:1]])) for line in drawn)

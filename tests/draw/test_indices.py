"""Lines of indices: what is known has an interval on its line, what is not is an open line."""

from __future__ import annotations

import pytest

from porelight import draw
from porelight.draw.indices import INDEX_LINES, INDEX_UNKNOWN, format_index
from porelight.message import message
from porelight.photo.census import Index


def index(key: str, value: float | None, low: float | None = None, high: float | None = None) -> Index:
    return Index(key, message("photo.shine_title"), value, low, high, "%", "close-up", message("photo.shine"), ())


FOUND = (index("texture", 2.2, 1.0, 2.6), index("shine", 1.3, 0.5, 2.6), index("pigment_spots", None), index("else", 1))


def texts(width: float) -> list[str]:
    paper, ax = draw.new_figure(width, 200.0)
    draw.index_bars(ax, FOUND)
    assert paper is ax.get_figure()
    return [text.get_text() for text in ax.texts]


def test_lines_stand_in_their_own_order_and_say_value_and_interval() -> None:
    written = texts(328.0)
    titles = [text for text in written if text in {title for title, _, _ in INDEX_LINES.values()}]
    assert titles == ["Shining skin", "Brown spots", "Fine texture: light and dark between pores"]
    assert "1.3 % (0.5 to 2.6)" in written
    assert INDEX_UNKNOWN in written


def test_no_text_covers_another_on_a_phone() -> None:
    paper, ax = draw.new_figure(328.0, 62.0 * 3)
    draw.index_bars(ax, FOUND)
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    drawn = FigureCanvasAgg(paper).get_renderer()  # type: ignore[no-untyped-call]
    boxes = [text.get_window_extent(drawn) for text in ax.texts]
    assert not any(one.overlaps(two) for i, one in enumerate(boxes) for two in boxes[i + 1 :])
    assert all(box.x0 >= 0.0 and box.x1 <= 328.0 for box in boxes)


@pytest.mark.parametrize(("low", "high", "said"), [(1.0, 9.0, "3"), (2.5, 3.5, "3.2"), (3.1, 3.3, "3.21")])
def test_digits_follow_the_interval(low: float, high: float, said: str) -> None:
    assert format_index(index("shine", 3.21, low, high)).startswith(f"{said} %")


def test_the_sentence_for_those_who_cannot_see_it_tells_every_line() -> None:
    said = draw.indices_say(FOUND)
    assert said.count(".") >= 3
    assert f"Brown spots: {INDEX_UNKNOWN}." in said

"""The printed page: true lengths, and a card that the program finds again in it."""

import io
import re
import zlib
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from porelight import units
from porelight.draw.card_sheet import CARD_GAP, PAGE, TOP, card_pdf, draw_card_page
from porelight.photo.card.find_card import find_card
from porelight.photo.card.layout import load_layout
from porelight.photo.decode import Picture, decode

POINT = units.inch / 72.0 / units.mm
DOTS = 200


@pytest.fixture(scope="module")
def printed() -> bytes:
    return card_pdf()


@pytest.fixture(scope="module")
def drawn() -> Picture:
    """The page as a printer of few dots would print it."""
    made = io.BytesIO()
    draw_card_page().savefig(made, format="png", dpi=DOTS)
    return decode(made.getvalue(), "page")


def streams(data: bytes) -> str:
    found = re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)
    texts = []
    for each in found:
        try:
            texts.append(zlib.decompress(each).decode("latin-1"))
        except zlib.error:
            continue
    return "\n".join(texts)


def test_the_page_is_a4(printed: bytes) -> None:
    box = re.search(rb"/MediaBox \[ ?([\d. ]+) ?\]", printed)
    assert box is not None
    width, height = (float(each) * POINT for each in box.group(1).split()[2:])
    assert (width, height) == pytest.approx(PAGE, abs=0.02)


def test_the_check_line_of_every_card_is_fifty_millimetres_in_the_file(printed: bytes) -> None:
    lines = re.findall(r"([\d.]+) ([\d.]+) m\s+([\d.]+) ([\d.]+) l", streams(printed))
    lengths = [abs(float(right) - float(left)) * POINT for left, _, right, _ in lines]
    assert sum(length == pytest.approx(50.0, abs=0.01) for length in lengths) == 6


def test_the_file_is_the_same_every_time(printed: bytes) -> None:
    """No clock in it: a clinic can compare two files."""
    assert card_pdf() == printed


def test_the_file_says_how_to_print_it(printed: bytes) -> None:
    assert b"Print at 100 %" in printed
    assert len(printed) < 200_000


def test_making_it_changes_no_setting_of_others() -> None:
    before = dict(mpl.rcParams)
    card_pdf()
    assert dict(mpl.rcParams) == before


def test_the_printed_card_is_found_in_its_true_size(drawn: Picture) -> None:
    """One card of the page, cut out: 25.4 mm have as many px as there are dots to the inch."""
    left = 0.5 * (PAGE[0] - 2 * load_layout().size[0] - CARD_GAP)
    per_mm = DOTS / 25.4
    rows, columns = (
        slice(int((start - 3.0) * per_mm), int((start + length + 3.0) * per_mm))
        for start, length in ((TOP, load_layout().size[1]), (left, load_layout().size[0]))
    )
    card = find_card(Picture(drawn.pixels[rows, columns].copy(), "one card", "PNG"))
    assert card is not None
    assert len(card.tags) == len(load_layout().tags)
    assert card.scale.um_per_px == pytest.approx(25_400 / DOTS, rel=0.002)
    assert card.scale.tilt < 3.0


def test_nothing_on_the_page_runs_over_its_edge() -> None:
    figure = draw_card_page()
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = figure.bbox.size
    margin = 8.0 / 25.4 * figure.dpi  # office printers leave some 5 mm blank
    for text in figure.axes[0].texts:
        box = text.get_window_extent(canvas.get_renderer())
        assert box.x0 > margin, text.get_text()
        assert box.x1 < width - margin, text.get_text()
        assert box.y0 > margin, text.get_text()
        assert box.y1 < height - margin, text.get_text()


def test_nothing_on_the_card_overlaps() -> None:
    """Tags with the white that they need, patches, opening: apart from each other and inside the paper."""
    card = load_layout()
    boxes = [(patch.box, 0.0) for patch in (*card.greys, *card.colours, *card.papers)]
    boxes += [(tag.box, card.quiet) for tag in card.tags] + [(card.window, 0.0)]
    for index, (one, around) in enumerate(boxes):
        low, high = one.corners[0] - around, one.corners[2] + around
        assert (low >= 0.0).all()
        assert (high <= card.size).all()
        for other, aside in boxes[index + 1 :]:
            apart = (other.corners[0] - aside >= high) | (other.corners[2] + aside <= low)
            assert apart.any(), (one, other)

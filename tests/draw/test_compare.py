"""Figures of a comparison say what was measured and mark what could not be seen."""

from __future__ import annotations

import numpy as np
import pytest

from porelight.draw import compare as drawn
from porelight.draw.ink import new_figure
from porelight.photo.compare.aligned import align_pictures
from porelight.photo.tone import linear, luminance
from tests.report import a_change


def test_every_measure_has_its_interval_and_its_band() -> None:
    change = a_change.smaller()
    _, ax = new_figure(600, drawn.changes_height(change))
    drawn.change_bars(ax, change)
    told = drawn.overall_measures(change)
    assert len(ax.patches) == len(told)
    widths = [patch.get_x() + patch.get_width() for patch in ax.patches]  # type: ignore[attr-defined]
    assert widths == pytest.approx([each.detectable_pct for each in told])
    texts = [text.get_text() for text in ax.texts]
    assert texts[0].startswith("Diameter, pore by pore: down")


def test_a_change_that_could_not_be_seen_is_said_so() -> None:
    told = drawn.changes_say(a_change.unchanged())
    assert "Diameter, pore by pore: no detectable change" in told
    assert "the middle change is" in drawn.pairs_say(a_change.unchanged())


def test_the_second_photo_lies_on_the_first() -> None:
    first, second = a_change.photos()
    pictures = align_pictures(first, second, a_change.smaller().registration)
    assert pictures.before.shape == pictures.after.shape
    inner = slice(80, -80), slice(80, -80)
    one, other = (luminance(linear(each))[inner].astype(float) for each in (pictures.before, pictures.after))
    moved = align_pictures(first, second, a_change.smaller().registration).after
    assert np.array_equal(moved, pictures.after)
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.8
    assert np.median(one) == pytest.approx(np.median(other), rel=0.03)

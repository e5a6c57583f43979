"""A comparison as files: what they hold, that they agree, and that the page needs nothing else."""

from __future__ import annotations

import csv
import functools
import io
import json
import re

import pytest

from porelight.photo.compare.chain import compare_photos
from porelight.photo.compare.change import Change
from porelight.photo.decode import Picture
from porelight.report import change_page as files
from porelight.report import lines
from porelight.report.folder import DELIVERED
from tests.photo.retakes import Shot, skin, take
from tests.report import a_change


def test_the_files_are_those_that_a_folder_may_hold() -> None:
    told = files.of_change(a_change.smaller(), *a_change.photos())
    assert set(told) == {"change.json", "pairs.csv", "change.png", "change.html"}
    assert set(told) <= DELIVERED
    assert told["change.png"].startswith(b"\x89PNG")


def test_the_numbers_say_what_was_measured() -> None:
    change = a_change.smaller()
    told = json.loads(files.change_json(change))
    assert (told["result"], told["schema"]) == ("smaller", "porelight/change/1")
    answer = told["measures"][0]
    assert answer["key"] == "diameter"
    assert answer["change_pct"]["mid"] == pytest.approx(-25.0, abs=4.0)
    assert answer["after_um"] / answer["before_um"] == pytest.approx(0.75, abs=0.06)
    assert {"version", "sources", "weakest", "remarks"} <= set(told)
    assert told["pairs"] == len(change.pairs) >= told["pairs_resolved"]


def test_without_a_scale_nothing_is_said_in_micrometres() -> None:
    told = files.change_json(a_change.unchanged())
    assert '_um"' not in told
    assert json.loads(told)["scale_before_um_per_px"] is None
    rows = list(csv.DictReader(io.StringIO(files.pairs_csv(a_change.unchanged()))))
    assert {row["before_um"] for row in rows} == {""}


def test_the_table_has_a_row_for_each_pore_in_both_photos() -> None:
    change = a_change.smaller()
    rows = list(csv.DictReader(io.StringIO(files.pairs_csv(change))))
    assert len(rows) == len(change.pairs)
    for row in rows:
        ratio = float(row["after_um"]) / float(row["before_um"])
        assert 100.0 * (ratio - 1.0) == pytest.approx(float(row["change_pct"]), abs=0.5)
        assert row["result"] in ("smaller", "larger", "no detectable change")


def test_the_page_is_whole_in_itself_and_answers_first() -> None:
    page = files.of_change(a_change.smaller(), *a_change.photos())["change.html"].decode()
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', page)
    assert "<script src" not in page
    assert page.index("The pores are narrower") < page.index("data:image/jpeg")
    assert 'type="range"' in page
    assert page.count("alt=") >= 2


def test_no_change_is_said_with_what_could_have_been_seen() -> None:
    change = a_change.unchanged()
    assert change.result == "no detectable change"
    assert files.change_headline(change) == "No detectable change"
    assert re.search(r"\d\u00a0% or more", files.change_detail(change))
    assert "only relative changes" in str(change.remarks[0])


def test_the_same_change_gives_the_same_bytes() -> None:
    change = a_change.smaller()
    one, other = (files.of_change(change, *a_change.photos()) for _ in range(2))
    assert one == other


@functools.cache
def closer() -> tuple[Change, Picture, Picture]:
    """The same skin, once from much closer: matched, but without sizes."""
    first, _ = a_change.photos()
    second = take(skin(71, size=a_change.SIZE, um_per_px=45.0), Shot(scale=2.8, angle=5.0, bend=6.0), 9)
    return compare_photos(first, second, um_per_px=45.0), first, second


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_match_without_sizes_has_its_page_its_reason_and_no_numbers(language: str) -> None:
    change, first, second = closer()
    assert (change.outcome, change.result, change.measures) == ("sizes not comparable", "cannot be told", ())
    written = files.of_change(change, first, second, language)
    page = written["change.html"].decode()
    assert {"en": "sizes cannot be compared", "de": "Größen lassen sich nicht vergleichen"}[language] in page
    assert "h-measures" not in page
    told = json.loads(written["change.json"])
    assert (told["outcome"], told["measures"], told["pairs"]) == ("sizes not comparable", [], 0)
    assert told["reason"] == str(change.reason)
    assert lines.of_change(change)[0].startswith("The same skin, but sizes cannot be compared")


def test_a_copy_is_called_so_on_the_page() -> None:
    first, _ = a_change.photos()
    change = compare_photos(first, first)
    assert change.outcome == "copy"
    assert "a copy cannot show a change" in files.of_change(change, first, first)["change.html"].decode()

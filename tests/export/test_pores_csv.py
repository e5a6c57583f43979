"""report.tables: the pores as CSV."""

from __future__ import annotations

import csv
import dataclasses
import io
import math

import pytest

from porelight.export import pores_csv
from tests.report import a_plan

HEADER = "x_px,y_px,diameter_px,diameter_um,area_um2,elongation,direction_deg,darkness,region,flags"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_header_is_the_one_that_other_programs_read() -> None:
    assert pores_csv.pores_csv(a_plan.census(3)).splitlines()[0] == HEADER


def test_a_row_per_pore_with_lengths_in_um() -> None:
    census = a_plan.census(20)
    read = rows(pores_csv.pores_csv(census))
    assert len(read) == 20
    for i, row in enumerate(read):
        diameter = float(census.pores.diameter[i]) * 60.0
        # printed to 0.1 um and to 1 um2
        assert float(row["diameter_um"]) == pytest.approx(diameter, abs=0.06)
        assert float(row["area_um2"]) == pytest.approx(math.pi * diameter**2 / 4.0, abs=0.6)
        assert 0.0 <= float(row["direction_deg"]) < 180.0
        assert row["region"] == "cheek"


def test_without_a_scale_the_um_are_empty_and_the_px_stay() -> None:
    read = rows(pores_csv.pores_csv(a_plan.census(5, um_per_px=None)))
    assert {row["diameter_um"] + row["area_um2"] for row in read} == {""}
    assert all(float(row["diameter_px"]) > 0.0 for row in read)


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A0", "+1", "-nose", "@home", "\tcheek", "nose=", "cheek"])
def test_the_name_of_a_region_is_words_to_a_spreadsheet_and_numbers_are_numbers(name: str) -> None:
    # Names of regions come from a file that people write; 60 cells began with a formula.
    census = a_plan.census(3)
    pores = dataclasses.replace(census.pores, region=(name,) * 3)
    read = rows(pores_csv.pores_csv(dataclasses.replace(census, pores=pores)))
    for row in read:
        assert row["region"].removeprefix("'") == name
        assert row["region"][0] not in "=+-@\t"
        assert all(math.isfinite(float(row[key])) for key in row if key not in ("region", "flags"))


def test_no_pores_is_a_header_alone() -> None:
    assert pores_csv.pores_csv(a_plan.census(0)) == HEADER + "\n"


def test_the_same_census_gives_the_same_bytes() -> None:
    assert pores_csv.pores_csv(a_plan.census(50)) == pores_csv.pores_csv(a_plan.census(50))

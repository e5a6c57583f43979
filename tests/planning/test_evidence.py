"""The rows of planning and healing are the numbers of the evidence tables, not copies gone astray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from porelight import cite

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("healing", "trials", "pores", "planning")


def evidence(shared: Path, name: str, part: str = "rows") -> dict[str, dict[str, Any]]:
    loaded = yaml.safe_load((shared / "evidence" / f"{name}.yaml").read_text(encoding="utf-8"))
    return {row["id"]: row for row in loaded[part]}


@pytest.mark.parametrize(
    ("key", "theirs"),
    [
        ("kwon_s2", "kwon_s2"),
        ("kwon_s3", "kwon_s3"),
        ("saedi_area", "saedi_area"),
        ("nmrf_v1", "nmrf_v1"),
        ("nmrf_v2", "nmrf_v2"),
        ("nmrf_v6", "nmrf_v6"),
        ("lmwha_mean", "lmwha"),
    ],
)
def test_a_trial_row_has_the_change_of_the_evidence_table(shared: Path, key: str, theirs: str) -> None:
    row, seen = cite.table("trials")[key], evidence(shared, "pore_trials")[theirs]
    assert row.value == seen["change_pct"]["mean"]
    assert row.source.key == seen["source"]
    assert row.confidence == seen["confidence"]


def test_the_only_printed_spread_is_that_of_the_evidence_table(shared: Path) -> None:
    assert cite.table("trials")["lmwha_sd"].value == evidence(shared, "pore_trials")["lmwha"]["change_pct"]["sd"]


@pytest.mark.parametrize(
    ("key", "theirs"),
    [("redness_ablative", "eryth_majid"), ("crusting_ablative", "crust_majid"), ("closing_full", "heal_ernonfrac")],
)
def test_a_downtime_row_has_the_range_of_the_evidence_table(shared: Path, key: str, theirs: str) -> None:
    row, seen = cite.table("healing")[key], evidence(shared, "safety_rates", "downtime")[theirs]
    assert (row.low, row.high) == (seen["low"], seen["high"])
    assert row.value == (seen["low"] + seen["high"]) / 2
    assert row.source.key == seen["source"]


def test_the_share_of_oil_is_the_square_of_the_correlation(shared: Path) -> None:
    facts = evidence(shared, "pore_facts")
    for key, theirs in (("sebum_share_men", "r_sebum_male"), ("sebum_share_women", "r_sebum_female")):
        row = cite.table("pores")[key]
        assert row.si == pytest.approx(facts[theirs]["value"] ** 2, abs=0.006)  # printed to whole percent


def test_the_redness_that_95_of_100_stay_under_follows_from_the_printed_shares() -> None:
    """asj2010: 93 % under 5 weeks and 98.9 % under 8; linear between."""
    weeks = 5 + 3 * (95 - 93) / 5.9
    assert cite.table("healing")["redness_ablative_long"].value == pytest.approx(7 * weeks, abs=0.5)


@pytest.mark.parametrize("name", TABLES)
def test_every_row_is_cited_and_an_assumption_gives_its_reason(name: str) -> None:
    for row in cite.table(name).values():
        assert row.quantity
        if row.confidence in ("assumed", "recalled", "derived"):
            assert row.note, row.key
        if row.low is not None and row.high is not None:
            assert row.low <= row.value <= row.high, row.key

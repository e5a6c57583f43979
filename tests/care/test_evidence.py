"""Every row of the evidence on who may be treated and on the days of care is carried by a rule or an item."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from porelight import cite
from porelight.care.rules import laser_kinds, load_rules, rules_in_force

if TYPE_CHECKING:
    from pathlib import Path

RULES = {
    "iso_nafl": ["isotretinoin"],
    "iso_full": ["isotretinoin"],
    "iso_fracabl": ["isotretinoin"],
    "iso_rct": ["isotretinoin"],
    "iso_clinics": ["isotretinoin"],
    "preg": ["pregnancy", "breastfeeding"],
    "lact": ["breastfeeding", "allergy"],
    "tan_vendor": ["sun", "photosensitiser", "pregnancy", "isotretinoin"],
    "hsv": ["antiviral"],
    "hsv_active": ["herpes_now"],
    "hsv_regimen": ["antiviral"],
    "hsv_risk": ["herpes_recent", "immune"],
    "tan": ["sun"],
    "sunburn": ["sunburn"],
    "photosens": ["photosensitiser"],
    "smoking": ["smoking"],
    "silver": ["silver"],
    "gold": ["gold"],
    "keloid": ["keloid"],
    "infection": ["infection"],
    "activeacne": ["active_acne"],
    "fst56": ["phototype"],
    "fst_prophylaxis": ["priming"],
    "vitiligo": ["psoriasis_or_vitiligo"],
    "ctd": ["connective_tissue", "irradiated_or_burnt"],
    "anticoag": ["blood_thinner"],
    "immun": ["immune", "slow_healing"],
    "bdd": ["worry", "expectations"],
    "filler": ["filler", "toxin"],
}
ITEMS = {
    "pre_retinoid_clinic": ["retinoid_week", "no_treatment", "no_exfoliation"],
    "pre_retinoid_prime": ["retinoid_prime"],
    "pre_sun": ["sunscreen_before", "stay_untanned"],
    "pre_hydration": ["hydrate"],
    "pre_alcohol": ["no_alcohol"],
    "pre_hq": ["hydroquinone_stop"],
    "pre_clean": ["clean_face"],
    "pre_antiviral": ["antiviral", "antiviral_history"],
    "pre_anaesthesia": ["numbing_cream"],
    "post_cool": ["cool"],
    "post_occlusive": ["ointment"],
    "post_makeup_nafl": ["no_makeup_closed"],
    "post_makeup_afl": ["no_makeup"],
    "post_spf": ["sunscreen_open", "sunscreen_after"],
    "post_sun": ["no_direct_sun", "little_sun"],
    "post_actives": ["no_actives"],
    "post_sweat": ["no_sweat"],
    "post_pick": ["no_picking"],
    "post_normal": ["normal_open", "normal_closed"],
    "post_warn_hsv": ["watch_herpes"],
    "post_warn_bact": ["watch_infection"],
    "post_warn_pih": ["watch_marks"],
    "post_warn_scar": ["watch_scar"],
    "post_contact": ["prescribed"],
}
LASERS = {
    "fractional_CO2": "co2",
    "NAFL_1440": "nafl_1440",
    "NAFL_1565": "nafl_1565",
    "NAFL_1927": "nafl_1927",
    "pico_1064_MLA": "pico_1064",
    "pico_755_DLA": "pico_755",
    "ErYAG": "eryag",
    "diode_1450": "diode_1450",
    "diode_1726": "diode_1726",
    "QS_carbon": "qs_1064",
}


@pytest.fixture(scope="module")
def evidence(shared: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((shared / "evidence/candidacy_care.yaml").read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def consensus(shared: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((shared / "evidence/care_consensus.yaml").read_text(encoding="utf-8"))
    return read


def test_every_row_on_candidacy_is_carried_by_rules_in_force(evidence: dict[str, Any]) -> None:
    assert {row["id"] for row in evidence["candidacy"]} == set(RULES)
    now = {rule.key for rule in rules_in_force(dt.date(2026, 6, 15))}
    assert {key for keys in RULES.values() for key in keys} <= now


def test_every_row_on_care_is_carried_by_items(evidence: dict[str, Any]) -> None:
    assert {row["id"] for row in evidence["precare"] + evidence["postcare"]} == set(ITEMS)
    keys = {row["key"] for row in cite.rows("care/items")["items"]}
    assert {key for items in ITEMS.values() for key in items} <= keys


def test_the_time_between_sessions_is_that_of_the_evidence(evidence: dict[str, Any]) -> None:
    """The rule waits as long as the row says, or the longest of its range; 7 days a week."""
    for row in evidence["session_spacing_weeks"]:
        known = laser_kinds()[LASERS[row["modality"]]].spacing
        assert known.source.key == row["source"]
        text = str(row["weeks"])
        weeks = {
            float(part)
            for part in text.replace("(", " ").replace(")", " ").replace("-", " ").split()[:2]
            if part.isdigit()
        }
        assert known.value / 7 in weeks, row["modality"]


def test_every_source_on_isotretinoin_is_named(consensus: dict[str, Any]) -> None:
    (rule,) = [rule for rule in load_rules() if rule.key == "isotretinoin" and rule.effective.year == 2017]
    options = [option for choice in cite.rows("rules/choices")["choices"] for option in choice["options"]]
    named = {branch.source.key for branch in rule.branches} | {option["source"] for option in options}
    named |= {row.source.key for branch in rule.branches for row in branch.rests_on}
    words = " ".join(rule.conflicts).lower()
    for row in consensus["isotretinoin"]:
        author = row["source"].rstrip("0123456789")
        assert row["source"] in named or author in words, row["id"]


def test_the_numbers_on_distress_are_those_of_the_evidence(consensus: dict[str, Any]) -> None:
    days = cite.table("rules/days")
    rows = {row["id"]: row["pct"] for row in consensus["psychology"]}
    assert days["bdd_share"].value == rows["b_prev_cosderm"]
    assert days["bdd_seen"].value == rows["b_surgeon_detect"]
    assert days["bdd_true"].value == rows["b_ppv"]

"""simulate against measured columns and craters, and the cases of the validation."""

import dataclasses
from pathlib import Path

import pytest
import yaml
from benchmarks.by_study import group_by_study, leave_one_out, score_studies

from porelight import cite
from porelight.simulation.chain import simulate
from porelight.simulation.numbers import read_numbers
from porelight.simulation.scenario import setting_from, skin_of
from porelight.units import celsius
from tests.rows import each_row

HUMAN = skin_of("III", "cheek")
PLAN = yaml.safe_load((Path(__file__).resolve().parents[2] / "benchmarks" / "columns.yaml").read_text(encoding="utf-8"))


def test_a_co2_column_of_80_mj_reaches_as_deep_as_in_human_skin() -> None:
    # eco2depth: 720 um with coagulation; 10 % is the goal for total depth.
    found = read_numbers(simulate(setting_from("co2", energy_mj=80, spot_um=120), HUMAN))
    assert found["coagulation_depth_um"] == pytest.approx(720.0, rel=0.10)


@pytest.mark.parametrize(("energy", "stack", "depth"), [(11.2, 1, 66.0), (2.24, 5, 66.0), (6.4, 20, 570.0)])
def test_er_yag_columns_are_as_deep_as_in_pig_skin(energy: float, stack: int, depth: float) -> None:
    # erlendsson2015ing. The spot is recalled, not read: 225 um within 200 to 250, which moves the depth by a fifth.
    setting = setting_from("eryag", energy_mj=energy, stack=stack)
    found = read_numbers(simulate(setting, HUMAN, temperature=celsius(21.0)))
    assert found["ablation_depth_um"] == pytest.approx(depth, rel=0.20)


def test_co2_columns_grow_more_than_threefold_from_5_to_30_mj() -> None:
    # hantash2007, 120 um at 30 W
    small, large = (read_numbers(simulate(setting_from("co2", energy_mj=each), HUMAN)) for each in (5, 30))
    assert large["ablation_depth_um"] > 3.0 * small["ablation_depth_um"]


def test_scanned_full_field_co2_leaves_the_measured_rim() -> None:
    # scannedcw1997: 120 um at the centre, whatever the dwell from 8 to 50 ms; ours grows with it. walsh1989co2 stood
    # here with 100 +- 15 um: those are holes and cuts and no full field, and ours misses them; see docs/validation.md.
    rims = []
    for dwell in (8000, 20000):
        setting = setting_from("co2", energy_mj=3141.6, spot_um=2000, pulse_us=dwell, profile="top_hat", density_pct=0)
        rims.append(read_numbers(simulate(setting, HUMAN, temperature=celsius(21.0)))["rim_below_um"])
    assert sum(rims) / 2 == pytest.approx(120.0, rel=0.10)
    assert rims == pytest.approx([120.0, 120.0], rel=0.25)


def test_full_field_er_yag_leaves_the_measured_rim_and_depth() -> None:
    # walsh1989er: 10 to 50 um; hibsterlims: 6 um for each J/cm2
    setting = setting_from("eryag", energy_mj=20 * 31.416, spot_um=2000, pulse_us=200, density_pct=0)
    found = read_numbers(simulate(setting, HUMAN))
    assert 10.0 <= found["rim_below_um"] <= 50.0
    assert found["ablation_depth_um"] == pytest.approx(120.0, rel=0.10)


def test_full_field_er_yag_at_ten_hertz_removes_what_was_measured_a_pulse() -> None:
    # kaufmann1996: 10 um at 10 J/cm2. The clouding of wide spots is taken from this row; a cell is 1.5 um.
    setting = setting_from("eryag", energy_mj=314.16, spot_um=2000, pulse_us=250, stack=2, repetition_hz=10)
    found = read_numbers(simulate(setting, HUMAN, temperature=celsius(21.0)))
    assert found["ablation_depth_um"] / 2 == pytest.approx(10.0, abs=1.5)


@each_row("case", PLAN["cases"], ids=lambda case: case["id"])
def test_every_case_of_the_validation_has_a_source_and_something_measured(case: dict[str, object]) -> None:
    assert cite.source(str(case["source"])).title
    assert case.get("measured") or case.get("bounds")
    assert case["part"] in ("evidence", "reserve")
    assert case["source"] in PLAN["studies"]


@dataclasses.dataclass(frozen=True)
class Compared:
    source: str
    key: str
    difference: float


def test_a_study_of_many_persons_outweighs_one_person_with_many_settings() -> None:
    lines = [Compared("one", "depth", 0.10), Compared("one", "depth", -0.30), Compared("one", "rim", 9.0)]
    lines += [Compared("many", "depth", -0.50), Compared("unknown", "depth", 0.00)]
    persons = {"one": {"persons": 1}, "many": {"persons": 8}, "unknown": {"persons": None}}
    one, many, unknown = found = group_by_study(lines, ["depth"], persons)
    assert (one.mean, one.absolute, one.inside) == pytest.approx((-0.10, 0.20, 2))
    assert (many.weight, unknown.weight, many.inside) == (8, 1, 0)
    assert score_studies(found) == pytest.approx((0.2 + 8 * 0.5 + 0.0) / 10)
    (least, gone), (most, missed) = leave_one_out(found)
    assert (gone, missed) == ("many", "unknown")
    assert (least, most) == pytest.approx((0.1, 4.2 / 9))

"""Any typed setting as a candidate: its effect, the bounds it does not keep, and what trials say, as data."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import pytest

from porelight.care.model import Limit
from porelight.laser import find_laser
from porelight.planning.candidates import compare_with_trials, find_excess, trial
from porelight.planning.model import DEVICE, Excess
from porelight.refusal import Refusal
from porelight.simulation.chain import column_key, with_pattern
from porelight.simulation.scenario import setting_from
from porelight.skin import facial_skin
from porelight.units import um
from tests.planning.made_up import simulate, verdict

if TYPE_CHECKING:
    from porelight.planning.model import Candidate

SKIN = facial_skin("III", "cheek")


def tried(*verdicts: object, **dial: float) -> Candidate:
    return trial(setting_from("co2", dial), SKIN, verdicts, "III", simulate=simulate)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("energy", "density", "evidence"),
    [
        *((15, 15, "within"), (10, 10, "within"), (20, 20, "within"), (5, 15, "milder"), (15, 5, "milder")),
        *((21, 15, "beyond"), (15, 21, "beyond"), (21, 5, "beyond")),
    ],
)
def test_a_setting_stands_within_below_or_beyond_what_was_tried(energy: float, density: float, evidence: str) -> None:
    candidate = tried(energy_mj=energy, density_pct=density)
    assert candidate.evidence == evidence
    assert any(str(remark).lower().startswith(evidence) for remark in candidate.remarks)


def test_no_trial_names_the_settings_of_erbium() -> None:
    assert compare_with_trials(find_laser("eryag"), 6.4, 5.0)[0] == "none"


def test_limits_that_a_setting_does_not_keep_are_named_with_who_sets_them() -> None:
    strict = verdict("adjust", limits=(Limit("density_pct", 7.0), Limit("energy_mj", 12.0)))
    candidate = tried(strict, energy_mj=12.0, density_pct=9.0)
    (found,) = candidate.exceeds
    assert found == Excess("density_pct", found.value, 7.0, strict.rule)
    assert found.value == pytest.approx(9.0)
    assert not candidate.keeps_limits
    assert "density_pct is 9" in str(candidate.remarks[0])
    assert tried(strict, energy_mj=12.0, density_pct=7.0).keeps_limits


def test_a_limit_on_fluence_counts_the_axis_of_the_beam() -> None:
    setting = setting_from("co2", energy_mj=10)
    at_most = setting.peak_fluence / 1e4
    assert find_excess(setting, [verdict("adjust", limits=(Limit("fluence_j_cm2", at_most),))]) == ()
    (found,) = find_excess(setting, [verdict("adjust", limits=(Limit("fluence_j_cm2", 0.9 * at_most),))])
    assert found.name == "fluence_j_cm2"


def test_a_limit_on_what_a_setting_does_not_hold_is_not_kept() -> None:
    (found,) = find_excess(setting_from("co2"), [verdict("adjust", limits=(Limit("unheard_of", 1.0),))])
    assert math.isnan(found.value)


def test_what_the_device_does_not_dial_is_named() -> None:
    wide = dataclasses.replace(setting_from("co2"), spot_diameter=20 * um)
    assert {each.by for each in find_excess(wide)} == {DEVICE}
    assert {each.name for each in find_excess(wide)} == {"spot_um"}


def test_density_and_passes_do_not_change_the_column() -> None:
    column = simulate(setting_from("co2", energy_mj=10, density_pct=5))
    denser = setting_from("co2", energy_mj=10, density_pct=12, passes=2)
    assert column_key(column.setting) == column_key(denser)
    again = with_pattern(column, denser)
    assert again.crater == column.crater
    assert again.recovery == simulate(denser).recovery
    assert again.setting == denser


@pytest.mark.parametrize("dial", [{"energy_mj": 11}, {"spot_um": 130}, {"stack": 2}, {"density_pct": 0}])
def test_whatever_else_is_dialled_has_a_column_of_its_own(dial: dict[str, float]) -> None:
    first = {"energy_mj": 10.0, "density_pct": 5.0}
    column, other = simulate(setting_from("co2", first)), setting_from("co2", {**first, **dial})
    assert column_key(column.setting) != column_key(other)
    with pytest.raises(Refusal, match="another column"):
        with_pattern(column, other)

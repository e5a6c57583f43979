"""Candidates: within every limit, simulated, with their trade-offs, and none called the best."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from porelight.care.model import Limit
from porelight.forecasting.trials import course_of
from porelight.planning import harm
from porelight.planning.candidates import least_limits, simulate_candidates
from porelight.units import mJ, percent, um
from tests.planning.made_up import LASER, dial, simulate, verdict

if TYPE_CHECKING:
    from porelight.laser import Setting
    from porelight.planning.model import Candidate
    from porelight.simulation.model import Simulation
    from porelight.skin import Phototype


def made(*verdicts: object, phototype: Phototype = "III", run: object = simulate) -> tuple[Candidate, ...]:
    return simulate_candidates(course_of("co2"), LASER, phototype, verdicts, dial=dial, simulate=run)  # type: ignore[arg-type]


def coverage(candidate: Candidate) -> float:
    """Share of the surface under the 120 um spots, as :func:`dial` reads a density."""
    return candidate.setting.density * 3.141592653589793 * (60 * um) ** 2


def test_three_to_six_candidates_are_kept_in_rising_energy_and_density() -> None:
    found = made()
    assert 3 <= len(found) <= 6
    order = [(candidate.setting.pulse_energy, candidate.setting.density) for candidate in found]
    assert order == sorted(order)


@pytest.mark.parametrize("most", [3.0, 5.0, 7.0])
def test_no_candidate_is_denser_than_the_strictest_verdict_allows(most: float) -> None:
    strict = verdict("adjust", limits=(Limit("density_pct", most),))
    loose = verdict("adjust", limits=(Limit("density_pct", 20.0),))
    found = made(loose, strict)
    assert found
    assert max(coverage(candidate) for candidate in found) <= most * percent * (1 + 1e-9)


def test_an_energy_limit_holds_too() -> None:
    found = made(verdict("adjust", limits=(Limit("energy_mj", 10.0),)))
    assert max(candidate.setting.pulse_energy for candidate in found) <= 10 * mJ * (1 + 1e-12)


def test_the_limits_are_the_least_of_device_and_verdicts() -> None:
    found = least_limits(LASER, [verdict("adjust", limits=(Limit("density_pct", 10.0), Limit("passes", 1)))])
    assert found == {"energy_mj": 100, "density_pct": 10.0, "passes": 1}


def test_each_energy_is_simulated_once_and_healing_follows_the_density() -> None:
    asked: list[float] = []
    lock = threading.Lock()

    def counted(setting: Setting) -> Simulation:
        with lock:
            asked.append(setting.pulse_energy)
        return simulate(setting)

    found = made(run=counted)
    assert sorted(asked) == sorted(set(asked))
    for candidate in found:
        fresh = simulate(candidate.setting)
        assert candidate.simulation.recovery == fresh.recovery
        assert candidate.simulation.setting == candidate.setting


def test_the_remarks_weigh_depth_cover_and_what_was_tried() -> None:
    shallow, deep = made()[0], made()[-1]
    assert "not as deep as the funnel" in str(shallow.remarks[0])
    assert "past the funnel" in str(deep.remarks[0])
    assert all("of the surface, heated rims included" in str(candidate.remarks[1]) for candidate in made())
    assert "Milder than what was compared" in str(shallow.remarks[2])
    assert "did no better" in str(deep.remarks[2])


def test_brown_marks_are_weighed_for_skin_that_gets_them() -> None:
    assert not any("brown marks" in str(remark) for candidate in made(phototype="II") for remark in candidate.remarks)
    dark = made(phototype="V")
    assert all(any("brown marks" in str(remark) for remark in candidate.remarks) for candidate in dark)


@pytest.mark.parametrize(
    ("laser", "phototype", "said"),
    [
        ("co2", "III", "in 14 of 100 people in the one series"),
        ("co2", "IV", "in 14 (alajlan2011) to 75 (cheyasak2015) of 100 people"),
        ("co2", None, "in 14 (alajlan2011) to 75 (cheyasak2015) of 100 people"),
        ("co2", "V", "is not known"),
        ("co2", "VI", "is not known"),
        ("eryag", "IV", "in 10 of 100 people in the one series"),
        ("eryag", "V", "is not known"),
    ],
)
def test_brown_marks_are_those_of_this_laser_in_this_phototype(
    laser: str, phototype: Phototype | None, said: str
) -> None:
    assert said in str(harm.describe_marks(laser, phototype))


def test_no_candidate_is_recommended() -> None:
    words = " ".join(str(remark) for candidate in made() for remark in candidate.remarks).lower()
    assert not {"recommend", "best", "optimal", "should"} & set(words.replace(".", "").split())


def test_candidates_name_what_they_rest_on() -> None:
    assert {"yuan2014", "chan2007"} <= {row.source.key for candidate in made() for row in candidate.rests_on}

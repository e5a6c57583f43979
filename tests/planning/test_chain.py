"""The plan: every part joined, and nothing offered while a rule blocks."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from porelight import care, cite
from porelight.planning import chain
from porelight.refusal import Refusal
from porelight.report import plan_page
from tests.planning import made_up
from tests.planning.made_up import ON, census

if TYPE_CHECKING:
    from porelight.planning.model import Plan

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = (ROOT / "examples" / "person.yaml").read_text()


@pytest.fixture
def quick_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "setting_from", lambda laser, dialled: made_up.dial(*dialled.values()))
    monkeypatch.setattr(chain, "simulate", lambda setting, skin, seed: made_up.simulate(setting, skin))


def plan(answers: str = ANSWERS, pores: Any = None, **options: Any) -> Plan:
    person = care.read_person(answers, "person.yaml")
    return chain.make_plan(pores or census(), person, on=ON, **options)


def changed(old: str, new: str) -> str:
    assert old in ANSWERS
    return ANSWERS.replace(old, new)


@pytest.mark.usefixtures("quick_chain")
def test_a_ready_plan_has_dates_calendar_candidates_forecast_and_causes() -> None:
    made = plan()
    assert made.status == "ready"
    assert len(made.sessions) == made.forecast.milestones[-1].sessions_done
    assert made.calendar.sessions == made.sessions
    assert made.candidates
    assert len(made.factors) == 6
    assert made.timing


@pytest.mark.usefixtures("quick_chain")
def test_the_first_session_leaves_time_for_the_longest_preparation() -> None:
    made = plan()
    lead = max((made.sessions[0] - item.first).days for item in made.calendar.items if item.phase == "before")
    assert (made.sessions[0] - ON).days == lead
    assert min(item.first for item in made.calendar.items) == ON


@pytest.mark.usefixtures("quick_chain")
def test_the_sessions_follow_the_goal_and_the_dates_follow_the_day() -> None:
    near = plan(goal=0.01, goal_kind="diameter", required_chance=0.4)
    assert len(near.sessions) < len(plan(goal=0.7).sessions)
    person = care.read_person(ANSWERS, "person.yaml")
    later = chain.make_plan(census(), person, on=ON + dt.timedelta(days=10))
    assert [day - dt.timedelta(days=10) for day in later.sessions] == list(plan().sessions)


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        ("age: 32", "age: 19", "defer"),
        ("active_acne: no", "active_acne: yes", "defer"),
        ("pregnancy: no", "pregnant: yes", "defer"),
        ("health: no", "health: no\nkeloid: yes", "refuse"),
        ("medicines: no", "medicines: unknown", "ask"),
        ("phototype: III", "phototype: unknown", "ask"),
        ("bothered: yes", "bothered: no", "refuse"),
    ],
)
@pytest.mark.usefixtures("quick_chain")
def test_a_rule_that_blocks_leaves_no_dates_and_says_what_would_clear_it(old: str, new: str, outcome: str) -> None:
    made = plan(changed(old, new))
    assert made.status == "blocked"
    assert made.sessions == ()
    assert made.calendar.items == ()
    grave = [verdict for verdict in made.verdicts if verdict.blocks]
    assert outcome in {verdict.outcome for verdict in grave}
    assert all(verdict.clears and verdict.because for verdict in grave)
    assert len(made.timing) == len(grave)
    if outcome == "refuse":
        assert made.forecast_is == "not_offered"
        assert made.forecast.milestones == ()
        assert made.forecast.chance_of_goal is None
    else:
        assert made.forecast_is == "only_if_possible"
        assert "Only if treatment becomes possible" in str(made.forecast.remarks[0])


@pytest.mark.usefixtures("quick_chain")
def test_a_refused_plan_shows_no_setting_at_all() -> None:
    assert plan(changed("bothered: yes", "bothered: no")).candidates == ()
    asked = plan(changed("medicines: no", "medicines: unknown")).candidates
    assert asked
    assert all("Only if treatment becomes possible" in str(candidate.remarks[0]) for candidate in asked)


@pytest.mark.usefixtures("quick_chain")
def test_a_session_before_is_told_and_one_too_recent_blocks() -> None:
    def after(days: int) -> Plan:
        return plan(ANSWERS + f"past_sessions: [{(ON - dt.timedelta(days=days)).isoformat()}]\n")

    assert any("1 session was done before" in str(line) for line in after(40).timing)
    recent = after(20)
    assert recent.sessions == ()
    assert any((ON + dt.timedelta(days=8)).isoformat() in str(line) for line in recent.timing)


@pytest.mark.usefixtures("quick_chain")
def test_what_the_person_has_planned_is_held_against_the_calendar() -> None:
    free = plan()
    assert free.clashes == ()
    wedding = free.sessions[0] + dt.timedelta(days=2)
    made = plan(ANSWERS + f"big_days: [{wedding}]\n")
    assert {clash.item.key for clash in made.clashes} >= {"no_makeup", "normal_open"}
    assert all(clash.first == wedding for clash in made.clashes)
    assert plan(ANSWERS.replace("age: 32", "age: 19") + f"big_days: [{wedding}]\n").clashes == ()


@pytest.mark.usefixtures("quick_chain")
def test_progress_rises_and_names_its_stages() -> None:
    told: list[tuple[str, float]] = []
    plan(progress=lambda stage, done: told.append((stage, done)))
    shares = [done for _, done in told]
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] <= shares[-1] <= 1.0
    assert len({stage for stage, _ in told}) == len(told) >= 3


@pytest.mark.usefixtures("quick_chain")
def test_the_skin_has_the_enlarged_pores_of_the_photo() -> None:
    pores = census()
    found = chain.enlarged_diameter(pores)
    assert found == plan(pores=pores).skin.pore.opening_diameter
    assert pores.median_diameter_um is not None
    assert found is not None
    assert found > pores.enlarged_from.si
    assert chain.enlarged_diameter(census(um_per_px=None)) is None


@pytest.mark.usefixtures("quick_chain")
def test_a_recalled_number_cannot_hide_in_a_plan() -> None:
    assert cite.weakest_confidence(cite.used(plan())) == "recalled"
    assert "migration_open" in {row.key for row in cite.used(plan())}


def test_an_unknown_laser_and_an_impossible_goal_are_refused() -> None:
    with pytest.raises(Refusal):
        plan(laser="ruby")
    with pytest.raises(Refusal):
        plan(goal=1.5)


def test_the_real_chain_gives_a_plan_in_a_few_seconds() -> None:
    made = plan()
    depths = [candidate.simulation.injury.coagulation_depth for candidate in made.candidates]
    assert depths == sorted(depths)
    assert depths[-1] > depths[0] > 0.0
    assert max(abs(candidate.simulation.warming.energy.error) for candidate in made.candidates) < 0.01


def test_the_real_chain_plans_with_erbium_too() -> None:
    made = plan(laser="eryag")
    assert made.status == "ready"
    assert {candidate.setting.laser.key for candidate in made.candidates} == {"eryag"}
    assert any("no setting of a pore trial" in str(remark).lower() for remark in made.candidates[0].remarks)


PRINT_HASH = """
import datetime as dt, sys
from pathlib import Path
from porelight import care
from porelight.planning import candidates, chain
from porelight.export import as_json
from tests.planning.made_up import census
candidates.WORKERS = int(sys.argv[1])
person = care.read_person(Path("examples/person.yaml").read_text(), "person.yaml")
print(as_json.plan_json(chain.make_plan(census(), person, on=dt.date(2026, 3, 2), seed=3)))
"""


@pytest.mark.slow
def test_processes_with_other_threads_and_other_hash_seeds_write_the_same_plan() -> None:
    texts = set()
    for threads, seed in (("1", "1"), ("2", "2")):
        held = {**os.environ, "NUMBA_NUM_THREADS": threads, "OMP_NUM_THREADS": threads, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", PRINT_HASH, threads]
        texts.add(subprocess.run(command, cwd=ROOT, env=held, check=True, capture_output=True, text=True).stdout)
    assert len(texts) == 1


def lifted(rule: str, reason: str = "Seen and discussed.") -> care.SetAside:
    return care.SetAside(rule, by="Dr. Muster", reason=reason, on=ON)


@pytest.mark.usefixtures("quick_chain")
def test_a_verdict_that_a_professional_lifts_is_lifted_in_the_plan_and_shown_there() -> None:
    answers = changed("bothered: yes", "bothered: no")
    blocked = plan(answers)
    rules = {verdict.rule for verdict in blocked.verdicts if verdict.blocks}
    assert rules
    made = plan(answers, set_aside=tuple(lifted(rule) for rule in sorted(rules)))
    assert made.status == "ready"
    assert made.sessions
    assert made.candidates
    assert made.forecast_is == "expected"
    kept = {verdict.rule: verdict for verdict in made.verdicts if verdict.set_aside}
    assert set(kept) == rules
    for verdict in kept.values():
        assert "Dr. Muster" in verdict.because
        assert "Seen and discussed." in verdict.because


@pytest.mark.usefixtures("quick_chain")
def test_one_lifted_verdict_does_not_lift_another() -> None:
    answers = changed("bothered: yes", "bothered: no").replace("medicines: no", "medicines: unknown")
    rules = sorted(verdict.rule for verdict in plan(answers).verdicts if verdict.blocks)
    assert len(rules) > 1
    assert plan(answers, set_aside=(lifted(rules[0]),)).status == "blocked"


@pytest.mark.usefixtures("quick_chain")
def test_what_holds_nothing_back_cannot_be_lifted_nor_can_the_photo() -> None:
    with pytest.raises(Refusal, match="holds treatment back"):
        plan(set_aside=(lifted("age"),))
    with pytest.raises(Refusal, match="holds treatment back"):
        plan(pores=census(count=0), set_aside=(lifted("photo"),))


@pytest.mark.usefixtures("quick_chain")
def test_plans_compare_hash_and_print_on_a_line() -> None:
    one, again, other = plan(), plan(), plan(goal=0.4)
    assert one == again
    assert hash(one) == hash(again)
    assert one != other
    for thing in (one, one.forecast, one.candidates[0], one.candidates[0].simulation, one.factors[0]):
        assert "\n" not in repr(thing)
        assert len(repr(thing)) <= 200


def with_test_spot(days_before: int) -> str:
    day = WINTER - dt.timedelta(days=days_before)
    return (
        changed("phototype: III", "phototype: V") + f"\ntest_spot: {day}\ntest_spot_clear: yes\ntest_spot_laser: co2\n"
    )


WINTER = dt.date(2026, 12, 1)
"""After the rules on the age of a test spot came into force."""


@pytest.mark.usefixtures("quick_chain")
def test_what_holds_on_the_day_of_a_later_session_blocks_the_plan_and_names_that_session() -> None:
    ready = chain.make_plan(census(), care.read_person(with_test_spot(100), "person.yaml"), on=WINTER)
    assert (ready.status, ready.withheld) == ("ready", ())
    held = chain.make_plan(census(), care.read_person(with_test_spot(250), "person.yaml"), on=WINTER)
    assert held.status == "blocked"
    assert [verdict.rule for verdict in held.verdicts if verdict.blocks] == ["test_spot_age"]
    assert (held.sessions, held.withheld) == ((), ready.sessions)
    assert f"The session on {ready.sessions[2]}" in str(held.timing[-1])
    # Neither settings nor forecast are an offer while a date is held back.
    assert all(str(one.remarks[0]).startswith("Only if treatment becomes possible") for one in held.candidates)
    assert held.forecast_is == "only_if_possible"


@pytest.mark.usefixtures("quick_chain")
def test_a_plan_held_back_by_a_later_session_is_held_back_in_german_too() -> None:
    held = chain.make_plan(census(), care.read_person(with_test_spot(300), "person.yaml"), on=WINTER)
    german = plan_page.localize_plan(held, "de")
    rules = [[verdict.rule for verdict in one.verdicts if verdict.blocks] for one in (held, german)]
    assert rules[0] == rules[1] == ["test_spot_age"]
    assert [one.code for one in german.timing] == [one.code for one in held.timing]


@pytest.mark.usefixtures("quick_chain")
def test_what_holds_back_a_later_session_only_can_be_set_aside_and_says_so_in_both_languages() -> None:
    person = care.read_person(with_test_spot(250), "person.yaml")
    decision = care.SetAside("test_spot_age", by="Dr. Muster", reason="Spot seen again.", on=WINTER)
    made = chain.make_plan(census(), person, on=WINTER, set_aside=(decision,))
    held = chain.make_plan(census(), person, on=WINTER)
    assert (made.status, made.sessions, made.withheld) == ("ready", held.withheld, ())
    for plan, told in ((made, made.sessions[2].strftime("%B")), (plan_page.localize_plan(made, "de"), "Sitzung")):
        (kept,) = (verdict for verdict in plan.verdicts if verdict.rule == "test_spot_age")
        assert kept.set_aside == decision
        assert not kept.blocks
        assert told in kept.because


@pytest.mark.usefixtures("quick_chain")
def test_a_decision_on_a_later_session_is_refused_where_no_session_needs_it() -> None:
    decision = (lifted("test_spot_age"),)
    with pytest.raises(Refusal, match="set aside test_spot_age: no verdict of this rule holds treatment back"):
        chain.make_plan(census(), care.read_person(with_test_spot(100), "p.yaml"), on=WINTER, set_aside=decision)
    # A plan that is blocked today has no dates by which to tell.
    blocked = with_test_spot(250).replace("bothered: yes", "bothered: no")
    with pytest.raises(Refusal, match="holds treatment back"):
        chain.make_plan(census(), care.read_person(blocked, "p.yaml"), on=WINTER, set_aside=decision)

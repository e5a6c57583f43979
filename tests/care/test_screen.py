"""What holds of the rules whatever the answers."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from porelight import care, cite
from porelight.care.choices import load_choices
from porelight.care.criteria import CRITERIA
from porelight.care.model import BLOCKING_OUTCOMES, Person
from porelight.care.questions import find_question, load_questions
from porelight.care.rules import laser_kinds, load_rules, rules_in_force
from porelight.care.screen import OUTCOMES_BY_GRAVITY
from porelight.refusal import Refusal
from tests.rows import each_row

from .helpers import person

ON = dt.date(2026, 6, 15)
LASERS = sorted(laser_kinds())
WHENS = [asked.key for asked in load_questions() if asked.type == "when" and asked.kind == "detail"]
YES_NO = [asked.key for asked in load_questions() if asked.type == "yes_no" and asked.kind != "clearing"]
GOOD_IF_YES = {"bothered", "expectations"}
AGAINST = [key for key in YES_NO if key not in GOOD_IF_YES]
CLEARING = [asked.key for asked in load_questions() if asked.type == "yes_no" and asked.kind == "clearing"]
THREE = st.sampled_from(["yes", "no", "unknown"])
PAST = st.dates(ON - dt.timedelta(days=400), ON).map(str)
FACTS: Any = st.fixed_dictionaries(
    {"age": st.sampled_from(["19", "20", "45", "unknown"])},
    optional={
        "phototype": st.sampled_from(["I", "III", "IV", "VI", "unknown"]),
        **dict.fromkeys(YES_NO + CLEARING, THREE),
        **dict.fromkeys([*WHENS, "test_spot"], THREE | PAST),
    },
)


def grave(facts: dict[str, Any], laser: str = "co2", on: dt.date = ON) -> int:
    return OUTCOMES_BY_GRAVITY.index(care.gravest_outcome(care.screen_person(person(facts, on), on, laser)))


@settings(max_examples=150, deadline=None)
@given(FACTS, st.sampled_from(AGAINST + WHENS), st.sampled_from(LASERS))
def test_adding_a_contraindication_never_improves_the_verdict(facts: dict[str, Any], key: str, laser: str) -> None:
    without, against = {**facts, key: "no"}, {**facts, key: "yes"}
    assert grave(against, laser) >= grave(without, laser)


@settings(max_examples=100, deadline=None)
@given(FACTS, st.sampled_from(WHENS), PAST, PAST, st.sampled_from(LASERS))
def test_a_more_recent_day_never_improves_the_verdict(
    facts: dict[str, Any], key: str, one: str, other: str, laser: str
) -> None:
    older, newer = sorted([one, other])
    assert grave({**facts, key: newer}, laser) >= grave({**facts, key: older}, laser)
    assert grave({**facts, key: older}, laser) >= grave({**facts, key: "no"}, laser)


@settings(max_examples=150, deadline=None)
@given(FACTS, st.sampled_from(YES_NO + WHENS), st.sampled_from(LASERS))
def test_an_unknown_answer_is_never_better_than_the_harmless_one(facts: dict[str, Any], key: str, laser: str) -> None:
    harmless = "yes" if key in GOOD_IF_YES else "no"
    assert grave({**facts, key: "unknown"}, laser) >= grave({**facts, key: harmless}, laser)


@each_row("laser", ["co2", "co2_full", "nafl_1550", "pico_755", "diode_1726"])
@each_row("key", [key for key in YES_NO + WHENS if key != "worry_life"])
def test_unknown_blocks_wherever_the_bad_answer_would(key: str, laser: str) -> None:
    """Rule by rule: where the bad answer blocks, not knowing it asks; where it only adjusts, not knowing is no milder.

    ``worry_life`` is left out: it is put only to those who worry, see the cases.
    """
    bad = "no" if key in GOOD_IF_YES else "yes"
    worst = {found.rule: found.outcome for found in care.screen_person(person({key: bad}, ON), ON, laser)}
    unknown = {found.rule: found.outcome for found in care.screen_person(person({key: "unknown"}, ON), ON, laser)}
    for rule, outcome in worst.items():
        if outcome in BLOCKING_OUTCOMES:
            assert unknown[rule] in BLOCKING_OUTCOMES, rule
        else:
            assert OUTCOMES_BY_GRAVITY.index(unknown[rule]) >= OUTCOMES_BY_GRAVITY.index(outcome), rule


def test_a_person_of_whom_nothing_is_known_is_asked_every_question_that_could_block() -> None:
    nobody = care.read_person("{}", "nobody")
    asked = {key for verdict in care.screen_person(nobody, ON, "pico_755") for key in verdict.asks}
    assert {"age", "phototype", "bothered", "expectations", "worry", "active_acne", "pregnant", "infection"} <= asked
    assert "gold" in asked
    assert care.gravest_outcome(care.screen_person(nobody, ON)) == "ask"


@settings(max_examples=60, deadline=None)
@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(facts: dict[str, Any], random: Any) -> None:
    told = list(facts.items())
    random.shuffle(told)
    assert care.screen_person(person(facts, ON), ON) == care.screen_person(person(dict(told), ON), ON)


@settings(max_examples=60, deadline=None)
@given(FACTS, st.dates(dt.date(2016, 1, 1), dt.date(2026, 12, 31)), st.sampled_from(LASERS))
def test_a_past_visit_is_judged_by_the_rules_of_its_day(facts: dict[str, Any], on: dt.date, laser: str) -> None:
    told = {key: value for key, value in facts.items() if not value.startswith("20")}
    found = care.screen_person(person(told, on), on, laser)
    assert all(verdict.effective <= on for verdict in found)
    by_day = sorted(load_rules(), key=lambda rule: rule.effective)
    latest = {rule.key: rule.effective for rule in by_day if rule.effective <= on}
    assert all(verdict.effective == latest[verdict.rule] for verdict in found)


def test_the_same_facts_give_each_day_the_verdict_of_its_rules() -> None:
    facts = {"isotretinoin": "yes"}
    of = {
        on: next(v for v in care.screen_person(person(facts, on), on, "nafl_1550") if v.rule == "isotretinoin")
        for on in (dt.date(2017, 9, 30), dt.date(2017, 10, 1))
    }
    assert [verdict.outcome for verdict in of.values()] == ["defer", "adjust"]
    assert [verdict.source.key for verdict in of.values()] == ["uqu", "asds2017"]


def test_the_gravest_verdict_comes_first() -> None:
    found = care.screen_person(person({"keloid": "yes", "age": 19, "smoking": "yes"}, ON), ON)
    places = [OUTCOMES_BY_GRAVITY.index(verdict.outcome) for verdict in found]
    assert places == sorted(places, reverse=True)
    assert found[0].rule == "keloid"


def test_the_base_person_may_be_treated() -> None:
    assert care.gravest_outcome(care.screen_person(person({}, ON), ON)) == "adjust"
    assert care.gravest_outcome(care.screen_person(person({}, ON), ON, "nafl_1440")) == "proceed"


def test_a_medicine_in_the_list_counts_even_when_an_answer_denies_it() -> None:
    denied = person({"isotretinoin": "no"}, ON)
    listed = dataclasses.replace(denied, medicines=(care.Medicine("isotretinoin", "yes"),))
    assert care.gravest_outcome(care.screen_person(listed, ON)) == "defer"
    unsure = dataclasses.replace(denied, medicines=(care.Medicine("isotretinoin", "unknown"),))
    assert care.gravest_outcome(care.screen_person(unsure, ON)) == "ask"


def test_a_day_before_the_rules_begin_is_refused() -> None:
    with pytest.raises(Refusal, match="there are no rules for 2015-12-31"):
        care.screen_person(person({}, ON), dt.date(2015, 12, 31))


def test_an_unknown_laser_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refusal, match=r"'sonic'.*co2"):
        care.screen_person(person({}, ON), ON, "sonic")


def test_every_laser_that_can_be_dialled_is_known_to_the_rules() -> None:
    assert {row["key"] for row in cite.rows("lasers")["lasers"]} <= set(laser_kinds())


@each_row("rule", load_rules(), ids=lambda rule: f"{rule.key} from {rule.effective}")
def test_every_rule_has_a_source_a_day_and_known_questions(rule: Any) -> None:
    assert rule.test in CRITERIA
    assert rule.branches
    assert rule.effective <= dt.date(2026, 11, 23)
    assert find_question(rule.question)
    for branch in rule.branches:
        assert branch.source.key in cite.sources()
        assert branch.because
        assert branch.clears
        if branch.cleared_by:
            assert branch.outcome != "refuse"
            assert find_question(branch.cleared_by).kind == "clearing"
            assert branch.cleared
        if branch.choice:
            assert branch.choice in load_choices()


def test_every_verdict_that_holds_back_says_why_and_what_clears_it() -> None:
    for facts in ({key: "yes"} for key in YES_NO + WHENS):
        for verdict in care.screen_person(person(facts, ON), ON):
            assert verdict.because
            assert verdict.outcome == "proceed" or verdict.clears


def test_every_choice_has_a_cautious_default_or_says_why_not() -> None:
    for choice in load_choices().values():
        default, *others = choice.options
        milder = default.outcome == "adjust" or any(
            other.wait and default.wait and other.wait.value > default.wait.value for other in others
        )
        assert not milder or choice.note or choice.key == "isotretinoin", choice.key


def test_a_choice_of_the_clinic_is_shown_with_its_name_reason_and_the_other_sources() -> None:
    chosen = care.ClinicChoices({"keloid": care.Chosen("caution", "Dr Example", "nonfacial scar")})
    found = next(v for v in care.screen_person(person({"keloid": "yes"}, ON), ON, clinic=chosen) if v.rule == "keloid")
    assert "Dr Example: nonfacial scar" in found.because
    assert any("vendor lists" in text for text in found.conflicts)
    assert found.source.key == "bumrungrad"


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"keloids": care.Chosen("caution", "A", "b")}, "there is no choice"),
        ({"keloid": care.Chosen("ignore", "A", "b")}, "has no option"),
        ({"keloid": {"option": "caution"}}, "has no option"),
    ],
)
def test_a_choice_needs_to_exist_and_to_have_a_name_and_a_reason(chosen: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        care.ClinicChoices(chosen)


@pytest.mark.parametrize(("by", "reason"), [(" ", "b"), ("A", ""), (None, "b")])
def test_what_a_clinic_chose_names_who_and_why(by: Any, reason: str) -> None:
    with pytest.raises(Refusal, match="the name of who chose it and a reason"):
        care.Chosen("caution", by, reason)


def test_conflicts_are_shown_where_sources_disagree() -> None:
    facts = {"isotretinoin": "yes", "keloid": "yes", "active_acne": "yes", "filler": "yes", "retinoid": "yes"}
    facts |= {"melasma_or_marks": "yes", "strong_sun": "yes", "blood_thinner": "yes", "phototype": "IV"}
    found = {verdict.rule: verdict for verdict in care.screen_person(person(facts, ON), ON)}
    for rule in ("isotretinoin", "keloid", "active_acne", "filler", "retinoid", "priming", "sun", "blood_thinner"):
        assert found[rule].conflicts, rule
    assert found["phototype"].conflicts


def test_the_numbers_a_verdict_rests_on_are_found() -> None:
    found = care.screen_person(person({"isotretinoin": "yes"}, ON), ON)
    assert "isotretinoin_label" in {row.key for row in cite.used(found)}


def test_a_person_made_in_code_needs_no_answers() -> None:
    bare = Person(age=30, phototype="II", site="cheek", answers={}, dates={})
    assert care.gravest_outcome(care.screen_person(bare, ON)) == "ask"


def test_later_editions_stand_behind_earlier_ones() -> None:
    assert {rule.key for rule in rules_in_force(dt.date(2016, 1, 1))} <= {rule.key for rule in rules_in_force(ON)}


@pytest.mark.parametrize("field", ["born", "past_sessions"])
def test_a_past_that_lies_after_the_day_is_refused_by_its_name(field: str) -> None:
    day = dt.date(2026, 3, 2)
    later = day + dt.timedelta(days=1)
    told: dict[str, Any] = {"born": later, "age": None} if field == "born" else {"past_sessions": (later,)}
    somebody = dataclasses.replace(Person(30, "II", "cheek", {}, {}), **told)
    with pytest.raises(Refusal, match=f"{field}: 2026-03-03 lies after 2026-03-02"):
        care.screen_person(somebody, day)

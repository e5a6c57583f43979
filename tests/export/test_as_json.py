"""JSON: the layout the schema says, the same bytes for the same plan, and nothing unknown made known."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import numpy as np
import pytest

from porelight import care
from porelight.export import as_json, outside
from porelight.export.plan_model import PLAN_SCHEMA
from porelight.planning import chain
from tests.export import write_schemas
from tests.planning import made_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from porelight.planning.model import Plan

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = (ROOT / "examples" / "person.yaml").read_text()


@pytest.fixture(autouse=True)
def quick_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The layout does not depend on the physics, so a made-up column stands in for it."""
    monkeypatch.setattr(chain, "setting_from", lambda laser, dialled: made_up.dial(*dialled.values()))
    monkeypatch.setattr(chain, "simulate", lambda setting, skin, seed: made_up.simulate(setting, skin))


def plan(answers: str = ANSWERS, um_per_px: float | None = 40, **options: Any) -> Plan:
    person = care.read_person(answers, "person.yaml")
    return chain.make_plan(made_up.census(um_per_px=um_per_px), person, on=made_up.ON, **options)


def blocked() -> Plan:
    return plan(ANSWERS.replace("pregnancy: no", "pregnancy: unknown"))


def schema() -> dict[str, Any]:
    text = resources.files("porelight").joinpath("export/plan.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def read(made: Plan) -> dict[str, Any]:
    return dict(json.loads(as_json.plan_json(made)))


def validate(numbers: dict[str, Any]) -> None:
    checker = jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker())
    checker.validate(numbers)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["properties"]["schema"]["const"] == PLAN_SCHEMA


@pytest.mark.parametrize("made", ["ready", "blocked", "uncalibrated", "refused"])
def test_a_plan_is_valid_by_the_schema(made: str) -> None:
    plans: dict[str, Callable[[], Plan]] = {
        "ready": plan,
        "blocked": blocked,
        "uncalibrated": lambda: plan(um_per_px=None),
        "refused": lambda: plan(ANSWERS.replace("bothered: yes", "bothered: no")),
    }
    validate(read(plans[made]()))


def test_what_a_forecast_is_worth_is_told_and_a_refusal_has_none() -> None:
    assert read(plan())["forecast_is"] == "expected"
    assert read(blocked())["forecast_is"] == "only_if_possible"
    refused = read(plan(ANSWERS.replace("bothered: yes", "bothered: no")))
    assert refused["forecast_is"] == "not_offered"
    assert refused["forecast"] == refused["candidates"] == []
    assert refused["goal"]["chance"] is None
    with pytest.raises(jsonschema.ValidationError):
        validate(refused | {"forecast": read(plan())["forecast"]})


def test_clashes_goals_and_guided_answers_are_told() -> None:
    day = plan().sessions[0] + dt.timedelta(days=2)
    numbers = read(plan(ANSWERS + f"big_days: [{day}]\ngoals: [smoother_skin]\nburns: little\n"))
    validate(numbers)
    assert ("no_makeup", str(day)) in {(clash["item"], clash["first"]) for clash in numbers["clashes"]}
    assert numbers["person"]["goals"] == ["smoother_skin"]
    assert numbers["person"]["skin_answers"] == {"burns": "little"}
    assert numbers["person"]["planned"][0]["occasion"] == "seen"


@pytest.mark.parametrize("name", write_schemas.SCHEMAS)
def test_the_shipped_schema_is_that_of_the_model(name: str) -> None:
    """Write it anew with ``python -m tests.export.write_schemas``."""
    shipped = (write_schemas.FOLDER / name).read_text(encoding="utf-8")
    assert shipped == outside.schema_text(write_schemas.SCHEMAS[name])


def spoiled(document: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Copies of a document with one thing wrong each: a key gone or one too many, a value of another kind."""
    here = document
    for step in path:
        here = here[step]
    where = "/".join(map(str, path))
    if path:
        wrong: tuple[Any, ...] = (None, "nonsense", -1, 1.5, [])
        yield from ((f"{where} = {each!r}", changed(document, path, each)) for each in wrong if each != here)
    if isinstance(here, dict):
        yield f"{where} + a key", changed(document, path, here | {"unheard_of": 1})
        for key in here:
            less = {name: value for name, value in here.items() if name != key}
            yield f"{where} - {key}", changed(document, path, less)
            yield from spoiled(document, (*path, key))
    elif isinstance(here, list) and here:
        yield from spoiled(document, (*path, 0))


def changed(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    copied = json.loads(json.dumps(document))
    if not path:
        return value
    here = copied
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return copied


def test_the_generated_schema_refuses_all_that_the_hand_written_one_refused() -> None:
    """``plan_schema_by_hand.json`` is the schema as it stood before it was made from the models."""
    by_hand = json.loads((Path(__file__).parent / "plan_schema_by_hand.json").read_text(encoding="utf-8"))
    format_checker = jsonschema.FormatChecker()
    old, new = (jsonschema.Draft202012Validator(each, format_checker=format_checker) for each in (by_hand, schema()))
    refused = 0
    day = plan().sessions[0] + dt.timedelta(days=2)
    full = read(plan(ANSWERS + f"big_days: [{day}]\ngoals: [smoother_skin]\nburns: little\n"))
    full["clinic"] = {"keloid": {"option": "x", "by": "Dr. Muster", "reason": "y"}}
    made = {key: value[:2] if isinstance(value, list) else value for key, value in full.items()}
    assert old.is_valid(made)
    assert new.is_valid(made)
    for what, document in spoiled(made):
        if not old.is_valid(document):
            refused += 1
            assert not new.is_valid(document), what
    assert refused > 1000


def test_the_schema_refuses_a_blocked_plan_with_a_session() -> None:
    numbers = read(blocked()) | {"sessions": ["2026-04-01"]}
    with pytest.raises(jsonschema.ValidationError):
        validate(numbers)


def test_the_names_that_other_programs_read_are_there() -> None:
    numbers = read(plan())
    top = "status verdicts census sessions forecast sources weakest seed version hash"
    assert set(top.split()) <= set(numbers)
    census = "scale_um_per_px pore_count enlarged_count density_per_cm2 median_diameter_um area_fraction flags"
    assert set(census.split()) <= set(numbers["census"])
    assert {"low", "mid", "high"} <= set(numbers["forecast"][-1]["enlarged_change_pct"])


def test_the_same_plan_gives_the_same_bytes_whatever_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = []
    for workers in (1, 2, 8):
        monkeypatch.setattr("porelight.planning.candidates.WORKERS", workers)
        texts.append(as_json.plan_json(plan(seed=5)))
    assert len(set(texts)) == 1
    assert as_json.plan_json(plan(seed=6)) != texts[0]


def test_a_setting_tells_the_density_as_it_is_dialled() -> None:
    settings = [candidate["setting"] for candidate in read(plan())["candidates"]]
    assert {round(setting["density_pct"], 3) for setting in settings} == {5.0, 10.0}


def test_the_hash_is_of_everything_else_and_can_be_checked_from_the_text() -> None:
    numbers = read(plan())
    told = numbers.pop("hash")
    compact = json.dumps(numbers, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(compact.encode()).hexdigest() == told
    assert as_json.plan_hash(numbers | {"seed": 99}) != told


def test_the_last_bits_of_a_float_do_not_change_the_text() -> None:
    assert outside.plain(0.1 + 0.2) == outside.plain(0.3)
    assert str(outside.plain(-0.0)) == "0.0"
    assert outside.plain(np.float64(1234567.0)) == 1234570.0
    assert outside.plain({"day": dt.date(2026, 3, 2), "n": np.int64(3)}) == {"day": "2026-03-02", "n": 3}


def test_no_number_that_is_not_a_number_gets_in() -> None:
    with pytest.raises(ValueError, match="JSON"):
        outside.text({"x": float("nan")})


def test_a_blocked_plan_says_why_until_when_and_what_clears_it() -> None:
    numbers = read(blocked())
    assert numbers["status"] == "blocked"
    assert numbers["sessions"] == numbers["calendar"] == []
    asked = [verdict for verdict in numbers["verdicts"] if verdict["outcome"] == "ask"]
    assert asked
    assert all(verdict["because"] and verdict["clears"] for verdict in asked)
    assert numbers["timing"]
    assert "Only if treatment becomes possible" in numbers["forecast_remarks"][0]


def test_without_a_scale_every_length_of_the_photo_is_null() -> None:
    census = read(plan(um_per_px=None))["census"]
    for key in ("scale_um_per_px", "enlarged_count", "density_per_cm2", "median_diameter_um"):
        assert census[key] is None
    assert "uncalibrated" in census["flags"]


def test_every_source_that_is_named_is_listed() -> None:
    numbers = read(plan())
    listed = {source["key"] for source in numbers["sources"]}
    named = {verdict["source"] for verdict in numbers["verdicts"]} | {item["source"] for item in numbers["calendar"]}
    named |= {row["source"] for row in numbers["numbers_used"]}
    named |= {key for factor in numbers["factors"] for key in factor["sources"]}
    assert named <= listed


def test_the_weakest_confidence_covers_numbers_verdicts_and_calendar() -> None:
    made = plan()
    assert read(made)["weakest"] == "recalled"  # the closing time of ablated columns
    words = [row["confidence"] for row in read(made)["numbers_used"]]
    assert set(words) <= {"read", "derived", "assumed", "recalled"}


def test_verdicts_census_and_simulation_have_numbers_of_their_own() -> None:
    made = plan()
    assert as_json.verdict_numbers(made.verdicts)["status"] == "ready"
    assert json.loads(as_json.census_json(made.census))["pore_count"] == 400
    simulated = as_json.simulation_numbers(made.candidates[0].simulation)
    wanted = (
        "ablation_depth_um ablation_width_um coagulation_depth_um coagulation_width_um peak_temperature_c "
        "energy_balance_error sources seed version"
    )
    assert set(wanted.split()) <= set(simulated)
    assert simulated["ablation_depth_um"] == pytest.approx(100)  # 20 um per mJ at 5 mJ
    assert len(as_json.calendar_numbers(made.calendar)["sessions"]) == len(made.sessions)


def test_every_key_of_the_plan_stands_in_its_documentation() -> None:
    page = (ROOT / "docs" / "plan-json.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(\w+)`", page))
    numbers = read(plan())
    assert set(numbers) <= told
    assert set(numbers["census"]) <= told
    assert set(numbers["forecast"][0]) <= told


def test_a_person_is_kept_without_identity() -> None:
    made = plan()
    born = dataclasses.replace(made, person=dataclasses.replace(made.person, age=None, born=dt.date(1990, 2, 3)))
    validate(read(born))
    assert not {"name", "email", "address"} & set(read(made)["person"])

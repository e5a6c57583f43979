"""plan.json is read back as it was written; another layout, a changed file and nonsense are refused in one sentence."""

from __future__ import annotations

import datetime as dt
import functools
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as some

from porelight import care
from porelight.export import as_json
from porelight.export.plan_file import pack_plan, plan_from, plan_text, unpack_plan
from porelight.planning import chain
from porelight.refusal import Refusal
from tests.planning import made_up
from tests.planning.test_chain import changed, plan, quick_chain

if TYPE_CHECKING:
    from porelight.planning.model import Plan

__all__ = ["quick_chain"]


@pytest.fixture
def ready(quick_chain: None) -> Plan:
    return plan()


def test_a_plan_written_and_read_is_the_same_bytes(ready: Plan) -> None:
    data = as_json.plan_json(ready).encode()
    back = plan_from(data)
    assert plan_text(back).encode() == data
    assert plan_from(plan_text(back).encode()) == back
    assert back.on == ready.on
    assert back.sessions == list(ready.sessions)
    assert back.candidates[0].setting.energy_mj == pytest.approx(5.0)


@pytest.mark.usefixtures("quick_chain")
def test_blocked_plans_and_photos_without_a_scale_come_back_too() -> None:
    for made in (plan(changed("bothered: yes", "bothered: no")), plan(pores=made_up.census(um_per_px=None))):
        data = as_json.plan_json(made).encode()
        assert plan_text(plan_from(data)).encode() == data


@pytest.mark.usefixtures("quick_chain")
def test_a_whole_plan_packed_and_unpacked_is_equal() -> None:
    for made in (plan(), plan(changed("medicines: no", "medicines: unknown"))):
        data = pack_plan(made)
        back = unpack_plan(data)
        assert back == made
        assert as_json.plan_json(back) == as_json.plan_json(made)
    with pytest.raises(Refusal, match="hold no plan"):
        unpack_plan(data[:-7])


def hashed(numbers: dict[str, object]) -> bytes:
    return json.dumps({**numbers, "hash": as_json.plan_hash(numbers)}).encode()


def test_another_layout_is_refused_by_name(ready: Plan) -> None:
    numbers = as_json.plan_numbers(ready)
    for layout in ("porelight/plan/2", "porelight/plan/0", "porelight/plan/1.1"):
        with pytest.raises(Refusal, match=rf"its layout is {layout}"):
            plan_from(hashed({**numbers, "schema": layout}))
    with pytest.raises(Refusal, match="holds no plan"):
        plan_from(hashed({**numbers, "schema": "porelight/census/1"}))


def test_a_changed_plan_is_refused(ready: Plan) -> None:
    numbers = as_json.plan_numbers(ready)
    with pytest.raises(Refusal, match="changed since it was written"):
        plan_from(json.dumps({**numbers, "seed": 5}).encode())


def test_a_plan_that_is_no_plan_is_refused_though_its_hash_fits(ready: Plan) -> None:
    numbers = as_json.plan_numbers(ready)
    changes: tuple[dict[str, object], ...] = (
        {"seed": "many"},
        {"more": 1},
        {"status": "perhaps"},
        {"candidates": [{}]},
    )
    for wrong in changes:
        with pytest.raises(Refusal, match="is not as in a plan"):
            plan_from(hashed({**numbers, **wrong}))
    with pytest.raises(Refusal, match="is not as in a plan"):
        plan_from(hashed({key: value for key, value in numbers.items() if key != "person"}))


NONSENSE = [b"", b"{", b"[]", b"null", b'{"schema": "porelight/plan/1"}', b"\xff\xfe", b"[" * 100_000, b'{"a": NaN}']


@pytest.mark.parametrize("data", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        plan_from(data, "a file")
    assert str(refused.value).startswith("a file: ")
    assert "\n" not in str(refused.value)


@functools.cache
def blocked_plan() -> bytes:
    person = care.read_person(changed("bothered: yes", "bothered: no"), "person.yaml")
    return as_json.plan_json(chain.make_plan(made_up.census(), person, on=dt.date(2026, 3, 2))).encode()


def read_or_refuse(data: bytes) -> str:
    try:
        return plan_text(plan_from(data))
    except Refusal as refused:
        return str(refused)


@budget(max_examples=60, deadline=None)
@given(at=some.integers(0, 10**6), byte=some.integers(0, 255), cut=some.booleans())
def test_fuzzed_bytes_are_a_plan_or_one_sentence(at: int, byte: int, cut: bool) -> None:
    whole = blocked_plan()
    place = at % len(whole)
    fuzzed = whole[:place] if cut else whole[:place] + bytes([byte]) + whole[place + 1 :]
    answer = read_or_refuse(fuzzed)
    assert answer.encode() == whole or "\n" not in answer

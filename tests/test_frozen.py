"""Frozen means frozen: nothing inside can be changed, == and hash answer, and a repr fits on a line."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from porelight.arrays import Floats
from porelight.frozen import LONGEST_REPR, FrozenMap, frozen, hash_of, same


@frozen
class Inner:
    values: Floats
    name: str = ""


@frozen
class Outer:
    inner: Inner
    many: tuple[Inner, ...] = ()
    table: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    number: float = 0.0


def outer(seed: int = 0) -> Outer:
    drawn = np.random.default_rng(seed).random(50)
    return Outer(Inner(drawn, "in"), (Inner(drawn + 1.0),), {"limits": [1.0, 2.0], "curve": drawn})


def test_an_array_cannot_be_changed_from_inside_or_outside() -> None:
    mine = np.zeros(3)
    held = Inner(mine)
    mine[0] = 1.0
    assert held.values[0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        held.values[0] = 1.0


def test_a_view_of_what_others_can_write_to_is_copied() -> None:
    ground = np.zeros(6)
    view = ground[::2]
    view.flags.writeable = False
    held = Inner(view)
    ground[0] = 1.0
    assert held.values[0] == 0.0


def test_an_array_that_nobody_can_write_to_is_not_copied() -> None:
    closed = np.zeros(3)
    closed.flags.writeable = False
    assert Inner(closed).values is closed
    assert dataclasses.replace(Inner(closed), name="other").values is closed


def test_dicts_lists_and_sets_are_closed_however_deep() -> None:
    held = outer()
    assert held.table["limits"] == (1.0, 2.0)
    with pytest.raises(TypeError):
        held.table["limits"] = 3.0  # type: ignore[index]
    with pytest.raises(ValueError, match="read-only"):
        held.table["curve"][0] = 3.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        held.number = 1.0  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        held.table._items = {}  # type: ignore[attr-defined]


def test_equality_and_hash_go_by_value() -> None:
    assert outer() == outer()
    assert hash(outer()) == hash(outer())
    assert outer() != outer(1)
    assert not same(outer(), outer().inner)
    assert len({outer(), outer(), outer(1)}) == 2


@given(arrays.arrays(st.sampled_from([np.float64, np.float32, np.int64, np.bool_]), (2,)))
def test_what_is_equal_has_one_hash(array: np.ndarray[Any, Any]) -> None:
    other = array.copy()
    assert same(array, other)
    assert hash_of(array) == hash_of(other)
    if array.dtype.kind == "f":
        assert hash_of(np.array([0.0, np.nan])) == hash_of(np.array([-0.0, -np.nan]))
        assert same(np.array([0.0, np.nan]), np.array([-0.0, -np.nan]))


def test_arrays_of_another_shape_or_type_are_not_equal() -> None:
    assert Inner(np.zeros(3)) != Inner(np.zeros(4))
    assert Inner(np.zeros(3)) != Inner(np.zeros((1, 3)))
    assert Inner(np.zeros(3)) != Inner(np.zeros(3, np.float32))
    assert Inner(np.zeros(3)) != Inner(None)  # type: ignore[arg-type]


def test_nan_equals_nan() -> None:
    assert Outer(Inner(np.zeros(1)), number=float("nan")) == Outer(Inner(np.zeros(1)), number=float("nan"))


@pytest.mark.parametrize("again", [copy.deepcopy, copy.copy, lambda held: pickle.loads(pickle.dumps(held))])
def test_a_copy_is_equal_and_as_closed(again: Any) -> None:
    twin = again(outer())
    assert twin == outer()
    with pytest.raises(ValueError, match="read-only"):
        twin.inner.values[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        twin.table["curve"][0] = 1.0


def test_a_repr_is_one_short_line_that_says_what_is_inside() -> None:
    long = Inner(np.zeros(9), "a\nlong " * 99)
    text = repr(Outer(long, outer().many * 9, {"curve": long.values}, 0.5))
    assert text == "Outer(inner=Inner(...), many=<9 Inner>, table={'curve': <9 float64>}, number=0.5)"
    assert len(repr(Outer(long, (long,), dict.fromkeys("abc", long)))) <= LONGEST_REPR
    assert repr(Inner(np.zeros((4, 2)), "eyes")) == "Inner(values=<4 x 2 float64>, name='eyes')"


def test_the_class_checks_what_was_frozen() -> None:
    @frozen
    class Positive:
        values: Floats

        def __post_init__(self) -> None:
            assert not self.values.flags.writeable
            if (self.values <= 0.0).any():
                raise ValueError("not positive")

    with pytest.raises(ValueError, match="not positive"):
        Positive(np.zeros(2))
    assert Positive(np.ones(2)).values.sum() == 2.0


def test_a_frozen_map_is_a_mapping_and_has_a_hash() -> None:
    one, two = FrozenMap({"a": 1, "b": (2,)}), FrozenMap({"b": (2,), "a": 1})
    assert one == two == {"a": 1, "b": (2,)}
    assert hash(one) == hash(two)
    assert one != FrozenMap({"a": 1})
    assert dict(one) == {"a": 1, "b": (2,)}
    assert pickle.loads(pickle.dumps(one)) == one

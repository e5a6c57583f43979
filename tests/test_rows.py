"""Rows in one test: each is checked, each failure is named."""

from __future__ import annotations

import pytest

from tests.rows import each_row


def test_every_row_that_fails_is_named_and_the_others_are_checked_too() -> None:
    seen = []

    @each_row("number, word", [(1, "one"), (2, "two"), (3, "three")])
    def odd(number: int, word: str) -> None:
        seen.append(word)
        assert number % 2 == 0, word

    with pytest.raises(AssertionError, match=r"(?s)2 of 3 rows fail.*1, 'one'.*3, 'three'"):
        odd()
    assert seen == ["one", "two", "three"]


def test_no_rows_are_a_failure() -> None:
    with pytest.raises(AssertionError, match="no rows"):
        each_row("x", [])(lambda x: None)()


@each_row("outer", "ab")
@each_row("inner", range(3))
def test_rows_of_rows_run_all_and_fixtures_still_come(inner: int, outer: str, tmp_path: object) -> None:
    assert (inner, outer) in {(0, "a"), (1, "a"), (2, "a"), (0, "b"), (1, "b"), (2, "b")}
    assert tmp_path

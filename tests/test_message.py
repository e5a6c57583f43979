"""A message is a code with values; its text is found in a table, in any language."""

from __future__ import annotations

import datetime as dt

import pytest

from porelight import message as messages
from porelight.message import Message, counted_message, english, message, write_message


def test_a_message_writes_its_values_into_the_text_of_its_code() -> None:
    reported = message("planning.weeks_apart", weeks=4.0, source="kwon2018")
    assert str(reported) == reported.english() == "The sessions are 4 weeks apart, as in the pore trial (kwon2018)."


def test_a_message_inside_a_message_is_written_in_the_same_language() -> None:
    german = {
        "{sessions}: the fewest that make the goal likely enough.": "{sessions}: die wenigsten, die reichen.",
        "{count} sessions": "{count} Sitzungen",
    }
    reported = message("planning.fewest_for_goal", sessions=counted_message("planning.sessions", 3))
    assert write_message(reported, german.__getitem__) == "3 Sitzungen: die wenigsten, die reichen."


def test_a_language_writes_its_own_numbers() -> None:
    def write(value: object, spec: str) -> str:
        return format(value, spec).replace(".", ",")

    reported = message("planning.weeks_apart", weeks=4.5, source="x")
    assert "4,5 weeks" in write_message(reported, write_value=write)


def test_one_and_many_have_texts_of_their_own() -> None:
    assert [counted_message("planning.days", count).english() for count in (1, 2)] == ["1 day", "2 days"]


def test_messages_are_values_that_compare_and_hash() -> None:
    first = message("planning.first_session", ahead="a", lead="b")
    again = message("planning.first_session", lead="b", ahead="a")
    assert first == again
    assert len({first, again, message("planning.weekends")}) == 2


def test_several_messages_are_one_text() -> None:
    assert english([message("planning.weekends")] * 2).count("Weekends") == 2


def test_a_date_is_written_as_in_the_json() -> None:
    assert "2026-03-02 ahead" in message("planning.first_session", ahead=dt.date(2026, 3, 2), lead="x").english()


def test_an_unknown_code_is_no_message() -> None:
    for code in ("planning.no_such", "nowhere.first_session", "weekends", ""):
        with pytest.raises(KeyError, match=r"data/messages"):
            Message(code)


def test_values_without_a_place_and_places_without_a_value_are_refused() -> None:
    for values in ((), (("weeks", 4.0),), (("source", "x"), ("weeks", 4.0), ("who", "y"))):
        with pytest.raises(ValueError, match="weeks_apart takes"):
            Message("planning.weeks_apart", values)


def test_every_text_of_the_tables_can_be_written_with_values_of_the_kind_its_places_ask_for() -> None:
    """A text with a broken place would fail where a plan is shown, not where it is made."""
    for code, text in messages.templates():
        values = dict.fromkeys(messages.places(text), 1)
        assert message(code, **values).english(), code

"""The page of thresholds lists what the code has."""

from tests.photo.write_thresholds import TABLE, make_page


def test_the_page_of_thresholds_is_up_to_date() -> None:
    hint = "run: python -m tests.photo.write_thresholds"
    assert TABLE.read_text(encoding="utf-8") == make_page(), hint

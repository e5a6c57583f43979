"""cite: rows, sources, and finding what a result rests on."""

import dataclasses

import pytest

from porelight import cite


def row(**changes: object) -> dict[str, object]:
    usual = {"id": "a", "quantity": "q", "value": 2.0, "unit": "mJ", "source": "exact", "confidence": "read"}
    return usual | changes


def test_a_row_reads_in_its_own_unit_and_computes_in_si() -> None:
    found = cite.read_row(row(low=1.0))
    assert (found.value, found.si, found.si_low, found.si_high) == (2.0, 2e-3, 1e-3, 2e-3)


@pytest.mark.parametrize("wrong", [{"unit": "furlong"}, {"confidence": "sure"}, {"source": "nobody1900"}])
def test_a_row_with_an_unknown_word_cannot_enter(wrong: dict[str, str]) -> None:
    with pytest.raises((ValueError, KeyError)):
        cite.read_row(row(**wrong))


@dataclasses.dataclass(frozen=True)
class Result:
    rows: tuple[cite.Cited, ...]
    inner: object = None


def test_used_rows_are_found_through_nested_results_each_once() -> None:
    a, b = cite.read_row(row()), cite.read_row(row(id="b", confidence="recalled"))
    assert cite.used(Result((b, a), Result((a,), {"k": [b]}))) == (a, b)
    assert cite.weakest_confidence((a, b)) == "recalled"
    assert cite.weakest_confidence(()) == "read"


def test_every_source_has_a_title() -> None:
    assert all(source.title for source in cite.sources().values())

"""A census and a change come back as they were, and nothing else comes back at all."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from porelight import photo
from porelight.arrays import Floats
from porelight.export import archive
from porelight.export.archive import pack, unpack
from porelight.export.census_file import census_bytes, census_from, change_bytes, change_from
from porelight.frozen import frozen
from porelight.message import Message, message
from porelight.photo.artificial.render import render_skin
from porelight.photo.census import PoreCensus
from porelight.photo.compare.chain import compare_photos
from porelight.photo.compare.change import Change
from porelight.refusal import Refusal


@functools.cache
def census() -> PoreCensus:
    drawn = render_skin(4, size=(320, 400), um_per_px=40.0)
    return photo.measure(photo.decode(drawn.jpeg, "drawn"), 40.0)


@functools.cache
def change() -> Change:
    one = photo.decode(render_skin(4, size=(480, 640), um_per_px=30.0).jpeg, "one")
    return compare_photos(one, one, um_per_px=30.0)


def test_a_census_comes_back_equal() -> None:
    kept = census_bytes(census())
    again = census_from(kept)
    assert again == census()
    assert hash(again) == hash(census())
    assert census_bytes(again) == kept
    assert again.diameter_um is not None
    assert not again.pores.x.flags.writeable
    assert len(kept) < 60_000


def test_a_change_comes_back_equal() -> None:
    again = change_from(change_bytes(change()))
    assert again == change()
    assert again.registration.at(np.array([5.0]), np.array([7.0])) == change().registration.at(
        np.array([5.0]), np.array([7.0])
    )


def test_no_face_is_kept() -> None:
    from porelight.photo.face.find_face import Face
    from porelight.photo.face.iris import Iris

    iris = Iris(1.0, 2.0, 3.0, 0.1, is_open=True)
    face = Face(np.full((468, 2), 77.125), np.zeros(468), 0.99, 1.0, 0.0, 0.0, 0.0, (iris, iris))
    seen = dataclasses.replace(census(), face=face)
    kept = census_bytes(seen)
    assert kept == census_bytes(census())
    assert census_from(kept) == seen
    assert census_from(kept).face is None


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as kept:
        return {name: kept.read(name) for name in kept.namelist()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return kept.getvalue()


def altered(change_head: Callable[[dict[str, Any]], None]) -> bytes:
    """A kept census with its head changed, and a hash that is right again."""
    parts = parts_of(census_bytes(census()))
    head = json.loads(parts.pop(archive.CONTENTS))
    change_head(head)
    text = json.dumps(head["value"], ensure_ascii=False, separators=(",", ":"))
    head["sha256"] = archive._digest(text, parts)
    return zipped({archive.CONTENTS: json.dumps(head).encode()} | parts)


def test_a_later_minor_version_is_read_and_another_major_one_is_refused() -> None:
    assert census_from(altered(lambda head: head.update(format=[archive.MAJOR, 7]))) == census()
    for other in (0, archive.MAJOR + 1, None, "1"):
        with pytest.raises(Refusal, match="format"):
            census_from(altered(lambda head, other=other: head.update(format=[other, 0])))  # type: ignore[misc]


def test_another_kind_is_refused_by_name() -> None:
    with pytest.raises(Refusal, match="'census'"):
        change_from(census_bytes(census()))


def test_a_changed_number_is_seen() -> None:
    parts = parts_of(census_bytes(census()))
    contents = parts[archive.CONTENTS].replace(b'"width":400', b'"width":401')
    assert contents != parts[archive.CONTENTS]
    with pytest.raises(Refusal, match="changed since"):
        census_from(zipped(parts | {archive.CONTENTS: contents}))


NONSENSE: list[Callable[[dict[str, Any]], None]] = [
    lambda head: head["value"].update(width="wide"),
    lambda head: head["value"].update(width=None),
    lambda head: head["value"].update(width=True),
    lambda head: head["value"].update(flags=["no such flag"]),
    lambda head: head["value"].update(extra=1),
    lambda head: head["value"].pop("pores"),
    lambda head: head["value"]["pores"].update(x=999),
    lambda head: head["value"]["pores"].update(x=-1),
    lambda head: head["value"].update(regions=[{"name": 1}]),
    lambda head: head.update(value=[]),
    lambda head: head["value"]["gate"].update(level="fine"),
]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_values_that_no_census_has_are_refused_even_with_a_right_hash(nonsense: Any) -> None:
    with pytest.raises(Refusal) as refused:
        census_from(altered(nonsense))
    assert "\n" not in str(refused.value)


@given(st.binary(max_size=300))
def test_any_bytes_give_one_sentence(data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        census_from(data)
    assert "\n" not in str(refused.value)


def test_fuzzed_bytes_give_one_sentence_or_the_census() -> None:
    kept, rng = census_bytes(census()), np.random.default_rng(2)
    refused = 0
    for _ in range(200):
        changed = bytearray(kept)
        for at in rng.integers(0, len(kept), int(rng.integers(1, 5))):
            changed[at] = int(rng.integers(256))
        if rng.random() < 0.3:
            del changed[int(rng.integers(1, len(kept))) :]
        try:
            assert census_from(bytes(changed)) == census()
        except Refusal as problem:
            refused += 1
            assert "\n" not in str(problem)  # noqa: PT017 - not every file is refused
    assert refused > 150


def test_an_array_that_needs_a_pickle_is_refused() -> None:
    parts = parts_of(census_bytes(census()))
    kept = io.BytesIO()
    np.save(kept, np.array([print], dtype=object), allow_pickle=True)
    parts["0.npy"] = kept.getvalue()
    head = json.loads(parts.pop(archive.CONTENTS))
    head["sha256"] = archive._digest(json.dumps(head["value"], ensure_ascii=False, separators=(",", ":")), parts)
    with pytest.raises(Refusal, match="no census has"):
        census_from(zipped({archive.CONTENTS: json.dumps(head).encode()} | parts))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(archive.CONTENTS, bytes(archive.ARCHIVE_BYTES + 1))
    with pytest.raises(Refusal, match="no census that can be read"):
        census_from(kept.getvalue())


@frozen
class Everything:
    number: float
    day: dt.date | None
    time: dt.time
    table: Mapping[str, tuple[int, ...]]
    values: Floats
    said: Message
    either: str | float | int | dt.date


@given(
    st.floats(),
    st.none() | st.dates(),
    st.times(),
    st.dictionaries(st.text(st.characters(codec="utf-8")), st.tuples(st.integers())),
    st.one_of(st.text(st.characters(codec="utf-8")), st.floats(), st.integers(), st.dates()),
)
def test_whatever_a_frozen_class_holds_comes_back(number: float, day: Any, time: Any, table: Any, either: Any) -> None:
    held = Everything(number, day, time, table, np.array([[number, np.inf]]), first_message(), either)
    again = unpack(pack(held, "thing"), Everything, "thing")
    assert again == held
    assert type(again.either) is type(either)


def first_message() -> Message:
    """Any message that takes a value."""
    from porelight.message import places, templates

    code, text = next((code, text) for code, text in templates() if len(places(text)) == 1)
    return message(code, **dict.fromkeys(places(text), 2.5))

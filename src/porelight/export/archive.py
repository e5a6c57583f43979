"""A frozen dataclass as bytes, and back: a zip of one JSON and the arrays it names.

What is read is checked against the types of the class, field by field, so that bytes from anywhere give a value that
the class could have made itself, or one sentence. Nothing is unpickled.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import json
import math
import types
import typing
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin

import numpy as np

from porelight.refusal import Refusal
from porelight.version import __version__

Value = TypeVar("Value")

MAJOR: Final = 1
"""Raised when older readers can no longer make sense of what is written."""
MINOR: Final = 0
CONTENTS: Final = "value.json"
ARCHIVE_BYTES: Final = 400_000_000
"""Most bytes that the parts of an archive may unpack to: many times a photo's census, little beside a memory."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""Of every part, so that the same value gives the same bytes."""


class _Misfit(Exception):
    """What was read is not what the class holds."""


def pack(value: object, kind: str) -> bytes:
    """The value as bytes; the same value gives the same bytes.

    Args:
        value: a dataclass of numbers, texts, days, arrays, tuples, mappings and such dataclasses.
        kind: what it is, such as ``census``: :func:`unpack` asks for it by this name.
    """
    arrays: list[np.ndarray[Any, Any]] = []
    content = _write(value, arrays)
    parts = {f"{number}.npy": _npy(array) for number, array in enumerate(arrays)}
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    head = {"kind": kind, "format": [MAJOR, MINOR], "version": __version__, "sha256": _digest(text, parts)}
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        body = json.dumps(head, ensure_ascii=False)[:-1] + ', "value": ' + text + "}"
        for name, data in ({CONTENTS: body.encode()} | parts).items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def unpack(data: bytes, cls: type[Value], kind: str) -> Value:
    """What :func:`pack` made of a value of this class.

    Raises:
        Refusal: bytes of another kind or of another major version, changed on the way, or of no sense.
    """
    where = f"the kept {kind}"
    try:
        head, content, parts, text = _open(data)
    except Exception:
        # Whatever a damaged archive does to its reader: it is no archive of ours.
        what = f"these bytes hold no {kind} that can be read"
        raise Refusal(what, where=where, advice="Take them from where they were kept first") from None
    if head.get("kind") != kind:
        what = f"these bytes hold another thing: {str(head.get('kind'))[:40]!r}"
        raise Refusal(what, where=where, advice=f"Give those of a {kind}")
    major = head["format"][0] if isinstance(head.get("format"), list) and head["format"] else None
    if major != MAJOR:
        what = f"it was written in format {str(major)[:20]}, and this version reads format {MAJOR}"
        raise Refusal(what, where=where, advice="Read it with the version that wrote it, or measure the photo again")
    if head.get("sha256") != _digest(text, parts):
        what = "its bytes were changed since they were written"
        raise Refusal(what, where=where, advice="Take them from where they were kept first")
    try:
        return typing.cast("Value", _read(cls, content, parts))
    except (_Misfit, Refusal, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        what = f"it holds values that no {kind} has"
        raise Refusal(what, where=where, advice="Measure again") from None


def _open(data: bytes) -> tuple[dict[str, Any], object, dict[str, bytes], str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > ARCHIVE_BYTES:
            raise _Misfit
        parts = {part.filename: archive.read(part) for part in archive.infolist()}
    head = json.loads(parts.pop(CONTENTS).decode(), parse_constant=_refuse_constant)
    content = head.pop("value")
    return head, content, parts, json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _refuse_constant(name: str) -> None:
    raise _Misfit(name)


def _digest(text: str, parts: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(parts):
        digest.update(name.encode() + b"\0" + parts[name])
    return digest.hexdigest()


def _npy(array: np.ndarray[Any, Any]) -> bytes:
    kept = io.BytesIO()
    np.lib.format.write_array(kept, np.ascontiguousarray(array), allow_pickle=False)
    return kept.getvalue()


def _write(value: object, arrays: list[np.ndarray[Any, Any]]) -> object:
    """A value as JSON holds it; arrays go to their own list, and their number stays."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return len(arrays) - 1
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        # JSON has no word for nan and the infinities, nor for days: a text alone would be read back as a text.
        return float(value) if math.isfinite(value) else {"float": repr(float(value))}
    if isinstance(value, dt.date | dt.time):
        return {"day" if isinstance(value, dt.date) else "time": value.isoformat()}
    if isinstance(value, tuple | list):
        return [_write(part, arrays) for part in value]
    if isinstance(value, Mapping):
        return {"keys": [_write(k, arrays) for k in value], "values": [_write(v, arrays) for v in value.values()]}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _write(getattr(value, field.name), arrays) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} cannot be written")


def _read(hint: Any, content: object, parts: Mapping[str, bytes]) -> object:
    """What a value of a type was written as; the type says what it may be."""
    if get_origin(hint) in (Union, types.UnionType):
        return _read_first(get_args(hint), content, parts)
    if get_origin(hint) is Literal:
        return _checked(content, any(content == word and type(content) is type(word) for word in get_args(hint)))
    if get_origin(hint) is np.ndarray:
        return _read_array(hint, content, parts)
    if get_origin(hint) is tuple:
        return _read_tuple(get_args(hint), content, parts)
    if isinstance(get_origin(hint), type) and issubclass(get_origin(hint), Mapping):
        return _read_mapping(get_args(hint), content, parts)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _read_dataclass(hint, content, parts)
    reader = _PLAIN.get(hint)
    if reader is None:
        raise _Misfit(hint)
    return reader(content)


def _checked(content: object, fits: bool) -> object:
    if not fits:
        raise _Misfit(content)
    return content


def _read_float(content: object) -> float:
    if isinstance(content, dict):
        return float(_named(content, "float", ("nan", "inf", "-inf")))
    _checked(content, isinstance(content, int | float) and not isinstance(content, bool))
    return float(typing.cast("float", content))


def _named(content: object, name: str, allowed: tuple[str, ...] = ()) -> str:
    """The text in an object of one name."""
    text = content.get(name) if isinstance(content, dict) and len(content) == 1 else None
    if not isinstance(text, str) or (allowed and text not in allowed):
        raise _Misfit(content)
    return text


_PLAIN: Final[dict[Any, Callable[[object], object]]] = {
    float: _read_float,
    int: lambda content: _checked(content, type(content) is int),
    bool: lambda content: _checked(content, type(content) is bool),
    str: lambda content: _checked(content, type(content) is str),
    type(None): lambda content: _checked(content, content is None),
    dt.date: lambda content: dt.date.fromisoformat(_named(content, "day")),
    dt.time: lambda content: dt.time.fromisoformat(_named(content, "time")),
}


def _read_first(hints: tuple[Any, ...], content: object, parts: Mapping[str, bytes]) -> object:
    """As the first of several types that it fits; a whole number is one before it is any number."""
    for hint in sorted(hints, key=lambda hint: hint is float):
        try:
            return _read(hint, content, parts)
        except (_Misfit, ValueError, TypeError, KeyError):
            continue
    raise _Misfit(content)


def _read_array(hint: Any, content: object, parts: Mapping[str, bytes]) -> np.ndarray[Any, Any]:
    number = _checked(content, type(content) is int)
    array = np.lib.format.read_array(io.BytesIO(parts[f"{number}.npy"]), allow_pickle=False)
    (wanted,) = get_args(get_args(hint)[1])
    if array.dtype != np.dtype(wanted):
        raise _Misfit(hint)
    return typing.cast("np.ndarray[Any, Any]", array)


def _read_tuple(hints: tuple[Any, ...], content: object, parts: Mapping[str, bytes]) -> tuple[object, ...]:
    listed = typing.cast("list[object]", _checked(content, isinstance(content, list)))
    if len(hints) == 2 and hints[1] is Ellipsis:
        return tuple(_read(hints[0], part, parts) for part in listed)
    if len(hints) != len(listed):
        raise _Misfit(content)
    return tuple(_read(hint, part, parts) for hint, part in zip(hints, listed, strict=True))


def _read_mapping(hints: tuple[Any, ...], content: object, parts: Mapping[str, bytes]) -> dict[object, object]:
    table = typing.cast("dict[str, Any]", _checked(content, isinstance(content, dict) and len(content) == 2))
    keys = _read_tuple((hints[0], Ellipsis), table["keys"], parts)
    values = _read_tuple((hints[1], Ellipsis), table["values"], parts)
    return dict(zip(keys, values, strict=True))


def _read_dataclass(cls: type[Any], content: object, parts: Mapping[str, bytes]) -> object:
    hints = typing.get_type_hints(cls)
    fits = isinstance(content, dict) and set(content) == {name for name, _ in _fields_of(cls)}
    table = typing.cast("dict[str, object]", _checked(content, fits))
    return cls(**{name: _read(hints[name], table[name], parts) for name, made in _fields_of(cls) if made})


def _fields_of(cls: type[Any]) -> Iterator[tuple[str, bool]]:
    """Name of each field, and whether it is given where a value is made."""
    return ((field.name, field.init) for field in dataclasses.fields(cls))

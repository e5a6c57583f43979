"""Dataclasses that are frozen for good: nothing in them can change, they compare by value, and they print on one line.

The standard library's frozen dataclass only keeps names from being bound anew. Its arrays and dicts stay open to
everybody, ``==`` raises as soon as a field is an array, and so does ``hash``.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, TypeGuard, TypeVar, cast, dataclass_transform

if TYPE_CHECKING:
    import numpy as np

Class = TypeVar("Class")
Key = TypeVar("Key")
Value = TypeVar("Value", covariant=True)

LONGEST_REPR: Final = 160
"""Characters of a whole repr: one line of a notebook."""
LONGEST_PART: Final = 48
"""Characters of one field in it."""


class FrozenMap(Mapping[Key, Value], Generic[Key, Value]):
    """A dict that cannot change, with a hash."""

    __slots__ = ("_items",)
    _items: dict[Key, Value]

    def __init__(self, items: Mapping[Key, Value]) -> None:
        object.__setattr__(self, "_items", {key: freeze(value) for key, value in items.items()})

    def __setattr__(self, name: str, value: object) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def __getitem__(self, key: Key) -> Value:
        return self._items[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        return self.keys() == other.keys() and all(same(value, other[key]) for key, value in self.items())

    def __hash__(self) -> int:
        # A sum, so that the order in which the items came does not count: it does not count for == either.
        return sum(hash((hash_of(key), hash_of(value))) for key, value in self._items.items())

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{key!r}: {_short(value)}" for key, value in self._items.items()) + "}"

    def __reduce__(self) -> tuple[type[FrozenMap[Key, Value]], tuple[dict[Key, Value]]]:
        return type(self), (self._items,)


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def frozen(cls: type[Class]) -> type[Class]:
    """A slotted dataclass that is frozen for good.

    Where it is made, arrays become read-only (copied, unless nobody can write to them any more), lists tuples, sets
    frozen sets and dicts :class:`FrozenMap`; only then does the class's own ``__post_init__`` check them. ``==``
    compares arrays by value, with nan equal to nan; neither ``==`` nor ``hash`` raises. What a class defines itself
    (``__eq__``, ``__hash__``, ``__repr__``) stays.
    """
    own = cast("Callable[[object], None] | None", cls.__dict__.get("__post_init__"))

    def freeze_and_check(self: object) -> None:
        _freeze_fields(self)
        if own is not None:
            own(self)

    methods = {"__eq__": _equal, "__hash__": _hash, "__repr__": _repr}
    for name, method in methods.items():
        # A class that defines __eq__ alone has None for __hash__.
        if cls.__dict__.get(name) is None:
            setattr(cls, name, method)
    cls.__post_init__ = freeze_and_check  # type: ignore[attr-defined]
    restores_itself = "__setstate__" in cls.__dict__
    made = dataclasses.dataclass(frozen=True, slots=True, eq=False, repr=False)(cls)
    # Last: before Python 3.11.3 a frozen class with slots gets a __setstate__ over its own, which leaves arrays open.
    if not restores_itself:
        made.__setstate__ = _restore  # type: ignore[attr-defined]
    return made


def is_array(value: object) -> TypeGuard[np.ndarray[Any, Any]]:
    """Whether it is an array. Where NumPy was not imported there can be none, and it is not imported for the question:
    the rules on a person, which hold no array, do without it."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def freeze(value: Any) -> Any:
    """The value with everything in it closed; itself where nothing was open."""
    if is_array(value):
        return read_only(value)
    if isinstance(value, dict):
        return FrozenMap(value)
    if isinstance(value, set):
        return frozenset(value)
    if isinstance(value, list) or type(value) is tuple:
        parts = tuple(freeze(part) for part in value)
        same_parts = type(value) is tuple and all(one is two for one, two in zip(parts, value, strict=True))
        return value if same_parts else parts
    return value


def read_only(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array where nobody can write to it, else a copy that nobody can write to."""
    if _is_closed(array):
        return array
    closed = array.copy()
    closed.flags.writeable = False
    return closed


def _is_closed(array: np.ndarray[Any, Any]) -> bool:
    """Whether neither the array nor any array that it is a view of can be written to."""
    base: object = array
    while is_array(base):
        if base.flags.writeable:
            return False
        base = base.base
    # What is neither an array nor bytes may change below the view: shared memory, a bytearray, a library's own buffer.
    return base is None or isinstance(base, bytes)


def same(one: object, two: object) -> bool:
    """Whether two values are equal; arrays by type, shape and value, nan equal to nan."""
    if one is two:
        return True
    if is_array(one) or is_array(two):
        return is_array(one) and is_array(two) and _same_arrays(one, two)
    if isinstance(one, tuple) and isinstance(two, tuple):
        return len(one) == len(two) and all(same(mine, other) for mine, other in zip(one, two, strict=True))
    try:
        return bool(one == two) or bool(one != one and two != two)
    except (TypeError, ValueError):
        return False


def _same_arrays(one: np.ndarray[Any, Any], two: np.ndarray[Any, Any]) -> bool:
    import numpy as np

    if one.dtype != two.dtype or one.shape != two.shape:
        return False
    return bool(np.array_equal(one, two, equal_nan=one.dtype.kind in "fc"))


def hash_of(value: object) -> int:
    """A hash that goes with :func:`same` and never raises."""
    if is_array(value):
        return _hash_of_array(value)
    if isinstance(value, tuple):
        return hash(tuple(hash_of(part) for part in value))
    if isinstance(value, float) and value != value:
        return hash("nan")
    try:
        return hash(value)
    except TypeError:
        return hash(type(value).__qualname__)


def _hash_of_array(array: np.ndarray[Any, Any]) -> int:
    import numpy as np

    if array.dtype.kind in "fc":
        # -0.0 equals 0.0 and every nan equals every other, whatever their bits are.
        array = np.where(np.isnan(array), array.dtype.type(np.nan), array) + array.dtype.type(0.0)
    data = array.tobytes() if array.dtype.kind != "O" else b""
    return hash((array.shape, data))


def _freeze_fields(made: object) -> None:
    for field in dataclasses.fields(cast("Any", made)):
        value = getattr(made, field.name)
        closed = freeze(value)
        if closed is not value:
            object.__setattr__(made, field.name, closed)


def _restore(self: object, state: list[object]) -> None:
    # Unpickled and deep-copied arrays come back writable.
    for field, value in zip(dataclasses.fields(cast("Any", self)), state, strict=True):
        object.__setattr__(self, field.name, freeze(value))


def _values(made: object) -> tuple[object, ...]:
    return tuple(getattr(made, field.name) for field in dataclasses.fields(cast("Any", made)) if field.compare)


def _equal(self: object, other: object) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    return same(_values(self), _values(other))


def _hash(self: object) -> int:
    return hash((type(self).__qualname__, hash_of(_values(self))))


def _repr(self: object) -> str:
    parts: list[str] = []
    room = LONGEST_REPR - len(type(self).__qualname__) - len("(, ...)")
    for field in dataclasses.fields(cast("Any", self)):
        if not field.repr:
            continue
        part = f"{field.name}={_short(getattr(self, field.name))}"
        room -= len(part) + 2
        if room < 0:
            parts.append("...")
            break
        parts.append(part)
    return f"{type(self).__qualname__}({', '.join(parts)})"


def _short(value: object) -> str:
    """One field of a repr: what is long is named by its kind and size."""
    if is_array(value):
        return f"<{' x '.join(str(length) for length in value.shape) or 'one'} {value.dtype}>"
    if isinstance(value, tuple | frozenset | Mapping) and len(value) > 3:
        return f"<{len(value)} {_kind(value)}>"
    if isinstance(value, tuple):
        text = f"({', '.join(_short(part) for part in value)}{',' if len(value) == 1 else ''})"
    else:
        text = " ".join(repr(value).split())
    if len(text) <= LONGEST_PART:
        return text
    if dataclasses.is_dataclass(value):
        return f"{type(value).__qualname__}(...)"
    return f"<{len(value)} {_kind(value)}>" if isinstance(value, tuple) else text[: LONGEST_PART - 3] + "..."


def _kind(values: tuple[object, ...] | frozenset[object] | Mapping[Any, object]) -> str:
    kinds = {type(part).__qualname__ for part in values}
    return kinds.pop() if len(kinds) == 1 else "values"

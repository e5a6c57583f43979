"""Compiled kernels: one decorator, and machine code that is kept between runs and is never older than its sources.

Numba's own cache looks at the one file that a kernel stands in. Yet a kernel holds the code of every kernel that it
calls and the value of every constant that it names, from whatever file. Here the name of the folder that code is kept
in is a digest of all of them, so that a change anywhere finds an empty folder.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import pickle
import shutil
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import llvmlite
import numba
import numpy as np
from numba import njit
from numba.core import caching, serialize
from numba.core.compiler import CompileResult
from numba.core.dispatcher import Dispatcher
from numba.core.extending import _Intrinsic

from porelight.cache import FOLDER_VARIABLE, cache_folder

UNUSED_DAYS: Final = 90
"""Code of other sources than the present ones is removed when nothing has used it for so long."""

_OPTIONS: Final[dict[str, Any]] = {"nogil": True, "error_model": "numpy"}
"""Of every kernel: others may run meanwhile, and a division by zero gives an infinity, as in an array."""

_CONSTANTS: Final = (int, float, complex, str, bytes, np.generic, np.dtype, numba.types.Type)

_log = logging.getLogger("porelight")


def kernel(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function at its first call, and keep the code between runs; ``options`` are those of Numba's njit."""

    def compiled(function: Callable[..., Any]) -> Any:
        dispatcher: Any = njit(**_OPTIONS | options)(function)
        # With NUMBA_DISABLE_JIT the function comes back as it is.
        if isinstance(dispatcher, Dispatcher):
            dispatcher._cache = _Kept(function, options)  # type: ignore[attr-defined]
        return dispatcher

    return compiled


class _Kept(caching._Cache):
    """Numba's interface to a cache, for one kernel: one file per signature, whole or not there.

    Whatever goes wrong with a file means that it is not there: the kernel is compiled again. Two processes that
    compile the same kernel at once write the same file, one after the other.
    """

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        self._function, self._options = function, options

    @property
    def cache_path(self) -> str | None:
        folder = _folder_for(self._function.__module__)
        return str(folder) if folder else None

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        target_context.refresh()
        key, path = self._place(sig, target_context.codegen())
        kept = _read(path) if path else None
        if kept is None or kept[0] != key:
            return None
        return CompileResult._rebuild(target_context, *kept[1])  # type: ignore[no-untyped-call]

    def save_overload(self, sig: Any, data: Any) -> None:
        # The two kinds of code that Numba cannot write down either.
        if data.library.has_dynamic_globals or any(not lifted.can_cache for lifted in data.lifted):
            return
        key, path = self._place(sig, data.codegen)
        if path is None or not _write(path, (key, data._reduce())):
            _say_that_nothing_is_kept()

    def enable(self) -> None:
        """Always on."""

    def disable(self) -> None:
        """Always on."""

    def flush(self) -> None:
        """Nothing is ever old."""

    def _place(self, sig: Any, codegen: Any) -> tuple[tuple[Any, ...], Path | None]:
        """What tells this code apart from any other of the same sources, and its file."""
        told = sorted(
            (name, sorted(value) if isinstance(value, set) else value) for name, value in self._options.items()
        )
        key = (self._function.__qualname__, self._function.__code__.co_firstlineno, sig, codegen.magic_tuple(), told)
        folder = _folder_for(self._function.__module__)
        name = f"{self._function.__qualname__}-{hashlib.sha256(str(key).encode()).hexdigest()[:16]}.kernel"
        return key, folder / name if folder else None


@functools.cache
def _folder_for(module: str) -> Path | None:
    """The folder for the kernels of a module as its sources are now; None where sources cannot be read."""
    try:
        digest = _digest_of(module)
    except OSError:
        return None
    folder = cache_folder() / "kernels" / f"{module.rpartition('.')[2]}-{digest}"
    try:
        os.utime(folder)
    except OSError:
        _remove_unused(folder.parent)
    return folder


def _digest_of(module: str) -> str:
    """Of everything that machine code made from a module's kernels depends on."""
    digest = hashlib.sha256()
    for part in (sys.version, numba.__version__, llvmlite.__version__, np.__version__):
        digest.update(part.encode() + b"\0")
    for name in sorted(_reached_from(module)):
        source = sys.modules[name].__file__
        digest.update(name.encode() + b"\0" + (Path(source).read_bytes() if source else b"") + b"\0")
        # The values too: a constant may come from a table of data, or from a module without kernels.
        for key, value in sorted(vars(sys.modules[name]).items()):
            if not key.startswith("__") and _is_constant(value):
                digest.update(f"{key}={value!r}\0".encode())
            elif isinstance(value, np.ndarray):
                digest.update(f"{key}={value.dtype}{value.shape}\0".encode() + value.tobytes())
    return digest.hexdigest()[:24]


def _is_constant(value: object) -> bool:
    if isinstance(value, tuple):
        return all(_is_constant(part) for part in value)
    return value is None or isinstance(value, _CONSTANTS)


def _reached_from(module: str) -> set[str]:
    """A module and those whose kernels, constants or named tuples its kernels use, and theirs."""
    reached, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _used_by(sys.modules[name])
    return reached


def _used_by(module: types.ModuleType) -> Iterator[str]:
    package = module.__name__.partition(".")[0]
    for value in vars(module).values():
        if isinstance(value, types.ModuleType):
            owner = value.__name__
        elif isinstance(value, Dispatcher | _Intrinsic) or (isinstance(value, type) and issubclass(value, tuple)):
            owner = value.__module__
        else:
            continue
        if owner.partition(".")[0] == package and owner in sys.modules:
            yield owner


def _read(path: Path) -> Any:
    """What was kept in a file; None if there is none, or it is not as it was written."""
    try:
        data = path.read_bytes()
        return pickle.loads(data[32:]) if hashlib.sha256(data[32:]).digest() == data[:32] else None  # noqa: S301
    except Exception:
        return None


def _write(path: Path, kept: object) -> bool:
    """Keep something in a file, whole or not at all; whether it could be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        data: bytes = serialize.dumps(kept)  # type: ignore[no-untyped-call]
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            try:
                file.write(hashlib.sha256(data).digest() + data)
                file.close()
                # Code that an administrator compiled ahead is there for every user to run.
                Path(file.name).chmod(0o644)
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError:
        return False
    return True


def _remove_unused(folder: Path) -> None:
    """Remove the code of sources that was last run :data:`UNUSED_DAYS` before the code that was run last."""
    try:
        used = {path: path.stat().st_mtime for path in folder.iterdir()}
    except OSError:
        return
    latest = max(used.values(), default=0.0)
    for path, at in used.items():
        if at < latest - UNUSED_DAYS * 86400.0:
            shutil.rmtree(path, ignore_errors=True)


@functools.cache
def _say_that_nothing_is_kept() -> None:
    """Once per run, as a warning of the logger ``porelight``: one line on stderr unless a program has other plans."""
    _log.warning(
        "porelight: compiled code cannot be kept in %s, so every run compiles again. Set %s to a folder to write in.",
        ascii(str(cache_folder()))[1:-1],
        FOLDER_VARIABLE,
    )

"""Many rows of a table as one test that names every row that fails."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Test = Callable[..., None]


def each_row(
    names: str | Sequence[str], rows: Iterable[object], ids: Callable[[Any], object] | Iterable[object] | None = None
) -> Callable[[Test], Test]:
    """Like ``pytest.mark.parametrize``, but one test: for rows that take microseconds, where a test apiece costs more.

    Fixtures are set up once for all rows. Decorators nest: the outer rows run over the inner ones.
    """
    keys = names.replace(" ", "").split(",") if isinstance(names, str) else list(names)
    given = list(rows)
    labels = list(map(ids, given)) if callable(ids) else given if ids is None else list(ids)

    def decorate(test: Test) -> Test:
        signature = inspect.signature(test)

        @functools.wraps(test)
        def together(**fixtures: object) -> None:
            failed = []
            for label, row in zip(labels, given, strict=True):
                values = row if len(keys) > 1 and isinstance(row, tuple | list) else (row,)
                try:
                    test(**fixtures, **dict(zip(keys, values, strict=True)))
                except Exception as problem:
                    failed.append(f"{label!r:.200}: {type(problem).__name__}: {problem}")
            assert given, "there are no rows"
            assert not failed, f"{len(failed)} of {len(given)} rows fail\n" + "\n".join(failed)

        left = [fixture for name, fixture in signature.parameters.items() if name not in keys]
        together.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        return together

    return decorate

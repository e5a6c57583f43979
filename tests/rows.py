"""Many rows of a table as one test that names every row that fails."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable

Test = Callable[..., None]


def each_row(names: str, rows: Iterable[object]) -> Callable[[Test], Test]:
    """Like ``pytest.mark.parametrize``, but one test: for rows that take microseconds, where a test apiece costs more.

    Fixtures are set up once for all rows. Decorators nest: the outer rows run over the inner ones.
    """
    keys = [name.strip() for name in names.split(",")]
    values = [row if len(keys) > 1 else (row,) for row in rows]

    def decorate(test: Test) -> Test:
        signature = inspect.signature(test)

        @functools.wraps(test)
        def together(**fixtures: object) -> None:
            failed = []
            for row in values:
                assert isinstance(row, tuple | list)
                try:
                    test(**fixtures, **dict(zip(keys, row, strict=True)))
                except Exception as problem:
                    shown = ", ".join(map(repr, row))
                    failed.append(f"{shown:.200}: {type(problem).__name__}: {problem}")
            assert values, "there are no rows"
            assert not failed, f"{len(failed)} of {len(values)} rows fail\n" + "\n".join(failed)

        left = [given for name, given in signature.parameters.items() if name not in keys]
        together.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        return together

    return decorate

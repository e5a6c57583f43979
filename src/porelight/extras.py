"""Libraries that only some commands need: which they are, and how to install them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from porelight.refusal import Refusal

EXTRAS: Final = {
    "atlas": ("xarray", "zarr"),
    "cluster": ("pyarrow", "dask", "distributed"),
    "fhir": ("fhir.resources",),
    "pdf": ("weasyprint",),
    "table": ("pandas",),
}
"""What each extra of the package brings, by the names that Python imports."""


def missing_from(extra: str) -> tuple[str, ...]:
    """The libraries of an extra that are not installed; none of them is imported for this."""
    return tuple(name for name in EXTRAS[extra] if not _is_installed(name))


def require(extra: str, purpose: str, *, where: str, only: tuple[str, ...] = ()) -> None:
    """Refuse before any work what an extra that is not installed would refuse after it.

    Args:
        extra: its name, as in ``pip install 'porelight[extra]'``.
        purpose: what needs it, as the subject of a sentence.
        where: the flag or file that asks for it.
        only: the libraries that are needed, where that is not all of them.

    Raises:
        Refusal: one of the libraries is not installed.
    """
    missing = [name for name in missing_from(extra) if not only or name in only]
    if missing:
        advice = f"Install it with: pip install 'porelight[{extra}]'"
        raise Refusal(f"{purpose} needs {' and '.join(missing)}, which is not installed", where=where, advice=advice)


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        # Of a.b, not even a is there.
        return False

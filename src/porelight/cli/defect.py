"""A defect of the program: what is written down of it, without anything that a person entered."""

from __future__ import annotations

import contextlib
import datetime as dt
import platform
import sys
import tempfile
import traceback
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

from porelight.cache import cache_folder
from porelight.refusal import harmless
from porelight.version import __version__

KEPT_REPORTS: Final = 20
"""Reports that are kept; older ones go."""

NAMED_LIBRARIES: Final = (
    *("numpy", "scipy", "numba", "llvmlite"),
    *("opencv-python-headless", "pillow", "matplotlib", "typer"),
)

DEFECT_ADVICE = "This is a defect of Porelight, not of your input."


def line(error: BaseException) -> str:
    """One line for the person it happened to; the details go into a file that it names."""
    frame = traceback.extract_tb(error.__traceback__)[-1:]
    at = f" in {_short(frame[0].filename)}, line {frame[0].lineno}" if frame else ""
    begun = f"something went wrong inside ({type(error).__name__}{at}). {DEFECT_ADVICE}"
    report = _keep(text(error))
    if report is None:
        return f"{begun} Run it again as porelight --debug to see where."
    return f"{begun} Send {harmless(str(report))}, which holds nothing personal, or run it again as porelight --debug."


def text(error: BaseException) -> str:
    """Versions, and kinds and places of the error and of those behind it: no message, no argument, no path given."""
    libraries = "".join(f"{name} {version}\n" for name, version in versions())
    return (
        f"porelight {__version__}\npython {platform.python_version()} on {platform.platform()}\n{libraries}\n"
        + "\n".join(_told(error))
        + "\n"
    )


def versions() -> Iterator[tuple[str, str]]:
    """The libraries that matter here, and which version of each is installed."""
    for name in NAMED_LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            yield name, metadata.version(name)


def _told(error: BaseException) -> Iterator[str]:
    behind = error.__cause__ or error.__context__
    if behind is not None:
        yield from _told(behind)
        yield ""
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {_short(frame.filename)}:{frame.lineno} {frame.name}"


def _short(filename: str) -> str:
    """A source file below the folder that Python found it in, which may lie in somebody's home."""
    path = Path(filename)
    for folder in sorted((Path(entry) for entry in sys.path if entry), key=lambda folder: -len(folder.parts)):
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return path.name


def _keep(report: str) -> Path | None:
    """Write a report into the cache, or else into the folder for temporary files; None where neither can be written."""
    name = f"defect-{dt.datetime.now():%Y%m%d-%H%M%S-%f}.txt"
    for folder in (cache_folder() / "defects", Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / name
            path.write_text(report, encoding="utf-8")
            if folder.name == "defects":
                for old in sorted(folder.glob("defect-*.txt"))[:-KEPT_REPORTS]:
                    old.unlink(missing_ok=True)
            return path
    return None

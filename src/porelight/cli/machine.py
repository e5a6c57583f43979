"""The commands for the machine: what it has, and compiling ahead."""

from __future__ import annotations

import contextlib
import ctypes.util
import os
import platform
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from porelight.cache import FOLDER_VARIABLE, cache_folder, is_writable
from porelight.cli.options import Json, print_json, progress_bar, say
from porelight.extras import EXTRAS, missing_from
from porelight.version import __version__

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome", "firefox", "msedge")
PDF_LIBRARIES: Final = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")
"""System libraries that WeasyPrint calls; without the last a PDF holds whole fonts."""

LIBRARIES: Final = (
    *("numpy", "scipy", "numba", "llvmlite", "opencv-python-headless", "pillow", "pi-heif", "matplotlib"),
    *("pydantic", "typer", "icalendar", "jinja2", "tzdata", "weasyprint", "pyarrow", "xarray", "zarr"),
)


def doctor(as_json: Json = False) -> None:
    """What this machine has: versions, threads, the folder for compiled code, fonts, browser, libraries, GPU."""
    found = machine_facts()
    if as_json:
        print_json(found)
        return
    for key, value in found.items():
        say(f"{key.replace('_', ' '):<12} {_in_words(value)}")


def machine_facts() -> dict[str, Any]:
    """What :func:`doctor` reports, as plain values."""
    folder = cache_folder()
    code = list((folder / "kernels").rglob("*.kernel")) if folder.is_dir() else []
    return {
        "porelight": __version__,
        "python": f"{platform.python_version()} ({platform.python_implementation()})",
        "system": platform.platform(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "extras": {name: not missing_from(name) for name in EXTRAS},
        "threads": {"processors": os.cpu_count(), "usable": _usable_processors()},
        "cache": {
            "folder": str(folder),
            "writable": is_writable(folder),
            "variable": FOLDER_VARIABLE,
            "kernels": len(code),
            "megabytes": round(sum(path.stat().st_size for path in code) / 1e6, 1),
        },
        "fonts": _fonts(),
        "browser": next(filter(None, map(shutil.which, BROWSERS)), None),
        "pdf": {name: ctypes.util.find_library(name) is not None for name in PDF_LIBRARIES},
        "gpu": _graphics_processors(),
    }


def _version(name: str) -> str | None:
    with contextlib.suppress(metadata.PackageNotFoundError):
        return metadata.version(name)
    return None


def _usable_processors() -> int | None:
    """Those that this process may run on, which in a container may be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _fonts() -> dict[str, Any]:
    """The font of the figures, and whether a PDF finds fonts of the system."""
    from matplotlib import font_manager

    figures = None
    with contextlib.suppress(ValueError):
        figures = Path(font_manager.findfont("DejaVu Sans", fallback_to_default=False)).name
    listing = shutil.which("fc-list")
    families = _output_of([listing, ":", "family"]) if listing else []
    return {"figures": figures, "system_families": len(set(families)) if listing else None}


def _graphics_processors() -> list[str]:
    """Those of NVIDIA. Nothing here computes on them; a worker of a study may yet be asked for by what it has."""
    tool = shutil.which("nvidia-smi")
    return _output_of([tool, "--query-gpu=name", "--format=csv,noheader"]) if tool else []


def _output_of(command: list[str]) -> list[str]:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)  # noqa: S603
        return [line.strip() for line in done.stdout.splitlines() if line.strip()]
    return []


def _in_words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{str(key).replace('_', ' ')} {_in_words(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if value is None:
        return "none"
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def warmup(as_json: Json = False) -> None:
    """Compile ahead what the other commands compile at their first call, and say how long it took."""
    folder = cache_folder()
    keeps, before = is_writable(folder), set(_kept(folder))
    started, seconds = time.monotonic(), {}
    with progress_bar(as_json) as progress:
        for index, (stage, work) in enumerate(_workloads()):
            if progress:
                progress(f"Compiling for {stage}", index / 3.0)
            began = time.monotonic()
            work()
            seconds[stage] = round(time.monotonic() - began, 1)
    compiled = len(set(_kept(folder)) - before)
    if as_json:
        print_json({"folder": str(folder), "kept": keeps, "kernels_compiled": compiled, "seconds": seconds})
        return
    took = time.monotonic() - started
    if not keeps:
        say(f"Nothing is kept: {folder} cannot be written. Set {FOLDER_VARIABLE} to a folder that can.")
    elif compiled:
        say(f"{compiled} kernels compiled in {took:.0f} s: {folder}")
    else:
        say(f"Every kernel is there already; it took {took:.0f} s to see: {folder}")


def _kept(folder: Path) -> Iterator[Path]:
    return (folder / "kernels").rglob("*.kernel")


def _workloads() -> Iterator[tuple[str, Callable[[], object]]]:
    """Small work that calls every kernel of a stage, with arguments of the kinds that commands call it with."""
    from porelight import verbs
    from porelight.photo.artificial import render
    from porelight.photo.decode import decode

    yield "photos", lambda: verbs.measure(decode(render.render_sample().jpeg, "sample"), um_per_px=60.0)
    yield "one column", lambda: verbs.simulate("co2", energy_mj=2.0, cooling="air", surface="wet")
    yield "a stamp", lambda: verbs.stamp_scenario(None, {"energy_mj": 2.0}, across=2)

"""Outputs appear whole or not at all: written beside their place, then swapped in."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from porelight.refusal import Refusal
from porelight.report.workshop import WHOLE, open_workshop, remove_abandoned, swap_into_place, write_durably

DELIVERED = frozenset(
    {
        *("report.html", "plan.json", "pores.csv", "overlay.png", "preview.png", "calendar.ics"),
        "bundle.fhir.json",
        *("census.json", "change.json", "change.png", "change.html", "pairs.csv"),
        *("numbers.json", "simulation.html", "section.svg", "section.png", "film.gif"),
    }
)
"""Every file name that a command delivers."""

IDENTIFYING = ("plan.json", "census.json", "change.json", "numbers.json")
"""One of these stands in every delivered folder, and says which version of Porelight wrote it."""

FIELDS = "fields.zarr"
ANOTHER = "Name a new folder, or empty this one"


def check_folder(out: Path) -> None:
    """Refuse early what :func:`deliver` would refuse late: before minutes of work, not after.

    Raises:
        Refusal: the place cannot be written, or holds something that is not an earlier output.
    """
    place = _resolve_place(out)
    with _refuse_errors(out):
        remove_abandoned(place)
        _check_place(place, out)


def _check_place(place: Path, out: Path) -> None:
    if place == Path(place.anchor):
        raise Refusal("this is the top of the file system", where=str(out), advice="Name a folder inside it")
    _check_parent(place)
    if place.is_dir():
        if place == Path.cwd() or place in Path.cwd().parents:
            raise Refusal("this is the folder you are in", where=str(out), advice="Name a folder inside it")
        if not (_is_empty(place) or is_earlier_output(place)):
            raise Refusal("the folder holds something else than an earlier result", where=str(out), advice=ANOTHER)
    elif place.exists():
        raise Refusal("there is a file of this name", where=str(out), advice="Name another folder")
    with open_workshop(_nearest_folder(place)):
        pass


def deliver_files(out: Path, files: Mapping[str, bytes]) -> None:
    """Make ``out`` a folder of exactly these files; an earlier output there is replaced whole.

    Args:
        out: the folder; missing folders above it are made.
        files: relative path, parts joined by ``/`` -> content.

    Raises:
        Refusal: the place cannot be written, or holds something that is not an earlier output. Nothing is changed.
    """
    check_folder(out)
    place = _resolve_place(out)
    with _refuse_errors(out), open_workshop(_nearest_folder(place)) as hidden:
        whole = hidden / WHOLE
        _write_files(whole, files)
        swap_into_place(whole, place)


def deliver_file(out: Path, data: bytes) -> None:
    """Write one file, whole or not at all; a file of that name is replaced.

    Raises:
        Refusal: the place cannot be written, or is a folder.
    """
    check_file(out)
    place = _resolve_place(out)
    with _refuse_errors(out), open_workshop(_nearest_folder(place)) as hidden:
        whole = hidden / WHOLE
        write_durably(whole, data)
        swap_into_place(whole, place)


def check_file(out: Path) -> None:
    """Refuse early what :func:`deliver_file` would refuse late.

    Raises:
        Refusal: the place cannot be written, or is a folder.
    """
    place = _resolve_place(out)
    with _refuse_errors(out):
        remove_abandoned(place)
        if place.is_dir():
            raise Refusal("this is a folder, not a file", where=str(out), advice="Name the file inside it")
        _check_parent(place)
        with open_workshop(_nearest_folder(place)):
            pass


def is_earlier_output(folder: Path) -> bool:
    """Whether a folder holds what one command delivers, and nothing else."""
    entries = list(folder.iterdir())
    if any(entry.is_symlink() for entry in entries):
        return False
    below = [entry for entry in entries if entry.is_dir() and entry.name != FIELDS]
    names = {entry.name for entry in entries if entry.is_file()}
    if len(names) + sum(entry.is_dir() for entry in entries) != len(entries) or not names <= DELIVERED:
        return False
    if below:
        return len(below) == len(entries) and all(is_earlier_output(entry) for entry in below)
    return any(_is_ours(folder / name) for name in IDENTIFYING if name in names)


def _is_ours(path: Path) -> bool:
    with contextlib.suppress(OSError, ValueError):
        told = json.loads(path.read_bytes())
        return isinstance(told, dict) and "version" in told and "sources" in told
    return False


def _is_empty(folder: Path) -> bool:
    return next(folder.iterdir(), None) is None


def _resolve_place(out: Path) -> Path:
    with _refuse_errors(out):
        return out.expanduser().resolve()


def _check_parent(place: Path) -> None:
    ground = _nearest_folder(place)
    if not ground.is_dir():
        raise Refusal("this is a file, not a folder", where=str(ground), advice="Name a place inside a folder")


def _nearest_folder(place: Path) -> Path:
    """The nearest folder above that is there; those in between are made once everything is written."""
    return next(parent for parent in place.parents if parent.exists())


@contextlib.contextmanager
def _refuse_errors(out: Path) -> Iterator[None]:
    """An error of the file system, as one line."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "the place cannot be written").lower()
        raise Refusal(reason, where=str(out), advice="Choose a place you may write to, with room for it") from None


def _write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for name, data in files.items():
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts:
            raise ValueError(f"{name!r} would lie outside the delivered folder")
        path = folder / parts
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, data)

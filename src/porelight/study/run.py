"""A folder of photos measured as one study: in parallel, resumable, two Parquet files out.

Photos are measured in small parts. Each part is written beside the result as soon as it is done, whole or not at all,
so that a run that was stopped goes on where it was. At the end the parts become two files, in the order of the paths:
the same bytes for any number of workers and any number of interruptions. A photo that cannot be measured has a row
that says why; it never stops the run.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from porelight import extras
from porelight.fields import Progress
from porelight.refusal import Refusal
from porelight.study import tables
from porelight.study.files import Files, read, told_by
from porelight.version import __version__

if TYPE_CHECKING:
    import pyarrow as pa

    from porelight.photo.indices.grade import Cohort

PHOTOS: Final = (".jpg", ".jpeg", ".jpe", ".png", ".tif", ".tiff", ".webp", ".heic", ".heif", ".avif", ".mpo")
"""Ends of the names that are taken for photos; whatever else lies in the folder is left alone."""
PART: Final = 8
"""Photos per part: what an interruption may cost each worker."""
AHEAD: Final = 2
"""Parts in the hands of each worker, so that it never waits and memory stays bounded."""
WORKER_MEMORY: Final = "2GiB"
"""Of one worker on this machine; one that needs more is started again."""
WORKER_ENVIRON: Final = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1)
"""What a worker is started with. Dask's own also trims freed memory at once, which makes measuring 1.7 times slower."""
CONNECT: Final = "10s"
"""How long a scheduler may take to answer."""


@dataclasses.dataclass(frozen=True, slots=True)
class Study:
    """What a run did."""

    photos_file: Path
    pores_file: Path
    photo_count: int
    refused_count: int
    reused_count: int
    """Photos that an earlier run had measured."""


@dataclasses.dataclass(frozen=True, slots=True)
class Settings:
    """What every photo of a study is measured with."""

    um_per_px: float | None = None

    @property
    def digest(self) -> str:
        """Tells results of other settings, versions and columns apart."""
        told = [__version__, self.um_per_px, tables.photo_columns(), tables.pore_schema().names]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def measure_folder(
    folder: Path | str,
    out: Path | str,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    um_per_px: float | None = None,
    progress: Progress | None = None,
) -> Study:
    """Measure every photo in a folder and below it.

    Args:
        folder: where the photos are. Hidden files and folders are left alone.
        out: the table of photos, ``.parquet``; the table of pores goes beside it, as ``.pores.parquet``.
        workers: processes on this machine; one measures here, without Dask.
        scheduler: address of a Dask scheduler to use instead; its workers must see ``folder`` under the same path.
        um_per_px: scale of all photos, where it is known and none carries a card.
        progress: called with what was done last and the share done, 0 to 1.

    Raises:
        Refusal: no folder, no photo in it, a place that cannot be written, an impossible scale, a missing library.
    """
    from porelight.photo.measure import check_typed

    folder, out, settings = Path(folder), Path(out).expanduser().absolute(), Settings(um_per_px)
    check_typed(um_per_px)
    if workers < 1:
        raise Refusal(f"{workers} workers cannot measure anything", where="workers", advice="Give 1 or more")
    if workers > 1 or scheduler is not None:
        extras.require("cluster", "measuring with several workers", where="workers")
    names = photos_in(folder)
    files = Files(out, settings.digest)
    files.check()
    with _refusing(out), files.held():
        done = files.done(folder, names)
        missing = [name for name in names if name not in done]
        parts = [missing[start : start + PART] for start in range(0, len(missing), PART)]
        counted = len(done)
        for part, packed in _measured(folder, parts, settings, workers, scheduler):
            done |= dict.fromkeys(part, files.keep(part, packed))
            counted += len(part)
            if progress:
                progress(f"{counted} of {len(names)} photos", counted / len(names))
        refused = files.join(names, done)
    return Study(files.photos, files.pores, len(names), refused, len(names) - len(missing))


def photos_in(folder: Path) -> list[str]:
    """Paths of the photos below a folder, relative to it, with forward slashes, sorted.

    Raises:
        Refusal: it is no folder, cannot be listed, or holds no photo.
    """
    if not folder.is_dir():
        raise Refusal("this is no folder", where=str(folder), advice="Name a folder of photos")
    with _refusing(folder):
        found = [
            path.relative_to(folder)
            for path in folder.rglob("*")
            if path.suffix.lower() in PHOTOS and path.is_file() and not path.is_symlink()
        ]
    names = sorted(name.as_posix() for name in found if not any(part.startswith(".") for part in name.parts))
    if not names:
        raise Refusal("there is no photo in this folder", where=str(folder), advice=f"Looked for {', '.join(PHOTOS)}")
    return names


@contextlib.contextmanager
def _refusing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "the place cannot be used").lower()
        raise Refusal(reason, where=str(place), advice="Check the path, its permissions and the room left") from None


def _measured(
    folder: Path, parts: list[list[str]], settings: Settings, workers: int, scheduler: str | None
) -> Iterator[tuple[list[str], tables.Packed]]:
    """Each part when it is done."""
    if not parts:
        return
    if workers == 1 and scheduler is None:
        for part in parts:
            yield part, measure_part(str(folder), part, settings)
        return
    with _client(workers, scheduler) as client:
        yield from _spread(client, folder, parts, settings)


@contextlib.contextmanager
def _client(workers: int, scheduler: str | None) -> Iterator[Any]:
    """A connection to the workers.

    Raises:
        Refusal: no scheduler answers.
    """
    import dask.config
    from distributed import Client, LocalCluster

    if scheduler is not None:
        try:
            client = Client(scheduler, timeout=CONNECT)
        except (OSError, TimeoutError, ValueError):
            advice = "Check the address, such as tcp://host:8786"
            raise Refusal("no scheduler answers there", where=scheduler, advice=advice) from None
        with client:
            yield client
        return
    options = {"threads_per_worker": 1, "memory_limit": WORKER_MEMORY, "dashboard_address": None}
    quiet = {
        "distributed.scheduler.allowed-failures": 0,
        "distributed.nanny.pre-spawn-environ": WORKER_ENVIRON,
        "distributed.worker.profile.enabled": False,
    }
    with (
        dask.config.set(quiet),
        LocalCluster(n_workers=workers, silence_logs=logging.CRITICAL, **options) as cluster,
        Client(cluster) as client,
    ):
        yield client


def _spread(
    client: Any, folder: Path, parts: list[list[str]], settings: Settings
) -> Iterator[tuple[list[str], tables.Packed]]:
    """Parts given to the workers, a few ahead.

    Parts that were with a worker when it died are measured photo by photo at the end, one at a time, so that only the
    photo that kills is blamed.
    """
    from distributed import as_completed

    def given(names: list[str]) -> Any:
        return client.submit(measure_part, str(folder), names, settings, pure=False)

    waiting = iter(parts)
    ahead = AHEAD * max(1, len(client.scheduler_info()["workers"]))
    held = {given(part): part for part in itertools.islice(waiting, ahead)}
    running, suspects = as_completed(list(held)), []
    for future in running:
        part = held.pop(future)
        if future.status == "finished":
            yield part, future.result()
        else:
            suspects += part
        for following in itertools.islice(waiting, 1):
            future = given(following)
            held[future] = following
            running.add(future)
    for name in suspects:
        future = given([name])
        died = future.exception() is not None
        yield [name], refused_part([name], "measuring this photo took the program down") if died else future.result()


def measure_part(folder: str, names: list[str], settings: Settings) -> tables.Packed:
    """Some photos, measured one after the other: their rows and their pores."""
    import cv2

    cv2.setNumThreads(1)
    rows, pores = [], [tables.pore_schema().empty_table()]
    for name in names:
        row, found = measure_one(Path(folder), name, settings)
        rows.append(row)
        pores += [found] if found is not None else []
    return tables.packed(tables.photo_table(rows)), tables.packed(tables.arrow().concat_tables(pores))


def measure_one(folder: Path, name: str, settings: Settings) -> tuple[tables.Row, pa.Table | None]:
    """One photo: its row, and its pores where it could be measured. Whatever goes wrong becomes a row."""
    from porelight import inputs, photo, verbs

    digest, size = None, None
    try:
        data = inputs.read_bytes(folder / name)
        digest, size = hashlib.sha256(data).hexdigest(), len(data)
        census = verbs.measure(photo.decode(data, name), um_per_px=settings.um_per_px)
        return tables.photo_row(name, digest, size, census), tables.pore_table(name, census)
    except Refusal as refusal:
        said = str(refusal).removeprefix(f"{folder / name}: ").removeprefix(f"{name}: ")
        return tables.refused_row(name, digest, size, said, __version__), None
    except Exception as error:
        said = f"it could not be measured ({type(error).__name__})"
        return tables.refused_row(name, digest, size, said, __version__), None


def refused_part(names: list[str], error: str) -> tables.Packed:
    """Rows for photos that no worker came back from."""
    rows = [tables.refused_row(name, None, None, error, __version__) for name in names]
    return tables.packed(tables.photo_table(rows)), tables.packed(tables.pore_schema().empty_table())


def cohort(photos_file: Path | str, quantity: str, *, people: str, device: str, region: str = "close-up") -> Cohort:
    """The photos of a finished study as people to stand among: those that passed the gate, one value each.

    Args:
        photos_file: the table of photos; one photo per person, all of one region.
        quantity: ``area_fraction``, ``density_per_cm2`` or ``median_diameter_um``.
        people: who they are, in words.
        device: what took the photos, and how.
        region: what every photo shows.

    Raises:
        Refusal: the file is no study.
    """
    from porelight.photo.indices.grade import QUANTITIES, Cohort

    known = next((name for name in QUANTITIES if name == quantity), None)
    if known is None:
        advice = f"Give one of {', '.join(QUANTITIES)}"
        raise Refusal(f"{quantity!r} is nothing that people are ranked by", where="quantity", advice=advice)
    path = Path(photos_file)
    if told_by(path) is None:
        raise Refusal("this file is no study", where=str(path), advice="Name the .parquet that measure wrote")
    rows = read(path, ["level", quantity]).to_pylist()
    values = tuple(row[quantity] for row in rows if row["level"] != "refuse" and row[quantity] is not None)
    return Cohort(people, known, region, device, values)

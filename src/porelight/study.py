"""A folder of photos measured as one study: in parallel, resumable, two Parquet files out.

Photos are measured in small parts. Each part is written beside the result as soon as it is done, whole or not at all,
so that a run that was stopped goes on where it was. At the end the parts become two files, in the order of the paths:
the same bytes for any number of workers and any number of interruptions. A photo that cannot be measured has a row
that says why; it never stops the run.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import itertools
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from porelight.refusal import Refusal
from porelight.report import study_tables as tables
from porelight.version import __version__

if TYPE_CHECKING:
    import pyarrow as pa

PHOTOS: Final = (".jpg", ".jpeg", ".jpe", ".png", ".tif", ".tiff", ".webp", ".heic", ".heif", ".avif", ".mpo")
"""Ends of the names that are taken for photos; whatever else lies in the folder is left alone."""
PART: Final = 8
"""Photos per part: what an interruption may cost each worker."""
AHEAD: Final = 2
"""Parts in the hands of each worker, so that it never waits and memory stays bounded."""
ROWS: Final = 100_000
"""Pores per row group of the result."""
WORKER_MEMORY: Final = "2GiB"
"""Of one worker on this machine; one that needs more is started again."""
CONNECT: Final = "10s"
"""How long a scheduler may take to answer."""

Progress = Callable[[str, float], None]
Packed = tuple[bytes, bytes]
"""One part as the bytes of its table of photos and of its table of pores."""


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
        raise Refusal(f"{workers} workers cannot measure anything", where="--workers", advice="Give 1 or more")
    names = photos_in(folder)
    files = _Files(out, settings)
    files.check()
    with _refusing(out):
        files.workshop.mkdir(parents=True, exist_ok=True)
        done = files.done(folder, names)
        todo = [name for name in names if name not in done]
        parts = [todo[start : start + PART] for start in range(0, len(todo), PART)]
        counted = len(done)
        for part, packed in _measured(folder, parts, settings, workers, scheduler):
            done |= dict.fromkeys(part, files.keep(part, packed))
            counted += len(part)
            if progress:
                progress(f"{counted} of {len(names)} photos", counted / len(names))
        refused = files.join(names, done)
    return Study(files.photos, files.pores, len(names), refused, len(names) - len(todo))


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
) -> Iterator[tuple[list[str], Packed]]:
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
        Refusal: Dask is not installed, or no scheduler answers.
    """
    try:
        import dask.config
        from distributed import Client, LocalCluster
    except ImportError:
        what = "several workers need Dask, and it is not installed"
        raise Refusal(what, where="--workers", advice="Use one worker, or: pip install 'porelight[cluster]'") from None
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
    quiet = {"distributed.scheduler.allowed-failures": 0}
    with (
        dask.config.set(quiet),
        LocalCluster(n_workers=workers, silence_logs=logging.CRITICAL, **options) as cluster,
        Client(cluster) as client,
    ):
        yield client


def _spread(
    client: Any, folder: Path, parts: list[list[str]], settings: Settings
) -> Iterator[tuple[list[str], Packed]]:
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


def measure_part(folder: str, names: list[str], settings: Settings) -> Packed:
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
    from porelight import photo, verbs

    digest, size = None, None
    try:
        data = verbs.read_bytes(folder / name)
        digest, size = hashlib.sha256(data).hexdigest(), len(data)
        census = verbs.measure(photo.decode(data, name), um_per_px=settings.um_per_px)
        return tables.photo_row(name, digest, size, census), tables.pore_table(name, census)
    except Refusal as refusal:
        said = str(refusal).removeprefix(f"{folder / name}: ").removeprefix(f"{name}: ")
        return tables.refused_row(name, digest, size, said, __version__), None
    except Exception as error:
        said = f"it could not be measured ({type(error).__name__})"
        return tables.refused_row(name, digest, size, said, __version__), None


def refused_part(names: list[str], error: str) -> Packed:
    """Rows for photos that no worker came back from."""
    rows = [tables.refused_row(name, None, None, error, __version__) for name in names]
    return tables.packed(tables.photo_table(rows)), tables.packed(tables.pore_schema().empty_table())


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """A table of photos and its table of pores: a part, or a finished study."""

    photos: Path
    pores: Path


@dataclasses.dataclass(frozen=True, slots=True)
class _Files:
    """The files of a study: the two results, and the parts on the way to them."""

    photos: Path
    settings: Settings

    @property
    def pores(self) -> Path:
        return self.photos.with_name(f"{self.photos.stem}.pores.parquet")

    @property
    def workshop(self) -> Path:
        """Where the parts lie; a folder inside it for each kind of settings."""
        return self.photos.with_name(f".{self.photos.name}.parts") / self.settings.digest

    def check(self) -> None:
        """Refuse before the work what would be refused after it."""
        if self.photos.suffix != ".parquet":
            advice = "End its name in .parquet"
            raise Refusal("the result of a folder is a Parquet file", where=str(self.photos), advice=advice)
        for path in (self.photos, self.pores):
            if path.exists() and _told(path) is None:
                raise Refusal("a file that is no study has this name", where=str(path), advice="Name another file")

    def keep(self, names: list[str], packed: Packed) -> _Place:
        """Write one part; its table of photos last, which makes it count."""
        stem = hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
        place = _Place(*(self.workshop / f"{stem}.{end}.parquet" for end in ("photos", "pores")))
        for data, path in ((packed[1], place.pores), (packed[0], place.photos)):
            written = path.with_suffix(f".{os.getpid()}")
            written.write_bytes(data)
            written.replace(path)
        return place

    def done(self, folder: Path, names: list[str]) -> dict[str, _Place]:
        """Photos whose result still holds: the file of that path has the content that was measured."""
        wanted, found = set(names), {}
        for place in self._places():
            for row in _read(place.photos, ["path", "sha256"]).to_pylist():
                name, digest = row["path"], row["sha256"]
                if name in wanted and digest is not None and digest == _digest(folder / name):
                    found[name] = place
        return found

    def _places(self) -> Iterator[_Place]:
        if _told(self.photos) == self.settings.digest == _told(self.pores):
            yield _Place(self.photos, self.pores)
        for photos in sorted(self.workshop.glob("*.photos.parquet")):
            yield _Place(photos, photos.with_name(photos.name.replace(".photos.", ".pores.")))

    def join(self, names: list[str], done: dict[str, _Place]) -> int:
        """Make the two results of all parts, in the order of the names, and tell how many photos were refused."""
        told = {"porelight": __version__, "study": self.settings.digest}
        pores, photos = (path.with_name(f".{path.name}.{os.getpid()}") for path in (self.pores, self.photos))
        try:
            rows = [_rows(done[name].photos)[name] for name in names]
            with _writer(pores, told) as write:
                for name in names:
                    for table in _pores(done[name].pores, name):
                        write(table)
            photos.write_bytes(tables.packed(tables.photo_table(rows), told))
            pores.replace(self.pores)
            photos.replace(self.photos)
        finally:
            pores.unlink(missing_ok=True)
            photos.unlink(missing_ok=True)
            for cache in (_rows, _runs, _row_group):
                cache.cache_clear()
        shutil.rmtree(self.workshop.parent, ignore_errors=True)
        return sum(row["error"] is not None for row in rows)


@functools.cache
def _rows(path: Path) -> dict[str, tables.Row]:
    """Every row of a table of photos, by path."""
    return {row["path"]: row for row in _read(path).to_pylist()}


def _pores(path: Path, name: str) -> Iterator[Any]:
    """The pores of one photo, in pieces; only the row groups that hold them are read."""
    for group, start, length in _runs(path).get(name, ()):
        yield _row_group(path, group).slice(start, length)


@functools.cache
def _runs(path: Path) -> dict[str, list[tuple[int, int, int]]]:
    """Row group, start and length of the pores of each photo: they stand together."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    found: dict[str, list[tuple[int, int, int]]] = {}
    file = pq.ParquetFile(path)
    for group in range(file.num_row_groups):
        runs = pc.run_end_encode(file.read_row_group(group, columns=["path"])["path"].combine_chunks())
        start = 0
        for name, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            found.setdefault(name, []).append((group, start, end - start))
            start = end
    return found


@functools.lru_cache(maxsize=8)
def _row_group(path: Path, group: int) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetFile(path).read_row_group(group)


@contextlib.contextmanager
def _writer(path: Path, told: dict[str, str]) -> Iterator[Callable[[Any], None]]:
    """Writes tables into row groups of :data:`ROWS`, whatever the sizes they come in."""
    import pyarrow.parquet as pq

    schema = tables.pore_schema().with_metadata(told)
    held = [schema.empty_table()]
    with pq.ParquetWriter(path, schema, compression="zstd") as file:

        def flush(least: int) -> None:
            whole = tables.arrow().concat_tables(held).combine_chunks()
            while whole.num_rows >= least and whole.num_rows:
                file.write_table(whole.slice(0, ROWS).replace_schema_metadata(told))
                whole = whole.slice(ROWS)
            held[:] = [whole]

        def write(table: Any) -> None:
            held.append(table.replace_schema_metadata(told))
            if sum(part.num_rows for part in held) >= ROWS:
                flush(ROWS)

        yield write
        flush(1)


def _read(path: Path, columns: list[str] | None = None) -> Any:
    tables.arrow()
    import pyarrow.parquet as pq

    return pq.ParquetFile(path).read(columns=columns)


def _told(path: Path) -> str | None:
    """The digest of the settings that a finished study was made with; None for any other file."""
    tables.arrow()
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        return None
    try:
        metadata = pq.read_schema(path).metadata or {}
    except (pa.ArrowException, OSError, ValueError):
        return None
    return metadata.get(b"study", b"").decode() or None


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None

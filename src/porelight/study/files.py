"""The files of a study: parts beside the result, whole or not at all, and how they become the two tables."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from porelight.refusal import Refusal
from porelight.report.workshop import Busy, hold_folder, hold_signals, wait_for_disk, write_durably
from porelight.study import tables
from porelight.version import __version__

BEGUN: Final = ".begun"
"""End of the name of a file that is being written."""

ROWS_PER_GROUP: Final = 100_000
"""Pores per row group of the result."""


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A table of photos and its table of pores: a part, or a finished study."""

    photos: Path
    pores: Path


@dataclasses.dataclass(frozen=True, slots=True)
class Files:
    """The files of a study: the two results, and the parts on the way to them."""

    photos: Path
    digest: str
    """Of the settings that every photo is measured with."""

    @property
    def pores(self) -> Path:
        return self.photos.with_name(f"{self.photos.stem}.pores.parquet")

    @property
    def workshop(self) -> Path:
        """Where the parts lie; a folder inside it for each kind of settings."""
        return self.photos.with_name(f".{self.photos.name}.parts") / self.digest

    def check(self) -> None:
        """Refuse before the work what would be refused after it."""
        if self.photos.suffix != ".parquet":
            advice = "End its name in .parquet"
            raise Refusal("the result of a folder is a Parquet file", where=str(self.photos), advice=advice)
        for path in (self.photos, self.pores):
            if path.exists() and told_by(path) is None:
                raise Refusal("a file that is no study has this name", where=str(path), advice="Name another file")

    def keep(self, names: list[str], packed: tables.Packed) -> Place:
        """Write one part; its table of photos last, which makes it count."""
        stem = hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
        place = Place(*(self.workshop / f"{stem}.{end}.parquet" for end in ("photos", "pores")))
        for data, path in ((packed[1], place.pores), (packed[0], place.photos)):
            written = path.with_suffix(BEGUN)
            write_durably(written, data)
            written.replace(path)
        return place

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the place of the parts, so that one run at a time works on a study.

        Raises:
            Refusal: another run is working on it.
        """
        try:
            with hold_folder(self.workshop.parent):
                self.workshop.mkdir(exist_ok=True)
                for begun in self.workshop.glob(f"*{BEGUN}"):
                    begun.unlink()
                yield
        except Busy:
            advice = "Wait until it ends, or name another file"
            raise Refusal("another run is working on this study", where=str(self.photos), advice=advice) from None

    def done(self, folder: Path, names: list[str]) -> dict[str, Place]:
        """Photos whose result still holds: the file of that path has the content that was measured."""
        wanted, found = set(names), {}
        for place in self._places():
            for row in read(place.photos, ["path", "sha256"]).to_pylist():
                name, digest = row["path"], row["sha256"]
                if name in wanted and digest is not None and digest == digest_of(folder / name):
                    found[name] = place
        return found

    def _places(self) -> Iterator[Place]:
        finished = Place(self.photos, self.pores)
        if told_by(self.photos) == self.digest == told_by(self.pores) and is_whole(finished):
            yield finished
        for photos in sorted(self.workshop.glob("*.photos.parquet")):
            part = Place(photos, photos.with_name(photos.name.replace(".photos.", ".pores.")))
            if is_whole(part):
                yield part
            else:
                # Its photos are measured again; a traceback at every further run, before.
                photos.unlink()

    def join(self, names: list[str], done: dict[str, Place]) -> int:
        """Make the two results of all parts, in the order of the names, and tell how many photos were refused."""
        told = {"porelight": __version__, "study": self.digest}
        pores, photos = (self.workshop / f"{path.name}{BEGUN}" for path in (self.pores, self.photos))
        try:
            rows = [_rows(done[name].photos)[name] for name in names]
            with writer(pores, told) as write:
                for name in names:
                    for table in _pores(done[name].pores, name):
                        write(table)
            wait_for_disk(pores)
            write_durably(photos, tables.packed(tables.photo_table(rows), told))
            with hold_signals():
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
    return {row["path"]: row for row in read(path).to_pylist()}


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
def writer(path: Path, told: dict[str, str]) -> Iterator[Callable[[Any], None]]:
    """Writes tables into row groups of :data:`ROWS`, whatever the sizes they come in."""
    import pyarrow.parquet as pq

    schema = tables.pore_schema().with_metadata(told)
    held = [schema.empty_table()]
    with pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True) as file:

        def flush(least: int) -> None:
            whole = tables.arrow().concat_tables(held).combine_chunks()
            while whole.num_rows >= least and whole.num_rows:
                file.write_table(whole.slice(0, ROWS_PER_GROUP).replace_schema_metadata(told))
                whole = whole.slice(ROWS_PER_GROUP)
            held[:] = [whole]

        def write(table: Any) -> None:
            held.append(table.replace_schema_metadata(told))
            if sum(part.num_rows for part in held) >= ROWS_PER_GROUP:
                flush(ROWS_PER_GROUP)

        yield write
        flush(1)


def read(path: Path, columns: list[str] | None = None) -> Any:
    tables.arrow()
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        return file.read(columns=columns)


def is_whole(place: Place) -> bool:
    """Whether both tables are as they were written: everything in them is read, and its checksums are compared."""
    import pyarrow as pa

    try:
        for path in (place.photos, place.pores):
            read(path)
    except (pa.ArrowException, OSError, ValueError):
        return False
    return True


def told_by(path: Path) -> str | None:
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


def digest_of(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None

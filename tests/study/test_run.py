"""A folder of photos as one study: every photo has a row, whatever happens, and a stopped run goes on."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from porelight.photo.artificial.render import render_skin
from porelight.refusal import Refusal
from porelight.study import files, run, tables
from porelight.study.run import measure_folder, photos_in


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small photos of rendered skin in two folders, and what a folder of photos also holds."""
    folder = tmp_path_factory.mktemp("photos")
    (folder / "left").mkdir()
    (folder / ".thumbnails").mkdir()
    whole = [render_skin(seed, size=(240, 320), um_per_px=40.0).jpeg for seed in range(6)]
    for number, data in enumerate(whole):
        (folder / ("left" if number % 2 else ".") / f"photo {number}.jpg").write_bytes(data)
    (folder / "half.jpg").write_bytes(whole[0][: len(whole[0]) // 2])
    (folder / "words.PNG").write_text("no picture\nat all")
    (folder / "notes.txt").write_text("left alone")
    (folder / ".thumbnails" / "small.jpg").write_bytes(whole[1])
    grey = io.BytesIO()
    Image.fromarray(np.full((240, 320, 3), 128, np.uint8)).save(grey, "PNG")
    (folder / "wall.png").write_bytes(grey.getvalue())
    return folder


def read(path: Path) -> pa.Table:
    return pq.read_table(path)


def test_every_photo_has_one_row_in_the_order_of_the_paths(photos: Path, tmp_path: Path) -> None:
    told: list[float] = []
    done = measure_folder(photos, tmp_path / "s.parquet", um_per_px=40.0, progress=lambda _, share: told.append(share))
    rows = read(done.photos_file).to_pylist()
    paths = [row["path"] for row in rows]
    assert paths == sorted(paths)
    assert set(paths) == set(photos_in(photos))
    assert (done.photo_count, done.refused_count, done.reused_count) == (9, 3, 0)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_photo_that_cannot_be_measured_has_a_line_that_says_why(photos: Path, tmp_path: Path) -> None:
    done = measure_folder(photos, tmp_path / "s.parquet")
    errors = {row["path"]: row["error"] for row in read(done.photos_file).to_pylist()}
    assert "damaged or cut off" in errors["half.jpg"]
    assert "not a picture" in errors["words.PNG"]
    assert "no skin" in errors["wall.png"]
    assert errors["photo 0.jpg"] is None
    assert all("\n" not in said and str(photos) not in said for said in errors.values() if said)


def test_pores_stand_under_the_path_of_their_photo(photos: Path, tmp_path: Path) -> None:
    done = measure_folder(photos, tmp_path / "s.parquet", um_per_px=40.0)
    counted = {row["path"]: row["pore_count"] for row in read(done.photos_file).to_pylist() if row["pore_count"]}
    pores = read(done.pores_file).to_pylist()
    assert {path: sum(row["path"] == path for row in pores) for path in counted} == counted
    assert len(pores) == sum(counted.values())
    assert all(abs(row["diameter_um"] - 40.0 * row["diameter_px"]) < 1e-6 for row in pores)


def test_indices_stand_beside_their_intervals(photos: Path, tmp_path: Path) -> None:
    rows = read(measure_folder(photos, tmp_path / "s.parquet").photos_file).to_pylist()
    told = [row for row in rows if row["texture"] is not None]
    assert told
    assert all(row["texture_low"] <= row["texture"] <= row["texture_high"] for row in told)
    assert all(row["redness_level"] is None for row in rows)


class Stopped(Exception):
    """Stands for whatever ends a run."""


def test_a_stopped_run_goes_on_and_ends_in_the_same_bytes(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PART", 2)
    whole = measure_folder(photos, tmp_path / "whole.parquet")

    with pytest.raises(Stopped):
        measure_folder(photos, tmp_path / "s.parquet", progress=stop)
    assert not (tmp_path / "s.parquet").exists()
    done = measure_folder(photos, tmp_path / "s.parquet")
    # What failed is tried again too: it may have been copied once more.
    assert done.reused_count >= 4
    assert done.photos_file.read_bytes() == whole.photos_file.read_bytes()
    assert done.pores_file.read_bytes() == whole.pores_file.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def stop(_: str, share: float) -> None:
    if share > 0.5:
        raise Stopped


@pytest.fixture(scope="module")
def whole(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> run.Study:
    return measure_folder(photos, tmp_path_factory.mktemp("whole") / "s.parquet", um_per_px=40.0)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "garbage": lambda data: os.urandom(len(data)),
    "one bit": lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:],
}


@pytest.mark.parametrize("table", ["photos", "pores"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_part_is_measured_again(
    photos: Path, tmp_path: Path, damage: Callable[[bytes], bytes], table: str, whole: run.Study
) -> None:
    # Was a traceback at every further run, until the hidden folder was deleted by hand.
    with pytest.raises(Stopped):
        measure_folder(photos, tmp_path / "s.parquet", um_per_px=40.0, progress=stop)
    (part,) = tmp_path.rglob(f"*.{table}.parquet")
    part.write_bytes(damage(part.read_bytes()))
    again = measure_folder(photos, tmp_path / "s.parquet", um_per_px=40.0)
    assert again.reused_count == 0
    assert again.photos_file.read_bytes() == whole.photos_file.read_bytes()
    assert again.pores_file.read_bytes() == whole.pores_file.read_bytes()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_second_run_into_one_file_is_told_at_once(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It used to be refused after all its work.
    def meanwhile(*_: object) -> None:
        monkeypatch.setattr(run, "measure_part", None)
        with pytest.raises(Refusal, match="another run is working on this study"):
            measure_folder(photos, tmp_path / "s.parquet")
        raise Stopped

    with pytest.raises(Stopped):
        measure_folder(photos, tmp_path / "s.parquet", progress=meanwhile)


def test_what_a_killed_run_had_begun_is_removed(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        measure_folder(photos, tmp_path / "s.parquet", progress=stop)
    (part,) = tmp_path.rglob("*.photos.parquet")
    begun = part.with_suffix(files.BEGUN)
    begun.write_bytes(b"half")
    with pytest.raises(Stopped):
        measure_folder(photos, tmp_path / "s.parquet", progress=stop)
    assert part.exists()
    assert not begun.exists()


def test_a_finished_study_takes_up_new_and_changed_photos_only(photos: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "photos", tmp_path / "s.parquet"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.jpg").write_bytes((photos / f"photo {2 * number}.jpg").read_bytes())
    first = measure_folder(folder, out)
    before = {row["path"]: row["sha256"] for row in read(out).to_pylist()}
    assert measure_folder(folder, out).reused_count == 3
    (folder / "0a.jpg").write_bytes((photos / "left" / "photo 1.jpg").read_bytes())
    (folder / "2.jpg").write_bytes((photos / "left" / "photo 3.jpg").read_bytes())
    again = measure_folder(folder, out)
    after = {row["path"]: row["sha256"] for row in read(out).to_pylist()}
    assert (first.photo_count, again.photo_count, again.reused_count) == (3, 4, 2)
    assert after["1.jpg"] == before["1.jpg"]
    assert after["2.jpg"] != before["2.jpg"]
    fresh = measure_folder(folder, tmp_path / "fresh.parquet")
    assert again.photos_file.read_bytes() == fresh.photos_file.read_bytes()
    assert again.pores_file.read_bytes() == fresh.pores_file.read_bytes()


def test_results_of_another_scale_are_not_taken_over(photos: Path, tmp_path: Path) -> None:
    measure_folder(photos, tmp_path / "s.parquet", um_per_px=40.0)
    assert measure_folder(photos, tmp_path / "s.parquet", um_per_px=41.0).reused_count == 0


def test_an_error_of_the_program_is_a_row_too(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by a bug")

    monkeypatch.setattr("porelight.verbs.measure", broken)
    done = measure_folder(photos, tmp_path / "s.parquet")
    assert done.refused_count == done.photo_count
    assert read(done.pores_file).num_rows == 0
    assert any("ZeroDivisionError" in row["error"] for row in read(done.photos_file).to_pylist())


def test_row_groups_are_full_whatever_the_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ROWS_PER_GROUP", 100)
    schema = tables.pore_schema()
    with files.writer(tmp_path / "p.parquet", {"study": "x"}) as write:
        for count in (30, 0, 250, 90):
            write(pa.Table.from_pylist([{"path": "a"}] * count, schema=schema))
    file = pq.ParquetFile(tmp_path / "p.parquet")
    assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [100, 100, 100, 70]


@pytest.mark.parametrize(
    ("folder", "out", "options", "words"),
    [
        ("missing", "s.parquet", {}, "no folder"),
        (".", "s.csv", {}, "Parquet"),
        (".", "taken.parquet", {}, "no study"),
        (".", "s.parquet", {"workers": 0}, "0 workers"),
        (".", "s.parquet", {"um_per_px": -3.0}, "not possible"),
    ],
)
def test_what_cannot_be_done_is_refused_before_the_work(
    photos: Path, tmp_path: Path, folder: str, out: str, options: dict[str, object], words: str
) -> None:
    (tmp_path / "taken.parquet").write_text("somebody's")
    with pytest.raises(Refusal, match=words):
        measure_folder(photos / folder, tmp_path / out, **options)  # type: ignore[arg-type]
    assert (tmp_path / "taken.parquet").read_text() == "somebody's"


def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no photo"):
        measure_folder(tmp_path, tmp_path / "s.parquet")


RUN = "import sys; from porelight.study.run import measure_folder; measure_folder(sys.argv[1], sys.argv[2])"


@pytest.mark.slow
def test_a_killed_run_goes_on(photos: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "photos", tmp_path / "s.parquet"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.jpg").write_bytes((photos / f"photo {2 * (number % 3)}.jpg").read_bytes())
    parts = tmp_path / ".s.parquet.parts"
    running = subprocess.Popen([sys.executable, "-c", RUN, str(folder), str(out)])
    end = time.monotonic() + 60.0
    while not list(parts.rglob("*.photos.parquet")) and time.monotonic() < end:
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert not out.exists()
    done = measure_folder(folder, out)
    assert 0 < done.reused_count < 40
    assert read(out).num_rows == 40


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_two_workers_write_the_same_bytes_as_one(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings of Dask itself are not ours to turn into errors."""
    monkeypatch.setattr(run, "PART", 2)
    one = measure_folder(photos, tmp_path / "one.parquet")
    two = measure_folder(photos, tmp_path / "two.parquet", workers=2)
    assert one.photos_file.read_bytes() == two.photos_file.read_bytes()
    assert one.pores_file.read_bytes() == two.pores_file.read_bytes()


def deadly(folder: str, names: list[str], settings: run.Settings) -> tables.Packed:
    """A worker that one photo takes down, as a bug in a library of another language would."""
    if "left/photo 1.jpg" in names:
        os.kill(os.getpid(), signal.SIGKILL)
    return run.refused_part(names, "not looked at")


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_photo_that_kills_its_worker_is_a_row(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "measure_part", deadly)
    done = measure_folder(photos, tmp_path / "s.parquet", workers=2)
    errors = {row["path"]: row["error"] for row in read(done.photos_file).to_pylist()}
    assert errors.pop("left/photo 1.jpg") == "measuring this photo took the program down"
    assert set(errors.values()) == {"not looked at"}


@pytest.mark.filterwarnings("default")
def test_a_scheduler_that_does_not_answer_is_one_line(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "CONNECT", "1s")
    with pytest.raises(Refusal, match="no scheduler"):
        measure_folder(photos, tmp_path / "s.parquet", scheduler="tcp://127.0.0.1:9")


def test_a_study_gives_people_to_stand_among(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "s.parquet"
    measure_folder(photos, out, um_per_px=40.0)
    found = run.cohort(out, "median_diameter_um", people="rendered skin", device="renderer")
    rows = read(out).to_pylist()
    assert sorted(found.values) == sorted(row["median_diameter_um"] for row in rows if row["level"] != "refuse")
    with pytest.raises(Refusal, match="no study"):
        run.cohort(photos / "photo 0.jpg", "area_fraction", people="", device="")
    with pytest.raises(Refusal, match="ranked by"):
        run.cohort(out, "beauty", people="", device="")

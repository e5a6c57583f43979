"""report.workshop: a run that was killed leaves nothing that the next does not remove, and loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from porelight.report import folder, workshop

IDENTITY = b'{"version": "0.1.0", "sources": []}'
FILES = {"census.json": IDENTITY, "overlay.png": b"a face"}

HOLDS = """
import sys, time
from pathlib import Path
from porelight.report import workshop
with workshop.open_workshop(Path(sys.argv[1])) as hidden:
    (hidden / "whole").mkdir()
    (hidden / "whole" / "overlay.png").write_bytes(b"a face")
    print(hidden, flush=True)
    time.sleep(60)
"""


def hold(ground: Path) -> tuple[subprocess.Popen[str], Path]:
    """Another run, in the midst of its work."""
    run = subprocess.Popen([sys.executable, "-c", HOLDS, str(ground)], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    return run, Path(run.stdout.readline().strip())


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_what_a_killed_run_left_goes_with_the_next_run_and_what_a_running_one_has_stays(tmp_path: Path) -> None:
    # 29 of 60 killed runs left a picture of the face behind, and nothing ever removed it.
    killed, left = hold(tmp_path)
    alive, held = hold(tmp_path)
    killed.kill()
    killed.communicate()
    assert left.exists()
    folder.check_folder(tmp_path / "results" / "out")
    assert (left.exists(), held.exists()) == (False, True)
    folder.deliver_files(tmp_path / "out", FILES)
    assert names(tmp_path) == sorted(["out", held.name])
    alive.terminate()
    alive.communicate()


def test_an_earlier_result_that_a_killed_run_had_moved_comes_back(tmp_path: Path) -> None:
    left = tmp_path / ".porelight.abcd_123"
    (left / "whole").mkdir(parents=True)
    (left / "earlier").mkdir()
    (left / "earlier" / "census.json").write_bytes(IDENTITY)
    (left / "place").write_text("out")
    folder.check_folder(tmp_path / "another")
    assert names(tmp_path) == ["out"]
    assert names(tmp_path / "out") == ["census.json"]


@pytest.mark.parametrize("name", [".porelight.cfg", ".porelight.abcdefgh", ".porelight", "porelight.abcdefgh"])
def test_what_is_not_ours_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "letter.txt").write_text("mine")
    folder.deliver_files(tmp_path / "out", FILES)
    assert names(tmp_path) == sorted([name, "out"])


def test_a_link_of_such_a_name_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine" / "whole").mkdir(parents=True)
    (tmp_path / ".porelight.abcdefgh").symlink_to(tmp_path / "mine")
    folder.check_folder(tmp_path / "out")
    assert (tmp_path / "mine" / "whole").is_dir()


def test_where_there_are_no_locks_only_old_folders_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop, "take_lock", lambda folder: None)
    for name, age in ((".porelight.oldoldol", 2 * workshop.UNLOCKED_SECONDS), (".porelight.newnewne", 60.0)):
        (tmp_path / name).mkdir()
        at = tmp_path.stat().st_mtime - age
        os.utime(tmp_path / name, (at, at))
    workshop.remove_abandoned(tmp_path / "out")
    assert names(tmp_path) == [".porelight.newnewne"]


@pytest.mark.parametrize("number", workshop.STOPPING)
def test_a_signal_in_the_midst_of_tidying_waits_until_it_is_done(tmp_path: Path, number: int) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    def tidy() -> None:
        with workshop.hold_signals():
            signal.raise_signal(number)
            (tmp_path / "tidy").mkdir()

    def make() -> None:
        with workshop.open_workshop(tmp_path) as hidden:
            (hidden / "whole").mkdir()
            signal.raise_signal(number)

    before = signal.signal(number, stop)
    try:
        for work in (tidy, make):
            with pytest.raises(KeyboardInterrupt):
                work()
            assert signal.getsignal(number) is stop
    finally:
        signal.signal(number, before)
    assert names(tmp_path) == ["tidy"]


def test_a_thread_may_make_a_workshop(tmp_path: Path) -> None:
    made: list[bool] = []

    def work() -> None:
        with workshop.open_workshop(tmp_path) as hidden:
            made.append(hidden.is_dir())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert made == [True]
    assert names(tmp_path) == []


def test_one_run_at_a_time_holds_a_folder(tmp_path: Path) -> None:
    place = tmp_path / "parts"
    with workshop.hold_folder(place), pytest.raises(workshop.Busy), workshop.hold_folder(place):
        pass
    place.rmdir()
    with workshop.hold_folder(place):
        assert place.is_dir()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges two folders at one stroke")
def test_an_earlier_folder_is_never_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.deliver_files(tmp_path / "out", FILES)

    def never(path: Path, target: Path) -> Path:
        raise AssertionError(f"{path} was moved away")

    monkeypatch.setattr(Path, "rename", never)
    folder.deliver_files(tmp_path / "out", FILES | {"pores.csv": b"x_px\n"})
    assert names(tmp_path / "out") == ["census.json", "overlay.png", "pores.csv"]
    assert names(tmp_path) == ["out"]

"""report.folder: outputs appear whole or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from porelight.refusal import Refusal
from porelight.report import folder, workshop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

IDENTITY = b'{"version": "0.1.0", "sources": []}'
EARLIER = {"census.json": IDENTITY, "pores.csv": b"x_px\n", "overlay.png": b"old"}
LATER = {"plan.json": IDENTITY, "report.html": b"<p>new</p>", "fields.zarr/peak/c/0": b"\x00"}


def contents(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_a_folder_holds_exactly_the_files(tmp_path: Path) -> None:
    folder.deliver_files(tmp_path / "out", LATER)
    assert contents(tmp_path / "out") == LATER
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_earlier_output_is_replaced_whole_never_mixed(tmp_path: Path) -> None:
    folder.deliver_files(tmp_path / "out", EARLIER)
    folder.deliver_files(tmp_path / "out", LATER)
    assert contents(tmp_path / "out") == LATER


def test_an_output_of_several_photos_is_an_earlier_output(tmp_path: Path) -> None:
    two = {f"{name}/{file}": data for name in ("a", "b") for file, data in EARLIER.items()}
    folder.deliver_files(tmp_path / "out", two)
    folder.deliver_files(tmp_path / "out", LATER)
    assert contents(tmp_path / "out") == LATER


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    folder.deliver_files(tmp_path / "out", LATER)
    assert contents(tmp_path / "out") == LATER


def test_folders_and_files_get_the_usual_permissions(tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.mkdir()
    folder.deliver_files(tmp_path / "out", LATER)
    assert (tmp_path / "out").stat().st_mode == usual.stat().st_mode


FOREIGN: list[Mapping[str, bytes]] = [
    {"letter.txt": b"mine"},
    {**EARLIER, "letter.txt": b"mine"},
    {"plan.json": b'{"name": "holiday"}'},
    {"plan.json": b"not json"},
    {"pores.csv": b"x_px\n"},
    {"a/census.json": IDENTITY, "b/letter.txt": b"mine"},
]


@pytest.mark.parametrize("held", FOREIGN, ids=lambda held: " ".join(held))
def test_a_folder_that_holds_something_else_is_refused_and_left_alone(
    tmp_path: Path, held: Mapping[str, bytes]
) -> None:
    out = tmp_path / "out"
    for name, data in held.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(data)
    with pytest.raises(Refusal, match="something else"):
        folder.deliver_files(out, LATER)
    assert contents(out) == held
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_link_inside_is_something_else(tmp_path: Path) -> None:
    folder.deliver_files(tmp_path / "out", EARLIER)
    (tmp_path / "out" / "report.html").symlink_to(tmp_path)
    with pytest.raises(Refusal, match="something else"):
        folder.check_folder(tmp_path / "out")


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(Refusal, match="there is a file of this name"):
        folder.deliver_files(tmp_path / "out", LATER)
    assert (tmp_path / "out").read_text() == "mine"


def test_missing_folders_above_are_made(tmp_path: Path) -> None:
    folder.deliver_files(tmp_path / "people" / "a" / "plan", LATER)
    assert contents(tmp_path / "people" / "a" / "plan") == LATER
    assert [path.name for path in tmp_path.iterdir()] == ["people"]


def test_a_parent_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match="a file, not a folder"):
        folder.deliver_files(tmp_path / "file" / "out", LATER)


def test_the_folder_one_stands_in_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refusal, match="the folder you are in"):
        folder.deliver_files(Path(), LATER)


@pytest.mark.parametrize("deliver", [folder.deliver_files, lambda out, files: folder.deliver_file(out, b"")])
def test_the_top_of_the_file_system_is_refused(deliver: Callable[[Path, Mapping[str, bytes]], None]) -> None:
    # Was a traceback.
    with pytest.raises(Refusal, match=r"top of the file system|a folder, not a file"):
        deliver(Path("/"), LATER)


@pytest.mark.usefixtures("obeys_permissions")
def test_an_unwritable_parent_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Refusal, match="permission denied"):
        folder.check_folder(tmp_path / "out")


def test_a_place_that_cannot_be_written_is_refused_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkdtemp", denied)
    with pytest.raises(Refusal, match="permission denied"):
        folder.check_folder(tmp_path / "out")


def test_a_full_disk_midway_leaves_the_earlier_output_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.deliver_files(tmp_path / "out", EARLIER)
    write = workshop.write_durably
    written: list[Path] = []

    def full(path: Path, data: bytes) -> None:
        if written:
            raise OSError(28, "No space left on device")
        written.append(path)
        write(path, data)

    monkeypatch.setattr(folder, "write_durably", full)
    with pytest.raises(Refusal, match="no space left"):
        folder.deliver_files(tmp_path / "out", LATER)
    assert contents(tmp_path / "out") == EARLIER
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_failure_while_swapping_brings_the_earlier_output_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.deliver_files(tmp_path / "out", EARLIER)
    rename = Path.rename

    def fails(path: Path, target: Path) -> Path:
        if path.name == "whole":
            raise OSError(5, "Input/output error")
        return rename(path, target)

    # As on a system that cannot make two folders change places.
    monkeypatch.setattr(workshop, "_exchange_paths", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(Refusal, match="input/output error"):
        folder.deliver_files(tmp_path / "out", LATER)
    assert contents(tmp_path / "out") == EARLIER
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["../escape", "/escape"])
def test_no_file_may_lie_outside(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="outside"):
        folder.deliver_files(tmp_path / "out", {name: b""})
    assert list(tmp_path.iterdir()) == []


def test_one_file_is_written_whole_and_replaces_an_earlier_one(tmp_path: Path) -> None:
    out = tmp_path / "care.ics"
    folder.deliver_file(out, b"one")
    folder.deliver_file(out, b"two")
    assert out.read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["care.ics"]


def test_one_file_is_refused_where_a_folder_is_and_makes_the_folders_above(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="a folder, not a file"):
        folder.deliver_file(tmp_path, b"")
    folder.deliver_file(tmp_path / "no" / "file", b"x")
    assert (tmp_path / "no" / "file").read_bytes() == b"x"

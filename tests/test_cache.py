"""cache: where what can be made again is kept."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from porelight import cache


@pytest.mark.parametrize("variable", ["PORELIGHT_CACHE_DIR", "XDG_CACHE_HOME"])
@pytest.mark.skipif(sys.platform != "linux", reason="other systems have folders of their own")
def test_the_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, variable: str, tmp_path: Path) -> None:
    monkeypatch.delenv("PORELIGHT_CACHE_DIR", raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    assert cache.cache_folder().is_relative_to(tmp_path)


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_every_system_has_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, platform: str, tmp_path: Path) -> None:
    for variable in ("PORELIGHT_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", platform)
    assert cache.cache_folder().is_relative_to(tmp_path)
    assert cache.cache_folder().name == "porelight"


def test_a_user_without_a_home_has_a_folder_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("PORELIGHT_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", none)
    assert not cache.is_writable(cache.cache_folder())


def test_a_folder_that_can_be_made_is_writable_and_a_file_is_not(tmp_path: Path) -> None:
    assert cache.is_writable(tmp_path / "new" / "folder")
    assert list((tmp_path / "new" / "folder").iterdir()) == []
    (tmp_path / "file").write_text("")
    assert not cache.is_writable(tmp_path / "file")

"""doctor and warmup: what the machine has, and compiling ahead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from porelight.cli import machine

ROOT = Path(__file__).resolve().parents[1]


def porelight(*arguments: str | Path, cache: Path) -> str:
    environ = os.environ | {"PORELIGHT_CACHE_DIR": str(cache)}
    command = [sys.executable, "-m", "porelight", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=True)
    assert done.stderr == ""
    return done.stdout


def test_doctor_says_what_the_machine_has(tmp_path: Path) -> None:
    found = json.loads(porelight("doctor", "--json", cache=tmp_path))
    assert set(found) == {
        *("porelight", "python", "system", "libraries", "extras", "threads"),
        *("cache", "fonts", "browser", "pdf", "gpu"),
    }
    assert found["libraries"]["numpy"]
    assert found["cache"] | {"folder": str(tmp_path), "writable": True, "kernels": 0} == found["cache"]
    assert found["threads"]["usable"] >= 1
    lines = porelight("doctor", cache=tmp_path).splitlines()
    assert {line.split()[0] for line in lines} == set(found)


def test_what_is_not_there_is_said_and_no_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PORELIGHT_CACHE_DIR", str(tmp_path / "file"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(machine, "missing_from", lambda extra: ("something",))
    found = machine.machine_facts()
    assert (found["browser"], found["gpu"], found["cache"]["writable"]) == (None, [], False)
    assert not any(found["extras"].values())
    assert "writable no" in machine._in_words(found["cache"])
    assert (machine._in_words(None), machine._in_words([])) == ("none", "none")


def test_a_warmup_says_what_it_compiled_and_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any) -> None:
    monkeypatch.setenv("PORELIGHT_CACHE_DIR", str(tmp_path))

    def work() -> None:
        (tmp_path / "kernels" / "heat-1").mkdir(parents=True, exist_ok=True)
        (tmp_path / "kernels" / "heat-1" / "a.kernel").write_text("")

    monkeypatch.setattr(machine, "_workloads", lambda: [("heat", work)])
    machine.warmup()
    machine.warmup()
    machine.warmup(as_json=True)
    first, second, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("1 kernels compiled")
    assert second.startswith("Every kernel is there already")
    numbers = json.loads("\n".join(rest))
    assert (numbers["kept"], numbers["kernels_compiled"], list(numbers["seconds"])) == (True, 0, ["heat"])


@pytest.mark.slow
def test_after_a_warmup_no_command_compiles(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    porelight("warmup", cache=cache)
    warm = {path.relative_to(cache) for path in cache.rglob("*.kernel")}
    assert warm
    examples = ROOT / "examples"
    sample, person = examples / "sample.jpg", examples / "person.yaml"
    porelight("plan", sample, "--person", person, "--um-per-px", "60", "--out", tmp_path / "plan", cache=cache)
    porelight("compare", sample, examples / "later.jpg", "--um-per-px", "60", "--out", tmp_path / "change", cache=cache)
    porelight("simulate", "--energy-mj", "3", "--stamp", "2", "--out", tmp_path / "stamp", cache=cache)
    assert {path.relative_to(cache) for path in cache.rglob("*.kernel")} == warm

"""The README and the documentation tell the truth: their examples run, their words and links exist."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest
import typer.main

from porelight import cli

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for language, text in BLOCK.findall(page.read_text(encoding="utf-8")):
            if language == kind:
                found.append((f"{page.relative_to(ROOT)}: {text.strip().splitlines()[0]}", text))
    return found


def commands() -> list[str]:
    lines = [line for _, text in blocks("console") for line in text.replace("\\\n", " ").splitlines()]
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ porelight ")]


@pytest.mark.slow
@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_documentation_runs(command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", shlex.split(command))
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert not stop.value.code


@pytest.mark.slow
@pytest.mark.parametrize(("name", "code"), blocks("python"))
def test_every_python_example_of_the_documentation_runs(
    name: str, code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, name, "exec"), {"__name__": "example"})


def test_the_documentation_has_examples() -> None:
    assert len(commands()) >= 4
    assert blocks("python")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_command_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    names = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    assert [name for name in names if f"porelight {name}" not in readme] == []


def test_every_stage_stands_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    modules = {path.stem for path in (ROOT / "src" / "porelight").iterdir() if not path.name.startswith("_")}
    assert [name for name in sorted(modules - {"py"}) if name not in text] == []

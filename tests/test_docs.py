"""The README and the documentation tell the truth: their examples run, their words and links exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
import yaml

from porelight import __version__, cli
from tests import write_sources_page
from tests.rows import each_row

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
MADE = ("rules.md", "person-file.md", "patient-texts.md", "patient-texts-german.md", "sources.md")
"""Made from tables, whose words are for patients or those of a source."""
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


@each_row("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
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


@pytest.mark.slow
def test_the_site_builds_and_every_link_and_anchor_leads_somewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    assert (tmp_path / "site" / "index.html").exists()


def test_the_page_of_rows_and_sources_is_current() -> None:
    """``python -m tests.write_sources_page`` writes it."""
    assert write_sources_page.PAGE.read_text(encoding="utf-8") == write_sources_page.page()


def test_every_decision_is_listed() -> None:
    listed = (DOCS / "decisions" / "index.md").read_text(encoding="utf-8")
    for page in sorted((DOCS / "decisions").glob("0*.md")):
        title = page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert f"[{title}]({page.name})" in listed


def test_the_citation_names_this_version() -> None:
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == __version__


@each_row("page", [page for page in PAGES if page.name not in (*MADE, "nomenclature.md")], ids=lambda page: page.name)
def test_pages_use_the_words_of_the_trade(page: Path) -> None:
    """Those of the list at the end of docs/nomenclature.md that have no other sense."""
    plain = re.sub(r"`[^`]*`|^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"\b(?:dice|spurts?|ledger|told)\b", plain, re.IGNORECASE) == []

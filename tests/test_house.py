"""What keeps the house in order: sources, conversion factors, sizes, purity."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from porelight import cite

SOURCE = Path(__file__).resolve().parents[1] / "src" / "porelight"
MODULES = sorted(SOURCE.rglob("*.py"))
OUTSIDE = ("export", "report", "verbs.py", "study", "cli", "clinic")
CORE = [path for path in MODULES if path.relative_to(SOURCE).parts[0] not in OUTSIDE]
TABLES = sorted(path for path in (SOURCE / "data").rglob("*.yaml") if path.name != "sources.yaml")


def named_sources(thing: object) -> set[str]:
    if isinstance(thing, dict):
        own = {thing["source"]} if isinstance(thing.get("source"), str) else set()
        return own.union(*(named_sources(value) for value in thing.values()))
    if isinstance(thing, list):
        return set().union(*(named_sources(value) for value in thing))
    return set()


@pytest.mark.parametrize("path", TABLES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_source_that_a_table_names_exists(path: Path) -> None:
    assert named_sources(yaml.safe_load(path.read_text(encoding="utf-8"))) - set(cite.sources()) == set()


def test_every_source_is_named_by_a_table() -> None:
    benchmarks = (SOURCE.parents[1] / "benchmarks").glob("*.yaml")
    words = {word for path in [*TABLES, *benchmarks] for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    assert set(cite.sources()) - words - {"own_knowledge", "assumed", "exact"} == set()


@pytest.mark.parametrize("path", TABLES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_row_of_single_numbers_can_be_cited(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for row in content.get("rows", []) if isinstance(content, dict) else []:
        if "value" in row and "unit" in row:
            found = cite.cited(row)
            assert found.si_low <= found.si <= found.si_high, row["id"]
            assert found.confidence != "assumed" or found.note or found.conditions, f"{row['id']} gives no reason"


IMPURE = {"open", "print", "input", "exec", "eval"}
CLOCKS = {("date", "today"), ("datetime", "now"), ("datetime", "utcnow"), ("time", "time")}


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_core_reads_no_file_no_clock_and_prints_nothing(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                assert node.func.id not in IMPURE, f"line {node.lineno}"
            elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name | ast.Attribute):
                owner = node.func.value.id if isinstance(node.func.value, ast.Name) else node.func.value.attr
                assert (owner, node.func.attr) not in CLOCKS, f"line {node.lineno}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            assert not any(name.split(".")[0] in {"requests", "urllib", "socket", "http"} for name in names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450


def test_no_machine_path_stands_in_the_project() -> None:
    for path in MODULES + TABLES:
        assert not re.search(r"/(home|root|work|tmp)/\w", path.read_text(encoding="utf-8")), path

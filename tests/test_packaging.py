"""What is installed: bounds, the lock, extras, and what the documentation says of them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from porelight import extras

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED = {name: Version(version) for name, version in re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)", LOCK, re.M)}
WANTED = [
    Requirement(line)
    for lines in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    for line in lines
]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("wanted", WANTED, ids=lambda wanted: wanted.name)
def test_the_lock_holds_a_version_of_every_library_that_the_project_allows(wanted: Requirement) -> None:
    assert LOCKED[normal(wanted.name)] in wanted.specifier, "make the lock again, as its head says"


def test_the_lock_holds_digests_and_names_no_place() -> None:
    assert LOCK.count("--hash=sha256:") > len(LOCKED)
    assert "://" not in LOCK


def test_every_library_that_is_not_for_development_has_a_lowest_version() -> None:
    lines = [
        *PROJECT["dependencies"],
        *(line for extra in extras.EXTRAS for line in PROJECT["optional-dependencies"][extra]),
    ]
    assert [line for line in lines if ">=" not in line] == []


@pytest.mark.parametrize("page", ["README.md", "docs/install.md"])
@pytest.mark.parametrize("extra", extras.EXTRAS)
def test_every_extra_is_named_where_people_look(page: str, extra: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert re.search(rf"porelight\[[a-z,]*\b{extra}\b[a-z,]*\]", text)


@pytest.mark.parametrize("code", ["0", "1", "2", "70", "130"])
def test_every_exit_code_is_documented(code: str) -> None:
    assert re.search(rf"^\| {code}\b", (ROOT / "docs" / "robustness.md").read_text(encoding="utf-8"), re.M)


def test_no_library_of_the_core_carries_code_that_the_licence_could_not() -> None:
    # pillow-heif's wheel holds an encoder under the GPL; pi-heif only reads.
    core = [normal(Requirement(line).name) for line in PROJECT["dependencies"]]
    assert "pi-heif" in core
    assert "pillow-heif" not in core

"""The pages on how to add something are followed to the letter, in a copy of the project."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs" / "adding").glob("*.md"))
STEP = re.compile(r"^`([\w./-]+)`:$|^```(diff|sh|py)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROGRAMS = {
    "porelight": [sys.executable, "-m", "porelight"],
    "pytest": [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
    "python": [sys.executable],
}


def apply_diff(diff: str, text: str) -> str:
    """The text with the change. Its old lines stand there once, one that ends in … by its start; none is the end."""
    lines = diff.splitlines()
    old = [line[1:] for line in lines if not line.startswith("+")]
    if not old:
        return text + "".join(f"{line[1:]}\n" for line in lines)
    pattern = "\n".join(re.escape(line[:-1]) + ".*" if line.endswith("…") else re.escape(line) for line in old)
    (place,) = re.finditer(f"^{pattern}$", text, re.MULTILINE)
    kept = iter(place.group().splitlines())
    new = [line[1:] if line.startswith("+") else (next(kept), line)[0] for line in lines]
    shown = [line for line, source in zip(new, lines, strict=True) if not source.startswith("-")]
    return text[: place.start()] + "\n".join(shown) + text[place.end() :]


def run(command: list[str], copy: Path) -> None:
    # Texts of the copy are its own; compiled kernels are the same for both.
    there = {**os.environ, "PYTHONPATH": os.pathsep.join([str(copy / "src"), str(copy)])}
    done = subprocess.run(command, cwd=copy, env=there, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}\n{done.stderr}"


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_leads_to_what_it_says(page: Path, tmp_path: Path) -> None:
    for folder in ("src", "tests", "examples"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    where: Path | None = None
    steps = list(STEP.finditer(page.read_text(encoding="utf-8")))
    for step in steps:
        name, kind, block = step.groups()
        if name:
            where = tmp_path / name
        elif kind == "diff":
            assert where is not None, "a change without its file"
            where.write_text(apply_diff(block, where.read_text(encoding="utf-8")), encoding="utf-8")
        elif kind == "sh":
            for line in block.splitlines():
                program, *arguments = shlex.split(line)
                run([*PROGRAMS[program], *arguments], tmp_path)
        else:
            run([sys.executable, "-c", block], tmp_path)
    assert {step.group(2) for step in steps} & {"sh", "py"}, "nothing is tried"


def test_a_change_is_put_where_it_says_and_only_there() -> None:
    assert apply_diff(" b\n+new\n-c\n", "a\nb\nc\nd\n") == "a\nb\nnew\nd\n"
    assert apply_diff(" b…\n+new\n", "a\nbeta\nc\n") == "a\nbeta\nnew\nc\n"
    assert apply_diff("+end\n", "a\n") == "a\nend\n"
    with pytest.raises(ValueError, match="unpack"):
        apply_diff(" a\n+new\n", "a\na\n")
    with pytest.raises(ValueError, match="unpack"):
        apply_diff("-gone\n", "a\n")

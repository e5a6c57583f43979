"""What some tests need beyond the repository, and what one reads where it is missing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[1]
PHOTOS_MISSING = "no folder of real photos and evidence beside this clone (../shared)"


def system_packages() -> list[str]:
    """The names in ``.ci/debian-packages.txt``."""
    lines = (ROOT / ".ci" / "debian-packages.txt").read_text(encoding="utf-8").splitlines()
    return [name for line in lines if (name := line.split("#")[0].strip())]


def skip_without_system(what: str) -> NoReturn:
    """Skips what calls it; the reason is the same for every test, so that it is shown once."""
    pytest.skip(f"{what}: apt-get install {' '.join(system_packages())} (.ci/debian-packages.txt)")


def may_skip(reason: str) -> bool:
    """Any test may without PORELIGHT_REQUIRE, with ``system`` those of real photos, with ``all`` none."""
    required = os.environ.get("PORELIGHT_REQUIRE", "")
    return not required or (required == "system" and PHOTOS_MISSING in reason)

"""A headless Chromium, and the report as files it opens."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from porelight.report import plan_page as report_page
from tests.report import a_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        missing = "no Chromium on this machine: install the Debian package chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A plan that is ready, one that is blocked, one that asks, one without a scale."""
    folder = tmp_path_factory.mktemp("reports")
    plans = {
        "ready": a_plan.ready(),
        "blocked": a_plan.blocked(active_acne="yes"),
        "asks": a_plan.unanswered(),
        "uncalibrated": a_plan.uncalibrated(),
    }
    for name, plan in plans.items():
        (folder / f"{name}.html").write_text(report_page.render(plan, a_plan.pixels()), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in plans}

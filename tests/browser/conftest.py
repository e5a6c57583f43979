"""A headless Chromium, and the report as files it opens."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from porelight.report import plan_page as report_page
from tests import needs
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


def driver_starts() -> bool:
    """Whether Playwright's Node.js runs; without one of its libraries Playwright only says: connection closed."""
    from playwright._impl._driver import compute_driver_executable

    node, _ = compute_driver_executable()
    return subprocess.run([node, "--version"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None or not driver_starts():
        needs.skip_without_system("no Chromium, or its driver does not start")
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
        (folder / f"{name}.html").write_text(report_page.render_plan(plan, a_plan.pixels()), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in plans}

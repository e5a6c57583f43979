"""What every test may use, and the switch under which none may skip."""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib
import os
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

import hypothesis
import pytest

from tests import needs

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
LINUX_CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1 << 1, 1 << 2

# The same commit draws the same examples, so a failure is the change's own. PORELIGHT_TRY_NEW=1 draws new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True)
if not os.environ.get("PORELIGHT_TRY_NEW"):
    hypothesis.settings.load_profile("repeatable")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return fail_unless_allowed((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return fail_unless_allowed((yield))


def fail_unless_allowed(report: Report) -> Report:
    """A skip under PORELIGHT_REQUIRE is a failure that says what was skipped for."""
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not needs.may_skip(reason):
            report.outcome = "failed"
            report.longrepr = f"skipped, and PORELIGHT_REQUIRE={os.environ['PORELIGHT_REQUIRE']} forbids it: {reason}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What is missing, once for all tests that skip for it."""
    skipped = terminalreporter.stats.get("skipped", [])
    for reason, count in Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped).items():
        terminalreporter.write_line(f"SKIPPED {count}: {reason}")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real photos, marks and evidence beside the checkout."""
    folder = needs.ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(needs.PHOTOS_MISSING)
    return folder


@pytest.fixture(scope="session")
def weasyprint() -> Any:
    """WeasyPrint, whose import fails where Pango is missing."""
    try:
        return importlib.import_module("weasyprint")
    except OSError:
        needs.skip_without_system("WeasyPrint finds no Pango")


@pytest.fixture
def obeys_permissions() -> Iterator[None]:
    """Root too is bound by the permissions of files: the thread lays down the capabilities that lift them."""
    if os.geteuid() != 0:
        yield
        return
    system = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
    header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    before = (ctypes.c_uint32 * 6)()
    assert system.capget(header, before) == 0, os.strerror(ctypes.get_errno())
    lowered = (ctypes.c_uint32 * 6)(*before)
    lowered[0] &= ~(CAP_DAC_OVERRIDE | CAP_DAC_READ_SEARCH)
    assert system.capset(header, lowered) == 0, os.strerror(ctypes.get_errno())
    yield
    assert system.capset(header, before) == 0, os.strerror(ctypes.get_errno())

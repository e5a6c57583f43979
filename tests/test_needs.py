"""What may skip where something is missing, and that root meets the permissions of files like anyone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import needs
from tests.conftest import fail_unless_allowed


def skipped(reason: str) -> pytest.TestReport:
    return pytest.TestReport("t", ("t.py", 1, "t"), {}, "skipped", ("t.py", 1, f"Skipped: {reason}"), "setup")


@pytest.mark.parametrize(
    ("required", "reason", "outcome"),
    [
        ("", "anything", "skipped"),
        ("", needs.PHOTOS_MISSING, "skipped"),
        ("system", needs.PHOTOS_MISSING, "skipped"),
        ("system", "no browser", "failed"),
        ("all", needs.PHOTOS_MISSING, "failed"),
        ("all", "no browser", "failed"),
    ],
)
def test_a_skip_is_a_failure_where_everything_is_required(
    required: str, reason: str, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORELIGHT_REQUIRE", required)
    report = fail_unless_allowed(skipped(reason))
    assert report.outcome == outcome
    assert reason in str(report.longrepr)


def test_what_is_missing_of_the_system_is_named_package_by_package() -> None:
    with pytest.raises(pytest.skip.Exception, match=r"no browser: apt-get install .*chromium.*libatomic1"):
        needs.skip_without_system("no browser")


@pytest.mark.usefixtures("obeys_permissions")
def test_a_folder_without_write_permission_holds_for_root_too(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        (tmp_path / "file").write_text("x")

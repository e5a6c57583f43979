"""What every test may use."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real photos, marks and evidence beside the checkout."""
    return Path(__file__).resolve().parents[1].parent / "shared"

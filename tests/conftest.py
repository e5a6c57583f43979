"""What every test may use."""

import os
from pathlib import Path

import hypothesis
import pytest

# The same commit draws the same examples, so a failure is the change's own. PORELIGHT_TRY_NEW=1 draws new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True)
if not os.environ.get("PORELIGHT_TRY_NEW"):
    hypothesis.settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real photos, marks and evidence beside the checkout."""
    return Path(__file__).resolve().parents[1].parent / "shared"

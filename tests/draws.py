"""How many examples a property test draws: some hundred in the suite, thousands when asked by hand.

PORELIGHT_DRAWS=10000 pytest tests/care -k drawn
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings


def draws(count: int) -> settings:
    """``count`` examples, or more where PORELIGHT_DRAWS says so."""
    most = max(count, int(os.environ.get("PORELIGHT_DRAWS", "0")))
    return settings(max_examples=most, deadline=None, suppress_health_check=[HealthCheck.too_slow])

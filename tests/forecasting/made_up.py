"""Draws of made-up shared quantities, all alike but for what a test names."""

from __future__ import annotations

from typing import Any

import numpy as np

from porelight.forecasting.arms import CLASSES
from porelight.forecasting.latent import Shared

TYPICAL: dict[str, float] = {
    "course_log": float(np.log(0.1)),
    "class_spread": 0.2,
    "trial_spread": 0.3,
    "later": 0.7,
    "number": 0.0,
    "appear": 4.0,
    "fade": 200.0,
    "size_spread": 0.35,
    "volume_power": 2.5,
    "score_slope": 1.0,
    "person": 0.5,
    "wobble": 5.0,
    "seen_from": 0.04,
}


def shared(n: int = 1, **changes: Any) -> Shared:
    values = {name: np.broadcast_to(np.asarray(changes.get(name, value), float), n) for name, value in TYPICAL.items()}
    return Shared(class_effect=np.zeros((len(CLASSES), n)), **values)

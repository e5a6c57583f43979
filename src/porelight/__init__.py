"""Porelight plans laser treatment of enlarged facial pores, from the first photo to the last follow-up."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from porelight.version import __version__

if TYPE_CHECKING:
    from porelight.care import Person
    from porelight.laser import Laser, Setting
    from porelight.photo import Picture
    from porelight.planning.model import Plan
    from porelight.refusal import Refusal
    from porelight.simulation.model import Simulation
    from porelight.skin import Skin
    from porelight.study.run import measure_folder
    from porelight.verbs import (
        calendar,
        card,
        compare,
        forecast,
        measure,
        plan,
        plot,
        screen,
        simulate,
        today,
        trial,
    )

_HOMES = {
    "porelight.verbs": (
        *("measure", "compare", "screen", "calendar", "today", "simulate", "trial", "forecast", "plan", "card", "plot"),
    ),
    "porelight.study.run": ("measure_folder",),
    "porelight.photo": ("Picture",),
    "porelight.care": ("Person",),
    "porelight.laser": ("Laser", "Setting"),
    "porelight.skin": ("Skin",),
    "porelight.simulation.model": ("Simulation",),
    "porelight.planning.model": ("Plan",),
    "porelight.refusal": ("Refusal",),
}
"""Where each public name lives."""

__all__ = [
    "Laser",
    "Person",
    "Picture",
    "Plan",
    "Refusal",
    "Setting",
    "Simulation",
    "Skin",
    "__version__",
    "calendar",
    "card",
    "compare",
    "forecast",
    "measure",
    "measure_folder",
    "plan",
    "plot",
    "screen",
    "simulate",
    "today",
    "trial",
]


def __getattr__(name: str) -> Any:
    # The verbs import the stages; a bare `import porelight` stays instant.
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'porelight' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__

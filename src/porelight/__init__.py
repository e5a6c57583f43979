"""Porelight plans laser treatment of enlarged facial pores, from the first photo to the last follow-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from porelight.version import __version__

if TYPE_CHECKING:
    from porelight.verbs import compare, forecast, measure, plan, screen, simulate

__all__ = ["__version__", "compare", "forecast", "measure", "plan", "screen", "simulate"]


def __getattr__(name: str) -> Any:
    # The verbs import the stages; a bare `import porelight` stays instant.
    if name in __all__:
        from porelight import verbs

        return getattr(verbs, name)
    raise AttributeError(f"module 'porelight' has no attribute {name!r}")

"""From the pores and the person to a plan: the chain of simulation, candidates, forecast, causes, dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from porelight.planning.model import Candidate, Factor, Plan

if TYPE_CHECKING:
    from porelight.fields import Progress
    from porelight.planning.chain import make_plan

__all__ = ["Candidate", "Factor", "Plan", "Progress", "make_plan"]


def __getattr__(name: str) -> object:
    # The chain loads numba and scipy; the types above must not.
    if name in ("make_plan", "Progress"):
        from porelight.planning import chain

        return getattr(chain, name)
    raise AttributeError(name)

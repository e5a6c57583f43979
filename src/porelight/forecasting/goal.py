"""What is wanted of a course: of which measure, how much, and how sure."""

from __future__ import annotations

from typing import cast, get_args

import numpy as np

from porelight import cite
from porelight.arrays import Floats
from porelight.forecasting import latent
from porelight.forecasting.model import GoalKind, GoalVerdict
from porelight.forecasting.particles import Particles
from porelight.frozen import frozen
from porelight.refusal import Refusal, check_choice


def goal_kind_of(written: str) -> GoalKind:
    """The kind of goal that a person typed.

    Raises:
        Refusal: there is no such kind.
    """
    check_choice(written, "goal_kind", get_args(GoalKind), where="goal_kind")
    return cast("GoalKind", written)


@frozen
class Goal:
    """``share`` is the wanted fall, above 0 and at most 1; a visible change has none."""

    kind: GoalKind
    share: float
    required: float
    """Probability (0-1) that is enough."""

    def __post_init__(self) -> None:
        goal_kind_of(self.kind)
        if not 0.0 <= self.share <= 1.0:
            raise Refusal(
                f"a goal of {self.share:g} is no share", where="goal", advice="Give a number from 0 to 1, such as 0.5"
            )
        if self.share == 0.0 and self.kind != "visible":
            raise Refusal("a goal of 0 asks for nothing", where="goal", advice="Give a number above 0")
        if not 0.0 < self.required < 1.0:
            raise Refusal(
                f"a chance of {self.required:g} cannot be required",
                where="required_chance",
                advice="Give a number between 0 and 1, such as 0.67",
            )

    def reached(self, particles: Particles, kappa: Floats, count_ratio: Floats) -> Floats:
        """Probability (n,) that each person reaches it: 0 or 1, or how surely an eye would call it a change."""
        if self.kind == "visible":
            seen_from = particles.shared.seen_from
            return latent.improved_share(kappa, np.zeros_like(kappa), seen_from)
        ratio = np.exp(-(kappa + particles.photo)) if self.kind == "diameter" else count_ratio
        return np.asarray(ratio <= 1.0 - self.share, dtype=float)

    def judge(self, chance: float) -> GoalVerdict:
        """The chance against what is required, with a grey zone in place of an edge."""
        zone = cite.table("planning")["goal_zone"].si
        if abs(chance - self.required) <= zone:
            return "open"
        return "likely" if chance > self.required else "unlikely"

    def reachable_pct(self, kappa: Floats, photo: Floats, count_ratio: Floats) -> float | None:
        """Change [%] that is reached as surely as required; None where the goal has no number."""
        if self.kind == "visible":
            return None
        ratio = np.exp(-(kappa + photo)) if self.kind == "diameter" else count_ratio
        return float(100.0 * (np.quantile(ratio, self.required) - 1.0))

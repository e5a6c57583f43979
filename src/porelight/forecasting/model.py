"""The types of a forecast."""

from __future__ import annotations

from typing import Literal

from porelight.cite import Cited
from porelight.fields import Interval
from porelight.frozen import frozen
from porelight.message import Message

GoalKind = Literal["count", "diameter", "visible"]
"""A fall of the number of enlarged pores; of the diameter of the same pores; or a change that an eye would call one."""
GoalVerdict = Literal["likely", "open", "unlikely"]
"""Whether the chance of the goal reaches what is required; ``open`` is the zone about it where neither can be said."""
NextStep = Literal["continue", "stop", "look again"]


@frozen
class Milestone:
    """The forecast at one moment of the course, as two photos would show it."""

    label: Message
    """Such as "after session 2" or "12 weeks after the last"."""
    sessions_done: int
    week: float
    """Weeks from the first session."""
    diameter_change_pct: Interval
    """Change of the diameter of the same pores [%], negative is narrower: what a comparison of photos measures."""
    enlarged_change_pct: Interval
    """Change of the number of enlarged pores [%], negative is fewer."""
    median_diameter_um: Interval | None
    """Of the pores found now, those that may then be too small to find included; None without a scale."""


@frozen
class CourseOption:
    """A course of so many sessions, 12 weeks after its last."""

    sessions: int
    diameter_change_pct: Interval
    enlarged_change_pct: Interval
    chance_of_goal: float
    added_pct: Interval
    """What its last session adds to the change of diameter [points]."""
    chance_shown: float
    """Probability (0-1) that a photo can show what its last session adds."""


@frozen
class Forecast:
    """Milestones in order; the last is 12 weeks after the last session. None at all where nothing is offered."""

    milestones: tuple[Milestone, ...]
    sessions_for_goal: int | None
    """Fewest that reach the goal as surely as required; None when no number within the evidence does."""
    goal_pct: float
    """Wanted change [%], negative is fewer or narrower; 0 where the goal is a visible change."""
    chance_of_goal: float | None
    """Probability (0-1) that the course as planned reaches the goal, by the same model; None without milestones."""
    remarks: tuple[Message, ...]
    rests_on: tuple[Cited, ...]
    of_photo: bool = True
    """Whether the number of enlarged pores follows from the sizes in the photo; else it is that of a typical face."""
    goal_kind: GoalKind = "count"
    required_chance: float = 2.0 / 3.0
    """Probability (0-1) of the goal that is called enough; the clinic's choice."""
    verdict: GoalVerdict | None = None
    chance_range: tuple[float, float] | None = None
    """Least and most that ``chance_of_goal`` would be were the scale 5 % off either way."""
    reachable_pct: float | None = None
    """Change [%] that the course reaches as surely as required: what to wish for where the goal is too far."""
    later: tuple[Milestone, ...] = ()
    """Half a year and a year after the last session, as it fades, and after one more session then."""
    options: tuple[CourseOption, ...] = ()
    """Courses of 1, 2, ... sessions, as far as trials went."""
    updated_by: int = 0
    """Follow-up photos that are in it."""
    next_step: NextStep | None = None
    """What a follow-up photo says of the course; None without one."""

    @property
    def enlarged_goal_pct(self) -> float | None:
        """Wanted change of the number of enlarged pores [%]; None where something else is wanted."""
        return self.goal_pct if self.goal_kind == "count" else None

    @property
    def diameter_goal_pct(self) -> float | None:
        """Wanted change of the diameter [%]; None where something else is wanted."""
        return self.goal_pct if self.goal_kind == "diameter" else None

    @property
    def fading(self) -> tuple[Milestone, ...]:
        """The later milestones of the course as it is, without the one more session."""
        return self.later[:-1]

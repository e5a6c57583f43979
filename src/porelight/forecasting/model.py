"""The types of a forecast."""

from __future__ import annotations

from porelight.cite import Cited
from porelight.fields import Interval
from porelight.frozen import frozen
from porelight.message import Message


@frozen
class Milestone:
    """The forecast at one moment of the course."""

    label: Message
    """Such as "after session 2" or "12 weeks after the last"."""
    sessions_done: int
    week: float
    """Weeks from the first session."""
    enlarged_change_pct: Interval
    """Change of the number of enlarged pores [%], negative is fewer."""
    median_diameter_um: Interval | None
    """Of the pores found now, those that may then be too small to find included; None without a scale."""


@frozen
class Forecast:
    """Milestones in order; the last is 12 weeks after the last session. None at all where nothing is offered."""

    milestones: tuple[Milestone, ...]
    sessions_for_goal: int | None
    """Fewest sessions whose middle forecast reaches the goal; None when no number within the evidence does."""
    goal_pct: float
    """Wanted change of the number of enlarged pores [%], negative is fewer."""
    chance_of_goal: float | None
    """Probability (0-1) that the course as planned reaches the goal, by the same model; None without milestones."""
    remarks: tuple[Message, ...]
    rests_on: tuple[Cited, ...]
    of_photo: bool = True
    """Whether the sizes of the pores in the photo are in it; else it is the trial's result."""

"""A follow-up photo as the forecast reads it: compared with the first, after which session, how long after."""

from __future__ import annotations

from porelight.fields import central_quantile
from porelight.forecasting.particles import Observation
from porelight.frozen import frozen
from porelight.message import write_message
from porelight.photo.compare.change import Change
from porelight.refusal import Refusal, check_number
from porelight.units import week

LONGEST_FOLLOW_UP_WEEKS = 520.0
"""Ten years: no series followed people for longer, and a later photo shows age more than a laser."""


@frozen
class FollowUp:
    """``weeks_after`` from the last session before the photo to the photo."""

    change: Change
    session: int
    """Sessions done when it was taken."""
    weeks_after: float

    def __post_init__(self) -> None:
        check_number(self.session, "after_session", 1, 50, where="after_session", whole=True)
        if not self.weeks_after > 0.0:
            raise Refusal(
                "the follow-up photo is from before the session",
                where="weeks_after",
                advice="Give the weeks from the session to the photo, such as 4",
            )
        check_number(self.weeks_after, "weeks_after", 0.0, LONGEST_FOLLOW_UP_WEEKS, where="weeks_after")


def observe_change(follow_up: FollowUp, spacing: float, most: int) -> Observation:
    """The change of the same pores' diameter, with its standard error.

    Args:
        follow_up: the photo.
        spacing: time between the sessions [s].
        most: sessions of the course.

    Raises:
        Refusal: the photos could not be compared, or the course has no such session.
    """
    if follow_up.session > most:
        raise Refusal(
            f"the course has no session {follow_up.session}: it has {most}",
            where="after_session",
            advice="Give the number of sessions done when the photo was taken",
        )
    measure = follow_up.change.of("diameter")
    if follow_up.change.outcome != "sizes compared" or measure is None:
        reason = follow_up.change.reason
        why = write_message(reason).rstrip(".") if reason else "the photos show no pores in common"
        raise Refusal(
            f"the follow-up photo changes nothing: {why[:1].lower()}{why[1:]}",
            where="after",
            advice="Take another photo of the same place, in the same light",
        )
    gap = spacing / week
    starts = tuple(index * gap for index in range(follow_up.session))
    change = measure.change_pct
    error = (change.high - change.low) / (2.0 * central_quantile(change.level))
    return Observation(starts, starts[-1] + follow_up.weeks_after, change.mid, error)

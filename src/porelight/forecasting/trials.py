"""What is known of a course of one laser: the trial that anchors its forecast, its spacing, its longest trial."""

from __future__ import annotations

from collections.abc import Mapping

from porelight.laser import Course, load_lasers
from porelight.message import Message, message
from porelight.refusal import Refusal


def load_courses() -> Mapping[str, Course]:
    """What trials know of a course, by the key of its laser."""
    return {key: device.course for key, device in load_lasers().items() if device.course is not None}


def course_of(laser: str) -> Course:
    """The course of that laser.

    Raises:
        Refusal: no trial of pores is held for this laser, so nothing can be planned with it.
    """
    try:
        return load_courses()[laser]
    except KeyError:
        raise Refusal(
            f"no trial of enlarged pores is known here for the laser {laser!r}",
            where="laser",
            advice=f"Choose one of {', '.join(load_courses())}",
        ) from None


def describe_lender(laser: str) -> Message | None:
    """That the forecast of a laser rests on a trial of another; None where it does not.

    Raises:
        Refusal: as :func:`course_of`.
    """
    lender = course_of(laser).lender
    if lender is None:
        return None
    own, other = (load_lasers()[key].name.removeprefix("Fractional ") for key in (laser, lender))
    return message("forecast.borrowed", own=own, other=other)

"""What the rules test. Each criterion owns both of its readings: the function that judges a person, and the conditions
in FHIRPath that say the same of a QuestionnaireResponse. A test runs both on the same answers.

Each criterion but those of ``consistent`` is monotone: an answer that speaks against treatment never gives a better
outcome than one that does not.
Each fails closed: only an answer that is known to be harmless is approved, and every other one is asked for.
"""

from porelight.care.criteria.age import AGE_CRITERION, OLD_AGE_CRITERION
from porelight.care.criteria.answered import ANSWER_CRITERION, HOPES_CRITERION, WORRY_CRITERION
from porelight.care.criteria.consistent import (
    EXPLAINED_CRITERION,
    NOTED_CRITERION,
    NOTHING_SEEN_CRITERION,
    SKIN_AGREES_CRITERION,
    SPOT_AGE_CRITERION,
    SPOT_LASER_CRITERION,
    UNLISTED_CRITERION,
)
from porelight.care.criteria.criterion import Criterion
from porelight.care.criteria.skin_type import DARKER_CRITERION, PHOTOTYPE_CRITERION, PRIMING_CRITERION
from porelight.care.criteria.sun import SUN_CRITERION
from porelight.care.criteria.timed import SESSION_SPACING_CRITERION, SPACING_BY_TYPE_CRITERION, WAIT_CRITERION

CRITERIA: dict[str, Criterion] = {
    "answer": ANSWER_CRITERION,
    "wait": WAIT_CRITERION,
    "age": AGE_CRITERION,
    "sun": SUN_CRITERION,
    "worry": WORRY_CRITERION,
    "hopes": HOPES_CRITERION,
    "phototype": PHOTOTYPE_CRITERION,
    "session_spacing": SESSION_SPACING_CRITERION,
    "priming": PRIMING_CRITERION,
    "explained": EXPLAINED_CRITERION,
    "noted": NOTED_CRITERION,
    "spot_age": SPOT_AGE_CRITERION,
    "nothing_seen": NOTHING_SEEN_CRITERION,
    "skin_agrees": SKIN_AGREES_CRITERION,
    "old_age": OLD_AGE_CRITERION,
    "darker": DARKER_CRITERION,
    "spacing_by_type": SPACING_BY_TYPE_CRITERION,
    "spot_laser": SPOT_LASER_CRITERION,
    "unlisted": UNLISTED_CRITERION,
}
"""The name of a rule's test in ``data/rules`` -> its criterion."""

__all__ = ["CRITERIA", "Criterion"]

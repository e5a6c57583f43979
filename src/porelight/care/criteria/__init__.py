"""What the rules test. Each criterion owns both of its readings: the function that judges a person, and the conditions
in FHIRPath that say the same of a QuestionnaireResponse. A test runs both on the same answers.

Each criterion is monotone: an answer that speaks against treatment never gives a better outcome than one that does not.
Each fails closed: only an answer that is known to be harmless is approved, and every other one is asked for.
"""

from porelight.care.criteria.age import AGE
from porelight.care.criteria.answered import ANSWER, HOPES, WORRY
from porelight.care.criteria.criterion import Criterion
from porelight.care.criteria.skin_type import PHOTOTYPE, PRIMING
from porelight.care.criteria.sun import SUN
from porelight.care.criteria.timed import SESSION_SPACING, WAIT

CRITERIA: dict[str, Criterion] = {
    "answer": ANSWER,
    "wait": WAIT,
    "age": AGE,
    "sun": SUN,
    "worry": WORRY,
    "hopes": HOPES,
    "phototype": PHOTOTYPE,
    "session_spacing": SESSION_SPACING,
    "priming": PRIMING,
}
"""The name of a rule's test in ``data/rules`` -> its criterion."""

__all__ = ["CRITERIA", "Criterion"]

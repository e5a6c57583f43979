"""What a criterion is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from porelight.care.context import Evaluation, RuleContext
from porelight.care.fhirpath import Condition
from porelight.care.model import Verdict


@dataclasses.dataclass(frozen=True, slots=True)
class Criterion:
    """One way to test a rule, for us and for other programs."""

    judge: Callable[[Evaluation], Verdict]
    """What the rule says of a person."""
    express: Callable[[RuleContext], list[Condition]]
    """Everything that it may say, but that it has nothing to object, each with its condition in FHIRPath."""

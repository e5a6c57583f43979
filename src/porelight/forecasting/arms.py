"""The arms of the trials as the fit reads them: table ``arms`` of ``data/trials.yaml``."""

from __future__ import annotations

import functools
from typing import Final, Literal, cast, get_args

from porelight import cite
from porelight.cite import Cited
from porelight.frozen import frozen

TreatmentClass = Literal["ablative", "nonablative", "light", "radiofrequency", "drug"]
"""Fractional lasers that open the skin; fractional and picosecond arrays that do not; light over the whole surface;
radiofrequency and focused ultrasound; drugs, peels and injections."""
CLASSES: Final[tuple[TreatmentClass, ...]] = get_args(TreatmentClass)
Metric = Literal["count", "area", "volume", "diameter", "score", "improved"]


@frozen
class Arm:
    """One printed number: one metric of one group at one visit."""

    row: Cited
    trial: str
    """Arms of one trial are the same people: they are fitted or left out together."""
    treatment: TreatmentClass
    metric: Metric
    people: int
    course: int
    """Sessions of the whole course."""
    weeks_since: tuple[float, ...]
    """Weeks from each session to the visit, falling."""
    between: tuple[float, float] | None = None
    """Ends [%] between which the mean lies where no number was printed."""
    people_spread: Cited | None = None
    """Standard deviation between people, where it was printed."""
    not_fitted: str = ""
    """Why it is not part of the fit."""

    @property
    def starts(self) -> tuple[float, ...]:
        """Weeks of the sessions from the first."""
        return tuple(self.weeks_since[0] - since for since in self.weeks_since)

    @property
    def of_people(self) -> bool:
        """Whether it is a share of people and no change of their pores."""
        return self.metric == "improved"


@functools.cache
def load_arms() -> tuple[Arm, ...]:
    """Every arm, fitted or not."""
    table = cite.table("trials")
    return tuple(
        Arm(
            row=table[each["row"]],
            trial=each["trial"],
            treatment=cast("TreatmentClass", each["class"]),
            metric=cast("Metric", each["metric"]),
            people=each["people"],
            course=each["course"],
            weeks_since=tuple(float(week) for week in each["weeks_since"]),
            between=None if "between" not in each else (float(each["between"][0]), float(each["between"][1])),
            people_spread=table[each["people_spread"]] if "people_spread" in each else None,
            not_fitted=each.get("not_fitted", ""),
        )
        for each in cite.rows("trials")["arms"]
    )


def fitted_trials() -> dict[str, tuple[Arm, ...]]:
    """The arms that are fitted, by trial."""
    found: dict[str, tuple[Arm, ...]] = {}
    for arm in load_arms():
        if not arm.not_fitted:
            found[arm.trial] = (*found.get(arm.trial, ()), arm)
    return found

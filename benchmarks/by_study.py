"""The validation study by study: each counts by its persons, and each is left out once.

A mean over rows lets a study of one person and many settings outvote one of many persons. Here a study has one mean, of
what its own rows differ by, and a weight, its persons; what is not known of a study counts as one person.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np

SINGLE_BAND: Final = 0.35
"""Within which a measurement of one person is expected of a model that is right on average: 1.35 standard deviations
between persons (row ``depth_between_persons``), as a share."""
STUDY_BAND: Final = 0.20
"""The same asked for of a study of several persons."""


class Compared(Protocol):
    """A measured number beside ours."""

    @property
    def source(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def difference(self) -> float:
        """Of the middle of ours from what was published, as a share."""


@dataclasses.dataclass(frozen=True)
class Study:
    """What one study says of one kind of number."""

    source: str
    persons: int | None
    differences: tuple[float, ...]

    @property
    def weight(self) -> int:
        return self.persons or 1

    @property
    def mean(self) -> float:
        """Signed mean difference, as a share."""
        return float(np.mean(self.differences))

    @property
    def absolute(self) -> float:
        """Mean absolute difference, as a share."""
        return float(np.mean(np.abs(self.differences)))

    @property
    def band(self) -> float:
        return STUDY_BAND if self.weight > 1 else SINGLE_BAND

    @property
    def inside(self) -> int:
        """Numbers inside the band."""
        return sum(abs(each) <= self.band for each in self.differences)


def group_by_study(lines: Iterable[Compared], keys: Sequence[str], studies: Mapping[str, Any]) -> list[Study]:
    """Studies with a number of these kinds, in the order in which they come."""
    found: dict[str, list[float]] = {}
    for line in lines:
        if line.key in keys:
            found.setdefault(line.source, []).append(line.difference)
    return [Study(source, studies[source]["persons"], tuple(values)) for source, values in found.items()]


def score_studies(studies: Sequence[Study]) -> float:
    """Mean absolute difference of the studies, weighted by persons."""
    weights = [each.weight for each in studies]
    return float(np.average([each.absolute for each in studies], weights=weights))


def leave_one_out(studies: Sequence[Study]) -> tuple[tuple[float, str], tuple[float, str]]:
    """Least and greatest score with one of two studies or more left out, and which it is."""
    without = [(score_studies([each for each in studies if each is not left]), left.source) for left in studies]
    return min(without), max(without)


def write_studies(title: str, found: Sequence[Study]) -> list[str]:
    """A table of studies and its score, in Markdown."""
    rows = [
        f"| {each.source} | {each.persons or 'not stated'} | {len(each.differences)} | {100 * each.mean:+.0f} % | "
        f"{100 * each.absolute:.0f} % | {each.inside} of {len(each.differences)} (+-{100 * each.band:.0f} %) |"
        for each in found
    ]
    spread = "one study alone"
    if len(found) > 1:
        (least, gone), (most, missed) = leave_one_out(found)
        spread = f"with one left out {100 * least:.0f} % (without {gone}) to {100 * most:.0f} % (without {missed})"
    return [
        f"### {title}",
        "",
        "| study | persons | numbers | mean difference | mean size of it | inside the band |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        f"Weighted by persons: {100 * score_studies(found):.0f} %; {spread}.",
        "",
    ]

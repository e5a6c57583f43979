"""Marked photos, and the score of detections against marks or rendered truth."""

import csv
import dataclasses
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Points = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Score:
    """Hits, false finds and misses; ambiguous marks ignored, and with them counted as pores."""

    hits: int
    false: int
    missed: int
    hits_all: int
    false_all: int
    missed_all: int

    def __add__(self, other: "Score") -> "Score":
        mine, others = dataclasses.astuple(self), dataclasses.astuple(other)
        return Score(*(one + two for one, two in zip(mine, others, strict=True)))

    @property
    def f1(self) -> float:
        return 2 * self.hits / (2 * self.hits + self.false + self.missed)

    @property
    def f1_all(self) -> float:
        return 2 * self.hits_all / (2 * self.hits_all + self.false_all + self.missed_all)


def matched(found: Points, truth: Points, tolerance: float) -> list[tuple[int, int]]:
    """One-to-one pairs within the tolerance, nearest overall."""
    if not len(found) or not len(truth):
        return []
    gaps = np.linalg.norm(found[:, None] - truth[None], axis=2)
    rows, columns = linear_sum_assignment(np.where(gaps <= tolerance, gaps, 1e4))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if gaps[i, j] <= tolerance]


def score(shared: Path, name: str, found: Points, *, enlarged: float = 1.0) -> Score:
    """Detections (n, 2) in px of the marked image, times ``enlarged``, inside the marked crop."""
    return rated(shared / "images", name, found, enlarged=enlarged)


def rated(images: Path, name: str, found: Points, *, enlarged: float = 1.0) -> Score:
    """The same, given the folder of the images."""
    crop = json.loads((images / "marks/crops.json").read_text())[name]
    with (images / f"marks/{name}.csv").open() as file:
        marks = np.array([[float(v) for v in row] for row in list(csv.reader(file))[1:]])
    left, top, width, height = crop["crop_xywh"]
    found = (found + 0.5) / enlarged - 0.5
    inside = (found >= (left, top)).all(1) & (found < (left + width, top + height)).all(1)
    found, tolerance = found[inside], crop["match_tolerance_px"]
    sure, ambiguous = marks[marks[:, 2] < 3][:, :2], marks[marks[:, 2] == 3][:, :2]
    hits = matched(found, sure, tolerance)
    rest = np.delete(found, [i for i, _ in hits], axis=0)
    false = len(rest) - len(matched(rest, ambiguous, tolerance))
    every = len(matched(found, marks[:, :2], tolerance))
    return Score(len(hits), false, len(sure) - len(hits), every, len(found) - every, len(marks) - every)

"""Where a card lies before the camera, from the corners of its tags: the likeliest sheet and how sure it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from porelight import cite, units
from porelight.arrays import Floats
from porelight.cite import Cited
from porelight.frozen import frozen
from porelight.photo.card.sheet import Sheet

FLAT_BEND: Final = 1e-9
"""Curvature [1/um] below which a sheet is flat: a radius of a kilometre."""
BEND_STARTS: Final = ((0.8, 0.0), (-0.8, 0.0), (0.0, 0.8), (0.0, -0.8))
"""Bends from which the fit begins, by the usual one: along the card, across it and towards either corner."""
EARLY_ERROR_FACTOR: Final = 30.0
"""Standard errors are taken this many times larger at first: what is known beforehand leads, then the tags do."""
EARLY_ROUNDS: Final = 10
"""Rounds of that kind."""
POSE_STEPS: Final = np.array([1e-3, 1e-3, 1e-6, 1e-5, 1e-5, 1e-5, 1e-4, 1e-4, 1e-4])
"""By which each parameter is moved to see what follows."""
LATE_ROUNDS: Final = 25
"""Rounds after them."""
LONGEST_POSE_STEP: Final = np.array([1e3, 1e3, 0.5, 0.5, 0.5, 0.5, 0.7, 0.5, 0.5])
"""Longest step of each parameter."""
LIKELY_CHI_SQUARE: Final = 12.0
"""Chi square above the best up to which another sheet counts: it is then less likely by 400."""
POSES_APART: Final = 0.03
"""How far other sheets are apart, in radians, logarithms and usual bends."""


@frozen
class Frame:
    """What turns the fit's parameters into a sheet: picture (width, height) [px], usual bend and reach of the card.

    The parameters: the card's middle in the picture [px], log of px per um there, rotation vector (3), log of the
    focal length by the longer side, and (cos, sin) of twice the direction of the bend, times its size by the usual.
    """

    size: tuple[int, int]
    bend: float
    reach: float

    @property
    def centre(self) -> Floats:
        return np.array([0.5 * (self.size[0] - 1), 0.5 * (self.size[1] - 1)])

    def sheet(self, numbers: Floats) -> Sheet:
        focal = float(np.exp(numbers[6])) * max(self.size)
        shift = np.append((numbers[:2] - self.centre) / focal, 1.0) * focal / np.exp(numbers[2])
        bend = float(np.hypot(*numbers[7:])) * self.bend
        heading = 0.5 * float(np.arctan2(numbers[8], numbers[7]))
        bend = bend if bend > FLAT_BEND else 0.0
        x, y = (float(each) for each in self.centre)
        return Sheet(focal, (x, y), _rotation_matrices(numbers[None, 3:6])[0], shift, bend, heading, self.reach)

    def seen(self, numbers: Floats, points: Floats) -> Floats:
        """What :meth:`Sheet.project` gives, for many sheets (m, 9) at once, shape (m, n, 2)."""
        focal, depth = np.exp(numbers[:, 6]) * max(self.size), np.exp(numbers[:, 6] - numbers[:, 2]) * max(self.size)
        bend = np.hypot(numbers[:, 7], numbers[:, 8])[:, None] * self.bend
        heading = 0.5 * np.arctan2(numbers[:, 8], numbers[:, 7])
        towards = np.stack([np.cos(heading), np.sin(heading)], axis=-1)
        along = towards @ points.T
        aside = np.stack([-towards[:, 1], towards[:, 0]], axis=-1) @ points.T
        bent = np.clip(along, -self.reach, self.reach)
        angle = bend * bent
        reached = bent * np.sinc(angle / np.pi) + (along - bent) * np.cos(angle)
        fallen = 0.5 * bent * angle * np.sinc(0.5 * angle / np.pi) ** 2 + (along - bent) * np.sin(angle)
        x = reached * towards[:, :1] - aside * towards[:, 1:]
        y = reached * towards[:, 1:] + aside * towards[:, :1]
        spots = np.stack([x, y, fallen], axis=-1) @ _rotation_matrices(numbers[:, 3:6]).transpose(0, 2, 1)
        ahead = np.maximum(spots[..., 2] + depth[:, None], 1.0)[..., None]
        middle = numbers[:, None, :2] - self.centre
        return np.asarray((focal[:, None, None] * spots[..., :2] + middle * depth[:, None, None]) / ahead + self.centre)


@frozen
class Pose:
    """The sheet, the parameters behind it (9,), their covariance, and the standard error of a corner [px]."""

    sheet: Sheet
    numbers: Floats
    covariance: Floats
    corner_error: float
    others: Floats
    """Parameters of other sheets that fit (m, 9)."""
    weights: Floats
    """How likely they are (m,), by the likeliest."""
    rests_on: tuple[Cited, ...]
    frame: Frame

    def error_of(self, what: Callable[[Sheet], float]) -> float:
        """Standard error of what follows from the sheet, with what other sheets that fit would give."""
        moved = np.diag(POSE_STEPS)
        ends = [[what(self.frame.sheet(self.numbers + way * row)) for row in moved] for way in (1.0, -1.0)]
        gradient = (np.array(ends[0]) - np.array(ends[1])) / (2.0 * POSE_STEPS)
        there = what(self.sheet)
        apart = [
            weight * (what(self.frame.sheet(row)) - there) ** 2
            for row, weight in zip(self.others, self.weights, strict=True)
        ]
        return float(np.sqrt(max(gradient @ self.covariance @ gradient, 0.0) + sum(apart) / (1.0 + self.weights.sum())))


def fit_pose(points: Floats, pixels: Floats, size: tuple[int, int], reach: float, least: float) -> Pose | None:
    """The likeliest sheet; None where none lies before the camera.

    Args:
        points: corners on the sheet (n, 2) [um], around its origin.
        pixels: where they are seen (n, 2) [px].
        size: width and height of the picture [px].
        reach: how far the sheet bends [um].
        least: least standard error of a corner [px].
    """
    rows = cite.table("card")
    frame = Frame(size, rows["bend"].si * units.um, reach)
    focal = rows["focal"]
    usual = float(np.log(focal.value)), 0.5 * float(np.log(focal.si_high / focal.si_low))
    begun = _make_starts(points, pixels, frame, usual[0])
    if not len(begun):
        return None

    def residuals(numbers: Floats) -> Floats:
        """In standard errors (m, 2 n + 3): the corners, and what is known of focal length and bend beforehand."""
        off = (frame.seen(numbers, points) - pixels).reshape(len(numbers), -1) / least
        return np.column_stack([off, (numbers[:, 6] - usual[0]) / usual[1], numbers[:, 7:]])

    def at_first(numbers: Floats) -> Floats:
        found = residuals(numbers)
        found[:, :-3] /= EARLY_ERROR_FACTOR
        return found

    ends, costs = _descend_all(residuals, _descend_all(at_first, begun, EARLY_ROUNDS)[0], LATE_ROUNDS)
    best = int(np.argmin(costs))
    numbers, left = ends[best], residuals(ends[best : best + 1])
    slopes = _differentiate_residuals(residuals, ends[best : best + 1], left)[0]
    corners = slice(0, 2 * len(points))
    worse = max(1.0, float(np.sum(left[0, corners] ** 2)) / max(2 * len(points) - 8, 1))
    others, weights = _find_rivals(ends, (costs - costs[best]) / worse)
    precision = slopes[corners].T @ slopes[corners] / worse + slopes[-3:].T @ slopes[-3:]
    covariance = np.asarray(np.linalg.pinv(precision, hermitian=True, rcond=1e-14), np.float64)
    rests_on = rows["bend"], focal
    return Pose(frame.sheet(numbers), numbers, covariance, least * worse**0.5, others, weights, rests_on, frame)


def _find_rivals(ends: Floats, above: Floats) -> tuple[Floats, Floats]:
    """The ends that are apart from the likeliest and from each other, with their weights; ``above`` is chi square."""
    kept = [int(np.argmin(above))]
    for index in np.argsort(above):
        apart = np.abs(ends[index, 3:] - ends[kept, 3:]).max(axis=1).min()
        if above[index] < LIKELY_CHI_SQUARE and apart > POSES_APART:
            kept.append(int(index))
    return ends[kept[1:]], np.exp(-0.5 * above[kept[1:]])


def _descend_all(residuals: Callable[[Floats], Floats], numbers: Floats, rounds: int) -> tuple[Floats, Floats]:
    """Levenberg and Marquardt's way from many starts (m, 9) at once: their ends and sums of squares (m,)."""
    damping = np.full(len(numbers), 1e-3)
    left = residuals(numbers)
    for _ in range(rounds):
        slopes = _differentiate_residuals(residuals, numbers, left)
        normal = slopes.transpose(0, 2, 1) @ slopes
        damped = normal + (damping[:, None] * np.einsum("mii->mi", normal))[:, :, None] * np.eye(9)
        step = np.linalg.solve(damped, slopes.transpose(0, 2, 1) @ left[..., None])[..., 0]
        step = step.clip(-LONGEST_POSE_STEP, LONGEST_POSE_STEP)
        tried = residuals(numbers - step)
        better = (tried**2).sum(axis=1) < (left**2).sum(axis=1)
        numbers = np.where(better[:, None], numbers - step, numbers)
        left = np.where(better[:, None], tried, left)
        damping = np.where(better, 0.2 * damping, 8.0 * damping).clip(1e-9, 1e6)
    return numbers, np.asarray((left**2).sum(axis=1))


def _differentiate_residuals(residuals: Callable[[Floats], Floats], numbers: Floats, left: Floats) -> Floats:
    """d(residual) / d(parameter), shape (m, r, 9)."""
    moved = residuals((numbers[:, None] + np.diag(POSE_STEPS)).reshape(-1, 9)).reshape(len(numbers), 9, -1)
    return np.asarray(((moved - left[:, None]) / POSE_STEPS[:, None]).transpose(0, 2, 1))


def _rotation_matrices(vectors: Floats) -> Floats:
    """Rotations (m, 3, 3) of rotation vectors (m, 3), by the formula of Rodrigues."""
    angle = np.linalg.norm(vectors, axis=1)[:, None, None]
    x, y, z = vectors.T
    none = np.zeros_like(x)
    cross = np.stack([none, -z, y, z, none, -x, -y, x, none], axis=-1).reshape(-1, 3, 3)
    turned = np.eye(3) + np.sinc(angle / np.pi) * cross
    return np.asarray(turned + 0.5 * np.sinc(0.5 * angle / np.pi) ** 2 * (cross @ cross))


def _make_starts(points: Floats, pixels: Floats, frame: Frame, focal: float) -> Floats:
    """Both ways in which a plane may lean, and none, each with the bends of :data:`BEND_STARTS` (m, 9)."""
    import cv2

    length = float(np.exp(focal)) * max(frame.size)
    inside = np.array([[length, 0.0, frame.centre[0]], [0.0, length, frame.centre[1]], [0.0, 0.0, 1.0]])
    spots = np.column_stack([points, np.zeros(len(points))])
    _, turns, shifts, _ = cv2.solvePnPGeneric(spots, pixels, inside, None, flags=cv2.SOLVEPNP_IPPE)
    starts = []
    for turn, shift in zip(turns, shifts, strict=True):
        depth = float(shift[2, 0])
        if depth > 0.0:
            middle = length * shift[:2, 0] / depth + frame.centre
            head = np.concatenate([middle, [np.log(length / depth)], turn[:, 0], [focal]])
            starts += [np.concatenate([head, bend]) for bend in BEND_STARTS]
            level = float(np.arctan2(*cv2.Rodrigues(turn)[0][1::-1, 0]))
    if starts:
        starts += [np.concatenate([starts[0][:3], (0.0, 0.0, level), [focal], bend]) for bend in BEND_STARTS]
    return np.array(starts).reshape(-1, 9)

"""The face in a photo: 468 points on it, where it looks, its eyes. A close-up of skin holds none."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Final

import numpy as np

from porelight.arrays import Floats, Pixels, Plane
from porelight.frozen import frozen
from porelight.photo.decode import Picture
from porelight.photo.face.iris import Iris, find_irises
from porelight.photo.face.network import Window, load_network

Network = Callable[[Plane], tuple[Floats, Floats]]

FACE_RASTER_PX: Final = 900
"""Longer side of the picture in which the face is looked for [px]."""
FINDER_CONFIDENCE: Final = 0.6
"""Confidence of the finder from which a place is looked at closely."""
FACE_CONFIDENCE: Final = 0.9
"""Confidence of the points from which what was found is a face."""
SEARCH_MARGINS: Final = (1.0, 1.6)
"""Sides of the square searched, by the picture's longer side: a face that fills the picture needs a margin."""
FACE_WINDOW_RATIO: Final = 1.5
"""Side of the square in which the points are found, by the face's longer side: as the network was trained."""
SECOND_LOOK_SHIFT: Final = 0.08
"""How far the square is moved to either side for another opinion, by its side."""
SECOND_LOOK_TURN: Final = 0.2
"""How far it is turned either way [radians]."""
MOST_POINT_SHIFT: Final = 0.055
"""How far points may move with the square, by the width of the face: whole faces stay under 0.03, halves pass 0.08."""
RIGHT_TO_LEFT: Final = ((33, 263), (133, 362), (61, 291), (234, 454), (127, 356), (93, 323), (50, 280), (48, 278))
"""Points on the patient's right and their twins on the left."""
BROW_TO_CHIN: Final = (10, 152)


@frozen
class Face:
    """A face. Right and left are the patient's: the right cheek is on the left of an upright portrait."""

    points: Floats
    """(468, 2) [px], in the order of the MediaPipe face mesh."""
    depth: Floats
    """How much further from the camera than the middle of the face each point is, (468,) [px]; a rough guess."""
    confidence: float
    """That this is a face, 0 to 1, as the network says it."""
    error: float
    """Mean distance by which the points move when the face is looked at a little differently [px]."""
    yaw: float
    """Turned to the patient's left [degrees], negative to the right; errs by about 5."""
    pitch: float
    """Turned up [degrees], negative down; errs by about 5."""
    roll: float
    """Tilted clockwise on the picture [degrees]."""
    irises: tuple[Iris, Iris]
    """Of the patient's right and left eye."""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the points [px]."""
        (left, top), (right, bottom) = self.points.min(axis=0), self.points.max(axis=0)
        return float(left), float(top), float(right), float(bottom)

    @property
    def eyes_open(self) -> bool:
        """Whether both eyes are."""
        return all(iris.is_open for iris in self.irises)


def find_face(picture: Picture) -> Face | None:
    """The surest face of a picture, upright or lying on any side; None for a close-up of skin."""
    reduced, step = _shrink_picture(picture.pixels)
    window = _search_face(reduced)
    if window is None:
        return None
    points, confidence, error = _locate_points(reduced, window)
    if confidence < FACE_CONFIDENCE or error > MOST_POINT_SHIFT * float(np.ptp(points[:, 0])):
        return None
    points = np.column_stack([(points[:, :2] + 0.5) * step - 0.5, points[:, 2] * step])
    yaw, pitch, roll = estimate_pose(points)
    places = np.ascontiguousarray(points[:, :2])
    irises = find_irises(picture.pixels, places)
    return Face(places, points[:, 2] - points[:, 2].mean(), confidence, error * step, yaw, pitch, roll, irises)


def _shrink_picture(pixels: Pixels) -> tuple[Pixels, float]:
    """The picture at most :data:`FACE_RASTER_PX` px long, and how many pixels of the whole one make one of it."""
    import cv2

    step = max(1, -(-max(pixels.shape[:2]) // FACE_RASTER_PX))
    if step == 1:
        return pixels, 1.0
    rows, columns = pixels.shape[0] // step, pixels.shape[1] // step
    even = np.ascontiguousarray(pixels[: rows * step, : columns * step])
    return np.asarray(cv2.resize(even, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8), float(step)


def _search_face(pixels: Pixels) -> Window | None:
    """The square around the surest face, turned so that the eyes lie level."""
    finder = load_network("face_finder")
    height, width = pixels.shape[:2]
    best, chosen = FINDER_CONFIDENCE, None
    for turn in range(4):
        for margin in SEARCH_MARGINS:
            searched = Window((width - 1) / 2, (height - 1) / 2, margin * max(width, height), turn * math.pi / 2)
            score, window = _detect_face(finder, pixels, searched)
            if score > best:
                best, chosen = score, window
    return chosen


def _detect_face(finder: Network, pixels: Pixels, searched: Window) -> tuple[float, Window]:
    """The surest face in a square: MediaPipe's short-range BlazeFace with its anchors."""
    boxes, scores = finder(2.0 * searched.cut(pixels, 128) - 1.0)
    index = int(np.argmax(scores))
    x, y, width, height, *marks = boxes.reshape(-1, 16)[index] / 128.0
    anchor = _make_anchors()[index]
    places = searched.placed(np.array([[x, y], marks[0:2], marks[2:4]]) + anchor)
    centre, right, left = places
    angle = math.atan2(left[1] - right[1], left[0] - right[0])
    side = FACE_WINDOW_RATIO * max(width, height) * searched.side
    return _logistic_function(scores.flat[index]), Window(float(centre[0]), float(centre[1]), side, angle)


def _logistic_function(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-float(np.clip(logit, -50.0, 50.0))))


def _make_anchors() -> Floats:
    """Centres of the 896 places where the finder looks (896, 2), 0 to 1: two a cell of 16 by 16, six of 8 by 8."""

    def cells(count: int, repeated: int) -> Floats:
        middle = (np.arange(count) + 0.5) / count
        x, y = np.meshgrid(middle, middle)
        return np.stack([x.ravel(), y.ravel()], -1).repeat(repeated, axis=0)

    return np.concatenate([cells(16, 2), cells(8, 6)])


def _locate_points(pixels: Pixels, window: Window) -> tuple[Floats, float, float]:
    """Points (468, 3) [px], the confidence, and by how much the points move when the square is moved and turned [px].

    They are looked at twice, the second time in a square that the first one gave. On half a face the network draws a
    whole one into that half, with full confidence: moved a little, it draws another.
    """
    mesh = load_network("face_points")
    first, _ = _run_mesh(mesh, pixels, window)
    best = _window_around(first)
    points, confidence = _run_mesh(mesh, pixels, best)
    moved = [dataclasses.replace(best, x=best.x + way * SECOND_LOOK_SHIFT * best.side) for way in (-1.0, 1.0)]
    moved += [dataclasses.replace(best, angle=best.angle + way * SECOND_LOOK_TURN) for way in (-1.0, 1.0)]
    others = [_run_mesh(mesh, pixels, other)[0] for other in moved]
    error = float(np.mean([np.hypot(*(other - points)[:, :2].T).mean() for other in others]))
    return points, confidence, error


def _run_mesh(mesh: Network, pixels: Pixels, window: Window) -> tuple[Floats, float]:
    raw, sure = mesh(window.cut(pixels, 192))
    raw = raw.reshape(468, 3) / 192.0
    places = np.column_stack([window.placed(raw[:, :2]), raw[:, 2] * window.side])
    return places, _logistic_function(sure.flat[0])


def _window_around(points: Floats) -> Window:
    """The square around points, turned so that the eyes lie level."""
    across = points[263, :2] - points[33, :2]
    angle = math.atan2(across[1], across[0])
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    level = points[:, :2] @ turn.T
    low, high = level.min(axis=0), level.max(axis=0)
    centre = turn.T @ ((low + high) / 2.0)
    return Window(float(centre[0]), float(centre[1]), FACE_WINDOW_RATIO * float((high - low).max()), angle)


def estimate_pose(points: Floats) -> tuple[float, float, float]:
    """Yaw, pitch and roll [degrees] from points (468, 3): x right, y down, z away from the camera."""
    right, left = np.array(RIGHT_TO_LEFT).T
    across = (points[left] - points[right]).sum(axis=0)
    down = points[BROW_TO_CHIN[1]] - points[BROW_TO_CHIN[0]]
    ahead = -np.cross(across, down)
    ahead = ahead / np.linalg.norm(ahead)
    # Undo the tilt on the picture first, so that yaw and pitch are those of the head and not of the camera.
    roll = math.atan2(across[1], across[0])
    x = ahead[0] * math.cos(roll) + ahead[1] * math.sin(roll)
    y = -ahead[0] * math.sin(roll) + ahead[1] * math.cos(roll)
    yaw, pitch = math.atan2(x, -ahead[2]), -math.asin(float(np.clip(y, -1.0, 1.0)))
    return math.degrees(yaw), math.degrees(pitch), math.degrees(roll)

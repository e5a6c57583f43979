"""A face whose picture may be shown to anybody: Eileen Collins, NASA, public domain; and what tests do to it."""

import cv2
import numpy as np
from skimage import data

from porelight.arrays import Pixels
from porelight.photo import Picture
from porelight.photo.face.find_face import Face, find_face
from porelight.photo.mask import COVERED_FEATURES

LIDS = ((33, 7, 163, 144, 145, 153, 154, 155, 133), (362, 382, 381, 380, 374, 373, 390, 249, 263))


def picture(pixels: Pixels) -> Picture:
    return Picture(np.ascontiguousarray(pixels), "portrait.png", "PNG")


def whole() -> Picture:
    """512 by 512 px, the face about 95 px wide."""
    return picture(np.asarray(data.astronaut(), np.uint8))  # type: ignore[no-untyped-call]


def near(times: float = 8.0) -> Picture:
    """The face alone, as large as a phone held near would show it."""
    cut = whole().pixels[40:210, 145:305]
    size = round(cut.shape[1] * times), round(cut.shape[0] * times)
    return picture(np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_CUBIC), np.uint8))


def found(shown: Picture) -> Face:
    face = find_face(shown)
    assert face is not None
    return face


def with_closed_eyes(shown: Picture) -> Picture:
    """Lids drawn over the eyes, with a line of lashes."""
    face = found(shown)
    hidden = np.zeros(shown.pixels.shape[:2], np.uint8)
    for name in ("right eye", "left eye"):
        cv2.fillPoly(hidden, [np.round(face.points[list(COVERED_FEATURES[name])]).astype(np.int32)], 255)
    skin = cv2.inpaint(shown.pixels, hidden, 3, cv2.INPAINT_TELEA)
    for lid in LIDS:
        line = np.round(face.points[list(lid)]).astype(np.int32)
        cv2.polylines(skin, [line], False, (70, 45, 35), max(1, shown.width // 400), cv2.LINE_AA)
    return picture(np.asarray(skin, np.uint8))


def drawn_eye(width: float, share: float, colour: tuple[int, int, int], gaze: float = 0.0) -> Pixels:
    """An eye ``width`` px between its corners, in the middle; its iris takes a ``share`` of that. Lids cut the iris."""
    fine = max(1, round(100.0 / width))
    side = round(2.6 * width) * fine
    middle, wide = side / 2.0, width * fine
    rows, columns = np.mgrid[:side, :side].astype(np.float32)
    across, down = (columns - middle) / (wide / 2.0), (rows - middle) / wide
    upper, lower = -0.22 * (1.0 - across**2), 0.15 * (1.0 - across**2)
    radius = share * wide / 2.0
    far = np.hypot(columns - middle - gaze * wide, rows - middle + 0.02 * wide)
    soft = np.clip((radius - far) / (0.06 * radius) + 0.5, 0.0, 1.0)[..., None]
    eye = np.array((225, 220, 215)) * (1.0 - soft) + np.array(colour) * soft
    eye[far < 0.4 * radius] = (15, 12, 12)
    eye[np.hypot(columns - middle - gaze * wide - 0.15 * radius, rows - middle + 0.3 * radius) < 0.12 * radius] = 255
    eye *= (1.0 - 0.45 * np.exp(-(((down - upper) / 0.05) ** 2)))[..., None]
    skin = np.broadcast_to(np.array((205.0, 160.0, 140.0)), eye.shape)
    within = (down > upper) & (down < lower) & (np.abs(across) < 1.0)
    shown = np.where(within[..., None], eye, skin)
    lash = 0.8 * np.exp(-(((down - upper) / 0.012) ** 2)) * (np.abs(across) < 1.02)
    brow = 0.7 * np.exp(-(((down + 0.5) / 0.06) ** 2)) * (np.abs(across) < 1.15)
    # A lens blurs light, not the numbers in the file.
    light = (shown * (1.0 - lash - brow).clip(0.0)[..., None] / 255.0) ** 2.2
    light = cv2.GaussianBlur(light, (0, 0), 0.6 * fine)
    light = cv2.resize(light, None, fx=1.0 / fine, fy=1.0 / fine, interpolation=cv2.INTER_AREA)
    shown = 255.0 * light ** (1.0 / 2.2)
    grain = np.random.default_rng(1).normal(0.0, 1.5, shown.shape)
    return np.asarray((shown + grain).clip(0, 255), np.uint8)

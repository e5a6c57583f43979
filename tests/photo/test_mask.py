"""Bare skin of every tone is kept; what is no skin is not."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from porelight import photo
from porelight.arrays import Pixels
from porelight.photo.artificial.render import SKIN_TONES, Camera, Phototype, render_skin
from porelight.photo.face.regions import cover_regions, outline_regions
from porelight.photo.mask import COVERED_FEATURES, skin_mask
from porelight.photo.tone import linear
from tests.photo.portraits import found, near, picture


def bare(phototype: Phototype = "III", size: tuple[int, int] = (360, 480), **how: Any) -> Pixels:
    return render_skin(5, size=size, phototype=phototype, **how).pixels


def kept(pixels: Pixels) -> NDArray[np.bool_]:
    return skin_mask(linear(pixels)).searched


LIGHTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "shiny": {"gloss": 1.0},
    "lit from the right": {"light_from": 20.0},
    "deep pores": {"depth": 2.0},
    "rough": {"texture": 2.0},
    "short exposure": {"camera": Camera(exposure=0.6)},
    "warm": {"camera": Camera(balance=(1.15, 1.0, 0.85))},
    "cool": {"camera": Camera(balance=(0.9, 1.0, 1.15))},
    "noisy": {"camera": Camera(noise=6.0, jpeg_quality=60)},
    "from very near": {"um_per_px": 15.0},
}


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize("phototype", sorted(SKIN_TONES))
def test_bare_skin_of_every_tone_is_kept_in_every_light(phototype: Phototype, light: str) -> None:
    assert kept(bare(phototype, (240, 320), **LIGHTS[light])).mean() >= 0.95


@pytest.mark.parametrize("phototype", ["I", "III", "VI"])
def test_a_single_hair_across_the_skin_is_left_out_and_little_else(phototype: Phototype) -> None:
    pixels = np.repeat(np.repeat(bare(phototype), 2, 0), 2, 1)
    before = kept(pixels)
    drawn = np.zeros(pixels.shape[:2], np.uint8)
    path = np.array([[150 + 4 * k, 150 + round(0.016 * k * k)] for k in range(130)], np.int32)
    cv2.polylines(drawn, [path], False, 255, 4, cv2.LINE_AA)
    hairy = pixels.copy()
    hairy[drawn > 127] = pixels[drawn > 127] // 3
    after = kept(hairy)
    assert after[drawn > 200].mean() < 0.1
    assert (before & ~after).sum() < 3.0 * (drawn > 127).sum()


def test_a_patch_of_dense_hair_is_left_out() -> None:
    pixels = bare("II").copy()
    rng = np.random.default_rng(2)
    for _ in range(700):
        x, y = rng.integers(290, 470), rng.integers(10, 350)
        end = (int(x + rng.integers(-6, 6)), int(y + 30))
        cv2.line(pixels, (int(x), int(y)), end, (45, 32, 25), 1, cv2.LINE_AA)
    seen = kept(pixels)
    assert seen[40:340, 310:450].mean() < 0.1
    assert seen[:, :250].mean() > 0.95


def test_a_hole_is_left_out_and_wide_pores_are_not() -> None:
    pixels = bare("III").copy()
    rows, columns = np.mgrid[:360, :480]
    nostril = np.hypot((columns - 240) / 45.0, (rows - 180) / 25.0)
    pixels = np.rint(pixels * (1.0 - 0.85 / (1.0 + nostril[..., None] ** 8))).astype(np.uint8)
    pores = np.zeros((360, 480))
    places = [(x, y) for x in range(40, 480, 100) for y in range(40, 360, 90) if abs(x - 240) > 90 or abs(y - 180) > 70]
    for x, y in places:
        pores = np.maximum(pores, 0.3 / (1.0 + (np.hypot(columns - x, rows - y) / 9.0) ** 6))
    seen = kept(np.rint(pixels * (1.0 - pores[..., None])).astype(np.uint8))
    assert seen[nostril < 0.7].mean() < 0.05
    assert all(seen[y, x] for x, y in places)


def test_blown_highlights_are_left_out_and_counted() -> None:
    pixels = bare("IV").copy()
    cv2.ellipse(pixels, (330, 180), (75, 50), 20.0, 0.0, 360.0, (255, 255, 255), -1)
    shine = skin_mask(linear(pixels))
    assert shine.searched[160:200, 290:370].mean() < 0.02
    assert shine.glare_share == pytest.approx(np.pi * 75 * 50 / (360 * 480), rel=0.35)
    assert skin_mask(linear(bare("IV"))).glare_share < 0.01


@pytest.mark.parametrize("colour", [(128, 128, 128), (60, 110, 200), (40, 160, 60), (20, 20, 22), (245, 245, 245)])
def test_what_lies_beside_the_skin_is_left_out(colour: tuple[int, int, int]) -> None:
    pixels = bare("II").copy()
    pixels[:, 320:] = colour
    seen = kept(pixels)
    assert seen[:, 335:].mean() < 0.01
    # Within 15 px of the edge skin may be lost: the colour there is that of both.
    assert seen[:, :305].mean() > 0.95


def test_a_face_without_its_brows_eyes_lips_nostrils_and_fringe() -> None:
    shown = near(7.0)
    face = found(shown)
    seen = skin_mask(linear(shown.pixels), face).searched
    for name, indices in COVERED_FEATURES.items():
        hidden = np.zeros(seen.shape, np.uint8)
        cv2.fillPoly(hidden, [np.round(face.points[list(indices)]).astype(np.int32)], 1)
        assert not seen[hidden > 0].any(), name
    numbers = cover_regions(outline_regions(face, shown.width, shown.height), *seen.shape)
    forehead, nose, right, left, chin = (float(seen[numbers == k].mean()) for k in range(1, 6))
    # Her fringe covers three quarters of the forehead; nose, cheeks and chin are bare.
    assert forehead < 0.4
    assert min(nose, right, left, chin) > 0.9


@pytest.mark.parametrize("gain", [0.12, 0.3])
def test_nose_cheeks_and_chin_of_a_darker_face_are_kept(gain: float) -> None:
    """The portrait with so much less light, melanin's colour with it: darker than phototype VI looks in a photo."""
    shown = near(5.0)
    light = linear(shown.pixels) * np.array([1.0, 0.8, 0.7], np.float32) * gain
    dark = np.rint(255.0 * light.clip(0.0, 1.0) ** (1.0 / 2.2)).astype(np.uint8)
    other = found(picture(dark))
    assert other.confidence > 0.9
    seen = skin_mask(linear(dark), other).searched
    numbers = cover_regions(outline_regions(other, shown.width, shown.height), *seen.shape)
    assert min(float(seen[numbers == k].mean()) for k in range(2, 6)) > 0.9


LEAST = {
    "cheek.png": 0.98,
    "fine_pores.jpg": 0.95,
    "large_pores.jpg": 0.98,
    "redness.jpg": 0.98,
    "stubble.jpg": 0.98,
    "shine.jpg": 0.88,
}
"""Share of each photo that is skin without mole, nostril, blown shine and background, judged by eye."""


@pytest.mark.parametrize("name", LEAST)
def test_real_close_ups_keep_their_skin(shared: Path, name: str) -> None:
    shown = photo.decode((shared / "images" / name).read_bytes(), name)
    assert kept(shown.pixels).mean() >= LEAST[name]


def test_the_dark_corner_and_the_mole_of_the_shiny_photo_are_left_out(shared: Path) -> None:
    seen = kept(photo.decode((shared / "images/shine.jpg").read_bytes(), "shine").pixels)
    assert not seen[5, 660]
    assert not seen[345, 325]

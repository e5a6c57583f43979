"""Real photos: true retakes are matched, copies are called copies, and no two people are taken for one."""

from __future__ import annotations

import functools
import io
import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from porelight.arrays import Pixels, Plane
from porelight.photo.compare.chain import compare_photos
from porelight.photo.compare.texture import Features, describe_texture, match_features
from porelight.photo.decode import Picture, decode
from porelight.photo.tone import linear, logarithm, luminance

pytestmark = pytest.mark.slow

RETAKES = (("PAT_1286_999_824", "PAT_1286_999_846"), ("PAT_539_1023_878", "PAT_539_1023_928"))
COPIES = (
    ("PAT_1029_135_239", "PAT_1029_135_983"),
    ("PAT_154_235_162", "PAT_154_235_30"),
    ("PAT_1582_2574_34", "PAT_1582_2574_905"),
    ("PAT_354_1814_153", "PAT_354_1814_619"),
)


def read(path: Path) -> Picture:
    return decode(path.read_bytes(), path.name)


def light(pixels: Pixels) -> Plane:
    return logarithm(luminance(linear(pixels)))


def saved_again(pixels: Pixels, quality: int) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("RGB"))


@pytest.mark.parametrize("names", RETAKES)
def test_true_retakes_are_matched_and_what_keeps_sizes_from_being_compared_is_reported(
    shared: Path, names: tuple[str, str]
) -> None:
    change = compare_photos(*(read(shared / f"images/pairs/{name}.png") for name in names))
    assert change.registration.places >= 10
    assert change.outcome == "sizes compared" or (
        change.outcome == "sizes not comparable" and change.reason is not None
    )


@pytest.mark.parametrize("names", COPIES)
def test_one_exposure_cropped_or_resampled_is_called_a_copy(shared: Path, names: tuple[str, str]) -> None:
    change = compare_photos(*(read(shared / f"images/pairs/{name}.png") for name in names))
    assert change.outcome == "copy"
    assert change.result in ("cannot be told", "no detectable change")


@pytest.mark.parametrize("name", ["PAT_288_441_312", "PAT_767_1501_691"])
def test_a_file_saved_again_is_called_a_copy(shared: Path, name: str) -> None:
    folder = shared / "cases/photo/copies"
    assert compare_photos(read(folder / f"{name}_a.png"), read(folder / f"{name}_jpeg30.png")).outcome == "copy"
    mild = compare_photos(read(folder / f"{name}_a.png"), read(folder / f"{name}_mild.png"))
    assert mild.registration.places >= 10


@pytest.mark.parametrize(("crop", "whole"), [("cheek_crop70", "cheek"), ("large_crop", "large_pores_quarter")])
def test_a_crop_of_a_photo_shows_no_change(shared: Path, crop: str, whole: str) -> None:
    change = compare_photos(read(shared / f"cases/photo/{crop}.png"), read(shared / f"images/{whole}.png"))
    assert (change.outcome, change.result) == ("copy", "no detectable change")


def altered(pixels: Pixels, kind: str) -> Pixels:
    height, width = pixels.shape[:2]
    if kind == "jpeg 30":
        return saved_again(pixels, 30)
    if kind == "cropped":
        return pixels[height // 5 : -height // 10, width // 10 : -width // 5]
    if kind == "blurred":
        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 2.0), np.uint8)
    if kind.startswith("zoom"):
        zoom = float(kind.split()[1])
        return np.asarray(cv2.resize(pixels, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.uint8)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(kind.split()[1]), 1.0)
    return np.asarray(cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8)


@functools.cache
def marked_photo(path: Path) -> tuple[Pixels, tuple[Features, ...]]:
    pixels = read(path).pixels
    return pixels, describe_texture(light(pixels))


@pytest.mark.parametrize("kind", ["jpeg 30", "cropped", "blurred", "zoom 0.45", "zoom 2.2", "turned 35", "turned 160"])
def test_every_marked_photo_is_found_again_however_it_was_altered(shared: Path, kind: str) -> None:
    missed = []
    for path in sorted((shared / "images/marked").glob("*.png")):
        pixels, described = marked_photo(path)
        if match_features(described, describe_texture(light(altered(pixels, kind)))) is None:
            missed.append(path.name)
    assert missed == []


def test_no_two_people_are_taken_for_one(shared: Path) -> None:
    paths = sorted((shared / "images/marked").glob("*.png"))
    described = {path.stem: marked_photo(path)[1] for path in paths}
    pairs = itertools.combinations(described, 2)
    assert [pair for pair in pairs if match_features(*(described[name] for name in pair)) is not None] == []

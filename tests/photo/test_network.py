"""The networks that ship with the package, and the windows through which they look."""

import hashlib
from importlib import resources

import numpy as np
import pytest

from porelight.photo.face.network import Window

SHIPPED = {
    "face_finder": "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    "face_points": "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
    "iris_points": "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
}
"""SHA-256 of the networks inside the package mediapipe 0.10.21."""


@pytest.mark.parametrize("name", SHIPPED)
def test_the_networks_are_those_that_were_published(name: str) -> None:
    data = (resources.files("porelight") / "data" / "models" / f"{name}.tflite").read_bytes()
    assert hashlib.sha256(data).hexdigest() == SHIPPED[name]


def test_a_window_shows_what_lies_there_and_leads_back() -> None:
    """A bright dot cut out of a turned window is found again at its place, to a tenth of a pixel."""
    rows, columns = np.mgrid[:240, :320]
    dot = 255.0 * np.exp(-((columns - 140.0) ** 2 + (rows - 90.0) ** 2) / (2.0 * 4.0**2))
    pixels = np.repeat(np.rint(dot).astype(np.uint8)[..., None], 3, axis=2)
    for window in (Window(150.0, 100.0, 80.0, 0.7), Window(150.0, 100.0, 96.0, -2.0, mirrored=True)):
        seen = window.cut(pixels, 64)[..., 0].astype(np.float64)
        down, across = (np.array([np.average(axis, weights=seen)]) for axis in np.mgrid[:64, :64])
        back = window.placed(np.stack([(across + 0.5) / 64.0, (down + 0.5) / 64.0], -1))[0]
        assert back == pytest.approx((140.0, 90.0), abs=0.1)

"""Small neural networks that ship with the package, run by OpenCV on the processor; where they look in a picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import resources
from typing import Final, Literal

import numpy as np

from porelight.arrays import Floats, Pixels, Plane
from porelight.frozen import frozen

Model = Literal["face_finder", "face_points", "iris_points"]

OUTPUTS: Final[dict[Model, tuple[str, str]]] = {
    "face_finder": ("regressors", "classificators"),
    "face_points": ("conv2d_21", "conv2d_31"),
    "iris_points": ("output_eyes_contours_and_brows", "output_iris"),
}
"""What each network answers with, by the names inside its file."""


def load_network(model: Model) -> Callable[[Plane], tuple[Floats, Floats]]:
    """The network as a function of one square of colour (n, n, 3), red first, in the range that it was trained on."""
    import cv2

    data = (resources.files("porelight") / "data" / "models" / f"{model}.tflite").read_bytes()
    net = cv2.dnn.readNetFromTFLite(np.frombuffer(data, np.uint8))

    def answer(square: Plane) -> tuple[Floats, Floats]:
        net.setInput(np.ascontiguousarray(square.transpose(2, 0, 1)[None], np.float32))
        first, second = (np.asarray(net.forward(name), np.float64) for name in OUTPUTS[model])
        return first, second

    return answer


@frozen
class Window:
    """A turned square of a picture: centre and side [px], angle of its rows [radians] clockwise on the picture."""

    x: float
    y: float
    side: float
    angle: float = 0.0
    mirrored: bool = False

    def cut(self, pixels: Pixels, size: int) -> Plane:
        """What the square shows, at ``size`` by ``size`` px (size, size, 3), 0 to 1; beyond the picture its border."""
        import cv2

        part, left, top, step = self._near(pixels, size)
        corners = self.placed(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
        source = ((corners - (left, top) + 0.5) / step - 0.5).astype(np.float32)
        target = np.array([[0.0, 0.0], [size, 0.0], [0.0, size]], np.float32) - np.float32(0.5)
        turn = cv2.getAffineTransform(source, target)
        seen = cv2.warpAffine(part, turn, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(seen, np.float32) / np.float32(255.0)

    def placed(self, points: Floats) -> Floats:
        """Points (n, 2) of the square, 0 to 1, as places on the picture [px]."""
        across, down = (points[:, 0] - 0.5) * self.side, (points[:, 1] - 0.5) * self.side
        across = -across if self.mirrored else across
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        return np.stack([self.x + across * cosine - down * sine, self.y + across * sine + down * cosine], -1)

    def _near(self, pixels: Pixels, size: int) -> tuple[Pixels, int, int, float]:
        """The upright part of the picture around the square, made coarser by whole steps so that nothing flickers."""
        import cv2

        reach = self.side * (abs(math.cos(self.angle)) + abs(math.sin(self.angle))) / 2.0 + 2.0
        height, width = pixels.shape[:2]
        left = int(np.clip(self.x - reach, 0, width - 1))
        top = int(np.clip(self.y - reach, 0, height - 1))
        part = pixels[
            top : int(np.clip(self.y + reach, top + 1, height)), left : int(np.clip(self.x + reach, left + 1, width))
        ]
        step = max(1, min(int(self.side / size), *part.shape[:2]))
        rows, columns = part.shape[0] // step, part.shape[1] // step
        part = part[: rows * step, : columns * step]
        if step > 1:
            part = np.asarray(cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
        return np.ascontiguousarray(part), left, top, float(step)

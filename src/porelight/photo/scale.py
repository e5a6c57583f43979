"""How long a pixel is on the skin: one number, or a plane seen at an angle."""

from __future__ import annotations

import dataclasses
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from porelight.cite import Cited

Floats = NDArray[np.float64]

ScaleSource = Literal["typed", "card", "iris"]


@dataclasses.dataclass(frozen=True, slots=True)
class Scale:
    """Micrometres of skin per pixel.

    With a homography the skin is taken as a plane that the camera sees at an angle: lengths then depend on the place
    and on the direction in the picture.
    """

    um_per_px: float
    """In the middle of the picture: the square root of the area that one pixel covers [um]."""
    relative_error: float
    """Relative standard error that all lengths share; 0 where a person typed the scale and gave none."""
    source: ScaleSource
    homography: Floats | None
    """(3, 3) from pixels to um on the plane of the skin; None where the plane faces the camera."""
    tilt: float
    """Angle between the skin's plane and the picture's [degrees]; 0 where it is not known."""
    rests_on: tuple[Cited, ...]

    def jacobian(self, x: Floats, y: Floats) -> Floats:
        """d(um on the skin) / d(px) at places (n,) of the picture, shape (n, 2, 2)."""
        if self.homography is None:
            return np.broadcast_to(self.um_per_px * np.eye(2), (np.size(x), 2, 2))
        h = self.homography
        u, v, w = (h[row, 0] * x + h[row, 1] * y + h[row, 2] for row in range(3))
        upper = [(h[0, column] * w - u * h[2, column]) / w**2 for column in range(2)]
        lower = [(h[1, column] * w - v * h[2, column]) / w**2 for column in range(2)]
        return np.stack([np.stack(upper, axis=-1), np.stack(lower, axis=-1)], axis=-2)

    def at(self, x: Floats, y: Floats) -> Floats:
        """Square root of the area that one pixel covers at places (n,) of the picture [um]."""
        area: Floats = np.abs(np.linalg.det(self.jacobian(x, y)))
        return np.sqrt(area)


def typed(um_per_px: float) -> Scale:
    """The same scale everywhere, as a person gave it."""
    return Scale(um_per_px, 0.0, "typed", None, 0.0, ())

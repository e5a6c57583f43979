"""How long a pixel is on the skin: one number, or a surface seen at an angle."""

from __future__ import annotations

from typing import Literal

import numpy as np

from porelight.arrays import Floats
from porelight.cite import Cited
from porelight.frozen import frozen
from porelight.photo.card.sheet import Sheet

ScaleSource = Literal["typed", "card", "iris"]


@frozen
class Scale:
    """Micrometres of skin per pixel.

    With a homography or a sheet the camera sees the skin at an angle: lengths then depend on the place and on the
    direction in the picture.
    """

    um_per_px: float
    """In the middle of the picture, or of the card's opening: the square root of the area that a pixel covers [um]."""
    relative_error: float
    """Relative standard error that all lengths share; 0 where a person typed the scale and gave none."""
    source: ScaleSource
    homography: Floats | None
    """(3, 3) from pixels to um on the plane of the skin; None where the plane faces the camera."""
    tilt: float
    """Angle between the skin's plane and the picture's [degrees]; 0 where it is not known."""
    rests_on: tuple[Cited, ...]
    sheet: Sheet | None = None
    """The surface of the skin where more is known of it than a plane; it goes before the homography."""

    def jacobian(self, x: Floats, y: Floats) -> Floats:
        """d(um on the skin) / d(px) at places (n,) of the picture, shape (n, 2, 2)."""
        if self.sheet is not None:
            return np.asarray(np.linalg.inv(self.sheet.slopes(self.sheet.unproject(x, y))), np.float64)
        if self.homography is None:
            return np.broadcast_to(self.um_per_px * np.eye(2), (np.size(x), 2, 2))
        h = self.homography
        u, v, w = (h[row, 0] * x + h[row, 1] * y + h[row, 2] for row in range(3))
        upper = [(h[0, column] * w - u * h[2, column]) / w**2 for column in range(2)]
        lower = [(h[1, column] * w - v * h[2, column]) / w**2 for column in range(2)]
        return np.stack([np.stack(upper, axis=-1), np.stack(lower, axis=-1)], axis=-2)

    def at(self, x: Floats, y: Floats) -> Floats:
        """Square root of the area that one pixel covers at places (n,) of the picture [um]."""
        return np.asarray(np.sqrt(np.abs(np.linalg.det(self.jacobian(x, y)))), np.float64)

    def straight(self, x: Floats, y: Floats, elongation: Floats, direction: Floats) -> tuple[Floats, Floats]:
        """Elongation and direction [degrees] of ellipses (n,) as they are on the skin seen from straight above.

        The slant stretches an ellipse; the turn of the skin's own axes is left out, so that a direction still counts
        from the rows of the picture.
        """
        if self.homography is None and self.sheet is None:
            return elongation, direction
        return stretched(_without_turn(self.jacobian(x, y)), elongation, direction)


def stretched(slopes: Floats, elongation: Floats, direction: Floats) -> tuple[Floats, Floats]:
    """Elongation and direction [degrees] of ellipses (n,) after each plane was stretched by its slopes (n, 2, 2)."""
    angle = np.radians(direction)
    axes = np.stack([np.stack([np.cos(angle), -np.sin(angle)], -1), np.stack([np.sin(angle), np.cos(angle)], -1)], -2)
    half = np.stack([np.sqrt(elongation), 1.0 / np.sqrt(elongation)], -1)
    turned, lengths, _ = np.linalg.svd(slopes @ (axes * half[:, None, :]))
    way = np.degrees(np.arctan2(turned[:, 1, 0], turned[:, 0, 0]))
    return lengths[:, 0] / lengths[:, 1], np.mod(way, 180.0)


def _without_turn(jacobian: Floats) -> Floats:
    """The symmetric part S of J = Q S with a rotation Q (n, 2, 2): what stretches without turning."""
    _, lengths, rows = np.linalg.svd(jacobian)
    return np.asarray(rows.transpose(0, 2, 1) @ (lengths[..., None] * rows))


def typed(um_per_px: float) -> Scale:
    """The same scale everywhere, as a person gave it."""
    return Scale(um_per_px, 0.0, "typed", None, 0.0, ())

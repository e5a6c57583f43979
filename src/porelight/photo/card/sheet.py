"""A sheet in space, flat or bent one way, as a pinhole camera sees it: between px and um on the sheet.

Coordinates on the sheet run along it, so that lengths of skin under a bent card come out as on the skin.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight.arrays import Floats
from porelight.frozen import frozen

NEWTON_STEPS: Final = 8
"""Steps of Newton's method from px to the sheet; the error falls below a thousandth of a px within five."""


@frozen
class Sheet:
    """A cylinder of curvature ``bend`` whose apex touches the plane of the sheet at its origin.

    Beyond ``reach`` from the origin, along the bend, the sheet goes on straight. Square pixels, no distortion.
    """

    focal: float
    """Focal length of the camera [px]."""
    centre: tuple[float, float]
    """Where the camera's axis meets the picture [px]."""
    rotation: Floats
    """(3, 3) from the sheet's axes to the camera's: x right, y down, z away."""
    shift: Floats
    """The origin of the sheet in the camera's axes (3,) [um]."""
    bend: float = 0.0
    """Curvature [1/um]; positive where the sheet's ends fall away from the camera."""
    heading: float = 0.0
    """Direction on the sheet in which it bends [rad], from its x axis to its y axis."""
    reach: float = np.inf
    """[um]"""

    def project(self, points: Floats) -> Floats:
        """Points (n, 2) of the sheet [um] in the picture (n, 2) [px]."""
        return self._seen(points)[0]

    def slopes(self, points: Floats) -> Floats:
        """d(px) / d(um) at points (n, 2) of the sheet [um], shape (n, 2, 2)."""
        return self._seen(points)[1]

    def unproject(self, x: Floats, y: Floats) -> Floats:
        """Places of the picture [px] on the sheet (n, 2) [um].

        Where the line of sight misses the sheet the nearest place that was reached is given.
        """
        pixels = np.stack([np.ravel(x), np.ravel(y)], axis=-1).astype(np.float64)
        points = self._on_plane(pixels)
        if self.bend:
            for _ in range(NEWTON_STEPS):
                seen, slopes = self._seen(points)
                step = np.linalg.solve(slopes, (pixels - seen)[..., None])[..., 0]
                length = np.linalg.norm(step, axis=1, keepdims=True)
                points = points + step * np.minimum(1.0, 0.5 / np.maximum(self.bend * length, 1e-9))
        return points

    @property
    def homography(self) -> Floats:
        """(3, 3) from px to um on the plane that touches the sheet at its origin."""
        inside = np.array([[self.focal, 0.0, self.centre[0]], [0.0, self.focal, self.centre[1]], [0.0, 0.0, 1.0]])
        found = np.linalg.inv(inside @ np.column_stack([self.rotation[:, 0], self.rotation[:, 1], self.shift]))
        return np.asarray(found / found[2, 2])

    @property
    def tilt(self) -> float:
        """Angle between the sheet at its origin and the picture [degrees]."""
        return float(np.degrees(np.arccos(np.clip(abs(self.rotation[2, 2]), 0.0, 1.0))))

    def _on_plane(self, pixels: Floats) -> Floats:
        h = self.homography
        points = np.column_stack([pixels, np.ones(len(pixels))]) @ h.T
        return np.asarray(points[:, :2] / points[:, 2:])

    def _seen(self, points: Floats) -> tuple[Floats, Floats]:
        spots, along, aside = self._in_space(points)
        spots, along, aside = (each @ self.rotation.T for each in (spots, along, aside))
        spots = spots + self.shift
        depth = np.maximum(spots[:, 2:], 1.0)
        seen = self.focal * spots[:, :2] / depth + np.array(self.centre)
        slopes = [self.focal * (each[:, :2] - spots[:, :2] / depth * each[:, 2:]) / depth for each in (along, aside)]
        cosine, sine = np.cos(self.heading), np.sin(self.heading)
        turned = np.stack([cosine * slopes[0] - sine * slopes[1], sine * slopes[0] + cosine * slopes[1]], axis=-1)
        return seen, turned

    def _in_space(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """Points (n, 3) on the bent sheet and its two tangents there, along the bend and aside."""
        towards = np.array([np.cos(self.heading), np.sin(self.heading), 0.0])
        across = np.array([-towards[1], towards[0], 0.0])
        away = np.array([0.0, 0.0, 1.0])
        along, aside = points @ towards[:2], points @ across[:2]
        bent = np.clip(along, -self.reach, self.reach)
        angle = self.bend * bent
        # sin(a)/a and (1 - cos a)/a as they are at small angles, without a division by nothing
        reached, fallen = bent * np.sinc(angle / np.pi), 0.5 * bent * angle * np.sinc(0.5 * angle / np.pi) ** 2
        tangent = np.cos(angle)[:, None] * towards + np.sin(angle)[:, None] * away
        spots = reached[:, None] * towards + fallen[:, None] * away + aside[:, None] * across
        return spots + (along - bent)[:, None] * tangent, tangent, np.broadcast_to(across, spots.shape)

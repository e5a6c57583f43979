"""Cards on plain skin, photographed: the geometry of ``view`` without the cost of drawing pores."""

import numpy as np

from porelight.photo.artificial.render import Camera, take_photo
from porelight.photo.artificial.view import Scene, View, make_scene, see_skin
from porelight.photo.decode import Picture

SKIN = (0.45, 0.28, 0.20)
SIZE = (840, 1260)
UM = 80.0


def shot(
    view: View, camera: Camera | None = None, *, size: tuple[int, int] = SIZE, um: float = UM, seed: int = 0
) -> tuple[Picture, Scene]:
    """A photo of even skin, and where everything lay."""
    lying = make_scene(view, size, um)
    light = np.ones((64, 64, 3), np.float32) * np.array(SKIN, np.float32)
    picture = see_skin(lying, light, np.ones((64, 64), np.float32), (0.0, 0.0), um)
    pixels, _ = take_photo(np.random.default_rng(seed), picture, camera or Camera())
    return Picture(pixels, "drawn", "JPEG"), lying


def true_scale(lying: Scene, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Root of the area [um] that a pixel covers on the drawn skin."""
    slopes = lying.skin.slopes(lying.skin.unproject(x, y))
    return np.asarray(np.abs(np.linalg.det(slopes)) ** -0.5)

"""Photos of the same rendered skin, taken again: other camera, other place, other light. Truth for comparing."""

from __future__ import annotations

import dataclasses
import functools
import io
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from porelight.arrays import Floats
from porelight.photo.artificial.render import Camera, render_skin
from porelight.photo.decode import Picture
from porelight.photo.tone import blur, encode_srgb, linear


@dataclasses.dataclass(frozen=True)
class Shot:
    """What one photo adds. Lengths in px, noise in 8-bit levels, angles in degrees."""

    blur: float = 0.7
    noise: float = 1.2
    jpeg_quality: int = 92
    exposure: float = 1.0
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    angle: float = 0.0
    scale: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)
    perspective: tuple[float, float] = (0.0, 0.0)
    bend: float = 0.0
    """Standard deviation of a smooth displacement: skin is soft."""


def hand_held(rng: np.random.Generator) -> Shot:
    """As an ordinary person takes the same photo again."""
    return Shot(
        blur=rng.uniform(0.5, 1.1),
        noise=rng.uniform(0.6, 2.0),
        jpeg_quality=int(rng.choice([80, 85, 90, 95])),
        exposure=float(np.exp(rng.normal(0.0, 0.15))),
        balance=tuple(np.exp(rng.normal(0.0, 0.05, 3)).tolist()),
        angle=rng.normal(0.0, 8.0),
        scale=float(np.exp(rng.normal(0.0, 0.1))),
        shift=(rng.normal(0.0, 40.0), rng.normal(0.0, 40.0)),
        perspective=(rng.normal(0.0, 0.06), rng.normal(0.0, 0.06)),
        bend=2.0,
    )


@functools.cache
def skin(seed: int, **how: Any) -> NDArray[np.float32]:
    """Linear light (h, w, 3) of rendered skin before any camera."""
    drawn = render_skin(seed, camera=Camera(blur=0.3, noise=0.0, jpeg_quality=None), **how)
    return linear(drawn.pixels)


def plane_map(shot: Shot, width: int, height: int) -> Floats:
    """(3, 3), from the skin's pixels to those of the photo, without the bend."""
    centre = np.array([[1.0, 0.0, -width / 2], [0.0, 1.0, -height / 2], [0.0, 0.0, 1.0]])
    cosine, sine = (shot.scale * turn(np.radians(shot.angle)) for turn in (np.cos, np.sin))
    tilt = shot.perspective[0] / width, shot.perspective[1] / height
    moved = np.array([[cosine, -sine, shot.shift[0]], [sine, cosine, shot.shift[1]], [*tilt, 1.0]])
    return np.asarray(np.linalg.inv(centre) @ moved @ centre, np.float64)


def take(light: NDArray[np.float32], shot: Shot, seed: int) -> Picture:
    """The photo."""
    rng = np.random.default_rng(seed)
    height, width = light.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float64)
    back = np.linalg.inv(plane_map(shot, width, height))
    u, v, w = (back[row, 0] * columns + back[row, 1] * rows + back[row, 2] for row in range(3))
    bent = [
        shot.bend
        * cv2.resize(rng.standard_normal((5, 6)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        for _ in range(2)
    ]
    coarser = max(1.0 / shot.scale**2 - 1.0, 0.0)
    if coarser:
        light = np.dstack([blur(np.ascontiguousarray(light[..., k]), 0.45 * coarser**0.5 + 0.01) for k in range(3)])
    x, y = ((each / w + bend).astype(np.float32) for each, bend in zip((u, v), bent, strict=True))
    seen = cv2.remap(light, x, y, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT).clip(0.0, None)
    gain = shot.exposure * np.array(shot.balance, np.float32)
    seen = np.dstack([blur(np.ascontiguousarray(seen[..., k] * gain[k]), shot.blur) for k in range(3)])
    coded = 255.0 * encode_srgb(seen).clip(0.0, 1.0) + shot.noise * rng.standard_normal(seen.shape)
    kept = io.BytesIO()
    quality = shot.jpeg_quality
    image = Image.fromarray(np.clip(np.rint(coded), 0, 255).astype(np.uint8))
    image.save(kept, "JPEG", quality=quality, subsampling=0 if quality >= 90 else 2)
    with Image.open(io.BytesIO(kept.getvalue())) as reread:
        return Picture(np.asarray(reread.convert("RGB")).copy(), f"photo {seed}", "JPEG")

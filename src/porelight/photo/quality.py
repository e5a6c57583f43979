"""What limits a photo, as flags: each is something the person with the camera can change."""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight.photo.census import PictureFlag, Pores
from porelight.photo.decode import Picture
from porelight.photo.fit import Outlines
from porelight.photo.mask import SkinMask
from porelight.photo.size import PoreScale
from porelight.photo.tone import Plane, luminance

SMALL: Final = 200
"""Width or height [px] under which too few pores fit in to count: at 60 um per px, 12 mm of skin."""
COARSE: Final = 5.0
"""Median pore diameter [px] under which sizes cannot be told apart."""
GLARE: Final = 0.03
"""Share of the skin that may be lost to glare."""
DARK: Final = 0.02
"""Median luminance of skin under which the sensor's noise rules."""
NOISY: Final = 5.0
"""Noise of the picture [8-bit levels] from which pores are lost."""
FEW: Final = 25
"""Pores under which a summary says little."""
LIKE_TEXTURE: Final = 1.12
"""Dark dots by bright ones under which the dots may as well be the skin's texture."""
SOFT: Final = 0.603
"""Median edge softness of the pores, by radius, from which the photo is blurred."""
CLEAN: Final = 0.35
"""Noise [8-bit levels] that no sensor reaches: with soft edges as well, a filter has been at work."""
SMOOTH: Final = 0.603
"""Edge softness from which a picture that clean counts as smoothed."""


def flags_of(
    picture: Picture,
    light: Plane,
    mask: SkinMask,
    outline: Outlines,
    pores: Pores,
    scale: PoreScale,
    um_per_px: float | None,
) -> tuple[PictureFlag, ...]:
    """Every flag that holds, in the order of the type."""
    noise = noise_level(picture)
    median = float(np.median(pores.diameter)) if len(pores) else 0.0
    softness = float(np.median(outline.edge / outline.radius)) if outline.edge.size else 0.0
    holds: dict[PictureFlag, bool] = {
        "uncalibrated": um_per_px is None,
        "too small": min(picture.width, picture.height) < SMALL,
        "blurred": softness > SOFT,
        "too coarse": 0.0 < median < COARSE,
        "glare": mask.glare_share > GLARE,
        "smoothed": noise < CLEAN and softness > SMOOTH,
        "noisy": noise > NOISY,
        "dark": float(np.median(luminance(light[::8, ::8])[mask.searched[::8, ::8]])) < DARK
        if mask.searched[::8, ::8].any()
        else True,
        "no skin": False,
        "few pores": len(pores) < FEW or scale.asymmetry < LIKE_TEXTURE,
    }
    return tuple(name for name, held in holds.items() if held)


def noise_level(picture: Picture) -> float:
    """Noise of the green channel in the middle of the picture [8-bit levels]: a mask that is blind to planes and edges.

    Immerkaer, Computer Vision and Image Understanding 64 (1996) 300, with the median in place of the mean so that
    texture counts less.
    """
    middle = picture.height // 2
    band = max(200, 1_000_000 // picture.width)
    green = picture.pixels[max(0, middle - band) : middle + band, :, 1].astype(np.float32)
    across = green[:, :-2] - 2.0 * green[:, 1:-1] + green[:, 2:]
    mask = across[:-2] - 2.0 * across[1:-1] + across[2:]
    return float(np.median(np.abs(mask))) / 0.6745 / 6.0

"""Two photos of the same skin made alike: one raster, one blur, one noise; the better is made worse.

How sharp a photo is must not be read from its pores: pores that shrank look sharper or softer too. It is read from the
skin between them, whose texture is the same in both: the ratio of the two power spectra falls as exp(-(2 pi f)^2 s) if
one photo is softer by a blur of variance s [px2]; noise only adds to its high end, which is left out.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np

from porelight.arrays import Floats, Mask, Plane
from porelight.photo.compare.registration import Registration
from porelight.photo.compare.resample import sample_plane
from porelight.photo.tone import blur, logarithm

COMMON_PORE: Final = 9.0
"""Median pore diameter on the common raster at most [px]: more pixels cost time and tell no more."""
SPECTRUM_SIDE: Final = 64
"""Side of the windows that spectra are taken from [px]: several pores wide."""
MOST_SPECTRA: Final = 240
"""Windows at most, spread evenly."""
PORE_MARGIN: Final = 1.7
"""How far around a pore the skin is left out of the spectrum, in pore radii."""
BLUR_BAND: Final = (0.05, 0.36)
"""Frequencies that tell of blur [1/px]: below lie shading and pores, above lies noise."""
NOISE_BAND: Final = 0.42
"""Frequency from which a spectrum is taken as noise [1/px]."""
CLEAR_POWER: Final = 4.0
"""How many times its noise a photo's power must be for a frequency to count."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """Log luminance (h, w) of both photos on one raster over the first photo."""

    before: Plane
    after: Plane
    common: Mask
    """Where both show skin that was searched."""
    step: float
    """Px of the first photo per px of the common raster."""
    softer: float
    """Blur by which the second photo was softer than the first [px of the common raster]; negative: sharper."""
    noisier: float
    """Noise by which the second photo was noisier, in log luminance; negative: less noisy."""

    def of_before(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Places in the first photo of places on the raster. A pixel's centre has whole coordinates."""
        return (x + 0.5) * self.step - 0.5, (y + 0.5) * self.step - 0.5


def match_photos(
    light: tuple[Plane, Plane],
    masks: tuple[Mask, Mask],
    found: Registration,
    diameter: float,
    pores: tuple[Floats, Floats, Floats],
    seed: int,
) -> Alike:
    """Both photos on the coarser of their rasters, equally blurred and equally noisy.

    Args:
        light: luminance (h, w) of the first photo and of the second, linear.
        masks: where each shows skin that was searched.
        found: the map between them.
        diameter: median pore diameter in the first photo [px].
        pores: x, y and diameter (n,) of all pores of both, in px of the first photo.
        seed: of the noise that is added to the less noisy photo.
    """
    step = max(1.0, 1.0 / found.scale, diameter / COMMON_PORE)
    height, width = (int(side / step) for side in light[0].shape)
    rows, columns = np.mgrid[0:height, 0:width]
    x, y = (columns + 0.5) * step - 0.5, (rows + 0.5) * step - 0.5
    across, down = found.everywhere(x, y)
    # Cubic interpolation may undershoot beside a glint: light is never negative.
    first = np.maximum(sample_plane(light[0], x, y, step), 0.0)
    second = np.maximum(sample_plane(light[1], across, down, step * found.scale), 0.0)
    common = _look_up(masks[0], x, y) & _look_up(masks[1], across, down)
    between = common & ~_draw_discs(pores, step, common.shape)
    return _match_blur_and_noise(Alike(logarithm(first), logarithm(second), common, step, 0.0, 0.0), between, seed)


def _look_up(mask: Mask, x: Floats, y: Floats) -> Mask:
    inside = (x >= 0) & (y >= 0) & (x <= mask.shape[1] - 1) & (y <= mask.shape[0] - 1)
    rows = np.rint(y).astype(int).clip(0, mask.shape[0] - 1)
    columns = np.rint(x).astype(int).clip(0, mask.shape[1] - 1)
    shown: Mask = inside & mask[rows, columns]
    return shown


def _draw_discs(pores: tuple[Floats, Floats, Floats], step: float, shape: tuple[int, ...]) -> Mask:
    import cv2

    drawn = np.zeros(shape, np.uint8)
    for x, y, diameter in zip(*(values / step for values in pores), strict=True):
        cv2.circle(drawn, (round(float(x)), round(float(y))), round(PORE_MARGIN * float(diameter) / 2.0) + 1, 1, -1)
    return drawn.astype(np.bool_)


def _match_blur_and_noise(raw: Alike, between: Mask, seed: int) -> Alike:
    """Blur first, by what the texture between the pores says, then noise."""
    variance = _fit_blur(_measure_spectrum(raw.before, between), _measure_spectrum(raw.after, between))
    before, after = raw.before, raw.after
    if variance > 0.0:
        before = blur(before, max(float(np.sqrt(variance)), 0.05))
    elif variance < 0.0:
        after = blur(after, max(float(np.sqrt(-variance)), 0.05))
    gap = _noise_power(_measure_spectrum(after, between)) - _noise_power(_measure_spectrum(before, between))
    added = np.random.default_rng(seed).standard_normal(before.shape).astype(np.float32)
    if gap > 0.0:
        before = before + np.float32(np.sqrt(gap)) * added
    else:
        after = after + np.float32(np.sqrt(-gap)) * added
    softer, noisier = (float(np.sign(value) * np.sqrt(abs(value))) for value in (variance, gap))
    return dataclasses.replace(raw, before=before, after=after, softer=softer, noisier=noisier)


def _measure_spectrum(plane: Plane, between: Mask) -> Floats:
    """Power by frequency (SPECTRUM_SIDE // 2 + 1,), such that white noise of variance v has power v."""
    relief = (plane - blur(plane, 6.0)).clip(-0.5, 0.5)
    shown = blur(between.astype(np.float32), 1.0)
    taper = np.outer(np.hanning(SPECTRUM_SIDE), np.hanning(SPECTRUM_SIDE))
    total, energy = np.zeros((SPECTRUM_SIDE, SPECTRUM_SIDE)), 1e-12
    for row, column in _window_corners(plane.shape):
        window = slice(row, row + SPECTRUM_SIDE), slice(column, column + SPECTRUM_SIDE)
        weight = taper * shown[window]
        seen = relief[window] * weight
        seen = seen - weight * (seen.sum() / max(float(weight.sum()), 1e-9))
        total += np.abs(np.fft.fft2(seen)) ** 2
        energy += float(np.sum(weight**2))
    step = np.fft.fftfreq(SPECTRUM_SIDE)
    ring = np.rint(np.hypot(step[:, None], step[None]) * SPECTRUM_SIDE).astype(int).ravel()
    kept = ring <= SPECTRUM_SIDE // 2
    return np.bincount(ring[kept], total.ravel()[kept]) / np.bincount(ring[kept]) / energy


def _window_corners(shape: tuple[int, ...]) -> list[tuple[int, int]]:
    height, width = shape[:2]
    corners = [
        (row, column)
        for row in range(0, max(height - SPECTRUM_SIDE, 0) + 1, SPECTRUM_SIDE // 2)
        for column in range(0, max(width - SPECTRUM_SIDE, 0) + 1, SPECTRUM_SIDE // 2)
    ]
    return corners[:: max(1, len(corners) // MOST_SPECTRA)]


def _fit_blur(before: Floats, after: Floats) -> float:
    """Variance of the blur by which the second spectrum is softer [px2]; negative where it is sharper."""
    frequency = np.arange(SPECTRUM_SIDE // 2 + 1) / SPECTRUM_SIDE
    clear = (before > CLEAR_POWER * _noise_power(before)) & (after > CLEAR_POWER * _noise_power(after))
    used = (frequency >= BLUR_BAND[0]) & (frequency <= BLUR_BAND[1]) & clear
    if used.sum() < 4:
        return 0.0
    square = (2.0 * np.pi * frequency[used]) ** 2
    ratio = np.log((after[used] - _noise_power(after)) / (before[used] - _noise_power(before)))
    weight = np.sqrt(frequency[used])
    slope, _ = np.polyfit(square, ratio, 1, w=weight)
    return float(-slope)


def _noise_power(power: Floats) -> float:
    """Power of white noise, from the highest frequencies."""
    high = np.arange(SPECTRUM_SIDE // 2 + 1) / SPECTRUM_SIDE >= NOISE_BAND
    return float(np.median(power[high]))

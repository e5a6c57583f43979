"""How well and how fast pores are measured: ``python -m benchmarks.photo [marks] [rendered] [gate] [speed]``.

Marked photos and photos that only look like pores are read from the folder ``PORELIGHT_IMAGES``; without it those parts
are left out. Everything is seeded. The tables are those of ``docs/photo.md``.
"""

import dataclasses
import importlib
import io
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tests.photo.helpers import Score, matched, rated

from porelight import photo
from porelight.arrays import Pixels
from porelight.photo.artificial.render import Camera, Phototype, Rendered, render_skin
from porelight.photo.pores.detect import detect
from porelight.photo.pores.dots import DOT_SCALE_RATIOS
from porelight.photo.pores.size import ladder, pore_scale, pyramid
from porelight.photo.tone import encode_srgb, linear, logarithm, luminance

MARKED = ("cheek", "large_pores_quarter")
LOOKALIKES = ("redness.jpg", "shine.jpg", "stubble.jpg")
TONES: tuple[Phototype, ...] = ("I", "II", "III", "IV", "V", "VI")
WIDTHS = {4.0: (480, 600), 8.0: (600, 800), 14.0: (800, 1000), 24.0: (1100, 1400)}
"""Median pore width [px] of the rendered photos, and their size."""


def images() -> Path | None:
    found = os.environ.get("PORELIGHT_IMAGES")
    return Path(found) if found else None


def picture(pixels: Pixels) -> photo.Picture:
    return photo.Picture(np.ascontiguousarray(pixels), "benchmark", "PNG")


def resized(pixels: Pixels, factor: float) -> Pixels:
    size = round(pixels.shape[1] * factor), round(pixels.shape[0] * factor)
    how = Image.Resampling.LANCZOS if factor < 1.0 else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(pixels).resize(size, how))


def lit(pixels: Pixels, gain: tuple[float, float, float]) -> Pixels:
    """The photo under other light or on darker skin: each channel of linear light times its gain."""
    light = (linear(pixels) * np.array(gain, np.float32)).clip(0.0, 1.0)
    return np.rint(255.0 * encode_srgb(light)).astype(np.uint8)


def darkened(pixels: Pixels) -> Pixels:
    """As skin of phototype VI would look: the median colour becomes that of the rendered skin."""
    light = linear(pixels)
    tone = linear(np.array([84, 56, 44], np.uint8)[None, None])[0, 0]
    red, green, blue = (float(v) for v in tone / np.median(light.reshape(-1, 3), axis=0))
    return lit(pixels, (red, green, blue))


def packed(pixels: Pixels, quality: int) -> Pixels:
    kept = io.BytesIO()
    Image.fromarray(pixels).save(kept, "JPEG", quality=quality)
    return np.asarray(Image.open(kept).convert("RGB"))


def smoothed(pixels: Pixels, share: float) -> Pixels:
    """A beauty filter: an edge-keeping mean, mixed in."""
    even = np.asarray(cv2.bilateralFilter(pixels, 0, 25, 5), np.uint8)
    return np.asarray(np.rint(pixels * (1.0 - share) + even * share), np.uint8)


def blurred(pixels: Pixels, sigma: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)


def grainy(pixels: Pixels, noise: float) -> Pixels:
    grain = np.random.default_rng(1).normal(0.0, noise, pixels.shape)
    return np.asarray(np.rint((pixels + grain).clip(0.0, 255.0)), np.uint8)


def places(census: photo.PoreCensus) -> NDArray[np.float64]:
    return np.stack([census.pores.x, census.pores.y], -1)


# Marked photos


def variants(pixels: Pixels) -> Iterator[tuple[str, Pixels, float]]:
    """Name, pixels and enlargement of the same photo seen otherwise."""
    yield "as it is", pixels, 1.0
    for factor in (0.5, 0.7, 1.5, 2.0, 3.0):
        yield f"{factor:g} times the size", resized(pixels, factor), factor
    yield "half the light", lit(pixels, (0.5, 0.5, 0.5)), 1.0
    yield "gamma 1.3", np.rint(255.0 * (pixels / 255.0) ** 1.3).astype(np.uint8), 1.0
    yield "tone VI", darkened(pixels), 1.0


def marks(folder: Path) -> None:
    total = Score(0, 0, 0, 0, 0, 0)
    print("\nMarked photos: F1 with ambiguous marks ignored, and counted as pores")
    for name in MARKED:
        pixels = photo.decode((folder / f"{name}.png").read_bytes(), name).pixels
        for seen, changed, factor in variants(pixels):
            census = photo.measure(picture(changed))
            one = rated(folder, name, places(census), enlarged=factor)
            total = total + one
            print(f"{name:20s} {seen:20s} {one.f1:.3f} {one.f1_all:.3f} {census.pore_count:5d} pores")
    census = photo.measure(photo.decode((folder / "large_pores.jpg").read_bytes(), "large"))
    full = rated(folder, "large_pores_quarter", places(census), enlarged=4.0)
    print(f"{'large_pores':20s} {'4 times the size':20s} {full.f1:.3f} {full.f1_all:.3f} {census.pore_count:5d} pores")
    print(f"{'together':41s} {(total + full).f1:.3f} {(total + full).f1_all:.3f}")
    print("\nPhotos without sure pores")
    for name in LOOKALIKES:
        census = photo.measure(photo.decode((folder / name).read_bytes(), name))
        print(f"{name:20s} {census.pore_count:5d} finds, {census.gate.level}: {', '.join(census.flags)}")


# Rendered truth


@dataclasses.dataclass(frozen=True)
class Back:
    """How a rendered photo came back: F1 of its plain pores; ratio, and share within the stated error, of wide ones."""

    f1: float
    ratio: NDArray[np.float64]
    covered: NDArray[np.bool_]


def back(drawn: Rendered, um_per_px: float | None) -> Back:
    """Pores much smaller or fainter than most are ignored, as ambiguous marks are."""
    census = photo.measure(picture(drawn.pixels), um_per_px)
    truth, middle = np.stack([drawn.x, drawn.y], -1), float(np.median(drawn.diameter))
    plain = (drawn.diameter >= 0.65 * middle) & (drawn.darkness >= 0.65 * float(np.mean(drawn.darkness)))
    tolerance = 0.625 * middle + 1.0
    hits = matched(places(census), truth[plain], tolerance)
    rest = np.delete(places(census), [i for i, _ in hits], axis=0)
    false = len(rest) - len(matched(rest, truth[~plain], tolerance))
    pairs = np.array(matched(places(census), truth, tolerance), int).reshape(-1, 2)
    mine, true = census.pores.diameter[pairs[:, 0]], drawn.diameter[pairs[:, 1]]
    near = np.abs(mine - true) < 1.96 * census.pores.diameter_error[pairs[:, 0]]
    wide = true > 5.0
    f1 = 2 * len(hits) / max(2 * len(hits) + false + int(plain.sum()) - len(hits), 1)
    return Back(f1, mine[wide] / true[wide], near[wide])


def drawn_as(tone: Phototype, width: float, size: tuple[int, int], seed: int) -> Rendered:
    """Skin of that tone and magnification with everything else drawn at random: gloss, light, texture, camera."""
    rng = np.random.default_rng(seed)
    camera = Camera(
        blur=rng.uniform(0.5, 1.2),
        noise=rng.uniform(0.5, 2.5),
        jpeg_quality=int(rng.choice([80, 90, 95])),
        gamma=rng.uniform(0.9, 1.1),
    )
    return render_skin(
        seed,
        size=size,
        um_per_px=330.0 / width,
        phototype=tone,
        spread=rng.uniform(0.2, 0.45),
        hairs=int(rng.integers(0, 25)),
        freckles=int(rng.integers(0, 25)),
        gloss=float(rng.choice([0.15, 0.35, 0.6])),
        light_from=rng.uniform(0.0, 360.0),
        depth=rng.uniform(0.7, 1.3),
        texture=rng.uniform(0.8, 1.3),
        camera=camera,
    )


def rendered(pictures: int = 2) -> None:
    print("\nRendered skin: F1 (scale typed; scale found), then sizes over 5 px: bias, spread, share within the error")
    for tone in TONES:
        ratios, covered = [], []
        line = f"{tone:4s}"
        for width, size in WIDTHS.items():
            typed, found = [], []
            for turn in range(pictures):
                drawn = drawn_as(tone, width, size, 1000 * TONES.index(tone) + 10 * int(width) + turn)
                known = back(drawn, drawn.um_per_px)
                typed.append(known.f1)
                found.append(back(drawn, None).f1)
                ratios.append(known.ratio)
                covered.append(known.covered)
            line += f"  {width:g} px {np.mean(typed):.3f} {np.mean(found):.3f}"
        ratio, within = np.concatenate(ratios), float(np.mean(np.concatenate(covered)))
        spread = (np.percentile(ratio, 75) - np.percentile(ratio, 25)) / 1.349
        print(f"{line}  | {np.median(ratio):.3f} {spread:.3f} {within:.3f}")


# What a photo may go through


def trials() -> dict[str, Callable[[Pixels], Pixels]]:
    return {
        "brighter by a fifth": lambda p: lit(p, (1.2, 1.2, 1.2)),
        "darker by a quarter": lambda p: lit(p, (0.75, 0.75, 0.75)),
        "warm light": lambda p: lit(p, (1.1, 1.0, 0.85)),
        "JPEG 70": lambda p: packed(p, 70),
        "JPEG 30": lambda p: packed(p, 30),
        "blur of 0.7 px": lambda p: blurred(p, 0.7),
        "blur of 1.5 px": lambda p: blurred(p, 1.5),
        "noise of 4 levels": lambda p: grainy(p, 4.0),
        "noise of 10 levels": lambda p: grainy(p, 10.0),
        "half a beauty filter": lambda p: smoothed(p, 0.5),
        "beauty filter": lambda p: smoothed(p, 1.0),
    }


def gate(folder: Path | None) -> None:
    print("\nWhat a photo may go through: change of the count, and what the gate says")
    bases = {
        f"rendered {tone}": render_skin(70 + i, size=(600, 760), um_per_px=40.0, phototype=tone, gloss=0.25).pixels
        for i, tone in enumerate(TONES[::2])
    }
    if folder is not None:
        bases |= {n: photo.decode((folder / f"{n}.png").read_bytes(), n).pixels for n in MARKED}
    for name, pixels in bases.items():
        before = photo.measure(picture(pixels))
        print(f"{name}: {before.pore_count} pores, {before.gate.level}: {', '.join(before.flags)}")
        for what, change in trials().items():
            after = photo.measure(picture(change(pixels)))
            share = after.pore_count / before.pore_count - 1.0
            print(f"    {what:22s} {share:+6.1%}  {after.gate.level}: {', '.join(after.flags)}")


# Speed


def tiled(pixels: Pixels, height: int, width: int) -> Pixels:
    """The patch, mirrored side by side until it fills the picture."""
    rows, columns = pixels.shape[:2]
    pad = ((0, max(0, height - rows)), (0, max(0, width - columns)), (0, 0))
    return np.pad(pixels, pad, mode="symmetric")[:height, :width]


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - clock, time.process_time() - processor


def speed() -> None:
    feature: Any = importlib.import_module("skimage.feature")

    for um_per_px in (66.0, 24.0):
        patch = render_skin(1, size=(900, 1200), um_per_px=um_per_px)
        whole = tiled(patch.pixels, 3000, 4000)
        count = photo.measure(picture(whole)).pore_count
        clock, processor = timed(lambda: photo.measure(picture(whole)))  # noqa: B023
        print(f"\nWhole photo of 12 MP with {count} pores: {clock:.2f} s ({processor:.2f} s of the processor)")
    log_light = logarithm(luminance(linear(whole)))
    levels = pyramid(log_light, np.ones_like(log_light))
    size = pore_scale(levels, ladder(log_light.shape))
    clock, processor = timed(lambda: detect(levels, size))
    ours = 12.0 / processor
    print(f"its pores at a known pore scale ({size.scale:.1f} px): {12.0 / clock:.1f} MP/s ({ours:.1f} per processor)")
    crop = np.ascontiguousarray(log_light[:500, :500], dtype=np.float64)
    bright = (crop.max() - crop) / (crop.max() - crop.min())
    low, high = size.scale * DOT_SCALE_RATIOS[0], size.scale * DOT_SCALE_RATIOS[-1]
    rivals: dict[str, Callable[[], object]] = {
        "blob_dog": lambda: feature.blob_dog(bright, low, high, 1.41, threshold=0.05),
        "blob_log": lambda: feature.blob_log(bright, low, high, len(DOT_SCALE_RATIOS), threshold=0.05),
        "blob_doh": lambda: feature.blob_doh(bright, low, high, len(DOT_SCALE_RATIOS), threshold=0.001),
    }
    for name, rival in rivals.items():
        _, processor = timed(rival)
        theirs = 0.25 / processor
        print(f"scikit-image {name}: {theirs:.2f} MP/s per processor; ours is {ours / theirs:.0f} times as fast")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def main() -> None:
    wanted = set(sys.argv[1:]) or {"marks", "rendered", "gate", "speed"}
    folder = images()
    if "marks" in wanted and folder is not None:
        marks(folder)
    if "rendered" in wanted:
        rendered()
    if "gate" in wanted:
        gate(folder)
    if "speed" in wanted:
        speed()


if __name__ == "__main__":
    main()

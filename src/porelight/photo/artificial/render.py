"""Rendered skin with known pores: relief, colour and gloss, seen through a lens and a camera.

Relief gives normals, normals give shading (Lambert) and highlights (Blinn-Phong). Everything is drawn from one seed.
It is truth for tests and a sample that shows nobody; it is not a model of how light travels in skin.
"""

from __future__ import annotations

import dataclasses
import io
import math
from typing import Final, Literal

import numpy as np

from porelight import cite, units
from porelight.arrays import Floats, Pixels, Plane
from porelight.frozen import frozen
from porelight.photo.artificial import view as view_scene
from porelight.photo.artificial.view import Scene, View
from porelight.photo.scale import stretched
from porelight.photo.tone import blur, encode_srgb

Phototype = Literal["I", "II", "III", "IV", "V", "VI"]

SKIN_TONES: Final[dict[str, tuple[int, int, int]]] = {
    "I": (236, 205, 192),
    "II": (229, 190, 170),
    "III": (214, 168, 144),
    "IV": (180, 130, 102),
    "V": (132, 90, 68),
    "VI": (84, 56, 44),
}
"""How skin of each phototype looks in an ordinary photo, in sRGB: colours chosen by eye, no measurement."""
BLOOD_ABSORPTION: Final = np.array([0.35, 1.0, 0.85], np.float32)
"""How much redness takes from red, green and blue light, relative to green; by eye."""
MELANIN_ABSORPTION: Final = np.array([0.55, 0.85, 1.0], np.float32)
"""The same for melanin; by eye."""


@frozen
class Camera:
    """What the camera adds. Lengths in px, noise in 8-bit levels."""

    blur: float = 0.7
    noise: float = 1.2
    jpeg_quality: int | None = 90
    exposure: float = 1.0
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gamma: float = 1.0


@frozen
class Rendered:
    """``pixels`` (h, w, 3) sRGB and the truth of every pore, shape (n,) [px]; the diameter is at half depth."""

    pixels: Pixels
    x: Floats
    y: Floats
    diameter: Floats
    elongation: Floats
    direction: Floats
    darkness: Floats
    um_per_px: float
    jpeg: bytes
    """The picture as the camera would save it: JPEG, or PNG without a quality."""
    diameter_um: Floats
    """The same diameters on the skin (n,) [um]."""
    scene: Scene | None = None
    """Where skin and card lie before the camera; None for skin that faces it everywhere."""


def render_skin(
    seed: int,
    *,
    size: tuple[int, int] = (900, 1200),
    um_per_px: float = 60.0,
    phototype: Phototype = "III",
    pores: int | None = None,
    mean_diameter_um: float | None = None,
    spread: float | None = None,
    hairs: int = 6,
    freckles: int = 10,
    gloss: float = 0.35,
    light_from: float = 200.0,
    depth: float = 1.0,
    texture: float = 1.0,
    shrink: float = 1.0,
    camera: Camera | None = None,
    view: View | None = None,
) -> Rendered:
    """A photo of skin.

    Args:
        seed: of every random draw.
        size: height and width [px].
        um_per_px: scale.
        phototype: how dark the skin is.
        pores: how many; left out, as many as cover the share of skin that was measured (row ``share_mean``).
        mean_diameter_um: mean pore diameter; left out, the measured one (row ``size_mean``).
        spread: standard deviation of diameters by their mean; left out, the measured one (row ``size_spread``).
        hairs: fine hairs in the picture.
        freckles: brown spots in the picture.
        gloss: strength of highlights, 0 to 1.
        light_from: direction the light comes from [degrees], 0 along x, clockwise on the picture.
        depth: how dark the pores are, by the usual.
        texture: how strong lines and mottling are, by the usual.
        shrink: every pore's diameter by what it would be, on otherwise the same skin.
        camera: what the camera adds.
        view: how the skin leans and bends, and the card on it; left out, it faces the camera everywhere.
    """
    rng = np.random.default_rng(seed)
    camera = camera or Camera()
    scene = view_scene.make_scene(view, size, um_per_px) if view else None
    size = _spread_out(scene, um_per_px) if scene else size
    truth = _draw_pores(rng, size, um_per_px, pores, mean_diameter_um, spread)
    truth = dataclasses.replace(truth, diameter=shrink * truth.diameter)
    fill = _fill_pores(truth, size)
    fine = 60.0 / um_per_px
    relief = texture * _draw_lines(rng, size, fine) - 1.6 * depth * fill
    colour = _skin_colour(rng, size, phototype, fine, texture, freckles)
    colour = colour * np.exp(
        -depth * truth.darkness.mean() * fill[..., None] * np.array([0.75, 1.05, 1.15], np.float32)
    )
    shade, shine = _light_surface(rng, relief, size, light_from, fine)
    light = colour * shade[..., None] + gloss * shine[..., None]
    light = light * _draw_hairs(rng, size, hairs, fine)[..., None]
    diameter_um = truth.diameter * um_per_px
    if scene:
        light, truth, diameter_um = _see_from_aside(scene, light, shade, truth, um_per_px)
    pixels, jpeg = take_photo(rng, light, camera)
    x, y, diameter, elongation, direction, darkness = dataclasses.astuple(truth)
    darkness = depth * darkness
    return Rendered(pixels, x, y, diameter, elongation, direction, darkness, um_per_px, jpeg, diameter_um, scene)


def _spread_out(scene: Scene, um_per_px: float) -> tuple[int, int]:
    """Height and width of all the skin that is seen, laid flat [px]."""
    left, right, top, bottom = scene.skin_box
    return math.ceil((bottom - top) / um_per_px) + 4, math.ceil((right - left) / um_per_px) + 4


def _see_from_aside(
    scene: Scene, light: Plane, shade: Plane, truth: _Truth, um_per_px: float
) -> tuple[Plane, _Truth, Floats]:
    """Skin laid flat as the camera sees it, and the pores that the card does not hide, in px there and in um."""
    left, _, top, _ = scene.skin_box
    corner = left - 2.0 * um_per_px, top - 2.0 * um_per_px
    picture = view_scene.see_skin(scene, light, blur(shade, 900.0 / um_per_px), corner, um_per_px)
    points = np.stack([truth.x, truth.y], -1) * um_per_px + np.array(corner)
    x, y = scene.skin.project(points).T
    shown = (x >= 0.0) & (x < scene.size[1]) & (y >= 0.0) & (y < scene.size[0]) & ~view_scene.cover_tags(scene, x, y)
    slopes = um_per_px * scene.skin.slopes(points)
    diameter = truth.diameter * np.sqrt(np.abs(np.linalg.det(slopes)))
    elongation, direction = stretched(slopes, truth.elongation, truth.direction)
    kept = _Truth(*(each[shown] for each in (x, y, diameter, elongation, direction, truth.darkness)))
    return picture, kept, (truth.diameter * um_per_px)[shown]


@dataclasses.dataclass(frozen=True, slots=True)
class _Truth:
    x: Floats
    y: Floats
    diameter: Floats
    elongation: Floats
    direction: Floats
    darkness: Floats


def _draw_pores(
    rng: np.random.Generator,
    size: tuple[int, int],
    um_per_px: float,
    count: int | None,
    mean_um: float | None,
    spread: float | None,
) -> _Truth:
    """Log-normal diameters at places that keep apart, as follicles do."""
    rows = cite.table("photo")
    mean = (rows["size_mean"].si / units.um if mean_um is None else mean_um) / um_per_px
    wide = rows["size_spread"].si / rows["size_mean"].si if spread is None else spread
    sigma = math.sqrt(math.log1p(wide**2))
    area = math.pi / 4.0 * mean**2 * math.exp(sigma**2)
    wanted = round(rows["share_mean"].si * size[0] * size[1] / area) if count is None else count
    diameter = np.sort(mean * np.exp(sigma * rng.standard_normal(wanted) - 0.5 * sigma**2))[::-1]
    x, y, kept = _keep_apart(rng, size, diameter)
    number = len(kept)
    return _Truth(
        x=x,
        y=y,
        diameter=diameter[kept],
        elongation=1.15 + np.abs(0.3 * rng.standard_normal(number)),
        direction=np.mod(20.0 + 18.0 * rng.standard_normal(number), 180.0),
        darkness=0.26 * np.exp(0.35 * rng.standard_normal(number)),
    )


def _keep_apart(rng: np.random.Generator, size: tuple[int, int], diameter: Floats) -> tuple[Floats, Floats, list[int]]:
    """Places that keep apart, as follicles do: of some drawn at random each pore takes the one with most room."""
    places, reach = np.empty((len(diameter), 2)), np.empty(len(diameter))
    kept: list[int] = []
    for index, width in enumerate(diameter):
        tried = rng.uniform((width, width), (size[1] - width, size[0] - width), (12, 2))
        taken = len(kept)
        gaps = np.linalg.norm(tried[:, None] - places[None, :taken], axis=2) - 0.5 * reach[:taken]
        room = gaps.min(axis=1, initial=np.inf)
        best = int(np.argmax(room))
        if room[best] > 0.9 * width:
            places[taken], reach[taken] = tried[best], width
            kept.append(index)
    return places[: len(kept), 0], places[: len(kept), 1], kept


def _fill_pores(truth: _Truth, size: tuple[int, int]) -> Plane:
    """How deep in a pore each pixel lies (h, w), 0 to 1 times the pore's own darkness by the mean; half at the rim."""
    fill = np.zeros(size, np.float32)
    usual = float(truth.darkness.mean()) if truth.darkness.size else 1.0
    for x, y, diameter, elongation, direction, darkness in zip(*dataclasses.astuple(truth), strict=True):
        half = int(1.6 * diameter * math.sqrt(elongation)) + 3
        left, top = max(0, round(x) - half), max(0, round(y) - half)
        rows, columns = np.ogrid[top : min(size[0], round(y) + half + 1), left : min(size[1], round(x) + half + 1)]
        cosine, sine = math.cos(math.radians(direction)), math.sin(math.radians(direction))
        along = ((columns - x) * cosine + (rows - y) * sine) / math.sqrt(elongation)
        across = (-(columns - x) * sine + (rows - y) * cosine) * math.sqrt(elongation)
        rho = 2.0 * np.hypot(along, across) / diameter
        dip = (darkness / usual) / (1.0 + rho**5)
        window = fill[rows[0, 0] : rows[-1, 0] + 1, columns[0, 0] : columns[0, -1] + 1]
        np.maximum(window, dip, out=window, casting="same_kind")
    return fill


def _smooth_noise(rng: np.random.Generator, size: tuple[int, int], sigma: float) -> Plane:
    """Smooth noise of unit standard deviation."""
    step = max(1, int(sigma // 3))
    small = rng.standard_normal((size[0] // step + 3, size[1] // step + 3)).astype(np.float32)
    smooth = blur(small, max(sigma / step, 0.3))
    if step > 1:
        import cv2

        wide = (small.shape[1] * step, small.shape[0] * step)
        smooth = np.asarray(cv2.resize(smooth, wide, interpolation=cv2.INTER_CUBIC), np.float32)
    cut = smooth[: size[0], : size[1]]
    return np.asarray((cut - cut.mean()) / max(float(cut.std()), 1e-9), np.float32)


def _draw_lines(rng: np.random.Generator, size: tuple[int, int], fine: float) -> Plane:
    """Relief of fine skin lines (h, w): the borders between cells around scattered seeds, wide and narrow ones."""
    primary = _draw_cells(rng, size, 13.0 * fine, 1.0 * fine)
    secondary = _draw_cells(rng, size, 6.0 * fine, 0.8 * fine)
    grain = 0.13 * _smooth_noise(rng, size, 0.9 * fine) + 0.24 * _smooth_noise(rng, size, 2.2 * fine)
    swell = 0.8 * _smooth_noise(rng, size, 6.0 * fine)
    patchy = 0.6 + 0.25 * _smooth_noise(rng, size, 30.0 * fine)
    return np.asarray((grain - 0.75 * primary - 0.45 * secondary) * patchy.clip(0.1, 1.3) + swell, np.float32)


def _draw_cells(rng: np.random.Generator, size: tuple[int, int], spacing: float, width: float) -> Plane:
    """1 on the borders of Voronoi cells of that spacing [px], falling off over ``width``."""
    from scipy.spatial import cKDTree

    stretch = np.array([0.8, 1.25])
    steps = [
        np.arange(-spacing, length * factor + 2 * spacing, spacing)
        for length, factor in zip(size, stretch, strict=True)
    ]
    seeds = np.stack(np.meshgrid(*steps, indexing="ij"), -1).reshape(-1, 2)
    seeds = seeds + 0.42 * spacing * rng.uniform(-1.0, 1.0, seeds.shape)
    bend = 0.25 * spacing
    rows, columns = np.mgrid[0 : size[0], 0 : size[1]].astype(np.float32)
    rows += bend * _smooth_noise(rng, size, 2.0 * spacing)
    columns += bend * _smooth_noise(rng, size, 2.0 * spacing)
    places = np.stack([rows.ravel() * stretch[0], columns.ravel() * stretch[1]], -1)
    near = np.asarray(cKDTree(seeds).query(places, k=2)[0], np.float64)
    gap = (near[:, 1] - near[:, 0]).reshape(size)
    return np.asarray(np.exp(-0.5 * (gap / (1.5 * width)) ** 2), np.float32)


def _skin_colour(
    rng: np.random.Generator, size: tuple[int, int], phototype: str, fine: float, texture: float, freckles: int
) -> Plane:
    """Albedo (h, w, 3), linear: the tone, mottled by blood and melanin, with freckles."""
    from porelight.photo.tone import linear

    base = linear(np.array(SKIN_TONES[phototype], np.uint8)[None, None])
    redness = 0.030 * _smooth_noise(rng, size, 70.0 * fine) + 0.022 * _smooth_noise(rng, size, 14.0 * fine)
    redness += 0.022 * _smooth_noise(rng, size, 4.5 * fine)
    brown = 0.020 * _smooth_noise(rng, size, 90.0 * fine) + 0.016 * _smooth_noise(rng, size, 3.0 * fine)
    brown = texture * brown + _draw_freckles(rng, size, freckles, fine)
    taken = texture * redness[..., None] * BLOOD_ABSORPTION + brown[..., None] * MELANIN_ABSORPTION
    return np.asarray(base * np.exp(-taken), np.float32)


def _draw_freckles(rng: np.random.Generator, size: tuple[int, int], count: int, fine: float) -> Plane:
    spots = np.zeros(size, np.float32)
    rows, columns = np.mgrid[0 : size[0], 0 : size[1]].astype(np.float32)
    edge = _smooth_noise(rng, size, 4.0 * fine)
    for _ in range(count):
        y, x = rng.uniform(0.0, size)
        radius = fine * rng.uniform(9.0, 17.0)
        rho = np.hypot(rows - y, columns - x) / radius + 0.18 * edge
        spots += np.float32(rng.uniform(0.08, 0.2)) / (1.0 + np.exp(9.0 * (rho - 1.0).clip(-5.0, 5.0)))
    return spots


def _light_surface(
    rng: np.random.Generator, relief: Plane, size: tuple[int, int], light_from: float, fine: float
) -> tuple[Plane, Plane]:
    """Diffuse shading and highlights (h, w) of gently curved skin with this relief [px by 60 um]."""
    height, width = size
    v, u = np.mgrid[-1.0 : 1.0 : height * 1j, -1.0 : 1.0 : width * 1j].astype(np.float32)
    down, across = np.gradient(relief * np.float32(fine * 0.55))
    down, across = down + 0.22 * v + 0.05, across + 0.30 * u
    length = np.sqrt(1.0 + down**2 + across**2)
    azimuth, elevation = math.radians(light_from), math.radians(52.0)
    towards = np.array(
        [math.cos(azimuth) * math.cos(elevation), math.sin(azimuth) * math.cos(elevation), math.sin(elevation)]
    )
    lambert = (-across * towards[0] - down * towards[1] + towards[2]) / length
    shade = 0.46 + 0.62 * lambert.clip(0.0, 1.0)
    halfway = (towards + np.array([0.0, 0.0, 1.0])) / np.linalg.norm(towards + np.array([0.0, 0.0, 1.0]))
    cosine = ((-across * halfway[0] - down * halfway[1] + halfway[2]) / length).clip(0.0, 1.0)
    oil = (0.55 + 0.35 * _smooth_noise(rng, size, 40.0 * fine)).clip(0.05, 1.5)
    grain = (1.0 + 0.6 * _smooth_noise(rng, size, 0.8 * fine)).clip(0.0, 3.0)
    shine = oil * (0.16 * cosine**18 + 0.20 * cosine**70 * grain)
    falloff = np.exp(-0.10 * (u - 0.2) ** 2 - 0.12 * (v + 0.1) ** 2)
    return np.asarray(shade * falloff, np.float32), np.asarray(shine * falloff, np.float32)


def _draw_hairs(rng: np.random.Generator, size: tuple[int, int], count: int, fine: float) -> Plane:
    """Light that passes fine hairs (h, w): arcs about 30 um thick."""
    import cv2

    drawn = np.zeros(size, np.uint8)
    for _ in range(count):
        start = rng.uniform((0.0, 0.0), (size[1], size[0]))
        heading, turn = rng.uniform(0.0, 2.0 * math.pi), rng.normal(0.0, 0.02)
        steps = np.arange(round(fine * rng.uniform(15.0, 45.0)))
        angle = heading + turn * steps / fine
        path = start + np.cumsum(np.stack([np.cos(angle), np.sin(angle)], -1), axis=0)
        points = np.round(path * 16.0).astype(np.int32)[:, None]
        cv2.polylines(drawn, [points], False, 255, max(1, round(0.6 * fine)), cv2.LINE_AA, 4)
    return np.asarray(1.0 - 0.28 * drawn.astype(np.float32) / 255.0, np.float32)


def take_photo(rng: np.random.Generator, light: Plane, camera: Camera) -> tuple[Pixels, bytes]:
    """Through lens, sensor and file."""
    from PIL import Image

    gain = np.array(camera.balance, np.float32) * np.float32(camera.exposure)
    seen = np.dstack([blur(np.ascontiguousarray(light[..., k] * gain[k]), camera.blur) for k in range(3)])
    coded = 255.0 * encode_srgb(seen).clip(0.0, 1.0) ** (1.0 / camera.gamma)
    coded = coded + camera.noise * rng.standard_normal(seen.shape)
    image = Image.fromarray(np.clip(np.rint(coded), 0, 255).astype(np.uint8))
    kept = io.BytesIO()
    if camera.jpeg_quality is None:
        image.save(kept, "PNG")
    else:
        image.save(kept, "JPEG", quality=camera.jpeg_quality, subsampling=0 if camera.jpeg_quality >= 90 else 2)
    with Image.open(io.BytesIO(kept.getvalue())) as reread:
        return np.asarray(reread.convert("RGB")).copy(), kept.getvalue()


def render_sample() -> Rendered:
    """The picture shipped as ``examples/sample.jpg``: skin that shows nobody, 60 um per pixel."""
    return render_skin(2026, um_per_px=60.0, spread=0.28, camera=Camera(jpeg_quality=88))


def render_sample_later() -> Rendered:
    """The picture shipped as ``examples/later.jpg``: the same skin with pores a fifth narrower, in other light."""
    camera = Camera(jpeg_quality=88, exposure=1.06, noise=1.4)
    return render_skin(2026, um_per_px=60.0, spread=0.28, shrink=0.8, light_from=215.0, camera=camera)

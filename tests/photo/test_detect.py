"""Pores at every magnification and skin tone, and what must not be taken for them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from porelight import photo
from porelight.photo.artificial.render import Camera, Rendered, render_skin
from porelight.photo.pores.fit import outlines
from porelight.photo.pores.size import ladder, pore_scale, pyramid
from porelight.photo.tone import encode_srgb, linear, logarithm, luminance
from tests.photo.helpers import Score, matched, score
from tests.photo.test_measure import picture, places, resized


def f1(drawn: Rendered, um_per_px: float | None) -> float:
    """Of the plain pores; those much smaller or fainter than most are ignored, as ambiguous marks are."""
    found = places(photo.measure(photo.decode(drawn.jpeg, "rendered"), um_per_px))
    truth, middle = np.stack([drawn.x, drawn.y], -1), float(np.median(drawn.diameter))
    plain = (drawn.diameter >= 0.65 * middle) & (drawn.darkness >= 0.65 * float(np.mean(drawn.darkness)))
    hits = matched(found, truth[plain], 0.625 * middle + 1.0)
    rest = np.delete(found, [i for i, _ in hits], axis=0)
    false = len(rest) - len(matched(rest, truth[~plain], 0.625 * middle + 1.0))
    return 2 * len(hits) / max(len(hits) + false + int(plain.sum()), 1)


def lit(pixels: NDArray[np.uint8], gain: tuple[float, float, float]) -> NDArray[np.uint8]:
    """Each channel of linear light times its gain: other light, or other skin."""
    light = (linear(pixels) * np.array(gain, np.float32)).clip(0.0, 1.0)
    return np.asarray(np.rint(255.0 * encode_srgb(light)), np.uint8)


# Measured .83 to .98 over these and other seeds; two raters of real photos agree at .88 to .96.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("um_per_px", "size"),
    [(70.0, (400, 500)), (30.0, (600, 800)), (13.0, (1100, 1400))],
    ids=("5 px", "11 px", "25 px"),
)
@pytest.mark.parametrize(("phototype", "gloss"), [("I", 0.35), ("III", 0.5), ("V", 0.2), ("VI", 0.15)])
def test_pores_of_every_tone_are_found_at_every_magnification_with_and_without_a_scale(
    um_per_px: float, size: tuple[int, int], phototype: Any, gloss: float
) -> None:
    drawn = render_skin(31, size=size, um_per_px=um_per_px, phototype=phototype, gloss=gloss, light_from=30.0)
    assert f1(drawn, um_per_px) >= 0.80
    assert f1(drawn, None) >= 0.80


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cheek", "large_pores_quarter"])
@pytest.mark.parametrize("factor", [0.5, 0.7, 1.5, 3.0])
def test_marked_pores_are_found_at_every_size_of_their_photo(shared: Path, name: str, factor: float) -> None:
    """Goal: no photo under .80; measured .87 to .97."""
    census = photo.measure(resized(picture(shared, f"{name}.png"), factor))
    assert score(shared, name, places(census), enlarged=factor).f1 >= 0.84


def test_marked_pores_are_found_in_a_small_crop(shared: Path) -> None:
    """Crops of 220 and 272 px hold some fifty pores each: the pore scale must come from those."""
    total = Score(0, 0, 0, 0, 0, 0)
    for name, (left, top, side) in {"cheek": (140, 190, 220), "large_pores_quarter": (230, 230, 272)}.items():
        whole = picture(shared, f"{name}.png")
        part = np.ascontiguousarray(whole.pixels[top : top + side, left : left + side])
        found = places(photo.measure(photo.Picture(part, "crop", "PNG"))) + np.array([left, top])
        total = total + score(shared, name, found)
    assert total.f1 >= 0.88


def test_marked_pores_are_found_on_skin_as_dark_as_phototype_vi(shared: Path) -> None:
    total = Score(0, 0, 0, 0, 0, 0)
    for name in ("cheek", "large_pores_quarter"):
        pixels = picture(shared, f"{name}.png").pixels
        tone = linear(np.array([84, 56, 44], np.uint8)[None, None])[0, 0]
        red, green, blue = (float(v) for v in tone / np.median(linear(pixels).reshape(-1, 3), axis=0))
        dark = photo.Picture(lit(pixels, (red, green, blue)), "dark", "PNG")
        total = total + score(shared, name, places(photo.measure(dark)))
    assert total.f1 >= 0.90


@pytest.mark.parametrize(("name", "most"), [("redness.jpg", 60), ("shine.jpg", 60), ("stubble.jpg", 40)])
def test_photos_without_sure_pores_give_few_finds(shared: Path, name: str, most: int) -> None:
    """Of redness, gloss and stubble. Before the pore scale was that of dark dots alone: 282, 2295 and 13."""
    census = photo.measure(picture(shared, name))
    assert census.pore_count <= most
    assert census.gate.level != "usable"


@pytest.mark.parametrize(("hairs", "freckles"), [(40, 0), (0, 40)])
def test_hairs_and_freckles_are_no_pores(hairs: int, freckles: int) -> None:
    """Forty of them on 130 pores: at most one in ten is taken for a pore, or hides one."""
    plain = render_skin(8, size=(600, 800), um_per_px=40.0, hairs=0, freckles=0)
    other = render_skin(8, size=(600, 800), um_per_px=40.0, hairs=hairs, freckles=freckles)
    before, after = (photo.measure(photo.decode(one.jpeg, "rendered"), 40.0).pore_count for one in (plain, other))
    assert abs(after - before) <= 4


def test_a_typed_scale_bounds_the_search() -> None:
    """At 10 um per px pores are 9 px wide at least: what is smaller is grain, and is not looked for."""
    rungs = ladder((3000, 4000), 95.0 / 10.0, 780.0 / 10.0)
    free = ladder((3000, 4000))
    assert rungs[0] > 3.0 * free[0]
    assert rungs[-1] < free[-1]


def test_the_pore_scale_follows_the_pores_not_the_raster() -> None:
    """Dot scale by true diameter, the same within a quarter at every magnification."""
    ratios = []
    for um_per_px, size in ((66.0, (400, 500)), (33.0, (600, 800)), (16.0, (1000, 1300))):
        drawn = render_skin(12, size=size, um_per_px=um_per_px, spread=0.3, camera=Camera(noise=0.8))
        log_light = logarithm(luminance(linear(drawn.pixels)))
        levels = pyramid(log_light, np.ones_like(log_light))
        ratios.append(pore_scale(levels, ladder(log_light.shape)).scale / float(np.median(drawn.diameter)))
    assert np.ptp(ratios) / np.mean(ratios) < 0.25


def test_an_outline_is_that_of_the_dip_it_is_fitted_to() -> None:
    """A noise-free dip of the fitted shape itself comes back to a part in a thousand."""
    from porelight.photo.pores.dots import Dots

    rows, columns = np.mgrid[0:61, 0:61].astype(float)
    along, across = (columns - 30.3) / np.sqrt(1.5), (rows - 29.8) * np.sqrt(1.5)
    radius, edge = 6.0, 2.0
    share = 1.0 / (1.0 + np.exp(1.702 * (np.hypot(along, across) / radius - 1.0) * radius / edge))
    plane = (-1.0 - 0.3 * share).astype(np.float32)
    one = outlines(plane, Dots(*(np.array([value]) for value in (30.0, 30.0, 4.2, 1.0))))
    assert one.x[0] == pytest.approx(30.3, abs=0.01)
    assert one.y[0] == pytest.approx(29.8, abs=0.01)
    assert one.radius[0] == pytest.approx(radius, rel=2e-3)
    assert one.elongation[0] == pytest.approx(1.5, rel=5e-3)
    assert one.direction[0] % 180.0 == pytest.approx(0.0, abs=0.5) or one.direction[0] == pytest.approx(180.0, abs=0.5)
    assert one.depth[0] == pytest.approx(0.3, rel=5e-3)

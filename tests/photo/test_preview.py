"""A photo redrawn with its pores at another size: measured again it shows that size, and the skin stays as it was."""

import dataclasses

import numpy as np
import pytest

from porelight.fields import Interval
from porelight.photo.artificial.render import render_skin
from porelight.photo.compare.chain import compare_photos
from porelight.photo.decode import Picture
from porelight.photo.measure import measure
from porelight.photo.preview import LABEL, burn_in_label, choose_window, make_preview, redraw_pores
from porelight.photo.quality import noise_level
from porelight.refusal import Refusal

PHOTO = Picture(render_skin(77, size=(520, 640), um_per_px=40.0).pixels, "photo", "PNG")
CENSUS = measure(PHOTO, 40.0)


def around_pores(reach: float) -> np.ndarray:
    """Pixels (h, w) within that many semi-axes of a pore."""
    rows, columns = np.mgrid[0 : PHOTO.height, 0 : PHOTO.width]
    near = np.zeros((PHOTO.height, PHOTO.width), np.bool_)
    pores = CENSUS.pores
    for x, y, radius in zip(pores.x, pores.y, 0.5 * pores.diameter * np.sqrt(pores.elongation), strict=True):
        near |= np.hypot(rows - y, columns - x) < reach * radius + 2.0
    return near


@pytest.mark.parametrize("change", [-20.0, 10.0])
def test_a_redrawn_photo_measured_again_shows_the_forecast_change(change: float) -> None:
    (drawn,) = redraw_pores(PHOTO, CENSUS, (change,))
    found = compare_photos(PHOTO, Picture(drawn, "drawn", "PNG"), um_per_px=40.0, census_before=CENSUS)
    assert found.measures[0].change_pct.mid == pytest.approx(change, abs=3.0)
    assert found.result == ("smaller" if change < 0.0 else "larger")


def test_away_from_the_pores_every_pixel_is_that_of_the_photo() -> None:
    away = ~around_pores(2.2)
    assert away.mean() > 0.3
    for drawn in redraw_pores(PHOTO, CENSUS, (-30.0, 15.0)):
        assert np.array_equal(drawn[away], PHOTO.pixels[away])


def test_what_is_redrawn_is_as_rough_and_as_noisy_as_the_photo() -> None:
    ring = around_pores(2.2) & ~around_pores(1.3)
    (drawn,) = redraw_pores(PHOTO, CENSUS, (-25.0,))

    def rough(pixels: np.ndarray) -> float:
        green = pixels[..., 1].astype(float)
        fine = green - 0.25 * (
            np.roll(green, 1, 0) + np.roll(green, -1, 0) + np.roll(green, 1, 1) + np.roll(green, -1, 1)
        )
        return float(fine[ring].std())

    assert rough(drawn) == pytest.approx(rough(PHOTO.pixels), rel=0.12)
    assert noise_level(Picture(drawn, "drawn", "PNG")) == pytest.approx(noise_level(PHOTO), rel=0.05)


def test_a_narrower_pore_is_fainter_and_leaves_no_ring() -> None:
    """Where the old edge was there is skin now, as bright as the skin around within a tenth of the pore's depth."""
    (drawn,) = redraw_pores(PHOTO, CENSUS, (-30.0,))
    rows, columns = np.mgrid[0 : PHOTO.height, 0 : PHOTO.width]
    fading, rings = [], []
    for x, y, radius in zip(CENSUS.pores.x, CENSUS.pores.y, 0.5 * CENSUS.pores.diameter, strict=True):
        rho = np.hypot(rows - y, columns - x) / radius
        middle, ring, skin = (
            drawn[band, 1].mean() for band in (rho < 0.5, (rho > 1.05) & (rho < 1.3), (rho > 1.7) & (rho < 2.2))
        )
        before = PHOTO.pixels[rho < 0.5, 1].mean()
        fading.append((skin - middle) / (skin - before))
        rings.append((skin - ring) / (skin - before))
    assert np.median(fading) < 0.85
    assert abs(np.median(rings)) < 0.1


def test_no_change_gives_the_photo_back() -> None:
    (drawn,) = redraw_pores(PHOTO, CENSUS, (0.0,))
    assert np.array_equal(drawn, PHOTO.pixels)


def test_the_light_of_a_pore_follows_its_area() -> None:
    dark = 255.0 - PHOTO.pixels[..., 1].astype(float)
    ground = float(np.median(dark))
    away = around_pores(2.2)
    lost = [float(np.sum(255.0 - each[..., 1][away] - ground)) for each in redraw_pores(PHOTO, CENSUS, (-20.0, -40.0))]
    assert np.sum(dark[away] - ground) > lost[0] > lost[1]


def test_every_picture_says_that_it_is_a_simulation() -> None:
    window = choose_window(CENSUS)
    shown = make_preview(PHOTO, CENSUS, Interval(-30.0, -15.0, -2.0), window=window, times=2)
    bare = redraw_pores(PHOTO, CENSUS, (-30.0, -15.0, -2.0), window=window)
    assert LABEL == "Simulation, not a photo"
    for told, plain in zip((shown.low, shown.middle, shown.high), bare, strict=True):
        assert told.shape == (2 * window.height, 2 * window.width, 3)
        corner = told[-window.height // 8 :, : window.width // 2]
        assert (corner == 0).mean() > 0.3, "no plate"
        assert (corner > 200).any(), "no letters"
        assert np.array_equal(burn_in_label(plain)[: window.height // 2], plain[: window.height // 2])


def test_a_window_shows_what_the_whole_shows_there() -> None:
    window = choose_window(CENSUS)
    (whole,) = redraw_pores(PHOTO, CENSUS, (-20.0,))
    (part,) = redraw_pores(PHOTO, CENSUS, (-20.0,), window=window)
    differs = np.abs(whole[window.top :, window.left :][: window.height, : window.width].astype(int) - part) > 24
    assert differs.mean() < 1e-3, "beyond the noise that is put back"


@pytest.mark.parametrize("change", [-70.0, 90.0, float("nan")])
def test_a_change_beyond_what_can_be_drawn_is_refused(change: float) -> None:
    with pytest.raises(Refusal, match="cannot be drawn"):
        redraw_pores(PHOTO, CENSUS, (change,))


def test_a_photo_without_pores_stays_as_it_is() -> None:
    empty = dataclasses.replace(
        CENSUS,
        pores=dataclasses.replace(
            CENSUS.pores,
            **{field.name: getattr(CENSUS.pores, field.name)[:0] for field in dataclasses.fields(CENSUS.pores)},
        ),
    )
    (drawn,) = redraw_pores(PHOTO, empty, (-20.0,))
    assert np.array_equal(drawn, PHOTO.pixels)
    assert choose_window(empty).width <= PHOTO.width

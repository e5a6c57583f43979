"""draw.pulse: every still at one scale, with the hole as deep as it was and the light where it fell."""

from __future__ import annotations

import functools
import io

import numpy as np
import pytest
from PIL import Image

from porelight import draw
from porelight.draw import pulse
from porelight.simulation.dials import Scenario
from porelight.simulation.model import Simulation
from porelight.simulation.scenario import run_scenario
from porelight.units import ms, um


@functools.cache
def filmed() -> Simulation:
    return run_scenario(Scenario(energy_mj=8.0), lambda name: name, film=6, cooling_time=4 * ms)


@functools.cache
def stills() -> tuple[draw.Still, ...]:
    return draw.pulse_stills(filmed())


def pixels(still: draw.Still) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(Image.open(io.BytesIO(still.png)).convert("RGB"))


def near(
    shown: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], colour: tuple[int, int, int]
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.asarray(np.abs(shown.astype(int) - colour).max(axis=-1) < 8)


def test_a_film_runs_from_the_first_light_to_the_end_of_cooling() -> None:
    times = [still.time for still in stills()]
    assert times == sorted(times)
    assert times[0] == 0.0
    assert times[-1] == pytest.approx(filmed().setting.pulse_duration + 4 * ms)
    assert stills()[0].lit
    assert not stills()[-1].lit
    assert 10 < len(stills()) <= pulse.MOST


def test_every_still_has_one_size_and_the_hole_only_grows() -> None:
    assert len({Image.open(io.BytesIO(still.png)).size for still in stills()}) == 1
    depths = [still.depth for still in stills()]
    assert depths == sorted(depths)
    assert depths[-1] == filmed().crater.ablation_depth


def test_the_hole_is_drawn_as_deep_as_it_is() -> None:
    view = pulse._fit_view(filmed())
    shown = pixels(stills()[-1])[pulse.AIR :, : view.width]
    middle = view.width // 2
    gone = int(near(shown[:, middle - 2 : middle + 3], pulse.GONE).all(axis=1).sum())
    assert gone / view.height * view.depth == pytest.approx(filmed().crater.ablation_depth, abs=6 * um)


def test_light_is_drawn_while_it_is_on_and_as_wide_as_the_spot() -> None:
    view = pulse._fit_view(filmed())
    lit, dark = (near(pixels(still)[pulse.AIR // 2, : view.width], pulse.BEAM) for still in (stills()[0], stills()[-1]))
    wide = lit.sum() / view.width * 2.0 * view.half
    assert wide == pytest.approx(filmed().setting.spot_diameter, abs=3 * um)
    assert not dark.any()


def test_the_colour_of_a_temperature_is_that_of_inferno() -> None:
    view = pulse._fit_view(filmed())
    assert (view.low, view.high) == (30.0, pulse.HOT)
    corner = pixels(stills()[0])[pulse.AIR + 4, 4]
    from matplotlib import colormaps

    expected = 255 * np.array(colormaps["inferno"](0.04 + 0.96 * (35.0 - 30.0) / 90.0)[:3])
    assert corner == pytest.approx(expected, abs=9)  # a step of the sixty, and the palette


def test_a_gif_has_every_still_and_goes_on_for_ever() -> None:
    image = Image.open(io.BytesIO(draw.film_gif(stills())))
    assert image.n_frames == len(stills())  # type: ignore[attr-defined]
    assert image.info["loop"] == 0


def test_a_run_without_pictures_has_no_film() -> None:
    assert draw.pulse_stills(run_scenario(Scenario(energy_mj=0.0), lambda name: name, cooling_time=1 * ms)) == ()


def test_light_of_a_stack_is_on_in_each_of_its_pulses() -> None:
    stacked = run_scenario(Scenario(energy_mj=1.0, stack=2), lambda name: name, film=4, cooling_time=1 * ms)
    lit = [still.time for still in draw.pulse_stills(stacked) if still.lit]
    assert min(lit) == 0.0
    assert max(lit) > stacked.setting.repetition_interval


@pytest.mark.parametrize(("time", "said"), [(0.0, "0 µs"), (2.5 * ms, "2.50 ms"), (1 / 4, "250 ms")])
def test_moments_are_said_with_three_digits(time: float, said: str) -> None:
    assert draw.format_moment(time) == said


def test_the_charts_by_depth_say_what_they_show() -> None:
    simulation = filmed()
    for chart in (draw.rim_chart, draw.heat_chart):
        figure, ax = draw.new_figure(328, 320)
        chart(ax, simulation)
        assert ax.get_ylim()[0] > ax.get_ylim()[1] == 0.0
        assert draw.render_svg(figure, "chart", "says")
    assert "thick at the surface" in draw.rim_says(simulation)
    assert "above 60 °C for at most" in draw.heat_says(simulation)
    nothing = run_scenario(Scenario(energy_mj=0.0), lambda name: name, cooling_time=1 * ms)
    assert "Nothing was removed" in draw.rim_says(nothing)
    assert "No tissue" in draw.heat_says(nothing)

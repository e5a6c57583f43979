"""The pulse as a film: temperature in the skin and the hole in it, moment by moment, all at one scale."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from porelight.arrays import Floats, Pixels
from porelight.draw.anatomy import deepest_effect, format_length
from porelight.units import celsius, mm, ms, to_celsius, um, us
from porelight.wording import phrase, write_value

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

    from porelight.simulation.model import Simulation


FRAME_WIDTH: Final = 640
"""[px] across a still, with its bar of colours."""
BAR: Final = 118
"""[px] for the bar of colours."""
AIR: Final = 44
"""[px] above the skin."""
TALLEST: Final = 760
STEPS: Final = 60
"""Colours of the temperature; more cannot be told apart and make the film large."""
MOST: Final = 30
"""Stills of a film."""
HOT: Final = 120.0
"""[C] at which the colours end: above boiling only a thin film of dried tissue along the wall is hotter."""
WARM_TEMPERATURE: Final = celsius(42.0)
"""[K] from which tissue counts as heated when the frame is chosen."""
TEXT_HEIGHT: Final = 23

PLATE, PAPER, GONE, BEAM, EDGE = (18, 20, 24), (240, 243, 245), (226, 230, 234), (255, 203, 120), (255, 255, 255)
"""Colours that are no temperature: the plate around, words, air and what was removed, light, the edge of the hole."""


class Still(NamedTuple):
    """One moment: time from the first pulse [s], whether light is on, hottest tissue [C], depth of the hole [m]."""

    time: float
    lit: bool
    hottest: float
    depth: float
    png: bytes


class View(NamedTuple):
    """What every still of a film shares: half width and depth in view [m], pixels, and the ends of the colours [C]."""

    half: float
    depth: float
    width: int
    height: int
    low: float
    high: float


def pulse_stills(simulation: Simulation, language: str = "en") -> tuple[Still, ...]:
    """The stills of a simulation that kept its temperatures; none when it did not.

    Tissue is coloured by its temperature, ``inferno`` from the coldest to :data:`HOT`, in the same steps throughout.
    The hole is grey, light is drawn while the pulse is on, as wide as the dialled spot, and a dotted line is where
    collagen is set by heat in the end.
    """
    warming = simulation.warming
    if warming.frames is None or warming.frame_times is None:
        return ()
    view = _fit_view(simulation)
    chosen = _choose_frames(len(warming.frames))
    return tuple(
        _draw_still(simulation, view, float(warming.frame_times[k]), warming.frames[k], language) for k in chosen
    )


def film_gif(stills: tuple[Still, ...]) -> bytes:
    """The stills as an animated GIF that plays for ever, half a second a still and two for the last."""
    from PIL import Image

    pictures = [Image.open(io.BytesIO(still.png)) for still in stills]
    held = io.BytesIO()
    durations = [500] * (len(pictures) - 1) + [2000]
    pictures[0].save(
        held, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0, optimize=False, disposal=1
    )
    return held.getvalue()


def film_says(simulation: Simulation, language: str = "en") -> str:
    """What the film shows, in a sentence or two."""
    return phrase(
        "The pulse from its start to the end of cooling: the skin warms where the light goes in, the hole grows to "
        "{depth}, and the heat spreads. Collagen is set down to {set_depth}.",
        language,
        depth=format_length(simulation.crater.ablation_depth, language),
        set_depth=format_length(simulation.injury.coagulation_depth, language),
    )


def format_moment(time: float, language: str = "en") -> str:
    """A time as it is said under a still: three digits, in us or ms."""
    if time < 0.9995 * ms:
        return f"{time / us:.0f} µs"
    spec = ".2f" if time < 9.995 * ms else ".1f" if time < 99.95 * ms else ".0f"
    return f"{write_value(time / ms, spec, language)} ms"


def _choose_frames(count: int) -> list[int]:
    return sorted(set(np.linspace(0, count - 1, min(count, MOST)).round().astype(int).tolist()))


def _fit_view(simulation: Simulation) -> View:
    grid, injury, warming = simulation.crater.grid, simulation.injury, simulation.warming
    heated = (warming.peak > WARM_TEMPERATURE).any(axis=0)
    radius = float(grid.r_edges[1:][heated].max(initial=60 * um))
    half = 1.12 * max(radius, 0.55 * injury.coagulation_width, 0.5 * simulation.setting.spot_diameter)
    depth = max(1.25 * deepest_effect(simulation), 0.6 * half, 80 * um)
    width = FRAME_WIDTH - BAR
    height = round(width * depth / (2.0 * half))
    if height > TALLEST:
        height = TALLEST
        half = 0.5 * width * depth / height
    start = min(float(warming.final.min()), simulation.exposure.temperature)
    low = 10.0 * np.floor(to_celsius(start) / 10.0)
    high = (
        HOT if warming.peak_temperature > celsius(100.0) else 10.0 * np.ceil(to_celsius(warming.peak_temperature) / 10)
    )
    return View(half, depth, width, height, float(low), float(max(high, low + 20.0)))


def _draw_still(simulation: Simulation, view: View, time: float, kelvin: Floats, language: str = "en") -> Still:
    gone = np.isnan(kelvin)
    grid = simulation.crater.grid
    crater = np.where(gone, grid.z_edges[1:, None], 0.0).max(axis=0)
    lit = _is_lit(simulation, time)
    picture = _paint_picture(simulation, view, kelvin, crater, lit=lit)
    _write_labels(picture, view, time, language, lit=lit)
    hottest = to_celsius(float(np.nanmax(kelvin)))
    return Still(time, lit, hottest, float(crater.max(initial=0.0)), _encode_png(picture))


def _is_lit(simulation: Simulation, time: float) -> bool:
    setting = simulation.setting
    if not setting.pulse_energy:
        return False
    pulse = min(int(time / setting.repetition_interval), setting.pulses_per_column - 1) if time > 0.0 else 0
    since = time - pulse * setting.repetition_interval if setting.pulses_per_column > 1 else time
    return 0.0 <= since < setting.pulse_duration * (1.0 - 1e-6)


def _paint_picture(simulation: Simulation, view: View, kelvin: Floats, crater: Floats, *, lit: bool) -> Image.Image:
    from PIL import Image

    grid = simulation.crater.grid
    x = np.abs((np.arange(view.width) + 0.5) / view.width * 2.0 - 1.0) * view.half
    z = (np.arange(view.height) + 0.5) / view.height * view.depth
    depth = np.interp(x, grid.r, crater, right=0.0)
    open_ = z[:, None] < depth[None, :]
    pixels = _colour_table(view)[_colour_level(_sample_field(grid.z, grid.r, kelvin, z, x), view)]
    pixels[open_] = GONE
    whole = np.empty((view.height + AIR, FRAME_WIDTH, 3), dtype=np.uint8)
    whole[:] = PLATE
    whole[:AIR, : view.width] = GONE
    whole[AIR:, : view.width] = pixels
    if lit:
        beam = x < 0.5 * simulation.setting.spot_diameter
        whole[:AIR, : view.width][:, beam] = BEAM
        whole[AIR:, : view.width][open_ & beam[None, :]] = BEAM
    whole[AIR:, : view.width][_find_rim(open_)] = EDGE
    _dot_rim(whole[AIR:, : view.width], simulation, z, x, open_)
    return Image.fromarray(whole)


def _sample_field(rows: Floats, rings: Floats, kelvin: Floats, z: Floats, x: Floats) -> Floats:
    """Temperature at pixels, linear between cells; what is gone takes after the nearest tissue, outwards and down."""
    ring = np.where(np.isnan(kelvin), kelvin.shape[1] - 1, np.arange(kelvin.shape[1]))
    wall = np.minimum.accumulate(ring[:, ::-1], axis=1)[:, ::-1]
    filled = np.nan_to_num(np.take_along_axis(kelvin, wall, axis=1), nan=float(np.nanmax(kelvin)))
    across = np.stack([np.interp(x, rings, row) for row in filled])
    return np.stack([np.interp(z, rows, column) for column in across.T], axis=1)


def _colour_level(kelvin: Floats, view: View) -> NDArray[np.intp]:
    share = (to_celsius(0.0) + np.nan_to_num(kelvin) - view.low) / (view.high - view.low)
    return np.asarray(np.clip(share * STEPS, 0, STEPS - 1), dtype=np.intp)


def _colour_table(view: View) -> Pixels:
    from matplotlib import colormaps

    shades = colormaps["inferno"](np.linspace(0.04, 1.0, STEPS))[:, :3]
    return np.asarray(shades * 255.0, dtype=np.uint8)


def _find_rim(open_: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tissue pixels within two of the hole, or of the air where there is one."""
    near = np.zeros_like(open_)
    for shift in (1, 2):
        near[shift:] |= open_[:-shift]
        near[:, shift:] |= open_[:, :-shift]
        near[:, :-shift] |= open_[:, shift:]
    return np.asarray(near & ~open_)


def _dot_rim(pixels: Pixels, simulation: Simulation, z: Floats, x: Floats, open_: NDArray[np.bool_]) -> None:
    """A dotted line where collagen is set by heat in the end."""
    grid, injury = simulation.crater.grid, simulation.injury
    omega = np.where(grid.z[:, None] < simulation.crater.depth[None, :], 1e6, injury.coagulation)
    inside = _sample_field(grid.z, grid.r, np.log10(np.clip(omega, 1e-6, 1e6)), z, x) > 0.0
    rim = _find_rim(inside) & ~open_
    row, column = np.indices(rim.shape)
    along = row + np.minimum(column, rim.shape[1] - column)
    pixels[rim & (along // 7 % 2 == 0)] = PAPER


def _write_labels(picture: Image.Image, view: View, time: float, language: str, *, lit: bool) -> None:
    from PIL import ImageDraw

    on, font = ImageDraw.Draw(picture), _load_font()
    on.text((10, AIR // 2), format_moment(time, language), fill=PLATE, font=font, anchor="lm")
    if lit:
        on.text((view.width - 10, AIR // 2), phrase("light on", language), fill=PLATE, font=font, anchor="rm")
    bottom = AIR + view.height
    bar = next(each for each in (1 * mm, 500 * um, 200 * um, 100 * um, 50 * um, 20 * um) if each < 0.9 * view.half)
    across = round(bar / (2.0 * view.half) * view.width)
    on.rectangle((12, bottom - 16, 12 + across, bottom - 11), fill=PAPER)
    on.text((12, bottom - 22), format_length(bar, language), fill=PAPER, font=font, anchor="ls")
    _write_bar(picture, on, view)


def _write_bar(picture: Image.Image, on: ImageDraw.ImageDraw, view: View) -> None:
    from PIL import Image

    font, left, top, bottom = _load_font(), view.width + 14, AIR + 14, AIR + view.height - 14
    ramp = np.repeat(_colour_table(view)[::-1][:, None], 20, axis=1)
    picture.paste(Image.fromarray(ramp).resize((20, bottom - top), Image.Resampling.NEAREST), (left, top))
    on.text((view.width + 12, AIR // 2), "°C", fill=PAPER, font=font, anchor="lm")
    step = 20 if view.height > 160 else 50
    ticks = range(int(np.ceil(view.low / step)) * step, int(view.high) + 1, step)
    for tick in ticks:
        y = bottom - (tick - view.low) / (view.high - view.low) * (bottom - top)
        on.rectangle((left + 20, y - 1, left + 26, y), fill=PAPER)
        more = "+" if tick == view.high == HOT else ""
        on.text((left + 32, y), f"{tick}{more}", fill=PAPER, font=font, anchor="lm")


def _load_font() -> ImageFont.FreeTypeFont:
    """The font that matplotlib brings along: it has every sign that is written here."""
    import matplotlib as mpl
    from PIL import ImageFont

    return ImageFont.truetype(str(mpl.get_data_path()) + "/fonts/ttf/DejaVuSans.ttf", TEXT_HEIGHT)


def _encode_png(picture: Image.Image) -> bytes:
    from PIL import Image

    few = picture.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    held = io.BytesIO()
    few.save(held, "PNG", optimize=True)
    return held.getvalue()

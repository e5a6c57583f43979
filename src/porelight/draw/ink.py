"""Paper and ink: colours, figures, and how they become SVG or PNG."""

from __future__ import annotations

import html
import io
import re
from typing import TYPE_CHECKING, Any, Final

from porelight.wording import localize_digits, phrase

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes
    from matplotlib.axis import Axis as Axis
    from matplotlib.figure import Figure as Figure
else:
    Axes = Axis = Figure = Any

TOKENS: Final = {
    "ink": "#15191e",
    "soft": "#56606a",
    "line": "#c5ccd3",
    "ground": "#fefefe",
    "accent": "#0a5a83",
    "band": "#cde2ee",
    "bar": "#9dbfd2",
    "epidermis": "#e9c9b1",
    "dermis": "#f8ebe1",
    "fat": "#fbf1cf",
    "gland": "#f2d27c",
    "plug": "#8d6e51",
    "coagulated": "#a2402f",
    "dead": "#e3a28f",
}
"""Colours by the names of ``report/style/tokens.css``: in a page they follow its light or dark."""

INK, SOFT, LINE, GROUND = (TOKENS[name] for name in ("ink", "soft", "line", "ground"))
ACCENT, BAND, BAR = (TOKENS[name] for name in ("accent", "band", "bar"))

TEXT_SIZE: Final = 12.0
"""[px] of every label; nothing is smaller."""

PX_PER_INCH: Final = 72.0


def new_figure(width: float, height: float, language: str = "en") -> tuple[Figure, Axes]:
    """An empty figure of that size [CSS px] whose words are in that language, and one axes that fills it.

    No pyplot, no shared state: the language stays with the paper, and whatever draws on it asks there.
    """
    from matplotlib.figure import Figure as Paper

    figure = Paper(figsize=(width / PX_PER_INCH, height / PX_PER_INCH), dpi=PX_PER_INCH)
    figure.set_label(language)
    figure.patch.set_alpha(0.0)
    ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    ax.patch.set_alpha(0.0)
    return figure, ax


def language_of(ax: Axes) -> str:
    """The language of the paper."""
    figure = ax.get_figure(root=True)
    return (str(figure.get_label()) if figure is not None else "") or "en"


def write_phrase(ax: Axes, text: str, /, **values: object) -> str:
    """A text of the figure in the language of its paper, with its values."""
    return phrase(text, language_of(ax), **values)


def set_margins(ax: Axes, *, left: float = 0.0, right: float = 0.0, top: float = 0.0, bottom: float = 0.0) -> None:
    """Leave margins [px] around the axes, for what is written there."""
    width, height = _paper_size(ax)
    ax.set_position((left / width, bottom / height, 1 - (left + right) / width, 1 - (top + bottom) / height))


def axes_size(ax: Axes) -> tuple[float, float]:
    """Width and height of the axes [px]."""
    width, height = _paper_size(ax)
    box = ax.get_position()
    return float(box.width * width), float(box.height * height)


def _paper_size(ax: Axes) -> tuple[float, float]:
    """Width and height of the whole figure [px]."""
    figure = ax.get_figure(root=True)
    assert figure is not None, "these axes were never drawn on a figure"
    width, height = figure.get_size_inches() * PX_PER_INCH
    return float(width), float(height)


def quiet_axes(ax: Axes, *, sides: tuple[str, ...] = ("left", "bottom")) -> None:
    """Thin lines, outward ticks, no box."""
    for name, spine in ax.spines.items():
        spine.set_visible(name in sides)
        spine.set_color(LINE)
        spine.set_linewidth(1.0)
    ax.tick_params(length=4, width=1, color=LINE, labelcolor=SOFT, labelsize=TEXT_SIZE, pad=4)


def decimal_ticks(axis: Axis) -> None:
    """Numbers at the ticks with the decimal sign of the paper's language; English ones stay matplotlib's own."""
    language = language_of(axis.axes)
    if language != "en":
        from matplotlib.ticker import FuncFormatter, ScalarFormatter

        english = ScalarFormatter(useOffset=False)
        english.set_axis(axis)

        def written(value: float, place: int | None) -> str:
            english.set_locs(list(axis.get_majorticklocs()))
            return localize_digits(english(value, place), language)

        axis.set_major_formatter(FuncFormatter(written))


def write_text(ax: Axes, x: float, y: float, text: str, **how: Any) -> Any:
    """Text in data coordinates; a ``halo`` of the colour behind keeps it readable on lines."""
    from matplotlib import patheffects

    if halo := how.pop("halo", None):
        how["path_effects"] = [patheffects.withStroke(linewidth=3, foreground=halo)]
    usual: dict[str, Any] = {"color": INK, "fontsize": TEXT_SIZE, "va": "center", "ha": "left"}
    return ax.text(x, y, text, **{**usual, **how})


def render_svg(figure: Figure, name: str, says: str, *, inline: bool = True) -> str:
    """The figure as an ``<svg>`` element.

    Args:
        figure: what was drawn.
        name: unique on the page; keeps the ids of several figures apart and the output the same each time.
        says: what the figure shows, for those who cannot see it.
        inline: with the page's colour tokens and font; else a file of its own, with fixed colours.
    """
    import matplotlib as mpl

    written = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(written, format="svg", metadata={"Date": None}, transparent=True)
    drawn = written.getvalue()
    width, height = (round(side * PX_PER_INCH) for side in figure.get_size_inches())
    body = drawn[drawn.index(">", drawn.index("<svg")) + 1 :]
    body = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r'(\bid="|href="#|url\(#)', rf"\1{name}-", body)
    body = re.sub(r'\bstyle="([^"]*)"', lambda found: _presentation_attributes(html.unescape(found.group(1))), body)
    body = re.sub(r">\s+<", "><", body)
    body = re.sub(r"(\d+\.\d)\d+", r"\1", body)
    label = html.escape(says, quote=True)
    head = f'class="figure" role="img" aria-label="{label}" viewBox="0 0 {width} {height}"'
    head = f'{head} width="{width}" height="{height}" stroke-linejoin="round"'
    if inline:
        for token, colour in TOKENS.items():
            body = body.replace(colour, f"var(--{token})")
        return f'<svg {head} font-family="var(--font)">{body}'
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ground = f'<rect width="{width}" height="{height}" fill="{GROUND}"/>'
    return f'<svg {names} {head} font-family="system-ui, sans-serif"><title>{label}</title>{ground}{body}'


def _presentation_attributes(style: str) -> str:
    """Declarations of a style as presentation attributes: a strict content policy ignores styles, and all turns black.

    The last of two equal declarations counts, as in a style. The font is that of the page, so none is named here.
    """
    kept: dict[str, str] = {}
    for declaration in style.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "font":
            kept |= _font_attributes(value)
        elif value and name != "font-family":
            kept[name] = value
    return " ".join(f'{name}="{html.escape(value, quote=True)}"' for name, value in kept.items())


def _font_attributes(shorthand: str) -> dict[str, str]:
    """Size, weight and slant of a ``font:`` shorthand, which has no attribute of its own."""
    size_px = re.search(r"[\d.]+px", shorthand)
    weight = re.search(r"\b(bold|[1-9]00)\b", shorthand)
    slant = re.search(r"\b(italic|oblique)\b", shorthand)
    found = (("font-size", size_px), ("font-weight", weight), ("font-style", slant))
    return {name: match.group() for name, match in found if match}


def render_png(figure: Figure, *, scale: float = 2.0) -> bytes:
    """The figure as PNG on its ground colour, ``scale`` pixels per CSS pixel; the same bytes each time."""
    written = io.BytesIO()
    fast = {"compress_level": 2}  # a photo hardly packs: the usual 6 takes twice as long for a tenth of the size
    figure.savefig(
        written, format="png", dpi=PX_PER_INCH * scale, facecolor=GROUND, metadata={"Software": None}, pil_kwargs=fast
    )
    return written.getvalue()

"""What changed between two photos, as files: numbers, a table of pores, a picture, and a page with a slider."""

from __future__ import annotations

import csv
import dataclasses
import functools
import io
from typing import TYPE_CHECKING

from porelight import cite
from porelight.draw import compare as drawn
from porelight.export.cells import text_cell
from porelight.export.change_model import change_numbers
from porelight.export.outside import row_sources, text
from porelight.photo.compare.aligned import Aligned, align_pictures
from porelight.report import figures, template, words
from porelight.wording import phrase, write_words

if TYPE_CHECKING:
    from porelight.photo.compare.change import Change, Measure
    from porelight.photo.decode import Picture


PAIR_COLUMNS = (
    *("x_before_px", "y_before_px", "x_after_px", "y_after_px"),
    *("before_px", "after_px", "before_um", "after_um", "change_pct", "change_error_pct"),
    *("resolved", "result", "region"),
)
LARGEST_PHOTO_BYTES = 700_000
"""Bytes of each photo inside the page at most."""
MOST_ROWS = 60
"""Pores in the table of the page: the surest changes; all of them are in pairs.csv."""


def of_change(change: Change, before: Picture, after: Picture, language: str = "en") -> dict[str, bytes]:
    """change.json, pairs.csv, change.png and change.html."""
    pictures = align_pictures(before, after, change.registration)
    return {
        "change.json": change_json(change).encode(),
        "pairs.csv": pairs_csv(change).encode(),
        "change.png": drawn.change_png(change, pictures, language),
        "change.html": render_change(change, pictures, language).encode(),
    }


def change_json(change: Change) -> str:
    """The text of ``change.json``: the same change gives the same bytes."""
    return text(change_numbers(change))


def _change_sources(change: Change) -> tuple[cite.Source, ...]:
    return row_sources(cite.used(change))


def pairs_csv(change: Change) -> str:
    """One row per pore found in both photos; diameters in px of the first photo, in um where it has a scale."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(PAIR_COLUMNS)
    pairs, scale = change.pairs, change.before.scale
    by = None if scale is None else scale.at(pairs.x, pairs.y)
    for i in range(len(pairs)):
        um = ("", "") if by is None else (f"{pairs.before[i] * by[i]:.1f}", f"{pairs.after[i] * by[i]:.1f}")
        places = (pairs.x[i], pairs.y[i], pairs.x_after[i], pairs.y_after[i], pairs.before[i], pairs.after[i])
        table.writerow(
            (
                *(f"{place:.2f}" for place in places),
                *um,
                f"{pairs.change_pct[i]:.1f}",
                f"{pairs.change_error_pct[i]:.1f}",
                "yes" if pairs.resolved[i] else "no",
                pairs.result[i],
                text_cell(pairs.region[i]),
            )
        )
    return out.getvalue()


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One pore in the table of the page."""

    number: int
    before: str
    after: str
    change: str
    result: str
    region: str


def render_change(change: Change, pictures: Aligned, language: str = "en") -> str:
    """The page as text; the same change and photos give the same text."""
    rows = template.weakest_first(change)
    shown = {
        "change": change,
        "headline": change_headline(change, language),
        "detail": change_detail(change, language),
        "measures": drawn.overall_measures(change),
        "regions": [each for each in change.measures if each.region and each.key == "diameter"],
        "titles": drawn.MEASURE_TITLES,
        "said": lambda each: words.typeset(drawn.describe_change(each, language)),
        "amount": functools.partial(_format_amount, language),
        "before": figures.jpeg_uri(pictures.before, LARGEST_PHOTO_BYTES),
        "after": figures.jpeg_uri(pictures.after, LARGEST_PHOTO_BYTES),
        "shape": pictures.before.shape,
        **(_measure_figures(change, language) if change.measures else {}),
        "pores": _list_pores(change, language),
        "unit": "px" if change.before.scale is None else "µm",
        "rows": rows,
        **template.load_script("change"),
        "style": "".join(template.read_text(f"style/{name}.css") for name in ("tokens", "report", "change")),
    }
    return template.fill_template("change.html", shown, _change_sources(change), language)


def _measure_figures(change: Change, language: str) -> dict[str, str]:
    """The figures of a change whose sizes were compared."""
    return {
        "changes": figures.make_figure(
            "changes",
            drawn.changes_say(change, language),
            lambda ax: drawn.change_bars(ax, change),
            wide=(figures.DESK, drawn.changes_height(change)),
            narrow=drawn.changes_height(change),
            language=language,
        ),
        "spread": figures.make_figure(
            "spread",
            drawn.pairs_say(change, language),
            lambda ax: drawn.pairs_chart(ax, change),
            wide=None,
            narrow=240,
            language=language,
        ),
    }


def change_headline(change: Change, language: str = "en") -> str:
    """The answer in a few words."""
    if change.outcome == "copy":
        return phrase("The same photo twice: a copy cannot show a change", language)
    if not change.measures:
        return phrase("The same skin, but sizes cannot be compared", language)
    if change.result == "no detectable change":
        return phrase("No detectable change", language)
    text = "The pores are narrower: {change}" if change.result == "smaller" else "The pores are wider: {change}"
    return phrase(text, language, change=words.describe_change(change.measures[0].change_pct, language=language))


def change_detail(change: Change, language: str = "en") -> str:
    """What is behind the answer, in one or two sentences."""
    if change.reason is not None:
        return words.typeset(write_words(change.reason, language))
    text = (
        "The same {count} pores were measured in both photos. A change of their diameter of {least} % or more would "
        "have been called one; a smaller one cannot be told from two photos of unchanged skin."
        if change.result == "no detectable change"
        else "Diameter of the same {count} pores in both photos. From {least} % on, a change is told from two photos "
        "of unchanged skin."
    )
    least = words.format_number(change.measures[0].detectable_pct, language=language)
    return words.typeset(phrase(text, language, count=int(change.pairs.resolved.sum()), least=least))


def _format_amount(language: str, each: Measure, value: float) -> str:
    unit = {"um": " µm", "px": " px", "%": " %", "1": ""}[each.unit]
    return words.typeset(f"{value:.0f}" if each.unit == "1" else f"{words.format_number(value, 3, language)}{unit}")


def _list_pores(change: Change, language: str) -> list[Row]:
    """The resolved pores with the surest changes first."""
    pairs, scale = change.pairs, change.before.scale
    sure = [abs(pairs.change_pct[i]) / pairs.change_error_pct[i] for i in range(len(pairs))]
    order = sorted((i for i in range(len(pairs)) if pairs.resolved[i]), key=lambda i: -sure[i])[:MOST_ROWS]
    by = None if scale is None else scale.at(pairs.x, pairs.y)
    rows = []
    for number, i in enumerate(order, start=1):
        factor = 1.0 if by is None else float(by[i])
        before, after = (
            words.format_number(float(each[i]) * factor, 3, language) for each in (pairs.before, pairs.after)
        )
        told = f"{pairs.change_pct[i]:+.0f} ± {pairs.change_error_pct[i]:.0f} %"
        rows.append(
            Row(
                number,
                before,
                after,
                words.typeset(told),
                phrase(pairs.result[i], language),
                phrase(pairs.region[i], language),
            )
        )
    return rows

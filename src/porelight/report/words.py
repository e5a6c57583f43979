"""How numbers, dates and codes are said to people: no more digits than the error allows, plain words first."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from porelight import cite
from porelight.care.model import Outcome, Tier
from porelight.cite import Confidence, Source
from porelight.digits import round_middle, round_outward
from porelight.message import Message, english
from porelight.units import to_celsius

if TYPE_CHECKING:
    from porelight.fields import Interval
    from porelight.photo.census import GateLevel, PictureFlag
    from porelight.photo.scale import Scale, ScaleSource
    from porelight.simulation.model import Simulation

OUTCOMES: Final[dict[Outcome, str]] = {
    "refuse": "No",
    "defer": "Not yet",
    "ask": "Please answer",
    "adjust": "With care",
    "proceed": "Yes",
}

TIERS: Final[dict[Tier, str]] = {
    "consensus": "agreed by a panel of experts",
    "guideline": "guideline of a medical society",
    "label": "maker's official instructions",
    "trial": "clinical trial",
    "series": "series of treated people",
    "review": "medical review article",
    "institution": "hospital advice page",
    "textbook": "textbook",
    "expert": "advice of one expert",
    "clinic": "practice of single clinics: weak",
    "house": "our own caution",
}

CONFIDENCES: Final[dict[Confidence, str]] = {
    "read": "seen in the source",
    "derived": "computed from a source",
    "assumed": "assumed by us",
    "recalled": "recalled from memory, to be verified",
}

FLAGS: Final[dict[PictureFlag, str]] = {
    "uncalibrated": "The photo has no scale, so all lengths are in pixels (px).",
    "too small": "The photo is too small to count pores.",
    "blurred": "The photo is not quite sharp: small pores may be missed.",
    "too coarse": "The photo shows pores with too few pixels: sizes are less sure.",
    "glare": "Shiny places were left out: pores there are not counted.",
    "smoothed": "The photo looks as if it had been smoothed: small pores may be missing or look smaller.",
    "noisy": "The photo is grainy: small pores are less sure.",
    "dark": "The photo is dark: pores are less sure.",
    "overexposed": "Parts of the skin are plain white in the photo: pores there are not seen.",
    "compressed": "The photo was saved with much loss: small pores may be missed, and blocks may look like pores.",
    "tilted": "The skin was photographed at an angle: pores look narrower than they are.",
    "scales differ": "The typed scale and the card in the photo differ by more than a tenth: the typed one was used.",
    "card not even": "The card lay in other light than it should: colours are less sure.",
    "borderline": "Many marks in the photo are only just pores: another photo may count differently.",
    "no skin": "Little skin was found in the photo.",
    "few pores": "Only few pores were found: the numbers are rough.",
}

GATE: Final[dict[GateLevel, str]] = {
    "usable": "The photo is good enough to measure.",
    "usable with care": "The photo can be measured, with care.",
    "refuse": "This photo cannot carry a measurement: numbers from it may be far off.",
}

SCALES: Final[dict[ScaleSource, str]] = {
    "typed": "as it was typed in",
    "card": "from the printed card in the photo",
    "iris": "from the width of the iris, which differs between people",
}

LIMITS: Final[dict[str, str]] = {
    "energy_mj": "energy at most {:g} mJ",
    "density_pct": "density at most {:g} %",
    "passes": "at most {:g} passes",
    "pulses_per_column": "at most {:g} pulses on one spot",
    "fluence_j_cm2": "fluence at most {:g} J/cm²",
}


def scale(known: Scale | None) -> str:
    """Such as "60 µm a pixel, as it was typed in", with its error where one is known."""
    if known is None:
        return "none: uncalibrated"
    error = f", give or take {number(100 * known.relative_error)} %" if known.relative_error else ""
    return f"{number(known.um_per_px, 3)} µm a pixel{error}, {SCALES[known.source]}"


def day(date: dt.date, *, year: bool = True) -> str:
    """Such as "Tue 14 March 2026"."""
    return f"{date:%a} {date.day} {date:%B}" + (f" {date.year}" if year else "")


def days(first: dt.date, last: dt.date) -> str:
    """Such as "Tue 14 March", "Tue 14 to Fri 17 March" or "Mon 30 March to Wed 1 April"."""
    if first == last:
        return day(first, year=False)
    start = (
        f"{first:%a} {first.day}" if (first.year, first.month) == (last.year, last.month) else day(first, year=False)
    )
    return f"{start} to {day(last, year=False)}"


def change(interval: Interval, goal: float | None = None) -> str:
    """A change in %: "down about 30 % (between 10 and 50)"; where it may go either way, both ways are said.

    ``goal`` [%] is not said as reached by a middle that stays short of it.
    """
    mid, (low, high) = round_middle(interval.mid, interval, goal), round_outward(interval)
    middle = "about the same" if mid == 0 else f"{_way(mid)} about {abs(mid)} %"
    if high <= 0:
        said = f"{middle} (between {abs(high)} and {_fall(low)})"
    elif low >= 0:
        said = f"{middle} (between {low} and {high})"
    else:
        said = f"{middle} (from {_way(low)} {_fall(low)} % to {_way(high)} {high} %)"
    return typeset(said)


def _fall(low: int) -> str:
    """A fall is never said as all: no forecast leaves no enlarged pore."""
    return "more than 90" if low <= -100 else f"{abs(low)}"


def _way(value: float) -> str:
    return "down" if value < 0 else "up"


def length(interval: Interval, unit: str) -> str:
    """A length with its interval: "about 180 µm (between 130 and 220)"."""
    mid, (low, high) = round_middle(interval.mid, interval), round_outward(interval)
    return typeset(f"about {mid} {unit} (between {low} and {high})")


def span(interval: Interval, unit: float, name: str) -> str:
    """An interval in ``unit``: "about 4 days (2 to 7)"."""
    low, mid, high = (round(end / unit) for end in (interval.low, interval.mid, interval.high))
    return f"{mid} {name}" if low == high else f"about {mid} {name} ({low} to {high})"


def chance(share: float) -> str:
    """A probability in words that a person can count: "about 6 in 10"."""
    tenths = round(10.0 * share)
    if tenths == 0:
        return "fewer than 1 in 20" if share < 0.05 else "about 1 in 20"
    return "more than 9 in 10" if tenths == 10 else f"about {tenths} in 10"


TRIAL: Final = "in the trial this rests on"
"""Said after a forecast that is the trial's result and not this photo's."""


def hottest(simulation: Simulation) -> str:
    """The peak temperature; where tissue is carried away at it, it is the model's limit."""
    said = f"{number(to_celsius(simulation.warming.peak_temperature))} °C"
    return f"the model's limit of {said}" if simulation.peak_is_limit else said


def number(value: float | None, digits: int = 2) -> str:
    """``value`` with that many significant digits, without an exponent."""
    if value is None:
        return ""
    if value == 0:
        return "0"
    said = float(f"{value:.{digits}g}")
    return f"{said:.0f}" if abs(said) >= 10 ** (digits - 1) else f"{said:g}"


def count(amount: int, one: str, many: str | None = None) -> str:
    """Such as "1 session", "3 sessions"."""
    return f"{amount} {one if amount == 1 else many or one + 's'}"


PLAIN: Final = {
    "assumed": "our own judgement",
    "own_knowledge": "from memory",
    "exact": "exact",
}
"""Keys of what is no publication, as they are said."""


def source_name(source: Source) -> str:
    """First author and year, or the title of what has no author; short enough to stand in a line."""
    if source.key in PLAIN:
        return PLAIN[source.key]
    if source.authors:
        name = re.split(r",| et al| and | & |;", source.authors.split("(")[0])[0].strip()
        short = re.sub(r"(\s[A-Z]{1,3})+$", "", name) or name
    else:
        title = source.title.split("(")[0].strip()
        short = f"\u201c{title}\u201d" if len(title) <= 40 else f"\u201c{title[:38].rsplit(' ', 1)[0]} \u2026\u201d"
    return f"{short} {source.year}" if source.year else short


UNITS: Final = (
    (r"`", ""),
    (r"\bum\b", "µm"),
    (r"\bcm2\b", "cm²"),
    (r"\bmm2\b", "mm²"),
    (r"\bum2\b", "µm²"),
    (r"\bkJ/cm3\b", "kJ/cm³"),
    (r"\b(CO)2\b", r"\1₂"),
    (r"(?<=\d)-(?=\d)", "\u2013"),
    (r"(?<![\w.])-(?=\d)", "\u2212"),
    (r"(?<=\d) (?=%|µm|mJ\b|mm\b|°C|J/|cm|px\b|ms\b|µs\b|W\b)", "\u00a0"),
)


def typeset(text: str) -> str:
    """Units and signs as they are printed: µm, cm², CO₂, a true minus, no break before a unit."""
    for found, printed in UNITS:
        text = re.sub(found, printed, text)
    return text


class Linker:
    """Turns texts into markup with source keys as links, and remembers which sources were named."""

    def __init__(self) -> None:
        self.named: dict[str, Source] = {}

    def __call__(self, text: str | Message | tuple[Message, ...]) -> Markup:
        """``text`` typeset, with every source key in it as a link to that source."""
        known = cite.sources()
        words = english(text) if isinstance(text, tuple) else str(text)
        parts = re.split(r"\b([a-z]\w*[a-z0-9])\b", words)
        for i in range(1, len(parts), 2):
            part = parts[i]
            told = re.search(r"\d|_", part) or parts[i - 1].endswith("(")  # else it may be a plain word
            if told and part in known and part not in PLAIN:
                self.named[part] = known[part]
                parts[i] = Markup('<a href="#source-{}">{}</a>').format(part, source_name(known[part]))
        return Markup("").join(part if isinstance(part, Markup) else escape(part) for part in _typeset_between(parts))


def _typeset_between(parts: list[str]) -> list[str]:
    joined: list[str] = []
    for part in parts:
        if isinstance(part, Markup):
            joined.append(part)
        elif joined and not isinstance(joined[-1], Markup):
            joined[-1] += part
        else:
            joined.append(part)
    return [part if isinstance(part, Markup) else typeset(part) for part in joined]

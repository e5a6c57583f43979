"""How numbers, dates and codes are said to people: no more digits than the error allows, plain words first."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from porelight import cite
from porelight.care.language import WEEKDAY_NAMES, format_day, format_days
from porelight.care.model import Outcome, Tier
from porelight.cite import Confidence, Source
from porelight.digits import round_middle, round_outward
from porelight.units import day as units_day
from porelight.units import to_celsius
from porelight.wording import Words, counted, localize_digits, phrase, write_words

if TYPE_CHECKING:
    from porelight.fields import Interval
    from porelight.forecasting.model import Forecast
    from porelight.photo.census import GateLevel, PictureFlag
    from porelight.photo.scale import Scale, ScaleSource
    from porelight.simulation.model import Simulation


def _(text: str) -> str:
    """Marks a text for the catalogue; it is said where it is shown."""
    return text


OUTCOMES: Final[dict[Outcome, str]] = {
    "refuse": _("No"),
    "defer": _("Not yet"),
    "ask": _("Please answer"),
    "adjust": _("With care"),
    "proceed": _("Yes"),
}

TIERS: Final[dict[Tier, str]] = {
    "consensus": _("agreed by a panel of experts"),
    "guideline": _("guideline of a medical society"),
    "label": _("maker's official instructions"),
    "trial": _("clinical trial"),
    "series": _("series of treated people"),
    "review": _("medical review article"),
    "institution": _("hospital advice page"),
    "textbook": _("textbook"),
    "expert": _("advice of one expert"),
    "clinic": _("practice of single clinics: weak"),
    "house": _("our own caution"),
}

CONFIDENCE_WORDS: Final[dict[Confidence, str]] = {
    "read": _("seen in the source"),
    "derived": _("computed from a source"),
    "assumed": _("assumed by us"),
    "recalled": _("recalled from memory, to be verified"),
}

FLAGS: Final[dict[PictureFlag, str]] = {
    "uncalibrated": _("The photo has no scale, so all lengths are in pixels (px)."),
    "too small": _("The photo is too small to count pores."),
    "blurred": _("The photo is not quite sharp: small pores may be missed."),
    "too coarse": _("The photo shows pores with too few pixels: sizes are less sure."),
    "glare": _("Shiny places were left out: pores there are not counted."),
    "smoothed": _("The photo looks as if it had been smoothed: small pores may be missing or look smaller."),
    "noisy": _("The photo is grainy: small pores are less sure."),
    "dark": _("The photo is dark: pores are less sure."),
    "overexposed": _("Parts of the skin are plain white in the photo: pores there are not seen."),
    "compressed": _("The photo was saved with much loss: small pores may be missed, and blocks may look like pores."),
    "tilted": _("The skin was photographed at an angle: pores look narrower than they are."),
    "scales differ": _("The typed scale and the card in the photo differ by more than a tenth: the typed one counts."),
    "card not even": _("The card lay in other light than it should: colours are less sure."),
    "borderline": _("Many marks in the photo are only just pores: another photo may count differently."),
    "no skin": _("Little skin was found in the photo."),
    "few pores": _("Only few pores were found: the numbers are rough."),
}

GATE: Final[dict[GateLevel, str]] = {
    "usable": _("The photo is good enough to measure."),
    "usable with care": _("The photo can be measured, with care."),
    "refuse": _("This photo cannot carry a measurement: numbers from it may be far off."),
}

SCALES: Final[dict[ScaleSource, str]] = {
    "typed": _("as it was typed in"),
    "card": _("from the printed card in the photo"),
    "iris": _("from the width of the iris, which differs between people"),
}

LIMITS: Final[dict[str, str]] = {
    "energy_mj": _("energy at most {most:g} mJ"),
    "density_pct": _("density at most {most:g} %"),
    "passes": _("at most {most:g} passes"),
    "pulses_per_column": _("at most {most:g} pulses on one spot"),
    "fluence_j_cm2": _("fluence at most {most:g} J/cm²"),
}


REGIONS: Final = (
    *(_("forehead"), _("nose"), _("chin"), _("cheek"), _("temple"), _("close-up"), _("all")),
    *(_("right cheek"), _("left cheek"), _("epidermis"), _("dermis"), _("fat")),
)
"""Places and layers as results name them."""

CHANGE_WORDS: Final = {"yes": _("yes"), "partly": _("partly"), "no": _("no")}
"""Whether a laser changes a reason."""

UNIT_WORDS: Final = (_("years"), _("weeks"), _("days"), _("degrees"))
"""Units of tables that are words."""

RESULTS: Final = (_("smaller"), _("larger"), _("no detectable change"))


def write_day(date: dt.date, *, year: bool = True, language: str = "en") -> str:
    """Such as "Tue 14 March 2026"."""
    return format_day(date, language, year=year)


def write_days(first: dt.date, last: dt.date, language: str = "en") -> str:
    """Such as "Tue 14 March", "Tue 14 to Fri 17 March" or "Mon 30 March to Wed 1 April"."""
    if first == last or language != "en" or (first.year, first.month) != (last.year, last.month):
        return format_days(first, last, language)
    return f"{WEEKDAY_NAMES[first.weekday()].format(short='')} {first.day} to {format_day(last)}"


def describe_scale(known: Scale | None, language: str = "en") -> str:
    """Such as "60 µm a pixel, as it was typed in", with its error where one is known."""
    if known is None:
        return phrase("none: uncalibrated", language)
    origin = phrase(SCALES[known.source], language)
    um_per_px = format_number(known.um_per_px, 3, language)
    if not known.relative_error:
        return phrase("{um_per_px} µm a pixel, {origin}", language, um_per_px=um_per_px, origin=origin)
    error = format_number(100 * known.relative_error, language=language)
    text = "{um_per_px} µm a pixel, give or take {error} %, {origin}"
    return phrase(text, language, um_per_px=um_per_px, error=error, origin=origin)


def describe_change(interval: Interval, goal: float | None = None, language: str = "en") -> str:
    """A change in %: "down about 30 % (between 10 and 50)"; where it may go either way, both ways are said.

    ``goal`` [%] is not said as reached by a middle that stays short of it.
    """
    mid, (low, high) = round_middle(interval.mid, interval, goal), round_outward(interval)
    middle = _describe_direction(mid, language)
    # A fall is never said as all: no forecast leaves no enlarged pore.
    fall = phrase("more than 90", language) if low <= -100 else f"{abs(low)}"
    if high <= 0:
        written = phrase("{middle} (between {low} and {high})", language, middle=middle, low=abs(high), high=fall)
    elif low >= 0:
        written = phrase("{middle} (between {low} and {high})", language, middle=middle, low=low, high=high)
    else:
        text = "{middle} (from down {low} % to up {high} %)"
        written = phrase(text, language, middle=middle, low=fall, high=high)
    return typeset(written)


def tabulate_change(interval: Interval, goal: float | None = None, language: str = "en") -> str:
    """The same numbers for a table, where columns stand for words: a middle of -10 % as "-10 % (-25 to +5)"."""
    mid, (low, high) = round_middle(interval.mid, interval, goal), round_outward(interval)
    # A fall is never said as all, in a table either.
    least = phrase("below {points}", language, points=-90) if low <= -100 else _format_signed(low)
    numbers = {"mid": _format_signed(mid), "low": least, "high": _format_signed(high)}
    return typeset(phrase("{mid} % ({low} to {high})", language, **numbers))


def _format_signed(points: int) -> str:
    return f"{points:+d}" if points else "0"


def _describe_direction(points: int, language: str) -> str:
    if points == 0:
        return phrase("about the same", language)
    return phrase("down about {points} %" if points < 0 else "up about {points} %", language, points=abs(points))


def describe_length(interval: Interval, unit: str, language: str = "en") -> str:
    """A length with its interval: "about 180 µm (between 130 and 220)"."""
    mid, (low, high) = round_middle(interval.mid, interval), round_outward(interval)
    text = "about {mid} {unit} (between {low} and {high})"
    return typeset(phrase(text, language, mid=mid, unit=unit, low=low, high=high))


def tabulate_length(interval: Interval, unit: str, language: str = "en") -> str:
    """A length with its interval for a table: "320 µm (275 to 340)"."""
    mid, (low, high) = round_middle(interval.mid, interval), round_outward(interval)
    return typeset(phrase("{mid} {unit} ({low} to {high})", language, mid=mid, unit=unit, low=low, high=high))


def days_long(interval: Interval, language: str = "en") -> str:
    """A time in days: "about 4 days (2 to 7)"."""
    low, mid, high = (round(end / units_day) for end in (interval.low, interval.mid, interval.high))
    if low == high:
        return counted("{count} day", "{count} days", language, mid)
    return phrase("about {mid} days ({low} to {high})", language, mid=mid, low=low, high=high)


def describe_chance(share: float, language: str = "en") -> str:
    """A probability in words that a person can count: "about 6 in 10"."""
    tenths = round(10.0 * share)
    if tenths == 0:
        return phrase("fewer than 1 in 20" if share < 0.05 else "about 1 in 20", language)
    if tenths == 10:
        return phrase("more than 9 in 10", language)
    return phrase("about {tenths} in 10", language, tenths=tenths)


GOAL_VERDICTS: Final = {
    "likely": _("That is likely enough."),
    "open": _("Whether that is likely enough cannot be said."),
    "unlikely": _("That is not likely enough."),
}
"""What a forecast says of its goal."""


def describe_goal(course: Forecast, language: str = "en") -> str:
    """What is wanted: "50 % fewer enlarged pores"."""
    if course.goal_kind == "visible":
        return phrase("a change that can be seen", language)
    text = "{points} % fewer enlarged pores" if course.goal_kind == "count" else "pores {points} % narrower"
    return typeset(phrase(text, language, points=format_number(-course.goal_pct, 3, language)))


def describe_reachable(course: Forecast, language: str = "en") -> str:
    """What a goal could be that is reached as surely as asked for; empty where that is nothing."""
    if course.reachable_pct is None or course.verdict == "likely" or course.reachable_pct > -1.0:
        return ""
    # Rounded towards less: a wish may not grow by rounding.
    points = int(-course.reachable_pct)
    text = "{points} % fewer enlarged pores" if course.goal_kind == "count" else "pores {points} % narrower"
    written = phrase(text, language, points=points)
    chance = describe_chance(course.required_chance, language)
    return typeset(phrase("Reached in {chance} such courses: {what}.", language, chance=chance, what=written))


def describe_heat(simulation: Simulation, language: str = "en") -> str:
    """What the hottest tissue does. A temperature only where it does not boil: beyond it is a cut-off of the model."""
    if simulation.fate == "chars":
        return phrase("boils, and chars in places", language)
    if simulation.fate == "boils":
        return phrase("boils", language)
    peak = f"{format_number(to_celsius(simulation.warming.peak_temperature), language=language)} °C"
    return phrase("up to {peak}, does not boil", language, peak=peak)


def format_number(value: float | None, digits: int = 2, language: str = "en") -> str:
    """``value`` with that many significant digits, without an exponent."""
    if value is None:
        return ""
    if value == 0:
        return "0"
    kept = float(f"{value:.{digits}g}")
    return localize_digits(f"{kept:.0f}" if abs(kept) >= 10 ** (digits - 1) else f"{kept:g}", language)


def capitalize(text: str) -> str:
    """With a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


PLAIN: Final = {
    "assumed": _("our own judgement"),
    "own_knowledge": _("from memory"),
    "exact": _("exact"),
}
"""Keys of what is no publication, as they are said."""


def source_name(source: Source, language: str = "en") -> str:
    """First author and year, or the title of what has no author; short enough to stand in a line."""
    if source.key in PLAIN:
        return phrase(PLAIN[source.key], language)
    if source.authors:
        name = re.split(r",| et al| and | & |;", source.authors.split("(")[0])[0].strip()
        short = re.sub(r"(\s[A-Z]{1,3})+$", "", name) or name
    else:
        title = source.title.split("(")[0].strip()
        short = f"\u201c{title}\u201d" if len(title) <= 40 else f"\u201c{title[:38].rsplit(' ', 1)[0]} \u2026\u201d"
    return f"{short} {source.year}" if source.year else short


UNITS: Final = (
    (r"`", ""),
    (r"(?<=[\d}] )um\b|(?<=\d)um\b|\bum(?=[,.;:)/]|$)", "µm"),
    (r"\bcm2\b", "cm²"),
    (r"\bmm2\b", "mm²"),
    (r"\bum2\b", "µm²"),
    (r"\bkJ/cm3\b", "kJ/cm³"),
    (r"\b(CO)2\b", r"\1₂"),
    (r"(?<=\d)-(?=\d)", "\u2013"),
    (r"(?<![\w.])-(?=\d)", "\u2212"),
    (r"(?<=[\d}]) (?=%|µm|mJ\b|mm\b|°C|J/|cm|px\b|ms\b|µs\b|W\b)", "\u00a0"),
)


def typeset(text: str) -> str:
    """Units and signs as they are printed: µm, cm², CO₂, a true minus, no break before a unit."""
    for found, printed in UNITS:
        text = re.sub(found, printed, text)
    return text


class Linker:
    """Turns texts into markup with source keys as links, and remembers which sources were named."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self.named: dict[str, Source] = {}

    def __call__(self, text: Words) -> Markup:
        """``text`` typeset, with every source key in it as a link to that source."""
        known = cite.sources()
        parts = re.split(r"\b([a-z]\w*[a-z0-9])\b", write_words(text, self.language))
        for i in range(1, len(parts), 2):
            part = parts[i]
            told = re.search(r"\d|_", part) or parts[i - 1].endswith("(")  # else it may be a plain word
            if told and part in known and part not in PLAIN:
                self.named[part] = known[part]
                parts[i] = Markup('<a href="#source-{}" lang="en">{}</a>').format(
                    part, source_name(known[part], self.language)
                )
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

"""Every text that a patient reads goes through :func:`say`: the English text is its own key in a gettext catalogue.

The language is an argument everywhere; no setting of the machine is read and nothing is remembered but the catalogues.
"""

from __future__ import annotations

import datetime as dt
import functools
import gettext
from importlib import resources

SOURCE_LANGUAGE = "en"
LANGUAGES = (SOURCE_LANGUAGE, "de")
"""Languages with a complete catalogue."""


def say(text: str, language: str = SOURCE_LANGUAGE) -> str:
    """The text in that language; in English where the catalogue lacks it or there is none.

    Args:
        text: English, as it stands in the code or in a table; a place for a value is written ``{name}``.
        language: such as "de" or "de-AT".
    """
    short = language.replace("_", "-").split("-")[0].lower()
    return text if short == SOURCE_LANGUAGE or not text else _load_catalogue(short).gettext(text)


def format_day(date: dt.date, language: str = SOURCE_LANGUAGE, *, year: bool = False) -> str:
    """Such as "Tue 14 March"."""
    told = say("{weekday} {day} {month} {year}", language) if year else say("{weekday} {day} {month}", language)
    weekday, month = (
        say(WEEKDAY_NAMES[date.weekday()], language).format(short=""),
        say(MONTH_NAMES[date.month - 1], language),
    )
    return told.format(weekday=weekday, day=date.day, month=month, year=date.year)


def format_days(first: dt.date, last: dt.date, language: str = SOURCE_LANGUAGE) -> str:
    """Such as "Tue 14 March" or "Tue 14 March to Fri 17 March"."""
    if first == last:
        return format_day(first, language)
    return say("{first} to {last}", language).format(first=format_day(first, language), last=format_day(last, language))


def _(text: str) -> str:
    """Marks a text for the catalogue where it cannot be said yet."""
    return text


WEEKDAY_NAMES = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun{short}"))
"""Short names; the place, which stays empty, keeps Sunday apart from the sun, which is another word elsewhere."""
MONTH_NAMES = (
    *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August")),
    *(_("September"), _("October"), _("November"), _("December")),
)


@functools.cache
def _load_catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of that language, a table of the program like its others; an empty one where there is none."""
    if language not in LANGUAGES:
        return gettext.NullTranslations()
    place = resources.files("porelight").joinpath(f"data/locale/{language}/LC_MESSAGES/patient.mo")
    with place.open("rb") as compiled:
        return gettext.GNUTranslations(compiled)

"""The care sheet on A4 and the page of one day: what to do when, what is normal, and whom to call."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import functools
import io
import itertools
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, get_args

from porelight import extras
from porelight.care.guide import LAST_GUIDE_DAY, Level, Part, load_lessons, make_day_guide
from porelight.care.language import format_day as day_words
from porelight.care.language import format_days as days_words
from porelight.care.language import say
from porelight.export import ics
from porelight.refusal import Refusal
from porelight.report import template

if TYPE_CHECKING:
    from porelight.care import Clash, Today
    from porelight.care.guide import Lesson, Sign, Stage
    from porelight.care.model import Calendar, CareItem, Engagement

SHEET_COLUMNS: Final = 3
"""Sessions side by side on one A4 page."""


def _(text: str) -> str:
    """Marks a text for the catalogue; it is said where it is shown."""
    return text


SHEET_PHASES: Final = (
    (_("Before"), ("before",)),
    (_("On the day"), ("day", "session")),
    (_("After"), ("after",)),
    (_("Look out for"), ("watch",)),
    (_("Checks"), ("review",)),
)
"""Heading -> the phases under it, in order."""

ADVICE: Final[dict[Level, str]] = {
    "emergency": _("Get help now"),
    "call": _("Call us the same day"),
    "photo": _("Send us a photo"),
    "normal": _("This is normal"),
}

NORMAL: Final = frozenset({"normal_open", "normal_closed"})
"""Items of the calendar that say what is normal, in place of the guide."""

TICKS: Final = (0, 1, 3, 7, 14, 28, 56, 84)
"""Days under the bars, spread evenly so that the first days have room."""


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One item of care, and its days around each session of a page; empty where it does not hold."""

    title: str
    text: str
    days: tuple[tuple[str, ...], ...]
    """Of each session the parts of its line, none of which is broken."""


@dataclasses.dataclass(frozen=True, slots=True)
class Course:
    """Some sessions side by side: the heading of each column, then the rows under each phase."""

    heads: tuple[tuple[str, str], ...]
    """Such as "Session 1 of 3", and its day with the year."""
    phases: tuple[tuple[str, tuple[Row, ...]], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Bar:
    """A sign with the days on which it is normal, and what to do before and after them."""

    title: str
    early: str
    """Empty where it is normal from the day of the session on."""
    fine: str
    alert: str
    level: Level
    first: int
    last: int

    @property
    def start_pct(self) -> float:
        """Where the bar begins, of the width of the chart."""
        return 100.0 * _axis_place(self.first)

    @property
    def width_pct(self) -> float:
        """How much of the width it takes; the last day counts whole."""
        return 100.0 * (_axis_place(min(self.last + 1, LAST_GUIDE_DAY)) - _axis_place(self.first))


def render_sheet(
    course: Calendar,
    laser: str = "co2",
    *,
    timezone: str = "UTC",
    clashes: tuple[Clash, ...] = (),
    clinic: str = "",
    phone: str = "",
) -> str:
    """The care sheet: one self-contained HTML page that prints on A4.

    Args:
        course: the calendar, whose language the sheet has.
        laser: key of ``data/lasers.yaml``.
        timezone: IANA name of the zone of ``course.starts``.
        clashes: engagements to talk about, of :func:`~porelight.care.find_clashes`.
        clinic: name of the clinic; a line to write on where left out.
        phone: where to call; a line to write on where left out.

    Raises:
        Refusal: the laser or the time zone is not known.
    """
    language = course.language
    zone = ics.find_zone(timezone)
    numbers = range(1, len(course.sessions) + 1)
    pages = [tuple(numbers[first : first + SHEET_COLUMNS]) for first in range(0, len(numbers), SHEET_COLUMNS)]
    shown = {
        "courses": [_course_rows(course, page, zone) for page in pages],
        "stages_of_skin": _list_stages(laser, language),
        "bars": list_bars(laser, language),
        "alarms": list_alarms(laser, language),
        "ticks": [(tick, 100.0 * _axis_place(tick)) for tick in TICKS],
        "clashes": to_talk_about(clashes, language),
        "clinic": clinic,
        "phone": phone,
    }
    return _fill_page("sheet.html", language, shown)


def sheet_pdf(page: str) -> bytes:
    """A page of :func:`sheet` as PDF; the same page gives the same bytes.

    Raises:
        Refusal: WeasyPrint, or a library that it needs, is not there.
    """
    check_file_name("sheet.pdf")
    import weasyprint

    written: bytes = weasyprint.HTML(string=page).write_pdf(pdf_identifier=b"porelight", pdf_tags=True)
    return written


def check_file_name(name: str) -> None:
    """Refuse early a name that :func:`sheet_file` could make no file of.

    Raises:
        Refusal: it ends in neither .html nor .pdf, or there is nothing that could write a PDF.
    """
    end = PurePath(name).suffix.lower()
    if end not in (".html", ".htm", ".pdf"):
        raise Refusal("a sheet is a page or a PDF", where=name, advice="Name a file ending in .html or .pdf")
    if end == ".pdf":
        extras.require("pdf", "a PDF", where=name)
        try:
            # Where Pango, which it calls, is not there, it also prints a page of advice.
            with contextlib.redirect_stdout(io.StringIO()):
                import weasyprint  # noqa: F401
        except OSError:
            advice = "Install Pango (Debian: apt install libpango-1.0-0 libpangoft2-1.0-0), or name an .html file"
            raise Refusal("a PDF needs the system's library Pango", where=name, advice=advice) from None


def sheet_file(page: str, name: str) -> bytes:
    """A page of :func:`sheet` as the bytes of a file of that name: PDF where it ends in ``.pdf``, else HTML.

    Raises:
        Refusal: as :func:`sheet_pdf`.
    """
    return sheet_pdf(page) if name.lower().endswith(".pdf") else page.encode()


def today_page(view: Today, *, phone: str = "") -> str:
    """One day as one self-contained HTML page, for a phone."""
    shown = {
        "view": view,
        "when": day_words(view.day, view.language, year=True),
        "where": place_on_axis(view),
        "todo": [item for item in _shown(view) if item.phase != "watch"],
        "watch": [item for item in _shown(view) if item.phase == "watch"],
        "levels": _by_level(view),
        "phone": phone,
    }
    return _fill_page("today.html", view.language, shown)


def today_lines(view: Today) -> list[str]:
    """One day for a terminal."""
    lines = [f"{day_words(view.day, view.language, year=True)}. {place_on_axis(view)}"]
    lines += [f"  [ ] {item.title}: {item.text}" for item in _shown(view)]
    if not view.items:
        lines.append("  " + say("Nothing to do today.", view.language))
    if view.guide:
        lines.append(f"{view.guide.stage.title}. {view.guide.stage.text}")
    for level, signs in _by_level(view):
        lines.append(f"{say(ADVICE[level], view.language)}:")
        lines += [f"  {sign.title}: {sign.text}" for sign in signs]
    return lines


def place_on_axis(view: Today) -> str:
    """Where in the course a day lies: "Day 3 after the session" or "5 days to the next session"."""
    if view.last_session == view.day:
        return say("The day of the session", view.language)
    if view.guide and view.guide.day == 1:
        return say("The day after the session", view.language)
    if view.guide:
        return say("Day {number} after the session", view.language).format(number=view.guide.day)
    if view.next_session:
        left = (view.next_session - view.day).days
        text = say("The next session is tomorrow", view.language) if left == 1 else ""
        return text or say("{number} days to the next session", view.language).format(number=left)
    return say("No session is near", view.language)


def _shown(view: Today) -> list[CareItem]:
    """The items without what is normal now, which the guide says for the very day."""
    return [item for item in view.items if not (view.guide and item.key in NORMAL)]


def _by_level(view: Today) -> list[tuple[Level, list[Sign]]]:
    signs = view.guide.signs if view.guide else ()
    return [(level, [*held]) for level, held in itertools.groupby(signs, key=lambda sign: sign.level)]


def _course_rows(course: Calendar, numbers: tuple[int, ...], zone: dt.tzinfo) -> Course:
    """The rows of some sessions: an item is one row, with its days under each session."""
    language = course.language
    count = len(course.sessions)
    head = say("Session {number} of {count}", language)
    heads = tuple(
        (head.format(number=number, count=count), day_words(course.sessions[number - 1], language, year=True))
        for number in numbers
    )
    phases = []
    for title, held in SHEET_PHASES:
        items = [item for item in course.items if item.phase in held and item.key not in NORMAL]
        keys = dict.fromkeys(item.key for item in sorted(items, key=lambda item: _day_offset(course, item)))
        rows = [_course_row(course, key, items, numbers, zone) for key in keys]
        phases.append((say(title, language), tuple(row for row in rows if any(row.days))))
    return Course(heads, tuple((title, rows) for title, rows in phases if rows))


def _day_offset(course: Calendar, item: CareItem) -> tuple[int, int]:
    session = course.sessions[item.session - 1]
    return (item.first - session).days, (item.last - session).days


def _course_row(course: Calendar, key: str, items: list[CareItem], numbers: tuple[int, ...], zone: dt.tzinfo) -> Row:
    found = {item.session: item for item in items if item.key == key}
    shown = next(iter(found.values()))
    title = say("Laser session", course.language) if shown.phase == "session" else shown.title
    days = tuple(_day_words(course, found[number], zone) if number in found else () for number in numbers)
    return Row(title, shown.text, days)


def _day_words(course: Calendar, item: CareItem, zone: dt.tzinfo) -> tuple[str, ...]:
    first, last = day_words(item.first, course.language), day_words(item.last, course.language)
    if item.first != item.last:
        return first, say("to {day}", course.language).format(day=last)
    start = course.start_of(item)
    if start is None:
        return (first,)
    begins = ics.clock_time(item, start, zone)
    return first, say("at {time}", course.language).format(time=f"{begins:%H:%M}")


def to_talk_about(clashes: tuple[Clash, ...], language: str) -> list[tuple[str, str, list[str]]]:
    """Each engagement once: what it is, when, and the titles of the care that it does not go with."""
    held: dict[Engagement, list[str]] = {}
    for clash in clashes:
        held.setdefault(clash.engagement, []).append(clash.item.title)
    return [
        (say(planned.what, language), days_words(planned.first, planned.last, language), list(dict.fromkeys(titles)))
        for planned, titles in held.items()
    ]


@functools.cache
def _days(laser: str, language: str) -> tuple[Any, ...]:
    return tuple(make_day_guide(day, laser, language=language) for day in range(LAST_GUIDE_DAY + 1))


def _list_stages(laser: str, language: str) -> list[Stage]:
    """What the skin looks like, stage by stage."""
    return list({found.stage.key: found.stage for found in _days(laser, language)}.values())


def _list_signs(laser: str, language: str) -> list[Bar | Sign]:
    """Each sign as a bar of the days on which it is normal, or as it is where it never is."""
    told: dict[str, list[tuple[int, Sign]]] = {}
    for found in _days(laser, language):
        for sign in found.signs:
            told.setdefault(sign.key, []).append((found.day, sign))
    return [_day_bar(listed) for listed in told.values()]


def list_bars(laser: str, language: str) -> list[Bar]:
    """Signs that are normal on some days, in the order of these days."""
    bars = [each for each in _list_signs(laser, language) if isinstance(each, Bar)]
    return sorted(bars, key=lambda bar: (bar.first, bar.last))


def list_alarms(laser: str, language: str) -> list[tuple[Level, list[Sign]]]:
    """The signs that are never normal, under what to do."""
    signs = [each for each in _list_signs(laser, language) if not isinstance(each, Bar)]
    return [(level, [sign for sign in signs if sign.level == level]) for level in ADVICE if level != "normal"]


def group_lessons(language: str) -> dict[str, list[Lesson]]:
    """What to know before saying yes, by the part of the page it stands in."""
    lessons = load_lessons(language)
    return {part: [each for each in lessons if each.part == part] for part in get_args(Part)}


def _day_bar(listed: list[tuple[int, Sign]]) -> Bar | Sign:
    normal = [(day, sign) for day, sign in listed if sign.level == "normal"]
    other = next(sign for _, sign in reversed(listed) if sign.level != "normal")
    if not normal:
        return other
    first, fine = normal[0]
    early = listed[0][1].text if listed[0][1].level != "normal" else ""
    return Bar(other.title, early, fine.text, other.text, other.level, first, normal[-1][0])


def _axis_place(day: int) -> float:
    """Where a day lies on the axis of the chart, 0 to 1: straight lines between the ticks."""
    for index, (low, high) in enumerate(itertools.pairwise(TICKS)):
        if day <= high:
            return (index + (day - low) / (high - low)) / (len(TICKS) - 1)
    return 1.0


def _fill_page(name: str, language: str, shown: dict[str, Any]) -> str:
    style = template.read_text("style/tokens.css") + template.read_text("style/sheet.css")
    return template.fill_template(name, {"style": style, "ADVICE": ADVICE} | shown, language=language)

"""The care sheet and the page of one day."""

from __future__ import annotations

import datetime as dt
import re
import sys
from typing import Any

import pytest

from porelight import care
from porelight.care.guide import LAST_GUIDE_DAY
from porelight.care.rules import laser_kinds
from porelight.refusal import Refusal
from porelight.report import care_sheet
from tests.rows import each_row

MARCH = dt.date(2027, 3, 15)
DAY = dt.timedelta(days=1)
ANSWERS = "age: 32\nphototype: III\nsun: no\nhealth: no\nmedicines: no\nsun_holiday: [2027-04-03, 2027-04-10]\n"
PERSON = care.read_person(ANSWERS, "p")


def course(count: int = 3, laser: str = "co2", language: str = "en", start: dt.time | None = None) -> care.Calendar:
    days = tuple(MARCH + number * 28 * DAY for number in range(count))
    return care.make_calendar(PERSON, days, laser, starts=(start,) * len(days), language=language)


def words(page: str) -> str:
    """What a reader sees."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_every_item_stands_on_the_sheet_once_with_its_days_around_each_session() -> None:
    made = course()
    shown = words(care_sheet.render_sheet(made))
    for item in made.items:
        if item.key not in care_sheet.NORMAL and item.phase != "session":
            assert item.text in shown
    assert shown.count("Wear no make-up for at least three days.") == 1
    assert "Mon 15 March to Wed 17 March Mon 12 April to Wed 14 April Mon 10 May to Wed 12 May" in shown


def test_the_sheet_says_when_to_call_what_is_normal_and_until_when() -> None:
    shown = words(care_sheet.render_sheet(course()))
    for text in ("Get help now", "Call us the same day", "Send us a photo", "Your eye hurts", "day 0 to 42"):
        assert text in shown


@each_row("laser", sorted(laser_kinds()))
def test_the_bars_are_the_days_of_the_guide(laser: str) -> None:
    bars = [each for each in care_sheet._list_signs(laser, "en") if isinstance(each, care_sheet.Bar)]
    for bar in bars:
        for day in range(LAST_GUIDE_DAY + 1):
            (sign,) = [each for each in care.make_day_guide(day, laser).signs if each.title == bar.title]
            assert (sign.level == "normal") == (bar.first <= day <= bar.last), (bar.title, day)
        assert bar.start_pct >= 0.0
        assert bar.width_pct > 0.0
        assert bar.start_pct + bar.width_pct <= 100.0 + 1e-9


def test_the_clock_stands_where_there_is_one_also_across_a_change_of_the_clocks() -> None:
    """On 28 March 2027 clocks in Berlin go from 02:00 to 03:00: an hour before 03:30 is 01:30."""
    made = care.make_calendar(PERSON, (dt.date(2027, 3, 28),), starts=(dt.time(3, 30),))
    shown = words(care_sheet.render_sheet(made, timezone="Europe/Berlin"))
    assert "Sun 28 March at 01:30" in shown
    assert "Sun 28 March at 03:30" in shown
    assert " at 0" not in words(care_sheet.render_sheet(course()))


def test_days_to_talk_about_are_shown_once_with_all_the_care_they_do_not_go_with() -> None:
    made = course()
    shown = words(care_sheet.render_sheet(made, clashes=care.find_clashes(made, PERSON.planned)))
    assert "Sat 3 April to Sat 10 April, holiday in the sun: This does not go with: Stay in the shade;" in shown
    assert shown.count("holiday in the sun") == 1
    assert "Let us talk" not in words(care_sheet.render_sheet(made))


def test_a_long_course_has_three_sessions_beside_each_other_and_names_them_all() -> None:
    shown = words(care_sheet.render_sheet(course(5)))
    assert [f"Session {number} of 5" in shown for number in range(1, 6)] == [True] * 5
    assert care_sheet.render_sheet(course(5)).count("<table>") == 2


def test_without_sessions_the_sheet_still_says_when_to_call() -> None:
    shown = words(care_sheet.render_sheet(course(0)))
    assert "There are no sessions yet" in shown
    assert "Get help now" in shown


def test_the_page_fetches_nothing_and_escapes_what_it_is_given() -> None:
    page = care_sheet.render_sheet(course(), clinic="<b>Praxis & Co</b>", phone="030 1234")
    assert not re.search(r"(src|href)\s*=|url\(|@import|<script", page)
    assert "&lt;b&gt;Praxis &amp; Co&lt;/b&gt;" in page
    assert "030 1234" in page


def test_the_same_calendar_gives_the_same_sheet() -> None:
    assert care_sheet.render_sheet(course()) == care_sheet.render_sheet(course())


def test_the_german_sheet_has_no_english_left() -> None:
    made = course(language="de")
    page = care_sheet.render_sheet(made, clashes=care.find_clashes(made, PERSON.planned))
    assert '<html lang="de">' in page
    shown = words(page) + words(care_sheet.today_page(care.make_today(made, MARCH + 3 * DAY)))
    assert not re.search(r"\b(the|and|with|day|Mon|March|your|call)\b", shown)
    assert "Mo 15. März bis Mi 17. März" in shown


def test_an_unknown_zone_or_laser_is_refused() -> None:
    with pytest.raises(Refusal, match="time zone"):
        care_sheet.render_sheet(course(), timezone="Mars/Base")
    with pytest.raises(Refusal, match="laser"):
        care_sheet.render_sheet(course(), "sonic")


def test_today_shows_what_holds_what_is_normal_and_where_one_stands() -> None:
    view = care.make_today(course(), MARCH + 3 * DAY)
    assert care_sheet.place_on_axis(view) == "Day 3 after the session"
    shown = words(care_sheet.today_page(view, phone="030 1234"))
    assert "Do not pick or scratch scabs or flakes." in shown
    assert "Rough and brown." in shown
    assert "No make-up" not in shown
    assert 'href="tel:0301234"' in care_sheet.today_page(view, phone="030 1234")
    assert any("[ ] Do not pick" in line for line in care_sheet.today_lines(view))


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-100, "100 days to the next session"),
        (-1, "The next session is tomorrow"),
        (0, "The day of the session"),
        (1, "The day after the session"),
        (27, "Day 27 after the session"),
        (28, "The day of the session"),
        (56 + 84, "Day 84 after the session"),
        (56 + 85, "No session is near"),
    ],
)
def test_a_day_says_where_in_the_course_it_lies(days: int, said: str) -> None:
    view = care.make_today(course(), MARCH + days * DAY)
    assert care_sheet.place_on_axis(view) == said
    assert (view.guide is None) == (days < 0 or days > 56 + 84)


def test_a_day_with_nothing_to_do_says_so() -> None:
    view = care.make_today(course(), MARCH + 400 * DAY)
    assert view.items == ()
    assert "Nothing to do today." in words(care_sheet.today_page(view))
    assert "Nothing to do today." in "\n".join(care_sheet.today_lines(view))


def test_the_name_of_the_file_decides_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert care_sheet.sheet_file("<p>ä</p>", "sheet.html") == "<p>ä</p>".encode()
    monkeypatch.setattr(care_sheet, "sheet_pdf", lambda page: b"%PDF-" + page.encode())
    assert care_sheet.sheet_file("x", "Sheet.PDF") == b"%PDF-x"


def test_without_weasyprint_a_pdf_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(Refusal, match=r"porelight\[pdf\]"):
        care_sheet.sheet_pdf("<p>x</p>")


@pytest.mark.slow
def test_three_sessions_print_on_four_pages_of_a4_and_give_the_same_bytes(weasyprint: Any) -> None:
    page = care_sheet.render_sheet(course())
    written = care_sheet.sheet_pdf(page)
    assert written.startswith(b"%PDF-")
    assert written == care_sheet.sheet_pdf(page)
    pages = weasyprint.HTML(string=page).render().pages
    assert len(pages) == 4
    a4 = (210 / 25.4 * 96, 297 / 25.4 * 96)
    assert all((round(each.width), round(each.height)) == (round(a4[0]), round(a4[1])) for each in pages)

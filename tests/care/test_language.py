"""Patient texts in other languages: complete, with the same places for values, and English where a text is missing."""

from __future__ import annotations

import datetime as dt
import gettext
import locale
import re
from string import Formatter

import pytest

from porelight import care
from porelight.care.language import format_day, format_days, say
from porelight.care.questions import load_questions
from porelight.care.rules import load_rules
from tests.rows import each_row

from . import write_catalogue as written
from .helpers import person

ON = dt.date(2026, 6, 15)
OTHERS = care.LANGUAGES[1:]
TEXTS = tuple(str(message.id) for message in written.template() if message.id)
SAME = {
    "Botox",
    "Name",
    "Pore",
    "Laser",
    "VISIA-CR",
    "Filler",
    "Isotretinoin",
    "Acitretin",
    "April",
    "August",
    "September",
    "November",
}
"""Texts that are the same word in German."""


def places(text: str) -> list[str]:
    """The names of the values that a text takes."""
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_the_template_is_current() -> None:
    """Write it anew with ``python -m tests.care.write_catalogue``."""
    assert (written.LOCALE / "patient.pot").read_bytes() == written.as_po(written.template())


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_has_every_text_and_no_other(language: str) -> None:
    kept = written.translated(language)
    assert {str(message.id) for message in kept if message.id} == set(TEXTS)
    assert [message.id for message in kept if message.id and (not message.string or message.fuzzy)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_catalogue_is_that_of_the_text(language: str) -> None:
    with written.mo(language).open("rb") as compiled:
        found = dict(gettext.GNUTranslations(compiled)._catalog)  # type: ignore[attr-defined]
    found.pop("")
    assert found == {message.id: message.string for message in written.translated(language) if message.id}


def test_compiling_gives_the_same_bytes_on_any_day() -> None:
    first, later = written.translated("de"), written.translated("de")
    later.revision_date = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    assert written.as_mo(first) == written.as_mo(later)


@each_row("language", OTHERS)
@each_row("text", TEXTS)
def test_a_translation_takes_the_same_values_and_ends_like_the_original(language: str, text: str) -> None:
    said = say(text, language)
    assert places(said) == places(text)
    assert said.count("`") == text.count("`")
    assert (said[-1] == "?") == (text[-1] == "?")
    assert (said[-1] in ".:") == (text[-1] in ".:")
    assert said.strip() == said


@pytest.mark.parametrize("language", OTHERS)
def test_few_texts_stay_as_they_are(language: str) -> None:
    same = {text for text in TEXTS if say(text, language) == text}
    assert {text for text in same if re.search(r"[a-z]{3}", re.sub(r"\{.*?\}", "", text))} <= SAME


def test_german_addresses_people_with_sie_and_does_not_shout() -> None:
    for text in TEXTS:
        said = say(text, "de")
        assert not re.search(r"\b([Dd]u|[Dd]ein\w*|[Dd]ir|[Dd]ich)\b", said), said
        assert "!" not in said


@pytest.mark.parametrize("language", OTHERS)
def test_numbers_survive_translation(language: str) -> None:
    for text in TEXTS:
        assert sorted(re.findall(r"\d+", say(text, language))) == sorted(re.findall(r"\d+", text)), text


def test_a_text_or_a_language_that_is_missing_stays_english() -> None:
    assert say("This text is in no catalogue.", "de") == "This text is in no catalogue."
    assert say("Fever", "xx") == "Fever"
    assert say("", "de") == ""


def test_a_region_uses_its_language() -> None:
    assert say("Fever", "de-AT") == say("Fever", "de_CH") == say("Fever", "DE") == "Fieber"


def test_the_machine_has_no_say_in_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "de_DE.UTF-8")
    before = locale.setlocale(locale.LC_ALL)
    assert say("Fever") == "Fever"
    assert say("Fever", "de") == "Fieber"
    assert locale.setlocale(locale.LC_ALL) == before


def test_days_are_said_in_the_language() -> None:
    first, last = dt.date(2027, 3, 29), dt.date(2027, 4, 2)
    assert format_day(first, year=True) == "Mon 29 March 2027"
    assert format_days(first, last, "de") == "Mo 29. März bis Fr 2. April"


def test_verdicts_calendar_guide_and_lessons_come_in_the_language() -> None:
    someone = person({"keloid": "yes", "age": "19"}, ON)
    german = {verdict.rule: verdict for verdict in care.screen_person(someone, ON, language="de")}
    english = {verdict.rule: verdict for verdict in care.screen_person(someone, ON)}
    assert german["keloid"].title == "Wulstige Narben"
    assert {rule: each.outcome for rule, each in german.items()} == {rule: e.outcome for rule, e in english.items()}
    course = care.make_calendar(someone, (dt.date(2027, 3, 1),), language="de")
    assert "Lasersitzung 1 von 1" in {item.title for item in course.items}
    assert care.make_day_guide(3, language="de").stage.title == "Rau und braun"
    assert care.load_lessons("de")[0].title == "Sie sind nicht allein"
    assert care.still_true("de")[0].text.endswith("?")


def test_composed_verdicts_have_no_english_left() -> None:
    """Every verdict of a person of whom nothing is known, of one with every yes, and of one set aside."""
    answers = {asked.key: "yes" for asked in load_questions() if asked.type in ("yes_no", "when")}
    for someone in (care.read_person("{}", "nobody"), person(answers, ON), person({"goals": ["no_pores"]}, ON)):
        for found in care.screen_person(someone, ON, language="de"):
            for text in (found.title, found.because, found.clears):
                assert not re.search(r"\b(the|and|is|are|with|this|please|not)\b", text), text
    blocked = care.screen_person(person({"age": "19"}, ON), ON, language="de")
    decision = care.SetAside("age", "Dr. Muster", "Ausnahme.", ON)
    (kept, *_) = care.set_aside_verdicts(blocked, [decision], "de")
    assert kept.because.startswith(
        "Von Dr. Muster am Mo 15. Juni 2026 zurückgestellt: Ausnahme. Die Regel sagte noch nicht"
    )


def test_every_rule_and_every_text_of_the_tables_is_in_the_template() -> None:
    assert {rule.title for rule in load_rules()} | {message.text for message in care.list_messages()} <= set(TEXTS)


def german_difficulty(text: str) -> float:
    """LIX (Björnsson 1968): words per sentence plus the share of words longer than six letters, in per cent."""
    sentences = [part for part in re.split(r"[.!?:;]+(?:\s|$)", text) if re.search(r"\w", part)]
    words = re.findall(r"[A-Za-zÄÖÜäöüß][A-Za-zÄÖÜäöüß-]*|\d+", text)
    return len(words) / len(sentences) + 100.0 * sum(len(word) > 6 for word in words) / len(words)


def test_german_calendar_and_guide_are_easy_to_read() -> None:
    """LIX below 40 is easy to average text by Björnsson's bands; each page as a whole, since single lines are short."""
    texts = list(care.list_patient_texts("de"))
    for page in ("calendar", "guide", "lessons", "questions"):
        assert german_difficulty(" ".join(text.text for text in texts if text.page == page)) < 40, page

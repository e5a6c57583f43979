"""Writes the pages of docs that a clinician reviews, and docs/person-file.md: ``python -m tests.care.write_pages``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from porelight import care
from porelight.care.expiry import load_lifetimes
from porelight.care.guide import LAST_GUIDE_DAY, load_signs, load_stages
from porelight.care.items import load_items
from porelight.care.language import say
from porelight.care.questions import questionnaire_version
from porelight.care.rules import rules_in_force

from .helpers import cases, day_of
from .readability import grade
from .write_catalogue import care_texts, template

DOCS = Path(__file__).resolve().parents[2] / "docs"


def rules_page() -> str:
    """The rule book, with the number of cases that cover each rule."""
    counts: Counter[tuple[str, str]] = Counter()
    for case in cases():
        # A case may also say that a rule had not begun on its day.
        for rule in rules_in_force(day_of(case)):
            if rule.key == case["rule"]:
                counts[rule.key, str(rule.effective)] += 1
    return care.tabulate_rules(counts) + "\n"


def texts_page() -> str:
    """Every patient text with its days, source and grade: the calendar and the guide by day, the rest by grade."""
    texts = list(care.list_patient_texts())
    parts = [
        "# Patient texts",
        "Every sentence that a patient may read, for a clinician to review. The grade is the Flesch-Kincaid grade of "
        "the text without its title; 7 is about 12 years of age. Titles are shown before the text. Days are counted "
        "from the session: -14 is two weeks before it, 0 the day itself.",
    ]
    days = _days_of_texts()
    for page in dict.fromkeys(text.page for text in texts):
        dated = page in ("calendar", "guide")
        listed = [text for text in texts if text.page == page]
        listed.sort(key=lambda text: days[text.key][0] if dated else (-grade(text.text),))
        rows = [
            f"| {text.key} | {f'{days[text.key][1]} | ' if dated else ''}{text.title} | {text.text} | {text.source} "
            f"| {grade(text.text):.1f} |"
            for text in listed
        ]
        head = [f"| key | {'days | for | ' if dated else ''}title | text | source | grade |"]
        head += [f"|---|{'---|---|' if dated else ''}---|---|---|---|"]
        parts += [f"## {page.capitalize()}", "\n".join([*head, *rows])]
    rows = [f"| {text} | {grade(text):.1f} |" for text in program_texts()]
    parts += ["## In the program", "\n".join(["| text | grade |", "|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


def _days_of_texts() -> dict[str, tuple[tuple[float, ...], str]]:
    """Of each text of the calendar and the guide: what to sort by, and its days and lasers as two cells."""
    found: dict[str, tuple[tuple[float, ...], str]] = {}
    for row in [*load_items(), *load_stages()]:
        found[row["key"]] = _days_cell(row["first"], row["last"], row)
    for row in load_signs():
        first, last = row.get("normal", (LAST_GUIDE_DAY + 1, -1))
        if "normal" in row:
            found[f"{row['key']} fine"] = _days_cell(first, last, row)
            found[f"{row['key']} early"] = _days_cell(0, first - 1, row)
        found[f"{row['key']} alert"] = _days_cell(last + 1, LAST_GUIDE_DAY, row)
    return found


def _days_cell(first: int, last: int, row: Mapping[str, Any]) -> tuple[tuple[float, ...], str]:
    days = f"{first}" if first == last else f"{first} to {last}"
    return (first, last), f"{days} | {', '.join(row.get('kinds', ())) or 'all'}"


def program_texts() -> list[str]:
    """The texts that stand in no table: of the care sheet, of the verdicts and of the calendar file."""
    return sorted(text for text in care_texts() - _table_texts() if "\n" not in text)


def report_texts() -> list[str]:
    """The texts of the report, of its figures, and of the messages of every stage that hold a word."""
    texts = {str(each.id) for each in template() if each.id} - care_texts() - _table_texts()
    return sorted(text for text in texts if re.search(r"[A-Za-z]{2}", re.sub(r"\{.*?\}", "", text)))


def _table_texts() -> set[str]:
    return {message.text for message in care.list_messages()}


def german_page() -> str:
    """Every patient text beside its German, for a clinician who speaks both."""
    parts = [
        "# Patient texts in German",
        "Every patient text in English and in German, side by side. No clinician has read the German yet.",
    ]
    pairs = list(zip(care.list_patient_texts(), care.list_patient_texts("de"), strict=True))
    for page in dict.fromkeys(english.page for english, _ in pairs):
        rows = [
            f"| {english.key} | {_joined(english)} | {_joined(german)} |"
            for english, german in pairs
            if english.page == page
        ]
        parts += [f"## {page.capitalize()}", "\n".join(["| key | English | German |", "|---|---|---|", *rows])]
    rows = [f"| {text} | {say(text, 'de')} |" for text in program_texts()]
    parts += ["## In the program", "\n".join(["| English | German |", "|---|---|", *rows])]
    rows = [f"| {text} | {say(text, 'de')} |".replace("\n", " ") for text in report_texts()]
    parts += ["## In the report and its figures", "\n".join(["| English | German |", "|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


def _joined(text: care.PatientText) -> str:
    return f"**{text.title}** {text.text}" if text.title else text.text


FORM_EXAMPLE = """```python
from porelight import care

answers = {"age": "32", "phototype": "III", "keloid": "maybe", "past_sessions": ["2026-01-12"]}
assert care.complaints(answers) == {"keloid": "'maybe' cannot be used. Write yes, no or unknown."}

person = care.person_from({**answers, "keloid": "no"})
assert care.person_from(care.answers_of(person)) == person
```"""


def person_page() -> str:
    """The keys of a person's file, from the questions."""
    kinds = {
        "minimum": "The ten that suffice for a first verdict",
        "detail": "Details",
        "clearing": "What a practitioner notes to clear a question",
    }
    parts = [
        "# A person's file",
        "One `key: value` a line. What is left out is unknown, and unknown is never taken as no. Nothing in the "
        "file says who the person is.",
        "- **yes_no** takes yes, no or unknown.\n- **when** takes yes (now, or the day is not known), no, unknown, or "
        "the last day as 2026-03-01.\n- **date** takes a day as 2026-03-01, **dates** a list of days in brackets.\n"
        "- **choice** takes one of the words listed, **choices** some of them in brackets.\n"
        "- A no to a question in the column *answered by* answers the question too, unless it is answered itself.",
        "- The type of skin may be left out for three guided questions: `burns`, `tans` and `skin_colour`. Answers "
        "that name one type, or neighbours, give it (of neighbours the darker); others leave it open for a "
        "practitioner. A `phototype` that is given counts, and where the guided answers say otherwise, that is shown.\n"
        f"- `questionnaire` is the version of the questions that were asked, 1 to {questionnaire_version()}; "
        "the latest where left out. A file of an earlier version holds only what was asked then.",
        "- `answered` is the day on which the answers were given, and of single ones: `answered: 2026-11-30`, or "
        "`answered: [2026-06-01, pregnancy 2026-11-30]`. An answer that is older than the time in the column *holds "
        "for* counts as not given and is asked again; a yes that holds treatment back stays. Left out, it is the day "
        "judged.\n"
        "- A **when** that is known only about is written `2026-03`, `2026`, `2026-03-01 to 2026-04-15` or `about 6 "
        "months ago` (this one needs `answered`), and is judged at its cautious end.\n"
        "- **texts** takes what no question asks about, in own words: `unlisted: [Humira, a pacemaker]`.",
        "`examples/person.yaml` is such a file.",
        "A form gives the same answers in Python. `complaints` names every answer that cannot be used, `answers_of` "
        "gives back the answers of a person:",
        FORM_EXAMPLE,
    ]
    for kind, title in kinds.items():
        rows = [
            f"| `{asked.key}` | {asked.type} | {asked.text}{_options(asked)} "
            f"| {f'`{asked.gate}`' if asked.gate else ''} | {'yes' if asked.again else ''} | {_lasts(asked.key)} "
            f"| {asked.since} |"
            for asked in care.load_questions()
            if asked.kind == kind
        ]
        head = ["| key | type | question | answered by | asked again at each visit | holds for | since |"]
        head += ["|---|---|---|---|---|---|---|"]
        parts += [f"## {title}", "\n".join([*head, *rows])]
    return "\n\n".join(parts) + "\n"


def _lasts(key: str) -> str:
    """How long an answer holds."""
    row = load_lifetimes().get(key)
    return "good" if row is None else "the day" if row.value == 0 else f"{row.value:.0f} days"


def _options(asked: care.Question) -> str:
    listed = "; ".join(f"`{option.key}` {option.text.lower()}" for option in asked.options)
    return f" ({listed})" if listed else ""


PAGES = {
    "person-file.md": person_page,
    "rules.md": rules_page,
    "patient-texts.md": texts_page,
    "patient-texts-german.md": german_page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")

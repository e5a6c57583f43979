"""The rule book and every patient text as pages that a clinician can review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from porelight import cite
from porelight.care.choices import load_choices
from porelight.care.engagements import BIG_DAY, SUN_HOLIDAY
from porelight.care.guide import load_lessons, load_signs, load_stages
from porelight.care.items import fill_days, load_items
from porelight.care.language import say
from porelight.care.model import Outcome, Tier
from porelight.care.questions import load_questions
from porelight.care.rules import Branch, Rule, load_rules
from porelight.frozen import frozen


@frozen
class PatientText:
    """One text that a patient reads, where it stands, and what it rests on."""

    page: str
    key: str
    title: str
    text: str
    source: str


def tabulate_rules(cases: Mapping[tuple[str, str], int] | None = None) -> str:
    """Every rule and every choice, as Markdown.

    Args:
        cases: (rule, the day it took effect) -> how many cases cover it; the column is left out without it.
    """
    head = ["rule", "for", "when it applies", "says", "source", "tier", "confidence", "since", "other sources"]
    body = [_rule_cells(rule, branch, number) for rule in load_rules() for number, branch in enumerate(rule.branches)]
    if cases is not None:
        head.append("cases")
        counts = [str(cases.get((rule.key, str(rule.effective)), 0)) for rule in load_rules() for _ in rule.branches]
        body = [[*row, count] for row, count in zip(body, counts, strict=True)]
    return "\n\n".join(
        [
            "# The rules",
            "Who may be treated, and what each rule rests on. An answer that is not known counts as the one that holds "
            "treatment back: where that would block, the question is asked. Every verdict is a proposal; a qualified "
            "professional decides and signs. A visit is judged by the rules in force on its day.",
            _format_table(head, body),
            "## Where sources disagree",
            "The first option is the default. A clinic may choose another, with a name and a reason, which are shown.",
            _format_table(["choice", "option", "says", "source", "tier"], _choice_rows()),
            *(f"*{choice.text}*: {choice.note}." for choice in load_choices().values() if choice.note),
        ]
    )


def list_patient_texts(language: str = "en") -> Iterator[PatientText]:
    """Every sentence written for patients: questions, verdicts, the calendar, the guide, the lessons."""
    for asked in load_questions(language):
        if asked.kind != "clearing":
            options = "".join(f" {option.text}." for option in asked.options)
            yield PatientText("questions", asked.key, "", f"{asked.text} {asked.why}{options}", "house")
    for rule in load_rules():
        for number, branch in enumerate(rule.branches, start=1):
            key, said = f"{rule.key} {rule.effective} {number}", (branch.because, branch.clears, branch.cleared)
            text = " ".join(say(part, language) for part in said if part)
            yield PatientText("verdicts", key, say(rule.title, language), text, branch.source.key)
    for row in load_items():
        done = fill_days(say(row["text"], language), row.get("kinds", (None,))[0], language)
        text = f"{done} {say(row['why'], language)}"
        yield PatientText("calendar", row["key"], say(row["title"], language), text, row["source"])
    yield from _guide_texts(language)
    for lesson in load_lessons(language):
        yield PatientText("lessons", lesson.key, lesson.title, lesson.text, lesson.source.key)


def _guide_texts(language: str) -> Iterator[PatientText]:
    for row in load_stages():
        yield _guide_text(row, row["key"], "text", language)
    for row in load_signs():
        for answer in ("early", "fine", "alert"):
            if answer in row:
                yield _guide_text(row, f"{row['key']} {answer}", answer, language)


def _guide_text(row: Mapping[str, Any], key: str, field: str, language: str) -> PatientText:
    kind = row.get("kinds", (None,))[0]
    text = fill_days(say(row[field], language), kind, language)
    return PatientText("guide", key, say(row["title"], language), text, row["source"])


@frozen
class Message:
    """One text of a table as the catalogue of translations has it."""

    text: str
    table: str
    key: str


def list_messages() -> Iterator[Message]:
    """Every text of the tables that :func:`~porelight.care.say` is given, in the order of the tables."""
    for word in (*get_args(Outcome), *get_args(Tier)):
        yield Message(word, "care/model", "words")
    for planned in (SUN_HOLIDAY, BIG_DAY):
        yield Message(planned, "care/engagements", "words")
    for row in cite.rows("care/questions")["questions"]:
        yield from _list_fields("care/questions", row["key"], row, "text", "why")
        yield from (Message(each, "care/questions", row["key"]) for each in row.get("checklist", ()))
        for option in row.get("options", ()):
            yield from _list_fields("care/questions", row["key"], option, "text")
    for row in cite.rows("rules/candidacy")["rules"]:
        yield from _list_fields("rules/candidacy", row["rule"], row, "title", "because", "fine", "clears")
        for branch in row["branches"]:
            yield from _list_fields("rules/candidacy", row["rule"], branch, "because", "clears", "cleared")
    for choice in load_choices().values():
        yield from (Message(option.says, "rules/choices", f"{choice.key} {option.key}") for option in choice.options)
    for table, part, fields in TEXT_TABLES:
        for row in cite.rows(table)[part]:
            yield from _list_fields(table, row["key"], row, *fields)


TEXT_TABLES = (
    ("care/items", "items", ("title", "text", "why")),
    ("care/guide", "stages", ("title", "text")),
    ("care/guide", "signs", ("title", "early", "fine", "alert")),
    ("care/learn", "lessons", ("title", "text")),
)
"""Tables of texts that are rows of their own: the table, its part, the fields that are texts."""


def _list_fields(table: str, key: str, row: Mapping[str, str], *fields: str) -> Iterator[Message]:
    for field in fields:
        if field in row:
            yield Message(row[field], table, key)


def _rule_cells(rule: Rule, branch: Branch, number: int) -> list[str]:
    limits = [f"{name} at most {row.value:g}" for name, row in branch.limits.items()]
    waits = [f"within {branch.wait.value:g} {branch.wait.unit}"] if branch.wait else []
    cleared = [f"cleared by `{branch.cleared_by}`"] if branch.cleared_by else []
    chosen = [f"choice `{branch.choice}`"] if branch.choice else []
    applies = [f"`{rule.question}`: {'always' if branch.always else rule.when or rule.bad}"]
    return [
        f"`{rule.key}` {rule.title}",
        ", ".join(branch.kinds) or ("other lasers" if number else "all lasers"),
        "; ".join(applies + waits + cleared + chosen),
        f"**{branch.outcome}** " + "; ".join([branch.because, *limits]),
        branch.source.key,
        branch.tier,
        rule.confidence,
        str(rule.effective),
        "; ".join(rule.conflicts),
    ]


def _choice_rows() -> list[list[str]]:
    return [
        [f"`{choice.key}`", f"`{option.key}`", option.says, option.source.key, option.tier]
        for choice in load_choices().values()
        for option in choice.options
    ]


def _format_table(head: list[str], body: Iterable[list[str]]) -> str:
    rows = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)

"""Cases as a clinician writes them, turned into a person."""

from __future__ import annotations

import datetime as dt
import functools
import re
from pathlib import Path
from typing import Any

import yaml

from porelight import care

CASES = Path(__file__).parent / "cases"
CLINICIAN = {"by": "Dr Example", "reason": "our own series"}


@functools.cache
def base() -> dict[str, Any]:
    loaded: dict[str, Any] = _read(CASES / "person.yaml")
    return loaded


@functools.cache
def cases() -> tuple[dict[str, Any], ...]:
    files = sorted(path for path in CASES.glob("*.yaml") if path.name != "person.yaml")
    return tuple(case for path in files for case in _read(path))


def day_of(case: dict[str, Any]) -> dt.date:
    return dt.date.fromisoformat(case.get("on", base()["on"]))


def person(facts: dict[str, Any], on: dt.date) -> care.Person:
    """The base person with these facts instead; "13 days ago" is counted from ``on``."""
    told = {**base()["facts"], **facts}
    return care.read_person(yaml.safe_dump({key: _told(value, on) for key, value in told.items()}), "case")


def clinic(case: dict[str, Any]) -> care.ClinicChoices:
    return care.ClinicChoices({key: care.Chosen(option, **CLINICIAN) for key, option in case.get("clinic", {}).items()})


def judge(case: dict[str, Any]) -> care.Verdict | None:
    """The verdict of the case's rule; None where the rule has nothing to say."""
    on = day_of(case)
    found = care.screen_person(person(case["facts"], on), on, case.get("laser", base()["laser"]), clinic(case))
    return next((verdict for verdict in found if verdict.rule == case["rule"]), None)


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # all text: "on" and "no" are words here


def _told(value: Any, on: dt.date) -> Any:
    if isinstance(value, list):
        return [_told(item, on) for item in value]
    # Also behind the key of a question, as an answer of its own day is written.
    if ago := re.fullmatch(r"(\w+ )?(\d+) days ago", str(value)):
        return f"{ago[1] or ''}{on - dt.timedelta(days=int(ago[2]))}"
    return str(value)

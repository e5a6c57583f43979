"""The command that looks a medicine up by name."""

from __future__ import annotations

from typing import Annotated

import typer

from porelight.cli.options import Json, print_json, say


def medicine(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help='Names as written, such as "Roacutan 20 mg".')],
    as_json: Json = False,
) -> None:
    """Which medicine a name may mean, also misspelt, and the question that it is about. Someone confirms it."""
    from porelight import care

    found = {name: care.find_medicines(name) for name in names}
    if as_json:
        print_json({"names": [{"written": name, "matches": [_row(each) for each in found[name]]} for name in names]})
        return
    for name, matches in found.items():
        if not matches:
            say(f"{name}: not known. Write it under `unlisted` for the professional; nothing is taken from it.")
        for match in matches:
            about = f"question `{match.medicine.group}`" if match.medicine.group else "no question of its own"
            sure = "as written" if match.exact else f"{match.score:.0f} % alike"
            say(f"{name}: {match.medicine.name} ({match.medicine.ingredient}), {about}, {sure}. Is this the one?")


def _row(match: object) -> dict[str, object]:
    from porelight.care import MedicineMatch

    assert isinstance(match, MedicineMatch)
    named = match.medicine
    return {
        "name": named.name,
        "ingredient": named.ingredient,
        "question": named.group or None,
        "likeness_pct": round(match.score),
        "exact": match.exact,
        "source": named.source.key,
        "confidence": named.confidence,
    }

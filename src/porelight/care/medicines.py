"""Medicines by name: brand or ingredient, English or German, also misspelt. A match is a proposal, never an answer."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from typing import Final

from porelight import cite
from porelight.cite import Confidence, Source
from porelight.frozen import frozen
from porelight.refusal import Refusal

NAME_SCORE: Final = 80.0
"""Likeness in per cent from which a misspelt name is proposed: the farthest misspelling of tests/care/test_medicines.py
reaches 86. Names of two groups can be as near (Ciscutan and Acicutan: 87.5), so every name above it is shown."""
SHORT_NAME_LENGTH: Final = 4
"""Letters up to which a name must be written exactly: one letter makes another word of it."""
PROPOSED_NAMES: Final = 5
"""As many as a person can choose from at a glance."""
MEDICINE_NAME_LENGTH: Final = 200
"""Characters of one entry; more is no name."""


@frozen
class MedicineName:
    """One name of a medicine or cream."""

    name: str
    ingredient: str
    group: str
    """The question that it is about; empty where it is about none."""
    source: Source
    confidence: Confidence
    note: str


@frozen
class MedicineMatch:
    """A name that may be meant by what a person wrote."""

    written: str
    medicine: MedicineName
    score: float
    """Likeness in per cent."""

    @property
    def exact(self) -> bool:
        """Written as the table has it, but for case, accents and strength. Even then the person confirms it."""
        return self.score >= 100.0


@functools.cache
def load_medicines() -> tuple[MedicineName, ...]:
    """Every name of the table."""
    return tuple(
        MedicineName(
            name=name,
            ingredient=row["ingredient"],
            group=row["group"],
            source=cite.source(row["source"]),
            confidence=row["confidence"],
            note=row.get("note", ""),
        )
        for row in cite.rows("care/medicines")["medicines"]
        for name in row["names"]
    )


def find_medicines(written: str) -> tuple[MedicineMatch, ...]:
    """What a person may mean by the name of a medicine, the likeliest first; empty for a name that is not known.

    Nothing is decided here: the caller shows the names, the person or a professional confirms one, and what is
    confirmed by nobody stays a name that someone must read.

    Args:
        written: such as "Roaccutane 20 mg" or "Markumar 1-0-0".

    Raises:
        Refusal: it is no text, or too long for a name.
    """
    if not isinstance(written, str) or not written.strip() or len(written) > MEDICINE_NAME_LENGTH:
        raise Refusal("a medicine's name is a short text", where="medicine", advice="Write one name, such as Xarelto")
    from rapidfuzz import fuzz

    asked = _candidates(written)
    best: dict[str, MedicineMatch] = {}
    for medicine, plain in zip(load_medicines(), _plain_names(), strict=True):
        score = max((_score(fuzz.ratio, plain, each) for each in asked), default=0.0)
        kept = best.get(medicine.ingredient)
        # One proposal an ingredient: its brands are one choice to a person.
        if score >= NAME_SCORE and (kept is None or score > kept.score):
            best[medicine.ingredient] = MedicineMatch(written=written, medicine=medicine, score=score)
    return tuple(sorted(best.values(), key=lambda match: -match.score)[:PROPOSED_NAMES])


def _score(ratio: object, plain: str, asked: str) -> float:
    assert callable(ratio)
    if plain == asked:
        return 100.0
    if min(len(plain), len(asked)) <= SHORT_NAME_LENGTH:
        return 0.0
    # Below 100, so that only the very name counts as exact.
    return min(99.0, float(ratio(plain, asked)))


@functools.cache
def _plain_names() -> tuple[str, ...]:
    return tuple(_plain(medicine.name) for medicine in load_medicines())


def _plain(text: str) -> str:
    """Small letters without accents; ä is a, as it is where a keyboard has none."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def _candidates(written: str) -> tuple[str, ...]:
    """The entry without its strength, and each of its words and pairs of words."""
    # "20 mg", "1-0-1", "100 mg/ml": how much and how often is no part of a name.
    named = re.sub(r"\b\d+([.,]\d+)?\s*(mg|g|ml|µg|mcg|%|ie|iu)\b|\b\d+(-\d+){2,3}\b", " ", written.casefold())
    words = [word for word in _plain(named).split() if word not in FILLER_WORDS]
    whole, pairs = " ".join(words), [" ".join(pair) for pair in itertools.pairwise(words)]
    return tuple(dict.fromkeys(each for each in (_plain(written), whole, *pairs, *words) if each))


FILLER_WORDS: Final = frozenset(
    {
        *(
            "mg",
            "tablet",
            "tablets",
            "tablette",
            "tabletten",
            "capsule",
            "capsules",
            "kapsel",
            "kapseln",
            "pill",
            "pills",
        ),
        *("cream", "creme", "gel", "salbe", "ointment", "pille", "daily", "taglich", "day", "tag", "once", "twice"),
        *(
            "a",
            "the",
            "of",
            "und",
            "and",
            "for",
            "against",
            "gegen",
            "my",
            "mein",
            "meine",
            "i",
            "take",
            "ich",
            "nehme",
        ),
    }
)
"""Words around a name."""

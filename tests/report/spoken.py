"""What a page says in words, and a language in which every text of the catalogue shows that it came from there."""

from __future__ import annotations

import re
from html.parser import HTMLParser

OPEN, CLOSE = "⟦", "⟧"
UNITS = re.compile(
    r"(?<![A-Za-z])(mJ|J/cm[²³]|µm|mm|cm[²³]?|px|ms|µs|nm|W|°C|CO₂|kW/cm²|kJ/cm³|min|CEM43|VISIA-CR|Porelight|seed|plan\.json|[A-F]|[IV]+)"
    r"(?![A-Za-z])"
)
"""Words that are the same in every language."""
SPOKEN = ("aria-label", "alt", "title", "aria-valuetext", "data-says", "data-play", "data-pause")
ALONE = {"meta", "link", "img", "input", "br"}


class Catalogue:
    """Says every text between two marks."""

    def gettext(self, text: str) -> str:
        return f"{OPEN}{text}{CLOSE}"


class Reader(HTMLParser):
    """Every text of a page that is not marked as another language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []
        self.lines: list[str] = []
        """Of the figure that is being read: a label of two lines is two elements."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        foreign = given.get("lang") == "en" if "lang" in given else bool(self.open and self.open[-1][1])
        if not foreign:
            self.texts += [said for name in SPOKEN if (said := given.get(name))]
        if tag not in ALONE:
            self.open.append((tag, foreign or tag in ("script", "style", "code")))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass
        if tag == "svg" and self.lines:
            self.texts.append(" ".join(self.lines))
            self.lines = []

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self.open and self.open[-1][1]):
            drawn = any(tag == "svg" for tag, _ in self.open)
            (self.lines if drawn else self.texts).append(" ".join(data.split()))


def texts(page: str) -> list[str]:
    reader = Reader()
    reader.feed(page)
    return reader.texts


def unmarked(text: str) -> str:
    """What stands outside every pair of marks, without units: empty where all came from the catalogue."""
    depth, kept = 0, []
    for sign in text:
        depth += (sign == OPEN) - (sign == CLOSE)
        kept.append(sign if depth == 0 and sign != CLOSE else " ")
    return " ".join(re.findall(r"[A-Za-z]{2,}", UNITS.sub(" ", "".join(kept))))

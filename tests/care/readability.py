"""Reading age of English text, for tests and for the page of patient texts."""

from __future__ import annotations

import re


def syllables(word: str) -> int:
    """Syllables of an English word, by groups of vowels; a silent e at the end does not count."""
    word = re.sub(r"[^a-z]", "", word.lower())
    if len(word) <= 3:
        return 1
    word = re.sub(r"(?<=[^l])e$|(?<=[^td])ed$|(?<=[^sxz])es$", "", word)
    return max(1, len(re.findall(r"[aeiouy]+", word)) + len(re.findall(r"ia(?!l)|io(?!n)|[^q]ua|eo|ue[lt]", word)))


def grade(text: str) -> float:
    """Flesch-Kincaid grade: 0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid and others, 1975)."""
    sentences = [part for part in re.split(r"[.!?:;]+(?:\s|$)", text) if re.search(r"[A-Za-z]", part)]
    words = re.findall(r"[A-Za-z][A-Za-z'-]*|\d+", text)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59

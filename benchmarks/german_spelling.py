"""The German of the catalogue against a dictionary that we did not make: ``python benchmarks/german_spelling.py``.

Reads Hunspell's de_DE in the folder that is given (default /usr/share/hunspell; Debian: ``apt install hunspell-de-de``)
with spylls and prints every word of a German text that the dictionary does not know, with a text that has it. A second
check beside the formula of tests/care/test_language.py: that one counts letters, this one knows words. Right words that
the dictionary lacks are listed in tests/care/german_words.txt; whatever else is printed is to be mended.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from porelight.care.language import say

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

READ = ROOT / "tests/care/german_words.txt"
"""Words that a person has read and found right."""
WORD = re.compile(r"[A-Za-zÄÖÜäöüß][A-Za-zÄÖÜäöüß-]*[A-Za-zÄÖÜäöüß]")


def unknown_words(folder: Path) -> dict[str, str]:
    """Each word that the dictionary does not know, with the first text that has it."""
    from spylls.hunspell import Dictionary
    from tests.care.write_catalogue import template

    known = Dictionary.from_files(str(folder / "de_DE"))
    read = set(READ.read_text(encoding="utf-8").split()) if READ.exists() else set()
    found: dict[str, str] = {}
    for message in template():
        text = say(str(message.id), "de") if message.id else ""
        for word in WORD.findall(re.sub(r"\{.*?\}|`.*?`", " ", text)):
            parts = [part for part in word.split("-") if len(part) > 2 and not part.isupper()]
            if any(part not in read and not known.lookup(part) and not known.lookup(part.lower()) for part in parts):
                found.setdefault(word, text)
    return found


if __name__ == "__main__":
    listed = unknown_words(Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/hunspell"))
    for word, text in sorted(listed.items()):
        print(f"{word}: {text[:110]}")
    print(f"{len(listed)} words that the dictionary does not know")
    sys.exit(bool(listed))

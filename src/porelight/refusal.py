"""Input that cannot be used, said in one line: what, where, and what to do."""

from __future__ import annotations


class Refusal(ValueError):
    """Raised for input a person can correct. The command line prints it and exits with 1.

    Args:
        what: what is wrong, as a sentence without its full stop.
        where: the file, field or flag it concerns.
        advice: what to do, as a sentence without its full stop.
    """

    def __init__(self, what: str, *, where: str, advice: str) -> None:
        self.what, self.where, self.advice = what, where, advice
        super().__init__(f"{where}: {what}. {advice}" + ("" if advice.endswith("?") else "."))

"""What people wrote, in a table that a spreadsheet may open."""

from __future__ import annotations

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def text_cell(text: str) -> str:
    """Text that a spreadsheet shows and never computes: one that would begin a formula gets an apostrophe before it.

    Only for cells that hold words. A number may begin with a minus, and stays one.
    """
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text

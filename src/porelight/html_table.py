"""A result as a small table for a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape


def html_table(caption: str, rows: Mapping[str, str]) -> str:
    """Two columns, a name and what it is, without any style of its own."""
    body = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows.items())
    return f"<table><caption>{escape(caption)}</caption>{body}</table>"

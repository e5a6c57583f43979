"""Pores and pairs as tables for notebooks; the unit of a column is in its name."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from porelight import extras

if TYPE_CHECKING:
    import pandas as pd

    from porelight.photo.census import PoreCensus
    from porelight.photo.compare.change import Change

Columns: TypeAlias = "Mapping[str, np.ndarray[Any, Any] | tuple[str, ...]]"


def pore_columns(census: PoreCensus) -> Columns:
    """One entry per pore in every column, in the order of the census; lengths in um where there is a scale."""
    pores, lengths = census.pores, census.diameter_um
    columns: dict[str, np.ndarray[Any, Any] | tuple[str, ...]] = {
        "x_px": pores.x,
        "y_px": pores.y,
        "diameter_px": pores.diameter,
        "diameter_error_px": pores.diameter_error,
    }
    if lengths is not None:
        columns |= {"diameter_um": lengths, "area_um2": math.pi / 4.0 * lengths**2}
    return columns | {
        "elongation": census.elongation,
        "direction_deg": census.direction,
        "darkness": pores.darkness,
        "region": pores.region,
        "flags": pores.flags,
    }


def pair_columns(change: Change) -> Columns:
    """One entry per pore that both photos show; lengths in px of the first photo."""
    pairs = change.pairs
    return {
        "x_px": pairs.x,
        "y_px": pairs.y,
        "x_after_px": pairs.x_after,
        "y_after_px": pairs.y_after,
        "diameter_before_px": pairs.before,
        "diameter_after_px": pairs.after,
        "diameter_before_error_px": pairs.before_error,
        "diameter_after_error_px": pairs.after_error,
        "resolved": pairs.resolved,
        "change_pct": pairs.change_pct,
        "change_error_pct": pairs.change_error_pct,
        "result": pairs.result,
        "region": pairs.region,
    }


def make_dataframe(columns: Columns) -> pd.DataFrame:
    """The columns as a table of pandas, which may be written to.

    Raises:
        Refusal: pandas is not installed.
    """
    extras.require("table", "a table of pandas", where="to_dataframe")
    import pandas as pd

    # A copy: a frozen result's own arrays cannot be written to, and a notebook's table should be.
    return pd.DataFrame(
        {name: list(each) if isinstance(each, tuple) else each.copy() for name, each in columns.items()}
    )


def html_rows(title: str, rows: Mapping[str, str]) -> str:
    """A short table for a notebook."""
    cells = "".join(f"<tr><th>{html.escape(name)}</th><td>{html.escape(text)}</td></tr>" for name, text in rows.items())
    return f"<table><caption>{html.escape(title)}</caption><tbody>{cells}</tbody></table>"

"""The two tables of a study: one row per photo, one row per pore. Parquet, the same bytes for the same photos."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from porelight import extras

if TYPE_CHECKING:
    import pyarrow as pa

    from porelight.photo.census import PoreCensus

INDICES: Final = (
    *("shine", "redness_patches", "redness_level", "pigment_spots", "pigment_patches", "skin_tone"),
    *("texture", "dark_middles", "stretch", "stretch_direction"),
)
"""Indices of the whole photo, each with its low and high."""
_WORDS: Final = ("path", "sha256", "level", "scale_source", "error", "version")
_COUNTS: Final = ("bytes", "width_px", "height_px", "pore_count", "enlarged_count")
_NUMBERS: Final = (
    *("um_per_px", "scale_relative_error", "tilt_deg", "skin_area_px2", "density_per_cm2", "median_diameter_px"),
    *("median_diameter_um", "area_fraction"),
)
_PORE_NUMBERS: Final = ("x_px", "y_px", "diameter_px", "diameter_error_px", "diameter_um", "elongation")
_PORE_MORE: Final = ("direction_deg", "darkness")

Row = dict[str, Any]
Packed = tuple[bytes, bytes]
"""Some photos as the bytes of their table of photos and of their table of pores."""


def arrow() -> Any:
    """The library of the tables.

    Raises:
        Refusal: it is not installed.
    """
    extras.require("cluster", "a folder of photos", where="out", only=("pyarrow",))
    import pyarrow
    import pyarrow.parquet

    return pyarrow


def photo_columns() -> tuple[str, ...]:
    """Columns of the table of photos, in order."""
    ends = tuple(f"{key}{end}" for key in INDICES for end in ("", "_low", "_high"))
    return (
        "path",
        "sha256",
        "bytes",
        "level",
        "flags",
        "error",
        *_COUNTS[1:],
        *_NUMBERS,
        "scale_source",
        *ends,
        "version",
    )


def photo_schema() -> pa.Schema:
    """Types of the table of photos."""
    pa = arrow()
    kinds = {"flags": pa.list_(pa.string())} | dict.fromkeys(_WORDS, pa.string()) | dict.fromkeys(_COUNTS, pa.int64())
    return pa.schema([(name, kinds.get(name, pa.float64())) for name in photo_columns()])


def pore_schema() -> pa.Schema:
    """Types of the table of pores; ``path`` is that of the photo."""
    pa = arrow()
    numbers = [(name, pa.float64()) for name in (*_PORE_NUMBERS, *_PORE_MORE)]
    return pa.schema([("path", pa.string()), *numbers, ("region", pa.string()), ("flags", pa.string())])


def photo_row(path: str, sha256: str, size: int, census: PoreCensus) -> Row:
    """One photo that was measured."""
    scale, pores = census.scale, census.pores
    told: Row = {
        "path": path,
        "sha256": sha256,
        "bytes": size,
        "level": census.gate.level,
        "flags": list(census.flags),
        "width_px": census.width,
        "height_px": census.height,
        "pore_count": census.pore_count,
        "enlarged_count": census.enlarged_count,
        "um_per_px": census.um_per_px,
        "scale_relative_error": scale.relative_error if scale else None,
        "tilt_deg": scale.tilt if scale else None,
        "scale_source": scale.source if scale else None,
        "skin_area_px2": census.skin_area,
        "density_per_cm2": census.density_per_cm2,
        "median_diameter_px": _middle(pores.diameter),
        "median_diameter_um": census.median_diameter_um,
        "area_fraction": census.area_fraction,
        "version": census.version,
    }
    for index in census.indices:
        if index.region in ("all", "close-up") and index.key in INDICES:
            told |= {index.key: index.value, f"{index.key}_low": index.low, f"{index.key}_high": index.high}
    return told


def _middle(values: Any) -> float | None:
    ordered = sorted(values)
    count = len(ordered)
    return (float(ordered[(count - 1) // 2]) + float(ordered[count // 2])) / 2.0 if count else None


def refused_row(path: str, sha256: str | None, size: int | None, error: str, version: str) -> Row:
    """One photo that could not be measured, with the reason in one line."""
    line = " ".join(error.split())
    return {"path": path, "sha256": sha256, "bytes": size, "level": "refuse", "error": line, "version": version}


def photo_table(rows: list[Row]) -> pa.Table:
    """Rows of photos; what a row does not tell is null."""
    schema = photo_schema()
    full = [{name: row.get(name, [] if name == "flags" else None) for name in schema.names} for row in rows]
    return arrow().Table.from_pylist(full, schema=schema)


def pore_table(path: str, census: PoreCensus) -> pa.Table:
    """The pores of one photo, in the order of the census."""
    pa, pores, count = arrow(), census.pores, len(census.pores)
    lengths = census.diameter_um
    columns = [
        pa.array([path] * count, pa.string()),
        *(pa.array(values, pa.float64()) for values in (pores.x, pores.y, pores.diameter, pores.diameter_error)),
        pa.array([None] * count, pa.float64()) if lengths is None else pa.array(lengths, pa.float64()),
        *(pa.array(values, pa.float64()) for values in (census.elongation, census.direction, pores.darkness)),
        pa.array(pores.region, pa.string()),
        pa.array(pores.flags, pa.string()),
    ]
    return pa.Table.from_arrays(columns, schema=pore_schema())


def packed(table: pa.Table, told: dict[str, str] | None = None) -> bytes:
    """A table as the bytes of one Parquet file, with ``told`` in its metadata."""
    arrow()
    import pyarrow.parquet as pq

    kept = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(told or None), kept, compression="zstd", write_page_checksum=True)
    return kept.getvalue()


def unpacked(data: bytes) -> pa.Table:
    """The table in such bytes."""
    arrow()
    import pyarrow.parquet as pq

    return pq.read_table(io.BytesIO(data))

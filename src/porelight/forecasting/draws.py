"""The table of draws that the offline fit left in the package, described by ``data/forecast.yaml``."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import io
from importlib import resources

import numpy as np

from porelight import cite
from porelight.forecasting.arms import CLASSES
from porelight.forecasting.latent import Shared

TABLE = "data/forecast_draws.npy"
SHARED_FIELDS = tuple(field.name for field in dataclasses.fields(Shared) if field.name != "class_effect")


def pack_draws(shared: Shared) -> bytes:
    """The table as a file: one row a quantity, the classes last, in single precision."""
    file = io.BytesIO()
    rows = np.vstack([*(getattr(shared, name) for name in SHARED_FIELDS), shared.class_effect]).astype("<f4")
    np.save(file, rows, allow_pickle=False)
    return file.getvalue()


def unpack_draws(content: bytes) -> Shared:
    """The reverse of :func:`pack_draws`."""
    rows = np.load(io.BytesIO(content), allow_pickle=False).astype(np.float64)
    if rows.shape[0] != len(SHARED_FIELDS) + len(CLASSES):
        raise ValueError(f"{TABLE} has {rows.shape[0]} rows and not one for each quantity of the model")
    named = dict(zip(SHARED_FIELDS, rows, strict=False))
    return Shared(class_effect=rows[len(SHARED_FIELDS) :], **named)


@functools.cache
def load_draws() -> Shared:
    """The draws of the package.

    Raises:
        ValueError: the table is not the one that the fit wrote.
    """
    content = resources.files("porelight").joinpath(TABLE).read_bytes()
    if hashlib.sha256(content).hexdigest() != cite.rows("forecast")["sha256"]:
        raise ValueError(f"{TABLE} is not the table that data/forecast.yaml describes: run the fit again")
    return unpack_draws(content)

"""What a photo tells: one row per pore, and the summary of them all. Lengths in px; the scale turns them into um."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Literal

import numpy as np

from porelight import units
from porelight.arrays import Floats, Mask
from porelight.cite import Cited
from porelight.frozen import frozen
from porelight.message import Message
from porelight.photo.card.find_card import Card
from porelight.photo.face.find_face import Face
from porelight.photo.scale import Scale
from porelight.photo.tables import html_rows, make_dataframe, pore_columns

if TYPE_CHECKING:
    import pandas as pd

PictureFlag = Literal[
    "uncalibrated",
    "too small",
    "blurred",
    "too coarse",
    "smoothed",
    "noisy",
    "glare",
    "dark",
    "overexposed",
    "compressed",
    "tilted",
    "scales differ",
    "card not even",
    "borderline",
    "no skin",
    "few pores",
]


@frozen
class Pores:
    """One entry per pore in every array, shape (n,)."""

    x: Floats
    """Column of the centre [px]."""
    y: Floats
    """Row of the centre [px]."""
    diameter: Floats
    """Diameter of the circle of the same area [px]."""
    diameter_error: Floats
    """Its standard error [px]."""
    elongation: Floats
    """Long axis by short axis, at least 1."""
    direction: Floats
    """Of the long axis [degrees], 0 along x, clockwise on the picture, in [0, 180)."""
    darkness: Floats
    """Contrast of the middle against the skin around, as a drop of log luminance."""
    region: tuple[str, ...]
    flags: tuple[str, ...]
    """Per pore; empty text when there is nothing to say."""

    def __len__(self) -> int:
        return int(self.x.size)

    @property
    def area(self) -> Floats:
        """[px2]"""
        return np.pi * self.diameter**2 / 4.0


@frozen
class Region:
    """A part of the face, or of a close-up, whose pores are counted together."""

    name: str
    outline: Floats
    """Corners (n, 2) [px], x before y."""
    seen: float = 1.0
    """Share of it that faces the camera and lies in the picture, 0 to 1."""
    skin_area: float = 0.0
    """Area of the skin in it that was searched [px2]; 0 before the photo is measured."""


GateLevel = Literal["usable", "usable with care", "refuse"]


@frozen
class Finding:
    """One thing that limits a photo, how much, and what the person with the camera can do."""

    flag: PictureFlag
    level: GateLevel
    advice: Message


@frozen
class Gate:
    """Whether a photo can carry a measurement: the gravest of its findings."""

    level: GateLevel
    findings: tuple[Finding, ...]


@frozen
class Index:
    """One thing about the skin that an ordinary photo hints at: an index, not a measurement."""

    key: str
    title: Message
    value: float | None
    """None where the photo cannot tell, and then :attr:`because` says why."""
    low: float | None
    high: float | None
    unit: str
    region: str
    because: Message
    rests_on: tuple[Cited, ...]


@frozen
class PoreCensus:
    """The pores of one photo. Without a scale, every property with a length in its name is None."""

    width: int
    height: int
    scale: Scale | None
    skin_area: float
    """Area that was searched [px2]: skin without glare, hair and shadow."""
    pores: Pores
    flags: tuple[PictureFlag, ...]
    enlarged_from: Cited
    """Diameter from which a pore counts as enlarged."""
    version: str
    rests_on: tuple[Cited, ...]
    regions: tuple[Region, ...] = ()
    """Where pores were looked for; none for a close-up, which is one region."""
    indices: tuple[Index, ...] = ()
    gate: Gate = Gate("usable", ())
    """Whether the photo can carry this measurement; :attr:`flags` are those of its findings."""
    card: Card | None = None
    """The printed card, where one lies in the photo."""
    face: Face | None = dataclasses.field(default=None, compare=False)
    """Kept for whoever compares photos; its points tell who it is, so no file ever holds them.

    It follows from the picture and says nothing about pores: a census equals its copy that was kept without it.
    """

    @property
    def um_per_px(self) -> float | None:
        """Scale in the middle of the picture [um]."""
        return None if self.scale is None else self.scale.um_per_px

    @property
    def pore_count(self) -> int:
        return len(self.pores)

    @property
    def diameter_um(self) -> Floats | None:
        """Diameters (n,) [um]."""
        return None if self.scale is None else self.pores.diameter * self.scale.at(self.pores.x, self.pores.y)

    @property
    def elongation(self) -> Floats:
        """Of the pores (n,) on the skin, where a card tells how it leans; else as they are seen."""
        return self._straight[0]

    @property
    def direction(self) -> Floats:
        """Of their long axes (n,) [degrees] in the same way."""
        return self._straight[1]

    @property
    def _straight(self) -> tuple[Floats, Floats]:
        pores = self.pores
        if self.scale is None:
            return pores.elongation, pores.direction
        return self.scale.straight(pores.x, pores.y, pores.elongation, pores.direction)

    @property
    def enlarged(self) -> Mask | None:
        """Which pores are enlarged (n,)."""
        if self.diameter_um is None:
            return None
        return self.diameter_um * units.um >= self.enlarged_from.si

    @property
    def enlarged_count(self) -> int | None:
        return None if self.enlarged is None else int(self.enlarged.sum())

    @property
    def density_per_cm2(self) -> float | None:
        """Pores per searched skin."""
        if self.um_per_px is None or self.skin_area <= 0.0:
            return None
        return self.pore_count / (self.skin_area * (self.um_per_px * units.um) ** 2 / units.cm2)

    @property
    def median_diameter_um(self) -> float | None:
        if self.diameter_um is None or not len(self.pores):
            return None
        return float(np.median(self.diameter_um))

    @property
    def area_fraction(self) -> float:
        """Share of the searched skin that is pore (0-1); needs no scale."""
        return float(self.pores.area.sum() / self.skin_area) if self.skin_area > 0.0 else 0.0

    def to_dataframe(self) -> pd.DataFrame:
        """One row per pore, as a table of pandas.

        Raises:
            Refusal: pandas is not installed.
        """
        return make_dataframe(pore_columns(self))

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        density = self.density_per_cm2
        rows = {"pores": f"{self.pore_count}" + ("" if density is None else f", {density:.0f} per cm2")}
        if self.diameter_um is not None and len(self.pores):
            rows["median diameter"] = f"{self.median_diameter_um:.0f} um"
            rows["enlarged"] = f"{self.enlarged_count}"
        rows["share of the skin"] = f"{100.0 * self.area_fraction:.1f} %"
        rows["scale"] = "none" if self.scale is None else f"{self.um_per_px:.1f} um/px ({self.scale.source})"
        rows["photo"] = ", ".join((f"{self.width} x {self.height} px", self.gate.level, *self.flags))
        return html_rows("Pore census", rows)

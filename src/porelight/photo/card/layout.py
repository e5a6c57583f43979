"""What stands where on the printed card: the one table behind the PDF, the search and the rendered photos."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from porelight import cite
from porelight.arrays import Floats, Mask
from porelight.frozen import frozen


@frozen
class Box:
    """A rectangle on the card: left, top, width and height [mm]."""

    x: float
    y: float
    width: float
    height: float

    @property
    def corners(self) -> Floats:
        """(4, 2) [mm], clockwise from the upper left."""
        right, bottom = self.x + self.width, self.y + self.height
        return np.array([(self.x, self.y), (right, self.y), (right, bottom), (self.x, bottom)])


@frozen
class Tag:
    """A square that can be recognised; black where ``modules`` (8, 8) is true."""

    number: int
    box: Box
    modules: Mask


@frozen
class Patch:
    """One even colour: ``reflectance`` in red, green and blue light as it should print."""

    name: str
    box: Box
    reflectance: tuple[float, float, float]


@frozen
class Ruler:
    """Millimetre ticks from a corner of the opening: along x where ``across``, else along y."""

    across: bool
    x: float
    y: float
    length: int


@frozen
class Layout:
    """The whole card. The paper's patches are the bare ones."""

    size: tuple[float, float]
    window: Box
    tags: tuple[Tag, ...]
    quiet: float
    greys: tuple[Patch, ...]
    papers: tuple[Patch, ...]
    colours: tuple[Patch, ...]
    rulers: tuple[Ruler, ...]
    check: Box
    family: str

    @property
    def outline(self) -> Box:
        return Box(0.0, 0.0, *self.size)

    @property
    def middle(self) -> Floats:
        """Of the opening (2,) [mm]."""
        return np.asarray(self.window.corners.mean(axis=0), np.float64)


def tag_family(name: str) -> Any:
    """OpenCV's dictionary of tags."""
    import cv2

    return cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, name))


@functools.cache
def load_layout() -> Layout:
    """The card as ``data/card.yaml`` draws it."""
    told = cite.rows("card")["layout"]
    paper = cite.table("card")["paper"].value
    sizes = {key: (told[key]["width"], told[key]["height"]) for key in ("patch_size", "colour_size", "paper_size")}
    return Layout(
        size=(told["width"], told["height"]),
        window=Box(**told["window"]),
        tags=tuple(_make_tag(row, told["tag_size"], told["family"]) for row in told["tags"]),
        quiet=told["quiet"],
        greys=tuple(_patch_of(row, sizes["patch_size"], (row["reflectance"],) * 3) for row in told["greys"]),
        papers=tuple(_patch_of({"name": "paper", **row}, sizes["paper_size"], (paper,) * 3) for row in told["papers"]),
        colours=tuple(_patch_of(row, sizes["colour_size"], _reflect(row["srgb"], paper)) for row in told["colours"]),
        rulers=tuple(Ruler(key == "across", **row) for key, row in told["rulers"].items()),
        check=Box(told["check"]["x"], told["check"]["y"], told["check"]["length"], 0.0),
        family=told["family"],
    )


def _make_tag(row: Mapping[str, Any], size: float, name: str) -> Tag:
    import cv2

    modules = cv2.aruco.generateImageMarker(tag_family(name), row["number"], 8, borderBits=1) == 0
    return Tag(row["number"], _centre_box(row, (size, size)), np.asarray(modules, np.bool_))


def _patch_of(row: Mapping[str, Any], size: tuple[float, float], reflectance: tuple[float, float, float]) -> Patch:
    return Patch(row["name"], _centre_box(row, size), reflectance)


def _centre_box(row: Mapping[str, Any], size: tuple[float, float]) -> Box:
    return Box(row["x"] - 0.5 * size[0], row["y"] - 0.5 * size[1], *size)


def _reflect(srgb: list[int], paper: float) -> tuple[float, float, float]:
    from porelight.photo.tone import linear

    red, green, blue = (float(v) * paper for v in linear(np.array(srgb, np.uint8)[None, None])[0, 0])
    return red, green, blue


def list_ticks(ruler: Ruler) -> list[tuple[float, float, float, float, bool]]:
    """Lines (x1, y1, x2, y2) [mm] of a ruler, outward from the opening; the last entry tells every tenth."""
    lines = []
    for count in range(ruler.length + 1):
        long = 2.2 if count % 10 == 0 else 1.6 if count % 5 == 0 else 1.0
        if ruler.across:
            lines.append((ruler.x + count, ruler.y, ruler.x + count, ruler.y + long, count % 10 == 0))
        else:
            lines.append((ruler.x, ruler.y + count, ruler.x - long, ruler.y + count, count % 10 == 0))
    return lines

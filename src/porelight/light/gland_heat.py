"""How strongly light heats epidermis, oil gland, and the dermis beside the gland."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from porelight.arrays import Floats, Mask
from porelight.frozen import frozen
from porelight.units import mm, um

if TYPE_CHECKING:
    from porelight.light.monte_carlo import Box, Ellipsoid, Heterogeneous, Transport
    from porelight.light.monte_carlo.shapes import Shape

Quantity = Literal["fluence", "absorbed"]

SECTION_HALF_WIDTH: Final = 0.75 * mm
"""From the pore to the edge of a section [m]: farther out the beam thins, and cells no longer stand for its middle."""
VOLUME_STEP: Final = 4 * um
"""Side of the cells on which the gland's volume is counted [m]."""


class Mean(NamedTuple):
    """A number and its standard error."""

    value: float
    error: float


class Cells(NamedTuple):
    """Numbers of cells and their standard errors, both (nz, nx)."""

    value: Floats
    error: Floats


@frozen
class HeatByPlace:
    """Mean absorbed energy density [1/m3], per incident joule, of three places that count."""

    epidermis: Mean
    """Under the beam, clear of the pore."""
    gland: Mean
    """The whole gland, from the paths of photons in it."""
    beside: Mean
    """Dermis at the depth of the gland, clear of it."""

    @property
    def reach(self) -> Mean:
        """Heat per volume of the gland as a share of that of the epidermis, the errors added in quadrature."""
        share = self.gland.value / self.epidermis.value
        return Mean(share, share * math.hypot(*(each.error / each.value for each in (self.gland, self.epidermis))))


def heat_by_place(transport: Transport) -> HeatByPlace:
    """How strongly one joule heats epidermis, gland and the dermis beside the gland.

    Raises:
        ValueError: the run has no section, or its medium no gland.
    """
    medium, box, density = section_of(transport, "absorbed")
    top, bottom = gland_extent(medium)
    x, z = _cell_centres(box)
    clear = (np.abs(x) > bottom - top) & (np.abs(x) < SECTION_HALF_WIDTH)
    share = transport.absorbed_by_path["gland"]
    volume = gland_volume(medium)
    return HeatByPlace(
        epidermis=_mean_of_cells(density, _share_above(box, medium.layers.slabs[0].thickness), clear),
        gland=Mean(share.value / volume, share.standard_error / volume),
        beside=_mean_of_cells(density, np.where((z > top) & (z < bottom), 1.0, 0.0), clear),
    )


def gland_volume(medium: Heterogeneous) -> float:
    """Volume of the lobules together [m3], less the duct and hair inside them, counted on small cells."""
    reach = max(math.hypot(*shape.centre[:2]) + max(shape.semi_axes) for shape in _gland_ellipsoids(medium))
    top, bottom = gland_extent(medium)
    step = VOLUME_STEP
    across = np.arange(-reach + 0.5 * step, reach, step)
    down = np.arange(top + 0.5 * step, bottom, step)
    inside = signed_levels(medium, across[None, None, :], across[None, :, None], down[:, None, None])["gland"] <= 0.0
    return float(np.count_nonzero(inside)) * step**3


def section_of(transport: Transport, quantity: Quantity) -> tuple[Heterogeneous, Box, Cells]:
    """The medium, the grid, and one quantity on the plane through the pore.

    Raises:
        ValueError: the run scored no section, or its medium has no bodies.
    """
    from porelight.light.monte_carlo import Box, Heterogeneous

    field = transport.fluence if quantity == "fluence" else transport.density
    if not isinstance(transport.medium, Heterogeneous) or not isinstance(transport.grid, Box) or field is None:
        raise ValueError("this run has no section through a pore: use light.section.one_joule")
    return transport.medium, transport.grid, Cells(field.value[:, 0, :], field.standard_error[:, 0, :])


def _cell_centres(box: Box) -> tuple[Floats, Floats]:
    return 0.5 * (box.x_edges[1:] + box.x_edges[:-1]), 0.5 * (box.z_edges[1:] + box.z_edges[:-1])


def _share_above(box: Box, depth: float) -> Floats:
    """Share of each row that lies above a depth."""
    above = np.clip(depth - box.z_edges[:-1], 0.0, np.diff(box.z_edges))
    return np.asarray(above / np.diff(box.z_edges))


def _mean_of_cells(cells: Cells, rows: Floats, columns: Mask) -> Mean:
    """Mean over columns, and over rows by their weight; its error is the spread between pairs of columns.

    One photon crosses several cells, so that their errors cannot be added in quadrature; few cross two pairs. Real
    differences between columns widen the error a little.
    """
    each = rows @ cells.value[:, columns] / rows.sum()
    pairs = each[: each.size // 2 * 2].reshape(-1, 2).mean(axis=1)
    return Mean(float(each.mean()), float(pairs.std(ddof=1) / math.sqrt(pairs.size)))


def _gland_ellipsoids(medium: Heterogeneous) -> list[Ellipsoid]:
    from porelight.light.monte_carlo import Ellipsoid

    found = [volume.shape for volume in medium.volumes if volume.material.name == "gland"]
    lobules = [shape for shape in found if isinstance(shape, Ellipsoid)]
    if not lobules or len(lobules) != len(found):
        raise ValueError("this medium has no gland of ellipsoids")
    return lobules


def gland_extent(medium: Heterogeneous) -> tuple[float, float]:
    """Depths where the gland begins and ends [m]."""
    places = [(shape.centre[2], shape.semi_axes[2]) for shape in _gland_ellipsoids(medium)]
    ends = [(centre - half, centre + half) for centre, half in places]
    return min(low for low, _ in ends), max(high for _, high in ends)


def _signed_level(shape: Shape, x: Floats, y: Floats, z: Floats) -> Floats:
    """Below 0 inside the shape, 0 on its surface: the very quadric that photons meet."""
    from porelight.light.monte_carlo import Brick
    from porelight.light.monte_carlo.scene import VOLUME_CENTRE, VOLUME_FRAME, VOLUME_HIGH, VOLUME_LOW, VOLUME_QUADRIC

    if isinstance(shape, Brick):
        raise ValueError("bricks are not drawn")
    row = shape.row()
    place = [axis / mm - centre for axis, centre in zip((x, y, z), row[VOLUME_CENTRE : VOLUME_CENTRE + 3], strict=True)]
    u, v, w = (
        sum(part * axis for part, axis in zip(line, place, strict=True))
        for line in row[VOLUME_FRAME : VOLUME_FRAME + 9].reshape(3, 3)
    )
    a, b, c, d, e = row[VOLUME_QUADRIC : VOLUME_QUADRIC + 5]
    surface = a * u * u + b * v * v + c * w * w + d * w + e
    return np.asarray(np.maximum(surface, np.maximum(row[VOLUME_LOW] - w, w - row[VOLUME_HIGH])))


def signed_levels(medium: Heterogeneous, x: Floats, y: Floats, z: Floats) -> dict[str, Floats]:
    """The bodies by material, below 0 inside; where bodies overlap, the later one counts."""
    found: dict[str, Floats] = {}
    for volume in medium.volumes:
        level = _signed_level(volume.shape, x, y, z)
        found = {name: np.maximum(other, -level) for name, other in found.items()}
        name = volume.material.name
        found[name] = np.minimum(found[name], level) if name in found else level
    return found

"""What light travels through: materials, slabs of them one on another, and volumes of them inside the slabs."""

from __future__ import annotations

import math
from collections.abc import Iterable

from porelight.cite import Cited
from porelight.frozen import frozen
from porelight.light.monte_carlo.shapes import Shape
from porelight.refusal import Refusal

HIGHEST_INDEX = 4.0
"""No window or tissue refracts more (germanium); beyond it a wavelength was probably entered for an index."""

MOST_VOLUMES = 31
"""A photon carries one bit of a 32-bit word per volume."""


@frozen
class Material:
    """How one kind of matter meets light of one wavelength.

    Raises:
        Refusal: a coefficient is negative or not a number, |g| >= 1, or the refractive index is below 1.
    """

    name: str
    absorption: float
    """mu_a [1/m]"""
    scattering: float
    """mu_s [1/m]"""
    anisotropy: float = 0.0
    """g, the mean cosine of the scattering angle (Henyey-Greenstein)"""
    refractive_index: float = 1.0
    rests_on: tuple[Cited, ...] = ()

    def __post_init__(self) -> None:
        for word, value in (("absorption", self.absorption), ("scattering", self.scattering)):
            if not (0.0 <= value < math.inf):
                raise Refusal(
                    f"{word} coefficient {value} 1/m is not a finite number of at least 0",
                    where=self._where,
                    advice="Give coefficients in 1/m, 0 for none",
                )
        if not -1.0 < self.anisotropy < 1.0:
            raise Refusal(
                f"anisotropy g = {self.anisotropy} is not between -1 and 1",
                where=self._where,
                advice="Use g below 1; light that never turns is light that does not scatter: set scattering to 0",
            )
        if not 1.0 <= self.refractive_index <= HIGHEST_INDEX:
            raise Refusal(
                f"refractive index {self.refractive_index} is not between 1 and {HIGHEST_INDEX:g}",
                where=self._where,
                advice="Give the real refractive index, 1 for air",
            )

    @property
    def _where(self) -> str:
        return f"material {self.name!r}"


@frozen
class Slab:
    """A flat layer of one material; the last of a stack may be infinitely thick."""

    material: Material
    thickness: float
    """[m]"""

    def __post_init__(self) -> None:
        if not self.thickness > 0.0:
            raise Refusal(
                f"thickness {self.thickness} m is not positive",
                where=f"layer of {self.material.name!r}",
                advice="Give a thickness in metres, or leave the layer out",
            )


@frozen
class Layered:
    """Slabs from the surface down, ``z`` = 0 at the surface of the first.

    ``above`` and ``below`` are the refractive indices outside; ``window``, from outside in, lies on the surface, at
    negative ``z``: the plate and gel that cool the skin. Light enters from ``above`` through the window.
    """

    slabs: tuple[Slab, ...]
    above: float = 1.0
    below: float = 1.0
    window: tuple[Slab, ...] = ()

    def __post_init__(self) -> None:
        if not self.slabs:
            raise Refusal("there is no layer", where="layered medium", advice="Give at least one slab")
        for word, index in (("above", self.above), ("below", self.below)):
            if not 1.0 <= index <= HIGHEST_INDEX:
                raise Refusal(
                    f"refractive index {index} {word} is not between 1 and {HIGHEST_INDEX:g}",
                    where="layered medium",
                    advice="Give the real refractive index, 1 for air",
                )
        for slab in (*self.window, *self.slabs[:-1]):
            if math.isinf(slab.thickness):
                raise Refusal(
                    "only the last layer may be infinitely thick",
                    where=f"layer of {slab.material.name!r}",
                    advice="Give it a thickness",
                )
        self._must_end()
        _check_names(self.materials_named)

    def _must_end(self) -> None:
        last = self.slabs[-1]
        if math.isinf(last.thickness) and last.material.absorption == 0.0 and last.material.scattering > 0.0:
            raise Refusal(
                "light in a bottomless layer that scatters but does not absorb never ends",
                where=f"layer of {last.material.name!r}",
                advice="Give the layer a thickness, or some absorption",
            )

    @property
    def stack(self) -> tuple[Slab, ...]:
        """Window and slabs, from the top."""
        return self.window + self.slabs

    @property
    def top(self) -> float:
        """Depth of the uppermost plane [m]; negative under a window."""
        return -sum(slab.thickness for slab in self.window)

    @property
    def materials_named(self) -> tuple[Material, ...]:
        """Every material in order of first appearance."""
        return _unique_materials(slab.material for slab in self.stack)


@frozen
class Volume:
    """A body of one material inside the slabs. Where volumes overlap, the later one of the medium counts."""

    shape: Shape
    material: Material


@frozen
class Heterogeneous:
    """Slabs with volumes in them: a pore's funnel and plug, a hair, the lobules of a gland."""

    layers: Layered
    volumes: tuple[Volume, ...]

    def __post_init__(self) -> None:
        if len(self.volumes) > MOST_VOLUMES:
            raise Refusal(
                f"{len(self.volumes)} volumes are too many",
                where="heterogeneous medium",
                advice=f"Use at most {MOST_VOLUMES}; join small lobules",
            )
        _check_names(self.materials_named)

    @property
    def materials_named(self) -> tuple[Material, ...]:
        """Every material in order of first appearance."""
        return _unique_materials((*self.layers.materials_named, *(volume.material for volume in self.volumes)))


Medium = Layered | Heterogeneous


def layers_of(medium: Medium) -> Layered:
    """The slabs of a medium."""
    return medium if isinstance(medium, Layered) else medium.layers


def volumes_of(medium: Medium) -> tuple[Volume, ...]:
    """The volumes of a medium; none in a layered one."""
    return () if isinstance(medium, Layered) else medium.volumes


def _unique_materials(materials: Iterable[Material]) -> tuple[Material, ...]:
    return tuple(dict.fromkeys(materials))


def _check_names(materials: tuple[Material, ...]) -> None:
    names = [material.name for material in materials]
    for name in names:
        if names.count(name) > 1:
            raise Refusal(
                "two different materials share this name",
                where=f"material {name!r}",
                advice="Name them apart: results are reported by material name",
            )

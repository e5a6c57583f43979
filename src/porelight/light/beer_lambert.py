"""Strongly absorbed light on a receding surface: Beer-Lambert down every ring, with what a hole does to a beam.

At 10.6 um and 2.94 um water absorbs within micrometres and scattering does not matter, so light needs no Monte Carlo.
In order of what happens to a beam, each of it with its own row and its own switch:

1. *Reflection* at the skin, by Fresnel's formula for normal incidence with the complex index of tissue water.
2. *Clouding*: where pulses follow fast, on a column or in a pattern, those before have left ejecta in the way.
3. *Divergence* of the focused beam, w(z)2 = w0^2 (1 + (M2 lambda z / pi w0^2)^2): light crosses outwards, and what
   meets the wall of the hole is absorbed there, but for the share that Fresnel's formulas return at grazing incidence.
4. *Mixing*: in a hole light relaxes to even irradiance over the local cross-section, within a given number of radii,
   because rays meet droplets and wet rough walls. Power is kept. Holes become cylinders instead of needles.
5. *Shielding*: once tissue has begun to leave, what leaves takes up a share of the light on its way in. It is the share
   by which the measured heat of ablation exceeds what it costs to dry and heat the tissue that leaves.
6. *Scattering*: droplets absorb part of those two shares and scatter the rest aside: it falls evenly on the wall,
   and is lost above from the shallow part, where there is no wall.
7. *Beer-Lambert* down the ring through what is left; dried tissue absorbs as its row says.
"""

from __future__ import annotations

import cmath
import math
from typing import Final, NamedTuple

import numpy as np

from porelight import cite
from porelight.arrays import Floats
from porelight.cite import Cited
from porelight.compiled import kernel
from porelight.fields import Grid
from porelight.frozen import frozen
from porelight.laser import Laser, Setting, physics_of
from porelight.skin import Skin

WALL_REST: Final = 1e-3
FLOOR_REST: Final = 1e-4
"""Shares of the light at a wall, and below a floor, that are absorbed where they are and followed no further."""

SHIELD_BEGINS: Final = 0.5
SHIELD_WHOLE: Final = 0.75
"""Shares of its water that a cell has lost when the first of it begins to leave, and when ejecta rise to the full."""


class Cells(NamedTuple):
    """The grid and its tissue, as the kernels read them."""

    heights: Floats
    """(nz,) [m]"""
    edges: Floats
    """(nr + 1,) [m]"""
    widths: Floats
    """(nr,) [m]"""
    area: Floats
    """(nr,) [m2]"""
    absorption: Floats
    """Of wet tissue (nz,) [1/m]."""
    dry_share: float


class Passage(NamedTuple):
    """What happens to a beam in a hole; see :class:`Beam`."""

    clouding: float
    shield: Floats
    spread: Floats
    mixing_radii: float
    wall_return: float
    scatter: float


@frozen
class Mechanisms:
    """Switches for what a hole does to a beam; all on unless one is studied alone."""

    divergence: bool = True
    mixing: bool = True
    shielding: bool = True
    scattering: bool = True
    clouding: bool = True


@frozen
class Beam:
    """Light of one setting on one grid: callable as the ``absorb`` of :func:`porelight.heat.expose`."""

    profile: Floats
    """Energy per area of every ring for one joule that entered (nr,) [1/m2]."""
    reflectance: float
    missed: float
    """Share of the beam beyond the grid."""
    clouding: float
    """Share that ejecta of earlier pulses and neighbouring columns take up."""
    absorption: Floats
    """Of wet tissue, every row (nz,) [1/m]."""
    dry_share: float
    shield: Floats
    """Share that ejecta of a row take up (nz,)."""
    spread: Floats
    """Relative growth of the beam with depth, w'/w (nz,) [1/m]."""
    mixing_radii: float
    """Depth over which light forgets its profile, in local radii; 0 for never."""
    wall_return: float
    scatter: float
    """Share of what ejecta take up that they scatter sideways, onto the wall where there is one."""
    heights: Floats
    r_edges: Floats
    area: Floats
    rests_on: tuple[Cited, ...]

    @property
    def dry_absorption(self) -> Floats:
        """Of dried tissue, every row (nz,) [1/m]."""
        return self.absorption * self.dry_share

    @property
    def penetration(self) -> float:
        """Depth at which the light has fallen to 1/e in the uppermost tissue [m]."""
        return float(1.0 / self.absorption[0])

    def __call__(self, solid: Floats, dried: Floats, energy: float, added: Floats) -> tuple[float, float]:
        """Add the absorbed part of ``energy`` [J] to ``added`` [J/m3]; returns what was reflected and lost [J]."""
        reflected = energy * self.reflectance
        entered = energy - reflected
        missed = entered * self.missed
        widths = self.r_edges[1:] - self.r_edges[:-1]
        cells = Cells(self.heights, self.r_edges, widths, self.area, self.absorption, self.dry_share)
        beam = Passage(self.clouding, self.shield, self.spread, self.mixing_radii, self.wall_return, self.scatter)
        lost = _carry_light(solid, dried, self.profile * entered, added, cells, beam)
        return reflected, float(lost) + missed


def make_beer_lambert_beam(
    setting: Setting, skin: Skin, grid: Grid, shield: Floats | None = None, mechanisms: Mechanisms | None = None
) -> Beam:
    """The light of ``setting`` on ``skin``.

    Args:
        setting: laser, spot and profile.
        skin: its water absorbs.
        grid: cells.
        shield: share of the light that ejecta of every row take up (nz,); none when left out.
        mechanisms: what to leave out.

    Validity: wavelengths at which absorption outweighs scattering a hundredfold (2.94 and 10.6 um).

    Raises:
        Refusal: the laser has no rows for absorption in water, or none for ablation.
    """
    switch = mechanisms or Mechanisms()
    (absorption, ablation), table = physics_of(setting.laser), cite.table("lasers")
    water, index, dry = absorption.water, absorption.index, absorption.dried_share
    quality, albedo = ablation.beam_quality, ablation.ejecta_albedo
    mixing, back = table["channel_mixing_length"], table["wall_return"]
    cloud, share = find_clouding(setting)
    profile, missed = ring_profile(setting, grid)
    return Beam(
        profile=profile,
        reflectance=fresnel_normal(complex_index(setting.laser, index.si, water.si)),
        missed=missed,
        clouding=share if switch.clouding else 0.0,
        absorption=water_share(skin, grid) * water.si,
        dry_share=dry.si,
        shield=np.zeros(grid.shape[0]) if shield is None or not switch.shielding else np.ascontiguousarray(shield),
        spread=beam_growth(setting, quality.si, grid.z) * float(switch.divergence),
        mixing_radii=mixing.si if switch.mixing else 0.0,
        wall_return=back.si,
        scatter=albedo.si if switch.scattering else 0.0,
        heights=np.ascontiguousarray(np.diff(grid.z_edges)),
        r_edges=np.ascontiguousarray(grid.r_edges),
        area=np.ascontiguousarray(np.pi * np.diff(grid.r_edges**2)),
        rests_on=(water, index, dry, quality, mixing, back, albedo, *cloud),
    )


def find_clouding(setting: Setting) -> tuple[tuple[Cited, ...], float]:
    """Share of the light (0-1) that lingering ejecta take up, and the rows behind it; none where nothing lingers.

    Scanned spots meet the ejecta of their neighbours, and of their own earlier pulses in a stack. Wide spots are placed
    one by one and meet their own alone. No dial makes it jump:

        time       whole up to the shortest interval at which it was measured, nothing from the longest at which depth
                   was seen to be as of a single pulse, in a straight line between
        density    of neighbours, in proportion to how many there are, up to the least density of a measured pattern
        spot       from scanned to placed one by one in a straight line of the logarithm of the diameter
    """
    table, ablation = cite.table("lasers"), physics_of(setting.laser)[1]
    scanned, alone = ablation.clouding, ablation.clouding_wide
    if scanned is None or alone is None:
        return (), 0.0
    whole, clear, dense, spot = (
        table[key] for key in ("clouding_whole", "clearing_time", "clouding_density", "widest_scanned_spot")
    )
    stacked = 1.0 if setting.pulses_per_column > 1 else 0.0
    beside = max(stacked, clouding_density(setting) * _spot_area(setting) / dense.si)
    placed = _share_between(math.log(setting.spot_diameter), math.log(spot.si_low), math.log(spot.si_high))
    lingers = 1.0 - _share_between(setting.repetition_interval, whole.si, clear.si)
    share = lingers * ((1.0 - placed) * beside * scanned.si + placed * stacked * alone.si)
    used = ((scanned, dense) if placed < 1.0 else (), (alone,) if placed > 0.0 else (), (whole, clear, spot))
    return (tuple(row for rows in used for row in rows), share) if share > 0.0 else ((), 0.0)


def clouding_density(setting: Setting) -> float:
    """Columns an area [1/m2] as far as the light of one of them feels it: the ejecta of more add nothing."""
    return min(setting.density, cite.table("lasers")["clouding_density"].si / _spot_area(setting))


def _spot_area(setting: Setting) -> float:
    return math.pi * (0.5 * setting.spot_diameter) ** 2


def _share_between(value: float, low: float, high: float) -> float:
    """How far ``value`` is from ``low`` to ``high``, within 0 and 1."""
    return min(max((value - low) / (high - low), 0.0), 1.0)


def fresnel_normal(index: complex) -> float:
    """Reflectance at normal incidence from air, |(m - 1) / (m + 1)|2."""
    return abs((index - 1.0) / (index + 1.0)) ** 2


def fresnel(index: complex, angle: float) -> float:
    """Reflectance of unpolarised light from air at ``angle`` [rad] from the normal, mean of Fresnel's two formulas."""
    cosine = math.cos(angle)
    inside = cmath.sqrt(1.0 - (math.sin(angle) / index) ** 2)
    across = abs((cosine - index * inside) / (cosine + index * inside)) ** 2
    along = abs((index * cosine - inside) / (index * cosine + inside)) ** 2
    return 0.5 * (across + along)


def complex_index(laser: Laser, index: float, absorption: float) -> complex:
    """n + i k of water, k = mu lambda / 4 pi, from its index and absorption [1/m]."""
    return complex(index, absorption * laser.wavelength / (4.0 * math.pi))


def ring_profile(setting: Setting, grid: Grid) -> tuple[Floats, float]:
    """Share of the beam per area of every ring (nr,) [1/m2], exact over each ring, and the share beyond the grid."""
    radius = 0.5 * setting.spot_diameter
    # The share of the beam within each edge, so that its difference is exact over a ring however wide.
    if setting.profile == "gaussian_1e2":
        inside = -np.expm1(-2.0 * (grid.r_edges / radius) ** 2)
    else:
        inside = np.minimum((grid.r_edges / radius) ** 2, 1.0)
    return np.diff(inside) / (np.pi * np.diff(grid.r_edges**2)), float(1.0 - inside[-1])


def beam_growth(setting: Setting, quality: float, depth: Floats) -> Floats:
    """w'/w [1/m] at ``depth`` below the focus at the skin: z / (z2 + zR2) with zR = pi w0^2 / (M2 lambda)."""
    waist = 0.5 * setting.spot_diameter
    rayleigh = math.pi * waist**2 / (quality * setting.laser.wavelength)
    return np.asarray(depth / (depth**2 + rayleigh**2))


def water_share(skin: Skin, grid: Grid) -> Floats:
    """Water by volume of every row (nz,)."""
    share, edge = np.empty(grid.shape[0]), 0.0
    for layer in skin.layers:
        share[grid.z >= edge] = layer.water
        edge += layer.thickness
    return share


@kernel()
def _absorb_from_wall(added, solid, dried, cells, j, i, energy):  # type: ignore[no-untyped-def]
    """Absorb ``energy`` [J] that falls on the wall of row j, from ring i outwards, by Beer-Lambert along the row."""
    nr = solid.shape[1]
    end = WALL_REST * energy
    for q in range(i, nr):
        if solid[j, q] == 0.0:
            continue
        mu = cells.absorption[j] * (1.0 - (1.0 - cells.dry_share) * dried[j, q])
        share = 1.0 - math.exp(-mu * cells.widths[q])
        # The little that is left, and what has come to the edge of the grid, stays where it is: none is lost.
        if q == nr - 1 or energy < end:
            share = 1.0
        added[j, q] += energy * share / (cells.area[q] * cells.heights[j])
        energy -= energy * share
        if energy <= 0.0:
            break


@kernel()
def _absorb_below(added, solid, dried, cells, j, i, light):  # type: ignore[no-untyped-def]
    """Absorb ``light`` [J/m2] that enters tissue at row j of ring i, by Beer-Lambert downwards."""
    nz = solid.shape[0]
    end = FLOOR_REST * light
    for q in range(j, nz):
        if solid[q, i] == 0.0:
            continue
        mu = cells.absorption[q] * (1.0 - (1.0 - cells.dry_share) * dried[q, i])
        share = 1.0 - math.exp(-mu * cells.heights[q])
        if light < end or q == nz - 1:
            share = 1.0
        added[q, i] += light * share / cells.heights[q]
        light -= light * share
        if light <= 0.0:
            break


@kernel()
def _meet_tissue(added, solid, dried, light, aside, cells, beam, j, depth, mouth, lost):  # type: ignore[no-untyped-def]
    """Let light of row j fall on the tissue it meets there; returns the energy ``lost`` so far [J] and if some goes on.

    Clouding, shielding and scattering of the module's description: ejecta take up a share of the light, and throw a
    part of that ``aside`` [J/m], evenly on the wall above.
    """
    travelling = False
    for i in range(solid.shape[1]):
        if light[i] <= 0.0:
            continue
        if solid[j, i] == 0.0:
            travelling = True
            continue
        # Ejecta of earlier pulses are there from the start; those of this pulse rise as the water of a cell boils away,
        # but not from the first row, which has nothing over it yet.
        screen = beam.clouding
        if j > 0:
            begun = (dried[j, i] - SHIELD_BEGINS) / (SHIELD_WHOLE - SHIELD_BEGINS)
            screen += (1.0 - beam.clouding) * beam.shield[j] * min(max(begun, 0.0), 1.0)
        taken = light[i] * cells.area[i] * screen
        # Near the mouth most of what is thrown aside leaves the hole, deep down the wall catches it:
        # depth / (depth + diameter of the mouth).
        side = taken * beam.scatter * depth / (depth + 2.0 * cells.edges[mouth]) if mouth > 0 else 0.0
        lost += taken - side
        if side > 0.0:
            aside[j] += side / depth
        _absorb_below(added, solid, dried, cells, j, i, light[i] - taken / cells.area[i])
        light[i] = 0.0
    return lost, travelling


@kernel()
def _spread_light(added, solid, dried, light, cells, beam, j, wide):  # type: ignore[no-untyped-def]
    """Divergence over one row: light crosses outwards from ring to ring, and what meets the wall is absorbed there.

    A beam whose width w grows by w' carries 2 pi r2 I w'/w through the circle of radius r, per length.
    """
    for i in range(wide - 1, -1, -1):
        moved = light[i] * 2.0 * math.pi * cells.edges[i + 1] ** 2 * beam.spread[j] * cells.heights[j]
        if moved <= 0.0:
            continue
        if i + 1 < wide:
            light[i] -= moved / cells.area[i]
            light[i + 1] += moved / cells.area[i + 1]
        else:
            # At grazing incidence the wall sends a share on down the hole.
            moved *= 1.0 - beam.wall_return
            light[i] -= moved / cells.area[i]
            _absorb_from_wall(added, solid, dried, cells, j, wide, moved)


@kernel()
def _mix_light(light, cells, mixing_radii, j, wide):  # type: ignore[no-untyped-def]
    """Mixing over one row: light relaxes to its mean over the hole within ``mixing_radii`` local radii."""
    power = 0.0
    for i in range(wide):
        power += light[i] * cells.area[i]
    mean = power / (math.pi * cells.edges[wide] ** 2)
    share = 1.0 - math.exp(-cells.heights[j] / (mixing_radii * cells.edges[wide]))
    for i in range(wide):
        light[i] += share * (mean - light[i])


@kernel()
def _carry_light(solid, dried, light, added, cells, beam):  # type: ignore[no-untyped-def]
    """Carry ``light`` [J/m2] per ring down the hole and into the tissue; returns what never reached tissue [J]."""
    nz, nr = solid.shape
    aside = np.zeros(nz)
    radius = np.zeros(nz, dtype=np.int64)
    lost, depth, foot, mouth = 0.0, 0.0, 0, 0
    for j in range(nz):
        # The hole at this depth is the rings that are open from the axis outwards; its mouth is that of the first row.
        wide = 0
        while wide < nr and solid[j, wide] == 0.0:
            wide += 1
        radius[j] = wide
        foot = j
        if j == 0:
            mouth = wide
        lost, travelling = _meet_tissue(added, solid, dried, light, aside, cells, beam, j, depth, mouth, lost)
        depth += cells.heights[j]
        if not travelling:
            break
        # What goes on spreads and mixes over the row before it comes to the next.
        if wide == 0 or j + 1 == nz:
            continue
        _spread_light(added, solid, dried, light, cells, beam, j, wide)
        if beam.mixing_radii > 0.0:
            _mix_light(light, cells, beam.mixing_radii, j, wide)
    # Light thrown aside falls evenly on all the wall above its depth, so from below upwards the lines add up.
    line = 0.0
    for j in range(foot, -1, -1):
        energy = line * cells.heights[j]
        line += aside[j]
        if energy > 0.0 and radius[j] < nr:
            _absorb_from_wall(added, solid, dried, cells, j, radius[j], energy)
        elif energy > 0.0:
            lost += energy
    # What is still under way has gone through the bottom of the grid.
    for i in range(nr):
        if light[i] > 0.0:
            lost += light[i] * cells.area[i]
    return lost

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
import dataclasses
import math

import numpy as np

from porelight import cite
from porelight.arrays import Floats
from porelight.cite import Cited
from porelight.compiled import kernel
from porelight.fields import Grid
from porelight.laser import Ablation, Laser, Setting, physics_of
from porelight.skin import Skin


@dataclasses.dataclass(frozen=True, slots=True)
class Mechanisms:
    """Switches for what a hole does to a beam; all on unless one is studied alone."""

    divergence: bool = True
    mixing: bool = True
    shielding: bool = True
    scattering: bool = True
    clouding: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
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
        lost = _march(
            solid,
            dried,
            self.profile * entered,
            added,
            self.absorption,
            self.dry_share,
            self.clouding,
            self.shield,
            self.spread,
            self.mixing_radii,
            self.wall_return,
            self.scatter,
            self.heights,
            self.r_edges,
            self.area,
        )
        return reflected, float(lost) + missed


def beer_lambert(
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
    cloud = _cloud(setting, ablation)
    profile, missed = ring_profile(setting, grid)
    return Beam(
        profile=profile,
        reflectance=fresnel_normal(complex_index(setting.laser, index.si, water.si)),
        missed=missed,
        clouding=cloud[0].si if cloud and switch.clouding else 0.0,
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


def _cloud(setting: Setting, ablation: Ablation) -> tuple[Cited, ...]:
    """Row of the light that lingering ejecta take up; none where pulses follow slowly or the laser has no such row.

    Scanned spots meet the ejecta of their neighbours too; wide spots are placed one by one and meet their own.
    """
    table = cite.table("lasers")
    wide = setting.spot_diameter >= table["widest_scanned_spot"].si
    row = ablation.clouding_wide if wide else ablation.clouding
    follows = 0.0 < setting.repetition_interval < table["clearing_time"].si
    many = setting.pulses_per_column > 1 or (setting.density > 0.0 and not wide)
    return (row,) if follows and many and row is not None else ()


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
def _inwards(added, solid, dried, mu, dry, widths, area, dz, j, i, energy):  # type: ignore[no-untyped-def]
    """Absorb ``energy`` [J] that falls on the wall of row j, from ring i outwards."""
    nr = solid.shape[1]
    end = 1e-3 * energy
    for q in range(i, nr):
        if solid[j, q] == 0.0:
            continue
        share = 1.0 - math.exp(-mu[j] * (1.0 - (1.0 - dry) * dried[j, q]) * widths[q])
        if q == nr - 1 or energy < end:
            share = 1.0
        added[j, q] += energy * share / (area[q] * dz[j])
        energy -= energy * share
        if energy <= 0.0:
            break


@kernel()
def _march(  # type: ignore[no-untyped-def]  # noqa: C901
    solid, dried, light, added, mu, dry, cloud, shield, spread, mixing, back, scatter, dz, edges, area
):
    """Carry ``light`` [J/m2] per ring down the hole and into the tissue; returns what never reached tissue [J]."""
    nz, nr = solid.shape
    widths = edges[1:] - edges[:-1]
    aside = np.zeros(nz)
    radius = np.zeros(nz, dtype=np.int64)
    lost = 0.0
    depth = 0.0
    foot = 0
    mouth = 0
    for j in range(nz):
        travelling = False
        wide = 0
        while wide < nr and solid[j, wide] == 0.0:
            wide += 1
        radius[j] = wide
        foot = j
        if j == 0:
            mouth = wide
        for i in range(nr):
            if light[i] <= 0.0:
                continue
            if solid[j, i] == 0.0:
                travelling = True
                continue
            screen = cloud
            if j > 0:
                screen += (1.0 - cloud) * shield[j] * min(max(4.0 * dried[j, i] - 2.0, 0.0), 1.0)
            taken = light[i] * area[i] * screen
            side = taken * scatter * depth / (depth + 2.0 * edges[mouth]) if mouth > 0 else 0.0
            lost += taken - side
            if side > 0.0:
                aside[j] += side / depth
            left = light[i] - taken / area[i]
            end = 1e-4 * left
            for q in range(j, nz):
                if solid[q, i] == 0.0:
                    continue
                share = 1.0 - math.exp(-mu[q] * (1.0 - (1.0 - dry) * dried[q, i]) * dz[q])
                if left < end or q == nz - 1:
                    share = 1.0
                added[q, i] += left * share / dz[q]
                left -= left * share
                if left <= 0.0:
                    break
            light[i] = 0.0
        depth += dz[j]
        if not travelling:
            break
        if wide == 0 or j + 1 == nz:
            continue
        for i in range(wide - 1, -1, -1):
            moved = light[i] * 2.0 * math.pi * edges[i + 1] ** 2 * spread[j] * dz[j]
            if moved <= 0.0:
                continue
            if i + 1 < wide:
                light[i] -= moved / area[i]
                light[i + 1] += moved / area[i + 1]
            else:
                moved *= 1.0 - back
                light[i] -= moved / area[i]
                _inwards(added, solid, dried, mu, dry, widths, area, dz, j, wide, moved)
        if mixing > 0.0:
            power = 0.0
            for i in range(wide):
                power += light[i] * area[i]
            mean = power / (math.pi * edges[wide] ** 2)
            share = 1.0 - math.exp(-dz[j] / (mixing * edges[wide]))
            for i in range(wide):
                light[i] += share * (mean - light[i])
    line = 0.0
    for j in range(foot, -1, -1):
        energy = line * dz[j]
        line += aside[j]
        if energy > 0.0 and radius[j] < nr:
            _inwards(added, solid, dried, mu, dry, widths, area, dz, j, radius[j], energy)
        elif energy > 0.0:
            lost += energy
    for i in range(nr):
        if light[i] > 0.0:
            lost += light[i] * area[i]
    return lost

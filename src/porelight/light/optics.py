"""Optical properties of skin by wavelength, each number a row with its source, and the media that light travels in.

Every function of wavelength [m] returns a :class:`porelight.cite.Cited` for that wavelength and refuses what its table
does not cover: nothing is extrapolated. Mixtures are the volume-weighted sums of Jacques 2013.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np

from porelight import cite, units
from porelight.cite import Cited
from porelight.light.monte_carlo.medium import Heterogeneous, Layered, Material, Slab, Volume
from porelight.light.monte_carlo.shapes import Cone, Ellipsoid, cylinder
from porelight.refusal import Refusal
from porelight.skin import Layer, Skin

SHORTEST_SCATTERED = 532 * units.nm
LONGEST_SCATTERED = 2100 * units.nm
"""Ends of the range where light is followed by Monte Carlo: beyond it water absorbs before anything scatters."""

RED_EDGE = 1000 * units.nm
"""Longest wavelength of the tables of blood and of the fit of melanosomes [m]."""
FITTED_TO = 1100 * units.nm
"""Longest wavelength of the fits of scattering; beyond it a row of its own, an assumption, carries them on [m]."""

# Shapes of the pore that no source gives, in shares of the funnel's depth, the gland's depth and a lobule's width.
FUNNEL_LIP: Final = 0.02
"""The funnel begins this much above the surface, so that its rim and the surface do not coincide."""
DUCT_OVERLAP: Final = 0.98
"""The duct begins a little inside the funnel, so that no gap is left between them."""
HAIR_REACH: Final = 1.2
"""The hair ends a little below the centre of the gland."""
LOBULE_HEIGHT: Final = 1.4

Tissue = Literal["epidermis", "dermis", "fat"]
Window = Literal["air", "gel", "sapphire"]


def water_absorption(wavelength: float) -> Cited:
    """Absorption coefficient of liquid water at 25 C (Segelstein 1981), log-linear between points."""
    return _on_curve("optics/water", "water", wavelength)


def fat_absorption(wavelength: float) -> Cited:
    """Absorption coefficient of lipid: mammalian fat to 1098 nm (van Veen 2004), single bands of sebum beyond."""
    if wavelength <= 1098.5 * units.nm:
        return _on_curve("optics/fat", "fat", wavelength)
    for band in cite.rows("optics/fat")["bands"]:
        if band["low_nm"] * units.nm <= wavelength <= band["high_nm"] * units.nm:
            return cite.table("optics/fat")[band["row"]]
    known = ", ".join(f"{band['low_nm']}-{band['high_nm']}" for band in cite.rows("optics/fat")["bands"])
    raise _refuse_wavelength("absorption of lipid", wavelength, f"532-1098 nm (van Veen 2004) and the bands {known} nm")


def blood_absorption(wavelength: float) -> tuple[Cited, ...]:
    """Rows whose sum, weighted by :func:`blood_weights`, is the absorption coefficient of whole blood."""
    table = cite.table("optics/blood")
    if wavelength > FITTED_TO:
        return (_constant_row(table["blood_beyond_1100"], wavelength),)
    if wavelength > RED_EDGE:
        return (table["blood_1064"],)
    return (
        _on_curve("optics/blood", "blood_oxygenated", wavelength),
        _on_curve("optics/blood", "blood_deoxygenated", wavelength),
        table["oxygen_saturation"],
    )


def whole_blood(wavelength: float) -> float:
    """Absorption coefficient of blood in skin [1/m]: S oxygenated + (1 - S) deoxygenated (Jacques 2013)."""
    found = blood_absorption(wavelength)
    if len(found) == 1:
        return found[0].si
    oxygenated, deoxygenated, saturation = (row.si for row in found)
    return saturation * oxygenated + (1.0 - saturation) * deoxygenated


def melanosome_absorption(wavelength: float) -> Cited:
    """Absorption coefficient of the interior of a melanosome: a (wavelength / 500 nm)^-b (Jacques 2013)."""
    table = cite.table("optics/tissue")
    start, exponent, reach = (table[f"melanosome_{part}"] for part in ("at_500", "exponent", "beyond_1000"))
    _check_range(
        "absorption of melanosomes",
        wavelength,
        SHORTEST_SCATTERED,
        LONGEST_SCATTERED,
        f"{start.source.title}; {reach.source.title}",
    )
    share = reach if wavelength > RED_EDGE else None
    factor = (wavelength / (500 * units.nm)) ** -exponent.si
    return _scale_row(start, share, factor, f"melanosome absorption at {_format_nm(wavelength)}")


def reduced_scattering(tissue: Tissue, wavelength: float) -> Cited:
    """Reduced scattering coefficient, Jacques 2013 equation 2.

    mu_s' = a (f (wavelength / 500 nm)^-4 + (1 - f) (wavelength / 500 nm)^-b), with a, f and b of the tissue.
    """
    table = cite.table("optics/tissue")
    a, rayleigh, mie = (table[f"{tissue}_{part}"] for part in ("scattering", "rayleigh", "mie"))
    reach = table["scattering_beyond_1100"]
    _check_range(
        f"scattering of {tissue}",
        wavelength,
        SHORTEST_SCATTERED,
        LONGEST_SCATTERED,
        f"{a.source.title}; {reach.source.title}",
    )
    x = wavelength / (500 * units.nm)
    factor = rayleigh.si * x**-4 + (1.0 - rayleigh.si) * x**-mie.si
    return _scale_row(
        a, reach if wavelength > FITTED_TO else None, factor, f"{tissue} scattering at {_format_nm(wavelength)}"
    )


def bloodless_absorption_jacques1998(wavelength: float) -> float:
    """Absorption of skin without blood and melanin [1/m]; 350-1100 nm, rat skin: a variant, not the default.

    mu_a = c + s exp(-(wavelength - w0) / w). Reference: Jacques 1998, Skin Optics.
    """
    _check_range("absorption of bloodless skin", wavelength, 350 * units.nm, FITTED_TO, "Jacques 1998, Skin Optics")
    table = cite.table("optics/tissue")
    c, s, start, width = (table[f"bloodless_jacques_{part}"].si for part in ("offset", "slope", "start", "width"))
    return c + s * math.exp(-(wavelength - start) / width)


def layer_material(layer: Layer, wavelength: float) -> Material:
    """What light meets in one layer of skin.

    mu_a = W water + B blood + M melanosomes + F fat by volume fractions (Jacques 2013); mu_s = mu_s' / (1 - g).
    """
    parts: list[tuple[float, float, tuple[Cited, ...]]] = [_absorbing_part(layer.water, water_absorption(wavelength))]
    if layer.blood > 0.0:
        parts.append((layer.blood, whole_blood(wavelength), blood_absorption(wavelength)))
    if layer.melanin > 0.0:
        parts.append(_absorbing_part(layer.melanin, melanosome_absorption(wavelength)))
    if layer.fat > 0.0:
        parts.append(_absorbing_part(layer.fat, fat_absorption(wavelength)))
    scattering = reduced_scattering(layer.name, wavelength)
    return Material(
        name=layer.name,
        absorption=sum(share * absorption for share, absorption, _ in parts),
        scattering=scattering.si / (1.0 - layer.anisotropy),
        anisotropy=layer.anisotropy,
        refractive_index=layer.refractive_index,
        rests_on=(*(row for _, _, rows in parts for row in rows), scattering),
    )


def sebum_material(wavelength: float, anisotropy: float) -> Material:
    """The plug of a pore, and what fills a gland: lipid that scatters a little."""
    table = cite.table("optics/tissue")
    absorption, scattering = fat_absorption(wavelength), reduced_scattering("fat", wavelength)
    share, index = table["sebum_scattering"], table["sebum_index"]
    return Material(
        name="sebum",
        absorption=absorption.si,
        scattering=share.si * scattering.si / (1.0 - anisotropy),
        anisotropy=anisotropy,
        refractive_index=index.si,
        rests_on=(absorption, scattering, share, index),
    )


def gland_material(wavelength: float, dermis: Layer) -> Material:
    """A sebaceous gland: sebum, and cells with the water of the dermis around; indices mixed by volume."""
    fill, around = sebum_material(wavelength, dermis.anisotropy), layer_material(dermis, wavelength)
    water, share = water_absorption(wavelength), cite.table("optics/tissue")["gland_sebum"]
    rest = 1.0 - share.si
    return Material(
        name="gland",
        absorption=share.si * fill.absorption + rest * dermis.water * water.si,
        scattering=share.si * fill.scattering + rest * around.scattering,
        anisotropy=dermis.anisotropy,
        refractive_index=share.si * fill.refractive_index + rest * around.refractive_index,
        rests_on=(*fill.rests_on, *around.rests_on, water, share),
    )


def hair_material(wavelength: float, dermis: Layer) -> Material:
    """A vellus hair: keratin that scatters as the dermis does, with a little water and melanin."""
    table = cite.table("optics/tissue")
    water, melanin, index = table["hair_water"], table["hair_melanin"], table["hair_index"]
    absorbers = water_absorption(wavelength), melanosome_absorption(wavelength)
    scattering = reduced_scattering("dermis", wavelength)
    return Material(
        name="hair",
        absorption=water.si * absorbers[0].si + melanin.si * absorbers[1].si,
        scattering=scattering.si / (1.0 - dermis.anisotropy),
        anisotropy=dermis.anisotropy,
        refractive_index=index.si,
        rests_on=(water, melanin, index, *absorbers, scattering),
    )


def skin_layers(skin: Skin, wavelength: float, window: Window = "air") -> Layered:
    """The layers of a skin without its pore, the last carried down without end, under air, gel or sapphire."""
    slabs = [Slab(layer_material(layer, wavelength), layer.thickness) for layer in skin.layers]
    slabs[-1] = dataclasses.replace(slabs[-1], thickness=math.inf)
    return Layered(tuple(slabs), above=window_index(window), below=slabs[-1].material.refractive_index)


def skin_with_pore(skin: Skin, wavelength: float, window: Window = "air") -> Heterogeneous:
    """The same with its pore on the axis: funnel (air, or sebum when plugged), duct, gland lobules and vellus hair."""
    # Where bodies overlap the later one counts: gland, the duct through it, the funnel over the duct, the hair in all.
    layers = skin_layers(skin, wavelength, window)
    table = cite.table("optics/tissue")
    pore = skin.pore
    dermis = next(layer for layer in skin.layers if layer.name == "dermis")
    fill = sebum_material(wavelength, dermis.anisotropy)
    mouth = fill if pore.plugged else Material("air", 0.0, 0.0)
    radius = 0.5 * pore.opening_diameter
    duct = radius * table["duct_share"].si
    lip = FUNNEL_LIP * pore.funnel_depth
    wide = radius + (radius - duct) * lip / pore.funnel_depth
    centre = pore.gland_depth
    volumes = [
        Volume(shape, gland_material(wavelength, dermis))
        for shape in gland_lobules(pore.gland_depth, pore.gland_diameter)
    ]
    volumes.append(Volume(cylinder((0.0, 0.0, DUCT_OVERLAP * pore.funnel_depth), (0.0, 0.0, centre), duct), fill))
    funnel = Cone((0.0, 0.0, -lip), (0.0, 0.0, pore.funnel_depth), wide, duct)
    volumes.append(Volume(funnel, mouth))
    shaft = 0.5 * table["hair_diameter"].si
    volumes.append(
        Volume(cylinder((0.0, 0.0, -lip), (0.0, 0.0, HAIR_REACH * centre), shaft), hair_material(wavelength, dermis))
    )
    return Heterogeneous(layers, tuple(volumes))


def gland_lobules(depth: float, diameter: float) -> tuple[Ellipsoid, ...]:
    """Four lobules side by side around the follicle, together as wide as the gland; ``depth`` of their centres [m]."""
    half = 0.5 * diameter * cite.table("optics/tissue")["lobule_share"].si
    out = 0.5 * diameter - half
    places = ((out, 0.0), (0.0, out), (-out, 0.0), (0.0, -out))
    return tuple(Ellipsoid((x, y, depth), (half, half, LOBULE_HEIGHT * half)) for x, y in places)


def window_index(window: Window) -> float:
    """Refractive index of what lies on the skin."""
    return 1.0 if window == "air" else cite.table("optics/tissue")[f"{window}_index"].si


def _absorbing_part(share: float, row: Cited) -> tuple[float, float, tuple[Cited, ...]]:
    return share, row.si, (row,)


@functools.cache
def _curve_points(table: str, name: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    listed = [point for line in cite.rows(table)["curves"][name]["points"] for point in line]
    x, y = np.array(listed, dtype=float).T
    return x, np.log(y)


def _on_curve(table: str, name: str, wavelength: float) -> Cited:
    """The point of a spectrum at one wavelength, log-linear between its points, as a row of its own."""
    curve = cite.rows(table)["curves"][name]
    x, log_y = _curve_points(table, name)
    nm = wavelength / units.nm
    source = cite.source(curve["source"])
    _check_range(curve["quantity"], wavelength, x[0] * units.nm, x[-1] * units.nm, source.title)
    # Stretches that the source leaves out are not bridged by interpolation.
    for low, high in curve.get("gaps_nm", ()):
        if low < nm < high:
            raise _refuse_wavelength(curve["quantity"], wavelength, _list_wavelengths(x, high) + f" ({source.title})")
    # At a point of the table the value is the source's own; between two it is ours.
    exact = bool(np.any(np.abs(x - nm) < 0.05))
    return Cited(
        key=f"{name}_absorption_{nm:.0f}",
        quantity=f"{curve['quantity']} at {_format_nm(wavelength)}",
        value=float(np.exp(np.interp(nm, x, log_y))),
        unit=curve["unit"],
        source=source,
        confidence=curve["confidence"] if exact else "derived",
        conditions=curve["conditions"],
        note=curve.get("note", ""),
    )


def _list_wavelengths(x: Sequence[float] | np.ndarray[Any, Any], below: float) -> str:
    single = ", ".join(f"{point:g}" for point in x if point <= below)
    return f"the wavelengths {single} nm and from {min(point for point in x if point >= below):g} to {max(x):g} nm"


def _scale_row(start: Cited, reach: Cited | None, factor: float, quantity: str) -> Cited:
    """A row carried along a formula; beyond the range of its fit the assumption that allows it is named."""
    # Bounds multiply: those of the law's amplitude and those of the assumption that carries it on.
    share = 1.0 if reach is None else reach.value
    low, high = (1.0, 1.0) if reach is None else (reach.low or 0.0, reach.high or share)
    beyond = () if reach is None else (f"{reach.quantity}: {reach.note}",)
    return Cited(
        key=f"{start.key}_{quantity.rsplit(' ', 2)[-2]}",
        quantity=quantity,
        value=start.value * factor * share,
        low=(start.low if start.low is not None else start.value) * factor * low,
        high=(start.high if start.high is not None else start.value) * factor * high,
        unit=start.unit,
        source=start.source if reach is None else reach.source,
        confidence="derived" if reach is None else reach.confidence,
        conditions=start.conditions,
        note="; ".join((*beyond, start.note)),
    )


def _constant_row(row: Cited, wavelength: float) -> Cited:
    _check_range(row.quantity, wavelength, FITTED_TO, LONGEST_SCATTERED, row.source.title)
    return row


def _check_range(what: str, wavelength: float, low: float, high: float, source: str) -> None:
    # A hundredth of a nanometre forgives 532 * nm written in another order.
    slack = 0.01 * units.nm
    if not low - slack <= wavelength <= high + slack:
        raise _refuse_wavelength(what, wavelength, f"{_format_nm(low)} to {_format_nm(high)} ({source})")


def _refuse_wavelength(what: str, wavelength: float, known: str) -> Refusal:
    return Refusal(
        f"{_format_nm(wavelength)} is outside {known}", where=what, advice="Use a wavelength that is covered"
    )


def _format_nm(wavelength: float) -> str:
    return f"{wavelength / units.nm:.6g} nm"

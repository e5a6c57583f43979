"""Two photos of the same skin: what changed, and the smallest change that could have been seen.

The photos are registered and made alike (``register``, ``alike``), then both are measured with the same parameters on
the skin that both show, and pores are matched one to one. Every length of the second photo is divided by the local
scale of the registration, so a change of viewing distance is no change of the pores.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np

from porelight import cite
from porelight.arrays import Floats, Indices, Mask
from porelight.photo.census import PoreCensus, Pores
from porelight.photo.compare.alike import Alike, made_alike
from porelight.photo.compare.change import Change, Pairs
from porelight.photo.compare.register import Registration, register
from porelight.photo.compare.tally import SURE, Sizes, measures_of
from porelight.photo.decode import Picture
from porelight.photo.face.regions import cover_regions, name_at
from porelight.photo.mask import skin_mask
from porelight.photo.measure import measure
from porelight.photo.pores.detect import detect
from porelight.photo.pores.size import PoreScale, ladder, pore_scale, pyramid
from porelight.photo.tone import linear, logarithm, luminance
from porelight.refusal import Refusal
from porelight.version import __version__

PARTNER: Final = 0.6
"""How far apart two finds of one pore may lie, in pore diameters."""
RESOLVED: Final = 5.0
"""Diameter [px of the common raster] from which a pore's change is its own: from 4 px down, blur holds it up."""
UNSURE: Final = 0.3
"""Relative error of the outlines from which a pore tells nothing: texture and noise fit no pore's shape well."""
NOTED: Final = 0.3
"""Blur that is worth a remark [px of the common raster]."""
LITTLE: Final = 0.25
"""Share of common dots that is worth a remark."""
UNEVEN: Final = 0.02
"""Relative difference of two scales typed or found on skin that bends, worth no remark."""
ROWS: Final = (
    *("retake_diameter", "retake_spread", "retake_count", "retake_area", "retake_enlarged", "retake_pore"),
    *("fewest_pairs", "least_shared", "most_sizing", "most_stretch", "most_softer"),
)


def compare(
    before: Picture,
    after: Picture,
    *,
    um_per_px: float | tuple[float | None, float | None] | None = None,
    census_before: PoreCensus | None = None,
    census_after: PoreCensus | None = None,
    seed: int = 0,
) -> Change:
    """What changed between two photos of the same skin.

    Args:
        before: the first photo.
        after: the second.
        um_per_px: scale of both as a person typed it, or of each; None where it is not known.
        census_before: what :func:`~porelight.photo.measure.measure` told of the first photo, if it was asked before.
        census_after: the same of the second.
        seed: of the bootstrap, and of the noise that is added to the less noisy photo.

    Raises:
        Refusal: a photo cannot be used, or the two cannot be compared: it says why.
    """
    scales = um_per_px if isinstance(um_per_px, tuple) else (um_per_px, um_per_px)
    told = (census_before or measure(before, scales[0]), census_after or measure(after, scales[1]))
    for picture, census in zip((before, after), told, strict=True):
        _check_usable(picture, census)
    light = [logarithm(luminance(linear(picture.pixels))) for picture in (before, after)]
    found = register(light[0], light[1], *told)
    same = _check_comparable(found, after, told)
    alike = _made_alike(before, after, told, same, seed)
    return _told(alike, same, told, after, seed)


def _made_alike(
    before: Picture, after: Picture, told: tuple[PoreCensus, PoreCensus], same: Registration, seed: int
) -> Alike:
    """Both photos alike.

    Raises:
        Refusal: one is so much softer that the pores of the other would drown with it.
    """
    masks = _searched(before, told[0]), _searched(after, told[1])
    usual = float(np.median(told[0].pores.diameter))
    alike = made_alike(before, after, masks, same, usual, _all(same, *told), seed)
    if abs(alike.softer) * alike.step > cite.table("compare")["most_softer"].si * usual:
        where = after.where if alike.softer > 0.0 else before.where
        raise Refusal("this photo is much softer than the other", where=where, advice="Take it again, sharp")
    return alike


def _check_usable(picture: Picture, census: PoreCensus) -> None:
    if not census.pore_count:
        raise Refusal("no pore was found in this photo", where=picture.where, advice="Take another, sharp and closer")
    if census.gate.level != "refuse":
        return
    finding = next(each for each in census.gate.findings if each.level == "refuse")
    what = f"this photo cannot carry a comparison: it is {finding.flag}"
    raise Refusal(what, where=picture.where, advice=finding.advice.rstrip("."))


def _check_comparable(found: Registration | None, after: Picture, told: tuple[PoreCensus, PoreCensus]) -> Registration:
    """The registration, if it holds.

    Raises:
        Refusal: other skin, or seen too differently.
    """
    rows = cite.table("compare")
    if found is None or found.shared < rows["least_shared"].si + found.by_chance:
        what = "this does not show the skin of the first photo: the pattern of its pores is another"
        advice = "Compare two photos of the same place of the same person, from about the same angle and distance"
        raise Refusal(what, where=after.where, advice=advice)
    if not 1.0 / rows["most_sizing"].si <= found.scale <= rows["most_sizing"].si:
        how = "closer" if found.scale > 1.0 else "farther away"
        what = f"this photo was taken from much {how} than the first"
        raise Refusal(what, where=after.where, advice="Take both from about the same distance")
    if found.stretch > rows["most_stretch"].si:
        what = "this photo was taken from another angle than the first"
        raise Refusal(what, where=after.where, advice="Hold the camera square to the skin both times")
    return found


def _searched(picture: Picture, census: PoreCensus) -> Mask:
    searched: Mask = skin_mask(linear(picture.pixels), census.face).searched
    return searched & (cover_regions(census.regions, picture.height, picture.width) > 0) if census.regions else searched


def _all(found: Registration, before: PoreCensus, after: PoreCensus) -> tuple[Floats, Floats, Floats]:
    """Place and diameter of the pores of both photos in px of the first; those of the second by the inverse map."""
    x, y = found.back(after.pores.x, after.pores.y)
    inside = (x >= 0) & (y >= 0) & (x < before.width) & (y < before.height)
    diameter = after.pores.diameter[inside] / found.scale
    one = before.pores
    return np.append(one.x, x[inside]), np.append(one.y, y[inside]), np.append(one.diameter, diameter)


def _told(alike: Alike, found: Registration, told: tuple[PoreCensus, PoreCensus], after: Picture, seed: int) -> Change:
    rows = cite.table("compare")
    one, other = _measured(alike)
    partners = _partners(one, other)
    pairs = _pairs(one, other, partners, found, told[0], RESOLVED * alike.step)
    if pairs.resolved.sum() < rows["fewest_pairs"].si:
        what = f"only {pairs.resolved.sum()} pores are wide enough and were found in both photos, too few to compare"
        raise Refusal(what, where=after.where, advice="Use sharp photos, taken closer, that show more of the same skin")
    sizes = Sizes(one, other, pairs, partners, told[0], found, alike.common.astype(np.float32), alike.step)
    return Change(
        before=told[0],
        after=told[1],
        registration=found,
        pairs=pairs,
        measures=measures_of(sizes, seed),
        only_before=len(one) - len(partners),
        only_after=len(other) - len(partners),
        softer_px=alike.softer * alike.step,
        noisier=alike.noisier,
        remarks=_remarks(alike, found, told, sizes),
        seed=seed,
        version=__version__,
        rests_on=(*(rows[key] for key in ROWS), told[0].enlarged_from),
    )


def _remarks(alike: Alike, found: Registration, told: tuple[PoreCensus, PoreCensus], sizes: Sizes) -> tuple[str, ...]:
    """What limits the comparison, and what was done to make the photos alike."""
    before, after = told
    said = [_scales(found, before, after)]
    names = ("second", "first") if alike.softer > 0.0 else ("first", "second")
    if abs(alike.softer) > NOTED:
        said.append(f"The {names[0]} photo is softer: the {names[1]} was blurred as much before both were measured.")
    if found.shared < LITTLE:
        said.append("The light came from other sides, or the skin changed: fewer pores than usual look alike in both.")
    if found.overlap < 0.5:
        said.append(f"The second photo shows {100.0 * found.overlap:.0f} % of the first: only that part is compared.")
    for name, census in (("first", before), ("second", after)):
        if census.gate.level == "usable with care":
            flags = ", ".join(each.flag for each in census.gate.findings if each.level == "usable with care")
            said.append(f"The {name} photo is usable with care: {flags}.")
    small = len(sizes.pairs) - int(sizes.pairs.resolved.sum())
    if small:
        said.append(f"{small} of the {len(sizes.pairs)} pores found in both are too small in px or too faint to tell.")
    return tuple(said)


def _scales(found: Registration, before: PoreCensus, after: PoreCensus) -> str:
    """How lengths of the two photos were brought together."""
    if before.scale is None:
        return (
            "The photo has no scale, so only relative changes are told. A change of viewing distance is divided out: "
            "the skin around the pores counts as unchanged in length."
        )
    if after.scale is None:
        return "Only the first photo has a scale: that of the second follows from the skin that both show."
    ratio = found.scale * after.scale.um_per_px / before.scale.um_per_px
    error = np.sqrt(before.scale.relative_error**2 + after.scale.relative_error**2 + UNEVEN**2)
    if abs(np.log(ratio)) > SURE * error:
        percent = 100.0 * (ratio - 1.0)
        return (
            f"The scales of the two photos differ by {percent:+.0f} % on the same skin. The scale of the first is used "
            "for both, so that the difference is no change of the pores."
        )
    return "Both photos have a scale and they agree; that of the first is used for both."


def _measured(alike: Alike) -> tuple[Pores, Pores]:
    """The pores of both, found and fitted with one scale; places and lengths in px of the first photo."""
    skin = alike.common.astype(np.float32)
    levels = [pyramid(light, skin) for light in (alike.before, alike.after)]
    rungs = ladder(alike.before.shape)
    scales = [pore_scale(each, rungs) for each in levels]
    shared = PoreScale(float(np.sqrt(scales[0].scale * scales[1].scale)), min(scale.asymmetry for scale in scales))
    one, other = (_enlarged(detect(each, shared)[0], alike) for each in levels)
    return one, other


def _enlarged(pores: Pores, alike: Alike) -> Pores:
    x, y = alike.of_before(pores.x, pores.y)
    step = alike.step
    return dataclasses.replace(
        pores, x=x, y=y, diameter=step * pores.diameter, diameter_error=step * pores.diameter_error
    )


def _partners(one: Pores, other: Pores) -> Indices:
    """Pairs (n, 2) of pores that are nearest to each other."""
    from scipy.spatial import cKDTree

    if not len(one) or not len(other):
        return np.zeros((0, 2), np.intp)
    mine, others = (np.stack([pores.x, pores.y], axis=-1) for pores in (one, other))
    gap, there = (np.asarray(each) for each in cKDTree(others).query(mine))
    back = np.asarray(cKDTree(mine).query(others)[1])
    rows = np.arange(len(one))
    reach = PARTNER * np.sqrt(one.diameter * other.diameter[there])
    kept = (back[there] == rows) & (gap <= reach)
    return np.stack([rows[kept], there[kept]], axis=-1)


def _pairs(
    one: Pores, other: Pores, partners: Indices, found: Registration, census: PoreCensus, resolved: float
) -> Pairs:
    i, j = partners[:, 0], partners[:, 1]
    x, y = 0.5 * (one.x[i] + other.x[j]), 0.5 * (one.y[i] + other.y[j])
    x_after, y_after = found.at(x, y)
    ratio = other.diameter[j] / one.diameter[i]
    retake = cite.table("compare")["retake_pore"].si
    own = [pores.diameter_error[rows] / pores.diameter[rows] for pores, rows in ((one, i), (other, j))]
    error = np.sqrt(own[0] ** 2 + own[1] ** 2 + retake**2)
    sure = np.log(ratio) / (SURE * error)
    return Pairs(
        x=x,
        y=y,
        x_after=x_after,
        y_after=y_after,
        before=one.diameter[i],
        after=other.diameter[j],
        before_error=one.diameter_error[i],
        after_error=other.diameter_error[j],
        resolved=(np.sqrt(one.diameter[i] * other.diameter[j]) >= resolved) & (np.hypot(*own) <= UNSURE),
        change_pct=100.0 * (ratio - 1.0),
        change_error_pct=100.0 * ratio * error,
        result=tuple("smaller" if each < -1.0 else "larger" if each > 1.0 else "no detectable change" for each in sure),
        region=name_at(x, y, census.regions),
    )

"""Two photos of the same skin: what changed, and the smallest change that could have been seen.

The photos are registered by the texture of the skin (``register``). Where sizes can be compared, both are made alike
(``alike``) and measured with the same parameters on the skin that both show, and pores are matched one to one. Every
length of the second photo is divided by the local scale of the registration, so a change of viewing distance is no
change of the pores.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np

from porelight import cite
from porelight.arrays import Floats, Indices, Mask, Plane
from porelight.message import Message, counted_message, message
from porelight.photo.census import PoreCensus, Pores
from porelight.photo.compare.alike import Alike, match_photos
from porelight.photo.compare.change import Change, Pairs
from porelight.photo.compare.likeness import Likeness, compare_likeness
from porelight.photo.compare.register import register_photos
from porelight.photo.compare.registration import Registration
from porelight.photo.compare.tally import CHANGE_QUANTILE, Sizes, measures_of
from porelight.photo.decode import Picture
from porelight.photo.face.regions import cover_regions, name_at
from porelight.photo.mask import skin_mask
from porelight.photo.measure import measure
from porelight.photo.pores.detect import detect
from porelight.photo.pores.size import PoreScale, ladder, pore_scale, pyramid
from porelight.photo.tone import linear, logarithm, luminance
from porelight.refusal import Refusal
from porelight.version import __version__

BOTH_PHOTOS: Final = (message("compare.first"), message("compare.second"))
PARTNER_GAP: Final = 0.6
"""How far apart two detections of one pore may lie, in pore diameters."""
RESOLVED_PX: Final = 5.0
"""Diameter [px of the common raster] from which a pore's change is its own: from 4 px down, blur holds it up."""
UNSURE_OUTLINE: Final = 0.3
"""Relative error of the outlines from which a pore says nothing: texture and noise fit no pore's shape well."""
NOTABLE_BLUR: Final = 0.3
"""Blur that is worth a remark [px of the common raster]."""
FEW_SHARED: Final = 0.25
"""Share of common dots that is worth a remark."""
SMALL_OVERLAP: Final = 0.5
"""Share of the first photo below which it is remarked that only a part is compared."""
UNEVEN_SCALE: Final = 0.02
"""Relative difference of two scales typed or found on skin that bends, worth no remark."""
FEWEST_PIXELS: Final = 250
"""Longer side of a photo below which small size is named as the likely cause of no match [px]."""
LEAST_RELIEF: Final = 0.6
"""Correlation of relief from which light and focus are alike enough for sizes, whatever the dots say."""
COPY_RELIEF: Final = 0.94
"""Correlation of relief from which two photos may be one exposure: JPEG 30 leaves .95, true retakes reach .77."""
COPY_TONE: Final = 0.015
"""Difference of shading up to which they are: copies have up to .004, true retakes .06 and more (docs/compare.md)."""
COPY_BEND: Final = 0.0025
"""How far places may lie from a similarity: copies have up to .0012, retakes from .0043 (docs/compare.md)."""
COMPARE_ROWS: Final = (
    *("retake_diameter", "retake_spread", "retake_count", "retake_area", "retake_enlarged", "retake_pore"),
    *("fewest_pairs", "least_shared", "most_sizing", "most_stretch", "most_softer"),
)

_NOTHING: Final = np.zeros(0)
NO_PAIRS: Final = Pairs(
    x=_NOTHING,
    y=_NOTHING,
    x_after=_NOTHING,
    y_after=_NOTHING,
    before=_NOTHING,
    after=_NOTHING,
    before_error=_NOTHING,
    after_error=_NOTHING,
    resolved=np.zeros(0, np.bool_),
    change_pct=_NOTHING,
    change_error_pct=_NOTHING,
    result=(),
    region=(),
)
"""Where sizes cannot be compared."""


def compare_photos(
    before: Picture,
    after: Picture,
    *,
    um_per_px: float | tuple[float | None, float | None] | None = None,
    census_before: PoreCensus | None = None,
    census_after: PoreCensus | None = None,
    seed: int = 0,
) -> Change:
    """What changed between two photos of the same skin.

    Whether they show the same skin and whether sizes can be compared are two questions. The first is answered by the
    texture, before any pore, quality or scale is asked; the second may be answered "no", with the reason.

    Args:
        before: the first photo.
        after: the second.
        um_per_px: scale of both as a person typed it, or of each; None where it is not known.
        census_before: what :func:`~porelight.photo.measure.measure` found in the first photo, if it was asked before.
        census_after: the same of the second.
        seed: of the bootstrap, and of the noise that is added to the less noisy photo.

    Raises:
        Refusal: a photo cannot be read as skin, or the two could not be matched: it gives the likely cause.
    """
    scales = um_per_px if isinstance(um_per_px, tuple) else (um_per_px, um_per_px)
    censuses = (census_before or measure(before, scales[0]), census_after or measure(after, scales[1]))
    light = [luminance(linear(picture.pixels)) for picture in (before, after)]
    log_light = [logarithm(each) for each in light]
    found = _check_matched(register_photos(log_light[0], log_light[1], *censuses), log_light, censuses, after)
    likeness = compare_likeness(log_light[0], log_light[1], found)
    reason = _why_no_sizes(found, censuses, likeness)
    if reason is not None:
        return _matched_only(found, censuses, likeness, reason, seed)
    masks = _searched_skin(before, censuses[0]), _searched_skin(after, censuses[1])
    typical = float(np.median(censuses[0].pores.diameter))
    alike = match_photos((light[0], light[1]), masks, found, typical, _all_pores(found, *censuses), seed)
    if abs(alike.softer) * alike.step > cite.table("compare")["most_softer"].si * typical:
        softer = BOTH_PHOTOS[alike.softer > 0.0]
        return _matched_only(found, censuses, likeness, message("compare.much_softer", which=softer), seed)
    return _compare_sizes(alike, found, censuses, likeness, seed)


def _check_matched(
    found: Registration | None, light: list[Plane], censuses: tuple[PoreCensus, PoreCensus], after: Picture
) -> Registration:
    """The map, if it holds.

    Raises:
        Refusal: none holds. That does not prove another place: a third of true retakes find no match either.
    """
    if found is not None and (
        found.places or found.shared >= cite.table("compare")["least_shared"].si + found.by_chance
    ):
        return found
    cause, advice = _likely_cause(light, censuses)
    raise Refusal(
        f"this photo could not be matched with the first: {cause}. This does not mean that it shows another place",
        where=after.where,
        advice=advice,
    )


def _likely_cause(light: list[Plane], censuses: tuple[PoreCensus, PoreCensus]) -> tuple[str, str]:
    """What most likely kept two photos from being matched, and how to take the second again."""
    sides = [max(each.shape) for each in light]
    for name, census, side in zip(("first", "second"), censuses, sides, strict=True):
        flags = {finding.flag for finding in census.gate.findings if finding.level == "refuse"}
        if flags & {"blurred", "underexposed", "overexposed", "noisy"}:
            return f"the {name} photo is {', '.join(sorted(flags))}", "Take it again, sharp and in even light"
        if side < FEWEST_PIXELS:
            return f"the {name} photo has only {side} px", "Use the photo as the camera made it, not a small copy"
    return (
        "the light, the angle or the distance may differ too much",
        "Take the second photo from where the first was taken, in the same light, with a landmark such as a mole in it",
    )


def _why_no_sizes(found: Registration, censuses: tuple[PoreCensus, PoreCensus], likeness: Likeness) -> Message | None:
    """Why sizes in two matched photos cannot be compared; None where they can be tried."""
    rows = cite.table("compare")
    for which, census in zip(BOTH_PHOTOS, censuses, strict=True):
        if not census.pore_count:
            return message("compare.no_pores", which=which)
        for finding in census.gate.findings:
            if finding.level == "refuse":
                return message("compare.refused", which=which, flag=finding.flag, advice=finding.advice)
    if not 1.0 / rows["most_sizing"].si <= found.scale <= rows["most_sizing"].si:
        return message("compare.much_closer" if found.scale > 1.0 else "compare.much_farther")
    if found.stretch > rows["most_stretch"].si:
        return message("compare.other_angle")
    recur = found.shared >= rows["least_shared"].si + found.by_chance
    if likeness.relief < LEAST_RELIEF and not recur:
        return message("compare.other_light")
    return None


def _searched_skin(picture: Picture, census: PoreCensus) -> Mask:
    searched: Mask = skin_mask(linear(picture.pixels), census.face).searched
    return searched & (cover_regions(census.regions, picture.height, picture.width) > 0) if census.regions else searched


def _all_pores(found: Registration, before: PoreCensus, after: PoreCensus) -> tuple[Floats, Floats, Floats]:
    """Place and diameter of the pores of both photos in px of the first; those of the second by the inverse map."""
    x, y = found.back(after.pores.x, after.pores.y)
    inside = (x >= 0) & (y >= 0) & (x < before.width) & (y < before.height)
    diameter = after.pores.diameter[inside] / found.scale
    one = before.pores
    return np.append(one.x, x[inside]), np.append(one.y, y[inside]), np.append(one.diameter, diameter)


def _matched_only(
    found: Registration, censuses: tuple[PoreCensus, PoreCensus], likeness: Likeness, reason: Message, seed: int
) -> Change:
    """The same skin in photos whose sizes cannot be compared; a copy is called so first."""
    rows = cite.table("compare")
    copied = _is_one_exposure(found, likeness)
    return Change(
        outcome="copy" if copied else "sizes not comparable",
        reason=message("compare.copy") if copied else reason,
        before=censuses[0],
        after=censuses[1],
        registration=found,
        pairs=NO_PAIRS,
        measures=(),
        only_before=0,
        only_after=0,
        softer_px=0.0,
        noisier=0.0,
        remarks=(),
        seed=seed,
        version=__version__,
        rests_on=tuple(rows[key] for key in ("least_shared", "most_sizing", "most_stretch", "most_softer")),
    )


def _compare_sizes(
    alike: Alike, found: Registration, censuses: tuple[PoreCensus, PoreCensus], likeness: Likeness, seed: int
) -> Change:
    """The pores of both photos on one raster, pair by pair and as a whole."""
    rows = cite.table("compare")
    one, other = _measure_both(alike)
    partners = _find_partners(one, other)
    pairs = _make_pairs(one, other, partners, found, censuses[0], RESOLVED_PX * alike.step)
    if pairs.resolved.sum() < rows["fewest_pairs"].si:
        few = message("compare.few_pores", count=int(pairs.resolved.sum()))
        return _matched_only(found, censuses, likeness, few, seed)
    sizes = Sizes(one, other, pairs, partners, censuses[0], found, alike.common.astype(np.float32), alike.step)
    measures = measures_of(sizes, seed)
    remarks = _list_remarks(alike, found, censuses, sizes)
    unchanged = measures[0].result == "no detectable change"
    if _is_one_exposure(found, likeness) and not unchanged:
        remarks = (message("compare.edited"), *remarks)
    copied = _is_one_exposure(found, likeness) and unchanged
    return Change(
        outcome="copy" if copied else "sizes compared",
        reason=message("compare.copy") if copied else None,
        before=censuses[0],
        after=censuses[1],
        registration=found,
        pairs=pairs,
        measures=measures,
        only_before=len(one) - len(partners),
        only_after=len(other) - len(partners),
        softer_px=alike.softer * alike.step,
        noisier=alike.noisier,
        remarks=remarks,
        seed=seed,
        version=__version__,
        rests_on=(*(rows[key] for key in COMPARE_ROWS), censuses[0].enlarged_from),
    )


def _is_one_exposure(found: Registration, likeness: Likeness) -> bool:
    alike = likeness.relief >= COPY_RELIEF and likeness.tone <= COPY_TONE
    return alike and found.bend is not None and found.bend <= COPY_BEND


def _list_remarks(
    alike: Alike, found: Registration, censuses: tuple[PoreCensus, PoreCensus], sizes: Sizes
) -> tuple[Message, ...]:
    """What limits the comparison, and what was done to make the photos alike."""
    before, after = censuses
    remarks = [_scale_remark(found, before, after)]
    sharper, softer = BOTH_PHOTOS if alike.softer > 0.0 else BOTH_PHOTOS[::-1]
    if abs(alike.softer) > NOTABLE_BLUR:
        remarks.append(message("compare.softer", softer=softer, sharper=sharper))
    if found.shared < FEW_SHARED:
        remarks.append(message("compare.few_alike"))
    if found.overlap < SMALL_OVERLAP:
        remarks.append(message("compare.overlap", share=100.0 * found.overlap))
    for which, census in zip(BOTH_PHOTOS, (before, after), strict=True):
        careful = [finding for finding in census.gate.findings if finding.level == "usable with care"]
        remarks += [message("compare.with_care", which=which, flag=finding.flag) for finding in careful]
    small = len(sizes.pairs) - int(sizes.pairs.resolved.sum())
    if small:
        remarks.append(counted_message("compare.too_small", small, pairs=len(sizes.pairs)))
    return tuple(remarks)


def _scale_remark(found: Registration, before: PoreCensus, after: PoreCensus) -> Message:
    """How lengths of the two photos were brought together."""
    if before.scale is None:
        return message("compare.no_scale")
    if after.scale is None:
        return message("compare.one_scale")
    ratio = found.scale * after.scale.um_per_px / before.scale.um_per_px
    error = np.sqrt(before.scale.relative_error**2 + after.scale.relative_error**2 + UNEVEN_SCALE**2)
    if abs(np.log(ratio)) > CHANGE_QUANTILE * error:
        return message("compare.scales_differ", difference=100.0 * (ratio - 1.0))
    return message("compare.scales_agree")


def _measure_both(alike: Alike) -> tuple[Pores, Pores]:
    """The pores of both, found and fitted with one scale; places and lengths in px of the first photo."""
    skin = alike.common.astype(np.float32)
    levels = [pyramid(light, skin) for light in (alike.before, alike.after)]
    rungs = ladder(alike.before.shape)
    scales = [pore_scale(each, rungs) for each in levels]
    shared = PoreScale(float(np.sqrt(scales[0].scale * scales[1].scale)), min(scale.asymmetry for scale in scales))
    one, other = (_to_first_photo(detect(each, shared)[0], alike) for each in levels)
    return one, other


def _to_first_photo(pores: Pores, alike: Alike) -> Pores:
    x, y = alike.of_before(pores.x, pores.y)
    step = alike.step
    return dataclasses.replace(
        pores, x=x, y=y, diameter=step * pores.diameter, diameter_error=step * pores.diameter_error
    )


def _find_partners(one: Pores, other: Pores) -> Indices:
    """Pairs (n, 2) of pores that are nearest to each other."""
    from scipy.spatial import cKDTree

    if not len(one) or not len(other):
        return np.zeros((0, 2), np.intp)
    mine, others = (np.stack([pores.x, pores.y], axis=-1) for pores in (one, other))
    gap, there = (np.asarray(each) for each in cKDTree(others).query(mine))
    back = np.asarray(cKDTree(mine).query(others)[1])
    rows = np.arange(len(one))
    reach = PARTNER_GAP * np.sqrt(one.diameter * other.diameter[there])
    kept = (back[there] == rows) & (gap <= reach)
    return np.stack([rows[kept], there[kept]], axis=-1)


def _make_pairs(
    one: Pores, other: Pores, partners: Indices, found: Registration, census: PoreCensus, resolved: float
) -> Pairs:
    i, j = partners[:, 0], partners[:, 1]
    x, y = 0.5 * (one.x[i] + other.x[j]), 0.5 * (one.y[i] + other.y[j])
    x_after, y_after = found.at(x, y)
    ratio = other.diameter[j] / one.diameter[i]
    retake = cite.table("compare")["retake_pore"].si
    own = [pores.diameter_error[rows] / pores.diameter[rows] for pores, rows in ((one, i), (other, j))]
    error = np.sqrt(own[0] ** 2 + own[1] ** 2 + retake**2)
    sure = np.log(ratio) / (CHANGE_QUANTILE * error)
    return Pairs(
        x=x,
        y=y,
        x_after=x_after,
        y_after=y_after,
        before=one.diameter[i],
        after=other.diameter[j],
        before_error=one.diameter_error[i],
        after_error=other.diameter_error[j],
        resolved=(np.sqrt(one.diameter[i] * other.diameter[j]) >= resolved) & (np.hypot(*own) <= UNSURE_OUTLINE),
        change_pct=100.0 * (ratio - 1.0),
        change_error_pct=100.0 * ratio * error,
        result=tuple("smaller" if each < -1.0 else "larger" if each > 1.0 else "no detectable change" for each in sure),
        region=name_at(x, y, census.regions),
    )

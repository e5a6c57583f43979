"""Where the skin of one photo lies in another, by its texture: asked before any pore, scale or quality.

Both photos are brought to a small raster, freed of shading and contrast, and described by SIFT features (Lowe 2004,
compared as Hellinger distances: Arandjelovic and Zisserman 2012). A map counts only by the number of different places
that agree on it, because glints and hairs give many features at one place.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight.arrays import Floats, Indices, Mask, Plane
from porelight.frozen import frozen
from porelight.photo.tone import blur

MATCH_RASTERS: Final = ((400, 2.5), (640, 4.0))
"""Longer side of the rasters that are tried [px], and how far a feature may lie from a plane map there [px]."""
SHADING_WIDTH: Final = 14.0
"""Blur that tells shading from texture on the coarser raster [px]; in proportion on the finer one."""
TEXTURE_LIMIT: Final = 2.2
"""Texture beyond this many local standard deviations is cut off, so that glints and hairs carry no more than skin."""
TEXTURE_FLOOR: Final = 0.02
"""Added to the local standard deviation of log luminance: evenly dark or blown parts keep no texture of noise."""
MOST_FEATURES: Final = 2500
FEATURE_CONTRAST: Final = 0.02
"""Contrast threshold of SIFT: half the default, because normalised skin has faint blobs all over."""
FEATURE_RATIO: Final = 0.85
"""Distance of the best description by that of the second best, under which a feature counts as recognised."""
FIRST_PLACES: Final = 6
"""Places that agree on a first map, from which more partners are looked for under it."""
PROOF_PLACES: Final = 10
"""Different places that agree on a map, from which both photos show the same skin.

In 325 pairs of photos of different people a first map had 7 at most, on either raster; see docs/compare.md.
"""
PLACE_SIDE: Final = 2.0
"""Side of the cells in which features count as one place [px of the raster]."""
GUIDED_REACHES: Final = (14.0, 9.0, 6.0)
"""How far a partner may lie from where the map says, round by round [px of the raster]."""
GUIDED_OCTAVES: Final = 0.6
"""How far the sizes of partners may differ, beyond the scale of the map, in octaves."""
GUIDED_ANGLE: Final = 30.0
"""How far the directions of partners may differ, beyond the turn of the map [degrees]."""
GUIDED_RATIO: Final = 0.95
"""Distance of a partner by that of the best elsewhere: under a map, chance finds near partners, but not good ones."""
PROJECTIVE_PARTNERS: Final = 40
"""Partners from which a map may be projective: eight numbers need more than six."""
MOST_TRIES: Final = 5000
"""Random samples of partners at most."""
TRY_CONFIDENCE: Final = 0.999
"""Probability that one of them is free of false partners, from which no more are drawn."""
SCALE_RANGE: Final = (0.3, 3.4)
"""Scales of a map that are believed."""
MOST_STRETCHED: Final = 1.9
"""How much more a believed map stretches one direction than the other."""


@frozen
class TextureMatch:
    """A plane map between two photos of the same skin, and the features that agree on it."""

    plane: Floats
    """(3, 3), from px of the first photo to px of the second."""
    before: Floats
    """(n, 2) places in the first photo [px]."""
    after: Floats
    """(n, 2) their partners in the second [px]."""
    places: int
    """Different places among them: the strength of the proof."""

    def bend(self) -> float:
        """Median distance of the partners from the similarity that fits most of them, by the extent of their places.

        Cropping, resizing and turning a file is a similarity; another exposure of soft skin from another hand is not.
        """
        import cv2

        # OpenCV gives None where no similarity fits, whatever its type says.
        similarity: Floats | None = cv2.estimateAffinePartial2D(self.before, self.after, method=cv2.LMEDS)[0]  # type: ignore[assignment]
        if similarity is None:
            return float("inf")
        gaps = np.linalg.norm(self.before @ similarity[:, :2].T + similarity[:, 2] - self.after, axis=1)
        return float(np.median(gaps) / max(np.ptp(self.after, axis=0).max(), 1.0))


@frozen
class Features:
    """Features of one photo on a raster."""

    places: Floats
    sizes: Floats
    angles: Floats
    descriptions: Plane
    factor: float
    """Px of the photo per px of the raster."""


def match_texture(before: Plane, after: Plane) -> TextureMatch | None:
    """The map on which the textures of two photos agree; None where too few places do, which proves nothing.

    Args:
        before: log luminance (h, w) of the first photo.
        after: the same of the second.
    """
    return match_features(describe_texture(before), describe_texture(after))


def describe_texture(light: Plane) -> tuple[Features, ...]:
    """The features of a photo's log luminance (h, w), one set per raster of :data:`MATCH_RASTERS`."""
    return tuple(_describe_on_raster(light, longest) for longest, _ in MATCH_RASTERS)


def match_features(before: tuple[Features, ...], after: tuple[Features, ...]) -> TextureMatch | None:
    """:func:`match_texture` of two photos already described; the finer raster is asked where the coarser fails."""
    for first, second, (_, tolerance) in zip(before, after, MATCH_RASTERS, strict=True):
        found = _match_on_raster(first, second, tolerance)
        if found is not None:
            return found
    return None


def normalise_texture(light: Plane, longest: int) -> Plane:
    """Log luminance on a raster of that longer side, less its shading, in local standard deviations."""
    import cv2

    factor = max(light.shape) / longest
    height, width = (max(16, round(side / factor)) for side in light.shape)
    how = cv2.INTER_AREA if factor > 1.0 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(light, (width, height), interpolation=how), np.float32)
    shading = SHADING_WIDTH * longest / MATCH_RASTERS[0][0]
    relief = small - blur(small, shading)
    spread = np.sqrt(blur(relief * relief, shading)) + np.float32(TEXTURE_FLOOR)
    return np.asarray(np.clip(relief / spread, -TEXTURE_LIMIT, TEXTURE_LIMIT), np.float32)


def _describe_on_raster(light: Plane, longest: int) -> Features:
    import cv2

    texture = normalise_texture(light, longest)
    shown = np.rint((texture + TEXTURE_LIMIT) * (255.0 / (2.0 * TEXTURE_LIMIT))).astype(np.uint8)
    sift = cv2.SIFT.create(nfeatures=MOST_FEATURES, contrastThreshold=FEATURE_CONTRAST)
    keys, raw = sift.detectAndCompute(shown, None)
    described = np.zeros((0, 128), np.float32) if raw is None else np.asarray(raw, np.float32)
    # Square roots of shares: their Euclidean distance is the Hellinger distance, on which no single bin rules.
    shares = described / np.maximum(described.sum(axis=1, keepdims=True), 1e-9)
    return Features(
        places=np.array([key.pt for key in keys], np.float64).reshape(-1, 2),
        sizes=np.array([key.size for key in keys], np.float64),
        angles=np.array([key.angle for key in keys], np.float64),
        descriptions=np.sqrt(shares),
        factor=max(light.shape) / longest,
    )


def _match_on_raster(first: Features, second: Features, tolerance: float) -> TextureMatch | None:
    """The map between the photos on which enough features of both rasters agree."""
    if min(len(first.places), len(second.places)) < PROOF_PLACES:
        return None
    distance = _description_distances(first.descriptions, second.descriptions)
    partners = _recognised_pairs(distance)
    fitted = _fit_plane(first, second, partners, tolerance)
    if fitted is None or _count_places(first, second, fitted[1]) < FIRST_PLACES:
        return None
    # Under a first map many more features find their partner: only those near where it says are asked.
    for reach in GUIDED_REACHES:
        partners = _guided_pairs(first, second, distance, fitted[0], reach)
        fitted = _fit_plane(first, second, partners, tolerance)
        if fitted is None:
            return None
    plane, partners = fitted
    places = _count_places(first, second, partners)
    if places < PROOF_PLACES:
        return None
    before, after = first.places[partners[:, 0]], second.places[partners[:, 1]]
    return TextureMatch(
        plane=_to_photo(second.factor) @ plane @ np.linalg.inv(_to_photo(first.factor)),
        before=(before + 0.5) * first.factor - 0.5,
        after=(after + 0.5) * second.factor - 0.5,
        places=places,
    )


def _to_photo(factor: float) -> Floats:
    """Places on a raster to places in the photo; a pixel's centre has whole coordinates in both."""
    shift = 0.5 * factor - 0.5
    return np.array([[factor, 0.0, shift], [0.0, factor, shift], [0.0, 0.0, 1.0]])


def _description_distances(one: Plane, other: Plane) -> Plane:
    """Euclidean distance of each description of one photo from each of the other; all have length one."""
    return np.asarray(np.sqrt(np.maximum(2.0 - 2.0 * (one @ other.T), 0.0)), np.float32)


def _recognised_pairs(distance: Plane) -> Indices:
    """Pairs (n, 2) that are nearest to each other and clearly nearer than the next."""
    rows = np.arange(len(distance))
    best = distance.argmin(axis=1)
    two = np.partition(distance, 1, axis=1)[:, :2]
    kept = (distance.argmin(axis=0)[best] == rows) & (two[:, 0] < FEATURE_RATIO * two[:, 1])
    return np.stack([rows[kept], best[kept]], axis=-1)


def _fit_plane(first: Features, second: Features, partners: Indices, tolerance: float) -> tuple[Floats, Indices] | None:
    """The believable map on which most partners agree, and those; affine where partners are few."""
    import cv2

    if len(partners) < 4:
        return None
    source, target = first.places[partners[:, 0]], second.places[partners[:, 1]]
    if len(partners) >= PROJECTIVE_PARTNERS:
        plane, kept = cv2.findHomography(
            source, target, cv2.USAC_MAGSAC, tolerance, maxIters=MOST_TRIES, confidence=TRY_CONFIDENCE
        )
    else:
        affine, kept = cv2.estimateAffine2D(
            source,
            target,
            method=cv2.USAC_MAGSAC,
            ransacReprojThreshold=tolerance,
            maxIters=MOST_TRIES,
            confidence=TRY_CONFIDENCE,
        )
        plane = None if affine is None else np.vstack([affine, [0.0, 0.0, 1.0]])
    if plane is None or not _is_believable(np.asarray(plane, np.float64)):
        return None
    return np.asarray(plane, np.float64), partners[kept.ravel() > 0]


def _is_believable(plane: Floats) -> bool:
    """Whether a map neither mirrors, nor scales or stretches more than two photos of one skin can differ."""
    slope = plane[:2, :2] / plane[2, 2]
    area = float(np.linalg.det(slope))
    long, short = np.linalg.svd(slope, compute_uv=False)
    return area > 0.0 and SCALE_RANGE[0] < np.sqrt(area) < SCALE_RANGE[1] and long < MOST_STRETCHED * short


def _guided_pairs(first: Features, second: Features, distance: Plane, plane: Floats, reach: float) -> Indices:
    """Pairs (n, 2) that lie, scale and turn as the map says, nearest to each other among such and good among all."""
    from scipy.spatial import cKDTree

    slope = plane[:2, :2] / plane[2, 2]
    scale = float(np.sqrt(np.linalg.det(slope)))
    turn = float(np.degrees(np.arctan2(slope[1, 0] - slope[0, 1], slope[0, 0] + slope[1, 1])))
    moved = np.column_stack([first.places, np.ones(len(first.places))]) @ plane.T
    near = cKDTree(moved[:, :2] / moved[:, 2:]).sparse_distance_matrix(
        cKDTree(second.places), reach, output_type="ndarray"
    )
    i, j = np.asarray(near["i"]), np.asarray(near["j"])
    octaves = np.abs(np.log2(second.sizes[j] / (scale * first.sizes[i])))
    turned = np.abs((second.angles[j] - first.angles[i] - turn + 180.0) % 360.0 - 180.0)
    allowed: Mask = (octaves < GUIDED_OCTAVES) & (turned < GUIDED_ANGLE)
    i, j = i[allowed], j[allowed]
    gap = distance[i, j]
    elsewhere = distance.copy()
    elsewhere[i, j] = np.inf
    best_of, best_for = (np.full(side, np.inf, np.float32) for side in distance.shape)
    np.minimum.at(best_of, i, gap)
    np.minimum.at(best_for, j, gap)
    kept = (gap == best_of[i]) & (gap == best_for[j])
    kept &= gap < GUIDED_RATIO * np.minimum(elsewhere.min(axis=1)[i], elsewhere.min(axis=0)[j])
    return np.stack([i[kept], j[kept]], axis=-1)


def _count_places(first: Features, second: Features, partners: Indices) -> int:
    """Different places among partners, in the photo in which they are fewer."""
    both = (first.places[partners[:, 0]], second.places[partners[:, 1]])
    return min(len(np.unique(np.round(places / PLACE_SIDE), axis=0)) for places in both)

"""Where the skin of one photo lies in another: by its texture, else by its dots, then by a smooth warp.

What is left by a plane map is bent smoothly, more slowly than from pore to pore, so that no pore can be bent larger.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight.arrays import Floats, Indices, Mask, Plane
from porelight.frozen import frozen
from porelight.photo.census import PoreCensus
from porelight.photo.compare.constellation import (
    DOT_REACH,
    FEWEST_DOTS,
    Constellation,
    find_constellation,
    match_constellations,
)
from porelight.photo.compare.registration import (
    Registration,
    bend_places,
    is_inside,
    map_places,
    overlap_of,
    slope_of,
    stretch_of,
    turn_of,
)
from porelight.photo.compare.texture import TextureMatch, match_texture

PARTNER_REACH: Final = 2.2
"""How far a dot may lie from its partner after the warp [px of the raster]: less than a pore's radius."""
WARP_NODES: Final = 9
"""Nodes of the smooth warp along the longer side."""
WARP_REACH: Final = 0.16
"""Width of a node's neighbourhood by the longer side."""
WARP_ROUNDS: Final = 4
WARP_PRIOR: Final = (2.0, 6.0, 6.0)
"""Partners' worth of weight on no bend and no slope of it: where partners are few, the plane map rules."""


@frozen
class _Warp:
    """A plane map between two rasters and what the nodes add [px of the second raster]."""

    plane: Floats
    nodes: Floats


def register_photos(
    before: Plane, after: Plane, census_before: PoreCensus, census_after: PoreCensus
) -> Registration | None:
    """The map from one photo's skin to the same skin in another; None where none is found, which proves nothing.

    Args:
        before: log luminance (h, w) of the first photo.
        after: the same of the second.
        census_before: its pores: their size sets the raster on which dots are looked for.
        census_after: the same of the second.
    """
    texture = match_texture(before, after)
    first, second = find_constellation(before, census_before), find_constellation(after, census_after)
    sizes = (before.shape[0], before.shape[1]), (after.shape[0], after.shape[1])
    if first is None or second is None:
        return None if texture is None else _registration_by_texture(texture, *sizes)
    if texture is not None:
        return _refine_warp(_on_rasters(texture, first, second), texture, first, second, *sizes)
    plane = match_constellations(first, second)
    return None if plane is None else _refine_warp(plane, None, first, second, *sizes)


def _on_rasters(texture: TextureMatch, first: Constellation, second: Constellation) -> Floats:
    """The map of textures as one between the rasters of the dots."""
    plane: Floats = np.diag([1.0 / second.factor, 1.0 / second.factor, 1.0]) @ texture.plane
    return plane @ np.diag([first.factor, first.factor, 1.0])


def _registration_by_texture(texture: TextureMatch, size: tuple[int, int], other: tuple[int, int]) -> Registration:
    """What the textures alone say, where the photos show too few dots."""
    warp = _fit_warp(texture.before, texture.after, size)
    places = np.stack(_move_places(warp, texture.before, size), axis=-1)
    gaps = np.linalg.norm(places - texture.after, axis=1)
    return _describe_registration(warp, texture, size, other, texture.before, gaps, (0, 0.0, 0.0))


def _refine_warp(
    plane: Floats,
    texture: TextureMatch | None,
    first: Constellation,
    second: Constellation,
    size: tuple[int, int],
    other: tuple[int, int],
) -> Registration:
    """The smooth warp that brings partners together, by turns with the search for partners within less and less.

    Places at which the textures agree take part in each round: under unlike light few dots recur, and a warp through
    partners by chance would be worse than none.
    """
    fixed = np.zeros((0, 2)), np.zeros((0, 2))
    if texture is not None:
        fixed = texture.before / first.factor, texture.after / second.factor
    warp = _Warp(plane, np.zeros((*_node_grid(first.shape), 2)))
    for reach in np.geomspace(DOT_REACH, PARTNER_REACH, WARP_ROUNDS):
        partners = _find_partners(warp, first, second, float(reach))
        if len(partners) + len(fixed[0]) < FEWEST_DOTS:
            break
        source = np.concatenate([first.places[partners[:, 0]], fixed[0]])
        target = np.concatenate([second.places[partners[:, 1]], fixed[1]])
        warp = _fit_warp(source, target, first.shape)
    partners = _find_partners(warp, first, second, PARTNER_REACH)
    whole = _to_photos(warp, first, second)
    here = first.places[partners[:, 0]]
    gaps = second.factor * np.linalg.norm(
        np.stack(_move_places(warp, here, first.shape), axis=-1) - second.places[partners[:, 1]], axis=1
    )
    shares = _share_dots(warp, partners, first, second)
    return _describe_registration(whole, texture, size, other, first.factor * here, gaps, shares)


def _to_photos(warp: _Warp, first: Constellation, second: Constellation) -> _Warp:
    grown, shrunk = np.diag([second.factor, second.factor, 1.0]), np.diag([1 / first.factor, 1 / first.factor, 1.0])
    plane = grown @ warp.plane @ shrunk
    return _Warp(plane / plane[2, 2], warp.nodes * second.factor)


def _find_partners(warp: _Warp, first: Constellation, second: Constellation, reach: float) -> Indices:
    """Pairs (n, 2) of dots that are nearest to each other under the map."""
    from scipy.spatial import cKDTree

    moved = np.stack(_move_places(warp, first.places, first.shape), axis=-1)
    forth, there = (np.asarray(each) for each in cKDTree(second.places).query(moved, distance_upper_bound=reach))
    back = np.asarray(cKDTree(moved).query(second.places)[1])
    rows = np.flatnonzero(np.isfinite(forth))
    rows = rows[back[there[rows]] == rows]
    return np.stack([rows, there[rows]], axis=-1)


def _move_places(warp: _Warp, places: Floats, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    u, v = map_places(warp.plane, places[:, 0], places[:, 1])
    across, down = bend_places(warp.nodes, shape, places[:, 0], places[:, 1])
    return u + across, v + down


def _node_grid(shape: tuple[int, ...]) -> tuple[int, int]:
    longest = max(shape[:2])
    rows, columns = (max(3, round(WARP_NODES * side / longest)) for side in shape[:2])
    return rows, columns


def _fit_warp(source: Floats, target: Floats, shape: tuple[int, ...]) -> _Warp:
    """A plane map by least squares, and at each node the local linear mean of what it leaves over."""
    import cv2

    plane: Floats = np.asarray(cv2.findHomography(source, target, 0)[0], np.float64)
    left = target - np.stack(map_places(plane, source[:, 0], source[:, 1]), axis=-1)
    rows, columns = _node_grid(shape)
    down, across = np.meshgrid(np.linspace(0, shape[0] - 1, rows), np.linspace(0, shape[1] - 1, columns), indexing="ij")
    reach = WARP_REACH * max(shape[:2])
    du = (source[:, 0] - across.ravel()[:, None]) / reach
    dv = (source[:, 1] - down.ravel()[:, None]) / reach
    # Near partners count, and far from the map they count less: some are partners by chance (a Cauchy weight).
    weight = np.exp(-0.5 * (du**2 + dv**2)) / (1.0 + np.sum(left**2, axis=1) / PARTNER_REACH**2)
    basis = np.stack([np.ones_like(du), du, dv], axis=-1)
    weighed = basis * weight[..., None]
    normal = weighed.transpose(0, 2, 1) @ basis + np.diag(WARP_PRIOR)
    solved = np.linalg.solve(normal, weighed.transpose(0, 2, 1) @ left)
    return _Warp(plane, np.asarray(solved[:, 0].reshape(rows, columns, 2), np.float64))


def _share_dots(
    warp: _Warp, partners: Indices, first: Constellation, second: Constellation
) -> tuple[int, float, float]:
    """Number of partners, their share of the dots in the common area, and the share that other skin would give."""
    here = is_inside(np.stack(_move_places(warp, first.places, first.shape), axis=-1), second.shape)
    there = _is_covered(warp.plane, first.shape, second.places)
    counts = max(int(here.sum()), 1), max(int(there.sum()), 1)
    area = np.prod(second.shape) * float(there.mean()) if there.any() else 1.0
    # Poisson: the chance that any of the other's dots lies within reach of a place.
    by_chance = 1.0 - float(np.exp(-np.pi * PARTNER_REACH**2 * min(counts) / max(area, 1.0)))
    return len(partners), len(partners) / max(counts), by_chance


def _is_covered(plane: Floats, shape: tuple[int, ...], places: Floats) -> Mask:
    """Which places of the second raster the first shows."""
    inverse = np.asarray(np.linalg.inv(plane), np.float64)
    return is_inside(np.stack(map_places(inverse, places[:, 0], places[:, 1]), axis=-1), shape)


def _describe_registration(
    warp: _Warp,
    texture: TextureMatch | None,
    size: tuple[int, int],
    other: tuple[int, int],
    places: Floats,
    gaps: Floats,
    dots_shared: tuple[int, float, float],
) -> Registration:
    """The registration, from a warp in px of the photos and its partners: places (n, 2) and gaps (n,) [px]."""
    middle = places.mean(0) if len(places) else 0.5 * np.array([size[1], size[0]])
    slope = slope_of(warp.plane, float(middle[0]), float(middle[1]))
    scale = float(np.sqrt(abs(np.linalg.det(slope))))
    reach = scale * float(np.sqrt(np.mean(np.var(places, axis=0)))) if len(places) else 1.0
    count, shared, by_chance = dots_shared
    return Registration(
        plane=warp.plane,
        nodes=warp.nodes,
        size=size,
        places=0 if texture is None else texture.places,
        bend=None if texture is None else texture.bend(),
        features=count,
        shared=shared,
        by_chance=by_chance,
        residual=float(np.sqrt(np.mean(gaps**2))) if len(gaps) else None,
        scale=scale,
        stretch=stretch_of(slope),
        turn=turn_of(slope),
        overlap=overlap_of(warp.plane, size, other),
        # The scale is as sure as the partners are many and lie far apart.
        scale_error=float(np.sqrt(np.mean(gaps**2) / max(2 * len(gaps), 1)) / max(reach, 1.0)) if len(gaps) else 1.0,
    )

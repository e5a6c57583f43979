"""The outline of each pore: an ellipse with a soft edge, fitted to the light around it.

The edge may be softer than the camera's: what is measured is where the light has fallen half way, which blur moves
little as long as the pore is wider than the blur.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from porelight.photo.find import Dots
from porelight.photo.tone import Plane

Floats = NDArray[np.float64]

ROUNDS: Final = 8
CHUNK: Final = 400
RADIUS: Final = float(np.sqrt(2.0))
"""Radius by scale of a disc whose dotness is greatest (exact for a Gaussian dip of that width)."""
STEEP: Final = 1.702
"""Slope at which the logistic function is within 1 % of the normal integral (Haley 1952)."""
USUAL: Final = (0.30, 0.35, 0.25)
"""How far log radius, log edge and log elongation may stray freely: standard deviations of their priors."""
EDGE: Final = 0.45
"""Usual softness of the edge by radius."""
X, Y, SIZE, LONG, SLANT, SOFT, DEPTH, LEVEL, TILT_X, TILT_Y = range(10)


@dataclasses.dataclass(frozen=True, slots=True)
class Outlines:
    """One entry per dot, shape (n,), in px of the fitted plane; ``depth`` in log luminance."""

    x: Floats
    y: Floats
    radius: Floats
    radius_error: Floats
    """Standard error of :attr:`radius` from the scatter of the light around the fitted shape."""
    elongation: Floats
    direction: Floats
    edge: Floats
    depth: Floats
    noise: Floats
    """Scatter of the light around the fitted shape [log luminance]."""

    def where(self, keep: NDArray[np.bool_]) -> Outlines:
        return Outlines(**{field.name: getattr(self, field.name)[keep] for field in dataclasses.fields(self)})


def outlines(plane: Plane, found: Dots) -> Outlines:
    """Fits every dot; ``plane`` is log luminance with glints cut off."""
    groups = [
        alike[start : start + CHUNK]
        for scale in np.unique(found.scale)
        for alike in [np.flatnonzero(found.scale == scale)]
        for start in range(0, alike.size, CHUNK)
    ]
    fitted = [_fit(plane, found.where(group)) for group in groups]
    back = np.argsort(np.concatenate(groups)) if groups else np.empty(0, int)
    joined = {
        field.name: np.concatenate([getattr(part, field.name) for part in fitted])[back] if fitted else np.empty(0)
        for field in dataclasses.fields(Outlines)
    }
    return Outlines(**joined)


def _fit(plane: Plane, found: Dots) -> Outlines:
    light, weight, u, v = _patches(plane, found)
    start = _start(found, light, weight)
    stiffness = np.array([1.0, 1.0, *(1.0 / np.array([USUAL[0], USUAL[2], USUAL[2], USUAL[1]]) ** 2), 0, 0, 0, 0])
    at, damping = start.copy(), np.full(len(start), 1e-2)
    residual, slopes = _model(at, u, v, light)
    variance = _variance(residual, weight)
    for _ in range(ROUNDS):
        pull = stiffness * variance[:, None]
        weighed = (slopes * weight[..., None]).transpose(0, 2, 1)
        normal = weighed @ slopes + pull[:, :, None] * np.eye(10)
        force = (weighed @ residual[..., None])[..., 0] + pull * (at - start)
        diagonal = np.einsum("nkk->nk", normal)
        damped = normal + (damping[:, None] * diagonal + 1e-12)[:, :, None] * np.eye(10)
        step = -np.linalg.solve(damped, force[..., None])[..., 0]
        tried = _bounded(at + step, found)
        residual_tried, slopes_tried = _model(tried, u, v, light)
        better = _cost(residual_tried, weight, tried, start, pull) < _cost(residual, weight, at, start, pull)
        at = np.where(better[:, None], tried, at)
        residual = np.where(better[:, None], residual_tried, residual)
        slopes = np.where(better[:, None, None], slopes_tried, slopes)
        damping = np.where(better, damping * 0.3, damping * 6.0).clip(1e-6, 1e6)
        variance = _variance(residual, weight)
    return _described(at, found, residual, weight, slopes, variance, stiffness)


def _patches(plane: Plane, found: Dots) -> tuple[Plane, Plane, Plane, Plane]:
    """Light around each dot (n, p), its weight, and the place of each pixel from the dot."""
    half = int(np.clip(np.ceil(2.9 * found.scale.max(initial=1.0)), 5, 24))
    steps = np.arange(-half, half + 1)
    down, across = (grid.ravel() for grid in np.meshgrid(steps, steps, indexing="ij"))
    rows = found.y.astype(int)[:, None] + down
    columns = found.x.astype(int)[:, None] + across
    inside = (rows >= 0) & (rows < plane.shape[0]) & (columns >= 0) & (columns < plane.shape[1])
    light = plane[rows.clip(0, plane.shape[0] - 1), columns.clip(0, plane.shape[1] - 1)]
    u, v = across.astype(np.float32), down.astype(np.float32)
    reach = (1.6 * RADIUS * found.scale)[:, None].astype(np.float32)
    weight = np.asarray(np.exp(-0.5 * ((u * u + v * v) / reach**2) ** 2) * inside, np.float32)
    return light, weight, np.broadcast_to(u, light.shape), np.broadcast_to(v, light.shape)


def _start(found: Dots, light: Plane, weight: Plane) -> Floats:
    start = np.zeros((found.x.size, 10))
    start[:, SIZE] = np.log(RADIUS * found.scale)
    start[:, SOFT] = np.log(EDGE * RADIUS * found.scale)
    middle = light.shape[1] // 2
    level = np.sum(weight * light, 1) / np.maximum(weight.sum(1), 1e-9)
    start[:, LEVEL] = level + 0.2 * (level - light[:, middle])
    start[:, DEPTH] = np.maximum(start[:, LEVEL] - light[:, middle], 0.02)
    return start


def _bounded(at: Floats, found: Dots) -> Floats:
    bounded = at.copy()
    size = np.log(RADIUS * found.scale)
    reach = 1.2 * found.scale
    bounded[:, X], bounded[:, Y] = at[:, X].clip(-reach, reach), at[:, Y].clip(-reach, reach)
    bounded[:, SIZE] = at[:, SIZE].clip(size - 1.1, size + 0.9)
    bounded[:, SOFT] = at[:, SOFT].clip(size - 2.2, size + 0.2)
    bounded[:, LONG], bounded[:, SLANT] = at[:, LONG].clip(-0.9, 0.9), at[:, SLANT].clip(-0.9, 0.9)
    return bounded


def _model(at: Floats, u: Plane, v: Plane, light: Plane) -> tuple[Plane, Plane]:
    """Residual (n, p) and slopes (n, p, 10) of

    level + tilt . (u, v) - depth / (1 + exp(1.702 (rho - 1) radius / edge)), rho2 = d . exp(-2 E) d / radius2,

    where E = [[long, slant], [slant, -long]] makes the semi-axes radius * exp(+-|E|).
    """
    x, y, size, long, slant, soft, depth, level, tilt_x, tilt_y = (at[:, k, None].astype(np.float32) for k in range(10))
    radius, edge = np.exp(size), np.exp(soft)
    stretch = np.sqrt(long**2 + slant**2) + np.float32(1e-4)
    even, odd = np.cosh(2.0 * stretch), np.sinh(2.0 * stretch) / stretch
    du, dv = u - x, v - y
    square, skew = du * du + dv * dv, (du * du - dv * dv) * long + 2.0 * du * dv * slant
    rho = np.sqrt(np.maximum(even * square - odd * skew, 1e-9)) / radius
    power = STEEP * (rho - 1.0) * radius / edge
    share = 1.0 / (1.0 + np.exp(power.clip(-40.0, 40.0)))
    residual = level + tilt_x * u + tilt_y * v - depth * share - light
    steep = depth * share * (1.0 - share)
    by_rho = steep * STEEP * radius / edge
    half = by_rho / (2.0 * np.maximum(rho, 1e-3) * radius**2)
    slopes = np.empty((*light.shape, 10), np.float32)
    slopes[..., X] = half * -2.0 * (even * du - odd * (du * long + dv * slant))
    slopes[..., Y] = half * -2.0 * (even * dv - odd * (du * slant - dv * long))
    slopes[..., SIZE] = -by_rho * rho + steep * power
    change = (2.0 * np.cosh(2.0 * stretch) - odd) / stretch
    along = 2.0 * np.sinh(2.0 * stretch) * square - change * skew
    slopes[..., LONG] = half * (along * long / stretch - odd * (du * du - dv * dv))
    slopes[..., SLANT] = half * (along * slant / stretch - odd * 2.0 * du * dv)
    slopes[..., SOFT] = -steep * power
    slopes[..., DEPTH] = -share
    slopes[..., LEVEL], slopes[..., TILT_X], slopes[..., TILT_Y] = 1.0, u, v
    return residual, slopes


def _variance(residual: Plane, weight: Plane) -> Floats:
    spread: Floats = np.sum(weight * residual**2, 1) / np.maximum(weight.sum(1) - 6.0, 4.0)
    return spread + 1e-8


def _cost(residual: Plane, weight: Plane, at: Floats, start: Floats, pull: Floats) -> Floats:
    cost: Floats = np.sum(weight * residual**2, 1) + np.sum(pull * (at - start) ** 2, 1)
    return cost


def _described(
    at: Floats, found: Dots, residual: Plane, weight: Plane, slopes: Plane, variance: Floats, stiffness: Floats
) -> Outlines:
    seen = (variance * _likeness(residual))[:, None, None]
    normal = (slopes * weight[..., None]).transpose(0, 2, 1) @ slopes / seen + np.diag(stiffness + 1e-6)
    spread = np.sqrt(np.linalg.inv(normal)[:, SIZE, SIZE])
    stretch = np.hypot(at[:, LONG], at[:, SLANT])
    radius = np.exp(at[:, SIZE])
    return Outlines(
        x=found.x.astype(int) + at[:, X],
        y=found.y.astype(int) + at[:, Y],
        radius=radius,
        radius_error=radius * spread,
        elongation=np.exp(2.0 * stretch),
        direction=np.degrees(0.5 * np.arctan2(at[:, SLANT], at[:, LONG])) % 180.0,
        edge=np.exp(at[:, SOFT]),
        depth=at[:, DEPTH],
        noise=np.sqrt(variance),
    )


def _likeness(residual: Plane) -> float:
    """How many neighbouring pixels say the same thing, from the likeness of next neighbours (both ways)."""
    side = int(np.sqrt(residual.shape[1]))
    grid = residual.reshape(-1, side, side)
    near = float(np.mean(grid[:, :, 1:] * grid[:, :, :-1]) + np.mean(grid[:, 1:] * grid[:, :-1])) / 2.0
    alike = float(np.clip(near / max(float(np.mean(grid**2)), 1e-12), 0.0, 0.9))
    return (1.0 + alike) / (1.0 - alike)

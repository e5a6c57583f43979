"""The physics of one step, written once: every kernel, packet or scalar, 32 or 64 bit, calls these functions.

The literals are 32-bit and exact, so the arithmetic has the precision of the arguments.
"""

from __future__ import annotations

import math

from porelight.compiled import kernel
from porelight.light.monte_carlo.maths import KERNEL_OPTIONS, Number, float32
from porelight.light.monte_carlo.scene import GAUSSIAN, PENCIL

FLOAT_ONE = float32(1.0)
FLOAT_TWO = float32(2.0)
FLOAT_HALF = float32(0.5)
THREE_HALVES = float32(1.5)
TWO_PI = float32(2.0 * math.pi)


@kernel(**KERNEL_OPTIONS)
def scatter_cosine(g: float, u: float) -> Number:
    """Cosine of a scattering angle of the Henyey-Greenstein phase function.

    Args:
        g: mean cosine [1], -1 < g < 1.
        u: uniform in (0, 1).

    With x = 2 u - 1 the usual inversion (1 + g2 - ((1 - g2) / (1 + g x))2) / (2 g) is multiplied out here; the form
    below has no division by g and is exact at g = 0.

    Reference: Henyey and Greenstein 1941, Astrophys J 93:70; inversion of Witt 1977, Astrophys J Suppl 35:1.
    """
    x = FLOAT_TWO * u - FLOAT_ONE
    g2 = g * g
    below = FLOAT_ONE + g * x
    above = x * (FLOAT_ONE + g2) + FLOAT_HALF * g * (x * x * (FLOAT_ONE + g2) + (float32(3.0) - g2))
    cosine = above / (below * below)
    return min(max(cosine, -FLOAT_ONE), FLOAT_ONE)


@kernel(**KERNEL_OPTIONS)
def turn_direction(
    ux: float, uy: float, uz: float, cosine: float, sine_azimuth: float, cosine_azimuth: float
) -> tuple[float, float, float]:
    """The unit direction ``u`` turned by a scattering angle and an azimuth about itself.

    The frame about ``u`` has no pole (Duff et al. 2017, J Comput Graph Tech 6(1)), so grazing and vertical rays need
    no special case. One Newton step keeps the length at one over thousands of turns.
    """
    sine = math.sqrt(FLOAT_ONE - cosine * cosine)
    side = FLOAT_ONE if uz >= float32(0.0) else -FLOAT_ONE
    a = -FLOAT_ONE / (side + uz)
    b = ux * uy * a
    p = sine * cosine_azimuth
    q = sine * sine_azimuth
    x = p * (FLOAT_ONE + side * ux * ux * a) + q * b + cosine * ux
    y = p * (side * b) + q * (side + uy * uy * a) + cosine * uy
    z = -p * (side * ux) - q * uy + cosine * uz
    scale = THREE_HALVES - FLOAT_HALF * (x * x + y * y + z * z)
    return x * scale, y * scale, z * scale


@kernel(**KERNEL_OPTIONS)
def fresnel(n_from: float, n_to: float, cosine: float) -> tuple[float, float]:
    """Share of unpolarised light reflected at a surface, and the cosine beyond it.

    Args:
        n_from: refractive index where the light is [1].
        n_to: refractive index beyond the surface [1].
        cosine: of the angle of incidence, 0 to 1.

    Returns (1, 0) under total internal reflection.

    Reference: Born and Wolf, Principles of Optics, section 1.5.2.
    """
    ratio = n_from / n_to
    sine2 = ratio * ratio * max(FLOAT_ONE - cosine * cosine, float32(0.0) * cosine)
    if sine2 >= FLOAT_ONE:
        return FLOAT_ONE + float32(0.0) * cosine, float32(0.0) * cosine
    beyond = math.sqrt(FLOAT_ONE - sine2)
    s = (n_from * cosine - n_to * beyond) / (n_from * cosine + n_to * beyond)
    p = (n_from * beyond - n_to * cosine) / (n_from * beyond + n_to * cosine)
    return FLOAT_HALF * (s * s + p * p), beyond


@kernel(**KERNEL_OPTIONS)
def mirror_direction(
    ux: float, uy: float, uz: float, nx: float, ny: float, nz: float, along: float
) -> tuple[float, float, float]:
    """Direction after reflection; ``along`` is u . n for the unit normal n."""
    return ux - FLOAT_TWO * along * nx, uy - FLOAT_TWO * along * ny, uz - FLOAT_TWO * along * nz


@kernel(**KERNEL_OPTIONS)
def refract_direction(
    ux: float, uy: float, uz: float, nx: float, ny: float, nz: float, along: float, ratio: float, beyond: float
) -> tuple[float, float, float]:
    """Direction after refraction (Snell); ``ratio`` is n_from / n_to, ``beyond`` the cosine beyond the surface."""
    side = beyond if along > float32(0.0) else -beyond
    normal = side - ratio * along
    x = ratio * ux + normal * nx
    y = ratio * uy + normal * ny
    z = ratio * uz + normal * nz
    scale = THREE_HALVES - FLOAT_HALF * (x * x + y * y + z * z)
    return x * scale, y * scale, z * scale


@kernel(**KERNEL_OPTIONS)
def beam_ray(kind: int, radius: float, focus: float, u1: float, u2: float) -> tuple[float, float, float, float, float]:
    """Where a ray of a beam meets the surface, from the beam's centre, and its direction: x, y, ux, uy, uz.

    Args:
        kind: PENCIL, GAUSSIAN (irradiance exp(-2 r2 / radius2)) or TOP_HAT.
        radius: 1/e2 radius or disc radius [mm].
        focus: depth [mm] of the point that rays aim at, as if nothing refracted; 0 for a collimated beam.
        u1, u2: uniform in (0, 1).
    """
    zero = float32(0.0) * u1
    one = FLOAT_ONE + zero
    if kind == PENCIL:
        return zero, zero, zero, zero, one
    share = math.sqrt(-FLOAT_HALF * math.log(u1)) if kind == GAUSSIAN else math.sqrt(u1)
    r = radius * share
    azimuth = TWO_PI * u2
    x = r * math.cos(azimuth)
    y = r * math.sin(azimuth)
    if focus <= float32(0.0):
        return x, y, zero, zero, one
    length = math.sqrt(r * r + focus * focus)
    return x, y, -x / length, -y / length, focus / length

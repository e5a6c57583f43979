"""Compiled loops of the heat solver: one finite-volume form, explicit and super-time-stepped.

Kernels work on a window (``nz`` rows, ``nr`` rings) of the arrays, in place, without the interpreter's lock. They are
long because one pass over memory is what makes them fast.

Geometry ``line`` packs, per row, the cell height, and per ring, what the rings need; see :func:`geometry`.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from porelight.fields import Floats, Grid

FASTMATH = {"nsz", "arcp", "contract"}
"""Liberties that change no result by more than rounding: no reordering of sums, no ignoring of infinities."""


def geometry(grid: Grid) -> tuple[Floats, Floats]:
    """Heights (nz,) [m], and rings (4, nr): width, inner edge, 1 / (r dr) and area of a ring."""
    inner, outer = grid.r_edges[:-1], grid.r_edges[1:]
    moment = 0.5 * (outer**2 - inner**2)
    rings = np.stack([outer - inner, inner, 1.0 / moment, 2.0 * np.pi * moment])
    return np.ascontiguousarray(np.diff(grid.z_edges)), np.ascontiguousarray(rings)


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def rate(H, T, K, solid, dH, rows, law, dz, rings, surface, nz, nr):  # type: ignore[no-untyped-def]
    """Temperature T [K], conductivity K and rate of enthalpy dH [W/m3] of enthalpy H; returns heat leaving [W].

    ``surface`` holds the heat transfer of the surface [W/m2/K], the temperature it leads to and the resting
    temperature of blood [K]. Faces towards removed cells and the outer faces of the window carry nothing else.
    """
    tiny = 1e-300
    for j in range(nz):
        frozen, fusion, wet = 1.0 / rows[j, 0], rows[j, 1], 1.0 / rows[j, 2]
        boiling, latent, dry, k0 = rows[j, 3], rows[j, 4], 1.0 / rows[j, 5], rows[j, 6]
        ice, steam = 1.0 / max(fusion, 1.0), 1.0 / latent
        for i in range(nr):
            h = H[j, i]
            t = 273.15 + min(h + fusion, 0.0) * frozen + min(max(h, 0.0), boiling) * wet
            over = max(h - boiling, 0.0)
            t += max(over - latent, 0.0) * dry
            T[j, i] = t
            k = k0 * (1.0 + law[0] * (min(max(t, 273.15), 373.15) - 310.15))
            k *= 1.0 + law[1] * min(max(-h * ice, 0.0), 1.0)
            K[j, i] = k * (1.0 - law[2] * min(over * steam, 1.0)) * solid[j, i]
    for j in range(nz):
        for i in range(nr):
            dH[j, i] = law[3] * (surface[2] - T[j, i]) * solid[j, i]
    out = 0.0
    for j in range(nz):
        a = 0.5 * dz[j]
        here = 1.0 / dz[j]
        if j + 1 < nz:
            b = 0.5 * dz[j + 1]
            there = 1.0 / dz[j + 1]
            for i in range(nr):
                k, q = K[j, i], K[j + 1, i]
                flow = k * q / (a * q + b * k + tiny) * (T[j, i] - T[j + 1, i])
                dH[j, i] -= flow * here
                dH[j + 1, i] += flow * there
        for i in range(nr - 1):
            k, q = K[j, i], K[j, i + 1]
            flow = rings[1, i + 1] * k * q / (0.5 * (rings[0, i] * q + rings[0, i + 1] * k) + tiny)
            flow *= T[j, i] - T[j, i + 1]
            dH[j, i] -= flow * rings[2, i]
            dH[j, i + 1] += flow * rings[2, i + 1]
    if surface[0] > 0.0:
        for i in range(nr):
            for j in range(nz):
                if solid[j, i] > 0.0:
                    k = K[j, i]
                    flow = (T[j, i] - surface[1]) / (1.0 / surface[0] + 0.5 * dz[j] / k)
                    dH[j, i] -= flow / dz[j]
                    out += flow * rings[3, i]
                    break
    if law[3] > 0.0:
        for j in range(nz):
            for i in range(nr):
                out += law[3] * (T[j, i] - surface[2]) * solid[j, i] * dz[j] * rings[3, i]
    return out


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def pulse_step(  # type: ignore[no-untyped-def]
    H, T, K, solid, dH, added, peak, rows, law, dz, rings, surface, dt, nz, nr, ejected
):
    """One explicit step with light: H += dt dH + added, then removal; clears ``added``; returns heat let out [J].

    A cell that is open to the crater leaves once it holds its removal enthalpy; what it holds beyond passes to the
    cell below. ``ejected`` [J] gathers what leaves, above liquid at 0 C; it counts removed cells in ``ejected[1]``.
    """
    out = dt * rate(H, T, K, solid, dH, rows, law, dz, rings, surface, nz, nr)
    for j in range(nz):
        for i in range(nr):
            H[j, i] += dt * dH[j, i] + added[j, i]
            added[j, i] = 0.0
            if T[j, i] > peak[j, i] and solid[j, i] > 0.0:
                peak[j, i] = T[j, i]
    for j in range(nz):
        limit = rows[j, 7]
        for i in range(nr):
            if solid[j, i] == 0.0 or H[j, i] < limit:
                continue
            bare = j == 0 or solid[j - 1, i] == 0.0
            bare = bare or (i > 0 and solid[j, i - 1] == 0.0) or (i + 1 < nr and solid[j, i + 1] == 0.0)
            if not bare:
                continue
            solid[j, i] = 0.0
            ejected[1] += 1.0
            excess = H[j, i] - limit
            H[j, i] = limit
            if peak[j, i] < 273.15 + rows[j, 3] / rows[j, 2]:
                peak[j, i] = 273.15 + rows[j, 3] / rows[j, 2]
            hot = 373.15 + max(limit - rows[j, 3] - rows[j, 4], 0.0) / rows[j, 5]
            if limit >= rows[j, 3] + rows[j, 4] and peak[j, i] < hot:
                peak[j, i] = hot
            volume = dz[j] * rings[3, i]
            ejected[0] += limit * volume
            if j + 1 < nz and solid[j + 1, i] > 0.0:
                H[j + 1, i] += excess * dz[j] / dz[j + 1]
            elif i + 1 < nr and solid[j, i + 1] > 0.0:
                H[j, i + 1] += excess * rings[3, i] / rings[3, i + 1]
            else:
                ejected[0] += excess * volume
    return out


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def cooling_step(  # type: ignore[no-untyped-def]
    H, T, K, solid, F, Y1, Y2, R, peak, rows, law, dz, rings, surface, dt, stages, nz, nr, known, result
):
    """One RKL2 step of ``stages`` (odd) stages from H with rate F; leaves the new enthalpy in Y1 and its rate in R.

    Recursion of Meyer, Balsara and Aslam (2014), eqs. 14-17. ``result``: greatest error by the estimate of Verwer for
    stabilised Runge-Kutta methods, 0.8 (y0 - y1) + 0.4 dt (f0 + f1), as a temperature [K]; root mean square of the same
    over cells that move; greatest change of temperature [K]; heat let out [J]; rate of letting out at the end [W].
    """
    w = 4.0 / (stages * stages + stages - 2.0)
    m1 = w / 3.0
    for j in range(nz):
        for i in range(nr):
            Y2[j, i] = H[j, i]
            Y1[j, i] = H[j, i] + m1 * dt * F[j, i]
    out0, out2, out1 = known, 0.0, m1 * dt * known
    b2, b1 = 1.0 / 3.0, 1.0 / 3.0
    for q in range(2, stages + 1):
        b = (q * q + q - 2.0) / (2.0 * q * (q + 1.0))
        if q == 2:
            b = 1.0 / 3.0
        mu = (2.0 * q - 1.0) / q * b / b1
        nu = -(q - 1.0) / q * b / b2
        mt = mu * w
        ga = -(1.0 - b1) * mt
        out = rate(Y1, T, K, solid, R, rows, law, dz, rings, surface, nz, nr)
        c0, d1, d0 = 1.0 - mu - nu, mt * dt, ga * dt
        for j in range(nz):
            for i in range(nr):
                new = mu * Y1[j, i] + nu * Y2[j, i] + c0 * H[j, i] + d1 * R[j, i] + d0 * F[j, i]
                Y2[j, i] = Y1[j, i]
                Y1[j, i] = new
        turn = mu * out1 + nu * out2 + d1 * out + d0 * out0
        out2, out1 = out1, turn
        b2, b1 = b1, b
    final = rate(Y1, T, K, solid, R, rows, law, dz, rings, surface, nz, nr)
    worst, total, moving, change = 0.0, 0.0, 0.0, 0.0
    for j in range(nz):
        wet, boiling = 1.0 / rows[j, 2], rows[j, 3]
        for i in range(nr):
            if solid[j, i] == 0.0:
                continue
            step = (Y1[j, i] - H[j, i]) * wet
            error = abs(0.4 * dt * (F[j, i] + R[j, i]) * wet - 0.8 * step)
            worst = max(worst, error)
            if abs(step) > 1e-6:
                total += error * error
                moving += 1.0
            if H[j, i] < boiling or Y1[j, i] < boiling:
                change = max(change, abs(min(H[j, i], boiling) - min(Y1[j, i], boiling)) * wet)
            if T[j, i] > peak[j, i]:
                peak[j, i] = T[j, i]
    result[0] = worst
    result[1] = math.sqrt(total / max(moving, 1.0))
    result[2] = change
    result[3] = out1
    result[4] = final

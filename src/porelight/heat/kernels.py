"""Compiled loops of the heat solver: one finite-volume form, explicit and super-time-stepped.

Kernels work on a window (``nz`` rows, ``nr`` rings) of the arrays, in place, without the interpreter's lock. They are
long because one pass over memory is what makes them fast.

Geometry ``line`` packs, per row, the cell height, and per ring, what the rings need; see :func:`geometry`.
"""

from __future__ import annotations

import math

import numpy as np

from porelight.arrays import Floats
from porelight.compiled import kernel
from porelight.fields import Grid
from porelight.heat.surface import through
from porelight.units import ICE_POINT, celsius

FREEZES = ICE_POINT
BOILS = celsius(100.0)
"""Where the enthalpy curve of :mod:`porelight.heat.tissue` bends [K]; a test holds it to that of the tables."""
WARM = celsius(37.0)
"""Temperature at which the tables give the conductivity [K]."""

FASTMATH = {"nsz", "arcp", "contract"}
"""Liberties that change no result by more than rounding: no reordering of sums, no ignoring of infinities."""


def geometry(grid: Grid) -> tuple[Floats, Floats]:
    """Heights (nz,) [m], and rings (4, nr): width, inner edge, 1 / (r dr) and area of a ring."""
    inner, outer = grid.r_edges[:-1], grid.r_edges[1:]
    moment = 0.5 * (outer**2 - inner**2)
    rings = np.stack([outer - inner, inner, 1.0 / moment, 2.0 * np.pi * moment])
    return np.ascontiguousarray(np.diff(grid.z_edges)), np.ascontiguousarray(rings)


@kernel(fastmath=FASTMATH)
def material(H, T, K, solid, row, law):  # type: ignore[no-untyped-def]
    """Temperature T [K] and conductivity K [W/m/K] of one row of cells from its enthalpy H."""
    frozen, fusion, wet = 1.0 / row[0], row[1], 1.0 / row[2]
    boiling, latent, dry, k0 = row[3], row[4], 1.0 / row[5], row[6]
    ice, steam = 1.0 / (fusion if fusion > 1.0 else 1.0), 1.0 / latent
    slope, icy, airy = law[0], law[1], law[2]
    for i in range(H.size):
        h = H[i]
        cold = h + fusion
        cold = cold if cold < 0.0 else 0.0
        warm = h if h > 0.0 else 0.0
        over = h - boiling
        over = over if over > 0.0 else 0.0
        hot = over - latent
        hot = hot if hot > 0.0 else 0.0
        t = FREEZES + cold * frozen + (warm - over) * wet + hot * dry
        T[i] = t
        ready = t if t > FREEZES else FREEZES
        ready = ready if ready < BOILS else BOILS
        part = -h * ice
        part = part if part > 0.0 else 0.0
        part = part if part < 1.0 else 1.0
        gone = over * steam
        gone = gone if gone < 1.0 else 1.0
        K[i] = k0 * (1.0 + slope * (ready - WARM)) * (1.0 + icy * part) * (1.0 - airy * gone) * solid[i]


@kernel(fastmath=FASTMATH)
def down(t, u, k, q, flow, a, b):  # type: ignore[no-untyped-def]
    """Heat flow [W/m2] from cells t to cells u below, conductivities k and q, half heights a and b in series."""
    for i in range(t.size):
        flow[i] = k[i] * q[i] / (a * q[i] + b * k[i] + 1e-300) * (t[i] - u[i])


@kernel(fastmath=FASTMATH)
def aside(t, u, k, q, flow, inner, outer, edge):  # type: ignore[no-untyped-def]
    """Heat flow times the radius of the face [W/m] from rings t to their outer neighbours u."""
    for i in range(t.size):
        series = 0.5 * (inner[i] * q[i] + outer[i] * k[i]) + 1e-300
        flow[i] = edge[i] * k[i] * q[i] / series * (t[i] - u[i])


@kernel(fastmath=FASTMATH)
def gather(d, above, below, inwards, outwards, share, solid, t, here, blood, body):  # type: ignore[no-untyped-def]
    """Rate of enthalpy [W/m3] of one row of cells from the flows of its faces and from blood."""
    for i in range(d.size):
        gain = (above[i] - below[i]) * here + (inwards[i] - outwards[i]) * share[i]
        d[i] = gain + blood * (body - t[i]) * solid[i]


@kernel(fastmath=FASTMATH)
def rate(H, T, K, solid, dH, rows, law, dz, rings, surface, nz, nr):  # type: ignore[no-untyped-def]
    """Temperature T [K], conductivity K and rate of enthalpy dH [W/m3] of enthalpy H; returns heat leaving [W].

    ``surface`` is what :mod:`porelight.heat.surface` packs; its third is the resting temperature of blood [K]. Faces
    towards removed cells and the outer faces of the window carry nothing else.
    """
    above, below, across = np.zeros(nr), np.zeros(nr), np.zeros(nr + 1)
    inner, outer, edge, share = rings[0, : nr - 1], rings[0, 1:nr], rings[1, 1:nr], rings[2, :nr]
    blood, body = law[3], surface[2]
    material(H[0, :nr], T[0, :nr], K[0, :nr], solid[0, :nr], rows[0], law)
    out = 0.0
    for j in range(nz):
        t, k, s, d = T[j, :nr], K[j, :nr], solid[j, :nr], dH[j, :nr]
        if j + 1 < nz:
            u, q = T[j + 1, :nr], K[j + 1, :nr]
            material(H[j + 1, :nr], u, q, solid[j + 1, :nr], rows[j + 1], law)
            down(t, u, k, q, below, 0.5 * dz[j], 0.5 * dz[j + 1])
        else:
            below[:] = 0.0
        aside(t[: nr - 1], t[1:], k[: nr - 1], k[1:], across[1:nr], inner, outer, edge)
        gather(d, above, below, across[:nr], across[1:], share, s, t, 1.0 / dz[j], blood, body)
        above, below = below, above
    if surface[0] > 0.0 or surface[6] > 0.0:
        out += through(T, K, solid, dH, dz, rings, surface, nz, nr)
    if law[3] > 0.0:
        for j in range(nz):
            for i in range(nr):
                out += law[3] * (T[j, i] - surface[2]) * solid[j, i] * dz[j] * rings[3, i]
    return out


@kernel(fastmath=FASTMATH)
def burst(H, solid, peak, added, leaving, dz, rings, dt, nz, nr, intact, ejected):  # type: ignore[no-untyped-def]
    """Tear off, with all the heat it holds, the boiling layer of every intact ring whose surface has boiled enough."""
    for i in range(nr):
        if intact[i] == 0.0:
            continue
        top = 0
        while top < nz and solid[top, i] == 0.0:
            top += 1
        if top == nz or H[top, i] < leaving[4, top] or added[top, i] < leaving[3, top] * dt:
            continue
        intact[i] = 0.0
        for j in range(top, nz):
            if H[j, i] < leaving[5, j]:
                break
            solid[j, i] = 0.0
            ejected[0] += H[j, i] * dz[j] * rings[3, i]
            ejected[1] += 1.0
            peak[j, i] = max(peak[j, i], BOILS)


@kernel(fastmath=FASTMATH)
def pulse_step(  # type: ignore[no-untyped-def]
    H, T, K, solid, dH, added, peak, rows, law, leaving, dz, rings, surface, dt, nz, nr, held, intact, ejected
):
    """One explicit step with light: H += dt dH + added, then removal; clears ``added``; returns heat let out [J].

    A cell that is open to the crater leaves once it holds its removal enthalpy, and more where light is weak, see
    :mod:`porelight.heat.removal`; what it holds beyond passes to the cell below. Rings still ``intact`` in this pulse
    may burst. While ``held`` nothing leaves: the pulse is over before ejecta could move. ``ejected`` gathers the
    heat [J] of what leaves, above liquid at 0 C, and the number of cells.
    """
    out = dt * rate(H, T, K, solid, dH, rows, law, dz, rings, surface, nz, nr)
    for j in range(nz):
        for i in range(nr):
            H[j, i] += dt * dH[j, i] + added[j, i]
            if T[j, i] > peak[j, i] and solid[j, i] > 0.0 and H[j, i] < rows[j, 7]:
                peak[j, i] = T[j, i]
    if held:
        added[:nz, :nr] = 0.0
        return out
    burst(H, solid, peak, added, leaving, dz, rings, dt, nz, nr, intact, ejected)
    for j in range(nz):
        for i in range(nr):
            lit = added[j, i]
            added[j, i] = 0.0
            if solid[j, i] == 0.0 or H[j, i] < rows[j, 7]:
                continue
            weak = min(max((leaving[1, j] - lit / dt) / (leaving[1, j] - leaving[0, j] + 1e-300), 0.0), 1.0)
            limit = rows[j, 7] + weak * leaving[2, j]
            if H[j, i] < limit:
                continue
            bare = j == 0 or solid[j - 1, i] == 0.0
            bare = bare or (i > 0 and solid[j, i - 1] == 0.0) or (i + 1 < nr and solid[j, i + 1] == 0.0)
            if not bare:
                continue
            solid[j, i] = 0.0
            intact[i] = 0.0
            ejected[1] += 1.0
            excess = H[j, i] - limit
            H[j, i] = limit
            if peak[j, i] < FREEZES + rows[j, 3] / rows[j, 2]:
                peak[j, i] = FREEZES + rows[j, 3] / rows[j, 2]
            hot = BOILS + max(limit - rows[j, 3] - rows[j, 4], 0.0) / rows[j, 5]
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


@kernel(fastmath=FASTMATH)
def blow_off(H, solid, peak, rows, dz, rings, nz, nr, ejected):  # type: ignore[no-untyped-def]
    """Remove, ring by ring from the surface down, what holds its removal enthalpy, with all the heat it holds."""
    for i in range(nr):
        for j in range(nz):
            if solid[j, i] == 0.0:
                continue
            if H[j, i] < rows[j, 7]:
                break
            solid[j, i] = 0.0
            ejected[0] += H[j, i] * dz[j] * rings[3, i]
            ejected[1] += 1.0
            H[j, i] = rows[j, 7]
            hot = BOILS + max(rows[j, 7] - rows[j, 3] - rows[j, 4], 0.0) / rows[j, 5]
            peak[j, i] = max(peak[j, i], hot)


@kernel(fastmath=FASTMATH)
def blend(h, f, r, y1, y2, mu, nu, c0, d1, d0):  # type: ignore[no-untyped-def]
    """One stage of the recursion on one row of cells: y2 <- y1, y1 <- the new stage."""
    for i in range(h.size):
        new = mu * y1[i] + nu * y2[i] + c0 * h[i] + d1 * r[i] + d0 * f[i]
        y2[i] = y1[i]
        y1[i] = new


@kernel(fastmath=FASTMATH)
def cooling_step(  # type: ignore[no-untyped-def]
    H, T, K, solid, F, Y1, Y2, R, peak, rows, law, dz, rings, surface, dt, stages, nz, nr, known, kink, result
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
            blend(H[j, :nr], F[j, :nr], R[j, :nr], Y1[j, :nr], Y2[j, :nr], mu, nu, c0, d1, d0)
        turn = mu * out1 + nu * out2 + d1 * out + d0 * out0
        out2, out1 = out1, turn
        b2, b1 = b1, b
    final = rate(Y1, T, K, solid, R, rows, law, dz, rings, surface, nz, nr)
    worst, total, moving, change = 0.0, 0.0, 0.0, 0.0
    for j in range(nz):
        wet, boiling = 1.0 / rows[j, 2], rows[j, 3]
        dried, thawed = boiling + rows[j, 4], -rows[j, 1]
        for i in range(nr):
            if solid[j, i] == 0.0:
                continue
            step = (Y1[j, i] - H[j, i]) * wet
            error = abs(0.4 * dt * (F[j, i] + R[j, i]) * wet - 0.8 * step)
            crossed = (H[j, i] > boiling) != (Y1[j, i] > boiling) or (H[j, i] > dried) != (Y1[j, i] > dried)
            crossed = crossed or (H[j, i] > 0.0) != (Y1[j, i] > 0.0) or (H[j, i] > thawed) != (Y1[j, i] > thawed)
            worst = max(worst, error * kink if crossed else error)
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

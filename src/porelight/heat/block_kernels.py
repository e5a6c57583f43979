"""Compiled loops of the block: the finite-volume form of the column in three dimensions.

Every cell follows the enthalpy curve and the conductivity of :func:`porelight.heat.kernels.material`; faces between
cells are two half cells in series, as in the column. One sweep reads the enthalpy once: temperature and conductivity
live in a few rows that stay in the cache, the flow through a face is computed once, and what is done with the rate
(a stage of a super-step, an explicit step, or keeping it) is done while the row is at hand.

Arrays have shape (nz, ny, nx), depth first, and a sweep works on the window ``(nz, y0, y1)`` of them. A caller
divides the window among threads by rows of y; no result depends on how.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from porelight.heat.kernels import FASTMATH, FREEZES, WARM, material

BLOCK = 16
"""Rows of y that a sweep takes at a time: what it needs of them stays in the second cache."""

STAGE, KEEP, EXPLICIT = 0, 1, 2
"""What a sweep does with the rate of a row."""

LANE = 1040
"""Longest row; rows of scratch memory lie this far apart, which the compiler then knows not to overlap."""

ANY_ORDER = {"nsz", "arcp", "contract", "reassoc", "nnan"}
"""Sums and maxima of one row may be taken in any order, so that they are taken several at a time."""

_NOTHING = 1e-30


@njit(cache=True, nogil=True, fastmath=ANY_ORDER, error_model="numpy")
def only_wet(h, z, y, n, boiling):  # type: ignore[no-untyped-def]
    """Whether a row is neither frozen nor boiling anywhere."""
    others = 0
    for i in range(n):
        others += (h[z, y, i] < 0.0) | (h[z, y, i] > boiling)
    return others == 0


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def wet_material(h, z, y, n, t, k, p, j, solid, wet, k0, slope):  # type: ignore[no-untyped-def]
    """What :func:`porelight.heat.kernels.material` comes to where nothing freezes or boils."""
    for i in range(n):
        t[p, j, i] = FREEZES + h[z, y, i] * wet
        k[p, j, i] = k0 * (1.0 + slope * (t[p, j, i] - WARM)) * solid[z, y, i]


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def lay(h, z, y, t, k, p, j, solid, first, ends, kinds, table, law):  # type: ignore[no-untyped-def]
    """Temperature and conductivity of one row, into row j of plane p: run by run of equal material."""
    n = h.shape[2]
    start, run = 0, first[z, y]
    kind = kinds[run]
    if ends[run] == n and only_wet(h, z, y, n, table[kind, 3]):
        wet_material(h, z, y, n, t, k, p, j, solid, 1.0 / table[kind, 2], table[kind, 6], law[0])
        return
    while start < n:
        part = slice(start, ends[run])
        material(h[z, y, part], t[p, j, part], k[p, j, part], solid[z, y, part], table[kinds[run]], law)
        start = ends[run]
        run += 1


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def fill(t, k, p, h, solid, z, s, g, first, ends, kinds, table, law):  # type: ignore[no-untyped-def]
    """Temperature and conductivity of rows s to g of plane z, into plane p; a closed row beyond the last."""
    for y in range(s, g):
        lay(h, z, y, t, k, p, y - s, solid, first, ends, kinds, table, law)
    for i in range(h.shape[2]):
        k[p, g - s, i] = 0.0


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def flows(t, k, p, q, j, n, flow, side, half, a, b, c, d):  # type: ignore[no-untyped-def]
    """Heat flow [W/m2] of row j of plane p to the row below in plane q, the row behind and the next cell.

    Into lanes of ``flow[side]``. Half cells: a and b down, c and d backwards, ``half`` along. One reciprocal serves the
    three faces of a cell.
    """
    for i in range(n):
        own, under, rear, near = k[p, j, i], k[q, j, i], k[p, j + 1, i], k[p, j, i + 1]
        down = a * under + b * own + _NOTHING
        back = c * rear + d * own + _NOTHING
        beside = half[i] * near + half[i + 1] * own + _NOTHING
        both = down * back
        one = own / (both * beside)
        two = one * beside
        flow[side, i] = two * back * under * (t[p, j, i] - t[q, j, i])
        flow[side, LANE + i] = two * down * rear * (t[p, j, i] - t[p, j + 1, i])
        flow[side, 2 * LANE + 1 + i] = one * both * near * (t[p, j, i] - t[p, j, i + 1])


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def between(t, k, p, n, flow, side, a, b):  # type: ignore[no-untyped-def]
    """Heat flow [W/m2] of the first row of plane p to the row behind it, half cells a and b, into ``flow[side]``."""
    for i in range(n):
        own, rear = k[p, 0, i], k[p, 1, i]
        flow[side, LANE + i] = own * rear / (a * rear + b * own + _NOTHING) * (t[p, 0, i] - t[p, 1, i])


@njit(cache=True, nogil=True, fastmath=ANY_ORDER, error_model="numpy")
def gather(out, z, y, n, roof, r, flow, side, t, p, j, solid, sz, sy, per, width, down, back, blood, body):  # type: ignore[no-untyped-def]
    """Rate of enthalpy [W/m3] of one row from the flows of its faces and blood; returns what blood takes [W/m2].

    ``roof[r]`` is the flow from above; ``down``, ``back`` and ``per`` are one over the sizes of the cells.
    """
    total = 0.0
    for i in range(n):
        warm = blood * (t[p, j, i] - body) * solid[sz, sy, i]
        beside = (flow[side, 2 * LANE + i] - flow[side, 2 * LANE + 1 + i]) * per[i]
        behind = (flow[1 - side, LANE + i] - flow[side, LANE + i]) * back
        out[z, y, i] = (roof[r, i] - flow[side, i]) * down + behind + beside - warm
        total += warm * width[i]
    return total


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def copy(roof, r, flow, side, n):  # type: ignore[no-untyped-def]
    """The flow out of a row is the flow into the row beneath."""
    for i in range(n):
        roof[r, i] = flow[side, i]


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def blend(out, h, f, base, z, y, n, rate, m):  # type: ignore[no-untyped-def]
    """One stage: out <- mu h + nu out + c0 base + d1 rate + d0 f."""
    mu, nu, c0, d1, d0 = m[0], m[1], m[2], m[3], m[4]
    for i in range(n):
        before = c0 * base[z, y, i] + d0 * f[z, y, i]
        out[z, y, i] = mu * h[z, y, i] + nu * out[z, y, i] + before + d1 * rate[0, 0, i]


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def advance(out, h, source, z, y, n, rate, dt):  # type: ignore[no-untyped-def]
    """One explicit step with a source [W/m3]."""
    for i in range(n):
        out[z, y, i] = h[z, y, i] + dt * (rate[0, 0, i] + source[z, y, i])


@njit(cache=True, nogil=True, fastmath=ANY_ORDER, error_model="numpy")
def any_above(t, p, j, n, limit):  # type: ignore[no-untyped-def]
    """Whether a row is warmer than that anywhere."""
    warm = 0
    for i in range(n):
        warm += t[p, j, i] > limit
    return warm > 0


@njit(cache=True, nogil=True, error_model="numpy")
def harm(omega, z, y, before, after, p, j, solid, duration, rates, given):  # type: ignore[no-untyped-def]
    """Add the damage of one row by Simpson's rule, rates [1/s] by linear look-up, ``given`` its start and spacing."""
    size, coldest, per = rates.size, given[0], 1.0 / given[1]
    for i in range(omega.shape[2]):
        a, b = before[p, j, i], after[p, j, i]
        if max(a, b) < coldest or solid[z, y, i] == 0 or omega[z, y, i] > 60.0:
            continue
        total = 0.0
        for part in range(3):
            x = min(max((a + (b - a) * 0.5 * part - coldest) * per, 0.0), size - 1.001)
            n = int(x)
            total += (1.0 + 3.0 * (part == 1)) * (rates[n] + (x - n) * (rates[n + 1] - rates[n]))
        omega[z, y, i] += duration * total / 6.0


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def judge(before, after, f, r, solid, row, dt, kink):  # type: ignore[no-untyped-def]
    """Greatest error by Verwer's estimate and greatest change of one run of cells [K]; as in the column."""
    worst, change = 0.0, 0.0
    wet, boiling = 1.0 / row[2], row[3]
    dried, thawed = boiling + row[4], -row[1]
    for i in range(before.size):
        if solid[i] == 0:
            continue
        h, y = before[i], after[i]
        step = (y - h) * wet
        error = abs(0.4 * dt * (f[i] + r[i]) * wet - 0.8 * step)
        if error > worst:
            crossed = (h > boiling) != (y > boiling) or (h > dried) != (y > dried)
            crossed = crossed or (h > 0.0) != (y > 0.0) or (h > thawed) != (y > thawed)
            worst = max(worst, error * kink if crossed else error)
        if abs(step) > change and (h < boiling or y < boiling):
            change = max(change, abs(min(h, boiling) - min(y, boiling)) * wet)
    return worst, change


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def sweep(  # type: ignore[no-untyped-def]
    mode, h, out, f, base, omega, solid, first, ends, kinds, table, law, dx, dy, dz, surface, window, y0, y1, m,
    rates, given, sums
):  # fmt: skip
    """Rate of enthalpy of ``h`` in rows ``y0`` to ``y1`` of the window, and what ``mode`` makes of it.

    STAGE blends it into ``out`` with the five weights ``m``; KEEP leaves it in ``out``; EXPLICIT steps by m[0] [s] with
    the source ``f`` [W/m3] and adds the damage of the temperatures at the start of the step to ``omega``.

    ``surface`` is heat transfer [W/m2/K], the temperature it leads to and the resting temperature of blood [K];
    ``given`` is where the look-up ``rates`` starts and its spacing [K]. ``sums`` (ny, 2) gets the heat leaving [W] of
    every row of y through the surface and with blood.
    """
    nz, low, high = window
    n, body, blood = dx.size, surface[2], law[3]
    t, k = np.zeros((2, BLOCK + 3, n + 1)), np.zeros((2, BLOCK + 3, n + 1))
    flow, roof = np.zeros((2, 3 * LANE + 1)), np.empty((BLOCK, n))
    bare, left = np.empty((BLOCK, n), dtype=np.uint8), np.empty(BLOCK, dtype=np.int64)
    rate, half, per = np.empty((1, 1, n)), np.append(0.5 * dx, 1.0), 1.0 / dx
    for start in range(y0, y1, BLOCK):
        end = min(start + BLOCK, y1)
        s, g = max(start - 1, low), min(end + 1, high)
        fill(t, k, 0, h, solid, 0, s, g, first, ends, kinds, table, law)
        roof[:] = 0.0
        bare[:] = 1
        left[:] = n
        sums[start:end] = 0.0
        for z in range(nz):
            here, there, last = z % 2, (z + 1) % 2, z + 1 == nz
            a, b = 0.5 * dz[z], 0.5 * dz[z if last else z + 1]
            if last:
                k[there] = 0.0
            else:
                fill(t, k, there, h, solid, z + 1, s, g, first, ends, kinds, table, law)
            if start > low:
                between(t, k, here, n, flow, (start + 1) % 2, 0.5 * dy[start - 1], 0.5 * dy[start])
            else:
                flow[(start + 1) % 2] = 0.0
            for y in range(start, end):
                i, j, side = y - start, y - s, y % 2
                flows(t, k, here, there, j, n, flow, side, half, a, b, 0.5 * dy[y], 0.5 * dy[min(y + 1, high - 1)])
                if surface[0] > 0.0 and left[i] > 0:
                    sums[y, 0] += meet(t, k, here, j, solid, z, y, roof, bare, left, i, a, surface, dx) * dy[y]
                down, back = 1.0 / dz[z], 1.0 / dy[y]
                if mode == KEEP:
                    taken = gather(
                        out, z, y, n, roof, i, flow, side, t, here, j, solid, z, y, per, dx, down, back, blood, body
                    )
                else:
                    taken = gather(
                        rate, 0, 0, n, roof, i, flow, side, t, here, j, solid, z, y, per, dx, down, back, blood, body
                    )
                sums[y, 1] += taken * dy[y] * dz[z]
                copy(roof, i, flow, side, n)
                if mode == STAGE:
                    blend(out, h, f, base, z, y, n, rate, m)
                elif mode == EXPLICIT:
                    advance(out, h, f, z, y, n, rate, m[0])
                    if rates.size > 1 and any_above(t, here, j, n, given[0]):
                        harm(omega, z, y, t, t, here, j, solid, m[0], rates, given)


@njit(cache=True, nogil=True, error_model="numpy")
def meet(t, k, p, j, solid, z, y, roof, bare, left, r, half, surface, width):  # type: ignore[no-untyped-def]
    """Let heat out of the cells of a row that nothing lies on any more; returns it [W/m]."""
    out = 0.0
    for i in range(width.size):
        if bare[r, i] == 1 and solid[z, y, i] != 0:
            bare[r, i] = 0
            left[r] -= 1
            loss = (t[p, j, i] - surface[1]) / (1.0 / surface[0] + half / k[p, j, i])
            roof[r, i] -= loss
            out += loss * width[i]
    return out


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def verdict(  # type: ignore[no-untyped-def]
    before, after, f, r, solid, first, ends, kinds, table, window, y0, y1, dt, kink, found
):
    """Greatest error and change [K] of every row of y in a step of ``dt`` [s], into ``found`` (ny, 2)."""
    for y in range(y0, y1):
        found[y] = 0.0
        for z in range(window[0]):
            start, run = 0, first[z, y]
            while start < before.shape[2]:
                part = slice(start, ends[run])
                worst, change = judge(
                    before[z, y, part], after[z, y, part], f[z, y, part], r[z, y, part], solid[z, y, part],
                    table[kinds[run]], dt, kink,
                )  # fmt: skip
                found[y, 0] = max(found[y, 0], worst)
                found[y, 1] = max(found[y, 1], change)
                start = ends[run]
                run += 1


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def accept(  # type: ignore[no-untyped-def]
    before, after, omega, peak, solid, first, ends, kinds, table, law, window, y0, y1, dt, rates, given
):
    """Damage and peak temperature of a step of ``dt`` [s] in rows ``y0`` to ``y1``; rows that end cold are passed."""
    n = before.shape[2]
    t, u, k = np.empty((1, 1, n)), np.empty((1, 1, n)), np.empty((1, 1, n))
    for z in range(window[0]):
        for y in range(y0, y1):
            lay(after, z, y, u, k, 0, 0, solid, first, ends, kinds, table, law)
            raise_peak(peak, z, y, n, u, solid)
            if rates.size > 1 and any_above(u, 0, 0, n, given[0]):
                lay(before, z, y, t, k, 0, 0, solid, first, ends, kinds, table, law)
                harm(omega, z, y, t, u, 0, 0, solid, dt, rates, given)


@njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
def raise_peak(peak, z, y, n, t, solid):  # type: ignore[no-untyped-def]
    """Highest temperature so far of the tissue of a row."""
    for i in range(n):
        higher = (t[0, 0, i] > peak[z, y, i]) & (solid[z, y, i] != 0)
        peak[z, y, i] = t[0, 0, i] if higher else peak[z, y, i]

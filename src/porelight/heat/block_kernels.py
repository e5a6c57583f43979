"""Compiled loops of the block: the finite-volume form of the column in three dimensions.

Every cell follows :func:`porelight.heat.kernels.apply_enthalpy_curve`; faces between cells are two half cells in
series, as in the column. One sweep reads the enthalpy once: temperature and conductivity live in a few rows that stay
in the cache, and what is done with the rate (a stage of a super-step, an explicit step, or keeping it) is done while
the row is at hand.

Arrays have shape (nz, ny, nx), depth first, and a sweep works on the window ``(nz, y0, y1)`` of them. A caller divides
the window among threads by rows of y.

Rows of scratch memory are lanes a fixed way apart in one array. The compiler then knows that they do not overlap, and
takes eight cells at a time; where rows are arrays of their own it gives that up without a word.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight.compiled import kernel
from porelight.heat.kernels import KERNEL_MATH, apply_enthalpy_curve
from porelight.heat.packing import (
    ACTIVATION,
    BODY,
    BOILING,
    CONDUCTIVITY,
    CONDUCTIVITY_POINT,
    FREEZING_POINT,
    FUSION,
    HOLDS_ABOVE,
    LATENT,
    LOG_A,
    OUTSIDE,
    PERFUSION_HEAT,
    SLOPE,
    TRANSFER,
    WET,
)
from porelight.heat.stepping import CHANGE_WEIGHT, ERROR_WEIGHT, PHASE_CHANGE_WEIGHT

SWEEP_ROWS: Final = 16
"""Rows of y that a sweep takes at a time at most: what it needs of them stays in the second cache."""

STAGE: Final = 0
KEEP: Final = 1
EXPLICIT: Final = 2
"""What a sweep does with the rate of a row."""

LANE_STRIDE: Final = 416
"""From one lane to the next; a row of a block has at most two cells less."""

SUMS_IN_ANY_ORDER: Final = {"nsz", "arcp", "contract", "reassoc", "nnan"}
"""Sums of one row may be taken in any order, so that they are taken several at a time."""

_NO_CONDUCTIVITY = 1e-30
"""Spares 0 / 0 between two cells that are gone; larger than in the column, because products of four are inverted."""


@kernel(fastmath=SUMS_IN_ANY_ORDER)
def fill_wet_rows(h, z, y0, y1, rows, p, j, solid, first, kinds, table, law, fit):  # type: ignore[no-untyped-def]
    """What the enthalpy curve comes to in rows of one material that nowhere freeze or boil: most of a block.

    ``fit`` (rows,) says of which rows that holds.
    """
    for y in range(y0, y1):
        at, kind, others = j + y - y0, kinds[first[z, y]], 0
        wet, k0, boiling, slope = 1.0 / table[kind, WET], table[kind, CONDUCTIVITY], table[kind, BOILING], law[SLOPE]
        for i in range(h.shape[2]):
            t = FREEZING_POINT + h[z, y, i] * wet
            rows[p, at, 1 + i] = t
            rows[p, at, LANE_STRIDE + 1 + i] = k0 * (1.0 + slope * (t - CONDUCTIVITY_POINT)) * solid[z, y, i]
            # Counted and not left early: a branch would keep the loop from taking eight cells at a time.
            others += (h[z, y, i] < 0.0) | (h[z, y, i] > boiling)
        fit[at] = others == 0


@kernel(fastmath=KERNEL_MATH)
def fill_rows(h, z, y0, y1, rows, p, j, solid, first, ends, kinds, table, law, fit):  # type: ignore[no-untyped-def]
    """Temperature and conductivity of rows y0 to y1 of layer z into the lanes of ``rows[p, j]`` and those after it."""
    fill_wet_rows(h, z, y0, y1, rows, p, j, solid, first, kinds, table, law, fit)
    for y in range(y0, y1):
        at, run = j + y - y0, first[z, y]
        if not fit[at] or ends[run] < h.shape[2]:
            fill_by_runs(h[z, y], rows[p, at], solid[z, y], run, ends, kinds, table, law)


@kernel(fastmath=KERNEL_MATH)
def fill_by_runs(h, row, solid, run, ends, kinds, table, law):  # type: ignore[no-untyped-def]
    """The same, run by run of equal material, by the whole law."""
    start = 0
    while start < h.size:
        end = ends[run]
        t, k = row[1 + start : 1 + end], row[LANE_STRIDE + 1 + start : LANE_STRIDE + 1 + end]
        apply_enthalpy_curve(h[start:end], t, k, solid[start:end], table[kinds[run]], law)
        start = end
        run += 1


@kernel(fastmath=KERNEL_MATH)
def fill_plane(rows, p, h, solid, z, s, g, first, ends, kinds, table, law, fit):  # type: ignore[no-untyped-def]
    """Temperature and conductivity of rows s to g of layer z, into plane p; a closed row beyond the last."""
    fill_rows(h, z, s, g, rows, p, 0, solid, first, ends, kinds, table, law, fit)
    for i in range(h.shape[2]):
        rows[p, g - s, LANE_STRIDE + 1 + i] = 0.0


@kernel(fastmath=KERNEL_MATH)
def flow_behind(rows, p, flow, n, a, b):  # type: ignore[no-untyped-def]
    """Heat flow [W/m2] of the first row of plane p to the row behind it, half cells a and b, into ``flow[0]``."""
    for i in range(n):
        k, rear = rows[p, 0, LANE_STRIDE + 1 + i], rows[p, 1, LANE_STRIDE + 1 + i]
        fall = rows[p, 0, 1 + i] - rows[p, 1, 1 + i]
        flow[0, LANE_STRIDE + i] = k * rear / (a * rear + b * k + _NO_CONDUCTIVITY) * fall


@kernel(fastmath=SUMS_IN_ANY_ORDER)
def find_row_rate(rows, p, q, j, flow, r, size, solid, z, y, high, dy, a, b, down, blood, body):  # type: ignore[no-untyped-def]
    """Rate of enthalpy [W/m3] of row y of layer z; returns what blood takes from it [W/m2].

    Args:
        rows: lanes of temperature and conductivity, plane by plane and row by row.
        p, q, j: plane of the layer and of the one below, and place of the row in them; the row behind is next.
        flow: lanes of rows: ``flow[r]`` of the row before, ``flow[r + 1]`` of this one. The flow from above [W/m2],
            which becomes the flow below; the flow to the row behind; and the rate.
        size: lanes of half widths, one over widths, and widths.
        high, dy: end of the window and depth of all rows.
        a, b, down: half cells of the layer below and of this one, and one over its height.
        blood, body: what blood takes per kelvin [W/m3/K], and its temperature.

    A flow is that of two half cells in series; one reciprocal of a product serves all four faces. One row a call: over
    more the compiler sees lanes that are read and written, and takes the cells one by one.
    """
    total = 0.0
    c, d, back = 0.5 * dy[y], 0.5 * dy[min(y + 1, high - 1)], 1.0 / dy[y]
    for i in range(solid.shape[2]):
        t, k = rows[p, j, 1 + i], rows[p, j, LANE_STRIDE + 1 + i]
        under, rear = rows[q, j, LANE_STRIDE + 1 + i], rows[p, j + 1, LANE_STRIDE + 1 + i]
        right, left = rows[p, j, LANE_STRIDE + 2 + i], rows[p, j, LANE_STRIDE + i]
        lower = a * under + b * k + _NO_CONDUCTIVITY
        hind = c * rear + d * k + _NO_CONDUCTIVITY
        after = size[1 + i] * right + size[2 + i] * k + _NO_CONDUCTIVITY
        before = size[i] * k + size[1 + i] * left + _NO_CONDUCTIVITY
        # Four divisions at the price of one: 1 / (lower hind after before), then multiplied back for each face.
        pair, other = lower * hind, after * before
        one = k / (pair * other)
        two = one * other
        below = two * hind * under * (t - rows[q, j, 1 + i])
        behind = two * lower * rear * (t - rows[p, j + 1, 1 + i])
        beside = one * pair * (after * left * (rows[p, j, i] - t) - before * right * (t - rows[p, j, 2 + i]))
        warm = blood * (t - body) * solid[z, y, i]
        ahead = (flow[r, LANE_STRIDE + i] - behind) * back
        rate = (flow[r + 1, i] - below) * down + ahead + beside * size[LANE_STRIDE + i] - warm
        flow[r + 1, i] = below
        flow[r + 1, LANE_STRIDE + i] = behind
        flow[r + 1, 2 * LANE_STRIDE + i] = rate
        total += warm * size[2 * LANE_STRIDE + i]
    return total


@kernel(fastmath=KERNEL_MATH)
def blend_rows(out, h, f, base, z, y0, y1, flow, m):  # type: ignore[no-untyped-def]
    """One stage in rows y0 to y1: out <- mu h + nu out + c0 base + d1 rate + d0 f."""
    mu, nu, c0, d1, d0 = m[0], m[1], m[2], m[3], m[4]
    for y in range(y0, y1):
        r = y - y0 + 1
        for i in range(h.shape[2]):
            before = c0 * base[z, y, i] + d0 * f[z, y, i]
            out[z, y, i] = mu * h[z, y, i] + nu * out[z, y, i] + before + d1 * flow[r, 2 * LANE_STRIDE + i]


@kernel(fastmath=KERNEL_MATH)
def keep_rate(out, z, y0, y1, flow):  # type: ignore[no-untyped-def]
    """The rate itself."""
    for y in range(y0, y1):
        for i in range(out.shape[2]):
            out[z, y, i] = flow[y - y0 + 1, 2 * LANE_STRIDE + i]


@kernel(fastmath=KERNEL_MATH)
def step_explicitly(out, h, source, z, y0, y1, flow, dt):  # type: ignore[no-untyped-def]
    """One explicit step with a source [W/m3]."""
    for y in range(y0, y1):
        r = y - y0 + 1
        for i in range(h.shape[2]):
            out[z, y, i] = h[z, y, i] + dt * (flow[r, 2 * LANE_STRIDE + i] + source[z, y, i])


@kernel(fastmath=SUMS_IN_ANY_ORDER)
def any_above(rows, p, j, n, limit):  # type: ignore[no-untyped-def]
    """Whether a row is warmer than that anywhere."""
    warm = 0
    for i in range(n):
        warm += rows[p, j, 1 + i] > limit
    return warm > 0


@kernel(fastmath=KERNEL_MATH)
def log_damage_rate(rows, p, j, n, ranges, log):  # type: ignore[no-untyped-def]
    """Logarithm of the rate of damage [1/s] of a row, from the range of temperature that it is in."""
    for part in range(ranges.shape[0]):
        above, a, activation = ranges[part, HOLDS_ABOVE], ranges[part, LOG_A], ranges[part, ACTIVATION]
        for i in range(n):
            t = rows[p, j, 1 + i]
            log[i] = a - activation / t if t > above else log[i]


@kernel(fastmath=KERNEL_MATH)
def add_damage(omega, z, y, rows, p, j, solid, duration, ranges, log):  # type: ignore[no-untyped-def]
    """Add damage of one row at a rate exp(log) for ``duration`` [s].

    exp x = (exp x/256)^256, by seven terms and eight squarings: to a millionth for x within 60, and many at a time.
    """
    n = omega.shape[2]
    log_damage_rate(rows, p, j, n, ranges, log)
    for i in range(n):
        x = min(max(log[i], -60.0), 60.0) / 256.0
        e = 1.0 + x * (1.0 + x * (0.5 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x / 5040))))))
        # Eight squarings, 2^8 = 256; written out, for a loop here would keep the outer one from being vectorised.
        e *= e
        e *= e
        e *= e
        e *= e
        e *= e
        e *= e
        e *= e
        e *= e
        omega[z, y, i] += duration * e * solid[z, y, i]


@kernel(fastmath=KERNEL_MATH)
def judge_cells(before, after, f, r, solid, row, dt):  # type: ignore[no-untyped-def]
    """Greatest error by Verwer's estimate and greatest change of one run of cells [K]; as in the column."""
    worst, change = 0.0, 0.0
    wet, boiling = 1.0 / row[WET], row[BOILING]
    dried, thawed = boiling + row[LATENT], -row[FUSION]
    for i in range(before.size):
        if solid[i] == 0:
            continue
        h, y = before[i], after[i]
        step = (y - h) * wet
        error = abs(ERROR_WEIGHT * dt * (f[i] + r[i]) * wet - CHANGE_WEIGHT * step)
        # Crossing a change of phase can only make the error smaller, so it is asked where it matters alone.
        if error > worst:
            crossed = (h > boiling) != (y > boiling) or (h > dried) != (y > dried)
            crossed = crossed or (h > 0.0) != (y > 0.0) or (h > thawed) != (y > thawed)
            worst = max(worst, error * PHASE_CHANGE_WEIGHT if crossed else error)
        if abs(step) > change and (h < boiling or y < boiling):
            change = max(change, abs(min(h, boiling) - min(y, boiling)) * wet)
    return worst, change


@kernel(fastmath=KERNEL_MATH)
def sweep_window(  # type: ignore[no-untyped-def]
    mode, h, out, f, base, omega, solid, runs, cells, sizes, surface, window, y0, y1, m, ranges, warm, sums
):  # fmt: skip
    """Rate of enthalpy of ``h`` in rows ``y0`` to ``y1`` of the window, and what ``mode`` makes of it.

    STAGE blends it into ``out`` with the five weights ``m``; KEEP leaves it in ``out``; EXPLICIT steps by m[0] [s] with
    the source ``f`` [W/m3] and adds the damage of the temperatures at the start of the step to ``omega`` in rows that
    pass ``warm`` [K], by ``ranges`` (from where it holds [K], ln A, E / R [K]).

    ``surface`` is heat transfer [W/m2/K], the temperature it leads to and the resting temperature of blood [K].
    ``sums`` (ny, 2) gets the heat leaving [W] of every row of y through the surface and with blood.
    """
    first, ends, kinds = runs
    table, law = cells
    dx, dy, dz = sizes
    nz, low, high = window
    n, body, blood = dx.size, surface[BODY], law[PERFUSION_HEAT]
    rows, flow = np.zeros((2, SWEEP_ROWS + 3, 2 * LANE_STRIDE)), np.zeros((SWEEP_ROWS + 1, 3 * LANE_STRIDE))
    size, log, fit = pack_widths(dx), np.empty(n), np.zeros(SWEEP_ROWS + 3, dtype=np.bool_)
    bare, left = np.empty((SWEEP_ROWS, n), dtype=np.uint8), np.empty(SWEEP_ROWS, dtype=np.int64)
    # A strip of rows of y at a time, all the way down: two planes of it, this one and the next below, fit the cache.
    for start in range(y0, y1, SWEEP_ROWS):
        end = min(start + SWEEP_ROWS, y1)
        # One row more on either side, for the flows through the faces of the strip.
        s, g = max(start - 1, low), min(end + 1, high)
        fill_plane(rows, 0, h, solid, 0, s, g, first, ends, kinds, table, law, fit)
        flow[:] = 0.0
        bare[:] = 1
        left[:] = n
        sums[start:end] = 0.0
        for z in range(nz):
            here, there, last = z % 2, (z + 1) % 2, z + 1 == nz
            a, b, j = 0.5 * dz[z], 0.5 * dz[z if last else z + 1], start - s
            # Below the window nothing conducts.
            if last:
                rows[there] = 0.0
            else:
                fill_plane(rows, there, h, solid, z + 1, s, g, first, ends, kinds, table, law, fit)
            # The strip before has been done and forgotten, so the flow from it is found again.
            if start > low:
                flow_behind(rows, here, flow, n, 0.5 * dy[start - 1], 0.5 * dy[start])
            if surface[TRANSFER] > 0.0:
                cool_bare_cells(rows, here, j, flow, solid, z, start, end, bare, left, a, surface, dx, dy, sums)
            for y in range(start, end):
                taken = find_row_rate(
                    rows, here, there, y - s, flow, y - start, size, solid, z, y, high, dy, a, b, 1.0 / dz[z], blood,
                    body,
                )  # fmt: skip
                sums[y, 1] += taken * dy[y] * dz[z]
            # The rates of the strip are at hand: use them before the next plane takes their place.
            if mode == STAGE:
                blend_rows(out, h, f, base, z, start, end, flow, m)
            elif mode == KEEP:
                keep_rate(out, z, start, end, flow)
            else:
                step_explicitly(out, h, f, z, start, end, flow, m[0])
                if ranges.size > 0:
                    for y in range(start, end):
                        if any_above(rows, here, y - s, n, warm):
                            add_damage(omega, z, y, rows, here, y - s, solid, m[0], ranges, log)


@kernel()
def pack_widths(dx):  # type: ignore[no-untyped-def]
    """Lanes of half widths (one of no cell on either side), of one over widths, and of widths."""
    size = np.ones(3 * LANE_STRIDE)
    for i in range(dx.size):
        size[1 + i], size[LANE_STRIDE + i], size[2 * LANE_STRIDE + i] = 0.5 * dx[i], 1.0 / dx[i], dx[i]
    return size


@kernel()
def cool_bare_cells(rows, p, j, flow, solid, z, y0, y1, bare, left, half, surface, dx, dy, sums):  # type: ignore[no-untyped-def]
    """Let heat out of the cells of rows y0 to y1 that nothing lies on any more, into the first of ``sums`` [W]."""
    for y in range(y0, y1):
        r = y - y0
        if left[r] == 0:
            continue
        for i in range(dx.size):
            if bare[r, i] == 1 and solid[z, y, i] != 0:
                bare[r, i] = 0
                left[r] -= 1
                t, k = rows[p, j + r, 1 + i], rows[p, j + r, LANE_STRIDE + 1 + i]
                loss = (t - surface[OUTSIDE]) / (1.0 / surface[TRANSFER] + half / k)
                flow[r + 1, i] -= loss
                sums[y, 0] += loss * dx[i] * dy[y]


@kernel(fastmath=KERNEL_MATH)
def judge_step(  # type: ignore[no-untyped-def]
    before, after, f, r, solid, runs, cells, window, y0, y1, dt, found
):
    """Greatest error and change [K] of every row of y in a step of ``dt`` [s], into ``found`` (ny, 2)."""
    first, ends, kinds = runs
    table, _law = cells
    for y in range(y0, y1):
        found[y] = 0.0
        for z in range(window[0]):
            start, run = 0, first[z, y]
            while start < before.shape[2]:
                part = slice(start, ends[run])
                worst, change = judge_cells(
                    before[z, y, part], after[z, y, part], f[z, y, part], r[z, y, part], solid[z, y, part],
                    table[kinds[run]], dt,
                )  # fmt: skip
                found[y, 0] = max(found[y, 0], worst)
                found[y, 1] = max(found[y, 1], change)
                start = ends[run]
                run += 1


@kernel(fastmath=KERNEL_MATH)
def take_step(  # type: ignore[no-untyped-def]
    before, after, omega, peak, solid, runs, cells, window, y0, y1, dt, ranges, warm
):
    """Peak temperature and damage, by Simpson's rule, of a step of ``dt`` [s]; rows that end cold are passed."""
    first, ends, kinds = runs
    table, law = cells
    n = before.shape[2]
    rows, log, fit = np.empty((1, 3, 2 * LANE_STRIDE)), np.empty(n), np.zeros(3, dtype=np.bool_)
    for z in range(window[0]):
        for y in range(y0, y1):
            fill_rows(after, z, y, y + 1, rows, 0, 2, solid, first, ends, kinds, table, law, fit)
            raise_peak(peak, z, y, rows, 2, solid)
            if ranges.size > 0 and any_above(rows, 0, 2, n, warm):
                fill_rows(before, z, y, y + 1, rows, 0, 0, solid, first, ends, kinds, table, law, fit)
                for i in range(n):
                    rows[0, 1, 1 + i] = 0.5 * (rows[0, 0, 1 + i] + rows[0, 2, 1 + i])
                for part in range(3):
                    share = dt * (4.0 if part == 1 else 1.0) / 6.0
                    add_damage(omega, z, y, rows, 0, part, solid, share, ranges, log)


@kernel(fastmath=KERNEL_MATH)
def raise_peak(peak, z, y, rows, j, solid):  # type: ignore[no-untyped-def]
    """Highest temperature so far of the tissue of a row."""
    for i in range(peak.shape[2]):
        higher = (rows[0, j, 1 + i] > peak[z, y, i]) & (solid[z, y, i] != 0)
        peak[z, y, i] = rows[0, j, 1 + i] if higher else peak[z, y, i]


@kernel(fastmath=KERNEL_MATH)
def read_temperatures(h, solid, runs, cells, t):  # type: ignore[no-untyped-def]
    """Of every cell, into ``t``."""
    first, ends, kinds = runs
    table, law = cells
    rows, fit = np.empty((1, 1, 2 * LANE_STRIDE)), np.zeros(1, dtype=np.bool_)
    for z in range(h.shape[0]):
        for y in range(h.shape[1]):
            fill_rows(h, z, y, y + 1, rows, 0, 0, solid, first, ends, kinds, table, law, fit)
            for i in range(h.shape[2]):
                t[z, y, i] = rows[0, 0, 1 + i]

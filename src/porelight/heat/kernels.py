"""Compiled loops of the heat solver: one finite-volume form, explicit and super-time-stepped.

Kernels work on a window (``nz`` rows, ``nr`` rings) of the arrays, in place, without the interpreter's lock. They are
long because one pass over memory is what makes them fast. What stands where in their arrays is named in
:mod:`porelight.heat.packing`.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from porelight.compiled import kernel
from porelight.fields import Grid
from porelight.heat.packing import (
    AIR_CONDUCTIVITY,
    BODY,
    BOILING,
    BOILING_POINT,
    BURST_ENTHALPY,
    BURSTS_ABOVE,
    CHAR_COST,
    CHARS_BELOW,
    CHARS_NOT_ABOVE,
    CONDUCTIVITY,
    CONDUCTIVITY_POINT,
    DRY,
    DRY_LOSS,
    EJECTED_CELLS,
    EJECTED_HEAT,
    FREEZING_POINT,
    FROZEN,
    FUSION,
    GREATEST_CHANGE,
    HEAT_OUT,
    ICE_GAIN,
    INNER_EDGE,
    LATENT,
    PER_MOMENT,
    PERFUSION_HEAT,
    POWER_OUT,
    REMOVAL,
    RING_AREA,
    RING_WIDTH,
    SLOPE,
    TORN_ENTHALPY,
    TRANSFER,
    WET,
    WORST_ERROR,
    Geometry,
)
from porelight.heat.stepping import CHANGE_WEIGHT, ERROR_WEIGHT, PHASE_CHANGE_WEIGHT
from porelight.heat.surface import lose_through_surface

KERNEL_MATH: Final = {"nsz", "arcp", "contract"}
"""Liberties that change no result by more than rounding: no reordering of sums, no ignoring of infinities."""


def pack_geometry(grid: Grid) -> Geometry:
    """Heights and rings of a grid."""
    inner, outer = grid.r_edges[:-1], grid.r_edges[1:]
    moment = 0.5 * (outer**2 - inner**2)
    rings = np.stack([outer - inner, inner, 1.0 / moment, 2.0 * np.pi * moment])
    return Geometry(np.ascontiguousarray(np.diff(grid.z_edges)), np.ascontiguousarray(rings))


@kernel(fastmath=KERNEL_MATH)
def apply_enthalpy_curve(H, T, K, solid, row, law):  # type: ignore[no-untyped-def]
    """Temperature T [K] and conductivity K [W/m/K] of one row of cells from its enthalpy H.

    The curve of :mod:`porelight.heat.tissue`, as sums of what lies in each part, and clipped shares in place of
    branches: the loop then runs on several cells at a time.
    """
    frozen, fusion, wet = 1.0 / row[FROZEN], row[FUSION], 1.0 / row[WET]
    boiling, latent, dry, k0 = row[BOILING], row[LATENT], 1.0 / row[DRY], row[CONDUCTIVITY]
    # Tissue without freezable water has no fusion to divide by.
    ice, steam = 1.0 / (fusion if fusion > 1.0 else 1.0), 1.0 / latent
    slope, icy, airy = law[SLOPE], law[ICE_GAIN], law[DRY_LOSS]
    for i in range(H.size):
        h = H[i]
        # Enthalpy below freezing, above 0 C, beyond the onset of boiling, and beyond the last of the water.
        cold = h + fusion
        cold = cold if cold < 0.0 else 0.0
        warm = h if h > 0.0 else 0.0
        over = h - boiling
        over = over if over > 0.0 else 0.0
        hot = over - latent
        hot = hot if hot > 0.0 else 0.0
        t = FREEZING_POINT + cold * frozen + (warm - over) * wet + hot * dry
        T[i] = t
        # The slope of the conductivity is that of water, so it holds between freezing and boiling alone.
        ready = t if t > FREEZING_POINT else FREEZING_POINT
        ready = ready if ready < BOILING_POINT else BOILING_POINT
        # Share of the freezable water that is ice, and of the water that has gone.
        part = -h * ice
        part = part if part > 0.0 else 0.0
        part = part if part < 1.0 else 1.0
        gone = over * steam
        gone = gone if gone < 1.0 else 1.0
        K[i] = k0 * (1.0 + slope * (ready - CONDUCTIVITY_POINT)) * (1.0 + icy * part) * (1.0 - airy * gone) * solid[i]


@kernel(fastmath=KERNEL_MATH)
def flow_down(t, u, k, q, flow, a, b):  # type: ignore[no-untyped-def]
    """Heat flow [W/m2] from cells t to cells u below, conductivities k and q, half heights a and b in series.

    Two half cells in series, so that the flow is right where the conductivity jumps (tissue to dried tissue), and
    nothing flows into a cell that is gone, whose conductivity is 0; the 1e-300 spares 0 / 0 between two such cells.
    """
    for i in range(t.size):
        flow[i] = k[i] * q[i] / (a * q[i] + b * k[i] + 1e-300) * (t[i] - u[i])


@kernel(fastmath=KERNEL_MATH)
def flow_aside(t, u, k, q, flow, inner, outer, edge):  # type: ignore[no-untyped-def]
    """Heat flow times the radius of the face [W/m] from rings t to their outer neighbours u."""
    for i in range(t.size):
        series = 0.5 * (inner[i] * q[i] + outer[i] * k[i]) + 1e-300
        flow[i] = edge[i] * k[i] * q[i] / series * (t[i] - u[i])


@kernel(fastmath=KERNEL_MATH)
def sum_flows(d, above, below, inwards, outwards, share, solid, t, here, blood, body):  # type: ignore[no-untyped-def]
    """Rate of enthalpy [W/m3] of one row of cells from the flows of its faces and from blood (Pennes)."""
    for i in range(d.size):
        gain = (above[i] - below[i]) * here + (inwards[i] - outwards[i]) * share[i]
        d[i] = gain + blood * (body - t[i]) * solid[i]


@kernel(fastmath=KERNEL_MATH)
def find_rate(H, T, K, solid, dH, rows, law, dz, rings, surface, nz, nr):  # type: ignore[no-untyped-def]
    """Temperature T [K], conductivity K and rate of enthalpy dH [W/m3] of enthalpy H; returns heat leaving [W].

    ``surface`` is what :mod:`porelight.heat.surface` packs. Faces towards removed cells and the outer faces of the
    window carry nothing else.
    """
    above, below, across = np.zeros(nr), np.zeros(nr), np.zeros(nr + 1)
    inner, outer = rings[RING_WIDTH, : nr - 1], rings[RING_WIDTH, 1:nr]
    edge, share = rings[INNER_EDGE, 1:nr], rings[PER_MOMENT, :nr]
    blood, body = law[PERFUSION_HEAT], surface[BODY]
    apply_enthalpy_curve(H[0, :nr], T[0, :nr], K[0, :nr], solid[0, :nr], rows[0], law)
    out = 0.0
    # Row by row downwards: the flow through a face is found once and used by the cells on both sides of it, so what one
    # loses the other gains and energy is kept to rounding.
    for j in range(nz):
        t, k, s, d = T[j, :nr], K[j, :nr], solid[j, :nr], dH[j, :nr]
        if j + 1 < nz:
            u, q = T[j + 1, :nr], K[j + 1, :nr]
            apply_enthalpy_curve(H[j + 1, :nr], u, q, solid[j + 1, :nr], rows[j + 1], law)
            flow_down(t, u, k, q, below, 0.5 * dz[j], 0.5 * dz[j + 1])
        else:
            below[:] = 0.0
        flow_aside(t[: nr - 1], t[1:], k[: nr - 1], k[1:], across[1:nr], inner, outer, edge)
        sum_flows(d, above, below, across[:nr], across[1:], share, s, t, 1.0 / dz[j], blood, body)
        above, below = below, above
    if surface[TRANSFER] > 0.0 or surface[AIR_CONDUCTIVITY] > 0.0:
        out += lose_through_surface(T, K, solid, dH, dz, rings, surface, nz, nr)
    # What blood carries off is gone from the column: it counts as let out.
    if blood > 0.0:
        for j in range(nz):
            for i in range(nr):
                out += blood * (T[j, i] - body) * solid[j, i] * dz[j] * rings[RING_AREA, i]
    return out


@kernel(fastmath=KERNEL_MATH)
def burst_surface(H, solid, peak, added, leaving, dz, rings, dt, nz, nr, intact, ejected):  # type: ignore[no-untyped-def]
    """Tear off, with all the heat it holds, the boiling layer of every intact ring whose surface has boiled enough."""
    for i in range(nr):
        if intact[i] == 0.0:
            continue
        top = 0
        while top < nz and solid[top, i] == 0.0:
            top += 1
        # Steam must have formed, and form faster than an intact surface lets it out.
        if top == nz or H[top, i] < leaving[BURST_ENTHALPY, top] or added[top, i] < leaving[BURSTS_ABOVE, top] * dt:
            continue
        intact[i] = 0.0
        for j in range(top, nz):
            if H[j, i] < leaving[TORN_ENTHALPY, j]:
                break
            solid[j, i] = 0.0
            ejected[EJECTED_HEAT] += H[j, i] * dz[j] * rings[RING_AREA, i]
            ejected[EJECTED_CELLS] += 1.0
            peak[j, i] = max(peak[j, i], BOILING_POINT)


@kernel(fastmath=KERNEL_MATH)
def step_under_light(field, rate, added, material, geometry, surface, dt, window, held, intact, ejected):  # type: ignore[no-untyped-def]
    """One explicit step with light: H += dt dH + added, then removal; clears ``added``; returns heat let out [J].

    A cell that is open to the crater leaves once it holds its removal enthalpy, and more where light is weak, see
    :mod:`porelight.heat.removal`; what it holds beyond passes to the cell below. Rings still ``intact`` in this pulse
    may burst. While ``held`` nothing leaves: the pulse is over before ejecta could move. ``ejected`` gathers the
    heat [J] of what leaves, above liquid at 0 C, and the number of cells.
    """
    H, T, K, solid, peak = field
    rows, law, leaving = material
    dz, rings = geometry
    nz, nr = window
    out = dt * find_rate(H, T, K, solid, rate, rows, law, dz, rings, surface, nz, nr)
    for j in range(nz):
        for i in range(nr):
            H[j, i] += dt * rate[j, i] + added[j, i]
            # The peak of a cell that is about to leave is set where it leaves, at its removal temperature.
            if T[j, i] > peak[j, i] and solid[j, i] > 0.0 and H[j, i] < rows[j, REMOVAL]:
                peak[j, i] = T[j, i]
    if held:
        added[:nz, :nr] = 0.0
        return out
    burst_surface(H, solid, peak, added, leaving, dz, rings, dt, nz, nr, intact, ejected)
    for j in range(nz):
        for i in range(nr):
            lit = added[j, i]
            added[j, i] = 0.0
            if solid[j, i] == 0.0 or H[j, i] < rows[j, REMOVAL]:
                continue
            # Under weak light dried tissue stays and chars: the limit rises in a straight line from the typical removal
            # where light is as strong as where no char is seen, to that of char where it is as weak as where it is.
            strong = leaving[CHARS_NOT_ABOVE, j]
            weak = min(max((strong - lit / dt) / (strong - leaving[CHARS_BELOW, j] + 1e-300), 0.0), 1.0)
            limit = rows[j, REMOVAL] + weak * leaving[CHAR_COST, j]
            if H[j, i] < limit:
                continue
            # Tissue leaves only where it is open to the crater or the air; what is enclosed must wait.
            bare = j == 0 or solid[j - 1, i] == 0.0
            bare = bare or (i > 0 and solid[j, i - 1] == 0.0) or (i + 1 < nr and solid[j, i + 1] == 0.0)
            if not bare:
                continue
            solid[j, i] = 0.0
            intact[i] = 0.0
            ejected[EJECTED_CELLS] += 1.0
            excess = H[j, i] - limit
            H[j, i] = limit
            # It was at boiling, and where it dried up at its removal temperature, even if the step leapt over both.
            boiled = FREEZING_POINT + rows[j, BOILING] / rows[j, WET]
            if peak[j, i] < boiled:
                peak[j, i] = boiled
            hot = BOILING_POINT + max(limit - rows[j, BOILING] - rows[j, LATENT], 0.0) / rows[j, DRY]
            if limit >= rows[j, BOILING] + rows[j, LATENT] and peak[j, i] < hot:
                peak[j, i] = hot
            # What it holds beyond the limit belongs to light that reached the tissue behind it: below, else aside.
            volume = dz[j] * rings[RING_AREA, i]
            ejected[EJECTED_HEAT] += limit * volume
            if j + 1 < nz and solid[j + 1, i] > 0.0:
                H[j + 1, i] += excess * dz[j] / dz[j + 1]
            elif i + 1 < nr and solid[j, i + 1] > 0.0:
                H[j, i + 1] += excess * rings[RING_AREA, i] / rings[RING_AREA, i + 1]
            else:
                ejected[EJECTED_HEAT] += excess * volume
    return out


@kernel(fastmath=KERNEL_MATH)
def blow_off(field, material, geometry, window, ejected):  # type: ignore[no-untyped-def]
    """Remove, ring by ring from the surface down, what holds its removal enthalpy, with all the heat it holds."""
    H, _T, _K, solid, peak = field
    rows, _law, _leaving = material
    dz, rings = geometry
    nz, nr = window
    for i in range(nr):
        for j in range(nz):
            if solid[j, i] == 0.0:
                continue
            if H[j, i] < rows[j, REMOVAL]:
                break
            solid[j, i] = 0.0
            ejected[EJECTED_HEAT] += H[j, i] * dz[j] * rings[RING_AREA, i]
            ejected[EJECTED_CELLS] += 1.0
            H[j, i] = rows[j, REMOVAL]
            hot = BOILING_POINT + max(rows[j, REMOVAL] - rows[j, BOILING] - rows[j, LATENT], 0.0) / rows[j, DRY]
            peak[j, i] = max(peak[j, i], hot)


@kernel(fastmath=KERNEL_MATH)
def blend_stage(h, f, r, y1, y2, mu, nu, c0, d1, d0):  # type: ignore[no-untyped-def]
    """One stage of the recursion on one row of cells: y2 <- y1, y1 <- the new stage."""
    for i in range(h.size):
        new = mu * y1[i] + nu * y2[i] + c0 * h[i] + d1 * r[i] + d0 * f[i]
        y2[i] = y1[i]
        y1[i] = new


@kernel(fastmath=KERNEL_MATH)
def step_without_light(field, stages, material, geometry, surface, dt, count, window, known, report):  # type: ignore[no-untyped-def]
    """One RKL2 step of ``count`` (odd) stages from the field's enthalpy; leaves the new one in ``stages.newest``.

    Recursion of Meyer, Balsara and Aslam (2014), eqs. 14-17. ``known`` is the heat let out at the start [W], ``report``
    takes what the step is judged by: see :func:`judge_step`; heat let out [J]; rate of letting out at the end [W].
    """
    H, T, K, solid, _peak = field
    F, Y1, Y2, R = stages
    rows, law, _leaving = material
    dz, rings = geometry
    nz, nr = window
    w = 4.0 / (count * count + count - 2.0)
    m1 = w / 3.0
    for j in range(nz):
        for i in range(nr):
            Y2[j, i] = H[j, i]
            Y1[j, i] = H[j, i] + m1 * dt * F[j, i]
    # Heat let out follows the same recursion as the enthalpy, so that the balance closes to rounding.
    out0, out2, out1 = known, 0.0, m1 * dt * known
    b2, b1 = 1.0 / 3.0, 1.0 / 3.0
    for q in range(2, count + 1):
        b = (q * q + q - 2.0) / (2.0 * q * (q + 1.0))
        if q == 2:
            b = 1.0 / 3.0
        mu = (2.0 * q - 1.0) / q * b / b1
        nu = -(q - 1.0) / q * b / b2
        mt = mu * w
        ga = -(1.0 - b1) * mt
        out = find_rate(Y1, T, K, solid, R, rows, law, dz, rings, surface, nz, nr)
        c0, d1, d0 = 1.0 - mu - nu, mt * dt, ga * dt
        for j in range(nz):
            blend_stage(H[j, :nr], F[j, :nr], R[j, :nr], Y1[j, :nr], Y2[j, :nr], mu, nu, c0, d1, d0)
        turn = mu * out1 + nu * out2 + d1 * out + d0 * out0
        out2, out1 = out1, turn
        b2, b1 = b1, b
    report[POWER_OUT] = find_rate(Y1, T, K, solid, R, rows, law, dz, rings, surface, nz, nr)
    report[HEAT_OUT] = out1
    judge_step(field, stages, rows, dt, nz, nr, report)


@kernel(fastmath=KERNEL_MATH)
def judge_step(field, stages, rows, dt, nz, nr, report):  # type: ignore[no-untyped-def]
    """Greatest error and greatest change [K] of a step, into ``report``; peaks are raised on the way.

    The error is estimated as Verwer does for stabilised Runge-Kutta methods, 0.8 (y0 - y1) + 0.4 dt (f0 + f1).
    """
    H, T, _K, solid, peak = field
    F, Y1, _Y2, R = stages
    worst, change = 0.0, 0.0
    for j in range(nz):
        wet, boiling = 1.0 / rows[j, WET], rows[j, BOILING]
        dried, thawed = boiling + rows[j, LATENT], -rows[j, FUSION]
        for i in range(nr):
            if solid[j, i] == 0.0:
                continue
            step = (Y1[j, i] - H[j, i]) * wet
            error = abs(ERROR_WEIGHT * dt * (F[j, i] + R[j, i]) * wet - CHANGE_WEIGHT * step)
            # A cell that enters or leaves a change of phase bends the curve within the step: there the estimate, which
            # takes it for smooth, is far too high.
            crossed = (H[j, i] > boiling) != (Y1[j, i] > boiling) or (H[j, i] > dried) != (Y1[j, i] > dried)
            crossed = crossed or (H[j, i] > 0.0) != (Y1[j, i] > 0.0) or (H[j, i] > thawed) != (Y1[j, i] > thawed)
            worst = max(worst, error * PHASE_CHANGE_WEIGHT if crossed else error)
            # Boiling changes enthalpy without changing temperature, so only what is below it counts as change.
            if H[j, i] < boiling or Y1[j, i] < boiling:
                change = max(change, abs(min(H[j, i], boiling) - min(Y1[j, i], boiling)) * wet)
            if T[j, i] > peak[j, i]:
                peak[j, i] = T[j, i]
    report[WORST_ERROR] = worst
    report[GREATEST_CHANGE] = change

"""Compiled loop of :mod:`porelight.photo.pores.fit`: one dot after the other, without the interpreter's lock.

It is long because one pass over the pixels of a dot gives everything that one step of the fit needs.
"""

from __future__ import annotations

import math

import numpy as np

from porelight.compiled import kernel

ROUNDS = 8
LEAST_PIXEL_WEIGHT = 0.01
"""Weight below which a pixel is left out."""
SETTLED = 1e-4
"""Share of the cost by which a step must lower it for the fit to go on."""
STEEP = 1.702
"""Slope at which the logistic function is within 1 % of the normal integral (Haley 1952)."""
FASTMATH = {"nsz", "arcp", "contract"}
X, Y, SIZE, LONG, SLANT, SOFT, DEPTH, LEVEL, TILT_X, TILT_Y = range(10)


@kernel(fastmath=FASTMATH)
def look(plane, weights, row, column, half, at, slope, normal, force, left):  # type: ignore[no-untyped-def]
    """Residual of every pixel of a dot into ``left``, and the sums over them: the normal matrix, the force, the cost.

    Residual = level + tilt . (u, v) - depth / (1 + exp(STEEP (rho - 1) radius / edge)) - light,
    rho2 = d . exp(-2 E) d / radius2, E = [[long, slant], [slant, -long]], semi-axes radius * exp(+-|E|).
    """
    normal[:] = 0.0
    force[:] = 0.0
    cost, total = 0.0, 0.0
    radius, edge, depth = math.exp(at[SIZE]), math.exp(at[SOFT]), at[DEPTH]
    long, slant = at[LONG], at[SLANT]
    stretch = math.sqrt(long * long + slant * slant) + 1e-4
    even, odd = math.cosh(2.0 * stretch), math.sinh(2.0 * stretch) / stretch
    change = (2.0 * even - odd) / stretch
    sharp = STEEP * radius / edge
    for i in range(-half, half + 1):
        for j in range(-half, half + 1):
            here = (i + half, j + half)
            weight = weights[here]
            if weight == 0.0:
                continue
            du, dv = j - at[X], i - at[Y]
            square, cross = du * du + dv * dv, du * du - dv * dv
            skew = cross * long + 2.0 * du * dv * slant
            rho = math.sqrt(max(even * square - odd * skew, 1e-9)) / radius
            power = sharp * (rho - 1.0)
            share = 1.0 / (1.0 + math.exp(min(max(power, -40.0), 40.0)))
            residual = at[LEVEL] + at[TILT_X] * j + at[TILT_Y] * i - depth * share - plane[row + i, column + j]
            steep = depth * share * (1.0 - share)
            by_rho = steep * sharp
            part = by_rho / (2.0 * max(rho, 1e-3) * radius * radius)
            along = 2.0 * odd * stretch * square - change * skew
            slope[X] = -2.0 * part * (even * du - odd * (du * long + dv * slant))
            slope[Y] = -2.0 * part * (even * dv - odd * (du * slant - dv * long))
            slope[SIZE] = -by_rho * rho + steep * power
            slope[LONG] = part * (along * long / stretch - odd * cross)
            slope[SLANT] = part * (along * slant / stretch - 2.0 * odd * du * dv)
            slope[SOFT] = -steep * power
            slope[DEPTH] = -share
            slope[LEVEL], slope[TILT_X], slope[TILT_Y] = 1.0, j, i
            left[here] = residual
            total += weight
            cost += weight * residual * residual
            for k in range(10):
                pull = weight * slope[k]
                force[k] += pull * residual
                for m in range(k + 1):
                    normal[k, m] += pull * slope[m]
    return cost, total


@kernel(fastmath=FASTMATH)
def weigh(plane, row, column, half, reach, weights):  # type: ignore[no-untyped-def]
    """Weight of each pixel of a dot: one in the middle, nothing outside the picture and where it would hardly count."""
    for i in range(-half, half + 1):
        for j in range(-half, half + 1):
            far = (i * i + j * j) / (reach * reach)
            weight = math.exp(-0.5 * far * far)
            inside = 0 <= row + i < plane.shape[0] and 0 <= column + j < plane.shape[1]
            weights[i + half, j + half] = weight if inside and weight > LEAST_PIXEL_WEIGHT else 0.0


@kernel(fastmath=FASTMATH)
def solved(matrix, right, step):  # type: ignore[no-untyped-def]
    """``step`` such that matrix . step = right, by Cholesky in the lower triangle of ``matrix``; whether it exists."""
    for k in range(10):
        for m in range(k + 1):
            rest = matrix[k, m]
            for i in range(m):
                rest -= matrix[k, i] * matrix[m, i]
            if m < k:
                matrix[k, m] = rest / matrix[m, m]
            elif rest > 0.0:
                matrix[k, k] = math.sqrt(rest)
            else:
                return False
    for k in range(10):
        rest = right[k]
        for i in range(k):
            rest -= matrix[k, i] * step[i]
        step[k] = rest / matrix[k, k]
    for k in range(9, -1, -1):
        rest = step[k]
        for i in range(k + 1, 10):
            rest -= matrix[i, k] * step[i]
        step[k] = rest / matrix[k, k]
    return True


@kernel(fastmath=FASTMATH)
def fit(plane, rows, columns, halves, reaches, starts, lows, highs, stiffness, at, variances, normals, near, square):  # type: ignore[no-untyped-def]
    """Fits dots (n,): damped least squares, eight rounds, with a pull towards the start as strong as the scatter."""
    slope, step, tried = np.empty(10), np.empty(10), np.empty(10)
    normal, force = np.empty((10, 10)), np.empty(10)
    other, push, matrix = np.empty((10, 10)), np.empty(10), np.empty((10, 10))
    for n in range(rows.size):
        row, column, half, reach = rows[n], columns[n], halves[n], reaches[n]
        left, weights = np.zeros((2 * half + 1, 2 * half + 1)), np.empty((2 * half + 1, 2 * half + 1))
        weigh(plane, row, column, half, reach, weights)
        start, here = starts[n], at[n]
        here[:] = start
        cost, total = look(plane, weights, row, column, half, here, slope, normal, force, left)
        damping = 1e-2
        variance = cost / max(total - 6.0, 4.0) + 1e-8
        for _ in range(ROUNDS):
            for k in range(10):
                pull = stiffness[k] * variance
                matrix[k, :k] = normal[k, :k]
                matrix[k, k] = (normal[k, k] + pull) * (1.0 + damping) + 1e-12
                push[k] = -force[k] - pull * (here[k] - start[k])
            better = False
            if solved(matrix, push, step):
                for k in range(10):
                    tried[k] = min(max(here[k] + step[k], lows[n, k]), highs[n, k])
                cost_tried, _ = look(plane, weights, row, column, half, tried, slope, other, push, left)
                gain = cost - cost_tried
                for k in range(10):
                    gain += stiffness[k] * variance * ((here[k] - start[k]) ** 2 - (tried[k] - start[k]) ** 2)
                better = gain > 0.0
            if better:
                here[:] = tried
                normal[:] = other
                force[:] = push
                cost = cost_tried
                variance = cost / max(total - 6.0, 4.0) + 1e-8
                damping = max(damping * 0.3, 1e-6)
                if gain < SETTLED * cost:
                    break
            else:
                damping = min(damping * 6.0, 1e6)
        look(plane, weights, row, column, half, here, slope, other, push, left)
        variances[n] = variance
        normals[n] = normal
        near[n] = 0.5 * (np.mean(left[:, 1:] * left[:, :-1]) + np.mean(left[1:] * left[:-1]))
        square[n] = np.mean(left * left)

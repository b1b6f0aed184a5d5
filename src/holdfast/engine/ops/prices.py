"""Price indices (conventions §14) and what channels and lines charge."""

from __future__ import annotations

import numpy as np

from holdfast.engine.kernel import op, step

_LOG2E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_ROUND = 6755399441055744.0  # 1.5 * 2^52: adding and subtracting it rounds to a whole number


@step
def exponential(x):
    """exp(x) for |x| < 700, within 2 units in the last place; no call to a library, so the lane loop is vectorised.

    Source: Cody and Waite, Software Manual for the Elementary Functions (1980), ch. 6, with a Taylor polynomial.
    """
    shifted = x * _LOG2E + _ROUND
    n = shifted - _ROUND
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    power = (np.float64(shifted).view(np.int64) + 1023) << 52
    return p * np.int64(power).view(np.float64)


@op
def price(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """One index moves. A: x, index, parameters (level, persistence, spread, correlation...), n, normal rows..."""
    x, index, at, n = A[k] * B, A[k + 1] * B, A[k + 2], A[k + 3]
    level, persistence, spread = P[at], P[at + 1], P[at + 2]
    if t == 0:
        for i in range(lo, hi):
            F[x + i] = 0.0
            F[index + i] = level
        return
    for i in range(lo, hi):
        F[x + i] = persistence * F[x + i]
    for j in range(n):
        weight, z = spread * P[at + 3 + j], A[k + 4 + j] * B
        for i in range(lo, hi):
            F[x + i] += weight * F[z + i]
    for i in range(lo, hi):
        F[index + i] = level * exponential(F[x + i])


@op
def times_indices(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """A price times the indices it moves with. A: out, price, n, index rows..."""
    out, base, n = A[k] * B, A[k + 1] * B, A[k + 2]
    for i in range(lo, hi):
        F[out + i] = F[base + i]
    for j in range(n):
        index = A[k + 3 + j] * B
        for i in range(lo, hi):
            F[out + i] *= F[index + i]

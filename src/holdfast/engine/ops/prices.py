"""Price indices (conventions §14) and what channels and lines charge."""

from __future__ import annotations

from holdfast.engine.elementary import exponential
from holdfast.engine.kernel import op
from holdfast.engine.sample import BY_TURNS


@op
def price(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """One index moves.

    A: x, index, parameters (level, persistence, spread, correlation...), n, first of four rows of normals by turns...
    """
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
        weight, z = spread * P[at + 3 + j], (A[k + 4 + j] + (t & BY_TURNS)) * B
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

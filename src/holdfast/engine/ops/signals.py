"""Signals: what a decider can see (conventions §9)."""

from __future__ import annotations

import math

import numpy as np

from holdfast.engine.kernel import op, step


@step
def notice(Z, B, lo, hi, noticed, changes, true, past, delay, t):
    """The true state of `delay` periods ago; `past` is a ring of delay + 1 rows."""
    write, read = (past + t % (delay + 1)) * B, (past + (t + 1) % (delay + 1)) * B
    changed = np.int32(0)
    for i in range(lo, hi):
        Z[write + i] = Z[true + i]
        sees = Z[read + i]
        changed = np.int32(changed | (sees ^ Z[noticed + i]))
        Z[noticed + i] = sees
    Z[changes + lo] += np.int32(changed != 0)


@op
def lowest_cover(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """The lowest cover over goods. A: out, n, then (level, 1 / use)."""
    out = A[k] * B
    for i in range(lo, hi):
        F[out + i] = math.inf
    for j in range(A[k + 1]):
        level, per_use = A[k + 2 + 2 * j] * B, P[A[k + 3 + 2 * j]]
        for i in range(lo, hi):
            F[out + i] = min(F[out + i], F[level + i] * per_use)


@op
def add_up(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """A sum of rows. A: out, n, rows."""
    out = A[k] * B
    for i in range(lo, hi):
        F[out + i] = 0.0
    for j in range(A[k + 1]):
        row = A[k + 2 + j] * B
        for i in range(lo, hi):
            F[out + i] += F[row + i]


@op
def threshold(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """On below (or above) one level, off at another.

    A: noticed, changes of it, true, history (delay + 1 rows), value, on, off, below, delay.
    """
    noticed, changes, true, past, value = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3], A[k + 4] * B
    on_at, off_at, below, delay = P[A[k + 5]], P[A[k + 6]], A[k + 7], A[k + 8]
    on_slack, off_slack = 1e-9 * (1.0 + on_at), 1e-9 * (1.0 + off_at)
    for i in range(lo, hi):
        x, s = F[value + i], Z[true + i]
        on = x < on_at - on_slack if below != 0 else x > on_at + on_slack
        off = x >= off_at - off_slack if below != 0 else x <= off_at + off_slack
        Z[true + i] = 1 if on else (0 if off else s)
    notice(Z, B, lo, hi, noticed, changes, true, past, delay, t)


@op
def warned(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """On for some time after a warning. A: noticed, changes of it, true, history, pulse, left, lasts, delay."""
    noticed, changes, true, past = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3]
    pulse, left, lasts, delay = A[k + 4] * B, A[k + 5] * B, A[k + 6], A[k + 7]
    for i in range(lo, hi):
        rings, n = Z[pulse + i] != 0, max(np.int32(0), np.int32(Z[left + i] - 1))
        n = np.int32(lasts) if rings else n
        Z[left + i] = n
        Z[true + i] = np.int32(n > 0)
    notice(Z, B, lo, hi, noticed, changes, true, past, delay, t)

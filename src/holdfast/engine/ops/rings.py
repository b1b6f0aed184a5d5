"""Rings: what is due in a later period.

A ring has a near row for each of the next few periods, where nearly all that is put into it goes, and far rows for
what is due later. A mask tells which far rows a lane has used, and at the first lane of the row after it which any lane
has: rows that nobody used are never touched, so that the state of a block stays in a core's cache. What was under way
at the start is the same in all futures and lies in P.

A ring's place in A: near row, near rows, far row, far rows, first mask row, opening in P, periods of the opening.
Near and far rows are rows of X: F for amounts, Z for lots.
"""

from __future__ import annotations

import numpy as np

from holdfast.engine.kernel import prefetch, step

NEAR, NEAR_ROWS, FAR, FAR_ROWS, MASK, OPENING, OPENING_PERIODS = range(7)

BITS = 16
"""Far rows that one row of a mask tells of."""

LINE = 8
"""So many float64 come into a cache at once."""
TOGETHER = 16
"""So many lanes of far rows are looked at together: few use them, and what nobody uses stays out of the cache."""


@step
def places(A, ring, t):
    """Where a ring's rows are in a period: near row, near rows, that of now; far row, far rows, that of now; mask."""
    near, far = A[ring + NEAR_ROWS], A[ring + FAR_ROWS]
    return A[ring + NEAR], near, t % near, A[ring + FAR], far, t % far if far > 0 else 0, A[ring + MASK]


@step
def expect(X, B, i, places, d):
    """Fetches what `put` is about to change, which has not been touched for long."""
    near_row, near, near_now, _, _, _, _ = places
    s = near_now + min(d, near - 1)
    prefetch(X, (near_row + (s - near if s >= near else s)) * B + i)


@step
def expect_due(X, A, B, lo, hi, ring, t):
    """Fetches the near row of what is due now."""
    row = near_row(A, ring, t) * B
    for i in range(lo, hi, LINE):
        prefetch(X, row + i)


@step
def mask_row(mask, s):
    """The row of a mask that tells of a far row; the next one tells, at its first lane, of all lanes together."""
    return mask + 2 * (s // BITS)


@step
def far_row(Z, B, i, places, d):
    """The far row of what is due in d periods, which lane i then has used."""
    _, _, _, first, rows, now, mask = places
    s = now + d
    s = s - rows if s >= rows else s
    row, bit = mask_row(mask, s) * B, np.int32(1 << (s % BITS))
    Z[row + i] |= bit
    Z[row + B] |= bit
    return first + s


@step
def put(X, Z, B, i, places, d, amount):
    """Makes an amount due in d periods; what would be due after the horizon never comes."""
    first, near, now, _, far, _, _ = places
    if d < near:
        s = now + d
        X[(first + (s - near if s >= near else s)) * B + i] += amount
    elif d < far:
        X[far_row(Z, B, i, places, d) * B + i] += amount


@step
def coming_row(A, ring, t, d):
    """The near row of what is due in d periods; -1 where that is too far."""
    near = A[ring + NEAR_ROWS]
    return A[ring + NEAR] + (t + d) % near if d < near else -1


@step
def near_row(A, ring, t):
    """The near row of what is due now."""
    return A[ring + NEAR] + t % A[ring + NEAR_ROWS]


@step
def any_has(Z, lo, hi, mask, bit):
    """Whether any of some lanes has a bit of a mask."""
    used = np.int32(0)
    for i in range(lo, hi):
        used = np.int32(used | Z[mask + i])
    return used & bit != 0


@step
def move_far(X, Z, lo, hi, mask, bit, far, out):
    """Moves what is in a far row to another; in lanes that have not used it, it holds nothing."""
    for i in range(lo, hi):
        X[out + i] += X[far + i]
        X[far + i] = 0
        Z[mask + i] &= ~bit


@step
def drain_far(X, Z, A, B, lo, hi, ring, t, out):
    """Moves what is due now in far rows to the row that starts at `out`."""
    far_rows = A[ring + FAR_ROWS]
    if far_rows == 0:
        return
    s = t % far_rows
    mask, bit, far = mask_row(A[ring + MASK], s) * B, np.int32(1 << (s % BITS)), (A[ring + FAR] + s) * B
    if Z[mask + B] & bit == 0:
        return
    Z[mask + B] ^= bit
    for begin in range(lo, hi, TOGETHER):
        end = min(begin + TOGETHER, hi)
        if any_has(Z, begin, end, mask, bit):
            move_far(X, Z, begin, end, mask, bit, far, out)


@step
def drain(X, Z, A, B, lo, hi, ring, t, out):
    """Moves what is due now, opening apart, to the row that starts at `out`."""
    near = near_row(A, ring, t) * B
    for i in range(lo, hi):
        X[out + i] += X[near + i]
        X[near + i] = 0
    drain_far(X, Z, A, B, lo, hi, ring, t, out)


@step
def opening(P, A, ring, t):
    """What of the opening is due in a period, in every future."""
    return P[A[ring + OPENING] + t] if t < A[ring + OPENING_PERIODS] else 0.0


@step
def due_in(X, Z, P, A, B, i, ring, t, d):
    """What is due in d periods, d at least 1."""
    near, far = A[ring + NEAR_ROWS], A[ring + FAR_ROWS]
    total = opening(P, A, ring, t + d)
    if d < near:
        total += X[(A[ring + NEAR] + (t + d) % near) * B + i]
    if d < far:
        s = (t + d) % far
        if Z[mask_row(A[ring + MASK], s) * B + i] & np.int32(1 << (s % BITS)) != 0:
            total += X[(A[ring + FAR] + s) * B + i]
    return total

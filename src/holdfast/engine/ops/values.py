"""Constants and values that change (conventions §5)."""

from __future__ import annotations

import numpy as np

from holdfast.engine.kernel import op


@op
def constants(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Rows of constants, filled once. A: n, then (row, parameter)."""
    for j in range(A[k]):
        row, value = A[k + 1 + 2 * j] * B, P[A[k + 2 + 2 * j]]
        for i in range(lo, hi):
            F[row + i] = value


@op
def codes(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Rows of integer constants, filled once. A: n, then (row, value)."""
    for j in range(A[k]):
        row, value = A[k + 1 + 2 * j] * B, A[k + 2 + 2 * j]
        for i in range(lo, hi):
            Z[row + i] = value


@op
def changing(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """A table by date and conditions, reckoned anew where one of them has changed in some lane.

    A: out, what it was last reckoned for, table, columns, segments, reads, starts..., (code row, size)..., rows that
    count the changes of each.
    """
    out, last, table, columns, segments, reads = A[k] * B, A[k + 1] * B, A[k + 2], A[k + 3], A[k + 4], A[k + 5]
    segment = 0
    for s in range(segments):
        if A[k + 6 + s] <= t:
            segment = s
    at = table + segment * columns
    r = k + 6 + segments
    changes = np.int32(1 + segment)
    for j in range(reads):
        changes = np.int32(changes + Z[A[r + 2 * reads + j] * B + lo])
    if Z[last + lo] == changes:  # all of them only ever grow
        return
    Z[last + lo] = changes
    if reads == 0:
        value = P[at]
        for i in range(lo, hi):
            F[out + i] = value
    elif reads == 1 and columns <= 3:  # choosing is faster than looking up
        a, first, second, third = A[r] * B, P[at], P[at + 1], P[at + columns - 1]
        for i in range(lo, hi):
            code = Z[a + i]
            F[out + i] = first if code == 0 else (second if code == 1 else third)
    elif reads == 1:
        a = A[r] * B
        for i in range(lo, hi):
            F[out + i] = P[at + Z[a + i]]
    elif reads == 2:
        a, b, size = A[r] * B, A[r + 2] * B, A[r + 3]
        for i in range(lo, hi):
            F[out + i] = P[at + Z[a + i] * size + Z[b + i]]
    else:
        for i in range(lo, hi):
            index = 0
            for j in range(reads):
                index = index * A[r + 2 * j + 1] + Z[A[r + 2 * j] * B + i]
            F[out + i] = P[at + index]

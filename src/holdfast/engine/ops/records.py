"""What is kept: flows by year and in total, bands, and all periods of some replications (conventions §22)."""

from __future__ import annotations

import math

import numpy as np

from holdfast.engine.kernel import op, prefetch, step
from holdfast.engine.ops.stores import CAME_IN

STATUS_NOT_FINITE, STATUS_NEGATIVE = 1, 2
COUNTS = 16
"""So many counts of a histogram come into a cache at once."""


@op
def derive(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Flows that follow from others are reckoned when they are to be kept, not in every period.

    A: where the year of each period stands (from here on; -1 but in a year's last period), flows n, then (flow, terms,
    (factor, row)...), changes m, then (flow, factor, level, level as it was).
    """
    if A[A[k] + t] < 0:
        return
    a = k + 2
    for _ in range(A[k + 1]):
        row = A[a] * B
        for j in range(A[a + 1]):
            factor, term = P[A[a + 2 + 2 * j]], A[a + 3 + 2 * j] * B
            for i in range(lo, hi):
                F[row + i] += factor * F[term + i]
        a += 2 + 2 * A[a + 1]
    m = A[a]
    for j in range(m):
        row, factor, level, was = A[a + 1 + 4 * j] * B, P[A[a + 2 + 4 * j]], A[a + 3 + 4 * j] * B, A[a + 4 + 4 * j] * B
        for i in range(lo, hi):
            F[row + i] += factor * (F[level + i] - F[was + i])
            F[was + i] = F[level + i]


@op
def flush(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Flows go to their totals, and of some the figure of the year is kept.

    A: n, replications, years, where the year of each period stands (from here on; -1 but in a year's last period),
    then (flow, total, place in Y or -1).
    """
    n, replications, years = A[k], A[k + 1], A[k + 2]
    year = A[A[k + 3] + t]
    if year < 0:
        return
    for j in range(n):
        row, to, place = A[k + 4 + 3 * j] * B, A[k + 5 + 3 * j] * B, A[k + 6 + 3 * j]
        if place >= 0:
            at = (place * years + year) * replications + out0
            for i in range(lo, hi):
                Y[at + i] = np.float32(F[row + i])
        for i in range(lo, hi):
            F[to + i] += F[row + i]
            F[row + i] = 0.0


@op
def keep_period(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Of some flows the figure of every period is kept, before what has added up is flushed.

    A: n, replications, periods, where the year of each period stands (-1 but in a year's last period), then (flow, what
    it had added up to, place in Y).
    """
    n, replications, periods = A[k], A[k + 1], A[k + 2]
    flushed = A[A[k + 3] + t] >= 0
    for j in range(n):
        row, was = A[k + 4 + 3 * j] * B, A[k + 5 + 3 * j] * B
        at = (A[k + 6 + 3 * j] * periods + t) * replications + out0
        for i in range(lo, hi):
            Y[at + i] = np.float32(F[row + i] - F[was + i])
            F[was + i] = 0.0 if flushed else F[row + i]


@op
def finish(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Totals and per-future figures leave.

    A: replications, status place, n, rows..., m, integer rows..., checked rows n, rows...
    """
    replications, n = A[k], A[k + 2]
    for j in range(n):
        row, at = A[k + 3 + j] * B, j * replications + out0
        for i in range(lo, hi):
            O[at + i] = F[row + i]
    m = A[k + 3 + n]
    for j in range(m):
        row, at = A[k + 4 + n + j] * B, (n + j) * replications + out0
        for i in range(lo, hi):
            O[at + i] = np.float64(Z[row + i])
    c, status = k + 4 + n + m, A[k + 1] * replications + out0
    for i in range(lo, hi):
        O[status + i] = 0.0
    for j in range(A[c]):
        row = A[c + 1 + j] * B
        for i in range(lo, hi):
            bits = np.int64(O[status + i])
            if not math.isfinite(F[row + i]):
                bits |= STATUS_NOT_FINITE
            elif F[row + i] < -1e-6 * (1.0 + F[row + CAME_IN * B + i]):
                bits |= STATUS_NEGATIVE
            O[status + i] = np.float64(bits)


@step
def bin_of(x, last, scale):
    """The bin of a level: 0 is exactly 0, the last is the top and above."""
    place = x * scale
    return np.int32(0) if x <= 0.0 else np.int32(1) + np.int32(place if place < last else last)


@step
def expect_bins(H, A, a, nth):
    """Fetches the histogram of a level, which this block has not touched yet."""
    at = A[a + 1] + nth * A[a + 2]
    for j in range(0, A[a + 2], COUNTS):
        prefetch(H, at + j)


BAND_ARGS = 4
# Arguments of a level, in their order: row, first bin, bins, scale (parameter).


@op
def band(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Levels join their histograms. A: stride, a spare row of whole numbers, n, then levels."""
    nth, found, n = t // A[k], A[k + 1] * B, A[k + 2]
    expect_bins(H, A, k + 3, nth)
    for j in range(n):
        a = k + 3 + BAND_ARGS * j
        row, at, last, scale = A[a] * B, A[a + 1] + nth * A[a + 2], np.float64(A[a + 2] - 2), P[A[a + 3]]
        if j + 1 < n:
            expect_bins(H, A, a + BAND_ARGS, nth)
        for i in range(lo, hi):
            Z[found + i] = bin_of(F[row + i], last, scale)
        for i in range(lo, hi):
            H[at + Z[found + i]] += 1


@op
def record(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Every flow and level of each replication in this period, before the flush: one replication after the other.

    A: first place in O, periods, n, rows..., m, integer rows...
    """
    at, periods, n = A[k], A[k + 1], A[k + 2]
    m = A[k + 3 + n]
    for i in range(lo, hi):
        first = at + (out0 + i) * (n + m) * periods + t
        for j in range(n):
            O[first + j * periods] = F[A[k + 3 + j] * B + i]
        for j in range(m):
            O[first + (n + j) * periods] = np.float64(Z[A[k + 4 + n + j] * B + i])

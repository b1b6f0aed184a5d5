"""Sampling by inversion from the tables of parts.laws, laid out in the parameters P.

A law lies at an offset: P[at] = 0: a quantile table (body, lower tail, upper tail follow, three
coefficients a piece); P[at] = 1: a discrete law (guide, then threshold and value of each value follow). The guide has,
for each of equally wide ranges of words, a threshold, the value of the words below it, and that of the others; where a
range has more than two values, the threshold is negative, and where to begin to search for one comes last. No word
reaches the last threshold.

Source of the guide: Chen and Asau, "On generating random variates from an empirical distribution", AIIE Transactions
6 (1974).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from holdfast.engine.elementary import real
from holdfast.engine.kernel import op, prefetch, step
from holdfast.parts.laws import OCTAVES, PIECES, SEGMENTS, ContinuousTable, DiscreteTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LOWER = 1 + 3 * SEGMENTS
_UPPER = _LOWER + 3 * OCTAVES * PIECES
_LAST = SEGMENTS - 1
_PLACE = 2.0**-22
_PAIRS = 1 + 3 * SEGMENTS
"""Where thresholds and values of a discrete law begin."""
TOGETHER = 16
"""So many words are looked at together for the few that lie in a tail."""
BY_TURNS = 3
"""Four periods have words, and rows: that of period t is t & 3 rows after the first."""
_RANGE = 22
"""Bits of a word within a range of a guide, or within a piece of a quantile table."""


def lay_out(table: ContinuousTable | DiscreteTable) -> NDArray[np.float64]:
    """A law's table as it lies in P."""
    if isinstance(table, DiscreteTable):
        thresholds = np.append(table.thresholds[:-1].astype(np.float64), math.inf)
        begins = np.arange(SEGMENTS, dtype=np.float64) * 2.0**_RANGE
        first = np.searchsorted(thresholds, begins, side="right")
        last = np.searchsorted(thresholds, begins + (2.0**_RANGE - 1), side="right")
        two = (first < last) & (thresholds[first] == thresholds[last - 1])
        limit = np.where(first == last, math.inf, np.where(two, thresholds[first], -1.0))
        above = np.where(two, table.values[last], first)
        guide = np.column_stack([limit, table.values[first], above])
        return np.concatenate([[1.0], guide.ravel(), np.column_stack([thresholds, table.values]).ravel()])
    return np.concatenate([[0.0], table.body.ravel(), table.lower.ravel(), table.upper.ravel()])


@step
def draw_tail(P: Any, at: Any, w: Any) -> Any:
    """What a continuous law gives for a word in its first or last piece."""
    low = w < (1 << 22)
    v = w if low else 0xFFFFFFFF - w
    bits = np.float64(v + 0.5).view(np.int64)
    place = np.float64(bits & 0xFFFFFFFFFFFFF) * 2.0**-52 * PIECES
    piece = np.int64(place)
    f = place - np.float64(piece)
    j = at + (_LOWER if low else _UPPER) + 3 * (((bits >> 52) - 1022) * PIECES + piece)
    return P[j] + f * (P[j + 1] + f * P[j + 2])


@step
def draw_piece(P: Any, at: Any, piece: Any, w: Any) -> Any:
    """What a continuous law gives for a word in any other piece, whose coefficients are the three from `piece` on."""
    j = at + 1 + piece
    f = real(w & 0x3FFFFF) * _PLACE
    return P[j] + f * (P[j + 1] + f * P[j + 2])


@step
def find_pieces(Z: Any, U: Any, lo: Any, hi: Any, words: Any, pieces: Any) -> Any:
    """Where coefficients for a row of words stand; says for how many words they lie in a tail.

    It is a loop of its own, with vectors as wide as they are for words; what stands there is looked up lane by lane.
    """
    tails = np.int32(0)
    for i in range(lo, hi):
        piece = np.int32(U[words + i] >> np.uint32(_RANGE))
        Z[pieces + i] = np.int32(3) * piece
        tails = np.int32(tails + np.int32((piece == 0) | (piece == _LAST)))
    return tails


@step
def is_continuous(P: Any, at: Any) -> Any:
    """Whether a law has a quantile table."""
    return P[at] == 0.0


@step
def is_in_tail(w: Any) -> Any:
    """Whether a word lies in the first or last piece of a quantile table."""
    return (w >> 22 == 0) | (w >> 22 == _LAST)


@step
def draw_discrete(P: Any, at: Any, w: Any) -> Any:
    """What a discrete law gives for a word: the first value whose threshold exceeds it."""
    x, guide = np.float64(w), at + 1 + 3 * (w >> _RANGE)
    if P[guide] >= 0.0:
        return P[guide + 1] if x < P[guide] else P[guide + 2]
    j = at + _PAIRS + 2 * np.int64(P[guide + 2])
    while x >= P[j]:
        j += 2
    return P[j + 1]


@step
def draw(P: Any, at: Any, w: Any) -> Any:
    """What the law at an offset gives for a word."""
    if not is_continuous(P, at):
        return draw_discrete(P, at, w)
    if is_in_tail(w):
        return draw_tail(P, at, w)
    return draw_piece(P, at, 3 * (w >> _RANGE), w)


@step
def expect_draw(P: Any, at: Any, w: Any) -> None:
    """Fetches what `draw` mostly needs for a word: its range of a guide, or its piece of a quantile table."""
    first = at + 1 + 3 * (w >> _RANGE)
    prefetch(P, first)
    prefetch(P, first + 2)


@step
def whole(x: Any, w: Any) -> Any:
    """A duration in whole periods, its mean kept (§4)."""
    return np.floor(x + (real(w) + 0.5) * 2.0**-32)


@step
def draw_periods(
    F: Any, Z: Any, U: Any, P: Any, B: Any, lo: Any, hi: Any, fixed: Any, which: Any, law: Any, scale: Any, words: Any,
    least: Any, out: Any,
) -> None:  # fmt: skip
    """Durations in whole periods, at least `least`, from two rows of words.

    `fixed` is the duration where it is always the same, else negative; `which` the row of law offsets, or negative.
    """
    if fixed >= 0:
        for i in range(lo, hi):
            Z[out + i] = np.int32(max(least, fixed))
        return
    others = hi - lo
    if which < 0 and is_continuous(P, law):
        others = np.int64(find_pieces(Z, U, lo, hi, words, out))
        for i in range(lo, hi):
            x = draw_piece(P, law, np.int64(Z[out + i]), np.int64(U[words + i]))
            Z[out + i] = np.int32(max(least, whole(F[scale + i] * x, np.int64(U[words + B + i]))))
    if others > 0:
        for i in range(lo, hi):
            w = np.int64(U[words + i])
            if others == hi - lo or is_in_tail(w):
                of = np.int64(F[which + i]) if which >= 0 else law
                Z[out + i] = np.int32(max(least, whole(F[scale + i] * draw(P, of, w), np.int64(U[words + B + i]))))


@step
def draw_row(F: Any, Z: Any, U: Any, P: Any, lo: Any, hi: Any, out: Any, u: Any, law: Any, pieces: Any) -> None:
    """One draw of a continuous law for each of a row of words."""
    tails = find_pieces(Z, U, lo, hi, u, pieces)
    for i in range(lo, hi):
        F[out + i] = draw_piece(P, law, np.int64(Z[pieces + i]), np.int64(U[u + i]))
    if tails > 0:
        for begin in range(lo, hi, TOGETHER):
            end, some = min(begin + TOGETHER, hi), 0
            for i in range(begin, end):
                some += np.int64(is_in_tail(np.int64(U[u + i])))
            if some > 0:
                for i in range(begin, end):
                    w = np.int64(U[u + i])
                    if is_in_tail(w):
                        F[out + i] = draw_tail(P, law, w)


@step
def of_now(A: Any, k: Any, t: Any) -> Any:
    """The row of a period, of as many rows by turns as have words: A[k] is the first, A[k + 1] is BY_TURNS or 0."""
    return A[k] + (t & A[k + 1])


@op
def draw_four(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Draws of a continuous law for the periods that have words, t to t+3: what of its table is near is used again.

    A: first of four rows, first of four U rows, law, spare row of whole numbers.
    """
    for j in range(4):
        draw_row(F, Z, U, P, lo, hi, (A[k] + j) * B, (A[k + 1] + j) * B, A[k + 2], A[k + 3] * B)


@op
def draw_count(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """One draw a period of a discrete law that may change. A: out, U row, row of law offsets, scale.

    Words of ranges with more than two values are looked up in a loop of their own.
    """
    out, u, law, scale = A[k] * B, (A[k + 1] + (t & 3)) * B, A[k + 2] * B, A[k + 3] * B
    others = np.int32(0)
    for i in range(lo, hi):
        w = U[u + i]
        guide = np.int32(F[law + i]) + np.int32(1) + np.int32(3) * np.int32(w >> np.uint32(_RANGE))
        limit, below, above = P[guide], P[guide + np.int32(1)], P[guide + np.int32(2)]
        others = np.int32(others | np.int32(limit < 0.0))
        F[out + i] = F[scale + i] * (below if real(np.int64(w)) < limit else above)
    if others != 0:
        for i in range(lo, hi):
            at, w = np.int64(F[law + i]), np.int64(U[u + i])
            if P[at + 1 + 3 * (w >> _RANGE)] < 0.0:
                F[out + i] = F[scale + i] * draw_discrete(P, at, w)


@op
def draw_any(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """One draw a period of a law that changes. A: out, U row, row of law offsets, scale."""
    out, u, law, scale = A[k] * B, (A[k + 1] + (t & 3)) * B, A[k + 2] * B, A[k + 3] * B
    for i in range(lo, hi):
        F[out + i] = F[scale + i] * draw(P, np.int64(F[law + i]), np.int64(U[u + i]))

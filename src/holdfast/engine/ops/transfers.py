"""Transfers: stores that supply other stores (conventions §25).

A link (one keep that ships to another) has a row of what is owed and a ring by due period of what is under way. An
order at a store is booked as one at a channel that has no capacity: it is held there, and what is held is owed.
"""

from __future__ import annotations

import numpy as np

from holdfast.engine.kernel import op, step
from holdfast.engine.ops.rings import coming_row, drain, opening, places, put
from holdfast.engine.ops.stores import ENTERING, ON_HAND, ON_ORDER
from holdfast.engine.sample import draw_periods


@op
def arrive(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What is due from other stores arrives. A: n, spare row, then (ring, keep, received)."""
    came = A[k + 1] * B
    for j in range(A[k]):
        a = k + 2 + 3 * j
        keep, received, at_start = A[a + 1] * B, A[a + 2] * B, opening(P, A, A[a], t)
        for i in range(lo, hi):
            F[came + i] = at_start
        drain(F, Z, A, B, lo, hi, A[a], t, came)
        for i in range(lo, hi):
            x = F[came + i]
            F[keep + ENTERING * B + i] += x
            F[keep + ON_ORDER * B + i] -= x
            F[received + i] += x


SHIP_ARGS = 11
# Arguments of a link, in their order; FIXED as of a source of an order.
OWED, SHIPPED, TO, RECEIVED, RING, WHICH, LAW, SCALE, WORDS, COST, FIXED = range(SHIP_ARGS)


@step
def send(F, Z, U, P, A, B, lo, hi, a, now, ahead, t):
    """Puts what one link ships now on its way; what takes no time enters in this phase."""
    fixed, keep, received, ring = A[a + FIXED], A[a + TO] * B, A[a + RECEIVED] * B, A[a + RING]
    if fixed > 0 and coming_row(A, ring, t, fixed) >= 0:
        row = coming_row(A, ring, t, fixed) * B
        for i in range(lo, hi):
            F[row + i] += F[now + i]
        return
    law, scale, words = A[a + LAW], A[a + SCALE] * B, A[a + WORDS] * B
    draw_periods(F, Z, U, P, B, lo, hi, fixed, A[a + WHICH] * B, law, scale, words, 0.0, ahead)
    due = places(A, ring, t)
    for i in range(lo, hi):
        x, d = F[now + i], np.int64(Z[ahead + i])
        if x > 0.0:
            if d > 0:
                put(F, Z, B, i, due, d, x)
            else:
                F[keep + ENTERING * B + i] += x
                F[keep + ON_ORDER * B + i] -= x
                F[received + i] += x


@op
def ship(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """One keep ships what it owes as far as it lasts, to all in proportion.

    A: keep, open, two spare rows, a spare row of whole numbers, cost flow, discount, n, then the links.
    """
    here, is_open, part, now = (A[k] + ON_HAND) * B, A[k + 1] * B, A[k + 2] * B, A[k + 3] * B
    ahead, money, discount, n, first = A[k + 4] * B, A[k + 5] * B, P[A[k + 6] + t], A[k + 7], k + 8
    for i in range(lo, hi):
        F[part + i] = 0.0
    for j in range(n):
        owed = A[first + SHIP_ARGS * j + OWED] * B
        for i in range(lo, hi):
            F[part + i] += F[owed + i]
    for i in range(lo, hi):
        all_of_it, there = F[part + i], max(0.0, F[here + i]) if F[is_open + i] != 0.0 else 0.0
        F[part + i] = 1.0 if all_of_it <= there else there / all_of_it
    for j in range(n):
        a, sent = first + SHIP_ARGS * j, 0
        owed, shipped, cost = A[a + OWED] * B, A[a + SHIPPED] * B, discount * P[A[a + COST]]
        for i in range(lo, hi):
            x = F[owed + i] * F[part + i]
            F[now + i] = x
            F[owed + i] -= x
            F[here + i] -= x
            F[shipped + i] += x
            F[money + i] += cost * x
            sent += np.int64(x > 0.0)
        if sent > 0:
            send(F, Z, U, P, A, B, lo, hi, a, now, ahead, t)
    for i in range(lo, hi):
        F[here + i] = max(0.0, F[here + i])  # shares of all that was there may add up to a crumb more

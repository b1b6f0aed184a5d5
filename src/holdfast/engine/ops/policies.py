"""Ordering rules beyond those of one position: caps, two channels, levels by due time (conventions §7)."""

from __future__ import annotations

from holdfast.engine.kernel import op, step
from holdfast.engine.ops.ordering import (
    ASKED,
    ASKED_OF_ALL,
    FLOW,
    RING,
    SHARE,
    SOURCE_ARGS,
    due_within,
    gap_to,
    wanted,
)
from holdfast.engine.ops.rings import due_in
from holdfast.engine.ops.stores import BACKORDERS, INSIDE, ON_HAND, ON_ORDER, WAITING

DUAL_INDEX, SINGLE_INDEX, BASE_SURGE = range(3)


@step
def shelf(F, B, i, keep):
    """What is here already, less backorders. `keep` is the keep's first place."""
    here = F[keep + ON_HAND * B + i] + F[keep + WAITING * B + i] + F[keep + INSIDE * B + i]
    return here - F[keep + BACKORDERS * B + i]


@step
def position_of(F, B, i, keep):
    """The inventory position, summed in the order of conventions §7."""
    here = F[keep + ON_HAND * B + i] + F[keep + WAITING * B + i] + F[keep + INSIDE * B + i]
    return here + F[keep + ON_ORDER * B + i] - F[keep + BACKORDERS * B + i]


@step
def add_up(F, A, B, lo, hi, first, n):
    """What is asked of each channel adds up over the keeps."""
    for j in range(n):
        asked, together = A[first + SOURCE_ARGS * j + ASKED] * B, A[first + SOURCE_ARGS * j + ASKED_OF_ALL] * B
        for i in range(lo, hi):
            F[together + i] += F[asked + i]


@op
def want_capped(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What a review asks for under a rule of one position with a cap.

    A: keep, kind, order-up-to, reorder point, cap, active (-1), n, sources.
    """
    keep, kind, up_to, point, cap = A[k] * B, A[k + 1], A[k + 2] * B, A[k + 3] * B, A[k + 4] * B
    active, n, first = A[k + 5] * B, A[k + 6], k + 7
    amounts = A[first + ASKED] * B
    for i in range(lo, hi):
        amount = min(F[cap + i], wanted(kind, position_of(F, B, i, keep), F[up_to + i], F[point + i], 0.0))
        F[amounts + i] = amount if active < 0 or F[active + i] != 0.0 else 0.0
    for j in range(n - 1, -1, -1):
        asked, share = A[first + SOURCE_ARGS * j + ASKED] * B, A[first + SOURCE_ARGS * j + SHARE] * B
        for i in range(lo, hi):
            F[asked + i] = F[amounts + i] * F[share + i]
    add_up(F, A, B, lo, hi, first, n)


@op
def want_two(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What a review asks of a regular and of an expedited channel.

    A: keep, kind, order-up-to, quantity, expedite-up-to, cap, active (-1), expedited lead, the two sources.
    """
    keep, kind, up_to, quantity, expedite = A[k] * B, A[k + 1], A[k + 2] * B, A[k + 3] * B, A[k + 4] * B
    cap, active, first = A[k + 5] * B, A[k + 6] * B, k + 8
    regular, expedited = A[first + ASKED] * B, A[first + SOURCE_ARGS + ASKED] * B
    for i in range(lo, hi):
        position = position_of(F, B, i, keep)
        near = position
        if kind != SINGLE_INDEX:
            near = shelf(F, B, i, keep)
            for j in range(2):
                a = first + SOURCE_ARGS * j
                near += due_within(F, Z, P, A, B, i, A[a + FLOW], A[a + RING], t, A[k + 7])
        fast = gap_to(F[expedite + i], near)
        slow = F[quantity + i] if kind == BASE_SURGE else gap_to(F[up_to + i], position + fast)
        slow = min(slow, F[cap + i])
        reviews = active < 0 or F[active + i] != 0.0
        F[regular + i] = slow if reviews else 0.0
        F[expedited + i] = fast if reviews else 0.0
    add_up(F, A, B, lo, hi, first, 2)


@op
def want_vector(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What a review asks for so that neither the position nor what is due later and later exceeds its level.

    A: keep, active (-1), n, levels (parameters), the source.
    """
    keep, active, n, levels, a = A[k] * B, A[k + 1] * B, A[k + 2], A[k + 3], k + 4
    asked, ring = A[a + ASKED] * B, A[a + RING]
    for i in range(lo, hi):
        amount = gap_to(P[levels], position_of(F, B, i, keep))
        later = F[keep + ON_ORDER * B + i] - F[A[a + FLOW] * B + i]
        for d in range(1, n):
            amount = min(amount, gap_to(P[levels + d], later))
            later -= due_in(F, Z, P, A, B, i, ring, t, d)
        F[asked + i] = amount if active < 0 or F[active + i] != 0.0 else 0.0
    add_up(F, A, B, lo, hi, a, 1)


@op
def order_costs(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What each order costs, whatever its size. A: ordered by a keep of a source, cost (parameter), cost, discount."""
    ordered, money, cost = A[k] * B, P[A[k + 1]] * P[A[k + 3] + t], A[k + 2] * B
    for i in range(lo, hi):
        F[cost + i] += money if F[ordered + i] > 0.0 else 0.0


@op
def before_expiry(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Remembers what had expired until now. A: expired, remembered."""
    expired, before = A[k] * B, A[k + 1] * B
    for i in range(lo, hi):
        F[before + i] = F[expired + i]


@op
def dispose(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What it costs to dispose of what expired since. A: expired, remembered, cost (parameter), cost, discount."""
    expired, before, money, cost = A[k] * B, A[k + 1] * B, P[A[k + 2]] * P[A[k + 4] + t], A[k + 3] * B
    for i in range(lo, hi):
        F[cost + i] += (F[expired + i] - F[before + i]) * money

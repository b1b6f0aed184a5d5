"""Ordering: what is wanted, what sources take, and when it is due (conventions §7)."""

from __future__ import annotations

import math

import numpy as np

from holdfast.engine.kernel import op, step
from holdfast.engine.ops.channels import FLOW_ON_ORDER
from holdfast.engine.ops.stores import BACKORDERS, INSIDE, ON_HAND, ON_ORDER, WAITING
from holdfast.engine.sample import draw, whole

BASE_STOCK, S_S, R_Q, CONSTANT, DUAL = range(5)


@step
def gap_to(aim, position):
    """What is missing to a level; what is only rounding counts as nothing."""
    gap = aim - position
    return gap if gap > 1e-9 * (1.0 + abs(aim)) else 0.0


@step
def wanted(kind, position, order_up_to, reorder_point, quantity):
    """What an ordering rule asks for at an inventory position.

    Source: Snyder and Shen, Fundamentals of Supply Chain Theory, 2nd ed. (2019), ch. 4 and 5.
    """
    if kind == BASE_STOCK:
        return gap_to(order_up_to, position)
    above = gap_to(position, reorder_point) > 0.0
    if kind == S_S:
        return 0.0 if above else gap_to(order_up_to, position)
    if kind == R_Q:
        if above or quantity <= 0.0:
            return 0.0
        return quantity * (math.floor((reorder_point - position) / quantity + 1e-9) + 1.0)
    return quantity


@step
def due_within(F, B, i, flow, ring, slots, t, periods):
    """What is held or due up to `periods` from now."""
    total = F[flow * B + i]
    for d in range(1, min(periods, slots - 1) + 1):
        total += F[(ring + (t + d) % slots) * B + i]
    return total


SOURCE_ARGS = 26
# Arguments of a source, in their order.
(
    SHARE, ROOM, LEFT, FLOW, RING, SLOTS, MINIMUM, WHICH, LAW, SCALE, WORDS, LAST_DUE, PRICE, PAID, ASKED, ARRIVES,
    RECEIVED, ORDERED, INSPECTED, INSIDE_ROW, COST, DISCOUNT, PAID_ROW, PAID_RING, ASKED_OF_ALL, GRANTED,
) = range(SOURCE_ARGS)  # fmt: skip


@step
def accept(F, B, i, A, first, n, reroute):
    """What each source takes of what it is asked, what is left going to the others; ASKED becomes what is ordered."""
    rest, all_of_it = 0.0, 0.0
    for j in range(n):
        a = first + SOURCE_ARGS * j
        asked = F[A[a + ASKED] * B + i]
        q = asked * F[A[a + GRANTED] * B + i]
        F[A[a + ASKED] * B + i] = q
        rest += asked - q
        all_of_it += asked
    if not reroute:
        return
    for _ in range(n):
        if rest <= 1e-12 * all_of_it:
            return
        shares, open_doors = 0.0, 0
        for j in range(n):
            a = first + SOURCE_ARGS * j
            if F[A[a + ROOM] * B + i] > 0.0:
                shares += F[A[a + SHARE] * B + i]
                open_doors += 1
        if open_doors == 0:
            return
        taken = 0.0
        for j in range(n):
            a = first + SOURCE_ARGS * j
            room = F[A[a + ROOM] * B + i]
            if room > 0.0:
                part = F[A[a + SHARE] * B + i] / shares if shares > 0.0 else 1.0 / open_doors
                q = min(rest * part, room)
                F[A[a + ASKED] * B + i] += q
                F[A[a + ROOM] * B + i] = room - q
                taken += q
        rest -= taken


@step
def place(F, Z, U, P, A, B, i, a, keep, q, t):
    """Puts an order on its way."""
    law = np.int64(F[A[a + WHICH] * B + i]) if A[a + WHICH] >= 0 else A[a + LAW]
    w0, w1 = np.int64(U[A[a + WORDS] * B + i]), np.int64(U[(A[a + WORDS] + 1) * B + i])
    lead = np.int64(whole(F[A[a + SCALE] * B + i] * draw(P, law, w0), w1))
    due = t + max(0, lead)
    if A[a + LAST_DUE] >= 0:
        due = max(due, np.int64(Z[A[a + LAST_DUE] * B + i]))
        Z[A[a + LAST_DUE] * B + i] = due
    flow, price = A[a + FLOW], F[A[a + PRICE] * B + i]
    F[A[a + ORDERED] * B + i] += q
    F[A[a + COST] * B + i] += P[A[a + DISCOUNT] + t] * q * P[A[a + PAID]] * price
    F[(flow + FLOW_ON_ORDER) * B + i] += q
    F[(keep + ON_ORDER) * B + i] += q
    back = A[a + PAID_ROW]  # money that would be paid back, -1 where none would
    if due == t:
        x = min(q, F[A[a + LEFT] * B + i])
        if back >= 0:
            F[back * B + i] += (q - x) * P[A[a + PAID]] * price
        F[A[a + LEFT] * B + i] -= x
        F[flow * B + i] += q - x
        F[(flow + FLOW_ON_ORDER) * B + i] -= x
        F[(keep + ON_ORDER) * B + i] -= x
        F[A[a + ARRIVES] * B + i] += x
        F[A[a + RECEIVED] * B + i] += x
        F[A[a + INSPECTED] * B + i] += x
        F[A[a + INSIDE_ROW] * B + i] += x
        F[A[a + COST] * B + i] += P[A[a + DISCOUNT] + t] * x * (1.0 - P[A[a + PAID]]) * price
    elif due - t < A[a + SLOTS]:
        F[(A[a + RING] + due % A[a + SLOTS]) * B + i] += q
        if back >= 0:
            F[(A[a + PAID_RING] + due % A[a + SLOTS]) * B + i] += q * P[A[a + PAID]] * price


# A of `want` and `order`: keep, kind, order-up-to, reorder point, quantity, expedite-up-to, active (-1), reroute, n,
# expedited lead, sources.
@op
def want(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What one keep's review asks of each source, before anyone is served."""
    keep, kind, up_to, point = A[k] * B, A[k + 1], A[k + 2] * B, A[k + 3] * B
    quantity, expedite, active, n, first = A[k + 4] * B, A[k + 5] * B, A[k + 6] * B, A[k + 8], k + 10
    for i in range(lo, hi):
        here = F[keep + ON_HAND * B + i] + F[keep + WAITING * B + i] + F[keep + INSIDE * B + i]
        position = here + F[keep + ON_ORDER * B + i] - F[keep + BACKORDERS * B + i]
        reviews = active < 0 or F[active + i] != 0.0
        if kind == DUAL:
            near = here - F[keep + BACKORDERS * B + i]
            for j in range(n):
                a = first + SOURCE_ARGS * j
                near += due_within(F, B, i, A[a + FLOW], A[a + RING], A[a + SLOTS], t, A[k + 9])
            fast = gap_to(F[expedite + i], near)
            slow = gap_to(F[up_to + i], position + fast)
            F[A[first + ASKED] * B + i] = slow if reviews else 0.0
            F[A[first + SOURCE_ARGS + ASKED] * B + i] = fast if reviews else 0.0
        else:
            amount = wanted(kind, position, F[up_to + i], F[point + i], F[quantity + i])
            F[A[first + ASKED] * B + i] = amount if reviews else 0.0
    if kind != DUAL:
        amounts = A[first + ASKED] * B
        for j in range(n - 1, -1, -1):
            asked, share = A[first + SOURCE_ARGS * j + ASKED] * B, A[first + SOURCE_ARGS * j + SHARE] * B
            for i in range(lo, hi):
                F[asked + i] = F[amounts + i] * F[share + i]
    for j in range(n):
        asked, together = A[first + SOURCE_ARGS * j + ASKED] * B, A[first + SOURCE_ARGS * j + ASKED_OF_ALL] * B
        for i in range(lo, hi):
            F[together + i] += F[asked + i]


@op
def ration(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """The part of what is asked that each channel's room grants. A: n, then (asked of all, granted, room)."""
    for j in range(A[k]):
        asked, granted, room = A[k + 1 + 3 * j] * B, A[k + 2 + 3 * j] * B, A[k + 3 + 3 * j] * B
        for i in range(lo, hi):
            together, there = F[asked + i], F[room + i]
            F[granted + i] = 1.0 if together <= there else there / together
            F[room + i] = max(0.0, there - together)
            F[asked + i] = 0.0


@op
def order(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """One keep's orders are accepted and placed."""
    keep, reroute, n, first = A[k], A[k + 7] != 0, A[k + 8], k + 10
    for i in range(lo, hi):
        accept(F, B, i, A, first, n, reroute)
        for j in range(n):
            a = first + SOURCE_ARGS * j
            q = F[A[a + ASKED] * B + i]
            if q < P[A[a + MINIMUM]]:
                F[A[a + ROOM] * B + i] += q
            elif q > 0.0:
                place(F, Z, U, P, A, B, i, a, keep, q, t)

"""Ordering: what is wanted, what sources take, and when it is due (conventions §7)."""

from __future__ import annotations

import math

import numpy as np

from holdfast.engine.kernel import op, step
from holdfast.engine.ops.channels import delivered
from holdfast.engine.ops.rings import coming_row, due_in, expect, places, put
from holdfast.engine.ops.stores import BACKORDERS, INSIDE, ON_HAND, ON_ORDER, WAITING
from holdfast.engine.random import listed, whole_vectors
from holdfast.engine.sample import draw_periods

BASE_STOCK, S_S, R_Q, CONSTANT = range(4)


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
def due_within(F, Z, P, A, B, i, flow, ring, t, periods):
    """What is held or due up to `periods` from now."""
    total = F[flow * B + i]
    for d in range(1, periods + 1):
        total += due_in(F, Z, P, A, B, i, ring, t, d)
    return total


SOURCE_ARGS = 28
# Arguments of a source, in their order. FIXED is the lead time [periods] where it is always the same, else -1.
(
    SHARE, ROOM, LEFT, FLOW, RING, MINIMUM, WHICH, LAW, SCALE, WORDS, LAST_DUE, PRICE, PAID, ASKED, ARRIVES,
    RECEIVED, ORDERED, INSIDE_ROW, COST, DISCOUNT, PAID_ROW, PAID_RING, ASKED_OF_ALL, GRANTED,
    FIXED, PART, LESS, MISSING,
) = range(SOURCE_ARGS)  # fmt: skip


@step
def reroute_rest(F, B, i, A, first, n, rest, all_of_it):
    """What sources could not take goes to those that still have room; ASKED becomes what is ordered."""
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
def accept(F, A, B, lo, hi, first, n, reroute, rest, asked_in_all):
    """What each source takes of what it is asked; ASKED becomes what is ordered."""
    if not reroute:
        for j in range(n):
            wants, grants = A[first + SOURCE_ARGS * j + ASKED] * B, A[first + SOURCE_ARGS * j + GRANTED] * B
            for i in range(lo, hi):
                F[wants + i] *= F[grants + i]
        return
    for i in range(lo, hi):
        F[rest + i] = 0.0
        F[asked_in_all + i] = 0.0
    for j in range(n):
        a = first + SOURCE_ARGS * j
        wants, grants = A[a + ASKED] * B, A[a + GRANTED] * B
        for i in range(lo, hi):
            asked = F[wants + i]
            q = asked * F[grants + i]
            F[wants + i] = q
            F[rest + i] += asked - q
            F[asked_in_all + i] += asked
    short = 0
    for i in range(lo, hi):
        short += np.int64(F[rest + i] > 1e-12 * F[asked_in_all + i])
    if short > 0:
        for i in range(lo, hi):
            if F[rest + i] > 1e-12 * F[asked_in_all + i]:
                reroute_rest(F, B, i, A, first, n, F[rest + i], F[asked_in_all + i])


@step
def clear_at_once(F, P, A, B, i, a, keep, q, t):
    """An order with lead time 0 clears as far as its channel's capacity allows; the rest is held."""
    flow, price, back, missing = A[a + FLOW], F[A[a + PRICE] * B + i], A[a + PAID_ROW], A[a + MISSING]
    x = min(q, F[A[a + LEFT] * B + i])
    if back >= 0:
        F[back * B + i] += (q - x) * P[A[a + PAID]] * price
    F[A[a + LEFT] * B + i] -= x
    F[flow * B + i] += q - x
    F[(keep + ON_ORDER) * B + i] -= x
    got = x
    if missing >= 0:
        got = delivered(F, B, i, A[a + PART], A[a + LESS], x)
        F[missing * B + i] += x - got
    F[A[a + ARRIVES] * B + i] += got
    F[A[a + RECEIVED] * B + i] += got
    F[A[a + INSIDE_ROW] * B + i] += got
    F[A[a + COST] * B + i] += P[A[a + DISCOUNT] + t] * got * (1.0 - P[A[a + PAID]]) * price


@step
def book(F, P, A, B, lo, hi, a, keep, t):
    """Orders that are too small are given up, the others are booked; how many there are."""
    asked, room, minimum, ordered = A[a + ASKED] * B, A[a + ROOM] * B, P[A[a + MINIMUM]], A[a + ORDERED] * B
    coming, cost, price = (keep + ON_ORDER) * B, A[a + COST] * B, A[a + PRICE] * B
    paid, orders = P[A[a + DISCOUNT] + t] * P[A[a + PAID]], 0
    for i in range(lo, hi):
        asks = F[asked + i]
        q = asks if asks >= minimum else 0.0
        F[asked + i] = q
        F[room + i] += asks - q
        F[ordered + i] += q
        F[coming + i] += q
        F[cost + i] += paid * q * F[price + i]
        orders += np.int64(q > 0.0)
    return orders


@step
def place_together(F, P, A, B, lo, hi, a, row, money_row):
    """Puts the orders at one source on their way, where all are due in the same period."""
    asked, back, price, paid = A[a + ASKED] * B, A[a + PAID_ROW], A[a + PRICE] * B, P[A[a + PAID]]
    for i in range(lo, hi):
        F[row * B + i] += F[asked + i]
    if back >= 0:
        for i in range(lo, hi):
            F[money_row * B + i] += F[asked + i] * paid * F[price + i]


@step
def draw_leads(F, Z, U, P, A, B, a, size, count, spare):
    """How many periods the orders at one source take, in `count` lanes of `size`, put side by side."""
    own, of, ahead, lanes, drawn = spare
    fixed, which, law, scale, words = A[a + FIXED], A[a + WHICH] * B, A[a + LAW], A[a + SCALE] * B, A[a + WORDS] * B
    if fixed < 0:
        for m in range(count):
            i = np.int64(Z[lanes + m])
            F[own + m], U[drawn + m], U[drawn + B + m] = F[scale + i], U[words + i], U[words + B + i]
        if which >= 0:
            for m in range(count):
                F[of + m] = F[which + np.int64(Z[lanes + m])]
    which, end = (of, count) if which >= 0 else (which, whole_vectors(count, size))
    draw_periods(F, Z, U, P, B, np.int64(0), end, fixed, which, law, own, drawn, 0.0, ahead)


@step
def place(F, Z, U, P, A, B, lo, hi, a, keep, t, spare):
    """Puts the orders at one source on their way.

    `spare`: two rows of numbers, two of whole numbers, the first of two of words.
    """
    fixed, last, asked, back = A[a + FIXED], A[a + LAST_DUE] * B, A[a + ASKED] * B, A[a + PAID_ROW]
    ring, money_ring = A[a + RING], A[a + PAID_RING] if back >= 0 else A[a + RING]
    if fixed > 0 and coming_row(A, ring, t, fixed) >= 0:
        rows = coming_row(A, ring, t, fixed), coming_row(A, money_ring, t, fixed)
        place_together(F, P, A, B, lo, hi, a, rows[0], rows[1])
        return
    _, _, ahead, lanes, _ = spare
    for i in range(lo, hi):
        Z[ahead + i] = np.int32(F[asked + i] > 0.0)
    count = listed(Z, lo, hi, ahead, lanes)
    draw_leads(F, Z, U, P, A, B, a, hi - lo, count, spare)
    price, paid = A[a + PRICE] * B, P[A[a + PAID]]
    due, money_due = places(A, ring, t), places(A, money_ring, t)
    for m in range(count):
        i, d = np.int64(Z[lanes + m]), np.int64(Z[ahead + m])
        if last >= 0:
            d = max(d, np.int64(Z[last + i]) - t)
            Z[ahead + m], Z[last + i] = d, t + d
        expect(F, B, i, due, d)
    for m in range(count):
        i, d = np.int64(Z[lanes + m]), np.int64(Z[ahead + m])
        q = F[asked + i]
        if d == 0:
            clear_at_once(F, P, A, B, i, a, keep, q, t)
        else:
            put(F, Z, B, i, due, d, q)
            if back >= 0:
                put(F, Z, B, i, money_due, d, q * paid * F[price + i])


# A of `want` and `order`: keep, kind, order-up-to, reorder point, quantity, expedite-up-to, active (-1), reroute, n,
# expedited lead, two spare rows, two of whole numbers, the first of two of words, sources.
SOURCES = 15


@op
def want(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What one keep's review asks of each source, before anyone is served: rules of one position."""
    keep, kind, up_to, point = A[k] * B, A[k + 1], A[k + 2] * B, A[k + 3] * B
    quantity, active, n, first = A[k + 4] * B, A[k + 6] * B, A[k + 8], k + SOURCES
    amounts = A[first + ASKED] * B
    for i in range(lo, hi):
        here = F[keep + ON_HAND * B + i] + F[keep + WAITING * B + i] + F[keep + INSIDE * B + i]
        position = here + F[keep + ON_ORDER * B + i] - F[keep + BACKORDERS * B + i]
        amount = wanted(kind, position, F[up_to + i], F[point + i], F[quantity + i])
        F[amounts + i] = amount if active < 0 or F[active + i] != 0.0 else 0.0
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
    keep, reroute, n, first = A[k], A[k + 7] != 0, A[k + 8], k + SOURCES
    spare = A[k + 10] * B, A[k + 11] * B, A[k + 12] * B, A[k + 13] * B, A[k + 14] * B
    accept(F, A, B, lo, hi, first, n, reroute, spare[0], spare[1])
    for j in range(n):
        a = first + SOURCE_ARGS * j
        if book(F, P, A, B, lo, hi, a, keep, t) > 0:
            place(F, Z, U, P, A, B, lo, hi, a, keep, t, spare)

"""Channels: shipments clear or do as `in_transit` says (conventions §8).

A flow (one channel, one keep) has a row of what is held and a ring by due period.
"""

from __future__ import annotations

from holdfast.engine.kernel import op, step
from holdfast.engine.ops.rings import drain, drain_far, expect_due, near_row, opening
from holdfast.engine.ops.stores import ON_ORDER

PASSES, HOLDS = range(2)


@op
def capacity(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What a channel may clear, and the room that it has for orders.

    A: capacity, said capacity, open, room, longest review.
    """
    out, said, is_open, room, review = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3] * B, P[A[k + 4]]
    for i in range(lo, hi):
        capacity, opened, left = F[said + i], F[is_open + i], F[room + i]
        c = capacity if opened != 0.0 else 0.0
        most = min(left + c, review * c)
        F[out + i] = c
        F[room + i] = most if c > 0.0 else 0.0


@op
def retainer(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What keeps a door open. A: open, money, cost flow, discount."""
    is_open, money, cost, discount = A[k] * B, A[k + 1] * B, A[k + 2] * B, P[A[k + 3] + t]
    for i in range(lo, hi):
        F[cost + i] += F[is_open + i] * F[money + i] * discount


@step
def delivered(F, B, i, part, less, x):
    """What arrives of what clears: a share of it, less an amount. Rows of both; -1 where all arrives."""
    share = min(1.0, max(0.0, F[part * B + i])) if part >= 0 else 1.0
    short = max(0.0, F[less * B + i]) if less >= 0 else 0.0
    return max(0.0, x * share - short)


@step
def clear_in_part(F, A, B, lo, hi, a, ratio, unpaid, price, cost):
    """One flow clears, and a part of it arrives; for what is missing, the rest of the price is paid back."""
    held, coming, arrives, received = A[a] * B, (A[a + 2] + ON_ORDER) * B, A[a + 3] * B, A[a + 4] * B
    inside, part, less, missing = A[a + 6] * B, A[a + 9], A[a + 10], A[a + 11] * B
    for i in range(lo, hi):
        h = F[held + i]
        x = h * max(0.0, F[ratio + i])
        got = delivered(F, B, i, part, less, x)
        F[held + i] -= x
        F[coming + i] -= x
        F[arrives + i] += got
        F[received + i] += got
        F[inside + i] += got
        F[missing + i] += x - got
        F[cost + i] -= unpaid * F[price + i] * (x - got)


FLOW_ARGS = 12


@op
def receive(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What is due clears, waits or is lost.

    A: capacity, ratio, left, mode, price, share paid on order, cost flow, discount, n, then (held, ring, keep, arrives
    in, received, lost, inside, paid, paid ring, share delivered, amount short, missing); inside is a spare row without
    inspection. Paid and its ring hold the money paid on order for what is held and for what is due; -1 where nothing
    would be paid back. The last three are -1 where all that clears arrives.
    """
    capacity, total, left, mode = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3]
    price, on_order, cost, discount, n = A[k + 4] * B, P[A[k + 5]], A[k + 6] * B, P[A[k + 7] + t], A[k + 8]
    for j in range(n):
        expect_due(F, A, B, lo, hi, A[k + 10 + FLOW_ARGS * j], t)
    for i in range(lo, hi):
        F[total + i] = 0.0
    for j in range(n):
        a = k + 9 + FLOW_ARGS * j
        held, due, under_way = A[a] * B, near_row(A, A[a + 1], t) * B, opening(P, A, A[a + 1], t)
        drain_far(F, Z, A, B, lo, hi, A[a + 1], t, held)
        for i in range(lo, hi):
            h = F[held + i] + F[due + i] + under_way
            F[due + i] = 0.0
            F[held + i] = h
            F[total + i] += h
        if A[a + 7] >= 0:
            drain(F, Z, A, B, lo, hi, A[a + 8], t, A[a + 7] * B)
    when_closed = 1.0 if mode == PASSES else (0.0 if mode == HOLDS else -1.0)
    unpaid = discount * (1.0 - on_order)
    for i in range(lo, hi):
        c, waits = F[capacity + i], F[total + i]
        F[left + i] = max(0.0, c - waits)
        ratio = when_closed if c <= 0.0 else (1.0 if waits <= c else c / waits)
        F[total + i] = ratio
        F[cost + i] += unpaid * F[price + i] * waits * max(0.0, ratio)
    for j in range(n):
        a = k + 9 + FLOW_ARGS * j
        held, keep, arrives, received = A[a] * B, A[a + 2] * B, A[a + 3] * B, A[a + 4] * B
        lost, inside = A[a + 5] * B, A[a + 6] * B
        if A[a + 11] >= 0:
            clear_in_part(F, A, B, lo, hi, a, total, unpaid, price, cost)
        else:
            for i in range(lo, hi):
                h = F[held + i]
                x = h * max(0.0, F[total + i])
                F[held + i] = h - x
                F[keep + ON_ORDER * B + i] -= x
                F[arrives + i] += x
                F[received + i] += x
                F[inside + i] += x
        if when_closed < 0.0:
            for i in range(lo, hi):
                gone = F[held + i] if F[total + i] < 0.0 else 0.0
                F[held + i] -= gone
                F[keep + ON_ORDER * B + i] -= gone
                F[lost + i] += gone
        if A[a + 7] >= 0:
            paid = A[a + 7] * B
            for i in range(lo, hi):
                ratio, back = F[total + i], F[paid + i]
                F[paid + i] = back * (1.0 - ratio) if ratio >= 0.0 else 0.0
                F[cost + i] -= discount * back if ratio < 0.0 else 0.0

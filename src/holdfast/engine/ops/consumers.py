"""Demand, savings, issuing by priority, what is unmet (conventions §18), and standards' windows (§19)."""

from __future__ import annotations

import numpy as np

from holdfast.engine.kernel import op, step
from holdfast.engine.ops.stores import BACKORDERS, ON_HAND, take
from holdfast.engine.sample import of_now


@op
def save(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """The share saved moves towards what is aimed at. A: share, aim, step."""
    share, aim, most = A[k] * B, A[k + 1] * B, P[A[k + 2]]
    for i in range(lo, hi):
        F[share + i] += min(most, max(-most, F[aim + i] - F[share + i]))


@op
def want(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What is saved of a demand, and what is left to want.

    A: drawn, by turns or not, scale, share saved, wanted, saved flow, savings cost, savings flow, discount.
    """
    drawn, scale, share, wanted, all_saved = of_now(A, k, t) * B, A[k + 2] * B, A[k + 3] * B, A[k + 4] * B, A[k + 5] * B
    price, savings = P[A[k + 6]] * P[A[k + 8] + t], A[k + 7] * B
    for i in range(lo, hi):
        d = F[scale + i] * F[drawn + i]
        saved = d * F[share + i]
        F[wanted + i] = d - saved
        F[all_saved + i] += saved
        F[savings + i] += saved * price


@op
def ask(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What one use asks of its stores.

    A: drawn, by turns or not, scale, wanted, backlog, own stock (-1), own level, cap (-1), normal use, ask, got, wanted
    flow, consumer's wanted.
    """
    drawn, scale, wanted, backlog, own = of_now(A, k, t) * B, A[k + 2] * B, A[k + 3] * B, A[k + 4] * B, A[k + 5] * B
    level, cap, normal = A[k + 6] * B, A[k + 7] * B, P[A[k + 8]]
    asked, got, all_wanted, total = A[k + 9] * B, A[k + 10] * B, A[k + 11] * B, A[k + 12] * B
    for i in range(lo, hi):
        w = F[scale + i] * F[drawn + i]
        F[wanted + i] = w
        F[total + i] += w
        F[got + i] = 0.0
        F[asked + i] = F[backlog + i] + w
        F[all_wanted + i] += w
    if own >= 0:
        for i in range(lo, hi):
            F[asked + i] = max(0.0, F[level + i] + F[asked + i] - F[own + i])
    if cap >= 0:
        for i in range(lo, hi):
            F[asked + i] = min(F[asked + i], F[cap + i] * normal)


@step
def gets(asked, all_asked, room):
    """What one use gets of what there is for all."""
    return asked * (1.0 if all_asked <= room else room / all_asked)


@step
def serve_alone(F, A, B, lo, hi, first, here, is_open, before):
    """A store serves the one use that asks, in a single pass."""
    asked, above, got = A[first] * B, A[first + 1] * B, A[first + 2] * B
    for i in range(lo, hi):
        stock, wants = F[here + i], F[asked + i]
        there = stock if F[is_open + i] != 0.0 else 0.0
        x = gets(wants, wants, max(0.0, there - F[above + i]))
        F[before + i] = there
        F[asked + i] = wants - x
        F[got + i] += x
        F[here + i] = stock - x


@step
def serve_together(F, A, B, lo, hi, first, n, here, is_open, before, total):
    """A store serves several uses in proportion."""
    for i in range(lo, hi):
        stock = F[here + i]
        F[before + i] = stock if F[is_open + i] != 0.0 else 0.0
        F[total + i] = 0.0
    for j in range(n):
        asked = A[first + 3 * j] * B
        for i in range(lo, hi):
            F[total + i] += F[asked + i]
    for j in range(n):
        asked, above, got = A[first + 3 * j] * B, A[first + 3 * j + 1] * B, A[first + 3 * j + 2] * B
        for i in range(lo, hi):
            x = gets(F[asked + i], F[total + i], max(0.0, F[before + i] - F[above + i]))
            F[asked + i] -= x
            F[got + i] += x
            F[here + i] -= x


@op
def issue(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """One store serves one priority, all in proportion.

    A: keep, open, stock before, asked of it, issued flow (-1), classes, n classes, class width, rule, n, then (ask,
    kept above, got).
    """
    keep, is_open, before, total, issued = A[k], A[k + 1] * B, A[k + 2] * B, A[k + 3] * B, A[k + 4] * B
    n, first = A[k + 9], k + 10
    here = (keep + ON_HAND) * B
    if n == 1:
        serve_alone(F, A, B, lo, hi, first, here, is_open, before)
    else:
        serve_together(F, A, B, lo, hi, first, n, here, is_open, before, total)
    if issued >= 0:
        for i in range(lo, hi):
            gone = F[before + i] - F[here + i]
            F[issued + i] += gone if F[is_open + i] != 0.0 else 0.0
    if A[k + 6] > 0:
        slot = (t // A[k + 7]) % A[k + 6]
        for i in range(lo, hi):
            room = F[before + i] - F[here + i]
            if F[is_open + i] != 0.0 and room > 0.0:
                F[here + i] += room
                take(F, B, i, keep, room, A[k + 5], A[k + 6], slot, A[k + 8])


@op
def settle(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What one use got, and what is unmet.

    A: wanted, backlog, own stock (-1), got, is backordered, shortage cost, cost flow, discount, normal use,
    unmet flow, received flow (with an own stock), consumer short, consumer served.
    """
    wanted, backlog, own, got = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3] * B
    price, cost, least = P[A[k + 5]] * P[A[k + 7] + t], A[k + 6] * B, 1e-9 * P[A[k + 8]] + 1e-9
    unmet_flow, received, short, served_now = A[k + 9] * B, A[k + 10] * B, A[k + 11] * B, A[k + 12] * B
    if own >= 0:
        for i in range(lo, hi):
            F[received + i] += F[got + i]
            F[own + i] += F[got + i]
            F[got + i] = min(F[own + i], F[backlog + i] + F[wanted + i])
            F[own + i] -= F[got + i]
    if A[k + 4] != 0:
        for i in range(lo, hi):
            before = F[backlog + i]
            served = max(0.0, F[got + i] - before)
            unmet = F[wanted + i] - served
            after = before + F[wanted + i] - F[got + i]
            F[backlog + i] = after
            F[served_now + i] += served
            F[unmet_flow + i] += unmet
            F[cost + i] += price * after
            F[short + i] = max(F[short + i], 1.0 if unmet > least else 0.0)
    else:
        for i in range(lo, hi):
            served = F[got + i]
            unmet = F[wanted + i] - served
            F[served_now + i] += served
            F[unmet_flow + i] += unmet
            F[cost + i] += price * unmet
            F[short + i] = max(F[short + i], 1.0 if unmet > least else 0.0)


@op
def backorders(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Backorders that count against a keep. A: keep, n, backlog rows."""
    row = (A[k] + BACKORDERS) * B
    for i in range(lo, hi):
        F[row + i] = 0.0
    for j in range(A[k + 1]):
        backlog = A[k + 2 + j] * B
        for i in range(lo, hi):
            F[row + i] += F[backlog + i]


@op
def shortage(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """First and longest shortage of a consumer. A: short, flow, first, run, longest."""
    short, flow, first, run, longest = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3] * B, A[k + 4] * B
    for i in range(lo, hi):
        s = F[short + i]
        F[flow + i] += s
        F[run + i] = (F[run + i] + s) * s
        F[longest + i] = max(F[longest + i], F[run + i])
        F[first + i] = np.float64(t) if s > 0.0 and F[first + i] < 0.0 else F[first + i]


@op
def window_from_start(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What a standard judges from the start on, in all lanes. A: wanted, served, short, first of six totals."""
    wanted, served, short, out = A[k] * B, A[k + 1] * B, A[k + 2] * B, A[k + 3] * B
    for i in range(lo, hi):
        s = F[short + i]
        F[out + i] += F[wanted + i]
        F[out + B + i] += F[served + i]
        F[out + 3 * B + i] += s
        F[out + 5 * B + i] = max(F[out + 5 * B + i], s)


@step
def judge(F, Z, B, i, age, within, marked, wanted, served, short, out):
    """One period of a window in one lane, whose condition has held for `age` periods."""
    begins, inside = np.float64(age == 0), np.float64(age < within)
    is_short = inside if F[short + i] > 0.0 else 0.0
    before = np.int32(0) if age == 0 else Z[marked + i]
    Z[marked + i] = np.int32(1) if is_short != 0.0 else before
    F[out + i] += F[wanted + i] * inside
    F[out + B + i] += F[served + i] * inside
    F[out + 2 * B + i] += inside
    F[out + 3 * B + i] += is_short
    F[out + 4 * B + i] += begins
    F[out + 5 * B + i] += is_short if before == 0 else 0.0


WINDOW_ARGS = 6


@op
def windows(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """What standards judge in the lanes in which a condition holds.

    A: condition's code, state, periods that it has held, spare integers, n, then (within, spell short, wanted, served,
    short, first of six totals).
    """
    code, state, since, lanes = A[k] * B, A[k + 1], A[k + 2] * B, A[k + 3] * B
    for i in range(lo, hi):
        held = Z[since + i] + np.int32(1)
        Z[since + i] = np.int32(held) if Z[code + i] == state else np.int32(0)
    count = 0
    for m in range(hi - lo):
        Z[lanes + count] = lo + m
        count += np.int64(Z[since + lo + m] > 0)
    for j in range(A[k + 4]):
        a = k + 5 + WINDOW_ARGS * j
        within, marked, wanted, served = A[a], A[a + 1] * B, A[a + 2] * B, A[a + 3] * B
        short, out = A[a + 4] * B, A[a + 5] * B
        for m in range(count):
            i = np.int64(Z[lanes + m])
            judge(F, Z, B, i, np.int64(Z[since + i]) - 1, within, marked, wanted, served, short, out)

"""Inspection: lots are gathered, wait, are held, and leave accepted, scrapped or to be reworked (conventions §15)."""

from __future__ import annotations

import math

import numpy as np

from holdfast.engine.kernel import op, step
from holdfast.engine.ops.stores import INSIDE
from holdfast.engine.random import philox, unit
from holdfast.engine.sample import draw, whole

FLOW_ARGS = 13
# Arguments of a flow (origin, store, good), in their order: rings hold amounts by the period in which they leave.
(
    GATHERED, LOTS_WAITING, LOTS_STARTED, ACCEPT_RING, SCRAP_RING, HOLD_SLOTS, REWORK_RING, REWORK_SLOTS, STREAM,
    KEEP, ARRIVES, ACCEPTED, SCRAPPED,
) = range(FLOW_ARGS)  # fmt: skip


@op
def release(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Lots due leave; what was reworked is gathered again.

    A: write-off, discount, value (parameter by flow, at the end), n, flows, values.
    """
    write_off, discount, n = A[k] * B, P[A[k + 1] + t], A[k + 2]
    for j in range(n):
        a = k + 3 + FLOW_ARGS * j
        accept, scrap = (
            (A[a + ACCEPT_RING] + t % A[a + HOLD_SLOTS]) * B,
            (A[a + SCRAP_RING] + t % A[a + HOLD_SLOTS]) * B,
        )
        back = (A[a + REWORK_RING] + t % A[a + REWORK_SLOTS]) * B
        gathered, inside, arrives = A[a + GATHERED] * B, (A[a + KEEP] + INSIDE) * B, A[a + ARRIVES] * B
        accepted, scrapped, value = A[a + ACCEPTED] * B, A[a + SCRAPPED] * B, P[A[k + 3 + FLOW_ARGS * n + j]] * discount
        for i in range(lo, hi):
            x, y = F[accept + i], F[scrap + i]
            F[accept + i] = 0.0
            F[scrap + i] = 0.0
            F[gathered + i] += F[back + i]
            F[back + i] = 0.0
            F[arrives + i] += x
            F[inside + i] -= x + y
            F[accepted + i] += x
            F[scrapped + i] += y
            F[write_off + i] += y * value


NOTED_ROWS = 4
"""Rows of each list of lots that start in a period: it holds NOTED_ROWS * B of them, and is worked off when full."""


@step
def note_lot(F, Z, A, B, i, j, a, amount, count, lists, amounts):
    """Puts a lot on the list of those that start now; `lists` are lanes, flows and numbers, one after the other."""
    started = A[a + LOTS_STARTED] * B + i
    size = NOTED_ROWS * B
    Z[lists + count] = i
    Z[lists + size + count] = j
    Z[lists + 2 * size + count] = Z[started]
    F[amounts + count] = amount
    Z[started] += 1
    return count + 1


@step
def start_noted(F, Z, U, P, A, B, t, rep0, key, count, lists, amounts, words, first, at):
    """The lots of the list start their hold; how each will end is drawn now, and known only when it leaves.

    Words are drawn for all of them in one loop, which is vectorised. `at`: where the inspection's arguments are.
    """
    size = NOTED_ROWS * B
    low, high = key & np.uint64(0xFFFFFFFF), key >> np.uint64(32)
    for m in range(count):
        replication = np.uint64(rep0 + np.int64(Z[lists + m])) & np.uint64(0xFFFFFFFF)
        stream = np.uint64(A[first + FLOW_ARGS * np.int64(Z[lists + size + m]) + STREAM])
        number = np.uint64(np.int64(Z[lists + 2 * size + m]))
        w0, w1, w2, w3 = philox(replication, number, stream, np.uint64(0), low, high)
        U[words + m] = np.uint32(w0)
        U[words + size + m] = np.uint32(w1)
        U[words + 2 * size + m] = np.uint32(w2)
        U[words + 3 * size + m] = np.uint32(w3)
    accepts, rework, takes, which, law, scale = (
        P[A[at + 1]],
        P[A[at + 2]],
        A[at + 3],
        A[at + 4] * B,
        A[at + 5],
        A[at + 6] * B,
    )
    for m in range(count):
        i = np.int64(Z[lists + m])
        a = first + FLOW_ARGS * np.int64(Z[lists + size + m])
        of = np.int64(F[which + i]) if which >= 0 else law
        drawn = F[scale + i] * draw(P, of, np.int64(U[words + m]))
        hold = np.int64(max(1.0, whole(drawn, np.int64(U[words + size + m]))))
        hold = min(hold, A[a + HOLD_SLOTS] - 1)
        row = A[a + SCRAP_RING] + (t + hold) % A[a + HOLD_SLOTS]
        if unit(U[words + 2 * size + m]) < accepts:
            row = A[a + ACCEPT_RING] + (t + hold) % A[a + HOLD_SLOTS]
        elif unit(U[words + 3 * size + m]) < rework:
            row = A[a + REWORK_RING] + (t + hold + takes) % A[a + REWORK_SLOTS]
        F[row * B + i] += F[amounts + m]


@op
def form(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Whole lots are formed from what is gathered. A: lot, waiting over all flows, n, flows."""
    lot, waiting, n = P[A[k]], A[k + 1] * B, A[k + 2]
    for i in range(lo, hi):
        Z[waiting + i] = 0
    for j in range(n):
        a = k + 3 + FLOW_ARGS * j
        gathered, here = A[a + GATHERED] * B, A[a + LOTS_WAITING] * B
        for i in range(lo, hi):
            formed = math.floor(F[gathered + i] / lot + 1e-9)
            F[gathered + i] = max(0.0, F[gathered + i] - formed * lot)
            z = np.int32(Z[here + i] + np.int32(formed))
            Z[here + i] = z
            Z[waiting + i] += z


@op
def inspect(F, Z, U, P, A, H, Y, O, k, lo, hi, B, t, rep0, out0, key):
    """Lots start their hold, most waiting first.

    A: lot, accepts, rework, rework takes, hold laws' row (-1), hold law, hold scale, capacity, credit, lots flow,
    cost of a lot, cost flow, discount, waiting over all flows, lists, amounts, words, n, flows.
    """
    lot, capacity, credit, lots, cost = P[A[k]], A[k + 7] * B, A[k + 8] * B, A[k + 9] * B, A[k + 11] * B
    price, pending, lists, amounts, words = (
        P[A[k + 10]] * P[A[k + 12] + t],
        A[k + 13] * B,
        A[k + 14] * B,
        A[k + 15] * B,
        A[k + 16] * B,
    )
    n, first, count, size = A[k + 17], k + 18, 0, NOTED_ROWS * B
    for i in range(lo, hi):
        started = 0
        waiting = np.int64(Z[pending + i])
        if lot == 0.0:
            for j in range(n):
                a = first + FLOW_ARGS * j
                g = F[A[a + GATHERED] * B + i]
                if g > 1e-9:
                    F[A[a + GATHERED] * B + i] = 0.0
                    count = note_lot(F, Z, A, B, i, j, a, g, count, lists, amounts)
                    started += 1
                    if count == size:
                        start_noted(F, Z, U, P, A, B, t, rep0, key, count, lists, amounts, words, first, k)
                        count = 0
        room = F[credit + i] + F[capacity + i]
        while waiting > 0 and room >= 1.0 - 1e-9:
            most, chosen = np.int64(0), 0
            for j in range(n):
                z = np.int64(Z[A[first + FLOW_ARGS * j + LOTS_WAITING] * B + i])
                if z > most:
                    most, chosen = z, j
            a = first + FLOW_ARGS * chosen
            Z[A[a + LOTS_WAITING] * B + i] -= 1
            count = note_lot(F, Z, A, B, i, chosen, a, lot, count, lists, amounts)
            if count == size:
                start_noted(F, Z, U, P, A, B, t, rep0, key, count, lists, amounts, words, first, k)
                count = 0
            waiting -= 1
            started += 1
            room -= 1.0
        F[credit + i] = max(0.0, room) if waiting > 0 else 0.0
        F[lots + i] += np.float64(started)
        F[cost + i] += np.float64(started) * price
    start_noted(F, Z, U, P, A, B, t, rep0, key, count, lists, amounts, words, first, k)
